"""A small client of the HTTP API, for the walk and the tests that run on a deployed stack."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import requests

from local.trouble import Trouble

TIMEOUT_S: Final = 30
UPLOAD_TIMEOUT_S: Final = 300
CHUNK_BYTES: Final = 1024 * 1024
Sent = Callable[[int], None]
#: JSON, as it comes.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered.

    Attributes:
        body: The JSON object of the answer; empty when there is none.
        text: The answer as it came, for what is no JSON.
        version: The number in the ``ETag``; None without one.
    """

    request: str
    status: int
    body: Json
    headers: Mapping[str, str]
    text: str = ""

    @property
    def version(self) -> int | None:
        """The version of what was read or changed."""
        tag = self.headers.get("etag", "").strip('"')
        return int(tag) if tag.isdigit() else None

    @property
    def code(self) -> str:
        """The stable code of a refusal; empty for anything else."""
        return str(self.body.get("code", ""))

    def expect(self, *statuses: int) -> Answer:
        """This answer, if it has one of these statuses.

        Raises:
            Trouble: It has another one; with what the API said.
        """
        if self.status in statuses:
            return self
        wanted = " or ".join(str(status) for status in statuses)
        said = self.body.get("detail") or self.body.get("title") or self.body
        raise Trouble(f"{self.request} answered {self.status} instead of {wanted}: {said}", log=str(self.body))


class Api:
    """The HTTP API as one caller sees it.

    Args:
        url: Address of the API, without ``/v1``.
        token: Access token of the caller; without one every route refuses.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str | int) -> Answer:
        """Read."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: object, *, key: str | None = None, version: int | None = None) -> Answer:
        """Create or do something, once for each idempotency key; a new key unless one is given."""
        return self.call("POST", path, body=body, key=key or str(uuid.uuid4()), version=version)

    def patch(self, path: str, body: object, *, version: int | None) -> Answer:
        """Change what was read at this version."""
        return self.call("PATCH", path, body=body, version=version)

    def put(self, path: str, body: object, *, version: int | None) -> Answer:
        """Replace what was read at this version."""
        return self.call("PUT", path, body=body, version=version)

    def delete(self, path: str, *, version: int | None = None) -> Answer:
        """Remove."""
        return self.call("DELETE", path, version=version)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        key: str | None = None,
        version: int | None = None,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request, whatever it is.

        Args:
            body: Sent as JSON; None sends no body.
            raw: Sent as it is, instead of ``body``.
            key: The ``Idempotency-Key``.
            version: The version for ``If-Match``.
            headers: Win over those that the other arguments make.
        """
        made: dict[str, str] = {}
        if key is not None:
            made["Idempotency-Key"] = key
        if version is not None:
            made["If-Match"] = f'"{version}"'
        if raw is not None:
            made["Content-Type"] = "application/json"
        answer = self._session.request(
            method,
            f"{self.url}{path}",
            json=body,
            data=raw,
            params=dict(query or {}),
            headers=made | dict(headers or {}),
            timeout=TIMEOUT_S,
        )
        try:
            content = answer.json() if answer.content else {}
        except requests.JSONDecodeError:
            content = {"detail": answer.text[:500]}
        return Answer(f"{method} {path}", answer.status_code, content, answer.headers, answer.text)

    # --- Files ------------------------------------------------------------------------------------------

    def announce(self, case_id: str, *, kind: str, name: str, content: bytes, replaces: str | None = None) -> Answer:
        """Announce a file that is sent in one request, in the place of another where that is named."""
        body = {"kind": kind, "name": name, "size_bytes": len(content), "sha256": sha256(content)}
        if replaces is not None:
            body["replaces"] = replaces
        return self.post(f"/v1/cases/{case_id}/uploads", body)

    def upload(
        self,
        case_id: str,
        *,
        kind: str,
        name: str,
        content: bytes,
        replaces: str | None = None,
        sent: Sent = lambda _: None,
    ) -> str:
        """Announce a file and send it as a scanner would; gives its id.

        Args:
            sent: Is told the bytes of each piece that went out.

        Raises:
            Trouble: The API or the storage refuses.
        """
        announced = self.announce(case_id, kind=kind, name=name, content=content, replaces=replaces).expect(201).body
        status, said = send(announced["upload"], content, sent=sent)
        if status != requests.codes.ok:
            raise Trouble(f"The storage refused {name} with {status}.", log=said)
        return str(announced["file"]["file_id"])

    def upload_parts(self, case_id: str, *, kind: str, name: str, source: BinaryIO, part_size: int) -> str:
        """Announce a large file and send it in parts; gives its id.

        Raises:
            Trouble: The API or the storage refuses.
        """
        digests, size = [], 0
        while part := source.read(part_size):
            digests.append(sha256(part))
            size += len(part)
        body = {"kind": kind, "name": name, "size_bytes": size, "part_sha256": digests}
        announced = self.post(f"/v1/cases/{case_id}/uploads", body).expect(201).body
        tags = []
        source.seek(0)
        for upload in announced["upload_parts"]:
            answer = requests.put(
                upload["url"],
                data=source.read(part_size),
                headers=upload["headers"],
                timeout=UPLOAD_TIMEOUT_S,
            )
            if not answer.ok:
                raise Trouble(f"The storage refused part {upload['part_number']} of {name}.", log=answer.text)
            tags.append({"part_number": upload["part_number"], "etag": answer.headers["ETag"]})
        file_id = str(announced["file"]["file_id"])
        self.post(f"/v1/cases/{case_id}/uploads/{file_id}/complete", {"parts": tags}).expect(200, 202)
        return file_id


def send(upload: Json, content: bytes, *, sent: Sent = lambda _: None) -> tuple[int, str]:
    """Send bytes with a presigned request; gives the storage's status and words."""
    answer = requests.request(
        upload.get("method", "PUT"),
        upload["url"],
        data=_Told(content, sent),
        headers=upload["headers"],
        timeout=UPLOAD_TIMEOUT_S,
    )
    return answer.status_code, answer.text


def sha256(content: bytes) -> str:
    """SHA-256 as the API takes it, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def claims_of(token: str) -> Json:
    """What a token says, unchecked."""
    payload = token.split(".")[1]
    claims: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def with_other_claims(token: str, **claims: str) -> str:
    """The token with other claims and the signature that it had: well-formed, and forged."""
    header, _, signature = token.split(".")
    payload = json.dumps(claims_of(token) | claims).encode()
    return ".".join((header, base64.urlsafe_b64encode(payload).decode().rstrip("="), signature))


class _Told(io.BytesIO):
    """Bytes that tell how many of them were read."""

    def __init__(self, content: bytes, sent: Sent) -> None:
        super().__init__(content)
        self._sent = sent

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(CHUNK_BYTES if size is None or size < 0 else size)
        self._sent(len(piece))
        return piece


def read_file(path: Path) -> bytes:
    """Bytes of a scan on this machine.

    Raises:
        Trouble: There is no such file.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error
