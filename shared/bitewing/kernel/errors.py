"""Every refusal that the product knows, as one tree.

    BitewingError
    ├── Malformed                 the request cannot be read
    │   ├── MalformedBody
    │   ├── MalformedHeader
    │   ├── InvalidCursor
    │   └── IdempotencyKeyMissing
    ├── Unauthenticated           the token does not say who calls
    ├── NotAllowed                who calls is known, and may not do this
    │   ├── RoleNotAllowed
    │   ├── OnlyThemselves
    │   └── ScopeMissing
    ├── Unknown                   it does not exist, or not for this caller
    ├── Conflict                  it can be read, but not now
    │   ├── StaleVersion
    │   ├── MoveNotAllowed
    │   ├── ConnectionMoveNotAllowed
    │   ├── PacketLocked
    │   ├── TooManyFiles
    │   ├── TooManyScanners
    │   ├── TooManyWebhooks
    │   ├── WebhookNotActive
    │   ├── TooManyLabSystems
    │   ├── UploadNotOpen
    │   ├── UploadIncomplete
    │   ├── FileNotReady
    │   ├── LabClosed
    │   ├── BlockNotOffered
    │   ├── BlockTaken
    │   ├── ContactLab
    │   ├── SessionNotOpen
    │   ├── SessionNotBegun
    │   ├── PrecheckBlocked
    │   ├── WarningsNotAcknowledged
    │   ├── LinkNotPossible
    │   ├── TooManyLinks
    │   ├── ShipmentNotPossible
    │   ├── TooManyShipments
    │   ├── ShipmentArrived
    │   ├── TooManyAnnouncements
    │   ├── TooManyRules
    │   ├── PeriodMoveNotAllowed
    │   ├── PeriodNotOpen
    │   ├── DeadlinePassed
    │   ├── RequestMoveNotAllowed
    │   ├── RequestNotOpen
    │   ├── DayMoveNotAllowed
    │   ├── CaseDayClosed
    │   ├── DayNotBegun
    │   ├── CaseDayNotConfirmed
    │   ├── TooManyPatients
    │   ├── TooManyFeeds
    │   ├── DateTaken
    │   ├── HardRulesBroken
    │   ├── TeamNotReady
    │   ├── QuestionOutdated
    │   ├── MatchRunNotOpen
    │   ├── MatchRunUnderWay
    │   ├── ChangesRefused
    │   ├── EmailTaken
    │   ├── LastAdmin
    │   ├── OrganizationHasAdmin
    │   ├── InvitationExpired
    │   ├── InvitationNotOpen
    │   ├── ClinicianExists
    │   └── RequestInProgress
    ├── VersionMissing            an update that does not say what it has read
    ├── BodyTooLarge
    ├── UnsupportedContentType
    └── InvalidInput              it can be read, and a value in it is wrong
        └── IdempotencyKeyReused

An error carries a stable ``code`` and facts as attributes. How it is told to a caller over HTTP stands in
one table, ``bitewing.aws.http``. No error text contains patient data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from bitewing.kernel.moments import rfc3339


class BitewingError(Exception):
    """A refusal that the product knows and that a caller can act on."""

    code: ClassVar[str] = "error"

    def facts(self) -> dict[str, Any]:
        """Return what a program needs to act on this refusal, as JSON values."""
        return {}


class Malformed(BitewingError):
    """The request cannot be read."""

    code = "malformed"


class MalformedBody(Malformed):
    """The body is not the JSON object that it should be."""

    code = "malformed_body"


class MalformedHeader(Malformed):
    """A header has a form that cannot be read."""

    code = "malformed_header"


class InvalidCursor(Malformed):
    """The cursor was not issued to this caller for this list, or was changed."""

    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__("This cursor does not belong to this list. Start again without a cursor.")


class IdempotencyKeyMissing(Malformed):
    """A request that creates something came without its ``Idempotency-Key``."""

    code = "idempotency_key_missing"

    def __init__(self) -> None:
        super().__init__("Send an Idempotency-Key header of 1 to 128 visible ASCII characters.")


class Unauthenticated(BitewingError):
    """The token does not say which person of which organization calls."""

    code = "unauthenticated"


class NotAllowed(BitewingError):
    """The caller is known, and may not do this."""

    code = "not_allowed"


class RoleNotAllowed(NotAllowed):
    """The caller may see this, but not do it."""

    code = "role_not_allowed"

    def __init__(self, needed: Iterable[str]) -> None:
        self.needed = tuple(sorted(needed))
        super().__init__(f"This needs one of the roles {', '.join(self.needed)}.")

    def facts(self) -> dict[str, Any]:
        """Return the roles of which the caller needs one."""
        return {"needed_roles": list(self.needed)}


class OnlyThemselves(NotAllowed):
    """Somebody does not want to be written to, and nobody else says otherwise."""

    code = "only_themselves"

    def __init__(self) -> None:
        super().__init__("They do not want to be written to there. Only they themselves can change that.")


class ScopeMissing(NotAllowed):
    """The credential is in force, and does not open this."""

    code = "scope_missing"

    def __init__(self, needed: str) -> None:
        self.needed = needed
        super().__init__(f"This needs a credential with the scope {needed}.")

    def facts(self) -> dict[str, Any]:
        """Return the scope that the credential needs."""
        return {"needed_scope": self.needed}


class Unknown(BitewingError):
    """The thing does not exist, or does not exist for this caller."""

    code = "not_found"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"There is no such {what}.")


class Conflict(BitewingError):
    """The request can be read, but what it is about does not allow it now."""

    code = "conflict"


class StaleVersion(Conflict):
    """Someone else saved the record first."""

    code = "stale_version"

    def __init__(self, *, expected: int, actual: int) -> None:
        self.expected, self.actual = expected, actual
        super().__init__(
            f"You changed version {expected}; version {actual} is stored. Read it again, then repeat the change."
        )

    def facts(self) -> dict[str, Any]:
        """Return both versions."""
        return {"expected_version": self.expected, "actual_version": self.actual}


class MoveNotAllowed(Conflict):
    """The table of moves does not have this move for this party, or it is made in another way.

    Attributes:
        made_by: The way in which it is made, where it is made at all: ``submit`` or ``planning-session``.
    """

    code = "move_not_allowed"

    def __init__(self, *, status: str, to: str, allowed: Iterable[str], made_by: str | None = None) -> None:
        self.status, self.to, self.allowed, self.made_by = status, to, tuple(sorted(allowed)), made_by
        moves = ", ".join(self.allowed) or "nothing"
        refusal = f"A case in '{status}' cannot go to '{to}'."
        if made_by is not None:
            refusal = f"A case in '{status}' goes to '{to}' only by '{made_by}' of the case, not by a transition."
        super().__init__(f"{refusal} From here you can move it to {moves}.")

    def facts(self) -> dict[str, Any]:
        """Return the status and the moves that are allowed from it."""
        facts = {"current_status": self.status, "allowed_moves": list(self.allowed)}
        return facts | ({"made_by": self.made_by} if self.made_by else {})


class ConnectionMoveNotAllowed(Conflict):
    """The table of moves does not have this move of a connection for this side."""

    code = "connection_move_not_allowed"

    def __init__(self, *, state: str, to: str, allowed: Iterable[str]) -> None:
        self.state, self.to, self.allowed = state, to, tuple(sorted(allowed))
        moves = ", ".join(self.allowed) or "nothing"
        super().__init__(f"A connection that is '{state}' cannot become '{to}'. From here you can make it {moves}.")

    def facts(self) -> dict[str, Any]:
        """Return the state and the moves that are allowed from it."""
        return {"current_state": self.state, "allowed_moves": list(self.allowed)}


class PacketLocked(Conflict):
    """The packet cannot be changed in this status."""

    code = "packet_locked"

    def __init__(self, *, status: str, contact: str) -> None:
        self.status, self.contact = status, contact
        super().__init__(f"A case in '{status}' cannot be changed here. Contact the lab: {contact}.")

    def facts(self) -> dict[str, Any]:
        """Return the status, and whom to ask."""
        return {"current_status": self.status, "contact": self.contact}


class TooManyFiles(Conflict):
    """The case has as many files as a case can have, or had as many as it can ever have."""

    code = "too_many_files"

    def __init__(self, *, limit: int, with_gone: bool = False) -> None:
        self.limit = limit
        super().__init__(
            f"At most {limit} files are ever announced for a case, removed and replaced ones among them. "
            "Start another case."
            if with_gone
            else f"A case has at most {limit} files. Remove files that it does not need, or send them as a zip."
        )

    def facts(self) -> dict[str, Any]:
        """Return how many files a case can have."""
        return {"limit": self.limit}


class TooManyScanners(Conflict):
    """The practice has as many scanners in force as a practice can have."""

    code = "too_many_scanners"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"A practice has at most {limit} scanners in force. Revoke those that are gone.")

    def facts(self) -> dict[str, Any]:
        """Return how many scanners a practice can have."""
        return {"limit": self.limit}


class TooManyLabSystems(Conflict):
    """The lab has as many systems in force as a lab can have."""

    code = "too_many_lab_systems"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"A lab has at most {limit} systems in force. Revoke those that are gone.")

    def facts(self) -> dict[str, Any]:
        """Return how many systems a lab can have."""
        return {"limit": self.limit}


class TooManyWebhooks(Conflict):
    """The lab has as many webhooks as a lab can have."""

    code = "too_many_webhooks"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"A lab has at most {limit} webhooks. Remove those that are not needed.")

    def facts(self) -> dict[str, Any]:
        """Return how many webhooks a lab can have."""
        return {"limit": self.limit}


class WebhookNotActive(Conflict):
    """Nothing is sent to the webhook now: it is paused, or was disabled."""

    code = "webhook_not_active"

    def __init__(self, *, state: str) -> None:
        self.state = state
        super().__init__(f"This webhook is '{state}'. Set it active first.")

    def facts(self) -> dict[str, Any]:
        """Return the state of the webhook."""
        return {"webhook_state": self.state}


class UploadNotOpen(Conflict):
    """The upload is not waiting for bytes: it ended, or its file was removed."""

    code = "upload_not_open"

    def __init__(self, *, state: str) -> None:
        self.state = state
        super().__init__(f"This upload is not open: its file is '{state}'. Announce a new upload.")

    def facts(self) -> dict[str, Any]:
        """Return the state of the file."""
        return {"file_state": self.state}


class UploadIncomplete(Conflict):
    """Storage refuses to complete the upload: parts are missing or differ from what was announced."""

    code = "upload_incomplete"


class FileNotReady(Conflict):
    """The file has no bytes to give: it never came, was quarantined or removed."""

    code = "file_not_ready"

    def __init__(self, *, state: str) -> None:
        self.state = state
        super().__init__(f"This file cannot be downloaded: it is '{state}'.")

    def facts(self) -> dict[str, Any]:
        """Return the state of the file."""
        return {"file_state": self.state}


class LabClosed(Conflict):
    """The lab's calendar has no working day for more than a year."""

    code = "lab_closed"

    def __init__(self, *, contact: str) -> None:
        self.contact = contact
        super().__init__(f"The lab's calendar has no working day, so nothing can be due. Contact the lab: {contact}.")

    def facts(self) -> dict[str, Any]:
        """Return whom to ask."""
        return {"contact": self.contact}


