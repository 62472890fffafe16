"""Where prescriptions are kept: the same promises in memory, on moto and on DynamoDB Local; papers in storage."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
import requests
from bitewing.aws import keys
from bitewing.aws.client import create_client
from bitewing.aws.schemas import record
from bitewing.cases.activity import Deed
from bitewing.cases.events import event_head
from bitewing.cases.status import Status
from bitewing.kernel.errors import StaleVersion
from bitewing.rx.events import RxIssued
from bitewing.rx.rx import Rx
from bitewing.rx.service import NewRx
from bitewing.rx.store import S3Papers, TablePrescriptions, paper_key

from tests.support.builders import CASE_ID, LAB_ID, NOW, a_case
from tests.support.callers import a_request
from tests.support.changes import a_change, a_sent_case, an_answer, an_entry
from tests.support.rx_in_memory import InMemoryPapers, InMemoryPrescriptions

PDF = b"%PDF-1.7 of a prescription"


def an_rx(number=1, **changes):
    made = Rx(
        case_id=CASE_ID,
        lab_id=LAB_ID,
        number=number,
        submission_number=number,
        made_at=NOW + timedelta(minutes=number),
        size_bytes=len(PDF),
        sha256=hashlib.sha256(PDF).hexdigest(),
        pages=1,
    )
    return replace(made, **changes)


def a_new_rx(case, number=1):
    """Return a version, decided on a case as it was read."""
    changed = replace(case, rx_version=number, version=case.version + 1)
    event = RxIssued(**event_head(changed, at=NOW), rx_number=number, submission_number=number)
    return NewRx(rx=an_rx(number), case=changed, entry=an_entry(case, deed=Deed.RX_ISSUED), event=event)


@pytest.fixture
def prescriptions(stores):
    return TablePrescriptions(stores.table) if stores.table else InMemoryPrescriptions(stores.memory)


@pytest.fixture
def case(stores):
    case = a_sent_case(Status.PROCESSING)
    stores.cases.create(a_change(case), request=a_request(case.case_id), answer=an_answer(case))
    return case


def test_a_case_has_no_version_before_one_is_made(prescriptions, case):
    assert prescriptions.of_case(CASE_ID) == ()


def test_a_version_is_stored_with_its_number_history_and_event(stores, prescriptions, case):
    new = a_new_rx(case)
    prescriptions.issue(new)
    assert prescriptions.of_case(CASE_ID) == (new.rx,)
    assert stores.cases.find(CASE_ID) == replace(case, rx_version=1, version=case.version + 1)
    assert new.entry in stores.cases.activity(CASE_ID, limit=5, start=None).things
    assert "RxIssued" in [name for name, _ in stores.events(CASE_ID)]


def test_versions_are_read_oldest_first_and_those_of_other_cases_are_not(stores, prescriptions, case):
    other = a_case(case_id="case-2")
    stores.cases.create(a_change(other), request=a_request("other"), answer=an_answer(other))
    for number in range(1, 12):
        prescriptions.issue(a_new_rx(stores.cases.find(CASE_ID), number))
    assert [rx.number for rx in prescriptions.of_case(CASE_ID)] == list(range(1, 12))
    assert prescriptions.of_case("case-2") == ()


def test_a_version_of_a_case_that_was_saved_meanwhile_is_refused_and_nothing_is_stored(stores, prescriptions, case):
    stores.cases.save(a_change(replace(case, status=Status.RECEIVED, version=case.version + 1)))
    with pytest.raises(StaleVersion) as caught:
        prescriptions.issue(a_new_rx(case))
    assert caught.value.facts() == StaleVersion(expected=case.version, actual=case.version + 1).facts()
    assert prescriptions.of_case(CASE_ID) == ()
    assert stores.cases.find(CASE_ID).rx_version == 0


def test_a_version_of_a_case_that_is_not_is_refused(prescriptions):
    with pytest.raises(StaleVersion):
        prescriptions.issue(a_new_rx(a_sent_case(Status.PROCESSING)))


def test_whoever_saves_the_case_after_a_version_was_made_has_to_read_it_again(stores, prescriptions, case):
    prescriptions.issue(a_new_rx(case))
    with pytest.raises(StaleVersion):
        stores.cases.save(a_change(replace(case, status=Status.RECEIVED, version=case.version + 1)))
    assert stores.cases.find(CASE_ID).rx_version == 1


def test_of_many_writers_one_makes_the_version(local_stores):
    case = a_sent_case(Status.PROCESSING)
    local_stores.cases.create(a_change(case), request=a_request("race"), answer=an_answer(case))
    prescriptions = TablePrescriptions(local_stores.table)

    def write(_):
        try:
            prescriptions.issue(a_new_rx(case))
        except StaleVersion:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(write, range(8))) == [False] * 7 + [True]
    assert len(prescriptions.of_case(CASE_ID)) == 1


def test_keys_and_records_say_nothing_of_a_patient():
    rx = an_rx()
    assert keys.rx(CASE_ID, 7) == {"pk": f"CASE#{CASE_ID}", "sk": "RX#0007"}
    assert paper_key(rx) == f"lab/{LAB_ID}/{CASE_ID}/rx/0001-{rx.sha256}.pdf"
    assert record(rx).keys() == {"entity", "schema", *rx.__slots__}


# --- Papers ----------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "moto"])
def storage(request, clock):
    if request.param == "memory":
        papers = InMemoryPapers(clock)
        return SimpleNamespace(papers=papers, fetch=lambda signed: papers.kept[signed.url])
    request.getfixturevalue("moto")
    client = create_client("s3")
    client.create_bucket(Bucket="files")
    papers = S3Papers(lambda: client, now=clock, files="files")
    return SimpleNamespace(papers=papers, fetch=lambda signed: requests.get(signed.url, timeout=5).content)


def test_what_is_kept_can_be_fetched_for_a_few_minutes(storage, clock):
    storage.papers.keep(an_rx(), PDF)
    signed = storage.papers.sign_download(an_rx())
    assert (signed.method, signed.headers) == ("GET", {})
    assert signed.expires_at == clock() + timedelta(minutes=5)
    assert storage.fetch(signed) == PDF


def test_keeping_the_same_again_changes_nothing_and_another_paper_takes_no_place(storage):
    other = b"%PDF-1.7 of another address"
    another = an_rx(sha256=hashlib.sha256(other).hexdigest())
    for rx, content in ((an_rx(), PDF), (an_rx(), PDF), (another, other)):
        storage.papers.keep(rx, content)
    assert storage.fetch(storage.papers.sign_download(an_rx())) == PDF
    assert storage.fetch(storage.papers.sign_download(another)) == other


def test_a_download_is_a_pdf_that_is_named_by_its_case(moto, clock):
    client = create_client("s3")
    client.create_bucket(Bucket="files")
    papers = S3Papers(lambda: client, now=clock, files="files")
    papers.keep(an_rx(3), PDF)
    answer = requests.get(papers.sign_download(an_rx(3)).url, timeout=5)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert unquote(answer.headers["Content-Disposition"]) == f"attachment; filename*=UTF-8''RX {CASE_ID} 3.pdf"


def test_the_address_of_a_paper_holds_ids_only(moto, clock):
    client = create_client("s3")
    papers = S3Papers(lambda: client, now=clock, files="files")
    assert urlsplit(papers.sign_download(an_rx()).url).path.endswith(f"/{paper_key(an_rx())}")
