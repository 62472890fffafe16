"""Looks at the bytes that arrived for a file: the first step of ``file_intake``."""

from typing import Any, BinaryIO, cast

from aws_lambda_powertools import Logger
from bitewing.aws.ranged import ParallelRanges, RangedObject
from bitewing.files.case_file import CaseFile
from bitewing.files.inspecting.images import without_location
from bitewing.files.inspecting.inspect import inspect
from bitewing.files.inspection import Inspection
from bitewing.files.verdict import judge

from functions.file_inspector.wiring import intake, objects

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer with a verdict; what was found is stored with the file, not handed on."""
    case_id, file_id = event["case_id"], event["file_id"]
    verdict, reason = intake.inspect(case_id, file_id, _look)
    answer = {"verdict": verdict.value, "reason": reason.value if reason else None}
    logger.info("file inspected", extra={"case_id": case_id, "file_id": file_id, **answer})
    return answer


def _look(file: CaseFile) -> Inspection:
    def fetch(start: int, length: int) -> bytes:
        return objects.read_range(file, start, length)

    with ParallelRanges(fetch, lambda: objects.sign_reading(file)) as side_by_side:
        source = RangedObject(fetch, file.size_bytes, side_by_side)
        inspection = inspect(cast(BinaryIO, source))
    has_location = inspection.image is not None and inspection.image.has_location
    if has_location and judge(file.kind, inspection) is None:
        source.seek(0)
        objects.keep_bytes(file, without_location(source.read()))
    return inspection
