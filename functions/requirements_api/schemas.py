"""The bodies of the requirements API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from bitewing.aws.bodies import LINES, ONE_LINE, Body, Code, View
from bitewing.files.accepted import ACCEPTED
from bitewing.files.inspection import FileFormat
from bitewing.files.kinds import FileKind
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CASE_TYPES, CaseType, CaseTypeFacts, Prescribes, selections_of
from bitewing.requirements.implants import IMPLANTS
from bitewing.requirements.profile import ArchRole, FileRequirement, Level, ProfileVersion, RequirementProfile
from bitewing.requirements.publishing import (
    MAX_ATTESTATIONS,
    MAX_COUNT,
    MAX_PHOTO_PX,
    MAX_TRIANGLES,
    MAX_TURNAROUND_WORKING_DAYS,
    MIN_VOXEL_UM,
)
from bitewing.requirements.selections import SHADE_GUIDE_NAMES, SHADE_GUIDES, Selection
from bitewing.requirements.service import DRAFTS_TRIED, Trial
from pydantic import Field, StrictBool, StrictInt, StringConstraints

Called = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
Statement = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=LINES)]
#: What is too large or too small is told by the product, with the reason.
Count = Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]


class FileRequirementBody(Body):
    """One kind of file that the lab wants; any of the kinds fulfills it."""

    kinds: Annotated[list[FileKind], Field(min_length=1, max_length=len(FileKind))]
    called: Annotated[Called, Field(description="What to call it in a sentence, such as `a bite scan`.")]
    level: Level
    min_count: Annotated[Count, Field(description=f"How many files of these kinds are wanted, 1 to {MAX_COUNT}.")] = 1
    arch: Annotated[
        ArchRole | None, Field(description="Of upper and lower scans, only those of this arch count; null: either.")
    ] = None
    stages: Annotated[
        tuple[Code, ...], Field(max_length=8, description="Stages of the work for which it is wanted; empty: always.")
    ] = ()
    formats: Annotated[
        tuple[FileFormat, ...],
        Field(max_length=len(FileFormat), description="Formats that the lab takes; empty: all of the kind."),
    ] = ()

    def read(self) -> FileRequirement:
        """Return the requirement."""
        return FileRequirement(
            kinds=tuple(self.kinds),
            called=self.called,
            level=self.level,
            min_count=self.min_count,
            arch=self.arch,
            stages=self.stages,
            formats=frozenset(self.formats),
        )


class ProfileBody(Body):
    """What the lab wants for a case type, whole: what is not said is not wanted."""

    is_offered: Annotated[StrictBool, Field(description="Whether the lab does this type of work.")]
    files: Annotated[list[FileRequirementBody], Field(max_length=30)]
    selections: Annotated[
        dict[Code, Level],
        Field(max_length=64, description="Selections that are wanted, beside those for which there is a rule."),
    ]
    turnaround_working_days: Annotated[
        Count,
        Field(
            description="From sending, for planned types from the planning session; "
            f"0 to {MAX_TURNAROUND_WORKING_DAYS}."
        ),
    ]
    max_voxel_um: Annotated[Count, Field(description=f"Coarsest voxel of a CBCT, micrometers, {MIN_VOXEL_UM} or more.")]
    max_scan_age_days: Annotated[Count, Field(description="Oldest CBCT, days, 1 or more.")]
    min_triangles: Annotated[Count, Field(description=f"Fewest triangles of a scan, 0 to {MAX_TRIANGLES:,}.")]
    min_photo_px: Annotated[
        Count, Field(description=f"Shortest longer side of a photo, pixels, 0 to {MAX_PHOTO_PX:,}.")
    ]
    attestations: Annotated[
        dict[Code, Statement],
        Field(
            max_length=100,
            description=f"Statements that the practice makes before sending, by name; {MAX_ATTESTATIONS} at most.",
        ),
    ]
    outcomes: Annotated[
        dict[Code, Outcome | None],
        Field(
            max_length=100,
            description="Rule id to the outcome that the lab gives its findings; null silences the rule. "
            "The rule's default outcome leaves each finding as it is.",
        ),
    ]

    def read(self, lab_id: str, case_type: CaseType) -> RequirementProfile:
        """Return the profile; which version it is, is not the caller's to say."""
        return RequirementProfile(
            lab_id=lab_id,
            case_type=case_type,
            version=0,
            is_offered=self.is_offered,
            files=tuple(wanted.read() for wanted in self.files),
            selections=self.selections,
            turnaround_working_days=self.turnaround_working_days,
            max_voxel_um=self.max_voxel_um,
            max_scan_age_days=self.max_scan_age_days,
            min_triangles=self.min_triangles,
            min_photo_px=self.min_photo_px,
            attestations=self.attestations,
            outcomes=self.outcomes,
        )


