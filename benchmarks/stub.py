"""An AWS that answers at once: what remains of a call is the caller's own cost.

It knows the organizations, cases and files of the samples, by key, by partition and by index, takes every
write, and remembers none.
"""

import base64
import hashlib
import json
import re
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from benchmarks import events
from tools import offline

Item = Mapping[str, Any]

_STARTED: Final = {"executionArn": "arn:aws:states:eu-central-1:000000000000:execution:m:e", "startDate": 0}
_SECRET: Final = {"ARN": "arn", "Name": "secret", "SecretString": "0123456789abcdef0123456789abcdef"}
_RANGE: Final = re.compile(r"bytes=(\d+)-(\d+)")
_SEND_EMAIL: Final = "/v2/email/outbound-emails"
_SCHEDULES: Final = "/schedules/"
_ONE_OF: Final = re.compile(r"(#\w+) IN \(([^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is stored.

    Attributes:
        items: Items of the table, in the table's own form.
        objects: Bytes of what arrived and of the files, by the path of a request.
    """

    items: Sequence[Item]
    objects: Mapping[str, bytes]

    def answer(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a call of a service that speaks JSON.

        Raises:
            KeyError: No function that is measured is known to make this call.
        """
        answers: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "GetItem": self._get_item,
            "BatchGetItem": self._batch_get_item,
            "Query": self._query,
            "UpdateItem": lambda _: {},
            "TransactWriteItems": lambda _: {},
            "PutEvents": lambda sent: {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in sent["Entries"]]},
            "StartExecution": lambda _: _STARTED,
            "GetSecretValue": lambda _: _SECRET,
            "SendMessage": lambda sent: {"MessageId": "1", "MD5OfMessageBody": _md5(sent["MessageBody"])},
            "SendEmail": lambda _: {"MessageId": "1"},
        }
        return answers[operation](request)

    def _get_item(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self._of(request["Key"])
        return {"Item": found[0]} if found else {}

    def _batch_get_item(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        responses = {
            table: [item for key in asked["Keys"] for item in self._of(key)]
            for table, asked in request["RequestItems"].items()
        }
        return {"Responses": responses, "UnprocessedKeys": {}}

    def _query(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        found = self._of({names["#key_pk"]: values[":key_pk"]})
        if (prefix := values.get(":key_sk")) is not None:
            found = [item for item in found if item[names["#key_sk"]]["S"].startswith(prefix["S"])]
        if (kept := _ONE_OF.fullmatch(request.get("FilterExpression", ""))) is not None:
            wanted = [values[name] for name in kept[2].split(", ")]
            found = [item for item in found if item[names[kept[1]]] in wanted]
        return {"Items": found, "Count": len(found), "ScannedCount": len(found)}

    def _of(self, key: Item) -> list[Item]:
        return [item for item in self.items if all(item.get(name) == value for name, value in key.items())]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


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


def sample_world() -> World:
    """Give what the samples speak of."""
    buckets = ("ARRIVALS_BUCKET", "FILES_BUCKET")
    with offline.Offline() as aws:
        # Read to its end: the sample world fits into one page of a scan.
        items = aws.client("dynamodb").scan(TableName=offline.SETTINGS["TABLE_NAME"])["Items"]
        s3 = aws.client("s3")
        objects = {
            f"/{events.SETTINGS[bucket]}/{listed['Key']}": s3.get_object(
                Bucket=offline.SETTINGS[bucket], Key=listed["Key"]
            )["Body"].read()
            for bucket in buckets
            for listed in s3.list_objects_v2(Bucket=offline.SETTINGS[bucket])["Contents"]
        }
    return World(items=sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"])), objects=objects)


@contextmanager
def running_stub(world: World) -> Iterator[Stub]:
    """Serve from a thread for as long as the context lasts."""
    calls: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            # SES is asked by addresses, the others by a header.
            named = "SES.SendEmail" if self.path == _SEND_EMAIL else "Unknown.Unknown"
            operation = self.headers.get("X-Amz-Target", named).rpartition(".")[2]
            calls[operation] += 1
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(world.answer(operation, request)).encode()
            checksum = str(zlib.crc32(body))
            self._send(200, body, {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Crc32": checksum})

        def do_PUT(self) -> None:
            # Storage is asked with this method, and so is Scheduler.
            is_schedule = self.path.startswith(_SCHEDULES)
            calls["UpdateSchedule" if is_schedule else "PutObject"] += 1
            self.rfile.read(int(self.headers["Content-Length"]))
            self._send(200, b'{"ScheduleArn": "arn"}' if is_schedule else b"", {"ETag": '"1"'})

        def do_DELETE(self) -> None:
            calls["DeleteSchedule"] += 1
            self._send(200, b"{}", {"Content-Type": "application/json"})

        def do_HEAD(self) -> None:
            calls["HeadObject"] += 1
            self._send_object(None)

        def do_GET(self) -> None:
            calls["GetObject"] += 1
            self._send_object(_RANGE.fullmatch(self.headers["Range"]))

        def _send_object(self, part: "re.Match[str] | None") -> None:
            content = world.objects[self.path.partition("?")[0]]
            if part is not None:
                first, last = int(part[1]), min(int(part[2]), len(content) - 1)
                where = f"bytes {first}-{last}/{len(content)}"
                self._send(206, content[first : last + 1], {"Content-Range": where})
                return
            checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
            self._send(200, content, {"x-amz-checksum-sha256": checksum})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"HTTP/1.1 {status} OK\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode()
            # In one piece: a body that follows its head waits forty milliseconds to be acknowledged.
            self.wfile.write(head + (b"" if self.command == "HEAD" else body))

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
