"""Cases, kept in the table: each change is one transaction with its history and its events."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bitewing.aws import answers, keys
from bitewing.aws.items import to_plain
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import as_stored, read_record, record
from bitewing.aws.table import EXISTS, IS_NEW, Condition, ConditionsFailed, Delete, Put, Table, Update, Write
from bitewing.cases.activity import Activity
from bitewing.cases.attention import attention_key
from bitewing.cases.case import Case
from bitewing.cases.ports import (
    AlreadyAnswered,
    CaseIdTaken,
    CaseWithPrecheck,
    Change,
    FilesChanged,
    OriginalChanged,
)
from bitewing.cases.status import Party, Status
from bitewing.kernel.caller import Request
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.wire import LAB_ATTENTION_INDEX, PATIENT_INDEX, PRACTICE_ATTENTION_INDEX

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile

#: How many cases of one patient are looked at: more are not open at the same time.
MAX_OF_PATIENT: Final = 25


class TableCases:
    """Keeps the port :class:`bitewing.cases.service.Cases` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def answered(self, request: Request) -> CaseWithPrecheck | None:
        """Return what this request was answered before."""
        return answers.recall(self._table, request, CaseWithPrecheck, at=self._now())

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""
        item = self._table.get(keys.case(case_id))
        return None if item is None else read_record(Case, item)

    def find_all(self, case_ids: Iterable[str]) -> tuple[Case, ...]:
        """Return those of up to 100 cases that exist, in no order, in one request."""
        return tuple(read_record(Case, item) for item in self._table.get_all(map(keys.case, case_ids)))

    def with_files(self, case_id: str) -> "tuple[Case, tuple[CaseFile, ...]] | None":
        """Return a case and all its files, as they are now."""
        items = self._table.partition(keys.case_partition(case_id), prefix=keys.CASE)
        if not items:
            return None
        # Who lists cases starts without this.
        from bitewing.files.case_file import CaseFile  # noqa: PLC0415

        case, *files = items
        return read_record(Case, case), tuple(read_record(CaseFile, file) for file in files)

    def create(self, change: Change, *, request: Request, answer: CaseWithPrecheck) -> None:
        """Store a new case."""
        case = change.case
        writes: list[Write] = [
            Put(
                key=keys.case(case.case_id),
                values={**_values(case), "files_version": case.files_version, "remakes": []},
                condition=IS_NEW,
            ),
            answers.remember(request, answer, at=self._now()),
            *_beside(change),
            *told(change.entries, change.events),
        ]
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            taken, answered, *_ = error.stored
            if answered is not None:
                raise AlreadyAnswered from error
            raise (CaseIdTaken if taken is not None else OriginalChanged) from error

    def save(self, change: Change, *, request: Request | None = None, answer: CaseWithPrecheck | None = None) -> None:
        """Store a changed case, if it is still the one that was read."""
        case = change.case
        expression, values = "#version = :read", {"read": case.version - 1}
        if change.files_version is not None:
            expression += " AND #files_version = :files_read"
            values["files_read"] = change.files_version
        writes: list[Write] = [
            Update(
                key=keys.case(case.case_id),
                values=_values(case),
                condition=Condition(expression=expression, values=values),
            ),
            *_beside(change),
            *told(change.entries, change.events),
        ]
        if request is not None:
            writes.append(answers.remember(request, answer, at=self._now()))
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            if request is not None and error.stored[-1] is not None:
                raise AlreadyAnswered from error
            if error.stored[0] is None:
                raise OriginalChanged from error
            stored = error.stored[0]
            if stored.get("version") == case.version - 1:
                raise FilesChanged from error
            raise StaleVersion(expected=case.version - 1, actual=stored.get("version", 0)) from error

    def record_check(self, case: Case, *events: Event) -> bool:
        """Store the outcome of a PreCheck, unless the case or its files changed since they were read."""
        read = Condition(
            expression="#version = :version AND #files_version = :files",
            values={"version": case.version, "files": case.files_version},
        )
        try:
            self._table.write(
                [
                    Update(
                        key=keys.case(case.case_id),
                        values={
                            "precheck_outcome": case.precheck_outcome,
                            "rules_fired": sorted(case.rules_fired),
                        },
                        condition=read,
                    ),
                    *announced(events),
                ]
            )
        except ConditionsFailed:
            return False
        return True

    def by_attention(
        self,
        party: Party,
        organization_id: str,
        *,
        limit: int,
        start: Position | None,
        statuses: frozenset[Status] | None,
    ) -> Page[Case]:
        """Return one page of a party's cases, what needs its attention first; one request."""
        is_practice = party is Party.PRACTICE
        keep = None
        if statuses is not None:
            values = {f"status{number}": status.value for number, status in enumerate(sorted(statuses))}
            keep = Condition(expression=f"#status IN ({', '.join(f':{name}' for name in values)})", values=values)
        page = self._table.query(
            keys.practice_partition(organization_id) if is_practice else keys.lab_partition(organization_id),
            index=PRACTICE_ATTENTION_INDEX if is_practice else LAB_ATTENTION_INDEX,
            limit=limit,
            start=start,
            keep=keep,
        )
        return Page(tuple(read_record(Case, item) for item in page.things), page.next)

    def of_patient(self, practice_id: str, patient_key: str) -> tuple[Case, ...]:
        """Return the newest cases of a patient of a practice, up to 25, in one request."""
        page = self._table.query(
            keys.patient_partition(practice_id, patient_key),
            index=PATIENT_INDEX,
            limit=MAX_OF_PATIENT,
            is_backward=True,
        )
        # A case whose patient lost their name stays in the index under the name that it had.
        found = (read_record(Case, item) for item in page.things)
        return tuple(case for case in found if case.patient_key == patient_key)

    def activity(self, case_id: str, *, limit: int, start: Position | None) -> Page[Activity]:
        """Return one page of a case's history, the newest entry first; one request."""
        page = self._table.query(
            keys.case_partition(case_id),
            prefix=keys.ACTIVITY_PREFIX,
            limit=limit,
            start=start,
            is_backward=True,
        )
        return Page(tuple(read_record(Activity, item) for item in page.things), page.next)


