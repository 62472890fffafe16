"""What each operation asks of AWS: one case from its start to the lab and back, and what stands around it."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final
from unittest.mock import patch
from uuid import uuid4

from bitewing.aws import client, keys
from bitewing.aws.items import from_item
from bitewing.aws.objects import arrival_key
from bitewing.aws.table import Table
from bitewing.directory.organization import ConnectionState
from bitewing.directory.store import TableDirectory
from bitewing.kernel import wire
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile
from botocore.session import Session

from benchmarks import events
from benchmarks.first_answer import Context
from benchmarks.metering import Bill, Meter
from benchmarks.report import Report
from local import seed
from local.scans import Scan, scans_for_walk
from local.walk import ITEM, PATIENT
from tools import offline
from tools.played_aws import played_aws

_CASE_TYPE: Final = CaseType.SURGICAL_GUIDE
#: What a lab says of its requirements when it publishes them.
_PROFILE_FIELDS: Final = (
    *("is_offered", "files", "selections", "turnaround_working_days", "max_voxel_um", "max_scan_age_days"),
    *("min_triangles", "min_photo_px", "attestations", "outcomes"),
)
_GUEST: Final = {
    "practice": {"name": "Cove Road Dental", "time_zone": "America/New_York"},
    "dentist": {"name": "Dr. Ify Abara", "license_number": "NH-40217", "license_state": "NH"},
}
_DYNAMODB: Final = frozenset(
    {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
)


def measure() -> Iterator[Report]:
    """Lead one case through everything that happens to it."""
    with _functions() as meter:
        rows = [_row(operation, bill) for operation, bill in _Story(meter).told()]
    yield Report(
        title="AWS calls of each operation",
        columns=("Operation", "DynamoDB calls", "read units", "write units", "other AWS calls"),
        rows=rows,
        notes=(
            "A case with the scans that it needs, on moto; calls counted, units by the rules of on-demand tables.",
            "A call to S3 that is only signed, for a browser to send, is not a call of the function.",
        ),
    )


def _row(operation: str, bill: Bill) -> tuple[str, str, str, str, str]:
    def said(calls: Mapping[str, int]) -> str:
        return ", ".join(f"{count} {name}" for name, count in sorted(calls.items())) or "-"

    of_table = {name: count for name, count in bill.calls.items() if name in _DYNAMODB}
    others = {name: count for name, count in bill.calls.items() if name not in _DYNAMODB}
    return operation, said(of_table), f"{bill.read_units:g}", f"{bill.write_units:g}", said(others)


@contextmanager
def _functions() -> Iterator[Meter]:
    """Give a meter that all functions run under, on an AWS of this process."""
    environment = {name: value for name, value in os.environ.items() if name != "AWS_ENDPOINT_URL"}
    environment |= {**events.SETTINGS, "LOG_LEVEL": "CRITICAL"}
    with patch.dict(os.environ, environment, clear=True), played_aws():
        plain: Any = Session()
        meter = Meter(plain.create_client("dynamodb"))
        offline.create_table(plain.create_client("dynamodb"), events.SETTINGS["TABLE_NAME"])
        for bucket in ("arrivals", "quarantine", "files"):
            s3 = plain.create_client("s3")
            place = {"LocationConstraint": events.SETTINGS["AWS_REGION"]}
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        _seed(Table(plain.create_client("dynamodb"), events.SETTINGS["TABLE_NAME"]))
        metered = Session()
        meter.attach(metered)
        with patch.object(client, "get_session", lambda: metered):
            yield meter


def _seed(table: Table) -> None:
    TableDirectory(table).put(
        seed.MAPLE,
        seed.NORTH_PINE,
        seed.CEDAR,
        seed.DR_OKAFOR,
        seed.connected(seed.MAPLE, seed.NORTH_PINE, ConnectionState.ACCEPTED),
        default_profile(seed.NORTH_PINE.lab_id, _CASE_TYPE),
    )


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who makes a request.

    Attributes:
        claims: What the token says; None for callers without one.
        credential: What callers without a token show.
    """

    claims: Mapping[str, str] | None
    credential: str = ""


def _person(kind: str, organization_id: str) -> _Caller:
    return _Caller(
        {
            wire.ORGANIZATION_ID_CLAIM: organization_id,
            wire.ORGANIZATION_KIND_CLAIM: kind,
            wire.ROLES_CLAIM: f"{kind}_admin",
        }
    )


_PRACTICE: Final = _person("practice", seed.MAPLE.practice_id)
_LAB: Final = _person("lab", seed.NORTH_PINE.lab_id)


