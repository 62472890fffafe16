"""Sample cases and files: those that the samples in ``events/samples`` speak of. Everything is invented.

The organizations are those of the local stack. Ids are readable, so that a sample says what it is about:
``DRAFT0000001`` is a draft. A case's files are its id's first letters, ``F`` and a number.
"""

import base64
import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch
from uuid import UUID

from bitewing.aws import keys
from bitewing.aws.items import to_item
from bitewing.aws.keys import tracked_parcel
from bitewing.aws.objects import arrival_key, lab_key, practice_key
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table, Write
from bitewing.cases.activity import Activity, Deed
from bitewing.cases.case import Case, Submission
from bitewing.cases.correction_events import CorrectionLinkIssued
from bitewing.cases.correction_ports import LinkChange
from bitewing.cases.correction_store import TableLinks
from bitewing.cases.corrections import Asked, CorrectionLink, Scope
from bitewing.cases.events import event_head
from bitewing.cases.ports import CaseWithPrecheck, Change
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return, ReturnReason
from bitewing.cases.shipments import Shipment, ShipmentState
from bitewing.cases.shipping import TrackedParcel
from bitewing.cases.status import Party, Status
from bitewing.cases.store import TableCases
from bitewing.directory.organization import BillingState, ConnectionState, Dentist, Practice
from bitewing.directory.store import TableDirectory
from bitewing.files.case_file import CaseFile, FileState
from bitewing.files.inspection import FileFormat, Inspection, MeshMeasures
from bitewing.files.kinds import FileKind
from bitewing.files.service import FileChange, checksum_of_parts
from bitewing.files.store import TableFiles
from bitewing.home.announcement import Announcement, AnnouncementKind, Board, Publisher
from bitewing.home.events import AnnouncementPublished
from bitewing.home.events import event_head as announcement_head
from bitewing.home.store import TableAnnouncements
from bitewing.kernel.caller import OrganizationKind, Request, Role
from bitewing.kernel.credentials import Credential, CredentialKind, digest
from bitewing.kernel.ids import LONG_ID_LENGTH, new_id
from bitewing.kernel.names import digest_of
from bitewing.kernel.wire import ORGANIZATION_ID_ATTRIBUTE, ORGANIZATION_KIND_ATTRIBUTE, ROLES
from bitewing.kernel.working_days import add_working_days
from bitewing.machines.machine import TERMS, Machine, MachineKind
from bitewing.machines.store import TableMachines
from bitewing.members.member import INVITATION_LASTS, Member, MemberState
from bitewing.members.store import TableMembers
from bitewing.packet.packet import Authorization, Item, Packet, Patient, SentOtherwise, Sex
from bitewing.precheck.finding import Outcome, Precheck
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile
from bitewing.rx.rx import Rx
from bitewing.rx.store import S3Papers

from local.seed import CEDAR, DR_LINDQVIST, DR_OKAFOR, DR_RETIRED, HARBOR, MAPLE, NORTH_PINE, connected
from tools.sample_care_teams import store_care_teams
from tools.sample_case_days import store_case_days
from tools.sample_match_runs import store_match_runs
from tools.sample_matching import store_matching
from tools.sample_messages import store_messages
from tools.sample_notifications import store_notifications
from tools.sample_scheduling import store_scheduling
from tools.sample_sessions import BOOKED, WAITING, planned, store_planning
from tools.sample_texts import store_texts
from tools.sample_webhooks import store_webhooks

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

