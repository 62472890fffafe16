"""Patient data is in the case and its files, and nowhere else."""

import json
import time

import pytest

from local.samples.cbct import Volume, cbct_zip
from tests.end_to_end.deadline import eventually
from tests.end_to_end.interruption import full_name
from tests.end_to_end.journey import GUIDE, Journey, Scan, arches, smile

FUNCTIONS = (
    "access_token",
    "case_submission",
    "case_submission_start",
    "cases_api",
    "directory_api",
    "event_relay",
    "file_inspector",
    "file_intake",
    "file_intake_start",
    "files_api",
)
#: Each stands for one thing that must not leak; none of them occurs anywhere by chance.
MARKS = {
    "name": "Zyxwvut",
    "reference": "CHART-90210-Q",
    "birth date": "1931-07-19",
    "birth date in a DICOM header": "19310719",
    "description": "GLIMMERWOOD",
    "contact": "qqq@marked.example",
    "file name": "PLUMTREE",
    "patient id in a DICOM header": "DCMID-777",
    "remark in a refused body": "OVERSIGHT-5150",
    "unknown field": "turnipfield",
    "search text": "QUERYMARK",
    "idempotency key": "KEYMARK-31337",
}


@pytest.fixture(scope="module")
def marked(iris, leo, heard, stack):
    """A case that went the whole way, every text of it marked, and some refusals."""
    journey = Journey(iris)
    journey.began_at_ms = int(time.time() * 1000)
    patient = {
        "name": f"Ada {MARKS['name']}",
        "reference": MARKS["reference"],
        "born_on": MARKS["birth date"],
        "sex": "female",
    }
    journey.start("surgical_guide", patient=patient["name"])
    journey.change(
        GUIDE
        | {
            "patient": patient,
            "description": f"{MARKS['description']}: guide for one implant at 14, guided through a sleeve.",
            "contact": MARKS["contact"],
        }
    )
    volume = cbct_zip(Volume(patient_name=f"{MARKS['name']}^Ada", patient_id=MARKS["patient id in a DICOM header"]))
    scans = [*arches(steps=6), smile(has_location=True), Scan("cbct", f"{MARKS['file name']} volume.zip", volume)]
    useless = Scan("photo", f"{MARKS['file name']} broken.jpg", f"{MARKS['name']}, no photo".encode())
    journey.send(*scans, useless)
    refused = {"description": MARKS["remark in a refused body"], MARKS["unknown field"]: MARKS["name"]}
    assert iris.patch(journey.path, refused, version=journey.version).status == 422
    raw = json.dumps(refused).encode()[:-1]
    assert iris.call("PATCH", journey.path, raw=raw, version=journey.version).status == 400
    assert iris.get("/v1/cases", cursor=MARKS["search text"]).status == 400
    assert iris.get(f"/v1/cases/{MARKS['name']}").status == 404
    key = MARKS["idempotency key"]
    blocked = journey.submit(key=key)
    assert blocked.status == 409
    for file_id, file in journey.files().items():
        if file["state"] == "quarantined":
            iris.delete(f"{journey.path}/files/{file_id}").expect(200)
    journey.submit(*journey.rules()).expect(202)
    journey.once_it_is("received")
    for api in (iris, leo):
        api.get(journey.path).expect(200)
        api.get("/v1/cases").expect(200)
        for file_id in {file["file_id"] for file in api.get(f"{journey.path}/files").expect(200).body["files"]}:
            api.get(f"{journey.path}/files/{file_id}/download")
    eventually(lambda: any(event["detail-type"] == "CaseSubmitted" for event in heard.of_case(journey.case_id)))
    return journey


def leaked(text):
    return [what for what, mark in MARKS.items() if mark.lower() in text.lower()]


def test_the_marks_are_where_they_belong(marked):
    assert leaked(json.dumps(marked.case()))
    assert "file name" in leaked(json.dumps(marked.files()))


def test_no_function_logs_patient_data(marked, stack):
    logs = stack.client("logs")
    told = {}
    for function in FUNCTIONS:
        group = f"/aws/lambda/{full_name(function)}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=marked.began_at_ms)
        told[function] = "\n".join(event["message"] for page in pages for event in page["events"])
    assert {function: leaked(text) for function, text in told.items()} == {function: [] for function in FUNCTIONS}
    # What was looked at is what the functions said of this very case.
    told_of_case = {function for function, text in told.items() if marked.case_id in text}
    assert {"cases_api", "files_api", "file_inspector", "file_intake", "case_submission"} <= told_of_case


def test_the_emulators_own_log_has_no_patient_data(marked, stack):
    # The file has what functions print outside of their logger, too.
    assert not leaked(stack.emulator.log.read_text(errors="replace"))


def test_no_event_carries_patient_data(marked, heard):
    events = heard.of_case(marked.case_id)
    assert len(events) > 10
    assert not leaked(json.dumps(events))


def test_no_execution_carries_patient_data(marked, stack):
    sfn, outputs = stack.client("stepfunctions"), stack.outputs()
    seen = []
    for machine in (outputs["CaseSubmissionWorkflowArn"], outputs["FileIntakeWorkflowArn"]):
        for page in sfn.get_paginator("list_executions").paginate(stateMachineArn=machine):
            for execution in page["executions"]:
                told = sfn.describe_execution(executionArn=execution["executionArn"])
                history = sfn.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)
                seen.append(json.dumps([told, history["events"]], default=str))
    of_case = [text for text in seen if marked.case_id in text]
    assert len(of_case) >= 6
    assert not leaked("\n".join(seen))


def test_no_key_and_no_metadata_of_an_object_has_patient_data(marked, stack):
    s3, outputs = stack.client("s3"), stack.outputs()
    keys = []
    for bucket in ("ArrivalsBucket", "QuarantineBucket", "FilesBucket"):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=outputs[bucket]):
            keys += [version["Key"] for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]]
    assert [key for key in keys if marked.case_id in key]
    assert not leaked("\n".join(keys))


def test_no_key_and_no_index_of_the_table_has_patient_data(marked, stack):
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs()["TableName"])
    items = [item for page in pages for item in page["Items"]]
    keys = [
        value["S"]
        for item in items
        for name, value in item.items()
        if name in {"pk", "sk"} or name.endswith(("_pk", "_sk"))
    ]
    assert [key for key in keys if marked.case_id in key]
    assert not leaked("\n".join(keys))


def test_history_and_events_in_the_table_have_no_patient_data(marked, stack):
    answer = stack.client("dynamodb").query(
        TableName=stack.outputs()["TableName"],
        KeyConditionExpression="pk = :case",
        ExpressionAttributeValues={":case": {"S": f"CASE#{marked.case_id}"}},
    )
    told = [item for item in answer["Items"] if item["entity"]["S"] in {"Activity", "Event"}]
    assert len(told) > 10
    assert not leaked(json.dumps(told))


def test_no_message_waits_with_patient_data(marked, stack):
    sqs = stack.client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get(
            "Messages", []
        ):
            assert not leaked(message["Body"])
