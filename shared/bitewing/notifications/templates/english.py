"""What notifications say in English."""

from collections.abc import Mapping
from typing import Final

from bitewing.notifications.templates.template import Language, Template
from bitewing.notifications.templates.topic import Topic

_SEE_CASE: Final = "[See the case]({link})"
_SEE_DAY: Final = "[See the Case Day]({link})"
_SEE_PERIOD: Final = "[See the period]({link})"
_ASK_LAB: Final = "Questions? {lab_contact}. Please name the case id {case_id}."
_WHEN: Final = "It begins on {starts_at}, at {practice}."


def _say(subject: str, *lines: str, text: tuple[str, ...] = ()) -> Template:
    return Template(subject=subject, lines=lines, text_message=text)


_OF_CASES: Final = {
    "case_started_by_lab": _say(
        "{case}: {lab} started a case for you", "{lab} entered work that arrived another way.", _SEE_CASE
    ),
    "case_blocked": _say(
        "{case}: PreCheck found something", "It cannot be sent before that is mended.", "[See the findings]({link})"
    ),
    "case_sent": _say(
        "{case} was sent",
        "Your case was sent to {lab}, and its RX was made.",
        "This is version {rx_number} of its RX; earlier versions are kept.",
        "[See the case, and print its confirmation]({link})",
        _ASK_LAB,
    ),
    "case_arrived": _say("{case} arrived from {practice}", "Its files are through their inspection.", _SEE_CASE),
    "files_missing": _say(
        "{case}: files are missing",
        "Your case did not get to {lab}: a file cannot be used, or it never came.",
        "The case is on hold until it is sent again.",
        "[See which file it is, and add another]({link})",
        _ASK_LAB,
    ),
    "ready_to_plan": _say(
        "{case} is ready to plan",
        "{lab} has what it needs. Book a planning session as soon as possible: until then the case is on hold.",
        "[Book a planning session]({link})",
        _ASK_LAB,
    ),
    "case_on_hold": _say("{case} is on hold", "{lab} paused the case.", "[See why]({link})", _ASK_LAB),
    "case_goes_on": _say("{case} goes on", "{lab} works on the case again.", _SEE_CASE),
    "case_finished": _say("{case} is finished", "{lab} ships it on its next working day.", _SEE_CASE),
    "case_shipped": _say("{case} was shipped", "It is on its way from {lab}.", "[Follow the parcel]({link})"),
    "case_canceled": _say("{case} was canceled", "The case has ended at {lab}.", "[See why]({link})", _ASK_LAB),
    "case_returned": _say(
        "{case}: returned",
        "{lab} gave your case back. It is on hold until it is sent again.",
        "Why: {reasons}.",
        "[Read what the lab wrote, mend it, and send the case again]({link})",
        _ASK_LAB,
    ),
    "case_incomplete": _say(
        "{case}: files or details are missing",
        "{lab} asks for files or details. The case is on hold until it is sent again.",
        "Why: {reasons}.",
        "[Read what the lab wrote, and add what is missing]({link})",
        _ASK_LAB,
    ),
    "case_noted": _say("{case}: a new note", "Somebody added a note to the case.", "[Read the note]({link})"),
    "sent_otherwise_arrived": _say("{case}: what you sent has arrived", "{lab} has it.", _SEE_CASE),
    "correction_done": _say(
        "{case}: the correction was made",
        "{practice} did what your link asks for.",
        "Findings that are left: {findings_left}.",
        _SEE_CASE,
    ),
    "file_quarantined": _say(
        "{case}: a file cannot be used", "It was set aside. Add another in its place.", "[See why]({link})"
    ),
    "requirements_changed": _say(
        "{case}: the lab changed its requirements",
        "{lab} changed what it wants of such work, and your case is yet to be sent.",
        "[See what PreCheck says]({link})",
    ),
    "case_waits": _say(
        "{case} waits for you",
        "The case is on hold at {lab} until you act.",
        "Why: {reasons}.",
        "[See what to do]({link})",
        _ASK_LAB,
    ),
    "session_to_book": _say(
        "{case}: please book a planning session",
        "The case is ready to plan, and on hold until a session is booked with {lab}.",
        "[Book a planning session]({link})",
        _ASK_LAB,
    ),
    "draft_idle": _say(
        "{case} is not sent yet",
        "Nobody has changed this draft for a week.",
        "[Finish it, or throw it away]({link})",
    ),
    "case_untouched": _say(
        "{case} waits for a look",
        "It arrived from {practice}, and nobody has looked at it for a working day.",
        _SEE_CASE,
    ),
}
_OF_SESSIONS: Final = {
    "session_booked": _say(
        "{case}: planning session booked",
        "A planning session of {practice} and {lab} is booked: {starts_at}, {minutes} minutes.",
        "[Join the session]({join_link})",
        "[Add it to Google Calendar]({add_link})",
        _SEE_CASE,
        _ASK_LAB,
    ),
    "session_moved": _say(
        "{case}: planning session moved",
        "The planning session of {practice} and {lab} takes place at another time: {starts_at}, {minutes} minutes.",
        "It would have begun on {previous_starts_at}.",
        "[Join the session]({join_link})",
        "[Add it to Google Calendar]({add_link})",
        _SEE_CASE,
        _ASK_LAB,
    ),
    "session_canceled": _say(
        "{case}: planning session canceled",
        "The planning session of {practice} and {lab} on {starts_at} does not take place.",
        "[See how the case goes on]({link})",
        _ASK_LAB,
    ),
    "session_missed": _say(
        "{case}: planning session missed",
        "The planning session with {lab} on {starts_at} was missed. The case is on hold until another is booked.",
        "[Book another planning session]({link})",
        _ASK_LAB,
    ),
    "session_comes": _say(
        "{case}: planning session on {starts_at}",
        "The planning session of {practice} and {lab} begins on {starts_at}.",
        "[Join the session]({join_link})",
        _SEE_CASE,
    ),
}
_OF_SHIPMENTS: Final = {
    "parcel_added": _say(
        "{case}: a parcel was announced",
        "{lab} ships it by {carrier}.",
        "[Follow the parcel]({tracking_link})",
        _SEE_CASE,
    ),
    "parcel_trouble": _say(
        "{case}: trouble with a parcel",
        "{carrier} says: {state}.",
        "[Follow the parcel]({tracking_link})",
        _SEE_CASE,
        _ASK_LAB,
    ),
    "parcel_removed": _say(
        "{case}: a parcel was taken back", "{lab} took back what it had said of a parcel.", _SEE_CASE
    ),
    "parcel_received": _say("{case}: {practice} has the parcel", "The practice says that it arrived.", _SEE_CASE),
}
_OF_CASE_DAYS: Final = {
    "day_proposed": _say(
        "Case Day proposed for {on}",
        "{care_team} proposes a Case Day at {practice}. It is not confirmed before its team has accepted.",
        _SEE_DAY,
    ),
    "day_asked": _say(
        "Can you work on {on}?",
        "You are asked for a Case Day at {practice}, as {role}.",
        _WHEN,
        "Please answer by {answer_due_at}.",
        "[Accept or decline]({link})",
        text=(
            "Bitewing: Case Day {starts_at} at {practice}, as {role}.",
            "Reply YES {reply_code} or NO {reply_code}",
            "by {answer_due_at}.",
        ),
    ),
    "answer_recorded": _say(
        "You are on the team of {on}", "Your manager noted that you accept the Case Day at {practice}.", _WHEN, _SEE_DAY
    ),
    "member_accepted": _say("{clinician} accepts {on}", "The {role} comes to {practice}.", _SEE_DAY),
    "member_off": _say(
        "You are not on the team of {on}",
        "You are not needed for the Case Day at {practice} on {on}.",
        _SEE_DAY,
        text=("Bitewing: you are no longer on the team of {on} at {practice}.",),
    ),
    "member_declined": _say(
        "{clinician} declined {on}",
        "The Case Day at {practice} has no {role} any more.",
        "[See who could come instead]({link})",
    ),
    "member_silent": _say(
        "{clinician} has not answered for {on}",
        "The {role} was asked for the Case Day at {practice}, and the time to answer is over.",
        "[Ask again, or ask somebody else]({link})",
    ),
    "member_unfit": _say(
        "{clinician} no longer fits on {on}",
        "The {role} of the Case Day at {practice} cannot come as planned. Why: {rules}.",
        "[Decide what is to be done]({link})",
    ),
    "day_confirmed": _say(
        "Case Day confirmed: {on}",
        "The Case Day at {practice} takes place.",
        _WHEN,
        _SEE_DAY,
        text=("Bitewing: confirmed, Case Day {starts_at} at {practice}.",),
    ),
    "day_confirmed_practice": _say(
        "Case Day confirmed: {on}",
        "{care_team} comes to {practice}. The attached file is for your calendar.",
        _WHEN,
        "[Confirm the details, and assign patients]({link})",
    ),
    "day_unconfirmed": _say(
        "Case Day of {on} is open again",
        "The team for {practice} is not complete any more. It is being looked after; keep the day free.",
        _SEE_DAY,
        text=("Bitewing: the team of {on} at {practice} is incomplete. Please keep the day free.",),
    ),
    "day_canceled": _say(
        "Case Day canceled: {on}",
        "The Case Day at {practice} on {on} does not take place.",
        "[See why]({link})",
        text=("Bitewing: canceled, Case Day {on} at {practice}.",),
    ),
    "day_rescheduled": _say(
        "Case Day moved to {on}",
        "The Case Day at {practice} takes place on {on}, and not on {previous_on}.",
        _WHEN,
        "[See the Case Day, and whether you are asked again]({link})",
        text=("Bitewing: Case Day at {practice} moved from {previous_on} to {on}. See your portal.",),
    ),
    "day_changed": _say(
        "Case Day changed: {on}",
        "Of the Case Day at {practice} this changed: {fields}.",
        _WHEN,
        _SEE_DAY,
        text=("Bitewing: Case Day {starts_at} at {practice} changed: {fields}.",),
    ),
    "change_wanted": _say(
        "{practice} wants to change {on}",
        "It asks for another: {fields}. Nothing changes before you decide.",
        "[Decide]({link})",
    ),
    "change_decided": _say(
        "Case Day of {on}: the change is {decision}",
        "{practice} asked for another: {fields}. It is {decision}.",
        _WHEN,
        _SEE_DAY,
    ),
    "day_not_confirmed": _say(
        "Nobody confirmed the Case Day of {on}",
        "It was to begin at {practice}, and is not confirmed.",
        "[Call it off, or confirm it]({link})",
    ),
    "details_confirmed": _say(
        "{practice} confirmed the details of {on}", "Arrival, rooms and contact are settled.", _SEE_DAY
    ),
    "patients_changed": _say(
        "Patients of {on} changed", "Patients that {practice} has assigned: {patients}.", _SEE_DAY
    ),
    "work_late": _say(
        "{case}: too late for {on}",
        "The work is needed on the Case Day of {on}, and will not be there in time.",
        "As it looks now, it is there on {arrives_on}.",
        _SEE_DAY,
    ),
    "work_in_time": _say(
        "{case}: in time for {on} after all", "The work will be there for the Case Day of {on}.", _SEE_DAY
    ),
    "day_comes": _say(
        "Case Day on {on}",
        "The Case Day at {practice} comes closer.",
        _WHEN,
        "Patients that are assigned: {patients}.",
        _SEE_DAY,
    ),
    "patients_missing": _say(
        "Case Day on {on}: no patients yet",
        "The Case Day at {practice} has no patients assigned.",
        _WHEN,
        "[Assign patients]({link})",
    ),
}
_OF_REQUESTS: Final = {
    "day_requested": _say("{practice} asks for a Case Day", "It first wants {on}.", "[See the request]({link})"),
    "request_changed": _say(
        "The request of {practice} changed", "It asks for a Case Day in {period}.", "[See the request]({link})"
    ),
    "request_unmatched": _say(
        "No Case Day found in {period}",
        "{care_team} found no team for the Case Day that you asked for. It stays on the list.",
        "[Read why, and offer other dates]({link})",
    ),
    "request_rejected": _say(
        "Your request for a Case Day was rejected",
        "{care_team} does not plan a Case Day for you in {period}.",
        "[Read why]({link})",
    ),
    "request_withdrawn": _say(
        "{practice} withdrew its request", "It no longer asks for a Case Day in {period}.", "[See the request]({link})"
    ),
}
_OF_PERIODS: Final = {
    "availability_wanted": _say(
        "When can you work? {period}",
        "{care_team} plans Case Days from {first_on} to {last_on}.",
        "Please submit your availability by {availability_due_at}.",
        "[Submit availability]({link})",
    ),
    "requests_wanted": _say(
        "Do you want a Case Day? {period}",
        "{care_team} plans Case Days from {first_on} to {last_on}.",
        "Please send your requests by {requests_due_at}.",
        "[Ask for a Case Day]({link})",
    ),
    "period_changed": _say(
        "{period} changed",
        "Its Case Days are from {first_on} to {last_on}.",
        "Availability is due on {availability_due_at}, requests on {requests_due_at}.",
        _SEE_PERIOD,
    ),
    "period_to_review": _say(
        "{period} is ready to be reviewed", "Availability was due, and can be reviewed now.", "[Review it]({link})"
    ),
    "schedule_published": _say(
        "Your schedule: {period}",
        "{care_team} published its schedule from {first_on} to {last_on}.",
        "[See your Case Days]({link})",
    ),
    "availability_submitted": _say("{clinician} submitted availability", "It is for {period}.", "[Review it]({link})"),
    "availability_approved": _say(
        "Your availability is approved", "{care_team} plans with it in {period}.", _SEE_PERIOD
    ),
    "availability_needs_changes": _say(
        "Your availability needs changes",
        "Your manager asks you to submit it again for {period}.",
        "[Read the feedback]({link})",
    ),
    "availability_missing": _say(
        "Your availability is missing: {period}",
        "Please submit it by {availability_due_at}. Without it nobody plans with you.",
        "[Submit availability]({link})",
    ),
    "requests_due": _say(
        "Requests for Case Days are due: {period}",
        "They can be sent until {requests_due_at}.",
        "[Ask for a Case Day]({link})",
    ),
    "matching_started": _say("{period} is being matched", "It started by itself, as planned.", _SEE_PERIOD),
    "proposal_ready": _say(
        "{period}: a proposal is ready",
        "Days that are proposed: {proposed}.",
        "Requests without a team: {unmatched}.",
        "Please decide by {decide_by}.",
        "[See the proposal]({link})",
    ),
    "proposal_waits": _say(
        "{period}: the proposal waits for you",
        "Days that are undecided: {undecided}. What is undecided on {decide_by} expires.",
        "[Decide]({link})",
    ),
    "matching_done": _say("{period} is matched", "What was approved is being confirmed.", _SEE_PERIOD),
    "matching_failed": _say(
        "{period} was not matched", "The match run came to an end without days.", "[See why, and start another]({link})"
    ),
}
_OF_ORGANIZATIONS: Final = {
    "connection_asked": _say(
        "{practice} wants to work with you", "It asks for a connection with {lab}.", "[Accept or decline]({link})"
    ),
    "connection_accepted": _say(
        "{lab} accepted your connection", "You can send cases to {lab} now.", "[See your labs]({link})"
    ),
    "connection_declined": _say(
        "{lab} declined your connection", "You cannot send cases to {lab}.", "[See your labs]({link})"
    ),
    "connection_ended": _say(
        "The connection of {practice} and {lab} ended",
        "Running cases go on; new ones cannot start.",
        "[See your connections]({link})",
    ),
    "billing_active": _say("Billing is in order", "{practice} can send cases.", "[See your account]({link})"),
    "billing_blocks": _say(
        "Billing keeps cases from being sent",
        "Cases of {practice} can be prepared, and not sent before billing is in order.",
        "[See your account]({link})",
    ),
    "member_joined": _say(
        "{person} joined {organization}", "They accepted their invitation.", "[See your people]({link})"
    ),
    "roles_changed": _say(
        "Your roles in {organization} changed",
        "From your next sign-in you have: {roles}.",
        "[See your account]({link})",
    ),
    "member_left": _say("{person} left {organization}", "Their access has ended.", "[See your people]({link})"),
}
_OF_DIGESTS: Final = {
    "several": _say("{subject}", "{count} things happened.", "[See how it stands]({link})"),
    "more": _say(
        "{count} more notifications", "They came after as many as are sent on one day.", "[See your inbox]({link})"
    ),
}
TEMPLATES: Final[Mapping[Topic, Mapping[str, Template]]] = {
    Topic.CASE: _OF_CASES,
    Topic.SESSION: _OF_SESSIONS,
    Topic.SHIPMENT: _OF_SHIPMENTS,
    Topic.CASE_DAY: _OF_CASE_DAYS,
    Topic.REQUEST: _OF_REQUESTS,
    Topic.PERIOD: _OF_PERIODS,
    Topic.ORGANIZATION: _OF_ORGANIZATIONS,
    Topic.DIGEST: _OF_DIGESTS,
}
ENGLISH: Final = Language(
    code="en",
    case="Case",
    sign="Sent by Bitewing. Nobody reads replies to it. In your account you choose what you are told, and how.",
    ends_mails="Send me no more mails",
    words={
        # Roles.
        "nurse": "nurse",
        "medic": "medic",
        "anesthesiologist": "anesthesiologist",
        "practice_admin": "administrator of the practice",
        "practice_staff": "staff of the practice",
        "lab_admin": "administrator of the lab",
        "lab_staff": "staff of the lab",
        "clinician": "clinician",
        "manager": "manager",
        "platform_admin": "administrator of the platform",
        # What changes of a Case Day.
        "note": "note",
        "arrival": "arrival",
        "contact": "contact",
        "rooms": "rooms",
        "patients": "patients",
        "starts_at": "start",
        "minutes": "length",
        "expected_patients": "expected patients",
        "kind": "kind of patients",
        "on": "date",
        "approved": "approved",
        "refused": "refused",
        # What a member breaks.
        "inactive": "no longer active",
        "role": "role",
        "license": "license",
        "skill": "skill",
        "blocked": "blocked by the practice",
        "availability": "availability",
        "claimed": "on another team that day",
        "drive": "drive limit",
        "week": "days a week",
        "row": "days in a row",
        # Parcels.
        "exception": "it is delayed or held up",
        "returned": "it goes back to its sender",
        # Why a case comes back.
        "prep_noise": "noise on the preparation or its neighbors",
        "bite_relation": "the bite relation is wrong or unclear",
        "arch_distortion": "the arch is distorted or a part of it is missing",
        "scan_body_seating": "the scan body is not seated",
        "insufficient_scan": "the scan shows too little",
        "undercut_or_path": "an undercut, or no path of insertion",
        "margin_hidden": "the margin is hidden",
        "too_little_reduction": "too little reduction",
        "rx_incomplete": "the RX is incomplete",
        "change_of_mind": "a change of mind",
        "broken_or_lost": "broken or lost",
        "delayed_visit": "a delayed visit",
        "discomfort": "discomfort",
        "anatomy_or_contact": "anatomy or contact",
        "wrong_library": "the wrong library",
        "cement_gap_or_path": "cement gap or path of insertion",
        "shade_mismatch": "the shade does not match",
        "chip": "chipped",
        "fit": "the fit",
        "delivery": "the delivery",
        "wrong_implant_brand": "the wrong implant brand",
        "file_corrupted": "a file is damaged",
        "file_wrong_patient": "a file is of another patient",
        "file_missing": "a file is missing",
    },
)
