"""Sample Case Days: one whose nurse is asked, and one that is confirmed, of which its practice wants a longer day.

Two of the confirmed day's team are known only as members of it. What is stored is what stands in the table after days
were made; of their history there is one entry.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import as_stored, record
from bitewing.aws.table import Put, Table
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.screening import AsaClass, WeightClass
from bitewing.case_days.activity import DayActivity, DayDeed
from bitewing.case_days.case_day import Answer, CaseDay, Details, Hours, Member, WantedChange
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome, Criterion, DayEdit
from bitewing.case_days.feeds import CalendarFeed, FeedOwner
from bitewing.case_days.patients import DayPatient
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.store import copies_of
from bitewing.kernel.credentials import Credential, CredentialKind, digest

from local.seed import BRIGHT_VANS, DANA, MAPLE, MAPLE_SITE
from tools.sample_care_teams import DANA_ID, MAX_ID
from tools.sample_scheduling import PERIOD_ID

DAY_ID: Final = "DAY0000000000000000001"
CONFIRMED_DAY_ID: Final = "DAY0000000000000000002"
PATIENT_ID: Final = "PATENT0000000000000001"
FEED_ID: Final = "FEED000000000000000001"
ASKED_AT: Final = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
_MEDIC_ID: Final = "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a06"
_ANESTHESIOLOGIST_ID: Final = "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a07"


def _member(role: ClinicianRole, clinician_id: str, name: str) -> Member:
    return Member(
        role=role,
        clinician_id=clinician_id,
        name=name,
        asked_at=ASKED_AT,
        answer_due_at=ASKED_AT + timedelta(days=3),
        answer=Answer.ACCEPTED,
        answered_at=ASKED_AT + timedelta(hours=2),
        answered_by=clinician_id,
    )


DAY: Final = CaseDay(
    case_day_id=DAY_ID,
    care_team_id=BRIGHT_VANS.care_team_id,
    practice_id=MAPLE.practice_id,
    practice_name=MAPLE.name,
    site_id=MAPLE_SITE.site_id,
    state=MAPLE_SITE.state,
    time_zone=MAPLE_SITE.time_zone,
    place=MAPLE_SITE.place,
    on=date(2099, 12, 15),
    starts_at="08:00",
    minutes=480,
    kind=PatientKind.ADULT,
    expected_patients=5,
    site_rooms=MAPLE_SITE.rooms,
    created_at=ASKED_AT,
    team=(
        Member(
            role=ClinicianRole.NURSE,
            clinician_id=DANA_ID,
            name=DANA.name,
            asked_at=ASKED_AT,
            answer_due_at=ASKED_AT + timedelta(days=3),
        ),
    ),
    details=Details(arrival="Behind the house; ring at the second door.", contact="The front desk, +1 802 555 0100"),
    note="Two rooms are ready at half past seven.",
)
CONFIRMED_DAY: Final = CaseDay(
    case_day_id=CONFIRMED_DAY_ID,
    care_team_id=BRIGHT_VANS.care_team_id,
    practice_id=MAPLE.practice_id,
    practice_name=MAPLE.name,
    site_id=MAPLE_SITE.site_id,
    state=MAPLE_SITE.state,
    time_zone=MAPLE_SITE.time_zone,
    place=MAPLE_SITE.place,
    on=date(2099, 12, 18),
    starts_at="08:00",
    minutes=480,
    kind=PatientKind.ADULT,
    expected_patients=5,
    site_rooms=MAPLE_SITE.rooms,
    created_at=ASKED_AT,
    period_id=PERIOD_ID,
    status=DayStatus.CONFIRMED,
    team=(
        _member(ClinicianRole.NURSE, DANA_ID, DANA.name),
        _member(ClinicianRole.MEDIC, _MEDIC_ID, "Ira Cole"),
        _member(ClinicianRole.ANESTHESIOLOGIST, _ANESTHESIOLOGIST_ID, "Noa Lind"),
    ),
    details=Details(arrival="Behind the house; ring at the second door.", contact="The front desk, +1 802 555 0100"),
    confirmed_at=ASKED_AT + timedelta(days=1),
    confirmed_by=MAX_ID,
    agreed=Hours(starts_at="08:00", minutes=480),
    patients=1,
    patients_version=1,
    wanted=WantedChange(edit=DayEdit(minutes=540), asked_at=ASKED_AT + timedelta(days=2), asked_by="user-iris"),
)
PATIENT: Final = DayPatient(
    patient_id=PATIENT_ID,
    case_day_id=CONFIRMED_DAY_ID,
    reference="C-90",
    initials="RB",
    age_years=61,
    procedure="Full arch, lower jaw",
    starts_at="08:30",
    minutes=240,
    weight_class=WeightClass.KG_50_TO_99,
    asa_class=AsaClass.II,
    note="Takes blood thinners.",
    added_at=ASKED_AT + timedelta(days=2),
)
#: The calendar of the first practice, and what its address ends in; it opens sample days.
FEED_CREDENTIAL: Final = Credential(
    kind=CredentialKind.CALENDAR,
    owner_id=str(FeedOwner(party=DayParty.PRACTICE, owner_id=MAPLE.practice_id)),
    holder_id=FEED_ID,
    secret="a-sample-that-opens-nothing-but-sample-days",  # noqa: S106 - it opens samples
)
FEED: Final = CalendarFeed(
    feed_id=FEED_ID,
    party=DayParty.PRACTICE,
    owner_id=MAPLE.practice_id,
    name="Front desk",
    secret_digest=digest(FEED_CREDENTIAL.secret),
    created_at=ASKED_AT,
    created_by="user-iris",
)
CRITERIA: Final = ChangeCriteria(
    care_team_id=BRIGHT_VANS.care_team_id,
    of={
        ChangedField.STARTS_AT: Criterion(outcome=ChangeOutcome.APPROVED, up_to=30),
        ChangedField.ROOMS: Criterion(outcome=ChangeOutcome.REFUSED),
    },
    version=1,
)
CREATED: Final = DayActivity(
    entry_id="DAYENTRY00000000000001",
    case_day_id=DAY_ID,
    at=ASKED_AT,
    by=DayParty.MANAGER,
    user_id=MAX_ID,
    deed=DayDeed.CREATED,
    details={"on": DAY.on.isoformat()},
)


def store_case_days(table: Table) -> None:
    """Store the days wherever they are found, an entry of the first one's history, and the care team's criteria."""
    for day in (DAY, CONFIRMED_DAY):
        taken = as_stored("PracticeDate", {"case_day_id": day.case_day_id})
        copies = [keys.case_day(day.case_day_id), *copies_of(day)]
        table.write(
            [
                Put(key=keys.practice_date(day.practice_id, day.on.isoformat()), values=taken),
                *(Put(key=key, values=record(day)) for key in copies),
            ]
        )
    claims = Counter(each.clinician_id for day in (DAY, CONFIRMED_DAY) for each in day.team)
    calendars = [
        Put(key=keys.clinician_calendar(who), values=as_stored("ClinicianCalendar", {"version": number}))
        for who, number in claims.items()
    ]
    table.write(
        [
            *calendars,
            Put(key=keys.day_activity(CREATED.case_day_id, CREATED.entry_id), values=record(CREATED)),
            Put(key=keys.day_patient(PATIENT.case_day_id, PATIENT.patient_id), values=record(PATIENT)),
            Put(key=keys.calendar_feed(FEED.party, FEED.owner_id, FEED.feed_id), values=record(FEED)),
            Put(key=keys.change_criteria(CRITERIA.care_team_id), values=record(CRITERIA)),
        ]
    )
