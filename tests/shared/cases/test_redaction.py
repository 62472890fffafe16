"""What whoever has a correction link is not told: the patient's name, reference and birth date, and names of files."""

from datetime import date

import pytest
from bitewing.cases.redaction import MARK, without_patient
from bitewing.kernel.names import NOBODY
from bitewing.packet.packet import Patient
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import a_patient

BORN_ON = date(1990, 3, 14)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("Mira Holloway's bite is off.", "… … bite is off."),
        ("The scan of HOLLOWAY, again.", "The scan of …, again."),
        ("Born 1980-05-17, or May 17, 1980.", "Born …, or …."),
        ("See p-1001 for more, not P-10012.", "See … for more, not P-10012."),
        ("Piece 1 has no shade.", "Piece 1 has no shade."),
    ],
)
def test_a_sentence_is_told_without_the_words_that_say_who_the_patient_is(says, told):
    assert without_patient(says, a_patient()) == told


@pytest.mark.parametrize(
    ("name", "says", "told"),
    [
        ("田中 花子", "田中花子の上顎のスキャン", "…の上顎のスキャン"),
        ("李明", "李明的扫描, 李先生", "…的扫描, 李先生"),
        ("李 明", "李先生的扫描", "…先生的扫描"),
        ("김 민수", "김민수님의 스캔", "…님의 스캔"),
        ("김민수", "민수님의 스캔", "…님의 스캔"),
        ("สมชาย ใจดี", "สแกนของสมชายใจดีไม่ครบ", "สแกนของ…ไม่ครบ"),
        ("Mira Holloway", "The Holloways, and miraholloway", "The …, and …"),
        ("Anna-Lena Roth", "Annalena, AnnaLena and Lena", "…, … and …"),
        ("Unknown Smith", "Smith is unknown.", "… is unknown."),
        ("Zoë O'Neil-Brandt", "ONeil, or Neil's, or ZOE Brandt.", "…, or …, or … …."),
        ("Jürgen Müller", "Juergen, MUELLER, Mu\u0308ller, Muller", "…, …, …, …"),
        ("Ω. Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ", "…"),
        ("Ana de la Cruz", "The lab needs a shade: de la Cruz.", "The lab needs a shade: … … …."),
        ("Anonymous", "The scan is anonymous.", "The scan is anonymous."),
        ("", "The scan is of nobody.", "The scan is of nobody."),
    ],
)
def test_a_name_is_known_in_any_script_and_inside_of_other_words(name, says, told):
    assert without_patient(says, Patient(name=name)) == told


@pytest.mark.parametrize(
    "written",
    [
        *("03/14/1990", "3/14/90", "14.03.1990", "14-03-90", "1990-03-14", "1990/14/03", "19900314", "03141990"),
        *("14 March 1990", "14th of March, 1990", "March 14th, 1990", "14-Mar-90", "1990 Mar 14"),
        *(
            "14 de marzo de 1990",
            "14. März 1990",
            "1990年3月14",
            "1990년 3월 14",
            "".join(chr(ord(sign) + 0xFEE0) for sign in "1990/03/14"),
        ),
    ],
)
def test_a_birth_date_is_known_however_it_is_written(written):
    patient = Patient(name="", born_on=BORN_ON)
    assert without_patient(f"Born {written}.", patient) == "Born …."


@pytest.mark.parametrize("says", ["114.03.1990", "14.03.19901", "March 14, 1991", "2026-03-14", "Slice 3 of 14"])
def test_another_date_or_number_stays(says):
    assert without_patient(says, Patient(name="", born_on=BORN_ON)) == says


def test_a_short_reference_is_a_number_like_any_other():
    patient = Patient(name="", reference="14")
    assert without_patient("Tooth 14 is named twice.", patient) == "Tooth 14 is named twice."


@pytest.mark.parametrize("name", ["upper.stl", "Somebody_1990.DCM", "(scan.v2.zip)", "x.jpeg"])
def test_names_of_files_are_left_out(name):
    told = without_patient(f"See {name} again.", a_patient())
    assert "." + name.strip("()").rpartition(".")[2] not in told
    assert told.startswith("See …")
    assert told.endswith(" again.")


LETTERS_OF_NAMES = st.sampled_from("abcdefghijklmnopqrstuvwxyzäéøßшжωλ") | st.sampled_from("田花李明山")
WORDS = st.text(LETTERS_OF_NAMES, min_size=3, max_size=8).filter(lambda word: word not in NOBODY)
AROUND = st.text(st.sampled_from("0123456789 .,;-_()"), max_size=4)


@given(
    words=st.lists(WORDS, min_size=1, max_size=3),
    joint=st.sampled_from([" ", "-", "'", ""]),
    change=st.sampled_from([str, str.upper, str.title, str.swapcase]),
    before=AROUND,
    after=AROUND,
)
def test_no_word_of_a_name_gets_through_however_it_is_joined(words, joint, change, before, after):
    told = without_patient(f"{before}{change(joint.join(words))}{after}", Patient(name=" ".join(words)))
    assert not any(letter.isalpha() for letter in told)


@given(
    on=st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    order=st.sampled_from(["ymd", "ydm", "dmy", "mdy"]),
    gap=st.sampled_from(["/", "-", ".", " ", ". ", ", ", "_"]),
    month=st.sampled_from(["%m", "%B", "%b"]),
    year=st.sampled_from(["%Y", "%y"]),
)
def test_no_birth_date_gets_through_in_any_order(on, order, gap, month, year):
    written = gap.join({"y": on.strftime(year), "m": on.strftime(month), "d": f"{on.day:02}"}[part] for part in order)
    told = without_patient(f"({written})", Patient(name="", born_on=on))
    assert told == f"({MARK})"
