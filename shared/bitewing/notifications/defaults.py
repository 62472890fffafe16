"""The default set: who hears of which fact where nobody has changed it, and of which nobody does, and why.

Text messages are costly and break into people's days: only clinicians get them, and only when they are asked for a
Case Day and when one of theirs is confirmed, changed or called off. Everything else is mailed or stands in the portal.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from bitewing.cases.status import Status
from bitewing.notifications.reminder import Lead, LeadUnit, ReminderKind
from bitewing.notifications.rule import Audience, Channel, Rule, Urgency
from bitewing.webhooks.endpoint import EventType

_A, _R = Audience, ReminderKind
_INBOX: Final = (Channel.INBOX,)
_MAIL: Final = (Channel.EMAIL, Channel.INBOX)
_TEXT: Final = (Channel.TEXT, Channel.INBOX)
_MAIL_ALONE: Final = (Channel.EMAIL,)
_URGENT, _GATHERED = Urgency.URGENT, Urgency.GATHERED


def _rule(
    of: str,
    audience: Audience,
    channels: Iterable[Channel],
    template: str,
    urgency: Urgency = Urgency.USUAL,
    *,
    as_: str = "",
    lead: Lead | None = None,
    **when: str,
) -> Rule:
    """Return a rule of the default set; its id stays the same in every release.

    Args:
        of: What it is of.
        audience: Who hears of it.
        channels: Where.
        template: In which words.
        urgency: How much it can wait.
        as_: Tells it from others of the same fact and audience.
        lead: Of a reminder.
        **when: What the fact has to say, by field: words with spaces between them.
    """
    return Rule(
        rule_id=".".join(part for part in (of, audience.value, as_) if part),
        of=of,
        audience=audience,
        channels=frozenset(channels),
        template=template,
        urgency=urgency,
        when={name: frozenset(words.split()) for name, words in when.items()},
        lead=lead,
    )


#: What is no draft any more: of drafts only their own side knows.
_SENT: Final = " ".join(status for status in Status if status is not Status.DRAFT)
_OF_CASES: Final = (
    _rule("CaseCreated", _A.PRACTICE_OF_CASE, _INBOX, "case_started_by_lab", _GATHERED, started_by="lab"),
    _rule("CaseChecked", _A.PRACTICE_OF_CASE, _INBOX, "case_blocked", _GATHERED, outcome="BLOCK"),
    _rule("RxIssued", _A.PRACTICE_ADDRESS, _MAIL_ALONE, "case_sent"),
    _rule("RxIssued", _A.PRACTICE_OF_CASE, _INBOX, "case_sent", _GATHERED),
    _rule(
        "CaseMoved",
        _A.LAB_OF_CASE,
        _INBOX,
        "case_arrived",
        _GATHERED,
        as_="received",
        origin="processing",
        to="received",
    ),
    _rule(
        "CaseMoved", _A.PRACTICE_OF_CASE, _MAIL, "files_missing", as_="files", origin="processing", to="missing_info"
    ),
    _rule(
        "CaseMoved",
        _A.PRACTICE_OF_CASE,
        _MAIL,
        "ready_to_plan",
        as_="ready",
        to="ready_to_plan",
        origin="received",
    ),
    _rule("CaseMoved", _A.PRACTICE_OF_CASE, _MAIL, "case_on_hold", as_="held", to="on_hold"),
    _rule(
        "CaseMoved",
        _A.PRACTICE_OF_CASE,
        _MAIL,
        "case_goes_on",
        as_="released",
        origin="on_hold",
        to=" ".join(status for status in Status if status not in (Status.CANCELLED, Status.ON_HOLD)),
    ),
    _rule("CaseMoved", _A.DENTISTS_SIDE, _MAIL, "case_finished", as_="finished", to="finished", origin="manufacturing"),
    _rule("CaseMoved", _A.DENTISTS_SIDE, _MAIL, "case_shipped", as_="shipped", to="shipped"),
    _rule("CaseMoved", _A.PRACTICE_OF_CASE, _MAIL, "case_canceled", as_="cancelled", to="cancelled", origin=_SENT),
    _rule("HeldCaseWentOn", _A.PRACTICE_OF_CASE, _MAIL, "files_missing", comes_back_to="missing_info"),
    _rule("CaseReturned", _A.PRACTICE_OF_CASE, _MAIL, "case_returned", as_="returned", to="returned"),
    _rule("CaseReturned", _A.PRACTICE_OF_CASE, _MAIL, "case_incomplete", as_="missing_info", to="missing_info"),
    _rule("CaseNoted", _A.LAB_OF_CASE, _INBOX, "case_noted", _GATHERED, by="practice"),
    _rule("CaseNoted", _A.PRACTICE_OF_CASE, _MAIL, "case_noted", _GATHERED, by="lab"),
    _rule("SentOtherwiseArrived", _A.DENTISTS_SIDE, _INBOX, "sent_otherwise_arrived", _GATHERED),
    _rule("CorrectionDone", _A.LAB_OF_CASE, _MAIL, "correction_done", _GATHERED),
    _rule("FileQuarantined", _A.PRACTICE_OF_CASE, _INBOX, "file_quarantined", _GATHERED),
    _rule("RequirementsChanged", _A.PRACTICE_OF_CASE, _MAIL, "requirements_changed", _GATHERED),
    _rule("ShipmentAdded", _A.DENTISTS_SIDE, _INBOX, "parcel_added", _GATHERED),
    _rule("ShipmentMoved", _A.DENTISTS_SIDE, _MAIL, "parcel_trouble", state="exception returned"),
    _rule("ShipmentMoved", _A.LAB_OF_CASE, _INBOX, "parcel_trouble", _GATHERED, state="exception returned"),
    _rule("ShipmentRemoved", _A.DENTISTS_SIDE, _INBOX, "parcel_removed", _GATHERED),
    _rule("ShipmentReceived", _A.LAB_OF_CASE, _INBOX, "parcel_received", _GATHERED, by="practice"),
    _rule("PlanningSessionBooked", _A.PRACTICE_ADDRESS, _MAIL_ALONE, "session_booked"),
    _rule("PlanningSessionBooked", _A.PRACTICE_OF_CASE, _INBOX, "session_booked"),
    _rule("PlanningSessionBooked", _A.LAB_OF_CASE, _INBOX, "session_booked"),
    _rule("PlanningSessionMoved", _A.PRACTICE_OF_CASE, _MAIL, "session_moved"),
    _rule("PlanningSessionMoved", _A.LAB_OF_CASE, _INBOX, "session_moved"),
    _rule("PlanningSessionReleased", _A.PRACTICE_OF_CASE, _MAIL, "session_canceled"),
    _rule("PlanningSessionReleased", _A.LAB_OF_CASE, _MAIL, "session_canceled"),
    _rule("PlanningSessionMissed", _A.PRACTICE_OF_CASE, _MAIL, "session_missed"),
)
_OF_ORGANIZATIONS: Final = (
    _rule("ConnectionMoved", _A.LAB_ADMINS, _MAIL, "connection_asked", as_="asked", to="asked"),
    _rule("ConnectionMoved", _A.PRACTICE_ADMINS, _MAIL, "connection_accepted", as_="accepted", to="accepted"),
    _rule("ConnectionMoved", _A.PRACTICE_ADMINS, _MAIL, "connection_declined", as_="declined", to="declined"),
    _rule("ConnectionMoved", _A.PRACTICE_ADMINS, _MAIL, "connection_ended", as_="ended", to="ended"),
    _rule("ConnectionMoved", _A.LAB_ADMINS, _MAIL, "connection_ended", as_="ended", to="ended"),
    _rule("PracticeBillingChanged", _A.PRACTICE_ADMINS, _INBOX, "billing_active", as_="active", to="active"),
    _rule("PracticeBillingChanged", _A.PRACTICE_ADMINS, _MAIL, "billing_blocks", as_="blocks", to="past_due missing"),
    _rule("MemberJoined", _A.ADMINS_OF_ORGANIZATION, _INBOX, "member_joined", _GATHERED),
    _rule("MemberRolesChanged", _A.PERSON_NAMED, _MAIL, "roles_changed"),
    _rule("MemberLeft", _A.ADMINS_OF_ORGANIZATION, _INBOX, "member_left", _GATHERED),
)
_OF_PERIODS: Final = (
    _rule("PeriodOpened", _A.CLINICIANS_OF_CARE_TEAM, _MAIL, "availability_wanted"),
    _rule("PeriodOpened", _A.PRACTICES_OF_PERIOD, _MAIL, "requests_wanted"),
    _rule("PeriodChanged", _A.CLINICIANS_OF_CARE_TEAM, _MAIL, "period_changed", _GATHERED),
    _rule("PeriodChanged", _A.PRACTICES_OF_PERIOD, _MAIL, "period_changed", _GATHERED),
    _rule("PeriodMoved", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "period_to_review", as_="reviewing", to="reviewing"),
    _rule("PeriodMoved", _A.CLINICIANS_OF_CARE_TEAM, _MAIL, "availability_wanted", as_="reopened", to="collecting"),
    _rule("PeriodMoved", _A.CLINICIANS_OF_CARE_TEAM, _MAIL, "schedule_published", as_="published", to="published"),
    _rule("PeriodMoved", _A.PRACTICES_OF_PERIOD, _MAIL, "schedule_published", as_="published", to="published"),
    _rule("AvailabilitySubmitted", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "availability_submitted", _GATHERED),
    _rule("AvailabilityReviewed", _A.CLINICIAN_NAMED, _INBOX, "availability_approved", as_="approved", to="approved"),
    _rule(
        "AvailabilityReviewed",
        _A.CLINICIAN_NAMED,
        _MAIL,
        "availability_needs_changes",
        as_="needs_changes",
        to="needs_changes",
    ),
    _rule("CaseDayRequested", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "day_requested", _GATHERED),
    _rule("CaseDayRequestChanged", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "request_changed", _GATHERED),
    _rule("CaseDayRequestMoved", _A.PRACTICE_OF_DAY, _MAIL, "request_unmatched", as_="unmatched", to="unmatched"),
    _rule(
        "CaseDayRequestMoved",
        _A.PRACTICE_OF_DAY,
        _MAIL,
        "request_rejected",
        as_="rejected",
        to="rejected",
        origin="requested unmatched",
    ),
    _rule(
        "CaseDayRequestMoved",
        _A.MANAGERS_OF_CARE_TEAM,
        _INBOX,
        "request_withdrawn",
        _GATHERED,
        as_="withdrawn",
        to="withdrawn",
        origin="requested unmatched",
    ),
    _rule("MatchRunStarted", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "matching_started", is_by_itself="true"),
    _rule("MatchRunProposed", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "proposal_ready"),
    _rule("MatchRunReminded", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "proposal_waits"),
    _rule("MatchRunMoved", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "matching_done", as_="done", to="done"),
    _rule("MatchRunMoved", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "matching_failed", as_="failed", to="failed expired"),
)
#: What a team plans its day by: arrival and rooms are filled in for every day, and read when it comes.
_PLANNED_BY: Final = "starts_at minutes on kind"
#: What managers have in hand of a day beside its team.
_MANAGED: Final = f"{_PLANNED_BY} expected_patients note"
_OF_CASE_DAYS: Final = (
    _rule("CaseDayCreated", _A.PRACTICE_OF_DAY, _INBOX, "day_proposed"),
    _rule("TeamMemberAsked", _A.MEMBERS_OF_TEAM, _TEXT, "day_asked"),
    _rule("TeamMemberAccepted", _A.MEMBERS_OF_TEAM, _INBOX, "answer_recorded"),
    _rule("TeamMemberAccepted", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "member_accepted", _GATHERED),
    _rule("TeamMemberDeclined", _A.MEMBERS_OF_TEAM, _TEXT, "member_off"),
    _rule("TeamMemberDeclined", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "member_declined"),
    _rule("TeamMemberRemoved", _A.MEMBERS_OF_TEAM, _TEXT, "member_off"),
    _rule("TeamMemberSilent", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "member_silent"),
    _rule("TeamMemberUnfit", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "member_unfit"),
    _rule("CaseDayMoved", _A.MEMBERS_OF_TEAM, _TEXT, "day_confirmed", as_="confirmed", to="confirmed"),
    _rule("CaseDayMoved", _A.PRACTICE_OF_DAY, _MAIL, "day_confirmed_practice", as_="confirmed", to="confirmed"),
    _rule("CaseDayMoved", _A.MEMBERS_OF_TEAM, _TEXT, "day_unconfirmed", as_="tentative", to="tentative"),
    _rule("CaseDayMoved", _A.PRACTICE_OF_DAY, _MAIL, "day_unconfirmed", as_="tentative", to="tentative"),
    _rule("CaseDayMoved", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "day_unconfirmed", as_="tentative", to="tentative"),
    _rule(
        "CaseDayMoved",
        _A.MEMBERS_OF_TEAM,
        _TEXT,
        "day_canceled",
        _URGENT,
        as_="called_off",
        to="cancelled rejected",
    ),
    _rule("CaseDayMoved", _A.PRACTICE_OF_DAY, _MAIL, "day_canceled", as_="called_off", to="cancelled rejected"),
    _rule("CaseDayMoved", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "day_canceled", as_="called_off", to="cancelled rejected"),
    _rule("CaseDayRescheduled", _A.MEMBERS_OF_TEAM, _TEXT, "day_rescheduled", _URGENT),
    _rule("CaseDayRescheduled", _A.PRACTICE_OF_DAY, _MAIL, "day_rescheduled"),
    _rule("CaseDayChanged", _A.MEMBERS_OF_TEAM, _INBOX, "day_changed"),
    _rule("CaseDayChanged", _A.MEMBERS_OF_TEAM, _TEXT, "day_changed", as_="plan", fields=_PLANNED_BY),
    _rule("CaseDayChanged", _A.PRACTICE_OF_DAY, _MAIL, "day_changed"),
    # That details are filled in, PracticeConfirmed tells them.
    _rule("CaseDayChanged", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "day_changed", _GATHERED, fields=_MANAGED),
    _rule("CaseDayChangeWanted", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "change_wanted"),
    _rule("CaseDayChangeDecided", _A.MEMBERS_OF_TEAM, _TEXT, "day_changed", is_approved="true"),
    _rule("CaseDayChangeDecided", _A.PRACTICE_OF_DAY, _MAIL, "change_decided"),
    _rule("CaseDayChangeDecided", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "change_decided"),
    _rule("CaseDayNotConfirmed", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "day_not_confirmed", _URGENT),
    _rule("PracticeConfirmed", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "details_confirmed", _GATHERED),
    _rule("CaseDayPatientsChanged", _A.MEMBERS_OF_TEAM, _INBOX, "patients_changed", _GATHERED),
    _rule("CaseDayWorkLate", _A.PRACTICE_OF_DAY, _MAIL, "work_late"),
    _rule("CaseDayWorkLate", _A.MANAGERS_OF_CARE_TEAM, _MAIL, "work_late"),
    _rule("CaseDayWorkInTime", _A.PRACTICE_OF_DAY, _INBOX, "work_in_time"),
    _rule("CaseDayWorkInTime", _A.MANAGERS_OF_CARE_TEAM, _INBOX, "work_in_time", _GATHERED),
)


def _hours(amount: int) -> Lead:
    return Lead(amount=amount, unit=LeadUnit.HOURS)


def _days(amount: int) -> Lead:
    return Lead(amount=amount, unit=LeadUnit.DAYS)


def _working_days(amount: int) -> Lead:
    return Lead(amount=amount, unit=LeadUnit.WORKING_DAYS)


#: Every day for three days, then every third, as long as it waits.
_RED: Final = Lead(amount=1, unit=LeadUnit.DAYS, then_daily=3, then_every_days=3)
#: A case that is ready to plan is red, too: who has days to book first is reminded of it like of the others then.
_TO_PLAN: Final = Lead(amount=2, unit=LeadUnit.WORKING_DAYS, then_every_days=3)
_OF_REMINDERS: Final = (
    *(
        _rule(_R.SESSION_BEGINS, audience, channels, "session_comes", urgency, as_=as_, lead=lead)
        for audience, channels in ((_A.PRACTICE_OF_CASE, _MAIL), (_A.LAB_OF_CASE, _INBOX))
        for as_, lead, urgency in (("day", _hours(24), Urgency.USUAL), ("hour", _hours(1), _URGENT))
    ),
    _rule(_R.CASE_IS_RED, _A.PRACTICE_OF_CASE, _MAIL, "case_waits", lead=_RED),
    _rule(_R.SESSION_NOT_BOOKED, _A.PRACTICE_OF_CASE, _MAIL, "session_to_book", lead=_TO_PLAN),
    _rule(_R.DRAFT_IDLE, _A.PRACTICE_OF_CASE, _MAIL, "draft_idle", _GATHERED, lead=_days(7)),
    _rule(_R.CASE_UNTOUCHED, _A.LAB_OF_CASE, _MAIL, "case_untouched", _GATHERED, lead=_working_days(1)),
    *(
        _rule(kind, audience, _MAIL, template, as_=f"{days}_days", lead=_days(days))
        for days in (3, 1)
        for kind, audience, template in (
            (_R.AVAILABILITY_MISSING, _A.CLINICIAN_NAMED, "availability_missing"),
            (_R.REQUESTS_DUE, _A.PRACTICES_OF_PERIOD, "requests_due"),
        )
    ),
    *(
        _rule(_R.CASE_DAY_COMES, audience, _MAIL, "day_comes", as_=f"{days}_days", lead=_days(days))
        for days in (7, 1)
        for audience in (_A.MEMBERS_OF_TEAM, _A.PRACTICE_OF_DAY)
    ),
    _rule(_R.PATIENTS_MISSING, _A.PRACTICE_OF_DAY, _MAIL, "patients_missing", lead=_days(5)),
    _rule(_R.ANSWER_MISSING, _A.CLINICIAN_NAMED, _TEXT, "day_asked", lead=_hours(4)),
)
#: The lab's own systems: each hears what it listens for, whoever did it.
_OF_SYSTEMS: Final = tuple(
    _rule(event, _A.LAB_OF_CASE, (Channel.WEBHOOK,), "", _URGENT, as_="webhook") for event in EventType
)
DEFAULT_RULES: Final = (
    *_OF_CASES,
    *_OF_ORGANIZATIONS,
    *_OF_PERIODS,
    *_OF_CASE_DAYS,
    *_OF_REMINDERS,
    *_OF_SYSTEMS,
)
#: Why no person hears of an event; systems of labs may.
NOBODY_HEARS: Final[Mapping[str, str]] = {
    "AnnouncementPublished": "The landing page shows announcements first.",
    "AnnouncementChanged": "The landing page shows announcements first.",
    "AnnouncementWithdrawn": "The landing page no longer shows it.",
    "CarePreferencesChanged": "Matching reads them; of whom a day loses by it, TeamMemberUnfit tells.",
    "CaseArchived": "Each side tidies its own list.",
    "CaseUnarchived": "Each side tidies its own list.",
    "CaseChanged": "The practice is at work on it; the lab hears of it when it is sent.",
    "CaseRemade": "The new case can be of another lab; its own lab hears when it arrives.",
    "CaseSubmitted": "RxIssued confirms it once its files are through, and the lab hears when it arrives.",
    "ClinicianEntered": "Managers enter clinicians themselves, and the person is invited by mail.",
    "ClinicianChanged": "Days ahead are judged anew, and TeamMemberUnfit tells what comes of it.",
    "CorrectionLinkIssued": "The lab gives the link to whom it chooses; it opens the case: no mail has it.",
    "CorrectionLinkRevoked": "Whoever opens the link reads it.",
    "FileAnnounced": "Its bytes are on their way; the case shows it.",
    "FileKept": "Nothing is to be done.",
    "FileRemoved": "The practice is at work on it; the lab hears of it when the case is sent.",
    "FileReplaced": "The practice is at work on it; the lab hears of it when the case is sent.",
    "MatchRunDecided": "Managers decide themselves; whom a day concerns, its own events tell.",
    "MemberInvited": "The identity provider mails the invitation.",
    "PlanningSessionHeld": "Both sides were there.",
    "ProfilePublished": "RequirementsChanged tells those who have a case that it changes something for.",
    "ReturnReasonAnswered": "The lab reads the answer when the case is sent again.",
    "SiteEntered": "Managers see the site with the first request for it.",
    "SiteChanged": "Days ahead are judged anew, and TeamMemberUnfit tells what comes of it.",
}
