"""The walk through matching: what the manager has not planned by hand is matched, and its proposal decided on.

The state machine, the solver and the claims are those of the deployed stack; nothing is told that it did not answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Final

from rich.markup import escape

from local.api import Api, Json
from local.case_days_telling import Cast, weekday
from local.telling import Telling
from local.trouble import Trouble

#: How long a state machine may take on a busy machine, seconds, and how often it is looked at.
_PATIENCE_SECONDS: Final = 180.0
_EVERY_SECONDS: Final = 0.5


class CaseDaysMatching:
    """A period that is matched.

    Args:
        tell: Where it is told.
        cast: Everybody.
        period_id: What is matched; it is reviewed.
    """

    def __init__(self, tell: Telling, cast: Cast, period_id: str) -> None:
        self._tell, self._cast, self._manager = tell, cast, cast.manager
        self._period_path = f"/v1/scheduling-periods/{period_id}"
        self._path = ""
        self._run: Json = {}

    def propose(self) -> None:
        """Start a run, follow it, and tell what it proposes."""
        self._tell.open("The rest is matched: the best schedule, with a proof")
        somebody = next(iter(self._cast.clinicians.values()))
        self._tell.refuses(
            somebody.api.post(f"{self._period_path}/match-runs", {}), {403}, "a clinician who starts to match"
        )
        started = self._manager.post(f"{self._period_path}/match-runs", {"time_limit_seconds": 30}).expect(201)
        self._path = f"{self._period_path}/match-runs/{started.body['run_id']}"
        again = self._manager.post(f"{self._period_path}/match-runs", {})
        self._tell.refuses(again, {409}, "matching a period that is being matched")
        self._wait_until("it has a proposal", lambda: self._run["proposed_at"] is not None)
        progress = self._run["progress"]
        self._tell.see(
            f"{_count(self._run['requests'], 'request')} in {_count(progress['parts'], 'independent part')}:"
            f" {_count(self._run['proposed'], 'day')} proposed, {self._run['unmatched']} not served; worth"
            f" {progress['objective']}, and no schedule is worth more than {progress['bound']}."
        )
        days = self._list("days")
        self._tell.table(
            ("date", "practice", "team", "why"),
            (
                (
                    weekday(day["on"]),
                    day["practice_name"],
                    "\n".join(f"{each['name']}, {each['role']}, {each['drive_minutes']} min" for each in day["team"]),
                    "\n".join(escape(each["why"]) for each in day["team"]),
                )
                for day in days
            ),
        )
        self._tell.see("Who works how much, against what they offered:")
        self._tell.table(
            ("clinician", "role", "days", "of", "weekend days", "drive", "owed before", "owed after"),
            (
                (
                    each["name"],
                    each["role"],
                    each["days"],
                    each["available_days"],
                    each["weekend_days"],
                    f"{each['drive_minutes']} min",
                    _in_days(each["owed_centidays_before"]),
                    _in_days(each["owed_centidays_after"]),
                )
                for each in self._list("loads")
            ),
        )

    def explain(self) -> Json:
        """Tell why a request is not served; gives it.

        Raises:
            Trouble: Every request is served, or more than one is not.
        """
        found = self._list("unmatched")
        if len(found) != 1:
            raise Trouble("Not one request alone is left without a day.", log=str(found))
        self._tell.see(f"Not served: {found[0]['practice_name']}. Why, and what would fill it:")
        for sentence in found[0]["explanation"]:
            self._tell.see(escape(sentence))
        return found[0]

    def approve(self, first: str) -> dict[str, Json]:
        """Approve one day, then all others; gives the Case Days that are made, by request.

        Args:
            first: The request whose day is approved alone.

        Raises:
            Trouble: A day is not made.
        """
        self._tell.open("The manager approves: one day first, then the others")
        early = self._manager.post(f"{self._path}/decisions", {"approve": "all"}, version=self._run["version"] - 1)
        self._tell.refuses(early, {412}, "a decision on what was read before")
        self._decide({"approve": [first]})
        self._tell.see(f"{self._run['approved']} approved, {self._run['undecided']} undecided.")
        self._wait_until("its day is made", lambda: self._made(1))
        self._decide({"approve": "all"})
        self._wait_until("all of them are asked", lambda: self._run["status"] in {"asking", "done"})
        days = self._list("days")
        if lost := [each["lost_because"] for each in days if each["claim"] != "claimed"]:
            raise Trouble("A proposed day was not made.", log=str(lost))
        self._tell.see(f"The run is {self._run['status']}: {len(days)} Case Days, and everybody is asked.")
        return {
            each["request_id"]: self._manager.get(f"/v1/case-days/{each['case_day_id']}").expect(200).body
            for each in days
        }

    def _made(self, number: int) -> bool:
        return sum(each["claim"] is not None for each in self._list("days")) >= number

    def _decide(self, body: Json) -> None:
        decided = self._manager.post(f"{self._path}/decisions", body, version=self._read(self._path)["version"])
        self._run = decided.expect(200).body

    def _wait_until(self, what: str, is_so: Callable[[], bool]) -> None:
        """Read the run until something is so.

        Raises:
            Trouble: It ended otherwise, or takes too long.
        """
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            self._run = self._read(self._path)
            if is_so():
                return
            if self._run["ended_at"] is not None or time.monotonic() > until:
                raise Trouble(f"The match run does not come so far that {what}.", log=str(self._run))
            time.sleep(_EVERY_SECONDS)

    def _list(self, what: str) -> list[Json]:
        found: list[Json] = self._manager.get(f"{self._path}/{what}", limit=100).expect(200).body[what]
        return found

    def _read(self, path: str) -> Json:
        return self._manager.get(path).expect(200).body


def told_reason(practice: Api, request_id: str, *, statuses: Collection[str]) -> str:
    """What a practice reads of what became of its request.

    Raises:
        Trouble: Something else became of it.
    """
    seen = practice.get(f"/v1/case-day-requests/{request_id}").expect(200).body
    if seen["status"] not in statuses:
        raise Trouble(f"The request is {seen['status']}.", log=str(seen))
    return str(seen["reason"])


def _in_days(centidays: int) -> str:
    return f"{centidays / 100:+.2f}"


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
