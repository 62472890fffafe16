"""Makes the prescription of a sending: a step of ``case_submission``, which may be taken more than once."""

from typing import Any

from aws_lambda_powertools import Logger

from functions.rx_writer.wiring import writer

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer with the number of the version; without one where the case is no longer in this sending."""
    ids = {"case_id": event["case_id"], "submission_number": event["submission_number"]}
    rx = writer.write(**ids)
    answer = {"rx_number": rx.number if rx else None, "pages": rx.pages if rx else None}
    logger.info("prescription made", extra={**ids, **answer})
    return answer
