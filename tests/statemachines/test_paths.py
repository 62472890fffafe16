"""Every path of the state machines, taken on the emulator; all of them at once, since most of it is waiting."""

from collections import Counter

import pytest
from bitewing.aws.workflows import WaitingTasks

from tests.statemachines.test_structure import DEFINITIONS

pytestmark = pytest.mark.xdist_group("statemachines")

FILES = ["FILE1", "FILE2", "FILE3"]
READY = {"readiness": "ready", "file_ids": FILES}
WAITING = {"readiness": "waiting", "file_ids": []}
FAILED = {"readiness": "failed", "file_ids": []}
SETTLED = {"readiness": "settled", "file_ids": []}
COPIED = [{"file_id": "FILE1"}]
WRITTEN = [{"rx_number": 1, "pages": 1}]
RECEIVED, ASKED = {"status": "received"}, {"status": "missing_info"}
CLEAN = {"verdict": "clean", "reason": None}
QUARANTINE = {"verdict": "quarantine", "reason": "other_bytes"}

SUBMISSIONS = {
    "ready": {"check_files": [READY], "copy_file": COPIED, "write_rx": WRITTEN, "receive": [RECEIVED]},
    "waiting, then ready": {
        "check_files": [WAITING, WAITING, READY],
        "copy_file": COPIED,
        "write_rx": WRITTEN,
        "receive": [RECEIVED],
    },
    "no files": {"check_files": [{"readiness": "ready", "file_ids": []}], "write_rx": WRITTEN, "receive": [RECEIVED]},
    "failed": {"check_files": [FAILED], "ask_for_files": [ASKED]},
    "settled": {"check_files": [SETTLED]},
    "waiting for ever": {"check_files": [WAITING], "ask_for_files": [ASKED]},
    "an answer that nobody knows": {"check_files": [{"readiness": "odd", "file_ids": []}], "ask_for_files": [ASKED]},
    "the check dies once": {
        "check_files": ["die", READY],
        "copy_file": COPIED,
        "write_rx": WRITTEN,
        "receive": [RECEIVED],
    },
    "a copy dies once": {
        "check_files": [READY],
        "copy_file": ["die", *COPIED],
        "write_rx": WRITTEN,
        "receive": [RECEIVED],
    },
    "the receipt dies once": {
        "check_files": [READY],
        "copy_file": COPIED,
        "write_rx": WRITTEN,
        "receive": ["die", RECEIVED],
    },
    "the RX dies once": {
        "check_files": [READY],
        "copy_file": COPIED,
        "write_rx": ["die", *WRITTEN],
        "receive": [RECEIVED],
    },
    "the RX dies for good": {"check_files": [READY], "copy_file": COPIED, "write_rx": ["die"]},
    "the question dies once": {"check_files": [FAILED], "ask_for_files": ["die", ASKED]},
    "the check dies for good": {"check_files": ["die"]},
    "a copy dies for good": {"check_files": [READY], "copy_file": ["die"]},
    "the receipt dies for good": {"check_files": [READY], "copy_file": COPIED, "write_rx": WRITTEN, "receive": ["die"]},
    "the question dies for good": {"check_files": [FAILED], "ask_for_files": ["die"]},
}
INTAKES = {
    "clean": {"inspect": [CLEAN], "record": [{"state": "clean"}], "check_case": [{"outcome": "PASS"}]},
    "quarantine": {
        "inspect": [QUARANTINE],
        "record": [{"state": "quarantined"}],
        "check_case": [{"outcome": "BLOCK"}],
    },
    "the inspection dies once": {
        "inspect": ["die", CLEAN],
        "record": [{"state": "clean"}],
        "check_case": [{"outcome": "PASS"}],
    },
    "the inspection dies for good": {
        "inspect": ["die"],
        "give_up": [{"state": "quarantined"}],
        "check_case": [{"outcome": "BLOCK"}],
    },
    "the record dies once": {
        "inspect": [CLEAN],
        "record": ["die", {"state": "clean"}],
        "check_case": [{"outcome": "PASS"}],
    },
    "the record dies for good": {"inspect": [CLEAN], "record": ["die"]},
    "giving up dies for good": {"inspect": ["die"], "give_up": ["die"]},
    "the check dies once": {
        "inspect": [CLEAN],
        "record": [{"state": "clean"}],
        "check_case": ["die", {"outcome": "PASS"}],
    },
    "the check dies for good": {"inspect": [CLEAN], "record": [{"state": "clean"}], "check_case": ["die"]},
}
MANY = [
    {"batches": [["CASE1", "CASE2"], ["CASE3"]], "part": "prepared", "after": "CASE3"},
    {"batches": [["CASE4"]], "part": "draft", "after": ""},
    {"batches": [], "part": "none", "after": ""},
]
NO_MORE = MANY[-1]
CHECKED = {"checked": 1, "told": 1}
RECHECKS = {
    "many": {"page": MANY, "check": [CHECKED]},
    "nothing open": {"page": [NO_MORE]},
    "an answer that nobody knows": {"page": [{**NO_MORE, "part": "odd"}, "die"]},
    "the search dies once": {"page": ["die", NO_MORE]},
    "the search dies for good": {"page": ["die"]},
    "the check dies once": {"page": MANY[1:], "check": ["die", CHECKED]},
    "the check dies for good": {"page": MANY[1:], "check": ["die"]},
}
READY_TO_SOLVE = {"outcome": "ready", "batches": [0, 1], "pages": [0]}
OVERTAKEN, PROPOSED, EMPTY = ({"outcome": each} for each in ("overtaken", "proposed", "empty"))
ODD = {"outcome": "odd"}
SOME = {"outcome": "some", "batches": [["ASKED1", "ASKED2"], ["ASKED3"]], "undecided": 0}
UNDECIDED, OVERDUE, DECIDED = ({"outcome": each} for each in ("undecided", "overdue", "decided"))
STILL_WAITING, SETTLED_RUN, NONE = ({"outcome": each, "batches": []} for each in ("waiting", "settled", "none"))
ASKING, DONE, REJECTED, EXPIRED = ({"outcome": each} for each in ("asking", "done", "rejected", "expired"))
IN_AN_HOUR = {"outcome": "waiting", "again_at": "2026-03-02T15:00:00Z"}
NOBODY_LEFT = {"told": 1, "after": ""}
SOLVED = {
    "load": [READY_TO_SOLVE],
    "solve": [{"objective": 1000, "bound": 1000}],
    "write": [{"proposed": 3, "unmatched": 1}],
    "propose": [PROPOSED],
}
AFTER_CLAIMS = {"unmatched": [NOBODY_LEFT], "ask": [ASKING], "answers": [DONE]}
TOO_LARGE = "The period has 50,001 requests."
FAILED_RUN = {"fail": [{"outcome": "failed"}]}
CLAIMS = {"claim": [{"claimed": 2, "lost": 0}]}
MATCHINGS = {
    "approved as a whole": {
        **SOLVED,
        "await": ["decided"],
        "approved": [SOME, SETTLED_RUN],
        **CLAIMS,
        **AFTER_CLAIMS,
    },
    "approved day by day": {
        **SOLVED,
        "await": ["decided"],
        "approved": [SOME, STILL_WAITING, SOME, SETTLED_RUN],
        **CLAIMS,
        **AFTER_CLAIMS,
    },
    "nobody decides": {
        **SOLVED,
        "await": [{"waits": True}],
        "remind": [UNDECIDED, OVERDUE],
        "expire": [DECIDED],
        "approved": [NONE],
        "ask": [EXPIRED],
    },
    "decided and not heard": {
        **SOLVED,
        "await": [{"waits": True}],
        "remind": [DECIDED],
        "approved": [NONE],
        "ask": [REJECTED],
    },
    "rejected": {**SOLVED, "await": ["decided"], "approved": [NONE], "ask": [REJECTED]},
    "many are not served": {
        **SOLVED,
        "await": ["decided"],
        "approved": [SETTLED_RUN],
        "unmatched": [{"told": 100, "after": "A"}, {"told": 100, "after": "B"}, NOBODY_LEFT],
        "ask": [ASKING],
        "answers": [IN_AN_HOUR, IN_AN_HOUR, DONE],
    },
    "nothing to propose": {**SOLVED, "propose": [EMPTY], "unmatched": [NOBODY_LEFT], "ask": [DONE]},
    "no requests": {
        **SOLVED,
        "load": [{"outcome": "ready", "batches": [], "pages": []}],
        "propose": [EMPTY],
        "unmatched": [{"told": 0, "after": ""}],
        "ask": [DONE],
    },
    "too large": {"load": [{"outcome": "too_large", "batches": [], "pages": [], "reason": TOO_LARGE}], **FAILED_RUN},
    "taken back before it is loaded": {"load": [OVERTAKEN]},
    "taken back before it is proposed": {**SOLVED, "propose": [OVERTAKEN]},
    "a batch dies once": {**SOLVED, "solve": ["die", *SOLVED["solve"]], "propose": [OVERTAKEN]},
    "a batch dies for good": {**SOLVED, "solve": ["die"], **FAILED_RUN},
    "a claim dies for good": {
        **SOLVED,
        "await": ["decided"],
        "approved": [SOME],
        "claim": ["die"],
        **FAILED_RUN,
    },
    "a look dies for good": {
        **SOLVED,
        "propose": [EMPTY],
        "unmatched": [NOBODY_LEFT],
        "ask": [ASKING],
        "answers": ["die"],
        **FAILED_RUN,
    },
    "an answer that nobody knows": {"load": [{**READY_TO_SOLVE, **ODD}], **FAILED_RUN},
    "the end of it that nobody knows": {
        **SOLVED,
        "propose": [EMPTY],
        "unmatched": [NOBODY_LEFT],
        "ask": [ODD],
        **FAILED_RUN,
    },
    "what failed cannot be told": {"load": ["die"], "fail": ["die"]},
}


