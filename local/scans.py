"""The files of the walk: generated, or a person's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from local.samples.arch import arch, binary_stl, ply
from local.samples.cbct import Volume, cbct_zip
from local.samples.photo import photo
from local.trouble import Trouble

#: Preferred first: what scanners send most.
MESHES: Final = (".stl", ".ply", ".obj")


@dataclass(frozen=True, slots=True)
class Scan:
    """One file to upload."""

    kind: str
    name: str
    content: bytes


def real_scans(folder: Path) -> Sequence[Scan]:
    """The upper and the lower scan in a folder: the meshes with these words in their names.

    Raises:
        Trouble: One of them is missing.
    """
    found = []
    for side in ("upper", "lower"):
        named = sorted(
            (path for path in folder.iterdir() if side in path.name.lower() and path.suffix.lower() in MESHES),
            key=lambda path: (MESHES.index(path.suffix.lower()), path.name),
        )
        if not named:
            raise Trouble(f"{folder} has no {side} scan.", do=f"Name it …{side}…, ending in {', '.join(MESHES)}.")
        found.append(Scan(f"{side}_scan", named[0].name, named[0].read_bytes()))
    return found


def scans_for_walk(folder: Path | None, *, patient: str) -> Sequence[Scan]:
    """Everything that a surgical guide wants: both arches, the bite, a CBCT and a photo.

    Args:
        folder: Where real scans of both arches are; None generates them.
        patient: Name that the CBCT carries.

    Raises:
        Trouble: The folder lacks one of the arches.
    """
    generated = _generated(patient)
    if folder is None:
        return generated
    real = real_scans(folder)
    kinds = {scan.kind for scan in real}
    return [*real, *(scan for scan in generated if scan.kind not in kinds)]


def _generated(patient: str) -> Sequence[Scan]:
    given, _, family = patient.rpartition(" ")
    volume = Volume(
        slices=120,
        side_px=160,
        patient_name=f"{family}^{given}",
        patient_born_on=None,
        scanned_on=datetime.now(UTC).date() - timedelta(days=10),
    )
    return [
        Scan("upper_scan", "upper.stl", binary_stl(arch("upper"))),
        Scan("lower_scan", "lower.ply", ply(arch("lower"))),
        Scan("bite_scan", "bite.stl", binary_stl(arch("lower", seed=2, is_open=True))),
        Scan("cbct", "cbct.zip", cbct_zip(volume)),
        Scan("photo", "smile.jpg", photo()),
    ]
