"""Cone-beam CT volumes of a jaw that never was: DICOM series, as zips.

The same arguments give the same bytes.
"""

import io
import random
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, generate_uid

#: A day that zips can carry; the volume's own dates are arguments.
_PACKED_AT = (2026, 1, 5, 12, 0, 0)
#: What a scanner writes into each header beside what the standard names; headers of CBCTs have 1 to 20 kB.
_PRIVATE_BYTES = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What a CBCT is like.

    Attributes:
        slices: Number of slices, before any is left out.
        side_px: Rows and columns of a slice.
        voxel_mm: Side of a cubic voxel.
        missing: Slices that are left out, counted from 0.
        doubled: Slices that are in the series twice.
        patient_name: "Family^Given".
        bits: 16, or 8 for a volume that lost its depth.
        gantry_tilt_degrees: Leans the slices while they go on stacking straight up.
        is_oriented: Whether the slices say how they lie.
        private_bytes: What the scanner writes into each header for itself; real ones write kilobytes.
    """

    slices: int = 24
    side_px: int = 64
    voxel_mm: float = 0.25
    missing: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    patient_name: str = "Fontane^Mira"
    patient_id: str = "P-1001"
    patient_born_on: date | None = date(1984, 3, 9)
    scanned_on: date | None = date(2026, 1, 5)
    modality: str = "CT"
    bits: int = 16
    gantry_tilt_degrees: float = 0.0
    is_oriented: bool = True
    private_bytes: int = 0
    seed: int = 1


def cbct_zip(volume: Volume | None = None) -> bytes:
    """A zip of a DICOM series, one file for each slice.

    Args:
        volume: What it is like; by default a small, faultless one of 24 slices.
    """
    return zip_of((f"CBCT/IM{number:04}.dcm", content) for number, content in enumerate(slices(volume or Volume())))


def write_large_cbct(path: Path, *, slices: int, side_px: int, seed: int = 1) -> None:
    """Write a zipped series whose pixels hardly pack, as those of real scanners: noise of 12 bits.

    Args:
        path: The zip to write.
        slices: Number of slices.
        side_px: Rows and columns of a slice; 537 give half a megabyte in the zip.
        seed: Varies the noise.
    """
    volume = Volume(slices=slices, side_px=side_px, private_bytes=_PRIVATE_BYTES, seed=seed)
    noise = np.random.default_rng(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(slices):
            pixels = noise.integers(0, 1 << 12, (side_px, side_px), dtype=np.uint16)
            name = zipfile.ZipInfo(f"CBCT/IM{number:04}.dcm", _PACKED_AT)
            archive.writestr(name, _file(volume, number, number, pixels), zipfile.ZIP_DEFLATED, compresslevel=1)


def zip_of(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of named members, with no trace of when it was made."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, _PACKED_AT), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def slices(volume: Volume) -> list[bytes]:
    """The DICOM files of a series, from below to above."""
    voxels = _voxels(volume)
    numbers = sorted([n for n in range(volume.slices) if n not in volume.missing] + list(volume.doubled))
    return [_file(volume, number, copy, voxels[number]) for copy, number in enumerate(numbers)]


def _voxels(volume: Volume) -> NDArray[np.unsignedinteger]:
    """Bone where an arch would be, with noise; shape (slices, side, side)."""
    side = np.linspace(-1.0, 1.0, volume.side_px)
    across, depth = np.meshgrid(side, side)
    bone = np.exp(-(((depth - 1.2 * across**2 + 0.6) / 0.15) ** 2))
    noise = np.random.default_rng(volume.seed).normal(0, 0.02, (volume.slices, *bone.shape))
    full = 2500 if volume.bits > 8 else 200  # noqa: PLR2004 - gray values of either depth
    return np.clip((bone + noise) * full, 0, full).astype(np.uint16 if volume.bits > 8 else np.uint8)  # noqa: PLR2004


def _file(volume: Volume, number: int, copy: int, pixels: NDArray[np.unsignedinteger]) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = _uid(volume, "slice", copy)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    content = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
    content.SOPClassUID = CTImageStorage
    content.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    content.StudyInstanceUID = _uid(volume, "study", 0)
    content.SeriesInstanceUID = _uid(volume, "series", 0)
    content.Modality = volume.modality
    content.Manufacturer = "Generated"
    content.PatientName = volume.patient_name
    content.PatientID = volume.patient_id
    if volume.patient_born_on:
        content.PatientBirthDate = f"{volume.patient_born_on:%Y%m%d}"
    if volume.scanned_on:
        content.AcquisitionDate = content.StudyDate = f"{volume.scanned_on:%Y%m%d}"
    content.InstanceNumber = copy + 1
    content.SliceThickness = volume.voxel_mm
    content.PixelSpacing = [volume.voxel_mm, volume.voxel_mm]
    if volume.is_oriented:
        lean = np.radians(volume.gantry_tilt_degrees)
        content.ImageOrientationPatient = [
            1,
            0,
            0,
            0,
            *(round(float(c), 6) for c in (np.cos(lean), np.sin(lean))),
        ]
        content.ImagePositionPatient = [0, 0, round(number * volume.voxel_mm, 4)]
    if volume.private_bytes:
        block = content.private_block(0x0029, "GENERATED", create=True)
        settings = random.Random(number)  # noqa: S311 - noise, no secret
        block.add_new(0x10, "OB", settings.randbytes(volume.private_bytes))
    content.Rows = content.Columns = volume.side_px
    content.SamplesPerPixel = 1
    content.PhotometricInterpretation = "MONOCHROME2"
    content.BitsAllocated = content.BitsStored = volume.bits
    content.HighBit = volume.bits - 1
    content.PixelRepresentation = 0
    content.PixelData = pixels.tobytes()
    content["PixelData"].VR = "OW" if volume.bits > 8 else "OB"  # noqa: PLR2004
    written = io.BytesIO()
    content.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _uid(volume: Volume, kind: str, number: int) -> UID:
    return generate_uid(entropy_srcs=[kind, str(number), str(volume.seed), volume.patient_id])