#: A moment for things that must look the same every time.
NOON: Final = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
#: Whoever signs in: one person each of both practices and both labs.
IRIS_ID: Final = "5d6f0a52-8f1e-4a0e-9d57-3a5f8b1c0e01"
LEO_ID: Final = "0c9e3b7a-4f2d-4d0b-8a51-7d1e2f3a4b02"
#: Others of the practice: at work, invited, gone.
TOM_ID: Final = "9b1c7e44-2d3a-4f60-8b1e-7c55d0a1f001"
NOOR_ID: Final = "9b1c7e44-2d3a-4f60-8b1e-7c55d0a1f002"
PAUL_ID: Final = "9b1c7e44-2d3a-4f60-8b1e-7c55d0a1f003"
_LONG_AGO: Final = timedelta(days=2)
ANNOUNCEMENT_ID: Final = "N3WS000000000000000001"
#: A practice that has no account: its lab entered it, and starts its cases.
COVE: Final = Practice(
    practice_id="cove-road",
    name="Cove Road Dental",
    address="12 Cove Road, Seabrook, NH 03874",
    time_zone="America/New_York",
    email="office@cove-road.example",
    phone="+1 603 555 0140",
    billing=BillingState.MISSING,
    registered_by=NORTH_PINE.lab_id,
    patient_salt="not a secret: it hides nobody but samples",
)
DR_ABARA: Final = Dentist(
    dentist_id="dr-abara",
    practice_id=COVE.practice_id,
    name="Dr. Ify Abara",
    license_number="NH-40217",
    license_state="NH",
    license_expires_on=date(2099, 12, 31),
    has_signature_consent=False,
    is_active=True,
)
#: What opens the sample cases of that practice; it opens nothing else.
LINK_SECRET: Final = "a-sample-that-opens-nothing-but-sample-case"  # noqa: S105 - it opens samples
#: A scanner of the first practice, and what it calls with; it opens samples.
SCANNER_CREDENTIAL: Final = Credential(
    kind=CredentialKind.SCANNER,
    owner_id=MAPLE.practice_id,
    holder_id="SCANNER000000000000001",
    secret="a-sample-that-opens-nothing-but-sample-scan",  # noqa: S106 - it opens samples
)
#: Software of the first lab, and what it calls with; it opens samples.
LAB_SYSTEM_CREDENTIAL: Final = Credential(
    kind=CredentialKind.LAB_SYSTEM,
    owner_id=NORTH_PINE.lab_id,
    holder_id="SYSTEM0000000000000001",
    secret="a-sample-that-opens-nothing-but-sample-work",  # noqa: S106 - it opens samples
)
_NO_REQUEST: Final = Request(caller="samples", key="", fingerprint="")
#: Storage takes no part but the last below this size, bytes.
_LEAST_PART_BYTES: Final = 5 * 1024**2
#: What is remembered and told beside what is stored.
_NOT_ASKED_FOR: Final = frozenset({"Idempotency", "Event"})
#: Items that one request stores at most.
_BATCH: Final = 25

_TETRAHEDRON: Final = (
    ((0, 0, 0), (0, 10, 0), (10, 0, 0)),
    ((0, 0, 0), (10, 0, 0), (0, 0, 10)),
    ((0, 0, 0), (0, 0, 10), (0, 10, 0)),
    ((10, 0, 0), (0, 10, 0), (0, 0, 10)),
)


def tetrahedron_stl(name: str = "") -> bytes:
    """Return a binary STL of four triangles, the smallest closed mesh; its header is a name."""
    triangles = b"".join(
        struct.pack("<12fH", 0, 0, 0, *corners[0], *corners[1], *corners[2], 0) for corners in _TETRAHEDRON
    )
    return name.encode().ljust(80, b"\0") + struct.pack("<I", len(_TETRAHEDRON)) + triangles


#: The prescription of a sample case, on paper.
_PAPER: Final = b"%PDF-1.7\n%%EOF\n"
#: A file that is sent in two parts.
PARTS: Final = (b"\0" * _LEAST_PART_BYTES, b"the end")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCase:
    """A case, its files, and which bytes arrived for those that are still awaited."""

    case: Case
    files: tuple[CaseFile, ...]
    arrived: Mapping[str, bytes]


def file_id_of(case_id: str, number: int) -> str:
    """Return the id of a sample file."""
    return f"{case_id.rstrip('01')}F{number}".ljust(LONG_ID_LENGTH, "0")


