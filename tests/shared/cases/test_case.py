from datetime import date, timedelta
from itertools import product

import pytest
from bitewing.cases.attention import STATUS_ORDER, attention_key
from bitewing.cases.disclosure import case_day_told_to
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.status import (
    COLORS,
    HAS_DUE_DATE,
    HOLDABLE,
    MOVES,
    SHOWN_AS,
    WAITS_FOR,
    Color,
    Party,
    Status,
    WaitsFor,
)
from bitewing.kernel.errors import MoveNotAllowed, PacketLocked
from bitewing.requirements.case_types import CaseType
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import NOW, a_case, a_packet
from tests.support.changes import a_sent_case, a_submission

LATER = NOW + timedelta(hours=1)

#: As the people of the practice and the lab know them: from where to where each party moves a case.
PRACTICE_MOVES = """
    draft: processing cancelled
    missing_info: processing
    returned: processing
    received: processing
    ready_to_plan: processing planning_scheduled
    planning_scheduled: processing ready_to_plan
    planning_no_show: processing planning_scheduled
"""
SYSTEM_MOVES = """
    processing: received missing_info
    shipped: delivered
"""
LAB_MOVES = """
    processing: on_hold cancelled
    received: missing_info returned ready_to_plan manufacturing on_hold cancelled
    missing_info: on_hold cancelled
    returned: on_hold cancelled
    ready_to_plan: missing_info returned on_hold cancelled
    planning_scheduled: manufacturing planning_no_show ready_to_plan missing_info on_hold cancelled
    planning_no_show: on_hold cancelled
    manufacturing: missing_info returned finished on_hold cancelled
    finished: shipped on_hold cancelled
    shipped: delivered
    on_hold: processing received missing_info returned ready_to_plan planning_scheduled
    on_hold: planning_no_show manufacturing finished cancelled
"""
#: What a lab does beside that with what it started itself: it sends and plans it, and throws drafts of it away.
STARTED_BY_LAB = """
    draft: processing cancelled
    missing_info: processing
    returned: processing
    ready_to_plan: planning_scheduled
    planning_no_show: planning_scheduled
"""


def as_moves(party, text):
    for line in text.split("\n"):
        start, _, ends = line.strip().partition(": ")
        yield from ((Status(start), Status(end), party) for end in ends.split())


ALLOWED = {
    *as_moves(Party.PRACTICE, PRACTICE_MOVES),
    *as_moves(Party.SYSTEM, SYSTEM_MOVES),
    *as_moves(Party.LAB, LAB_MOVES),
}
#: The same of a case that its lab started.
ALLOWED_OF_LAB_STARTED = ALLOWED | {*as_moves(Party.LAB, STARTED_BY_LAB)}
#: Made only of types that are planned virtually, and only of others.
OF_PLANNED = (Status.RECEIVED, Status.READY_TO_PLAN)
OF_OTHERS = (Status.RECEIVED, Status.MANUFACTURING)


@pytest.mark.parametrize("start", sorted(set(Status) - {Status.ON_HOLD}))
@pytest.mark.parametrize(
    ("case_type", "left_out"),
    [(CaseType.SURGICAL_GUIDE, OF_OTHERS), (CaseType.CROWN, OF_PLANNED)],
    ids=["of a planned type", "of another type"],
)
@pytest.mark.parametrize(
    ("started_by", "table"),
    [(Party.PRACTICE, ALLOWED), (Party.LAB, ALLOWED_OF_LAB_STARTED)],
    ids=["started by the practice", "started by the lab"],
)
def test_a_case_moves_as_the_table_says_and_in_no_other_way(start, started_by, table, case_type, left_out):
    allowed = {move for move in table if move[:2] != left_out}
    for to, party in product(Status, Party):
        case = a_case(status=start, due_on=date(2026, 3, 16), started_by=started_by, case_type=case_type)
        if (start, to, party) in allowed:
            moved = case.moved_to(to, by=party, at=LATER)
            assert (moved.status, moved.moved_at, moved.version) == (to, LATER, 2)
            assert moved.last_modified_at == NOW
        else:
            with pytest.raises(MoveNotAllowed) as refused:
                case.moved_to(to, by=party, at=LATER)
            assert refused.value.facts() == {
                "current_status": start,
                "allowed_moves": sorted(end for begin, end, who in allowed if begin is start and who is party),
            }


def test_the_table_of_moves_is_the_one_that_people_know_and_names_no_move_without_a_party():
    assert all(MOVES.values())
    assert {(*move, party) for move, parties in MOVES.items() for party in parties} == ALLOWED_OF_LAB_STARTED


@pytest.mark.parametrize("origin", HOLDABLE)
def test_a_paused_case_comes_back_to_where_it_was_or_ends(origin):
    held = a_sent_case(origin).held("The implant is not in stock.", at=LATER)
    allowed = {Party.LAB: {origin, Status.CANCELLED}}
    for to, party in product(Status, Party):
        if to in allowed.get(party, ()):
            assert held.moved_to(to, by=party, at=LATER).status is to
        else:
            with pytest.raises(MoveNotAllowed) as refused:
                held.moved_to(to, by=party, at=LATER)
            assert set(refused.value.allowed) == allowed.get(party, set())


