"""The second half of the walk: the lab's days, from its work queue to what arrives at the practice.

Three cases that were sent are followed to their delivery: two are planned in a session, one of which is missed; all
are made, shipped and received, and the first is taken off the practice's list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import requests
from icalendar import Calendar
from rich.markup import escape

from local.api import Answer, Api, Json
from local.passing_time import let_session_begin
from local.seed import NORTH_PINE
from local.stack import LocalStack
from local.telling import CaseInHand, Telling
from local.trouble import Trouble

#: From Monday to Friday, one planner, half an hour each.
PLANNING_HOURS: Final = {
    "openings": [{"weekday": weekday, "begins_at": "09:00", "ends_at": "17:00"} for weekday in range(1, 6)],
    "block_minutes": 30,
    "planners": 1,
    "notice_hours": 2,
    "meeting_link": "https://meet.north-pine.example/planning",
}
DOWNLOAD_TIMEOUT_S: Final = 30


class Following:
    """What becomes of cases after they were sent.

    Args:
        stack: A deployed and seeded stack.
        tell: Where it is told.
        practice: Somebody of the practice of the cases.
        lab: An administrator of their lab.
    """

    def __init__(self, stack: LocalStack, tell: Telling, *, practice: Api, lab: Api) -> None:
        self._stack, self._tell, self._practice, self._lab = stack, tell, practice, lab

    def tell(self, guide: CaseInHand, crown: CaseInHand, full_arch: CaseInHand) -> None:
        """Follow the three cases to their delivery.

        Raises:
            Trouble: A step sees something else than it should.
        """
        cases = (guide, crown, full_arch)
        self._the_rx(crown)
        self._the_queue(cases)
        self._work_begins(guide, crown, full_arch)
        self._sessions_are_booked(guide, full_arch)
        self._a_session_is_missed(full_arch)
        self._the_work_is_made(cases)
        self._the_work_is_shipped(guide, crown, full_arch)
        self._the_list_is_cleared(crown)

    # --- The chapters ---------------------------------------------------------------------------------

    def _the_rx(self, crown: CaseInHand) -> None:
        self._tell.open("Each sending has its RX")
        versions = self._practice.get(f"{crown.path}/rx").expect(200).body["versions"]
        signed = self._practice.get(f"{crown.path}/rx/{versions[-1]['number']}").expect(200).body
        printed = requests.get(signed["url"], headers=signed["headers"], timeout=DOWNLOAD_TIMEOUT_S).content
        if not printed.startswith(b"%PDF-"):
            raise Trouble("The RX is no PDF.", log=repr(printed[:100]))
        self._tell.see(f"The crown has {len(versions)}; the last is a PDF of {len(printed):,} bytes.")
        page = self._practice.get(f"{crown.path}/confirmation").expect(200)
        if crown.case_id not in page.text:
            raise Trouble("The page that confirms the sending does not name the case.")
        self._tell.see("The page that confirms the sending is there to be printed and kept with the patient's record.")

    def _the_queue(self, cases: tuple[CaseInHand, ...]) -> None:
        self._tell.open("The lab reads its queue: what waits longest for it comes first")
        rows = self._lab.get("/v1/cases", sort="waiting", limit=100).expect(200).body["cases"]
        since = [row["waits_since"] for row in rows]
        if since != sorted(since) or {row["waits_for"] for row in rows} != {"lab"}:
            raise Trouble("The queue has cases that do not wait for the lab, or in another order.")
        ours = {case.case_id for case in cases}
        self._tell.cases(row for row in rows if row["case_id"] in ours)

    def _work_begins(self, guide: CaseInHand, crown: CaseInHand, full_arch: CaseInHand) -> None:
        self._tell.open("The lab finds everything in order")
        wrong = self._lab.post(f"{crown.path}/transitions", {"to": "ready_to_plan"}, version=self._read(crown))
        self._tell.refuses(wrong, {409}, "planning a crown, which is made without")
        begun = self._move(crown, "manufacturing")
        window = begun["ship_window"]
        self._tell.see(f"The crown is in {begun['shown_as']}: it ships from {window['first']} to {window['last']}.")
        for case in (guide, full_arch):
            waits = self._move(case, "ready_to_plan")
            if (waits["color"], waits["waits_for"], waits["due_on"]) != ("red", "practice", None):
                raise Trouble("A case that is ready to plan does not wait for its practice.", log=str(waits))
        self._tell.see("The guide and the full-arch work are Ready to Plan (red): the practice is to book a session.")

    def _sessions_are_booked(self, guide: CaseInHand, full_arch: CaseInHand) -> None:
        self._tell.open("The practice books planning sessions")
        hours_path = f"/v1/labs/{NORTH_PINE.lab_id}/planning-hours"
        published = self._lab.get(hours_path).expect(200)
        self._lab.put(hours_path, PLANNING_HOURS, version=published.version or 0).expect(200)
        self._tell.see("The lab has published when it plans: from Monday to Friday, one planner, half an hour each.")
        free = self._free_blocks()
        booked = self._book(guide, free[0]["starts_at"]).expect(201)
        self._tell.see(
            f"The guide is planned on {_clock(booked.body['at_practice'])}, which is {_clock(booked.body['at_lab'])} at"
            f" the lab; it is due on {booked.body['due_on']}."
        )
        taken = self._book(full_arch, free[0]["starts_at"])
        next_free = str(taken.body["next_free"])
        self._tell.refuses(taken, {409}, f"a block that is taken; the next that is free begins {next_free}")
        self._book(full_arch, next_free).expect(201)
        self._calendar(guide, booked.body)
        self._tell.see(f"For a Google Calendar: {escape(booked.body['google_calendar_link'][:76])}…")
        later = {"starts_at": free[-1]["starts_at"]}
        moved = self._practice.patch(f"{guide.path}/planning-session", later, version=booked.version)
        self._tell.refuses(moved, {409}, "moving it by oneself; the lab is to be called")

    def _a_session_is_missed(self, full_arch: CaseInHand) -> None:
        self._tell.open("A session is missed, and booked again")
        let_session_begin(self._stack, full_arch.case_id)
        session = self._lab.get(f"{full_arch.path}/planning-session").expect(200)
        outcome = f"{full_arch.path}/planning-session/outcome"
        missed = self._lab.post(outcome, {"outcome": "missed"}, version=session.version).expect(200).body
        self._tell.see(f"An hour after its start nobody had come: {missed['shown_as']} ({missed['color']}).")
        again = self._book(full_arch, self._free_blocks()[0]["starts_at"]).expect(201).body
        self._tell.see(f"The practice books another: {_clock(again['at_practice'])}. It is {again['shown_as']} again.")

    def _the_work_is_made(self, cases: tuple[CaseInHand, ...]) -> None:
        self._tell.open("The work is made")
        guide, _, full_arch = cases
        for case in (guide, full_arch):
            self._move(case, "manufacturing")
        locked = self._practice.patch(guide.path, {"description": "Wider."}, version=self._read(guide, self._practice))
        self._tell.refuses(locked, {409}, "a change of what is being made")
        held = self._move(full_arch, "on_hold", reason="The milling machine waits for a part.")
        self._tell.see(
            f"The full-arch work is {held['shown_as']}, without a due date: the milling machine stands still."
        )
        back = self._move(full_arch, "manufacturing")
        self._tell.see(f"It goes on where it was, due on {back['due_on']}.")
        for case in cases:
            finished = self._move(case, "finished")
        self._tell.see(f"All three are finished, and ship on {finished['ship_window']['first']}.")

    def _the_work_is_shipped(self, guide: CaseInHand, crown: CaseInHand, full_arch: CaseInHand) -> None:
        self._tell.open("The work is shipped, and arrives")
        bare = self._lab.post(f"{crown.path}/transitions", {"to": "shipped"}, version=self._read(crown))
        self._tell.refuses(bare, {422}, "shipping without a parcel")
        parcels = (
            (guide, {"carrier": "ups", "tracking_number": "1Z999AA10123456784"}),
            (crown, {"carrier": "courier"}),
            (full_arch, {"carrier": "fedex", "tracking_number": "123456789012", "contains": "The bridge."}),
            (full_arch, {"carrier": "fedex", "tracking_number": "123456789013", "contains": "The models."}),
        )
        for case, parcel in parcels:
            added = self._lab.post(f"{case.path}/shipments", parcel).expect(201).body
            if added["link"]:
                self._tell.see(f"{case.case_id}, parcel {added['number']}: {escape(added['link'])}")
        for case in (guide, crown, full_arch):
            self._move(case, "shipped")
        self._move(guide, "delivered")
        self._receive(crown, 1, "delivered")
        self._receive(full_arch, 1, "shipped")
        self._receive(full_arch, 2, "delivered")
        self._tell.see(
            "The lab says that the guide is there; the practice has the crown and, after its second parcel, the bridge:"
            " all three are Delivered."
        )
        self._tell.see("What happened to the full-arch work, the newest first:")
        self._tell.history(self._practice.get(f"{full_arch.path}/activity", limit=50).expect(200).body["activity"])

    def _the_list_is_cleared(self, crown: CaseInHand) -> None:
        self._tell.open("The practice clears its list")
        self._practice.put(f"{crown.path}/archive", None, version=None).expect(200, 204)
        listed, archived = (
            {row["case_id"] for row in self._practice.get("/v1/cases", limit=100, **query).expect(200).body["cases"]}
            for query in ({}, {"archived": "only"})
        )
        if crown.case_id in listed or crown.case_id not in archived:
            raise Trouble("An archived case is not where it should be.")
        self._tell.see("The crown is archived: gone from the list, and found among the archived ones.")

    # --- What the chapters are made of ------------------------------------------------------------------

    def _read(self, case: CaseInHand, api: Api | None = None) -> int:
        self._tell.read(api or self._lab, case)
        return case.version

    def _move(self, case: CaseInHand, to: str, **said: str) -> Json:
        version = self._read(case)
        return self._lab.post(f"{case.path}/transitions", {"to": to, **said}, version=version).expect(200).body

    def _free_blocks(self) -> list[Json]:
        blocks: list[Json] = (
            self._practice.get(f"/v1/labs/{NORTH_PINE.lab_id}/planning-blocks").expect(200).body["blocks"]
        )
        if not blocks:
            raise Trouble("The lab has no free block within two weeks.")
        return blocks

    def _book(self, case: CaseInHand, starts_at: str) -> Answer:
        return self._practice.post(f"{case.path}/planning-session", {"starts_at": starts_at})

    def _calendar(self, case: CaseInHand, booked: Json) -> None:
        """Read the session as a calendar does.

        Raises:
            Trouble: It says another time than the booking.
        """
        answer = self._practice.get(f"{case.path}/planning-session.ics").expect(200)
        [event] = Calendar.from_ical(answer.text).walk("VEVENT")
        begins: Any = event.decoded("dtstart")
        if begins != datetime.fromisoformat(booked["starts_at"]):
            raise Trouble(f"The calendar says {begins} instead of {booked['starts_at']}.")
        summary = escape(str(event["summary"]))
        self._tell.see(f"Its .ics, read back by a calendar library: “{summary}”, {begins:%Y-%m-%d %H:%M} UTC.")

    def _receive(self, case: CaseInHand, number: int, status: str) -> None:
        self._practice.post(f"{case.path}/shipments/{number}/received", {}).expect(200)
        if (found := self._tell.read(self._practice, case)["status"]) != status:
            raise Trouble(f"After parcel {number} the case is {found} instead of {status}.")


def _clock(local: Json) -> str:
    """A moment as clocks of one side show it."""
    return f"{datetime.fromisoformat(local['starts_at']):%a %Y-%m-%d %H:%M} ({local['time_zone']})"