def sample_cases(at: datetime) -> tuple[SampleCase, ...]:
    """Return the sample cases as they stand at a moment."""
    draft = _case("DRAFT0000001", at, packet=replace(_packet(at), authorization=None))
    upper, lower, bite = (tetrahedron_stl(name) for name in ("upper", "lower", "bite"))
    awaited = (
        _awaited(draft, 1, FileKind.UPPER_SCAN, at, name="upper jaw.stl", content=upper),
        _awaited(draft, 2, FileKind.LOWER_SCAN, at, name="lower jaw.stl", content=lower),
        _awaited(draft, 3, FileKind.BITE_SCAN, at, name="bite.stl", content=bite),
        _in_parts(draft, 4, at),
        _clean(draft, 5, FileKind.PREP_SCAN, at),
    )
    # The second is not what was announced; of the third and the fourth nothing came yet.
    arrived = {awaited[0].file_id: upper, awaited[1].file_id: bytes(len(lower))}
    pending = _sent("PEND00000001", at)
    photo = _awaited(pending.case, 5, FileKind.PHOTO, at, name="smile.jpg", content=b"not here yet")
    got = _sent("KEPT00000001", at)
    got = replace(got, case=replace(got.case, status=Status.RECEIVED, version=3, first_received=1, rx_version=1))
    back = _back("BACK00000001", at)
    finished = _sent("PACKED000001", at)
    finished = replace(
        finished,
        case=replace(finished.case, status=Status.FINISHED, version=5, shipments=(sample_shipment(at),)),
        files=tuple(replace(file, handed_over_in=1) for file in finished.files),
    )
    started = _of_guest(_whole(_case("START0000001", at, packet=replace(_packet(at), authorization=None)), at))
    started = replace(started, case=replace(started.case, packet=replace(started.case.packet, description="")))
    volume = replace(_in_parts(started.case, 5, at), announced_by=link_of(started.case, at).user_id)
    amended = _of_guest(_back("AMEND0000001", at))
    harbor = _case(
        "HARB00000001",
        at,
        practice_id=HARBOR.practice_id,
        dentist_id=DR_LINDQVIST.dentist_id,
        packet=Packet(patient=Patient(name="Jonas Ekdahl")),
    )
    samples = (
        SampleCase(case=draft, files=awaited, arrived=arrived),
        _whole(_case("READY0000001", at), at),
        _sent("SENT00000001", at),
        replace(pending, files=(*pending.files, photo)),
        replace(got, files=tuple(replace(file, handed_over_in=1) for file in got.files)),
        replace(back, files=tuple(replace(file, handed_over_in=1) for file in back.files)),
        replace(started, files=(*started.files[:2], volume)),
        replace(amended, files=tuple(replace(file, handed_over_in=1) for file in amended.files)),
        SampleCase(case=harbor, files=(_clean(harbor, 1, FileKind.UPPER_SCAN, at),), arrived={}),
        finished,
        *(_planned(case_id, at) for case_id in (WAITING, *BOOKED)),
    )
    return tuple(_of_own_patient(sample, f"M-{number}") for number, sample in enumerate(samples, start=1001))


def _planned(case_id: str, at: datetime) -> SampleCase:
    """Return a case that its lab and its practice plan."""
    sent = _sent(case_id, at)
    return replace(
        sent,
        case=planned(sent.case, at),
        files=tuple(replace(file, handed_over_in=1) for file in sent.files),
    )


def sample_announcement(at: datetime) -> Announcement:
    """Return what the first lab announces."""
    return Announcement(
        announcement_id=ANNOUNCEMENT_ID,
        publisher=Publisher(kind=OrganizationKind.LAB, organization_id=NORTH_PINE.lab_id),
        kind=AnnouncementKind.NEWS,
        title="A new mill",
        text="From Monday on full arches are milled in house.",
        starts_at=at - timedelta(hours=1),
        ends_at=at + timedelta(days=30),
        published_at=at - timedelta(hours=1),
        published_by=LEO_ID,
    )