@pytest.fixture(scope="module")
def runs(machines):
    """Every path of all, from its start to its end."""
    started = (
        {
            ("case_submission", path): machines.start("case_submission", {"submission_number": 2}, script)
            for path, script in SUBMISSIONS.items()
        }
        | {
            ("file_intake", path): machines.start("file_intake", {"file_id": "FILE1"}, script)
            for path, script in INTAKES.items()
        }
        | {
            ("profile_recheck", path): machines.start(
                "profile_recheck", {"case_type": "crown", "profile_version": 2}, script
            )
            for path, script in RECHECKS.items()
        }
        | {
            ("case_day_matching", path): machines.start(
                "case_day_matching", {"care_team_id": "TEAM1", "period_id": "PERIOD1"}, script
            )
            for path, script in MATCHINGS.items()
        }
    )
    return {path: machines.end_of(execution) for path, execution in started.items()}


@pytest.mark.parametrize(
    ("path", "steps", "last"),
    [
        ("ready", ["check_files", *["copy_file"] * 3, "write_rx", "receive"], "Done"),
        ("waiting, then ready", [*["check_files"] * 3, *["copy_file"] * 3, "write_rx", "receive"], "Done"),
        ("no files", ["check_files", "write_rx", "receive"], "Done"),
        ("failed", ["check_files", "ask_for_files"], "Done"),
        ("settled", ["check_files"], "Done"),
        ("waiting for ever", [*["check_files"] * 60, "ask_for_files"], "Done"),
        ("an answer that nobody knows", ["check_files", "ask_for_files"], "Done"),
        ("the check dies once", [*["check_files"] * 2, *["copy_file"] * 3, "write_rx", "receive"], "Done"),
        ("a copy dies once", ["check_files", *["copy_file"] * 4, "write_rx", "receive"], "Done"),
        ("the receipt dies once", ["check_files", *["copy_file"] * 3, "write_rx", *["receive"] * 2], "Done"),
        ("the RX dies once", ["check_files", *["copy_file"] * 3, *["write_rx"] * 2, "receive"], "Done"),
        ("the RX dies for good", ["check_files", *["copy_file"] * 3, *["write_rx"] * 4], "Write the RX"),
        ("the question dies once", ["check_files", *["ask_for_files"] * 2], "Done"),
        ("the check dies for good", ["check_files"] * 4, "Check the files"),
        (
            "the receipt dies for good",
            ["check_files", *["copy_file"] * 3, "write_rx", *["receive"] * 4],
            "Receive the case",
        ),
        ("the question dies for good", ["check_files", *["ask_for_files"] * 4], "Ask for the files"),
    ],
)
def test_a_submission_takes_its_steps_and_ends_when_it_is_done_or_where_it_failed(runs, path, steps, last):
    run = runs["case_submission", path]
    assert run.steps() == steps
    assert run.states[-1] == last
    assert run.status == ("SUCCEEDED" if last == "Done" else "FAILED")


