"""Names that the code and its infrastructure must agree on.

This is the only module of ``bitewing`` that ``infra`` reads. It holds constants and nothing else.
"""

from typing import Final, NamedTuple

# --- The table -------------------------------------------------------------------------------------
PARTITION_KEY: Final = "pk"
SORT_KEY: Final = "sk"
TTL_ATTRIBUTE: Final = "expires_at"
#: Lists of cases: each side has one in each order, with a partition an organization.
LIST_ORDERS: Final = ("attention", "case_id", "patient_name", "type", "due", "modified", "waiting")
PRACTICE_LIST_INDEXES: Final = tuple(f"practice_{order}" for order in LIST_ORDERS)
LAB_LIST_INDEXES: Final = tuple(f"lab_{order}" for order in LIST_ORDERS)
LIST_INDEXES: Final = (*PRACTICE_LIST_INDEXES, *LAB_LIST_INDEXES)
LAB_ATTENTION_INDEX: Final = "lab_attention"
PRACTICE_ATTENTION_INDEX: Final = "practice_attention"
LAB_WAITING_INDEX: Final = "lab_waiting"
#: What lists have of a case: its row, and what changes without one. All lists together may have 100 attributes.
LISTED_ATTRIBUTES: Final = (
    *("entity", "row", "precheck_outcome", "last_modified_at"),
    *("archived_by_practice_at", "archived_by_lab_at"),
)
#: Open cases of one patient of one practice, by a salted digest; whole.
PATIENT_INDEX: Final = "practice_patient"
#: Cases that wait for somebody who is reminded, by what of and in shards; only they are in it.
REMINDERS_INDEX: Final = "reminders"
#: What it has of a case beside its keys.
REMINDED_ATTRIBUTES: Final = ("practice_id", "lab_id")
#: In how many parts these cases are swept.
REMINDER_SHARDS: Final = 8
#: When they are swept each day, UTC: before the morning anywhere in the United States, and on the same date.
REMINDED_AT_HOUR: Final = 10
#: Of the 20 that a table may have.
INDEXES: Final = (*LIST_INDEXES, PATIENT_INDEX, REMINDERS_INDEX)
#: What an index has of an item beside its keys; one that is not named has all of it.
PROJECTIONS: Final = {**dict.fromkeys(LIST_INDEXES, LISTED_ATTRIBUTES), REMINDERS_INDEX: REMINDED_ATTRIBUTES}
#: What an item is, for stream filters and operators.
ENTITY_ATTRIBUTE: Final = "entity"
EVENT_ENTITY: Final = "Event"

# --- Events ----------------------------------------------------------------------------------------
CASES_SOURCE: Final = "bitewing.cases"
FILES_SOURCE: Final = "bitewing.files"
DIRECTORY_SOURCE: Final = "bitewing.directory"
REQUIREMENTS_SOURCE: Final = "bitewing.requirements"
MEMBERS_SOURCE: Final = "bitewing.members"
PLANNING_SOURCE: Final = "bitewing.planning"
#: What all sources begin with.
EVERY_SOURCE: Final = "bitewing."
HOME_SOURCE: Final = "bitewing.home"
CARE_TEAMS_SOURCE: Final = "bitewing.care_teams"
SCHEDULING_SOURCE: Final = "bitewing.scheduling"
CASE_DAYS_SOURCE: Final = "bitewing.case_days"
MATCH_RUNS_SOURCE: Final = "bitewing.match_runs"
CASE_SUBMITTED: Final = "CaseSubmitted"
CASE_RETURNED: Final = "CaseReturned"
#: After each of these a case can be of another color on a list, or on it or off.
COUNTED_EVENTS: Final = ("CaseCreated", "CaseMoved", "CaseArchived", "CaseUnarchived")
PROFILE_PUBLISHED: Final = "ProfilePublished"
MATCH_RUN_STARTED: Final = "MatchRunStarted"
MATCH_RUN_DECIDED: Final = "MatchRunDecided"
#: The state machine that the first of these starts, and the second lets go on.
MATCHING_WORKFLOW: Final = "case_day_matching"

