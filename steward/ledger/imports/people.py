"""People: the list of who works here, from HR. It describes people beside the directories (see
`inventory.staff`), and outlasts every sync."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from steward.inventory.imports import Import
from steward.inventory.matching import email_key, is_role
from steward.inventory.person import Person, PersonEmail
from steward.inventory.staff import Staff
from steward.ledger.imports import work
from steward.ledger.imports.fields import Field
from steward.ledger.imports.found import by_address
from steward.ledger.imports.kind import Kind
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import Work

ACTIVE, ON_LEAVE, GONE = "active", "on leave", "left"
_STANDING = {ACTIVE: Staff.HERE, ON_LEAVE: Staff.AWAY, GONE: Staff.LEFT}
_SAID = ("department", "title", "manager", "employment_type", "location", "cost_centre")
_DAYS = ("start_date", "end_date")


class People(Kind):
    slug, name = "people", "People"
    about = (
        "A row is a human, recognised by the e-mail address. Who is not known yet is made. An "
        "empty cell takes away what the list said before; who is not in the file stays as they are."
    )
    empty_clears = True

    def __init__(self, file_name: str = "") -> None:
        super().__init__(file_name)
        self._today = datetime.now(UTC).date()
        self._of: dict[int, Any] = {}

    @classmethod
    def fields(cls) -> list[Field]:
        return _FIELDS

    def plan(self, rows: Sequence[Row]) -> None:
        keys = {row.line: email_key(row.values["email"]) for row in rows}
        known = {s.key: s for s in Staff.objects.filter(key__in=set(keys.values()))}
        people = by_address({row.values["email"] for row in rows})
        for row in rows:
            key = keys[row.line]
            row.name = _called(row.values) or row.values["email"]
            if not key or is_role(key):
                row.refuse("email", f"“{row.values['email'][:60]}” is nobody's own address.")
            _check(row)
            if self.is_first(row, key) and not row.errors:
                self._plan(row, key, known.get(key), people.get(key))

    def _plan(self, row: Row, key: str, old: Staff | None, person: Person | None) -> None:
        values = self._values(row, old)
        if old is None:
            values |= {"key": key}
        works = [] if person else _somebody(row, key)
        of: Any = person or works[0]
        row.works = [*works, Work("staff", Staff, old, values)]
        self._of[row.line] = of

    def judge(self, rows: Iterable[Row]) -> None:
        """By what the list says, also of somebody whom an app has shown before."""
        for row in rows:
            row.verdict = work.ERROR if row.errors else work.verdict_of(row.works[-1:])

    def write(self, rows: Sequence[Row], entered: Import, by: str) -> None:
        super().write(rows, entered, by)
        people = {work.object_of(self._of[row.line]).pk for row in rows}
        Person.objects.filter(pk__in=people).update(undescribed=True)

    def touched(self, objects: Sequence[Any]) -> None:
        """Who is managed by somebody who goes is described anew as well."""
        people = [row.pk for row in objects if isinstance(row, Person)]
        Person.objects.filter(manager__in=people).update(undescribed=True)
        keys = [row.key for row in objects if isinstance(row, Staff)]
        people = PersonEmail.objects.filter(key__in=keys).values("person")
        Person.objects.filter(pk__in=people).update(undescribed=True)

    def _values(self, row: Row, old: Staff | None) -> dict[str, Any]:
        said = dict(old.attributes) if old else {}
        for name in (*_SAID, *_DAYS):
            if name in row.values:
                said[name] = _text(row.values[name])
        attributes = {name: value for name, value in said.items() if value}
        status = row.values.get("status", old.status if old else "") or ""
        values = {"email": row.values["email"], "attributes": attributes, "status": status}
        if any(name in row.values for name in ("name", "first_name", "last_name")):
            values["name"] = _called(row.values)
        return {**values, **self._standing(status, attributes.get("end_date"), old)}

    def _standing(self, status: str, end: str | None, old: Staff | None) -> dict[str, Any]:
        """Who has left without a day did so when the list first said it."""
        last_day = date.fromisoformat(end) if end else None
        if status == GONE and (last_day is None or last_day >= self._today):
            before = old.last_day if old and old.standing == Staff.LEFT else None
            last_day = before or self._today - timedelta(days=1)
        if last_day and last_day < self._today:
            return {"standing": Staff.LEFT, "last_day": last_day}
        return {"standing": _STANDING.get(status, Staff.HERE), "last_day": last_day}


def _somebody(row: Row, key: str) -> list[Work]:
    """A human without an account yet."""
    nothing = {"told_accounts": 0, "told_present": 0, "told_live": 0}
    named = {"name": _called(row.values), "email": row.values["email"]}
    person = Work("person", Person, None, {**named, **nothing}, shown=False)
    address = {"key": key, "person": person}
    return [person, Work("", PersonEmail, None, address, shown=False)]


def _called(values: dict[str, Any]) -> str:
    parts = (values.get("first_name"), values.get("last_name"))
    return values.get("name") or " ".join(filter(None, parts))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _check(row: Row) -> None:
    start, end = row.values.get("start_date"), row.values.get("end_date")
    if start and end and end < start:
        row.refuse("end_date", "The last day is before the first.")


_FIELDS = [
    Field(
        "email",
        "E-mail",
        "address",
        """emailaddress workemail businessemail companyemail primaryworkemail mail username
        userprincipalname emailadresse mailadresse dienstlicheemail geschaftlicheemail
        adresseemail courriel courrielprofessionnel correo correoelectronico emailcorporativo
        indirizzoemail postaelettronica epost sahkoposti адресэлектроннойпочты メールアドレス
        电子邮件 邮箱 이메일""",
        required=True,
        example="ann.lee@corp.example",
    ),
    Field(
        "name",
        "Name",
        "text",
        """fullname displayname employeename employee worker preferredname anzeigename mitarbeiter
        vollstandigername nomcomplet nombrecompleto nomecompleto nominativo naam namn navn nimi
        имя фио 氏名 名前 姓名 이름""",
        example="Ann Lee",
    ),
    Field(
        "first_name",
        "First name",
        "text",
        "givenname forename legalfirstname vorname prenom nombre primeironome voornaam fornamn",
    ),
    Field(
        "last_name",
        "Last name",
        "text",
        """surname familyname legallastname nachname familienname nom nomdefamille apellido
        apellidos sobrenome cognome achternaam efternamn nazwisko""",
    ),
    Field(
        "department",
        "Department",
        "text",
        """dept team division orgunit organization businessunit abteilung bereich
        organisationseinheit departement service departamento dipartimento reparto afdeling
        avdelning osasto отдел 部署
        部门 부서""",
        example="Design",
    ),
    Field(
        "title",
        "Job title",
        "text",
        """title position role jobprofile businesstitle berufsbezeichnung stelle funktion
        stellenbezeichnung fonction poste intitulededuposte puesto cargo mansione qualifica functie
        befattning должность 役職 职位 직책""",
        example="Product designer",
    ),
    Field(
        "manager",
        "Manager",
        "text",
        """manageremail managersemail supervisor supervisoremail reportsto linemanager
        reportingmanager vorgesetzter vorgesetzte fuhrungskraft teamleiter responsable manageur
        superieur gerente jefe responsabile leidinggevende chef руководитель 上司 经理 관리자""",
        example="bob.ray@corp.example",
        help="By e-mail address, or by name.",
    ),
    Field(
        "location",
        "Location",
        "text",
        """office site worklocation city country standort ort arbeitsort lieu bureau ville sede
        ubicacion oficina luogo locatie plats город 勤務地 工作地点""",
        example="Berlin",
    ),
    Field(
        "cost_centre",
        "Cost centre",
        "text",
        """costcenter costcentercode costcentrecode kostenstelle centredecout centrodecosto
        centrodecoste centrodicosto kostenplaats kostnadsstalle""",
        example="4100",
    ),
    Field(
        "employment_type",
        "Employment",
        "text",
        """employmenttype employeetype workertype contracttype type beschaftigungsart
        anstellungsart mitarbeitertyp vertragsart typedecontrat tipodecontrato tipocontratto
        contracttype""",
        example="employee",
    ),
    Field(
        "start_date",
        "First day",
        "day",
        """startdate hiredate dateofhire joindate joiningdate employmentstart originalhiredate
        eintritt eintrittsdatum startdatum dateembauche datedentree fechadealta fechaingreso
        datadiassunzione indiensttreding anstallningsdatum 入社日 入职日期""",
        example="2024-03-01",
    ),
    Field(
        "end_date",
        "Last day",
        "day",
        """enddate terminationdate lastday lastworkingday leavedate leavingdate exitdate
        employmentend austritt austrittsdatum letzterarbeitstag enddatum datedesortie datedepart
        fechadebaja fechasalida datacessazione uitdiensttreding 退職日 离职日期""",
        example="",
        help="Who is past it has left.",
    ),
    Field(
        "status",
        "Status",
        "choice",
        """employmentstatus employeestatus workerstatus state active beschaftigungsstatus
        mitarbeiterstatus statut estado stato situacao статус ステータス 状态""",
        choices=(
            (
                ACTIVE,
                """active a employed current hired working yes y true 1 probation onprobation notice
                noticeperiod fulltime parttime aktiv beschaftigt ja probezeit actif active oui
                activo activa si attivo attiva ativo ativa actief in aktywny активен""",
            ),
            (
                ON_LEAVE,
                """leave l onleave leaveofabsence loa parentalleave maternityleave sabbatical
                suspended away furlough elternzeit mutterschutz beurlaubt abwesend sabbatjahr
                enconge conge suspendu delicencia baja enbaja excedencia inaspettativa metverlof""",
            ),
            (
                GONE,
                """left t terminated inactive former resigned retired dismissed departed leaver
                alumni ended no n false 0 ausgeschieden gekundigt ehemalig ausgetreten inaktiv
                verrentet nein inactif sorti parti demissionne non inactivo exempleado cesado
                inattivo cessato dimesso inativo desligado uitdienst inactief slutat уволен""",
            ),
        ),
        example="active",
        help="active, on leave or left.",
    ),
]
