"""A request for each route of the API, as somebody would make it who may."""

from datetime import UTC, datetime, timedelta

from bitewing.kernel.wire import ROUTES, Route

from local.seed import MAPLE_SITE
from tests.support.contract import DOCUMENT
from tests.support.http import HANNA, IRIS, LEO, MAX, PIA, Call, Person
from tools.sample_care_teams import DANA_ID, SAM_ID
from tools.sample_case_days import CONFIRMED_DAY_ID, DAY_ID, FEED_ID, PATIENT_ID
from tools.sample_match_runs import (
    MATCHED_PERIOD_ID,
    PROPOSED_PERIOD_ID,
    PROPOSED_REQUEST_ID,
    PROPOSED_RUN_ID,
    REVIEWED_PERIOD_ID,
    SOLVING_RUN_ID,
)
from tools.sample_notifications import RULE_ID
from tools.sample_notifications import TEMPLATE as TEMPLATE_NAME
from tools.sample_scheduling import PERIOD_ID, REQUEST_ID
from tools.sample_things import ANNOUNCEMENT_ID, LAB_SYSTEM_CREDENTIAL, SCANNER_CREDENTIAL, TOM_ID
from tools.sample_webhooks import DELIVERED_ID, WEBHOOK_ID

CASES, CASE, UPLOADS = "/v1/cases", "/v1/cases/{case_id}", "/v1/cases/{case_id}/uploads"
DRAFT, KEPT = "DRAFT0000001", "KEPT00000001"
NEW_CASE = {
    "lab_id": "north-pine",
    "dentist_id": "dr-okafor",
    "case_type": "crown",
    "patient": {"name": "Mira Holloway"},
}
NEW_FILE = {"kind": "photo", "name": "smile.jpg", "size_bytes": 5, "sha256": "0" * 64}
RETURN = {"to": "returned", "reasons": [{"code": "margin_hidden", "says": "The margin is under tissue."}]}
NEW_MEMBER = {"email": "ana@maple-street.example", "name": "Ana Lima", "roles": ["practice_staff"]}
NEW_WEBHOOK = {"url": "https://hooks.north-pine.example/bitewing", "event_types": ["CaseMoved"]}
RULES, TEMPLATE = "/v1/notification-rules", "/v1/notification-templates/{language}/{name}"
NEW_RULE = {
    "of": "TeamMemberSilent",
    "audience": "practice_of_day",
    "channels": ["inbox"],
    "template": "member_silent",
}
NEW_WORDS = {"subject": "No word for {on}", "lines": ["{clinician} is silent.", "[See the day]({link})"]}
PROFILE = "/v1/labs/{lab_id}/requirement-profiles/{case_type}"
NEW_PROFILE = {
    "is_offered": True,
    "files": [{"kinds": ["bite_scan"], "called": "a bite scan", "level": "required"}],
    "selections": {"margin": "expected"},
    "turnaround_working_days": 5,
    "max_voxel_um": 400,
    "max_scan_age_days": 365,
    "min_triangles": 100_000,
    "min_photo_px": 0,
    "attestations": {"photos": "The photos are new."},
    "outcomes": {"DUE-MISSING": None},
}
#: Of the practice without an account.
NEW_LAB_CASE = {**NEW_CASE, "practice_id": "cove-road", "dentist_id": "dr-abara"}
del NEW_LAB_CASE["lab_id"]
THE_DENTIST = {"dentist_name": "Ify Abara", "license_number": "NH-40217", "agrees": True}
#: Of a carrier.
THE_CARRIER = {
    "events": [
        {"tracking_number": "1Z999AA10123456784", "state": "in_transit", "occurred_at": "2026-03-02T11:00:00Z"},
    ]
}
#: Of the directory.
NEW_PRACTICE = {"name": "Birch Lane Dental", "time_zone": "America/Chicago"}
NEW_LAB = {
    "name": "Ridgeline Ceramics",
    "address": "7 Kiln Road, Boise, ID 83702",
    "time_zone": "America/Boise",
    "email": "hi@ridgeline.example",
    "phone": "+1 208 555 0100",
}
NEW_DENTIST = {"name": "Dr. Ola Berg", "license_state": "VT"}
#: Of care teams.
NEW_CARE_TEAM = {
    "name": "Harbor Anesthesia",
    "time_zone": "America/Chicago",
    "email": "plan@harbor.example",
    "phone": "+1 312 555 0100",
    "states": ["IL"],
}
NEW_CLINICIAN = {
    "clinician_id": SAM_ID,
    "name": "Sam Ortiz",
    "role": "medic",
    "home": {"latitude": 43.2081, "longitude": -71.5376},
    "phone": "+16035550162",
    "licenses": [{"state": "NH", "number": "NH-EMT-771", "expires_on": "2028-03-31"}],
    "skills": [{"name": "pals", "expires_on": "2027-01-31"}],
}
NEW_SITE = {
    "name": "Pine Street",
    "address": "8 Pine Street, Winooski, VT 05404",
    "state": "VT",
    "time_zone": "America/New_York",
    "place": {"latitude": 44.4915, "longitude": -73.1857},
    "permit": {"number": "VT-OBS-204", "valid_from": "2026-01-01", "expires_on": "2027-12-31"},
}
OF_CARE_TEAMS = {
    ("POST", "/v1/care-teams"): NEW_CARE_TEAM,
    ("PATCH", "/v1/care-teams/{care_team_id}"): {"answer_hours": 48},
    ("POST", "/v1/clinicians"): NEW_CLINICIAN,
    ("PATCH", "/v1/clinicians/{clinician_id}"): {"is_active": False},
    ("POST", "/v1/sites"): NEW_SITE,
    ("PATCH", "/v1/sites/{site_id}"): {"rooms": 3},
    ("PUT", "/v1/care-preferences/{care_team_id}"): {"preferred": [DANA_ID], "blocked": []},
}
GUEST, SCANS = "/v1/guest-practices/{practice_id}", "/v1/scanner/cases/{case_id}/uploads"
OF_THE_DIRECTORY = {
    ("POST", "/v1/practices"): NEW_PRACTICE,
    ("PATCH", "/v1/practices/{practice_id}"): {"phone": "+1 802 555 0199"},
    ("PUT", "/v1/practices/{practice_id}/billing"): {"billing": "past_due"},
    ("POST", "/v1/labs"): NEW_LAB,
    ("PATCH", "/v1/labs/{lab_id}"): {"phone": "+1 603 555 0199"},
    ("POST", "/v1/connections"): {"lab_id": "cedar-works"},
    ("POST", "/v1/connections/{partner_id}/transitions"): {"to": "ended"},
    ("POST", "/v1/dentists"): NEW_DENTIST,
    ("PATCH", "/v1/dentists/{dentist_id}"): {"is_active": False},
    ("POST", "/v1/scanners"): {"name": "Chair 2"},
    ("POST", "/v1/lab-systems"): {"name": "Planning board", "scopes": ["cases:read"]},
    ("POST", "/v1/lab-system/cases/{case_id}/transitions"): {"to": "manufacturing"},
    ("POST", "/v1/lab-system/cases/{case_id}/shipments"): {"carrier": "courier", "contains": "Crown 14"},
    ("POST", "/v1/guest-practices"): {"practice": NEW_PRACTICE, "dentist": NEW_DENTIST},
    ("POST", f"{GUEST}/dentists"): NEW_DENTIST,
    ("PATCH", f"{GUEST}/dentists/{{dentist_id}}"): {"is_active": False},
    ("POST", SCANS): NEW_FILE,
    ("POST", f"{SCANS}/{{file_id}}/complete"): {"parts": [{"part_number": 1, "etag": '"0"'}]},
}
#: Of scheduling; far ahead, whenever tests run.
SCHEDULING, DAY_REQUEST = "/v1/scheduling-periods/{period_id}", "/v1/case-day-requests/{request_id}"
AVAILABILITY = f"{SCHEDULING}/availability/{{clinician_id}}"
NEW_PERIOD = {
    "name": "Spring in Vermont",
    "first_on": "2099-03-16",
    "last_on": "2099-04-12",
    "availability_due_at": "2099-03-02T22:00:00Z",
    "requests_due_at": "2099-03-06T22:00:00Z",
    "states": ["VT"],
}
NEW_AVAILABILITY = {
    "windows": [{"first": "2099-12-14", "last": "2099-12-17"}],
    "limits": {"max_days_per_week": 3, "max_days_in_row": 2, "max_drive_minutes": 75},
    "preferred_practices": ["maple-street"],
    "note": "Not before eight.",
}
NEW_DAY = {
    "care_team_id": "bright-vans",
    "period_id": PERIOD_ID,
    "site_id": MAPLE_SITE.site_id,
    "dates": ["2099-12-21", "2099-12-22"],
    "starts_at": "07:30",
    "minutes": 540,
    "kind": "adult",
    "expected_patients": 4,
    "note": "A quiet room is there.",
}
OF_SCHEDULING = {
    ("POST", "/v1/scheduling-periods"): NEW_PERIOD,
    ("PATCH", SCHEDULING): {"name": "Into another century"},
    ("POST", f"{SCHEDULING}/transitions"): {"to": "reviewing"},
    ("PUT", AVAILABILITY): NEW_AVAILABILITY,
    ("POST", f"{AVAILABILITY}/review"): {"to": "needs_changes", "feedback": "Could you add a Friday?"},
    ("POST", "/v1/case-day-requests"): NEW_DAY,
    ("PATCH", DAY_REQUEST): {"minutes": 420},
    ("POST", f"{DAY_REQUEST}/transitions"): {"to": "withdrawn"},
}
MATCH_RUNS = f"{SCHEDULING}/match-runs"
MATCH_RUN = f"{MATCH_RUNS}/{{run_id}}"
OF_MATCH_RUNS = {
    ("POST", MATCH_RUNS): {"time_limit_seconds": 120, "seed": 7},
    ("POST", f"{MATCH_RUN}/decisions"): {"approve": [PROPOSED_REQUEST_ID]},
}
CASE_DAY = "/v1/case-days/{case_day_id}"
TEAM_MEMBER, DAY_ANSWER = f"{CASE_DAY}/team/{{role}}", f"{CASE_DAY}/team/{{clinician_id}}/answer"
NEW_CASE_DAY = {
    "practice_id": "maple-street",
    "site_id": MAPLE_SITE.site_id,
    "on": "2099-12-22",
    "starts_at": "07:30",
    "minutes": 540,
    "kind": "adult",
    "expected_patients": 4,
    "period_id": PERIOD_ID,
    "note": "The second of this month.",
}
DAY_PATIENTS, DAY_PATIENT = f"{CASE_DAY}/patients", f"{CASE_DAY}/patients/{{patient_id}}"
NEW_PATIENT = {
    "reference": "C-91",
    "initials": "MH",
    "age_years": 44,
    "procedure": "Implants 14 and 16",
    "starts_at": "10:00",
    "minutes": 90,
    "weight_class": "50_to_99_kg",
    "asa_class": "2",
    "note": "Is afraid of needles.",
}
OF_CASE_DAYS = {
    ("POST", DAY_PATIENTS): NEW_PATIENT,
    ("PATCH", DAY_PATIENT): {"minutes": 75},
    ("POST", "/v1/calendar-feeds"): {"name": "Telephone"},
    ("POST", "/v1/case-days"): NEW_CASE_DAY,
    ("POST", f"{DAY_REQUEST}/case-day"): {"on": "2099-12-16"},
    ("PATCH", CASE_DAY): {"note": "Ring twice."},
    ("PUT", TEAM_MEMBER): {"clinician_id": DANA_ID},
    ("POST", DAY_ANSWER): {"to": "accepted", "asked_at": "2026-03-01T12:00:00Z"},
    ("POST", f"{CASE_DAY}/cancel"): {"reason": "The practice moves."},
    ("POST", f"{CASE_DAY}/reject"): {"reason": "Nobody can come."},
    ("POST", f"{CASE_DAY}/reschedule"): {"on": "2099-12-17"},
    ("POST", f"{CASE_DAY}/wanted-change"): {"to": "approved"},
    ("PUT", f"{CASE_DAY}/lock"): {"is_locked": True},
    ("PUT", "/v1/change-criteria"): {"of": {"starts_at": {"outcome": "approved", "up_to": 15}}},
}
#: The sample clinician, who says when she can work.
NURSE = Person("nurse", "bright-vans", "care_team", ("clinician",), user_id=DANA_ID)
KEY = {"idempotency-key": "key-1"}
PLANNING_HOURS, SESSION = "/v1/labs/{lab_id}/planning-hours", "/v1/cases/{case_id}/planning-session"
NEW_HOURS = {
    "openings": [{"weekday": 2, "begins_at": "09:00", "ends_at": "12:00"}],
    "meeting_link": "https://meet.example",
}
#: In four days, at three in the afternoon in UTC: free at the sample lab whenever tests run.
FREE_AT = (datetime.now(UTC) + timedelta(days=4)).replace(hour=15, minute=0, second=0, microsecond=0)


