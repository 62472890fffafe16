"""Bytes in S3: arriving, in quarantine, kept, and handed over to labs.

| bucket     | key                                                        |
| ---------- | ---------------------------------------------------------- |
| arrivals   | <case>/<file>                                              |
| quarantine | <case>/<file>                                              |
| files      | practice/<practice>/<case>/<file>                          |
| files      | lab/<lab>/<case>/<submission number>/<file>                |

Keys hold ids only. A file's own name is stored as the object's ``Content-Disposition``, so that a download is
named as it was uploaded and the name is in no address.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from botocore.exceptions import ClientError

from bitewing.files.case_file import PART_SIZE_BYTES, CaseFile
from bitewing.files.service import Arrival, SignedPart, SignedRequest
from bitewing.kernel.errors import UploadIncomplete

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: An address is given out at the moment of sending; whoever needs longer asks again.
UPLOAD_SIGNED_FOR: Final = timedelta(hours=1)
DOWNLOAD_SIGNED_FOR: Final = timedelta(minutes=5)
#: As long as a function may run.
READING_SIGNED_FOR: Final = timedelta(minutes=15)
#: Control characters, what parts paths, also in other scripts, and what Windows has no names with.
_SPECIAL: Final = re.compile(r'[\x00-\x1f\x7f-\x9f"*/:<>?\\|\u2044\u2215\u29f8\uff0f\uff3c]')
_MISLEADING: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d) *(?:\..*)?", re.IGNORECASE)
_OCTETS: Final = "application/octet-stream"
_ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound"})


def arrival_key(case_id: str, file_id: str) -> str:
    """Return the key under which a file's bytes arrive."""
    return f"{case_id}/{file_id}"


def ids_in(key: str) -> tuple[str, str]:
    """Return case id and file id of a key under which bytes arrived.

    Raises:
        ValueError: The key is not one under which this product lets bytes arrive.
    """
    case_id, file_id = key.split("/")
    return case_id, file_id


def practice_key(file: CaseFile) -> str:
    """Return the key under which a kept file is the practice's."""
    return f"practice/{file.practice_id}/{file.case_id}/{file.file_id}"


def lab_key(file: CaseFile, *, lab_id: str, submission_number: int) -> str:
    """Return the key under which a lab finds a file of one submission."""
    return f"lab/{lab_id}/{file.case_id}/{submission_number}/{file.file_id}"


def download_name(name: str) -> str:
    """Return the name under which a download is saved: as uploaded, but for what a system could be misled by.

    Signs that part paths or are special to a shell of Windows become "_". Signs that turn the direction of writing
    are left out: with them, the name of a program reads as that of a photo. Names of devices get a "_" before them.
    """
    name = _MISLEADING.sub("", _SPECIAL.sub("_", name)).strip(". ")
    return f"_{name}" if _DEVICE.fullmatch(name) else name or "file"


def disposition(name: str) -> str:
    """Return the header that names a download, for a name in any script (RFC 6266)."""
    return f"attachment; filename*=UTF-8''{quote(download_name(name), safe='')}"