class FileRequirementView(View):
    """One kind of file that the lab wants; any of the kinds fulfills it."""

    kinds: list[FileKind]
    called: str
    level: Level
    min_count: int
    arch: ArchRole | None
    stages: list[str]
    formats: list[FileFormat]

    @classmethod
    def of(cls, wanted: FileRequirement) -> "FileRequirementView":
        """Return a requirement as the API shows it."""
        return cls(
            kinds=list(wanted.kinds),
            called=wanted.called,
            level=wanted.level,
            min_count=wanted.min_count,
            arch=wanted.arch,
            stages=list(wanted.stages),
            formats=sorted(wanted.formats),
        )


class RequirementProfileView(View):
    """What a lab wants for a case type."""

    lab_id: str
    case_type: CaseType
    called: str
    version: int
    published_at: Annotated[datetime | None, Field(description="Null for what a lab starts with.")]
    published_by: Annotated[str | None, Field(description="The person who published it; for their lab only.")]
    is_offered: bool
    files: list[FileRequirementView]
    selections: Annotated[
        dict[str, Level], Field(description="Selections that are wanted, beside those for which there is a rule.")
    ]
    turnaround_working_days: int
    max_voxel_um: int
    max_scan_age_days: int
    min_triangles: int
    min_photo_px: int
    attestations: dict[str, str]
    outcomes: dict[str, Outcome | None]

    @classmethod
    def of(cls, profile: RequirementProfile) -> "RequirementProfileView":
        """Return a profile as the API shows it."""
        return cls(
            lab_id=profile.lab_id,
            case_type=profile.case_type,
            called=CASE_TYPES[profile.case_type].called,
            version=profile.version,
            published_at=profile.published_at,
            published_by=profile.published_by,
            is_offered=profile.is_offered,
            files=[FileRequirementView.of(wanted) for wanted in profile.files],
            selections=dict(profile.selections),
            turnaround_working_days=profile.turnaround_working_days,
            max_voxel_um=profile.max_voxel_um,
            max_scan_age_days=profile.max_scan_age_days,
            min_triangles=profile.min_triangles,
            min_photo_px=profile.min_photo_px,
            attestations=dict(profile.attestations),
            outcomes=dict(profile.outcomes),
        )


class ProfileRow(View):
    """A profile in a list."""

    case_type: CaseType
    called: str
    is_planned: bool
    version: int
    is_offered: bool
    turnaround_working_days: int
    published_at: datetime | None

    @classmethod
    def of(cls, profile: RequirementProfile) -> "ProfileRow":
        """Return a profile as lists show it."""
        facts = CASE_TYPES[profile.case_type]
        return cls(
            case_type=profile.case_type,
            called=facts.called,
            is_planned=facts.is_planned,
            version=profile.version,
            is_offered=profile.is_offered,
            turnaround_working_days=profile.turnaround_working_days,
            published_at=profile.published_at,
        )


class ProfilesView(View):
    """What a lab says of the case types."""

    profiles: list[ProfileRow]


class ProfileVersionRow(View):
    """A version of a profile in its history."""

    version: int
    published_at: datetime | None
    published_by: str | None
    is_offered: bool
    changed: Annotated[list[str], Field(description="Fields that are not as in the version before.")]

    @classmethod
    def of(cls, version: ProfileVersion) -> "ProfileVersionRow":
        """Return a version as its history shows it."""
        return cls(
            version=version.profile.version,
            published_at=version.profile.published_at,
            published_by=version.profile.published_by,
            is_offered=version.profile.is_offered,
            changed=list(version.changed),
        )


class ProfileVersionsView(View):
    """One page of the history of a profile."""

    versions: list[ProfileVersionRow]
    next: str | None


class ProfileVersionView(View):
    """One version of a profile, and what was new in it."""

    changed: list[str]
    profile: RequirementProfileView

    @classmethod
    def of(cls, version: ProfileVersion) -> "ProfileVersionView":
        """Return a version as the API shows it."""
        return cls(changed=list(version.changed), profile=RequirementProfileView.of(version.profile))


class ProfileProblemView(View):
    """Why a profile would be refused."""

    pointer: Annotated[str, Field(description="A JSON pointer into the body (RFC 6901).")]
    says: str


