"""Connections: every move by everybody, and what both sides see, on every store that keeps them."""

from dataclasses import replace
from itertools import product

import pytest
from bitewing.aws.table import ConditionsFailed
from bitewing.directory.connection_moves import MOVES, moved, moves_from
from bitewing.directory.connections import connection_moved
from bitewing.directory.organization import ConnectionState
from bitewing.directory.upkeep_store import TableConnections
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, OrganizationKind
from bitewing.kernel.errors import (
    ConnectionMoveNotAllowed,
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_connection, a_lab
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    LAB_ADMIN,
    OTHER_ADMIN,
    PRACTICE_ADMIN,
    a_caller,
    a_request,
)
from tests.support.world import Interrupted

ASKED, ACCEPTED = ConnectionState.ASKED, ConnectionState.ACCEPTED
DECLINED, ENDED = ConnectionState.DECLINED, ConnectionState.ENDED
PEOPLE = {
    "practice admin": PRACTICE_ADMIN,
    "practice staff": FROM_PRACTICE,
    "lab admin": LAB_ADMIN,
    "lab staff": FROM_LAB,
}
#: Who moves a connection where, as the product's pages say it; written down once more, apart from the table.
ALLOWED = {
    (None, ASKED): {"practice admin", "practice staff"},
    (ASKED, ACCEPTED): {"lab admin"},
    (ASKED, DECLINED): {"lab admin"},
    (ASKED, ENDED): {"practice admin", "practice staff"},
    (ACCEPTED, ENDED): {"practice admin", "lab admin"},
    (DECLINED, ASKED): {"practice admin", "practice staff"},
    (ENDED, ASKED): {"practice admin", "practice staff"},
}


def ask(place, caller=FROM_OTHER_PRACTICE, lab_id=LAB_ID, key="ask", body="ask"):
    return place.connection_service.ask(caller, lab_id, a_request(key, body, caller=caller.user_id))


def move(place, caller, partner_id, to, version=1):
    # Events of one millisecond have no order.
    place.stores.clock.advance(seconds=1)
    return place.connection_service.move(caller, partner_id, to, expected_version=version)


# --- The table of moves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("origin", "to"), list(product([None, *ConnectionState], ConnectionState)))
def test_every_move_is_for_whom_the_table_says(origin, to, person):
    before = a_connection(state=origin or ASKED, version=4)
    if person in ALLOWED.get((origin, to), set()):
        after = moved(before, to, by=PEOPLE[person], at=NOW, is_new=origin is None)
        assert (after.state, after.moved_at, after.moved_by) == (to, NOW, PEOPLE[person].user_id)
        assert after.version == (1 if origin is None else 5)
    else:
        with pytest.raises((ConnectionMoveNotAllowed, RoleNotAllowed)):
            moved(before, to, by=PEOPLE[person], at=NOW, is_new=origin is None)


@pytest.mark.parametrize(
    ("moves", "was_accepted"),
    [
        ([(LAB_ADMIN, ACCEPTED)], True),
        ([(LAB_ADMIN, ACCEPTED), (LAB_ADMIN, ENDED)], True),
        ([(LAB_ADMIN, ACCEPTED), (LAB_ADMIN, ENDED), (FROM_PRACTICE, ASKED), (LAB_ADMIN, DECLINED)], True),
        ([(LAB_ADMIN, DECLINED), (FROM_PRACTICE, ASKED)], False),
        ([(FROM_PRACTICE, ENDED)], False),
    ],
)
def test_that_a_connection_was_accepted_once_stays_known(moves, was_accepted):
    connection = a_connection(state=ASKED)
    for by, to in moves:
        connection = moved(connection, to, by=by, at=NOW)
    assert connection.was_accepted is was_accepted


def test_a_connection_that_began_accepted_was_accepted():
    assert moved(a_connection(), ENDED, by=LAB_ADMIN, at=NOW).was_accepted


def test_the_table_has_no_other_moves():
    assert set(MOVES) == set(ALLOWED)
    assert all(roles <= PRACTICE_ROLES | LAB_ROLES for roles in MOVES.values())


def test_a_role_that_is_missing_is_told_apart_from_a_move_that_is_not_there():
    with pytest.raises(RoleNotAllowed) as refused:
        moved(a_connection(state=ASKED), ACCEPTED, by=FROM_LAB, at=NOW)
    assert refused.value.needed == ("lab_admin",)
    with pytest.raises(ConnectionMoveNotAllowed) as forbidden:
        moved(a_connection(state=ASKED), ACCEPTED, by=PRACTICE_ADMIN, at=NOW)
    assert forbidden.value.facts() == {"current_state": "asked", "allowed_moves": ["ended"]}
    assert "make it ended" in str(forbidden.value)


