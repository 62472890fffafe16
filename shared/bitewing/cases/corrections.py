"""Correction links: what a practice without an account may mend of one case, and for how long.

A link asks for what PreCheck found, and for nothing else: its scope is the rules whose findings it names, the kinds
of files that may be sent with it, and the fields of the packet that may be answered. Which kinds and fields a rule
needs stands in one table here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bitewing.cases.case import Case
from bitewing.files.kinds import FileKind
from bitewing.packet.packet import Arch
from bitewing.precheck.finding import Finding, Outcome
from bitewing.requirements.case_types import CASE_TYPES
from bitewing.requirements.selections import IMPLANT_CASCADE, MATERIAL, RETENTION, SHADE, SHADE_GUIDE, STUMP_SHADE

if TYPE_CHECKING:
    from bitewing.precheck.checked_case import CheckedCase

#: Most links of a case that are open at once: one for each person of a practice, and some that were lost.
MAX_OPEN_LINKS: Final = 10
DEFAULT_DAYS: Final = 14
MAX_DAYS: Final = 30
#: How long a link can still be listed after its end, before the table forgets it.
KEPT_AFTER_END: Final = timedelta(days=30)


class Answerable(StrEnum):
    """What of a packet can be answered with a link, beside selections, which are named one by one."""

    PATIENT = "patient"
    DESCRIPTION = "description"
    CONTACT = "contact"
    WANTED_ON = "wanted_on"
    APPOINTMENT_ON = "appointment_on"
    ATTESTATIONS = "attestations"
    ITEMS = "items"
    """Pieces of work can be added."""
    TEETH = "teeth"
    ARCH = "arch"
    REASONS = "reasons"
    """The reasons of the last return can be answered."""
    AUTHORIZATION = "authorization"


_A: Final = Answerable
#: Before the name of a selection.
SELECTION: Final = "selections/"
#: An answer of one of these is a change of what the dentist authorized.
_AUTHORIZED: Final = frozenset({_A.PATIENT, _A.DESCRIPTION, _A.ITEMS, _A.TEETH, _A.ARCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What a rule's findings need to be dealt with.

    Attributes:
        kinds: Kinds of files that can be sent; beside them, that of the file which a finding is about.
        fields: What of the packet can be answered; beside it, the selection which a finding is about.
    """

    kinds: frozenset[FileKind] = frozenset()
    fields: frozenset[str] = frozenset()


def _asks(*fields: str, kinds: Collection[FileKind] = ()) -> Asks:
    return Asks(kinds=frozenset(kinds), fields=frozenset(fields))


def selection(name: str) -> str:
    """Return the field of a scope that stands for a selection."""
    return SELECTION + name


_FILE_ONLY: Final = _asks()

#: What each rule asks of a practice. Kinds of what is missing (FIL-REQUIRED) are those of the lab's profile.
#: What the other rules find, a lab deals with itself in a case that it started.
ASKS: Final[Mapping[str, Asks]] = {
    "RX-PATIENT": _asks(_A.PATIENT),
    "RX-PIECE": _asks(_A.TEETH, _A.ARCH),
    "RX-MATERIAL": _asks(selection(MATERIAL)),
    "RX-DESCRIPTION": _asks(_A.DESCRIPTION),
    "RX-CONTACT": _asks(_A.CONTACT),
    "RX-ATTEST": _asks(_A.ATTESTATIONS),
    "RX-SIGNATURE": _asks(_A.AUTHORIZATION, kinds=[FileKind.DOCUMENT]),
    "DUE-MISSING": _asks(_A.WANTED_ON),
    "DUE-IMPOSSIBLE": _asks(_A.WANTED_ON),
    "DUE-ASAP": _asks(_A.WANTED_ON),
    "DUE-APPOINTMENT": _asks(_A.WANTED_ON, _A.APPOINTMENT_ON),
    "TTH-INVALID": _asks(_A.TEETH),
    "TTH-BRIDGE": _asks(_A.TEETH),
    "TTH-TWICE": _asks(_A.TEETH),
    "TTH-TEXT": _asks(_A.TEETH, _A.DESCRIPTION),
    "SHD-MISSING": _asks(selection(SHADE), selection(SHADE_GUIDE)),
    "SHD-UNKNOWN": _asks(selection(SHADE), selection(SHADE_GUIDE)),
    "SHD-STUMP": _asks(selection(STUMP_SHADE)),
    "SHD-PHOTO": _asks(kinds=[FileKind.PHOTO]),
    "IMP-SYSTEM": _asks(*map(selection, IMPLANT_CASCADE)),
    "IMP-SCANBODY": _asks(kinds=[FileKind.SCAN_BODY_SCAN]),
    "IMP-RETENTION": _asks(selection(RETENTION)),
    "SEL-REQUIRED": _asks(),
    "SEL-UNKNOWN": _asks(),
    "FIL-REQUIRED": _FILE_ONLY,
    "FIL-PENDING": _FILE_ONLY,
    "FIL-UNREADABLE": _FILE_ONLY,
    "FIL-FORMAT": _FILE_ONLY,
    "FIL-DUPLICATE": _FILE_ONLY,
    "MSH-UNITS": _FILE_ONLY,
    "MSH-DENSITY": _FILE_ONLY,
    "MSH-HOLES": _FILE_ONLY,
    "MSH-ARCH": _FILE_ONLY,
    "DCM-SERIES": _FILE_ONLY,
    "DCM-GAP": _FILE_ONLY,
    "DCM-VOXEL": _FILE_ONLY,
    "DCM-AGE": _FILE_ONLY,
    "IDT-PATIENT": _FILE_ONLY,
    "CSE-RETURN": _asks(_A.REASONS),
}
#: Rules about pieces of work: whoever names the first piece is asked what it is made like, too.
OF_PIECES: Final = frozenset(
    {
        *("RX-PIECE", "RX-MATERIAL", "TTH-INVALID", "TTH-BRIDGE", "TTH-TWICE", "SHD-MISSING", "SHD-UNKNOWN"),
        *("SHD-STUMP", "IMP-SYSTEM", "IMP-RETENTION", "SEL-REQUIRED", "SEL-UNKNOWN"),
    }
)