def test_a_copy_that_dies_for_good_leaves_the_case_where_it_is(runs):
    run = runs["case_submission", "a copy dies for good"]
    assert run.status == "FAILED"
    assert {"receive", "ask_for_files"}.isdisjoint(run.steps())


def test_each_file_is_copied_by_its_id(runs):
    run = runs["case_submission", "ready"]
    assert Counter(call["file_id"] for call in run.calls if call["step"] == "copy_file") == Counter(FILES)


def test_every_step_of_a_submission_is_told_which_one_it_is(runs):
    for (name, _), run in runs.items():
        if name == "case_submission":
            assert {call["submission_number"] for call in run.calls} == {2}
            assert len({call["case_id"] for call in run.calls}) == 1


@pytest.mark.parametrize(
    ("path", "steps", "last"),
    [
        ("clean", ["inspect", "record", "check_case"], "Done"),
        ("quarantine", ["inspect", "record", "check_case"], "Done"),
        ("the inspection dies once", ["inspect", "inspect", "record", "check_case"], "Done"),
        ("the inspection dies for good", [*["inspect"] * 2, "give_up", "check_case"], "Done"),
        ("the record dies once", ["inspect", "record", "record", "check_case"], "Done"),
        ("the record dies for good", ["inspect", *["record"] * 4], "File is not settled"),
        ("giving up dies for good", [*["inspect"] * 2, *["give_up"] * 4], "File is not settled"),
        ("the check dies once", ["inspect", "record", "check_case", "check_case"], "Done"),
        ("the check dies for good", ["inspect", "record", *["check_case"] * 4], "Case is not checked"),
    ],
)
def test_an_intake_takes_its_steps_and_ends_where_a_person_sees_it(runs, path, steps, last):
    run = runs["file_intake", path]
    errors = {"Done": None, "File is not settled": "FileNotSettled", "Case is not checked": "CaseNotChecked"}
    assert run.steps() == steps
    assert run.states[-1] == last
    assert (run.status, run.error) == ("SUCCEEDED" if last == "Done" else "FAILED", errors[last])


