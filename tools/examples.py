"""Examples of bodies and answers for the API's description, made of the sample things by the functions' own code."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from types import ModuleType
from typing import Any, Final

from bitewing.cases.activity import Activity, Deed
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.status import Party
from bitewing.directory.organization import Connection, ConnectionState
from bitewing.files.service import Announced, SignedRequest
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.precheck import run
from bitewing.requirements.default_profiles import default_profile

from local.seed import DR_OKAFOR, MAPLE, NORTH_PINE
from tools.offline import handler_of
from tools.sample_things import IRIS_ID, NOON, SampleCase, sample_cases

_CASE_ID: Final = "DRAFT0000001"
_NEW_CASE: Final = {
    "lab_id": NORTH_PINE.lab_id,
    "dentist_id": DR_OKAFOR.dentist_id,
    "case_type": "crown",
    "patient": {"name": "Mira Holloway", "reference": "M-1001", "born_on": "1980-05-17", "sex": "female"},
}
_SHA256: Final = "c0535e4be2b79ffd93291305436bf889314e4a3faec05ecffcbb7df31ad9e51a"

#: What a caller sends, by operation: a name for the example, and its body.
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "create_case": {
        "A crown": _NEW_CASE,
        "A remake": {**_NEW_CASE, "remake_of": "02MZ5HH9GADJ", "remake_reason": "The margin is open at the mesial."},
    },
    "change_packet": {
        "What is ordered": {
            "description": "Zirconia crown, light contacts, please keep the anatomy of the neighbors.",
            "items": [
                {
                    "teeth": ["5"],
                    "notation": "universal",
                    "selections": {"material": "zirconia", "shade_guide": "vita_classical", "shade": "A2"},
                }
            ],
            "wanted_on": "2026-03-30",
            "contact": "Dr. Okafor, +1 802 555 0115",
        },
        "The dentist authorizes it": {"is_authorized": True},
        "No wish for a date": {"wanted_on": None},
    },
    "submit_case": {
        "Nothing to acknowledge": {"acknowledged": []},
        "With a warning": {"acknowledged": ["CTX-BILLING"]},
    },
    "announce_file": {
        "A scan": {"kind": "upper_scan", "name": "upper jaw.stl", "size_bytes": 4_262_084, "sha256": _SHA256},
        "A volume in two parts": {
            "kind": "cbct",
            "name": "volume.zip",
            "size_bytes": 125_829_120,
            "part_sha256": [_SHA256, _SHA256[::-1]],
        },
    },
    "complete_file": {
        "Two parts": {
            "parts": [
                {"part_number": 1, "etag": '"5f363e0e58a95f06cbe9bbc662c5dfb6"'},
                {"part_number": 2, "etag": '"8f2c1d0b6a7e4f5c9d3b2a1e0f9c8d7b"'},
            ]
        },
    },
}


def bodies(operation: str) -> dict[str, Any]:
    """Return the examples of what an operation takes, as OpenAPI writes them."""
    return {
        name.lower().replace(" ", "_"): {"summary": name, "value": body} for name, body in BODIES[operation].items()
    }


def answers(operation: str) -> Any:
    """Return an example of what an operation answers when it does what it was asked."""
    return _ANSWERS[operation]().model_dump(mode="json")


@cache
def _sample() -> SampleCase:
    return next(sample for sample in sample_cases(NOON) if sample.case.case_id == _CASE_ID)


def _cases() -> ModuleType:
    return handler_of("cases_api")


def _files() -> ModuleType:
    return handler_of("files_api")


def _directory() -> ModuleType:
    return handler_of("directory_api")


def _case(number: int = 0) -> Any:
    """Return a case as the API shows it, with what PreCheck finds at noon."""
    sample = sample_cases(NOON)[number]
    checked = CheckedCase(
        case=sample.case,
        files=sample.files,
        practice=MAPLE,
        dentist=DR_OKAFOR,
        lab=NORTH_PINE,
        connection=_connection(),
        profile=default_profile(NORTH_PINE.lab_id, sample.case.case_type),
        at=NOON,
        today=NOON.date(),
    )
    return _cases().CaseView.of_checked(
        CaseWithPrecheck(case=sample.case, precheck=run(checked), notation=MAPLE.notation)
    )


def _connection() -> Connection:
    return Connection(
        practice_id=MAPLE.practice_id,
        lab_id=NORTH_PINE.lab_id,
        lab_name=NORTH_PINE.name,
        state=ConnectionState.ACCEPTED,
    )


def _me() -> Any:
    caller = Caller(
        user_id=IRIS_ID,
        organization_id=MAPLE.practice_id,
        organization_kind=OrganizationKind.PRACTICE,
        roles=frozenset({Role.PRACTICE_ADMIN}),
    )
    return _directory().MeView.of(caller, MAPLE)


def _history() -> Any:
    entry = Activity(
        entry_id="02MZ5HH9GADJ4V7C1R8TQK",
        case_id=_CASE_ID,
        at=NOON,
        by=Party.PRACTICE,
        user_id=IRIS_ID,
        deed=Deed.CHANGED,
        details={"fields": "description, items"},
    )
    return _cases().HistoryView(activity=[_cases().ActivityView.of(entry)], next=None)


def _request(method: str, bucket: str, **headers: str) -> SignedRequest:
    return SignedRequest(
        method=method,
        url=f"https://{bucket}.s3.amazonaws.com/{_CASE_ID}/{_sample().files[0].file_id}?X-Amz-Signature=…",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        expires_at=NOON + timedelta(minutes=5),
    )


def _upload() -> Any:
    file = _sample().files[0]
    request = _request(
        "PUT",
        "arrivals",
        content_length=str(file.size_bytes),
        x_amz_checksum_sha256=file.checksum,
        if_none_match="*",
    )
    return _files().UploadView.of(Announced(file=file, request=request), at=NOON)


def _file(number: int) -> Any:
    return _files().FileView.of(_sample().files[number], at=NOON)


_ANSWERS: Final[Mapping[str, Callable[[], Any]]] = {
    "read_me": _me,
    "list_dentists": lambda: _directory().DentistsView(dentists=[_directory().DentistView.of(DR_OKAFOR)]),
    "list_labs": lambda: _directory().LabsView(labs=[_directory().ConnectedLabView.of(_connection())]),
    "read_profile": lambda: _directory().RequirementProfileView.of(
        default_profile(NORTH_PINE.lab_id, _sample().case.case_type)
    ),
    "create_case": _case,
    "list_cases": lambda: _cases().CasesView(cases=[_cases().CaseRow.of(_sample().case)], next=None),
    "read_case": _case,
    "change_packet": _case,
    "check_case": lambda: _case().precheck,
    "submit_case": lambda: _case(2),
    "read_activity": _history,
    "announce_file": _upload,
    "complete_file": lambda: _file(3),
    "list_files": lambda: _files().FilesView(files=[_file(0), _file(4)]),
    "download_file": lambda: _files().SignedRequestView.of(_request("GET", "files")),
    "remove_file": lambda: _file(2),
}