class TrialView(View):
    """What publishing a profile would do."""

    is_publishable: bool
    problems: list[ProfileProblemView]
    changed: Annotated[list[str], Field(description="Fields that are not as in the version in force.")]
    drafts_seen: Annotated[int, Field(description=f"Open drafts that were looked at, {DRAFTS_TRIED} at most.")]
    drafts_touched: Annotated[int, Field(description="Of how many of these PreCheck would say something else.")]
    is_all: Annotated[bool, Field(description="Whether there are no more drafts than those.")]

    @classmethod
    def of(cls, trial: Trial) -> "TrialView":
        """Return a trial as the API shows it."""
        return cls(
            is_publishable=not trial.problems,
            problems=[ProfileProblemView(pointer=each.pointer, says=each.says) for each in trial.problems],
            changed=list(trial.changed),
            drafts_seen=trial.drafts_seen,
            drafts_touched=trial.drafts_touched,
            is_all=trial.is_all,
        )


class OptionView(View):
    """One value of a selection."""

    value: str
    called: str


class AskedWithView(View):
    """Another selection and its values for which a selection is asked at all."""

    name: str
    values: Annotated[list[str], Field(description="An empty one stands for a selection that is not stated.")]


class SelectionView(View):
    """One thing that is chosen, counted or written for a piece of work."""

    name: str
    called: str
    level: Annotated[Level | None, Field(description="How much it is wanted, whatever the lab; null: it is welcome.")]
    options: Annotated[list[OptionView], Field(description="None: it is written in words, or as a number.")]
    takes_words: Annotated[bool, Field(description="Whether something else than the options can be written.")]
    smallest: Annotated[int | None, Field(description="Where it is a number, in the unit of its name.")]
    largest: int | None
    is_whole: bool
    depends_on: Annotated[str | None, Field(description="The selection that says which values there are.")]
    asked_with: AskedWithView | None

    @classmethod
    def of(cls, selection: Selection, facts: CaseTypeFacts) -> "SelectionView":
        """Return a selection as forms need it."""
        wanted = dict.fromkeys(facts.expected, Level.EXPECTED) | dict.fromkeys(facts.selections, Level.REQUIRED)
        smallest, largest = selection.between or (None, None)
        return cls(
            name=selection.name,
            called=selection.called,
            level=wanted.get(selection.name),
            options=[OptionView(value=value, called=called) for value, called in selection.options.items()],
            takes_words=selection.takes_words,
            smallest=smallest,
            largest=largest,
            is_whole=selection.is_whole,
            depends_on=selection.depends_on,
            asked_with=AskedWithView(name=selection.asked_with[0], values=sorted(selection.asked_with[1]))
            if selection.asked_with
            else None,
        )


class CaseTypeView(View):
    """A case type, whichever lab makes it."""

    case_type: CaseType
    called: str
    prescribes: Prescribes
    teeth_called: Annotated[str, Field(description="What teeth are to a type that prescribes an arch; may be empty.")]
    is_planned: bool
    selections: list[SelectionView]

    @classmethod
    def of(cls, case_type: CaseType, facts: CaseTypeFacts) -> "CaseTypeView":
        """Return a case type as forms need it."""
        return cls(
            case_type=case_type,
            called=facts.called,
            prescribes=facts.prescribes,
            teeth_called=facts.teeth_called,
            is_planned=facts.is_planned,
            selections=[SelectionView.of(each, facts) for each in selections_of(case_type).values()],
        )


class ShadeGuideView(View):
    """A shade guide and its shades."""

    value: str
    called: str
    shades: list[str]


class FileKindView(View):
    """A kind of file and the formats that it comes in."""

    kind: FileKind
    formats: list[FileFormat]


class CatalogView(View):
    """What can be chosen for a case."""

    case_types: list[CaseTypeView]
    shade_guides: list[ShadeGuideView]
    implants: Annotated[
        dict[str, dict[str, dict[str, list[str]]]],
        Field(description="Maker to system to platform to its diameters in millimeters."),
    ]
    file_kinds: list[FileKindView]

    @classmethod
    def of(cls, case_types: Mapping[CaseType, CaseTypeFacts]) -> "CatalogView":
        """Return the catalog as forms need it."""
        return cls(
            case_types=[CaseTypeView.of(case_type, facts) for case_type, facts in case_types.items()],
            shade_guides=[
                ShadeGuideView(value=guide, called=SHADE_GUIDE_NAMES[guide], shades=list(shades))
                for guide, shades in SHADE_GUIDES.items()
            ],
            implants={
                maker: {
                    system: {platform: list(diameters) for platform, diameters in platforms.items()}
                    for system, platforms in systems.items()
                }
                for maker, systems in IMPLANTS.items()
            },
            file_kinds=[FileKindView(kind=kind, formats=sorted(formats)) for kind, formats in ACCEPTED.items()],
        )
