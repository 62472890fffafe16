"""The report, held to a recount of the cases themselves, however their events are told."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from bitewing.cases.events import CaseSubmitted
from bitewing.cases.review_events import CaseReturned
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import Lab
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import InvalidInput, RoleNotAllowed, Unknown
from bitewing.precheck.not_for_labs import NOT_FOR_LABS
from bitewing.reports.rule_report import Counts, Tally, increments_of, month_of, report
from bitewing.reports.service import CountingService, ReportService
from bitewing.requirements.case_types import CaseType
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import LAB_ID, NOW, a_lab
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_PRACTICE, PLATFORM, a_caller
from tests.support.clock import Clock
from tests.support.reports import InMemoryRuleCounts

RULES = ("FIL-REQUIRED", "MSH-HOLES", "SHD-PHOTO")
TYPES = (CaseType.CROWN, CaseType.SURGICAL_GUIDE)


@dataclass(frozen=True)
class Sending:
    """One sending of a case, as it was; ``back`` says when it came back, and for what.

    ``is_first`` is the first that the lab received, of a case that was sent first at ``first_at``.
    """

    case_id: str
    lab_id: str
    case_type: CaseType
    number: int
    at: datetime
    fired: frozenset[str]
    acknowledged: frozenset[str]
    back_after: timedelta | None
    back_for: frozenset[str]
    is_first: bool = True
    first_at: datetime | None = None
    sent_by: Party = Party.PRACTICE

    def events(self):
        head = {"case_id": self.case_id, "practice_id": "practice-1", "lab_id": self.lab_id, "case_version": 1}
        yield CaseSubmitted(
            **head,
            event_id=f"{self.case_id}-{self.number}-sent",
            occurred_at=self.at,
            case_type=self.case_type,
            submission_number=self.number,
            sent_by=self.sent_by,
            rules_fired=tuple(sorted(self.fired)),
            acknowledged=tuple(sorted(self.acknowledged)),
        )
        if self.back_after is not None:
            yield CaseReturned(
                **head,
                event_id=f"{self.case_id}-{self.number}-back",
                occurred_at=self.at + self.back_after,
                case_type=self.case_type,
                to=Status.RETURNED,
                submission_number=self.number,
                submitted_at=self.at,
                sent_by=self.sent_by,
                is_first_pass=self.is_first,
                first_sent_at=self.first_at or self.at,
                return_number=self.number,
                reasons=(),
                rule_ids=tuple(sorted(self.back_for)),
            )


SENDING = Sending(
    case_id="case-1",
    lab_id=LAB_ID,
    case_type=CaseType.CROWN,
    number=1,
    at=NOW,
    fired=frozenset(),
    acknowledged=frozenset(),
    back_after=None,
    back_for=frozenset(),
)


@st.composite
def some_sendings(draw):
    sendings = []
    for case in range(draw(st.integers(0, 6))):
        lab_id, case_type = draw(st.sampled_from((LAB_ID, "lab-2"))), draw(st.sampled_from(TYPES))
        first_at = at = NOW - timedelta(days=draw(st.integers(0, 100)))
        sent_by, is_received = draw(st.sampled_from((Party.PRACTICE, Party.LAB))), False
        for number in range(1, draw(st.integers(1, 4)) + 1):
            # Some sendings end before the lab has the case: it is sent again, and the lab gave nothing back.
            is_stopped = draw(st.booleans())
            fired = draw(st.frozensets(st.sampled_from(RULES)))
            sending = Sending(
                case_id=f"case-{case}",
                lab_id=lab_id,
                case_type=case_type,
                number=number,
                at=at,
                fired=fired,
                acknowledged=draw(st.frozensets(st.sampled_from(sorted(fired)))) if fired else frozenset(),
                back_after=timedelta(days=draw(st.integers(0, 60))) if not is_stopped and draw(st.booleans()) else None,
                back_for=draw(st.frozensets(st.sampled_from(RULES))),
                is_first=not is_stopped and not is_received and sent_by is Party.PRACTICE,
                first_at=first_at,
                sent_by=sent_by,
            )
            sendings.append(sending)
            is_received = is_received or not is_stopped
            if sending.back_after is None and not is_stopped:
                break
            at += sending.back_after or timedelta(days=1)
    return sendings


def recounted(sendings, lab_id, case_type=None):
    """What the report should say, counted from the sendings themselves."""
    mine = [
        s
        for s in sendings
        if s.sent_by is Party.PRACTICE and lab_id in (None, s.lab_id) and case_type in (None, s.case_type)
    ]
    first = {s.case_id for s in mine}
    back = [s for s in mine if s.back_after is not None]
    passed = first - {s.case_id for s in back if s.is_first}
    rules = {
        rule_id: (
            sum(rule_id in s.fired for s in mine),
            sum(rule_id in s.acknowledged for s in mine),
            sum(rule_id in s.back_for for s in back),
        )
        for rule_id in RULES
    }
    return {
        "submissions": len(mine),
        "came_back": len(back),
        "first_submissions": len(first),
        "first_came_back": len(first) - len(passed),
        "first_pass_rate": round(len(passed) / len(first), 4) if first else None,
        "rules": {rule_id: counts for rule_id, counts in rules.items() if any(counts)},
    }


def shown(section):
    return {
        "submissions": section.submissions,
        "came_back": section.came_back,
        "first_submissions": section.first_submissions,
        "first_came_back": section.first_came_back,
        "first_pass_rate": section.first_pass_rate,
        "rules": {line.rule_id: (line.fired, line.overridden, line.came_back) for line in section.rules},
    }


@settings(max_examples=150, deadline=None)
@given(sendings=some_sendings(), data=st.data())
def test_events_in_any_order_and_any_number_give_what_a_recount_gives(sendings, data):
    events = [event for sending in sendings for event in sending.events()]
    again = data.draw(st.lists(st.sampled_from(events), max_size=10)) if events else []
    told = data.draw(st.permutations(events + again))
    counts = InMemoryRuleCounts()
    counting = CountingService(counts, now=Clock())
    assert sum(counting.count(event) for event in told) == sum(event.sent_by is Party.PRACTICE for event in events)
    reports = ReportService(counts, Labs(), now=lambda: NOW + timedelta(days=100))
    for lab_id in (LAB_ID, "lab-2", None):
        found = read(reports, lab_id)
        assert shown(found.total) == recounted(sendings, lab_id)
        types = {s.case_type for s in sendings if s.sent_by is Party.PRACTICE and lab_id in (None, s.lab_id)}
        assert [section.case_type for section in found.by_type] == sorted(types)
        for section in found.by_type:
            assert shown(section) == recounted(sendings, lab_id, section.case_type)


class Labs:
    def lab(self, lab_id: str) -> Lab | None:
        return a_lab(lab_id=lab_id) if lab_id in (LAB_ID, "lab-2") else None


def read(reports, lab_id, caller=PLATFORM, **wanted):
    span = {"from_month": None, "to_month": None, "case_type": None, **wanted}
    return reports.of_all(caller, **span) if lab_id is None else reports.of_lab(caller, lab_id, **span)


@pytest.fixture
def counts():
    return InMemoryRuleCounts()


@pytest.fixture
def reports(counts):
    return ReportService(counts, Labs(), now=Clock())


def count(counts, *sendings):
    for sending in sendings:
        for event in sending.events():
            CountingService(counts, now=Clock()).count(event)


def test_what_comes_back_is_counted_in_the_month_in_which_it_was_sent(counts, reports):
    late = replace(SENDING, at=datetime(2026, 1, 31, 23, 59, tzinfo=UTC), back_after=timedelta(days=20))
    count(counts, late)
    january = read(reports, LAB_ID, from_month="2026-01", to_month="2026-01").total
    assert (january.first_submissions, january.first_came_back, january.first_pass_rate) == (1, 1, 0.0)
    february = read(reports, LAB_ID, from_month="2026-02", to_month="2026-02")
    assert (february.total.submissions, february.total.first_pass_rate, february.by_type) == (0, None, ())


def test_a_sending_comes_back_once_however_often_its_lab_says_so(counts):
    counting = CountingService(counts, now=Clock())
    sent, back = replace(SENDING, back_after=timedelta(days=1)).events()
    assert counting.count(sent)
    assert counting.count(back)
    assert not counting.count(replace(back, event_id="another", return_number=2, to=Status.MISSING_INFO))


def test_only_first_sendings_count_for_the_first_pass(counts, reports):
    count(counts, replace(SENDING, back_after=timedelta(days=1)), replace(SENDING, number=2, is_first=False))
    total = read(reports, LAB_ID).total
    assert (total.submissions, total.first_submissions, total.first_pass_rate) == (2, 1, 0.0)


def test_a_case_whose_first_sending_was_stopped_by_a_machine_does_not_pass_with_it(counts, reports):
    # Given a case that a machine stopped in January, and that came back when the lab had it, in February
    january, february = datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    stopped = replace(SENDING, at=january)
    back = replace(SENDING, number=2, at=february, first_at=january, back_after=timedelta(days=1))
    other = replace(SENDING, case_id="case-2", at=january)
    # When it is told in any order
    count(counts, back, other, stopped)
    # Then of the two cases of January one has passed.
    first = read(reports, LAB_ID, from_month="2026-01", to_month="2026-01").total
    assert (first.first_submissions, first.first_came_back, first.first_pass_rate) == (2, 1, 0.5)
    then = read(reports, LAB_ID, from_month="2026-02", to_month="2026-02").total
    assert (then.submissions, then.came_back, then.first_submissions, then.first_came_back) == (1, 1, 0, 0)


def test_what_a_lab_sends_to_itself_is_not_counted(counts, reports):
    fired = frozenset({"MSH-HOLES"})
    own = replace(SENDING, sent_by=Party.LAB, fired=fired, acknowledged=fired, back_after=timedelta(1), back_for=fired)
    count(counts, own, replace(SENDING, case_id="case-2", fired=fired))
    total = read(reports, LAB_ID).total
    assert (total.submissions, total.came_back, total.first_submissions, total.first_pass_rate) == (1, 0, 1, 1.0)
    assert [(line.fired, line.overridden, line.came_back) for line in total.rules] == [(1, 0, 0)]


def test_of_rules_about_the_practice_and_its_other_cases_the_platform_reads_and_no_lab(counts, reports):
    count(counts, replace(SENDING, fired=NOT_FOR_LABS | {"MSH-HOLES"}, acknowledged=frozenset({"CSE-DUPLICATE"})))
    told = read(reports, LAB_ID, FROM_LAB)
    for section in (told.total, *told.by_type):
        assert [line.rule_id for line in section.rules] == ["MSH-HOLES"]
    for lab_id in (LAB_ID, None):
        everything = read(reports, lab_id, PLATFORM)
        assert {line.rule_id for line in everything.total.rules} == NOT_FOR_LABS | {"MSH-HOLES"}


def test_shares_are_of_what_they_say(counts, reports):
    fired = frozenset({"MSH-HOLES"})
    count(
        counts,
        replace(SENDING, case_id="a", fired=fired, acknowledged=fired, back_after=timedelta(1), back_for=fired),
        replace(SENDING, case_id="b", fired=fired),
        replace(SENDING, case_id="c", fired=fired),
        replace(SENDING, case_id="d", back_after=timedelta(1), back_for=frozenset({"SHD-PHOTO"})),
    )
    holes, photo = read(reports, LAB_ID).total.rules
    assert (holes.rule_id, holes.fired_share, holes.overridden_share, holes.came_back_share) == (
        *("MSH-HOLES", 0.75, 0.3333),
        0.25,
    )
    assert (photo.rule_id, photo.fired_share, photo.overridden_share, photo.came_back_share) == (
        *("SHD-PHOTO", 0.0, None),
        0.25,
    )


def test_rules_are_listed_by_what_came_back_then_by_what_fired_then_by_id():
    of = {
        (Tally.RULE_FIRED, "C"): 9,
        (Tally.RULE_FIRED, "B"): 9,
        (Tally.RULE_CAME_BACK, "D"): 1,
        (Tally.RULE_OVERRIDDEN, "A"): 1,
    }
    counts = Counts(month="2026-03", case_type=CaseType.CROWN, of=of)
    found = report([counts], lab_id=None, from_month="2026-03", to_month="2026-03")
    assert [line.rule_id for line in found.total.rules] == ["D", "B", "C", "A"]


def test_a_return_that_is_told_before_its_sending_makes_no_rate_below_zero(counts, reports):
    sent, back = replace(SENDING, back_after=timedelta(days=1), back_for=frozenset({"MSH-HOLES"})).events()
    counting = CountingService(counts, now=Clock())
    counting.count(back)
    assert read(reports, LAB_ID).total.first_pass_rate is None
    other = next(iter(replace(SENDING, case_id="case-2").events()))
    counting.count(other)
    counting.count(replace(back, case_id="case-3"))
    total = read(reports, LAB_ID).total
    assert (total.first_pass_rate, total.rules[0].came_back_share) == (0.0, 1.0)
    counting.count(sent)
    assert read(reports, LAB_ID).total.first_submissions == 2


def test_a_month_is_that_of_utc():
    assert month_of(datetime(2026, 3, 31, 23, 59, tzinfo=UTC)) == "2026-03"
    sent = next(iter(SENDING.events()))
    assert [increment.once for increment in increments_of(sent)] == ["case-1#1#sent"]


def test_a_case_type_is_read_alone(counts, reports):
    count(counts, SENDING, replace(SENDING, case_id="case-2", case_type=CaseType.VENEER))
    found = read(reports, LAB_ID, case_type=CaseType.VENEER)
    assert [section.case_type for section in found.by_type] == [CaseType.VENEER]
    assert found.total.submissions == 1


@pytest.mark.parametrize(
    ("wanted", "span"),
    [
        ({}, ("2025-04", "2026-03")),
        ({"to_month": "2026-01"}, ("2025-02", "2026-01")),
        ({"from_month": "2026-03"}, ("2026-03", "2026-03")),
        ({"from_month": "2024-04", "to_month": "2026-03"}, ("2024-04", "2026-03")),
    ],
)
def test_a_report_tells_of_twelve_months_or_of_those_that_are_asked_for(reports, wanted, span):
    found = read(reports, None, **wanted)
    assert (found.from_month, found.to_month) == span


@pytest.mark.parametrize(
    ("wanted", "parameter"),
    [
        ({"from_month": "2024-03", "to_month": "2026-03"}, "from"),
        ({"from_month": "2026-04"}, "from"),
        ({"from_month": "2026-13"}, "from"),
        ({"from_month": "2026-00"}, "from"),
        ({"from_month": "March"}, "from"),
        ({"to_month": "2026-3"}, "to"),
        ({"to_month": "2026-03\n"}, "to"),
        ({"to_month": "٢٠٢٦-03"}, "to"),
    ],
)
def test_months_that_are_none_or_too_many_are_refused(reports, wanted, parameter):
    for lab_id in (LAB_ID, None):
        with pytest.raises(InvalidInput) as refused:
            read(reports, lab_id, **wanted)
        assert [error.pointer for error in refused.value.errors] == [parameter]


def test_a_lab_reads_its_own_report_and_the_platform_every_one(counts, reports):
    count(counts, SENDING)
    assert read(reports, LAB_ID, FROM_LAB) == read(reports, LAB_ID, PLATFORM)
    assert read(reports, LAB_ID, FROM_LAB).total.submissions == 1
    assert read(reports, "lab-2", FROM_OTHER_LAB).total.submissions == 0


@pytest.mark.parametrize(("caller", "lab_id"), [(FROM_OTHER_LAB, LAB_ID), (PLATFORM, "lab-9")])
def test_the_report_of_another_lab_or_of_none_is_unknown(reports, caller, lab_id):
    with pytest.raises(Unknown, match="lab"):
        read(reports, lab_id, caller)


@pytest.mark.parametrize(
    "caller",
    [
        FROM_PRACTICE,
        CLINICIAN,
        a_caller(LAB_ID, OrganizationKind.LAB, Role.PRACTICE_ADMIN),
        a_caller(LAB_ID, OrganizationKind.PRACTICE, Role.LAB_ADMIN),
        a_caller(LAB_ID, OrganizationKind.LAB, Role.PLATFORM_ADMIN),
    ],
)
def test_who_has_no_role_of_a_lab_or_of_the_platform_reads_no_report(reports, caller):
    for lab_id in (LAB_ID, None):
        with pytest.raises(RoleNotAllowed):
            read(reports, lab_id, caller)


def test_a_lab_does_not_read_the_report_of_all(reports):
    with pytest.raises(RoleNotAllowed):
        read(reports, None, FROM_LAB)
