"""One call of a receiver: resolved once, checked, bounded in time and bytes.

Over the standard library's sockets, and not over a client of HTTP. A client resolves the name by itself, a second time
and after any check; follows redirects and proxies that nobody asked for; and bounds each wait, but not their sum, so
that whoever sends a byte every few seconds holds it for hours. What is needed here is little: one request, one status.
"""

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Final, cast

from bitewing.webhooks.address import NotAllowed, Place, Targets, ensure_allowed, read_url
from bitewing.webhooks.delivery import Answer, Failure

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: What is read of an answer, bytes: its status and headers; the body is not looked at.
MAX_ANSWER_BYTES: Final = 8 * 1024
USER_AGENT: Final = "Bitewing-Webhooks/1"


class NotResolved(OSError):
    """A name has no address."""


#: What went wrong, by what was raised; the first that fits is taken.
_FAILURES: Final[tuple[tuple[type[Exception], Failure], ...]] = (
    (NotAllowed, Failure.ADDRESS_NOT_ALLOWED),
    (NotResolved, Failure.NAME_NOT_RESOLVED),
    (TimeoutError, Failure.TIMED_OUT),
    (ssl.SSLCertVerificationError, Failure.CERTIFICATE_NOT_VALID),
    (ssl.SSLError, Failure.TLS_FAILED),
    (ConnectionRefusedError, Failure.CONNECTION_REFUSED),
    (OSError, Failure.CONNECTION_BROKEN),
)

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a receiver may take, seconds.

    Attributes:
        connect: For its name, and again for a connection to each of its addresses.
        total: For everything together, however slowly it sends.
    """

    connect: float = 3
    total: float = 10


class _Deadline:
    """The end of a call; whatever waits, waits until then at most."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock, self._at = clock, clock() + seconds

    def left(self, at_most: float = float("inf")) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: None are.
        """
        left = self._at - self._clock()
        if left <= 0:
            raise TimeoutError
        return min(left, at_most)


class _Bounded(io.RawIOBase):
    """What a receiver sends, up to a number of bytes and a moment; behind these it ends, or times out."""

    def __init__(self, connection: socket.socket, deadline: _Deadline, max_bytes: int) -> None:
        self._connection, self._deadline, self._left = connection, deadline, max_bytes

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what is there, once something is."""
        wanted = memoryview(buffer)[: self._left]
        if not wanted:
            return 0
        self._connection.settimeout(self._deadline.left())
        got = self._connection.recv_into(wanted)
        self._left -= got
        return got


class _Answering:
    """What the reader of HTTP takes for a socket."""

    def __init__(self, reading: _Bounded) -> None:
        self._reading = reading

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what is read from."""
        return io.BufferedReader(self._reading)


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, as this machine's resolver gives them.

    Raises:
        OSError: It has none, or nobody knows.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Caller:
    """Calls receivers of webhooks."""

    def __init__(
        self,
        targets: Targets,
        *,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember how to call.

        Args:
            targets: What may be called.
            resolve: Gives the addresses of a host and a port.
            tls: Which certificates are valid; those of the machine's own authorities by default.
            patience: How long a receiver may take.
            clock: Seconds that only grow.
        """
        self._targets, self._resolve, self._clock = targets, resolve, clock
        self._tls = tls or ssl.create_default_context()
        self._patience = patience or Patience()

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body to a receiver once, and say what came of it; whatever it does, nothing is raised."""
        began = self._clock()
        status, failure = None, None
        try:
            status = self._status(url, headers, body)
        except (NotAllowed, OSError, HTTPException) as error:
            failure = _failure(error)
        return Answer(status_code=status, failure=failure, duration_ms=round((self._clock() - began) * 1000))

    def _status(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        deadline = _Deadline(self._clock, self._patience.total)
        place = read_url(url, self._targets)
        found = _within(lambda: self._resolve(place.host, place.port), deadline.left(self._patience.connect))
        addresses = ensure_allowed(found, self._targets, is_tls=place.is_tls)
        # To an address that was checked: the name is not looked up again, and stands only in what proves the host.
        with _connected(addresses, place.port, deadline, self._patience.connect) as connection:
            if not place.is_tls:
                return _asked(connection, place, headers, body, deadline)
            secured = self._tls.wrap_socket(
                connection, server_hostname=place.host, do_handshake_on_connect=False, suppress_ragged_eofs=True
            )
            with secured:
                secured.settimeout(deadline.left())
                secured.do_handshake()
                return _asked(secured, place, headers, body, deadline)


def _connected(addresses: Sequence[str], port: int, deadline: _Deadline, seconds: float) -> socket.socket:
    """Return a connection to the first address that takes one; nothing was sent to those that did not.

    Raises:
        OSError: None did; what the last one failed with.
    """
    *others, last = addresses
    for address in others:
        try:
            return socket.create_connection((address, port), deadline.left(seconds))
        except OSError:
            continue
    return socket.create_connection((last, port), deadline.left(seconds))


def _asked(
    connection: socket.socket, place: Place, headers: Mapping[str, str], body: bytes, deadline: _Deadline
) -> int:
    connection.settimeout(deadline.left())
    connection.sendall(_request(place, headers, body))
    # It makes of a socket nothing but a file to read.
    answering = cast("socket.socket", _Answering(_Bounded(connection, deadline, MAX_ANSWER_BYTES)))
    response = HTTPResponse(answering, method="POST")
    response.begin()
    return response.status


def _request(place: Place, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = {
        "host": place.authority,
        "user-agent": USER_AGENT,
        "content-type": "application/json",
        "content-length": str(len(body)),
        "connection": "close",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {place.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def _within(look_up: Callable[[], Sequence[str]], seconds: float) -> Sequence[str]:
    """Return what a lookup gives, if it does so in time: the machine's resolver waits longer.

    Raises:
        TimeoutError: It did not.
        NotResolved: It found nothing.
        RuntimeError: It broke down, which is a defect: nobody was waited for.
    """
    outcome: list[Sequence[str] | NotResolved] = []

    def run() -> None:
        try:
            outcome.append(look_up())
        except (OSError, UnicodeError) as error:
            outcome.append(NotResolved(str(type(error).__name__)))

    looking = threading.Thread(target=run, daemon=True)
    looking.start()
    looking.join(seconds)
    if looking.is_alive():
        raise TimeoutError
    if not outcome:
        msg = "looking up a name ended without an outcome"
        raise RuntimeError(msg)
    (found,) = outcome
    if isinstance(found, NotResolved):
        raise found
    return found


def _failure(error: NotAllowed | OSError | HTTPException) -> Failure:
    return next((failure for kind, failure in _FAILURES if isinstance(error, kind)), Failure.NOT_HTTP)
