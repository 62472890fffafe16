"""What somebody answers to a text message."""

import pytest
from bitewing.notifications.reply import Reply, ReplyKind, read_reply

ACCEPT, DECLINE, STOP, UNCLEAR = ReplyKind


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("YES 4821", Reply(kind=ACCEPT, code="4821")),
        (" yes 4821! ", Reply(kind=ACCEPT, code="4821")),
        ("4821 Sí", Reply(kind=ACCEPT, code="4821")),
        ("Yes4821", Reply(kind=ACCEPT, code="4821")),
        ("ok", Reply(kind=ACCEPT)),
        ("No 4821", Reply(kind=DECLINE, code="4821")),
        ("no, sorry", Reply(kind=DECLINE)),
        ("STOP", Reply(kind=STOP)),
        ("Stop.", Reply(kind=STOP)),
        ("Yes, I am coming, 4821", Reply(kind=ACCEPT, code="4821")),
        ("alto", Reply(kind=STOP)),
    ],
)
def test_a_plain_answer_is_understood(text, reply):
    assert read_reply(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4821",
        "who is this?",
        "yes or no?",
        "YES 4821 and 4822",
        "I would say yes if somebody could drive me",
        "cancel 4821",
        "yes" * 3,
        "yes 48211",
        "I'm driving, no texts now",
    ],
)
def test_what_could_mean_something_else_changes_nothing(text):
    assert read_reply(text) == Reply(kind=UNCLEAR)
