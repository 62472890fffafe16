"""Writes ``openapi.json``: the HTTP interface, described by its own code.

    python -m tools.openapi

Routes, parameters and bodies come from the functions, refusals from the table in ``bitewing.aws.http``, examples
from the sample things. Which refusals a route can give stands here, and the tests of the functions hold every
answer to it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from inspect import getdoc
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from bitewing.aws.http import ETAG_PATTERN, IDEMPOTENCY_KEY_PATTERN, MAX_BODY_BYTES, PROBLEM, REFUSALS, etag, problem
from bitewing.case_days.feeds import MAX_FEEDS
from bitewing.case_days.patients import MAX_PATIENTS
from bitewing.cases.corrections import MAX_OPEN_LINKS
from bitewing.cases.shipments import MAX_SHIPMENTS
from bitewing.files.case_file import MAX_FILES
from bitewing.home.announcement import MAX_OPEN
from bitewing.kernel import errors
from bitewing.kernel.errors import BitewingError, FieldError
from bitewing.kernel.wire import ROUTES
from bitewing.machines.machine import TERMS, MachineKind, Scope
from bitewing.notifications.changed_rules import MAX_RULES
from bitewing.webhooks.endpoint import MAX_ENDPOINTS

from tools.examples import answers, bodies
from tools.offline import PROJECT, handler_of
from tools.sample_case_days import FEED_CREDENTIAL

DOCUMENT: Final = PROJECT / "openapi.json"
_E = errors

TAGS: Final[Mapping[str, str]] = {
    "directory": "Who calls, and whom they work with.",
    "home": "What comes first: announcements, what needs attention, counts, sessions; and the own account.",
    "reports": "What many cases tell together.",
    "members": "The people of an organization: invited, with roles, gone.",
    "requirements": "What labs want for each case type, in versions, and what there is to choose.",
    "cases": "One piece of work for one patient: prepared, checked, sent and followed.",
    "planning": "When labs plan with their practices, which blocks are free, and the planning sessions of cases.",
    "care teams": "Clinicians who go to practices: with credentials; to which sites; and whom practices prefer.",
    "scheduling": "Case Days are planned in periods: when clinicians can work, and which days practices ask for.",
    "case days": "Days on which a team goes to a practice: who is asked, confirmed, changed by criteria, called off.",
    "schedules": "Who works where, by day, week and month, and calendars of it to subscribe to.",
    "matching": "Periods are matched: a schedule is looked for, proposed, and decided on, whole or day by day.",
    "progress": "How a case goes on after it was sent: made, given back, paused, shipped, ended.",
    "shipping": "How the work of a case goes to its practice: in parcels, followed until they are there.",
    "carriers": "What carriers tell of their parcels, with a signature instead of a token.",
    "reviews": "What lab and practice say of a case: returned with reasons, answered one by one, noted.",
    "lab cases": "Cases that a lab starts from work that arrived outside, and links to mend them without an account.",
    "correction": "What whoever has a correction link can do: read what is asked for, answer, send files, be done.",
    "scanners": "What a scanner can do with its own credential: send files to cases of its practice, and nothing else.",
    "lab systems": "Who of a lab's own software may call, and what it can do with its credential.",
    "inbox": "What one was told, in one's own language, and how one wants to be told of things.",
    "notifications": "Who hears of what, in which words; and what became of mails and text messages.",
    "webhooks": "Where a lab's own system hears what happens to its cases, signed, with a log of what was sent.",
    "prescriptions": "The RX of a case, a PDF for each sending; and the page that confirms a sending.",
    "files": "The scans, volumes and photos of a case; the bytes go straight to storage and come from there.",
}

DESCRIPTION: Final = f"""\
The interface of Bitewing for dental practices and dental labs.

- **Who calls** stands in the access token: the person, their organization and their roles. What belongs to another
  organization does not exist for the caller (404); what a role may see but not do is refused (403).
- **Refusals** are problems (RFC 9457) with a stable `code`, a sentence that says what to do, and for wrong values
  `errors` with a JSON pointer each.
