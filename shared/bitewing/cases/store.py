"""Cases, kept in the table: each change is one transaction with its history and its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bitewing.aws import answers, keys
from bitewing.aws.answers import Answering
from bitewing.aws.items import from_plain, to_plain
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import as_stored, read_record, record
from bitewing.aws.table import ALWAYS, EXISTS, IS_NEW, Condition, ConditionsFailed, Delete, Put, Update, Write
from bitewing.cases.activity import Activity
from bitewing.cases.as_sent import SentPacket
from bitewing.cases.case import Case
from bitewing.cases.listing import (
    ListedCase,
    Listing,
    ListOrder,
    SearchedWord,
    modified_key,
    row_of,
    search_text_of,
    sort_key,
)
from bitewing.cases.ports import TRIES, CaseIdTaken, CaseWithPrecheck, Change, FilesChanged, OriginalChanged
from bitewing.cases.reminded import reminded_of
from bitewing.cases.status import Party, Status, WaitsFor
from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.errors import InvalidCursor, RequestInProgress
from bitewing.kernel.events import Event
from bitewing.kernel.moments import rfc3339
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.wire import LAB_ATTENTION_INDEX, LISTED_ATTRIBUTES, PATIENT_INDEX, REMINDERS_INDEX

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile

#: How many cases of one patient are looked at: more are not open at the same time.
MAX_OF_PATIENT: Final = 25
#: By these it stands where sweeps find of what people are reminded.
_REMINDER_KEYS: Final = (f"{REMINDERS_INDEX}_pk", f"{REMINDERS_INDEX}_sk")
#: When each side took the case off its list. Nobody's version of the case counts that.
_ARCHIVED_AT: Final = {Party.PRACTICE: "archived_by_practice_at", Party.LAB: "archived_by_lab_at"}


class TableCases(Answering):
    """Keeps the port :class:`bitewing.cases.ports.Cases` over the table."""

    def answered(self, request: Request) -> CaseWithPrecheck | None:
        """Return what this request was answered before."""
        return self._recalled(request, CaseWithPrecheck)

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

    def sent_packet(self, case_id: str, submission_number: int) -> SentPacket | None:
        """Return what a case was sent with, where it was changed since, in one request."""
        item = self._table.get(keys.sent_packet(case_id, submission_number))
        return None if item is None else read_record(SentPacket, item)

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
        for _ in range(TRIES):
            try:
                self._write_once(changing(change), request, answer)
            except ConditionsFailed as error:
                case = change.case
                if (stored := error.stored[0]) is None:
                    raise OriginalChanged from error
                if stored.get("version") != change.read_version:
                    raise error.stale(expected=change.read_version) from error
                archived = _archived_in(stored)
                if archived == (case.archived_by_practice_at, case.archived_by_lab_at):
                    raise FilesChanged from error
                # Somebody tidied up a list meanwhile: that is kept, and decides nothing.
                practice_at, lab_at = archived
                change = replace(
                    change, case=replace(case, archived_by_practice_at=practice_at, archived_by_lab_at=lab_at)
                )
            else:
                return
        raise RequestInProgress

    def record_check(self, case: Case, *events: Event) -> bool:
        """Store the outcome of a PreCheck, unless the case or its files changed since they were read."""
        try:
            self._table.write([check_of(case), *announced(events)])
        except ConditionsFailed:
            return False
        return True

    def listed(
        self, reader: Party, organization_id: str, listing: Listing, *, limit: int, start: Position | None
    ) -> Page[ListedCase]:
        """Return one page of a party's cases; one request, and one more where a list by name goes on."""
        index = f"{reader}_{listing.order}"
        part = int(start["part"]) if start else 0
        whom = (listing.waits_for or _own(reader)) if listing.order is ListOrder.WAITING else None
        pk = keys.listed_partition(reader, organization_id, is_archived=listing.parts[part], waits_for=whom)
        page = self._table.query(
            pk,
            prefix=listing.beginning(reader),
            index=index,
            limit=listing.looks_at(limit),
            start=self._behind(start, index, pk) if start and "after" in start else None,
            is_backward=listing.is_backward,
            keep=_keeps(listing, reader),
        )

        def behind(item: Mapping[str, Any]) -> Position:
            position = {"part": str(part), "after": keys.case_id_in(item)}
            # The key of a list by name is the name, and is read back.
            return position if listing.order is ListOrder.PATIENT_NAME else position | {"key": item[f"{index}_sk"]}

        following: Position | None = None
        if len(page.things) > limit:
            following = behind(page.things[limit - 1])
        elif page.next is not None:
            following = behind(page.next)
        elif part + 1 < len(listing.parts):
            following = {"part": str(part + 1)}
        return Page(self._rows(page.things[:limit]), following)

    def _behind(self, start: Position, index: str, pk: str) -> Position:
        key = keys.case(start["after"])
        sort_key = start.get("key") or (self._table.get(key) or {}).get(f"{index}_sk")
        if sort_key is None:
            raise InvalidCursor
        return key | {f"{index}_pk": pk, f"{index}_sk": sort_key}

    def _rows(self, items: Sequence[Mapping[str, Any]]) -> tuple[ListedCase, ...]:
        """Return the rows of a page; cases that were stored before they had one are read, in one request more."""
        ids = {item["pk"]: keys.case_id_in(item) for item in items if "row" not in item}
        older = {case.case_id: row_of(case) for case in self.find_all(ids.values())} if ids else {}
        rows = (older.get(ids[item["pk"]]) if item["pk"] in ids else _read_row(item) for item in items)
        return tuple(row for row in rows if row is not None)

    def archive(self, case: Case, *, party: Party, entry: Activity, event: Event) -> bool:
        """Store that a party took a case off its list or back on it, if the case is still the one that was read."""
        name = _ARCHIVED_AT[party]
        plain = to_plain(case)
        others = {other: plain[other] for other in _ARCHIVED_AT.values() if other != name}
        # Whoever takes it off its list leaves it as it is: only what its rows are made of must still be so.
        read = _as_read({**others, "last_modified_at": plain["last_modified_at"]})
        condition = Condition(
            expression=f"#version = :version AND {read.expression}", values={"version": case.version, **read.values}
        )
        values = {name: plain[name], **listed(case)}
        try:
            self._table.write(
                [Update(key=keys.case(case.case_id), values=values, condition=condition), *told((entry,), (event,))]
            )
        except ConditionsFailed:
            return False
        return True

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
    expression, values = f"#version = :read AND {archived.expression}", {"read": change.read_version}
    if change.files_version is not None:
        expression += " AND #files_version = :files_read"
        values["files_read"] = change.files_version
    return [
        Update(
            key=keys.case(case.case_id),
            values=_changed_values(change),
            # Of what nobody is reminded any more, no sweep finds.
            remove=[] if reminded_of(case) else _REMINDER_KEYS,
            condition=Condition(expression=expression, values={**values, **archived.values}),
        ),
        *_beside(change),
        *told(change.entries, change.events),
    ]


