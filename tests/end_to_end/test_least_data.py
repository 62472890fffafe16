"""Patient data is in the case and its files, and nowhere else."""

import json
import time

import pytest
import requests

from local.api import Api, send, sha256
from local.samples.cbct import Volume, cbct_zip
from tests.end_to_end.deadline import eventually
from tests.end_to_end.interruption import full_name
from tests.end_to_end.journey import GUIDE, Journey, Scan, arches, bite, smile
from tools.offline import function_names

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
    "reason of a return": "WOBBLETHRUSH",
    "answer to a reason": "FERNGULLY",
    "note of the lab": "MARLSPIKE",
    "way of sending": "PIGEONPOST",
    "tracking number": "TRACK-48151",
    "name of a scanner": "QUILLSCOPE",
}
#: What only exists once this runs: what opens something.
SECRETS = []


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
            "description": f"{MARKS['description']}: guide for one implant, guided through a sleeve.",
            "contact": MARKS["contact"],
            "sent_otherwise": [
                {"kind": "document", "how": MARKS["way of sending"], "reference": MARKS["tracking number"]}
            ],
        }
    )
    volume = cbct_zip(Volume(patient_name=f"{MARKS['name']}^Ada", patient_id=MARKS["patient id in a DICOM header"]))
    scans = [*arches(steps=6), smile(has_location=True), Scan("cbct", f"{MARKS['file name']} volume.zip", volume)]
    useless = Scan("photo", f"{MARKS['file name']} broken.jpg", f"{MARKS['name']}, no photo".encode())
    journey.send(*scans, useless)
    scan_by_machine(journey, iris, stack)
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
    journey.version = journey.once_it_is("received")["version"]
    talk(journey, iris, leo)
    for api in (iris, leo):
        api.get(journey.path).expect(200)
        api.get("/v1/cases").expect(200)
        for file_id in {file["file_id"] for file in api.get(f"{journey.path}/files").expect(200).body["files"]}:
            api.get(f"{journey.path}/files/{file_id}/download")
    eventually(lambda: any(event["detail-type"] == "CaseSubmitted" for event in heard.of_case(journey.case_id)))
    return journey


def scan_by_machine(journey, iris, stack):
    """Let a scanner send the bite."""
    entered = iris.post("/v1/scanners", {"name": MARKS["name of a scanner"]}).expect(201).body
    SECRETS.append(entered["credential"].rpartition(".")[2])
    scanner, scan = Api(stack.api_url_by_path, entered["credential"]), bite(steps=6)
    announced = {
        "kind": scan.kind,
        "name": f"{MARKS['file name']} {scan.name}",
        "size_bytes": len(scan.content),
        "sha256": sha256(scan.content),
    }
    answer = scanner.post(f"/v1/scanner/cases/{journey.case_id}/uploads", announced).expect(201).body
    assert send(answer["upload"], scan.content)[0] == requests.codes.ok
    journey.settled(answer["file"]["file_id"])
    iris.delete(f"/v1/scanners/{entered['scanner_id']}").expect(200)
    assert scanner.post(f"/v1/scanner/cases/{journey.case_id}/uploads", announced).status == 401


def talk(journey, iris, leo):
    """Let the lab give the case back, and the practice send it again."""
    path = journey.path
    arrived = leo.post(f"{path}/sent-otherwise/document/arrived", None, version=journey.version).expect(200)
    leo.post(f"{path}/notes", {"text": MARKS["note of the lab"]}).expect(201)
    back = {"to": "returned", "reasons": [{"code": "rx_incomplete", "says": MARKS["reason of a return"]}]}
    returned = leo.post(f"{path}/transitions", back, version=arrived.version).expect(200)
    (reason,) = returned.body["last_return"]["reasons"]
    answer = {"says": MARKS["answer to a reason"]}
    told = iris.post(f"{path}/return-reasons/{reason['reason_id']}/answer", answer, version=returned.version)
    journey.version = told.expect(200).version
    journey.submit(*journey.rules()).expect(202)
    journey.once_it_is("received")


def leaked(text):
    low = text.lower()
    return [what for what, mark in MARKS.items() if mark.lower() in low] + [s for s in SECRETS if s in text]


def test_the_marks_are_where_they_belong(marked):
    assert leaked(json.dumps(marked.case()))
    assert "file name" in leaked(json.dumps(marked.files()))


def test_no_function_logs_patient_data(marked, stack):
    logs = stack.client("logs")
    told = {}
    for function in function_names():
        group = f"/aws/lambda/{full_name(function)}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=marked.began_at_ms)
        told[function] = "\n".join(event["message"] for page in pages for event in page["events"])
    assert {function: leaked(text) for function, text in told.items()} == {name: [] for name in told}
    # What was looked at is what the functions said of this very case.
    told_of_case = {function for function, text in told.items() if marked.case_id in text}
    assert told_of_case >= {
        *("cases_api", "case_review_api", "files_api", "scanner_api"),
        *("file_inspector", "file_intake", "case_submission", "rule_counts"),
    }


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
    for machine in (value for name, value in outputs.values.items() if name.endswith("WorkflowArn")):
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


#: The one exception, which the key map gives its reason for: what lists by the patient's name sort by.
SORTED_BY_NAME = {"practice_patient_name_sk", "lab_patient_name_sk"}


def test_no_key_and_no_index_of_the_table_has_patient_data_but_the_one_that_sorts_by_name(marked, stack):
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs()["TableName"])
    items = [item for page in pages for item in page["Items"]]
    keys = [
        value["S"]
        for item in items
        for name, value in item.items()
        if (name in {"pk", "sk"} or name.endswith(("_pk", "_sk"))) and name not in SORTED_BY_NAME
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