class BlockNotOffered(Conflict):
    """The block cannot be booked by anybody: it is over, too near, too far, or none of the lab's."""

    code = "block_not_offered"

    def __init__(self, says: str, *, reason: str, next_free: datetime | None) -> None:
        self.reason, self.next_free = reason, next_free
        super().__init__(says)

    def facts(self) -> dict[str, Any]:
        """Return why, in a word, and when the next block begins that can be booked."""
        return {"reason": self.reason, "next_free": _stated(self.next_free)}


class BlockTaken(Conflict):
    """No planner of the lab is free in the block: somebody else has booked it."""

    code = "block_taken"

    def __init__(self, *, next_free: datetime | None) -> None:
        self.next_free = next_free
        then = "Book the next free block instead." if next_free else "No other block is free: contact the lab."
        super().__init__(f"This block is taken. {then}")

    def facts(self) -> dict[str, Any]:
        """Return when the next block begins that can be booked."""
        return {"next_free": _stated(self.next_free)}


class ContactLab(Conflict):
    """The practice cannot move or cancel its planning session by itself, or no longer: the lab can."""

    code = "contact_lab"

    def __init__(self, *, contact: str) -> None:
        self.contact = contact
        super().__init__(f"Only the lab can move or cancel this planning session. Contact the lab: {contact}.")

    def facts(self) -> dict[str, Any]:
        """Return whom to ask."""
        return {"contact": self.contact}