def check_of(case: Case) -> Update:
    """Return the write that keeps what a PreCheck found; it holds if the case and its files are as they were read."""
    return Update(
        key=keys.case(case.case_id),
        values={"precheck_outcome": case.precheck_outcome, "rules_fired": sorted(case.rules_fired)},
        condition=Condition(
            expression="#version = :version AND #files_version = :files",
            values={"version": case.version, "files": case.files_version},
        ),
    )


def told(entries: Sequence[Activity], events: Sequence[Event]) -> list[Put]:
    """Return the writes that add to a case's history and announce what happened."""
    history = [Put(key=keys.activity(entry.case_id, entry.entry_id), values=record(entry)) for entry in entries]
    return history + announced(events)


def sent_put(case_id: str, sent: SentPacket) -> Put:
    """Return the write that keeps what a case was sent with; the case's own guards it."""
    key = keys.sent_packet(case_id, sent.submission_number)
    return Put(key=key, values=record(sent), condition=ALWAYS)


def _beside(change: Change) -> list[Write]:
    """Return the writes of a change to what stands beside its case: a return, what was sent, an original."""
    writes: list[Write] = []
    if change.sent_packet is not None:
        writes.append(sent_put(change.case.case_id, change.sent_packet))
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
    return writes + _released(change) + _held(change)


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
        *announced((released(case, session, at=change.entries[0].at),)),
    ]


def _held(change: Change) -> list[Write]:
    """Return the writes by which the session of a case has taken place, wherever it is kept; its block stays its."""
    case, session = change.case, change.held
    if session is None:
        return []
    # As above.
    from bitewing.planning.events import held  # noqa: PLC0415

    starts_at = to_plain(session)["starts_at"]
    kept = (
        keys.session_slot(case.lab_id, starts_at, session.planner),
        keys.session_of_practice(case.practice_id, starts_at, case.case_id),
        keys.session(case.case_id, session.session_id),
    )
    return [
        *(Update(key=key, values={"state": "held"}, condition=EXISTS, count_up=("version",)) for key in kept),
        *announced((held(case, session),)),
    ]


def _changed_values(change: Change) -> dict[str, Any]:
    case = change.case
    values = _values(case)
    # Files and notes change a case without a new version: what they say meanwhile stays.
    if not change.is_of_practice:
        for name in modified(case.case_id, case.last_modified_at, status=case.status):
            # A lab that does not know the case has it in no list.
            values.pop(name, None)
    if change.files_version is None:
        del values["precheck_outcome"], values["rules_fired"]
        if not case.is_changed_since_sent:
            del values["is_changed_since_sent"]
    return values


