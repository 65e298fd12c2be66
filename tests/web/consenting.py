"""Going through a consent as an admin and their browser do."""

import re
import time
from html import unescape

from django.test import Client

from steward.inventory import vault
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.sync import acts, engine

BACK = "http://steward.example/integrations/consent/"
CONNECT = "/integrations/scripted_consent/connect/"
SECRET = "secret/of one"


def signed_in(email="admin@corp.example"):
    member, _ = Member.objects.get_or_create(email=email, defaults={"role": "admin"})
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(provider, **more):
    return {
        "name": "Corp",
        "every_hours": "12",
        "settings.issuer": provider.url,
        "do": "connect",
        **more,
    }


def address(page):
    """Where the page leads; the browser goes there by itself."""
    link = unescape(re.search(r'href="(http[^"]+/auth\?[^"]+)"', page.content.decode())[1])
    assert page.headers["Refresh"] == f"0; url={link}"
    return link


def came_back(client, where):
    assert where.startswith(BACK)
    return client.get(where.removeprefix("http://steward.example"))


def connected(client, provider, **more):
    page = client.post(CONNECT, form(provider, **more))
    back = came_back(client, provider.agree(address(page)))
    instance = Instance.objects.get()
    assert back.url == f"/instances/{instance.pk}/"
    return instance


def synced(instance):
    run = acts.request_sync(instance, by="admin@corp.example")
    engine.carry_out(run.pk)
    instance.refresh_from_db()
    return instance


def expire(instance):
    tokens = vault.StoredTokens(instance)
    tokens.save({**tokens.load(), "expires": time.time()})
