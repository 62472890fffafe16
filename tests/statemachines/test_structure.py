"""What every state machine of the project promises by its form."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bitewing.aws.client import S3_READ_TIMEOUT_SECONDS
from bitewing.kernel import wire
from bitewing.match_runs.answers import FOLLOWED_FOR
from bitewing.match_runs.awaiting import CLAIMED_AT_ONCE, CLAIMED_IN_A_ROW
from bitewing.match_runs.batches import MAX_BATCHES
from bitewing.match_runs.ending import REASONS
from bitewing.match_runs.run import DECIDE_WITHIN, MAX_TIME_LIMIT_SECONDS
from bitewing.match_runs.solving import PAGE
from bitewing.matching.instance import MAX_REQUESTS
from bitewing.requirements.recheck import BATCH

from tools.offline import PROJECT, function_names, handler_of, read_sample, sample_names

FOLDER = PROJECT / "statemachines"
NAMES = sorted(path.name.removesuffix(".asl.json") for path in FOLDER.glob("*.asl.json"))
DEFINITIONS: dict[str, dict[str, Any]] = {name: json.loads((FOLDER / f"{name}.asl.json").read_text()) for name in NAMES}
#: Those that Step Functions redrives, and those that it cannot.
STANDARD, EXPRESS = ["case_day_matching", "case_submission", "profile_recheck"], ["file_intake"]
#: Those whose failure is told by a record that people read, so that nobody waits for a redrive.
TOLD = {"case_day_matching": "Tell what failed"}
#: How long a task may wait for somebody, seconds; any other ends with its function, after a quarter of an hour at most.
WAITS_FOR_SOMEBODY, ENDS_AFTER = 3600, 905
#: What a workflow may hold: ids, numbers, verdicts. Never a document, never anything of a patient.
CARRIED = {"step", "case_id", "file_id", "submission_number", "verdict", "reason"} | {
    *("lab_id", "case_type", "profile_version", "part", "after", "case_ids"),
    *("care_team_id", "period_id", "run_id", "batch", "page", "token", "request_ids", "doing"),
}
SERVICE_ERRORS = {
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
}


def machines(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The machine, and those inside of its maps."""
    yield definition
    for state in definition["States"].values():
        if state["Type"] == "Map":
            yield from machines(state["ItemProcessor"])


def states_of(name: str, *types: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (title, state)
        for machine in machines(DEFINITIONS[name])
        for title, state in machine["States"].items()
        if not types or state["Type"] in types
    ]


def followers(state: dict[str, Any]) -> set[str]:
    following = {catch["Next"] for catch in state.get("Catch", ())}
    following |= {choice["Next"] for choice in state.get("Choices", ())}
    following |= {state[name] for name in ("Next", "Default") if name in state}
    return following


#: The steps that copy files whole.
COPYING = {"record", "give_up", "copy_file"}


def step_of(task: dict[str, Any]) -> str:
    step: str = task["Arguments"]["Payload"].get("step", "")
    return step


def waits_for_somebody(task: dict[str, Any]) -> bool:
    return str(task["Resource"]).endswith(".waitForTaskToken")


TASKS = [pytest.param(name, task, id=f"{name}: {title}") for name in NAMES for title, task in states_of(name, "Task")]


def test_there_are_state_machines():
    assert NAMES == ["case_day_matching", "case_submission", "file_intake", "profile_recheck"]