class SessionNotOpen(Conflict):
    """The planning session is over: it can neither be moved, canceled nor missed."""

    code = "session_not_open"

    def __init__(self, *, state: str) -> None:
        self.state = state
        super().__init__(f"This planning session is '{state}'.")

    def facts(self) -> dict[str, Any]:
        """Return what became of the session."""
        return {"session_state": self.state}


class SessionNotBegun(Conflict):
    """The planning session lies ahead: nobody can have held it, or missed it."""

    code = "session_not_begun"

    def __init__(self, *, starts_at: datetime) -> None:
        self.starts_at = starts_at
        super().__init__(f"This planning session begins at {rfc3339(starts_at)}: nothing has come of it before.")

    def facts(self) -> dict[str, Any]:
        """Return when it begins."""
        return {"starts_at": rfc3339(self.starts_at)}


def _stated(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None


class PrecheckBlocked(Conflict):
    """PreCheck blocks the submission; the findings say what to do."""

    code = "precheck_blocked"

    def __init__(self, findings: Iterable[dict[str, Any]]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"PreCheck blocks this case with {len(self.findings)} findings. Deal with them first.")

    def facts(self) -> dict[str, Any]:
        """Return the findings that block."""
        return {"findings": list(self.findings)}


class WarningsNotAcknowledged(Conflict):
    """PreCheck warns, and not every warning was acknowledged by its rule id."""

    code = "warnings_not_acknowledged"

    def __init__(self, findings: Iterable[dict[str, Any]]) -> None:
        self.findings = tuple(findings)
        super().__init__("Acknowledge each warning by its rule id, or deal with it.")

    def facts(self) -> dict[str, Any]:
        """Return the findings that are not acknowledged."""
        return {"findings": list(self.findings)}


class EmailTaken(Conflict):
    """A person with this e-mail address is known already."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("A person with this e-mail address is known already. An address is of one person only.")


class LastAdmin(Conflict):
    """The organization would have nobody left who manages it."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the last administrator. Give the role to another person first.")


