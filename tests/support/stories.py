"""Every sample of every function, and what happens only after something else: together, all that functions do."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from itertools import product
from typing import Any
from unittest.mock import patch

from bitewing.aws import keys
from bitewing.aws.clock import now
from bitewing.aws.schemas import record
from bitewing.aws.table import EXISTS, Put, Table
from bitewing.cases.listing import Sort
from bitewing.kernel.errors import BitewingError
from bitewing.kernel.wire import ROUTES
from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import S3Backend

from local.samples.photo import photo
from tests.support.calls import (
    CASE,
    CASE_DAY,
    DAY_PATIENTS,
    DRAFT,
    FREE_AT,
    KEPT,
    KEY,
    NEW_FILE,
    NEW_PATIENT,
    PROFILE,
    SESSION,
    TEAM_MEMBER,
    UPLOADS,
    call_of,
    starting,
)
from tests.support.carriers import signed
from tests.support.deadlines import a_session
from tests.support.http import IRIS, LEO, MAX, Call
from tests.support.links import CREDENTIALS
from tests.support.matched_periods import DECIDED, accepted, all_that_is_proposed_for, has
from tools.offline import SETTINGS, Offline, function_names, read_sample, sample_names
from tools.sample_care_teams import DANA_ID
from tools.sample_case_days import CONFIRMED_DAY, CONFIRMED_DAY_ID
from tools.sample_sessions import WAITING as PLANNED
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


def _a_case_day_that_moves(offline: Offline) -> None:
    # The day of its sample was answered by then where all samples are sent.
    answer = offline.invoke("case_days_api", read_sample("case_days_api", "reschedules_a_day"))
    assert answer["statusCode"] == HTTPStatus.OK


def _a_patient_who_is_taken_off_a_day(offline: Offline) -> None:
    # Where all samples are sent, a change of the patient comes before it.
    answer = offline.invoke("day_patients_api", read_sample("day_patients_api", "removes_a_patient"))
    assert answer["statusCode"] == HTTPStatus.OK


def _somebody_who_is_asked_for_a_day(offline: Offline) -> None:
    # The only nurse leaves the day, and is asked for it again.
    left = read_sample("day_teams_api", "removes_a_nurse")
    etag = offline.invoke("day_teams_api", left)["headers"]["ETag"]
    seat = Call("PUT", TEAM_MEMBER, left["pathParameters"], {"clinician_id": DANA_ID}, headers={"if-match": etag})
    assert offline.invoke("day_teams_api", seat.event_by(MAX))["statusCode"] == HTTPStatus.OK


def _somebody_who_declines_by_text(offline: Offline) -> None:
    # Where all samples are sent, somebody accepts before it.
    offline.invoke("text_replies", read_sample("text_replies", "somebody_declines_twice_delivered"))


def _work_that_is_needed_on_a_day(offline: Offline) -> None:
    # Of the sample cases none is needed on a Case Day, which the practice says of a patient.
    for number, case_id in enumerate(("READY0000001", "BACK00000001")):
        patient = NEW_PATIENT | {"case_id": case_id, "starts_at": f"{10 + 2 * number}:00"}
        call = Call(
            "POST", DAY_PATIENTS, {"case_day_id": CONFIRMED_DAY_ID}, patient, headers={"idempotency-key": case_id}
        )
        assert offline.invoke(call.route.function, call.event_by(IRIS))["statusCode"] == HTTPStatus.CREATED
    # Two of its team are known only as members: nobody could ask whether they can make another date.
    soon = {"on": (now() + timedelta(days=2)).date().isoformat()}
    changes = (
        ("DELETE", TEAM_MEMBER, {"role": "medic"}, None),
        ("DELETE", TEAM_MEMBER, {"role": "anesthesiologist"}, None),
        ("POST", f"{CASE_DAY}/reschedule", {}, soon),
    )
    for version, (method, path, ids, body) in enumerate(changes, start=CONFIRMED_DAY.version):
        headers = {"if-match": f'"{version}"'}
        call = Call(method, path, {"case_day_id": CONFIRMED_DAY_ID, **ids}, body, headers=headers)
        assert offline.invoke(call.route.function, call.event_by(MAX))["statusCode"] == HTTPStatus.OK
    offline.invoke("case_day_recheck", read_sample("case_day_recheck", "day_rescheduled"))


def _somebody_who_loses_a_license_and_leaves(offline: Offline) -> None:
    ids = {"clinician_id": DANA_ID}
    etag = offline.invoke("care_teams_api", Call("GET", "/v1/clinicians/{clinician_id}", ids).event_by(MAX))["headers"][
        "ETag"
    ]
    lost = Call("PATCH", "/v1/clinicians/{clinician_id}", ids, {"licenses": []}, headers={"if-match": etag})
    assert offline.invoke("care_teams_api", lost.event_by(MAX))["statusCode"] == HTTPStatus.OK
    offline.invoke("case_day_recheck", read_sample("case_day_recheck", "clinician_changed"))
    ended = Call("DELETE", "/v1/members/{user_id}", {"user_id": DANA_ID})
    assert offline.invoke("members_api", ended.event_by(MAX))["statusCode"] == HTTPStatus.OK
    offline.invoke("case_day_recheck", read_sample("case_day_recheck", "somebody_left"))


def _first_call_of_a_day(offline: Offline) -> None:
    # That a scanner was used is kept once a day: a new one was never used.
    entered = json.loads(offline.invoke("practice_api", read_sample("practice_api", "enters_a_scanner"))["body"])
    event = read_sample("scanner_api", "announces_a_scan")
    event["headers"]["authorization"] = f"Bearer {entered['credential']}"
    assert offline.invoke("scanner_api", event)["statusCode"] == HTTPStatus.CREATED


def _first_call_of_a_lab_system(offline: Offline) -> None:
    # As of a scanner; and it reads its lab's lists in every order.
    entered = json.loads(offline.invoke("members_api", read_sample("members_api", "enters_a_lab_system"))["body"])
    event = read_sample("lab_system_api", "lists_cases")
    event["headers"]["authorization"] = f"Bearer {entered['credential']}"
    for sort in Sort:
        event["queryStringParameters"] = {"sort": sort.value, "limit": "1"}
        assert offline.invoke("lab_system_api", event)["statusCode"] == HTTPStatus.OK


def _a_case_given_back_by_a_lab_system(offline: Offline) -> None:
    # Its sample is of a case that another of its samples has moved.
    answer = offline.invoke("lab_system_api", read_sample("lab_system_api", "returns_a_case"))
    assert answer["statusCode"] == HTTPStatus.OK


def _parts_of_a_link_put_together_long_ago(offline: Offline) -> None:
    event = read_sample("correction_api", "completes_a_file")
    key = f"START0000001/{event['pathParameters']['file_id']}"
    offline.client("s3").put_object(Bucket=SETTINGS["ARRIVALS_BUCKET"], Key=key, Body=b"".join(PARTS))
    with patch.object(S3Backend, "complete_multipart_upload", side_effect=NoSuchUpload(upload_id="forgotten")):
        assert offline.invoke("correction_api", event)["statusCode"] == HTTPStatus.OK


def _lists_in_every_order(offline: Offline) -> None:
    for person, sort in product((IRIS, LEO), Sort):
        call = Call("GET", "/v1/cases", query={"sort": sort.value, "limit": "1"})
        answer = offline.invoke("cases_api", call.event_by(person))
        assert answer["statusCode"] == HTTPStatus.OK


def _a_list_by_name_goes_on(offline: Offline) -> None:
    query = {"sort": "patient", "limit": "1"}
    page = offline.invoke("cases_api", Call("GET", "/v1/cases", query=query).event_by(IRIS))
    query["cursor"] = json.loads(page["body"])["next"]
    answer = offline.invoke("cases_api", Call("GET", "/v1/cases", query=query).event_by(IRIS))
    assert answer["statusCode"] == HTTPStatus.OK


def _a_proposal_and_what_becomes_of_it(offline: Offline) -> None:
    def step(sample: str) -> dict[str, Any]:
        answer: dict[str, Any] = offline.invoke("case_day_matching", read_sample("case_day_matching", sample))
        return answer

    # Requests and people of the samples are those of another period. Somebody waits, and managers decide.
    has(offline, *all_that_is_proposed_for())
    assert step("waits_for_managers") == {"waits": True}
    offline.invoke("case_day_matching_resume", read_sample("case_day_matching_resume", "days_decided"))
    has(offline, DECIDED)
    assert step("waits_for_managers") == {"waits": False}
    assert step("claims_days") == {"claimed": 1, "lost": 1}
    assert step("tells_who_is_not_served")["told"] == 1
    assert step("asks_the_teams") == {"outcome": "asking"}
    accepted(offline)
    assert step("looks_at_answers") == {"outcome": "done"}


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


def _a_session_and_what_becomes_of_it(offline: Offline) -> None:
    # Samples have days that are over; blocks are booked ahead.
    ids = {"case_id": "FREE00000001"}
    booked = Call("POST", SESSION, ids, starting(FREE_AT), headers=KEY)
    assert offline.invoke("planning_api", booked.event_by(IRIS))["statusCode"] == HTTPStatus.CREATED
    later = starting(FREE_AT + timedelta(hours=1))
    moved = Call("PATCH", SESSION, ids, later, headers={"if-match": '"1"'})
    assert offline.invoke("planning_api", moved.event_by(LEO))["statusCode"] == HTTPStatus.OK
    # Of its two sessions a page has one, and a cursor.
    listed = Call("GET", "/v1/planning-sessions", query={"limit": "1"})
    assert json.loads(offline.invoke("planning_api", listed.event_by(IRIS))["body"])["next"]


def _sessions_are_given_up(offline: Offline) -> None:
    ids, reason = {"case_id": "NEXT00000001"}, {"to": "cancelled", "reason": "The patient moved away."}
    ended = Call("POST", "/v1/cases/{case_id}/transitions", ids, reason, headers={"if-match": '"5"'})
    assert offline.invoke("progress_api", ended.event_by(LEO))["statusCode"] == HTTPStatus.OK
    ids, headers = {"case_id": "PAST00000001"}, {"if-match": '"5"', **CREDENTIALS["lab_system_api"]}
    ended = Call("POST", "/v1/lab-system/cases/{case_id}/transitions", ids, reason, headers=headers)
    assert offline.invoke("lab_system_api", ended.event_by(LEO))["statusCode"] == HTTPStatus.OK


def _a_planned_case_is_sent_again(offline: Offline) -> None:
    # The files are those of a crown.
    offline.client("dynamodb").update_item(
        TableName=SETTINGS["TABLE_NAME"],
        Key={"pk": {"S": "CASE#NEXT00000001"}, "sk": {"S": "CASE"}},
        UpdateExpression="SET case_type = :crown",
        ExpressionAttributeValues={":crown": {"S": "crown"}},
    )
    headers = {"if-match": '"5"', **KEY}
    sent = Call("POST", f"{CASE}/submit", {"case_id": "NEXT00000001"}, {"acknowledged": []}, headers=headers)
    assert offline.invoke("cases_api", sent.event_by(IRIS))["statusCode"] == HTTPStatus.ACCEPTED


def _an_administrator_leaves_another(offline: Offline) -> None:
    offline.invoke("members_api", read_sample("members_api", "gives_a_role"))
    event = read_sample("members_api", "takes_the_role_of_the_last_administrator")
    assert offline.invoke("members_api", event)["statusCode"] == HTTPStatus.OK


def _a_reminder_within_a_minute(offline: Offline) -> None:
    """Whoever reminds of a session a day before it finds that it moves on: an hour before it is in half a minute."""
    table = Table(offline.client("dynamodb"), SETTINGS["TABLE_NAME"])
    body = {"kind": "session_reminder", "role": None, "care_team_id": "", "at": "2026-03-02T12:00:00Z"}
    starts_at = now() + timedelta(hours=1, seconds=30)
    session = a_session(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30))
    table.write([Put(key=keys.session(session.case_id, session.session_id), values=record(session))])
    event = read_sample("deadline_worker", "somebody_is_reminded")
    told = {**body, "subject_id": session.session_id, "case_id": session.case_id}
    event["Records"] = [{**event["Records"][0], "body": json.dumps(told)}]
    assert offline.invoke("deadline_worker", event) == {"batchItemFailures": []}


def _a_case_that_is_red_for_days(offline: Offline) -> None:
    """Its practice is reminded of it, six days after it became red."""
    since = (now() - timedelta(days=6)).replace(hour=12)
    place = keys.reminders_partition("case_is_red", keys.reminder_shard(PLANNED))
    Table(offline.client("dynamodb"), SETTINGS["TABLE_NAME"]).set_values(
        keys.case(PLANNED),
        {"reminders_pk": place, "reminders_sk": f"{since.isoformat(timespec='microseconds')}#{PLANNED}"},
        condition=EXISTS,
    )
    offline.invoke("reminders", read_sample("reminders", "all_shards_are_swept"))


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
    yield _a_case_day_that_moves
    yield _a_patient_who_is_taken_off_a_day
    yield _somebody_who_is_asked_for_a_day
    yield _somebody_who_declines_by_text
    yield _work_that_is_needed_on_a_day
    yield _somebody_who_loses_a_license_and_leaves
    yield _first_call_of_a_day
    yield _first_call_of_a_lab_system
    yield _a_case_given_back_by_a_lab_system
    yield _parts_of_a_link_put_together_long_ago
    yield _lists_in_every_order
    yield _a_list_by_name_goes_on
    yield _another_profile
    yield _a_proposal_and_what_becomes_of_it
    yield _an_administrator_leaves_another
    yield _a_session_and_what_becomes_of_it
    yield _sessions_are_given_up
    yield _a_planned_case_is_sent_again
    yield _a_reminder_within_a_minute
    yield _a_case_that_is_red_for_days
    yield _asked_by_everybody


#: Each begins with the sample things as they are.
STORIES: tuple[Story, ...] = tuple(_stories())
