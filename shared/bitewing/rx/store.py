"""Prescriptions: their records in the table beside their case, the PDFs in storage."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bitewing.aws import keys
from bitewing.aws.objects import DOWNLOAD_SIGNED_FOR, disposition
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ConditionsFailed, Put, Table, Update, is_version
from bitewing.cases.store import told
from bitewing.files.service import SignedRequest
from bitewing.rx.rx import Rx
from bitewing.rx.service import NewRx

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class TablePrescriptions:
    """Keeps the port :class:`bitewing.rx.service.Prescriptions` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_case(self, case_id: str) -> tuple[Rx, ...]:
        """Return all versions of a case, the oldest first."""
        items = self._table.partition(keys.case_partition(case_id), prefix=keys.RX_PREFIX)
        return tuple(read_record(Rx, item) for item in items)

    def issue(self, new: NewRx) -> None:
        """Store a version, and its number with the case, in one transaction."""
        case, rx = new.case, new.rx
        try:
            self._table.write(
                [
                    Update(
                        key=keys.case(case.case_id),
                        values={"rx_version": rx.number},
                        condition=is_version(case.version - 1),
                        count_up=("version",),
                    ),
                    Put(key=keys.rx(rx.case_id, rx.number), values=record(rx)),
                    *told((new.entry,), (new.event,)),
                ]
            )
        except ConditionsFailed as error:
            raise error.stale(expected=case.version - 1) from error


def paper_key(rx: Rx) -> str:
    """Return the key of the PDF of a version: by its content, so that no other PDF ever takes its place."""
    return f"lab/{rx.lab_id}/{rx.case_id}/rx/{rx.number:04d}-{rx.sha256}.pdf"


class S3Papers:
    """Keeps the port :class:`bitewing.rx.service.Papers` over S3."""

    def __init__(self, make_client: "Callable[[], S3Client]", *, now: Callable[[], datetime], files: str) -> None:
        """Remember how a client is made; that happens when the first request needs one."""
        self._make_client, self._now, self._files = make_client, now, files

    @cached_property
    def _client(self) -> "S3Client":
        return self._make_client()

    def keep(self, rx: Rx, content: bytes) -> None:
        """Keep the PDF of a version."""
        self._client.put_object(
            Bucket=self._files,
            Key=paper_key(rx),
            Body=content,
            ContentType="application/pdf",
            ContentDisposition=disposition(f"RX {rx.case_id} {rx.number}.pdf"),
            ChecksumAlgorithm="SHA256",
        )

    def sign_download(self, rx: Rx) -> SignedRequest:
        """Return the request that fetches the PDF of a version."""
        url = self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._files, "Key": paper_key(rx)},
            ExpiresIn=int(DOWNLOAD_SIGNED_FOR.total_seconds()),
        )
        return SignedRequest(method="GET", url=url, headers={}, expires_at=self._now() + DOWNLOAD_SIGNED_FOR)
