"""The page that confirms a sending: printed, and kept with the patient's record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from bitewing.cases.case import Case, Submission
from bitewing.cases.status import SHOWN_AS
from bitewing.directory.organization import Lab, Practice
from bitewing.files.case_file import CaseFile
from bitewing.requirements.case_types import CASE_TYPES
from bitewing.rx.rx import Rx
from bitewing.rx.sheet import Fact, Piece, file_counts, moment, pieces_of, weekday

#: What a browser may load for the page: nothing; what it shows stands in it.
SECURITY_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_STYLE: Final = """\
@page { margin: 18mm }
body { font: 11pt/1.4 system-ui, sans-serif; color: #000; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
header { display: flex; justify-content: space-between; gap: 1rem; align-items: start }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1rem; margin: 1.2rem 0 .3rem }
svg { width: 32mm; height: 32mm; flex: none }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0 } dt { color: #444 }
dd { margin: 0; overflow-wrap: anywhere } ul { margin: 0; padding-left: 1.2rem }
.case { font-size: 1.3rem } .keep { border: 1px solid; padding: .5rem .8rem; margin-top: 1.5rem }
@media print { body { margin: 0; padding: 0 } a { color: inherit } section { break-inside: avoid } }
"""
#: More pieces than this go onto the RX alone: this page is one page.
_MAX_PIECES: Final = 12
_MAX_WORDS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What stands on the page.

    Attributes:
        link: Address of the case.
        rx_link: Address of the RX of this sending; ``None`` where it is not made yet, or is not for the reader yet.
        facts: What is known of the case and of the sending.
        pieces: The work, piece by piece, as far as one page has room.
        more_pieces: How many pieces there are beside those.
        files: How many files of each kind were sent.
    """

    case_id: str
    link: str
    rx_link: str | None
    rx_number: int | None
    facts: tuple[Fact, ...]
    pieces: tuple[Piece, ...]
    more_pieces: int
    files: tuple[str, ...]


def confirmation_of(
    case: Case,
    submission: Submission,
    *,
    practice: Practice,
    lab: Lab,
    files: Sequence[CaseFile],
    rx: Rx | None,
    link: str,
) -> Confirmation:
    """Return what is printed to confirm a sending of a case.

    Args:
        case: The case as it was sent.
        submission: The sending.
        practice: Of the case.
        lab: Of the case.
        files: Those that were sent.
        rx: The version that belongs to the sending, where there is one for the reader.
        link: Address of the case.
    """
    packet = case.packet
    pieces = pieces_of(case.case_type, packet.items, practice.notation)
    return Confirmation(
        case_id=case.case_id,
        link=link,
        rx_link=f"{link}/rx/{rx.number}" if rx else None,
        rx_number=rx.number if rx else None,
        facts=(
            Fact(label="Patient", value=_short(packet.patient.name)),
            Fact(label="Practice", value=practice.name),
            Fact(label="Lab", value=lab.contact),
            Fact(label="Type", value=CASE_TYPES[case.case_type].called),
            Fact(label="Sent", value=moment(submission.submitted_at, practice.time_zone)),
            Fact(label="Submission", value=str(submission.number)),
            Fact(label="Status", value=SHOWN_AS[case.status]),
            Fact(label="Wanted on", value=weekday(packet.wanted_on)),
            Fact(label="Due", value=weekday(case.due_on)),
        ),
        pieces=pieces[:_MAX_PIECES],
        more_pieces=len(pieces[_MAX_PIECES:]),
        files=file_counts(packet, files),
    )


def page(confirmation: Confirmation, qr: str) -> str:
    """Return the page as HTML: whole in itself, every word of it escaped.

    Args:
        confirmation: What stands on it.
        qr: The QR code of the case's address, as SVG.
    """
    case_id = escape(confirmation.case_id)
    rx = "The RX is being made. Open the case in a moment to fetch it."
    if confirmation.rx_link is not None:
        address = escape(confirmation.rx_link)
        rx = f'<a href="{address}">RX {confirmation.rx_number}: {address}</a>'
    more = [f"and {confirmation.more_pieces} more, on the RX"] if confirmation.more_pieces else []
    work = _list((*(_piece(piece) for piece in confirmation.pieces), *more))
    facts = "".join(
        f"<dt>{escape(fact.label)}</dt><dd dir=auto>{escape(fact.value)}</dd>" for fact in confirmation.facts
    )
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Case {case_id}</title>
<style>
{_STYLE}</style>
</head>
<body>
<header>
<div><h1>Your case was sent</h1><p class="case">Case <strong>{case_id}</strong></p>
<p><a href="{escape(confirmation.link)}">{escape(confirmation.link)}</a></p></div>
{qr}
</header>
<dl>{facts}<dt>RX</dt><dd>{rx}</dd></dl>
<section><h2>Work</h2>{work}</section>
<section><h2>Files</h2>{_list(confirmation.files)}</section>
<p class="keep">Keep this with the patient record.</p>
</body>
</html>
"""


def _piece(piece: Piece) -> str:
    return _short(f"{piece.work}: {piece.teeth}")


def _list(entries: Iterable[str]) -> str:
    rows = "".join(f"<li dir=auto>{escape(entry)}</li>" for entry in entries)
    return f"<ul>{rows}</ul>" if rows else "<p>None.</p>"


def _short(words: str) -> str:
    return words if len(words) <= _MAX_WORDS else f"{words[: _MAX_WORDS - 1]}…"