class _Story:
    """One case, from a practice's sign-in to the lab and back, and what practices and labs do beside it."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._plain_s3: Any = Session().create_client("s3")
        self._plain_dynamodb: Any = Session().create_client("dynamodb")
        self._case_id = ""
        self._etag = ""

    def told(self) -> Iterator[tuple[str, Bill]]:
        """Give each operation in the order of the case's life, with its bill."""
        yield self._request("GET", "/v1/me")
        yield self._request("GET", "/v1/labs")
        yield self._request("GET", "/v1/dentists")
        lab = {"lab_id": seed.NORTH_PINE.lab_id, "case_type": _CASE_TYPE.value}
        yield self._request("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}", caller=_PRACTICE, **lab)
        patient = {"name": PATIENT, "reference": "P-1047"}
        context = {**lab, "dentist_id": seed.DR_OKAFOR.dentist_id, "patient": patient}
        yield self._request("POST", "/v1/cases", context)
        self._case_id = self._answer["case_id"]
        changes = {
            "description": "Surgical guide for one implant, guided through a sleeve.",
            "items": [ITEM],
            "is_authorized": True,
            "contact": "Iris Bell",
        }
        yield self._of_case("PATCH", "", changes)
        scans = scans_for_walk(None, patient=PATIENT)
        for number, scan in enumerate(scans):
            for operation, bill in self._file(scan):
                if number == 0:
                    yield operation, bill
        # Announced, and taken back before it was sent.
        self._of_case("POST", "/uploads", _announced("other", "spare.pdf", b"spare"))
        yield self._of_case("DELETE", "/files/{file_id}", file_id=self._answer["file"]["file_id"])
        yield self._of_case("GET", "")
        yield self._of_case("GET", "/precheck")
        yield self._of_case("GET", "/files")
        yield self._of_case("GET", "/files/{file_id}/download", file_id=self._answer["files"][0]["file_id"])
        yield self._request("GET", "/v1/cases")
        self._of_case("GET", "")
        yield self._of_case("POST", "/submit", {"acknowledged": self._warnings()})
        yield from self._handover()
        yield self._of_case("GET", "/activity")
        yield self._task("rule_counts", "count a submission", self._message(wire.CASE_SUBMITTED))
        yield from self._returned()
        yield self._task("rule_counts", "count a return", self._message(wire.CASE_RETURNED))
        yield from self._scanned()
        yield from self._connected()
        yield from self._published()
        yield from self._started_by_the_lab()

    def _returned(self) -> Iterator[tuple[str, Bill]]:
        self._of_case("GET", "", caller=_LAB)
        reason = {"code": "rx_incomplete", "says": "Please say which sleeve the guide is for."}
        body = {"to": "returned", "reasons": [reason]}
        yield self._of_case("POST", "/transitions", body, caller=_LAB)
        reason_id = self._answer["last_return"]["reasons"][0]["reason_id"]
        yield self._of_case("POST", "/notes", {"text": "We ask the surgeon."})
        yield self._of_case("GET", "/notes")
        answer = {"says": "For 5 mm."}
        yield self._of_case("POST", "/return-reasons/{reason_id}/answer", answer, reason_id=reason_id)
        yield self._of_case("GET", "/returns", caller=_LAB)

    def _scanned(self) -> Iterator[tuple[str, Bill]]:
        yield self._request("POST", "/v1/scanners", {"name": "Chair 2"})
        scanner = _Caller(None, self._answer["credential"])
        path = "/v1/scanner/cases/{case_id}/uploads"
        body = _announced("other", "first.stl", b"first")
        self._request("POST", path, body, caller=scanner, case_id=self._case_id)
        # That a scanner was used is written once a day: this is what all other uploads cost.
        body = _announced("other", "second.stl", b"second")
        yield self._request("POST", path, body, caller=scanner, case_id=self._case_id)

    def _connected(self) -> Iterator[tuple[str, Bill]]:
        yield self._request("POST", "/v1/connections", {"lab_id": seed.CEDAR.lab_id})
        yield self._request("GET", "/v1/connections")

    def _published(self) -> Iterator[tuple[str, Bill]]:
        lab = {"lab_id": seed.NORTH_PINE.lab_id, "case_type": _CASE_TYPE.value}
        path = "/v1/labs/{lab_id}/requirement-profiles/{case_type}"
        self._request("GET", path, caller=_LAB, **lab)
        body = {name: self._answer[name] for name in _PROFILE_FIELDS}
        body["attestations"] = {"sleeve": "The sleeve is at hand."}
        yield self._request("POST", f"{path}/check", body, caller=_LAB, **lab)
        yield self._request("PUT", path, body, caller=_LAB, **lab)
        version = {**lab, "profile_version": self._answer["version"]}
        page = {"step": "page", **version, "part": "returned", "after": ""}
        yield self._task("profile_recheck", "find open cases", page)
        check = {"step": "check", **version, "case_ids": [self._case_id]}
        yield self._task("profile_recheck", "check a case again", check)

    def _started_by_the_lab(self) -> Iterator[tuple[str, Bill]]:
        yield self._request("POST", "/v1/guest-practices", _GUEST, caller=_LAB)
        context = {
            "practice_id": self._answer["practice"]["practice_id"],
            "dentist_id": self._answer["dentists"][0]["dentist_id"],
            "case_type": _CASE_TYPE.value,
            "patient": {"name": PATIENT, "reference": "P-2001"},
        }
        yield self._request("POST", "/v1/lab-cases", context, caller=_LAB)
        self._case_id = self._answer["case_id"]
        yield self._of_case("POST", "/correction-links", {}, caller=_LAB)
        guest = _Caller(None, self._answer["credential"])
        yield self._request("GET", "/v1/correction", caller=guest)
        yield self._request("PATCH", "/v1/correction", {"description": "Guide for one implant."}, caller=guest)

    def _warnings(self) -> list[str]:
        findings = self._answer["precheck"]["findings"]
        return sorted({finding["rule_id"] for finding in findings if finding["outcome"].upper() == "WARN"})

    def _file(self, scan: Scan) -> Iterator[tuple[str, Bill]]:
        yield self._of_case(
            "POST",
            "/uploads",
            _announced(scan.kind, scan.name, scan.content),
        )
        file_id = self._answer["file"]["file_id"]
        self._plain_s3.put_object(
            Bucket=events.SETTINGS["ARRIVALS_BUCKET"],
            Key=arrival_key(self._case_id, file_id),
            Body=scan.content,
            ChecksumAlgorithm="SHA256",
        )
        ids = {"case_id": self._case_id, "file_id": file_id}
        yield self._task("file_inspector", "inspect a file", ids)
        yield self._task("file_intake", "record what was found", {"step": "record", **ids, **self._answer})
        yield self._task("file_intake", "check the case again", {"step": "check_case", **ids})

    def _handover(self) -> Iterator[tuple[str, Bill]]:
        submission = {"case_id": self._case_id, "submission_number": 1}
        yield self._task("case_submission", "check the files", {"step": "check_files", **submission})
        file_ids = self._answer["file_ids"]
        for number, file_id in enumerate(file_ids):
            copied = self._task(
                "case_submission", "copy a file", {"step": "copy_file", "file_id": file_id, **submission}
            )
            if number == 0:
                yield copied
        yield self._task("case_submission", "hand over to the lab", {"step": "receive", **submission})

    def _message(self, name: str) -> dict[str, Any]:
        """Give the message with the last event of this name that the case has announced."""
        stored = self._plain_dynamodb.query(
            TableName=events.SETTINGS["TABLE_NAME"],
            KeyConditionExpression="pk = :case AND begins_with(sk, :events)",
            ExpressionAttributeValues={
                ":case": {"S": keys.case_partition(self._case_id)},
                ":events": {"S": keys.EVENT_PREFIX},
            },
        )["Items"]
        told = [event for event in map(from_item, stored) if event["detail_type"] == name][-1]
        body = json.dumps({"detail-type": name, "detail": told["detail"]})
        return {"Records": [{"messageId": "message", "body": body}]}

    def _of_case(
        self, method: str, path: str, body: object = None, *, caller: _Caller = _PRACTICE, **parameters: str
    ) -> tuple[str, Bill]:
        of_case = "/v1/cases/{case_id}" + path
        return self._request(method, of_case, body, caller=caller, case_id=self._case_id, **parameters)

    def _request(
        self, method: str, path: str, body: object = None, *, caller: _Caller = _PRACTICE, **parameters: str
    ) -> tuple[str, Bill]:
        [function] = [route.function for route in wire.ROUTES if (route.method, route.path) == (method, path)]
        known = {name: value for name, value in parameters.items() if f"{{{name}}}" in path}
        event = events.request(method, path, body=body, **known)
        event["headers"] |= {"if-match": self._etag, "idempotency-key": str(uuid4())}
        if caller.claims is None:
            del event["requestContext"]["authorizer"]
            event["headers"]["authorization"] = f"Bearer {caller.credential}"
        else:
            event["requestContext"]["authorizer"]["jwt"]["claims"] |= caller.claims
        bill, answer = self._called(function, event)
        if answer["statusCode"] >= 400:  # noqa: PLR2004 (HTTP)
            raise RuntimeError(f"{method} {path} was answered {answer['statusCode']}: {answer['body']}")
        headers = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
        multiple = {name.lower(): values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
        self._etag = (headers | multiple).get("etag", self._etag)
        self._answer = json.loads(answer["body"])
        return f"{method} {path}", bill

    def _task(self, function: str, what: str, event: dict[str, Any]) -> tuple[str, Bill]:
        bill, self._answer = self._called(function, event)
        return f"{function}: {what}", bill

    def _called(self, function: str, event: dict[str, Any]) -> tuple[Bill, Any]:
        handler = import_module(f"functions.{function}.handler").handler
        self._meter.read_off()
        answer = handler(event, Context())
        return self._meter.read_off(), answer


def _announced(kind: str, name: str, content: bytes) -> dict[str, Any]:
    sha256 = hashlib.sha256(content).hexdigest()
    return {"kind": kind, "name": name, "size_bytes": len(content), "sha256": sha256}
