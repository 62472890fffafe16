"""The second half of the walk through Case Days: from confirmed days to one that is completed, and all others.

Patients are assigned, practices change what they may, a day is rescheduled and another canceled; the schedule is
published, and the first day takes place.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Calendar
from rich.markup import escape

from local.api import Answer, Api, Json
from local.case_days_seed import BEA, NORA
from local.case_days_telling import CaseDaysTelling, Cast, DayInHand, takes_place, told_errors, weekday
from local.passing_time import let_day_begin
from local.seed import BRIGHT_VANS, DANA, HANNA, IRIS
from local.stack import LocalStack
from local.telling import Telling
from local.trouble import Trouble

#: Two who fit side by side into two rooms.
PATIENTS: Final = (
    {
        "reference": "M-118",
        "initials": "JK",
        "age_years": 44,
        "procedure": "Four extractions, two implants",
        "starts_at": "08:00",
        "minutes": 150,
        "weight_class": "50_to_99_kg",
        "asa_class": "2",
        "note": "Takes blood thinners.",
    },
    {
        "reference": "M-131",
        "initials": "RB",
        "age_years": 61,
        "procedure": "Full arch, lower jaw",
        "starts_at": "09:00",
        "minutes": 240,
        "weight_class": "100_to_149_kg",
        "asa_class": "3",
    },
)


class CaseDaysFollowing:
    """What becomes of Case Days after they were confirmed.

    Args:
        stack: A deployed and seeded stack.
        tell: Where it is told.
        cast: Everybody.
        days: What is told of days.
    """

    def __init__(self, stack: LocalStack, tell: Telling, cast: Cast, days: CaseDaysTelling) -> None:
        self._stack, self._tell, self._cast, self._days = stack, tell, cast, days
        self._manager = cast.manager

    def tell(
        self,
        period: Json,
        *,
        first: DayInHand,
        children: DayInHand,
        moved: DayInHand,
        cancelled: DayInHand,
        changed: DayInHand,
        short: DayInHand,
    ) -> None:
        """Follow the days to their end.

        Args:
            period: As the manager read it last.
            first: The day that takes place.
            children: A day for children.
            moved: The day that is rescheduled.
            cancelled: The day that its practice calls off.
            changed: The day of which its practice changes something.
            short: The day that misses somebody, and is not confirmed.

        Raises:
            Trouble: A step sees something else than it should.
        """
        self._patients_are_assigned(first, children, short)
        self._a_practice_changes_its_day(changed)
        self._a_day_is_rescheduled(moved)
        self._a_day_is_canceled(cancelled)
        self._calendars_are_issued()
        self._the_schedule_is_published(period)
        self._a_day_takes_place(first)
        self._the_schedule(period, first)

    # --- The chapters ---------------------------------------------------------------------------------

    def _patients_are_assigned(self, first: DayInHand, children: DayInHand, short: DayInHand) -> None:
        self._tell.open("Practices assign patients")
        early = self._assign(short, PATIENTS[0])
        self._tell.refuses(early, {409}, f"a patient at {short.where_and_when}, which is {short.seen['status']}")
        for patient in PATIENTS:
            self._assign(first, patient).expect(201)
        third = PATIENTS[0] | {"reference": "M-140", "initials": "TL", "starts_at": "10:00"}
        full = self._assign(first, third)
        self._tell.refuses(full, {422}, f"a third one at the same time: {told_errors(full)}")
        outside = self._assign(first, third | {"starts_at": "14:30"})
        self._tell.refuses(outside, {422}, f"one who would stay too long: {told_errors(outside)}")
        child = self._assign(first, third | {"starts_at": "13:30", "minutes": 60, "age_years": 9})
        self._tell.refuses(child, {422}, f"a child: {told_errors(child)}")
        self._assign(children, third | {"age_years": 9, "weight_class": "20_to_49_kg"}).expect(201)
        nurse = self._cast.clinicians[DANA]
        seen = nurse.api.get(f"{first.path}/patients").expect(200).body["patients"]
        self._tell.see(f"{nurse.name}, on the team, sees them at once:")
        self._tell.table(
            ("starts", "minutes", "initials", "procedure", "weight", "ASA", "note"),
            (
                tuple(
                    each[name]
                    for name in ("starts_at", "minutes", "initials", "procedure", "weight_class", "asa_class", "note")
                )
                for each in seen
            ),
        )
        for who, api in (
            ("a clinician of another team", self._cast.clinicians[NORA].api),
            ("another practice", self._cast.hosts[HANNA].api),
        ):
            self._tell.refuses(api.get(f"{first.path}/patients"), {404}, f"{who} reading them")

    def _a_practice_changes_its_day(self, day: DayInHand) -> None:
        self._tell.open("A practice changes a confirmed day")
        host = day.host.api
        foreign = self._cast.hosts[IRIS].api.patch(day.path, {"note": "Mine."}, version=day.version)
        self._tell.refuses(foreign, {404}, f"another practice changing {day.where_and_when}")
        before = day.seen["starts_at"]
        later = host.patch(day.path, {"starts_at": "08:30"}, version=day.version).expect(200).body
        if later["wanted"] is not None or later["practice_confirmed_at"] is not None:
            raise Trouble("Half an hour was not approved on its own.", log=str(later))
        self._tell.see(
            f"Approved on its own: it starts at {later['starts_at']} instead of {before}, and stays {later['status']}."
        )
        longer = host.patch(day.path, {"minutes": 540}, version=later["version"]).expect(200).body
        wanted = {name: value for name, value in longer["wanted"].items() if value is not None and name != "asked_at"}
        self._tell.see(
            f"Waits for the manager: {', '.join(f'{name} {value}' for name, value in wanted.items())};"
            f" it still has {longer['minutes']}."
        )
        over = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
        past = host.patch(day.path, {"on": over, "note": "Yesterday."}, version=longer["version"])
        said = " ".join(f"{each['field']}: {each['detail']}" for each in past.body.get("refused", ()))
        self._tell.refuses(past, {409}, f"a date in the past, and all that came with it: {said}")
        stale = host.patch(day.path, {"note": "Written over."}, version=day.version)
        self._tell.refuses(stale, {412}, "a change of a version that is no longer the newest")
        decided = self._days.do(day, "wanted-change", {"to": "approved"})
        self._tell.see(f"The manager approves: {decided['minutes']} minutes, and nothing is wanted any more.")
        if decided["wanted"] is not None or decided["status"] != "confirmed":
            raise Trouble("An approved change still waits, or the day is no longer confirmed.", log=str(decided))
        self._days.do(day, "practice-confirmation", by=host)
        criteria = self._manager.get("/v1/change-criteria").expect(200).body["of"]
        self._tell.see("The criteria by which this went, which the manager can change:")
        self._tell.table(
            ("of", "up to", "is", "beyond"),
            (
                (name, each["up_to"] if each["up_to"] is not None else "any", each["outcome"], each["beyond"])
                for name, each in criteria.items()
            ),
        )

    def _a_day_is_rescheduled(self, day: DayInHand) -> None:
        self._tell.open("A day is rescheduled")
        before = {each["clinician_id"]: each["name"] for each in day.seen["team"]}
        place, to = day.where_and_when, _later(day.seen["on"])
        self._days.do(day, "reschedule", {"on": to})
        kept = [each["name"] for each in day.seen["team"]]
        released = [name for name in before.values() if name not in kept]
        if not kept or not released or {each["answer"] for each in day.seen["team"]} != {"asked"}:
            raise Trouble("A rescheduled day keeps whom it should not, or asks nobody.", log=str(day.seen))
        self._tell.see(
            f"{place} moves to {weekday(day.seen['on'])}: {' and '.join(kept)} can make it and are asked again,"
            f" {' and '.join(released)} cannot and is released; the day is {day.seen['status']}."
        )
        vacancy = next(each for each in day.seen["missing"] if "_" not in each)
        self._tell.see(f"Who could be {vacancy} then, ranked:")
        best = next(each for each in self._days.candidates(day, vacancy) if each["standing"] == "can")
        self._days.ask(day, self._cast.clinician(best["clinician_id"]))
        self._days.accept_all(day)
        self._days.do(day, "confirm")
        self._days.do(day, "practice-confirmation", by=self._cast.hosts[BEA].api)
        self._tell.see(f"{best['name']} and the others accept: {day.where_and_when} is {day.seen['status']}.")

    def _a_day_is_canceled(self, day: DayInHand) -> None:
        self._tell.open("A practice calls a day off")
        members = [each["clinician_id"] for each in day.seen["team"]]
        off = self._days.do(day, "cancel", {"reason": "The house has no water that day."}, by=day.host.api)
        self._tell.see(f"{day.where_and_when} is {off['status']}: “{escape(off['reason'])}”")
        request = day.host.api.get(f"/v1/case-day-requests/{day.seen['request_id']}").expect(200).body
        self._tell.see(f"Its request is {request['status']}.")
        again = self._manager.post(f"{day.path}/confirm", None, version=day.version)
        self._tell.refuses(again, {409}, "confirming it now")
        on = day.seen["on"]
        busy = [
            each.name
            for each in map(self._cast.clinician, members)
            if each.api.get("/v1/case-days", **{"from": on, "to": on}).expect(200).body["case_days"]
        ]
        if busy:
            raise Trouble(f"Of a day that was called off, {', '.join(busy)} still has the date.")
        self._tell.see(f"All {len(members)} of its team are free again on {weekday(on)}.")

    def _calendars_are_issued(self) -> None:
        self._tell.open("Clinicians and practices subscribe to their days")
        for name, api in (
            (self._cast.clinicians[DANA].name, self._cast.clinicians[DANA].api),
            (IRIS.name, self._cast.hosts[IRIS].api),
        ):
            issued = api.post("/v1/calendar-feeds", {"name": "Telephone"}).expect(201).body
            if not issued["credential"]:
                raise Trouble("A new calendar has no credential.", log=str(issued))
            listed = api.get("/v1/calendar-feeds").expect(200).body["feeds"]
            if any("credential" in each for each in listed):
                raise Trouble("The credential of a calendar is shown more than once.")
            # Whoever has the address needs nothing else, as a telephone's calendar does.
            anybody, address = Api(api.url), f"/v1/calendar/{issued['credential']}.ics"
            entries = Calendar.from_ical(anybody.get(address).expect(200).text).walk("VEVENT")
            days = api.get("/v1/case-days").expect(200).body["case_days"]
            ahead = [day for day in days if day["status"] not in {"cancelled", "rejected"}]
            if len(entries) < len(ahead):
                raise Trouble("A calendar has fewer days than its reader.", log=str((len(entries), len(ahead))))
            api.delete(f"/v1/calendar-feeds/{issued['feed_id']}").expect(200)
            self._tell.see(
                f"{name} has a calendar with an address of {len(issued['credential'])} characters, shown once; it has"
                f" {len(entries)} entries, such as “{escape(str(entries[0]['SUMMARY']))}”."
            )
            self._tell.refuses(anybody.get(address), {404}, "the address once it is revoked")

    def _the_schedule_is_published(self, period: Json) -> None:
        self._tell.open("The manager publishes the schedule")
        path = f"/v1/scheduling-periods/{period['period_id']}"
        early = self._manager.post(f"{path}/transitions", {"to": "closed"}, version=period["version"])
        self._tell.refuses(early, {409}, f"closing a period that is {period['status']}")
        moved = self._manager.post(f"{path}/transitions", {"to": "published"}, version=period["version"])
        period = moved.expect(200).body
        practice = self._cast.hosts[IRIS].api.get(path, care_team_id=BRIGHT_VANS.care_team_id).expect(200).body
        self._tell.see(
            f"“{escape(period['name'])}” is {period['status']}; practices"
            f" {'can still' if practice['takes_requests'] else 'can no longer'} ask for its days."
        )

    def _a_day_takes_place(self, day: DayInHand) -> None:
        self._tell.open("The first day takes place")
        early = self._manager.post(f"{day.path}/begin", None, version=day.version)
        self._tell.refuses(early, {409}, f"beginning {day.where_and_when} today")
        let_day_begin(self._stack, str(day.seen["case_day_id"]))
        takes_place(self._manager, day.path, "begin", to={"in_progress", "completed"})
        self._days.read(day)
        self._tell.see(f"Time passes, and {day.where_and_when} is {day.seen['status']}.")
        closed = day.host.api.patch(day.path, {"note": "Too late."}, version=day.version)
        self._tell.refuses(closed, {409}, "a change of a day that has begun")
        takes_place(self._manager, day.path, "complete", to={"completed"})
        self._days.read(day)
        request = day.host.api.get(f"/v1/case-day-requests/{day.seen['request_id']}").expect(200).body
        self._tell.see(f"It is {day.seen['status']}, and its request {request['status']}.")
        if (day.seen["status"], request["status"]) != ("completed", "completed"):
            raise Trouble("A day that took place is not completed.", log=str(day.seen))
        self._tell.see("What happened to it, the newest first:")
        self._tell.history(self._days.activity(day))

    def _the_schedule(self, period: Json, first: DayInHand) -> None:
        self._tell.open("The schedule")
        # The first day took place before the period.
        spans = (
            {"span": "day", "on": first.seen["on"], "practice_id": first.host.practice_id},
            *({"span": "week", "on": period[edge]} for edge in ("first_on", "last_on")),
        )
        by_date, by_clinician = (self._days.schedule(rows, spans) for rows in ("date", "clinician"))
        days = {day["case_day_id"]: day for row in by_date for day in row["days"]}
        placed = {day["case_day_id"] for row in by_clinician for day in row["days"]}
        if first.seen["case_day_id"] not in days or placed != days.keys():
            raise Trouble("The schedule by clinician has other days than that by date.", log=f"{days} {placed}")
        self._tell.see("By day:")
        self._days.by_day(days.values())
        self._tell.see("By clinician; a ? is an answer that is missing, a ! a role that nobody has:")
        self._days.by_clinician(by_clinician)

    # --- What the chapters are made of ------------------------------------------------------------------

    def _assign(self, day: DayInHand, patient: Json) -> Answer:
        return day.host.api.post(f"{day.path}/patients", patient)


def _later(on: str) -> str:
    return (date.fromisoformat(on) + timedelta(days=1)).isoformat()