@pytest.mark.parametrize(("path", "verdict"), [("clean", CLEAN), ("quarantine", QUARANTINE)])
def test_the_verdict_is_handed_on_as_it_was_given(runs, path, verdict):
    (recorded,) = (call for call in runs["file_intake", path].calls if call.get("step") == "record")
    assert {name: recorded[name] for name in verdict} == verdict


@pytest.mark.parametrize(
    ("path", "steps", "last"),
    [
        ("many", ["page", "check", "check", "page", "check", "page"], "Done"),
        ("nothing open", ["page"], "Done"),
        ("an answer that nobody knows", ["page"] * 5, "Find open cases"),
        ("the search dies once", ["page", "page"], "Done"),
        ("the search dies for good", ["page"] * 4, "Find open cases"),
        ("the check dies once", ["page", "check", "check", "page"], "Done"),
        ("the check dies for good", ["page", *["check"] * 4], "Check the cases"),
    ],
)
def test_a_recheck_takes_its_steps_and_ends_when_it_is_done_or_where_it_failed(runs, path, steps, last):
    run = runs["profile_recheck", path]
    assert run.steps() == steps
    assert run.states[-1] == last
    assert run.status == ("SUCCEEDED" if last == "Done" else "FAILED")


def test_a_recheck_goes_on_where_the_page_before_ended_and_checks_each_batch(runs):
    run = runs["profile_recheck", "many"]
    pages = [(call["part"], call["after"]) for call in run.calls if call["step"] == "page"]
    assert pages == [("prepared", ""), ("prepared", "CASE3"), ("draft", "")]
    batches = [call["case_ids"] for call in run.calls if call["step"] == "check"]
    assert sorted(batches) == [["CASE1", "CASE2"], ["CASE3"], ["CASE4"]]
    assert {(call["case_type"], call["profile_version"]) for call in run.calls} == {("crown", 2)}


SOLVING = ["load", "solve", "solve", "write", "propose"]
CLAIMING = ["approved", "claim", "claim", "approved"]


