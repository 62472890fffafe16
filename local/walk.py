"""The walk: a practice's day and a care team's two weeks on the deployed stack, told aloud.

Three cases are prepared and sent; one of them comes back, is fixed and sent again; then they are followed to their
delivery (``following.py``). A care team plans Case Days, and goes to one (``case_days_walk.py``). At last it is read
what everybody heard of all that (``hearing.py``). Each step asserts what it sees and stops with a sentence when it sees
something else.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from local.api import Api, Json, send, with_other_claims
from local.case_days_walk import CaseDaysWalk
from local.following import Following
from local.hearing import Hearing
from local.scans import Scan, better_prepared_scan, crown_scans, full_arch_scans, scans_for_walk
from local.seed import CEDAR, DR_OKAFOR, HANNA, IRIS, LEO, MAPLE, NORTH_PINE, Person, sign_in
from local.stack import LocalStack
from local.telling import CaseInHand, Telling
from local.terminal import step
from local.trouble import Trouble

PATIENT: Final = "Marta Quill"
PATIENTS: Final = (PATIENT, "Jonas Feld", "Ida Brandt")
IMPLANT: Final = {
    "implant_maker": "Straumann",
    "implant_system": "BLX",
    "implant_platform": "RB",
    "implant_size": "4.0 x 10",
}
#: A crown on the upper right first premolar.
CROWN: Final = {
    "teeth": ["14"],
    "notation": "fdi",
    "selections": {
        "material": "zirconia",
        "shade": "A2",
        "shade_guide": "vita_classical",
        "margin": "chamfer",
        "occlusion": "light",
        "contacts": "normal",
    },
}
#: The site of one implant, for a guide.
ITEM: Final = {
    "teeth": ["14"],
    "notation": "fdi",
    "selections": IMPLANT | {"guide_kind": "tooth", "sleeve_system": "Straumann guided", "drill_kit": "BLX guided"},
}
#: Final work on four implants in the upper arch.
FULL_ARCH: Final = {
    "arch": "upper",
    "teeth": ["16", "14", "24", "26"],
    "notation": "fdi",
    "selections": IMPLANT
    | {
        "implant_count": "4",
        "material": "zirconia",
        "stage": "final",
        "tooth_mold": "ovoid",
        "shade": "A2",
        "shade_guide": "vita_classical",
        "vertical_dimension": "keep the temporary's",
    },
}


class Walk:
    """A practice's day and a care team's two weeks, walked through the deployed API.

    Args:
        stack: A deployed and seeded stack.
        scans: Folder with real scans of both arches; without one they are generated.
    """

    def __init__(self, stack: LocalStack, *, scans: Path | None = None) -> None:
        self._stack = stack
        self._scans_folder = scans
        self._tell = Telling(log=stack.emulator.log)

    def tell(self) -> None:
        """Walk all of it.

        Raises:
            Trouble: A step sees something else than it should.
        """
        with step("Generating scans" if self._scans_folder is None else "Reading scans"):
            guide_scans = scans_for_walk(self._scans_folder, patient=PATIENT)
        iris = self._iris_signs_in()
        guide = self._a_guide_starts(iris)
        self._what_must_be_refused(iris, guide, guide_scans[0])
        self._a_guide_is_prepared_and_sent(iris, guide, guide_scans)
        crown = self._a_crown_is_sent_with_a_warning(iris)
        full_arch = self._full_arch_work_is_sent(iris)
        leo = self._the_lab_looks_through(guide, crown, full_arch)
        self._the_lab_gives_the_crown_back(leo, crown)
        self._the_crown_is_fixed_and_sent_again(iris, crown)
        self._the_day_ends(iris, leo, crown)
        Following(self._stack, self._tell, practice=iris, lab=leo).tell(guide, crown, full_arch)
        CaseDaysWalk(self._stack, self._tell).tell()
        Hearing(self._stack, self._tell, patients=PATIENTS).tell()

    # --- The chapters ---------------------------------------------------------------------------------

    def _iris_signs_in(self) -> Api:
        self._tell.open(f"{IRIS.name} of {MAPLE.name} signs in")
        api = self._api(IRIS)
        me = api.get("/v1/me").expect(200).body
        self._tell.see(f"The API knows the caller: {', '.join(me['roles'])} of {me['organization']['name']}.")
        labs = api.get("/v1/labs").expect(200).body["labs"]
        self._tell.see(
            "All labs: " + ", ".join(f"{lab['name']} ({lab['connection'] or 'not connected'})" for lab in labs) + "."
        )
        dentists = api.get("/v1/dentists").expect(200).body["dentists"]
        self._tell.see("Its dentists: " + ", ".join(dentist["name"] for dentist in dentists) + ".")
        return api

    def _a_guide_starts(self, iris: Api) -> CaseInHand:
        self._tell.open("A surgical guide starts with its context: lab, dentist, case type")
        context = _context("surgical_guide", PATIENT)
        refused = iris.post("/v1/cases", context | {"lab_id": CEDAR.lab_id})
        self._tell.refuses(refused, {404, 409, 422}, "a lab that is not connected")
        key = str(uuid.uuid4())
        created = iris.post("/v1/cases", context, key=key).expect(201)
        case = CaseInHand(str(created.body["case_id"]), created.version or 0)
        again = iris.post("/v1/cases", context, key=key).expect(201)
        if again.body["case_id"] != case.case_id:
            raise Trouble("The same idempotency key made a second case.")
        self._tell.see(f"Case [bold]{case.case_id}[/bold] is a draft; the same request again gave the same case.")
        self._tell.precheck(created.body["precheck"], "BLOCK")
        return case

    def _what_must_be_refused(self, iris: Api, case: CaseInHand, scan: Scan) -> None:
        self._tell.open("What must be refused, is")
        self._tell.refuses(Api(iris.url).get(case.path), {401}, "a caller without a token")
        forged = with_other_claims(sign_in(self._stack, IRIS), organization_id=HANNA.organization_id)
        self._tell.refuses(Api(iris.url, forged).get(case.path), {401}, "a token whose organization was changed")
        self._tell.refuses(self._api(HANNA).get(case.path), {404}, f"a person of another practice, {HANNA.name}")
        self._tell.refuses(self._api(LEO).get(case.path), {404}, "the lab, before the case was sent")
        submitted = iris.post(f"{case.path}/submit", {"acknowledged": []}, version=case.version)
        self._tell.refuses(submitted, {409, 422}, "a submission with blockers")
        first = iris.patch(case.path, {"description": "Guide for one implant."}, version=case.version).expect(200)
        stale = iris.patch(case.path, {"description": "Written over."}, version=case.version)
        self._tell.refuses(stale, {412}, "a change of a version that is no longer the newest")
        case.version = first.version or 0
        announced = iris.announce(case.case_id, kind=scan.kind, name=scan.name, content=scan.content).expect(201).body
        status, _ = send(announced["upload"], bytes(reversed(scan.content)))
        if status < 400:  # noqa: PLR2004 - HTTP
            raise Trouble(f"The storage took other bytes than were announced, with {status}.")
        self._tell.see(f"Refused with {status}: an upload of other bytes than were announced; storage checks SHA-256.")
        iris.delete(f"{case.path}/files/{announced['file']['file_id']}").expect(200, 204)

    def _a_guide_is_prepared_and_sent(self, iris: Api, case: CaseInHand, scans: Sequence[Scan]) -> None:
        self._tell.open("The packet is filled in, and PreCheck follows")
        changed = self._tell.change(
            iris,
            case,
            {
                "description": "Surgical guide for one implant, guided through a sleeve.",
                "items": [ITEM],
                "is_authorized": True,
            },
        )
        self._tell.precheck(changed["precheck"], "BLOCK")
        self._tell.open("The required scans arrive")
        self._tell.upload(iris, case, [scan for scan in scans if scan.kind in {"upper_scan", "cbct"}])
        self._checks(iris, case, "WARN")
        self._tell.open("The scans that the lab expects arrive, and the last warnings go")
        self._tell.upload(iris, case, [scan for scan in scans if scan.kind not in {"upper_scan", "cbct"}])
        changed = self._tell.change(iris, case, _wanted())
        self._tell.precheck(changed["precheck"], "PASS")
        self._tell.open("The guide is submitted")
        self._tell.submit(iris, case)
        self._tell.see("It is received. Its due date will count from the planning session.")

    def _a_crown_is_sent_with_a_warning(self, iris: Api) -> CaseInHand:
        self._tell.open("A single crown is sent, with a warning that the practice has seen")
        case = self._starts(iris, "crown", PATIENTS[1])
        self._tell.change(
            iris,
            case,
            {
                "description": "Zirconia crown, please keep the anatomy of the neighbors.",
                "items": [CROWN],
                "is_authorized": True,
                **_wanted(),
            },
        )
        self._tell.upload(iris, case, crown_scans()[:3])
        warned = self._checks(iris, case, "WARN")
        silent = iris.post(f"{case.path}/submit", {"acknowledged": []}, version=self._version(iris, case))
        self._tell.refuses(silent, {409}, "a submission that does not acknowledge the warning")
        rules = sorted({finding["rule_id"] for finding in warned["findings"]})
        sent = self._tell.submit(iris, case, acknowledged=rules)
        self._tell.see(f"It is received with {', '.join(rules)} acknowledged, and is due on {sent['due_on']}.")
        return case

    def _full_arch_work_is_sent(self, iris: Api) -> CaseInHand:
        self._tell.open("Full-arch work on implants is sent")
        case = self._starts(iris, "full_arch_implant", PATIENTS[2])
        iris.post(f"{case.path}/notes", {"text": "The patient leaves town in six weeks."}).expect(201)
        self._tell.change(
            iris,
            case,
            {
                "description": "Final zirconia bridge on four implants, upper arch.",
                "items": [FULL_ARCH],
                "is_authorized": True,
                **_wanted(),
            },
        )
        self._tell.upload(iris, case, full_arch_scans())
        self._checks(iris, case, "PASS")
        self._tell.submit(iris, case)
        self._tell.see("It is received, with a note of the practice.")
        return case

    def _the_lab_looks_through(self, *cases: CaseInHand) -> Api:
        self._tell.open(f"{LEO.name} of {NORTH_PINE.name} signs in")
        leo = self._api(LEO)
        wanted = {case.case_id for case in cases}
        found: dict[str, Json] = {}
        cursor: dict[str, str] = {}
        while not wanted <= found.keys():
            page = leo.get("/v1/cases", limit=25, **cursor).expect(200).body
            found |= {row["case_id"]: row for row in page["cases"]}
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        if missing := wanted - found.keys():
            raise Trouble(f"The lab's list of {len(found)} cases does not have {', '.join(sorted(missing))}.")
        self._tell.see("The lab's list has the three cases, and no draft:")
        self._tell.cases(found[case.case_id] for case in cases)
        return leo

    def _the_lab_gives_the_crown_back(self, leo: Api, crown: CaseInHand) -> None:
        self._tell.open("The lab gives the crown back, with reasons")
        case = self._tell.read(leo, crown)
        self._tell.see(f"The case is {case['status']}, for {case['packet']['patient']['name']}.")
        files = leo.get(f"{crown.path}/files").expect(200).body["files"]
        [prepared] = [file for file in files if file["kind"] == "upper_scan"]
        reasons = [
            {
                "code": "prep_noise",
                "says": "The margin on the mesial side is lost in noise.",
                "file_id": prepared["file_id"],
            },
            {"code": "rx_incomplete", "says": "Please say whether the occlusion should stay light."},
        ]
        body = {"to": "returned", "reasons": reasons}
        returned = leo.post(f"{crown.path}/transitions", body, version=crown.version).expect(200).body
        self._tell.see(f"It is {returned['status']} ({returned['color']}), and waits for the {returned['waits_for']}.")
        twice = leo.post(f"{crown.path}/transitions", body, version=crown.version + 1)
        self._tell.refuses(twice, {409}, "giving it back once more")

    def _the_crown_is_fixed_and_sent_again(self, iris: Api, crown: CaseInHand) -> None:
        self._tell.open("The practice fixes the same case, and sends it again")
        rows = iris.get("/v1/cases", limit=100).expect(200).body["cases"]
        red = [row["case_id"] for row in rows if row["color"] == "red"]
        if crown.case_id not in red or red != [row["case_id"] for row in rows[: len(red)]]:
            raise Trouble("The returned case does not stand with the red ones at the top of the practice's list.")
        self._tell.see(f"It stands at the top of the practice's list, as number {red.index(crown.case_id) + 1}.")
        case = self._tell.read(iris, crown)
        self._tell.precheck(case["precheck"], "BLOCK")
        by_file, by_word = case["last_return"]["reasons"]
        self._tell.upload(iris, crown, [better_prepared_scan()], replaces=by_file["file_id"])
        self._tell.see("The scan was replaced; the first one stays in the history of the case.")
        self._tell.read(iris, crown)
        answered = iris.post(
            f"{crown.path}/return-reasons/{by_word['reason_id']}/answer",
            {"says": "Yes, light."},
            version=crown.version,
        ).expect(200)
        crown.version = answered.version or 0
        warned = self._checks(iris, crown, "WARN")
        sent = self._tell.submit(
            iris, crown, acknowledged=sorted({finding["rule_id"] for finding in warned["findings"]})
        )
        self._tell.see(
            f"It is received again: sending {sent['submission']['number']} of the same case, due on {sent['due_on']}."
        )

    def _the_day_ends(self, iris: Api, leo: Api, crown: CaseInHand) -> None:
        self._tell.open("The day ends")
        self._tell.see("The practice's list, what needs attention first:")
        self._tell.cases(iris.get("/v1/cases", limit=10).expect(200).body["cases"])
        [back] = leo.get(f"{crown.path}/returns").expect(200).body["returns"]
        answers = [reason["answer"] for reason in back["reasons"] if reason["answer"]]
        self._tell.see(f"The lab reads the answer: {' '.join(answers)}")
        self._tell.see("What happened to the crown, the newest first:")
        self._tell.history(leo.get(f"{crown.path}/activity", limit=50).expect(200).body["activity"])

    # --- What the chapters are made of ------------------------------------------------------------------

    def _api(self, person: Person) -> Api:
        return Api(self._stack.api_url_by_path, sign_in(self._stack, person))

    def _starts(self, iris: Api, case_type: str, patient: str) -> CaseInHand:
        created = iris.post("/v1/cases", _context(case_type, patient)).expect(201)
        case = CaseInHand(str(created.body["case_id"]), created.version or 0)
        self._tell.see(f"Case [bold]{case.case_id}[/bold] is a draft.")
        return case

    def _checks(self, api: Api, case: CaseInHand, outcome: str) -> Json:
        precheck = api.get(f"{case.path}/precheck").expect(200).body
        self._tell.precheck(precheck, outcome)
        return precheck

    def _version(self, api: Api, case: CaseInHand) -> int:
        self._tell.read(api, case)
        return case.version


def _context(case_type: str, patient: str) -> Json:
    return {
        "lab_id": NORTH_PINE.lab_id,
        "dentist_id": DR_OKAFOR.dentist_id,
        "case_type": case_type,
        # A number of its own: the same patient's second case for the same tooth would be a duplicate.
        "patient": {"name": patient, "reference": f"P-{uuid.uuid4().hex[:6]}"},
    }


def _wanted() -> Json:
    """A wanted date, and whom to call."""
    return {"wanted_on": _a_month_from_now().isoformat(), "contact": f"{IRIS.name}, {MAPLE.phone}"}


def _a_month_from_now() -> date:
    """A weekday that leaves the lab more than its turnaround."""
    day = datetime.now(UTC).date() + timedelta(days=30)
    return day - timedelta(days=max(0, day.weekday() - 4))
