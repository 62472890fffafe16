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


#: Number of the tooth, from one end of the arch, that is prepared or carries a scan body.
PREPARED: Final = 3
#: The views of which full-arch work wants a photo.
VIEWS: Final = ("frontal", "three-quarter", "smile", "retracted")


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


def crown_scans() -> Sequence[Scan]:
    """What a crown on the upper right first premolar wants; the last one is the arch from before the preparation."""
    return [
        Scan("upper_scan", "upper-prepared.stl", binary_stl(arch("upper", seed=11, prepared=PREPARED))),
        Scan("lower_scan", "lower.stl", binary_stl(arch("lower", seed=12))),
        Scan("bite_scan", "bite.stl", binary_stl(arch("lower", seed=13, is_open=True))),
        Scan("upper_scan", "upper-before.stl", binary_stl(arch("upper", seed=11))),
    ]


def better_prepared_scan() -> Scan:
    """The prepared arch, scanned once more."""
    return Scan("upper_scan", "upper-prepared-2.stl", binary_stl(arch("upper", seed=14, prepared=PREPARED)))


def full_arch_scans() -> Sequence[Scan]:
    """What final full-arch work on implants wants: both arches, the scan bodies, the bite and four photos."""
    return [
        Scan("upper_scan", "upper.stl", binary_stl(arch("upper", seed=21))),
        Scan("lower_scan", "lower.stl", binary_stl(arch("lower", seed=22))),
        Scan("scan_body_scan", "scan-bodies.stl", binary_stl(arch("upper", seed=21, scan_body=PREPARED))),
        Scan("bite_scan", "bite.stl", binary_stl(arch("lower", seed=23, is_open=True))),
        *(Scan("photo", f"{view}.jpg", photo(seed=number)) for number, view in enumerate(VIEWS)),
    ]


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
