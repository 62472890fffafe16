"""A stand-in for storage: serves the files of a folder over HTTP, whole or by ranges, and counts what it sends.

Called as ``python -m benchmarks.ranged_server <folder>``; prints its port and serves until it is ended. Paths are
those of S3, ``/<bucket>/<file>``; signatures are not looked at. ``/served`` answers with the bytes sent so far and
the number of requests, and begins to count anew.
"""

import json
import os
import re
import socket
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import ClassVar, Final
from urllib.parse import urlsplit

_RANGE: Final = re.compile(r"bytes=(\d+)-(\d+)")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024
    folder: ClassVar[Path]
    lock: ClassVar = Lock()
    served: ClassVar = {"bytes": 0, "requests": 0}

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/served":
            self._tell()
            return
        with (self.folder / Path(path).name).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
            start, end = (int(wanted[1]), min(int(wanted[2]), size - 1)) if wanted else (0, size - 1)
            self.send_response(HTTPStatus.PARTIAL_CONTENT if wanted else HTTPStatus.OK)
            if wanted:
                self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
            self._end_headers(end - start + 1)
            if wanted:
                self.wfile.write(os.pread(file.fileno(), end - start + 1, start))
                self.wfile.flush()
            else:
                self.wfile.flush()
                self.connection.sendfile(file)
        with self.lock:
            self.served["bytes"] += end - start + 1
            self.served["requests"] += 1

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""

    def _tell(self) -> None:
        with self.lock:
            content = json.dumps(self.served).encode()
            self.served.update(bytes=0, requests=0)
        self.send_response(HTTPStatus.OK)
        self._end_headers(len(content))
        self.wfile.write(content)

    def _end_headers(self, length: int) -> None:
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(length))
        self.end_headers()


class _Server(ThreadingHTTPServer):
    # Connections that come at once wait for each other instead of being turned away.
    request_queue_size = socket.SOMAXCONN


def main() -> None:
    """Serve."""
    _Handler.folder = Path(sys.argv[1])
    with _Server(("127.0.0.1", 0), _Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
