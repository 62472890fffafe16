"""An AWS that answers at once and knows nothing: what remains of a call is the caller's own cost."""

import json
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

#: What each call is answered, by the last part of its ``X-Amz-Target``; every other gets an empty object.
_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "Query": {"Items": [], "Count": 0, "ScannedCount": 0},
    "BatchGetItem": {"Responses": {}, "UnprocessedKeys": {}},
    "PutEvents": {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]},
    "StartExecution": {
        "executionArn": "arn:aws:states:eu-central-1:000000000000:execution:m:e",
        "startDate": 0,
    },
    "GetSecretValue": {"ARN": "arn", "Name": "secret", "SecretString": "0123456789abcdef0123456789abcdef"},
}


class Stub:
    """The running stub.

    Attributes:
        url: Where it listens.
    """

    def __init__(self, server: ThreadingHTTPServer, calls: "Counter[str]") -> None:
        self.url: Final = f"http://127.0.0.1:{server.server_port}"
        self._calls = calls

    def calls_since_last_asked(self) -> "Counter[str]":
        """Give how often each operation was called, and forget it."""
        calls = Counter(self._calls)
        self._calls.clear()
        return calls


@contextmanager
def running_stub() -> Iterator[Stub]:
    """Serve from a thread for as long as the context lasts."""
    calls: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            operation = self.headers.get("X-Amz-Target", "Unknown.Unknown").rpartition(".")[2]
            calls[operation] += 1
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps(_ANSWERS.get(operation, {})).encode()
            headers = {
                "Content-Type": "application/x-amz-json-1.0",
                "Content-Length": str(len(body)),
                "X-Amz-Crc32": str(zlib.crc32(body)),
            }
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            # In one piece: a body that follows its head waits forty milliseconds to be acknowledged.
            self.wfile.write(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Stub(server, calls)
        finally:
            server.shutdown()
            thread.join()
