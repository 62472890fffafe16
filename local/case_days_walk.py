"""The walk through Case Days: two weeks of a care team, from the call for availability to days that are confirmed.

Twelve clinicians say when they can work, five practices ask for ten days, and the manager makes teams of some of them;
the others are matched (``case_days_matching.py``). What becomes of the confirmed days is in
``case_days_following.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from rich.markup import escape

from local.api import Answer, Json, claims_of
from local.case_days_following import CaseDaysFollowing
from local.case_days_matching import CaseDaysMatching, told_reason
from local.case_days_seed import (
    ADA,
    BEA,
    BEN,
    CLARA,
    DOV,
    GWEN,
    JUDE,
    MILO,
    NORA,
    OMAR,
    OTTO,
    RUTH,
    TESS,
    VERA,
)
from local.case_days_telling import (
    CaseDaysTelling,
    Cast,
    DayInHand,
    Host,
    free_fortnight,
    lacks,
    told_errors,
    told_rules,
    weekday,
)
from local.seed import BRIGHT_VANS, DANA, HANNA, IRIS, MAX, PIA, Person, sign_in
from local.stack import LocalStack
from local.telling import Telling
from local.trouble import Trouble

#: How much somebody works who says nothing else; one stays within an hour of home.
LIMITS: Final = {"max_days_per_week": 4, "max_days_in_row": 3, "max_drive_minutes": 300}
NEARBY: Final = LIMITS | {"max_drive_minutes": 60}
#: Days of the fortnight, counted from its first one, on which somebody can work.
ALL_OF_IT: Final = ((0, 13),)
WEEKDAYS: Final = ((0, 4), (7, 11))


@dataclass(frozen=True, slots=True)
class Asked:
    """A day that a practice asks for.

    Attributes:
        days: Of the fortnight, counted from its first one, the one that is liked best first.
        team: Who is to be asked; empty where the manager does not say: it is matched, or cannot be served.
    """

    host: Person
    days: tuple[int, ...]
    starts_at: str
    kind: str
    expected_patients: int
    team: tuple[Person, ...]
    note: str = ""


_FIRST: Final = Asked(IRIS, (0, 1), "07:30", "adult", 4, (DANA, MILO, ADA), "Two rooms from seven on.")
_PORTLAND: Final = Asked(HANNA, (0,), "08:00", "adult", 3, (NORA, JUDE, BEN))
_CHILDREN: Final = Asked(GWEN, (1, 2), "08:00", "pediatric", 6, (RUTH, OMAR, ADA))
_DECLINED: Final = Asked(OTTO, (2,), "08:00", "adult", 3, ())
_MOVED: Final = Asked(BEA, (3, 4), "08:30", "adult", 5, (DANA, VERA, DOV))
_CANCELLED: Final = Asked(IRIS, (8,), "08:00", "adult", 4, ())
_CHANGED: Final = Asked(HANNA, (9, 10), "08:00", "adult", 3, ())
_SHORT: Final = Asked(GWEN, (10,), "08:00", "adult", 4, (TESS, VERA))
_REJECTED: Final = Asked(OTTO, (11,), "08:00", "adult", 2, ())
#: The only medic who treats special needs drives no more than an hour, and lives too far away.
_UNSERVED: Final = Asked(OTTO, (4, 7), "08:00", "special_needs", 2, ())
#: In the order in which they are asked for.
REQUESTS: Final = (
    _FIRST, _PORTLAND, _CHILDREN, _DECLINED, _MOVED, _CANCELLED, _CHANGED, _SHORT, _REJECTED, _UNSERVED,
)  # fmt: skip
#: What is left to be matched, and can be served.
_MATCHED: Final = (_DECLINED, _CANCELLED, _CHANGED)


class CaseDaysWalk:
    """Two weeks of a care team, walked through the deployed API.

    Args:
        stack: A deployed and seeded stack.
        tell: Where it is told.
    """

    def __init__(self, stack: LocalStack, tell: Telling) -> None:
        self._stack, self._tell = stack, tell
        self._cast = Cast(stack)
        self._days = CaseDaysTelling(tell, self._cast)
        self._manager = self._cast.manager
        self._period: Json = {}
        self._requests: dict[Asked, Json] = {}

    def tell(self) -> None:
        """Walk the two weeks.

        Raises:
            Trouble: A step sees something else than it should.
        """
        self._who_is_there()
        self._a_period_is_opened()
        self._clinicians_say_when_they_can_work()
        self._practices_ask_for_days()
        self._availability_is_reviewed()
        days = self._some_teams_are_asked()
        days |= self._the_rest_is_matched()
        self._the_teams_answer(days)
        self._days_are_confirmed(days)
        CaseDaysFollowing(self._stack, self._tell, self._cast, self._days).tell(
            self._period,
            first=days[_FIRST],
            children=days[_CHILDREN],
            moved=days[_MOVED],
            cancelled=days[_CANCELLED],
            changed=days[_CHANGED],
            short=days[_SHORT],
        )

    # --- The chapters ---------------------------------------------------------------------------------

    def _who_is_there(self) -> None:
        self._tell.open(f"A care team: {MAX.name} of {BRIGHT_VANS.name} signs in")
        members = self._manager.get("/v1/members").expect(200).body["members"]
        [own] = [each for each in members if each["email"] == MAX.email]
        if own["invited_by"] != claims_of(sign_in(self._stack, PIA))["sub"]:
            raise Trouble("The first manager was not invited by the platform.", log=str(own))
        self._tell.see(f"{PIA.name} of the platform invited {own['name']}, who has invited {len(members) - 1} people.")
        named = {"kind": "care_team", "organization_id": BRIGHT_VANS.care_team_id}
        another = {"email": "second@bright-vans.example", "name": "Second", "roles": ["manager"], "organization": named}
        self._tell.refuses(
            self._cast.platform.post("/v1/members", another), {409}, "a manager from outside where there is one"
        )
        self._tell.see("Its clinicians:")
        self._tell.table(
            ("name", "role", "licensed in", "skills"),
            (
                (
                    each["name"],
                    each["role"],
                    ", ".join(license_["state"] for license_ in each["licenses"]),
                    ", ".join(skill["name"] for skill in each["skills"]),
                )
                for each in self._cast.records.values()
            ),
        )
        self._tell.see("The practices to which they go:")
        self._tell.table(
            ("site", "address", "rooms", "permit"),
            (
                (
                    host.site["name"],
                    host.site["address"],
                    host.site["rooms"],
                    host.site["permit"]["number"] if host.site["permit"] else "not needed",
                )
                for host in self._cast.hosts.values()
            ),
        )

    def _a_period_is_opened(self) -> None:
        self._tell.open("The manager opens a period of two weeks")
        first, last = free_fortnight(self._manager)
        due_at = datetime.now(UTC) + timedelta(days=2)
        body = {
            "name": f"Two weeks from {first:%B %d}",
            "first_on": first.isoformat(),
            "last_on": last.isoformat(),
            "availability_due_at": due_at.isoformat(),
            "requests_due_at": (due_at + timedelta(days=1)).isoformat(),
            "states": ["VT", "NH", "ME"],
        }
        backward = body | {"last_on": (first - timedelta(days=1)).isoformat()}
        refused = self._manager.post("/v1/scheduling-periods", backward)
        self._tell.refuses(refused, {422}, "a period that ends before it begins")
        self._period = self._manager.post("/v1/scheduling-periods", body).expect(201).body
        self._tell.see(
            f"“{escape(self._period['name'])}”, {weekday(self._period['first_on'])} to"
            f" {weekday(self._period['last_on'])}, is {self._period['status']}; availability is due"
            f" {self._period['availability_due_at'][:16]}, requests {self._period['requests_due_at'][:16]} (UTC)."
        )
        seen = self._cast.hosts[IRIS].api.get(self._period_path, care_team_id=BRIGHT_VANS.care_team_id).expect(200).body
        if not seen["takes_requests"] or seen["status"] is not None:
            raise Trouble("A practice sees another period than one that takes its requests.", log=str(seen))
        self._tell.see("Practices see that they can ask for days, and nothing of its availability.")

    def _clinicians_say_when_they_can_work(self) -> None:
        self._tell.open("Twelve clinicians say when they can work")
        overlapping = self._submit(NORA, ((0, 5), (4, 9)))
        self._tell.refuses(overlapping, {422}, f"{NORA.name}'s days, which overlap: {told_errors(overlapping)}")
        others = self._cast.clinicians[RUTH].clinician_id
        foreign = self._cast.clinicians[NORA].api.get(f"{self._period_path}/availability/{others}")
        self._tell.refuses(foreign, {404}, f"{NORA.name} reading what {RUTH.name} says")
        said: Mapping[Person, tuple[tuple[int, int], ...]] = {
            DANA: WEEKDAYS,
            RUTH: ((6, 6),),
            VERA: ((0, 3), (7, 13)),
            CLARA: WEEKDAYS,
        }
        for person in self._cast.clinicians:
            limits = NEARBY if person is OMAR else LIMITS
            self._submit(person, said.get(person, ALL_OF_IT), limits=limits).expect(200)
        self._show_availability()

    def _practices_ask_for_days(self) -> None:
        self._tell.open("Five practices ask for ten days")
        late = self._request(_FIRST, days=(20,))
        self._tell.refuses(late, {422}, f"a date outside of the period: {told_errors(late)}")
        for asked in REQUESTS:
            self._requests[asked] = self._request(asked).expect(201).body
        listed = (
            self._manager.get("/v1/case-day-requests", period_id=self._period["period_id"], limit=100)
            .expect(200)
            .body["requests"]
        )
        if {each["status"] for each in listed} != {"requested"} or len(listed) != len(REQUESTS):
            raise Trouble("The manager does not see the ten requests.", log=str(listed))
        self._tell.see("The manager's list of requests:")
        self._tell.table(
            ("practice", "dates", "starts", "patients", "status"),
            (
                (
                    each["practice_id"],
                    " or ".join(weekday(on) for on in each["dates"]),
                    each["starts_at"],
                    f"{each['expected_patients']} {each['kind']}",
                    each["status"],
                )
                for each in listed
            ),
        )
        path = f"/v1/case-day-requests/{self._requests[_FIRST]['request_id']}"
        self._tell.refuses(self._cast.hosts[HANNA].api.get(path), {404}, "another practice reading a request")
        self._tell.refuses(
            self._cast.clinicians[DANA].api.get(path), {403, 404}, "a clinician, who sees days and no requests"
        )

    def _availability_is_reviewed(self) -> None:
        self._tell.open("The manager reviews, and the period moves on")
        ruth = self._cast.clinicians[RUTH]
        feedback = "One Sunday is too little: could you come on weekdays, too?"
        sent_back = self._review(RUTH, {"to": "needs_changes", "feedback": feedback}).expect(200).body
        self._tell.see(f"{sent_back['name']}'s is {sent_back['availability']['state']}.")
        self._move_period("reviewing")
        self._tell.see(f"The period is {self._period['status']}.")
        late = self._submit(DANA, ALL_OF_IT)
        self._tell.refuses(late, {409}, f"{DANA.name} changing her mind now")
        read = ruth.api.get(f"{self._period_path}/availability/{ruth.clinician_id}").expect(200).body
        self._tell.see(f"{ruth.name} reads: “{escape(read['availability']['feedback'])}” and answers it.")
        self._submit(RUTH, ALL_OF_IT).expect(200)
        for person in self._cast.clinicians:
            self._review(person, {"to": "approved"}).expect(200)
        self._show_availability()

    def _some_teams_are_asked(self) -> dict[Asked, DayInHand]:
        self._tell.open("The manager makes days of some requests by hand, and asks their teams")
        days: dict[Asked, DayInHand] = {_FIRST: self._serve(_FIRST)}
        double = self._try_to_serve(_PORTLAND, (NORA, MILO, BEN))
        self._tell.refuses(double, {409}, f"{MILO.name} at two places on a day: {told_rules(double)}")
        days[_PORTLAND] = self._serve(_PORTLAND)
        far = self._try_to_serve(_CHILDREN, _CHILDREN.team)
        self._tell.refuses(far, {409}, f"{OMAR.name} at {self._site_of(_CHILDREN)}: {told_rules(far)}")
        reason = "He stays in Concord overnight."
        drive = {"rule": "drive", "reason": reason}
        days[_CHILDREN] = self._serve(_CHILDREN, {OMAR: [drive]})
        [entry] = [
            each
            for each in self._days.activity(days[_CHILDREN])
            if each["deed"] == "member_asked" and each["details"]["role"] == "medic"
        ]
        self._tell.see(f"Set aside by name; its history keeps why: “{escape(entry['details']['override_drive'])}”")
        days[_MOVED] = self._serve(_MOVED)
        unlicensed = self._try_to_serve(
            _CHANGED,
            (DANA, JUDE, CLARA),
            {DANA: [{"rule": "license", "reason": "She knows the practice."}]},
        )
        self._tell.refuses(
            unlicensed,
            {409},
            f"{DANA.name} at {self._site_of(_CHANGED)}, whatever the reason: {told_rules(unlicensed)}",
        )
        days[_SHORT] = self._serve(_SHORT)
        reason = "Everybody is at a training on this Friday."
        rejected = self._manager.post(
            f"/v1/case-day-requests/{self._requests[_REJECTED]['request_id']}/transitions",
            {"to": "rejected", "reason": reason},
            version=self._requests[_REJECTED]["version"],
        ).expect(200)
        seen = self._cast.hosts[OTTO].api.get(f"/v1/case-day-requests/{rejected.body['request_id']}").expect(200).body
        self._tell.see(f"One request is {seen['status']}; its practice reads: “{escape(seen['reason'])}”")
        self._tell.see("Days, tentative and with a ? for each answer that is missing:")
        self._days.by_day(day.seen for day in days.values())
        return days

    def _the_rest_is_matched(self) -> dict[Asked, DayInHand]:
        matching = CaseDaysMatching(self._tell, self._cast, self._period["period_id"])
        matching.propose()
        unserved = matching.explain()
        if unserved["request_id"] != self._requests[_UNSERVED]["request_id"]:
            raise Trouble("Another request is not served than the one that nobody can serve.", log=str(unserved))
        made = matching.approve(self._requests[_DECLINED]["request_id"])
        days = {
            asked: DayInHand(host=self._cast.hosts[asked.host], seen=made[self._requests[asked]["request_id"]])
            for asked in _MATCHED
        }
        reason = told_reason(self._cast.hosts[_UNSERVED.host].api, unserved["request_id"], statuses={"unmatched"})
        self._tell.see(f"The practice that gets no day reads: “{escape(reason)}”")
        self._period = self._manager.get(self._period_path).expect(200).body
        return days

    def _the_teams_answer(self, days: Mapping[Asked, DayInHand]) -> None:
        self._tell.open("The teams answer; one declines, and substitutes are ranked")
        declined = days[_DECLINED]
        member = declined.member("anesthesiologist")
        stranger = self._cast.clinicians[NORA].api
        body = {"to": "accepted", "asked_at": member["asked_at"]}
        foreign = stranger.post(f"{declined.path}/team/{member['clinician_id']}/answer", body)
        self._tell.refuses(foreign, {403, 404}, "somebody answering who is not on the team")
        self._days.answer(declined, member, "declined")
        self._tell.see(
            f"{member['name']} declines {declined.where_and_when}; it misses {', '.join(lacks(declined.seen))}. Ranked:"
        )
        best = next(each for each in self._days.candidates(declined, "anesthesiologist") if each["standing"] == "can")
        self._days.ask(declined, self._cast.clinician(best["clinician_id"]))
        self._tell.see(f"{best['name']} is asked: {declined.member('anesthesiologist')['answer']}.")
        told = days[_PORTLAND].member("nurse")
        self._days.answer(days[_PORTLAND], told, "accepted", by=self._manager)
        [entry] = [each for each in self._days.activity(days[_PORTLAND]) if each["deed"] == "member_accepted"]
        self._tell.see(f"{told['name']} says yes by telephone; in the history a {entry['by']} records it.")
        for day in days.values():
            self._days.accept_all(day)
        waits = sum(each["answer"] != "accepted" for day in days.values() for each in day.seen["team"])
        if waits:
            raise Trouble(f"{waits} answers are still missing.")
        self._tell.see("All who are asked have accepted.")

    def _days_are_confirmed(self, days: Mapping[Asked, DayInHand]) -> None:
        self._tell.open("The manager confirms, and so do the practices")
        short = days[_SHORT]
        refused = self._manager.post(f"{short.path}/confirm", None, version=short.version)
        missing = ", ".join(refused.body.get("missing", ()))
        self._tell.refuses(refused, {409}, f"confirming {short.where_and_when}, which misses {missing}")
        complete = [day for asked, day in days.items() if asked is not _SHORT]
        for day in complete:
            self._days.do(day, "confirm")
        statuses = {day.seen["status"] for day in complete}
        self._tell.see(f"{len(complete)} days are {' or '.join(sorted(statuses))}.")
        first = days[_FIRST]
        bare = first.host.api.post(f"{first.path}/practice-confirmation", None, version=first.version)
        self._tell.refuses(bare, {422}, f"a practice's confirmation without details: {told_errors(bare)}")
        for day in complete:
            details = {"arrival": "The back door; ring twice.", "contact": f"{day.host.person.name}, front desk"}
            day.host.api.patch(day.path, details, version=day.version).expect(200)
            self._days.do(day, "practice-confirmation", by=day.host.api)
        requests = {self._read_request(asked)["status"] for asked in days if asked is not _SHORT}
        if requests != {"confirmed"}:
            raise Trouble("Requests do not follow their days.", log=str(requests))
        self._tell.see("Their practices have said where to come in and whom to ask; the requests are confirmed, too.")
        self._days.by_day(day.seen for day in days.values())

    # --- What the chapters are made of ------------------------------------------------------------------

    @property
    def _period_path(self) -> str:
        return f"/v1/scheduling-periods/{self._period['period_id']}"

    def _on(self, day: int) -> str:
        """A date of the fortnight, by its number."""
        return (date.fromisoformat(self._period["first_on"]) + timedelta(days=day)).isoformat()

    def _move_period(self, to: str) -> None:
        moved = self._manager.post(f"{self._period_path}/transitions", {"to": to}, version=self._period["version"])
        self._period = moved.expect(200).body

    def _submit(
        self, person: Person, days: tuple[tuple[int, int], ...], *, limits: Mapping[str, int] = LIMITS
    ) -> Answer:
        clinician = self._cast.clinicians[person]
        path = f"{self._period_path}/availability/{clinician.clinician_id}"
        body = {
            "windows": [{"first": self._on(first), "last": self._on(last)} for first, last in days],
            "limits": dict(limits),
        }
        return clinician.api.put(path, body, version=clinician.api.get(path).expect(200).version)

    def _review(self, person: Person, body: Json) -> Answer:
        path = f"{self._period_path}/availability/{self._cast.clinicians[person].clinician_id}"
        return self._manager.post(f"{path}/review", body, version=self._manager.get(path).expect(200).version)

    def _show_availability(self) -> None:
        rows = self._manager.get(f"{self._period_path}/availability", limit=100).expect(200).body["availability"]
        said = [(each, each["availability"]) for each in rows if each["availability"] is not None]
        self._tell.see(f"{len(said)} of {len(rows)} have said when:")
        self._tell.table(
            ("clinician", "role", "days", "at most", "state"),
            (
                (
                    each["name"],
                    each["role"],
                    ", ".join(f"{window['first']} to {window['last']}" for window in availability["windows"]),
                    "{max_days_per_week} a week, {max_drive_minutes} min".format_map(availability["limits"]),
                    availability["state"],
                )
                for each, availability in said
            ),
        )

    def _request(self, asked: Asked, *, days: tuple[int, ...] = ()) -> Answer:
        host = self._cast.hosts[asked.host]
        body = {
            "care_team_id": BRIGHT_VANS.care_team_id,
            "period_id": self._period["period_id"],
            "site_id": host.site["site_id"],
            "dates": [self._on(day) for day in days or asked.days],
            "starts_at": asked.starts_at,
            "minutes": 480,
            "kind": asked.kind,
            "expected_patients": asked.expected_patients,
            "note": asked.note,
        }
        return host.api.post("/v1/case-day-requests", body)

    def _read_request(self, asked: Asked) -> Json:
        path = f"/v1/case-day-requests/{self._requests[asked]['request_id']}"
        return self._cast.hosts[asked.host].api.get(path).expect(200).body

    def _try_to_serve(
        self, asked: Asked, team: tuple[Person, ...], overrides: Mapping[Person, list[Json]] | None = None
    ) -> Answer:
        seats = [
            {
                "role": self._cast.clinicians[person].role,
                "clinician_id": self._cast.clinicians[person].clinician_id,
                "overrides": (overrides or {}).get(person, []),
            }
            for person in team
        ]
        path = f"/v1/case-day-requests/{self._requests[asked]['request_id']}/case-day"
        return self._manager.post(path, {"on": self._on(asked.days[0]), "team": seats})

    def _serve(self, asked: Asked, overrides: Mapping[Person, list[Json]] | None = None) -> DayInHand:
        host: Host = self._cast.hosts[asked.host]
        made = self._try_to_serve(asked, asked.team, overrides).expect(201).body
        if self._read_request(asked)["status"] != "proposed":
            raise Trouble(f"The request of {host.person.name} does not follow its day.")
        return DayInHand(host=host, seen=made)

    def _site_of(self, asked: Asked) -> str:
        return str(self._cast.hosts[asked.host].site["name"])
