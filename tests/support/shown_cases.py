"""Prescriptions of every kind: ordinary ones of each type, patients of every script, and the longest there can be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from bitewing.cases.case import Submission
from bitewing.directory.organization import Notation
from bitewing.kernel.teeth import from_universal
from bitewing.packet.packet import Arch, Authorization, Item
from bitewing.precheck.finding import Finding, FindingSource, Outcome, Precheck
from bitewing.requirements.case_types import CaseType
from bitewing.rx.sheet import Prescribed

from tests.support.builders import CROWN_SELECTIONS, NOW, a_dentist, a_file, a_lab, a_patient, a_practice, a_profile
from tests.support.perfect import a_perfect_case

PRINTED_CASE_ID: Final = "02MZ5HH9GADJ"
LINK: Final = f"https://app.bitewing.example/cases/{PRINTED_CASE_ID}"

#: A name in each script. All are invented.
NAMES: Final[Mapping[str, str]] = {
    "Latin": "Mira Holloway",
    "Latin with marks": "Zoë Đặng-Łukaszewicz",
    "Cyrillic": "Милана Щедрова",
    "Greek": "Ευθυμία Λυκούδη",
    "Arabic": "ليلى الهاشمي",
    "Hebrew": "נועה ברקאי",
    "Chinese": "林晓雨",
    "Japanese": "黒沢ひかり",
    "Korean": "한서윤",
    "Thai": "กัญญาณัฐ ศรีสุข",
    "Devanagari": "प्रज्ञा श्रीवास्तव",
    "Bengali": "শ্রাবন্তী চৌধুরী",
    "Tamil": "கார்த்திகா செல்வம்",
    "Telugu": "శ్రావ్య కృష్ణమూర్తి",
    "Gujarati": "ક્રિષ્ના પટેલિયા",
    "Gurmukhi": "ਹਰਪ੍ਰੀਤ ਕੌਰ",
    "Kannada": "ಶ್ರಾವ್ಯ ಹೆಗ್ಡೆಕರ್",
    "Malayalam": "ശ്രീലക്ഷ്മി നമ്പ്യാർ",
    "Oriya": "ଶ୍ରୀମୟୀ ପଟ୍ଟନାୟକ",
    "Sinhala": "ශ්‍රියානි වික්‍රමගේ",
    "Armenian": "Նարինե Սահակյան",
    "Georgian": "ნინო ქავთარაძე",
    "Ethiopic": "ሰላማዊት ገብረየስ",
    "Khmer": "ស្រីនាថ ចន្ទ្រា",
    "Lao": "ສຸພາພອນ ແກ້ວມະນີ",
    "Burmese": "မြတ်နိုးသွယ်",
    "Dhivehi": "އައިޝަތު ނަޝީދާ",
}


def prescribed(case_type: CaseType = CaseType.CROWN, **changes: Any) -> Prescribed:
    """Return what a sheet of an ordinary case of a type is made from; changes are those of its packet."""
    checked = a_perfect_case(case_type)
    submission = Submission(
        number=1, submitted_at=NOW, submitted_by="person-1", acknowledged=("DUE-APPOINTMENT",), profile_version=3
    )
    agreed = Authorization(dentist_id=checked.case.dentist_id, authorized_at=NOW, authorized_by="p-1", is_agreed=True)
    case = replace(
        checked.case,
        case_id=PRINTED_CASE_ID,
        packet=replace(checked.case.packet, **({"authorization": agreed} | changes)),
        submission=submission,
        due_on=None if checked.case.is_planned else date(2026, 3, 10),
    )
    says = Finding(
        rule_id="DUE-APPOINTMENT",
        outcome=Outcome.WARN,
        source=FindingSource.CONTRADICTION,
        about="/packet/appointment_on",
        says="The appointment is on the day on which the work should arrive.",
        do="Move the appointment.",
    )
    return Prescribed(
        case=case,
        submission=submission,
        number=1,
        files=(*checked.files, a_file(file_id="one-more")),
        practice=a_practice(),
        dentist=a_dentist(),
        lab=a_lab(),
        profile=a_profile(case_type, attestations={"model_kept": "The model is kept until the work is seated."}),
        precheck=Precheck(outcome=Outcome.WARN, findings=(says,)),
        link=LINK,
    )


def a_crown() -> Prescribed:
    """A crown with everything that a packet can hold."""
    return prescribed(
        patient=a_patient(name="O'Neill-Straße, Æthelflæd"),
        appointment_on=date(2026, 3, 18),
        attestations=frozenset({"model_kept"}),
        contact="Dr. Moreno, +1 555 0101",
    )


def a_bridge() -> Prescribed:
    """A bridge with a pontic, for a patient whose name is in Cyrillic."""
    selections = {**CROWN_SELECTIONS, "pontic_design": "ovate", "connectors": "reinforced"}
    return prescribed(
        CaseType.BRIDGE,
        patient=a_patient(name=NAMES["Cyrillic"]),
        items=(Item(teeth=("14", "15", "16"), pontics=("15",), selections=selections),),
        description="Мост на 14-16. Контакт лёгкий, промежуточная часть овоидная.\nShade as in the photo.",
    )


def a_surgical_guide() -> Prescribed:
    """A surgical guide for two implants, for a patient whose name is in Arabic."""
    return prescribed(
        CaseType.SURGICAL_GUIDE,
        patient=a_patient(name=NAMES["Arabic"]),
        items=(
            Item(
                teeth=("36", "46"),
                selections={"guide_kind": "tooth", "sleeve_system": "Straumann T-Sleeve 5 mm", "drill_kit": "BLX"},
            ),
        ),
        description="دليل جراحي لزرعتين في الفك السفلي، موضع 36 و 46.\nKeep 2 mm to the nerve (IAN) on both sides.",
    )


def a_full_arch() -> Prescribed:
    """Full-arch work on four implants, for a patient whose name is in Chinese."""
    return prescribed(
        CaseType.FULL_ARCH_IMPLANT,
        patient=a_patient(name=NAMES["Chinese"]),
        description="上颌全口种植固定修复。四颗种植体。咬合轻接触。",
    )


def a_denture() -> Prescribed:
    """A complete denture of both arches, in a practice that writes FDI."""
    made = prescribed(CaseType.COMPLETE_DENTURE)
    (item,) = made.case.packet.items
    items = (replace(item, arch=Arch.UPPER), replace(item, arch=Arch.LOWER))
    return replace(
        made,
        practice=a_practice(notation=Notation.FDI),
        case=replace(made.case, packet=replace(made.case.packet, items=items)),
    )


def the_longest() -> Prescribed:
    """Thirty-two teeth, each with a piece that is unlike the others, and 4,000 characters of text."""
    shades = ("A1", "A2", "A3", "A3.5", "A4", "B1", "B2", "B3")
    items = tuple(
        Item(
            teeth=(from_universal(str(number)),),
            selections={
                **CROWN_SELECTIONS,
                "shade": shades[number % 8],
                "stump_shade": f"ND{number % 9 + 1}",
                "margin": f"chamfer, piece {number} of 32",
            },
        )
        for number in range(1, 33)
    )
    sentence = "Tooth {0}: keep the cusp as in scan {0}, light contact, no undercut.\n"
    text = "".join(sentence.format(number) for number in range(1, 100))[:3999] + "."
    return prescribed(items=items, description=text)


SHOWN: Final = {
    "crown": a_crown,
    "bridge": a_bridge,
    "surgical_guide": a_surgical_guide,
    "full_arch_implant": a_full_arch,
    "complete_denture": a_denture,
    "longest": the_longest,
}
