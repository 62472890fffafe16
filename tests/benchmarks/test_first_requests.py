"""What starts are measured with: every function does what it is there for."""

import json
import sysconfig
from pathlib import Path

import pytest

from benchmarks.cold_start import ROOT, Contender, _start
from benchmarks.events import FIRST_REQUESTS, SETTINGS, written
from benchmarks.stub import running_stub, sample_world
from tools.offline import Offline, function_names, read_sample


def test_every_function_is_asked_something():
    assert sorted(FIRST_REQUESTS) == function_names()


@pytest.mark.parametrize("function", function_names())
def test_what_a_function_is_asked_first_is_answered(function):
    request = FIRST_REQUESTS[function]
    with Offline() as offline:
        answer = offline.invoke(function, read_sample(function, request.sample))
    assert request.is_answered_by(answer)


@pytest.fixture(scope="module")
def stub():
    with running_stub(sample_world()) as running:
        yield running


@pytest.mark.parametrize("function", function_names())
def test_a_function_that_starts_beside_the_stub_answers_what_is_wanted(function, stub):
    request = FIRST_REQUESTS[function]
    contender = Contender(
        name=function,
        directories=(ROOT / "shared", ROOT, Path(sysconfig.get_path("purelib"))),
        module=f"functions.{function}.handler",
        request=request,
        event=read_sample(function, request.sample),
    )
    with written([contender.event]) as (event,):
        assert _start(contender, event, {**SETTINGS, "AWS_ENDPOINT_URL": stub.url}).cpu_milliseconds > 0


@pytest.mark.parametrize("status", [404, 500])
def test_a_refusal_is_not_taken_for_an_answer(status):
    body = json.dumps({"files": ["a file"]})
    assert not FIRST_REQUESTS["files_api"].is_answered_by({"statusCode": status, "body": body})


def test_an_empty_list_is_not_taken_for_an_answer():
    assert not FIRST_REQUESTS["files_api"].is_answered_by({"statusCode": 200, "body": '{"files": []}'})


def test_the_stub_knows_the_items_of_the_samples():
    asked = {
        "ExpressionAttributeNames": {"#key_pk": "pk", "#key_sk": "sk"},
        "ExpressionAttributeValues": {":key_pk": {"S": "CASE#DRAFT0000001"}, ":key_sk": {"S": "CASE"}},
    }
    case, *files = sample_world().answer("Query", asked)["Items"]
    assert case["case_id"] == {"S": "DRAFT0000001"}
    assert len(files) == 5
