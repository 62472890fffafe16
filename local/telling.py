"""What every chapter of the walk is made of: doing something with a case, and telling what is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from local.api import Answer, Api, Json
from local.scans import Scan
from local.terminal import console, step
from local.trouble import Trouble

INSPECTION_TIMEOUT_S: Final = 120
SUBMISSION_TIMEOUT_S: Final = 120
POLL_S: Final = 0.3
COLORS: Final = {"BLOCK": "red", "WARN": "yellow", "PASS": "green"}
PENDING: Final = frozenset({"announced", "inspected"})


@dataclass(slots=True)
class CaseInHand:
    """A case as its practice has it open: with the version that it read last."""

    case_id: str
    version: int

    @property
    def path(self) -> str:
        """Its resource."""
        return f"/v1/cases/{self.case_id}"


class Telling:
    """Tells what is done and seen, chapter by chapter.

    Args:
        log: Where the functions' words are, for who looks into trouble.
    """

    def __init__(self, *, log: Path) -> None:
        self._log = log
        self._chapter = 0

    def open(self, title: str) -> None:
        """Begin a chapter."""
        self._chapter += 1
        console.print()
        console.print(f"[bold]{self._chapter}. {escape(title)}[/bold]")

    def see(self, sentence: str) -> None:
        """Tell something that turned out as it should."""
        console.print(f"[green]  ✓[/green] {sentence}")

    def refuses(self, answer: Answer, statuses: set[int], what: str) -> None:
        """Tell that something was refused, as it must be.

        Raises:
            Trouble: It was not.
        """
        answer.expect(*statuses)
        self.see(f"Refused with {answer.status} {escape(answer.code)}: {escape(what.removesuffix('.'))}.")

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Show rows under their titles."""
        table = Table(box=None, padding=(0, 2))
        for title in titles:
            table.add_column(title)
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        console.print(table)

    # --- A case ----------------------------------------------------------------------------------------

    def change(self, api: Api, case: CaseInHand, changes: Json) -> Json:
        """Change a packet as somebody who read the newest version."""
        changed = api.patch(case.path, changes, version=case.version).expect(200)
        case.version = changed.version or 0
        return changed.body

    def read(self, api: Api, case: CaseInHand) -> Json:
        """Read a case, and remember its version."""
        found = api.get(case.path).expect(200)
        case.version = found.version or 0
        return found.body

    def upload(self, api: Api, case: CaseInHand, scans: Sequence[Scan], *, replaces: str | None = None) -> list[Json]:
        """Send files, wait for their inspection, and tell what was found; gives them as the API shows them.

        Raises:
            Trouble: One was not kept, or not inspected in time.
        """
        wanted = [self._send(api, case, scan, replaces) for scan in scans]
        with step("Inspecting what arrived") as report:
            files = self._inspected(api, case, wanted, report)
        self._show_files(files)
        for file in files:
            if file["state"] != "clean":
                raise Trouble(f"{file['name']} was not kept.", log=str(file))
        return files

    def submit(self, api: Api, case: CaseInHand, *, acknowledged: Sequence[str] = ()) -> Json:
        """Send a case, wait until its lab has it, and tell so.

        Raises:
            Trouble: It is refused, or does not arrive.
        """
        self.read(api, case)
        body = {"acknowledged": list(acknowledged)}
        sent = api.post(f"{case.path}/submit", body, version=case.version).expect(202).body
        self.see(f"It is {sent['status']} ({sent['color']}): a workflow moves the files to the lab.")
        with step("Moving the packet to the lab") as report:
            deadline = time.monotonic() + SUBMISSION_TIMEOUT_S
            while (found := self.read(api, case))["status"] == "processing":
                report(str(found["status"]))
                if time.monotonic() > deadline:
                    raise Trouble(f"The case is still processing after {SUBMISSION_TIMEOUT_S} s.", do=self._where())
                time.sleep(POLL_S)
        if found["status"] != "received":
            raise Trouble(f"The case is {found['status']} instead of received.", log=str(found))
        return found

    # --- What is seen ------------------------------------------------------------------------------------

    def precheck(self, precheck: Json, outcome: str) -> None:
        """Show what PreCheck says.

        Raises:
            Trouble: It says something else than it should.
        """
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

    def cases(self, rows: Iterable[Json]) -> None:
        """Show cases as their list does."""
        cells = ("case_id", "case_type", "shown_as", "color", "waits_for", "precheck_outcome")
        self.table(
            ("case", "type", "status", "color", "waits for", "PreCheck"),
            ([row[cell] or "" for cell in cells] for row in rows),
        )

    def history(self, entries: Iterable[Json]) -> None:
        """Show what happened to a case."""
        about = ((each, ", ".join(f"{name} {value}" for name, value in each["details"].items())) for each in entries)
        self.table(
            ("when", "who", "what", "about"),
            ((each["at"][11:19], each["by"], each["deed"], details) for each, details in about),
        )

    # --- Files --------------------------------------------------------------------------------------------

    def _send(self, api: Api, case: CaseInHand, scan: Scan, replaces: str | None) -> str:
        with Progress(
            TextColumn("    {task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=console,
        ) as progress:
            bar = progress.add_task(f"{scan.kind}: {scan.name}", total=len(scan.content))
            return api.upload(
                case.case_id,
                kind=scan.kind,
                name=scan.name,
                content=scan.content,
                replaces=replaces,
                sent=lambda count: progress.advance(bar, count),
            )

    def _inspected(
        self, api: Api, case: CaseInHand, wanted: Sequence[str], report: Callable[[str], None]
    ) -> list[Json]:
        deadline = time.monotonic() + INSPECTION_TIMEOUT_S
        while True:
            files: list[Json] = api.get(f"{case.path}/files").expect(200).body["files"]
            ours = [file for file in files if file["file_id"] in wanted]
            waiting = [file["name"] for file in ours if file["state"] in PENDING]
            if not waiting:
                return ours
            report(f"waiting for {', '.join(waiting)}")
            if time.monotonic() > deadline:
                raise Trouble(f"{waiting[0]} is not inspected after {INSPECTION_TIMEOUT_S} s.", do=self._where())
            time.sleep(POLL_S)

    def _show_files(self, files: Iterable[Json]) -> None:
        table = Table(box=None, padding=(0, 2), show_header=False)
        for file in files:
            reason = f" {file['quarantine_reason']}" if file.get("quarantine_reason") else ""
            table.add_row(file["kind"], file["state"], escape(_measures(file) + reason))
        console.print(table)

    def _where(self) -> str:
        return f"The functions' words are in {self._log}."


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
