"""Front-tooth work has a photo, and photos are as many and as large as the profile asks for.

That there is no photo at all, where the profile asks for some, is for FIL-REQUIRED to say. Photos that are sent
otherwise are not counted.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.kinds import FileKind
from bitewing.kernel.teeth import FRONT_TEETH
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import on_their_way
from bitewing.precheck.wording import counted, pointer, selected
from bitewing.requirements.selections import FULL_CAST_METALS, MATERIAL

ID: Final = "SHD-PHOTO"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find shades that will be matched without a picture, or with too few or too small ones."""
    photos = [file for file in checked.clean_files if file.kind is FileKind.PHOTO]
    here = len(photos) + sum(file.kind is FileKind.PHOTO for file in on_their_way(checked))
    is_otherwise = any(sent.kind is FileKind.PHOTO for sent in checked.case.packet.sent_otherwise)
    wanted = [each for each in checked.profile.files if each.is_wanted_at(checked.stages)] if checked.profile else []
    asked = [each.min_count for each in wanted if each.kinds == (FileKind.PHOTO,)]
    if here == 0 and not asked and not is_otherwise and _is_front_work(checked):
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/files",
            says="This is work on a front tooth, and there is no photo.",
            do="Add a photo of the smile with the shade tab beside the tooth.",
        )
    if 0 < here < max(asked, default=0) and not is_otherwise:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/files",
            says=f"The lab asks for {counted(max(asked), 'photo')}; there are {here}.",
            do="Add the missing photos.",
        )
    min_px = checked.profile.min_photo_px if checked.profile else 0
    for photo in photos:
        image = photo.inspection.image if photo.inspection else None
        if image and max(image.width_px, image.height_px) < min_px:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(photo),
                says=f"A photo has {max(image.width_px, image.height_px)} pixels on its longer side; the lab "
                f"asks for {min_px}.",
                do="Add the photo again in its full resolution.",
            )


def _is_front_work(checked: CheckedCase) -> bool:
    return checked.facts.has_shade and any(
        tooth in FRONT_TEETH and selected(item, MATERIAL) not in FULL_CAST_METALS
        for item in checked.case.packet.items
        for tooth in item.teeth
    )