def starting(at: datetime) -> dict[str, str]:
    return {"starts_at": at.isoformat().replace("+00:00", "Z")}


def file_of(case_id: str) -> str:
    return f"{case_id.rstrip('01')}F1".ljust(22, "0")


def call_of(method: str, path: str, case_id: str = DRAFT) -> Call:
    """A request that whoever may make it would get an answer to."""
    bodies = {
        **OF_THE_DIRECTORY,
        **OF_CARE_TEAMS,
        **OF_SCHEDULING,
        **OF_MATCH_RUNS,
        **OF_CASE_DAYS,
        ("POST", "/v1/cases"): NEW_CASE,
        ("POST", "/v1/members"): NEW_MEMBER,
        ("POST", "/v1/webhooks"): NEW_WEBHOOK,
        ("PATCH", "/v1/webhooks/{webhook_id}"): {"description": "Another board"},
        ("PATCH", "/v1/members/{user_id}"): {"roles": ["practice_admin"]},
        ("PATCH", "/v1/cases/{case_id}"): {"description": "Something else."},
        ("POST", "/v1/cases/{case_id}/submit"): {"acknowledged": []},
        ("POST", "/v1/cases/{case_id}/transitions"): RETURN,
        ("PATCH", "/v1/cases/{case_id}/patient"): {"name": "Mira Holloway-Lund"},
        ("POST", "/v1/cases/{case_id}/shipments"): {"carrier": "courier", "contains": "Crown 14"},
        ("POST", "/v1/carriers/{carrier}/events"): THE_CARRIER,
        ("PATCH", "/v1/me/account"): {"language": "en-US", "quiet_hours": {"begins_at": "20:00", "ends_at": "07:00"}},
        ("POST", "/v1/inbox/read-all"): {"up_to": 2},
        ("PATCH", "/v1/notification-preferences"): {"language": "es-US"},
        ("POST", RULES): NEW_RULE,
        ("POST", f"{RULES}/dry-run"): {"fact": "TeamMemberSilent", "values": {"case_day_id": DAY_ID}},
        ("PATCH", f"{RULES}/{{rule_id}}"): {"channels": ["inbox"]},
        ("PUT", TEMPLATE): NEW_WORDS,
        ("POST", f"{TEMPLATE}/preview"): {"time_zone": "America/New_York"},
        ("POST", "/v1/announcements"): {"kind": "news", "title": "Open again", "text": "We are back on Monday."},
        ("PATCH", "/v1/announcements/{announcement_id}"): {"title": "Open on Monday"},
        ("POST", "/v1/cases/{case_id}/return-reasons/{reason_id}/answer"): {"says": "Scanned again."},
        ("POST", "/v1/cases/{case_id}/notes"): {"text": "Please call."},
        ("POST", "/v1/lab-cases"): NEW_LAB_CASE,
        ("POST", "/v1/cases/{case_id}/correction-links"): {"kinds": ["photo"]},
        ("PATCH", "/v1/correction"): {"description": "Zirconia crown, light contacts."},
        ("POST", "/v1/correction/return-reasons/{reason_id}/answer"): {"says": "Scanned again."},
        ("POST", "/v1/correction/authorization"): THE_DENTIST,
        ("POST", "/v1/correction/uploads"): NEW_FILE | {"kind": "bite_scan"},
        ("POST", "/v1/correction/uploads/{file_id}/complete"): {"parts": [{"part_number": 1, "etag": '"0"'}]},
        ("PUT", PLANNING_HOURS): NEW_HOURS,
        ("POST", SESSION): starting(FREE_AT),
        ("PATCH", SESSION): starting(FREE_AT),
        ("POST", f"{SESSION}/outcome"): {"outcome": "held"},
        ("PUT", PROFILE): NEW_PROFILE,
        ("POST", f"{PROFILE}/check"): NEW_PROFILE,
        ("POST", "/v1/cases/{case_id}/uploads"): NEW_FILE,
        ("POST", "/v1/cases/{case_id}/uploads/{file_id}/complete"): {"parts": [{"part_number": 1, "etag": '"0"'}]},
    }
    ids = {"case_id": case_id, "file_id": file_of(case_id), "lab_id": "north-pine", "case_type": "crown"}
    ids["user_id"] = TOM_ID
    ids["version"] = "1"
    ids["number"] = "1"
    ids |= {"practice_id": "maple-street", "partner_id": "north-pine", "dentist_id": "dr-okafor"}
    ids |= {"care_team_id": "bright-vans", "clinician_id": DANA_ID, "site_id": MAPLE_SITE.site_id}
    ids |= {"entry_number": "1", "rule_id": RULE_ID, "language": "en", "name": TEMPLATE_NAME}
    ids |= {"reader_id": TOM_ID, "channel": "email"}
    ids |= {"webhook_id": WEBHOOK_ID, "delivery_id": DELIVERED_ID}
    ids["scanner_id"] = SCANNER_CREDENTIAL.holder_id
    ids["system_id"] = LAB_SYSTEM_CREDENTIAL.holder_id
    if path.startswith(GUEST):
        ids |= {"practice_id": "cove-road", "dentist_id": "dr-abara"}
    ids |= {"shipment_number": "1", "carrier": "ups", "announcement_id": ANNOUNCEMENT_ID}
    ids |= {"period_id": PERIOD_ID, "request_id": REQUEST_ID}
    ids["run_id"] = PROPOSED_RUN_ID
    if path.startswith(MATCH_RUNS):
        ids["period_id"] = REVIEWED_PERIOD_ID if path == MATCH_RUNS else PROPOSED_PERIOD_ID
    if path == f"{MATCH_RUN}/stop":
        ids |= {"period_id": MATCHED_PERIOD_ID, "run_id": SOLVING_RUN_ID}
    ids |= {"case_day_id": DAY_ID, "role": "nurse", "patient_id": PATIENT_ID, "feed_id": FEED_ID}
    if path.startswith(DAY_PATIENTS):
        ids["case_day_id"] = CONFIRMED_DAY_ID
    ids["token"] = "calendar.ics"
    ids["unsubscribe_token"] = "practice.maple-street.maple-street"
    ids |= {"reason_id": "1", "kind": "other", "link_id": f"{case_id.rstrip('01')}K".ljust(22, "0")}
    return Call(
        method,
        path,
        {name: value for name, value in ids.items() if f"{{{name}}}" in path},
        bodies.get((method, path)),
        headers=KEY | {"if-match": '"1"'},
    )