def sample_shipment(at: datetime) -> Shipment:
    """Return the parcel in which a sample case is shipped."""
    return Shipment(
        number=1,
        carrier="ups",
        tracking_number="1Z999AA10123456784",
        link="https://www.ups.com/track?tracknum=1Z999AA10123456784",
        contains="",
        shipped_at=at - timedelta(minutes=1),
        state=ShipmentState.LABEL_CREATED,
        state_at=at - timedelta(minutes=1),
    )


def link_of(case: Case, at: datetime) -> CorrectionLink:
    """Return the correction link of a case that the lab started for the practice without an account."""
    return CorrectionLink(
        link_id=f"{case.case_id.rstrip('01')}K".ljust(LONG_ID_LENGTH, "0"),
        case_id=case.case_id,
        practice_id=case.practice_id,
        lab_id=case.lab_id,
        secret_digest=digest(LINK_SECRET),
        scope=Scope(
            rule_ids=frozenset({"RX-DESCRIPTION", "RX-SIGNATURE", "FIL-REQUIRED", "CSE-RETURN"}),
            kinds=frozenset({FileKind.LOWER_SCAN, FileKind.BITE_SCAN, FileKind.CBCT, FileKind.DOCUMENT}),
            fields=frozenset({"description", "authorization", "reasons"}),
        ),
        asked=(
            Asked(
                rule_id="RX-DESCRIPTION",
                outcome=Outcome.WARN,
                about="/packet/description",
                says="There is no description of the work.",
                do="Describe the work in a sentence or two.",
            ),
        ),
        issued_at=at - timedelta(hours=1),
        issued_by=LEO_ID,
        valid_until=at + timedelta(days=14),
    )


def credential_of(link: CorrectionLink) -> Credential:
    """Return what opens the case of a sample link."""
    return Credential(kind=CredentialKind.LINK, owner_id=link.case_id, holder_id=link.link_id, secret=LINK_SECRET)


def rx_of(case: Case, at: datetime) -> Rx:
    """Return the first version of the prescription of a sample case that its lab has received."""
    return Rx(
        case_id=case.case_id,
        lab_id=case.lab_id,
        number=1,
        submission_number=1,
        made_at=at - timedelta(minutes=4),
        size_bytes=len(_PAPER),
        sha256=hashlib.sha256(_PAPER).hexdigest(),
        pages=1,
    )


def sample_scanner(at: datetime) -> Machine:
    """Return the scanner of the first practice."""
    return _machine(MachineKind.SCANNER, "Chair 1", SCANNER_CREDENTIAL, entered_by=IRIS_ID, at=at)


def sample_lab_system(at: datetime) -> Machine:
    """Return the software of the first lab."""
    return _machine(MachineKind.LAB_SYSTEM, "Milling center", LAB_SYSTEM_CREDENTIAL, entered_by=LEO_ID, at=at)


def _machine(kind: MachineKind, name: str, credential: Credential, *, entered_by: str, at: datetime) -> Machine:
    return Machine(
        kind=kind,
        machine_id=credential.holder_id,
        organization_id=credential.owner_id,
        name=name,
        scopes=TERMS[kind].scopes,
        secret_digest=digest(credential.secret),
        created_at=at - _LONG_AGO,
        created_by=entered_by,
        last_used_on=at.date(),
    )


