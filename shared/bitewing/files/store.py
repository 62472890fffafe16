"""The records of files, kept in the table beside their case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bitewing.aws import answers, keys
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import EXISTS, IS_NEW, Condition, ConditionsFailed, Put, Table, Update, Write, is_version
from bitewing.cases.status import Party
from bitewing.cases.store import modified, sent_put, told
from bitewing.files.case_file import CaseFile
from bitewing.files.service import CaseMovedOn, FileChange
from bitewing.kernel.caller import AlreadyAnswered, Request


class TableFiles:
    """Keeps the port :class:`bitewing.files.service.Files` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def answered(self, request: Request) -> CaseFile | None:
        """Return what this request was answered before."""
        return answers.recall(self._table, request, CaseFile, at=self._now())

    def find(self, case_id: str, file_id: str) -> CaseFile | None:
        """Return one file, in one request."""
        item = self._table.get(keys.file(case_id, file_id))
        return None if item is None else read_record(CaseFile, item)

    def announce(self, change: FileChange, *, request: Request) -> None:
        """Store a new file."""
        file = change.file
        try:
            self._table.write(
                [
                    _case_of(change),
                    Put(key=keys.file(file.case_id, file.file_id), values=record(file), condition=IS_NEW),
                    answers.remember(request, file, at=self._now()),
                    *_sent_packet_of(change),
                    *told((change.entry,), change.events),
                ]
            )
        except ConditionsFailed as error:
            if error.stored[2] is not None:
                raise AlreadyAnswered from error
            raise CaseMovedOn from error

    def remember(self, file: CaseFile, *, request: Request) -> None:
        """Store that a request was answered with a file that was there before it."""
        try:
            self._table.write([answers.remember(request, file, at=self._now())])
        except ConditionsFailed as error:
            raise AlreadyAnswered from error

    def change(self, change: FileChange) -> None:
        """Store a changed file, and those that it replaces, if all are still those that were read."""
        file = change.file
        try:
            self._table.write(
                [
                    _case_of(change),
                    Put(
                        key=keys.file(file.case_id, file.file_id),
                        values=record(file),
                        condition=is_version(file.version - 1),
                    ),
                    *map(_replacing, change.replaced),
                    *_sent_packet_of(change),
                    *told((change.entry, *change.further_entries), change.events),
                ]
            )
        except ConditionsFailed as error:
            if error.stored[1] is None:
                raise CaseMovedOn from error
            raise error.stale(expected=file.version - 1, write=1) from error

    def record_inspection(self, file: CaseFile) -> bool:
        """Store what a file's bytes are, unless the file changed since it was read."""
        plain = to_plain(file)
        return self._table.set_values(
            keys.file(file.case_id, file.file_id),
            {name: plain[name] for name in ("inspection", "state", "version")},
            condition=is_version(file.version - 1),
        )

    def record_handover(self, file: CaseFile, submission_number: int) -> None:
        """Store with which submission the lab got the file, unless it got it with a later one."""
        self._table.set_values(
            keys.file(file.case_id, file.file_id),
            {"handed_over_in": submission_number},
            # Not yet handed over is stored as null, which is not less than any number: hence the negation.
            condition=Condition(
                expression="attribute_exists(#pk) AND NOT #handed_over_in > :number",
                values={"number": submission_number},
            ),
        )


def _case_of(change: FileChange) -> Write:
    """Return the write that makes a change of a file a change of its case."""
    values: dict[str, Any] = {}
    condition = EXISTS
    if (case := change.decided_on) is not None:
        if change.entry.by is Party.PRACTICE:
            values |= modified(case.case_id, change.at, status=case.status)
        if case.is_sent:
            values["is_changed_since_sent"] = True
        condition = Condition(
            expression="#version = :version AND #files_version = :files",
            values={"version": case.version, "files": case.files_version},
        )
    if (checked := change.checked) is not None:
        plain = to_plain(checked)
        values |= {name: plain[name] for name in ("precheck_outcome", "rules_fired")}
    return Update(key=keys.case(change.file.case_id), values=values, condition=condition, count_up=("files_version",))


def _sent_packet_of(change: FileChange) -> list[Write]:
    return [sent_put(change.file.case_id, change.sent_packet)] if change.sent_packet is not None else []


def _replacing(file: CaseFile) -> Write:
    """Return the write by which another file takes the place of this one."""
    # In part: which submission handed it over may be written at the same moment.
    return Update(
        key=keys.file(file.case_id, file.file_id),
        values={"state": file.state.value, "replaced_by": file.replaced_by},
        condition=is_version(file.version - 1),
        count_up=("version",),
    )
