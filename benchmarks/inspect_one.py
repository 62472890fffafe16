"""Runs in a fresh interpreter: inspects one file in one way, and says what that took.

Called as ``python -m benchmarks.inspect_one <way> <file>``.
"""

# ruff: noqa: PLC0415 - what an import takes is measured too, of the one way that is asked for
import io
import json
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

#: Looks at a file, and gives how many of its bytes were read.
Look = Callable[[Path], int]


def _bitewing() -> Look:
    from bitewing.files.inspecting.inspect import inspect

    def look(path: Path) -> int:
        with path.open("rb") as file:
            return inspect(file).bytes_read

    return look


def _trimesh() -> Look:
    import trimesh

    def look(path: Path) -> int:
        mesh = trimesh.load_mesh(path)
        # Asking is what makes it look.
        _ = mesh.is_watertight
        return path.stat().st_size

    return look


def _pydicom() -> Look:
    import pydicom

    def look(path: Path) -> int:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                slice_ = pydicom.dcmread(io.BytesIO(archive.read(name)))
                _ = slice_.pixel_array, slice_.ImagePositionPatient
        return path.stat().st_size

    return look


def _pillow() -> Look:
    from PIL import Image

    def look(path: Path) -> int:
        with Image.open(path) as image:
            image.load()
        return path.stat().st_size

    return look


WAYS: Final[Mapping[str, Callable[[], Look]]] = {
    "bitewing": _bitewing,
    "trimesh": _trimesh,
    "pydicom": _pydicom,
    "Pillow": _pillow,
}


def main() -> None:
    """Inspect and say so."""
    way, file = sys.argv[1:]
    began = time.perf_counter()
    look = WAYS[way]()
    imported = time.perf_counter()
    bytes_read = look(Path(file))
    ended = time.perf_counter()
    took = {"import_seconds": imported - began, "seconds": ended - imported}
    print(json.dumps({"bytes_read": bytes_read, "peak_bytes": peak_bytes(), **took}))


def peak_bytes() -> int:
    """Give the most memory that this process has had; on Linux without what it inherited from its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        [peak] = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:")]
        return int(peak.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
