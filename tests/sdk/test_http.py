import gzip
import ssl
import subprocess
import time

import pytest

from steward.sdk.auth import ApiKey
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.http import Http
from steward.sdk.network import Network
from steward.sdk.rules import Rule
from tests.sdk.conftest import serving, write

SECRET = "s3cret-token-of-the-test"


@pytest.fixture
def http(vendor, context):
    with Http(context, vendor.url, auth=ApiKey(SECRET)) as http:
        yield http


def test_an_answer_is_read_as_data(vendor, http):
    vendor.json('{"users": [{"id": 1}]}')
    assert http.get("/users", limit=2, cursor=None, all=True).json() == {"users": [{"id": 1}]}
    method, path, headers, _ = vendor.asked[0]
    assert (method, path) == ("GET", "/users?limit=2&all=true")
    assert headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, Unauthorized), (403, Forbidden), (404, Unexpected), (418, Unexpected)],
)
def test_a_refusal_is_told_apart_and_asked_once(vendor, http, status, error):
    vendor.json("{}", status=status)
    with pytest.raises(error):
        http.get("/users")
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_app_that_is_unavailable_is_asked_again_and_given_up_in_the_end(
    vendor, http, naps, status
):
    vendor.json("{}", status=status)
    with pytest.raises(Unavailable):
        http.get("/users")
    assert len(vendor.asked) == 4
    assert len(naps) == 3


def test_an_app_that_comes_back_is_read(vendor, http):
    def answer(handler):
        write(handler, 500 if len(vendor.asked) < 3 else 200, "{}")

    vendor.answer = answer
    assert http.get("/users").status == 200


def test_a_short_wait_is_slept_and_a_long_one_is_handed_on(vendor, http, naps):
    def answer(handler):
        late = len(vendor.asked) > 1
        write(handler, 200 if late else 429, "{}", {} if late else {"Retry-After": "7"})

    vendor.answer = answer
    http.get("/users")
    assert sum(naps) == pytest.approx(7, abs=0.5)
    vendor.json("{}", status=429, Retry_After="7200")
    with pytest.raises(Unavailable) as caught:
        http.get("/users")
    assert caught.value.retry_after == 7200


def test_a_budget_that_is_used_up_is_waited_for_before_the_next_request(vendor, http, naps):
    vendor.json("{}", X_RateLimit_Remaining="0", X_RateLimit_Reset="20")
    http.get("/a")
    assert naps == []
    http.get("/b")
    assert naps[0] == pytest.approx(20, abs=0.5)


def test_an_error_inside_a_200_is_an_error(vendor, context):
    vendor.json('{"ok": false, "error": "missing_scope", "needed": "users:read,team:read"}')
    rules = (Rule(Forbidden, 200, at="error", is_in=("missing_scope",), missing_at="needed"),)
    with (
        Http(context, vendor.url, rules=rules) as http,
        pytest.raises(Forbidden) as caught,
    ):
        http.get("/users")
    assert caught.value.missing == ("users:read", "team:read")


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("text/html", "<html>Sign in</html>", "web page"),
        ("application/json", '{"users": [', "not whole"),
        ("application/json", "", "empty answer"),
        ("application/json", "\xff", "not whole"),
    ],
)
def test_what_is_no_data_is_told(vendor, http, kind, body, words):
    vendor.answer = lambda handler: write(handler, 200, body, {"Content-Type": kind})
    with pytest.raises(Unexpected, match=words):
        http.get("/users").json()


def test_a_huge_answer_is_given_up_while_it_comes(vendor, context):
    sent = []

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(2 * 1024**3))
        handler.end_headers()
        for _ in range(2048):
            handler.wfile.write(b" " * 1024**2)
            sent.append(1)

    vendor.answer = answer
    with (
        Http(context, vendor.url, max_bytes=4 * 1024**2) as http,
        pytest.raises(Unexpected, match="more than 4 MB"),
    ):
        http.get("/users")
    assert len(sent) < 100


def test_a_compression_bomb_is_found(vendor, context):
    bomb = gzip.compress(b"0" * 64 * 1024**2)
    headers = {"Content-Encoding": "gzip"}
    vendor.answer = lambda handler: write(handler, 200, bomb, headers)
    with (
        Http(context, vendor.url, max_bytes=1024**2) as http,
        pytest.raises(Unexpected, match="more than 1 MB"),
    ):
        http.get("/users")


