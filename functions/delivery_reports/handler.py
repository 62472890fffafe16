"""Keeps what Amazon SES tells of mails: bounces and complaints, as it publishes them to the default bus.

Source of the form: Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes".
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.reporting import MailReport, ReportKind

from functions.delivery_reports.wiring import reports

logger = Logger()

_KINDS: Final = {"Bounce": ReportKind.BOUNCED, "Complaint": ReportKind.COMPLAINED}
#: A bounce of another type may pass: a mailbox is full, or nobody knows why.
_FOR_GOOD: Final = "Permanent"
#: A complaint that is none: the reader took a mail out of the unwanted ones.
_NO_COMPLAINT: Final = "not-spam"


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of reports."""
    return each_message(event, _read, _keep, logger)


def _read(body: str) -> MailReport:
    detail = json.loads(body)["detail"]
    mail, kind = detail["mail"], _KINDS[detail["eventType"]]
    tags = {name: values[0] for name, values in mail["tags"].items()}
    # Each of our mails goes to one address.
    (address,) = mail["destination"]
    is_for_good, says = _bounced(detail["bounce"]) if kind is ReportKind.BOUNCED else _complained(detail["complaint"])
    return MailReport(
        kind=kind,
        is_for_good=is_for_good,
        organization_kind=OrganizationKind(tags["organization_kind"]),
        organization_id=tags["organization_id"],
        reader_id=tags["reader"],
        message_id=tags["message"],
        address=address,
        says=says,
    )


def _bounced(bounce: Mapping[str, Any]) -> tuple[bool, str]:
    return bounce["bounceType"] == _FOR_GOOD, f"{bounce['bounceType']}/{bounce['bounceSubType']}"


def _complained(complaint: Mapping[str, Any]) -> tuple[bool, str]:
    # Not every reader's server says why; the account's own list of unwanted addresses says so as a subtype.
    why = complaint.get("complaintFeedbackType") or complaint.get("complaintSubType") or "Complaint"
    return why != _NO_COMPLAINT, why


def _keep(report: MailReport) -> Mapping[str, object]:
    is_news = reports.take(report)
    # Not of whom: an address is a person's.
    return {
        "message_id": report.message_id,
        "organization_id": report.organization_id,
        "report": report.kind.value,
        "says": report.says,
        "is_for_good": report.is_for_good,
        "is_news": is_news,
    }
