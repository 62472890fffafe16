"""The samples: one folder for each function, real in form, invented in content."""

import base64
import json
import re

import pytest
from bitewing.kernel.wire import ROUTES

from tools.offline import PROJECT, SAMPLES, function_names, read_sample, sample_names

ALL = [(function, sample) for function in function_names() for sample in sample_names(function)]
PUBLIC = {f"{route.method} {route.path}" for route in ROUTES if route.is_public}
HTTP = sorted({route.function for route in ROUTES})
QUEUES = [
    "case_submission_start",
    "file_intake_start",
    "profile_recheck_start",
    "case_day_matching_start",
    "case_day_matching_resume",
    "notifier",
    "message_sender",
    "delivery_reports",
    "text_replies",
    "case_counts",
    "case_day_recheck",
    "rule_counts",
    "webhook_delivery",
    "webhook_fanout",
    "deadline_setter",
    "deadline_worker",
    "reminders",
]


def samples_of(functions):
    return [
        pytest.param(function, sample, id=f"{function}: {sample}") for function, sample in ALL if function in functions
    ]


def test_functions_features_recipes_samples_and_tests_mirror_each_other():
    from infra.recipes import RECIPES  # noqa: PLC0415 - infra is not needed for the rest

    features = {path.stem for path in (PROJECT / "infra" / "features").glob("*.py")} - {"__init__"}
    tests = {path.name for path in (PROJECT / "tests" / "functions").iterdir() if any(path.glob("test_*.py"))}
    samples = {path.name for path in SAMPLES.iterdir()}
    assert set(function_names()) == features == set(RECIPES) == samples == tests


@pytest.mark.parametrize("function", function_names())
def test_every_function_has_more_than_one_sample(function):
    assert len(sample_names(function)) >= 2


@pytest.mark.parametrize("function", HTTP)
def test_every_route_has_a_sample(function):
    shown = {read_sample(function, sample)["routeKey"] for sample in sample_names(function)}
    assert shown == {f"{route.method} {route.path}" for route in ROUTES if route.function == function}


@pytest.mark.parametrize(("function", "sample"), samples_of(HTTP))
def test_requests_have_the_form_of_api_gateway(function, sample):
    event = read_sample(function, sample)
    assert event["version"] == "2.0"
    assert event["requestContext"]["http"]["path"] == event["rawPath"]
    assert all(name == name.lower() for name in event["headers"])
    if event["routeKey"] in PUBLIC:
        assert "authorizer" not in event["requestContext"]
    else:
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        assert all(isinstance(value, str) for value in claims.values())
        assert claims["token_use"] == "access"
        assert claims.get("roles", "[x]").startswith("[")
    if "body" in event:
        sent = event["body"].encode()
        sent = base64.b64decode(sent, validate=True) if event["isBase64Encoded"] else sent
        assert event["headers"]["content-length"] == str(len(sent))


@pytest.mark.parametrize(("function", "sample"), samples_of(QUEUES))
def test_batches_have_the_form_of_a_queue(function, sample):
    records = read_sample(function, sample)["Records"]
    assert records
    for record in records:
        assert record["eventSource"] == "aws:sqs"
        assert {"messageId", "receiptHandle", "body", "attributes", "eventSourceARN"} <= set(record)


@pytest.mark.parametrize(("function", "sample"), ALL, ids=lambda value: value)
def test_samples_name_nobody_and_nothing_real(function, sample):
    text = json.dumps(read_sample(function, sample), ensure_ascii=False)
    hosts = re.findall(r"@([\w.-]+)", text)
    assert all(host.endswith(".example") for host in hosts)
    addresses = re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text)
    assert all(address.startswith("192.0.2.") for address in addresses)
    assert set(re.findall(r"\b\d{12}\b", text)) <= {"123456789012"}
    assert set(re.findall(r'"name\\?": \\?"([^"\\]*)', text)) <= {
        *(
            "Mira Holloway",
            "Iris Bell",
            "Ben New",
            "smile.jpg",
            "lower jaw.stl",
            "volume.zip",
            "bitewing-offline-arrivals",
        ),
        *("Ana Lima", "Noor Haddad", "Paul Weber", "Tom Reyes", "Grace Moss"),
        *("Birch Lane Dental", "Ridgeline Ceramics", "Pine Street Dental Lab", "Dr. Ola Berg", "Chair 2"),
        *("Planning board", "Harbor Anesthesia", "Bright Vans North", "Sam Ortiz", "Pine Street", "pals"),
        *("Spring in Vermont", "member_silent"),
        # Of the head of a mail.
        *("From", "To", "Subject"),
    }


@pytest.mark.parametrize(("function", "sample"), ALL, ids=lambda value: value)
def test_samples_are_written_for_reading(function, sample):
    text = (SAMPLES / function / f"{sample}.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", sample)