def test_an_answer_that_trickles_is_given_up(vendor, context):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" " * 70_000)
            handler.wfile.flush()
            time.sleep(0.02)

    vendor.answer = answer
    with (
        Http(context, vendor.url, timeout=0.05, tries=1) as http,
        pytest.raises(Unavailable, match=r"too long|did not answer"),
    ):
        http.get("/users")


def test_an_app_that_does_not_answer_is_unavailable(vendor, context):
    vendor.answer = lambda handler: time.sleep(1)
    with (
        Http(context, vendor.url, timeout=0.1, tries=1) as http,
        pytest.raises(Unavailable, match="did not answer within"),
    ):
        http.get("/users")


def test_a_connection_that_breaks_is_unavailable(vendor, http):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.close_connection = True

    vendor.answer = answer
    with pytest.raises(Unavailable, match="broke off"):
        http.get("/users")


def test_nobody_there_is_unavailable(context, free_port):
    with (
        Http(context, f"http://127.0.0.1:{free_port}") as http,
        pytest.raises(Unavailable, match="cannot be reached"),
    ):
        http.get("/")


def test_a_name_that_does_not_exist_is_told(context):
    with (
        Http(context, "https://no-such-host.invalid", tries=1) as http,
        pytest.raises(Unavailable, match=r"no-such-host\.invalid cannot be found"),
    ):
        http.get("/")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254",
        "[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fc00::1]", "0.0.0.0", "[64:ff9b::7f00:1]",
        "2130706433", "0x7f.1", "100.64.0.1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(host, naps):
    shut = Context(settings={}, credentials={})
    with (
        Http(shut, f"http://{host}:9", tries=1) as http,
        pytest.raises(Unexpected, match="STEWARD_ALLOWED_NETWORKS"),
    ):
        http.get("/")


def test_a_redirect_within_the_host_is_followed_with_the_credential(vendor, http):
    def answer(handler):
        if handler.path == "/old":
            write(handler, 302, "", {"Location": "/new"})
        else:
            write(handler, 200, "{}")

    vendor.answer = answer
    assert http.get("/old").json() == {}
    assert vendor.asked[1][2]["Authorization"] == f"Bearer {SECRET}"


def test_the_credential_stays_behind_when_the_host_changes(vendor, another_host, http):
    vendor.json("", status=302, Location=f"{another_host.url}/file")
    another_host.json("{}")
    assert http.get("/download").json() == {}
    assert SECRET not in str(another_host.asked)


def test_a_redirect_to_a_private_address_is_refused(vendor):
    only_here = Network.of("127.0.0.1/32")
    vendor.json("", status=302, Location="http://127.0.0.2:9/latest/meta-data")
    with (
        Http(Context(settings={}, credentials={}, network=only_here), vendor.url) as http,
        pytest.raises(Unexpected, match=r"127\.0\.0\.2"),
    ):
        http.get("/")


def test_redirects_in_circles_end(vendor, http):
    vendor.json("", status=302, Location="/again")
    with pytest.raises(Unexpected, match="circles"):
        http.get("/")


def test_a_next_page_on_another_host_is_not_fetched(vendor, another_host, http):
    with pytest.raises(Unexpected, match="another host"):
        http.get(f"{another_host.url}/users?page=2")
    assert another_host.asked == []


def test_a_host_that_cannot_prove_who_it_is_gets_nothing(context, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with serving() as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.json("{}")
        with (
            Http(context, server.url, auth=ApiKey(SECRET)) as http,
            pytest.raises(Unexpected, match=r"certificate of 127\.0\.0\.1 cannot be trusted"),
        ):
            http.get("/")
        assert server.asked == []


def test_no_error_tells_the_credential_or_the_query(vendor, context):
    vendor.json(f'{{"echo": "{SECRET}"}}', status=400)
    with Http(context, vendor.url, auth=ApiKey(SECRET)) as http:
        with pytest.raises(Unexpected) as caught:
            http.get("/users", token=SECRET)
        told = f"{caught.value!r} {caught.value.sample} {http!r}"
    assert SECRET not in told
    assert "echo" in caught.value.sample


def test_a_credential_with_a_line_break_is_refused_as_such():
    with pytest.raises(Unauthorized, match="copy it once more"):
        ApiKey("abc\r\nX-Evil: 1")