class S3Objects:
    """Keeps the port :class:`bitewing.files.service.Objects` over S3; a function names the buckets it uses."""

    def __init__(
        self,
        make_client: "Callable[[], S3Client]",
        *,
        now: Callable[[], datetime],
        arrivals: str = "",
        quarantine: str = "",
        files: str = "",
    ) -> None:
        """Remember how a client is made; that happens when the first request needs one."""
        self._make_client, self._now = make_client, now
        self._arrivals, self._quarantine, self._files = arrivals, quarantine, files

    @cached_property
    def _client(self) -> "S3Client":
        return self._make_client()

    def begin_parts(self, file: CaseFile) -> str:
        """Start an upload in parts and return its id."""
        return self._client.create_multipart_upload(
            **self._arriving(file), ChecksumAlgorithm="SHA256", ContentType=_OCTETS
        )["UploadId"]

    def sign_upload(self, file: CaseFile) -> SignedRequest:
        """Return the request that sends the file whole; it works for these bytes, once."""
        fixed = {"ContentLength": file.size_bytes, "ChecksumSHA256": file.checksum, "IfNoneMatch": "*"}
        return SignedRequest(
            method="PUT",
            url=self._sign("put_object", self._arriving(file) | fixed, UPLOAD_SIGNED_FOR),
            headers={
                "Content-Length": str(file.size_bytes),
                "x-amz-checksum-sha256": file.checksum,
                "If-None-Match": "*",
            },
            expires_at=self._now() + UPLOAD_SIGNED_FOR,
        )

    def sign_parts(self, file: CaseFile) -> tuple[SignedPart, ...]:
        """Return the requests that send the file in parts; each works for its own bytes."""
        parts = []
        for number, checksum in enumerate(file.part_checksums, start=1):
            size = min(PART_SIZE_BYTES, file.size_bytes - (number - 1) * PART_SIZE_BYTES)
            fixed = {
                "UploadId": file.upload_id,
                "PartNumber": number,
                "ContentLength": size,
                "ChecksumSHA256": checksum,
            }
            request = SignedRequest(
                method="PUT",
                url=self._sign("upload_part", self._arriving(file) | fixed, UPLOAD_SIGNED_FOR),
                headers={"Content-Length": str(size), "x-amz-checksum-sha256": checksum},
                expires_at=self._now() + UPLOAD_SIGNED_FOR,
            )
            parts.append(SignedPart(part_number=number, size_bytes=size, request=request))
        return tuple(parts)

    def complete_parts(self, file: CaseFile, etags: Sequence[str]) -> None:
        """Put the parts together; doing it again changes nothing."""
        parts: Any = [
            {"PartNumber": number, "ETag": etag, "ChecksumSHA256": checksum}
            for number, (etag, checksum) in enumerate(zip(etags, file.part_checksums, strict=True), start=1)
        ]
        try:
            self._client.complete_multipart_upload(
                **self._arriving(file), UploadId=file.upload_id or "", MultipartUpload={"Parts": parts}
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "NoSuchUpload" and self.arrival(file) is not None:
                return
            if code in ("InvalidPart", "InvalidPartOrder", "NoSuchUpload", "EntityTooSmall", "BadDigest"):
                says = "Storage cannot put the parts together: send each part, then name the ETags it answered."
                raise UploadIncomplete(says) from error
            raise

    def arrival(self, file: CaseFile) -> Arrival | None:
        """Return what arrived for a file, or ``None`` where nothing did."""
        try:
            head = self._client.head_object(**self._arriving(file), ChecksumMode="ENABLED")
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        return Arrival(size_bytes=head["ContentLength"], checksum=head.get("ChecksumSHA256", ""))

    def read_range(self, file: CaseFile, start: int, length: int) -> bytes:
        """Return up to ``length`` bytes of what arrived, from ``start`` on."""
        answer = self._client.get_object(**self._arriving(file), Range=f"bytes={start}-{start + length - 1}")
        return answer["Body"].read()

    def sign_reading(self, file: CaseFile) -> str:
        """Return an address that gives what arrived, whole or any range of it, for the product itself."""
        return self._sign("get_object", self._arriving(file), READING_SIGNED_FOR)

    def keep(self, file: CaseFile) -> None:
        """Copy what arrived to where the case's files are; doing it again changes nothing."""
        if self._exists(self._files, practice_key(file)):
            return
        self._copy(self._arrivals, arrival_key(file.case_id, file.file_id), self._files, practice_key(file), file)

    def keep_bytes(self, file: CaseFile, content: bytes) -> None:
        """Keep these bytes instead of those that arrived: a photo without its location."""
        self._client.put_object(
            Bucket=self._files,
            Key=practice_key(file),
            Body=content,
            ContentType=_OCTETS,
            ContentDisposition=disposition(file.name),
            ChecksumAlgorithm="SHA256",
        )

    def quarantine(self, file: CaseFile) -> None:
        """Copy what arrived to quarantine; doing it again changes nothing."""
        key = arrival_key(file.case_id, file.file_id)
        if not self._exists(self._quarantine, key):
            self._copy(self._arrivals, key, self._quarantine, key, file)

    def discard_arrival(self, file: CaseFile) -> None:
        """Remove what arrived; doing it again changes nothing."""
        self._client.delete_object(**self._arriving(file))

    def hand_over(self, file: CaseFile, *, lab_id: str, submission_number: int) -> None:
        """Copy a kept file to where its lab finds it; doing it again changes nothing."""
        key = lab_key(file, lab_id=lab_id, submission_number=submission_number)
        if not self._exists(self._files, key):
            self._copy(self._files, practice_key(file), self._files, key, file)

    def sign_download(self, file: CaseFile, *, lab_id: str | None) -> SignedRequest:
        """Return the request that fetches a kept file, or the lab's copy of it."""
        if lab_id is None:
            key = practice_key(file)
        else:
            key = lab_key(file, lab_id=lab_id, submission_number=file.handed_over_in or 0)
        return SignedRequest(
            method="GET",
            url=self._sign("get_object", {"Bucket": self._files, "Key": key}, DOWNLOAD_SIGNED_FOR),
            headers={},
            expires_at=self._now() + DOWNLOAD_SIGNED_FOR,
        )

    def _arriving(self, file: CaseFile) -> dict[str, Any]:
        return {"Bucket": self._arrivals, "Key": arrival_key(file.case_id, file.file_id)}

    def _sign(self, operation: str, parameters: dict[str, Any], signed_for: timedelta) -> str:
        return self._client.generate_presigned_url(
            operation, Params=parameters, ExpiresIn=int(signed_for.total_seconds())
        )

    def _exists(self, bucket: str, key: str) -> bool:
        try:
            self._client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return False
            raise
        return True

    def _copy(self, source: str, source_key: str, target: str, target_key: str, file: CaseFile) -> None:
        self._client.copy_object(
            CopySource={"Bucket": source, "Key": source_key},
            Bucket=target,
            Key=target_key,
            MetadataDirective="REPLACE",
            ContentType=_OCTETS,
            ContentDisposition=disposition(file.name),
        )
