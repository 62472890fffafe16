"""What lists are made of: the orders of rows, names as they are searched, and what is left out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.cases.due_dates import ShipWindow
from bitewing.cases.listing import (
    ORDER_OF,
    Direction,
    Listing,
    ListOrder,
    Sort,
    folded,
    partner_in,
    row_of,
    search_text_of,
    searched_words,
    sort_key,
)
from bitewing.cases.sessions import BookedSession
from bitewing.cases.status import Color, Party, Status, WaitsFor
from bitewing.kernel import wire
from bitewing.kernel.errors import InvalidInput
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import DENTIST_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_packet, a_patient
from tests.support.changes import a_sent_case


def a_row(name="Mira Holloway", **changes):
    return row_of(replace(a_sent_case(), packet=a_packet(patient=a_patient(name=name)), **changes))


def in_order(rows, order, reader=Party.PRACTICE):
    return sorted(rows, key=lambda row: sort_key(row, order, reader))


def test_a_row_says_what_a_list_shows_of_its_case():
    session = BookedSession(session_id="s", planner=1, starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    window = ShipWindow(first=date(2026, 3, 4), last=date(2026, 3, 9))
    case = a_sent_case(session=session, ship_window=window, precheck_outcome=Outcome.WARN, archived_by_lab_at=NOW)
    row = row_of(case)
    assert (row.case_id, row.practice_id, row.lab_id, row.dentist_id) == ("case-1", PRACTICE_ID, LAB_ID, DENTIST_ID)
    assert (row.patient_name, row.case_type, row.due_on) == ("Mira Holloway", CaseType.CROWN, case.due_on)
    assert (row.session_at, row.ship_window, row.waits_since) == (NOW, window, case.moved_at)
    assert (row.archived_at(Party.PRACTICE), row.archived_at(Party.LAB)) == (None, NOW)
    assert row_of(a_case()).session_at is None


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("started_by", [Party.PRACTICE, Party.LAB])
def test_a_row_waits_for_whom_its_case_waits_for_and_has_its_color(status, started_by):
    case = a_case(status=status, started_by=started_by)
    assert (row_of(case).waits_for, row_of(case).color) == (case.waits_for, case.color)


def test_a_lab_is_not_told_what_precheck_found():
    row = a_row(precheck_outcome=Outcome.WARN)
    assert row.told_to(Party.PRACTICE) == row
    assert row.told_to(Party.LAB) == replace(row, precheck_outcome=None)


# --- Orders ----------------------------------------------------------------------------------------


def test_each_order_has_an_index_of_each_side_and_each_sort_an_order():
    assert [order.value for order in ListOrder] == [*wire.LIST_ORDERS]
    assert set(ORDER_OF) == set(Sort)
    assert set(ORDER_OF.values()) == set(ListOrder)


@pytest.mark.parametrize("order", ListOrder)
def test_ties_are_in_the_order_of_ids(order):
    rows = [a_row(case_id=f"case-{number}") for number in (3, 1, 2)]
    assert [row.case_id for row in in_order(rows, order)] == ["case-1", "case-2", "case-3"]


def test_what_has_no_due_date_comes_after_what_has_one():
    rows = [a_row(case_id=f"case-{n}", due_on=due) for n, due in enumerate([None, date(2026, 5, 1), date(2026, 3, 9)])]
    assert [row.due_on for row in in_order(rows, ListOrder.DUE)] == [date(2026, 3, 9), date(2026, 5, 1), None]


def test_moments_are_compared_as_moments_whether_or_not_they_have_a_fraction():
    moments = [NOW, NOW + timedelta(microseconds=1), NOW + timedelta(milliseconds=500), NOW + timedelta(seconds=1)]
    rows = [a_row(last_modified_at=at, moved_at=at) for at in reversed(moments)]
    assert [row.last_modified_at for row in in_order(rows, ListOrder.MODIFIED)] == moments
    assert [row.waits_since for row in in_order(rows, ListOrder.WAITING)] == moments


def test_names_are_sorted_as_people_write_them():
    names = ["ann", "Ann Lee", "Anna", "Ángel", "Örjan", "Łukasz", "O'Brien", "obrienne", "Žofie", "  "]
    rows = in_order([a_row(name) for name in reversed(names)], ListOrder.PATIENT_NAME)
    assert [row.patient_name for row in rows] == [
        *("Ángel", "ann", "Ann Lee", "Anna", "Łukasz", "O'Brien", "obrienne", "Örjan", "Žofie"),
        # Whoever has no name yet comes last.
        "  ",
    ]


@given(st.text(max_size=400).filter(lambda name: not any(0xD800 <= ord(c) < 0xE000 for c in name)))
def test_the_key_of_any_name_fits_an_index(name):
    key = sort_key(a_row(name, case_id="X" * 12), ListOrder.PATIENT_NAME, Party.LAB)
    assert len(key.encode()) <= 1024
    assert key.endswith("\tXXXXXXXXXXXX")


@given(st.text(max_size=60))
def test_a_folded_text_folds_to_itself(text):
    once = folded(text)
    assert folded(once) == once
    assert once == once.strip()


# --- Search ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Mira Holloway", "mira"),
        ("Mira Holloway", "HOLLO"),
        ("Mira Holloway", "hol mi"),
        ("Mira Holloway", "Holloway, Mira"),
        ("Zoë Núñez-Łapa", "nunez zoe"),
        ("Zoë Núñez-Łapa", "Núñ lap"),
        ("Zoe Nunez", "Zoë"),
        ("Björn Åse Straße", "strasse bjorn"),
        ("O\u2019Brien", "o'br"),
        ("O'Brien", "OBRIEN"),
        ("\u0130pek Y\u0131lmaz", "ipek yilmaz"),
        ("Ольга Ёлкина", "елк"),
        ("Γιώργος Σ", "γιωρ"),
        ("山田太郎", "山田"),
        ("मीरा शर्मा", "शर"),
        ("محمّد علي", "محمد"),
        ("김민수", "김민"),
        ("Nguyễn Thị Ánh", "nguyen an"),
    ],
)
def test_a_name_is_found_by_the_beginnings_of_its_words_in_any_script(name, text):
    assert Listing(words=searched_words(text)).keeps(a_row(name), Party.PRACTICE)


@pytest.mark.parametrize("text", ["olloway", "mira x", "ira", "holloways", "case 2"])
def test_a_name_is_not_found_by_anything_else(text):
    assert not Listing(words=searched_words(text)).keeps(a_row(), Party.PRACTICE)


@pytest.mark.parametrize("text", ["02MZ5HH9GADJ", "02mz", "o2mz-5hh9", "02MZ-5", "mira 02mz", "O2MZ5HH9GADJ"])
def test_a_case_is_found_by_the_beginning_of_its_id_as_people_type_it(text):
    assert Listing(words=searched_words(text)).keeps(a_row(case_id="02MZ5HH9GADJ"), Party.LAB)


def test_what_is_searched_is_the_name_and_the_id():
    assert search_text_of(a_row("Zoë Núñez", case_id="02MZ5HH9GADJ")) == " zoe nunez 02mz5hh9gadj"


@pytest.mark.parametrize(
    ("text", "says"), [("***", "a letter or a digit"), (" ", "a letter"), ("a b c d e f g h i", "8 words or fewer")]
)
def test_a_text_without_words_or_with_too_many_is_refused(text, says):
    with pytest.raises(InvalidInput) as refused:
        searched_words(text)
    (error,) = refused.value.errors
    assert error.pointer == "text"
    assert says in error.says
    assert len(searched_words("a b c d e f g h")) == 8


# --- Filters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listing", "is_kept"),
    [
        (Listing(), True),
        (Listing(statuses=frozenset({Status.RECEIVED, Status.DRAFT})), True),
        (Listing(statuses=frozenset({Status.DRAFT})), False),
        (Listing(colors=frozenset({Color.YELLOW})), True),
        (Listing(colors=frozenset({Color.RED})), False),
        (Listing(statuses=frozenset({Status.RECEIVED}), colors=frozenset({Color.RED})), False),
        (Listing(case_types=frozenset({CaseType.CROWN})), True),
        (Listing(case_types=frozenset({CaseType.BRIDGE})), False),
        (Listing(dentist_id=DENTIST_ID), True),
        (Listing(dentist_id="dentist-2"), False),
        (Listing(partner_id=LAB_ID), True),
        (Listing(partner_id=PRACTICE_ID), False),
        (Listing(waits_for=WaitsFor.LAB), True),
        (Listing(waits_for=WaitsFor.PRACTICE), False),
        # The order of waiting has those only that wait for one side; no row is left out.
        (Listing(sort=Sort.WAITING, waits_for=WaitsFor.PRACTICE), True),
    ],
)
def test_a_row_is_shown_where_every_filter_keeps_it(listing, is_kept):
    assert listing.keeps(a_row(), Party.PRACTICE) is is_kept


def test_the_other_side_of_a_lab_is_the_practice():
    listing = Listing(partner_id=PRACTICE_ID)
    assert listing.keeps(a_row(), Party.LAB)
    assert not listing.keeps(a_row(practice_id="practice-2"), Party.LAB)


@pytest.mark.parametrize(
    ("listing", "parts"),
    [
        (Listing(), (False,)),
        (Listing(is_archived=True), (True,)),
        (Listing(sort=Sort.ARCHIVED), (False, True)),
        (Listing(sort=Sort.ARCHIVED, direction=Direction.DESC), (True, False)),
        (Listing(sort=Sort.ARCHIVED, is_archived=True), (True,)),
    ],
)
def test_what_is_archived_stands_apart(listing, parts):
    assert listing.parts == parts


def test_a_side_asks_for_cases_of_the_other_side():
    assert partner_in(Party.PRACTICE, lab_id="lab-1", practice_id=None) == "lab-1"
    assert partner_in(Party.LAB, lab_id=None, practice_id="practice-1") == "practice-1"
    assert partner_in(Party.LAB, lab_id=None, practice_id=None) is None


@pytest.mark.parametrize(("reader", "name"), [(Party.PRACTICE, "practice_id"), (Party.LAB, "lab_id")])
def test_a_side_does_not_ask_for_cases_of_its_own_side(reader, name):
    with pytest.raises(InvalidInput) as refused:
        partner_in(reader, **{"lab_id": None, "practice_id": None, name: "another"})
    assert [error.pointer for error in refused.value.errors] == [name]


def test_the_first_moment_of_a_year_sorts_before_its_last():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert sort_key(a_row(moved_at=early), ListOrder.WAITING, Party.LAB) < sort_key(
        a_row(moved_at=late), ListOrder.WAITING, Party.LAB
    )


@pytest.mark.parametrize(
    ("listing", "is_narrow"),
    [
        (Listing(), False),
        (Listing(sort=Sort.WAITING, waits_for=WaitsFor.CARRIER), False),
        (Listing(is_archived=True), False),
        # These stand together in the order of attention, and nowhere else.
        (Listing(statuses=frozenset({Status.SHIPPED})), False),
        (Listing(sort=Sort.STATUS, colors=frozenset({Color.RED})), False),
        (Listing(sort=Sort.DUE, statuses=frozenset({Status.SHIPPED})), True),
        (Listing(statuses=frozenset({Status.SHIPPED, Status.DRAFT})), True),
        (Listing(colors=frozenset({Color.RED, Color.GREEN})), True),
        (Listing(waits_for=WaitsFor.CARRIER), True),
        (Listing(words=searched_words("mira")), True),
        (Listing(partner_id="lab-1"), True),
        (Listing(dentist_id="dentist-1"), True),
        (Listing(case_types=frozenset({CaseType.CROWN})), True),
    ],
)
def test_more_rows_are_looked_at_than_shown_where_some_are_left_out(listing, is_narrow):
    assert listing.is_narrow is is_narrow
    assert listing.looks_at(25) == (400 if is_narrow else 25)
