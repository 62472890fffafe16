"""How text messages are written and counted."""

import pytest
from bitewing.notifications.templates.text_message import segments, written_plainly


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("Bitewing: día de casos", "Bitewing: dia de casos"),
        ("¿Mañana? ¡Sí! Señor Peña, Zoë, GARCÍA", "¿Mañana? ¡Si! Señor Peña, Zoe, GARCIA"),
        ("\u2018Smile\u2019 \u2013 \u201cDental\u201d\u2026\u00a010\u202fAM", "'Smile' - \"Dental\"... 10 AM"),
        ("[a] {b} ~ €", "[a] {b} ~ €"),
        ("李医生", "李医生"),
    ],
)
def test_letters_are_written_in_the_alphabet_of_text_messages_as_far_as_they_are_like_one(text, plainly):
    assert written_plainly(text) == plainly


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("í" * 70, 1),
        ("í" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_texts_are_counted_as_they_are_paid_for(text, count):
    assert segments(text) == count
