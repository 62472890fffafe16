"""Receivers of webhooks on this machine, good and bad, and certificates for them."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behave = Callable[[socket.socket], object]
END_OF_HEADERS = b"\r\n\r\n"


def request_on(connection: socket.socket) -> bytes:
    """Read one request: its head, and the body that it says it has."""
    got = b""
    while END_OF_HEADERS not in got:
        if not (more := connection.recv(65_536)):
            return got
        got += more
    head, _, body = got.partition(END_OF_HEADERS)
    length = next(int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(65_536)
    return head + END_OF_HEADERS + body


def answers(raw: bytes) -> Behave:
    """Behave like one who reads a request and sends this."""

    def behave(connection: socket.socket) -> bytes:
        request = request_on(connection)
        connection.sendall(raw)
        return request

    return behave


class Listener:
    """Listens on this machine, and behaves with each connection as it is told; a context manager.

    Attributes:
        got: What the behavior returned for each connection.
    """

    def __init__(self, behave: Behave, *, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[object] = []
        self.connections = 0
        self._behave, self._tls = behave, tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError):
                connection.settimeout(5)
                if self._tls is None:
                    self.got.append(self._behave(connection))
                else:
                    with self._tls.wrap_socket(connection, server_side=True) as secured:
                        self.got.append(self._behave(secured))


class Authority:
    """Issues certificates that nobody knows but who is told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        self._own = self._certificate(self._name, self._key.public_key(), None, timedelta(days=2))
        self.path = folder / "authority.pem"
        self.path.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def trusted(self) -> ssl.SSLContext:
        """What a client checks with who trusts it."""
        return ssl.create_default_context(cafile=str(self.path))

    def server(self, host: str, *, lasts: timedelta = timedelta(days=1)) -> ssl.SSLContext:
        """What a server of a host shows."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._certificate(name, key.public_key(), host, lasts)
        path = self._folder / f"{host}-{lasts.days}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _certificate(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, host: str | None, lasts: timedelta
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3))
            .not_valid_after(now + lasts)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        else:
            usage = dict.fromkeys(
                (
                    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
                    *("key_agreement", "encipher_only", "decipher_only"),
                ),
                False,
            )
            builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        return builder.sign(self._key, hashes.SHA256())
