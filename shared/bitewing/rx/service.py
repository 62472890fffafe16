"""Prescriptions: making one for each sending that reaches its lab, and giving them out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bitewing.cases.access import ensure_visible, party_of
from bitewing.cases.activity import Activity, Deed, entry_of
from bitewing.cases.as_sent import SentPacket, case_as_sent, files_as_sent
from bitewing.cases.case import Case, Submission
from bitewing.cases.events import event_head
from bitewing.cases.ports import TRIES
from bitewing.cases.status import Party
from bitewing.directory.service import Directory
from bitewing.files.case_file import CaseFile
from bitewing.files.service import SignedRequest
from bitewing.kernel.addresses import case_link
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.precheck.service import PrecheckService
from bitewing.rx.confirmation import Confirmation, confirmation_of
from bitewing.rx.events import RxIssued
from bitewing.rx.rx import Printed, Rx, seen_by
from bitewing.rx.sheet import Prescribed, RxSheet, sheet_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRx:
    """A version that was made, with what is told of it; stored as one.

    Attributes:
        case: The case after it, with the version that it gets.
    """

    rx: Rx
    case: Case
    entry: Activity
    event: RxIssued


class Prescriptions(Protocol):
    """Where it is kept which prescriptions there are."""

    def of_case(self, case_id: str) -> tuple[Rx, ...]:
        """Return all versions of a case, the oldest first, in one request."""

    def issue(self, new: NewRx) -> None:
        """Store a version, and its number with the case.

        Raises:
            StaleVersion: Someone else saved the case first.
        """


class Papers(Protocol):
    """Where prescriptions are kept as they are printed."""

    def keep(self, rx: Rx, content: bytes) -> None:
        """Keep the PDF of a version; doing it again changes nothing."""

    def sign_download(self, rx: Rx) -> SignedRequest:
        """Return the request that fetches the PDF of a version."""


class CasesToPrint(Protocol):
    """Where cases are read with their files."""

    def with_files(self, case_id: str) -> tuple[Case, tuple[CaseFile, ...]] | None:
        """Return a case and all its files, as they are now."""

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""

    def sent_packet(self, case_id: str, submission_number: int) -> SentPacket | None:
        """Return what a case was sent with, where it was changed since, in one request."""


class Printer(Protocol):
    """Who prints."""

    def print(self, sheet: RxSheet) -> Printed:
        """Return a sheet on paper; the same sheet gives the same."""


class RxWriter:
    """Makes the prescription of a sending, once."""

    def __init__(
        self,
        cases: CasesToPrint,
        prescriptions: Prescriptions,
        papers: Papers,
        *,
        directory: Directory,
        prechecks: PrecheckService,
        printer: Printer,
        web_origin: str,
        now: Callable[[], datetime],
    ) -> None:
        self._cases, self._prescriptions, self._papers = cases, prescriptions, papers
        self._directory, self._prechecks, self._printer = directory, prechecks, printer
        self._web_origin, self._now = web_origin, now

    def write(self, case_id: str, submission_number: int) -> Rx | None:
        """Make the prescription of a sending that is on its way to the lab, and tell everybody.

        Returns:
            The version, also where it was made before; ``None`` where the case is no longer in this sending and none
            was made.

        Raises:
            Unknown: There is no such case.
            RequestInProgress: Others kept writing the case.
        """
        for _ in range(TRIES):
            if (found := self._cases.with_files(case_id)) is None:
                raise Unknown("case")
            case, files = found
            versions = self._prescriptions.of_case(case_id)
            for rx in versions:
                if rx.submission_number == submission_number:
                    return rx
            submission = case.submission
            if submission is None or submission.number != submission_number or not case.is_on_its_way:
                return None
            try:
                return self._written(case, files, submission)
            except StaleVersion:
                # The lab paused the case, or this step runs elsewhere: look again.
                continue
        raise RequestInProgress

    def _written(self, case: Case, files: tuple[CaseFile, ...], submission: Submission) -> Rx:
        now, number = self._now(), case.rx_version + 1
        printed = self._printer.print(sheet_of(self._prescribed(case, files, submission, number)))
        rx = Rx(
            case_id=case.case_id,
            lab_id=case.lab_id,
            number=number,
            submission_number=submission.number,
            made_at=now,
            size_bytes=len(printed.content),
            sha256=printed.sha256,
            pages=printed.pages,
        )
        # First the paper, then the word of it: whoever hears of it finds it.
        self._papers.keep(rx, printed.content)
        changed = replace(case, rx_version=number, version=case.version + 1)
        numbers = {"rx_number": str(number), "submission_number": str(submission.number)}
        self._prescriptions.issue(
            NewRx(
                rx=rx,
                case=changed,
                entry=entry_of(case.case_id, Deed.RX_ISSUED, numbers, by=None, at=now),
                event=RxIssued(**event_head(changed, at=now), rx_number=number, submission_number=submission.number),
            )
        )
        return rx

    def _prescribed(self, case: Case, files: tuple[CaseFile, ...], submission: Submission, number: int) -> Prescribed:
        known = self._prechecks.circumstances(case)
        if known.practice is None or known.lab is None:
            raise Unknown("organization")
        profile = known.profile
        if profile is None or profile.version != submission.profile_version:
            sent_with = self._directory.profile_version(case.lab_id, case.case_type, submission.profile_version)
            profile = sent_with or profile
        return Prescribed(
            case=case,
            submission=submission,
            number=number,
            files=files,
            practice=known.practice,
            dentist=known.dentist,
            lab=known.lab,
            profile=profile,
            precheck=self._prechecks.check(case, files, known),
            link=case_link(self._web_origin, case.case_id),
        )


class RxService:
    """What people do with prescriptions: see which there are, fetch one, print that the case was sent."""

    def __init__(
        self,
        cases: CasesToPrint,
        prescriptions: Prescriptions,
        papers: Papers,
        *,
        directory: Directory,
        web_origin: str,
    ) -> None:
        self._cases, self._prescriptions, self._papers = cases, prescriptions, papers
        self._directory, self._web_origin = directory, web_origin

    def versions(self, caller: Caller, case_id: str) -> tuple[Rx, ...]:
        """Return the versions of a case's prescription that the caller may have, the oldest first.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        case = ensure_visible(self._cases.find(case_id), caller)
        return seen_by(party_of(caller), case, self._prescriptions.of_case(case_id))

    def download(self, caller: Caller, case_id: str, number: int) -> SignedRequest:
        """Return what fetches one version.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case or version for this caller.
        """
        for rx in self.versions(caller, case_id):
            if rx.number == number:
                return self._papers.sign_download(rx)
        raise Unknown("RX")

    def confirmation(self, caller: Caller, case_id: str) -> Confirmation:
        """Return what is printed to confirm the last sending of a case.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller, or it was not sent; for a lab: it has not received it.
        """
        party = party_of(caller)
        found, files = self._cases.with_files(case_id) or (None, ())
        case = ensure_visible(found, caller)
        submission = case.submission
        if submission is None or (party is Party.LAB and case.first_received is None):
            raise Unknown("confirmation")
        sent = self._cases.sent_packet(case_id, submission.number) if case.is_changed_since_sent else None
        case = case_as_sent(case, sent) if sent else case
        practice, lab = self._directory.practice(case.practice_id), self._directory.lab(case.lab_id)
        if practice is None or lab is None:
            raise Unknown("organization")
        issued = seen_by(party, case, self._prescriptions.of_case(case_id))
        return confirmation_of(
            case,
            submission,
            practice=practice,
            lab=lab,
            files=files_as_sent(case, files) if sent else files,
            rx=next((rx for rx in issued if rx.submission_number == submission.number), None),
            link=case_link(self._web_origin, case_id),
        )
