"""The schemas of events: as committed, unbroken, and without anything of a patient."""

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import get_args, get_origin, get_type_hints

import pytest
from bitewing.cases.events import CaseEvent, CaseMoved
from bitewing.kernel.wire import (
    CARE_TEAMS_SOURCE,
    CASE_DAYS_SOURCE,
    CASE_RETURNED,
    CASE_SUBMITTED,
    CASES_SOURCE,
    DIRECTORY_SOURCE,
    FILES_SOURCE,
    HOME_SOURCE,
    MATCH_RUN_DECIDED,
    MATCH_RUN_STARTED,
    MATCH_RUNS_SOURCE,
    MEMBERS_SOURCE,
    PLANNING_SOURCE,
    PROFILE_PUBLISHED,
    REQUIREMENTS_SOURCE,
    SCHEDULING_SOURCE,
)
from jsonschema import Draft202012Validator

from tools.event_schemas import BESIDE, SCHEMAS, breaks, event_types, main, schema_of, text_of

EVENTS = event_types()
#: The only words that events may have in texts of their own: everything else is a moment, a number or an enum.
IDS = {
    *("event_id", "case_id", "practice_id", "lab_id", "file_id", "replaced_by"),
    *("note_id", "reason_id", "link_id", "user_id", "organization_id", "by"),
    *("session_id", "announcement_id", "publisher_id"),
    *("care_team_id", "clinician_id", "site_id", "period_id", "request_id", "case_day_id", "run_id"),
}
NAMES_OF_THINGS = {
    *("fields", "rule_ids", "rules_fired", "acknowledged", "rules_new", "rules_gone", "rules_changed"),
    *("members", "concerns", "kept", "released", "case_ids"),
}
DATES = {"on", "previous_on", "arrives_on"}
SOURCES = {
    *(CASES_SOURCE, FILES_SOURCE, DIRECTORY_SOURCE, MEMBERS_SOURCE, REQUIREMENTS_SOURCE),
    *(PLANNING_SOURCE, HOME_SOURCE, CARE_TEAMS_SOURCE, SCHEDULING_SOURCE, CASE_DAYS_SOURCE, MATCH_RUNS_SOURCE),
}


def by_name(event):
    return event.__name__


def committed(event):
    return json.loads((SCHEMAS / f"{event.__name__}.json").read_text())


@pytest.mark.parametrize("event", EVENTS, ids=by_name)
def test_the_committed_schema_is_the_one_of_the_code(event):
    assert (SCHEMAS / f"{event.__name__}.json").read_text() == text_of(event), "call `make openapi`"


def test_there_is_a_schema_for_every_event_and_no_other():
    assert {path.stem for path in SCHEMAS.iterdir()} == {event.__name__ for event in EVENTS}


@pytest.mark.parametrize("event", EVENTS, ids=by_name)
def test_every_schema_is_one(event):
    Draft202012Validator.check_schema(committed(event))


@pytest.mark.parametrize("event", EVENTS, ids=by_name)
def test_the_form_was_not_broken_without_a_new_version(event):
    before, now = committed(event), schema_of(event)
    if before["properties"]["version"] == now["properties"]["version"]:
        assert list(breaks(before, now)) == []


@pytest.mark.parametrize("event", EVENTS, ids=by_name)
def test_every_event_says_its_source_and_what_it_means(event):
    schema = committed(event)
    assert schema["x-source"] in SOURCES
    assert schema["description"].endswith(".")
    assert set(schema["required"]) == set(schema["properties"]) - {"actor_id"}


@pytest.mark.parametrize("event", EVENTS, ids=by_name)
def test_no_event_has_a_field_of_its_own_for_what_each_can_carry(event):
    assert BESIDE.keys().isdisjoint(field.name for field in fields(event))


@pytest.mark.parametrize("event", EVENTS, ids=by_name)
def test_no_field_of_an_event_can_carry_anything_of_a_patient(event):
    hints = get_type_hints(event)
    for field in fields(event):
        kind = hints[field.name]
        if get_origin(kind) is tuple:
            (each, _) = get_args(kind)
            assert issubclass(each, Enum) or (each is str and field.name in NAMES_OF_THINGS)
        elif kind in (str, str | None):
            assert field.name in IDS
        else:
            # A date is that of a Case Day, or of work that is needed on it: a patient's is in no event.
            assert (
                kind in (int, bool, datetime, datetime | None)
                or (kind in (date, date | None) and field.name in DATES)
                or issubclass(kind, Enum)
            ), field.name


@pytest.mark.parametrize(
    "name", [CASE_SUBMITTED, CASE_RETURNED, PROFILE_PUBLISHED, MATCH_RUN_STARTED, MATCH_RUN_DECIDED]
)
def test_the_name_that_a_consumer_waits_for_is_an_event(name):
    assert name in {event.__name__ for event in EVENTS}


# --- What breaks a consumer -------------------------------------------------------------------------------------------

OLD = {
    "x-source": "bitewing.cases",
    "properties": {"version": {"const": 1}, "case_id": {"type": "string"}, "to": {"$ref": "#/$defs/Status"}},
    "required": ["version", "case_id", "to"],
    "$defs": {"Status": {"enum": ["draft"], "description": "Where it is."}},
}


def changed(**changes):
    return {**OLD, **changes}


def test_the_same_form_breaks_nothing():
    assert list(breaks(OLD, OLD)) == []


def test_a_new_field_breaks_nothing():
    properties = {**OLD["properties"], "color": {"type": "string"}}
    assert list(breaks(OLD, changed(properties=properties, required=[*OLD["required"], "color"]))) == []


def test_another_description_breaks_nothing():
    assert list(breaks(OLD, changed(**{"$defs": {"Status": {"enum": ["draft"], "description": "Else."}}}))) == []


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (changed(properties={"version": {"const": 1}, "to": OLD["properties"]["to"]}), "case_id is gone"),
        (changed(properties={**OLD["properties"], "case_id": {"type": "integer"}}), "case_id is another"),
        (changed(required=["version", "to"]), "case_id can be absent"),
        (changed(**{"$defs": {"Status": {"enum": ["draft", "lost"]}}}), "to is another"),
        (changed(**{"x-source": "bitewing.files"}), "the source is bitewing.files instead of bitewing.cases"),
    ],
)
def test_what_would_surprise_a_consumer_is_named(new, said):
    assert list(breaks(OLD, new)) == [said]


# --- Writing them -----------------------------------------------------------------------------------------------------


def test_writing_gives_what_is_committed_and_removes_what_is_no_more(tmp_path):
    (tmp_path / "CaseForgotten.json").write_text("{}")
    main(tmp_path)
    main(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        path.name: path.read_text() for path in SCHEMAS.iterdir()
    }


def test_a_broken_form_is_not_written_without_a_new_version(tmp_path, monkeypatch):
    main(tmp_path)
    path = tmp_path / "CaseMoved.json"
    old = json.loads(path.read_text())
    old["properties"]["reason"] = {"type": "string"}
    path.write_text(json.dumps(old))
    with pytest.raises(ValueError, match=r"CaseMoved: reason is gone\. Count up its VERSION\."):
        main(tmp_path)
    monkeypatch.setattr(CaseMoved, "VERSION", 2)
    main(tmp_path)
    assert json.loads(path.read_text())["properties"]["version"]["const"] == 2


def test_an_event_outside_of_the_rooms_is_none_of_ours():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class CaseDreamt(CaseEvent):
        """A test's own."""

    assert CaseDreamt not in event_types()
