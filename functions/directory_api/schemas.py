"""The bodies of the directory API."""

from datetime import date

from bitewing.aws.bodies import View
from bitewing.directory.organization import BillingState, Connection, ConnectionState, Dentist, Lab, Practice
from bitewing.files.case_file import FileKind
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CASE_TYPES, CaseType
from bitewing.requirements.profile import Level, RequirementProfile


class OrganizationView(View):
    """The organization for which the caller works."""

    organization_id: str
    kind: OrganizationKind
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    is_set_up: bool | None
    billing: BillingState | None


class MeView(View):
    """Who calls, for whom, and with which roles."""

    user_id: str
    roles: list[Role]
    organization: OrganizationView

    @classmethod
    def of(cls, caller: Caller, organization: Practice | Lab) -> "MeView":
        """Return a caller as the API shows them."""
        practice = organization if isinstance(organization, Practice) else None
        return cls(
            user_id=caller.user_id,
            roles=sorted(caller.roles),
            organization=OrganizationView(
                organization_id=caller.organization_id,
                kind=caller.organization_kind,
                name=organization.name,
                address=organization.address,
                time_zone=organization.time_zone,
                email=organization.email,
                phone=organization.phone,
                is_set_up=practice.is_set_up if practice else None,
                billing=practice.billing if practice else None,
            ),
        )


class DentistView(View):
    """A dentist of the practice."""

    dentist_id: str
    name: str
    license_number: str
    license_state: str
    license_expires_on: date | None
    has_signature_consent: bool
    is_active: bool

    @classmethod
    def of(cls, dentist: Dentist) -> "DentistView":
        """Return a dentist as the API shows them."""
        return cls(
            dentist_id=dentist.dentist_id,
            name=dentist.name,
            license_number=dentist.license_number,
            license_state=dentist.license_state,
            license_expires_on=dentist.license_expires_on,
            has_signature_consent=dentist.has_signature_consent,
            is_active=dentist.is_active,
        )


class DentistsView(View):
    """The dentists of the practice."""

    dentists: list[DentistView]


class ConnectedLabView(View):
    """A lab, and where the practice's connection to it stands."""

    lab_id: str
    name: str
    connection: ConnectionState

    @classmethod
    def of(cls, connection: Connection) -> "ConnectedLabView":
        """Return a connection as the API shows it."""
        return cls(lab_id=connection.lab_id, name=connection.lab_name, connection=connection.state)


class LabsView(View):
    """The labs of the practice."""

    labs: list[ConnectedLabView]


class FileRequirementView(View):
    """One kind of file that the lab wants; any of the kinds fulfills it."""

    kinds: list[FileKind]
    called: str
    level: Level
    min_count: int


class RequirementProfileView(View):
    """What a lab wants for a case type."""

    lab_id: str
    case_type: CaseType
    version: int
    called: str
    is_planned: bool
    selections: list[str]
    expected_selections: list[str]
    materials: list[str]
    files: list[FileRequirementView]
    attestations: dict[str, str]
    outcomes: dict[str, Outcome | None]
    turnaround_working_days: int
    max_voxel_um: int
    max_scan_age_days: int
    min_triangles: int

    @classmethod
    def of(cls, profile: RequirementProfile) -> "RequirementProfileView":
        """Return a profile as the API shows it."""
        facts = CASE_TYPES[profile.case_type]
        return cls(
            lab_id=profile.lab_id,
            case_type=profile.case_type,
            version=profile.version,
            called=facts.called,
            is_planned=facts.is_planned,
            selections=list(facts.selections),
            expected_selections=list(facts.expected),
            materials=list(facts.materials),
            files=[
                FileRequirementView(
                    kinds=list(wanted.kinds),
                    called=wanted.called,
                    level=wanted.level,
                    min_count=wanted.min_count,
                )
                for wanted in profile.files
            ],
            attestations=dict(profile.attestations),
            outcomes=dict(profile.outcomes),
            turnaround_working_days=profile.turnaround_working_days,
            max_voxel_um=profile.max_voxel_um,
            max_scan_age_days=profile.max_scan_age_days,
            min_triangles=profile.min_triangles,
        )
