"""What the writer of prescriptions does with each of its samples, once and again."""

import pypdfium2
import pytest
from bitewing.kernel.errors import Unknown

from tests.support.http import IRIS, LEO, Call, ask
from tools.offline import SETTINGS, read_sample, sample_names

SENT = "SENT00000001"
EXPECTED = {
    "writes_the_rx": {"rx_number": 1, "pages": 1},
    "rx_is_written": {"rx_number": 1, "pages": 1},
    "sending_is_over": {"rx_number": None, "pages": None},
}
FAILING = {"unknown_case": Unknown}
VERSIONS = Call("GET", "/v1/cases/{case_id}/rx", {"case_id": SENT})


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_each_sample_answers_the_number_of_its_version(offline, sample):
    assert offline.invoke("rx_writer", read_sample("rx_writer", sample)) == EXPECTED[sample]


@pytest.mark.parametrize("sample", sorted(FAILING))
def test_what_cannot_be_fails(offline, sample):
    with pytest.raises(FAILING[sample]):
        offline.invoke("rx_writer", read_sample("rx_writer", sample))


def test_every_sample_is_tried():
    assert {*EXPECTED, *FAILING} == set(sample_names("rx_writer"))


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_a_step_that_runs_again_changes_nothing_more(offline, sample):
    event = read_sample("rx_writer", sample)
    offline.invoke("rx_writer", event)
    before = offline.items()
    offline.invoke("rx_writer", event)
    assert offline.items() == before


def test_what_is_written_is_the_prescription_of_the_case(offline):
    offline.invoke("rx_writer", read_sample("rx_writer", "writes_the_rx"))
    (version,) = ask(offline, IRIS, VERSIONS).body["versions"]
    (kept,) = offline.client("s3").list_objects_v2(
        Bucket=SETTINGS["FILES_BUCKET"], Prefix=f"lab/north-pine/{SENT}/rx/"
    )["Contents"]
    assert kept["Key"].endswith(f"/rx/0001-{version['sha256']}.pdf")
    content = offline.client("s3").get_object(Bucket=SETTINGS["FILES_BUCKET"], Key=kept["Key"])["Body"].read()
    document = pypdfium2.PdfDocument(content)
    text = document[0].get_textpage().get_text_range()
    document.close()
    for words in (SENT, "Mira Holloway", "Okafor", "License VT", "zirconia"):
        assert words in text
    assert f"https://app.bitewing.example/cases/{SENT}" in text


def test_the_lab_finds_it_once_it_has_received_the_case(offline):
    offline.invoke("rx_writer", read_sample("rx_writer", "writes_the_rx"))
    assert ask(offline, LEO, VERSIONS).body == {"versions": []}
    offline.invoke("case_submission", read_sample("case_submission", "receives_the_case"))
    assert len(ask(offline, LEO, VERSIONS).body["versions"]) == 1


def test_the_history_tells_it_to_both_sides(offline):
    offline.invoke("rx_writer", read_sample("rx_writer", "writes_the_rx"))
    offline.invoke("case_submission", read_sample("case_submission", "receives_the_case"))
    for person in (IRIS, LEO):
        entries = ask(offline, person, Call("GET", "/v1/cases/{case_id}/activity", {"case_id": SENT})).body["activity"]
        (issued,) = (entry for entry in entries if entry["deed"] == "rx_issued")
        assert issued["details"] == {"rx_number": "1", "submission_number": "1"}
