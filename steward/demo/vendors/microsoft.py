"""Microsoft Graph on loopback, as far as a reader of a tenant's people and apps sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from flask import Flask, Response, jsonify, redirect, request

from steward.demo.company import Company
from steward.demo.controls import Controls, guard
from steward.demo.vendors import microsoft_answers as answers
from steward.demo.vendors.microsoft_delta import delta
from steward.demo.vendors.microsoft_directory import SECRET, Entra
from steward.demo.vendors.microsoft_paging import chosen, expanded, page
from steward.demo.vendors.microsoft_tokens import new_token, roles_in

V1 = "/v1.0"
DOWNLOAD = "/data/download/"
DENIED = "Insufficient privileges to complete the operation."
DIRECTORY = "Directory.Read.All"
View = Callable[..., Any]

# What the app was granted: just what the guide asks for.
GRANTED = (
    "User.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory",
    "Organization.Read.All", "Application.Read.All", "DelegatedPermissionGrant.Read.All",
    "AuditLog.Read.All", "Reports.Read.All", "User-LifeCycleInfo.Read.All",
)  # fmt: skip


class _Open(tuple[str, ...]):
    """Any tenant's token endpoint, and what is authorized by its address alone."""

    __slots__ = ()

    def __contains__(self, path: object) -> bool:
        return str(path).endswith("/oauth2/v2.0/token") or str(path).startswith(DOWNLOAD)


class GraphDialect:
    def token(self) -> str:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        return value if kind == "Bearer" else ""

    def unauthorized(self) -> Response:
        code, text = "InvalidAuthenticationToken", "Access token is empty."
        return refuse(401, code, text if not self.token() else "Access token has expired.")

    def slow_down(self, ends: float) -> Response:
        response = refuse(429, "TooManyRequests", "Too many requests")
        response.headers["Retry-After"] = str(max(ceil(ends - time.time()), 1))
        return response

    def hints(self, left: int, ends: float) -> dict[str, str]:
        """Graph does not count down."""
        return {"x-ms-resource-unit": "1"}


def simulator(company: Company, controls: Controls, entra: Entra | None = None) -> Flask:
    app = Flask(__name__)
    entra = entra or Entra(company)
    guard(app, controls, GraphDialect(), open_paths=_Open())
    tenant = _Tenant(entra, controls)
    _token(app, tenant)
    _batch(app)
    for part in (_users, _groups, _roles, _licenses, _apps, _logs, _reports):
        part(app, tenant)
    return app


class _Tenant:
    def __init__(self, entra: Entra, controls: Controls) -> None:
        self.entra = entra
        self.controls = controls

    def needs(self, *scopes: str, plan: bool = False) -> Callable[[View], View]:
        """Any one of them; `plan` is Entra ID P1."""

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(**path: str) -> Any:
                token = request.headers.get("Authorization", "").partition(" ")[2]
                if not (roles_in(token) - self.controls.missing_scopes) & {*scopes, DIRECTORY}:
                    return refuse(403, "Authorization_RequestDenied", DENIED)
                return no_plan() if plan and self.controls.plan == "free" else view(**path)

            return guarded

        return decorate

    def page(self, rows: list[Any], most: int = 100, largest: int = 999) -> Any:
        size = self.controls.page(int(request.args.get("$top", most)), largest)
        return jsonify(page(rows, size))


def _token(app: Flask, tenant: _Tenant) -> None:
    @app.post("/<name>/oauth2/v2.0/token")
    def token(name: str) -> Any:
        return new_token(tenant.entra, tenant.controls, name, GRANTED)


def _batch(app: Flask) -> None:
    @app.post(f"{V1}/$batch")
    def batch() -> Any:
        """Each question goes through the whole of the app, as if it had come alone."""
        asked = (request.get_json() or {}).get("requests", [])
        if not 0 < len(asked) <= 20 or len({one["id"] for one in asked}) != len(asked):
            return refuse(400, "BadRequest", "Batch requests are limited to 20.")
        headers = {"Authorization": request.headers.get("Authorization", "")}
        client, found = app.test_client(), []
        for one in asked:
            answer = client.open(
                V1 + one["url"], base_url=request.host_url, method=one["method"], headers=headers
            )
            body = answer.get_json(silent=True)
            status = answer.status_code if body is not None else 503
            found.append(
                {"id": one["id"], "status": status, "headers": dict(answer.headers), "body": body}
            )
        return jsonify({"responses": found[::-1]})


def _users(app: Flask, tenant: _Tenant) -> None:
    entra = tenant.entra

    @app.get(f"{V1}/users")
    @tenant.needs("User.Read.All")
    def users() -> Any:
        asked = chosen()
        if "signInActivity" in asked and (refused := _no_sign_ins(tenant)):
            return refused
        rows = [expanded(row) for row in entra.seen(tenant.controls.hidden)]
        return tenant.page(rows, largest=500 if "signInActivity" in asked else 999)

    @app.get(f"{V1}/users/<user>")
    @tenant.needs("User.Read.All")
    def user(user: str) -> Any:
        seen = {row["id"]: row for row in entra.seen(tenant.controls.hidden)}
        known = user in seen and user not in entra.lagging
        return expanded(seen[user]) if known else not_found(user)

    @app.get(f"{V1}/users/delta")
    @tenant.needs("User.Read.All")
    def changes() -> Any:
        return delta(entra, tenant.controls)


def _no_sign_ins(tenant: _Tenant) -> Response | None:
    if "AuditLog.Read.All" in tenant.controls.missing_scopes:
        return refuse(403, "Authorization_RequestDenied", DENIED)
    return no_plan() if tenant.controls.plan == "free" else None


