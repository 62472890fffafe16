"""Prescriptions as they come out of the printer, read by another library than the one that made them."""

import io
import re
import unicodedata
from dataclasses import replace

import pypdfium2
import pytest
from bitewing.kernel import teeth
from bitewing.packet.packet import Item
from bitewing.requirements.case_types import CaseType
from bitewing.rx.chart import chart_of
from bitewing.rx.printing.printer import FAMILIES, TypstPrinter
from bitewing.rx.printing.qr import qr_svg
from bitewing.rx.sheet import sheet_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.builders import a_patient, a_practice
from tests.support.prescriptions import printed, shown
from tests.support.shown_cases import LINK, NAMES, PRINTED_CASE_ID, SHOWN, a_crown, prescribed, the_longest

LETTER = (612.0, 792.0)
#: Letters that come back as they are; marks and vowels come back in the order in which they are drawn.
LETTERS = {"Lo", "Lu", "Ll"}


def read(content):
    """Return the text of each page."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def words(text):
    """Return a text without what only its layout is made of."""
    # At the end of a line, a hyphen is read as one that only parts the word.
    return re.sub("[-\u200b\ufffe]", "", "".join(unicodedata.normalize("NFKC", text).split()))


def pictures(content, scale=1.0):
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def everything_on(sheet):
    """Yield every text of a sheet that a reader must find."""
    yield from (sheet.title, sheet.case_id, sheet.link, sheet.version, sheet.sent)
    for block in (sheet.lab, sheet.practice, sheet.dentist, sheet.patient):
        yield block.name
        yield from block.lines
    for fact in (*sheet.facts, *sheet.acknowledged, *(fact for piece in sheet.pieces for fact in piece.selections)):
        yield fact.value
    for piece in sheet.pieces:
        yield from (piece.work, piece.teeth, piece.fdi)
    yield from (*sheet.description, *sheet.authorization, *sheet.attestations, *sheet.files)


@pytest.mark.parametrize("name", ["crown", "bridge", "complete_denture", "longest"])
def test_everything_that_was_prescribed_can_be_read_on_paper(name):
    sheet, paper = shown(name)
    found = words("".join(read(paper.content)))
    # Rows go over from one page to the next only as wholes; headers of pages stand between paragraphs.
    missing = [text for text in everything_on(sheet) if words(text) not in found]
    assert missing == []


@pytest.mark.parametrize("case_type", CaseType)
def test_an_ordinary_case_of_each_type_has_one_page_with_all_that_was_prescribed(case_type):
    made = prescribed(case_type)
    paper = printed(made)
    assert paper.pages == len(read(paper.content)) == 1
    found = words(read(paper.content)[0])
    assert [text for text in everything_on(sheet_of(made)) if words(text) not in found] == []


def test_the_paper_is_of_the_letter_size_everywhere():
    for name in SHOWN:
        document = pypdfium2.PdfDocument(shown(name)[1].content)
        assert {page.get_size() for page in document} == {LETTER}
        document.close()


def test_the_longest_case_has_more_pages_each_with_case_and_number():
    sheet, paper = shown("longest")
    pages = read(paper.content)
    assert paper.pages == len(pages) > 1
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert PRINTED_CASE_ID in text
        assert "RX 1, submission 1" in text
        assert sheet.patient.name in text
    assert len(the_longest().case.packet.description) == 4_000


def test_all_thirty_two_teeth_of_the_longest_case_have_their_row():
    sheet, _ = shown("longest")
    assert [piece.teeth for piece in sheet.pieces] == [str(number) for number in range(1, 33)]
    assert [piece.fdi for piece in sheet.pieces] == [teeth.from_universal(str(number)) for number in range(1, 33)]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_letters_of_a_name_in_any_script_come_back_from_paper(name):
    found = words(read(printed(prescribed(patient=a_patient(name=name))).content)[0])
    letters = {sign for sign in words(name) if unicodedata.category(sign) in LETTERS}
    assert letters
    assert [sign for sign in letters if sign not in found] == []


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_any_script_is_drawn_with_shapes_of_its_own(name):
    """What has no shape is drawn as the same box for every letter: other letters would give the same picture."""
    drawn = {
        picture.crop((0, 110, 300, 150)).tobytes()
        for text in (name, name[::-1], name[: len(name) // 2])
        for picture in pictures(printed(prescribed(patient=a_patient(name=text))).content)
    }
    assert len(drawn) == 3


def test_arabic_letters_are_joined_and_run_to_the_left():
    joined, apart = "ليلى", "ل\u200cي\u200cل\u200cى"
    one, other = (
        pictures(printed(prescribed(patient=a_patient(name=text))).content, scale=2)[0].crop((80, 220, 400, 270))
        for text in (joined, apart)
    )
    assert one.tobytes() != other.tobytes()


def test_a_sign_without_a_shape_stands_as_its_number_and_the_sheet_says_what_that_is():
    text = read(printed(prescribed(patient=a_patient(name="\U00020bb7田 一郎"))).content)[0]
    assert "[U+20BB7]" in text
    assert "stands for a sign of Unicode" in " ".join(text.split())
    assert "stands for a sign" not in " ".join(read(shown("crown")[1].content)[0].split())


def test_nothing_on_the_paper_has_a_color():
    for name in SHOWN:
        for picture in pictures(shown(name)[1].content):
            red, green, blue = picture.split()
            assert red.tobytes() == green.tobytes() == blue.tobytes(), name


def pattern_at_14(item):
    """Return how tooth 14 looks in pure black and white around its letter, which is covered."""
    tooth = pictures(printed(prescribed(items=(item,))).content, scale=4)[0].crop((800, 1316, 896, 1400)).convert("L")
    tooth.paste(255, (20, 14, 76, 70))
    return tooth.point(lambda tone: 255 * (tone > 128))


def test_marks_are_told_apart_in_black_and_white():
    """Each mark has a letter, and beside it a pattern of its own."""
    items = {
        "none": Item(teeth=("24",)),
        "W": Item(teeth=("14",)),
        "P": Item(teeth=("14",), pontics=("14",)),
        "I": Item(teeth=("14",), selections={"implant_maker": "Straumann"}),
    }
    black = {mark: pattern_at_14(item).histogram()[0] for mark, item in items.items()}
    # Apart by a good third each: also on a copy of a copy.
    assert black["none"] * 1.3 < black["P"]
    assert black["P"] * 1.3 < black["W"]
    assert black["W"] * 1.3 < black["I"]
    drawn = [tooth.mark for item in items.values() for tooth in chart_of(CaseType.CROWN, (item,), "fdi").upper]
    assert {mark.value for mark in drawn if mark} == {"W", "P", "I"}


def test_markup_in_a_text_is_only_text():
    nasty = '#panic("x") *bold* $x^2$ \\ `raw` @ref <label> [a] // gone /* gone */ = title\n- #sys.inputs'
    text = words(read(printed(prescribed(description=nasty)).content)[0])
    assert all(words(line) in text for line in nasty.splitlines())


def test_a_text_without_a_space_stays_on_the_paper():
    made = prescribed(description="W" * 4_000, patient=a_patient(name="N" * 200))
    paper = printed(made)
    assert words("".join(read(paper.content))).count("W") >= 4_000
    for picture in pictures(paper.content):
        # White down to the very edge: nothing runs out of the page.
        assert picture.crop((580, 0, 612, 792)).getextrema() == ((255, 255),) * 3


def test_the_same_sheet_gives_the_same_bytes():
    made = a_crown()
    assert TypstPrinter().print(sheet_of(made)).content == TypstPrinter().print(sheet_of(made)).content
    other = replace(made, number=2)
    assert printed(other).sha256 != printed(made).sha256


def test_an_ordinary_sheet_is_small():
    assert all(len(shown(name)[1].content) < 150_000 for name in SHOWN)


def test_the_document_is_tagged_and_kept_for_decades():
    content = shown("crown")[1].content
    assert b"pdfaid:part>2<" in content
    assert b"pdfuaid:part>1<" in content


def test_the_document_is_named_by_its_case_and_not_by_its_patient():
    document = pypdfium2.PdfDocument(shown("crown")[1].content)
    told = document.get_metadata_dict()
    document.close()
    assert told["Title"] == f"Laboratory Procedure Prescription, case {PRINTED_CASE_ID}"
    assert "Æthelflæd" not in repr(told)


def test_a_practice_that_writes_fdi_gets_one_column_of_teeth():
    text = read(printed(replace(a_crown(), practice=a_practice(notation="fdi"))).content)[0]
    assert "Teeth (FDI)" in text
    assert "Universal" not in text


def test_the_qr_code_is_a_drawing_of_the_link_and_of_nothing_else():
    drawn = qr_svg(LINK)
    assert drawn.startswith("<svg ")
    assert qr_svg(LINK) == drawn != qr_svg(f"{LINK}X")
    # Nothing is loaded with it, and nothing runs in it.
    assert not re.search(r"href|script|<image|url\(", drawn)


def test_the_link_can_be_copied_from_the_paper_as_it_is():
    assert LINK in read(shown("crown")[1].content)[0]


def test_all_typefaces_are_asked_for_by_the_names_that_they_have():
    assert set(FAMILIES) == set(TypstPrinter()._fonts.families())


#: Letters and marks of every script, in every order: also where no language puts them.
_MIXED = st.text(
    st.one_of(
        st.sampled_from(sorted({sign for name in NAMES.values() for sign in name})),
        st.characters(categories=["Mn", "Mc", "Me"]),
        st.characters(categories=["Lo", "So", "Co", "Cf"]),
    ),
    max_size=300,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=300), _MIXED), st.text(min_size=1, max_size=60))
def test_whatever_is_written_comes_onto_paper(description, name):
    paper = printed(prescribed(description=description, patient=a_patient(name=name)))
    assert paper.pages >= 1
    assert pypdfium2.PdfDocument(io.BytesIO(paper.content)) is not None
