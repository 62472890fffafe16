"""The API page: complete without the internet, and pointing at the local API."""

import json
import threading

import pytest
import requests

from local import page
from local.page import document_for, server

API_URL = "http://abc.execute-api.localhost:4566"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    document = tmp_path_factory.mktemp("docs") / "openapi.json"
    document.write_text(json.dumps({"openapi": "3.1.0", "servers": [{"url": "https://api.example"}]}))
    patch = pytest.MonkeyPatch()
    patch.setattr(page, "DOCUMENT", document)
    patch.setattr(page, "document_for", lambda url: document_for(url, path=document))
    with server(0, api_url=API_URL) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
    patch.undo()


def test_the_page_loads_nothing_from_elsewhere(served):
    answer = requests.get(served, timeout=5)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "http://" not in answer.text
    assert "https://" not in answer.text


@pytest.mark.parametrize(("path", "kind"), [("/swagger-ui.js", "text/javascript"), ("/swagger-ui.css", "text/css")])
def test_script_and_style_are_served_from_here(served, path, kind):
    answer = requests.get(served + path, timeout=5)
    assert answer.headers["Content-Type"] == kind
    assert len(answer.content) > 10_000


def test_the_document_names_the_local_api_as_its_only_server(served):
    document = requests.get(f"{served}/openapi.json", timeout=5).json()
    assert document["openapi"] == "3.1.0"
    assert [each["url"] for each in document["servers"]] == [API_URL]


def test_nothing_else_is_served(served):
    assert requests.get(f"{served}/../pyproject.toml", timeout=5).status_code == 404
    assert requests.get(f"{served}/etc/passwd", timeout=5).status_code == 404
