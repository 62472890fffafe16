"""Runs in a fresh interpreter: inspects a CBCT that lies in storage in one way, and says what that took.

Called as ``python -m benchmarks.inspect_volume <way> <file> <size>``, with ``AWS_ENDPOINT_URL`` naming the storage.
"""

# ruff: noqa: PLC0415 - each way imports only what it needs, as a program of its own would
import io
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

from benchmarks.inspect_one import peak_bytes

BUCKET: Final = "arrivals"
_PIECE_BYTES: Final = 1024 * 1024

#: Looks at a file of this name and size, and gives how many slices were seen.
Look = Callable[[str, int], int]


def _bitewing() -> Look:
    from bitewing.aws.client import create_client
    from bitewing.aws.ranged import ParallelRanges, RangedObject
    from bitewing.files.inspecting.inspect import inspect

    client = create_client("s3")

    def look(name: str, size_bytes: int) -> int:
        where: Any = {"Bucket": BUCKET, "Key": name}

        def fetch(start: int, length: int) -> bytes:
            return client.get_object(**where, Range=f"bytes={start}-{start + length - 1}")["Body"].read()

        def sign() -> str:
            return client.generate_presigned_url("get_object", Params=where)

        with ParallelRanges(fetch, sign) as side_by_side:
            source: Any = RangedObject(fetch, size_bytes, side_by_side)
            inspection = inspect(source)
        return inspection.series.slices if inspection.series and inspection.usable else 0

    return look


def _pydicom() -> Look:
    import pydicom
    from bitewing.aws.client import create_client

    client = create_client("s3")

    def look(name: str, _size_bytes: int) -> int:
        slices = 0
        with tempfile.TemporaryFile() as file:
            body = client.get_object(Bucket=BUCKET, Key=name)["Body"]
            while piece := body.read(_PIECE_BYTES):
                file.write(piece)
            with zipfile.ZipFile(file) as archive:
                for member in archive.namelist():
                    slice_ = pydicom.dcmread(io.BytesIO(archive.read(member)))
                    slices += bool(slice_.PixelData and slice_.ImagePositionPatient)
        return slices

    return look


WAYS: Final[Mapping[str, Callable[[], Look]]] = {"Bitewing": _bitewing, "pydicom": _pydicom}


def main() -> None:
    """Inspect and say so."""
    way, name, size = sys.argv[1:]
    look = WAYS[way]()
    began = time.perf_counter()
    slices = look(name, int(size))
    seconds = time.perf_counter() - began
    print(json.dumps({"slices": slices, "seconds": seconds, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main()
