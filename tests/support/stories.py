"""Every sample of every function, and what happens only after something else: together, all that functions do."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from unittest.mock import patch

from bitewing.aws.clock import now
from bitewing.kernel.errors import BitewingError
from bitewing.kernel.wire import ROUTES
from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import S3Backend

from local.samples.photo import photo
from tests.support.calls import DRAFT, KEPT, NEW_FILE, PROFILE, UPLOADS, call_of
from tests.support.carriers import signed
from tests.support.http import IRIS, LEO, Call
from tools.offline import SETTINGS, Offline, function_names, read_sample, sample_names
from tools.sample_things import PARTS

Story = Callable[[Offline], object]


def _samples_of(function: str, offline: Offline) -> None:
    for sample in sample_names(function):
        # Samples of what no function takes end so.
        with suppress(KeyError, BitewingError):
            offline.invoke(function, read_sample(function, sample))


def _asked_by_everybody(offline: Offline) -> None:
    for person, case_id in ((IRIS, DRAFT), (LEO, KEPT)):
        for route in ROUTES:
            offline.invoke(route.function, call_of(route.method, route.path, case_id).event_by(person))


def _taken_in(sample: str, offline: Offline) -> None:
    event = read_sample("file_intake", sample)
    offline.invoke("file_inspector", {name: event[name] for name in ("case_id", "file_id")})
    for _ in range(2):
        offline.invoke("file_intake", event)


def _photo_with_its_place(offline: Offline) -> None:
    content = photo(has_location=True)
    size_and_digest = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    call = Call("POST", UPLOADS, {"case_id": DRAFT}, NEW_FILE | size_and_digest, headers={"idempotency-key": "photo"})
    offline.invoke("files_api", call.event_by(IRIS))
    (file_id,) = (
        item["file_id"]
        for item in offline.items().values()
        if item["entity"] == "CaseFile" and item["case_id"] == DRAFT and item["name"] == NEW_FILE["name"]
    )
    offline.client("s3").put_object(
        Bucket=SETTINGS["ARRIVALS_BUCKET"],
        Key=f"{DRAFT}/{file_id}",
        Body=content,
        ChecksumAlgorithm="SHA256",
        ChecksumSHA256=base64.b64encode(hashlib.sha256(content).digest()).decode(),
    )
    ids = {"case_id": DRAFT, "file_id": file_id}
    verdict = offline.invoke("file_inspector", ids)
    offline.invoke("file_intake", {"step": "record", **ids, **verdict})


def _a_file_in_parts(offline: Offline) -> None:
    # Its sample has the key of another one, which is answered from memory where both are sent.
    offline.invoke("files_api", read_sample("files_api", "announces_a_file_in_parts"))


def _a_parcel_that_moves(offline: Offline) -> None:
    # Its sample was signed long ago.
    event = read_sample("carrier_api", "tells_where_parcels_are")
    assert offline.invoke("carrier_api", signed(event, at=now()))["statusCode"] == HTTPStatus.ACCEPTED


def _parts_put_together_long_ago(offline: Offline) -> None:
    event = read_sample("files_api", "completes_a_file")
    ids = event["pathParameters"]
    key = f"{ids['case_id']}/{ids['file_id']}"
    offline.client("s3").put_object(Bucket=SETTINGS["ARRIVALS_BUCKET"], Key=key, Body=b"".join(PARTS))
    # Storage forgets an upload some time after it was completed; moto never does.
    with patch.object(S3Backend, "complete_multipart_upload", side_effect=NoSuchUpload(upload_id="forgotten")):
        assert offline.invoke("files_api", event)["statusCode"] == HTTPStatus.OK


def _parts_of_a_scanner_put_together_long_ago(offline: Offline) -> None:
    event = read_sample("scanner_api", "completes_a_scan")
    key = "/".join(event["pathParameters"].values())
    offline.client("s3").put_object(Bucket=SETTINGS["ARRIVALS_BUCKET"], Key=key, Body=b"".join(PARTS))
    with patch.object(S3Backend, "complete_multipart_upload", side_effect=NoSuchUpload(upload_id="forgotten")):
        assert offline.invoke("scanner_api", event)["statusCode"] == HTTPStatus.OK


def _first_call_of_a_day(offline: Offline) -> None:
    # That a scanner was used is kept once a day: a new one was never used.
    entered = json.loads(offline.invoke("practice_api", read_sample("practice_api", "enters_a_scanner"))["body"])
    event = read_sample("scanner_api", "announces_a_scan")
    event["headers"]["authorization"] = f"Bearer {entered['credential']}"
    assert offline.invoke("scanner_api", event)["statusCode"] == HTTPStatus.CREATED


def _parts_of_a_link_put_together_long_ago(offline: Offline) -> None:
    event = read_sample("correction_api", "completes_a_file")
    key = f"START0000001/{event['pathParameters']['file_id']}"
    offline.client("s3").put_object(Bucket=SETTINGS["ARRIVALS_BUCKET"], Key=key, Body=b"".join(PARTS))
    with patch.object(S3Backend, "complete_multipart_upload", side_effect=NoSuchUpload(upload_id="forgotten")):
        assert offline.invoke("correction_api", event)["statusCode"] == HTTPStatus.OK


def _another_profile(offline: Offline) -> None:
    # Drafts are looked at before it is published, and checked again after: among them one whose patient is known.
    offline.invoke("cases_api", read_sample("cases_api", "creates_a_case"))
    for sample in ("tries_a_profile", "publishes_a_profile"):
        answer = offline.invoke("requirements_api", read_sample("requirements_api", sample))
        assert answer["statusCode"] == HTTPStatus.OK
    found = offline.invoke("profile_recheck", read_sample("profile_recheck", "finds_open_cases"))
    batch = read_sample("profile_recheck", "checks_a_batch") | {"case_ids": found["batches"][0]}
    assert offline.invoke("profile_recheck", batch)["told"] == len(batch["case_ids"])
    # Of two versions the first page has one, and a cursor.
    versions = Call("GET", f"{PROFILE}/versions", {"lab_id": "north-pine", "case_type": "crown"}, query={"limit": "1"})
    offline.invoke("requirements_api", versions.event_by(LEO))


def _an_administrator_leaves_another(offline: Offline) -> None:
    offline.invoke("members_api", read_sample("members_api", "gives_a_role"))
    event = read_sample("members_api", "takes_the_role_of_the_last_administrator")
    assert offline.invoke("members_api", event)["statusCode"] == HTTPStatus.OK


def _stories() -> Iterator[Story]:
    for function in function_names():
        yield partial(_samples_of, function)
    for sample in ("records_a_clean_file", "records_a_quarantine"):
        yield partial(_taken_in, sample)
    yield _photo_with_its_place
    yield _a_parcel_that_moves
    yield _a_file_in_parts
    yield _parts_put_together_long_ago
    yield _parts_of_a_scanner_put_together_long_ago
    yield _first_call_of_a_day
    yield _parts_of_a_link_put_together_long_ago
    yield _another_profile
    yield _an_administrator_leaves_another
    yield _asked_by_everybody


#: Each begins with the sample things as they are.
STORIES: tuple[Story, ...] = tuple(_stories())
