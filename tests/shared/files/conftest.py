"""Storage to test on, kept in memory and on moto's S3."""

from dataclasses import dataclass
from typing import Any

import pytest
import requests
from bitewing.aws.client import create_client
from bitewing.aws.objects import S3Objects
from bitewing.files.service import SignedRequest

from tests.support.in_memory import InMemoryObjects, Refused
from tests.support.world import World


@dataclass
class Storage:
    """Storage with what a client of it does."""

    objects: Any
    client: Any = None

    def send(self, signed: SignedRequest, content: bytes) -> str:
        if self.client is None:
            return self.objects.send(signed, content)
        # moto states the checksum only where this header, which S3 does not need, names its algorithm.
        headers = {**signed.headers, "x-amz-sdk-checksum-algorithm": "SHA256"}
        answer = requests.put(signed.url, data=content, headers=headers, timeout=5)
        if answer.status_code != 200:
            raise Refused
        return answer.headers["ETag"]

    def fetch(self, signed: SignedRequest) -> bytes:
        if self.client is None:
            return self.objects.fetch(signed)
        answer = requests.get(signed.url, timeout=5)
        if answer.status_code != 200:
            raise Refused
        return answer.content

    def in_quarantine(self, key: str) -> bytes | None:
        if self.client is None:
            return self.objects.in_quarantine.get(key)
        found = self.client.list_objects_v2(Bucket="quarantine", Prefix=key).get("Contents", [])
        return self.client.get_object(Bucket="quarantine", Key=key)["Body"].read() if found else None


@pytest.fixture
def memory_storage(clock):
    return Storage(InMemoryObjects(clock))


@pytest.fixture
def s3_storage(moto, clock):
    client = create_client("s3")
    for bucket in ("arrivals", "quarantine", "files"):
        client.create_bucket(Bucket=bucket)
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    objects = S3Objects(lambda: client, now=clock, arrivals="arrivals", quarantine="quarantine", files="files")
    return Storage(objects, client)


@pytest.fixture(params=["memory_storage", "s3_storage"], ids=["memory", "moto"])
def storage(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def world():
    return World()