def test_a_case_has_a_due_date_while_it_is_neither_prepared_nor_red_nor_paused_nor_cancelled():
    assert {status.value for status in HAS_DUE_DATE} == {
        *("processing", "received", "planning_scheduled", "manufacturing", "finished", "shipped", "delivered")
    }


@pytest.mark.parametrize("table", [COLORS, SHOWN_AS, WAITS_FOR])
def test_every_status_has_its_color_its_name_and_whom_it_waits_for(table):
    assert set(table) == set(Status)


@pytest.mark.parametrize(
    ("color", "statuses"),
    [
        (Color.RED, {"missing_info", "returned", "ready_to_plan", "planning_no_show"}),
        (Color.YELLOW, {"draft", "processing", "received"}),
        (Color.GREEN, {"planning_scheduled", "finished"}),
        (Color.WHITE, {"manufacturing", "shipped", "delivered", "on_hold", "cancelled"}),
    ],
)
def test_colors_say_whose_move_it_is(color, statuses):
    assert {status.value for status in Status if COLORS[status] is color} == statuses


def test_every_red_case_waits_for_its_practice():
    assert {WAITS_FOR[status] for status in Status if COLORS[status] is Color.RED} == {WaitsFor.PRACTICE}


def test_a_case_knows_its_color_whom_it_waits_for_and_whether_it_was_sent():
    draft, sent = a_case(), a_sent_case()
    assert (draft.color, draft.waits_for, draft.is_sent) == (Color.YELLOW, WaitsFor.PRACTICE, False)
    assert (sent.color, sent.waits_for, sent.is_sent) == (Color.YELLOW, WaitsFor.LAB, True)


def test_a_draft_waits_for_whoever_started_it():
    assert a_case(started_by=Party.LAB).waits_for is WaitsFor.LAB
    assert a_sent_case(Status.RETURNED, started_by=Party.LAB).waits_for is WaitsFor.PRACTICE


def test_a_red_case_has_no_due_date_and_another_keeps_it():
    case = a_sent_case(Status.PROCESSING)
    assert case.moved_to(Status.MISSING_INFO, by=Party.SYSTEM, at=LATER).due_on is None
    assert case.moved_to(Status.RECEIVED, by=Party.SYSTEM, at=LATER).due_on == case.due_on


@pytest.mark.parametrize("status", list(Status))
def test_a_packet_is_open_until_its_lab_begins_to_make_it_and_then_stands_still(status):
    case, packet = a_case(status=status), a_packet(description="Another one.")
    prepared = {Status.DRAFT, Status.MISSING_INFO, Status.RETURNED}
    before_it_is_made = {
        *(Status.RECEIVED, Status.READY_TO_PLAN),
        *(Status.PLANNING_SCHEDULED, Status.PLANNING_NO_SHOW),
    }
    if status in prepared | before_it_is_made:
        changed = case.with_packet(packet, at=LATER, contact="the lab")
        assert (changed.packet, changed.last_modified_at, changed.version) == (packet, LATER, 2)
        assert changed.moved_at == NOW
    else:
        with pytest.raises(PacketLocked) as refused:
            case.with_packet(packet, at=LATER, contact="the lab, +1 555")
        assert refused.value.facts() == {"current_status": status, "contact": "the lab, +1 555"}


def test_submissions_count_up_and_keep_what_was_acknowledged():
    def submit(case, at):
        return case.submitted(at=at, by="person-9", acknowledged={"B", "A"}, profile_version=7, due_on=date(2026, 4, 1))

    sent = submit(a_case(), LATER)
    assert sent.status is Status.PROCESSING
    assert sent.submission == a_submission(
        number=1, submitted_at=LATER, submitted_by="person-9", acknowledged=("A", "B"), profile_version=7
    )
    assert (sent.due_on, sent.last_modified_at, sent.moved_at, sent.version) == (date(2026, 4, 1), LATER, LATER, 2)
    back = sent.moved_to(Status.MISSING_INFO, by=Party.SYSTEM, at=LATER)
    assert submit(back, LATER + timedelta(days=1)).submission.number == 2


def sent(case, at=NOW, party=Party.PRACTICE):
    return case.submitted(at=at, by="p", acknowledged=(), profile_version=1, due_on=None, party=party)