def sample_members(at: datetime) -> tuple[Member, ...]:
    """Return the people of the first practice as they stand at a moment."""

    def member(user_id: str, name: str, role: Role, **changes: Any) -> Member:
        return replace(
            Member(
                user_id=user_id,
                organization_kind=OrganizationKind.PRACTICE,
                organization_id=MAPLE.practice_id,
                email=f"{name.split(maxsplit=1)[0].lower()}@{MAPLE.practice_id}.example",
                name=name,
                roles=frozenset({role}),
                state=MemberState.ACTIVE,
                invited_at=at - _LONG_AGO,
                invited_by=IRIS_ID,
                expires_at=None,
                version=2,
                accepted_at=at - _LONG_AGO,
            ),
            **changes,
        )

    is_invited: dict[str, Any] = {
        "state": MemberState.INVITED,
        "version": 1,
        "accepted_at": None,
        "expires_at": at - _LONG_AGO + INVITATION_LASTS,
    }
    is_gone = {"state": MemberState.ENDED, "version": 3, "ended_at": at - timedelta(hours=1), "ended_by": IRIS_ID}
    return (
        member(IRIS_ID, "Iris Bell", Role.PRACTICE_ADMIN),
        member(TOM_ID, "Tom Reyes", Role.PRACTICE_STAFF),
        member(NOOR_ID, "Noor Haddad", Role.PRACTICE_STAFF, **is_invited),
        member(PAUL_ID, "Paul Weber", Role.PRACTICE_STAFF, **is_gone),
    )


def make_people(cognito: "CognitoIdentityProviderClient", user_pool_id: str, *, at: datetime) -> None:
    """Let the sample people sign in, as far as they can, on moto's Cognito: it gives them the ids that they have here.

    Args:
        cognito: A client of moto's Cognito.
        user_pool_id: The pool, which finds people by their e-mail address.
        at: The moment at which they are as they are.
    """
    from moto.moto_api._internal import mock_random  # noqa: PLC0415 - only where AWS is played in this process

    for role in ROLES:
        cognito.create_group(UserPoolId=user_pool_id, GroupName=role)
    for member in sample_members(at):
        attributes = {
            "email": member.email,
            "name": member.name,
            ORGANIZATION_KIND_ATTRIBUTE: member.organization_kind.value,
            ORGANIZATION_ID_ATTRIBUTE: member.organization_id,
        }
        with patch.object(mock_random, "uuid4", return_value=UUID(member.user_id)):
            cognito.admin_create_user(
                UserPoolId=user_pool_id,
                Username=member.email,
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )
        if member.state is MemberState.ENDED:
            cognito.admin_disable_user(UserPoolId=user_pool_id, Username=member.user_id)
        if member.state is not MemberState.INVITED:
            for role in member.roles:
                cognito.admin_add_user_to_group(UserPoolId=user_pool_id, Username=member.user_id, GroupName=role.value)