def test_a_refused_move_names_those_of_the_callers_side():
    assert moves_from(ASKED, OrganizationKind.LAB) == {ACCEPTED, DECLINED}
    assert moves_from(None, OrganizationKind.LAB) == set()
    with pytest.raises(ConnectionMoveNotAllowed, match="make it nothing"):
        moved(a_connection(state=DECLINED), ACCEPTED, by=LAB_ADMIN, at=NOW)


# --- Asking and answering ---------------------------------------------------------------------------------------------


def test_a_practice_asks_a_lab_accepts_and_both_see_it(place):
    asked = ask(place)
    assert (asked.connection.state, asked.partner_name, asked.connection.version) == (ASKED, "Northlight Dental Lab", 1)
    accepted = move(place, LAB_ADMIN, "practice-2", ACCEPTED)
    assert (accepted.connection.state, accepted.partner_name) == (ACCEPTED, "Elm Court Dental")
    for caller, partner_id in ((FROM_OTHER_PRACTICE, LAB_ID), (FROM_LAB, "practice-2")):
        assert place.connection_service.read(caller, partner_id).connection == accepted.connection
    assert place.stores.directory.connection("practice-2", LAB_ID) == accepted.connection
    assert place.told("practice-2") == [("ConnectionMoved", "asked"), ("ConnectionMoved", "accepted")]


def test_a_move_without_a_request_is_never_taken_for_an_answered_one(moto_stores):
    # Given an event that was told before: the table refuses it, though the version is the one that was read
    store = TableConnections(moto_stores.table, now=moto_stores.clock)
    asked = a_connection(state=ASKED, version=1)
    event = connection_moved(asked, by=OrganizationKind.PRACTICE, at=NOW)
    store.save(asked, event)
    with pytest.raises(ConditionsFailed):
        store.save(replace(asked, state=ENDED, version=2), event)


@pytest.mark.parametrize("end", [DECLINED, ENDED])
def test_a_practice_may_ask_again(place, end):
    ask(place)
    move(place, LAB_ADMIN if end is DECLINED else FROM_OTHER_PRACTICE, _partner(end), end)
    again = ask(place, key="again")
    assert (again.connection.state, again.connection.version) == (ASKED, 3)


def _partner(end):
    return "practice-2" if end is DECLINED else LAB_ID


@pytest.mark.parametrize("state", [ASKED, ACCEPTED])
def test_who_has_asked_or_is_connected_does_not_ask_again(at_home, state):
    at_home.stores.directory.put(a_connection(practice_id="practice-2", state=state))
    with pytest.raises(ConnectionMoveNotAllowed) as refused:
        ask(at_home)
    assert refused.value.facts() == {"current_state": state.value, "allowed_moves": ["ended"]}


def test_the_same_request_asks_once(place):
    asked = ask(place)
    assert ask(place) == asked
    assert place.told("practice-2") == [("ConnectionMoved", "asked")]
    with pytest.raises(IdempotencyKeyReused):
        ask(place, body="another")


def test_a_request_is_answered_as_it_was_even_when_the_lab_has_answered_meanwhile(place):
    ask(place)
    move(place, LAB_ADMIN, "practice-2", ACCEPTED)
    assert ask(place).connection.state is ASKED


def test_of_two_colleagues_who_ask_at_the_same_moment_one_asks(place):
    service = place.connection_service
    service._connections = Interrupted(place.connections, "save", lambda: ask(place, OTHER_ADMIN, key="colleague"))
    with pytest.raises(ConnectionMoveNotAllowed):
        service.ask(FROM_OTHER_PRACTICE, LAB_ID, a_request("mine"))
    assert place.told("practice-2") == [("ConnectionMoved", "asked")]


def test_of_two_equal_requests_at_the_same_moment_both_get_the_one_answer(place):
    service = place.connection_service
    service._connections = Interrupted(place.connections, "save", lambda: ask(place))
    asked = service.ask(FROM_OTHER_PRACTICE, LAB_ID, a_request("ask", "ask", caller=FROM_OTHER_PRACTICE.user_id))
    assert asked == place.connection_service.read(FROM_OTHER_PRACTICE, LAB_ID)
    assert place.told("practice-2") == [("ConnectionMoved", "asked")]


def test_two_practices_ask_the_same_lab_without_meeting(place):
    place.stores.directory.put(a_connection(state=ENDED))
    service = place.connection_service
    service._connections = Interrupted(place.connections, "save", lambda: ask(place))
    service.ask(FROM_PRACTICE, LAB_ID, a_request("other"))
    seen = place.connection_service.of_caller(FROM_LAB, limit=10, start=None)
    assert [(each.connection.practice_id, each.connection.state) for each in seen.things] == [
        (PRACTICE_ID, ASKED),
        ("practice-2", ASKED),
    ]