class OrganizationHasAdmin(Conflict):
    """The organization has an administrator, who invites its people."""

    code = "organization_has_admin"

    def __init__(self) -> None:
        super().__init__("This organization has an administrator, and only its administrators invite people.")


class InvitationExpired(Conflict):
    """The invitation was not accepted in its time."""

    code = "invitation_expired"

    def __init__(self) -> None:
        super().__init__("This invitation has expired. Ask who invited you to send it again.")


class InvitationNotOpen(Conflict):
    """There is no invitation to send again: it was accepted, or taken back."""

    code = "invitation_not_open"

    def __init__(self, *, state: str) -> None:
        self.state = state
        super().__init__(f"This person is '{state}': there is no invitation to send again.")

    def facts(self) -> dict[str, Any]:
        """Return where the person stands."""
        return {"member_state": self.state}


class ClinicianExists(Conflict):
    """The person is a clinician of the care team already."""

    code = "clinician_exists"

    def __init__(self) -> None:
        super().__init__("This person is a clinician of the care team already. Change their record instead.")


class LinkNotPossible(Conflict):
    """The case has no correction links, or none now."""

    code = "link_not_possible"


class TooManyLinks(Conflict):
    """As many correction links of the case are open as can be."""

    code = "too_many_links"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"At most {limit} correction links of a case are open at once. Revoke one first.")

    def facts(self) -> dict[str, Any]:
        """Return how many links of a case can be open."""
        return {"limit": self.limit}


