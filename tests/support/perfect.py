"""A case of any type that PreCheck finds nothing in, and for each rule the one change that it speaks of.

``a_perfect_case(case_type, profile)`` gives what a lab's profile asks for, whatever it asks, as far as it can be
given. All names are invented.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from bitewing.cases.case import Case, Submission
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return, ReturnReason
from bitewing.cases.status import Status
from bitewing.directory.organization import BillingState
from bitewing.files.accepted import ACCEPTED
from bitewing.files.case_file import CaseFile, FileKind, FileState
from bitewing.files.inspection import FileFormat, MeshShape
from bitewing.kernel.working_days import add_working_days
from bitewing.packet.packet import Arch, Item
from bitewing.precheck.checked_case import CheckedCase
from bitewing.requirements.case_types import CASE_TYPES, CaseType, Prescribes, selections_of
from bitewing.requirements.profile import ArchRole, FileRequirement, RequirementProfile
from bitewing.requirements.selections import Selection

from tests.support.builders import (
    NOW,
    TODAY,
    a_case,
    a_checked_case,
    a_dentist,
    a_file,
    a_lab,
    a_packet,
    a_profile,
    a_quarantined_file,
    an_inspection,
    image_measures,
    mesh_measures,
    series_measures,
)

K, T = FileKind, CaseType

#: Teeth of the upper arch that a piece of each type is for; none where the type prescribes none.
TEETH: Final[Mapping[CaseType, tuple[str, ...]]] = {
    T.CROWN: ("14",),
    T.BRIDGE: ("14", "15", "16"),
    T.VENEER: ("11",),
    T.INLAY_ONLAY: ("16",),
    T.IMPLANT_CROWN: ("14",),
    T.CUSTOM_ABUTMENT: ("14",),
    T.SURGICAL_GUIDE: ("14",),
    T.FULL_ARCH_IMPLANT: ("15", "12", "22", "25"),
    T.PARTIAL_DENTURE: ("15", "16"),
    T.DIAGNOSTIC_WAX_UP: ("14",),
}
#: Values where the first one that there is would not do; the first of these that the type has.
VALUES: Final = {
    "shade": "A2",
    "shade_guide": "vita_classical",
    "stage": "final|finish",
    "implant_maker": "Straumann",
    "implant_system": "BLX",
    "implant_platform": "RB",
    "implant_size": "4.0 x 10",
    "implant_count": "4",
    "retention": "screw",
    "kind": "clear_retainer",
}
OPPOSING: Final = {Arch.UPPER: Arch.LOWER, Arch.LOWER: Arch.UPPER}
SCAN_OF: Final = {Arch.UPPER: K.UPPER_SCAN, Arch.LOWER: K.LOWER_SCAN}


def a_perfect_case(case_type: CaseType, profile: RequirementProfile | None = None, **changes: Any) -> CheckedCase:
    """Return a case of a type with all that its lab's profile asks for, in the upper arch.

    Args:
        case_type: The type.
        profile: What the lab wants; what a new lab starts with by default.
        changes: Selections that are to have other values.
    """
    profile = profile or a_profile(case_type)
    item = _an_item(case_type, profile, changes)
    wanted_on = add_working_days(TODAY, profile.turnaround_working_days, a_lab().working_weekdays, frozenset())
    packet = a_packet(
        items=(item,),
        description="Please keep the anatomy of the neighbors, and call when in doubt.",
        wanted_on=wanted_on,
        attestations=frozenset(profile.attestations),
    )
    return a_checked_case(case=a_case(case_type=case_type, packet=packet), profile=profile, files=_files(profile, item))


def _an_item(case_type: CaseType, profile: RequirementProfile, changes: Mapping[str, str]) -> Item:
    facts, known = CASE_TYPES[case_type], selections_of(case_type)
    wanted = [*facts.selections, *facts.expected, *(name for name in profile.selections if name in known)]
    if "shade" in wanted:
        wanted.append("shade_guide")
    values = {name: _value(known[name]) for name in wanted} | dict(changes)
    teeth = TEETH.get(case_type, ())
    return Item(
        teeth=teeth,
        pontics=("15",) if case_type is T.BRIDGE else (),
        arch=Arch.UPPER if facts.prescribes is Prescribes.ARCH else None,
        selections={name: value for name, value in values.items() if value},
    )


def _value(selection: Selection) -> str:
    for value in VALUES.get(selection.name, "").split("|"):
        if value and selection.takes(value):
            return value
    if selection.between:
        return str(sum(selection.between) // 2)
    return next(iter(selection.options), "as described")


# --- Files -----------------------------------------------------------------------------------------


def _files(profile: RequirementProfile, item: Item) -> tuple[CaseFile, ...]:
    files: list[CaseFile] = []
    stage = item.selections.get("stage")
    for wanted in profile.files:
        if wanted.stages and stage is not None and stage not in wanted.stages:
            continue
        kinds = _kinds(wanted)
        while kinds and sum(file.kind in kinds for file in files) < wanted.min_count:
            # Of one arch there is one scan; what is wanted besides shows its preparation.
            fresh = [kind for kind in kinds if all(file.kind is not kind for file in files)]
            files.append(_a_file(fresh[0] if fresh else kinds[-1], profile, number=len(files)))
    if item.teeth and set(item.teeth) & {"11", "12"} and all(file.kind is not K.PHOTO for file in files):
        files.append(_a_file(K.PHOTO, profile, number=len(files)))
    return tuple(files)


def _kinds(wanted: FileRequirement) -> list[FileKind]:
    if wanted.arch is None:
        return list(wanted.kinds)
    arch = Arch.UPPER if wanted.arch is ArchRole.WORKED else Arch.LOWER
    return [kind for kind in wanted.kinds if kind is not SCAN_OF[OPPOSING[arch]]]


def _a_file(kind: FileKind, profile: RequirementProfile, number: int) -> CaseFile:
    wishes = [wanted.formats for wanted in profile.files if kind in wanted.kinds]
    taken = frozenset[FileFormat]().union(*wishes) if wishes and all(wishes) else frozenset()
    file = a_file(kind, file_id=f"{kind}-{number}")
    assert file.inspection is not None
    if taken and file.inspection.format not in taken:
        file = replace(file, inspection=an_inspection(min(taken & ACCEPTED[kind])))
    assert file.inspection is not None
    inspection = file.inspection
    if inspection.mesh:
        mesh = replace(inspection.mesh, triangles=max(inspection.mesh.triangles, profile.min_triangles))
        inspection = replace(inspection, mesh=mesh)
    if inspection.series:
        voxel_um = min(250, profile.max_voxel_um)
        inspection = replace(inspection, series=series_measures(voxel_um=voxel_um, scanned_on=TODAY))
    if inspection.image:
        inspection = replace(inspection, image=image_measures(width_px=max(4000, profile.min_photo_px)))
    return replace(file, inspection=inspection)


# --- One change for each rule ----------------------------------------------------------------------

NO_MATERIAL: Final = "it has no material to choose"
NO_BRIDGE: Final = "it is no bridge"
NO_TEETH: Final = "it prescribes no teeth"
NO_SHADE: Final = "it is made in no shade"
NO_STUMP: Final = "it sits on no prepared tooth"
NO_IMPLANT: Final = "it has no implant"
NO_RESTORATION: Final = "it is no restoration on an implant"
NO_RETENTION: Final = "it is not said to be screwed or cemented"
#: Why a rule says nothing of a type.
REASONS: Final = (
    *(NO_MATERIAL, NO_BRIDGE, NO_TEETH, NO_SHADE),
    *(NO_STUMP, NO_IMPLANT, NO_RESTORATION, NO_RETENTION),
)

Change = Callable[[CheckedCase], "CheckedCase | str"]


def changed(checked: CheckedCase, **changes: Any) -> CheckedCase:
    """Return a checked case with a changed packet."""
    case = checked.case
    return replace(checked, case=replace(case, packet=replace(case.packet, **changes)))


def item_of(checked: CheckedCase) -> Item:
    """Return the only item of a perfect case."""
    (item,) = checked.case.packet.items
    return item


def with_item(checked: CheckedCase, **changes: Any) -> CheckedCase:
    """Return a checked case whose item is changed."""
    return changed(checked, items=(replace(item_of(checked), **changes),))


def selecting(checked: CheckedCase, **selections: str) -> CheckedCase:
    """Return a checked case whose item has other selections; an empty one is taken away."""
    values = {**item_of(checked).selections, **selections}
    return with_item(checked, selections={name: value for name, value in values.items() if value})


def profiled(checked: CheckedCase, **changes: Any) -> CheckedCase:
    """Return a checked case whose lab wants something else."""
    assert checked.profile is not None
    return replace(checked, profile=replace(checked.profile, **changes))


def adding(checked: CheckedCase, *files: CaseFile) -> CheckedCase:
    """Return a checked case with more files."""
    return replace(checked, files=(*checked.files, *files))


def lower_scan(checked: CheckedCase) -> CaseFile:
    """Return the scan of the lower arch: every perfect case has one."""
    return next(file for file in checked.files if file.kind is K.LOWER_SCAN)


def with_lower_scan(checked: CheckedCase, file: CaseFile | None) -> CheckedCase:
    """Return a checked case with another scan of the lower arch, or with none."""
    rest = [other for other in checked.files if other.kind is not K.LOWER_SCAN]
    return replace(checked, files=(*rest, *([file] if file else [])))


def _scan_measuring(**measures: Any) -> Change:
    def change(checked: CheckedCase) -> CheckedCase:
        inspection = an_inspection(mesh=mesh_measures(**measures))
        return with_lower_scan(checked, replace(lower_scan(checked), inspection=inspection))

    return change


def _volume_measuring(**measures: Any) -> Change:
    def change(checked: CheckedCase) -> CheckedCase:
        inspection = an_inspection(FileFormat.DICOM_SERIES, series=series_measures(**measures))
        return adding(checked, a_file(K.CBCT, file_id="another", inspection=inspection))

    return change


def _without(name: str) -> Change:
    def change(checked: CheckedCase) -> CheckedCase:
        return selecting(checked, **{name: ""})

    return change


def _if_wanted(name: str, change: Change, reason: str) -> Change:
    def guarded(checked: CheckedCase) -> CheckedCase | str:
        return change(checked) if name in checked.facts.selections else reason

    return guarded


def _if_teeth(change: Change) -> Change:
    def guarded(checked: CheckedCase) -> CheckedCase | str:
        return change(checked) if item_of(checked).teeth else NO_TEETH

    return guarded


def _returned(checked: CheckedCase) -> CheckedCase:
    reason = ReturnReason(reason_id="1", code=Reason.MARGIN_HIDDEN, says="The margin is hidden.")
    last = Return(number=1, to=Status.RETURNED, submission_number=1, at=NOW, by="person-9", reasons=(reason,))
    sent = Submission(number=1, submitted_at=NOW, submitted_by="person-1", acknowledged=(), profile_version=1)
    case = replace(checked.case, status=Status.RETURNED, last_return=last, submission=sent)
    return replace(checked, case=case)


def _unplaced(checked: CheckedCase) -> CheckedCase:
    return with_item(checked, **({"arch": None} if item_of(checked).arch else {"teeth": ()}))


def _without_stump_shade(checked: CheckedCase) -> CheckedCase | str:
    if not checked.facts.has_prepared_tooth:
        return NO_STUMP
    return selecting(checked, material="lithium_disilicate", stump_shade="")


def _unknown_shade(checked: CheckedCase) -> CheckedCase | str:
    if "shade" not in checked.facts.known:
        return NO_SHADE
    return selecting(checked, shade="Z9")


def _unsaid(checked: CheckedCase) -> CheckedCase:
    assert checked.profile is not None
    known, selections = selections_of(checked.case.case_type), item_of(checked).selections
    asked = [name for name in checked.profile.selections if known[name].is_asked(selections)]
    return selecting(checked, **{asked[-1]: ""})


def _without_pontics(checked: CheckedCase) -> CheckedCase | str:
    return with_item(checked, pontics=()) if checked.case.case_type is T.BRIDGE else NO_BRIDGE


def _without_scan_body(checked: CheckedCase) -> CheckedCase | str:
    rest = tuple(file for file in checked.files if file.kind is not K.SCAN_BODY_SCAN)
    return replace(checked, files=rest) if rest != checked.files else NO_RESTORATION


def _too_small_a_photo(checked: CheckedCase) -> CheckedCase:
    return profiled(adding(checked, a_file(K.PHOTO, file_id="another")), min_photo_px=image_measures().width_px + 1)


def _other_open_case(checked: CheckedCase) -> CheckedCase:
    other: Case = replace(checked.case, case_id="case-2")
    return replace(checked, other_cases=(other,))


_SHEET: Final = MeshShape(
    area_um2=4_000_000_000, spread_um=(20_000, 14_000, 0), outward_permille=550, middle_permille=0, vault_um=0
)

#: Rule id to what makes a perfect case fail by that rule alone, or why the rule says nothing of its type.
CHANGES: Final[Mapping[str, Change]] = {
    "CTX-LAB": lambda checked: replace(checked, connection=None),
    "CTX-TYPE": lambda checked: profiled(checked, is_offered=False),
    "CTX-DENTIST": lambda checked: replace(checked, dentist=a_dentist(is_active=False)),
    "CTX-SETUP": lambda checked: replace(checked, practice=replace(checked.practice, address="")),
    "CTX-BILLING": lambda checked: replace(checked, practice=replace(checked.practice, billing=BillingState.PAST_DUE)),
    "CSE-RETURN": _returned,
    "RX-LICENSE": lambda checked: replace(checked, dentist=a_dentist(license_number="")),
    "RX-PATIENT": lambda checked: changed(checked, patient=replace(checked.case.packet.patient, name="", reference="")),
    "RX-LAB": lambda checked: replace(checked, lab=replace(checked.lab, address="")),
    "RX-PIECE": _unplaced,
    "RX-MATERIAL": _if_wanted("material", _without("material"), NO_MATERIAL),
    "RX-DESCRIPTION": lambda checked: changed(checked, description=""),
    "RX-CONTACT": lambda checked: replace(
        changed(checked, contact=""), practice=replace(checked.practice, phone="none", email="none")
    ),
    "DUE-IMPOSSIBLE": lambda checked: changed(checked, wanted_on=TODAY - timedelta(days=1)),
    "DUE-MISSING": lambda checked: changed(checked, wanted_on=None),
    "DUE-ASAP": lambda checked: changed(checked, wanted_on=None, description="We need this one ASAP, please."),
    "DUE-APPOINTMENT": lambda checked: changed(checked, appointment_on=TODAY + timedelta(days=1)),
    "TTH-INVALID": lambda checked: with_item(checked, teeth=(*item_of(checked).teeth, "?45")),
    "TTH-BRIDGE": _without_pontics,
    "TTH-TWICE": _if_teeth(
        lambda checked: with_item(checked, teeth=(*item_of(checked).teeth, item_of(checked).teeth[0]))
    ),
    "TTH-TEXT": _if_teeth(lambda checked: changed(checked, description="Please look at tooth 32, too.")),
    "SEL-UNKNOWN": lambda checked: selecting(checked, no_such_selection="anything"),
    "SEL-REQUIRED": _unsaid,
    "SHD-MISSING": _if_wanted("shade", _without("shade"), NO_SHADE),
    "SHD-UNKNOWN": _unknown_shade,
    "SHD-STUMP": _without_stump_shade,
    "SHD-PHOTO": _too_small_a_photo,
    "IMP-SYSTEM": _if_wanted("implant_platform", _without("implant_platform"), NO_IMPLANT),
    "IMP-SCANBODY": _without_scan_body,
    "IMP-RETENTION": _if_wanted("retention", _without("retention"), NO_RETENTION),
    "FIL-REQUIRED": lambda checked: with_lower_scan(checked, None),
    "FIL-PENDING": lambda checked: with_lower_scan(
        checked, replace(lower_scan(checked), state=FileState.ANNOUNCED, inspection=None)
    ),
    "FIL-UNREADABLE": lambda checked: with_lower_scan(checked, a_quarantined_file(K.LOWER_SCAN, file_id="bad")),
    "FIL-FORMAT": lambda checked: with_lower_scan(
        checked, replace(lower_scan(checked), inspection=an_inspection(FileFormat.PDF))
    ),
    "FIL-DUPLICATE": lambda checked: adding(
        checked, a_file(K.DOCUMENT, file_id="copy", checksum=lower_scan(checked).checksum)
    ),
    "FIL-QUARANTINED": lambda checked: adding(checked, a_quarantined_file(K.LOWER_SCAN, file_id="bad")),
    "MSH-UNITS": _scan_measuring(extent_um=(62, 50, 20)),
    "MSH-DENSITY": _scan_measuring(triangles=19_999),
    "MSH-HOLES": _scan_measuring(holes=1),
    "MSH-ARCH": _scan_measuring(shape=_SHEET),
    "DCM-SERIES": _volume_measuring(modality="MR"),
    "DCM-GAP": _volume_measuring(missing_slices=1),
    "DCM-VOXEL": _volume_measuring(voxel_um=350),
    "DCM-AGE": _volume_measuring(scanned_on=date(2024, 1, 1)),
    "IDT-PATIENT": _volume_measuring(patient_name="SOMEBODY^ELSE"),
    "CSE-REMAKE": lambda checked: replace(checked, case=replace(checked.case, remake_reason="It does not fit.")),
    "CSE-DUPLICATE": _other_open_case,
    "PHI-LOCATION": lambda checked: adding(checked, a_file(K.XRAY, file_id="another", location_removed=True)),
    "RX-ATTEST": lambda checked: profiled(checked, attestations={"margins": "The margins can be seen."}),
    "RX-SIGNATURE": lambda checked: changed(checked, authorization=None),
}