#: What webhooks can tell, by where it comes from; a test holds the code to it.
WEBHOOK_EVENTS: Final = (
    *("CaseCreated", CASE_SUBMITTED, "CaseMoved", CASE_RETURNED, "HeldCaseWentOn", "CaseNoted", "SentOtherwiseArrived"),
    *("CorrectionDone", "RxIssued", "PlanningSessionBooked", "PlanningSessionMoved", "PlanningSessionReleased"),
    *("PlanningSessionHeld", "PlanningSessionMissed", "ShipmentAdded", "ShipmentMoved", "ShipmentReceived"),
    "ShipmentRemoved",
)
#: Sources of these events.
WEBHOOK_SOURCES: Final = (CASES_SOURCE, PLANNING_SOURCE)
#: The longest time for which a try of a delivery stands in its queue before it may be made, seconds.
WEBHOOK_HOP_SECONDS: Final = 900

#: The number of text messages where the provider chooses one, to which nobody can reply.
NO_NUMBER: Final = "none"

#: After each of these a period, a Case Day or a planning session can have other deadlines, and where they come from; a
#: test holds the code to it.
DEADLINE_EVENTS: Final = (
    *("PeriodOpened", "PeriodChanged", "PeriodMoved"),
    *("CaseDayCreated", "CaseDayMoved", "CaseDayRescheduled", "CaseDayChanged", "CaseDayChangeDecided"),
    *("TeamMemberAsked", "TeamMemberAccepted", "TeamMemberDeclined", "TeamMemberRemoved", "TeamMemberSilent"),
    *("CaseDayNotConfirmed", "PlanningSessionBooked", "PlanningSessionMoved", "PlanningSessionReleased"),
    *("PlanningSessionHeld", "PlanningSessionMissed"),
)
DEADLINE_SOURCES: Final = (SCHEDULING_SOURCE, CASE_DAYS_SOURCE, PLANNING_SOURCE)
#: After each of these somebody may not fit the team of a Case Day any more, and where they come from; a test holds the
#: code to it.
FITNESS_EVENTS: Final = ("ClinicianChanged", "MemberLeft")
FITNESS_SOURCES: Final = (CARE_TEAMS_SOURCE, MEMBERS_SOURCE)
#: After each of these the work of a case is there at another time, or a Case Day needs it at another; and where they
#: come from. A test holds the code to it.
CASE_DAY_RECHECK_EVENTS: Final = (
    *("CaseChanged", CASE_SUBMITTED, "CaseMoved", "HeldCaseWentOn", "PlanningSessionBooked", "PlanningSessionMoved"),
    *("PlanningSessionReleased", "PlanningSessionHeld", "PlanningSessionMissed", "ShipmentAdded", "ShipmentMoved"),
    *("ShipmentRemoved", "ShipmentReceived", "RequirementsChanged"),
    *("CaseDayMoved", "CaseDayRescheduled", "CaseDayPatientsChanged"),
)
CASE_DAY_RECHECK_SOURCES: Final = (CASES_SOURCE, PLANNING_SOURCE, REQUIREMENTS_SOURCE, CASE_DAYS_SOURCE)

# --- Files -----------------------------------------------------------------------------------------
#: Memory of the function that inspects files, MiB: with this much it has one whole processor, which parsing a mesh
#: is bound by. What is inspected is bounded so that it fits in.
INSPECTOR_MEMORY_MB: Final = 1769

# --- Matching --------------------------------------------------------------------------------------
#: Batches of a match run that are solved at the same time; so many share a run's time with those after them.
SOLVERS: Final = 4
#: Memory of the function that solves them, MiB: what a new account allows at the most, and more than one processor,
#: of which a solver uses one.
SOLVER_MEMORY_MB: Final = 3008

# --- Tokens ----------------------------------------------------------------------------------------
#: User attributes (in the pool) and claims (in the access token) that say whom a caller belongs to.
ORGANIZATION_ID_ATTRIBUTE: Final = "custom:organization_id"
ORGANIZATION_KIND_ATTRIBUTE: Final = "custom:organization_kind"
ORGANIZATION_ID_CLAIM: Final = "organization_id"
ORGANIZATION_KIND_CLAIM: Final = "organization_kind"
ROLES_CLAIM: Final = "roles"
#: The groups of the user pool; a person's roles are their groups.
ROLES: Final = (
    "practice_admin",
    "practice_staff",
    "lab_admin",
    "lab_staff",
    "clinician",
    "manager",
    "platform_admin",
)


#: How long an invitation, and the temporary password in it, can be used.
INVITATION_DAYS: Final = 14


class Route(NamedTuple):
    """One route of the HTTP API and the function that serves it.

    Attributes:
        is_public: Whether it is reached without a token of the user pool: its function checks a credential of its own.
    """

    method: str
    path: str
    function: str
    is_public: bool = False