class ShipmentNotPossible(Conflict):
    """Nothing is shipped of a case in this status."""

    code = "shipment_not_possible"

    def __init__(self, *, status: str) -> None:
        self.status = status
        super().__init__(
            f"A case in '{status}' ships nothing: parcels leave when it is finished, until it is delivered."
        )

    def facts(self) -> dict[str, Any]:
        """Return the status."""
        return {"current_status": self.status}


class TooManyShipments(Conflict):
    """The case has as many parcels as it can have."""

    code = "too_many_shipments"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"A case is shipped in {limit} parcels at most.")

    def facts(self) -> dict[str, Any]:
        """Return how many parcels a case can have."""
        return {"limit": self.limit}


class ShipmentArrived(Conflict):
    """What arrived was sent."""

    code = "shipment_arrived"

    def __init__(self) -> None:
        super().__init__("This parcel has arrived: it stays with its case.")


class TooManyAnnouncements(Conflict):
    """As many announcements of the organization are in force or planned as can be."""

    code = "too_many_announcements"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"At most {limit} announcements are in force or planned at once. Withdraw one first.")

    def facts(self) -> dict[str, Any]:
        """Return how many announcements can be open."""
        return {"limit": self.limit}


class TooManyRules(Conflict):
    """As many rules of notifications are changed or added as can be."""

    code = "too_many_rules"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"At most {limit} rules can be changed or added. Remove one first.")

    def facts(self) -> dict[str, Any]:
        """Return how many rules can be changed or added."""
        return {"limit": self.limit}


class PeriodMoveNotAllowed(Conflict):
    """The table of moves of scheduling periods does not have this move for this caller, or it is made in another way.

    Attributes:
        made_by: The way in which it is made, where it is made at all: ``match-runs``.
    """

    code = "period_move_not_allowed"

    def __init__(self, *, status: str, to: str, allowed: Iterable[str], made_by: str | None = None) -> None:
        self.status, self.to, self.allowed, self.made_by = status, to, tuple(sorted(allowed)), made_by
        moves = ", ".join(self.allowed) or "nothing"
        refusal = f"A period in '{status}' cannot go to '{to}'."
        if made_by is not None:
            refusal = f"A period in '{status}' goes to '{to}' only by '{made_by}' of the period, not by a transition."
        super().__init__(f"{refusal} From here you can move it to {moves}.")

    def facts(self) -> dict[str, Any]:
        """Return the status and the moves that are allowed from it."""
        facts = {"current_status": self.status, "allowed_moves": list(self.allowed)}
        return facts | ({"made_by": self.made_by} if self.made_by else {})


class PeriodNotOpen(Conflict):
    """The scheduling period does not take this where it is in its life."""

    code = "period_not_open"

    def __init__(self, *, what: str) -> None:
        self.what = what
        super().__init__(f"This period takes no {what} now. Ask the manager of the care team.")


class DeadlinePassed(Conflict):
    """It was due at a moment that is over."""

    code = "deadline_passed"

    def __init__(self, *, due_at: datetime) -> None:
        self.due_at = due_at
        super().__init__(f"This was due until {rfc3339(due_at)}. A manager of the care team can set a later deadline.")

    def facts(self) -> dict[str, Any]:
        """Return when it was due."""
        return {"due_at": rfc3339(self.due_at)}


class RequestMoveNotAllowed(Conflict):
    """The table of moves of Case Day requests does not have this move for this caller."""

    code = "request_move_not_allowed"

    def __init__(self, *, status: str, to: str, allowed: Iterable[str]) -> None:
        self.status, self.to, self.allowed = status, to, tuple(sorted(allowed))
        moves = ", ".join(self.allowed) or "nothing"
        super().__init__(f"A request that is '{status}' cannot become '{to}'. From here you can make it {moves}.")

    def facts(self) -> dict[str, Any]:
        """Return the status and the moves that are allowed from it."""
        return {"current_status": self.status, "allowed_moves": list(self.allowed)}


