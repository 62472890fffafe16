"""Lists of cases over HTTP: what they can be asked for, and what they show."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StringConstraints

from bitewing.aws.bodies import ONE_LINE, Code, View
from bitewing.aws.http import Cursor, Limit
from bitewing.aws.items import to_plain
from bitewing.cases.bodies import ShipWindowView
from bitewing.cases.listing import Archived, Direction, ListedCase, Listing, Sort, searched_words
from bitewing.cases.status import SHOWN_AS, Color, Party, Status, WaitsFor
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType

#: Longer ones are no names.
SearchText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE)]

SortedBy = Annotated[
    Sort,
    Query(
        description="What the list is sorted by; ties by the id. Cases without a due date stand behind those that have"
        " one, and before them where the order is `desc`."
    ),
]
Order = Annotated[Direction, Query(description="Which end comes first.")]
OfStatuses = Annotated[list[Status] | None, Query(description="Only cases in these statuses.")]
OfColors = Annotated[list[Color] | None, Query(description="Only cases of these colors.")]
OfTypes = Annotated[list[CaseType] | None, Query(description="Only cases of these types.")]
OfDentist = Annotated[Code | None, Query(description="Only cases of this dentist.")]
OfLab = Annotated[Code | None, Query(description="Only cases of this lab; for a practice.")]
OfPractice = Annotated[Code | None, Query(description="Only cases of this practice; for a lab.")]
Waiting = Annotated[
    WaitsFor | None,
    Query(description="Only cases that wait for this one. Sorted by `waiting` it is the reader's side by default."),
]
WhetherArchived = Annotated[
    Archived | None,
    Query(description="Only what the reader's side archived. Else only what it did not; sorted by `archived`, both."),
]
WithText = Annotated[
    SearchText | None,
    Query(description="Words that words of the patient's name, or the id, begin with; in any case, without accents."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedList:
    """What a list of cases is asked for, whoever shows it: a parameter of the query for each field."""

    limit: Limit = 25
    cursor: Cursor = None
    sort: SortedBy = Sort.ATTENTION
    order: Order = Direction.ASC
    status: OfStatuses = None
    color: OfColors = None
    case_type: OfTypes = None
    dentist_id: OfDentist = None
    practice_id: OfPractice = None
    waits_for: Waiting = None
    archived: WhetherArchived = None
    text: WithText = None

    def listing(self, partner_id: str | None) -> Listing:
        """Return the list, of the cases with one partner or with all.

        Raises:
            InvalidInput: There is nothing to look for in the text, or too much.
        """
        return Listing(
            sort=self.sort,
            direction=self.order,
            waits_for=self.waits_for,
            is_archived=self.archived is not None,
            statuses=frozenset(self.status or ()),
            colors=frozenset(self.color or ()),
            case_types=frozenset(self.case_type or ()),
            dentist_id=self.dentist_id,
            partner_id=partner_id,
            words=searched_words(self.text) if self.text is not None else (),
        )


def query_of(listing: Listing) -> str:
    """Return what a cursor goes on with: the same list, and no other."""
    return json.dumps(["cases", to_plain(listing)])


class CaseRow(View):
    """A case as a list shows it."""

    case_id: str
    practice_id: str
    lab_id: str
    dentist_id: str
    case_type: CaseType
    patient_name: str
    status: Status
    shown_as: str
    color: Color
    waits_for: WaitsFor
    waits_since: datetime
    due_on: date | None
    ship_window: Annotated[
        ShipWindowView | None, Field(description="When the lab expects to ship, while it makes or has finished it.")
    ]
    session_at: Annotated[datetime | None, Field(description="When its planning session starts, while it has one.")]
    archived_at: Annotated[
        datetime | None, Field(description="When the reader's side took it off its list; null while it is on it.")
    ]
    precheck_outcome: Annotated[
        Outcome | None, Field(description="Of the last PreCheck, for the practice; a lab is given none.")
    ]
    created_at: datetime
    last_modified_at: datetime

    @classmethod
    def of(cls, row: ListedCase, reader: Party) -> "CaseRow":
        """Return a case as a list of a side shows it."""
        return cls(**shown_row(row, reader))


class CasesView(View):
    """A page of cases, in the order that was asked for."""

    cases: list[CaseRow]
    next: str | None


def shown_row(row: ListedCase, reader: Party) -> dict[str, Any]:
    """Return what a list of a side shows of a case, by the names of its fields."""
    return {
        "case_id": row.case_id,
        "practice_id": row.practice_id,
        "lab_id": row.lab_id,
        "dentist_id": row.dentist_id,
        "case_type": row.case_type,
        "patient_name": row.patient_name,
        "status": row.status,
        "shown_as": SHOWN_AS[row.status],
        "color": row.color,
        "waits_for": row.waits_for,
        "waits_since": row.waits_since,
        "due_on": row.due_on,
        "ship_window": ShipWindowView.of(row.ship_window) if row.ship_window else None,
        "session_at": row.session_at,
        "archived_at": row.archived_at(reader),
        "precheck_outcome": row.precheck_outcome,
        "created_at": row.created_at,
        "last_modified_at": row.last_modified_at,
    }
