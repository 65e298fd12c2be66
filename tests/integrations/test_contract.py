"""The contract that every integration is held to, by existing."""

import sys
from collections import Counter

import pytest

import steward.integrations
from steward.sdk import contract, scaffold
from steward.sdk.catalogue import integrations
from steward.sdk.context import CHARGES_REACH, Context, MemoryTokens
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.fields import clean
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network
from tests.integrations.replay import filled, replaying

SLUGS = list(integrations())
OVER_HTTP = [slug for slug, c in integrations().items() if c.speaks == "http"]
FAULTS = {
    "refused": ((401, {}, "{}"), (Unauthorized, Forbidden)),
    "not permitted": ((403, {}, "{}"), (Forbidden, Unauthorized)),
    "slow down": ((429, {"Retry-After": "1"}, "{}"), (Unavailable,)),
    "asked to come back later": ((429, {"Retry-After": "7200"}, "{}"), (Unavailable,)),
    "out of order": ((500, {}, "oops"), (Unavailable,)),
    "a web page": ((200, {"Content-Type": "text/html"}, "<html>Sign in</html>"), (Unexpected,)),
    "half an answer": ((200, {"Content-Type": "application/json"}, '{"a": [1, '), (Unexpected,)),
    "garbage": ((200, {}, "\x00\xff\x13"), (Unexpected,)),
    "nothing": ((200, {"Content-Type": "application/json"}, ""), (Unexpected,)),
    "another shape": ((200, {"Content-Type": "application/json"}, '"fine"'), (Exception,)),
}


@pytest.fixture
def play():
    """The conversation of an integration, with a way to make connectors that take part in it."""

    class Play:
        def __init__(self, slug):
            self.conversation = contract.Conversation.of(slug)
            self.connector = integrations()[slug]

        def __enter__(self):
            self._replaying = replaying(self.conversation)
            self.replay, self.base = self._replaying.__enter__()
            return self

        def __exit__(self, *error):
            self._replaying.__exit__(*error)

        def make(self):
            told, option = self.conversation, self.connector.option(self.conversation.auth)
            settings, _ = clean(self.connector.settings, filled(told.settings, self.base))
            credentials, _ = clean(option.fields, filled(told.credentials, self.base))
            tokens = MemoryTokens()
            if option.consent:  # it was given before, as when an instance is connected
                tokens.save({"refresh_token": credentials.pop("refresh_token", None)})
            return self.connector(
                Context(
                    settings=settings,
                    credentials=credentials,
                    tokens=tokens,
                    auth=option.name,
                    now=told.now,
                    charges_from=told.now.date() - CHARGES_REACH,
                    network=Network.of("127.0.0.0/8"),
                    limiter=Limiter(sleep=lambda seconds: None),
                )
            )

    return Play


@pytest.mark.parametrize("slug", SLUGS)
def test_the_folder_is_whole(slug):
    assert contract.check_folder(slug) == []


@pytest.mark.parametrize("slug", OVER_HTTP)
def test_the_conversation_is_read_to_its_end(slug, play):
    with play(slug) as played:
        connector, expected = played.make(), played.conversation.expect
        tenant = connector.check()
        assert tenant.id
        assert expected.get("tenant", tenant.id) == tenant.id
        for stream in connector.streams():
            if stream not in expected:
                continue
            pages = contract.read_all(connector, stream)
            assert contract.check_pages(stream, pages) == []
            assert [p.problems for p in pages if p.problems] == []
            kinds = Counter(type(r) for p in pages for r in p.records)
            assert expected[stream] in (kinds.total(), *kinds.values()), kinds


@pytest.mark.parametrize("slug", OVER_HTTP)
def test_a_read_goes_on_from_every_page(slug, play):
    with play(slug) as played:
        pages = contract.read_all(played.make(), "accounts")
        assert contract.resumes(played.make, "accounts", pages) == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("slug", OVER_HTTP)
def test_a_fault_is_the_right_error_and_tells_no_secret(slug, fault, play):
    answer, errors = FAULTS[fault]
    with play(slug) as played:
        played.replay.fault = answer
        connector = played.make()
        with pytest.raises(errors) as caught:
            _whole_read(connector)
        error = caught.value
        secrets = [v for v in played.conversation.credentials.values() if len(str(v)) > 7]
        told = f"{error} {error!r} {getattr(error, 'sample', '')} {connector!r}"
        assert [s for s in secrets if str(s) in told] == []
        assert "?" not in getattr(error, "message", "")
        if isinstance(error, ConnectorError):
            assert error.message.strip().endswith((".", "!"))


def _whole_read(connector):
    connector.check()
    contract.read_all(connector, "accounts")


def test_a_new_folder_keeps_the_contract_at_once(tmp_path, monkeypatch, play):
    scaffold.write("acme_desk", "Acme Desk", tmp_path)
    monkeypatch.setattr(steward.integrations, "__path__", [str(tmp_path)])
    integrations.cache_clear()
    try:
        test_the_folder_is_whole("acme_desk")
        test_the_conversation_is_read_to_its_end("acme_desk", play)
        test_a_read_goes_on_from_every_page("acme_desk", play)
        for fault in FAULTS:
            test_a_fault_is_the_right_error_and_tells_no_secret("acme_desk", fault, play)
        with pytest.raises(ValueError, match="already"):
            scaffold.write("acme_desk", "Acme", tmp_path)
    finally:
        integrations.cache_clear()
        sys.modules.pop("steward.integrations.acme_desk.connector", None)


@pytest.mark.parametrize("slug", ["", "Acme", "../x", "a b", "1password"])
def test_a_slug_that_does_not_do_is_told(slug, tmp_path):
    with pytest.raises(ValueError, match="small letter"):
        scaffold.write(slug, "Acme", tmp_path)
