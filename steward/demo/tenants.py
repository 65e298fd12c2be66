"""The tenants of the made-up company: simulators being served, and how to connect to each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import github, google, microsoft, okta, ramp, scim, slack
from steward.demo.vendors.google_controls import ADMIN, GoogleControls
from steward.demo.vendors.google_robot import EMAIL, Robot
from steward.demo.vendors.microsoft_answers import CLIENT, TENANT
from steward.sdk.files import to_text

TOKEN = "demo-token"


@dataclass(frozen=True)
class Connection:
    """What `POST /instances` is given."""

    integration: str
    name: str
    settings: dict[str, Any]
    credentials: dict[str, Any]
    auth: str = ""
    controls: Controls = field(default_factory=Controls)

    def body(self) -> dict[str, Any]:
        return {
            "integration": self.integration,
            "name": self.name,
            "settings": self.settings,
            "credentials": self.credentials,
            "auth": self.auth,
        }


@contextmanager
def tenants(company: Company) -> Iterator[list[Connection]]:
    """Okta, Google, Microsoft, GitHub, Slack, Ramp and a SCIM app over HTTP, and a list kept by
    hand."""
    token = {"token": TOKEN}
    with ExitStack() as stack:

        def served(simulator: Any) -> tuple[str, Controls]:
            controls = Controls(tokens={TOKEN})
            return stack.enter_context(serving(simulator(company, controls))), controls

        at_okta, okta_controls = served(okta.simulator)
        at_google = stack.enter_context(_google(company))
        at_github, github_controls = served(github.simulator)
        at_slack, slack_controls = served(slack.simulator)
        at_scim, scim_controls = served(scim.simulator)
        at_ramp, ramp_controls = served(ramp.simulator)
        at_microsoft, microsoft_controls = served(microsoft.simulator)
        entra = {"tenant": TENANT, "login_url": at_microsoft, "graph_url": at_microsoft}
        app = {"client_id": CLIENT, "client_secret": TOKEN}
        organisation = {"org": "northwind-labs", "url": at_github}
        workspace = {"url": at_slack, "consent_url": f"{at_slack}{slack.AUTHORIZE}"}
        client = {"client_id": "demo-client", "client_secret": "demo-secret"}
        listed = {"application": "Sketchpad", **scim.SETTINGS, "url": f"{at_scim}/scim/v2"}
        yield [
            Connection("okta", "Okta", {"url": at_okta}, token, "token", okta_controls),
            at_google,
            Connection("microsoft_365", "Microsoft 365", entra, app, "secret", microsoft_controls),
            Connection("github", "GitHub", organisation, token, "token", github_controls),
            Connection("slack", "Slack", workspace, token, "token", slack_controls),
            Connection("ramp", "Ramp", {"url": at_ramp}, client, "client", ramp_controls),
            Connection("scim", "Sketchpad", listed, token, "bearer", scim_controls),
            Connection(
                "csv", "Travel desk", {"application": "Travel desk"}, {"file": _list(company)}
            ),
        ]


@contextmanager
def _google(company: Company) -> Iterator[Connection]:
    """All of Google's hosts are one here."""
    robot = Robot.made()
    controls = GoogleControls(public_keys={EMAIL: robot.public_key})
    given = {"service_account_key": robot.key_file, "admin": ADMIN}
    with serving(google.simulator(company, controls)) as at:
        hosts = {"url": at, "licensing_url": at, "token_url": f"{at}/token"}
        yield Connection(
            "google_workspace", "Google Workspace", hosts, given, "service_account", controls
        )


def _list(company: Company) -> str:
    """The list as a travel agency might send it: semicolons, Windows letters, local headings."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Id", "Name", "E-mail", "Status", "Role", "Last active"])
    for human, use in company.users("csv"):
        active = use.last_active.date().isoformat() if use.last_active else ""
        writer.writerow([human.id, human.name, use.email, use.status, use.role, active])
    return to_text("travel-desk.csv", text.getvalue().encode("utf-16"))
