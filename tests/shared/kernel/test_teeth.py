import pytest
from bitewing.kernel import teeth
from bitewing.kernel.teeth import NoSuchTooth
from hypothesis import given
from hypothesis import strategies as st

NOTATIONS = st.sampled_from(["fdi", "universal"])


@pytest.mark.parametrize(
    ("universal", "fdi"),
    [
        *(("1", "18"), ("8", "11"), ("9", "21"), ("16", "28")),
        *(("17", "38"), ("24", "31"), ("25", "41"), ("32", "48")),
        *(("A", "55"), ("E", "51"), ("F", "61"), ("J", "65")),
        *(("K", "75"), ("O", "71"), ("P", "81"), ("T", "85")),
        *(("51", "18S"), ("66", "28S"), ("82", "48S"), ("AS", "55S"), ("TS", "85S")),
        *((" 014 ", "26"), ("t", "85")),
    ],
)
def test_universal_codes_have_their_fdi_codes(universal, fdi):
    assert teeth.to_fdi(universal, "universal") == fdi


@pytest.mark.parametrize("code", ["0", "33", "50", "83", "U", "", "1.5", "AA", "-1", "18S"])
def test_other_universal_codes_name_no_tooth(code):
    with pytest.raises(NoSuchTooth) as refused:
        teeth.to_fdi(code, "universal")
    assert refused.value.code == code


@pytest.mark.parametrize("code", ["11", "18", "48", "51", "85", " 36 ", "18s", "55S"])
def test_fdi_codes_stay_as_they_are(code):
    assert teeth.to_fdi(code, "fdi") == code.strip().upper()


@pytest.mark.parametrize("code", ["10", "19", "49", "56", "86", "91", "A", "", "1", "?11"])
def test_other_fdi_codes_name_no_tooth(code):
    with pytest.raises(NoSuchTooth):
        teeth.to_fdi(code, "fdi")


def test_every_fdi_code_has_one_universal_code_and_comes_back():
    universal = {fdi: teeth.to_universal(fdi) for fdi in teeth.FDI_CODES}
    assert {teeth.from_universal(code) for code in universal.values()} == teeth.FDI_CODES
    assert len(set(universal.values())) == len(teeth.FDI_CODES) == 2 * (32 + 20)


def test_what_is_no_fdi_code_has_no_universal_code():
    with pytest.raises(NoSuchTooth):
        teeth.to_universal("99")


@pytest.mark.parametrize(
    ("code", "notation", "kept", "shown"),
    [
        ("5", "universal", "14", "5"),
        ("45", "universal", "?45", "45"),
        ("?45", "universal", "??45", "?45"),
        ("45", "fdi", "45", "45"),
        ("99", "fdi", "?99", "99"),
    ],
)
def test_a_code_is_kept_so_that_it_can_be_shown_as_it_was_written(code, notation, kept, shown):
    assert teeth.stored(code, notation) == kept
    assert teeth.shown(kept, notation) == shown


@pytest.mark.parametrize(
    ("codes", "notation", "shown_in"),
    [
        ((), "universal", "universal"),
        (("14", "15"), "universal", "universal"),
        (("14", "15"), "fdi", "fdi"),
        # 99 names no tooth at all; 20 names none in FDI, and 45 none in Universal.
        (("14", "?99"), "universal", "universal"),
        (("14", "?20"), "fdi", "fdi"),
        (("14", "?20"), "universal", "fdi"),
        (("?45", "14"), "universal", "universal"),
        (("?45", "14"), "fdi", "universal"),
    ],
)
def test_codes_are_shown_as_the_reader_writes_them_unless_one_would_come_back_as_a_tooth(codes, notation, shown_in):
    assert teeth.notation_to_show(codes, notation) == shown_in
    assert tuple(teeth.stored(teeth.shown(code, shown_in), shown_in) for code in codes) == codes


@given(st.lists(st.sampled_from(sorted(teeth.FDI_CODES)) | st.text(max_size=4)), NOTATIONS, NOTATIONS)
def test_what_is_shown_can_be_sent_back_as_it_is(written, written_in, notation):
    kept = [teeth.stored(code, written_in) for code in written]
    shown_in = teeth.notation_to_show(kept, notation)
    assert [teeth.stored(teeth.shown(code, shown_in), shown_in) for code in kept] == kept


@pytest.mark.parametrize(("fdi", "upper"), [("11", True), ("28", True), ("38", False), ("41", False)])
def test_permanent_teeth_have_their_jaw(fdi, upper):
    assert teeth.is_upper(fdi) is upper


@pytest.mark.parametrize(("fdi", "upper"), [("55", True), ("61S", True), ("75", False), ("81", False)])
def test_primary_teeth_have_their_jaw(fdi, upper):
    assert teeth.is_upper(fdi) is upper


@pytest.mark.parametrize(
    ("span", "contiguous"),
    [
        ((), True),
        (("14",), True),
        (("16", "14", "15"), True),
        (("12", "11", "21", "22"), True),
        (("42", "41", "31"), True),
        (("53", "12", "11"), True),
        (("61", "51"), True),
        (("81", "71"), True),
        (("14", "16"), False),
        (("12", "21"), False),
        (("11", "41"), False),
        (("17", "18S", "18"), True),
    ],
)
def test_a_span_has_no_gap_and_one_jaw(span, contiguous):
    assert teeth.are_contiguous(span) is contiguous


def test_front_teeth_go_from_canine_to_canine():
    assert {fdi for fdi in teeth.FRONT_TEETH if fdi[0] in "12"} == {"13", "12", "11", "21", "22", "23"}
    assert len(teeth.FRONT_TEETH) == 12


@pytest.mark.parametrize(
    ("one", "other", "between"),
    [
        ("16", "14", "16 15 14"),
        ("14", "16", "16 15 14"),
        ("12", "22", "12 11 21 22"),
        ("43", "33", "33 32 31 41 42 43"),
        ("28", "38", "28 38"),
        ("55", "53", "55 54 53"),
        ("14", "14", "14"),
        ("14", "53", "14 53"),
        ("18S", "17", "18S 17"),
    ],
)
def test_a_span_goes_from_one_tooth_to_another_along_the_arch(one, other, between):
    assert " ".join(teeth.span(one, other)) == between
