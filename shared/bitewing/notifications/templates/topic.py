"""What notifications are about, and which fields a template of each can name.

There is no field for the name of a patient, nor for anything else of one than initials and the case id; there is none
for what people wrote in notes and reasons either, for that may say more.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class FieldKind(StrEnum):
    """How a field is said."""

    TEXT = "text"
    #: In the reader's time zone and form.
    MOMENT = "moment"
    #: A day of the calendar, in the reader's form; it is the same day in every time zone.
    DATE = "date"
    NUMBER = "number"
    #: An address: it stands alone, or after the words that lead there.
    LINK = "link"
    #: What a case is called: its id and for whom it is, out of ``case_id`` and ``initials``.
    CASE = "case"
    #: One code or several, said in the reader's language.
    WORD = "word"


class Topic(StrEnum):
    """What a notification is about."""

    CASE = "case"
    SESSION = "session"
    SHIPMENT = "shipment"
    CASE_DAY = "case_day"
    REQUEST = "request"
    PERIOD = "period"
    ORGANIZATION = "organization"
    #: Several facts at a time.
    DIGEST = "digest"


_K: Final = FieldKind
_CASE: Final = {
    "case": _K.CASE,
    "case_id": _K.TEXT,
    "initials": _K.TEXT,
    "practice": _K.TEXT,
    "lab": _K.TEXT,
    "lab_contact": _K.TEXT,
    "link": _K.LINK,
    "reasons": _K.WORD,
    "rx_number": _K.NUMBER,
    "findings_left": _K.NUMBER,
}
_CASE_DAY: Final = {
    "practice": _K.TEXT,
    "care_team": _K.TEXT,
    "on": _K.DATE,
    "starts_at": _K.MOMENT,
    "ends_at": _K.MOMENT,
    "previous_on": _K.DATE,
    "clinician": _K.TEXT,
    "role": _K.WORD,
    "answer_due_at": _K.MOMENT,
    "reply_code": _K.TEXT,
    "fields": _K.WORD,
    "decision": _K.WORD,
    "rules": _K.WORD,
    "patients": _K.NUMBER,
    "case": _K.CASE,
    "case_id": _K.TEXT,
    "initials": _K.TEXT,
    "arrives_on": _K.DATE,
    "link": _K.LINK,
}
_PERIOD: Final = {
    "period": _K.TEXT,
    "care_team": _K.TEXT,
    "first_on": _K.DATE,
    "last_on": _K.DATE,
    "availability_due_at": _K.MOMENT,
    "requests_due_at": _K.MOMENT,
    "clinician": _K.TEXT,
    "proposed": _K.NUMBER,
    "unmatched": _K.NUMBER,
    "undecided": _K.NUMBER,
    "decide_by": _K.MOMENT,
    "link": _K.LINK,
}
#: Which fields there are. Of one that has nothing to say the line is left out in which it stands.
FIELDS: Final[Mapping[Topic, Mapping[str, FieldKind]]] = {
    Topic.CASE: _CASE,
    Topic.SESSION: {
        **_CASE,
        "starts_at": _K.MOMENT,
        "previous_starts_at": _K.MOMENT,
        "minutes": _K.NUMBER,
        "join_link": _K.LINK,
        "add_link": _K.LINK,
    },
    Topic.SHIPMENT: {**_CASE, "carrier": _K.TEXT, "tracking_link": _K.LINK, "state": _K.WORD},
    Topic.CASE_DAY: _CASE_DAY,
    Topic.REQUEST: {"period": _K.TEXT, "care_team": _K.TEXT, "practice": _K.TEXT, "on": _K.DATE, "link": _K.LINK},
    Topic.PERIOD: _PERIOD,
    Topic.ORGANIZATION: {
        "organization": _K.TEXT,
        "practice": _K.TEXT,
        "lab": _K.TEXT,
        "person": _K.TEXT,
        "roles": _K.WORD,
        "link": _K.LINK,
    },
    Topic.DIGEST: {"count": _K.NUMBER, "subject": _K.TEXT, "link": _K.LINK},
}
#: What a fact has to carry to be told with a template of a topic.
NEEDS: Final[Mapping[Topic, frozenset[str]]] = {
    Topic.CASE: frozenset({"case_id"}),
    Topic.SESSION: frozenset({"case_id", "session_id"}),
    Topic.SHIPMENT: frozenset({"case_id", "shipment_number"}),
    Topic.CASE_DAY: frozenset({"case_day_id"}),
    Topic.REQUEST: frozenset({"request_id"}),
    Topic.PERIOD: frozenset({"period_id"}),
    Topic.ORGANIZATION: frozenset(),
    Topic.DIGEST: frozenset(),
}
