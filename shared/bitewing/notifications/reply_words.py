"""What somebody is texted back, in English and Spanish."""

from collections.abc import Iterable, Mapping
from typing import Final

from bitewing.case_days.case_day import CaseDay
from bitewing.notifications.question import ReplyOutcome
from bitewing.notifications.templates.form import Reader, date_in_short
from bitewing.notifications.templates.text_message import written_plainly

_O: Final = ReplyOutcome
_ENGLISH: Final[Mapping[ReplyOutcome, str]] = {
    _O.ACCEPTED: "Bitewing: thank you. You are on the team of {on} at {practice}.",
    _O.DECLINED: "Bitewing: noted. You are not on the team of {on} at {practice}.",
    _O.OVER: "Bitewing: {on} at {practice} is no longer open to answers. Questions? Ask your manager.",
    _O.ASKED_ANEW: "Bitewing: {on} at {practice} has changed, and you were asked again. Please answer that message.",
    _O.WHICH_ONE: "Bitewing: which one? {codes}. Reply YES or NO with the code.",
    _O.UNCLEAR: "Bitewing: please reply YES or NO with the code of the message.",
    _O.NOTHING_OPEN: "Bitewing: nothing waits for your answer. Questions? Ask your manager.",
}
_SPANISH: Final[Mapping[ReplyOutcome, str]] = {
    _O.ACCEPTED: "Bitewing: gracias. Está en el equipo del {on} en {practice}.",
    _O.DECLINED: "Bitewing: anotado. No está en el equipo del {on} en {practice}.",
    _O.OVER: "Bitewing: el {on} en {practice} ya no admite respuestas. ¿Dudas? Pregunte a su responsable.",
    _O.ASKED_ANEW: "Bitewing: el {on} en {practice} ha cambiado y se le preguntó de nuevo. Responda a ese mensaje.",
    _O.WHICH_ONE: "Bitewing: ¿cuál? {codes}. Responda SI o NO con el código.",
    _O.UNCLEAR: "Bitewing: responda SI o NO con el código del mensaje.",
    _O.NOTHING_OPEN: "Bitewing: nada espera su respuesta. ¿Dudas? Pregunte a su responsable.",
}
#: Questions that are named where several wait: with more, the message would be paid for several times.
_NAMED: Final = 3
#: Characters of what a practice is called, for the same reason.
_MAX_NAME: Final = 50


def reply_said(
    outcome: ReplyOutcome, reader: Reader, *, day: CaseDay | None, waiting: Iterable[tuple[str, CaseDay]] = ()
) -> str:
    """Return what somebody is texted back.

    Args:
        outcome: What became of their message; nothing is said for some.
        reader: In their language, and as they write dates.
        day: What they answered to.
        waiting: What waits for an answer, each with its code.
    """
    words = (_SPANISH if reader.reads_spanish else _ENGLISH)[outcome]
    codes = [f"{code}: {date_in_short(each.on, reader)}" for code, each in waiting][:_NAMED]
    on, practice = (date_in_short(day.on, reader), day.practice_name[:_MAX_NAME]) if day is not None else ("", "")
    return written_plainly(words.format(on=on, practice=practice, codes="; ".join(codes)))
