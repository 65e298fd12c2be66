"""Hires people for the made-up company and gives them accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from steward.demo.names import Name, names
from steward.demo.staff import DOMAIN, Employment, Human, Use
from steward.demo.teams import APPS_OF, TITLES, moment

_TECHNICAL = {"Engineering", "Data", "Security"}
_SEATED = {"Finance", "Sales", "People", "Support"}


def hired(random: Random, size: int, today: date) -> list[Human]:
    people = [_hire(random, n, name, today) for n, name in enumerate(names(random, size), 1)]
    people = _with_managers(people)
    people = [replace(human, uses=_uses(random, human, today)) for human in people]
    return _with_stories(random, people, today)


def _hire(random: Random, number: int, name: Name, today: date) -> Human:
    department = random.choice(list(TITLES))
    contractor = number % 10 == 0
    started = today - timedelta(days=random.randint(20, 2400))
    return Human(
        number,
        name.first,
        name.last,
        f"{name.mailbox}@{DOMAIN}",
        department,
        random.choice(TITLES[department].split("|")),
        "contractor" if contractor else "employee",
        started,
    )


def _with_managers(people: list[Human]) -> list[Human]:
    """The first hired of each department leads it; the very first leads those."""
    leads: dict[str, Human] = {}
    for human in people:
        leads.setdefault(human.department, human)
    chief = people[0]
    return [
        replace(
            human,
            manager_id=None
            if human is chief
            else (chief if leads[human.department] is human else leads[human.department]).id,
        )
        for human in people
    ]


def _uses(random: Random, human: Human, today: date) -> dict[str, Use]:
    team = human.department.lower()
    member = "guest" if human.employment == "contractor" else "member"
    mailbox = human.email.partition("@")[0]

    def use(username: str, role: str, seat: bool, *teams: str, apps: tuple[str, ...] = ()) -> Use:
        last = moment(random, today, random.choice((1, 1, 1, 2, 2, 3, 5, 8, 13)))
        return Use(username, human.email, "active", role, seat, last, apps, teams)

    groups = ["everyone", team] + (["contractors"] if member == "guest" else [])
    apps = ("slack", "zoom", *APPS_OF[human.department])
    uses = {
        "okta": use(human.email, "member", False, *groups, apps=apps),
        "slack": use(mailbox, member, member != "guest", *_slack_teams(human)),
    }
    if human.department in _TECHNICAL:
        where = {"Data": "data", "Security": "security"}.get(human.department)
        handle = mailbox.replace(".", "-")
        uses["github"] = use(handle, member, True, where or random.choice(("platform", "web")))
    if human.department in _SEATED:
        uses["scim"] = use(human.email, member, True, team)
    if human.department in {"Product", "Marketing"}:
        uses["csv"] = use(mailbox, member, True)
    return uses


def _slack_teams(human: Human) -> tuple[str, ...]:
    by_department = {"Engineering": "oncall", "Support": "support", "Sales": "sales"}
    return tuple(filter(None, [by_department.get(human.department)]))


def _with_stories(random: Random, people: list[Human], today: date) -> list[Human]:
    """What makes the company worth a report. Each story takes its own people, spread evenly."""
    size = len(people)
    order = random.sample(range(1, size), size - 1)
    share = iter(order)

    def some(of_250: int) -> list[int]:
        return [next(share) for _ in range(max(1, of_250 * size // 250))]

    changed = dict(enumerate(people))
    for index in some(22):
        changed[index] = _leaves(random, changed[index], today, still=())
    for place, index in enumerate(some(8)):
        still = ("slack", "github", "scim", "csv")[place % 2 :]
        changed[index] = _leaves(random, changed[index], today, still=still)
    for place, index in enumerate(some(10)):
        changed[index] = _known_by_alias(changed[index], place)
    for index in some(5):
        changed[index] = _suspended(changed[index])
    for index in some(25):
        changed[index] = _idle(random, changed[index], today)
    for index in some(6):
        changed[index] = _never_came(changed[index], today)
    return _past_sign_on(_with_a_forgotten_admin(_with_admins([changed[n] for n in range(size)])))


def _leaves(random: Random, human: Human, today: date, still: tuple[str, ...]) -> Human:
    left = today - timedelta(days=random.randint(12, 200))
    started = min(human.started, left - timedelta(days=90))
    before = (today - left).days + 1
    uses = {}
    for app, use in human.uses.items():
        if app in still:
            uses[app] = replace(use, last_active=moment(random, today, random.randint(1, 9)))
        else:
            gone = moment(random, today, before)
            uses[app] = replace(use, status="disabled", holds_seat=False, last_active=gone, apps=())
    return replace(human, left=left, started=started, uses=uses)


def _known_by_alias(human: Human, place: int) -> Human:
    """Half signed up with a plus address, half under a name they no longer bear."""
    mailbox = human.email.partition("@")[0]
    former = f"{mailbox.partition('.')[0]}.{('hill', 'brook')[place // 2 % 2]}{human.number}"
    alias = f"{mailbox}+work@{DOMAIN}" if place % 2 else f"{former}@{DOMAIN}"
    slack = replace(human.uses["slack"], email=alias)
    return replace(human, aliases=(alias,), uses=human.uses | {"slack": slack})


def _suspended(human: Human) -> Human:
    seats = {
        app: replace(use, status="suspended", holds_seat=True) for app, use in human.uses.items()
    }
    seats["okta"] = replace(seats["okta"], holds_seat=False)
    return replace(human, uses=seats)


def _idle(random: Random, human: Human, today: date) -> Human:
    """Signs in to Okta, and lets every paid seat lie."""

    def unused(use: Use) -> Use:
        last = moment(random, today, random.randint(31, 200))
        return replace(use, last_active=last, holds_seat=True)

    uses = {app: use if app == "okta" else unused(use) for app, use in human.uses.items()}
    started = min(human.started, today - timedelta(days=240))
    return replace(human, started=started, uses=uses)


def _never_came(human: Human, today: date) -> Human:
    uses = {app: replace(use, last_active=None) for app, use in human.uses.items()}
    return replace(human, started=today - timedelta(days=3), uses=uses)


def _with_admins(people: list[Human]) -> list[Human]:
    """Two of Security run the apps; the chief owns them."""
    security = [h for h in people if h.department == "Security" and not h.left][:2]
    roles = {people[0].number: "owner"} | {h.number: "admin" for h in security}
    return [
        replace(h, uses={app: replace(u, role=roles[h.number]) for app, u in h.uses.items()})
        if h.number in roles
        else h
        for h in people
    ]


def _with_a_forgotten_admin(people: list[Human]) -> list[Human]:
    """Whoever of the employees has not used Slack for longest was made an administrator once, and
    has not signed in anywhere since."""
    idle = [h for h in people if h.employment == "employee" and not h.left and _was_there(h)]
    longest = min(idle, key=lambda h: (h.uses["slack"].last_active, h.number))
    okta = replace(
        longest.uses["okta"], role="admin", last_active=longest.uses["slack"].last_active
    )
    forgotten = replace(longest, uses=longest.uses | {"okta": okta})
    return [forgotten if human is longest else human for human in people]


def _was_there(human: Human) -> bool:
    slack = human.uses["slack"]
    return slack.status == "active" and slack.role == "member" and slack.last_active is not None


def _past_sign_on(people: list[Human]) -> list[Human]:
    """The three hired last were let in to Slack by a colleague, and never given it in Okta."""
    here = [h for h in people if h.uses["slack"].status == "active" and h.uses["slack"].holds_seat]
    numbers = [h.number for h in here if not h.left and h.employment == "employee"][-3:]
    return [_without_slack_in_okta(h) if h.number in numbers else h for h in people]


def _without_slack_in_okta(human: Human) -> Human:
    okta = human.uses["okta"]
    given = tuple(app for app in okta.apps if app != "slack")
    return replace(human, uses=human.uses | {"okta": replace(okta, apps=given)})


def service_accounts(size: int, today: date) -> list[Human]:
    """Bots and machine users; they belong to nobody by design."""
    rows = (
        ("backup", "slack okta"), ("deploy", "github slack"), ("reports", "scim okta"),
        ("scanner", "github"), ("helpdesk", "slack"), ("directory-sync", "okta scim"),
    )  # fmt: skip
    return [
        _machine(size + n, f"svc-{what}", f"svc-{what}@{DOMAIN}", "service", where.split(), today)
        for n, (what, where) in enumerate(rows, 1)
    ]


def nobodys(size: int, today: date) -> list[Human]:
    """Accounts that no person of the directory owns."""
    rows = (
        ("tmp-agency", "tmp@agency.example", "slack"), ("jdoe-test", "", "github"),
        ("demo-user", "demo.user@mail.example", "scim"),
        ("old-import", "import@old.example", "csv"),
    )  # fmt: skip
    return [
        _machine(size + n, what, email, "unknown", [where], today)
        for n, (what, email, where) in enumerate(rows, 7)
    ]


def _machine(
    number: int, what: str, email: str, kind: Employment, where: list[str], today: date
) -> Human:
    last = datetime.combine(today - timedelta(days=1), time(4, 30, tzinfo=UTC))
    seat = kind == "unknown"
    uses = {app: Use(what, email, "active", "member", seat, last) for app in where}
    started = today - timedelta(days=700)
    return Human(number, what, "", email, "", "", kind, started, uses=uses)