class LinkState(StrEnum):
    """Whether a link opens its case."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a link asks for, and all that it lets anybody do.

    Attributes:
        rule_ids: The rules whose findings it names.
        kinds: The kinds of files that may be sent.
        fields: The fields of the packet that may be answered: :class:`Answerable`, or ``selections/<name>``.
    """

    rule_ids: frozenset[str]
    kinds: frozenset[FileKind]
    fields: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be done with it."""
        return not self.kinds and not self.fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One finding, as it was when the link was issued."""

    rule_id: str
    outcome: Outcome
    about: str
    says: str
    do: str

    @classmethod
    def of(cls, finding: Finding) -> "Asked":
        """Return a finding as a link keeps it."""
        return cls(
            rule_id=finding.rule_id,
            outcome=finding.outcome,
            about=finding.about,
            says=finding.says,
            do=finding.do,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLink:
    """One link to one case.

    Attributes:
        secret_digest: All that is stored of its secret.
        asked: The findings for which it was issued.
        valid_until: The moment from which it opens nothing.
        issued_by: The person of the lab.
        done_at: When whoever has the link last said that they are done.
    """

    link_id: str
    case_id: str
    practice_id: str
    lab_id: str
    secret_digest: str = field(repr=False)
    scope: Scope
    asked: tuple[Asked, ...]
    issued_at: datetime
    issued_by: str
    valid_until: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    done_at: datetime | None = None
    version: int = 1

    @property
    def user_id(self) -> str:
        """Return who acts with this link, as histories name them."""
        return f"link:{self.link_id}"

    def state_at(self, at: datetime) -> LinkState:
        """Return whether the link opens its case at a moment."""
        if self.revoked_at is not None:
            return LinkState.REVOKED
        return LinkState.OPEN if at < self.valid_until else LinkState.EXPIRED

    def is_open_at(self, at: datetime) -> bool:
        """Whether the link opens its case at a moment."""
        return self.state_at(at) is LinkState.OPEN

    def revoked(self, *, at: datetime, by: str) -> "CorrectionLink":
        """Return the link as it opens nothing from now on."""
        return replace(self, revoked_at=at, revoked_by=by, version=self.version + 1)

    def done(self, *, at: datetime) -> "CorrectionLink":
        """Return the link as somebody has said with it that they are done."""
        return replace(self, done_at=at, version=self.version + 1)


def scope_of(checked: "CheckedCase", findings: Iterable[Finding], *, rule_ids: Collection[str]) -> Scope:
    """Return what the findings of some rules need to be dealt with.

    Where an answer would change what the dentist has authorized, the scope has the authorization, too: it would be
    withdrawn by the answer.

    Args:
        checked: The case, its files and what the lab wants.
        findings: Everything that PreCheck finds.
        rule_ids: Rules of :data:`ASKS`.
    """
    case = checked.case
    has_no_piece = "RX-PIECE" in rule_ids and not case.packet.items
    if has_no_piece:
        rule_ids = OF_PIECES.union(rule_ids)
    kinds = {kind for rule_id in rule_ids for kind in ASKS[rule_id].kinds}
    fields = {name for rule_id in rule_ids for name in ASKS[rule_id].fields}
    of_type = {selection(name) for name in CASE_TYPES[case.case_type].known}
    if has_no_piece:
        fields |= {_A.ITEMS, *of_type}
    kind_of = {f"/files/{file.file_id}": file.kind for file in checked.files}
    for finding in findings:
        if finding.rule_id not in rule_ids:
            continue
        if finding.about in kind_of:
            kinds.add(kind_of[finding.about])
        _, is_selection, name = finding.about.partition(f"/{SELECTION}")
        if is_selection:
            fields.add(selection(name))
    if "FIL-REQUIRED" in rule_ids:
        kinds |= _missing_kinds(checked)
    return with_authorization(
        Scope(
            rule_ids=frozenset(rule_ids),
            kinds=frozenset(kinds),
            fields=frozenset(name for name in fields if not name.startswith(SELECTION) or name in of_type),
        ),
        case,
    )


def with_authorization(scope: Scope, case: Case) -> Scope:
    """Return a scope that can renew the authorization of a case, if anything in it would withdraw it."""
    withdraws = any(name in _AUTHORIZED or name.startswith(SELECTION) for name in scope.fields)
    if case.packet.authorization is None or not withdraws:
        return scope
    signature = ASKS["RX-SIGNATURE"]
    return Scope(
        rule_ids=scope.rule_ids | {"RX-SIGNATURE"},
        kinds=scope.kinds | signature.kinds,
        fields=scope.fields | signature.fields,
    )


def _missing_kinds(checked: "CheckedCase") -> set[FileKind]:
    # Rules are loaded by who issues a link, and not by every start of a function that knows links.
    from bitewing.precheck.rules.fil_required import unfulfilled  # noqa: PLC0415

    # Where no piece says its arch yet, whoever has the link says it: then files of either can be missing.
    arches = checked.arches or frozenset(Arch)
    return {kind for missing in unfulfilled(checked, arches) for kind in missing.kinds}
