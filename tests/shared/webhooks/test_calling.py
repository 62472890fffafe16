"""One call of a receiver, whatever it does: over real sockets of this machine."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from bitewing.webhooks.address import Targets
from bitewing.webhooks.calling import MAX_ANSWER_BYTES, Caller, Patience, resolve
from bitewing.webhooks.delivery import Failure
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.receivers import Authority, Listener, answers, request_on

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
HEADERS = {"webhook-id": "EVENT", "webhook-timestamp": "1", "webhook-signature": "v1,c2ln"}
BODY = '{"type":"CaseMoved","says":"größer"}'.encode()
#: Long enough for this machine, and short for whoever waits.
IMPATIENT = Patience(connect=0.3, total=0.5)
PATIENT = Patience(connect=20, total=20)


def here(*_):
    return ["127.0.0.1"]


def call(url, *, patience=PATIENT, targets=Targets.PUBLIC_AND_LOOPBACK, **more):
    return Caller(targets, patience=patience, **{"resolve": here, **more})(url, HEADERS, BODY)


def call_to(listener, path="/hooks?lab=1", **more):
    return call(f"http://127.0.0.1:{listener.port}{path}", **more)


def came_of(answer):
    return (answer.status_code, answer.failure, answer.why_not_delivered())


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_answers_2xx_has_it(status):
    with Listener(answers(f"HTTP/1.1 {status} Fine\r\nContent-Length: 0\r\n\r\n".encode())) as listener:
        assert came_of(call_to(listener)) == (status, None, None)


def test_a_receiver_gets_one_plain_request_with_what_proves_it():
    with Listener(answers(OK)) as listener:
        answer = call_to(listener)
    (request,) = listener.got
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "POST /hooks?lab=1 HTTP/1.1"
    assert dict(line.split(": ", 1) for line in lines) == {
        "host": f"127.0.0.1:{listener.port}",
        "user-agent": "Bitewing-Webhooks/1",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "connection": "close",
        **HEADERS,
    }
    assert body == BODY
    assert answer.duration_ms >= 0


@pytest.mark.parametrize(("status", "why"), [(400, "refused"), (404, "refused"), (410, "gone"), (500, "refused")])
def test_what_answers_otherwise_has_it_not(status, why):
    with Listener(answers(f"HTTP/1.1 {status} No\r\n\r\n".encode())) as listener:
        assert came_of(call_to(listener)) == (status, None, why)


@pytest.mark.parametrize("place", ["http://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "/elsewhere"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_said_to_be_one(status, place):
    raw = f"HTTP/1.1 {status} Moved\r\nLocation: {place}\r\n\r\n".encode()
    with Listener(answers(raw)) as listener:
        assert came_of(call_to(listener)) == (status, None, Failure.REDIRECTED)
        assert listener.connections == 1


# --- Addresses --------------------------------------------------------------------------------------------------------


def never(*_):
    pytest.fail("nobody is to be asked or called")


@pytest.mark.parametrize(
    "url", ["http://hooks.lab.example", "https://10.0.0.1", "https://127.0.0.1", "https://169.254.169.254", "nothing"]
)
def test_an_address_that_may_not_be_called_is_not_even_resolved(url):
    answer = call(url, targets=Targets.PUBLIC, resolve=never)
    assert came_of(answer) == (None, Failure.ADDRESS_NOT_ALLOWED, Failure.ADDRESS_NOT_ALLOWED)


@pytest.mark.parametrize(
    "found",
    [["10.0.0.1"], ["127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], ["fd00::1"], []],
)
def test_a_name_with_any_address_that_is_not_public_is_not_called(found, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", never)
    answer = call("https://hooks.lab.example", targets=Targets.PUBLIC, resolve=lambda *_: found)
    assert answer.failure is Failure.ADDRESS_NOT_ALLOWED


def test_a_name_that_answers_differently_the_second_time_is_asked_once_and_called_where_it_was_checked(monkeypatch):
    found = iter([["8.8.8.8"], ["169.254.169.254"]])
    called = []

    def connect(address, timeout):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    asked = []

    def rebinding(host, port):
        asked.append((host, port))
        return next(found)

    answer = call("https://hooks.lab.example/a", targets=Targets.PUBLIC, resolve=rebinding)
    assert answer.failure is Failure.CONNECTION_REFUSED
    assert (asked, called) == ([("hooks.lab.example", 443)], [("8.8.8.8", 443)])


def test_of_several_addresses_those_of_ipv4_are_called_first_until_one_answers(monkeypatch):
    called = []

    def connect(address, timeout):
        called.append(address[0])
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    answer = call("https://hooks.lab.example", resolve=lambda *_: ["2606:4700::1111", "1.1.1.1", "8.8.8.8"])
    assert (answer.failure, called) == (Failure.CONNECTION_BROKEN, ["1.1.1.1", "8.8.8.8", "2606:4700::1111"])


def test_where_one_address_takes_no_connection_the_next_gets_the_only_request():
    with Listener(answers(OK)) as listener:
        url = f"http://localhost:{listener.port}"
        assert came_of(call(url, resolve=lambda *_: ["127.0.0.2", "127.0.0.1"])) == (204, None, None)
    assert (listener.connections, len(listener.got)) == (1, 1)


def test_all_addresses_together_take_no_longer_than_one_call_may(monkeypatch):
    now, called = [0.0], []

    def connect(address, timeout):
        called.append((address[0], timeout))
        now[0] += timeout
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", connect)
    caller = Caller(
        Targets.PUBLIC,
        resolve=lambda *_: ["1.1.1.1", "8.8.4.4", "8.8.8.8", "9.9.9.9"],
        patience=Patience(connect=4, total=10),
        clock=lambda: now[0],
    )
    assert caller("https://hooks.lab.example", HEADERS, BODY).failure is Failure.TIMED_OUT
    assert called == [("1.1.1.1", 4), ("8.8.4.4", 4), ("8.8.8.8", 2)]


@pytest.mark.parametrize("trouble", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OSError("down")])
def test_a_name_that_nobody_knows_is_said_not_to_resolve(trouble):
    def unknown(*_):
        raise trouble

    assert call("https://hooks.lab.example", resolve=unknown).failure is Failure.NAME_NOT_RESOLVED


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_lookup_that_breaks_down_is_a_defect_and_no_receiver_that_is_slow():
    def breaks_down(*_):
        raise ZeroDivisionError

    with pytest.raises(RuntimeError, match="without an outcome"):
        call("https://hooks.lab.example", resolve=breaks_down)


def test_a_resolver_that_hangs_is_not_waited_for():
    free = threading.Event()
    answer = call("https://hooks.lab.example", patience=IMPATIENT, resolve=lambda *_: free.wait(60) and [])
    free.set()
    assert answer.failure is Failure.TIMED_OUT


def test_the_time_that_resolving_took_is_not_given_again(monkeypatch):
    seconds = [0.0]

    def slowly(*_):
        seconds[0] = 10.0
        return ["8.8.8.8"]

    monkeypatch.setattr(socket, "create_connection", never)
    answer = call("https://hooks.lab.example", patience=Patience(), resolve=slowly, clock=lambda: seconds[0])
    assert (answer.failure, answer.duration_ms) == (Failure.TIMED_OUT, 10_000)


def test_this_machine_resolves_itself():
    assert "127.0.0.1" in resolve("127.0.0.1", 443)
    with pytest.raises(OSError, match=r"."):
        resolve("no such host", 443)


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Listener(answers(OK)) as listener:
        assert call_to(listener).status_code == 204


# --- Time and bytes ---------------------------------------------------------------------------------------------------


def until_closed(connection):
    connection.settimeout(20)
    while connection.recv(65_536):
        pass


def test_a_closed_port_is_said_to_be_one():
    with Listener(answers(OK)) as listener:
        port = listener.port
    assert call(f"http://127.0.0.1:{port}").failure is Failure.CONNECTION_REFUSED


def test_a_receiver_that_hangs_is_left():
    with Listener(until_closed) as listener:
        assert call_to(listener, patience=IMPATIENT).failure is Failure.TIMED_OUT


def test_a_receiver_that_hangs_before_tls_is_left():
    with Listener(until_closed) as listener:
        answer = call(f"https://localhost:{listener.port}", patience=IMPATIENT)
    assert answer.failure is Failure.TIMED_OUT


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_receiver_that_drips_bytes_is_left_after_the_whole_time(begins):
    def drip(connection):
        request_on(connection)
        connection.sendall(begins)
        while True:
            # More often than any wait for a byte would notice; it ends when it is left.
            connection.sendall(b"a")
            time.sleep(0.05)

    with Listener(drip) as listener:
        assert call_to(listener, patience=IMPATIENT).failure is Failure.TIMED_OUT


def test_of_a_huge_answer_the_status_counts_and_the_rest_is_not_read():
    def flood(connection):
        request_on(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with Listener(flood) as listener:
        assert came_of(call_to(listener)) == (200, None, None)


@pytest.mark.parametrize(
    ("raw", "came"),
    [
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000, (200, None)),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 90_000, (None, Failure.NOT_HTTP)),
        (b"HTTP/1.1 200 OK" + b"a" * 1_000_000, (200, None)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000, (None, Failure.CONNECTION_BROKEN)),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", (200, None)),
        (b"HTTP/1.1 two OK\r\n\r\n", (None, Failure.NOT_HTTP)),
        (b"HTTP/1.1 20 OK\r\n\r\n", (None, Failure.NOT_HTTP)),
        (b"SSH-2.0-OpenSSH_9.9\r\n", (None, Failure.NOT_HTTP)),
        (b"", (None, Failure.CONNECTION_BROKEN)),
    ],
)
def test_answers_without_end_or_form_end_here(raw, came):
    assert len(raw) > MAX_ANSWER_BYTES or len(raw) < 100

    def send(connection):
        request_on(connection)
        connection.sendall(raw)

    with Listener(send) as listener:
        answer = call_to(listener)
    assert (answer.status_code, answer.failure) == came


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda raw: b"HTTP/1.1 200 OK\r\n" + raw))
def test_whatever_a_receiver_sends_is_a_status_or_a_failure(raw):
    with Listener(answers(raw)) as listener:
        answer = call_to(listener)
    assert (answer.status_code is None) is (answer.failure is not None)


# --- Certificates -----------------------------------------------------------------------------------------------------


def test_over_tls_the_name_of_the_address_is_proven(authority):
    with Listener(answers(OK), tls=authority.server("localhost")) as listener:
        answer = call(f"https://localhost:{listener.port}/", tls=authority.trusted())
    assert came_of(answer) == (204, None, None)
    assert listener.got[0].startswith(b"POST / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("host", "lasts"),
    [("other.lab.example", timedelta(days=1)), ("localhost", timedelta(days=-1))],
    ids=["other", "old"],
)
def test_a_certificate_of_another_host_or_time_is_not_valid(authority, host, lasts):
    with Listener(answers(OK), tls=authority.server(host, lasts=lasts)) as listener:
        answer = call(f"https://localhost:{listener.port}", tls=authority.trusted())
    assert answer.failure is Failure.CERTIFICATE_NOT_VALID
    assert listener.got == []


def test_a_certificate_of_an_authority_that_nobody_knows_is_not_valid(authority):
    with Listener(answers(OK), tls=authority.server("localhost")) as listener:
        assert call(f"https://localhost:{listener.port}").failure is Failure.CERTIFICATE_NOT_VALID
    assert listener.got == []


def test_what_does_not_speak_tls_is_said_so(authority):
    def speaks_plainly(connection):
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Listener(speaks_plainly) as listener:
        assert call(f"https://localhost:{listener.port}").failure is Failure.TLS_FAILED
