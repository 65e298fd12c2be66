"""Words in which lists are written: headings of columns, and what stands below them."""

from __future__ import annotations

from steward.sdk.records import AccountKind
from steward.sdk.sheets.words import words

# The field, its label, and headings it usually has, the most telling first, without spaces,
# signs and capitals.
FIELDS: dict[str, tuple[str, str]] = {
    "email": (
        "E-mail",
        """
        email emailaddress workemail primaryemail useremail companyemail mail emailadresse
        mailadresse emailaddresse courriel adresseemail adressemail adresseelectronique
        correo correoelectronico emailprincipal enderecodeemail indirizzoemail postaelettronica
        emailadres epost epostadress epostadresse sahkoposti adresemail adrespocztyelektronicznej
        почта электроннаяпочта メールアドレス メール 邮箱 电子邮件 电子邮箱 이메일""",
    ),
    "id": (
        "Id",
        """
        userid accountid memberid externalid id uid uuid guid objectid benutzerid kontoid
        identifiant iduser idusuario iddeusuario idutente gebruikersid anvandarid
        идентификатор ユーザーid 用户id""",
    ),
    "username": (
        "User name",
        """
        username login loginname userlogin userprincipalname upn samaccountname accountname handle
        screenname benutzername anmeldename benutzerkennung nomdutilisateur nomutilisateur
        nombredeusuario usuario nomedeusuario nomedousuario nomeutente gebruikersnaam anvandarnamn
        brugernavn brukernavn kayttajatunnus nazwauzytkownika имяпользователя логин
        ユーザー名 用户名 사용자이름""",
    ),
    "name": (
        "Name",
        """
        name fullname displayname user member employee vollstandigername anzeigename mitarbeiter
        nomcomplet nomaffiche nombrecompleto nomecompleto nombre nome naam volledigenaam
        weergavenaam namn navn nimi imieinazwisko полноеимя имя фио 氏名 名前 姓名 이름""",
    ),
    "first_name": (
        "First name",
        """
        firstname givenname forename vorname prenom nombredepila primeironome voornaam fornamn
        fornavn etunimi imie 名""",
    ),
    "last_name": (
        "Last name",
        """
        lastname surname familyname nachname familienname nomdefamille apellido apellidos sobrenome
        ultimonome cognome achternaam efternamn efternavn etternavn sukunimi nazwisko
        фамилия 姓""",
    ),
    "status": (
        "Status",
        """
        status userstatus accountstatus state active isactive enabled accountenabled kontostatus
        aktiv statut actif etat estado activo situacao ativo stato attivo actief tila
        статус активен ステータス 状态 상태""",
    ),
    "role": (
        "Role",
        """
        role userrole roles accountrole permission accesslevel rolle benutzerrolle rol papel funcao
        ruolo roll rooli rola роль 役割 角色 역할""",
    ),
    "seat": (
        "Paid seat",
        """
        seat seattype paidseat paid licensed license licence licensetype licencetype licenses
        plan lizenz lizenztyp lizenziert licencia licenca licenza licentie licens lisens lisenssi
        licencja лицензия ライセンス 许可证 라이선스""",
    ),
    "last_active": (
        "Last active",
        """
        lastactive lastactivity lastactivitydate lastlogin lastlogindate lastlogintime lastlogon
        lastsignin lastsignindate lastseen lastaccess lastaccessed lastused lastactiveon
        letzteanmeldung letzterlogin zuletztaktiv letzteaktivitat letzterzugriff derniereconnexion
        derniereactivite dernieracces ultimoacceso ultimainiciosesion ultimaconexion ultimaactividad
        ultimoacesso ultimologin ultimaatividade ultimoaccesso ultimaattivita laatstelogin
        laatsteactiviteit laatstingelogd senasteinloggning senastaktiv sidstelogin sistepalogging
        viimeisinkirjautuminen ostatnielogowanie последнийвход последняяактивность 最終ログイン
        最終ログイン日時 上次登录 最后登录 마지막로그인""",
    ),
    "created": (
        "Created",
        """
        created createdat createdon creationdate datecreated datejoined dateadded joined joinedon
        joindate signupdate invitedon erstellt erstelltam angelegtam datedecreation creele
        fechadecreacion creadoel datadecriacao criadoem datacreazione aangemaaktop aanmaakdatum
        skapad oprettet opprettet luotu datautworzenia создан датасоздания
        作成日 创建时间 생성일""",
    ),
    "kind": (
        "Kind",
        """
        kind usertype accounttype membertype type employmenttype benutzertyp kontotyp
        typedutilisateur tipodeusuario tipoutente gebruikerstype""",
    ),
    "department": (
        "Department",
        """
        department team division costcenter abteilung service departement departamento dipartimento
        afdeling avdelning afdeling avdeling osasto dzial отдел 部署 部门 부서""",
    ),
    "title": (
        "Job title",
        """
        title jobtitle position berufsbezeichnung stelle fonction poste cargo puesto mansione
        functie befattning stilling stanowisko должность 役職 职位 직책""",
    ),
    "manager": (
        "Manager",
        """
        manager manageremail supervisor reportsto vorgesetzter vorgesetzte responsable gerente
        responsabile leidinggevende chef leder esimies kierownik руководитель 上司 经理 관리자""",
    ),
    "aliases": (
        "Other addresses",
        """
        aliases alias emailaliases secondaryemail secondaryemails alternateemail otheremails
        recoveryemail weitereadressen autresadresses""",
    ),
}

# What stands in a column for paid seats where there is none.
NO_SEAT = words("""
    no n false 0 off nein non nao nej nei ei nie нет 否 いいえ free viewer guest unassigned
    nolicense nolicence unlicensed keine aucun aucune ninguno nenhum nessuno geen ingen gratis
    kostenlos gratuit na none null nil - – —
""") | {""}

# What stands in a column for the status of an account that cannot sign in.
DISABLED = words("""
    inactive disabled deactivated suspended blocked locked deleted deprovisioned removed archived
    terminated expired revoked off no n false 0 inaktiv deaktiviert gesperrt geloscht nein inactif
    inactive desactive suspendu bloque non inactivo desactivado suspendido bloqueado inativo
    desativado suspenso nao inattivo disattivato disabilitato sospeso inactief gedeactiveerd
    geblokkeerd nee inaktiverad avstangd deaktiveret deaktivert nieaktywny zablokowany нет
    неактивен заблокирован отключен 無効 停用 禁用 비활성
""")

KINDS: dict[str, AccountKind] = {
    **dict.fromkeys(words("guest external gast invite invitado convidado ospite"), "guest"),
    **dict.fromkeys(
        words("service serviceaccount bot system application app integration robot api machine"),
        "service",
    ),
}
