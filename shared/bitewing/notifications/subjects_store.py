"""What facts are about, read from the table: all that a fact names in one request."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from bitewing.aws import keys
from bitewing.aws.schemas import read_if_found
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import CaseDay
from bitewing.cases.case import Case
from bitewing.directory.organization import Connection, Lab, Practice
from bitewing.files.case_file import CaseFile
from bitewing.kernel.addresses import case_day_link, case_link, inbox_link, period_link, request_link
from bitewing.kernel.caller import OrganizationKind
from bitewing.match_runs.run import MatchRun
from bitewing.members.member import Member
from bitewing.notifications.fact import Fact
from bitewing.notifications.known import Known
from bitewing.notifications.looking_up import case_days, cases, organizations, periods
from bitewing.notifications.looking_up.case_days import DayFound
from bitewing.notifications.looking_up.cases import CaseFound
from bitewing.notifications.looking_up.organizations import OrganizationFound
from bitewing.notifications.looking_up.periods import PeriodFound
from bitewing.notifications.templates.catalog import TOPICS
from bitewing.notifications.templates.topic import FIELDS, Topic
from bitewing.planning.session import PlanningSession
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

T = TypeVar("T")

#: Where what facts name is kept, by what it is: the fields that its key is made of, and the key. What a fact names
#: every field of is read.
_PLACES: Final[Mapping[type, tuple[tuple[str, ...], Callable[..., keys.Key]]]] = {
    Case: (("case_id",), keys.case),
    CaseFile: (("case_id", "file_id"), keys.file),
    PlanningSession: (("case_id", "session_id"), keys.session),
    Practice: (("practice_id",), keys.practice),
    Lab: (("lab_id",), keys.lab),
    CaseDay: (("case_day_id",), keys.case_day),
    CareTeam: (("care_team_id",), keys.care_team),
    Clinician: (("care_team_id", "clinician_id"), keys.clinician),
    SchedulingPeriod: (("care_team_id", "period_id"), keys.period),
    Availability: (("care_team_id", "period_id", "clinician_id"), keys.availability),
    CaseDayRequest: (("request_id",), keys.case_day_request),
    MatchRun: (("care_team_id", "period_id", "run_id"), keys.match_run),
    Connection: (("practice_id", "lab_id"), keys.connection),
    Member: (("organization_kind", "organization_id", "user_id"), keys.member),
}
#: What is read of facts, by the field that names what they are about; the first that a fact has counts.
_READ: Final[Mapping[str, tuple[type, ...]]] = {
    "case_day_id": (CaseDay, CareTeam, Clinician, Case),
    "case_id": (Case, Practice, Lab, PlanningSession, CaseFile),
    "period_id": (SchedulingPeriod, CareTeam, Practice, CaseDayRequest, Clinician, Availability, MatchRun),
}
_OF_ORGANIZATIONS: Final = (Practice, Lab, Connection, Member)
#: Where the organization of a person is kept; the platform has no record of its own.
_ORGANIZATIONS: Final[Mapping[str, tuple[type, Callable[[str], keys.Key]]]] = {
    OrganizationKind.PRACTICE: (Practice, keys.practice),
    OrganizationKind.LAB: (Lab, keys.lab),
    OrganizationKind.CARE_TEAM: (CareTeam, keys.care_team),
}


class TableSubjects:
    """Keeps the port :class:`bitewing.notifications.ports.Subjects` over the table."""

    def __init__(self, table: Table, *, web_origin: str, now: Callable[[], datetime]) -> None:
        self._table, self._web_origin, self._now = table, web_origin, now

    def known(self, fact: Fact, template: str, *, reader: OrganizationKind) -> Known | None:
        """Return what the fields of a template say of a fact now, or ``None`` where it is no longer so.

        One request, and one more for where a Case Day is whose calendar entry changes; none for what is gathered of
        other messages.
        """
        topic = TOPICS[template]
        if topic is Topic.DIGEST:
            return Known(values={"link": inbox_link(self._web_origin)})
        subject = next((name for name in _READ if fact.id_of(name)), "")
        look = {"case_day_id": self._of_case_day, "case_id": self._of_case, "period_id": self._of_period}
        return look.get(subject, self._of_organization)(fact, topic, reader)

    def _of_case(self, fact: Fact, topic: Topic, reader: OrganizationKind) -> Known | None:
        found = self._read(fact, _READ["case_id"])
        if (case := found.one(Case)) is None:
            return None
        practice = found.one(Practice)
        around = CaseFound(
            case=case,
            practice=practice,
            lab=found.one(Lab),
            session=found.one(PlanningSession),
            file=found.one(CaseFile),
        )
        if not cases.is_still_so(fact, around, now=self._now()):
            return None
        # Where nobody can sign in, no page opens.
        is_closed = reader is OrganizationKind.PRACTICE and practice is not None and practice.is_guest
        calendar = cases.calendar_of(fact, around) if topic is Topic.SESSION else None
        return Known(
            values=_said(
                topic, cases.values_of(fact, around, reader=reader), "" if is_closed else self._link(fact, topic)
            ),
            calendar=calendar,
            calendar_name=cases.CALENDAR_NAME if calendar is not None else "",
        )

    def _of_case_day(self, fact: Fact, topic: Topic, reader: OrganizationKind) -> Known | None:
        found = self._read(fact, _READ["case_day_id"])
        if (day := found.one(CaseDay)) is None:
            return None
        around = DayFound(day=day, care_team=found.one(CareTeam), clinician=found.one(Clinician), case=found.one(Case))
        if not case_days.is_still_so(fact, around, now=self._now()):
            return None
        values = _said(topic, case_days.values_of(fact, around), self._link(fact, topic))
        if topic is not Topic.CASE_DAY or not case_days.has_calendar(fact, day):
            return Known(values=values)
        site = read_if_found(Site, self._table.get(keys.site(day.practice_id, day.site_id)))
        calendar = case_days.calendar_of(day, site, reader=reader)
        return Known(values=values, calendar=calendar, calendar_name=case_days.CALENDAR_NAME)

    def _of_period(self, fact: Fact, topic: Topic, reader: OrganizationKind) -> Known | None:
        found = self._read(fact, _READ["period_id"])
        if (period := found.one(SchedulingPeriod)) is None:
            return None
        around = PeriodFound(
            period=period,
            care_team=found.one(CareTeam),
            practice=found.one(Practice),
            request=found.one(CaseDayRequest),
            clinician=found.one(Clinician),
            availability=found.one(Availability),
            run=found.one(MatchRun),
        )
        if not periods.is_still_so(fact, around, reader=reader, now=self._now()):
            return None
        return Known(values=_said(topic, periods.values_of(fact, around), self._link(fact, topic)))

    def _of_organization(self, fact: Fact, topic: Topic, _: OrganizationKind) -> Known | None:
        kind, organization_id = fact.id_of("organization_kind"), fact.id_of("organization_id")
        of_person = _ORGANIZATIONS.get(kind)
        own = {of_person[0]: of_person[1](organization_id)} if of_person is not None else {}
        found = self._read(fact, _OF_ORGANIZATIONS, own)
        around = OrganizationFound(
            practice=found.one(Practice),
            lab=found.one(Lab),
            connection=found.one(Connection),
            organization=found.one(of_person[0]) if of_person is not None else None,
            member=found.one(Member),
        )
        if not organizations.is_still_so(fact, around):
            return None
        return Known(values=_said(topic, organizations.values_of(fact, around), self._link(fact, topic)))

    def _link(self, fact: Fact, topic: Topic) -> str:
        match topic:
            case Topic.CASE | Topic.SESSION | Topic.SHIPMENT:
                return case_link(self._web_origin, fact.id_of("case_id"))
            case Topic.CASE_DAY:
                return case_day_link(self._web_origin, fact.id_of("case_day_id"))
            case Topic.REQUEST:
                return request_link(self._web_origin, fact.id_of("request_id"))
            case Topic.PERIOD:
                return period_link(self._web_origin, fact.id_of("period_id"))
            case _:
                return organizations.link_of(fact, self._web_origin)

    def _read(self, fact: Fact, kinds: tuple[type, ...], others: Mapping[type, keys.Key] | None = None) -> "_Found":
        """Return what a fact names of some kinds, as it is now; one request, or none where it names nothing."""
        wanted = {
            kind: key(*map(fact.id_of, named))
            for kind, (named, key) in _PLACES.items()
            if kind in kinds and all(map(fact.id_of, named))
        } | dict(others or {})
        items = self._table.get_all(wanted.values(), is_consistent=True) if wanted else []
        return _Found(wanted, {(item["pk"], item["sk"]): item for item in items})


class _Found:
    """What was read."""

    def __init__(self, wanted: Mapping[type, keys.Key], items: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        self._wanted, self._items = wanted, items

    def one(self, kind: type[T]) -> T | None:
        """Return the one thing of a kind; ``None`` where it was not looked for, or is not there."""
        key = self._wanted.get(kind)
        return None if key is None else read_if_found(kind, self._items.get((key["pk"], key["sk"])))


def _said(topic: Topic, values: Mapping[str, Any], link: str) -> dict[str, Any]:
    """Return those of some values that a topic has a field for and that say something."""
    known = {**values, "link": link}
    return {name: known[name] for name in FIELDS[topic] if known.get(name) not in (None, "", ())}
