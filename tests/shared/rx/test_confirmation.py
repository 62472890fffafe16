"""The page that confirms a sending: whole in itself, escaped, and one page."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from bitewing.packet.packet import Item
from bitewing.requirements.case_types import CaseType
from bitewing.rx.confirmation import SECURITY_POLICY, confirmation_of, page
from bitewing.rx.printing.qr import qr_svg
from bitewing.rx.rx import Rx
from bitewing.rx.sheet import Fact

from tests.support.builders import LAB_ID, NOW, a_patient
from tests.support.shown_cases import LINK, NAMES, PRINTED_CASE_ID, prescribed, the_longest

RX = Rx(
    case_id=PRINTED_CASE_ID,
    lab_id=LAB_ID,
    number=2,
    submission_number=1,
    made_at=NOW,
    size_bytes=60_000,
    sha256="0" * 64,
    pages=1,
)
NASTY = "<script>alert('x')</script>\"&lt;"


def confirmed(made, rx=RX):
    return confirmation_of(
        made.case,
        made.submission,
        practice=made.practice,
        lab=made.lab,
        files=made.files,
        rx=rx,
        link=made.link,
    )


class Reader(HTMLParser):
    """Reads what a browser would: elements, their attributes, and the words between them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open, self.words = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *each) for each in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, _attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def read(made, rx=RX):
    return Reader(page(confirmed(made, rx), qr_svg(made.link)))


def test_the_page_tells_what_was_sent_and_to_be_kept():
    found = read(prescribed(patient=a_patient()))
    for words in (
        "Your case was sent",
        PRINTED_CASE_ID,
        LINK,
        "Patient Mira Holloway",
        "Lab Northlight Dental Lab, +1 555 0200, cases@northlight.example",
        "Type crown",
        "Sent March 2, 2026, 10:00 (UTC-05:00)",
        "Submission 1",
        "Status",
        "Due Tuesday, March 10, 2026",
        f"RX 2: {LINK}/rx/2",
        "crown: 5",
        "2 upper scans",
        "Keep this with the patient record.",
    ):
        assert words in found.text
    assert found.open == []
    assert found.tags.count("svg") == 1


def test_links_lead_to_the_case_and_its_rx_and_nothing_is_loaded():
    found = read(prescribed())
    addresses = [(tag, value) for tag, name, value in found.attributes if name in {"href", "src", "srcset", "action"}]
    assert addresses == [("a", LINK), ("a", f"{LINK}/rx/2")]
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(found.tags)
    assert "url(" not in page(confirmed(prescribed()), "")
    assert "@import" not in page(confirmed(prescribed()), "")
    assert SECURITY_POLICY.startswith("default-src 'none'")


def test_whatever_people_wrote_is_only_text():
    made = prescribed(patient=a_patient(name=NASTY), items=(Item(teeth=(f"?{NASTY}",), selections={"piece": NASTY}),))
    made = replace(
        made,
        practice=replace(made.practice, name=NASTY),
        lab=replace(made.lab, name=NASTY),
    )
    found = read(made)
    assert "script" not in found.tags
    assert found.text.count("<script>alert('x')</script>") >= 4
    assert found.open == []


def test_no_word_of_the_patient_stands_where_browsers_remember_it():
    text = page(confirmed(prescribed()), "")
    assert re.findall("<title>(.*)</title>", text) == [f"Case {PRINTED_CASE_ID}"]


def test_names_of_all_scripts_stand_as_they_are_and_run_in_their_direction():
    for name in NAMES.values():
        text = page(confirmed(prescribed(patient=a_patient(name=name))), "")
        assert f"<dd dir=auto>{name}</dd>" in text


def test_before_the_rx_is_made_the_page_says_so():
    found = read(prescribed(), rx=None)
    assert "The RX is being made." in found.text
    assert [value for tag, name, value in found.attributes if name == "href"] == [LINK]


def test_the_longest_case_is_cut_to_one_page_and_says_what_is_missing():
    made = the_longest()
    long_name = "N" * 200
    made = replace(made, case=replace(made.case, packet=replace(made.case.packet, patient=a_patient(name=long_name))))
    confirmation = confirmed(made)
    assert (len(confirmation.pieces), confirmation.more_pieces) == (12, 20)
    patient = next(fact for fact in confirmation.facts if fact.label == "Patient")
    assert patient == Fact(label="Patient", value="N" * 119 + "…")
    assert "and 20 more, on the RX" in read(made).text


def test_a_packet_without_work_and_files_has_a_page_too():
    made = replace(prescribed(items=()), files=())
    assert read(made).text.count("None.") == 2


def test_a_planned_case_is_not_said_to_be_due():
    facts = {fact.label: fact.value for fact in confirmed(prescribed(CaseType.SURGICAL_GUIDE)).facts}
    assert facts["Due"] == "not stated"