class RequestNotOpen(Conflict):
    """The Case Day request stays as it is: something became of it."""

    code = "request_not_open"

    def __init__(self, *, status: str) -> None:
        self.status = status
        super().__init__(f"This request is '{status}', and stays as it is. Change its Case Day, or ask anew.")

    def facts(self) -> dict[str, Any]:
        """Return the status."""
        return {"current_status": self.status}


class MatchRunNotOpen(Conflict):
    """What is asked of a match run does not go with where it is in its life."""

    code = "match_run_not_open"

    def __init__(self, *, status: str, says: str = "this is not possible now") -> None:
        self.status = str(status)
        super().__init__(f"The match run is {self.status}: {says}.")

    def facts(self) -> dict[str, Any]:
        """Return where the run is."""
        return {"current_status": self.status}


class MatchRunUnderWay(Conflict):
    """The scheduling period is matched already, or has a proposal that waits for a decision or is carried out."""

    code = "match_run_under_way"

    def __init__(self, *, run_id: str, status: str) -> None:
        self.run_id, self.status = run_id, str(status)
        super().__init__(
            f"A match run of this period is {self.status}. Stop it, or decide on all of its proposal and let approved "
            "days be claimed, and match anew."
        )

    def facts(self) -> dict[str, Any]:
        """Return which run it is, and where it is."""
        return {"run_id": self.run_id, "current_status": self.status}


class DayMoveNotAllowed(Conflict):
    """The table of moves of Case Days does not have this move for this caller."""

    code = "day_move_not_allowed"

    def __init__(self, *, status: str, to: str, allowed: Iterable[str]) -> None:
        self.status, self.to, self.allowed = status, to, tuple(sorted(allowed))
        moves = ", ".join(self.allowed) or "nothing"
        super().__init__(f"A Case Day in '{status}' cannot go to '{to}'. From here you can move it to {moves}.")

    def facts(self) -> dict[str, Any]:
        """Return the status and the moves that are allowed from it."""
        return {"current_status": self.status, "allowed_moves": list(self.allowed)}


class CaseDayClosed(Conflict):
    """The Case Day has begun, or will not take place: it stays as it is."""

    code = "case_day_closed"

    def __init__(self, *, status: str, begins_at: datetime) -> None:
        self.status, self.begins_at = status, begins_at
        super().__init__(
            f"This Case Day is '{status}' and begins at {rfc3339(begins_at)}: only a day that lies ahead is changed."
        )

    def facts(self) -> dict[str, Any]:
        """Return the status, and when it begins."""
        return {"current_status": self.status, "begins_at": rfc3339(self.begins_at)}


class DayNotBegun(Conflict):
    """The Case Day lies ahead: it can be neither in progress nor completed."""

    code = "day_not_begun"

    def __init__(self, *, begins_at: datetime) -> None:
        self.begins_at = begins_at
        super().__init__(f"This Case Day begins at {rfc3339(begins_at)}.")

    def facts(self) -> dict[str, Any]:
        """Return when it begins."""
        return {"begins_at": rfc3339(self.begins_at)}


class CaseDayNotConfirmed(Conflict):
    """The Case Day is not confirmed: no patients are assigned to it yet."""

    code = "case_day_not_confirmed"

    def __init__(self, *, status: str) -> None:
        self.status = status
        super().__init__(f"This Case Day is '{status}'. Patients are assigned once the care team has confirmed it.")

    def facts(self) -> dict[str, Any]:
        """Return the status."""
        return {"current_status": self.status}


class TooManyPatients(Conflict):
    """The Case Day has as many patients as it can have."""

    code = "too_many_patients"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"At most {limit} patients are treated on a Case Day.")

    def facts(self) -> dict[str, Any]:
        """Return how many patients a day can have."""
        return {"limit": self.limit}


class TooManyFeeds(Conflict):
    """As many calendar feeds of the clinician or practice are in force as can be."""

    code = "too_many_feeds"

    def __init__(self, *, limit: int) -> None:
        self.limit = limit
        super().__init__(f"At most {limit} calendar feeds are in force. Revoke one that nobody uses first.")

    def facts(self) -> dict[str, Any]:
        """Return how many feeds can be in force."""
        return {"limit": self.limit}