def test_who_is_outrun_again_and_again_is_told_to_send_it_once_more(at_home):
    class Outrun:
        def save(self, *_, **__):
            raise StaleVersion(expected=0, actual=1)

        def __getattr__(self, name):
            return getattr(at_home.connections, name)

    service = at_home.connection_service
    service._connections = Outrun()
    with pytest.raises(RequestInProgress):
        service.ask(FROM_OTHER_PRACTICE, LAB_ID, a_request())


def test_a_lab_that_does_not_exist_cannot_be_asked(at_home):
    with pytest.raises(InvalidInput) as refused:
        ask(at_home, lab_id="lab-9")
    assert [error.pointer for error in refused.value.errors] == ["/lab_id"]


@pytest.mark.parametrize("caller", [FROM_LAB, LAB_ADMIN, CLINICIAN, replace(FROM_PRACTICE, roles=frozenset())])
def test_only_practices_ask(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        ask(at_home, caller)


def test_a_practice_that_is_not_in_the_directory_asks_nobody(at_home):
    with pytest.raises(Unknown, match="organization"):
        ask(at_home, a_caller("practice-9"))


# --- Moving -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("caller", "partner_id"), [(PRACTICE_ADMIN, LAB_ID), (LAB_ADMIN, PRACTICE_ID)])
def test_either_side_ends_a_connection(place, caller, partner_id):
    assert move(place, caller, partner_id, ENDED).connection.state is ENDED
    assert place.connections.connection(PRACTICE_ID, LAB_ID).state is ENDED


def test_of_two_sides_that_move_at_the_same_moment_one_is_told(place):
    place.stores.directory.put(a_connection(state=ASKED))
    service = place.connection_service
    service._connections = Interrupted(place.connections, "save", lambda: move(place, FROM_PRACTICE, LAB_ID, ENDED))
    with pytest.raises(StaleVersion):
        service.move(LAB_ADMIN, PRACTICE_ID, ACCEPTED, expected_version=1)
    assert place.connections.connection(PRACTICE_ID, LAB_ID).state is ENDED


def test_who_has_read_an_older_state_is_told(at_home):
    at_home.stores.directory.put(a_connection(state=ASKED, version=3))
    with pytest.raises(StaleVersion) as refused:
        move(at_home, LAB_ADMIN, PRACTICE_ID, ACCEPTED, version=1)
    assert refused.value.actual == 3


@pytest.mark.parametrize(
    ("caller", "partner_id"), [(OTHER_ADMIN, LAB_ID), (FROM_OTHER_LAB, PRACTICE_ID), (LAB_ADMIN, "nobody")]
)
def test_a_connection_of_others_does_not_exist(at_home, caller, partner_id):
    with pytest.raises(Unknown, match="connection"):
        move(at_home, caller, partner_id, ENDED)
    with pytest.raises(Unknown, match="connection"):
        at_home.connection_service.read(caller, partner_id)


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_both_sides_list_their_connections_by_the_names_of_now(place):
    place.stores.directory.put(a_connection(lab_id="lab-2"), a_lab(name="Northlight Ceramics"))
    mine = place.connection_service.of_caller(FROM_PRACTICE, limit=10, start=None)
    assert [each.partner_name for each in mine.things] == ["Northlight Ceramics", "Östra Tandlab & Söner"]
    theirs = place.connection_service.of_caller(FROM_OTHER_LAB, limit=10, start=None)
    assert [each.partner_name for each in theirs.things] == ["Harbor Dental"]
    assert place.connection_service.of_caller(FROM_OTHER_PRACTICE, limit=10, start=None).things == ()


def test_a_lab_pages_through_its_practices(place):
    place.stores.directory.put(*(a_connection(practice_id=f"practice-{number}") for number in range(1, 6)))
    seen, start = [], None
    while True:
        page = place.connection_service.of_caller(FROM_LAB, limit=2, start=start)
        seen += [each.connection.practice_id for each in page.things]
        if (start := page.next) is None:
            break
    assert seen == [f"practice-{number}" for number in range(1, 6)]


def test_who_works_in_no_practice_and_no_lab_has_no_connections(at_home):
    for ask_for in (
        lambda: at_home.connection_service.of_caller(CLINICIAN, limit=10, start=None),
        lambda: at_home.connection_service.read(CLINICIAN, LAB_ID),
        lambda: move(at_home, CLINICIAN, LAB_ID, ENDED),
    ):
        with pytest.raises(RoleNotAllowed):
            ask_for()
