"""Notifications: what tests need of them over a table that counts what it is asked."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import Any

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Delete, Put, Table
from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.care_teams.store import practice_put
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.patients import DayPatient
from bitewing.cases.case import Case
from bitewing.directory.organization import Connection, Lab, Practice
from bitewing.files.case_file import CaseFile
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.moments import rfc3339
from bitewing.match_runs.run import MatchRun
from bitewing.members.member import Member, MemberState
from bitewing.notifications.fact import Fact
from bitewing.notifications.mark import Mark
from bitewing.notifications.rule import FORMS
from bitewing.planning.session import PlanningSession
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

from tests.support.builders import NOW, PRACTICE_ID

_KEYS: dict[type, Callable[[Any], keys.Key]] = {
    Availability: lambda each: keys.availability(each.care_team_id, each.period_id, each.clinician_id),
    CareTeam: lambda each: keys.care_team(each.care_team_id),
    Case: lambda each: keys.case(each.case_id),
    CaseFile: lambda each: keys.file(each.case_id, each.file_id),
    CaseDay: lambda each: keys.case_day(each.case_day_id),
    CaseDayRequest: lambda each: keys.case_day_request(each.request_id),
    Clinician: lambda each: keys.clinician(each.care_team_id, each.clinician_id),
    Connection: lambda each: keys.connection(each.practice_id, each.lab_id),
    DayPatient: lambda each: keys.day_patient(each.case_day_id, each.patient_id),
    Lab: lambda each: keys.lab(each.lab_id),
    Mark: lambda each: keys.mark(each.organization_kind, each.organization_id, each.reader_id, each.channel),
    MatchRun: lambda each: keys.match_run(each.care_team_id, each.period_id, each.run_id),
    Member: lambda each: keys.member(each.organization_kind, each.organization_id, each.user_id),
    PlanningSession: lambda each: keys.session(each.case_id, each.session_id),
    Practice: lambda each: keys.practice(each.practice_id),
    SchedulingPeriod: lambda each: keys.period(each.care_team_id, each.period_id),
    Site: lambda each: keys.site(each.practice_id, each.site_id),
}


class Counting:
    """A table's client that notes which requests are made."""

    def __init__(self, client: Any) -> None:
        self._client, self.requests = client, list[str]()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found):
            return found

        def call(**asked: Any) -> Any:
            self.requests.append(name)
            return found(**asked)

        return call


class Kept:
    """Things as they stand in a table."""

    def __init__(self, table: Table) -> None:
        self._client = Counting(table._client)
        self._stored: list[keys.Key] = []
        self.table = Table(self._client, table._name, sleep=lambda _: None)  # type: ignore[arg-type]

    def has(self, *things: Any) -> None:
        """Store things in their own places, as their rooms do."""
        for thing in things:
            if isinstance(thing, CarePreferences):
                self.table.write([practice_put(thing.practice_id, thing.care_team_id)])
                continue
            self._stored.append(_KEYS[type(thing)](thing))
            self.table.write([Put(key=self._stored[-1], values=record(thing), condition=ALWAYS)])

    def forgets(self) -> None:
        """Remove what was stored."""
        for key in self._stored:
            self.table.write([Delete(key=key)])
        self._stored.clear()

    def has_preferences(self, member: Member, preferences: Any) -> None:
        key = keys.preferences(member.organization_kind, member.organization_id, member.user_id)
        self.table.write([Put(key=key, values=record(preferences), condition=ALWAYS)])

    @contextmanager
    def costs(self, *requests: str) -> Any:
        """Hold what is done inside to these requests, in no order."""
        before = len(self._client.requests)
        yield
        assert sorted(self._client.requests[before:]) == sorted(requests)


def somebody(
    user_id: str,
    *roles: Role,
    kind: OrganizationKind = OrganizationKind.PRACTICE,
    organization_id: str = PRACTICE_ID,
    **changes: Any,
) -> Member:
    """A member at work."""
    values: dict[str, Any] = {
        "user_id": user_id,
        "organization_kind": kind,
        "organization_id": organization_id,
        "email": f"{user_id}@people.example",
        "name": f"Name of {user_id}",
        "roles": frozenset(roles or {Role.PRACTICE_STAFF}),
        "state": MemberState.ACTIVE,
        "invited_at": NOW,
        "invited_by": "person-0",
        "expires_at": None,
    }
    return Member(**(values | changes))


def a_fact(name: str, *, fact_id: str = "fact-1", at: datetime = NOW, **detail: Any) -> Fact:
    """A fact as it is read from the bus, or made for a reminder."""
    plain = {key: _plain(value) for key, value in detail.items()}
    subject = FORMS[name].subject
    return Fact(name=name, fact_id=fact_id, subject_id=plain.get(subject, ""), occurred_at=at, detail=plain)


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return rfc3339(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(each) for each in value]
        case _:
            return value