class DateTaken(Conflict):
    """The practice has another Case Day on this date."""

    code = "date_taken"

    def __init__(self, *, on: date) -> None:
        self.on = on
        super().__init__(f"The practice has another Case Day on {on.isoformat()}. A practice has one a date at most.")

    def facts(self) -> dict[str, Any]:
        """Return the date."""
        return {"on": self.on.isoformat()}


class HardRulesBroken(Conflict):
    """Somebody cannot be on the team of a Case Day: hard rules would be broken, and were not set aside by name."""

    code = "hard_rules_broken"

    def __init__(self, violations: Iterable[dict[str, Any]]) -> None:
        self.violations = tuple(violations)
        rules = ", ".join(dict.fromkeys(each["rule"] for each in self.violations))
        super().__init__(f"Hard rules would be broken: {rules}. Choose otherwise, or set aside those that can be.")

    def facts(self) -> dict[str, Any]:
        """Return each rule with a sentence, and whether a manager can set it aside."""
        return {"violations": list(self.violations)}


class TeamNotReady(Conflict):
    """The team of the Case Day is not complete, or has not accepted."""

    code = "team_not_ready"

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"A Case Day is confirmed with a team that has accepted. Missing: {', '.join(self.missing)}.")

    def facts(self) -> dict[str, Any]:
        """Return what is missing, as codes."""
        return {"missing": list(self.missing)}


class QuestionOutdated(Conflict):
    """The answer is to a question that was asked anew since, such as for another date."""

    code = "question_outdated"

    def __init__(self, *, asked_at: datetime) -> None:
        self.asked_at = asked_at
        super().__init__("The Case Day was changed, and its team asked anew. Read it again, then answer.")

    def facts(self) -> dict[str, Any]:
        """Return when the question in force was asked."""
        return {"asked_at": rfc3339(self.asked_at)}


class ChangesRefused(Conflict):
    """The care team takes none of these changes of a Case Day from its practice; nothing was changed."""

    code = "changes_refused"

    def __init__(self, refused: Mapping[str, str]) -> None:
        self.refused = dict(refused)
        super().__init__(f"Not changed here: {', '.join(self.refused)}. Nothing was changed; ask the care team.")

    def facts(self) -> dict[str, Any]:
        """Return each refused field, and why."""
        return {"refused": [{"field": name, "detail": says} for name, says in self.refused.items()]}


class RequestInProgress(Conflict):
    """Others change the same record at this moment; nothing was written."""

    code = "request_in_progress"

    def __init__(self) -> None:
        super().__init__("Others change this at this moment. Nothing was changed; send the request again.")


class VersionMissing(BitewingError):
    """An update does not say which version it has read."""

    code = "version_missing"

    def __init__(self) -> None:
        super().__init__("Send an If-Match header with the ETag that reading gave.")


class BodyTooLarge(BitewingError):
    """The body is larger than the API reads."""

    code = "body_too_large"

    def __init__(self, *, size_bytes: int, max_bytes: int) -> None:
        self.size_bytes, self.max_bytes = size_bytes, max_bytes
        super().__init__(f"The body has {size_bytes} bytes; at most {max_bytes} are read.")

    def facts(self) -> dict[str, Any]:
        """Return the limit in bytes."""
        return {"max_bytes": self.max_bytes}


class UnsupportedContentType(BitewingError):
    """The body is not sent as JSON."""

    code = "unsupported_content_type"

    def __init__(self) -> None:
        super().__init__("Send the body as application/json.")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value of a request.

    Attributes:
        pointer: Where the value is, as a JSON pointer into the body (RFC 6901), or a parameter's name.
        says: One sentence that says what is wrong and what is expected.
    """

    pointer: str
    says: str


class InvalidInput(BitewingError):
    """The request can be read, and values in it are wrong."""

    code = "invalid_input"

    def __init__(self, *errors: FieldError) -> None:
        self.errors = errors
        super().__init__(errors[0].says if len(errors) == 1 else f"{len(errors)} values are not valid.")


class IdempotencyKeyReused(InvalidInput):
    """The key was used before, for another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            FieldError("Idempotency-Key", "This key stands for another request. Use a new key for a new one.")
        )
