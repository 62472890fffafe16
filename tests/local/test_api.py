"""The client that the walk and the end-to-end tests use."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local.api import Answer, Api, send, sha256
from local.trouble import Trouble


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = json.dumps(
            {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body.decode()}
        ).encode()
        self.send_response(200)
        self.send_header("ETag", '"7"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - named by the base class

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_change_names_the_version_that_was_read(url):
    sent = Api(url, "token").patch("/v1/cases/1", {"description": "new"}, version=3).body
    assert sent["headers"]["If-Match"] == '"3"'
    assert sent["headers"]["Authorization"] == "Bearer token"
    assert json.loads(sent["body"]) == {"description": "new"}


def test_each_creation_has_a_key_of_its_own_unless_one_is_given(url):
    api = Api(url)
    keys = [api.post("/v1/cases", {}).body["headers"]["Idempotency-Key"] for _ in range(2)]
    assert keys[0] != keys[1]
    assert api.post("/v1/cases", {}, key="mine").body["headers"]["Idempotency-Key"] == "mine"


def test_a_query_is_written_into_the_address(url):
    assert Api(url).get("/v1/cases", limit=5, status="draft").body["path"] == "/v1/cases?limit=5&status=draft"


def test_anything_can_be_sent_as_it_is(url):
    sent = Api(url).call("POST", "/v1/cases", raw=b"{broken", headers={"Content-Type": "text/plain"}).body
    assert sent["body"] == "{broken"
    assert sent["headers"]["Content-Type"] == "text/plain"


def test_the_version_is_read_from_the_tag(url):
    assert Api(url).get("/v1/cases/1").version == 7
    assert Answer("GET /", 200, {}, {}).version is None


def test_sending_tells_every_byte_that_went_out(url):
    told = []
    status, _ = send({"url": url, "headers": {}}, b"x" * 3_000_000, sent=told.append)
    assert status == 200
    assert sum(told) == 3_000_000


def test_another_status_than_expected_is_told_in_the_apis_own_words():
    answer = Answer("POST /v1/cases", 409, {"detail": "Someone else saved it.", "code": "stale_version"}, {})
    assert answer.expect(409, 412) is answer
    assert answer.code == "stale_version"
    with pytest.raises(Trouble, match="answered 409 instead of 200 or 201: Someone else saved it"):
        answer.expect(200, 201)


def test_checksums_are_written_as_the_api_takes_them():
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