def takes(route: Route, header: str) -> bool:
    """Whether the description of the API says that a route reads this header."""
    described = DOCUMENT["paths"][route.path][route.method.lower()].get("parameters", ())
    return any((each["in"], each["name"].lower()) == ("header", header) for each in described)


#: Routes that create something once for each key, and routes that change what was read at a version.
CREATING = [route for route in ROUTES if takes(route, "idempotency-key")]
CHANGING = [route for route in ROUTES if takes(route, "if-match")]
#: Who calls a route of people and gets what is asked for, where it is not an administrator of the first practice.
_BY_OTHERS = {
    "/v1/practices": PIA,
    "/v1/labs": PIA,
    "/v1/connections": HANNA,
    "/v1/lab-cases": LEO,
    "/v1/care-teams": PIA,
    "/v1/care-teams/{care_team_id}": MAX,
    "/v1/clinicians": MAX,
    "/v1/clinicians/{clinician_id}": MAX,
    "/v1/webhooks": LEO,
    "/v1/webhooks/{webhook_id}": LEO,
    "/v1/webhooks/{webhook_id}/rotate-secret": LEO,
    **dict.fromkeys((RULES, f"{RULES}/dry-run", f"{RULES}/{{rule_id}}", TEMPLATE, f"{TEMPLATE}/preview"), MAX),
    "/v1/notification-templates": MAX,
    "/v1/lab-systems": LEO,
    "/v1/guest-practices": LEO,
    "/v1/guest-practices/{practice_id}/dentists": LEO,
    "/v1/guest-practices/{practice_id}/dentists/{dentist_id}": LEO,
    "/v1/labs/{lab_id}": LEO,
    PROFILE: LEO,
    PLANNING_HOURS: LEO,
    f"{SESSION}/outcome": LEO,
    "/v1/scheduling-periods": MAX,
    SCHEDULING: MAX,
    f"{SCHEDULING}/transitions": MAX,
    MATCH_RUNS: MAX,
    MATCH_RUN: MAX,
    **{f"{MATCH_RUN}/{part}": MAX for part in ("days", "unmatched", "loads", "decisions", "stop", "files")},
    AVAILABILITY: NURSE,
    f"{AVAILABILITY}/review": MAX,
    "/v1/case-days": MAX,
    f"{DAY_REQUEST}/case-day": MAX,
    TEAM_MEMBER: MAX,
    f"{TEAM_MEMBER}/candidates": MAX,
    DAY_ANSWER: NURSE,
    **{
        f"{CASE_DAY}/{deed}": MAX
        for deed in ("confirm", "reject", "reschedule", "wanted-change", "lock", "begin", "complete")
    },
    "/v1/change-criteria": MAX,
    "/v1/cases/{case_id}/transitions": LEO,
    "/v1/cases/{case_id}/patient": LEO,
    "/v1/cases/{case_id}/shipments": LEO,
    "/v1/cases/{case_id}/shipments/{shipment_number}": LEO,
    "/v1/announcements": LEO,
    "/v1/announcements/{announcement_id}": LEO,
    "/v1/cases/{case_id}/sent-otherwise/{kind}/arrived": LEO,
    "/v1/cases/{case_id}/correction-links": LEO,
}
#: The sample case of which a route gets what is asked for, where it is not the draft.
_OF_OTHERS = {
    "/v1/cases/{case_id}/submit": "READY0000001",
    SESSION: "FREE00000001",
    "/v1/cases/{case_id}/shipments": "PACKED000001",
    "/v1/lab-system/cases/{case_id}/shipments": "PACKED000001",
    "/v1/cases/{case_id}/shipments/{shipment_number}": "PACKED000001",
    "/v1/lab-system/cases/{case_id}/shipments/{shipment_number}": "PACKED000001",
    "/v1/cases/{case_id}/rx/{number}": KEPT,
    "/v1/cases/{case_id}/confirmation": KEPT,
    "/v1/cases/{case_id}/correction-links": "START0000001",
}


def caller_of(route: Route) -> Person:
    """Somebody who may call a route."""
    return _BY_OTHERS.get(route.path, IRIS)


def good_call(route: Route) -> Call:
    """A request of a route that gets what is asked for, but for the credential where one is needed."""
    return call_of(route.method, route.path, _OF_OTHERS.get(route.path, DRAFT))


ID = {"case_id": DRAFT}
WITH_BODY = [route for route in ROUTES if call_of(route.method, route.path).body is not None]
CREATION = next(route for route in ROUTES if (route.method, route.path) == ("POST", CASES))


def raw(route: Route, text: str, *, is_base64: bool = False, **headers: str) -> Call:
    """The request of a route with another body, as text."""
    call = call_of(route.method, route.path)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(
        call.method,
        call.path,
        call.ids,
        headers={**call.headers, "content-type": "application/json", **named},
        raw_body=text,
        is_base64=is_base64,
    )
