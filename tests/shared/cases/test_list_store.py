"""What every store of cases promises of lists: each page, of each order, with each filter, in memory and on tables."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from bitewing.aws import keys
from bitewing.aws.table import EXISTS, Condition
from bitewing.cases import listing as listing_module
from bitewing.cases.activity import Deed
from bitewing.cases.attention import STATUS_ORDER
from bitewing.cases.events import CaseArchived, event_head
from bitewing.cases.listing import Direction, Listing, Sort, folded, row_of, searched_words
from bitewing.cases.notes import Note
from bitewing.cases.review import NewNote
from bitewing.cases.review_events import CaseNoted
from bitewing.cases.sessions import BookedSession
from bitewing.cases.status import COLORS, Color, Party, Status, WaitsFor
from bitewing.kernel.errors import InvalidCursor, StaleVersion
from bitewing.kernel.wire import LAB_LIST_INDEXES, PRACTICE_LIST_INDEXES
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_file, a_packet, a_patient
from tests.support.callers import a_request
from tests.support.changes import a_change, a_check_event, a_file_change, a_sent_case, a_submission, an_answer, an_entry
from tests.support.in_memory import InMemoryCases, Memory

NAMES = (
    "Mira Holloway",
    "mira holloway",
    "Zoë Núñez",
    "Ann",
    "Ann Lee",
    "Åse",
    "山田太郎",
    "Ольга Ёлкина",
    "  ",
    "O'Neil",
)
SOME_STATUSES = (Status.DRAFT, Status.RECEIVED, Status.MISSING_INFO, Status.SHIPPED, Status.ON_HOLD)


@st.composite
def cases(draw, case_id):
    """A case of one practice and one lab, or of others; drafts are not sent."""
    status = draw(st.sampled_from(SOME_STATUSES))
    minutes = st.integers(0, 3)
    return a_case(
        case_id=case_id,
        status=status,
        practice_id=draw(st.sampled_from((PRACTICE_ID, PRACTICE_ID, "practice-2"))),
        lab_id=draw(st.sampled_from((LAB_ID, LAB_ID, "lab-2"))),
        dentist_id=draw(st.sampled_from(("dentist-1", "dentist-2"))),
        case_type=draw(st.sampled_from((CaseType.CROWN, CaseType.BRIDGE))),
        packet=a_packet(patient=a_patient(name=draw(st.sampled_from(NAMES)))),
        submission=None if status is Status.DRAFT else a_submission(),
        started_by=draw(st.sampled_from((Party.PRACTICE, Party.PRACTICE, Party.LAB))),
        is_planned_by_lab=draw(st.booleans()),
        due_on=draw(st.sampled_from((None, date(2026, 3, 9), date(2026, 3, 10)))),
        last_modified_at=NOW + timedelta(minutes=draw(minutes), microseconds=draw(st.integers(0, 1))),
        moved_at=NOW + timedelta(minutes=draw(minutes)),
        archived_by_practice_at=draw(st.sampled_from((None, None, NOW))),
        archived_by_lab_at=draw(st.sampled_from((None, None, NOW))),
    )


many_cases = st.integers(0, 12).flatmap(lambda count: st.tuples(*(cases(f"CASE{n:08d}") for n in range(count))))
listings = st.builds(
    Listing,
    sort=st.sampled_from(Sort),
    direction=st.sampled_from(Direction),
    waits_for=st.sampled_from((None, None, None, *WaitsFor)),
    is_archived=st.sampled_from((False, False, True)),
    statuses=st.sampled_from(((), (), (), (Status.DRAFT, Status.RECEIVED))).map(frozenset),
    colors=st.sampled_from(((), (), (), (Color.RED, Color.YELLOW))).map(frozenset),
    case_types=st.sampled_from(((), (), (CaseType.BRIDGE,))).map(frozenset),
    dentist_id=st.sampled_from((None, None, "dentist-2")),
    partner_id=st.sampled_from((None, None, None, LAB_ID, PRACTICE_ID)),
    words=st.sampled_from(("", "", "", "mi", "lee ann", "case0000", "елк", "o'ne", "x")).map(
        lambda text: searched_words(text) if text else ()
    ),
)


def modeled(cases, reader, organization_id, listing):
    """What a list has, in plain words: everything, what is asked for of it, and sorted as it is documented."""
    is_practice = reader is Party.PRACTICE
    mine = [case for case in cases if organization_id == (case.practice_id if is_practice else case.lab_id)]
    mine = [case for case in mine if is_practice or case.is_known_to_lab]

    def is_archived(case):
        return (case.archived_by_practice_at if is_practice else case.archived_by_lab_at) is not None

    if listing.is_archived or listing.sort is not Sort.ARCHIVED:
        mine = [case for case in mine if is_archived(case) == listing.is_archived]
    waits_for = listing.waits_for
    if listing.sort is Sort.WAITING and waits_for is None:
        waits_for = WaitsFor.PRACTICE if is_practice else WaitsFor.LAB
    for is_asked, keeps in (
        (waits_for, lambda case: case.waits_for is waits_for),
        (listing.statuses, lambda case: case.status in listing.statuses),
        (listing.colors, lambda case: case.color in listing.colors),
        (listing.case_types, lambda case: case.case_type in listing.case_types),
        (listing.dentist_id, lambda case: case.dentist_id == listing.dentist_id),
        (listing.partner_id, lambda case: listing.partner_id == (case.lab_id if is_practice else case.practice_id)),
        (listing.words, lambda case: all(_has(case, word) for word in listing.words)),
    ):
        mine = [case for case in mine if not is_asked or keeps(case)]
    colors, ranks = (Color.RED, Color.YELLOW, Color.GREEN, Color.WHITE), STATUS_ORDER[reader]

    def attention(case):
        return colors.index(COLORS[case.status]), ranks.index(case.status), case.due_on or date.max

    def name(case):
        folded_name = folded(case.packet.patient.name)
        return not folded_name, folded_name

    key = {
        Sort.ATTENTION: attention,
        Sort.STATUS: attention,
        Sort.CASE_ID: lambda _: (),
        Sort.PATIENT: name,
        Sort.TYPE: lambda case: case.case_type.value,
        Sort.DUE: lambda case: case.due_on or date.max,
        Sort.MODIFIED: lambda case: case.last_modified_at,
        Sort.WAITING: lambda case: case.moved_at,
        Sort.ARCHIVED: is_archived,
    }[listing.sort]
    return sorted(mine, key=lambda case: (key(case), case.case_id), reverse=listing.direction is Direction.DESC)


def _has(case, word):
    words = folded(case.packet.patient.name).split()
    by_name = all(any(each.startswith(begins) for each in words) for begins in word.begins)
    return by_name or case.case_id.lower().startswith((word.begins_id, *(word.begins if len(word.begins) == 1 else ())))


def all_pages(store, reader, organization_id, listing, limit):
    rows, start = [], None
    for _ in range(200):
        page = store.listed(reader, organization_id, listing, limit=limit, start=start)
        assert len(page.things) <= limit
        rows += page.things
        if (start := page.next) is None:
            return rows
        assert all("mira" not in value.lower() and "holloway" not in value.lower() for value in start.values())
    pytest.fail("the pages never end")


def put(stores, *cases):
    for case in cases:
        stores.cases.create(a_change(case), request=a_request(case.case_id), answer=an_answer(case))
    return cases


@settings(max_examples=300, deadline=None)
@given(many_cases, listings, st.sampled_from([Party.PRACTICE, Party.LAB]), st.sampled_from([1, 2, 3, 100]))
def test_the_pages_of_any_list_are_the_list_in_its_order(cases, listing, reader, limit):
    store = InMemoryCases(memory := Memory(lambda: NOW))
    memory.cases |= {case.case_id: case for case in cases}
    organization_id = PRACTICE_ID if reader is Party.PRACTICE else LAB_ID
    rows = all_pages(store, reader, organization_id, listing, limit)
    assert rows == [row_of(case) for case in modeled(cases, reader, organization_id, listing)]


@pytest.fixture
def filled(stores):
    """A store with 40 cases of two practices and two labs, always the same."""
    chance = random.Random(4)  # noqa: S311 - always the same cases
    found = []
    for number in range(40):
        status = chance.choice(SOME_STATUSES)
        found.append(
            a_case(
                case_id=f"CASE{number:08d}",
                status=status,
                practice_id=chance.choice((PRACTICE_ID, PRACTICE_ID, "practice-2")),
                lab_id=chance.choice((LAB_ID, LAB_ID, "lab-2")),
                dentist_id=chance.choice(("dentist-1", "dentist-2")),
                case_type=chance.choice((CaseType.CROWN, CaseType.BRIDGE)),
                packet=a_packet(patient=a_patient(name=chance.choice(NAMES))),
                submission=None if status is Status.DRAFT else a_submission(),
                started_by=chance.choice((Party.PRACTICE, Party.LAB)),
                due_on=chance.choice((None, date(2026, 3, 9), date(2026, 3, 10))),
                last_modified_at=NOW + timedelta(microseconds=chance.randrange(3)),
                moved_at=NOW + timedelta(minutes=chance.randrange(3)),
                archived_by_practice_at=chance.choice((None, None, NOW)),
                archived_by_lab_at=chance.choice((None, None, NOW)),
            )
        )
    put(stores, *found)
    return found


SIDES = ((Party.PRACTICE, PRACTICE_ID), (Party.LAB, LAB_ID))


def test_each_order_is_kept_both_ways_on_both_sides_page_by_page(stores, filled):
    for (reader, organization_id), sort, direction in product(SIDES, Sort, Direction):
        listing = Listing(sort=sort, direction=direction)
        expected = [row_of(case) for case in modeled(filled, reader, organization_id, listing)]
        for limit in (3, 100):
            assert all_pages(stores.cases, reader, organization_id, listing, limit) == expected, (listing, limit)
        assert expected


@pytest.mark.parametrize("looked_at", [3, 400])
def test_each_filter_leaves_out_the_others_and_a_page_goes_on_behind_the_last_that_it_shows(
    stores, filled, monkeypatch, looked_at
):
    monkeypatch.setattr(listing_module, "MAX_LOOKED_AT", looked_at)
    filters = [
        {"statuses": frozenset({Status.DRAFT, Status.SHIPPED})},
        {"statuses": frozenset({Status.RECEIVED})},
        {"colors": frozenset({Color.RED})},
        {"case_types": frozenset({CaseType.BRIDGE})},
        {"dentist_id": "dentist-2"},
        {"waits_for": WaitsFor.CARRIER},
        {"is_archived": True},
        {"words": searched_words("mira")},
        {"words": searched_words("lee an")},
        {"words": searched_words("case0000000")},
        {"words": searched_words("ol ел"), "dentist_id": "dentist-1"},
    ]
    for ((reader, organization_id), sort), of_list in product(product(SIDES, (Sort.PATIENT, Sort.ATTENTION)), filters):
        partner = {"partner_id": LAB_ID if reader is Party.PRACTICE else PRACTICE_ID}
        for kept in (of_list, of_list | partner):
            listing = Listing(sort=sort, **kept)
            expected = [row_of(case) for case in modeled(filled, reader, organization_id, listing)]
            assert all_pages(stores.cases, reader, organization_id, listing, 2) == expected, listing


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listing=listings, side=st.sampled_from(SIDES), limit=st.sampled_from([1, 2, 5, 100]))
def test_any_list_of_the_same_cases_is_the_same_in_every_store(stores, filled, listing, side, limit):
    expected = [row_of(case) for case in modeled(filled, *side, listing)]
    assert all_pages(stores.cases, *side, listing, limit) == expected


def test_a_cursor_of_a_list_by_name_has_no_name(stores):
    put(stores, *(a_sent_case(case_id=f"case-{number}") for number in range(3)))
    for reader, organization_id in SIDES:
        page = stores.cases.listed(reader, organization_id, Listing(sort=Sort.PATIENT), limit=1, start=None)
        assert page.next == {"part": "0", "after": "case-0"}


def test_a_list_does_not_go_on_behind_a_case_that_never_was(moto_stores):
    start = {"part": "0", "after": "nothing"}
    with pytest.raises(InvalidCursor):
        moto_stores.cases.listed(Party.LAB, LAB_ID, Listing(sort=Sort.PATIENT), limit=1, start=start)


def test_a_row_has_all_that_a_list_shows(stores):
    session = BookedSession(session_id="s", planner=1, starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    (case,) = put(stores, a_sent_case(session=session, precheck_outcome=Outcome.WARN, started_by=Party.LAB))
    for reader, organization_id in SIDES:
        page = stores.cases.listed(reader, organization_id, Listing(), limit=5, start=None)
        assert page.things == (row_of(case),)


def test_what_changes_without_a_version_is_in_the_row_too(stores):
    (case,) = put(stores, a_sent_case())
    assert stores.cases.record_check(replace(case, precheck_outcome=Outcome.BLOCK), a_check_event(case))
    (row,) = stores.cases.listed(Party.PRACTICE, PRACTICE_ID, Listing(sort=Sort.DUE), limit=5, start=None).things
    assert row.precheck_outcome is Outcome.BLOCK


def test_a_note_and_a_file_of_the_practice_move_a_case_among_those_that_were_modified(stores):
    cases = put(stores, *(a_sent_case(Status.MISSING_INFO, case_id=f"case-{n}", due_on=None) for n in range(3)))
    assert listed(stores, Party.LAB, sort=Sort.MODIFIED) == ["case-0", "case-1", "case-2"]
    # When the practice writes a note on the first, and later announces a file of the second
    at = NOW + timedelta(hours=1)
    note = Note(note_id="note", case_id="case-0", at=at, by=Party.PRACTICE, user_id="person-1", text="Soon.")
    noted = CaseNoted(**event_head(cases[0], at=at), note_id="note", by=Party.PRACTICE)
    new = NewNote(note=note, entry=an_entry(cases[0], deed=Deed.NOTED), event=noted, status=Status.MISSING_INFO)
    stores.reviews.add_note(new, request=a_request("note"))
    change = a_file_change(cases[1], a_file(case_id="case-1"), decided_on=cases[1], at=NOW + timedelta(hours=2))
    stores.files.announce(change, request=a_request("file"))
    # Then each stands where the row says, on both sides
    for reader, _ in SIDES:
        assert listed(stores, reader, sort=Sort.MODIFIED) == ["case-2", "case-0", "case-1"]
    rows = stores.cases.listed(Party.LAB, LAB_ID, Listing(sort=Sort.MODIFIED), limit=5, start=None).things
    assert [row.last_modified_at for row in rows] == [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)]


# --- Archive ---------------------------------------------------------------------------------------


def archive(stores, case, party, at=NOW):
    changed = case.archived(party, at)
    event = CaseArchived(
        event_id=f"archived-{party}-{at}",
        occurred_at=NOW,
        case_id=case.case_id,
        practice_id=case.practice_id,
        lab_id=case.lab_id,
        case_version=case.version,
        by=party,
    )
    entry = an_entry(case, deed=Deed.ARCHIVED, by=party)
    return stores.cases.archive(changed, party=party, entry=entry, event=event)


def listed(stores, reader, **listing):
    organization_id = dict(SIDES)[reader]
    return [
        row.case_id
        for row in stores.cases.listed(reader, organization_id, Listing(**listing), limit=9, start=None).things
    ]


@pytest.mark.parametrize("party", [Party.PRACTICE, Party.LAB])
def test_a_side_that_archives_a_case_moves_it_in_its_own_lists(stores, party):
    (case,) = put(stores, a_sent_case())
    other = Party.LAB if party is Party.PRACTICE else Party.PRACTICE
    assert archive(stores, case, party)
    for sort in set(Sort) - {Sort.WAITING, Sort.ARCHIVED}:
        assert (listed(stores, party, sort=sort), listed(stores, other, sort=sort)) == ([], [CASE_ID])
        assert listed(stores, party, sort=sort, is_archived=True) == [CASE_ID]
    archived = stores.cases.find(CASE_ID)
    assert archived == case.archived(party, NOW)
    assert [name for name, _ in stores.events(CASE_ID)].count("CaseArchived") == 1
    assert archive(stores, archived, party, at=None)
    assert stores.cases.find(CASE_ID) == case
    assert listed(stores, party) == [CASE_ID]


def test_both_sides_archive_without_one_another(stores):
    (case,) = put(stores, a_sent_case())
    assert archive(stores, case, Party.PRACTICE)
    # Whoever read it before reads it again: what they would write of the other side's lists is old.
    assert not archive(stores, case, Party.LAB)
    assert archive(stores, stores.cases.find(CASE_ID), Party.LAB)
    found = stores.cases.find(CASE_ID)
    assert (found.archived_by_practice_at, found.archived_by_lab_at) == (NOW, NOW)


def test_a_case_that_moved_meanwhile_is_not_archived_as_it_was(stores):
    (case,) = put(stores, a_sent_case())
    stores.cases.save(a_change(replace(case, status=Status.MANUFACTURING, version=2)))
    assert not archive(stores, case, Party.LAB)
    assert not archive(stores, replace(case, case_id="nothing"), Party.LAB)
    assert stores.cases.find(CASE_ID).archived_by_lab_at is None


def test_whoever_saves_a_case_leaves_it_archived_that_was_archived_meanwhile(stores):
    # Given a lab that read a case, and a practice that then archives it
    (case,) = put(stores, a_sent_case())
    assert archive(stores, case, Party.PRACTICE)
    # When the lab saves what it decided
    stores.cases.save(a_change(replace(case, status=Status.MANUFACTURING, version=2)))
    # Then it moved, and is still off the practice's list
    assert listed(stores, Party.PRACTICE) == []
    assert listed(stores, Party.PRACTICE, is_archived=True, statuses=frozenset({Status.MANUFACTURING})) == [CASE_ID]
    assert listed(stores, Party.LAB, statuses=frozenset({Status.MANUFACTURING})) == [CASE_ID]
    with pytest.raises(StaleVersion):
        stores.cases.save(a_change(replace(case, version=2)))


def test_whoever_saves_a_case_leaves_it_on_the_list_that_was_brought_back_meanwhile(stores):
    (case,) = put(stores, a_sent_case(archived_by_lab_at=NOW))
    assert archive(stores, case, Party.LAB, at=None)
    stores.cases.save(a_change(replace(case, version=2)))
    assert listed(stores, Party.LAB) == [CASE_ID]


# --- Cases that were stored before they had a row --------------------------------------------------


def as_before(stores, case):
    """Store a case as it was stored before lists had rows, and indexes by anything but attention."""
    put(stores, case)
    item = stores.table.get(keys.case(case.case_id))
    others = {*PRACTICE_LIST_INDEXES, *LAB_LIST_INDEXES} - {"practice_attention", "lab_attention"}
    newer = {"row", "archived_by_practice_at", "archived_by_lab_at"}
    newer |= {f"{index}_{end}" for index in others for end in ("pk", "sk")}
    client, name = stores.table._client, stores.table._name
    client.update_item(
        TableName=name,
        Key={part: {"S": value} for part, value in keys.case(case.case_id).items()},
        UpdateExpression="REMOVE " + ", ".join(f"#n{n}" for n, _ in enumerate(sorted(newer & set(item)))),
        ExpressionAttributeNames={f"#n{n}": each for n, each in enumerate(sorted(newer & set(item)))},
    )


@pytest.fixture(params=["moto_stores", "local_stores"])
def tables(request):
    return request.getfixturevalue(request.param)


def test_a_case_from_before_there_were_rows_is_listed_by_attention_and_comes_into_the_others_when_it_is_saved(tables):
    put(tables, newer := a_sent_case(case_id="case-2"))
    case = a_sent_case(case_id="case-1")
    as_before(tables, case)
    page = tables.cases.listed(Party.PRACTICE, PRACTICE_ID, Listing(), limit=5, start=None)
    assert page.things == (row_of(case), row_of(newer))
    assert listed(tables, Party.PRACTICE, sort=Sort.DUE) == ["case-2"]
    tables.cases.save(a_change(replace(case, version=2)))
    assert listed(tables, Party.PRACTICE, sort=Sort.DUE) == ["case-1", "case-2"]


def test_a_case_from_before_there_were_rows_can_be_checked_and_archived(tables):
    case = a_sent_case()
    as_before(tables, case)
    assert tables.cases.record_check(replace(case, precheck_outcome=Outcome.WARN), a_check_event(case))
    assert archive(tables, tables.cases.find(CASE_ID), Party.LAB)
    assert listed(tables, Party.LAB, sort=Sort.PATIENT, is_archived=True) == [CASE_ID]


def test_null_and_absent_are_the_same_where_nobody_archived(tables):
    """What the guard of every change rests on."""
    key = keys.case("case-9")
    put(tables, a_case(case_id="case-9"))
    is_null = Condition(expression="#archived_by_lab_at = :none", values={"none": None})
    assert tables.table.set_values(key, {"said": "x"}, condition=is_null)
    assert tables.table.set_values(key, {"said": "y"}, condition=EXISTS)
