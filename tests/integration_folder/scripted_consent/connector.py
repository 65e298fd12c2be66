"""An integration for tests of consents: the app is whatever OpenID provider stands at `issuer`."""

from steward.sdk.auth import AuthorizationCode
from steward.sdk.connector import Connector, Tenant, page_of
from steward.sdk.fields import AuthOption, Consent, Field, Scope
from steward.sdk.http import Http
from steward.sdk.records import Account, Group

CONSENT = Consent(
    "{issuer}/auth",
    "{issuer}/token",
    extra=(("prompt", "consent"),),
    style="basic",
    also=("offline_access",),
    issuer="{issuer}",
)


class ScriptedConsent(Connector):
    slug = "scripted_consent"
    name = "Consented"
    summary = "Reads who agreed, from an OpenID provider."
    category = "Tests"
    settings = (Field("issuer", "Issuer", kind="url"),)
    auth = (
        AuthOption(
            "oauth",
            "OAuth",
            scopes=(
                Scope("openid", "to know who there is", ("accounts",), required=True),
                Scope("groups", "to see who is in which group", ("groups",)),
            ),
            consent=CONSENT,
        ),
    )

    def __init__(self, context):
        super().__init__(context)
        self.signed_in = AuthorizationCode.of(context, CONSENT)
        self.http = Http(context, context.settings["issuer"], auth=self.signed_in, tries=1)

    def close(self):
        self.http.close()

    def check(self):
        self._me()
        return Tenant(f"at {self.context.settings['issuer']}", "Provider")

    def _me(self):
        return self.http.get("/me").json()

    def accounts(self, after):
        yield page_of([self._me()], lambda me: Account(id=me["sub"], name=me["sub"]))

    def groups(self, after):
        yield page_of([self._me()], lambda me: Group(id="all", name="All"))
