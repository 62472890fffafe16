"""What every chapter of the walk through Case Days is made of: its people, a day in hand, and schedules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from local.api import Answer, Api, Json
from local.case_days_seed import CLINICIANS, HOSTS
from local.seed import MAX, PIA, Person, sign_in
from local.stack import LocalStack
from local.telling import Telling
from local.trouble import Trouble

ROLES: Final = ("nurse", "medic", "anesthesiologist")
FORTNIGHT: Final = timedelta(days=13)
_WEEK: Final = timedelta(days=7)
#: How far ahead a fortnight is looked for, weeks.
_AHEAD: Final = 40
#: Of somebody and of time, one was quicker.
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Clinician:
    """Somebody of the care team, with the API as they see it."""

    clinician_id: str
    name: str
    role: str
    api: Api


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody of a practice, with the API as they see it.

    Attributes:
        site: Where teams come to, as the API shows it.
    """

    person: Person
    api: Api
    site: Json

    @property
    def practice_id(self) -> str:
        """Their practice."""
        return self.person.organization_id


@dataclass(slots=True)
class DayInHand:
    """A Case Day as its manager has it open.

    Attributes:
        seen: As the manager read it last.
    """

    host: Host
    seen: Json = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its resource."""
        return f"/v1/case-days/{self.seen['case_day_id']}"

    @property
    def version(self) -> int:
        """The version that was read last."""
        return int(self.seen["version"])

    @property
    def where_and_when(self) -> str:
        """Its practice and its date."""
        return f"{self.seen['practice_name']} on {weekday(self.seen['on'])}"

    def member(self, role: str) -> Json:
        """Who has a role.

        Raises:
            Trouble: Nobody.
        """
        for each in self.seen["team"]:
            if each["role"] == role:
                found: Json = each
                return found
        raise Trouble(f"Nobody is {role} at {self.where_and_when}.")


class Cast:
    """Everybody who has to do with the care team, signed in.

    Args:
        stack: A deployed and seeded stack.
    """

    def __init__(self, stack: LocalStack) -> None:
        url = stack.api_url_by_path
        self.platform = Api(url, sign_in(stack, PIA))
        self.manager = Api(url, sign_in(stack, MAX))
        listed = self.manager.get("/v1/clinicians", limit=100).expect(200).body["clinicians"]
        #: As the manager sees them, by name.
        self.records: Mapping[str, Json] = {each["name"]: each for each in listed}
        self.clinicians: Mapping[Person, Clinician] = {
            person: Clinician(
                clinician_id=self.records[person.name]["clinician_id"],
                name=person.name,
                role=self.records[person.name]["role"],
                api=Api(url, sign_in(stack, person)),
            )
            for person in CLINICIANS
        }
        self.hosts: Mapping[Person, Host] = {person: _host(url, stack, person) for person in HOSTS}

    def clinician(self, clinician_id: str) -> Clinician:
        """Somebody by their id."""
        return next(each for each in self.clinicians.values() if each.clinician_id == clinician_id)


def _host(url: str, stack: LocalStack, person: Person) -> Host:
    api = Api(url, sign_in(stack, person))
    [site] = api.get("/v1/sites").expect(200).body["sites"]
    return Host(person=person, api=api, site=site)


def free_fortnight(manager: Api) -> tuple[date, date]:
    """The first two weeks, a week or more ahead, for which the care team has neither a period nor a Case Day.

    Raises:
        Trouble: There are none.
    """
    periods = manager.get("/v1/scheduling-periods", limit=100).expect(200).body["periods"]
    spans = [(date.fromisoformat(each["first_on"]), date.fromisoformat(each["last_on"])) for each in periods]
    today = datetime.now(UTC).date()
    monday = today + timedelta(days=14 - today.weekday())
    for first in (monday + number * _WEEK for number in range(_AHEAD)):
        last = first + FORTNIGHT
        if any(begins <= last and first <= ends for begins, ends in spans):
            continue
        days = manager.get("/v1/case-days", limit=1, **{"from": str(first), "to": str(last)}).expect(200).body
        if not days["case_days"]:
            return first, last
    raise Trouble(f"Within {_AHEAD} weeks the care team has no two weeks without a period.", do="Call `make stop`.")


def takes_place(manager: Api, path: str, deed: str, *, to: Collection[str]) -> Json:
    """Begin or complete a day, unless it did so by itself when it was time; gives it as it is then.

    Raises:
        Trouble: It does neither.
    """
    for _ in range(_TRIES):
        day = manager.get(path).expect(200)
        if day.body["status"] in to:
            return day.body
        manager.post(f"{path}/{deed}", None, version=day.version).expect(200, 409, 412)
    raise Trouble(f"The Case Day is {day.body['status']}, and does not {deed}.", log=str(day.body))


def weekday(on: str) -> str:
    """A date as a person says it."""
    return f"{date.fromisoformat(on):%a %Y-%m-%d}"


def lacks(day: Json) -> list[str]:
    """What a day lacks beside answers of its team."""
    return [each for each in day["missing"] if not each.endswith("_answer")]


def told_errors(refused: Answer) -> str:
    """What a refusal of values says."""
    return " ".join(str(each["says"]) for each in refused.body.get("errors", ()))


def told_rules(refused: Answer) -> str:
    """Hard rules as a refusal names them."""
    return " ".join(
        f"{each['rule']} ({'can' if each['can_be_overridden'] else 'cannot'} be set aside): {each['says']}"
        for each in refused.body.get("violations", ())
    )


class CaseDaysTelling:
    """Tells what becomes of days, as the manager sees it.

    Args:
        tell: Where it is told.
        cast: Everybody.
    """

    def __init__(self, tell: Telling, cast: Cast) -> None:
        self._tell, self._cast = tell, cast

    # --- A day ------------------------------------------------------------------------------------------

    def read(self, day: DayInHand) -> Json:
        """Read a day anew."""
        day.seen = self._cast.manager.get(day.path).expect(200).body
        return day.seen

    def do(self, day: DayInHand, deed: str, body: Json | None = None, *, by: Api | None = None) -> Json:
        """Do something with the newest version of a day, as its manager or as somebody else; gives what they see."""
        self.read(day)
        done = (by or self._cast.manager).post(f"{day.path}/{deed}", body, version=day.version).expect(200).body
        self.read(day)
        return done

    def ask(self, day: DayInHand, clinician: Clinician, *overrides: Json) -> None:
        """Put somebody on the team, in the place of whoever has their role."""
        body = {"clinician_id": clinician.clinician_id, "overrides": list(overrides)}
        asked = self._cast.manager.put(f"{day.path}/team/{clinician.role}", body, version=day.version)
        day.seen = asked.expect(200).body

    def answer(self, day: DayInHand, member: Json, to: str, *, by: Api | None = None) -> None:
        """Let a member answer, or somebody for them."""
        caller = by or self._cast.clinician(member["clinician_id"]).api
        body = {"to": to, "asked_at": member["asked_at"]}
        caller.post(f"{day.path}/team/{member['clinician_id']}/answer", body).expect(200)
        self.read(day)

    def accept_all(self, day: DayInHand) -> None:
        """Let everybody accept who has not answered."""
        for member in day.seen["team"]:
            if member["answer"] == "asked":
                self.answer(day, member, "accepted")

    def activity(self, day: DayInHand) -> list[Json]:
        """What happened to a day, the newest first."""
        found: list[Json] = self._cast.manager.get(f"{day.path}/activity", limit=50).expect(200).body["activity"]
        return found

    def candidates(self, day: DayInHand, role: str) -> list[Json]:
        """Who could take a role, told in a table; gives them, the best first."""
        found: list[Json] = self._cast.manager.get(f"{day.path}/team/{role}/candidates").expect(200).body["candidates"]
        self._tell.table(
            ("", "who could", "standing", "what counts", "drive", "other days that week"),
            (
                (
                    number,
                    each["name"],
                    each["standing"],
                    " ".join(said["says"] for said in each["violations"]) or ", ".join(each["favors"]),
                    f"{each['drive_minutes']} min",
                    "" if each["days_of_week"] is None else each["days_of_week"],
                )
                for number, each in enumerate(found, start=1)
            ),
        )
        return found

    # --- Schedules --------------------------------------------------------------------------------------

    def schedule(self, rows: str, spans: Iterable[Mapping[str, str]]) -> list[Json]:
        """The rows of several spans of the care team's schedule, those of the same in one."""
        found: dict[str, Json] = {}
        for span in spans:
            for row in self._cast.manager.get("/v1/schedules", rows=rows, **span).expect(200).body["rows"]:
                found.setdefault(row["of"], row | {"days": []})["days"] += row["days"]
        return sorted(found.values(), key=lambda row: (row["is_vacant"], row["name"]))

    def by_day(self, days: Iterable[Json]) -> None:
        """Show days by date, with what each lacks; a ? is an answer that is missing."""
        self._tell.table(
            ("date", "starts", "practice", *ROLES, "status", "missing"),
            (
                (
                    weekday(day["on"]),
                    day.get("starts_at") or day["begins_clock"],
                    day["practice_name"],
                    *(_who(day, role) for role in ROLES),
                    day["status"],
                    ", ".join(lacks(day)),
                )
                for day in days
            ),
        )

    def by_clinician(self, rows: Sequence[Json]) -> None:
        """Show where everybody is on which date; a ? is an answer that is missing, a ! a role that nobody has."""
        dates = sorted({day["on"] for row in rows for day in row["days"]})
        self._tell.table(
            ("clinician", *(f"{date.fromisoformat(on):%a %d}" for on in dates)),
            (
                (f"no {row['name']}" if row["is_vacant"] else row["name"], *(_places_of(row, on) for on in dates))
                for row in rows
            ),
        )


def _who(day: Json, role: str) -> str:
    found = [each for each in day["team"] if each["role"] == role]
    return f"{found[0]['name']}{_mark(found[0])}" if found else "-"


def _mark(member: Json) -> str:
    return "" if member["answer"] == "accepted" else " ?"


def _places_of(row: Json, on: str) -> str:
    return ", ".join(f"{_short(day)}{_mark_in(row, day)}" for day in row["days"] if day["on"] == on)


def _mark_in(row: Json, day: Json) -> str:
    if row["is_vacant"]:
        return " !"
    return "".join(_mark(each) for each in day["team"] if each["clinician_id"] == row["of"])


def _short(day: Json) -> str:
    return str(day["practice_name"]).split(maxsplit=1)[0]