def _groups(app: Flask, tenant: _Tenant) -> None:
    @app.get(f"{V1}/groups")
    @tenant.needs("GroupMember.Read.All")
    def groups() -> Any:
        return tenant.page(tenant.entra.groups())

    @app.get(f"{V1}/groups/<group>/members")
    @tenant.needs("GroupMember.Read.All")
    def members(group: str) -> Any:
        found = tenant.entra.members(group)
        return not_found(group) if found is None else tenant.page(found)


def _roles(app: Flask, tenant: _Tenant) -> None:
    @app.get(f"{V1}/roleManagement/directory/roleDefinitions")
    @tenant.needs("RoleManagement.Read.Directory")
    def definitions() -> Any:
        return tenant.page(answers.ROLE_DEFINITIONS)

    @app.get(f"{V1}/roleManagement/directory/roleAssignments")
    @tenant.needs("RoleManagement.Read.Directory")
    def held() -> Any:
        return tenant.page(tenant.entra.roles())


def _licenses(app: Flask, tenant: _Tenant) -> None:
    @app.get(f"{V1}/organization")
    @tenant.needs("Organization.Read.All")
    def organization() -> Any:
        return tenant.page([{"id": answers.TENANT, "displayName": tenant.entra.company.name}])

    @app.get(f"{V1}/subscribedSkus")
    @tenant.needs("Organization.Read.All")
    def skus() -> Any:
        """The whole list at once: it takes no $top."""
        given = [one["skuId"] for u in tenant.entra.users.values() for one in u["assignedLicenses"]]
        rows = [answers.sku(part, given.count(sku)) for part, (sku, _) in answers.SKUS.items()]
        return {"value": rows}


def _apps(app: Flask, tenant: _Tenant) -> None:
    entra = tenant.entra

    @app.get(f"{V1}/servicePrincipals")
    @tenant.needs("Application.Read.All")
    def principals() -> Any:
        return tenant.page(entra.principals())

    @app.get(f"{V1}/servicePrincipals/<principal>")
    @tenant.needs("Application.Read.All")
    def principal(principal: str) -> Any:
        row = next((r for r in entra.principals() if r["id"] == principal), None)
        return expanded(row, chosen()) if row else not_found(principal)

    @app.get(f"{V1}/servicePrincipals/<principal>/appRoleAssignedTo")
    @tenant.needs("Application.Read.All")
    def assigned(principal: str) -> Any:
        return tenant.page(entra.assigned(principal))

    @app.get(f"{V1}/servicePrincipals/<principal>/appRoleAssignments")
    @tenant.needs("Application.Read.All")
    def permitted(principal: str) -> Any:
        return tenant.page(entra.app_roles(principal))

    @app.get(f"{V1}/oauth2PermissionGrants")
    @tenant.needs("DelegatedPermissionGrant.Read.All")
    def consents() -> Any:
        return tenant.page(entra.consents())

    @app.get(f"{V1}/applications(appId='<client>')")
    @tenant.needs("Application.Read.All")
    def own(client: str) -> Any:
        ends = answers.stamp(entra.secret_ends)
        known = [{"hint": SECRET[:3], "endDateTime": ends, "keyId": answers.own_id("secret", 1)}]
        other = [{"hint": "q9~", "endDateTime": "2020-01-01T00:00:00Z", "keyId": "0"}]
        return {"id": answers.own_id("registration", 1), "passwordCredentials": other + known}


def _logs(app: Flask, tenant: _Tenant) -> None:
    signs = tenant.entra.sign_ins()

    @app.get(f"{V1}/auditLogs/signIns")
    @tenant.needs("AuditLog.Read.All", plan=True)
    def sign_ins() -> Any:
        words = request.args.get("$filter", "").split()
        ge = next((words[i + 2] for i in range(len(words)) if words[i + 1 : i + 2] == ["ge"]), "")
        le = next((words[i + 2] for i in range(len(words)) if words[i + 1 : i + 2] == ["le"]), "~")
        found = [row for row in signs if ge <= row["createdDateTime"] <= le]
        return tenant.page(found, most=1000, largest=1000)


def _reports(app: Flask, tenant: _Tenant) -> None:
    entra = tenant.entra

    @app.get(f"{V1}/reports/getOffice365ActiveUserDetail(period='<period>')")
    @tenant.needs("Reports.Read.All")
    def active(period: str) -> Any:
        host = entra.report_host or request.host_url.rstrip("/")
        return redirect(f"{host}{DOWNLOAD}JDFKdf2_eJXKS034dbc7e0t__XDe")

    @app.get(f"{V1}/reports/authenticationMethods/userRegistrationDetails")
    @tenant.needs("AuditLog.Read.All", plan=True)
    def registered() -> Any:
        only_admins = request.args.get("$filter") == "isAdmin eq true"
        rows = entra.registered()
        return tenant.page([row for row in rows if row["isAdmin"] or not only_admins])

    @app.get(f"{DOWNLOAD}<key>")
    def download(key: str) -> Any:
        """Whoever has the address has the report; a credential has no business here."""
        entra.report_headers.append(dict(request.headers))
        used = [
            (row["userPrincipalName"], use.last_active and use.last_active.date())
            for number, (_, use) in entra.humans.items()
            if (row := entra.users.get(number)) and row["assignedLicenses"]
        ]
        body = answers.report(entra.company.today, used, entra.concealed)
        return Response(body, mimetype="application/octet-stream")


def refuse(status: int, code: str, message: str) -> Response:
    response = jsonify(answers.error(code, message))
    response.status_code = status
    return response


def no_plan() -> Response:
    code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    return refuse(403, code, "Neither tenant is B2C or tenant doesn't have premium license")


def not_found(what: str) -> Response:
    text = f"Resource '{what}' does not exist or one of its queried objects are not present."
    return refuse(404, "Request_ResourceNotFound", text)