def store_everything(dynamodb: "DynamoDBClient", s3: "S3Client", settings: Mapping[str, str], *, at: datetime) -> None:
    """Store the sample organizations, cases and files, and the bytes of the files.

    Args:
        dynamodb: Where records are kept.
        s3: Storage.
        settings: Names of the table and the buckets, by the variables that functions read.
        at: The moment at which everything is as it is.
    """
    table = _Collected(dynamodb, settings["TABLE_NAME"])
    TableDirectory(table).put(
        *(MAPLE, HARBOR, COVE, NORTH_PINE, CEDAR, DR_OKAFOR, DR_LINDQVIST, DR_RETIRED, DR_ABARA),
        connected(COVE, NORTH_PINE, ConnectionState.ACCEPTED),
        connected(MAPLE, NORTH_PINE, ConnectionState.ACCEPTED),
        connected(MAPLE, CEDAR, ConnectionState.ASKED),
        connected(HARBOR, NORTH_PINE, ConnectionState.ACCEPTED),
        *(default_profile(NORTH_PINE.lab_id, case_type) for case_type in (CaseType.CROWN, CaseType.SURGICAL_GUIDE)),
    )
    TableMembers(table, now=lambda: at).put(*sample_members(at))
    announcement = sample_announcement(at)
    TableAnnouncements(table, now=lambda: at).save(
        announcement,
        Board(publisher=announcement.publisher, announcements=(announcement,), version=1),
        AnnouncementPublished(
            **announcement_head(announcement, at=at), kind=announcement.kind, starts_at=at, ends_at=None
        ),
    )
    TableMachines(table, now=lambda: at).add(sample_scanner(at), request=_NO_REQUEST)
    TableMachines(table, now=lambda: at).add(sample_lab_system(at), request=_NO_REQUEST)
    store_webhooks(table, at=at)
    store_notifications(table, IRIS_ID, TOM_ID, at=at)
    store_messages(table, iris_id=IRIS_ID)
    store_care_teams(table, at=at)
    store_scheduling(table)
    store_match_runs(table, s3, files=settings["FILES_BUCKET"], at=at)
    store_matching(table, s3, files=settings["FILES_BUCKET"], at=at)
    store_case_days(table)
    store_texts(table)
    store_planning(table, [sample.case for sample in sample_cases(at)], at=at)
    cases, files = TableCases(table, now=lambda: at), TableFiles(table, now=lambda: at)
    for sample in sample_cases(at):
        _store_case(cases, sample.case, at)
        for parcel in sample.case.shipments:
            tracked = TrackedParcel(case_id=sample.case.case_id, shipment_number=parcel.number)
            key = tracked_parcel(parcel.carrier, parcel.tracking_number, tracked.case_id)
            table.write([Put(key=key, values=record(tracked))])
        if sample.case.is_lab_started:
            _store_link(TableLinks(table, now=lambda: at), sample.case, at)
        for file in sample.files:
            stored = file
            if file.part_checksums:
                stored = replace(file, upload_id=_begin_parts(s3, settings["ARRIVALS_BUCKET"], file))
            _store_file(files, stored, at)
            _store_bytes(s3, settings, stored, sample)
        if sample.case.rx_version:
            table.write([Put(key=keys.rx(sample.case.case_id, 1), values=record(rx_of(sample.case, at)))])
            S3Papers(lambda: s3, now=lambda: at, files=settings["FILES_BUCKET"]).keep(rx_of(sample.case, at), _PAPER)
    table.store()


