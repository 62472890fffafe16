"""Many who book one block at the same moment, over DynamoDB Local, whose transactions meet as the real ones do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from bitewing.cases.ports import Change
from bitewing.kernel.errors import BlockTaken, RequestInProgress
from bitewing.planning.service import PlanningService
from bitewing.requirements.case_types import CaseType
from botocore.exceptions import HTTPClientError

from tests.support.builders import LAB_ID, a_connection, a_dentist, a_lab, a_practice, a_profile
from tests.support.callers import FROM_PRACTICE, a_request
from tests.support.changes import an_answer
from tests.support.planning import TUESDAY_AT_10, a_planned_case, some_hours

MANY = 200
NEXT = TUESDAY_AT_10 + timedelta(minutes=30)


@pytest.mark.parametrize("planners", [1, 3])
def test_of_200_who_book_a_block_at_once_as_many_get_it_as_there_are_planners(local_stores, planners):
    stores = local_stores
    stores.directory.put(a_practice(), a_dentist(), a_lab(), a_connection(), a_profile(CaseType.SURGICAL_GUIDE))
    stores.planning.publish(some_hours(planners=planners))
    for number in range(MANY):
        case = a_planned_case(f"case-{number}", version=1)
        stores.cases.create(
            Change(case=case, entries=(), events=()), request=a_request(f"{number}"), answer=an_answer(case)
        )
    service = PlanningService(stores.cases, stores.planning, stores.directory, now=stores.clock)
    together = Barrier(MANY)

    def book(number):
        together.wait()
        while True:
            try:
                return service.book(FROM_PRACTICE, f"case-{number}", TUESDAY_AT_10, a_request(f"book {number}"))
            except (RequestInProgress, HTTPClientError):
                # Asked again with the same key, as whoever hears nothing does: what was booked stays booked.
                continue
            except BlockTaken as refused:
                return refused

    with ThreadPoolExecutor(MANY) as people:
        ends = list(people.map(book, range(MANY)))
    refused = [end for end in ends if isinstance(end, BlockTaken)]
    print(f"\n{planners} planners, {MANY} at once: {MANY - len(refused)} booked, {len(refused)} taken")  # noqa: T201
    assert len(refused) == MANY - planners
    assert {end.next_free for end in refused} == {NEXT}
    held = stores.planning.taken(LAB_ID, since=TUESDAY_AT_10, until=NEXT)
    assert [each.planner for each in held] == list(range(1, planners + 1))
