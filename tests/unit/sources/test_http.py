"""The client against a real server on loopback, on good days and on bad ones. Waits are recorded, not waited."""

from __future__ import annotations

import dataclasses
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indforecast import __version__
from indforecast.domain.errors import IndforecastError, InputError, SourceUnavailable
from indforecast.sources.http import Answer, HttpClient, HttpPolicy, HttpRefusal, NotModified
from indforecast.sources.http_waiting import asked_to_wait, http_date, pause
from tests.publishers import server as days
from tests.publishers.server import LoopbackServer, Reply, free_port

BODY = b'{"value":[' + b",".join(b"%d" % number for number in range(2_000)) + b"]}"
JSON = "application/json"
POLICY = HttpPolicy(proxies=False, attempts=3, body_bytes=1_000_000)
CHANGED_AT = 1_700_000_000.0


class Time:
    """A clock that only waits move, and what was waited."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def clock(self) -> float:
        return sum(self.waits)


@pytest.fixture
def server():
    with LoopbackServer(
        lambda request: Reply(BODY, f"{JSON}; charset=utf-8", last_modified=CHANGED_AT)
    ) as running:
        yield running


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def client(time):
    with HttpClient(POLICY, sleep=time.sleep, clock=time.clock) as made:
        yield made


def impatient(time, **changes):
    return HttpClient(dataclasses.replace(POLICY, attempts=1, **changes), sleep=time.sleep, clock=time.clock)


def test_a_good_answer_is_whole_and_says_what_it_is(server, client):
    answer = client.get(f"{server.address}/t?x=1#part", accept=JSON)
    assert isinstance(answer, Answer)
    assert answer.content == BODY
    assert answer.content_type == JSON
    assert answer.url == f"{server.address}/t?x=1"
    assert answer.last_modified == datetime.fromtimestamp(CHANGED_AT, UTC)
    asked = server.requests[0].headers
    assert asked["accept"].startswith(JSON)
    assert asked["accept-encoding"] == "gzip"
    assert asked["user-agent"] == f"indforecast/{__version__}"


def test_answers_in_chunks_and_over_several_requests_are_whole(server, client):
    server.bad(days.chunked(7), days.chunked(70_000))
    assert [client.get(server.address, accept=JSON).content for _ in range(4)] == [BODY] * 4


def test_a_known_answer_is_not_sent_again(server, client):
    first = client.get(f"{server.address}/t", accept=JSON)
    known = {first.url: first.validator, "elsewhere": "x"}
    assert client.get(f"{server.address}/t", accept=JSON, validators=known) == NotModified(first.url)
    asked = server.requests[-1].headers
    assert asked["if-none-match"].startswith('"')
    assert asked["if-modified-since"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    other = client.get(f"{server.address}/other", accept=JSON, validators=known)
    assert isinstance(other, Answer)
    assert "if-none-match" not in server.requests[-1].headers


@pytest.mark.parametrize("validator", ["", "{", "[1]", '{"etag": 1}', '{"etag": "a\\r\\nX-Evil: 1"}', "[" * 9_999])
def test_a_damaged_validator_asks_unconditionally(server, client, validator):
    address = f"{server.address}/t"
    assert client.get(address, accept=JSON, validators={address: validator}).content == BODY
    assert not {"if-none-match", "if-modified-since", "x-evil"} & set(server.requests[0].headers)


PASSING = {
    "429": days.too_many_requests(),
    "503": days.unavailable(),
    "500": days.status(500),
    "502": days.status(502, b"<html></html>", "text/html"),
    "504": days.status(504),
    "408": days.status(408),
    "truncated": days.truncated(),
    "nothing of it": days.truncated(0.0),
    "truncated chunks": days.truncated_chunks(),
    "truncated gzip": days.truncated_gzip(),
    "damaged gzip": days.status(200, b"no gzip", JSON, Content_Encoding="gzip"),
    "no length": days.without_length(),
    "reset": days.reset(),
    "hang up": days.hang_up(),
    "half a head": days.half_a_head(),
    "empty": days.status(200, b"", JSON),
    "no http": days.raw(b"220 mail.example.org ESMTP\r\n"),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_bad_day_that_passes_costs_one_more_question(server, client, time, name):
    server.bad(PASSING[name])
    assert client.get(server.address, accept=JSON).content == BODY
    assert len(server.requests) == 2
    assert len(time.waits) == 1
    assert 0 <= time.waits[0] <= POLICY.backoff_seconds


@pytest.mark.parametrize("name", PASSING)
def test_a_bad_day_that_stays_is_one_sentence_with_the_host(server, client, time, name):
    server.always(PASSING[name])
    with pytest.raises(SourceUnavailable) as caught:
        client.get(server.address, accept=JSON)
    assert caught.value.exit_code == 9
    assert str(caught.value).startswith(f"127.0.0.1:{server.port} ")
    assert "asked 3 times" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(server.requests) == 3
    assert [wait <= limit for wait, limit in zip(time.waits, (1, 2), strict=True)] == [True, True]


def test_waits_are_the_same_every_time_and_differ_between_addresses(server):
    def waits(path):
        time = Time()
        with HttpClient(POLICY, sleep=time.sleep, clock=time.clock) as client, pytest.raises(SourceUnavailable):
            client.get(f"{server.address}{path}", accept=JSON)
        return time.waits

    server.always(days.unavailable())
    assert waits("/a") == waits("/a")
    assert waits("/a") != waits("/b")


def test_retry_after_is_waited(server, client, time):
    in_time = (datetime.now(UTC) + timedelta(seconds=40)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    server.bad(days.too_many_requests(7), days.unavailable(in_time))
    assert client.get(server.address, accept=JSON).content == BODY
    assert time.waits[0] == 7
    assert 30 <= time.waits[1] <= 41


def test_who_asks_for_a_long_rest_is_left_alone(server, client, time):
    server.always(days.too_many_requests(3_600))
    with pytest.raises(SourceUnavailable, match="left alone for 3,600 seconds"):
        client.get(server.address, accept=JSON)
    assert time.waits == []
    assert len(server.requests) == 1


def test_all_attempts_together_end_in_time(server, time):
    policy = dataclasses.replace(POLICY, attempts=100, total_seconds=30)
    server.always(days.unavailable(12))
    with (
        HttpClient(policy, sleep=time.sleep, clock=time.clock) as client,
        pytest.raises(SourceUnavailable, match="30 seconds are over"),
    ):
        client.get(server.address, accept=JSON)
    assert time.waits == [12, 12]


@pytest.mark.parametrize(
    ("day", "limits"),
    [
        (days.slow_drip(), {"answer_seconds": 0.3}),
        (days.slow_head(), {"read_seconds": 0.3}),
        (days.silence(), {"read_seconds": 0.3}),
        (days.endless(), {"answer_seconds": 0.3, "body_bytes": 10**12}),
    ],
    ids=["drip", "head", "silence", "endless"],
)
def test_what_never_ends_is_ended(server, time, day, limits):
    server.always(day)
    with impatient(time, **limits) as client, pytest.raises(SourceUnavailable, match="did not answer in time"):
        client.get(server.address, accept=JSON)


@pytest.mark.parametrize("code", [204, 206, 304, 400, 401, 403, 404, 406, 410, 413, 418])
def test_a_refusal_is_not_asked_again(server, client, code):
    server.always(days.status(code, b"" if code in (204, 304) else b"why not"))
    with pytest.raises(HttpRefusal) as caught:
        client.get(f"{server.address}/t", accept=JSON)
    assert caught.value.status == code
    assert str(code) in str(caught.value)
    assert caught.value.hint
    assert len(server.requests) == 1


def test_a_refusal_hands_on_what_was_said(server, client):
    server.always(days.status(413, b"<fault/>", "application/xml"))
    with pytest.raises(HttpRefusal) as caught:
        client.get(server.address, accept=JSON)
    assert caught.value.body == b"<fault/>"
    assert "<fault/>" not in str(caught.value)


@pytest.mark.parametrize("code", [501, 505, 407])
def test_a_server_that_cannot_is_unavailable(server, client, code):
    server.always(days.status(code))
    with pytest.raises(SourceUnavailable):
        client.get(server.address, accept=JSON)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (days.html_page(), "a web page (HTML)"),
        (days.html_page(JSON), "a web page (HTML)"),
        (days.status(200, b"a,b", "text/csv"), "'text/csv'"),
        (days.status(200, b"{}", ""), "''"),
    ],
)
def test_another_kind_of_answer_is_named_and_not_asked_again(server, client, day, said):
    server.always(day)
    with pytest.raises(InputError) as caught:
        client.get(server.address, accept=(JSON, "application/problem+json"))
    assert f"answers with {said} where {JSON} was asked for" in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("day", [days.endless(), days.announced(10**15), days.gzip_bomb(50)])
def test_an_answer_without_measure_is_refused(server, client, day):
    server.always(day)
    with pytest.raises(InputError, match="more than 1,000,000 bytes"):
        client.get(server.address, accept=JSON)
    assert len(server.requests) == 1


def test_a_compression_that_was_not_asked_for_is_refused(server, client):
    server.always(days.status(200, b"\x0b", JSON, Content_Encoding="br"))
    with pytest.raises(SourceUnavailable, match="compresses"):
        client.get(server.address, accept=JSON)
    assert len(server.requests) == 1


def test_a_step_on_the_same_host_is_followed(server, client):
    server.bad(days.redirect("/there?a=1", 307), days.redirect("?b=2", 301))
    answer = client.get(f"{server.address}/here", accept=JSON)
    assert (answer.content, answer.url) == (BODY, f"{server.address}/here")
    assert [request.target for request in server.requests] == ["/here", "/there?a=1", "/there?b=2"]


@pytest.mark.parametrize(
    "to", ["http://localhost:{port}/", "http://127.0.0.1:{other}/", "https://127.0.0.1:{port}/", "//example.org/",
           "http://u:p@127.0.0.1:{port}/", "file:///etc/passwd", "ftp://127.0.0.1/", "http://[::1", "http://x y/"],
)  # fmt: skip
def test_a_step_elsewhere_is_not_followed(server, client, to):
    server.always(days.redirect(to.format(port=server.port, other=server.port + 1)))
    with pytest.raises(InputError, match="not followed"):
        client.get(server.address, accept=JSON)
    assert len(server.requests) == 1


def test_the_body_of_a_step_is_not_waited_for(server, client):
    def day(exchange):
        exchange.head(302, {"Location": "/there", "Content-Length": "1000000"})
        exchange.drip(b"x" * 1_000_000, 0.02)
        exchange.hang_up()

    server.bad(day)
    assert client.get(server.address, accept=JSON).content == BODY


def test_steps_without_end_are_ended(server, client):
    server.always(days.redirect("/again"))
    with pytest.raises(InputError, match="on and on"):
        client.get(server.address, accept=JSON)
    assert len(server.requests) == POLICY.redirects + 1


@pytest.mark.parametrize(
    "address",
    ["", "x", "ftp://host/", "file:///etc/passwd", "http://", "http://u:p@host/", "http://a b/", "http://[::1",
     "http://host:99999/", "http://host:0/", "http://host/\r\nX: 1", "http://h\u00e9/", "javascript:1"],
)  # fmt: skip
def test_what_is_no_address_is_refused_unasked(client, address):
    with pytest.raises(InputError, match="no address that can be asked"):
        client.get(address, accept=JSON)


def test_nobody_there(client, time):
    with pytest.raises(SourceUnavailable, match="refused the connection"):
        client.get(f"http://127.0.0.1:{free_port()}/", accept=JSON)
    assert len(time.waits) == 2


def test_without_a_network_it_says_so(client, monkeypatch):
    def nowhere(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(SourceUnavailable, match=r"publisher\.example is not known to this network"):
        client.get("https://publisher.example/", accept=JSON)


def test_https_is_not_spoken_to_who_does_not_speak_it(server, client):
    with pytest.raises(SourceUnavailable, match="could not be connected to safely"):
        client.get(server.address.replace("http:", "https:"), accept=JSON)


def test_a_certificate_that_nobody_vouches_for_is_refused_once(client, time, tmp_path):
    certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with LoopbackServer(lambda request: Reply(BODY, JSON), tls=context) as server:
        with pytest.raises(SourceUnavailable, match="certificate cannot be verified"):
            client.get(server.address, accept=JSON)
        assert server.requests == []
    assert time.waits == []


def test_https_is_whole_and_ended_in_time_too(time, tmp_path, monkeypatch):
    certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with LoopbackServer(lambda request: Reply(BODY, JSON), tls=context) as server:
        with impatient(time, proxies=True) as client:
            assert client.get(server.address, accept=JSON).content == BODY
        for day, limits in (
            (days.slow_drip(), {"answer_seconds": 1.5}),
            (days.slow_head(), {"read_seconds": 1.0}),
        ):
            server.always(day)
            with (
                impatient(time, proxies=True, **limits) as client,
                pytest.raises(SourceUnavailable, match="did not answer in time"),
            ):
                client.get(server.address, accept=JSON)


def test_the_proxy_of_the_environment_is_used_when_it_may(server, time, monkeypatch):
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", server.address)
    with impatient(time, proxies=True) as client:
        assert client.get("http://publisher.example/t", accept=JSON).content == BODY
    assert server.requests[0].target == "http://publisher.example/t"
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with impatient(time, proxies=True) as client, pytest.raises(SourceUnavailable, match="through the proxy"):
        client.get("http://publisher.example/t", accept=JSON)
    with impatient(time, proxies=False) as client:
        assert client.get(server.address, accept=JSON).content == BODY


def test_no_password_and_no_cookie_is_sent(server, time, monkeypatch, tmp_path):
    secrets = tmp_path / "netrc"
    secrets.write_text("machine 127.0.0.1 login somebody password secret\n")
    secrets.chmod(0o600)
    monkeypatch.setenv("NETRC", str(secrets))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.bad(days.status(200, b"{}", JSON, Set_Cookie="who=you; Path=/"))
    with impatient(time, proxies=True) as client:
        client.get(server.address, accept=JSON)
        client.get(server.address, accept=JSON)
    for request in server.requests:
        assert not {"authorization", "cookie"} & set(request.headers)


def test_a_closed_client_can_be_used_again(server, client):
    client.get(server.address, accept=JSON)
    client.close()
    client.close()
    assert client.get(server.address, accept=JSON).content == BODY


HEADS = [
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200\r\n", b"HTTP/1.1 999 ?\r\n", b"HTTP/1.1 -1 x\r\n", b"HTTP/9 x\r\n",
    b"Content-Length: 2\r\n", b"Content-Length: -1\r\n", b"Content-Length: 1_0\r\n", b"Content-Length: 2, 2\r\n",
    b"Content-Type: application/json\r\n", b"Content-Type:\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n", b"Content-Encoding: \xff\r\n", b"Location: //\r\n", b"Retry-After: \xb2\r\n",
    b": x\r\n", b" folded\r\n", b"\x00\r\n", b"\r\n", b"{}", b"2\r\n{}\r\n0\r\n\r\n", b"-1\r\n",
    b"ffffffffffffffff\r\n",
]  # fmt: skip


@pytest.fixture(scope="module")
def any_server():
    with LoopbackServer(lambda request: Reply(BODY, JSON)) as running:
        yield running


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(st.one_of(st.sampled_from(HEADS), st.binary(max_size=6)), max_size=9))
def test_whatever_comes_it_is_an_answer_or_one_sentence(any_server, pieces):
    time = Time()
    any_server.always(days.raw(b"".join(pieces)))
    with impatient(time, read_seconds=5) as client:
        try:
            answer = client.get(any_server.address, accept=JSON)
        except IndforecastError as error:
            assert "\n" not in str(error)
        else:
            assert answer.content_type == JSON


@given(attempt=st.integers(1, 200), first=st.floats(0, 60), longest=st.floats(0, 600), url=st.text(max_size=20))
def test_a_pause_lies_between_nothing_and_its_limit(attempt, first, longest, url):
    waited = pause(url, attempt, first, longest)
    assert 0 <= waited <= min(longest, first * 2.0 ** (attempt - 1))
    assert waited == pause(url, attempt, first, longest)


@pytest.mark.parametrize(
    ("after", "now", "seconds"),
    [
        ("0", "", 0),
        ("120", "", 120),
        ("Wed, 21 Oct 2026 07:28:30 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 30),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:29:00 GMT", 0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "", None),
        ("soon", "Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", "", None),
        ("-1", "", None),
        ("9" * 12, "", None),
        ("\u0663", "", None),
    ],
)
def test_retry_after_counts_from_the_servers_own_clock(after, now, seconds):
    assert asked_to_wait({"retry-after": after, "date": now}) == seconds


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_date(text):
    moment = http_date(text)
    assert moment is None or moment.tzinfo is UTC


def _self_signed(folder):
    """A certificate for this address and its key, made here so that no key lies in the tree."""
    x509 = pytest.importorskip("cryptography.x509")
    from ipaddress import ip_address

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path
