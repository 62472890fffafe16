"""What templates are shown with before anybody is told anything: long names, so that what is too long shows."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from bitewing.notifications.templates.topic import Topic

_SITE: Final = "https://portal.example.com"
_CASE: Final = {
    "case_id": "8KD2M5X0T3QA",
    "initials": "M. H.",
    "practice": "Green Mountain Family Dentistry",
    "lab": "Harborline Dental Laboratory",
    "lab_contact": "Harborline Dental Laboratory, +1 802 555 0115, cases@harborline.example",
    "link": f"{_SITE}/cases/8KD2M5X0T3QA",
    "reasons": ("margin_hidden", "file_missing"),
    "rx_number": 2,
    "findings_left": 0,
}
SAMPLES: Final[Mapping[Topic, Mapping[str, Any]]] = {
    Topic.CASE: _CASE,
    Topic.SESSION: {
        **_CASE,
        "starts_at": datetime(2026, 9, 23, 14, 30, tzinfo=UTC),
        "previous_starts_at": datetime(2026, 9, 22, 18, tzinfo=UTC),
        "minutes": 30,
        "join_link": "https://meet.example.com/abc-defg-hij",
        "add_link": "https://calendar.google.com/calendar/render?action=TEMPLATE",
    },
    Topic.SHIPMENT: {
        **_CASE,
        "carrier": "UPS",
        "tracking_link": "https://www.ups.com/track?tracknum=1Z999AA10123456784",
        "state": "exception",
    },
    Topic.CASE_DAY: {
        "practice": "Green Mountain Family Dentistry",
        "care_team": "Northeast Mobile Anesthesia",
        "on": date(2026, 9, 23),
        "starts_at": datetime(2026, 9, 23, 12, tzinfo=UTC),
        "ends_at": datetime(2026, 9, 23, 20, tzinfo=UTC),
        "previous_on": date(2026, 9, 16),
        "clinician": "Nia Okafor",
        "role": "anesthesiologist",
        "answer_due_at": datetime(2026, 9, 20, 16, 30, tzinfo=UTC),
        "reply_code": "4821",
        "fields": ("starts_at", "minutes"),
        "decision": "approved",
        "rules": ("license", "drive"),
        "patients": 6,
        "case_id": "8KD2M5X0T3QA",
        "initials": "M. H.",
        "arrives_on": date(2026, 9, 25),
        "link": f"{_SITE}/case-days/0J7ZQ5",
    },
    Topic.REQUEST: {
        "period": "October 2026",
        "care_team": "Northeast Mobile Anesthesia",
        "practice": "Green Mountain Family Dentistry",
        "on": date(2026, 10, 7),
        "link": f"{_SITE}/case-day-requests/0J7ZQ5",
    },
    Topic.PERIOD: {
        "period": "October 2026",
        "care_team": "Northeast Mobile Anesthesia",
        "first_on": date(2026, 10, 1),
        "last_on": date(2026, 10, 31),
        "availability_due_at": datetime(2026, 9, 10, 21, tzinfo=UTC),
        "requests_due_at": datetime(2026, 9, 12, 21, tzinfo=UTC),
        "clinician": "Nia Okafor",
        "proposed": 14,
        "unmatched": 2,
        "undecided": 3,
        "decide_by": datetime(2026, 9, 17, 21, tzinfo=UTC),
        "link": f"{_SITE}/periods/0J7ZQ5",
    },
    Topic.ORGANIZATION: {
        "organization": "Green Mountain Family Dentistry",
        "practice": "Green Mountain Family Dentistry",
        "lab": "Harborline Dental Laboratory",
        "person": "Ada Lindqvist",
        "roles": ("practice_admin", "practice_staff"),
        "link": f"{_SITE}/account",
    },
    Topic.DIGEST: {"count": 3, "subject": "8KD2M5X0T3QA", "link": f"{_SITE}/inbox"},
}