- **Creating** takes an `Idempotency-Key`: the same key and body give the same answer for a day.
- **Changing** takes the `ETag` that reading gave as `If-Match`: nothing that others saved is overwritten.
- **Lists** take a `limit` and go on with the `next` of the page before as `cursor`.
- **Times** are in UTC (RFC 3339), dates `YYYY-MM-DD` in the time zone of the organization that they belong to.
- **Bodies** have at most {MAX_BODY_BYTES // 1024} KiB. A field that the API does not know is refused, never ignored.
"""

#: What a request with a body can meet before it is looked at.
_BODY: Final = (_E.MalformedBody, _E.BodyTooLarge, _E.UnsupportedContentType, _E.InvalidInput)
_CREATION: Final = (*_BODY, _E.IdempotencyKeyMissing, _E.IdempotencyKeyReused, _E.RequestInProgress)
_LIST: Final = (_E.InvalidCursor, _E.InvalidInput)
#: What whoever may see a case can be told of it.
_CASE: Final = (_E.RoleNotAllowed, _E.Unknown)
_VERSION: Final = (_E.MalformedHeader, _E.VersionMissing, _E.StaleVersion)

#: What software of a lab can be told of a case.
_OF_SYSTEM: Final = (_E.ScopeMissing, _E.Unknown)
#: What a change of a planning session can meet.
_SESSION: Final = (*_CASE, _E.MoveNotAllowed, _E.SessionNotOpen, _E.ContactLab, _E.RequestInProgress)
#: What is said for a scheduling period can meet.
_IN_PERIOD: Final = (_E.DeadlinePassed, _E.PeriodNotOpen)
#: What a change of a Case Day can meet.
_OF_DAY: Final = (*_CASE, *_VERSION, _E.CaseDayClosed, _E.RequestInProgress)
#: What a move of a Case Day along its life can meet.
_DAY_MOVE: Final = (*_CASE, *_VERSION, _E.DayMoveNotAllowed, _E.RequestInProgress)
#: What a change with a correction link can meet.
_CORRECTION: Final = (*_BODY, *_VERSION, _E.PacketLocked, _E.RequestInProgress)

#: Which refusals each operation can give, beside those that all can: no or an unusable token, too many requests.
CAN_GIVE: Final[Mapping[str, tuple[type[BitewingError], ...]]] = {
    "read_me": (_E.Unknown,),
    "read_home": (),
    "read_account": (_E.Unknown,),
    "change_account": (*_BODY, *_CASE, *_VERSION),
    "list_announcements": (_E.RoleNotAllowed,),
    "publish_announcement": (*_CREATION, _E.RoleNotAllowed, _E.TooManyAnnouncements),
    "read_announcement": _CASE,
    "change_announcement": (*_BODY, *_CASE, *_VERSION, _E.TooManyAnnouncements, _E.RequestInProgress),
    "withdraw_announcement": (*_CASE, *_VERSION, _E.RequestInProgress),
    "list_inbox": _LIST,
    "read_inbox_entry": (_E.Unknown, _E.RequestInProgress),
    "read_all_of_inbox": (*_BODY, _E.RequestInProgress),
    "read_notification_preferences": (_E.Unknown,),
    "change_notification_preferences": (*_BODY, *_VERSION, _E.Unknown),
    "list_notification_rules": (_E.RoleNotAllowed,),
    "add_notification_rule": (*_CREATION, _E.RoleNotAllowed, _E.TooManyRules),
    "dry_run_notification_rules": (*_BODY, *_CASE),
    "read_notification_rule": _CASE,
    "change_notification_rule": (*_BODY, *_CASE, *_VERSION, _E.TooManyRules),
    "remove_notification_rule": (*_CASE, *_VERSION),
    "list_notification_templates": (_E.InvalidInput, _E.RoleNotAllowed),
    "read_notification_template": _CASE,
    "replace_notification_template": (*_BODY, *_CASE, *_VERSION),
    "remove_notification_template": (*_CASE, *_VERSION),
    "preview_notification_template": (*_BODY, *_CASE),
    "list_notification_log": (*_LIST, *_CASE),
    "list_unreachable": (_E.InvalidInput, _E.Unknown),
    "use_address_again": (_E.InvalidInput, _E.OnlyThemselves, _E.Unknown),
    "create_practice": (*_CREATION, _E.RoleNotAllowed),
    "read_practice": _CASE,
    "change_practice": (*_BODY, *_CASE, *_VERSION),
    "set_billing": (*_BODY, *_CASE),
    "create_lab": (*_CREATION, _E.RoleNotAllowed),
    "list_labs": (*_LIST, _E.RoleNotAllowed),
    "read_lab": _CASE,
    "change_lab": (*_BODY, *_CASE, *_VERSION),
    "ask_for_connection": (*_CREATION, *_CASE, _E.ConnectionMoveNotAllowed),
    "list_connections": (*_LIST, _E.RoleNotAllowed),
    "read_connection": _CASE,
    "move_connection": (*_BODY, *_CASE, *_VERSION, _E.ConnectionMoveNotAllowed),
    "list_dentists": (_E.RoleNotAllowed,),
    "add_dentist": (*_CREATION, _E.RoleNotAllowed),
    "read_dentist": _CASE,
    "change_dentist": (*_BODY, *_CASE, *_VERSION),
    "enter_scanner": (*_CREATION, _E.RoleNotAllowed, _E.TooManyScanners),
    "list_scanners": (_E.RoleNotAllowed,),
    "revoke_scanner": _CASE,
    "enter_guest_practice": (*_CREATION, *_CASE),
    "list_guest_practices": (*_LIST, _E.RoleNotAllowed),
    "read_guest_practice": _CASE,
    "add_guest_dentist": (*_CREATION, *_CASE),
    "change_guest_dentist": (*_BODY, *_CASE, *_VERSION),
    "announce_scan": (*_CREATION, _E.Unknown, _E.PacketLocked, _E.TooManyFiles),
    "complete_scan": (*_BODY, _E.Unknown, _E.UploadNotOpen, _E.UploadIncomplete),
    "enter_webhook": (*_CREATION, _E.RoleNotAllowed, _E.TooManyWebhooks),
    "list_webhooks": (_E.RoleNotAllowed,),
    "read_webhook": _CASE,
    "change_webhook": (*_BODY, *_CASE, *_VERSION),
    "remove_webhook": _CASE,
    "rotate_webhook_secret": (*_CASE, *_VERSION),
    "ping_webhook": (*_CASE, _E.WebhookNotActive),
    "list_deliveries": (*_LIST, *_CASE),
    "redeliver": (*_CASE, _E.WebhookNotActive, _E.RequestInProgress),
    "list_cases_for_system": (*_LIST, _E.ScopeMissing),
    "read_case_for_system": _OF_SYSTEM,
    "list_files_for_system": _OF_SYSTEM,
    "download_file_for_system": (*_OF_SYSTEM, _E.FileNotReady),
    "move_case_for_system": (
        *(*_BODY, *_VERSION, *_OF_SYSTEM),
        *(_E.MoveNotAllowed, _E.LabClosed, _E.RequestInProgress),
    ),
    "list_rx_versions_for_system": _OF_SYSTEM,
    "download_rx_for_system": (*_OF_SYSTEM, _E.InvalidInput),
    "list_shipments_for_system": _OF_SYSTEM,
    "add_shipment_for_system": (*_CREATION, *_OF_SYSTEM, _E.ShipmentNotPossible, _E.TooManyShipments),
    "remove_shipment_for_system": (*_OF_SYSTEM, _E.ShipmentArrived, _E.ShipmentNotPossible, _E.RequestInProgress),
    "list_case_types": (_E.RoleNotAllowed,),
    "list_profiles": _CASE,
    "read_profile": (*_CASE, _E.InvalidInput),
    "publish_profile": (*_BODY, *_CASE, *_VERSION, _E.RequestInProgress),
    "try_profile": (*_BODY, *_CASE),
    "list_profile_versions": (*_LIST, *_CASE),
    "read_profile_version": (*_CASE, _E.InvalidInput),
    "read_rule_report_of_lab": (_E.RoleNotAllowed, _E.Unknown, _E.InvalidInput),
    "read_rule_report": (_E.RoleNotAllowed, _E.InvalidInput),
    "list_members": (_E.RoleNotAllowed,),
    "invite_member": (*_CREATION, _E.RoleNotAllowed, _E.EmailTaken, _E.OrganizationHasAdmin),
    "accept_invitation": (_E.Unknown, _E.InvitationExpired, _E.OrganizationHasAdmin, _E.RequestInProgress),
    "read_member": (_E.RoleNotAllowed, _E.Unknown),
    "change_roles": (*_BODY, *_VERSION, _E.RoleNotAllowed, _E.Unknown, _E.LastAdmin, _E.RequestInProgress),
    "resend_invitation": (*(_E.RoleNotAllowed, _E.Unknown, _E.InvitationNotOpen, _E.EmailTaken, _E.RequestInProgress),),
    "end_membership": (_E.RoleNotAllowed, _E.Unknown, _E.LastAdmin, _E.RequestInProgress),
    "enter_lab_system": (*_CREATION, _E.RoleNotAllowed, _E.TooManyLabSystems),
    "list_lab_systems": (_E.RoleNotAllowed,),
    "revoke_lab_system": _CASE,
    "create_case": (*_CREATION, _E.RoleNotAllowed),
    "list_cases": (*_LIST, _E.RoleNotAllowed),
    "read_case": _CASE,
    "change_packet": (*_BODY, *_CASE, *_VERSION, _E.PacketLocked, _E.RequestInProgress),
    "check_case": _CASE,
    "submit_case": (
        *(*_CREATION, *_CASE, *_VERSION),
        *(_E.MoveNotAllowed, _E.LabClosed, _E.PrecheckBlocked, _E.WarningsNotAcknowledged),
    ),
    "read_activity": (*_LIST, *_CASE),
    "archive_case": (*_CASE, _E.RequestInProgress),
    "unarchive_case": (*_CASE, _E.RequestInProgress),
    "move_case": (*_BODY, *_CASE, *_VERSION, _E.MoveNotAllowed, _E.LabClosed, _E.RequestInProgress),
    "add_shipment": (*_CREATION, *_CASE, _E.ShipmentNotPossible, _E.TooManyShipments),
    "list_shipments": _CASE,
    "remove_shipment": (*_CASE, _E.ShipmentArrived, _E.ShipmentNotPossible, _E.RequestInProgress),
    "receive_shipment": (*_CASE, _E.RequestInProgress),
    "tell_where_parcels_are": (*_BODY, _E.Unknown, _E.RequestInProgress),
    "rename_patient": (*_BODY, *_CASE, *_VERSION, _E.RequestInProgress),
    "list_returns": (*_LIST, *_CASE),
    "answer_reason": (*_BODY, *_CASE, *_VERSION, _E.PacketLocked, _E.RequestInProgress),
    "add_note": (*_CREATION, *_CASE, _E.PacketLocked),
    "list_notes": (*_LIST, *_CASE),
    "mark_arrived": (*_CASE, *_VERSION, _E.RequestInProgress),
    "read_planning_hours": _CASE,
    "publish_planning_hours": (*_BODY, *_CASE, *_VERSION),
    "list_planning_blocks": (*_CASE, _E.InvalidInput),
    "book_session": (*_CREATION, *_CASE, _E.MoveNotAllowed, _E.BlockNotOffered, _E.BlockTaken, _E.LabClosed),
    "read_session": _CASE,
    "move_session": (*_BODY, *_VERSION, *_SESSION, _E.BlockNotOffered, _E.BlockTaken, _E.LabClosed),
    "cancel_session": (*_VERSION, *_SESSION, _E.InvalidInput),
    "record_session_outcome": (
        *(*_BODY, *_CASE, *_VERSION, _E.MoveNotAllowed),
        *(_E.SessionNotOpen, _E.SessionNotBegun, _E.RequestInProgress),
    ),
    "read_session_calendar": _CASE,
    "list_sessions": (*_LIST, _E.RoleNotAllowed),
    "create_care_team": (*_CREATION, _E.RoleNotAllowed),
    "list_care_teams": (*_LIST, _E.RoleNotAllowed),
    "read_care_team": _CASE,
    "change_care_team": (*_BODY, *_CASE, *_VERSION),
    "enter_clinician": (*_CREATION, _E.RoleNotAllowed, _E.ClinicianExists),
    "list_clinicians": (*_LIST, *_CASE),
    "read_clinician": _CASE,
    "change_clinician": (*_BODY, *_CASE, *_VERSION),
    "list_lapsing_credentials": (*_CASE, _E.InvalidInput),
    "enter_site": (*_CREATION, _E.RoleNotAllowed),
    "list_sites": (_E.RoleNotAllowed,),
    "read_site": (*_CASE, _E.InvalidInput),
    "change_site": (*_BODY, *_CASE, *_VERSION),
    "read_care_preferences": _CASE,
    "save_care_preferences": (*_BODY, *_CASE, *_VERSION),
    "open_period": (*_CREATION, *_CASE),
    "list_periods": (*_LIST, *_CASE),
    "read_period": (*_CASE, _E.InvalidInput),
    "change_period": (*_BODY, *_CASE, *_VERSION, _E.PeriodNotOpen),
    "move_period": (*_BODY, *_CASE, *_VERSION, _E.PeriodMoveNotAllowed, _E.DeadlinePassed),
    "start_match_run": (*_CREATION, *_CASE, _E.MatchRunUnderWay, _E.PeriodMoveNotAllowed),
    "list_match_runs": (*_LIST, *_CASE),
    "read_match_run": _CASE,
    "list_proposed_days": (*_LIST, *_CASE, _E.MatchRunNotOpen),
    "list_unmatched_requests": (*_LIST, *_CASE, _E.MatchRunNotOpen),
    "list_clinician_loads": (*_LIST, *_CASE, _E.MatchRunNotOpen),
    "decide_on_proposal": (*_BODY, *_CASE, *_VERSION, _E.MatchRunNotOpen, _E.RequestInProgress),
    "stop_match_run": (*_CASE, *_VERSION, _E.MatchRunNotOpen, _E.RequestInProgress),
    "download_match_files": _CASE,
    "list_availability": (*_LIST, *_CASE),
    "read_availability": _CASE,
    "submit_availability": (*_BODY, *_CASE, *_VERSION, *_IN_PERIOD, _E.RequestInProgress),
    "review_availability": (*_BODY, *_CASE, *_VERSION, _E.PeriodNotOpen, _E.RequestInProgress),
    "request_case_day": (*_CREATION, _E.RoleNotAllowed, *_IN_PERIOD),
    "list_case_day_requests": (*_LIST, _E.RoleNotAllowed),
    "read_case_day_request": _CASE,
    "change_case_day_request": (
        *(*_BODY, *_CASE, *_VERSION, *_IN_PERIOD),
        *(_E.RequestNotOpen, _E.RequestInProgress),
    ),
    "move_case_day_request": (*_BODY, *_CASE, *_VERSION, _E.RequestMoveNotAllowed),
    "create_case_day": (*_CREATION, *_CASE, _E.DateTaken, _E.HardRulesBroken),
    "serve_case_day_request": (*_CREATION, *_CASE, _E.DateTaken, _E.HardRulesBroken, _E.RequestNotOpen),
    "list_case_days": (*_LIST, _E.RoleNotAllowed),
    "read_case_day": _CASE,
    "change_case_day": (*_BODY, *_OF_DAY, _E.ChangesRefused),
    "ask_team_member": (*_BODY, *_OF_DAY, _E.HardRulesBroken),
    "remove_team_member": _OF_DAY,
    "list_candidates": _CASE,
    "answer_case_day": (*_BODY, *_CASE, _E.CaseDayClosed, _E.QuestionOutdated, _E.RequestInProgress),
    "confirm_case_day": (*_OF_DAY, _E.TeamNotReady, _E.HardRulesBroken),
    "confirm_case_day_details": (*_OF_DAY, _E.InvalidInput),
    "cancel_case_day": (*_BODY, *_DAY_MOVE, _E.CaseDayClosed),
    "reject_case_day": (*_BODY, *_DAY_MOVE),
    "reschedule_case_day": (*_BODY, *_OF_DAY, _E.DateTaken),
    "decide_wanted_change": (*_BODY, *_OF_DAY, _E.DateTaken),
    "lock_case_day": (*_BODY, *_OF_DAY),
    "begin_case_day": (*_DAY_MOVE, _E.DayNotBegun),
    "complete_case_day": (*_DAY_MOVE, _E.DayNotBegun),
    "list_case_day_activity": (*_LIST, *_CASE),
    "list_day_patients": _CASE,
    "assign_patient": (
        *(*_CREATION, *_CASE, _E.CaseDayClosed, _E.CaseDayNotConfirmed),
        *(_E.ChangesRefused, _E.TooManyPatients),
    ),
    "change_day_patient": (*_BODY, *_OF_DAY, _E.CaseDayNotConfirmed, _E.ChangesRefused),
    "remove_day_patient": (*_OF_DAY, _E.ChangesRefused),
    "list_lab_work": _CASE,
    "read_schedule": (_E.RoleNotAllowed, _E.InvalidInput),
    "read_calendar": (_E.Unknown,),
    "ask_to_unsubscribe": (_E.Unknown,),
    "unsubscribe": (_E.Unknown, _E.RequestInProgress),
    "issue_feed": (*_CREATION, _E.RoleNotAllowed, _E.TooManyFeeds),
    "list_feeds": (_E.RoleNotAllowed,),
    "revoke_feed": _CASE,
    "read_change_criteria": (_E.RoleNotAllowed,),
    "set_change_criteria": (*_BODY, _E.RoleNotAllowed, *_VERSION),
    "create_lab_case": (*_CREATION, _E.RoleNotAllowed),
    "issue_link": (*_CREATION, *_CASE, _E.LinkNotPossible, _E.TooManyLinks),
    "list_links": _CASE,
    "revoke_link": (*_CASE, _E.RequestInProgress),
    "read_correction": (_E.Unknown,),
    "answer_correction": (*_CORRECTION, _E.Unknown),
    "answer_correction_reason": (*_CORRECTION, _E.Unknown),
    "authorize_correction": (*_CORRECTION, _E.Unknown),
    "announce_correction_file": (*_CREATION, _E.Unknown, _E.PacketLocked, _E.TooManyFiles),
    "complete_correction_file": (*_BODY, _E.Unknown, _E.UploadNotOpen, _E.UploadIncomplete),
    "finish_correction": (_E.Unknown, _E.PacketLocked, _E.RequestInProgress),
    "list_rx_versions": _CASE,
    "download_rx": (*_CASE, _E.InvalidInput),
    "read_confirmation": _CASE,
    "announce_file": (*_CREATION, *_CASE, _E.PacketLocked, _E.TooManyFiles),
    "complete_file": (*_BODY, *_CASE, _E.UploadNotOpen, _E.UploadIncomplete),
    "list_files": _CASE,
    "download_file": (*_CASE, _E.FileNotReady),
    "remove_file": (*_CASE, _E.PacketLocked, _E.RequestInProgress),
}

_FINDING: Final = {
    "rule_id": "FIL-PENDING",
    "outcome": "BLOCK",
    "about": "/files/DRAFTF3000000000000000",
    "says": "A file (bite scan) is announced, and not yet here.",
    "do": "Wait for the upload, or remove the file.",
    "source": "file",
}
_NEXT_FREE: Final = datetime.fromisoformat("2026-03-03T15:00:00+00:00")
_CONTACT: Final = "North Pine Dental Lab, +1 603 555 0188"

#: One of each refusal, to show what it looks like.
EXAMPLES: Final[tuple[BitewingError, ...]] = (
    _E.MalformedBody("The body is not JSON in UTF-8."),
    _E.MalformedHeader('If-Match must be an ETag as reading gave it, for example "3".'),
    _E.InvalidCursor(),
    _E.IdempotencyKeyMissing(),
    _E.Unauthenticated("This token does not say for which organization, and with which roles, you work."),
    _E.RoleNotAllowed(["practice_admin", "practice_staff"]),
    _E.OnlyThemselves(),
    _E.ScopeMissing(Scope.WRITE_CASES),
    _E.Unknown("case"),
    _E.StaleVersion(expected=3, actual=4),
    _E.MoveNotAllowed(status="received", to="finished", allowed=["manufacturing", "missing_info", "on_hold"]),
    _E.ConnectionMoveNotAllowed(state="asked", to="accepted", allowed=["ended"]),
    _E.PacketLocked(status="processing", contact=_CONTACT),
    _E.TooManyFiles(limit=MAX_FILES),
    _E.TooManyScanners(limit=TERMS[MachineKind.SCANNER].limit),
    _E.TooManyWebhooks(limit=MAX_ENDPOINTS),
    _E.WebhookNotActive(state="paused"),
    _E.TooManyLabSystems(limit=TERMS[MachineKind.LAB_SYSTEM].limit),
    _E.UploadNotOpen(state="clean"),
    _E.UploadIncomplete("Storage cannot put the parts together: send each part, then name the ETags it answered."),
    _E.FileNotReady(state="quarantined"),
    _E.LabClosed(contact=_CONTACT),
    _E.BlockNotOffered("This time is over.", reason="past", next_free=_NEXT_FREE),
    _E.BlockTaken(next_free=_NEXT_FREE),
    _E.ContactLab(contact=_CONTACT),
    _E.SessionNotOpen(state="held"),
    _E.SessionNotBegun(starts_at=_NEXT_FREE),
    _E.PrecheckBlocked([_FINDING]),
    _E.WarningsNotAcknowledged([{**_FINDING, "rule_id": "CTX-BILLING", "outcome": "WARN"}]),
    _E.EmailTaken(),
    _E.LastAdmin(),
    _E.OrganizationHasAdmin(),
    _E.InvitationExpired(),
    _E.InvitationNotOpen(state="active"),
    _E.ClinicianExists(),
    _E.LinkNotPossible("The practice started this case, and can sign in. Give the case back with reasons."),
    _E.TooManyLinks(limit=MAX_OPEN_LINKS),
    _E.ShipmentNotPossible(status="manufacturing"),
    _E.TooManyShipments(limit=MAX_SHIPMENTS),
    _E.ShipmentArrived(),
    _E.TooManyAnnouncements(limit=MAX_OPEN),
    _E.TooManyRules(limit=MAX_RULES),
    _E.PeriodMoveNotAllowed(status="collecting", to="published", allowed=["reviewing"]),
    _E.PeriodNotOpen(what="requests"),
    _E.DeadlinePassed(due_at=_NEXT_FREE),
    _E.RequestMoveNotAllowed(status="requested", to="withdrawn", allowed=["rejected"]),
    _E.RequestNotOpen(status="proposed"),
    _E.DayMoveNotAllowed(status="tentative", to="in_progress", allowed=["cancelled", "rejected"]),
    _E.CaseDayClosed(status="completed", begins_at=_NEXT_FREE),
    _E.DayNotBegun(begins_at=_NEXT_FREE),
    _E.CaseDayNotConfirmed(status="tentative"),
    _E.TooManyPatients(limit=MAX_PATIENTS),
    _E.TooManyFeeds(limit=MAX_FEEDS),
    _E.DateTaken(on=_NEXT_FREE.date()),
    _E.HardRulesBroken(
        [{"rule": "drive", "says": "The drive takes 95 minutes; the limit is 90.", "can_be_overridden": True}]
    ),
    _E.TeamNotReady(["nurse_answer", "medic"]),
    _E.QuestionOutdated(asked_at=_NEXT_FREE),
    _E.MatchRunNotOpen(status="solving", says="it has no proposal yet"),
    _E.MatchRunUnderWay(run_id="02MZ5HH9GADJ4V7C1R8TQK", status="proposed"),
    _E.ChangesRefused({"rooms": "The care team does not take this change by itself."}),
    _E.RequestInProgress(),
    _E.VersionMissing(),
    _E.BodyTooLarge(size_bytes=300_000, max_bytes=MAX_BODY_BYTES),
    _E.UnsupportedContentType(),
    _E.InvalidInput(FieldError("/patient/name", "This is required.")),
    _E.IdempotencyKeyReused(),
)

_PATH_PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    "case_id": ("Id of the case; hyphens and small letters are read as well.", "02MZ5HH9GADJ"),
    "file_id": ("Id of the file.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "lab_id": ("Id of the lab.", "north-pine"),
    "case_type": ("The case type.", "crown"),
    "practice_id": ("Id of the practice.", "maple-street"),
    "partner_id": ("Id of the other side: of the lab for a practice, of the practice for a lab.", "north-pine"),
    "dentist_id": ("Id of the dentist.", "dr-okafor"),
    "scanner_id": ("Id of the scanner.", "SCANNER000000000000001"),
    "system_id": ("Id of the lab system.", "SYSTEM0000000000000001"),
    "webhook_id": ("Id of the webhook.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "delivery_id": ("Id of the delivery, which its receiver gets as `webhook-id`.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "entry_number": ("The entry, within the inbox: 1 for the oldest.", "3"),
    "rule_id": ("Id of the rule.", "CaseNoted.lab_of_case"),
    "language": ("The language: `en` or `es`.", "en"),
    "name": ("Name of the template.", "case_noted"),
    "reader_id": (
        "Id of the person, or of the organization whose address it is.",
        "9b1c7e44-2d3a-4f60-8b1e-7c55d0a1f002",
    ),
    "channel": ("`email` or `text`.", "email"),
    "link_id": ("Id of the correction link.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "shipment_number": ("The parcel, within the case: 1 for the first.", "1"),
    "announcement_id": ("Id of the announcement.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "carrier": ("The carrier: `ups`, `fedex`, `usps` or `dhl`.", "ups"),
    "reason_id": ("The reason, within the last return of the case.", "1"),
    "kind": ("The kind that was announced as sent another way.", "upper_scan"),
    "version": ("Number of the version.", "2"),
    "number": ("Number of the RX.", "1"),
    "care_team_id": ("Id of the care team.", "bright-vans"),
    "clinician_id": ("Id of the clinician: of the person, as a member.", "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a04"),
    "site_id": ("Id of the site.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "user_id": ("Id of the person.", "9b1c7e44-2d3a-4f60-8b1e-7c55d0a1f002"),
    "period_id": ("Id of the scheduling period.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "run_id": ("Id of the match run.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "request_id": ("Id of the Case Day request.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "patient_id": ("Id of the patient, within the Case Day.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "feed_id": ("Id of the calendar feed.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "case_day_id": ("Id of the Case Day.", "02MZ5HH9GADJ4V7C1R8TQK"),
    "token": ("The credential of the calendar feed, and `.ics`.", f"{FEED_CREDENTIAL}.ics"),
    "unsubscribe_token": (
        "The signed name of a reader, out of a mail.",
        f"practice.maple-street.maple-street.{'A' * 22}",
    ),
    "role": ("The role on the team: `nurse`, `medic` or `anesthesiologist`.", "nurse"),
}


def _etag_of(what: str, *, for_what: str = "with a change") -> dict[str, Any]:
    return {
        "description": f"The version of the {what}, to be sent back as `If-Match` {for_what}.",
        "schema": {"type": "string", "examples": [etag(3)]},
    }


def _location_of(what: str, example: str) -> dict[str, Any]:
    return {
        "description": f"Where the {what} is from now on.",
        "schema": {"type": "string", "examples": [example]},
    }


_ETAG: Final = _etag_of("case")
_LOCATION: Final = _location_of("case", "/v1/cases/02MZ5HH9GADJ")
_MEMBER_ETAG: Final = _etag_of("person")
_MEMBER_LOCATION: Final = _location_of("person", "/v1/members/9b1c7e44-2d3a-4f60-8b1e-7c55d0a1f002")
_PROFILE_ETAG: Final = _etag_of("profile", for_what="when the next one is published")
_RECORD_ETAG: Final = _etag_of("record")
_RECORD_LOCATION: Final = _location_of("record", "/v1/connections/north-pine")
_TEXT: Final = {"type": "string"}
#: Which answers carry which headers.
_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "create_case": {"ETag": _ETAG, "Location": _LOCATION},
    "read_case": {"ETag": _ETAG},
    "change_packet": {"ETag": _ETAG},
    "submit_case": {"ETag": _ETAG},
    "create_practice": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "create_lab": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "ask_for_connection": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_practice": {"ETag": _RECORD_ETAG},
    "read_account": {"ETag": _RECORD_ETAG},
    "change_account": {"ETag": _RECORD_ETAG},
    "read_notification_preferences": {"ETag": _RECORD_ETAG},
    "change_notification_preferences": {"ETag": _RECORD_ETAG},
    "add_notification_rule": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_notification_rule": {"ETag": _RECORD_ETAG},
    "change_notification_rule": {"ETag": _RECORD_ETAG},
    "read_notification_template": {"ETag": _RECORD_ETAG},
    "replace_notification_template": {"ETag": _RECORD_ETAG},
    "remove_notification_template": {"ETag": _RECORD_ETAG},
    "publish_announcement": {"ETag": _RECORD_ETAG},
    "read_announcement": {"ETag": _RECORD_ETAG},
    "change_announcement": {"ETag": _RECORD_ETAG},
    "withdraw_announcement": {"ETag": _RECORD_ETAG},
    "change_practice": {"ETag": _RECORD_ETAG},
    "read_lab": {"ETag": _RECORD_ETAG},
    "change_lab": {"ETag": _RECORD_ETAG},
    "read_connection": {"ETag": _RECORD_ETAG},
    "move_connection": {"ETag": _RECORD_ETAG},
    "add_dentist": {"ETag": _RECORD_ETAG},
    "read_dentist": {"ETag": _RECORD_ETAG},
    "change_dentist": {"ETag": _RECORD_ETAG},
    "add_guest_dentist": {"ETag": _RECORD_ETAG},
    "change_guest_dentist": {"ETag": _RECORD_ETAG},
    "create_care_team": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_care_team": {"ETag": _RECORD_ETAG},
    "change_care_team": {"ETag": _RECORD_ETAG},
    "enter_clinician": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_clinician": {"ETag": _RECORD_ETAG},
    "change_clinician": {"ETag": _RECORD_ETAG},
    "enter_site": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_site": {"ETag": _RECORD_ETAG},
    "change_site": {"ETag": _RECORD_ETAG},
    "read_care_preferences": {"ETag": _RECORD_ETAG},
    "save_care_preferences": {"ETag": _RECORD_ETAG},
    "create_lab_case": {"ETag": _ETAG, "Location": _LOCATION},
    "read_correction": {"ETag": _ETAG},
    "answer_correction": {"ETag": _ETAG},
    "answer_correction_reason": {"ETag": _ETAG},
    "authorize_correction": {"ETag": _ETAG},
    "finish_correction": {"ETag": _ETAG},
    "enter_webhook": {"ETag": _RECORD_ETAG},
    "read_webhook": {"ETag": _RECORD_ETAG},
    "change_webhook": {"ETag": _RECORD_ETAG},
    "rotate_webhook_secret": {"ETag": _RECORD_ETAG},
    "move_case": {"ETag": _ETAG},
    "read_case_for_system": {"ETag": _ETAG},
    "move_case_for_system": {"ETag": _ETAG},
    "rename_patient": {"ETag": _ETAG},
    "answer_reason": {"ETag": _ETAG},
    "mark_arrived": {"ETag": _ETAG},
    "read_profile": {"ETag": _PROFILE_ETAG},
    "publish_profile": {"ETag": _PROFILE_ETAG},
    "read_planning_hours": {"ETag": _RECORD_ETAG},
    "publish_planning_hours": {"ETag": _RECORD_ETAG},
    "book_session": {"ETag": _RECORD_ETAG},
    "read_session": {"ETag": _RECORD_ETAG},
    "move_session": {"ETag": _RECORD_ETAG},
    "cancel_session": {"ETag": _RECORD_ETAG},
    "record_session_outcome": {"ETag": _RECORD_ETAG},
    "open_period": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_period": {"ETag": _RECORD_ETAG},
    "change_period": {"ETag": _RECORD_ETAG},
    "move_period": {"ETag": _RECORD_ETAG},
    "start_match_run": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_match_run": {"ETag": _RECORD_ETAG},
    "decide_on_proposal": {"ETag": _RECORD_ETAG},
    "stop_match_run": {"ETag": _RECORD_ETAG},
    "read_availability": {"ETag": _RECORD_ETAG},
    "submit_availability": {"ETag": _RECORD_ETAG},
    "review_availability": {"ETag": _RECORD_ETAG},
    "request_case_day": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_case_day_request": {"ETag": _RECORD_ETAG},
    "change_case_day_request": {"ETag": _RECORD_ETAG},
    "move_case_day_request": {"ETag": _RECORD_ETAG},
    "create_case_day": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "serve_case_day_request": {"ETag": _RECORD_ETAG, "Location": _RECORD_LOCATION},
    "read_case_day": {"ETag": _RECORD_ETAG},
    "change_case_day": {"ETag": _RECORD_ETAG},
    "ask_team_member": {"ETag": _RECORD_ETAG},
    "remove_team_member": {"ETag": _RECORD_ETAG},
    "answer_case_day": {"ETag": _RECORD_ETAG},
    "confirm_case_day": {"ETag": _RECORD_ETAG},
    "confirm_case_day_details": {"ETag": _RECORD_ETAG},
    "cancel_case_day": {"ETag": _RECORD_ETAG},
    "reject_case_day": {"ETag": _RECORD_ETAG},
    "reschedule_case_day": {"ETag": _RECORD_ETAG},
    "decide_wanted_change": {"ETag": _RECORD_ETAG},
    "lock_case_day": {"ETag": _RECORD_ETAG},
    "begin_case_day": {"ETag": _RECORD_ETAG},
    "complete_case_day": {"ETag": _RECORD_ETAG},
    "assign_patient": {"ETag": _RECORD_ETAG},
    "change_day_patient": {"ETag": _RECORD_ETAG},
    "read_calendar": {
        "ETag": {"description": "Of what the calendar has now, to be sent back as `If-None-Match`.", "schema": _TEXT},
        "Last-Modified": {"description": "When it began to have this.", "schema": _TEXT},
        "Cache-Control": {"description": "How long the calendar need not ask again, seconds.", "schema": _TEXT},
    },
    "read_change_criteria": {"ETag": _RECORD_ETAG},
    "set_change_criteria": {"ETag": _RECORD_ETAG},
    "invite_member": {"ETag": _MEMBER_ETAG, "Location": _MEMBER_LOCATION},
    "accept_invitation": {"ETag": _MEMBER_ETAG},
    "read_member": {"ETag": _MEMBER_ETAG},
    "change_roles": {"ETag": _MEMBER_ETAG},
    "resend_invitation": {"ETag": _MEMBER_ETAG},
    "end_membership": {"ETag": _MEMBER_ETAG},
}
_REQUEST_HEADERS: Final[Mapping[str, dict[str, Any]]] = {
    "if-match": {
        "name": "If-Match",
        "schema": {"type": "string", "pattern": ETAG_PATTERN, "examples": [etag(3)]},
    },
    "idempotency-key": {
        "name": "Idempotency-Key",
        "schema": {
            "type": "string",
            "pattern": IDEMPOTENCY_KEY_PATTERN,
            "examples": ["8c0f7a52-5f3e-4a0e-9d57-3a5f8b1c0e01"],
        },
    },
}
#: What answers where it is not JSON.
_TYPES: Final[Mapping[str, str]] = {
    "read_confirmation": "text/html; charset=utf-8",
    "read_session_calendar": "text/calendar; charset=utf-8",
    "read_calendar": "text/calendar; charset=utf-8",
    "ask_to_unsubscribe": "text/html; charset=utf-8",
    "unsubscribe": "text/html; charset=utf-8",
}
#: Routes that take a credential of their own instead of a token.
_PUBLIC: Final = frozenset(f"{route.method} {route.path}" for route in ROUTES if route.is_public)
#: Routes whose address is all that opens them: calendars and mail readers can send nothing else. Others are answered as
#: if there were nothing at it.
_SECRET_ADDRESSES: Final = frozenset({"read_calendar", "ask_to_unsubscribe", "unsubscribe"})
_SUCCESS: Final = {"200": "Done", "201": "Created", "202": "Accepted"}
_GATEWAY_MESSAGE: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}}


def document() -> dict[str, Any]:
    """Return the description of all routes, always the same for the same code.

    Raises:
        ValueError: Two functions describe different things by one name.
    """
    paths: dict[str, dict[str, Any]] = {route.path: {} for route in ROUTES}
    schemas: dict[str, Any] = {}
    for function in sorted({route.function for route in ROUTES}):
        module = handler_of(function)
        described = module.app.get_openapi_schema(title="Bitewing", version="1", openapi_version="3.1.0")
        raw = json.loads(described.model_dump_json(by_alias=True, exclude_none=True))
        for path, operations in raw["paths"].items():
            for method, operation in operations.items():
                paths.setdefault(path, {})[method] = _operation(module, path, method, operation)
        for name, schema in raw["components"]["schemas"].items():
            if schemas.setdefault(name, schema) != schema:
                raise ValueError(f"{name} is described differently by {function} than by another function.")
    for name in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        del schemas[name]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bitewing",
            "version": "1",
            "summary": "Cases between dental practices and dental labs",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"accessToken": []}],
        "tags": [{"name": name, "description": says} for name, says in TAGS.items()],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "accessToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token of the user pool; the id token is not taken.",
                },
                "credential": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The credential of a scanner, of a correction link or of a lab system, as it was"
                    " shown once.",
                },
                "carrierSignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Carrier-Signature",
                    "description": "The signature of a request, with the moment of signing in Carrier-Timestamp.",
                },
            },
            "schemas": dict(sorted((_plain(schemas) | _problem_schemas()).items())),
            "examples": {error.code: _example(error) for error in EXAMPLES},
            "responses": {
                "TooManyRequests": {
                    "description": "Too many requests at once; wait a moment and send it again.",
                    "content": _GATEWAY_MESSAGE,
                },
                "Failed": {
                    "description": "Our mistake; the operators see it. Sending it again is safe.",
                    "content": _GATEWAY_MESSAGE,
                },
            },
        },
    }


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main(path: Path = DOCUMENT) -> None:
    """Write the document."""
    path.write_text(text(), encoding="utf-8")


def _operation(module: ModuleType, path: str, method: str, raw: dict[str, Any]) -> dict[str, Any]:
    name = raw["operationId"].removesuffix(re.sub(r"\W", "_", path) + f"_{method}")
    success, answer = next(item for item in raw["responses"].items() if item[0] in _SUCCESS)
    content = answer["content"]["application/json"]
    operation: dict[str, Any] = {
        "operationId": name,
        "tags": raw["tags"],
        "summary": name.replace("_", " ").capitalize(),
        "description": getdoc(getattr(module, name)),
    }
    if parameters := [_parameter(each) for each in raw.get("parameters", [])]:
        operation["parameters"] = parameters
    if "requestBody" in raw:
        body = raw["requestBody"]["content"]["application/json"]
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {**body, "examples": bodies(name)}},
        }
    is_public = f"{method.upper()} {path}" in _PUBLIC
    if name in _SECRET_ADDRESSES:
        operation["security"] = []
    elif is_public:
        operation["security"] = [{"carrierSignature" if "carriers" in raw["tags"] else "credential": []}]
    operation["responses"] = {
        success: {
            "description": _SUCCESS[success],
            **({"headers": _HEADERS[name]} if name in _HEADERS else {}),
            "content": {_TYPES.get(name, "application/json"): {**content, "example": answers(name)}},
        },
        **_would_be(operation.get("parameters", ()), success),
        **_not_modified(operation.get("parameters", ()), name),
        **dict(_refusals(_given_by(name), is_public=is_public)),
        "429": {"$ref": "#/components/responses/TooManyRequests"},
        "500": {"$ref": "#/components/responses/Failed"},
    }
    return operation


def _would_be(parameters: Iterable[Mapping[str, Any]], success: str) -> dict[str, Any]:
    """Return what is answered to a request that only asks, where that has a status of its own."""
    if success == "200" or all(each["name"] != "dry_run" for each in parameters):
        return {}
    schema = {"$ref": "#/components/schemas/WouldBeView"}
    return {
        "200": {"description": "What would be; nothing is stored", "content": {"application/json": {"schema": schema}}}
    }


def _not_modified(parameters: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return what is answered to whoever has it already, where that can be said."""
    if all(each["name"].lower() != "if-none-match" for each in parameters):
        return {}
    return {"304": {"description": "Nothing changed since; there is no body", "headers": _HEADERS[name]}}


def _given_by(name: str) -> tuple[type[BitewingError], ...]:
    """Return the refusals that an operation can give."""
    return CAN_GIVE[name] if name in _SECRET_ADDRESSES else (_E.Unauthenticated, *CAN_GIVE[name])


def _parameter(raw: dict[str, Any]) -> dict[str, Any]:
    parameter: dict[str, Any] = {
        "name": raw["name"],
        "in": raw["in"],
        "required": raw["required"],
        "description": raw.get("description", ""),
        "schema": _plain(raw["schema"]),
    }
    parameter["schema"].pop("description", None)
    if (header := _REQUEST_HEADERS.get(raw["name"])) is not None:
        # Declared as optional, so that its absence is answered with a code of its own.
        return parameter | header | {"required": True}
    if raw["in"] == "path":
        description, example = _PATH_PARAMETERS[raw["name"]]
        parameter["description"] = description
        parameter["example"] = example
    variants = parameter["schema"].get("anyOf", [])
    if {"type": "null"} in variants:
        # A parameter is left out, never null.
        (parameter["schema"],) = (each for each in variants if each != {"type": "null"})
    if parameter["schema"].get("type") == "array":
        # API Gateway joins what is repeated, and so may the caller.
        parameter |= {"style": "form", "explode": False}
    return parameter


def _refusals(kinds: tuple[type[BitewingError], ...], *, is_public: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    by_status: dict[int, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(_status(kind), []).append(kind.code)
    for status, codes in sorted(by_status.items()):
        content: dict[str, Any] = {
            PROBLEM: {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Problem"},
                        {"properties": {"code": {"enum": sorted(codes)}}},
                    ]
                },
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in sorted(codes)},
            }
        }
        title = next(title for kind, of_kind, title in REFUSALS if of_kind == status)
        if status == _status(_E.Unauthenticated) and is_public:
            title = "No credential, or one that is unknown, over or revoked"
        elif status == _status(_E.Unauthenticated):
            content |= _GATEWAY_MESSAGE
            title = "No token, an expired or forged one, or one that names no organization"
        yield str(status), {"description": title, "content": content}


