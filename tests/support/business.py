"""Whose business it is: for every route of the API, who is refused there, and how.

It holds for the sample organizations of this process and for those of the local stack, which are the same people. A
route that is added without an entry fails the tests that walk it.
"""

from collections.abc import Mapping

from bitewing.kernel.wire import Route

from tests.support.http import (
    CLINICIAN_OF_THE_PRACTICE,
    CORA,
    DANA,
    HANNA,
    IRIS,
    LAB_ROLE_IN_A_PRACTICE,
    LEO,
    MAX,
    NOBODY,
    PIA,
    PRACTICE_ROLE_IN_A_LAB,
    ROLELESS,
    TOM,
    Person,
)

OTHERS = (DANA, MAX, PIA)
CONTRADICTORY = (LAB_ROLE_IN_A_PRACTICE, PRACTICE_ROLE_IN_A_LAB, CLINICIAN_OF_THE_PRACTICE)

#: Who is refused what they ask of a case that was never sent, and how.
OF_A_DRAFT: Mapping[Person, int] = {
    HANNA: 404,
    LEO: 404,
    CORA: 404,
    **dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
PRACTICES_ONLY: Mapping[Person, int] = {
    **dict.fromkeys((LEO, CORA, *OTHERS, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
NOT_ADMINS: Mapping[Person, int] = {
    **dict.fromkeys((TOM, CORA, DANA, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
#: Of a person of the first practice.
OF_A_MEMBER: Mapping[Person, int] = {**dict.fromkeys((HANNA, LEO, MAX, PIA), 404), **NOT_ADMINS}
#: Of the profiles of a lab.
PROFILE_READERS: Mapping[Person, int] = {
    CORA: 404,
    **dict.fromkeys((DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
PROFILE_PUBLISHERS: Mapping[Person, int] = {**dict.fromkeys((IRIS, TOM, HANNA, PIA), 403), **PROFILE_READERS}
NO_SIDE: Mapping[Person, int] = {**dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403), NOBODY: 401}
LABS_ONLY: Mapping[Person, int] = {**dict.fromkeys((IRIS, TOM, HANNA), 403), **NO_SIDE}
LAB_ADMINS_ONLY: Mapping[Person, int] = {**LABS_ONLY, CORA: 403}
PLATFORM_ONLY: Mapping[Person, int] = {
    **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
#: Who administrates neither a lab nor the platform.
NO_PUBLISHERS: Mapping[Person, int] = {
    **dict.fromkeys((IRIS, TOM, HANNA, CORA, DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
#: The platform's administrators may, too.
NEITHER_SIDE_NOR_PLATFORM: Mapping[Person, int] = {
    person: status for person, status in NO_SIDE.items() if person is not PIA
}
#: Of what is the first practice's own.
OF_THE_PRACTICE: Mapping[Person, int] = {**PRACTICES_ONLY, HANNA: 404}
OF_A_GUEST: Mapping[Person, int] = {**LABS_ONLY, CORA: 404}
#: Of care teams: what their managers say, and what they read.
MANAGERS_ONLY: Mapping[Person, int] = {
    **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, DANA, PIA, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
NO_CARE_TEAM_AND_NO_PRACTICE: Mapping[Person, int] = {
    **dict.fromkeys((LEO, CORA, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
#: The sample clinician has another id than the person of the tests who works as one.
OF_A_CLINICIAN: Mapping[Person, int] = {**MANAGERS_ONLY, DANA: 404}
PREFERENCES = "/v1/care-preferences/{care_team_id}"
#: Of the periods of a care team, which a practice names.
PERIODS_OF_NOBODY: Mapping[Person, int] = {
    **dict.fromkeys((LEO, CORA, PIA, *CONTRADICTORY, ROLELESS), 403),
    **dict.fromkeys((IRIS, TOM, HANNA), 422),
    NOBODY: 401,
}
#: Of a Case Day that the first practice asks for.
OF_A_DAY: Mapping[Person, int] = {
    **dict.fromkeys((LEO, CORA, DANA, PIA, *CONTRADICTORY, ROLELESS), 403),
    HANNA: 404,
    NOBODY: 401,
}
#: Of Case Days: whoever stands on a side of them lists their own.
NO_SIDE_OF_DAYS: Mapping[Person, int] = {
    **dict.fromkeys((LEO, CORA, PIA, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
#: Of a Case Day of the first practice, on whose team is the sample clinician.
OF_A_CASE_DAY: Mapping[Person, int] = {**NO_SIDE_OF_DAYS, **dict.fromkeys((HANNA, DANA), 404)}
MANAGED: Mapping[Person, int] = {**OF_A_CASE_DAY, **dict.fromkeys((IRIS, TOM), 403)}
CASE_DAY = "/v1/case-days/{case_day_id}"
PERIOD, ASKED = "/v1/scheduling-periods/{period_id}", "/v1/case-day-requests/{request_id}"
SAID = f"{PERIOD}/availability/{{clinician_id}}"
RUN_PARTS = ("", "/days", "/unmatched", "/loads", "/files")
GUEST = "/v1/guest-practices/{practice_id}"
WEBHOOK = "/v1/webhooks/{webhook_id}"
#: Of what is one person's own.
OF_ANOTHER: Mapping[Person, int] = {
    **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, *OTHERS, *CONTRADICTORY, ROLELESS), 404),
    NOBODY: 401,
}
#: Of who hears of what, and in which words: the platform says it, and managers of care teams.
NO_RULERS: Mapping[Person, int] = {
    **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, DANA, *CONTRADICTORY, ROLELESS), 403),
    NOBODY: 401,
}
RULES, WORDS = "/v1/notification-rules", "/v1/notification-templates/{language}/{name}"
#: Who is refused on routes that are about no case.
OF_NO_CASE: Mapping[tuple[str, str], Mapping[Person, int]] = {
    ("GET", "/v1/me"): {NOBODY: 401},
    ("GET", "/v1/me/home"): {NOBODY: 401},
    ("GET", "/v1/me/account"): {NOBODY: 401},
    ("PATCH", "/v1/me/account"): {NOBODY: 401},
    ("GET", "/v1/inbox"): {NOBODY: 401},
    ("POST", "/v1/inbox/{entry_number}/read"): OF_ANOTHER,
    ("POST", "/v1/inbox/read-all"): {NOBODY: 401},
    ("GET", "/v1/notification-preferences"): {NOBODY: 401},
    ("PATCH", "/v1/notification-preferences"): {NOBODY: 401},
    **{(method, RULES): NO_RULERS for method in ("GET", "POST")},
    ("POST", f"{RULES}/dry-run"): NO_RULERS,
    **{(method, f"{RULES}/{{rule_id}}"): NO_RULERS for method in ("GET", "PATCH", "DELETE")},
    ("GET", "/v1/notification-templates"): NO_RULERS,
    **{(method, WORDS): NO_RULERS for method in ("GET", "PUT", "DELETE")},
    ("POST", f"{WORDS}/preview"): NO_RULERS,
    ("GET", "/v1/notification-log"): NOT_ADMINS,
    ("GET", "/v1/unreachable"): {NOBODY: 401},
    # Of a person of the first practice, whose administrator may; and nobody else knows of it.
    ("DELETE", "/v1/unreachable/{reader_id}/{channel}"): {
        person: status for person, status in OF_ANOTHER.items() if person is not IRIS
    },
    ("GET", "/v1/announcements"): {NOBODY: 401},
    ("POST", "/v1/announcements"): NO_PUBLISHERS,
    **{
        (method, "/v1/announcements/{announcement_id}"): {**NO_PUBLISHERS, PIA: 404}
        for method in ("GET", "PATCH", "DELETE")
    },
    ("POST", "/v1/practices"): PLATFORM_ONLY,
    ("GET", "/v1/practices/{practice_id}"): {**NEITHER_SIDE_NOR_PLATFORM, HANNA: 404},
    ("PATCH", "/v1/practices/{practice_id}"): {
        **dict.fromkeys((TOM, LEO, CORA), 403),
        **NEITHER_SIDE_NOR_PLATFORM,
        HANNA: 404,
    },
    ("PUT", "/v1/practices/{practice_id}/billing"): PLATFORM_ONLY,
    ("POST", "/v1/labs"): PLATFORM_ONLY,
    ("GET", "/v1/labs"): {**dict.fromkeys((LEO, CORA), 403), **NEITHER_SIDE_NOR_PLATFORM},
    ("GET", "/v1/labs/{lab_id}"): {**NEITHER_SIDE_NOR_PLATFORM, CORA: 404},
    ("PATCH", "/v1/labs/{lab_id}"): {
        **dict.fromkeys((IRIS, TOM, HANNA), 403),
        **NEITHER_SIDE_NOR_PLATFORM,
        CORA: 404,
    },
    ("POST", "/v1/connections"): {**PRACTICES_ONLY, IRIS: 409},
    ("GET", "/v1/connections"): NO_SIDE,
    ("GET", "/v1/connections/{partner_id}"): {**NO_SIDE, **dict.fromkeys((LEO, CORA), 404)},
    ("POST", "/v1/connections/{partner_id}/transitions"): {
        **NO_SIDE,
        TOM: 403,
        **dict.fromkeys((LEO, CORA), 404),
    },
    ("GET", "/v1/dentists"): PRACTICES_ONLY,
    ("POST", "/v1/dentists"): {**PRACTICES_ONLY, TOM: 403},
    ("GET", "/v1/dentists/{dentist_id}"): OF_THE_PRACTICE,
    ("PATCH", "/v1/dentists/{dentist_id}"): {**OF_THE_PRACTICE, TOM: 403},
    ("POST", "/v1/scanners"): {**PRACTICES_ONLY, TOM: 403},
    ("GET", "/v1/scanners"): PRACTICES_ONLY,
    ("DELETE", "/v1/scanners/{scanner_id}"): {**OF_THE_PRACTICE, TOM: 403},
    ("POST", "/v1/lab-systems"): {**LABS_ONLY, CORA: 403},
    ("GET", "/v1/lab-systems"): LABS_ONLY,
    ("DELETE", "/v1/lab-systems/{system_id}"): {**LABS_ONLY, CORA: 403},
    ("POST", "/v1/guest-practices"): LABS_ONLY,
    ("GET", "/v1/guest-practices"): LABS_ONLY,
    ("GET", GUEST): OF_A_GUEST,
    ("POST", f"{GUEST}/dentists"): OF_A_GUEST,
    ("PATCH", f"{GUEST}/dentists/{{dentist_id}}"): OF_A_GUEST,
    ("GET", "/v1/case-types"): {**dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403), NOBODY: 401},
    ("GET", "/v1/labs/{lab_id}/requirement-profiles"): PROFILE_READERS,
    ("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}"): PROFILE_READERS,
    ("PUT", "/v1/labs/{lab_id}/requirement-profiles/{case_type}"): PROFILE_PUBLISHERS,
    ("POST", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/check"): PROFILE_PUBLISHERS,
    ("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/versions"): PROFILE_READERS,
    ("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/versions/{version}"): PROFILE_READERS,
    ("GET", "/v1/rule-report"): {
        **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
        NOBODY: 401,
    },
    ("GET", "/v1/labs/{lab_id}/rule-report"): {
        CORA: 404,
        **dict.fromkeys((IRIS, TOM, HANNA, DANA, MAX, *CONTRADICTORY, ROLELESS), 403),
        NOBODY: 401,
    },
    ("GET", "/v1/members"): NOT_ADMINS,
    ("POST", "/v1/members"): {**dict.fromkeys((LEO, MAX, PIA), 422), **NOT_ADMINS},
    ("POST", "/v1/members/accept"): {
        **dict.fromkeys((IRIS, TOM, HANNA, LEO, CORA, *OTHERS, *CONTRADICTORY, ROLELESS), 404),
        NOBODY: 401,
    },
    ("GET", "/v1/members/{user_id}"): OF_A_MEMBER,
    ("PATCH", "/v1/members/{user_id}"): {**dict.fromkeys((LEO, MAX, PIA), 422), HANNA: 404, **NOT_ADMINS},
    ("DELETE", "/v1/members/{user_id}"): OF_A_MEMBER,
    ("POST", "/v1/members/{user_id}/resend"): OF_A_MEMBER,
    ("POST", "/v1/lab-cases"): {
        **dict.fromkeys((IRIS, TOM, HANNA, *OTHERS, *CONTRADICTORY, ROLELESS), 403),
        CORA: 422,
        NOBODY: 401,
    },
    **dict.fromkeys(
        (
            *(("POST", "/v1/webhooks"), ("GET", "/v1/webhooks")),
            *(("GET", WEBHOOK), ("PATCH", WEBHOOK), ("DELETE", WEBHOOK)),
            *(("POST", f"{WEBHOOK}/rotate-secret"), ("POST", f"{WEBHOOK}/ping")),
            *(("GET", f"{WEBHOOK}/deliveries"), ("POST", f"{WEBHOOK}/deliveries/{{delivery_id}}/redeliver")),
        ),
        LAB_ADMINS_ONLY,
    ),
    ("GET", "/v1/labs/{lab_id}/planning-hours"): {**LABS_ONLY, CORA: 404},
    ("PUT", "/v1/labs/{lab_id}/planning-hours"): {**LABS_ONLY, CORA: 404},
    ("GET", "/v1/labs/{lab_id}/planning-blocks"): {**NO_SIDE, CORA: 404},
    ("GET", "/v1/planning-sessions"): NO_SIDE,
    ("POST", "/v1/care-teams"): PLATFORM_ONLY,
    ("GET", "/v1/care-teams"): {**dict.fromkeys((DANA, MAX), 403), **NO_CARE_TEAM_AND_NO_PRACTICE},
    ("GET", "/v1/care-teams/{care_team_id}"): NO_CARE_TEAM_AND_NO_PRACTICE,
    ("PATCH", "/v1/care-teams/{care_team_id}"): {
        **dict.fromkeys((IRIS, TOM, HANNA, DANA), 403),
        **NO_CARE_TEAM_AND_NO_PRACTICE,
    },
    ("POST", "/v1/clinicians"): MANAGERS_ONLY,
    # A practice names the care team.
    ("GET", "/v1/clinicians"): {**MANAGERS_ONLY, **dict.fromkeys((IRIS, TOM, HANNA), 422)},
    ("GET", "/v1/clinicians/{clinician_id}"): OF_A_CLINICIAN,
    ("PATCH", "/v1/clinicians/{clinician_id}"): OF_A_CLINICIAN,
    ("GET", "/v1/lapsing-credentials"): MANAGERS_ONLY,
    ("POST", "/v1/sites"): {**PRACTICES_ONLY, TOM: 403},
    ("GET", "/v1/sites"): PRACTICES_ONLY,
    # A manager names the practice.
    ("GET", "/v1/sites/{site_id}"): {**OF_THE_PRACTICE, MAX: 422},
    ("PATCH", "/v1/sites/{site_id}"): {**OF_THE_PRACTICE, TOM: 403},
    ("GET", PREFERENCES): PRACTICES_ONLY,
    ("PUT", PREFERENCES): {**PRACTICES_ONLY, TOM: 403},
    ("POST", "/v1/scheduling-periods"): MANAGERS_ONLY,
    ("GET", "/v1/scheduling-periods"): PERIODS_OF_NOBODY,
    ("GET", PERIOD): PERIODS_OF_NOBODY,
    ("PATCH", PERIOD): MANAGERS_ONLY,
    ("POST", f"{PERIOD}/transitions"): MANAGERS_ONLY,
    ("GET", f"{PERIOD}/availability"): MANAGERS_ONLY,
    ("GET", SAID): OF_A_CLINICIAN,
    ("PUT", SAID): {**OF_A_CLINICIAN, MAX: 403},
    ("POST", f"{SAID}/review"): MANAGERS_ONLY,
    **{(method, f"{PERIOD}/match-runs"): MANAGERS_ONLY for method in ("POST", "GET")},
    **{("GET", f"{PERIOD}/match-runs/{{run_id}}{part}"): MANAGERS_ONLY for part in RUN_PARTS},
    **{("POST", f"{PERIOD}/match-runs/{{run_id}}/{deed}"): MANAGERS_ONLY for deed in ("decisions", "stop")},
    ("POST", "/v1/case-day-requests"): {**PRACTICES_ONLY, HANNA: 422},
    ("GET", "/v1/case-day-requests"): {person: status for person, status in OF_A_DAY.items() if person is not HANNA}
    | {MAX: 422},
    ("GET", ASKED): OF_A_DAY,
    ("PATCH", ASKED): {**OF_A_DAY, MAX: 403},
    # A manager rejects, and does not withdraw.
    ("POST", f"{ASKED}/transitions"): {**OF_A_DAY, MAX: 409},
    ("POST", "/v1/case-days"): MANAGERS_ONLY,
    ("POST", f"{ASKED}/case-day"): MANAGERS_ONLY,
    ("GET", "/v1/case-days"): NO_SIDE_OF_DAYS,
    **{(method, CASE_DAY): OF_A_CASE_DAY for method in ("GET", "PATCH")},
    **{(method, f"{CASE_DAY}/team/{{role}}"): MANAGED for method in ("PUT", "DELETE")},
    ("GET", f"{CASE_DAY}/team/{{role}}/candidates"): MANAGED,
    # The member answers, or a manager who was told.
    ("POST", f"{CASE_DAY}/team/{{clinician_id}}/answer"): MANAGED,
    ("POST", f"{CASE_DAY}/practice-confirmation"): {**OF_A_CASE_DAY, MAX: 403},
    ("POST", f"{CASE_DAY}/cancel"): OF_A_CASE_DAY,
    **{
        ("POST", f"{CASE_DAY}/{deed}"): MANAGED
        for deed in ("confirm", "reject", "reschedule", "wanted-change", "begin", "complete")
    },
    ("PUT", f"{CASE_DAY}/lock"): MANAGED,
    ("GET", f"{CASE_DAY}/activity"): OF_A_CASE_DAY,
    ("GET", f"{CASE_DAY}/patients"): OF_A_CASE_DAY,
    ("GET", f"{CASE_DAY}/lab-work"): OF_A_CASE_DAY,
    ("GET", "/v1/schedules"): NO_SIDE_OF_DAYS,
    ("POST", f"{CASE_DAY}/patients"): {**OF_A_CASE_DAY, MAX: 403},
    **{(method, f"{CASE_DAY}/patients/{{patient_id}}"): {**OF_A_CASE_DAY, MAX: 403} for method in ("PATCH", "DELETE")},
    # A manager who is no clinician has no days.
    **{(method, "/v1/calendar-feeds"): {**NO_SIDE_OF_DAYS, MAX: 403} for method in ("GET", "POST")},
    ("DELETE", "/v1/calendar-feeds/{feed_id}"): {**OF_A_CASE_DAY, MAX: 403},
    ("GET", "/v1/change-criteria"): MANAGERS_ONLY,
    ("PUT", "/v1/change-criteria"): MANAGERS_ONLY,
    ("POST", "/v1/cases"): PRACTICES_ONLY,
    ("GET", "/v1/cases"): {**dict.fromkeys((*OTHERS, *CONTRADICTORY, ROLELESS), 403), NOBODY: 401},
}
#: What is the lab's to say of a case that it got.
OF_THE_LAB = [
    ("POST", "/v1/cases/{case_id}/transitions"),
    ("PATCH", "/v1/cases/{case_id}/patient"),
    ("POST", "/v1/cases/{case_id}/shipments"),
    ("DELETE", "/v1/cases/{case_id}/shipments/{shipment_number}"),
    ("POST", "/v1/cases/{case_id}/planning-session/outcome"),
    ("POST", "/v1/cases/{case_id}/sent-otherwise/{kind}/arrived"),
    ("POST", "/v1/cases/{case_id}/correction-links"),
    ("DELETE", "/v1/cases/{case_id}/correction-links/{link_id}"),
]
#: What both sides do, the lab at any time.
OF_BOTH = [
    ("POST", "/v1/cases/{case_id}/notes"),
    ("PUT", "/v1/cases/{case_id}/archive"),
    ("DELETE", "/v1/cases/{case_id}/archive"),
]
#: What is of a planning session, which only a case has that is planned: both sides read it and ask to change it.
OF_A_SESSION = [
    ("GET", "/v1/cases/{case_id}/planning-session"),
    ("GET", "/v1/cases/{case_id}/planning-session.ics"),
    ("PATCH", "/v1/cases/{case_id}/planning-session"),
    ("DELETE", "/v1/cases/{case_id}/planning-session"),
]
#: A token opens nothing where a credential is asked for.
WITH_TOKENS = (IRIS, TOM, HANNA, LEO, CORA, *OTHERS, *CONTRADICTORY, ROLELESS, NOBODY)
#: Where the address is the credential, whoever has another finds nothing.
SECRET_ADDRESSES = {"/v1/calendar/{token}", "/v1/unsubscribe/{unsubscribe_token}"}


def without_credential(route: Route) -> tuple[int, str]:
    """How a route refuses whoever shows no credential of its own: the status and the code."""
    return (404, "not_found") if route.path in SECRET_ADDRESSES else (401, "unauthenticated")


def refused_by(route: Route) -> Mapping[Person, int]:
    """Who is refused by a route, and how."""
    if route.is_public:
        return dict.fromkeys(WITH_TOKENS, without_credential(route)[0])
    return OF_A_DRAFT if "{case_id}" in route.path else OF_NO_CASE[route.method, route.path]