class _Collected(Table):
    """A table whose writes are stored at once at the end: moto copies everything that it has for each transaction."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        super().__init__(client, name)
        self._store, self._table_name = client.batch_write_item, name
        self._items: list[Any] = []

    def write(self, writes: Sequence[Write]) -> None:
        """Collect what is new; what is only remembered, told or counted of a sample nobody asks for."""
        self._items += [
            to_item({**write.key, **write.values})
            for write in writes
            if isinstance(write, Put) and write.values["entity"] not in _NOT_ASKED_FOR
        ]

    def store(self) -> None:
        """Store what was collected."""
        for start in range(0, len(self._items), _BATCH):
            puts: Any = [{"PutRequest": {"Item": item}} for item in self._items[start : start + _BATCH]]
            self._store(RequestItems={self._table_name: puts})


def _store_case(cases: TableCases, case: Case, at: datetime) -> None:
    cases.create(
        Change(case=case, entries=(_entry(case.case_id, Deed.CREATED, at),), events=(), back=case.last_return),
        request=_NO_REQUEST,
        answer=CaseWithPrecheck(
            case=case, precheck=Precheck(outcome=Outcome.PASS, findings=()), notation=MAPLE.notation
        ),
    )


def _store_link(links: TableLinks, case: Case, at: datetime) -> None:
    link = link_of(case, at)
    change = LinkChange(
        link=link,
        entry=replace(_entry(case.case_id, Deed.LINK_ISSUED, at), by=Party.LAB, user_id=LEO_ID),
        event=CorrectionLinkIssued(**event_head(case, at=at), link_id=link.link_id),
    )
    links.issue(change, decided_on=case, issued=0, request=_NO_REQUEST)


def _store_file(files: TableFiles, file: CaseFile, at: datetime) -> None:
    entry = _entry(file.case_id, Deed.FILE_ANNOUNCED, at)
    files.announce(FileChange(file=file, entry=entry, events=(), at=at), request=_NO_REQUEST)


def _store_bytes(s3: "S3Client", settings: Mapping[str, str], file: CaseFile, sample: SampleCase) -> None:
    if (content := sample.arrived.get(file.file_id)) is not None:
        key = arrival_key(file.case_id, file.file_id)
        s3.put_object(
            Bucket=settings["ARRIVALS_BUCKET"],
            Key=key,
            Body=content,
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=_checksum(content),
        )
    if not file.is_clean:
        return
    keys = [practice_key(file)]
    if file.handed_over_in is not None:
        keys.append(lab_key(file, lab_id=sample.case.lab_id, submission_number=file.handed_over_in))
    for key in keys:
        s3.put_object(Bucket=settings["FILES_BUCKET"], Key=key, Body=tetrahedron_stl())


def _begin_parts(s3: "S3Client", bucket: str, file: CaseFile) -> str:
    key = arrival_key(file.case_id, file.file_id)
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key=key, ChecksumAlgorithm="SHA256")["UploadId"]
    for number, content in enumerate(PARTS, start=1):
        s3.upload_part(
            Bucket=bucket,
            Key=key,
            UploadId=upload_id,
            PartNumber=number,
            Body=content,
            ChecksumSHA256=_checksum(content),
        )
    return upload_id


def _case(case_id: str, at: datetime, **changes: Any) -> Case:
    return replace(
        Case(
            case_id=case_id,
            practice_id=MAPLE.practice_id,
            lab_id=NORTH_PINE.lab_id,
            dentist_id=DR_OKAFOR.dentist_id,
            case_type=CaseType.CROWN,
            packet=_packet(at),
            status=Status.DRAFT,
            created_at=at - _LONG_AGO,
            last_modified_at=at - _LONG_AGO,
            moved_at=at - _LONG_AGO,
            precheck_outcome=Outcome.BLOCK,
        ),
        **changes,
    )


_CROWN: Final = {
    "material": "zirconia",
    "shade_guide": "vita_classical",
    "shade": "A2",
    "margin": "chamfer",
    "occlusion": "light",
    "contacts": "normal",
}


def _packet(at: datetime) -> Packet:
    return Packet(
        patient=Patient(name="Mira Holloway", born_on=date(1980, 5, 17), sex=Sex.FEMALE),
        description="Zirconia crown, light contacts, please keep the anatomy of the neighbors.",
        items=(Item(teeth=("14",), selections=_CROWN),),
        wanted_on=add_working_days(at.date(), 20, weekdays=NORTH_PINE.working_weekdays, holidays=NORTH_PINE.holidays),
        authorization=Authorization(
            dentist_id=DR_OKAFOR.dentist_id, authorized_at=at - _LONG_AGO, authorized_by=IRIS_ID
        ),
        contact="Dr. Okafor, +1 802 555 0115",
    )


def _whole(case: Case, at: datetime) -> SampleCase:
    """Return a case with every file that the lab wants."""
    kinds = (FileKind.UPPER_SCAN, FileKind.PREP_SCAN, FileKind.LOWER_SCAN, FileKind.BITE_SCAN)
    files = tuple(_clean(case, number, kind, at) for number, kind in enumerate(kinds, start=1))
    return SampleCase(case=replace(case, precheck_outcome=Outcome.PASS), files=files, arrived={})


def _sent(case_id: str, at: datetime) -> SampleCase:
    submission = Submission(
        number=1,
        submitted_at=at - timedelta(minutes=5),
        submitted_by=IRIS_ID,
        acknowledged=(),
        profile_version=1,
    )
    case = _case(
        case_id,
        at,
        status=Status.PROCESSING,
        version=2,
        submission=submission,
        moved_at=at - timedelta(minutes=5),
        due_on=(at + timedelta(days=7)).date(),
    )
    return _whole(case, at)


def _of_guest(sample: SampleCase) -> SampleCase:
    """Return the same for the practice that has no account, as its lab starts it."""
    case = replace(sample.case, practice_id=COVE.practice_id, dentist_id=DR_ABARA.dentist_id, started_by=Party.LAB)
    return replace(sample, case=case, files=tuple(replace(file, practice_id=COVE.practice_id) for file in sample.files))


def _of_own_patient(sample: SampleCase, reference: str) -> SampleCase:
    """Return the same as it is stored: found by its patient, whose name others have, too, but not the reference."""
    packet = sample.case.packet
    packet = replace(packet, patient=replace(packet.patient, reference=reference))
    (salt,) = (each.patient_salt for each in (MAPLE, HARBOR, COVE) if each.practice_id == sample.case.practice_id)
    key = digest_of(packet.patient.name, salt=f"{sample.case.practice_id}#{salt}")
    return replace(sample, case=replace(sample.case, packet=packet, patient_key=key))


def _back(case_id: str, at: datetime) -> SampleCase:
    """Return a case that its lab gave back for two reasons, one about a file, one in words."""
    sent = _sent(case_id, at)
    reasons = (
        ReturnReason(
            reason_id="1",
            code=Reason.MARGIN_HIDDEN,
            says="The margin of 14 is under tissue at the mesial; please retract and scan again.",
            file_id=file_id_of(case_id, 2),
        ),
        ReturnReason(reason_id="2", code=Reason.SHADE_MISMATCH, says="Is A2 meant for the stump or the crown?"),
    )
    back = Return(number=1, to=Status.RETURNED, submission_number=1, at=at, by=LEO_ID, reasons=reasons)
    mailed = SentOtherwise(kind=FileKind.OTHER, how="USPS", sent_on=at.date(), reference="9400 1000 0000")
    packet = replace(sent.case.packet, sent_otherwise=(mailed,))
    received = replace(sent.case, status=Status.RECEIVED, version=3, packet=packet)
    return replace(sent, case=replace(received.given_back(back), precheck_outcome=Outcome.BLOCK))


def _clean(case: Case, number: int, kind: FileKind, at: datetime) -> CaseFile:
    content = tetrahedron_stl()
    measures = MeshMeasures(
        triangles=85_000,
        extent_um=(62_000, 50_000, 20_000),
        open_edges=400,
        rim_edges=400,
        holes=0,
        non_manifold_edges=0,
        degenerate_triangles=0,
        is_text=False,
    )
    return replace(
        _awaited(case, number, kind, at, name=f"{kind.value}.stl", content=content),
        # Each has bytes of its own, or PreCheck would say that one file was sent twice.
        checksum=_checksum(f"{case.case_id} {number}".encode()),
        announced_at=at - _LONG_AGO,
        state=FileState.CLEAN,
        version=3,
        inspection=Inspection(format=FileFormat.STL, size_bytes=len(content), bytes_read=len(content), mesh=measures),
        settled_at=at - _LONG_AGO + timedelta(minutes=1),
    )


def _awaited(case: Case, number: int, kind: FileKind, at: datetime, *, name: str, content: bytes) -> CaseFile:
    return CaseFile(
        file_id=file_id_of(case.case_id, number),
        case_id=case.case_id,
        practice_id=case.practice_id,
        kind=kind,
        name=name,
        size_bytes=len(content),
        checksum=_checksum(content),
        announced_at=at - timedelta(minutes=5),
        announced_by=IRIS_ID,
    )


def _in_parts(case: Case, number: int, at: datetime) -> CaseFile:
    checksums = tuple(_checksum(part) for part in PARTS)
    return replace(
        _awaited(case, number, FileKind.CBCT, at, name="volume.zip", content=b"".join(PARTS)),
        checksum=checksum_of_parts(checksums),
        part_checksums=checksums,
    )


def _checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _entry(case_id: str, deed: Deed, at: datetime) -> Activity:
    return Activity(entry_id=new_id(at), case_id=case_id, at=at, by=Party.PRACTICE, user_id=IRIS_ID, deed=deed)