def _values(case: Case) -> dict[str, Any]:
    plain = to_plain(case)
    # Files count their changes on the case's item by themselves, remakes name themselves on it, and so do Case Days on
    # which its work is needed; saving a case leaves all of it alone.
    del plain["files_version"], plain["remakes"], plain["case_day"]
    values = {**as_stored("Case", plain), **listed(case)}
    if case.patient_key is not None:
        values |= {
            f"{PATIENT_INDEX}_pk": keys.patient_partition(case.practice_id, case.patient_key),
            f"{PATIENT_INDEX}_sk": case.case_id,
        }
    if (reminded := reminded_of(case)) is not None:
        kind, since = reminded
        place = (keys.reminders_partition(kind, keys.reminder_shard(case.case_id)), modified_key(since, case.case_id))
        values |= dict(zip(_REMINDER_KEYS, place, strict=True))
    return values


def modified(case_id: str, at: datetime, *, status: Status) -> dict[str, Any]:
    """Return the attributes that say when the practice changed a case; beside a lab that does not know it, no list."""
    key = modified_key(at, case_id)
    names = [f"{party}_{ListOrder.MODIFIED}_sk" for party in (Party.PRACTICE, Party.LAB)]
    # A draft is idle since then. Without the other key of the index, one that a lab started is not in it.
    names += [_REMINDER_KEYS[1]] if status is Status.DRAFT else []
    return {"last_modified_at": rfc3339(at), **dict.fromkeys(names, key)}


def listed(case: Case) -> dict[str, Any]:
    """Return what the lists of both sides have of a case: its row, and where it stands in each."""
    row = row_of(case)
    plain = to_plain(row)
    values: dict[str, Any] = {
        "row": {
            **{name: value for name, value in plain.items() if name not in LISTED_ATTRIBUTES},
            "waits_for": row.waits_for.value,
            "search": search_text_of(row),
        }
    }
    sides = [(Party.PRACTICE, case.practice_id)]
    if case.is_known_to_lab:
        sides.append((Party.LAB, case.lab_id))
    else:
        values |= {
            f"{LAB_ATTENTION_INDEX}_pk": keys.prepared_partition(case.lab_id, case.case_type),
            f"{LAB_ATTENTION_INDEX}_sk": case.case_id,
        }
    for party, organization_id in sides:
        for order in ListOrder:
            values[f"{party}_{order}_pk"] = keys.listed_partition(
                party,
                organization_id,
                is_archived=row.archived_at(party) is not None,
                waits_for=row.waits_for if order is ListOrder.WAITING else None,
            )
            values[f"{party}_{order}_sk"] = sort_key(row, order, party)
    return values


def _read_row(item: Mapping[str, Any]) -> ListedCase:
    beside = {name: item[name] for name in LISTED_ATTRIBUTES if name in item}
    return from_plain(ListedCase, {**item["row"], **beside})


def _own(reader: Party) -> WaitsFor:
    return WaitsFor.PRACTICE if reader is Party.PRACTICE else WaitsFor.LAB


def _keeps(listing: Listing, reader: Party) -> Condition | None:
    """Return which rows of a list are shown; as :meth:`Listing.keeps` says it."""
    if not listing.is_narrow:
        return None
    wanted = listing.wanted_statuses
    any_of: dict[str, Sequence[str]] = {
        "status": sorted(wanted) if len(wanted) < len(Status) else [],
        "case_type": sorted(listing.case_types),
        "dentist_id": [listing.dentist_id] if listing.dentist_id else [],
        ("lab_id" if reader is Party.PRACTICE else "practice_id"): [listing.partner_id] if listing.partner_id else [],
        "waits_for": [listing.waits_for_in_row] if listing.waits_for_in_row else [],
    }
    values: dict[str, str] = {}
    kept = []
    for name, choices in any_of.items():
        if choices:
            named = {f"{name}{number}": str(choice) for number, choice in enumerate(choices)}
            values |= named
            kept.append(f"#row.#{name} IN ({', '.join(f':{each}' for each in named)})")
    for number, word in enumerate(listing.words):
        expression, of_word = _has_word(word, f"word{number}")
        values |= of_word
        kept.append(expression)
    return Condition(expression=" AND ".join(kept), values=values)


def _has_word(word: SearchedWord, prefix: str) -> tuple[str, dict[str, str]]:
    values = {f"{prefix}i": f" {word.begins_id}"}
    values |= {f"{prefix}n{number}": f" {begins}" for number, begins in enumerate(word.begins)}
    first, *others = (f"contains(#row.#search, :{name})" for name in values)
    return f"({first} OR ({' AND '.join(others)}))", values


def _as_read(plain: Mapping[str, Any]) -> Condition:
    """Return that attributes are as they were read; one that is not there is as good as null."""
    expressions, values = [], {}
    for name, value in plain.items():
        values[f"{name}_read"] = value
        same = f"#{name} = :{name}_read"
        expressions.append(f"(attribute_not_exists(#{name}) OR {same})" if value is None else same)
    return Condition(expression=" AND ".join(expressions), values=values)


def _archived_in(stored: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    practice_at, lab_at = (stored.get(name) for name in _ARCHIVED_AT.values())
    return (
        datetime.fromisoformat(practice_at) if practice_at else None,
        datetime.fromisoformat(lab_at) if lab_at else None,
    )
