"""The walk: one case from draft to received, told aloud, on the deployed stack.

Each step asserts what it sees and stops with a sentence when it sees something else.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from local.api import Answer, Api, Json, send, with_other_claims
from local.scans import Scan, scans_for_walk
from local.seed import CEDAR, DR_OKAFOR, HANNA, IRIS, LEO, MAPLE, NORTH_PINE, Person, sign_in
from local.stack import LocalStack
from local.terminal import console, step
from local.trouble import Trouble

INSPECTION_TIMEOUT_S: Final = 120
SUBMISSION_TIMEOUT_S: Final = 120
POLL_S: Final = 0.3
PATIENT: Final = "Marta Quill"
COLORS: Final = {"BLOCK": "red", "WARN": "yellow", "PASS": "green"}
PENDING: Final = frozenset({"announced", "inspected"})
ITEM: Final = {
    "teeth": ["14"],
    "notation": "fdi",
    "selections": {
        "implant_maker": "Straumann",
        "implant_system": "BLX",
        "implant_platform": "RB",
        "implant_size": "4.0 x 10 mm",
        "guide_kind": "tooth",
        "sleeve_system": "Straumann guided",
        "drill_kit": "BLX guided",
    },
}


class Walk:
    """One case, walked through the deployed API.

    Args:
        stack: A deployed and seeded stack.
        scans: Folder with real scans of both arches; without one they are generated.
    """

    def __init__(self, stack: LocalStack, *, scans: Path | None = None) -> None:
        self._stack = stack
        self._scans_folder = scans
        self._chapter = 0
        self._case_id = ""
        self._version = 0

    def tell(self) -> None:
        """Walk the whole way.

        Raises:
            Trouble: A step sees something else than it should.
        """
        with step("Generating scans" if self._scans_folder is None else "Reading scans"):
            scans = scans_for_walk(self._scans_folder, patient=PATIENT)
        iris = self._iris_signs_in()
        self._iris_starts_a_case(iris)
        self._what_must_be_refused(iris, scans[0])
        self._iris_fills_in_what_the_lab_needs(iris)
        required = [scan for scan in scans if scan.kind in {"upper_scan", "cbct"}]
        self._scans_arrive(iris, "The required scans arrive", required, outcome="WARN")
        self._scans_arrive(
            iris,
            "The scans that the lab expects arrive",
            [s for s in scans if s not in required],
            outcome="WARN",
        )
        self._the_last_warnings_go(iris)
        self._iris_submits(iris)
        self._the_lab_sees_it()

    # --- The chapters ---------------------------------------------------------------------------------

    def _iris_signs_in(self) -> Api:
        self._open(f"{IRIS.name} of {MAPLE.name} signs in")
        api = self._api(IRIS)
        me = api.get("/v1/me").expect(200).body
        self._see(f"The API knows the caller: {', '.join(me['roles'])} of {me['organization']['name']}.")
        labs = api.get("/v1/labs").expect(200).body["labs"]
        self._see("Its labs: " + ", ".join(f"{lab['name']} ({lab['connection']})" for lab in labs) + ".")
        dentists = api.get("/v1/dentists").expect(200).body["dentists"]
        self._see("Its dentists: " + ", ".join(dentist["name"] for dentist in dentists) + ".")
        return api

    def _iris_starts_a_case(self, iris: Api) -> None:
        self._open("A case starts with its context: lab, dentist, case type")
        context = {
            "lab_id": NORTH_PINE.lab_id,
            "dentist_id": DR_OKAFOR.dentist_id,
            "case_type": "surgical_guide",
            "patient": {"name": PATIENT, "reference": "P-1047"},
        }
        refused = iris.post("/v1/cases", context | {"lab_id": CEDAR.lab_id})
        self._refuses(refused, {404, 409, 422}, "a lab that is not connected")
        key = str(uuid.uuid4())
        created = iris.post("/v1/cases", context, key=key).expect(201)
        self._case_id = str(created.body["case_id"])
        self._version = created.version or 0
        again = iris.post("/v1/cases", context, key=key).expect(201)
        if again.body["case_id"] != self._case_id:
            raise Trouble("The same idempotency key made a second case.")
        self._see(f"Case [bold]{self._case_id}[/bold] is a draft; the same request again gave the same case.")
        self._shows(created.body["precheck"], "BLOCK")

    def _what_must_be_refused(self, iris: Api, scan: Scan) -> None:
        self._open("What must be refused, is")
        path = f"/v1/cases/{self._case_id}"
        self._refuses(Api(iris.url).get(path), {401}, "a caller without a token")
        forged = with_other_claims(sign_in(self._stack, IRIS), organization_id=HANNA.organization_id)
        self._refuses(Api(iris.url, forged).get(path), {401}, "a token whose organization was changed")
        self._refuses(self._api(HANNA).get(path), {404}, f"a person of another practice, {HANNA.name}")
        self._refuses(self._api(LEO).get(path), {404}, "the lab, before the case was sent")
        submitted = iris.post(f"{path}/submit", {"acknowledged": []}, version=self._version)
        self._refuses(submitted, {409, 422}, "a submission with blockers")
        first = iris.patch(path, {"description": "Guide for one implant."}, version=self._version).expect(200)
        stale = iris.patch(path, {"description": "Written over."}, version=self._version)
        self._refuses(stale, {412}, "a change of a version that is no longer the newest")
        self._version = first.version or 0
        announced = iris.announce(self._case_id, kind=scan.kind, name=scan.name, content=scan.content).expect(201).body
        status, _ = send(announced["upload"], bytes(reversed(scan.content)))
        if status < 400:  # noqa: PLR2004 - HTTP
            raise Trouble(f"The storage took other bytes than were announced, with {status}.")
        self._see(f"Refused with {status}: an upload of other bytes than were announced; storage checks SHA-256.")
        iris.delete(f"{path}/files/{announced['file']['file_id']}").expect(200, 204)

    def _iris_fills_in_what_the_lab_needs(self, iris: Api) -> None:
        self._open("The packet is filled in, and PreCheck follows")
        changed = self._change(
            iris,
            {
                "description": "Surgical guide for one implant at 14, guided through a sleeve.",
                "items": [ITEM],
                "is_authorized": True,
            },
        )
        self._shows(changed["precheck"], "BLOCK")

    def _scans_arrive(self, iris: Api, title: str, scans: Sequence[Scan], *, outcome: str) -> None:
        self._open(title)
        wanted = [self._upload(iris, scan) for scan in scans]
        with step("Inspecting what arrived") as report:
            files = self._wait_for_inspection(iris, wanted, report)
        self._shows_files(file for file in files if file["file_id"] in wanted)
        quarantined = [file for file in files if file["file_id"] in wanted and file["state"] != "clean"]
        if quarantined:
            raise Trouble(f"{quarantined[0]['name']} was not kept.", log=str(quarantined[0]))
        self._shows(iris.get(f"/v1/cases/{self._case_id}/precheck").expect(200).body, outcome)

    def _the_last_warnings_go(self, iris: Api) -> None:
        self._open("The last warnings go")
        changed = self._change(
            iris,
            {"wanted_on": _a_month_from_now().isoformat(), "contact": f"{IRIS.name}, {MAPLE.phone}"},
        )
        self._shows(changed["precheck"], "PASS")

    def _iris_submits(self, iris: Api) -> None:
        self._open("The case is submitted")
        path = f"/v1/cases/{self._case_id}"
        self._version = iris.get(path).expect(200).version or 0
        sent = iris.post(f"{path}/submit", {"acknowledged": []}, version=self._version).expect(202).body
        self._see(f"It is {sent['status']} ({sent['color']}): a workflow moves the files to the lab.")
        with step("Moving the packet to the lab") as report:
            deadline = time.monotonic() + SUBMISSION_TIMEOUT_S
            while (case := iris.get(path).expect(200).body)["status"] == "processing":
                report(str(case["status"]))
                if time.monotonic() > deadline:
                    raise Trouble(f"The case is still processing after {SUBMISSION_TIMEOUT_S} s.", do=self._where())
                time.sleep(POLL_S)
        if case["status"] != "received":
            raise Trouble(f"The case is {case['status']} instead of received.", log=str(case))
        self._see("It is received. Its due date will count from the planning session.")

    def _the_lab_sees_it(self) -> None:
        self._open(f"{LEO.name} of {NORTH_PINE.name} signs in")
        leo = self._api(LEO)
        page = leo.get("/v1/cases", limit=10).expect(200).body
        looked_at = len(page["cases"])
        while self._case_id not in {case["case_id"] for case in page["cases"]}:
            if page["next"] is None:
                raise Trouble(f"The lab's list of {looked_at} cases does not have the case.")
            page = leo.get("/v1/cases", limit=10, cursor=page["next"]).expect(200).body
            looked_at += len(page["cases"])
        self._see(f"The lab's list has {self._case_id} among the {looked_at} looked at.")
        case = leo.get(f"/v1/cases/{self._case_id}").expect(200).body
        self._see(f"The case is {case['status']}, for {case['packet']['patient']['name']}.")
        history = leo.get(f"/v1/cases/{self._case_id}/activity", limit=50).expect(200).body["activity"]
        shown = Table(box=None, padding=(0, 2))
        for title in ("when", "who", "what", "about"):
            shown.add_column(title)
        for entry in history:
            shown.add_row(
                entry["at"][11:19],
                entry["by"],
                entry["deed"],
                escape(", ".join(f"{name} {value}" for name, value in entry["details"].items())),
            )
        console.print(shown)

    # --- What the chapters are made of ------------------------------------------------------------------

    def _api(self, person: Person) -> Api:
        return Api(self._stack.api_url_by_path, sign_in(self._stack, person))

    def _open(self, title: str) -> None:
        self._chapter += 1
        console.print()
        console.print(f"[bold]{self._chapter}. {escape(title)}[/bold]")

    def _see(self, sentence: str) -> None:
        console.print(f"[green]  ✓[/green] {sentence}")

    def _refuses(self, answer: Answer, statuses: set[int], what: str) -> None:
        answer.expect(*statuses)
        self._see(f"Refused with {answer.status} {escape(answer.code)}: {escape(what)}.")

    def _change(self, api: Api, changes: Json) -> Json:
        changed = api.patch(f"/v1/cases/{self._case_id}", changes, version=self._version).expect(200)
        self._version = changed.version or 0
        return changed.body

    def _upload(self, api: Api, scan: Scan) -> str:
        with Progress(
            TextColumn("    {task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=console,
        ) as progress:
            bar = progress.add_task(f"{scan.kind}: {scan.name}", total=len(scan.content))
            return api.upload(
                self._case_id,
                kind=scan.kind,
                name=scan.name,
                content=scan.content,
                sent=lambda count: progress.advance(bar, count),
            )

    def _wait_for_inspection(self, api: Api, wanted: Sequence[str], report: object) -> list[Json]:
        deadline = time.monotonic() + INSPECTION_TIMEOUT_S
        while True:
            files: list[Json] = api.get(f"/v1/cases/{self._case_id}/files").expect(200).body["files"]
            waiting = [file["name"] for file in files if file["file_id"] in wanted and file["state"] in PENDING]
            if not waiting:
                return files
            if callable(report):
                report(f"waiting for {', '.join(waiting)}")
            if time.monotonic() > deadline:
                raise Trouble(f"{waiting[0]} is not inspected after {INSPECTION_TIMEOUT_S} s.", do=self._where())
            time.sleep(POLL_S)

    def _shows(self, precheck: Json, outcome: str) -> None:
        color = COLORS.get(precheck["outcome"].upper(), "white")
        console.print(f"    PreCheck: [{color}]{precheck['outcome'].upper()}[/{color}]")
        table = Table(box=None, padding=(0, 2), show_header=False)
        for finding in precheck["findings"]:
            tone = COLORS.get(finding["outcome"].upper(), "white")
            table.add_row(f"[{tone}]{finding['outcome'].upper()}[/{tone}]", finding["rule_id"], escape(finding["says"]))
        console.print(table)
        if precheck["next_step"]:
            console.print(f"    Next: {escape(precheck['next_step'])}")
        if precheck["outcome"].upper() != outcome:
            raise Trouble(f"PreCheck says {precheck['outcome']} here instead of {outcome}.")

    def _shows_files(self, files: Iterable[Json]) -> None:
        table = Table(box=None, padding=(0, 2), show_header=False)
        for file in files:
            reason = f" {file['quarantine_reason']}" if file.get("quarantine_reason") else ""
            table.add_row(file["kind"], file["state"], escape(_measures(file) + reason))
        console.print(table)

    def _where(self) -> str:
        return f"The functions' words are in {self._stack.emulator.log}."


def _measures(file: Json) -> str:
    """What the inspection of a file found, in a line."""
    inspection = file["inspection"]
    if inspection is None:
        return ""
    said = [str(inspection["format"])]
    if mesh := inspection["mesh"]:
        tight = "watertight" if mesh["is_watertight"] else f"{mesh['open_edges']:,} open edges"
        said += [f"{mesh['triangles']:,} triangles", tight, f"{mesh['width_um'] / 1000:.1f} mm wide"]
    if series := inspection["series"]:
        said += [
            f"{series['slices']} slices",
            f"voxel {series['voxel_um'] / 1000:.2f} mm",
            str(series["modality"]),
        ]
    if image := inspection["image"]:
        said += [f"{image['width_px']} x {image['height_px']} px"]
    said += [f"read {inspection['bytes_read']:,} of {file['size_bytes']:,} bytes"]
    return ", ".join(said)


def _a_month_from_now() -> date:
    """A weekday that leaves the lab more than its turnaround."""
    day = datetime.now(UTC).date() + timedelta(days=30)
    return day - timedelta(days=max(0, day.weekday() - 4))