@pytest.mark.parametrize(
    ("path", "steps", "last"),
    [
        ("approved as a whole", [*SOLVING, "await", *CLAIMING, "unmatched", "ask", "answers"], "Done"),
        (
            "approved day by day",
            [*SOLVING, "await", *CLAIMING, "await", *CLAIMING, "unmatched", "ask", "answers"],
            "Done",
        ),
        ("nobody decides", [*SOLVING, *["await", "remind"] * 2, "expire", "approved", "ask"], "Done"),
        ("decided and not heard", [*SOLVING, "await", "remind", "approved", "ask"], "Done"),
        ("rejected", [*SOLVING, "await", "approved", "ask"], "Done"),
        (
            "many are not served",
            [*SOLVING, "await", "approved", *["unmatched"] * 3, "ask", *["answers"] * 3],
            "Done",
        ),
        ("nothing to propose", [*SOLVING, "unmatched", "ask"], "Done"),
        ("no requests", ["load", "propose", "unmatched", "ask"], "Done"),
        ("too large", ["load", "fail"], "Done"),
        ("taken back before it is loaded", ["load"], "Done"),
        ("taken back before it is proposed", SOLVING, "Done"),
        ("a look dies for good", [*SOLVING, "unmatched", "ask", *["answers"] * 4, "fail"], "Matching failed"),
        ("an answer that nobody knows", ["load", "fail"], "Matching failed"),
        ("the end of it that nobody knows", [*SOLVING, "unmatched", "ask", "fail"], "Matching failed"),
        ("what failed cannot be told", [*["load"] * 4, *["fail"] * 4], "Tell what failed"),
    ],
)
def test_a_match_run_takes_its_steps_and_ends_where_a_person_sees_it(runs, path, steps, last):
    run = runs["case_day_matching", path]
    assert run.steps() == steps
    assert run.states[-1] == last
    assert run.status == ("SUCCEEDED" if last == "Done" else "FAILED")


@pytest.mark.parametrize(
    ("path", "doing"),
    [
        ("too large", "size"),
        ("a batch dies for good", "solve"),
        ("a claim dies for good", "claim"),
        ("a look dies for good", "follow"),
        ("what failed cannot be told", "load"),
    ],
)
def test_a_match_run_that_fails_says_what_it_was_doing(runs, path, doing):
    run = runs["case_day_matching", path]
    assert (run.calls[-1]["step"], run.calls[-1]["doing"]) == ("fail", doing)


def test_a_match_run_of_a_period_that_is_too_large_says_by_how_much(runs):
    assert runs["case_day_matching", "too large"].calls[-1]["reason"] == TOO_LARGE


def test_each_batch_is_solved_each_page_written_and_each_day_claimed(runs):
    calls = runs["case_day_matching", "approved as a whole"].calls
    assert sorted(call["batch"] for call in calls if call["step"] == "solve") == [0, 1]
    assert [call["page"] for call in calls if call["step"] == "write"] == [0]
    assert sorted(call["request_ids"] for call in calls if call["step"] == "claim") == [
        ["ASKED1", "ASKED2"],
        ["ASKED3"],
    ]


def test_a_batch_that_dies_once_is_solved_once_more(runs):
    assert runs["case_day_matching", "a batch dies once"].steps().count("solve") == 3


def test_who_is_not_served_is_told_from_where_the_call_before_ended(runs):
    calls = runs["case_day_matching", "many are not served"].calls
    assert [call["after"] for call in calls if call["step"] == "unmatched"] == ["", "A", "B"]


def test_each_time_it_waits_it_gives_another_token_away(runs):
    calls = runs["case_day_matching", "approved day by day"].calls
    assert len({call["token"] for call in calls if call["step"] == "await"}) == 2


def test_whoever_comes_back_with_the_token_lets_a_match_run_go_on_and_only_once(machines):
    # Given a run that waits for its managers
    script = {**SOLVED, "await": [{"waits": True}], "remind": [UNDECIDED], "approved": [NONE], "ask": [REJECTED]}
    started = machines.start("case_day_matching", {"care_team_id": "TEAM1", "period_id": "PERIOD1"}, script)
    waiting, token = WaitingTasks(lambda: machines.states), machines.token_of(started)
    # When somebody decides
    assert waiting.go_on(token)
    # Then it goes on at once, and whoever comes again, or with another token, is told that nothing waits.
    assert machines.end_of(started).steps() == [*SOLVING, "await", "approved", "ask"]
    assert not waiting.go_on(token)
    assert not waiting.go_on("no token of anybody")


def test_every_step_of_a_match_run_is_told_which_one_it_is(runs):
    for (name, _), run in runs.items():
        if name == "case_day_matching":
            ids = {(call["care_team_id"], call["period_id"]) for call in run.calls}
            assert ids == {("TEAM1", "PERIOD1")}
            assert len({call["run_id"] for call in run.calls}) == 1


def test_every_state_is_entered_on_some_path(runs):
    for machine, definition in DEFINITIONS.items():
        entered = {state for (name, _), run in runs.items() if name == machine for state in run.states}
        # The emulator tells nothing of what happens inside of a map; its calls are looked at above.
        assert set(definition["States"]) <= entered
