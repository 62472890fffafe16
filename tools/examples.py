"""Examples of bodies and answers for the API's description, made of the sample things by the functions' own code."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from types import ModuleType
from typing import Any, Final

from bitewing.care_teams.care_team import CarePreferences, CareTeamListing
from bitewing.care_teams.clinicians import LapsingCredential
from bitewing.case_days.activity import DayDeed
from bitewing.case_days.case_day import Answer, CaseDay
from bitewing.case_days.feed_service import IssuedFeed
from bitewing.case_days.hard_rules import HardRule, Violation
from bitewing.case_days.ics import day_event
from bitewing.case_days.joint import Work, WorkState
from bitewing.case_days.schedules import RowsOf, Span, dates_of, schedule
from bitewing.case_days.status import DayStatus
from bitewing.case_days.substitutes import Favor, Standing, Substitute
from bitewing.cases.access import Reader
from bitewing.cases.activity import Activity, Deed
from bitewing.cases.case import Case
from bitewing.cases.correction_links import IssuedLink
from bitewing.cases.correction_service import Correction, Point
from bitewing.cases.listing import row_of
from bitewing.cases.notes import Note
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return, ReturnReason
from bitewing.cases.status import Color, Party, Status
from bitewing.directory.organization import BillingState, ConnectionState, LabListing
from bitewing.directory.ports import ConnectedPartner, GuestPractice, ListedLab
from bitewing.files.kinds import FileKind
from bitewing.files.service import Announced, SignedRequest
from bitewing.home.account import Account
from bitewing.home.counts import ColorCounts
from bitewing.home.preferences import Preferences, QuietHours
from bitewing.home.service import Home
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.credentials import Credential, CredentialKind
from bitewing.kernel.ics import Subscription, written
from bitewing.machines.service import EnteredMachine
from bitewing.match_runs.ports import INSTANCE, SOLUTION
from bitewing.match_runs.proposal import BatchProgress, progress_of
from bitewing.match_runs.run import Decision, MatchRun, RunStatus
from bitewing.match_runs.service import Downloads
from bitewing.notifications.audience import Addressee
from bitewing.notifications.changed_templates import laid_over_default
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.dry_run import OthersWouldHear, WouldBeTold, WouldHappen, WouldHear
from bitewing.notifications.inbox import InboxCounts
from bitewing.notifications.inbox_service import InboxPage, SaidEntry
from bitewing.notifications.known import typed_values
from bitewing.notifications.owner import Owner
from bitewing.notifications.preferences_service import OwnPreferences
from bitewing.notifications.preferring import Reach
from bitewing.notifications.rule import Channel, Urgency
from bitewing.notifications.rules_service import SeenRules
from bitewing.notifications.templates.catalog import TOPICS, default_template, language_of
from bitewing.notifications.templates.form import Reader as FormOf
from bitewing.notifications.templates.samples import SAMPLES
from bitewing.notifications.templates.template import Message as Words
from bitewing.notifications.templates.template import rendered
from bitewing.notifications.templates_service import SeenTemplate
from bitewing.notifications.unsubscribe_page import done, question
from bitewing.packet.packet import SentOtherwise
from bitewing.planning.blocks import FreeBlock
from bitewing.planning.booking import Booking
from bitewing.planning.ics import calendar
from bitewing.planning.offering import OfferedBlocks
from bitewing.planning.session import SessionState
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.precheck import run
from bitewing.reports.rule_report import Counts, Tally, report
from bitewing.requirements.case_types import CASE_TYPES, CaseType
from bitewing.requirements.default_profiles import default_profile
from bitewing.requirements.profile import ProfileVersion, RequirementProfile
from bitewing.requirements.publishing import changed_fields
from bitewing.requirements.service import Trial
from bitewing.rx.confirmation import confirmation_of, page
from bitewing.rx.rx import Rx
from bitewing.scheduling.availabilities import ClinicianAvailability
from bitewing.scheduling.availability import AvailabilityState, license_warnings
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus
from bitewing.webhooks.endpoint import PING, EndpointState
from bitewing.webhooks.service import ShownEndpoint

from local.seed import BRIGHT_VANS, DR_OKAFOR, MAPLE, MAPLE_SITE, NORTH_PINE, connected
from tools.offline import handler_of
from tools.sample_care_teams import DANA_ID, MAX_ID, NURSE, SAM_ID
from tools.sample_case_days import CONFIRMED_DAY, CREATED, CRITERIA, DAY, FEED, FEED_ID, PATIENT
from tools.sample_match_runs import (
    BATCHES,
    LOAD,
    PROPOSED_DAY,
    PROPOSED_REQUEST_ID,
    PROPOSED_RUN,
    SOLVING_RUN,
    UNMATCHED,
)
from tools.sample_notifications import (
    TEMPLATE,
    sample_changed_template,
    sample_inbox,
    sample_mark,
    sample_messages,
    sample_seen_rule,
    sample_unruled,
)
from tools.sample_scheduling import AVAILABILITY, PERIOD, REQUEST
from tools.sample_sessions import HOURS, session_of
from tools.sample_things import (
    COVE,
    DR_ABARA,
    IRIS_ID,
    LAB_SYSTEM_CREDENTIAL,
    LEO_ID,
    NOON,
    SCANNER_CREDENTIAL,
    TOM_ID,
    SampleCase,
    credential_of,
    link_of,
    rx_of,
    sample_announcement,
    sample_cases,
    sample_lab_system,
    sample_members,
    sample_scanner,
    sample_shipment,
)
from tools.sample_webhooks import WEBHOOK_SECRET, sample_deliveries, sample_webhook

_CASE_ID: Final = "DRAFT0000001"
_MANAGER_ID: Final = "b8d2c6e0-3f1a-4c7d-9e5b-2a4c6e8f0a03"
_CARE_TEAM: Final = Owner(kind=OrganizationKind.CARE_TEAM, organization_id="bright-vans")
_WEBHOOK: Final = sample_webhook(NOON, "https://hooks.north-pine.example/bitewing")
_SHOWN_WEBHOOK: Final = ShownEndpoint(endpoint=_WEBHOOK, secret=WEBHOOK_SECRET)
_NEW_CASE: Final = {
    "lab_id": NORTH_PINE.lab_id,
    "dentist_id": DR_OKAFOR.dentist_id,
    "case_type": "crown",
    "patient": {"name": "Mira Holloway", "reference": "M-1001", "born_on": "1980-05-17", "sex": "female"},
}
#: Who reads where a case stands: its practice, or a lab that neither prepares nor plans it.
_FOR_PRACTICE: Final = Reader(party=Party.PRACTICE)
_FOR_LAB: Final = Reader(party=Party.LAB, prepares=False, plans=False)
_LEO_ID: Final = "a5f8b1c0-8f1e-4a0e-9d57-3a5f8b1c0e02"
_SHA256: Final = "c0535e4be2b79ffd93291305436bf889314e4a3faec05ecffcbb7df31ad9e51a"

_PROFILE: Final = {
    "is_offered": True,
    "files": [
        {
            "kinds": ["upper_scan", "lower_scan", "prep_scan"],
            "called": "a scan of the prepared arch",
            "level": "required",
            "arch": "worked",
            "formats": ["stl", "ply"],
        },
        {
            "kinds": ["upper_scan", "lower_scan"],
            "called": "a scan of the opposing arch",
            "level": "required",
            "arch": "opposing",
        },
        {"kinds": ["bite_scan"], "called": "a bite scan", "level": "required"},
        {"kinds": ["photo"], "called": "photos (frontal, smile)", "level": "expected", "min_count": 2},
    ],
    "selections": {"margin": "required", "contacts": "expected"},
    "turnaround_working_days": 5,
    "max_voxel_um": 400,
    "max_scan_age_days": 365,
    "min_triangles": 50_000,
    "min_photo_px": 2_000,
    "attestations": {"photos": "The photos show the patient as of this month."},
    "outcomes": {"SHD-MISSING": "BLOCK", "DUE-MISSING": None},
}

_NEW_PRACTICE: Final = {
    "name": "Birch Lane Dental",
    "address": "5 Birch Lane, Duluth, MN 55802",
    "time_zone": "America/Chicago",
    "email": "desk@birch-lane.example",
    "phone": "+1 218 555 0110",
    "notation": "universal",
}
_NEW_DENTIST: Final = {
    "name": "Dr. Ola Berg",
    "license_number": "MN-D-77001",
    "license_state": "MN",
    "license_expires_on": "2028-02-29",
    "has_signature_consent": True,
}
#: Whether they agreed to sign, no lab says in their place.
_GUESTS_DENTIST: Final = {**_NEW_DENTIST, "has_signature_consent": False}

_LICENSE: Final = {"state": "NH", "number": "NH-EMT-771", "expires_on": "2028-03-31"}
_CARE_TEAM_BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "create_care_team": {
        "A care team": {
            "name": "Harbor Anesthesia",
            "time_zone": "America/Chicago",
            "email": "plan@harbor-anesthesia.example",
            "phone": "+1 312 555 0100",
            "states": ["IL", "WI"],
        }
    },
    "change_care_team": {
        "Two days to answer": {"answer_hours": 48},
        "Who likes to work together": {"preferred_teams": [[DANA_ID, SAM_ID]]},
        "Whom it treats": {"screening": {"max_asa_class": "2", "max_weight_class": "50_to_99_kg"}},
    },
    "enter_clinician": {
        "A medic": {
            "clinician_id": SAM_ID,
            "name": "Sam Ortiz",
            "role": "medic",
            "home": {"latitude": 43.2081, "longitude": -71.5376},
            "phone": "+16035550162",
            "licenses": [_LICENSE],
            "skills": [{"name": "pals", "expires_on": "2027-01-31"}, {"name": "spanish"}],
            "limits": {"max_days_per_week": 4, "max_days_in_row": 3, "max_drive_minutes": 120},
        }
    },
    "change_clinician": {
        "A renewed license": {"licenses": [{**_LICENSE, "expires_on": "2030-03-31"}]},
        "Fewer days": {"limits": {"max_days_per_week": 3, "max_days_in_row": 2, "max_drive_minutes": 60}},
        "Left the care team": {"is_active": False},
    },
    "enter_site": {
        "A site": {
            "name": "Pine Street",
            "address": "8 Pine Street, Winooski, VT 05404",
            "state": "VT",
            "time_zone": "America/New_York",
            "place": {"latitude": 44.4915, "longitude": -73.1857},
            "rooms": 3,
            "needs_permit": True,
            "permit": {"number": "VT-OBS-204", "valid_from": "2026-01-01", "expires_on": "2027-12-31"},
        }
    },
    "change_site": {"Another room": {"rooms": 4}, "No permit for now": {"permit": None}},
    "save_care_preferences": {"One to have, and one never": {"preferred": [DANA_ID], "blocked": [SAM_ID]}},
}

#: What a caller sends, by operation: a name for the example, and its body.
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    **_CARE_TEAM_BODIES,
    "publish_announcement": {
        "News": {
            "kind": "news",
            "title": "Closed for a week",
            "text": "From July 6 to July 10 nothing is made or shipped.",
            "starts_at": "2026-06-20T00:00:00Z",
            "ends_at": "2026-07-11T00:00:00Z",
        },
        "A system message, until it is withdrawn": {
            "kind": "system",
            "title": "Uploads are slow",
            "text": "Large files take some minutes longer than usual. Nothing is lost.",
        },
    },
    "change_announcement": {"A week longer": {"ends_at": "2026-07-18T00:00:00Z"}},
    "change_account": {
        "Quiet nights": {"quiet_hours": {"begins_at": "20:00", "ends_at": "07:00"}},
        "Text messages, too": {"by_text": True, "mobile": "+18025550115"},
        "Another address of the practice": {"email": "front.desk@maple-street.example"},
    },
    "read_all_of_inbox": {"All that was shown": {"up_to": 3}},
    "change_notification_preferences": {
        "No mails any more": {"by_email": False},
        "Quiet nights": {"quiet_hours": {"begins_at": "20:00", "ends_at": "07:00"}},
    },
    "add_notification_rule": {
        "The practice hears of silence, too": {
            "of": "TeamMemberSilent",
            "audience": "practice_of_day",
            "channels": ["inbox"],
            "template": "member_silent",
            "urgency": "gathered",
        },
        "A reminder two weeks before": {
            "of": "case_day_comes",
            "audience": "practice_of_day",
            "channels": ["email", "inbox"],
            "template": "day_comes",
            "lead": {"amount": 14, "unit": "days"},
        },
    },
    "change_notification_rule": {
        "Only in the portal": {"channels": ["inbox"]},
        "Nobody hears of it by this": {"is_enabled": False},
    },
    "dry_run_notification_rules": {
        "A Case Day is called off": {
            "fact": "CaseDayMoved",
            "values": {
                "case_day_id": DAY.case_day_id,
                "care_team_id": "bright-vans",
                "practice_id": MAPLE.practice_id,
                "members": [DANA_ID],
                "to": "cancelled",
            },
        }
    },
    "replace_notification_template": {
        "Shorter": {
            "subject": "{clinician} is silent about {on}",
            "lines": ["The {role} has not answered.", "[See the Case Day]({link})"],
        }
    },
    "preview_notification_template": {
        "As it counts, in New York": {"form": "en-US", "time_zone": "America/New_York"},
        "Words that are not stored": {"template": {"subject": "No word for {on}", "lines": ["Nobody answered."]}},
    },
    "add_shipment": {
        "A parcel": {"carrier": "ups", "tracking_number": "1Z999AA10123456784"},
        "What follows by courier": {"carrier": "courier", "contains": "Crown 14"},
    },
    "tell_where_parcels_are": {
        "A parcel that arrived": {
            "events": [
                {
                    "tracking_number": "1Z999AA10123456784",
                    "state": "delivered",
                    "occurred_at": "2026-03-04T15:20:00Z",
                }
            ]
        }
    },
    "create_case": {
        "A crown": _NEW_CASE,
        "A remake": {**_NEW_CASE, "remake_of": "02MZ5HH9GADJ", "remake_reason": "The margin is open at the mesial."},
    },
    "change_packet": {
        "What is ordered": {
            "description": "Zirconia crown, light contacts, please keep the anatomy of the neighbors.",
            "items": [
                {
                    "teeth": ["5"],
                    "notation": "universal",
                    "selections": {
                        "material": "zirconia",
                        "shade_guide": "vita_classical",
                        "shade": "A2",
                        "margin": "chamfer",
                        "occlusion": "light",
                        "contacts": "normal",
                    },
                }
            ],
            "wanted_on": "2026-03-30",
            "contact": "Dr. Okafor, +1 802 555 0115",
        },
        "Another type of work": {"case_type": "surgical_guide"},
        "The dentist authorizes it": {"is_authorized": True},
        "No wish for a date": {"wanted_on": None},
    },
    "publish_profile": {"Finer scans, and new photos": _PROFILE},
    "try_profile": {"Finer scans, and new photos": _PROFILE},
    "submit_case": {
        "Nothing to acknowledge": {"acknowledged": []},
        "With a warning": {"acknowledged": ["CTX-BILLING"]},
    },
    "create_practice": {"A practice": _NEW_PRACTICE},
    "change_practice": {"Another phone": {"phone": "+1 802 555 0199"}, "Teeth in FDI": {"notation": "fdi"}},
    "set_billing": {"Past due": {"billing": "past_due"}},
    "create_lab": {
        "A lab": {
            "name": "Ridgeline Ceramics",
            "address": "7 Kiln Road, Boise, ID 83702",
            "time_zone": "America/Boise",
            "email": "hi@ridgeline.example",
            "phone": "+1 208 555 0100",
            "working_weekdays": [1, 2, 3, 4, 5],
            "holidays": ["2026-11-26", "2026-12-25"],
        }
    },
    "change_lab": {"Closed for two days": {"holidays": ["2026-07-03", "2026-07-06"]}, "Full": {"takes_cases": False}},
    "ask_for_connection": {"A lab of the list": {"lab_id": NORTH_PINE.lab_id}},
    "move_connection": {"Accept it": {"to": "accepted"}, "End it": {"to": "ended"}},
    "add_dentist": {"A dentist": _NEW_DENTIST},
    "change_dentist": {
        "A renewed license": {"license_expires_on": "2028-09-30"},
        "The dentist agreed to sign electronically": {"has_signature_consent": True},
        "Left the practice": {"is_active": False},
    },
    "enter_scanner": {"A scanner": {"name": "Chair 2"}},
    "enter_webhook": {
        "Everything": {"url": "https://hooks.north-pine.example/bitewing", "description": "Planning board"},
        "Some events": {
            "url": "https://hooks.north-pine.example/bitewing",
            "event_types": ["CaseSubmitted", "PlanningSessionBooked"],
        },
    },
    "change_webhook": {
        "Pause it": {"state": "paused"},
        "Begin anew after it was disabled": {"state": "active"},
        "Hear everything": {"event_types": None},
    },
    "enter_lab_system": {
        "Software that follows cases": {"name": "Planning board", "scopes": ["cases:read"]},
        "Software that makes them": {
            "name": "Milling center",
            "scopes": ["cases:read", "files:read", "cases:write"],
        },
    },
    "enter_guest_practice": {"A practice with its dentist": {"practice": _NEW_PRACTICE, "dentist": _GUESTS_DENTIST}},
    "add_guest_dentist": {"A dentist": _GUESTS_DENTIST},
    "change_guest_dentist": {"A renewed license": {"license_expires_on": "2028-09-30"}},
    "announce_scan": {
        "A scan": {"kind": "upper_scan", "name": "upper jaw.stl", "size_bytes": 4_262_084, "sha256": _SHA256},
    },
    "complete_scan": {
        "One part": {"parts": [{"part_number": 1, "etag": '"5f363e0e58a95f06cbe9bbc662c5dfb6"'}]},
    },
    "invite_member": {
        "Somebody of the own organization": {
            "email": "noor@maple-street.example",
            "name": "Noor Haddad",
            "roles": ["practice_staff"],
        },
        "The first of another": {
            "email": "office@elm-court.example",
            "name": "Sam Ortiz",
            "roles": ["practice_admin"],
            "organization": {"kind": "practice", "organization_id": "elm-court"},
        },
    },
    "change_roles": {"Another administrator": {"roles": ["practice_admin", "practice_staff"]}},
    "move_case": {
        "The margin cannot be seen": {
            "to": "returned",
            "reasons": [
                {
                    "code": "margin_hidden",
                    "says": "The margin of 14 is under tissue at the mesial; please retract and scan again.",
                    "file_id": "DRAFTF5000000000000000",
                }
            ],
        },
        "A file is missing": {
            "to": "missing_info",
            "reasons": [
                {"code": "file_missing", "says": "There is no bite scan in this case.", "rule_id": "FIL-REQUIRED"}
            ],
        },
        "Work begins": {"to": "manufacturing"},
        "Work has to wait": {"to": "on_hold", "reason": "The abutment is not in stock before Thursday."},
    },
    "add_shipment_for_system": {"A parcel": {"carrier": "ups", "tracking_number": "1Z999AA10123456784"}},
    "move_case_for_system": {"Work begins": {"to": "manufacturing"}, "Work is done": {"to": "finished"}},
    "rename_patient": {"What the practice asked for": {"name": "Mira Holloway-Lund"}},
    "answer_reason": {"What was done": {"says": "Retracted and scanned again; see the new preparation scan."}},
    "add_note": {"A note": {"text": "The patient is in on Tuesday; please call before you mill."}},
    "publish_planning_hours": {
        "Mornings of two days": {
            "openings": [
                {"weekday": 2, "begins_at": "09:00", "ends_at": "12:00"},
                {"weekday": 4, "begins_at": "09:00", "ends_at": "12:00"},
            ],
            "block_minutes": 30,
            "planners": 2,
            "notice_hours": 24,
            "horizon_days": 60,
            "blackout_days": ["2026-12-24"],
            "meeting_link": "https://meet.north-pine.example/planning",
            "cutoff_hours": 24,
        },
        "No sessions": {"openings": []},
    },
    "book_session": {"A block": {"starts_at": "2026-03-05T15:00:00Z"}},
    "move_session": {"Another block": {"starts_at": "2026-03-05T10:00:00-05:00"}},
    "record_session_outcome": {"It took place": {"outcome": "held"}, "Nobody came": {"outcome": "missed"}},
    "open_period": {
        "Four weeks of a state": {
            "name": "Spring in Vermont",
            "first_on": "2099-03-16",
            "last_on": "2099-04-12",
            "availability_due_at": "2099-03-02T22:00:00Z",
            "requests_due_at": "2099-03-06T17:00:00-05:00",
            "states": ["VT"],
        },
        "One that is matched by itself": {
            "name": "Summer in Vermont",
            "first_on": "2099-06-15",
            "last_on": "2099-07-12",
            "availability_due_at": "2099-06-01T22:00:00Z",
            "requests_due_at": "2099-06-05T22:00:00Z",
            "states": ["VT"],
            "weights": {"fair_day": 30},
            "match_at": "2099-06-06T06:00:00Z",
        },
    },
    "change_period": {
        "A later deadline": {"availability_due_at": "2099-03-04T22:00:00Z"},
        "Fairness weighs more": {"weights": {"fair_day": 30}},
        "A manager starts matching": {"match_at": None},
    },
    "move_period": {"What was said is reviewed": {"to": "reviewing"}, "It is final": {"to": "published"}},
    "submit_availability": {
        "Two spans of days": {
            "windows": [
                {"first": "2099-12-14", "last": "2099-12-17"},
                {"first": "2099-12-28", "last": "2099-12-30"},
            ],
            "limits": {"max_days_per_week": 3, "max_days_in_row": 2, "max_drive_minutes": 75},
            "target_days": 5,
            "preferred_practices": [MAPLE.practice_id],
            "note": "Not before eight.",
        },
        "Not at all": {
            "windows": [],
            "limits": {"max_days_per_week": 1, "max_days_in_row": 1, "max_drive_minutes": 0},
        },
    },
    "start_match_run": {
        "In a minute": {},
        "In ten minutes, with other choices": {"time_limit_seconds": 600, "seed": 7},
    },
    "decide_on_proposal": {
        "All of it": {"approve": "all", "confirms_when_complete": True},
        "All but one day": {"approve": "all", "reject": [PROPOSED_REQUEST_ID]},
        "One day": {"approve": [PROPOSED_REQUEST_ID]},
        "Nothing of it": {"reject": "all"},
    },
    "review_availability": {
        "It is fine": {"to": "approved"},
        "It is not": {"to": "needs_changes", "feedback": "Could you add a Friday?"},
    },
    "request_case_day": {
        "One of two dates": {
            "care_team_id": BRIGHT_VANS.care_team_id,
            "period_id": PERIOD.period_id,
            "site_id": MAPLE_SITE.site_id,
            "dates": ["2099-12-21", "2099-12-22"],
            "starts_at": "07:30",
            "minutes": 540,
            "kind": "special_needs",
            "expected_patients": 4,
            "note": "A quiet room is there.",
        }
    },
    "change_case_day_request": {
        "One patient more, as its practice": {"expected_patients": 6},
        "To be served first, as a manager": {"priority": 5},
    },
    "move_case_day_request": {
        "Its practice needs it no more": {"to": "withdrawn"},
        "A manager cannot serve it": {"to": "rejected", "reason": "Nobody goes to Vermont in these weeks."},
    },
    "create_case_day": {
        "With its nurse": {
            "practice_id": MAPLE.practice_id,
            "site_id": MAPLE_SITE.site_id,
            "on": "2099-12-22",
            "starts_at": "07:30",
            "minutes": 540,
            "kind": "adult",
            "expected_patients": 4,
            "period_id": PERIOD.period_id,
            "team": [
                {
                    "role": "nurse",
                    "clinician_id": DANA_ID,
                    "overrides": [{"rule": "availability", "reason": "She said so by phone."}],
                }
            ],
        }
    },
    "serve_case_day_request": {"On its second date": {"on": "2099-12-17"}},
    "change_case_day": {
        "Where the team comes in": {"arrival": "Behind the house.", "contact": "Tom, +1 802 555 0101"},
        "Another date, as its practice": {"on": "2099-12-17"},
    },
    "ask_team_member": {
        "Somebody who can": {"clinician_id": DANA_ID},
        "With a rule set aside": {
            "clinician_id": DANA_ID,
            "overrides": [{"rule": "drive", "reason": "She stays overnight."}],
        },
    },
    "answer_case_day": {
        "Yes": {"to": "accepted", "asked_at": "2026-03-01T12:00:00Z"},
        "No": {"to": "declined", "asked_at": "2026-03-01T12:00:00Z"},
    },
    "cancel_case_day": {"With a word": {"reason": "The practice moves."}, "Without": {}},
    "reject_case_day": {"With its reason": {"reason": "Nobody goes to Vermont in this week."}},
    "reschedule_case_day": {"Two days later": {"on": "2099-12-17"}},
    "decide_wanted_change": {
        "All of it": {"to": "approved"},
        "Nothing": {"to": "refused", "reason": "The team has to be home by six."},
    },
    "lock_case_day": {"It stays as it is": {"is_locked": True}},
    "assign_patient": {
        "Within the hours of the day": {
            "reference": "C-91",
            "initials": "MH",
            "age_years": 44,
            "procedure": "Implants 14 and 16",
            "starts_at": "10:00",
            "minutes": 90,
            "weight_class": "50_to_99_kg",
            "asa_class": "2",
        }
    },
    "change_day_patient": {"Later": {"starts_at": "13:00"}, "No work is needed": {"case_id": None}},
    "issue_feed": {"For a telephone": {"name": "Telephone"}},
    "set_change_criteria": {
        "Half an hour is approved, other rooms are not": {
            "of": {"starts_at": {"outcome": "approved", "up_to": 30}, "rooms": {"outcome": "refused"}}
        }
    },
    "create_lab_case": {
        "A crown, as it came by mail": {
            "practice_id": COVE.practice_id,
            "dentist_id": DR_ABARA.dentist_id,
            "case_type": "crown",
            "patient": {"name": "Mira Holloway", "reference": "C-88"},
        }
    },
    "issue_link": {
        "All that a practice can mend": {},
        "One file, for three days": {"expires_in_days": 3, "kinds": ["bite_scan"], "fields": []},
    },
    "answer_correction": {
        "What is ordered": {"description": "Zirconia crown, light contacts."},
        "Of one piece": {"items": [{"number": 1, "selections": {"shade": "A2", "shade_guide": "vita_classical"}}]},
    },
    "answer_correction_reason": {"In words": {"says": "A2 is for the crown; the stump is ND3."}},
    "authorize_correction": {
        "The dentist": {"dentist_name": "Dr. Ify Abara", "license_number": "NH-40217", "agrees": True}
    },
    "announce_correction_file": {
        "A scan": {"kind": "lower_scan", "name": "lower jaw.stl", "size_bytes": 4_262_084, "sha256": _SHA256},
    },
    "complete_correction_file": {
        "One part": {"parts": [{"part_number": 1, "etag": '"5f363e0e58a95f06cbe9bbc662c5dfb6"'}]}
    },
    "announce_file": {
        "A scan": {"kind": "upper_scan", "name": "upper jaw.stl", "size_bytes": 4_262_084, "sha256": _SHA256},
        "A volume in two parts": {
            "kind": "cbct",
            "name": "volume.zip",
            "size_bytes": 125_829_120,
            "part_sha256": [_SHA256, _SHA256[::-1]],
        },
        "A scan in the place of another": {
            "kind": "prep_scan",
            "name": "preparation, again.stl",
            "size_bytes": 4_262_084,
            "sha256": _SHA256,
            "replaces": "DRAFTF5000000000000000",
        },
    },
    "complete_file": {
        "Two parts": {
            "parts": [
                {"part_number": 1, "etag": '"5f363e0e58a95f06cbe9bbc662c5dfb6"'},
                {"part_number": 2, "etag": '"8f2c1d0b6a7e4f5c9d3b2a1e0f9c8d7b"'},
            ]
        },
    },
}


def bodies(operation: str) -> dict[str, Any]:
    """Return the examples of what an operation takes, as OpenAPI writes them."""
    return {
        name.lower().replace(" ", "_"): {"summary": name, "value": body} for name, body in BODIES[operation].items()
    }


def answers(operation: str) -> Any:
    """Return an example of what an operation answers when it does what it was asked."""
    answer = _ANSWERS[operation]()
    return answer if isinstance(answer, str) else answer.model_dump(mode="json")


@cache
def _sample() -> SampleCase:
    return next(sample for sample in sample_cases(NOON) if sample.case.case_id == _CASE_ID)


def _cases() -> ModuleType:
    return handler_of("cases_api")


def _reviews() -> ModuleType:
    return handler_of("case_review_api")


def _systems() -> ModuleType:
    return handler_of("lab_system_api")


def _return() -> Return:
    reason = ReturnReason(
        reason_id="1",
        code=Reason.MARGIN_HIDDEN,
        says="The margin of 14 is under tissue at the mesial; please retract and scan again.",
        file_id="KEPTF20000000000000000",
    )
    return Return(number=1, to=Status.RETURNED, submission_number=1, at=NOON, by=_LEO_ID, reasons=(reason,))


def _returned() -> Case:
    return _got().given_back(_return())


def _arrived() -> Case:
    sent = SentOtherwise(kind=FileKind.UPPER_SCAN, how="iTero", arrived_at=NOON)
    return replace(_got(), packet=replace(_got().packet, sent_otherwise=(sent,)), version=4)


def _got() -> Case:
    return next(sample.case for sample in sample_cases(NOON) if sample.case.status is Status.RECEIVED)


def _note() -> Note:
    return Note(
        note_id="02MZ5HH9GADJ4V7C1R8TQK",
        case_id=_CASE_ID,
        at=NOON,
        by=Party.PRACTICE,
        user_id=IRIS_ID,
        text="The patient is in on Tuesday; please call before you mill.",
    )


def _prescriptions() -> ModuleType:
    return handler_of("rx_api")


def _sent_sample() -> SampleCase:
    return next(sample for sample in sample_cases(NOON) if sample.case.rx_version)


def _rx() -> Rx:
    return rx_of(_sent_sample().case, NOON)


def _confirmation() -> str:
    sample, link = _sent_sample(), "https://app.bitewing.example/cases/KEPT00000001"
    assert sample.case.submission is not None  # noqa: S101 - it was sent: it has an RX
    confirmation = confirmation_of(
        sample.case, sample.case.submission, practice=MAPLE, lab=NORTH_PINE, files=sample.files, rx=_rx(), link=link
    )
    return page(confirmation, "<svg><!-- The QR code of the case's address --></svg>")


def _shipping() -> ModuleType:
    return handler_of("shipping_api")


def _shipments(shown_by: ModuleType) -> Any:
    return shown_by.ShipmentsView(shipments=[shown_by.ShipmentView.of(sample_shipment(NOON))])


def _files() -> ModuleType:
    return handler_of("files_api")


def _directory() -> ModuleType:
    return handler_of("directory_api")


def _requirements() -> ModuleType:
    return handler_of("requirements_api")


def _profile() -> RequirementProfile:
    return default_profile(NORTH_PINE.lab_id, _sample().case.case_type)


def _published() -> ProfileVersion:
    body = _requirements().ProfileBody.model_validate(_PROFILE)
    wanted = body.read(NORTH_PINE.lab_id, _sample().case.case_type)
    published = replace(wanted, version=2, published_at=NOON, published_by=_LEO_ID)
    return ProfileVersion(profile=published, changed=changed_fields(_profile(), published))


def _case(number: int = 0, reader: Party = Party.PRACTICE) -> Any:
    """Return a case as the API shows it, with what PreCheck finds at noon."""
    sample = sample_cases(NOON)[number]
    checked = CheckedCase(
        case=sample.case,
        files=sample.files,
        practice=MAPLE,
        dentist=DR_OKAFOR,
        lab=NORTH_PINE,
        connection=connected(MAPLE, NORTH_PINE, ConnectionState.ACCEPTED),
        profile=default_profile(NORTH_PINE.lab_id, sample.case.case_type),
        at=NOON,
        today=NOON.date(),
        practice_today=NOON.date(),
    )
    return _cases().CaseView.of_checked(
        CaseWithPrecheck(case=sample.case, precheck=run(checked), notation=MAPLE.notation), reader
    )


def _row(**changes: Any) -> Any:
    return _cases().CaseRow.of(replace(row_of(_sample().case), **changes), Party.PRACTICE)


def _practice() -> ModuleType:
    return handler_of("practice_api")


def _webhooks() -> ModuleType:
    return handler_of("webhooks_api")


def _labs() -> Any:
    found = LabListing(
        lab_id=NORTH_PINE.lab_id, name=NORTH_PINE.name, address=NORTH_PINE.address, takes_cases=NORTH_PINE.takes_cases
    )
    listed = ListedLab(listing=found, connection=connected(MAPLE, NORTH_PINE, ConnectionState.ACCEPTED))
    return _directory().LabsView(labs=[_directory().ListedLabView.of(listed)], next=None)


def _connected(state: ConnectionState) -> Any:
    connection = replace(connected(MAPLE, NORTH_PINE, state), moved_at=NOON)
    return _directory().ConnectionView.of(ConnectedPartner(connection=connection, partner_name=NORTH_PINE.name))


def _guest() -> Any:
    return _practice().GuestPracticeView.of(GuestPractice(practice=COVE, dentists=(DR_ABARA,)))


def _me() -> Any:
    caller = Caller(
        user_id=IRIS_ID,
        organization_id=MAPLE.practice_id,
        organization_kind=OrganizationKind.PRACTICE,
        roles=frozenset({Role.PRACTICE_ADMIN}),
    )
    return _directory().MeView.of(caller, MAPLE)


def _history() -> Any:
    entry = Activity(
        entry_id="02MZ5HH9GADJ4V7C1R8TQK",
        case_id=_CASE_ID,
        at=NOON,
        by=Party.PRACTICE,
        user_id=IRIS_ID,
        deed=Deed.CHANGED,
        details={"fields": "description, items"},
    )
    return _cases().HistoryView(activity=[_cases().ActivityView.of(entry)], next=None)


def _request(method: str, bucket: str, **headers: str) -> SignedRequest:
    return SignedRequest(
        method=method,
        url=f"https://{bucket}.s3.amazonaws.com/{_CASE_ID}/{_sample().files[0].file_id}?X-Amz-Signature=…",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        expires_at=NOON + timedelta(minutes=5),
    )


def _upload() -> Any:
    file = _sample().files[0]
    request = _request(
        "PUT",
        "arrivals",
        content_length=str(file.size_bytes),
        x_amz_checksum_sha256=file.checksum,
        if_none_match="*",
    )
    return _files().UploadView.of(Announced(file=file, request=request), at=NOON)


def _file(number: int) -> Any:
    return _files().FileView.of(_sample().files[number], at=NOON)


def _rule_report(lab_id: str | None) -> Any:
    of = {
        (Tally.SUBMISSIONS, None): 48,
        (Tally.CAME_BACK, None): 5,
        (Tally.FIRST_SUBMISSIONS, None): 43,
        (Tally.FIRST_CAME_BACK, None): 4,
        (Tally.RULE_FIRED, "MSH-HOLES"): 12,
        (Tally.RULE_OVERRIDDEN, "MSH-HOLES"): 9,
        (Tally.RULE_CAME_BACK, "MSH-HOLES"): 4,
        (Tally.RULE_FIRED, "SHD-MISSING"): 20,
    }
    counts = Counts(month="2026-03", case_type=_sample().case.case_type, of=of)
    found = report([counts], lab_id=lab_id, from_month="2025-04", to_month="2026-03")
    return handler_of("reports_api").RuleReportView.of(found)


def _home() -> ModuleType:
    return handler_of("home_api")


def _account() -> Account:
    quiet = QuietHours(begins_at="20:00", ends_at="07:00")
    return Account(
        practice=MAPLE,
        may_change_email=True,
        preferences=Preferences(language="en-US", quiet_hours=quiet, version=1),
    )


def _inboxes() -> ModuleType:
    return handler_of("inbox_api")


def _inbox() -> Any:
    entries = sample_inbox(IRIS_ID, NOON)
    said = tuple(
        SaidEntry(entry=entry, title=words.subject, lines=words.lines)
        for entry in reversed(entries)
        for words in [_filled(entry.template, typed_values(entry.values, TOPICS[entry.template]))]
    )
    counts = InboxCounts(reader_id=IRIS_ID, last_number=len(entries), unread=len(entries))
    return _inboxes().InboxView.of_page(InboxPage(entries=said, counts=counts, next=None), None)


def _filled(template: str, values: Mapping[str, Any]) -> Words:
    english = language_of("en")
    reader = FormOf(language="en-US", time_zone="America/New_York")
    return rendered(default_template(template, english), TOPICS[template], values, language=english, reader=reader)


def _own_preferences() -> Any:
    own = OwnPreferences(
        account=_account(),
        reach=Reach(email="", mobile=""),
        time_zone="America/New_York",
        marks=(sample_mark(TOM_ID, NOON),),
    )
    return _inboxes().NotificationPreferencesView.of(own)


def _notifications() -> ModuleType:
    return handler_of("notifications_api")


def _notification_rule() -> Any:
    return _notifications().RuleView.of_seen(sample_seen_rule(_MANAGER_ID, NOON), _CARE_TEAM)


def _notification_template() -> Any:
    changed = sample_changed_template(_MANAGER_ID, NOON)
    seen = SeenTemplate(
        in_effect=laid_over_default(changed.name, changed.language, [changed]),
        topic=TOPICS[changed.name],
        version=1,
        may_change=True,
    )
    return _notifications().TemplateView.of(seen, _CARE_TEAM)


def _notification_preview() -> Any:
    return _notifications().PreviewView.of(_filled(TEMPLATE, SAMPLES[TOPICS[TEMPLATE]]))


def _would_happen() -> Any:
    rules = [rule for rule in DEFAULT_RULES if rule.rule_id == "CaseDayMoved.practice_of_day.called_off"]
    alike = OthersWouldHear(
        organization_kind=OrganizationKind.PRACTICE,
        roles=frozenset({Role.PRACTICE_ADMIN}),
        is_person=True,
        urgency=Urgency.USUAL,
        asked={Channel.EMAIL: "day_canceled", Channel.INBOX: "day_canceled"},
        rule_ids=(rules[0].rule_id,),
        count=1,
    )
    manager = Addressee(
        addressee_id=_MANAGER_ID,
        organization_kind=OrganizationKind.CARE_TEAM,
        organization_id="bright-vans",
        roles=frozenset({Role.MANAGER}),
    )
    hears = WouldHear(
        addressee=manager,
        urgency=Urgency.USUAL,
        asked=frozenset({Channel.EMAIL, Channel.INBOX}),
        told=(WouldBeTold(channel=Channel.INBOX, template="day_canceled", at=NOON),),
        rule_ids=("CaseDayMoved.managers_of_care_team.called_off",),
    )
    found = WouldHappen(rules=tuple(rules), people=(hears,), others=(alike,))
    return _notifications().WouldHappenView.of(found)


def _members() -> ModuleType:
    return handler_of("members_api")


def _member(number: int) -> Any:
    return _members().MemberView.of(sample_members(NOON)[number])


def _started() -> SampleCase:
    return next(sample for sample in sample_cases(NOON) if sample.case.is_lab_started)


def _issued() -> Any:
    link = link_of(_started().case, NOON)
    return handler_of("lab_cases_api").IssuedLinkView.of_issued(
        IssuedLink(link=link, credential=credential_of(link)), at=NOON
    )


def _link(**changes: Any) -> Any:
    return handler_of("lab_cases_api").LinkView.of(replace(link_of(_started().case, NOON), **changes), at=NOON)


def _correction() -> Any:
    sample = _started()
    link = link_of(sample.case, NOON)
    correction = Correction(
        link=link,
        case=sample.case,
        lab=NORTH_PINE,
        notation=COVE.notation,
        points=tuple(Point(asked=asked, is_dealt_with=False) for asked in link.asked),
        reasons=(),
        statements={},
        files=tuple(file for file in sample.files if file.announced_by == link.user_id),
        at=NOON,
    )
    return handler_of("correction_api").CorrectionView.of(correction)


def _planning() -> ModuleType:
    return handler_of("planning_api")


def _booking() -> Booking:
    case = next(sample.case for sample in sample_cases(NOON) if sample.case.session)
    return Booking(
        session=session_of(case, NOON),
        status=case.status,
        due_on=case.due_on,
        practice_time_zone=MAPLE.time_zone,
        lab_time_zone=NORTH_PINE.time_zone,
        lab_name=NORTH_PINE.name,
        contact=NORTH_PINE.contact,
        initials="M. H.",
        cutoff_hours=None,
    )


def _session() -> Any:
    return _planning().PlanningSessionView.of(_booking())


def _blocks() -> Any:
    free = FreeBlock(block=_booking().session.block, planners=(1, 2))
    return _planning().PlanningBlocksView.of(OfferedBlocks(time_zone=MAPLE.time_zone, blocks=(free,)))


def _scheduling() -> ModuleType:
    return handler_of("scheduling_api")


def _matching() -> ModuleType:
    return handler_of("match_runs_api")


def _match_run(run: MatchRun, *batches: BatchProgress) -> Any:
    return _matching().MatchRunView.of(run, progress_of(run, batches))


def _match_files() -> Any:
    def signed(name: str) -> SignedRequest:
        url = f"https://files.s3.amazonaws.com/match-runs/{PROPOSED_RUN.run_id}/{name}?X-Amz-Signature=…"
        return SignedRequest(method="GET", url=url, headers={}, expires_at=NOON + timedelta(minutes=5))

    return _matching().MatchFilesView.of(Downloads(instance=signed(INSTANCE), solution=signed(SOLUTION)))


def _manager() -> Caller:
    return Caller(
        user_id=MAX_ID,
        organization_id=BRIGHT_VANS.care_team_id,
        organization_kind=OrganizationKind.CARE_TEAM,
        roles=frozenset({Role.MANAGER}),
    )


def _period(**changes: Any) -> Any:
    return _scheduling().PeriodView.of(replace(PERIOD, **changes), _manager(), at=NOON)


def _availability(**changes: Any) -> Any:
    said = replace(AVAILABILITY, **changes)
    warnings = tuple(license_warnings(NURSE, PERIOD))
    told = ClinicianAvailability(clinician=NURSE, availability=said, warnings=warnings)
    return _scheduling().AvailabilityView.of(told)


def _day_request(**changes: Any) -> Any:
    return _scheduling().CaseDayRequestView.of(replace(REQUEST, **changes), _of_practice())


def _case_days() -> ModuleType:
    return handler_of("case_days_api")


def _day_teams() -> ModuleType:
    return handler_of("day_teams_api")


def _day_patients() -> ModuleType:
    return handler_of("day_patients_api")


def _schedules() -> ModuleType:
    return handler_of("schedules_api")


def _case_day(of: CaseDay = DAY, **changes: Any) -> Any:
    sites = {(MAPLE.practice_id, MAPLE_SITE.site_id): MAPLE_SITE}
    return _case_days().CaseDayView.of(replace(of, **changes), _manager(), sites)


def _candidates() -> Any:
    far = Violation(rule=HardRule.DRIVE, says="The drive takes 95 minutes; the limit is 90.")
    nurse = Substitute(
        clinician_id=DANA_ID,
        name=NURSE.name,
        standing=Standing.WITH_OVERRIDE,
        violations=(far,),
        favors=frozenset({Favor.PREFERRED_BY_PRACTICE}),
        drive_minutes=95,
        days_of_week=1,
    )
    schemas = _day_teams()
    return schemas.CandidatesView(candidates=[schemas.CandidateView.of(nurse)])


def _day_activity() -> Any:
    schemas = _case_days()
    asked = replace(
        CREATED,
        entry_id="DAYENTRY00000000000002",
        deed=DayDeed.MEMBER_ASKED,
        details={"role": "nurse", "clinician_id": DANA_ID},
    )
    return schemas.DayActivitiesView(
        activity=[schemas.DayActivityView.of(each) for each in (asked, CREATED)], next=None
    )


def _day_patient(**changes: Any) -> Any:
    return _day_patients().DayPatientView.of(replace(PATIENT, **changes))


def _lab_work() -> Any:
    works = (
        Work(case_id=_CASE_ID, state=WorkState.IN_TIME, arrives_on=date(2099, 12, 16)),
        Work(case_id="READY0000001", state=WorkState.THERE),
    )
    shown = _day_patients()
    return shown.LabWorkView(lab_work=[shown.WorkView.of(each) for each in works])


def _schedule() -> Any:
    first, last = dates_of(Span.WEEK, DAY.on)
    found = schedule((DAY, CONFIRMED_DAY), first=first, last=last, rows_of=RowsOf.CLINICIAN)
    return _schedules().ScheduleView.of(found)


def _calendar() -> str:
    days = [day_event(day, MAPLE_SITE, FEED.owner) for day in (DAY, CONFIRMED_DAY)]
    return written(days, product="Case Days", subscription=Subscription(name=FEED.name, refreshed_every=60)).content


def _issued_feed() -> Any:
    credential = Credential(kind=CredentialKind.CALENDAR, owner_id=str(FEED.owner), holder_id=FEED_ID, secret="A" * 43)
    return _schedules().IssuedFeedView.of_issued(IssuedFeed(feed=FEED, credential=credential))


def _criteria(**changes: Any) -> Any:
    return _case_days().CriteriaView.of_team(replace(CRITERIA, **changes))


def _of_practice() -> Caller:
    return Caller(
        user_id=IRIS_ID,
        organization_id=MAPLE.practice_id,
        organization_kind=OrganizationKind.PRACTICE,
        roles=frozenset({Role.PRACTICE_ADMIN}),
    )


def _correction_upload() -> Any:
    schemas = handler_of("correction_api")
    upload = _upload()
    return schemas.CorrectionUploadView(
        file=schemas.CorrectionFileView.of(_sample().files[0], at=NOON), upload=upload.upload, upload_parts=[]
    )


def _care_teams() -> ModuleType:
    return handler_of("care_teams_api")


def _listed_care_teams() -> Any:
    listing = CareTeamListing(care_team_id=BRIGHT_VANS.care_team_id, name=BRIGHT_VANS.name, states=BRIGHT_VANS.states)
    return _care_teams().CareTeamsView(care_teams=[_care_teams().ListedCareTeamView.of(listing)], next=None)


def _care_team() -> Any:
    return _care_teams().CareTeamView.of(BRIGHT_VANS)


def _clinician() -> Any:
    return _care_teams().ClinicianView.of(NURSE)


def _lapsing() -> Any:
    lapses = NURSE.lapsing(first=date(2099, 6, 1), last=date(2099, 7, 31))
    views = [
        _care_teams().LapsingCredentialView.of(
            LapsingCredential(clinician_id=NURSE.clinician_id, name=NURSE.name, lapse=lapse)
        )
        for lapse in lapses
    ]
    return _care_teams().LapsingCredentialsView(credentials=views)


def _site() -> Any:
    return _care_teams().SiteView.of(MAPLE_SITE)


def _care_preferences() -> Any:
    preferences = CarePreferences(
        practice_id=MAPLE.practice_id,
        care_team_id=BRIGHT_VANS.care_team_id,
        preferred=frozenset({DANA_ID}),
        blocked=frozenset({SAM_ID}),
        version=1,
    )
    return _care_teams().CarePreferencesView.of(preferences)


_CARE_TEAM_ANSWERS: Final[Mapping[str, Callable[[], Any]]] = {
    "create_care_team": _care_team,
    "list_care_teams": _listed_care_teams,
    "read_care_team": _care_team,
    "change_care_team": _care_team,
    "enter_clinician": _clinician,
    "list_clinicians": lambda: _care_teams().CliniciansView(clinicians=[_clinician()], next=None),
    "read_clinician": _clinician,
    "change_clinician": _clinician,
    "list_lapsing_credentials": _lapsing,
    "enter_site": _site,
    "list_sites": lambda: _care_teams().SitesView(sites=[_site()]),
    "read_site": _site,
    "change_site": _site,
    "read_care_preferences": _care_preferences,
    "save_care_preferences": _care_preferences,
}
_ANSWERS: Final[Mapping[str, Callable[[], Any]]] = {
    **_CARE_TEAM_ANSWERS,
    "read_me": _me,
    "read_home": lambda: _home().HomeView.of(
        Home(
            side=Party.PRACTICE,
            announcements=(sample_announcement(NOON),),
            attention=(row_of(_sample().case),),
            counts=ColorCounts(of={Color.RED: 1, Color.YELLOW: 4, Color.GREEN: 2}, version=7),
        )
    ),
    "read_account": lambda: _home().AccountView.of(_account()),
    "change_account": lambda: _home().AccountView.of(_account()),
    "list_announcements": lambda: _home().AnnouncementsView(
        announcements=[_home().AnnouncementView.of(sample_announcement(NOON))]
    ),
    "list_inbox": _inbox,
    "read_inbox_entry": lambda: _inboxes().InboxCountsView(unread=2, newest=3),
    "read_all_of_inbox": lambda: _inboxes().InboxCountsView(unread=0, newest=3),
    "read_notification_preferences": _own_preferences,
    "change_notification_preferences": _own_preferences,
    "list_notification_rules": lambda: _notifications().RulesView.of(
        SeenRules(rules=(sample_seen_rule(_MANAGER_ID, NOON),), unruled=(sample_unruled(NOON),)), _CARE_TEAM
    ),
    "add_notification_rule": _notification_rule,
    "read_notification_rule": _notification_rule,
    "change_notification_rule": _notification_rule,
    "remove_notification_rule": lambda: _notifications().RemovedRuleView(rule=_notification_rule()),
    "dry_run_notification_rules": _would_happen,
    "list_notification_templates": lambda: _notifications().TemplatesView(templates=[_notification_template()]),
    "read_notification_template": _notification_template,
    "replace_notification_template": _notification_template,
    "remove_notification_template": _notification_template,
    "preview_notification_template": _notification_preview,
    "list_notification_log": lambda: _notifications().LogView(
        messages=[_notifications().LoggedMessageView.of(each) for each in sample_messages(TOM_ID, NOON)], next=None
    ),
    "list_unreachable": lambda: _notifications().MarksView(
        unreachable=[_notifications().MarkView.of(sample_mark(TOM_ID, NOON))]
    ),
    "use_address_again": lambda: _notifications().MarkView.of(sample_mark(TOM_ID, NOON)),
    "publish_announcement": lambda: _home().AnnouncementView.of(sample_announcement(NOON)),
    "read_announcement": lambda: _home().AnnouncementView.of(sample_announcement(NOON)),
    "change_announcement": lambda: _home().AnnouncementView.of(sample_announcement(NOON)),
    "withdraw_announcement": lambda: _home().AnnouncementView.of(
        sample_announcement(NOON).withdrawn(by=LEO_ID, at=NOON)
    ),
    "create_practice": lambda: _directory().PracticeView.of(MAPLE),
    "read_practice": lambda: _directory().PracticeView.of(MAPLE),
    "change_practice": lambda: _directory().PracticeView.of(MAPLE),
    "set_billing": lambda: _directory().BillingView(billing=BillingState.PAST_DUE),
    "create_lab": lambda: _directory().LabView.of(NORTH_PINE, at=NOON),
    "list_labs": _labs,
    "read_lab": lambda: _directory().LabView.of(NORTH_PINE, at=NOON),
    "change_lab": lambda: _directory().LabView.of(NORTH_PINE, at=NOON),
    "ask_for_connection": lambda: _connected(ConnectionState.ASKED),
    "list_connections": lambda: _directory().ConnectionsView(
        connections=[_connected(ConnectionState.ACCEPTED)], next=None
    ),
    "read_connection": lambda: _connected(ConnectionState.ACCEPTED),
    "move_connection": lambda: _connected(ConnectionState.ENDED),
    "list_dentists": lambda: _practice().DentistsView(dentists=[_practice().DentistView.of(DR_OKAFOR)]),
    "add_dentist": lambda: _practice().DentistView.of(DR_OKAFOR),
    "read_dentist": lambda: _practice().DentistView.of(DR_OKAFOR),
    "change_dentist": lambda: _practice().DentistView.of(DR_OKAFOR),
    "enter_scanner": lambda: _practice().EnteredScannerView.of_entered(
        EnteredMachine(machine=sample_scanner(NOON), credential=SCANNER_CREDENTIAL)
    ),
    "list_scanners": lambda: _practice().ScannersView(scanners=[_practice().ScannerView.of(sample_scanner(NOON))]),
    "revoke_scanner": lambda: _practice().ScannerView.of(
        replace(sample_scanner(NOON), revoked_at=NOON, revoked_by=IRIS_ID)
    ),
    "enter_webhook": lambda: _webhooks().ShownWebhookView.of_shown(_SHOWN_WEBHOOK),
    "list_webhooks": lambda: _webhooks().WebhooksView(webhooks=[_webhooks().WebhookView.of(_WEBHOOK)]),
    "read_webhook": lambda: _webhooks().WebhookView.of(_WEBHOOK),
    "change_webhook": lambda: _webhooks().WebhookView.of(replace(_WEBHOOK.in_state(EndpointState.PAUSED), version=2)),
    "remove_webhook": lambda: _webhooks().WebhookView.of(_WEBHOOK),
    "rotate_webhook_secret": lambda: _webhooks().ShownWebhookView.of_shown(
        replace(_SHOWN_WEBHOOK, endpoint=_WEBHOOK.rotated(WEBHOOK_SECRET, at=NOON))
    ),
    "ping_webhook": lambda: _webhooks().DeliveryView.of(
        replace(sample_deliveries(NOON)[0], event_type=PING, case_id=None)
    ),
    "list_deliveries": lambda: _webhooks().DeliveriesView(
        deliveries=[_webhooks().DeliveryView.of(each) for each in sample_deliveries(NOON)], next=None
    ),
    "redeliver": lambda: _webhooks().DeliveryView.of(sample_deliveries(NOON)[1].sent_again(NOON)),
    "enter_lab_system": lambda: _members().EnteredLabSystemView.of_entered(
        EnteredMachine(machine=sample_lab_system(NOON), credential=LAB_SYSTEM_CREDENTIAL)
    ),
    "list_lab_systems": lambda: _members().LabSystemsView(
        systems=[_members().LabSystemView.of(sample_lab_system(NOON))]
    ),
    "revoke_lab_system": lambda: _members().LabSystemView.of(
        replace(sample_lab_system(NOON), revoked_at=NOON, revoked_by=LEO_ID)
    ),
    "enter_guest_practice": _guest,
    "list_guest_practices": lambda: _practice().GuestPracticesView(
        practices=[_practice().PracticeView.of(COVE)], next=None
    ),
    "read_guest_practice": _guest,
    "add_guest_dentist": lambda: _practice().DentistView.of(DR_ABARA),
    "change_guest_dentist": lambda: _practice().DentistView.of(DR_ABARA),
    "announce_scan": _upload,
    "complete_scan": lambda: _file(3),
    "list_case_types": lambda: _requirements().CatalogView.of({CaseType.CROWN: CASE_TYPES[CaseType.CROWN]}),
    "list_profiles": lambda: _requirements().ProfilesView(profiles=[_requirements().ProfileRow.of(_profile())]),
    "read_profile": lambda: _requirements().RequirementProfileView.of(_profile()),
    "publish_profile": lambda: _requirements().RequirementProfileView.of(_published().profile),
    "try_profile": lambda: _requirements().TrialView.of(
        Trial(problems=(), changed=_published().changed, drafts_seen=12, drafts_touched=5)
    ),
    "list_profile_versions": lambda: _requirements().ProfileVersionsView(
        versions=[
            _requirements().ProfileVersionRow.of(_published()),
            _requirements().ProfileVersionRow.of(ProfileVersion(profile=_profile())),
        ],
        next=None,
    ),
    "read_profile_version": lambda: _requirements().ProfileVersionView.of(_published()),
    "read_rule_report_of_lab": lambda: _rule_report(NORTH_PINE.lab_id),
    "read_rule_report": lambda: _rule_report(None),
    "list_members": lambda: _members().MembersView(members=[_member(0), _member(2)]),
    "invite_member": lambda: _member(2),
    "accept_invitation": lambda: _member(1),
    "read_member": lambda: _member(1),
    "change_roles": lambda: _member(1),
    "resend_invitation": lambda: _member(2),
    "end_membership": lambda: _member(3),
    "create_case": _case,
    "list_cases": lambda: _cases().CasesView(cases=[_row()], next=None),
    "read_case": _case,
    "change_packet": _case,
    "check_case": lambda: _case().precheck,
    "submit_case": lambda: _case(2),
    "read_activity": _history,
    "archive_case": lambda: _row(archived_by_practice_at=NOON),
    "unarchive_case": _row,
    "move_case": lambda: _reviews().CaseStandView.of(_returned(), _FOR_LAB),
    "rename_patient": lambda: _reviews().CaseStandView.of(_arrived(), _FOR_LAB),
    "add_shipment": lambda: _shipping().ShipmentView.of(sample_shipment(NOON)),
    "list_shipments": lambda: _shipments(_shipping()),
    "remove_shipment": lambda: _shipments(_shipping()),
    "receive_shipment": lambda: _shipping().ShipmentView.of(sample_shipment(NOON).received(by=IRIS_ID, at=NOON)),
    "tell_where_parcels_are": lambda: handler_of("carrier_api").HeardView(events=1),
    "list_returns": lambda: _reviews().ReturnsView(returns=[_reviews().ReturnView.of(_return())], next=None),
    "answer_reason": lambda: _reviews().CaseStandView.of(_returned(), _FOR_PRACTICE),
    "add_note": lambda: _reviews().NoteView.of(_note()),
    "list_notes": lambda: _reviews().NotesView(notes=[_reviews().NoteView.of(_note())], next=None),
    "mark_arrived": lambda: _reviews().CaseStandView.of(_arrived(), _FOR_LAB),
    "read_planning_hours": lambda: _planning().PlanningHoursView.of(HOURS),
    "publish_planning_hours": lambda: _planning().PlanningHoursView.of(HOURS),
    "list_planning_blocks": _blocks,
    "book_session": _session,
    "read_session": _session,
    "move_session": _session,
    "cancel_session": lambda: _planning().PlanningSessionView.of(
        replace(_booking(), session=_booking().session.ended(SessionState.RELEASED), due_on=None)
    ),
    "record_session_outcome": _session,
    "read_session_calendar": lambda: calendar(_booking().entry(told_at=NOON)).content,
    "list_sessions": lambda: _planning().PlanningSessionsView(
        time_zone=MAPLE.time_zone,
        sessions=[_planning().PlanningSessionRow.of(_booking().session, MAPLE.time_zone)],
        next=None,
    ),
    "open_period": _period,
    "list_periods": lambda: _scheduling().PeriodsView(periods=[_period()], next=None),
    "read_period": _period,
    "change_period": lambda: _period(weights=PERIOD.weights.changed({"fair_day": 30}), version=2),
    "move_period": lambda: _period(status=PeriodStatus.REVIEWING, version=2),
    "list_availability": lambda: _scheduling().AvailabilitiesView(availability=[_availability()], next=None),
    "read_availability": _availability,
    "submit_availability": lambda: _availability(version=2),
    "review_availability": lambda: _availability(
        state=AvailabilityState.NEEDS_CHANGES, feedback="Could you add a Friday?", reviewed_at=NOON, version=2
    ),
    "start_match_run": lambda: _match_run(
        MatchRun(
            run_id=SOLVING_RUN.run_id,
            period_id=SOLVING_RUN.period_id,
            care_team_id=SOLVING_RUN.care_team_id,
            started_at=NOON,
            started_by=MAX_ID,
        )
    ),
    "list_match_runs": lambda: _matching().MatchRunsView(
        match_runs=[_matching().MatchRunView.of(PROPOSED_RUN)], next=None
    ),
    "read_match_run": lambda: _match_run(SOLVING_RUN, *BATCHES),
    "list_proposed_days": lambda: _matching().ProposedDaysView(
        days=[_matching().ProposedDayView.of(PROPOSED_DAY, PROPOSED_RUN)], next=None
    ),
    "list_unmatched_requests": lambda: _matching().UnmatchedRequestsView(
        unmatched=[_matching().UnmatchedRequestView.of(UNMATCHED)], next=None
    ),
    "list_clinician_loads": lambda: _matching().ClinicianLoadsView(
        loads=[_matching().ClinicianLoadView.of(LOAD)], next=None
    ),
    "decide_on_proposal": lambda: _match_run(PROPOSED_RUN.changed(rest=Decision.APPROVED, rest_by=MAX_ID)),
    "stop_match_run": lambda: _match_run(SOLVING_RUN.moved_to(RunStatus.CANCELLED, at=NOON), *BATCHES),
    "download_match_files": _match_files,
    "request_case_day": _day_request,
    "list_case_day_requests": lambda: _scheduling().CaseDayRequestsView(requests=[_day_request()], next=None),
    "read_case_day_request": _day_request,
    "change_case_day_request": lambda: _day_request(expected_patients=6, version=2),
    "move_case_day_request": lambda: _day_request(status=RequestStatus.WITHDRAWN, version=2),
    "create_case_day": _case_day,
    "serve_case_day_request": lambda: _case_day(request_id=REQUEST.request_id, team=()),
    "list_case_days": lambda: _case_days().CaseDaysView(case_days=[_case_day(), _case_day(CONFIRMED_DAY)], next=None),
    "read_case_day": lambda: _case_day(CONFIRMED_DAY),
    "change_case_day": lambda: _case_day(note="Ring twice.", version=2),
    "ask_team_member": lambda: _case_day(version=2),
    "remove_team_member": lambda: _case_day(team=(), version=2),
    "list_candidates": _candidates,
    "answer_case_day": lambda: _case_day(
        team=tuple(replace(each, answer=Answer.ACCEPTED, answered_at=NOON) for each in DAY.team), version=2
    ),
    "confirm_case_day": lambda: _case_day(CONFIRMED_DAY, wanted=None, version=5),
    "confirm_case_day_details": lambda: _case_day(practice_confirmed_at=NOON, version=2),
    "cancel_case_day": lambda: _case_day(status=DayStatus.CANCELLED, reason="The practice moves.", version=2),
    "reject_case_day": lambda: _case_day(
        status=DayStatus.REJECTED, reason="Nobody goes to Vermont in this week.", version=2
    ),
    "reschedule_case_day": lambda: _case_day(on=date(2099, 12, 17), version=2),
    "decide_wanted_change": lambda: _case_day(CONFIRMED_DAY, minutes=540, wanted=None, version=2),
    "lock_case_day": lambda: _case_day(is_locked=True, version=2),
    "begin_case_day": lambda: _case_day(CONFIRMED_DAY, status=DayStatus.IN_PROGRESS, wanted=None, version=6),
    "complete_case_day": lambda: _case_day(CONFIRMED_DAY, status=DayStatus.COMPLETED, wanted=None, version=7),
    "list_case_day_activity": _day_activity,
    "list_day_patients": lambda: _day_patients().DayPatientsView(patients=[_day_patient()]),
    "assign_patient": _day_patient,
    "change_day_patient": lambda: _day_patient(starts_at="13:00", version=2),
    "remove_day_patient": lambda: _day_patients().DayPatientsView(patients=[]),
    "list_lab_work": _lab_work,
    "read_schedule": _schedule,
    "read_calendar": _calendar,
    "ask_to_unsubscribe": lambda: question("en"),
    "unsubscribe": lambda: done("en"),
    "issue_feed": _issued_feed,
    "list_feeds": lambda: _schedules().CalendarFeedsView(feeds=[_schedules().CalendarFeedView.of(FEED)]),
    "revoke_feed": lambda: _schedules().CalendarFeedView.of(replace(FEED, revoked_at=NOON, revoked_by=IRIS_ID)),
    "read_change_criteria": _criteria,
    "set_change_criteria": lambda: _criteria(version=2),
    "create_lab_case": lambda: handler_of("lab_cases_api").LabCaseView.of(_started().case),
    "issue_link": _issued,
    "list_links": lambda: handler_of("lab_cases_api").LinksView(links=[_link()]),
    "revoke_link": lambda: _link(revoked_at=NOON, revoked_by=LEO_ID),
    "read_correction": _correction,
    "answer_correction": _correction,
    "answer_correction_reason": _correction,
    "authorize_correction": _correction,
    "announce_correction_file": _correction_upload,
    "complete_correction_file": lambda: handler_of("correction_api").CorrectionFileView.of(_sample().files[3], at=NOON),
    "finish_correction": _correction,
    "announce_file": _upload,
    "complete_file": lambda: _file(3),
    "list_files": lambda: _files().FilesView(files=[_file(0), _file(4)]),
    "list_cases_for_system": lambda: _systems().CasesView(
        cases=[_systems().CaseRow.of(row_of(_got()).told_to(Party.LAB), Party.LAB)], next=None
    ),
    "read_case_for_system": lambda: _case(4, Party.LAB),
    "list_files_for_system": lambda: _systems().FilesView(files=[_file(4)]),
    "download_file_for_system": lambda: _systems().SignedRequestView.of(_request("GET", "files")),
    "list_rx_versions_for_system": lambda: _systems().RxVersionsView(versions=[_systems().RxView.of(_rx())]),
    "download_rx_for_system": lambda: _systems().SignedRequestView.of(_request("GET", "files")),
    "list_shipments_for_system": lambda: _shipments(_systems()),
    "remove_shipment_for_system": lambda: _shipments(_systems()),
    "add_shipment_for_system": lambda: _systems().ShipmentView.of(sample_shipment(NOON)),
    "move_case_for_system": lambda: _systems().CaseStandView.of(_arrived(), _FOR_LAB),
    "list_rx_versions": lambda: _prescriptions().RxVersionsView(versions=[_prescriptions().RxView.of(_rx())]),
    "download_rx": lambda: _prescriptions().SignedRequestView.of(_request("GET", "files")),
    "read_confirmation": _confirmation,
    "download_file": lambda: _files().SignedRequestView.of(_request("GET", "files")),
    "remove_file": lambda: _file(2),
}
