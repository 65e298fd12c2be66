"""A tenant of any size that is nowhere: each page is made when it is asked for.

Run as a program it reads such a tenant, a page at a time, and prints how many users it saw and
the most memory it held (KB)."""

from __future__ import annotations

import resource
import sys
from typing import Any

from flask import Flask, jsonify, request

from tests.integrations.microsoft_365.tenant import microsoft


def crowd(size: int) -> Flask:
    app = Flask("crowd")

    @app.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> Any:
        return {"access_token": "opaque", "expires_in": 3599, "token_type": "Bearer"}

    @app.get("/v1.0/users/delta")
    def delta() -> Any:
        link = f"{request.base_url}?$deltatoken=now"
        return jsonify({"@odata.deltaLink": link, "value": []})

    @app.get("/v1.0/users")
    def users() -> Any:
        start, most = int(request.args.get("$skiptoken", 0)), int(request.args["$top"])
        body: dict[str, Any] = {"value": [user(n) for n in range(start, min(start + most, size))]}
        if start + most < size:
            body["@odata.nextLink"] = f"{request.base_url}?$top={most}&$skiptoken={start + most}"
        return jsonify(body)

    @app.get("/v1.0/subscribedSkus")
    def skus() -> Any:
        sku = {"skuId": "e3", "skuPartNumber": "SPE_E3", "prepaidUnits": {"enabled": size}}
        return jsonify({"value": [sku]})

    @app.get("/v1.0/<path:rest>")
    def nothing(rest: str) -> Any:
        return jsonify({"value": []}) if "signIns" in rest else ({"error": {"code": "no"}}, 403)

    return app


def user(number: int) -> dict[str, Any]:
    address = f"user{number}@corp.example"
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "displayName": f"User {number}",
        "mail": address,
        "userPrincipalName": address,
        "accountEnabled": True,
        "userType": "Member",
        "proxyAddresses": [f"SMTP:{address}", f"smtp:{number}@corp.example"],
        "department": f"Department {number % 40}",
        "assignedLicenses": [{"skuId": "e3"}],
        "manager": {"id": "x", "displayName": "Manager", "mail": "manager@corp.example"},
        "signInActivity": {"lastSuccessfulSignInDateTime": "2026-05-02T08:00:00Z"},
    }


if __name__ == "__main__":
    with microsoft(sys.argv[1]) as connector:
        seen = 0
        for stream in ("accounts", "licenses", "activity"):
            for page in getattr(connector, stream)(None):
                seen += len(page.records)
    print(seen, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
