"""One case on its way, as its practice drives it through the deployed API."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from local.api import Api
from local.samples.arch import arch, binary_stl, ply
from local.samples.cbct import Volume, cbct_zip
from local.samples.photo import photo
from local.seed import DR_OKAFOR, NORTH_PINE
from local.walk import ITEM
from tests.end_to_end.deadline import eventually

PENDING = frozenset({"announced", "inspected"})
#: Enough triangles for a lab, and few enough for a moment: 80 for each step.
STEPS = 260


@dataclass(frozen=True)
class Scan:
    kind: str
    name: str
    content: bytes


GUARD = {
    "description": "Night guard for the upper arch, hard, flat plane, canine guidance.",
    "items": [
        {"arch": "upper", "selections": {"hardness": "hard", "thickness": "2 mm", "occlusal_scheme": "flat_plane"}}
    ],
    "is_authorized": True,
    "wanted_on": "2099-03-16",
    "contact": "Iris Bell, +1 802 555 0114",
}
GUIDE = {
    "description": "Surgical guide for one implant, guided through a sleeve.",
    "items": [ITEM],
    "is_authorized": True,
    "wanted_on": "2099-03-16",
    "contact": "Iris Bell, +1 802 555 0114",
}


@dataclass
class Journey:
    """A case of a practice; ``version`` is that which the practice read last."""

    practice: Api
    case_id: str = ""
    version: int = 0
    names: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/v1/cases/{self.case_id}"

    def start(self, case_type: str, *, patient: str = "Pat Doe", **changes: Any) -> dict[str, Any]:
        context = {
            "lab_id": NORTH_PINE.lab_id,
            "dentist_id": DR_OKAFOR.dentist_id,
            "case_type": case_type,
            # A number of its own: another open case of one patient for the same work would be a duplicate.
            "patient": {"name": patient, "reference": f"P-{uuid4().hex[:8]}"},
        }
        created = self.practice.post("/v1/cases", context | changes).expect(201)
        self.case_id, self.version = created.body["case_id"], created.version
        return created.body

    def change(self, changes: dict[str, Any]) -> dict[str, Any]:
        changed = self.practice.patch(self.path, changes, version=self.version).expect(200)
        self.version = changed.version
        return changed.body

    def upload(self, *scans: Scan) -> list[str]:
        return [
            self.practice.upload(self.case_id, kind=scan.kind, name=scan.name, content=scan.content) for scan in scans
        ]

    def files(self) -> dict[str, dict[str, Any]]:
        files = self.practice.get(f"{self.path}/files").expect(200).body["files"]
        return {file["file_id"]: file for file in files}

    def settled(self, *file_ids: str) -> list[dict[str, Any]]:
        """These files, once it is known what their bytes are."""

        def look():
            files = self.files()
            return not any(files[file_id]["state"] in PENDING for file_id in file_ids) and files

        files = eventually(look)
        return [files[file_id] for file_id in file_ids]

    def send(self, *scans: Scan) -> list[dict[str, Any]]:
        """Upload, and wait for the inspection."""
        return self.settled(*self.upload(*scans))

    def precheck(self) -> dict[str, Any]:
        return self.practice.get(f"{self.path}/precheck").expect(200).body

    def rules(self) -> set[str]:
        return {finding["rule_id"] for finding in self.precheck()["findings"]}

    def submit(self, *acknowledged: str, key: str | None = None):
        answer = self.practice.post(
            f"{self.path}/submit", {"acknowledged": list(acknowledged)}, version=self.version, key=key
        )
        if answer.status == 202:
            self.version = answer.version
        return answer

    def case(self, reader: Api | None = None) -> dict[str, Any]:
        return (reader or self.practice).get(self.path).expect(200).body

    def once_it_is(self, status: str, *, within_s: float = 60) -> dict[str, Any]:
        def look():
            case = self.case()
            return case["status"] == status and case

        return eventually(look, within_s=within_s)

    def activity(self, reader: Api | None = None) -> list[dict[str, Any]]:
        """The whole history, the oldest entry first."""
        return (reader or self.practice).get(f"{self.path}/activity", limit=100).expect(200).body["activity"][::-1]


def arches(*, steps: int = STEPS) -> list[Scan]:
    return [
        Scan("upper_scan", "upper arch.stl", binary_stl(arch("upper", steps=steps))),
        Scan("lower_scan", "lower arch.ply", ply(arch("lower", steps=steps))),
    ]


def bite(*, steps: int = STEPS) -> Scan:
    return Scan("bite_scan", "bite.stl", binary_stl(arch("lower", seed=2, is_open=True, steps=steps)))


def small_arches() -> list[Scan]:
    """Scans that are quickly sent and inspected, and too coarse for the lab: it warns."""
    return arches(steps=20)


def cbct(patient: str, **changes: Any) -> Scan:
    given, _, family = patient.rpartition(" ")
    volume = Volume(patient_name=f"{family}^{given}", patient_born_on=None, **changes)
    return Scan("cbct", "CBCT müller & söhne.zip", cbct_zip(volume))


def smile(*, has_location: bool = False) -> Scan:
    return Scan("photo", "smile.jpg", photo(has_location=has_location))