def test_the_first_pass_is_the_first_sending_that_the_lab_received():
    # Given a case that the system stopped, and that was sent again
    stopped = sent(a_case()).moved_to(Status.MISSING_INFO, by=Party.SYSTEM, at=NOW)
    again = sent(stopped, at=NOW + timedelta(days=1))
    assert (stopped.first_received, stopped.is_first_pass) == (None, False)
    received = again.moved_to(Status.RECEIVED, by=Party.SYSTEM, at=NOW)
    # Then the second sending is its first pass, and the case was sent first with the first.
    assert (received.first_received, received.first_sent_at, received.is_first_pass) == (2, NOW, True)
    # And a third is no first pass.
    third = sent(received.moved_to(Status.RETURNED, by=Party.LAB, at=NOW))
    third = third.moved_to(Status.RECEIVED, by=Party.SYSTEM, at=NOW)
    assert (third.first_received, third.is_first_pass) == (2, False)


def test_what_a_lab_takes_in_itself_is_no_first_pass_of_a_practice():
    taken_in = sent(a_case(started_by=Party.LAB), party=Party.LAB)
    received = taken_in.moved_to(Status.RECEIVED, by=Party.SYSTEM, at=NOW)
    assert received.submission.sent_by is Party.LAB
    assert (received.first_received, received.first_sent_at, received.is_first_pass) == (1, None, False)


def test_a_case_that_was_never_sent_has_passed_nothing():
    assert not a_case().is_first_pass


@pytest.mark.parametrize(
    "status",
    ["processing", "manufacturing", "finished", "shipped", "delivered", "on_hold", "cancelled"],
)
def test_a_case_that_is_under_way_is_not_submitted_again(status):
    with pytest.raises(MoveNotAllowed):
        a_sent_case(Status(status)).submitted(at=LATER, by="p", acknowledged=(), profile_version=1, due_on=None)


# --- The order of lists ----------------------------------------------------------------------------


@pytest.mark.parametrize("reader", list(STATUS_ORDER))
def test_each_reader_has_an_order_of_all_statuses_in_which_colors_stand_together(reader):
    order = STATUS_ORDER[reader]
    assert sorted(order) == sorted(Status)
    colors = [COLORS[status] for status in order]
    assert colors == sorted(colors, key=[Color.RED, Color.YELLOW, Color.GREEN, Color.WHITE].index)


a_listed_case = st.tuples(
    st.sampled_from(Status),
    st.none() | st.dates(min_value=date(2024, 1, 1), max_value=date(2999, 1, 1)),
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=12, max_size=12),
)


@pytest.mark.parametrize("reader", list(STATUS_ORDER))
@given(cases=st.lists(a_listed_case, max_size=30, unique_by=lambda case: case[2]))
def test_lists_have_red_first_then_the_status_then_the_oldest_due_date_then_the_oldest_case(reader, cases):
    by_key = sorted(cases, key=lambda case: attention_key(reader, case[0], due_on=case[1], case_id=case[2]))

    def as_people_say(case):
        status, due_on, case_id = case
        color = [Color.RED, Color.YELLOW, Color.GREEN, Color.WHITE].index(COLORS[status])
        return color, STATUS_ORDER[reader].index(status), due_on is None, due_on or date.min, case_id

    assert by_key == sorted(cases, key=as_people_say)


def test_what_came_back_is_the_practices_to_fix_first_and_stays_red_for_the_lab():
    statuses = (Status.DRAFT, Status.RETURNED, Status.RECEIVED, Status.PROCESSING, Status.FINISHED)
    for reader in (Party.PRACTICE, Party.LAB):
        order = sorted(statuses, key=lambda status: attention_key(reader, status, due_on=None, case_id="A"))
        assert order[0] is Status.RETURNED
        assert order[-1] is Status.FINISHED


def test_practice_and_lab_each_see_first_what_waits_for_them():
    def first(reader, *statuses):
        return min(statuses, key=lambda status: attention_key(reader, status, due_on=None, case_id="A"))

    assert first(Party.PRACTICE, Status.DRAFT, Status.RECEIVED, Status.PROCESSING) is Status.DRAFT
    assert first(Party.LAB, Status.PROCESSING, Status.RECEIVED) is Status.RECEIVED
    assert first(Party.PRACTICE, Status.MISSING_INFO, Status.DRAFT) is Status.MISSING_INFO


@pytest.mark.parametrize(
    ("appointment_on", "day_on", "needed_on"),
    [
        (None, None, None),
        (date(2026, 4, 1), None, date(2026, 4, 1)),
        (None, date(2026, 4, 2), date(2026, 4, 2)),
        (date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 1)),
        (date(2026, 4, 3), date(2026, 4, 2), date(2026, 4, 2)),
    ],
)
def test_work_is_needed_on_the_earlier_of_the_appointment_and_the_case_day(appointment_on, day_on, needed_on):
    case_day = LinkedDay(case_day_id="day-1", on=day_on) if day_on else None
    assert a_case(packet=a_packet(appointment_on=appointment_on), case_day=case_day).needed_on == needed_on


def test_a_lab_is_told_nothing_of_the_case_day_itself():
    case = a_case(case_day=LinkedDay(case_day_id="day-1", on=date(2026, 4, 2)))
    assert case_day_told_to(case, Party.PRACTICE) == case.case_day
    assert case_day_told_to(case, Party.LAB) is None