def _status(kind: type[BitewingError]) -> int:
    return next(status for parent, status, _ in REFUSALS if issubclass(kind, parent))


def _example(error: BitewingError) -> dict[str, Any]:
    told = problem(error, instance="/v1/cases/02MZ5HH9GADJ", request_id="Jr2HLhZaoAMEPxQ=")
    return {"summary": (type(error).__doc__ or "").splitlines()[0], "value": told}


def _problem_schemas() -> dict[str, Any]:
    text_schema = {"type": "string"}
    return {
        "Problem": {
            "description": "A refusal (RFC 9457). Some codes carry more facts than these.",
            "type": "object",
            "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
            "properties": {
                "type": {"type": "string", "format": "uri"},
                "title": text_schema,
                "status": {"type": "integer"},
                "detail": {"type": "string", "description": "One sentence that says what is wrong, or what to do."},
                "instance": {"type": "string", "description": "The path that was called."},
                "code": {"type": "string", "description": "Stable; programs decide by it."},
                "request_id": {"type": "string", "description": "Support finds the request by it."},
                "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ValueProblem"}},
            },
        },
        "ValueProblem": {
            "description": "What is wrong with one value.",
            "type": "object",
            "required": ["pointer", "says"],
            "properties": {
                "pointer": {
                    "type": "string",
                    "description": "A JSON pointer into the body (RFC 6901), or the name of a parameter or header.",
                },
                "says": {"type": "string", "description": "One sentence that says what is expected."},
            },
        },
        "GatewayMessage": {
            "description": "What is answered before any function runs.",
            "type": "object",
            "properties": {"message": text_schema},
        },
    }


def _plain(schema: Any, *, is_named: bool = False) -> Any:
    """Return a schema without the titles that only repeat its names, and with whole numbers as such.

    Args:
        schema: A schema, or a part of one.
        is_named: Whether the keys are names of ours, such as those of fields, and none of JSON Schema.
    """
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if isinstance(schema, float) and schema.is_integer():
        return int(schema)
    if not isinstance(schema, dict):
        return schema
    return {
        key: _plain(value, is_named=not is_named and key == "properties")
        for key, value in schema.items()
        if is_named or key != "title"
    }


if __name__ == "__main__":
    main()