#: Every route of the HTTP API, as API Gateway writes them. A test holds the functions to this list.
ROUTES: Final = (
    Route("GET", "/v1/me", "directory_api"),
    Route("GET", "/v1/me/home", "home_api"),
    Route("GET", "/v1/me/account", "home_api"),
    Route("PATCH", "/v1/me/account", "home_api"),
    Route("GET", "/v1/announcements", "home_api"),
    Route("POST", "/v1/announcements", "home_api"),
    Route("GET", "/v1/announcements/{announcement_id}", "home_api"),
    Route("PATCH", "/v1/announcements/{announcement_id}", "home_api"),
    Route("DELETE", "/v1/announcements/{announcement_id}", "home_api"),
    Route("GET", "/v1/labs", "directory_api"),
    Route("GET", "/v1/labs/{lab_id}/requirement-profiles", "requirements_api"),
    Route("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}", "requirements_api"),
    Route("PUT", "/v1/labs/{lab_id}/requirement-profiles/{case_type}", "requirements_api"),
    Route("POST", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/check", "requirements_api"),
    Route("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/versions", "requirements_api"),
    Route("GET", "/v1/labs/{lab_id}/requirement-profiles/{case_type}/versions/{version}", "requirements_api"),
    Route("GET", "/v1/case-types", "requirements_api"),
    Route("POST", "/v1/practices", "directory_api"),
    Route("GET", "/v1/practices/{practice_id}", "directory_api"),
    Route("PATCH", "/v1/practices/{practice_id}", "directory_api"),
    Route("PUT", "/v1/practices/{practice_id}/billing", "directory_api"),
    Route("POST", "/v1/labs", "directory_api"),
    Route("GET", "/v1/labs/{lab_id}", "directory_api"),
    Route("PATCH", "/v1/labs/{lab_id}", "directory_api"),
    Route("POST", "/v1/connections", "directory_api"),
    Route("GET", "/v1/connections", "directory_api"),
    Route("GET", "/v1/connections/{partner_id}", "directory_api"),
    Route("POST", "/v1/connections/{partner_id}/transitions", "directory_api"),
    Route("GET", "/v1/dentists", "practice_api"),
    Route("POST", "/v1/dentists", "practice_api"),
    Route("GET", "/v1/dentists/{dentist_id}", "practice_api"),
    Route("PATCH", "/v1/dentists/{dentist_id}", "practice_api"),
    Route("POST", "/v1/scanners", "practice_api"),
    Route("GET", "/v1/scanners", "practice_api"),
    Route("DELETE", "/v1/scanners/{scanner_id}", "practice_api"),
    Route("POST", "/v1/guest-practices", "practice_api"),
    Route("GET", "/v1/guest-practices", "practice_api"),
    Route("GET", "/v1/guest-practices/{practice_id}", "practice_api"),
    Route("POST", "/v1/guest-practices/{practice_id}/dentists", "practice_api"),
    Route("PATCH", "/v1/guest-practices/{practice_id}/dentists/{dentist_id}", "practice_api"),
    Route("POST", "/v1/scanner/cases/{case_id}/uploads", "scanner_api", is_public=True),
    Route("POST", "/v1/scanner/cases/{case_id}/uploads/{file_id}/complete", "scanner_api", is_public=True),
    Route("GET", "/v1/lab-system/cases", "lab_system_api", is_public=True),
    Route("GET", "/v1/lab-system/cases/{case_id}", "lab_system_api", is_public=True),
    Route("GET", "/v1/lab-system/cases/{case_id}/files", "lab_system_api", is_public=True),
    Route("GET", "/v1/lab-system/cases/{case_id}/files/{file_id}/download", "lab_system_api", is_public=True),
    Route("POST", "/v1/lab-system/cases/{case_id}/transitions", "lab_system_api", is_public=True),
    Route("GET", "/v1/lab-system/cases/{case_id}/rx", "lab_system_api", is_public=True),
    Route("GET", "/v1/lab-system/cases/{case_id}/rx/{number}", "lab_system_api", is_public=True),
    Route("GET", "/v1/lab-system/cases/{case_id}/shipments", "lab_system_api", is_public=True),
    Route("POST", "/v1/lab-system/cases/{case_id}/shipments", "lab_system_api", is_public=True),
    Route("DELETE", "/v1/lab-system/cases/{case_id}/shipments/{shipment_number}", "lab_system_api", is_public=True),
    Route("GET", "/v1/rule-report", "reports_api"),
    Route("GET", "/v1/labs/{lab_id}/rule-report", "reports_api"),
    Route("GET", "/v1/members", "members_api"),
    Route("POST", "/v1/members", "members_api"),
    Route("POST", "/v1/members/accept", "members_api"),
    Route("GET", "/v1/members/{user_id}", "members_api"),
    Route("PATCH", "/v1/members/{user_id}", "members_api"),
    Route("DELETE", "/v1/members/{user_id}", "members_api"),
    Route("POST", "/v1/members/{user_id}/resend", "members_api"),
    Route("POST", "/v1/lab-systems", "members_api"),
    Route("GET", "/v1/lab-systems", "members_api"),
    Route("DELETE", "/v1/lab-systems/{system_id}", "members_api"),
    Route("POST", "/v1/webhooks", "webhooks_api"),
    Route("GET", "/v1/webhooks", "webhooks_api"),
    Route("GET", "/v1/webhooks/{webhook_id}", "webhooks_api"),
    Route("PATCH", "/v1/webhooks/{webhook_id}", "webhooks_api"),
    Route("DELETE", "/v1/webhooks/{webhook_id}", "webhooks_api"),
    Route("POST", "/v1/webhooks/{webhook_id}/rotate-secret", "webhooks_api"),
    Route("POST", "/v1/webhooks/{webhook_id}/ping", "webhooks_api"),
    Route("GET", "/v1/webhooks/{webhook_id}/deliveries", "webhooks_api"),
    Route("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", "webhooks_api"),
    Route("GET", "/v1/inbox", "inbox_api"),
    Route("POST", "/v1/inbox/{entry_number}/read", "inbox_api"),
    Route("POST", "/v1/inbox/read-all", "inbox_api"),
    Route("GET", "/v1/notification-preferences", "inbox_api"),
    Route("PATCH", "/v1/notification-preferences", "inbox_api"),
    Route("GET", "/v1/notification-rules", "notifications_api"),
    Route("POST", "/v1/notification-rules", "notifications_api"),
    Route("POST", "/v1/notification-rules/dry-run", "notifications_api"),
    Route("GET", "/v1/notification-rules/{rule_id}", "notifications_api"),
    Route("PATCH", "/v1/notification-rules/{rule_id}", "notifications_api"),
    Route("DELETE", "/v1/notification-rules/{rule_id}", "notifications_api"),
    Route("GET", "/v1/notification-templates", "notifications_api"),
    Route("GET", "/v1/notification-templates/{language}/{name}", "notifications_api"),
    Route("PUT", "/v1/notification-templates/{language}/{name}", "notifications_api"),
    Route("DELETE", "/v1/notification-templates/{language}/{name}", "notifications_api"),
    Route("POST", "/v1/notification-templates/{language}/{name}/preview", "notifications_api"),
    Route("GET", "/v1/notification-log", "notifications_api"),
    Route("GET", "/v1/unreachable", "notifications_api"),
    Route("DELETE", "/v1/unreachable/{reader_id}/{channel}", "notifications_api"),
    Route("POST", "/v1/care-teams", "care_teams_api"),
    Route("GET", "/v1/care-teams", "care_teams_api"),
    Route("GET", "/v1/care-teams/{care_team_id}", "care_teams_api"),
    Route("PATCH", "/v1/care-teams/{care_team_id}", "care_teams_api"),
    Route("POST", "/v1/clinicians", "care_teams_api"),
    Route("GET", "/v1/clinicians", "care_teams_api"),
    Route("GET", "/v1/clinicians/{clinician_id}", "care_teams_api"),
    Route("PATCH", "/v1/clinicians/{clinician_id}", "care_teams_api"),
    Route("GET", "/v1/lapsing-credentials", "care_teams_api"),
    Route("POST", "/v1/sites", "care_teams_api"),
    Route("GET", "/v1/sites", "care_teams_api"),
    Route("GET", "/v1/sites/{site_id}", "care_teams_api"),
    Route("PATCH", "/v1/sites/{site_id}", "care_teams_api"),
    Route("GET", "/v1/care-preferences/{care_team_id}", "care_teams_api"),
    Route("PUT", "/v1/care-preferences/{care_team_id}", "care_teams_api"),
    Route("POST", "/v1/cases", "cases_api"),
    Route("GET", "/v1/cases", "cases_api"),
    Route("GET", "/v1/cases/{case_id}", "cases_api"),
    Route("PATCH", "/v1/cases/{case_id}", "cases_api"),
    Route("GET", "/v1/cases/{case_id}/precheck", "cases_api"),
    Route("POST", "/v1/cases/{case_id}/submit", "cases_api"),
    Route("GET", "/v1/cases/{case_id}/activity", "cases_api"),
    Route("PUT", "/v1/cases/{case_id}/archive", "cases_api"),
    Route("DELETE", "/v1/cases/{case_id}/archive", "cases_api"),
    Route("POST", "/v1/cases/{case_id}/transitions", "progress_api"),
    Route("PATCH", "/v1/cases/{case_id}/patient", "progress_api"),
    Route("POST", "/v1/cases/{case_id}/shipments", "shipping_api"),
    Route("GET", "/v1/cases/{case_id}/shipments", "shipping_api"),
    Route("DELETE", "/v1/cases/{case_id}/shipments/{shipment_number}", "shipping_api"),
    Route("POST", "/v1/cases/{case_id}/shipments/{shipment_number}/received", "shipping_api"),
    Route("POST", "/v1/carriers/{carrier}/events", "carrier_api", is_public=True),
    Route("GET", "/v1/cases/{case_id}/returns", "case_review_api"),
    Route("POST", "/v1/cases/{case_id}/return-reasons/{reason_id}/answer", "case_review_api"),
    Route("POST", "/v1/cases/{case_id}/notes", "case_review_api"),
    Route("GET", "/v1/cases/{case_id}/notes", "case_review_api"),
    Route("POST", "/v1/cases/{case_id}/sent-otherwise/{kind}/arrived", "case_review_api"),
    Route("GET", "/v1/cases/{case_id}/rx", "rx_api"),
    Route("GET", "/v1/cases/{case_id}/rx/{number}", "rx_api"),
    Route("GET", "/v1/cases/{case_id}/confirmation", "rx_api"),
    Route("GET", "/v1/labs/{lab_id}/planning-hours", "planning_api"),
    Route("PUT", "/v1/labs/{lab_id}/planning-hours", "planning_api"),
    Route("GET", "/v1/labs/{lab_id}/planning-blocks", "planning_api"),
    Route("GET", "/v1/planning-sessions", "planning_api"),
    Route("POST", "/v1/cases/{case_id}/planning-session", "planning_api"),
    Route("GET", "/v1/cases/{case_id}/planning-session", "planning_api"),
    Route("PATCH", "/v1/cases/{case_id}/planning-session", "planning_api"),
    Route("DELETE", "/v1/cases/{case_id}/planning-session", "planning_api"),
    Route("POST", "/v1/cases/{case_id}/planning-session/outcome", "planning_api"),
    Route("GET", "/v1/cases/{case_id}/planning-session.ics", "planning_api"),
    Route("POST", "/v1/scheduling-periods", "scheduling_api"),
    Route("GET", "/v1/scheduling-periods", "scheduling_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}", "scheduling_api"),
    Route("PATCH", "/v1/scheduling-periods/{period_id}", "scheduling_api"),
    Route("POST", "/v1/scheduling-periods/{period_id}/transitions", "scheduling_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/availability", "scheduling_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/availability/{clinician_id}", "scheduling_api"),
    Route("PUT", "/v1/scheduling-periods/{period_id}/availability/{clinician_id}", "scheduling_api"),
    Route("POST", "/v1/scheduling-periods/{period_id}/availability/{clinician_id}/review", "scheduling_api"),
    Route("POST", "/v1/scheduling-periods/{period_id}/match-runs", "match_runs_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/match-runs", "match_runs_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/match-runs/{run_id}", "match_runs_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/match-runs/{run_id}/days", "match_runs_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/match-runs/{run_id}/unmatched", "match_runs_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/match-runs/{run_id}/loads", "match_runs_api"),
    Route("POST", "/v1/scheduling-periods/{period_id}/match-runs/{run_id}/decisions", "match_runs_api"),
    Route("POST", "/v1/scheduling-periods/{period_id}/match-runs/{run_id}/stop", "match_runs_api"),
    Route("GET", "/v1/scheduling-periods/{period_id}/match-runs/{run_id}/files", "match_runs_api"),
    Route("POST", "/v1/case-day-requests", "scheduling_api"),
    Route("GET", "/v1/case-day-requests", "scheduling_api"),
    Route("GET", "/v1/case-day-requests/{request_id}", "scheduling_api"),
    Route("PATCH", "/v1/case-day-requests/{request_id}", "scheduling_api"),
    Route("POST", "/v1/case-day-requests/{request_id}/transitions", "scheduling_api"),
    Route("POST", "/v1/case-days", "case_days_api"),
    Route("GET", "/v1/case-days", "case_days_api"),
    Route("GET", "/v1/case-days/{case_day_id}", "case_days_api"),
    Route("PATCH", "/v1/case-days/{case_day_id}", "case_days_api"),
    Route("PUT", "/v1/case-days/{case_day_id}/team/{role}", "day_teams_api"),
    Route("DELETE", "/v1/case-days/{case_day_id}/team/{role}", "day_teams_api"),
    Route("GET", "/v1/case-days/{case_day_id}/team/{role}/candidates", "day_teams_api"),
    Route("POST", "/v1/case-days/{case_day_id}/team/{clinician_id}/answer", "day_teams_api"),
    Route("POST", "/v1/case-days/{case_day_id}/confirm", "case_days_api"),
    Route("POST", "/v1/case-days/{case_day_id}/practice-confirmation", "case_days_api"),
    Route("POST", "/v1/case-days/{case_day_id}/cancel", "case_days_api"),
    Route("POST", "/v1/case-days/{case_day_id}/reject", "case_days_api"),
    Route("POST", "/v1/case-days/{case_day_id}/reschedule", "case_days_api"),
    Route("POST", "/v1/case-days/{case_day_id}/wanted-change", "case_days_api"),
    Route("PUT", "/v1/case-days/{case_day_id}/lock", "case_days_api"),
    Route("POST", "/v1/case-days/{case_day_id}/begin", "case_days_api"),
    Route("POST", "/v1/case-days/{case_day_id}/complete", "case_days_api"),
    Route("GET", "/v1/case-days/{case_day_id}/activity", "case_days_api"),
    Route("GET", "/v1/case-days/{case_day_id}/patients", "day_patients_api"),
    Route("POST", "/v1/case-days/{case_day_id}/patients", "day_patients_api"),
    Route("PATCH", "/v1/case-days/{case_day_id}/patients/{patient_id}", "day_patients_api"),
    Route("DELETE", "/v1/case-days/{case_day_id}/patients/{patient_id}", "day_patients_api"),
    Route("GET", "/v1/case-days/{case_day_id}/lab-work", "day_patients_api"),
    Route("GET", "/v1/schedules", "schedules_api"),
    Route("POST", "/v1/calendar-feeds", "schedules_api"),
    Route("GET", "/v1/calendar-feeds", "schedules_api"),
    Route("DELETE", "/v1/calendar-feeds/{feed_id}", "schedules_api"),
    Route("GET", "/v1/calendar/{token}", "calendar_feed_api", is_public=True),
    Route("GET", "/v1/unsubscribe/{unsubscribe_token}", "unsubscribe_api", is_public=True),
    Route("POST", "/v1/unsubscribe/{unsubscribe_token}", "unsubscribe_api", is_public=True),
    Route("POST", "/v1/case-day-requests/{request_id}/case-day", "case_days_api"),
    Route("GET", "/v1/change-criteria", "case_days_api"),
    Route("PUT", "/v1/change-criteria", "case_days_api"),
    Route("POST", "/v1/lab-cases", "lab_cases_api"),
    Route("POST", "/v1/cases/{case_id}/correction-links", "lab_cases_api"),
    Route("GET", "/v1/cases/{case_id}/correction-links", "lab_cases_api"),
    Route("DELETE", "/v1/cases/{case_id}/correction-links/{link_id}", "lab_cases_api"),
    Route("GET", "/v1/correction", "correction_api", is_public=True),
    Route("PATCH", "/v1/correction", "correction_api", is_public=True),
    Route("POST", "/v1/correction/return-reasons/{reason_id}/answer", "correction_api", is_public=True),
    Route("POST", "/v1/correction/authorization", "correction_api", is_public=True),
    Route("POST", "/v1/correction/uploads", "correction_api", is_public=True),
    Route("POST", "/v1/correction/uploads/{file_id}/complete", "correction_api", is_public=True),
    Route("POST", "/v1/correction/done", "correction_api", is_public=True),
    Route("POST", "/v1/cases/{case_id}/uploads", "files_api"),
    Route("POST", "/v1/cases/{case_id}/uploads/{file_id}/complete", "files_api"),
    Route("GET", "/v1/cases/{case_id}/files", "files_api"),
    Route("GET", "/v1/cases/{case_id}/files/{file_id}/download", "files_api"),
    Route("DELETE", "/v1/cases/{case_id}/files/{file_id}", "files_api"),
)
