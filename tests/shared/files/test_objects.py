"""What storage promises; the same tests hold the one in memory and S3, as moto plays it."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
from bitewing.aws.objects import disposition, ids_in
from bitewing.files.case_file import PART_SIZE_BYTES, FileState
from bitewing.files.service import Arrival, checksum_of_parts
from bitewing.kernel.errors import UploadIncomplete
from botocore.exceptions import ClientError

from tests.support.builders import CASE_ID, LAB_ID, NOW, a_file
from tests.support.in_memory import Refused, sha256

CONTENT = b"the bytes of a scan"
FILE = a_file(
    file_id="file-1",
    name="Übersicht 1.stl",
    state=FileState.ANNOUNCED,
    size_bytes=len(CONTENT),
    checksum=sha256(CONTENT),
    inspection=None,
)
PARTS = (b"a" * PART_SIZE_BYTES, b"the last part")
CHECKSUMS = tuple(sha256(part) for part in PARTS)
LARGE = replace(
    FILE,
    file_id="file-2",
    size_bytes=sum(map(len, PARTS)),
    checksum=checksum_of_parts(CHECKSUMS),
    part_checksums=CHECKSUMS,
)


def arrived(storage, file=FILE, content=CONTENT):
    storage.send(storage.objects.sign_upload(file), content)
    return file


def begun(storage):
    return replace(LARGE, upload_id=storage.objects.begin_parts(LARGE))


def sent(storage, file):
    signed = storage.objects.sign_parts(file)
    return [storage.send(part.request, content) for part, content in zip(signed, PARTS, strict=True)]


def test_nothing_has_arrived_before_it_was_sent(storage):
    assert storage.objects.arrival(FILE) is None


def test_what_is_sent_arrives_with_its_size_and_checksum(storage):
    arrived(storage)
    assert storage.objects.arrival(FILE) == Arrival(size_bytes=len(CONTENT), checksum=FILE.checksum)


def test_what_arrived_is_read_in_ranges(storage):
    arrived(storage)
    assert storage.objects.read_range(FILE, 4, 5) == b"bytes"
    assert storage.objects.read_range(FILE, 15, 100) == b"scan"


def test_any_range_of_what_arrived_is_read_with_one_address(s3_storage):
    arrived(s3_storage)
    address = s3_storage.objects.sign_reading(FILE)
    parts = [requests.get(address, headers={"Range": f"bytes={at}-{at + 4}"}, timeout=5) for at in (0, 4, 14)]
    assert [(part.status_code, part.content) for part in parts] == [(206, b"the b"), (206, b"bytes"), (206, b" scan")]
    query = parse_qs(urlsplit(address).query)
    assert (query["X-Amz-Expires"], query["X-Amz-SignedHeaders"]) == (["900"], ["host"])


def test_an_upload_is_signed_for_an_hour(storage):
    signed = storage.objects.sign_upload(FILE)
    assert signed.method == "PUT"
    assert signed.expires_at == NOW + timedelta(hours=1)


def test_kept_bytes_are_fetched_with_an_address_that_works_for_minutes(storage):
    arrived(storage)
    storage.objects.keep(FILE)
    signed = storage.objects.sign_download(FILE, lab_id=None)
    assert (signed.method, signed.expires_at) == ("GET", NOW + timedelta(minutes=5))
    assert storage.fetch(signed) == CONTENT


def test_keeping_twice_and_after_the_arrival_is_gone_changes_nothing(storage):
    arrived(storage)
    storage.objects.keep(FILE)
    storage.objects.discard_arrival(FILE)
    storage.objects.keep(FILE)
    assert storage.fetch(storage.objects.sign_download(FILE, lab_id=None)) == CONTENT
    assert storage.objects.arrival(FILE) is None


def test_bytes_that_were_kept_instead_stay(storage):
    arrived(storage)
    storage.objects.keep_bytes(FILE, b"without location")
    storage.objects.keep(FILE)
    assert storage.fetch(storage.objects.sign_download(FILE, lab_id=None)) == b"without location"


def test_a_quarantined_file_is_out_of_reach_and_quarantining_twice_changes_nothing(storage):
    arrived(storage)
    storage.objects.quarantine(FILE)
    storage.objects.discard_arrival(FILE)
    storage.objects.quarantine(FILE)
    assert storage.in_quarantine(f"{CASE_ID}/file-1") == CONTENT
    with pytest.raises(Refused):
        storage.fetch(storage.objects.sign_download(FILE, lab_id=None))


def test_discarding_what_never_arrived_changes_nothing(storage):
    storage.objects.discard_arrival(FILE)
    assert storage.objects.arrival(FILE) is None


def test_what_never_arrived_cannot_be_kept(storage):
    with pytest.raises((KeyError, ClientError)):
        storage.objects.keep(FILE)


def test_a_lab_fetches_its_own_copy_of_its_submission(storage):
    arrived(storage)
    storage.objects.keep(FILE)
    for _ in range(2):
        storage.objects.hand_over(FILE, lab_id=LAB_ID, submission_number=2)
    got = replace(FILE, handed_over_in=2)
    assert storage.fetch(storage.objects.sign_download(got, lab_id=LAB_ID)) == CONTENT
    with pytest.raises(Refused):
        storage.fetch(storage.objects.sign_download(replace(got, handed_over_in=1), lab_id=LAB_ID))
    with pytest.raises(Refused):
        storage.fetch(storage.objects.sign_download(got, lab_id="lab-2"))


def test_a_large_file_is_sent_in_parts_and_put_together(storage):
    file = begun(storage)
    etags = sent(storage, file)
    assert storage.objects.arrival(file) is None
    storage.objects.complete_parts(file, etags)
    arrival = storage.objects.arrival(file)
    assert arrival.size_bytes == file.size_bytes
    # moto leaves out the number of parts; the end-to-end tests hold the whole checksum to it.
    assert arrival.checksum in (file.checksum, file.checksum.removesuffix("-2"))


def test_parts_know_their_sizes(storage):
    assert [part.size_bytes for part in storage.objects.sign_parts(begun(storage))] == [len(part) for part in PARTS]
    assert [part.part_number for part in storage.objects.sign_parts(begun(storage))] == [1, 2]


def test_completing_twice_changes_nothing(storage):
    file = begun(storage)
    etags = sent(storage, file)
    for _ in range(2):
        storage.objects.complete_parts(file, etags)
    assert storage.objects.arrival(file).size_bytes == file.size_bytes


def test_a_large_file_without_all_its_parts_is_not_put_together(storage):
    file = begun(storage)
    first = storage.objects.sign_parts(file)[0]
    etag = storage.send(first.request, PARTS[0])
    with pytest.raises(UploadIncomplete):
        storage.objects.complete_parts(file, [etag, '"0123456789abcdef0123456789abcdef"'])
    assert storage.objects.arrival(file) is None


def test_an_upload_that_was_never_begun_cannot_be_completed(memory_storage):
    with pytest.raises(UploadIncomplete):
        memory_storage.objects.complete_parts(replace(LARGE, upload_id="no such upload"), ['"a"', '"b"'])


@pytest.mark.parametrize("code", ["NoSuchUpload", "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "BadDigest"])
def test_what_s3_refuses_to_put_together_is_an_incomplete_upload(s3_storage, monkeypatch, code):
    def refuse(**_):
        raise ClientError({"Error": {"Code": code}}, "CompleteMultipartUpload")

    monkeypatch.setattr(s3_storage.client, "complete_multipart_upload", refuse)
    with pytest.raises(UploadIncomplete, match="send each part"):
        s3_storage.objects.complete_parts(replace(LARGE, upload_id="upload"), ['"a"', '"b"'])


def test_other_bytes_than_announced_are_refused(memory_storage):
    # moto checks neither checksums nor signatures: the end-to-end tests hold the signed request to this.
    for wrong in (CONTENT[:-1], CONTENT.upper()):
        with pytest.raises(Refused):
            memory_storage.send(memory_storage.objects.sign_upload(FILE), wrong)


def test_an_upload_works_once(memory_storage):
    arrived(memory_storage)
    with pytest.raises(Refused):
        arrived(memory_storage)


def test_a_signed_upload_is_bound_to_size_checksum_and_absence(s3_storage):
    signed = s3_storage.objects.sign_upload(FILE)
    query = parse_qs(urlsplit(signed.url).query)
    assert set(query["X-Amz-SignedHeaders"][0].split(";")) == {
        "content-length",
        "host",
        "if-none-match",
        "x-amz-checksum-sha256",
    }
    assert query["X-Amz-Expires"] == ["3600"]
    assert signed.headers == {
        "Content-Length": str(FILE.size_bytes),
        "x-amz-checksum-sha256": FILE.checksum,
        "If-None-Match": "*",
    }


def test_a_signed_part_is_bound_to_its_upload_number_size_and_checksum(s3_storage):
    file = begun(s3_storage)
    parts = s3_storage.objects.sign_parts(file)
    assert len(parts) == len(file.part_checksums)
    for number, part in enumerate(parts, start=1):
        query = parse_qs(urlsplit(part.request.url).query)
        assert set(query["X-Amz-SignedHeaders"][0].split(";")) == {"content-length", "host", "x-amz-checksum-sha256"}
        assert (query["partNumber"], query["uploadId"]) == ([str(number)], [file.upload_id])


def test_addresses_say_nothing_of_a_files_name_and_downloads_are_named_by_it(s3_storage):
    arrived(s3_storage)
    s3_storage.objects.keep(FILE)
    s3_storage.objects.hand_over(FILE, lab_id=LAB_ID, submission_number=1)
    for lab_id in (None, LAB_ID):
        signed = s3_storage.objects.sign_download(replace(FILE, handed_over_in=1), lab_id=lab_id)
        assert "bersicht" not in unquote(signed.url)
        key = urlsplit(signed.url).path.removeprefix("/").removeprefix("files/")
        head = s3_storage.client.head_object(Bucket="files", Key=key)
        assert head["ContentDisposition"] == "attachment; filename*=UTF-8''%C3%9Cbersicht%201.stl"
        assert head["ContentType"] == "application/octet-stream"


def test_bytes_kept_instead_are_named_too(s3_storage):
    s3_storage.objects.keep_bytes(FILE, b"x")
    key = f"practice/{FILE.practice_id}/{CASE_ID}/file-1"
    assert s3_storage.client.head_object(Bucket="files", Key=key)["ContentDisposition"] == disposition(FILE.name)


@pytest.mark.parametrize(
    "name", ["a;b=c.stl", "日本.stl", "😀 smile.jpg", "100%25.stl", "a'b.stl", "سن.stl", "x" * 255, "Zoë, Müller.stl"]
)
def test_a_download_is_named_as_it_was_uploaded(name):
    value = disposition(name).removeprefix("attachment; filename*=UTF-8''")
    assert unquote(value) == name


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\..\\boot.ini", "_.._boot.ini"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\upper.stl", "C__upper.stl"),
        ("..\u2215a\uff0fb.stl", "_a_b.stl"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2067upper\u2069.stl", "upper.stl"),
        ('a"b\\c.stl', "a_b_c.stl"),
        ("a\r\nSet-Cookie: b.stl", "a__Set-Cookie_ b.stl"),
        ("a\0b\x85.stl", "a_b_.stl"),
        ("CON", "_CON"),
        ("nul.stl", "_nul.stl"),
        ("com1 .txt", "_com1 .txt"),
        ("console.stl", "console.stl"),
        (".htaccess", "htaccess"),
        ("upper.stl. .", "upper.stl"),
        ("...", "file"),
        ("\u202e", "file"),
    ],
)
def test_a_download_is_never_named_so_that_it_misleads(name, saved_as):
    assert unquote(disposition(name)).endswith(f"''{saved_as}")


@pytest.mark.parametrize("name", ['a"b\\c.stl', "a;b=c.stl", "..\u2215a/b.stl", "日本.stl", "a\r\nb", "😀" * 255])
def test_no_name_breaks_the_header_that_carries_it(name):
    value = disposition(name).removeprefix("attachment; filename*=UTF-8''")
    assert set(value) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%-._~")
    # S3 takes headers of 8 kB in all.
    assert len(value) < 4_000


def test_the_ids_of_an_arrival_stand_in_its_key():
    assert ids_in("case-1/file-1") == ("case-1", "file-1")


@pytest.mark.parametrize("key", ["case-1", "a/b/c", ""])
def test_a_foreign_key_is_refused(key):
    with pytest.raises(ValueError, match="unpack"):
        ids_in(key)


@pytest.mark.parametrize("ask", ["arrival", "keep"])
def test_a_storage_that_denies_is_not_taken_for_an_empty_one(s3_storage, ask, monkeypatch):
    def deny(**_):
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject")

    monkeypatch.setattr(s3_storage.client, "head_object", deny)
    with pytest.raises(ClientError, match="403"):
        getattr(s3_storage.objects, ask)(FILE)


def test_a_failure_of_storage_is_not_taken_for_missing_parts(s3_storage, monkeypatch):
    def fail(**_):
        raise ClientError({"Error": {"Code": "InternalError"}}, "CompleteMultipartUpload")

    monkeypatch.setattr(s3_storage.client, "complete_multipart_upload", fail)
    with pytest.raises(ClientError, match="InternalError"):
        s3_storage.objects.complete_parts(replace(LARGE, upload_id="u"), ["a", "b"])


def test_an_upload_that_storage_forgot_after_completing_it_is_complete(s3_storage, monkeypatch):
    def forgotten(**_):
        raise ClientError({"Error": {"Code": "NoSuchUpload"}}, "CompleteMultipartUpload")

    file = begun(s3_storage)
    s3_storage.objects.complete_parts(file, sent(s3_storage, file))
    monkeypatch.setattr(s3_storage.client, "complete_multipart_upload", forgotten)
    s3_storage.objects.complete_parts(file, ["a", "b"])
    assert s3_storage.objects.arrival(file).size_bytes == file.size_bytes