def changing(change: Change) -> list[Write]:
    """Return the writes of a change of a case; the first is the case's own, and holds if it is as it was read."""
    case = change.case
    plain = to_plain(case)
    archived = _as_read({name: plain[name] for name in _ARCHIVED_AT.values()})
    expression, values = f"#version = :read AND {archived.expression}", {"read": case.version - 1}
    if change.files_version is not None:
        expression += " AND #files_version = :files_read"
        values["files_read"] = change.files_version
    return [
        Update(
            key=keys.case(case.case_id),
            values=_changed_values(change),
            condition=Condition(expression=expression, values={**values, **archived.values}),
        ),
        *_beside(change),
        *told(change.entries, change.events),
    ]


def told(entries: Sequence[Activity], events: Sequence[Event]) -> list[Put]:
    """Return the writes that add to a case's history and announce what happened."""
    history = [Put(key=keys.activity(entry.case_id, entry.entry_id), values=record(entry)) for entry in entries]
    return history + announced(events)


def _beside(change: Change) -> list[Write]:
    """Return the writes of a change to what stands beside its case: a return, the original of a remake."""
    writes: list[Write] = []
    if (back := change.back) is not None:
        is_answered = any(reason.answer for reason in back.reasons)
        writes.append(
            Put(
                key=keys.case_return(change.case.case_id, back.number),
                values=record(back),
                condition=EXISTS if is_answered else IS_NEW,
            )
        )
    if (original := change.original) is not None:
        read = list(original.remakes)
        # Cases that were stored before they named their remakes have no such attribute.
        expression = "#remakes = :remakes" if read else "attribute_not_exists(#remakes) OR #remakes = :remakes"
        writes.append(
            Update(
                key=keys.case(original.case_id),
                values={"remakes": [*read, change.case.case_id]},
                condition=Condition(expression=expression, values={"remakes": read}),
            )
        )
    return writes + _released(change)


def _released(change: Change) -> list[Write]:
    """Return the writes by which the session of a case is given up: its block is free again, its record says so."""
    case, session = change.case, change.released
    # What took place is not taken back.
    if session is None or session.is_held:
        return []
    # Only few cases have a session to give up: the others are stored without this.
    from bitewing.planning.events import released  # noqa: PLC0415

    starts_at = to_plain(session)["starts_at"]
    return [
        Delete(key=keys.session_slot(case.lab_id, starts_at, session.planner)),
        Delete(key=keys.session_of_practice(case.practice_id, starts_at, case.case_id)),
        Update(
            key=keys.session(case.case_id, session.session_id),
            values={"state": "released"},
            condition=EXISTS,
            count_up=("version",),
        ),
        *announced((released(case, session),)),
    ]


def _values(case: Case) -> dict[str, Any]:
    plain = to_plain(case)
    # Files count their changes on the case's item by themselves, and remakes name themselves on it; saving a case
    # leaves both alone.
    del plain["files_version"], plain["remakes"]
    values = {
        **as_stored("Case", plain),
        f"{PRACTICE_ATTENTION_INDEX}_pk": keys.practice_partition(case.practice_id),
        f"{PRACTICE_ATTENTION_INDEX}_sk": attention_key(
            Party.PRACTICE, case.status, due_on=case.due_on, case_id=case.case_id
        ),
    }
    if case.is_known_to_lab:
        values |= {
            f"{LAB_ATTENTION_INDEX}_pk": keys.lab_partition(case.lab_id),
            f"{LAB_ATTENTION_INDEX}_sk": attention_key(
                Party.LAB, case.status, due_on=case.due_on, case_id=case.case_id
            ),
        }
    else:
        values |= {
            f"{LAB_ATTENTION_INDEX}_pk": keys.prepared_partition(case.lab_id, case.case_type),
            f"{LAB_ATTENTION_INDEX}_sk": case.case_id,
        }
    if case.patient_key is not None:
        values |= {
            f"{PATIENT_INDEX}_pk": keys.patient_partition(case.practice_id, case.patient_key),
            f"{PATIENT_INDEX}_sk": case.case_id,
        }
    return values
