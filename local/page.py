"""The API page: the OpenAPI document, to read and to try out against the running stack.

Run as a program, it serves the page until it is ended. The page's script and style are those that come with
Powertools, so nothing is loaded from elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from local.places import PROJECT
from local.processes import HOST, Detached

DOCUMENT: Final = PROJECT / "openapi.json"
_ASSETS: Final = files("aws_lambda_powertools") / "event_handler" / "openapi" / "swagger_ui"
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Bitewing API</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="swagger-ui.css">
</head>
<body>
  <div id="page"></div>
  <script src="swagger-ui.js"></script>
  <script>
    SwaggerUIBundle({url: "openapi.json", dom_id: "#page", deepLinking: true, persistAuthorization: true,
                     tryItOutEnabled: true, displayRequestDuration: true, validatorUrl: null});
  </script>
</body>
</html>
"""


class ApiPage:
    """The server of the API page, as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = Detached(folder / "page.json", folder / "page.log", mark="-m local.page")

    @property
    def url(self) -> str | None:
        """Address of the page; None when it is not served."""
        running = self._process.running()
        return None if running is None else f"http://{HOST}:{running.port}/"

    def start(self, port: int, *, api_url: str) -> None:
        """Serve the page; one that is served already is replaced."""
        self.stop()
        self._process.start(
            [sys.executable, "-m", "local.page", "--port", str(port), "--api", api_url],
            port=port,
            environment=os.environ,
            folder=PROJECT,
        )

    def stop(self) -> bool:
        """Stop serving; say whether it was served."""
        return self._process.stop(timeout_s=5)


def document_for(api_url: str, *, path: Path = DOCUMENT) -> dict[str, Any]:
    """The OpenAPI document with the local API as its only server."""
    document: dict[str, Any] = json.loads(path.read_text())
    return document | {"servers": [{"url": api_url, "description": "The local stack"}]}


class _Handler(BaseHTTPRequestHandler):
    """Four files; everything else does not exist."""

    def __init__(self, *args: Any, api_url: str, **kwargs: Any) -> None:
        self._api_url = api_url
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Answer one of the page's files."""
        match self.path.partition("?")[0]:
            case "/":
                self._answer("text/html; charset=utf-8", _PAGE.encode())
            case "/swagger-ui.js":
                self._answer("text/javascript", (_ASSETS / "swagger-ui-bundle.min.js").read_bytes())
            case "/swagger-ui.css":
                self._answer("text/css", (_ASSETS / "swagger-ui.min.css").read_bytes())
            case "/openapi.json":
                self._answer("application/json", json.dumps(document_for(self._api_url)).encode())
            case _:
                self.send_error(404)

    def _answer(self, content_type: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)


def server(port: int, *, api_url: str) -> ThreadingHTTPServer:
    """A server of the page, not yet serving; port 0 takes any that is free."""
    return ThreadingHTTPServer((HOST, port), partial(_Handler, api_url=api_url))


def main() -> None:
    """Serve the page until this process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True)
    chosen = parser.parse_args()
    server(chosen.port, api_url=chosen.api).serve_forever()


if __name__ == "__main__":
    main()
