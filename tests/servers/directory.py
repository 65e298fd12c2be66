"""A company in LDIF: what tests expect of it stands beside what is put in."""

from __future__ import annotations

from base64 import b64encode

from tests.servers.slapd import LIMITED, LIMITED_PASSWORD, READER, READER_PASSWORD, SUFFIX

NAMED, STAFF = 7, 620
ANN, ANN_PASSWORD = f"uid=ann,ou=people,{SUFFIX}", "ann signs in"

_FRAME = f"""
dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people

dn: ou=services,{SUFFIX}
objectClass: organizationalUnit
ou: services

dn: ou=groups,{SUFFIX}
objectClass: organizationalUnit
ou: groups

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: steward
userPassword: {READER_PASSWORD}

dn: {LIMITED}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: limited
userPassword: {LIMITED_PASSWORD}

dn: {ANN}
objectClass: inetOrgPerson
uid: ann
cn: Ann Lee
sn: Lee
displayName: Ann Lee <script>
mail: ann@example.com
mail: Ann.Lee@example.com
title: Engineer
departmentNumber: R&D
manager: cn=Þóra\\2C the Boss,ou=people,{SUFFIX}
userPassword: {ANN_PASSWORD}

dn: cn=Þóra\\, the Boss,ou=people,{SUFFIX}
objectClass: inetOrgPerson
cn: Þóra, the Boss
sn: 김
employeeType: contractor

dn: uid=locked,ou=people,{SUFFIX}
objectClass: inetOrgPerson
uid: locked
cn: Locked Out
sn: Out
mail: not an address
pwdAccountLockedTime: 000001010000Z

dn: uid=gone,ou=people,{SUFFIX}
objectClass: inetOrgPerson
objectClass: shadowAccount
uid: gone
cn: Gone Last Year
sn: Gone
shadowExpire: 12000

dn: uid=backup,ou=services,{SUFFIX}
objectClass: inetOrgPerson
uid: backup
cn: Backup
sn: Backup

dn: cn=engineers,ou=groups,{SUFFIX}
objectClass: groupOfNames
cn: engineers
member: UID=ann, OU=people, {SUFFIX}
member: cn=Þóra\\, the Boss,ou=people,{SUFFIX}
member: cn=unix,ou=groups,{SUFFIX}

dn: cn=unix,ou=groups,{SUFFIX}
objectClass: posixGroup
cn: unix
gidNumber: 1000
memberUid: ann
memberUid: staff7
memberUid: nobody-here
"""


def company() -> str:
    """LDIF with `NAMED` accounts of their own kind and `STAFF` ordinary ones."""
    text = _FRAME + "".join(_staff(number) for number in range(STAFF))
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    """LDIF writes a value beyond ASCII in base64 (RFC 2849)."""
    name, colon, value = line.partition(": ")
    return line if line.isascii() else f"{name}:{colon}{b64encode(value.encode()).decode()}"


def _staff(number: int) -> str:
    return f"""
dn: uid=staff{number},ou=people,{SUFFIX}
objectClass: inetOrgPerson
uid: staff{number}
cn: Staff {number}
sn: {number}
mail: staff{number}@example.com
"""