@pytest.mark.parametrize("name", NAMES)
def test_it_has_no_fault_that_a_linter_knows(name, tmp_path):
    linter, read = Path(sys.executable).parent / "statelint", tmp_path / f"{name}.asl.json"
    # It knows moments, and no expressions that give one.
    text = (FOLDER / read.name).read_text()
    read.write_text(re.sub(r'"Timestamp": "{% .* %}"', '"Timestamp": "2026-03-02T15:00:00Z"', text))
    answer = subprocess.run([linter, read], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_it_speaks_jsonata_and_ends_in_finite_time(name):
    assert DEFINITIONS[name]["QueryLanguage"] == "JSONata"
    assert DEFINITIONS[name]["TimeoutSeconds"] > 0
    assert DEFINITIONS[name]["Comment"]


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_a_task_ends_in_finite_time(name, task):
    limit = WAITS_FOR_SOMEBODY if waits_for_somebody(task) else ENDS_AFTER
    assert 0 < task["TimeoutSeconds"] <= limit
    assert task["TimeoutSeconds"] < DEFINITIONS[name]["TimeoutSeconds"]


@pytest.mark.parametrize("task", [task for name in NAMES for _, task in states_of(name, "Task")], ids=step_of)
def test_who_waited_long_enough_for_somebody_goes_on_and_does_not_wait_anew(task):
    if waits_for_somebody(task):
        assert task["Catch"][0]["ErrorEquals"] == ["States.Timeout"]
        assert not any("States.Timeout" in retry["ErrorEquals"] for retry in task["Retry"])
        assert task["Arguments"]["Payload"]["token"] == "{% $states.context.Task.Token %}"
    else:
        assert "token" not in task["Arguments"]["Payload"]


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_a_task_is_tried_again_with_growing_and_scattered_waits(name, task):
    service, own = task["Retry"][-2:]
    assert set(service["ErrorEquals"]) == SERVICE_ERRORS
    assert "States.TaskFailed" in own["ErrorEquals"]
    for retry in (service, own):
        assert retry["JitterStrategy"] == "FULL"
        assert retry["BackoffRate"] > 1
        assert 1 <= retry["MaxAttempts"] <= 6
        assert retry["MaxDelaySeconds"] <= 30


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_only_who_needs_a_solver_waits_until_others_are_done_with_theirs(name, task):
    # Given that all solvers can be taken by another care team's run, for as long as one may last
    busy = task["Retry"][:-2]
    assert bool(busy) is (task["Arguments"]["FunctionName"] == "${case_day_solver}")
    for retry in busy:
        assert retry["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
        assert (retry["BackoffRate"], retry["JitterStrategy"]) == (2, "FULL")
        # Then it waits longer than that, half of the longest wait on average, and does not ask all the time.
        longest = retry["MaxDelaySeconds"]
        assert longest == 30
        assert (retry["MaxAttempts"] - 5) * longest / 2 > 1.5 * MAX_TIME_LIMIT_SECONDS


@pytest.mark.parametrize("name", EXPRESS)
def test_what_fails_for_good_in_an_express_machine_is_caught_since_nobody_can_redrive_it(name):
    for title, state in DEFINITIONS[name]["States"].items():
        if state["Type"] in {"Task", "Map"}:
            assert [catch["ErrorEquals"] for catch in state["Catch"]] == [["States.ALL"]], title


@pytest.mark.parametrize("name", sorted(set(STANDARD) - set(TOLD)))
def test_what_fails_for_good_in_a_standard_machine_ends_it_there_so_that_a_redrive_goes_on_there(name):
    # A redrive begins at the state that ended the execution: one that only fails would fail again.
    for title, state in states_of(name):
        assert state["Type"] != "Fail", title
        assert "Catch" not in state, title


@pytest.mark.parametrize("name", TOLD)
def test_what_fails_for_good_is_told_where_people_read_it_and_what_cannot_be_told_is_redriven(name):
    states, telling = DEFINITIONS[name]["States"], TOLD[name]
    for title, state in states.items():
        if state["Type"] in {"Task", "Map"} and title != telling:
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], title
            assert state["Catch"][-1]["Next"] == telling, title
        # Also an answer that nobody thought of.
        if state["Type"] == "Choice":
            assert telling in followers(state) or {states[each]["Type"] for each in followers(state)} == {"Task"}, title
    # A redrive begins at the state that ended the execution: this one, as long as nobody was told.
    assert "Catch" not in states[telling]
    ((title, failure),) = states_of(name, "Fail")
    assert [each for each, state in states.items() if title in followers(state)] == [telling]
    assert failure["Cause"]


def test_a_machine_is_standard_or_express_as_it_is_deployed():
    deployed = (PROJECT / "infra" / "service_stack.py").read_text()
    kinds = dict(re.findall(r'name="(\w+)",\s+kind=sfn\.StateMachineType\.(\w+)', deployed))
    assert kinds == dict.fromkeys(STANDARD, "STANDARD") | dict.fromkeys(EXPRESS, "EXPRESS")


@pytest.mark.parametrize("name", NAMES)
def test_business_outcomes_are_values_and_never_names_of_errors(name):
    known = SERVICE_ERRORS | {"States.TaskFailed", "States.Timeout", "States.ALL"}
    for _, state in states_of(name, "Task", "Map"):
        for each in (*state.get("Retry", ()), *state.get("Catch", ())):
            assert set(each["ErrorEquals"]) <= known


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_has_a_way_out_for_what_nobody_thought_of(name):
    for title, choice in states_of(name, "Choice"):
        assert choice["Default"], title


@pytest.mark.parametrize("name", NAMES)
def test_every_state_can_be_reached_and_from_each_the_end(name):
    for machine in machines(DEFINITIONS[name]):
        states = machine["States"]
        reached, waiting = set(), {machine["StartAt"]}
        while waiting:
            title = waiting.pop()
            reached.add(title)
            waiting |= followers(states[title]) - reached
        assert reached == set(states)
        ending = {title for title, state in states.items() if state["Type"] in {"Succeed", "Fail"} or state.get("End")}
        grown = True
        while grown:
            more = {title for title, state in states.items() if followers(state) & ending} - ending
            grown = bool(more)
            ending |= more
        assert ending == set(states)


@pytest.mark.parametrize("name", EXPRESS)
def test_every_failure_says_what_is_left_and_what_to_do(name):
    failures = states_of(name, "Fail")
    assert failures
    for _, failure in failures:
        assert re.fullmatch(r"[A-Z][A-Za-z]+", failure["Error"])
        assert len(failure["Cause"].split(". ")) >= 2 or ";" in failure["Cause"]
        assert failure["Cause"].endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_placeholders_are_functions_of_the_project(name):
    text = (FOLDER / f"{name}.asl.json").read_text()
    placeholders = set(re.findall(r"\$\{(\w+)\}", text))
    assert placeholders <= set(function_names())
    assert {task["Arguments"]["FunctionName"] for _, task in states_of(name, "Task")} == {
        f"${{{placeholder}}}" for placeholder in placeholders
    }


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_a_task_is_told_ids_and_verdicts_and_nothing_else(name, task):
    assert set(task["Arguments"]["Payload"]) <= CARRIED


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_a_task_is_told_what_a_sample_of_its_function_shows(name, task):
    function = task["Arguments"]["FunctionName"].strip("${}")
    payload = task["Arguments"]["Payload"]
    samples = [read_sample(function, sample) for sample in sample_names(function)]
    assert any(set(sample) == set(payload) and sample.get("step") == payload.get("step") for sample in samples)


@pytest.mark.parametrize(
    "function", ["file_intake", "case_submission", "profile_recheck", "case_day_matching", "case_day_solver"]
)
def test_every_step_of_a_function_is_taken_and_no_other(function):
    taken = {
        task["Arguments"]["Payload"]["step"]
        for name in NAMES
        for _, task in states_of(name, "Task")
        if task["Arguments"]["FunctionName"] == f"${{{function}}}"
    }
    assert taken == set(handler_of(function).STEPS)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_remembers_are_ids_and_counts(name):
    remembered = {key for _, state in states_of(name) for key in state.get("Assign", {})}
    assert remembered <= {
        *("case_id", "file_id", "submission_number", "checks"),
        *("lab_id", "case_type", "profile_version", "part", "after"),
        *("care_team_id", "period_id", "run_id", "doing"),
    }


def test_an_inspection_that_dies_slowly_each_time_is_still_given_up_in_time():
    # Given tries that each take as long as they may, and the longest waits between them
    definition = DEFINITIONS["file_intake"]
    inspect = definition["States"]["Inspect the file"]
    (failures,) = (retry for retry in inspect["Retry"] if retry["ErrorEquals"] == ["States.TaskFailed"])
    assert failures["MaxAttempts"] == 1
    tries_s = 2 * inspect["TimeoutSeconds"] + failures["IntervalSeconds"]
    # When the inspection is given up, once, and the case checked
    after_s = sum(
        definition["States"][title]["TimeoutSeconds"] for title in ("Give up the inspection", "Check the case again")
    )
    # Then all of it fits into the time of the machine.
    assert tries_s + after_s <= definition["TimeoutSeconds"]


@pytest.mark.parametrize(
    "task", [task for name in NAMES for _, task in states_of(name, "Task") if step_of(task) in COPYING], ids=step_of
)
def test_a_step_that_copies_waits_longer_than_its_client_does(task):
    # Else it would be stopped in the middle, and its retry would begin the copy anew.
    assert task["TimeoutSeconds"] >= S3_READ_TIMEOUT_SECONDS + 5


#: What Step Functions writes down of a task, of an iteration of a map around one, and of the states of a page.
ENTRIES_OF_A_TASK, ENTRIES_OF_AN_ITERATION, ENTRIES_OF_A_PAGE = 5, 2, 8
MAX_ENTRIES = 25_000


def test_the_check_of_a_hundred_thousand_drafts_fits_into_the_history_and_the_time_of_one_execution():
    # Given drafts of which a request of 1 MiB brings about 300: three and a half kilobytes each
    drafts, on_a_page = 100_000, 300
    pages = drafts // on_a_page + 1
    batches = on_a_page // BATCH
    # When each page is found in a second, and each batch of a hundred checked in ten, so many at a time
    definition = DEFINITIONS["profile_recheck"]
    at_a_time = definition["States"]["Check the cases"]["MaxConcurrency"]
    seconds = pages * (1 + 10 * -(-batches // at_a_time))
    entries = pages * (ENTRIES_OF_A_PAGE + ENTRIES_OF_A_TASK + batches * (ENTRIES_OF_A_TASK + ENTRIES_OF_AN_ITERATION))
    # Then all of it fits.
    assert entries < MAX_ENTRIES / 2
    assert seconds < definition["TimeoutSeconds"] / 2


def test_a_proposal_can_be_decided_on_in_the_time_of_one_execution_and_answers_followed_after_it():
    # Given twenty batches that are solved as slowly as they may, and all the time for decisions and answers
    definition = DEFINITIONS["case_day_matching"]
    solve = definition["States"]["Solve the parts"]
    (task,) = solve["ItemProcessor"]["States"].values()
    solving_s = -(-20 // solve["MaxConcurrency"]) * task["TimeoutSeconds"]
    deciding_s, following_s = (span.total_seconds() for span in (DECIDE_WITHIN, FOLLOWED_FOR))
    # Then there is time for it, twice over what is solved; and the history has room for a look each hour.
    assert 2 * solving_s + deciding_s + following_s < definition["TimeoutSeconds"]
    hours = (deciding_s + following_s) / 3600
    assert hours * 2 * (ENTRIES_OF_A_TASK + 4) < MAX_ENTRIES / 2


def test_as_many_batches_are_solved_at_a_time_as_the_time_of_a_run_is_shared_by():
    assert DEFINITIONS["case_day_matching"]["States"]["Solve the parts"]["MaxConcurrency"] == wire.SOLVERS


def test_the_largest_period_that_is_matched_fits_into_the_history_of_one_execution():
    # Given as many requests as are matched at once, all of them served and approved, and a look each hour
    states = DEFINITIONS["case_day_matching"]["States"]
    solved, written = MAX_BATCHES, -(-MAX_REQUESTS // PAGE)
    claimed, rounds = -(-MAX_REQUESTS // CLAIMED_AT_ONCE), -(-MAX_REQUESTS // CLAIMED_IN_A_ROW)
    hours = (DECIDE_WITHIN + FOLLOWED_FOR).total_seconds() / 3600
    # Then what is written down of all that fits, with room for what is tried again.
    entries = (solved + written + claimed) * (ENTRIES_OF_A_TASK + ENTRIES_OF_AN_ITERATION)
    entries += (rounds + len(states)) * (ENTRIES_OF_A_TASK + 2 * ENTRIES_OF_AN_ITERATION)
    entries += hours * 2 * (ENTRIES_OF_A_TASK + 4)
    assert entries < 0.8 * MAX_ENTRIES


def test_every_reason_for_which_matching_can_fail_is_a_sentence():
    states = DEFINITIONS["case_day_matching"]["States"].values()
    assigned = [state.get("Assign", {}) for state in states]
    assigned += [choice.get("Assign", {}) for state in states for choice in state.get("Choices", ())]
    assert {each["doing"] for each in assigned if "doing" in each} == set(REASONS)
