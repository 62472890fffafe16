"""Nothing of a patient leaves the table, the buckets and the API's answers.

Marked words go through everything that a case meets, from its start to the lab; then all that came out is searched:
logs, events, inputs of state machines, keys, addresses.
"""

import base64
import hashlib
import io
import json
import traceback
import zipfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email import message_from_string
from email.policy import default
from http import HTTPStatus

import pydicom
import pytest
from bitewing.aws import keys
from bitewing.aws.clock import now
from bitewing.aws.items import UnreadableItem, from_item, to_item
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put, Table
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.store import copies_of
from bitewing.kernel.wire import (
    CASE_DAY_RECHECK_EVENTS,
    CASE_RETURNED,
    CASE_SUBMITTED,
    COUNTED_EVENTS,
    DEADLINE_EVENTS,
    FITNESS_EVENTS,
    MATCH_RUN_DECIDED,
    MATCH_RUN_STARTED,
    WEBHOOK_EVENTS,
)
from moto.ses.models import ses_backends
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.support.calls import (
    AVAILABILITY,
    CASE_DAY,
    DAY_PATIENT,
    DAY_PATIENTS,
    DAY_REQUEST,
    FREE_AT,
    MATCH_RUN,
    MATCH_RUNS,
    NEW_AVAILABILITY,
    NEW_CASE_DAY,
    NEW_DAY,
    NEW_PATIENT,
    NEW_PROFILE,
    NURSE,
    PROFILE,
    SCANS,
    SESSION,
    TEAM_MEMBER,
    starting,
)
from tests.support.carriers import signed
from tests.support.http import HANNA, IRIS, LEO, MAX, NOBODY, Call, answered, ask
from tests.support.receivers import END_OF_HEADERS, Listener, answers
from tools.offline import SETTINGS, Offline, function_names, handler_of, read_sample
from tools.sample_care_teams import DANA_ID
from tools.sample_case_days import CONFIRMED_DAY, CONFIRMED_DAY_ID
from tools.sample_match_runs import PROPOSED_PERIOD_ID, PROPOSED_RUN_ID, REVIEWED_PERIOD_ID
from tools.sample_matching import LOADED, LOADED_RUN_ID, sample_requests
from tools.sample_scheduling import PERIOD_ID
from tools.sample_things import IRIS_ID, LAB_SYSTEM_CREDENTIAL, SCANNER_CREDENTIAL, tetrahedron_stl

MARKS = {
    "name": "Zxqname",
    "reference": "Zxqref",
    "birth date": "1931-07-19",
    "description": "Zxqdescription",
    "file name": "Zxqfile",
    "contact": "Zxqcontact",
    "remake reason": "Zxqreason",
    "tooth": "Zxqtooth",
    "selection": "Zxqshade",
    "attestation": "zxq-attested",
    "name in a scan": "Zxqdicom",
    "reason of a return": "Zxqreturned",
    "answer to a reason": "Zxqanswer",
    "note": "Zxqnote",
    "how it is sent": "Zxqcourier",
    "tracking number": "Zxqtracking",
    "reason of a pause": "Zxqpaused",
    "what a parcel has": "Zxqcontents",
    "announcement": "Zxqnews",
    "note of a clinician": "Zxqmornings",
    "feedback": "Zxqfeedback",
    "note of a day": "Zxqday",
    "reason of a rejection": "Zxqrejected",
    "note of a Case Day": "Zxqtworooms",
    "number of a patient of the day": "Zxqnumber",
    "treatment": "Zxqtreatment",
    "special needs": "Zxqneeds",
    "note on a patient": "Zxqneedles",
    "way in": "Zxqbehind",
    "contact on the spot": "Zxqfrontdesk",
    "reason of a cancellation": "Zxqcalledoff",
    "reason of a rule that was set aside": "Zxqovernight",
    "unknown field": "Zxqunknown",
}
BORN_IN_DICOM = "19310719"
CASE, UPLOADS = "/v1/cases/{case_id}", "/v1/cases/{case_id}/uploads"
OF_SYSTEM = "/v1/lab-system/cases/{case_id}"
#: What hears which events.
CONSUMERS = {
    "rule_counts": {CASE_SUBMITTED, CASE_RETURNED},
    "case_counts": set(COUNTED_EVENTS),
    "case_day_recheck": {*CASE_DAY_RECHECK_EVENTS, *FITNESS_EVENTS},
    "webhook_fanout": set(WEBHOOK_EVENTS),
    "deadline_setter": set(DEADLINE_EVENTS),
    "case_day_matching_start": {MATCH_RUN_STARTED},
    "case_day_matching_resume": {MATCH_RUN_DECIDED},
}
_ON_BUS = ("source", "detail_type", "detail")


def volume() -> bytes:
    """A zip with slices whose headers name a patient."""
    series, packed = generate_uid(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(120):
            written = io.BytesIO()
            pydicom.dcmwrite(written, _slice(series, number), enforce_file_format=True)
            archive.writestr(f"{MARKS['file name']}/{number:03d}.dcm", written.getvalue())
    return packed.getvalue()


def _slice(series: str, number: int) -> Dataset:
    one = Dataset()
    one.PatientName, one.PatientBirthDate = f"{MARKS['name in a scan']}^{MARKS['name']}", BORN_IN_DICOM
    one.Modality, one.SOPClassUID, one.SOPInstanceUID = "CT", CTImageStorage, generate_uid()
    one.SeriesInstanceUID = one.StudyInstanceUID = series
    one.Rows = one.Columns = 2
    one.BitsAllocated = one.BitsStored = 16
    one.HighBit, one.PixelRepresentation, one.SamplesPerPixel = 15, 0, 1
    one.PhotometricInterpretation = "MONOCHROME2"
    one.PixelSpacing, one.SliceThickness = [0.25, 0.25], 0.25
    one.ImagePositionPatient, one.ImageOrientationPatient = [0, 0, number * 0.25], [1, 0, 0, 0, 1, 0]
    one.PixelData = bytes(8)
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return one


class Journey:
    """A case with marked words, through every function."""

    def __init__(self, offline, receiver):
        self.offline, self.receiver = offline, receiver
        self.told, self.failed = [], []
        self.urls = []
        self.seen_by_the_lab = {}
        self._keys = 0
        self._spread = set()

    def ask(self, method, path, ids=None, body=None, *, who=IRIS, etag=None, **query):
        self._keys += 1
        credential = LAB_SYSTEM_CREDENTIAL if path.startswith("/v1/lab-system/") else SCANNER_CREDENTIAL
        headers = {"idempotency-key": f"key-{self._keys}", "authorization": f"Bearer {credential}"}
        headers |= {"if-match": etag} if etag else {}
        return ask(self.offline, who, Call(method, path, ids or {}, body, query, headers))

    def send(self, case_id, kind, content, *, path=UPLOADS):
        body = {
            "kind": kind,
            "name": f"{MARKS['file name']} {kind}.bin",
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        announced = self.ask("POST", path, {"case_id": case_id}, body).body
        self.urls.append(announced["upload"]["url"])
        self.urls += announced["upload"]["headers"].values()
        file_id = announced["file"]["file_id"]
        key = f"{case_id}/{file_id}"
        self.offline.client("s3").put_object(
            Bucket=SETTINGS["ARRIVALS_BUCKET"],
            Key=key,
            Body=content,
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=base64.b64encode(hashlib.sha256(content).digest()).decode(),
        )
        ids = {"case_id": case_id, "file_id": file_id}
        arrived = json.dumps({"detail": {"object": {"key": key}}})
        self.call("file_intake_start", {"Records": [{"messageId": "m", "body": arrived}]})
        verdict = self.call("file_inspector", ids)
        self.call("file_intake", {"step": "record", **ids, **verdict})
        self.call("file_intake", {"step": "check_case", **ids})
        return file_id

    def call(self, function, event):
        answer = self.offline.invoke(function, event)
        self.told.append({"input": event, "answer": answer})
        return answer

    def go(self):
        self.listen()
        new = {
            "lab_id": "north-pine",
            "dentist_id": "dr-okafor",
            "case_type": "crown",
            "patient": {
                "name": f"{MARKS['name']} {MARKS['name in a scan']}",
                "reference": MARKS["reference"],
                "born_on": MARKS["birth date"],
            },
            "remake_of": "SENT00000001",
            "remake_reason": MARKS["remake reason"],
        }
        created = self.ask("POST", "/v1/cases", body=new)
        case_id = created.body["case_id"]
        ids = {"case_id": case_id}
        self.ask("PATCH", CASE, ids, {"patient": {MARKS["unknown field"]: MARKS["name"]}}, etag=created.etag)
        self.ask("PATCH", CASE, ids, {"description": MARKS["description"] * 400}, etag=created.etag)
        odd = {"description": MARKS["description"], "items": [{"teeth": [MARKS["tooth"]], "notation": "fdi"}]}
        etag = self.ask("PATCH", CASE, ids, odd, etag=created.etag).etag
        self.ask("POST", f"{CASE}/submit", ids, {"acknowledged": [MARKS["attestation"]]}, etag=etag)
        ready = self.offline.items()["CASE#READY0000001", "CASE"]["packet"]
        shade = {"material": "zirconia", "shade_guide": "vita_classical", "shade": "A2", "note": MARKS["selection"]}
        whole = {
            "description": MARKS["description"] + ", please keep the anatomy of the neighbors.",
            "items": [{"teeth": ["14"], "notation": "fdi", "selections": shade}],
            "wanted_on": ready["wanted_on"],
            "contact": MARKS["contact"],
            "attestations": [MARKS["attestation"]],
            "is_authorized": True,
            "sent_otherwise": [
                {"kind": "other", "how": MARKS["how it is sent"], "reference": MARKS["tracking number"]}
            ],
        }
        self.ask("PATCH", CASE, ids, whole, etag=etag)
        for kind in ("upper_scan", "prep_scan", "lower_scan", "bite_scan"):
            self.send(case_id, kind, tetrahedron_stl(kind))
        self.send(case_id, "cbct", volume())
        wrong = self.send(case_id, "photo", b"no photo at all", path=SCANS)
        self.ask("DELETE", f"{CASE}/files/{{file_id}}", {**ids, "file_id": wrong})
        before = self.ask("GET", CASE, ids)
        warned = [each["rule_id"] for each in before.body["precheck"]["findings"] if each["outcome"] == "WARN"]
        self.submitted = self.ask("POST", f"{CASE}/submit", ids, {"acknowledged": warned}, etag=before.etag)
        self.ask("GET", CASE, ids, who=HANNA)
        page = self.ask("GET", "/v1/cases", who=IRIS, limit="1")
        # A search is the one request whose address has words of a name: what comes back and is written down has none.
        self.found = self.ask("GET", "/v1/cases", who=IRIS, text=MARKS["name"][:5], limit="1").body["cases"]
        by_name = self.ask("GET", "/v1/cases", who=IRIS, sort="patient", order="desc", limit="1").body
        self.cursors = [page.body["next"], by_name["next"]]
        self.ask("PUT", f"{CASE}/archive", ids)
        self.ask("DELETE", f"{CASE}/archive", ids)
        self.relay(case_id)
        of_submission = {**ids, "submission_number": 1}
        check = self.call("case_submission", {"step": "check_files", **of_submission})
        for file_id in check["file_ids"]:
            self.call("case_submission", {"step": "copy_file", **of_submission, "file_id": file_id})
        self.call("rx_writer", of_submission)
        self.call("case_submission", {"step": "receive", **of_submission})
        self.relay(case_id)
        self.seen_by_the_lab = self.ask("GET", CASE, ids, who=LEO).body
        for file in self.ask("GET", f"{CASE}/files", ids, who=LEO).body["files"]:
            self.urls.append(
                self.ask(
                    "GET", f"{CASE}/files/{{file_id}}/download", {**ids, "file_id": file["file_id"]}, who=LEO
                ).body["url"]
            )
        self.read_rx(ids)
        self.talk(ids)
        self.ship(ids)
        self.plan()
        self.ask_for_more()
        self.schedule()
        self.solve()
        self.visit()
        self.mend()
        self.relay(case_id)
        self.hear_back()
        self.activity = [
            self.ask("GET", f"{CASE}/activity", {"case_id": each}, who=LEO, limit="100").body["activity"]
            for each in (case_id, "FREE00000001")
        ]
        return self

    def listen(self):
        """Let the lab's own system hear all that it can."""
        webhook = {"url": f"http://127.0.0.1:{self.receiver.port}/bitewing", "event_types": [*WEBHOOK_EVENTS]}
        assert self.ask("POST", "/v1/webhooks", body=webhook, who=LEO).status == HTTPStatus.CREATED

    def read_rx(self, ids):
        """Let both sides read what was prescribed, and the lab's own system the case."""
        (version,) = self.ask("GET", f"{CASE}/rx", ids, who=LEO).body["versions"]
        number = {**ids, "number": str(version["number"])}
        self.confirmation = self.ask("GET", f"{CASE}/confirmation", ids).body
        self.seen_by_its_system = self.ask("GET", OF_SYSTEM, ids, who=NOBODY).body
        self.ask("GET", "/v1/lab-system/cases", who=NOBODY, sort="patient", limit="1")
        self.urls += [
            self.ask("GET", f"{CASE}/rx/{{number}}", number).body["url"],
            self.ask("GET", f"{OF_SYSTEM}/rx/{{number}}", number, who=NOBODY).body["url"],
        ]

    def plan(self):
        """Let both sides plan a case whose patient the lab renames, and the lab's own system see it through."""
        ids = {"case_id": "FREE00000001"}
        name = {"name": f"{MARKS['name']} {MARKS['name in a scan']}"}
        done = [self.ask("PATCH", f"{CASE}/patient", ids, name, who=LEO, etag='"4"')]
        done.append(self.ask("POST", SESSION, ids, starting(FREE_AT)))
        self.spread()
        self.calendar = self.ask("GET", f"{SESSION}.ics", ids).body
        self.ask("GET", "/v1/planning-sessions", who=LEO)
        done.append(self.ask("PATCH", SESSION, ids, starting(FREE_AT + timedelta(hours=1)), who=LEO, etag='"1"'))
        self.spread()
        done.append(self.ask("DELETE", SESSION, ids, who=LEO, etag=done[-1].etag))
        self.spread()
        done.append(self.ask("POST", SESSION, ids, starting(FREE_AT)))
        self.spread()
        paused = {"to": "on_hold", "reason": MARKS["reason of a pause"]}
        done += [self._moved(ids, move) for move in ({"to": "manufacturing"}, paused)]
        done += [self._moved(ids, {"to": to}) for to in ("manufacturing", "finished")]
        parcel = {"carrier": "ups", "tracking_number": "1Z999AA10123456785", "contains": MARKS["what a parcel has"]}
        done.append(self.ask("POST", f"{OF_SYSTEM}/shipments", ids, parcel, who=NOBODY))
        done.append(self._moved(ids, {"to": "shipped"}))
        done.append(self.ask("POST", f"{CASE}/shipments/{{shipment_number}}/received", {**ids, "shipment_number": "1"}))
        self.spread()
        self.planned = [each.status for each in done]

    def _moved(self, ids, move):
        etag = self.ask("GET", OF_SYSTEM, ids, who=NOBODY).etag
        return self.ask("POST", f"{OF_SYSTEM}/transitions", ids, move, who=NOBODY, etag=etag)

    def talk(self, ids):
        """Let the lab and the practice say what they say of a case that comes back."""
        etag = self.ask("GET", CASE, ids, who=LEO).etag
        arrived = f"{CASE}/sent-otherwise/{{kind}}/arrived"
        etag = self.ask("POST", arrived, {**ids, "kind": "other"}, who=LEO, etag=etag).etag
        back = {"to": "returned", "reasons": [{"code": "fit", "says": MARKS["reason of a return"]}]}
        etag = self.ask("POST", f"{CASE}/transitions", ids, back, who=LEO, etag=etag).etag
        for who in (IRIS, LEO):
            self.ask("POST", f"{CASE}/notes", ids, {"text": MARKS["note"]}, who=who)
        answer = f"{CASE}/return-reasons/{{reason_id}}/answer"
        self.ask("POST", answer, {**ids, "reason_id": "1"}, {"says": MARKS["answer to a reason"]}, etag=etag)
        self.said = [self.ask("GET", f"{CASE}/{what}", ids).body for what in ("returns", "notes")]

    def ship(self, ids):
        """Let the lab try to ship the case, and a carrier tell of a parcel; and let both sides look at their home."""
        self.ask("POST", f"{CASE}/shipments", ids, {"carrier": "courier", "contains": MARKS["contact"]}, who=LEO)
        self.ask("GET", f"{CASE}/shipments", ids)
        parcel = {"tracking_number": MARKS["tracking number"], "state": "in_transit"}
        told = {"events": [{**parcel, "occurred_at": "2026-03-02T11:00:00Z"}]}
        call = Call("POST", "/v1/carriers/{carrier}/events", {"carrier": "ups"}, told)
        assert (
            answered(self.offline, "carrier_api", signed(call.event_by(NOBODY), at=now())).status == HTTPStatus.ACCEPTED
        )
        news = {"kind": "news", "title": MARKS["announcement"], "text": MARKS["announcement"]}
        assert self.ask("POST", "/v1/announcements", body=news, who=LEO).status == HTTPStatus.CREATED
        self.homes = [self.ask("GET", "/v1/me/home", who=who).body for who in (IRIS, LEO)]
        for path in ("/v1/inbox", "/v1/notification-log"):
            assert all(self.ask("GET", path, who=who).status == HTTPStatus.OK for who in (IRIS, LEO))

    def schedule(self):
        """Let a clinician and a practice say what they say for a period, and the manager answer both."""
        of_nurse = {"period_id": PERIOD_ID, "clinician_id": DANA_ID}
        said = NEW_AVAILABILITY | {"note": MARKS["note of a clinician"]}
        feedback = {"to": "needs_changes", "feedback": MARKS["feedback"]}
        rejected = {"to": "rejected", "reason": MARKS["reason of a rejection"]}
        asked = self.ask("POST", "/v1/case-day-requests", body=NEW_DAY | {"note": MARKS["note of a day"]})
        of_day = {"request_id": asked.body["request_id"]}
        done = [
            asked,
            self.ask("PUT", AVAILABILITY, of_nurse, said, who=NURSE, etag='"1"'),
            self.ask("POST", f"{AVAILABILITY}/review", of_nurse, feedback, who=MAX, etag='"2"'),
            self.ask("POST", f"{DAY_REQUEST}/transitions", of_day, rejected, who=MAX, etag=asked.etag),
        ]
        self.ask("GET", "/v1/case-day-requests", who=MAX, period_id=PERIOD_ID, limit="1")
        self.spread()
        self.scheduled = [each.status for each in done]
        self.match()

    def match(self):
        """Let the manager match a period, stop that, and decide on what is proposed for another one."""
        ids = {"period_id": REVIEWED_PERIOD_ID}
        started = self.ask("POST", MATCH_RUNS, ids, {}, who=MAX)
        stop = f"{MATCH_RUN}/stop"
        stopped = self.ask("POST", stop, ids | {"run_id": started.body["run_id"]}, who=MAX, etag=started.etag)
        proposed = {"period_id": PROPOSED_PERIOD_ID, "run_id": PROPOSED_RUN_ID}
        wrong = {"approve": [MARKS["name"]]}
        self.matched = [
            answer.status
            for answer in (
                started,
                stopped,
                *(self.ask("GET", f"{MATCH_RUN}/{part}", proposed, who=MAX) for part in ("unmatched", "loads")),
                self.ask("GET", f"{MATCH_RUN}/days", proposed, who=MAX, limit="1"),
                self.ask("POST", f"{MATCH_RUN}/decisions", proposed, wrong, who=MAX, etag='"1"'),
                self.ask("POST", f"{MATCH_RUN}/decisions", proposed, {"approve": "all"}, who=MAX, etag='"1"'),
            )
        ]
        files = self.ask("GET", f"{MATCH_RUN}/files", proposed, who=MAX).body
        self.urls += [each["url"] for each in files.values()]

    def solve(self):
        """Let a period be matched for which a practice asked with a note."""
        table = Table(self.offline.client("dynamodb"), SETTINGS["TABLE_NAME"])
        noted = replace(sample_requests(LOADED)[0], note=MARKS["note of a day"])
        key = keys.request_of_period(LOADED.care_team_id, LOADED.period_id, noted.request_id)
        table.write([Put(key=key, values=record(noted), condition=ALWAYS)])
        ids = {"care_team_id": LOADED.care_team_id, "period_id": LOADED.period_id, "run_id": LOADED_RUN_ID}
        for step in ({"step": "load"}, {"step": "solve", "batch": 0}, {"step": "write", "page": 0}):
            self.call("case_day_solver", {**ids, **step})
        for step in ({"step": "propose"}, {"step": "await", "token": "AQCEAAAAKgAAAAMAAAAAAAAAAcJourney"}):
            self.call("case_day_matching", {**ids, **step})

    def visit(self):
        """Let a manager enter a Case Day, and the practice say what is on the spot, and call it off."""
        new = NEW_CASE_DAY | {"note": MARKS["note of a Case Day"]}
        day = self.ask("POST", "/v1/case-days", body=new, who=MAX)
        ids, done = {"case_day_id": day.body["case_day_id"]}, [day.status]
        seat = {
            "clinician_id": DANA_ID,
            "overrides": [{"rule": "availability", "reason": MARKS["reason of a rule that was set aside"]}],
        }
        day = self.ask("PUT", TEAM_MEMBER, ids | {"role": "nurse"}, seat, who=MAX, etag=day.etag)
        done.append(day.status)
        details = {"arrival": MARKS["way in"], "contact": MARKS["contact on the spot"]}
        off = {"reason": MARKS["reason of a cancellation"]}
        for method, path, body in (
            ("PATCH", CASE_DAY, details),
            ("POST", f"{CASE_DAY}/practice-confirmation", None),
            ("POST", f"{CASE_DAY}/cancel", off),
        ):
            day = self.ask(method, path, ids, body, etag=day.etag)
            done.append(day.status)
        of_confirmed = {"case_day_id": CONFIRMED_DAY_ID}
        patient = NEW_PATIENT | {
            "reference": MARKS["number of a patient of the day"],
            "procedure": MARKS["treatment"],
            "note": MARKS["note on a patient"],
        }
        confirmed = self.ask("GET", CASE_DAY, of_confirmed)
        noted = {"note": MARKS["note of a Case Day"]}
        needy = patient | {"special_needs": MARKS["special needs"]}
        done += [
            self.ask("PATCH", CASE_DAY, of_confirmed, noted, etag=confirmed.etag).status,
            self.ask("POST", DAY_PATIENTS, of_confirmed, needy).status,
            self.ask("POST", DAY_PATIENTS, of_confirmed, patient).status,
            self.ask("GET", DAY_PATIENTS, of_confirmed, who=MAX).status,
            self.ask("GET", f"{CASE_DAY}/lab-work", of_confirmed, who=MAX).status,
            self.ask("GET", "/v1/schedules", who=MAX, on="2099-12-18").status,
        ]
        special = {"case_day_id": self.has_a_day_for_special_needs()}
        assigned = self.ask("POST", DAY_PATIENTS, special, needy)
        done.append(assigned.status)
        self.seen_by_the_team = self.ask("GET", DAY_PATIENTS, special, who=NURSE).body
        of_patient = special | {"patient_id": assigned.body["patient_id"]}
        more = {"special_needs": MARKS["special needs"] + ", and a dark room"}
        done.append(self.ask("PATCH", DAY_PATIENT, of_patient, more, etag=assigned.etag).status)
        self.subscribe()
        self.ask("GET", "/v1/case-days", who=MAX, limit="1", **{"from": "2099-12-01", "to": "2099-12-31"})
        self.ask("GET", f"{CASE_DAY}/activity", ids, limit="1")
        self.spread()
        begins = {"kind": "day_begins", "care_team_id": "bright-vans", "at": "2026-03-02T12:00:00Z", "role": None}
        days = [each["case_day_id"] for each in (ids, of_confirmed)]
        self.hear("deadline_worker", [json.dumps(begins | {"subject_id": day}) for day in days])
        self.visited = done

    def has_a_day_for_special_needs(self):
        """Store one more confirmed day, whose team was chosen for patients with special needs; gives its id."""
        day = replace(
            CONFIRMED_DAY,
            case_day_id="DAY0000000000000000003",
            on=CONFIRMED_DAY.on - timedelta(days=1),
            kind=PatientKind.SPECIAL_NEEDS,
            wanted=None,
            patients=0,
            patients_version=0,
        )
        places = [keys.case_day(day.case_day_id), *copies_of(day)]
        table = Table(self.offline.client("dynamodb"), SETTINGS["TABLE_NAME"])
        table.write([Put(key=each, values=record(day)) for each in places])
        return day.case_day_id

    def subscribe(self):
        """Let the practice make a calendar of its days, a calendar read it, and somebody guess."""
        issued = self.ask("POST", "/v1/calendar-feeds", body={"name": "Front desk"})
        self.secret_of_calendar = issued.body["credential"]
        tokens = (self.secret_of_calendar, self.secret_of_calendar[:-1] + "_")
        read, guessed = (
            ask(self.offline, NOBODY, Call("GET", "/v1/calendar/{token}", {"token": f"{each}.ics"})) for each in tokens
        )
        self.subscribed = [issued.status, read.status, guessed.status]
        self.calendar_of_days = read.body

    def hear_back(self):
        """Let people read what they were told, a mail come back, somebody write of a patient by text, and end mails."""
        self.read = [
            self.ask("GET", "/v1/inbox", who=replace(IRIS, user_id=IRIS_ID)).body,
            self.ask("GET", "/v1/notification-log", limit="100").body,
            self.ask("GET", "/v1/unreachable").body,
        ]
        bounced = json.loads(read_sample("delivery_reports", "a_mail_bounced")["Records"][0]["body"])
        bounced["detail"]["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = f"{MARKS['name']} is unknown here"
        bounced["detail"]["mail"]["commonHeaders"]["subject"] = MARKS["name"]
        # Not as what ours tell each other: what others say is theirs, and it is not to go on from here.
        self.hear("delivery_reports", [json.dumps(bounced)], tells=self.offline.invoke)
        inbound = json.loads(read_sample("text_replies", "what_is_unclear")["Records"][0]["body"])
        inbound["messageBody"] = f"{MARKS['name']} is unwell, {MARKS['note']}"
        self.hear("text_replies", [json.dumps(inbound)], tells=self.offline.invoke)
        swept = read_sample("reminders", "all_shards_are_swept")["Records"]
        self.hear("reminders", [record["body"] for record in swept])
        (*_, mail) = ses_backends["123456789012"]["us-east-1"].sent_messages
        token = message_from_string(mail.raw_data, policy=default)["List-Unsubscribe"].rpartition("/")[2].rstrip(">")
        path = "/v1/unsubscribe/{unsubscribe_token}"
        self.secret_of_mails = token.rpartition(".")[2]
        self.unsubscribed = [
            answered(self.offline, "unsubscribe_api", Call(method, path, {"unsubscribe_token": token}).event_by(NOBODY))
            for method in ("GET", "POST")
        ]

    def mend(self):
        """Let the lab start a case for a practice without an account, which mends it by a link."""
        patient = {"name": MARKS["name"], "reference": MARKS["reference"], "born_on": MARKS["birth date"]}
        new = {"practice_id": "cove-road", "dentist_id": "dr-abara", "case_type": "crown", "patient": patient}
        ids = {"case_id": self.ask("POST", "/v1/lab-cases", body=new, who=LEO).body["case_id"]}
        issued = self.ask("POST", f"{CASE}/correction-links", ids, {}, who=LEO).body
        self.secret = issued["credential"]
        by_link = {"authorization": f"Bearer {self.secret}"}
        item = {"number": 1, "teeth": [MARKS["tooth"]], "selections": {"material": MARKS["selection"]}}
        upload = {"kind": "bite_scan", "name": f"{MARKS['file name']}.stl", "size_bytes": 5, "sha256": "0" * 64}
        calls = (
            ("PATCH", "", {"description": MARKS["description"], "items": [item]}),
            ("PATCH", "", {"contact": MARKS["contact"]}),
            ("POST", "/uploads", upload),
            ("POST", "/authorization", {"dentist_name": MARKS["name"], "license_number": "1", "agrees": True}),
            ("POST", "/done", None),
            ("GET", "", None),
        )
        self.told_by_link = []
        for number, (method, path, body) in enumerate(calls):
            headers = by_link | {"idempotency-key": f"link-{number}", "if-match": '"1"'}
            call = Call(method, f"/v1/correction{path}", body=body, headers=headers)
            self.told_by_link.append(ask(self.offline, NOBODY, call))

    def ask_for_more(self):
        """Let the lab publish other requirements, by which the cases that are back are checked again."""
        profile = {"lab_id": "north-pine", "case_type": "crown"}
        self.ask("PUT", PROFILE, profile, NEW_PROFILE, who=LEO, etag='"1"')
        of_version = {**profile, "profile_version": 2}
        body = json.dumps({"detail": of_version})
        self.call("profile_recheck_start", {"Records": [{"messageId": "m", "body": body}]})
        found = self.call("profile_recheck", {"step": "page", **of_version, "part": "returned", "after": ""})
        for batch in found["batches"]:
            self.call("profile_recheck", {"step": "check", **of_version, "case_ids": batch})

    def relay(self, case_id):
        """Give the relay and all that hears events what was not told yet, and start the last submission."""
        told = self.spread()
        submitted = [each for each in told if each["detail_type"] == CASE_SUBMITTED]
        body = json.dumps({"detail": {"case_id": case_id, "submission_number": len(submitted)}})
        self.call("case_submission_start", {"Records": [{"messageId": "m", "body": body}]})

    def spread(self):
        """Give the relay all new events, as the stream would, and then everybody what they wait for."""
        client = self.offline.client("dynamodb")
        items = client.scan(TableName=SETTINGS["TABLE_NAME"])["Items"]
        events = [item for item in items if item["entity"] == {"S": "Event"}]
        told = [from_item(item) for item in events]
        new = [
            (item, event)
            for item, event in zip(events, told, strict=True)
            if event["detail"]["event_id"] not in self._spread
        ]
        self._spread |= {event["detail"]["event_id"] for _, event in new}
        if new:
            self.call("event_relay", {"Records": [{"dynamodb": {"NewImage": item}} for item, _ in new]})
        bodies = [
            (event["detail_type"], json.dumps({name.replace("_", "-"): event[name] for name in _ON_BUS}))
            for _, event in new
        ]
        for consumer, heard in CONSUMERS.items():
            self.hear(consumer, [body for name, body in bodies if name in heard])
        self.hear("notifier", [body for _, body in bodies])
        self.hear("webhook_delivery", self._due("WEBHOOK_QUEUE_URL"))
        self.hear("message_sender", self._due("MESSAGE_QUEUE_URL"))
        return told

    def hear(self, consumer, bodies, *, tells=None):
        records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        if records:
            assert (tells or self.call)(consumer, {"Records": records}) == {"batchItemFailures": []}

    def _due(self, name):
        """Take what is due out of its queue."""
        queue, url, bodies = self.offline.client("sqs"), SETTINGS[name], []
        while found := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                bodies.append(message["Body"])
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies


@pytest.fixture(scope="module")
def log():
    return io.StringIO()


@pytest.fixture(scope="module")
def journey(log):
    """The journey, with all that functions say written down."""
    with ExitStack() as stack:
        for function in function_names():
            written = handler_of(function).logger.registered_handler
            stack.callback(written.setStream, written.setStream(log))
        offline = stack.enter_context(Offline())
        receiver = stack.enter_context(Listener(answers(b"HTTP/1.1 204 No Content\r\n\r\n")))
        yield Journey(offline, receiver).go()


def marks_in(text):
    return {what for what, mark in MARKS.items() if mark.lower() in text.lower()} | (
        {"birth date in a scan"} if BORN_IN_DICOM in text else set()
    )


def test_the_marked_case_arrives_at_the_lab_with_all_that_was_written(journey):
    """If this fails, nothing below means anything."""
    assert journey.submitted.status == 202, journey.submitted.body
    assert journey.seen_by_the_lab["status"] == "received"
    assert {"name", "reference", "birth date", "description", "contact", "remake reason", "selection"} <= marks_in(
        json.dumps(journey.seen_by_the_lab)
    )


def test_a_planned_case_with_a_marked_patient_was_worked_on_to_its_end(journey):
    """Renamed, booked, moved, cancelled, booked; then made, paused, made again, finished, packed, shipped, received."""
    assert journey.planned == [200, 201, 200, 200, 201, 200, 200, 200, 200, 201, 200, 200]


def test_what_was_marked_for_a_period_was_said_and_answered(journey):
    assert journey.scheduled == [201, 200, 200, 200]


def test_a_period_was_matched_and_its_proposal_decided_on(journey):
    assert journey.matched == [201, 200, 200, 200, 200, 422, 200]


def test_what_a_period_is_matched_by_and_what_is_proposed_say_no_note(journey):
    s3, of_run = journey.offline.client("s3"), {"Bucket": SETTINGS["FILES_BUCKET"]}
    found = s3.list_objects_v2(**of_run, Prefix=f"match-runs/{LOADED_RUN_ID}/")["Contents"]
    texts = [s3.get_object(**of_run, Key=each["Key"])["Body"].read().decode() for each in found]
    proposed = [item for (pk, _), item in journey.offline.items().items() if pk == f"RUN#{LOADED_RUN_ID}"]
    assert (len(texts), {each["entity"] for each in proposed} >= {"ProposedDay", "UnmatchedRequest"}) == (4, True)
    assert marks_in("".join(texts) + json.dumps(proposed, default=str)) == set()


def test_what_was_marked_for_a_case_day_was_said_until_it_was_called_off(journey):
    assert journey.visited == [201, 200, 200, 200, 200, 200, 422, 201, 200, 200, 200, 201, 200]


def test_who_comes_with_special_needs_was_told_to_the_team(journey):
    said = {"number of a patient of the day", "treatment", "special needs", "note on a patient"}
    assert marks_in(json.dumps(journey.seen_by_the_team)) == said


def test_the_lab_s_own_system_and_the_confirmation_show_what_was_prescribed(journey):
    assert {"name", "reference", "birth date", "description"} <= marks_in(json.dumps(journey.seen_by_its_system))
    assert {"name", "how it is sent"} <= marks_in(journey.confirmation)


def test_the_practice_reads_all_that_was_said_of_the_case(journey):
    assert marks_in(json.dumps(journey.said)) == {"reason of a return", "answer to a reason", "note"}


def test_the_name_in_the_scan_was_read(journey):
    assert "name in a scan" in marks_in(json.dumps(list(journey.offline.items().values())))


def test_logs_say_one_line_an_invocation_and_nothing_of_a_patient(journey, log):
    lines = log.getvalue().splitlines()
    assert len(lines) > 30
    assert marks_in(log.getvalue()) == set()
    assert all(json.loads(line)["level"] == "INFO" for line in lines)


def test_events_say_nothing_of_a_patient(journey):
    told = [item for item in journey.offline.items().values() if item["entity"] == "Event"]
    assert {
        "CaseCreated",
        "CaseChanged",
        "CaseSubmitted",
        "CaseMoved",
        "CaseReturned",
        "ReturnReasonAnswered",
        "CaseNoted",
        "CaseRemade",
        "CaseArchived",
        "CaseUnarchived",
        "ProfilePublished",
        "RequirementsChanged",
        "RxIssued",
        "PlanningSessionBooked",
        "PlanningSessionMoved",
        "PlanningSessionReleased",
        "ShipmentAdded",
        "ShipmentReceived",
        "AnnouncementPublished",
        "SentOtherwiseArrived",
        "FileKept",
        "FileQuarantined",
        "FileRemoved",
        "AvailabilitySubmitted",
        "AvailabilityReviewed",
        "CaseDayRequested",
        "CaseDayRequestMoved",
        "CaseDayCreated",
        "TeamMemberAsked",
        "CaseDayChanged",
        "PracticeConfirmed",
        "CaseDayMoved",
        "CaseDayPatientsChanged",
    } <= {item["detail_type"] for item in told}
    assert marks_in(json.dumps(told)) == set()


def test_the_history_says_what_was_done_and_not_what_was_written(journey):
    assert all(journey.activity)
    assert marks_in(json.dumps(journey.activity)) == set()


def test_what_functions_and_workflows_tell_each_other_says_nothing_of_a_patient(journey):
    told = [
        {
            **each,
            "input": None
            if "Records" in each["input"] and "dynamodb" in each["input"]["Records"][0]
            else each["input"],
        }
        for each in journey.told
    ]
    assert marks_in(json.dumps(told)) == set()


def test_webhooks_are_told_nothing_of_a_patient(journey):
    assert b"Zxq" not in b"".join(journey.receiver.got)
    told = [json.loads(request.partition(END_OF_HEADERS)[2]) for request in journey.receiver.got]
    assert {
        *("CaseSubmitted", "CaseMoved", "CaseReturned", "CaseNoted", "RxIssued"),
        *("PlanningSessionBooked", "PlanningSessionMoved", "PlanningSessionReleased"),
        *("ShipmentAdded", "ShipmentReceived"),
    } <= {each["type"] for each in told}
    assert marks_in(json.dumps(told)) == set()


def test_mails_and_calendars_know_a_patient_by_initials_and_the_id_of_the_case(journey):
    sent = ses_backends["123456789012"]["us-east-1"].sent_messages
    mails = [message_from_string(mail.raw_data, policy=default) for mail in sent]
    # What the lab wants from now on is asked of another case, too, whose patient has no marks.
    mails = [mail for mail in mails if "BACK00000001" not in mail["Subject"]]
    about_the_case = [mail for mail in mails if "(Z. Z.)" in mail["Subject"]]
    # Sent, given back, asked for more; booked, moved, given up, booked again, given up as its lab begins without it.
    assert len(about_the_case) >= 8
    for mail in mails:
        said = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]
        whole = "\n".join([*(str(value) for value in mail.values()), *said, mail.as_string()])
        # Of a Case Day, of a period and of people there is no patient to say anything of.
        assert "Z. Z." in whole or "Case " not in whole.replace("Case Day", "")
        assert marks_in(whole) == set()
        assert "List-Unsubscribe" in mail
    assert "Z. Z." in journey.calendar
    assert marks_in(journey.calendar) == set()


def test_state_machines_are_started_with_ids_alone(journey):
    machines = journey.offline.client("stepfunctions")
    inputs = [
        json.loads(machines.describe_execution(executionArn=execution["executionArn"])["input"])
        for machine in machines.list_state_machines()["stateMachines"]
        for execution in machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    ]
    assert len(inputs) >= 7
    assert {name for each in inputs for name in each} == {
        *("case_id", "file_id", "submission_number"),
        *("lab_id", "case_type", "profile_version"),
        *("care_team_id", "period_id", "run_id"),
    }


def test_schedules_say_ids_and_moments_alone(journey):
    scheduler, group = journey.offline.client("scheduler"), SETTINGS["DEADLINE_GROUP"]
    names = [each["Name"] for each in scheduler.list_schedules(GroupName=group)["Schedules"]]
    targets = [scheduler.get_schedule(GroupName=group, Name=name)["Target"] for name in names]
    assert names
    assert {name for each in targets for name in json.loads(each["Input"])} == {
        *("kind", "care_team_id", "case_id", "subject_id", "at", "role")
    }
    assert marks_in(json.dumps([names, targets])) == set()


def test_keys_of_the_table_and_its_indexes_say_nothing_of_a_patient(journey):
    keys = [
        value
        for item in journey.offline.items().values()
        for name, value in item.items()
        if name in ("pk", "sk") or name.endswith(("_pk", "_sk"))
        # A list by name that is one query has the name in the key of its index; no key of the table has it.
        if name not in ("practice_patient_name_sk", "lab_patient_name_sk")
    ]
    assert marks_in(" ".join(keys)) == set()


def test_cursors_say_nothing_of_a_patient_although_lists_are_sorted_and_searched_by_their_names(journey):
    assert marks_in(json.dumps(journey.found)) == {"name", "name in a scan"}
    decoded = [base64.urlsafe_b64decode(cursor + "==")[16:].decode() for cursor in journey.cursors]
    assert ["after" in each for each in decoded] == [True, True]
    assert marks_in(" ".join(decoded)) == set()


def test_whoever_has_a_correction_link_is_told_nothing_of_the_patient(journey):
    statuses = [answer.status for answer in journey.told_by_link]
    assert statuses == [200, 412, 201, 422, 200, 200]
    told = json.dumps([[answer.body, dict(answer.headers)] for answer in journey.told_by_link])
    # The code of a tooth that nobody can read is repeated to whoever wrote it, so that it is mended.
    assert marks_in(told) <= {"tooth"}
    assert "patient_initials" in told


def test_the_secret_of_a_link_is_written_down_nowhere(journey, log):
    secret = journey.secret.rpartition(".")[2]
    assert len(secret) == 43
    assert secret not in log.getvalue()
    assert secret not in json.dumps(list(journey.offline.items().values()))


def test_a_calendar_that_is_subscribed_to_says_nothing_of_a_patient(journey):
    assert journey.subscribed == [201, 200, 404]
    assert "BEGIN:VEVENT" in journey.calendar_of_days
    assert marks_in(journey.calendar_of_days) == set()


def test_what_people_read_of_what_they_were_told_knows_a_patient_by_initials_and_the_id_of_the_case(journey):
    inbox, told, _ = journey.read
    assert "Z. Z." in json.dumps(inbox)
    assert told["messages"]
    assert marks_in(json.dumps(journey.read)) == set()


def test_what_comes_back_is_written_down_nowhere(journey, log):
    """Whoever texts can write of a patient, and a mail that came back has all that it said."""
    assert [answer.status for answer in journey.unsubscribed] == [200, 200]
    kept = json.dumps([*journey.offline.items().values()], default=str)
    assert "is unwell" not in kept + log.getvalue()
    assert "is unknown here" not in kept + log.getvalue()
    assert journey.secret_of_mails not in kept + log.getvalue()


def test_the_address_of_a_calendar_is_written_down_nowhere(journey, log):
    secret = journey.secret_of_calendar.rpartition(".")[2][:-1]
    assert len(secret) == 42
    assert '"GET /v1/calendar/{token}"' in log.getvalue()
    assert secret not in log.getvalue()
    assert secret not in json.dumps(list(journey.offline.items().values()))


def test_keys_of_objects_say_nothing_of_a_patient(journey):
    s3 = journey.offline.client("s3")
    keys = [
        each["Key"]
        for bucket in ("ARRIVALS_BUCKET", "QUARANTINE_BUCKET", "FILES_BUCKET")
        for each in s3.list_objects_v2(Bucket=SETTINGS[bucket]).get("Contents", [])
    ]
    assert len(keys) > 10
    assert marks_in(" ".join(keys)) == set()


def test_addresses_that_are_given_out_say_nothing_of_a_patient(journey):
    assert len(journey.urls) > 10
    assert marks_in(" ".join(journey.urls)) == set()


def test_refusals_never_repeat_what_was_sent(journey):
    ids = {"case_id": "DRAFT0000001"}
    refused = [
        journey.ask("PATCH", CASE, ids, {"patient": {"name": MARKS["name"] * 50}}, etag='"1"'),
        journey.ask("PATCH", CASE, ids, {"patient": {"name": MARKS["name"], "born_on": MARKS["name"]}}, etag='"1"'),
        journey.ask("PATCH", CASE, ids, {"is_authorized": MARKS["name"]}, etag='"1"'),
        journey.ask("POST", UPLOADS, ids, {"kind": MARKS["name"], "name": "\n" + MARKS["name"]}),
        journey.ask("GET", "/v1/cases", status=MARKS["name"]),
        journey.ask("GET", "/v1/cases", text=MARKS["name"] * 50),
    ]
    for answer in refused:
        assert answer.status == 422
        assert marks_in(json.dumps(answer.body)) == set()


@pytest.fixture
def damaged(journey):
    """A case whose record somebody damaged, for a while."""
    table = {"TableName": SETTINGS["TABLE_NAME"]}
    client, key = journey.offline.client("dynamodb"), to_item({"pk": "CASE#DRAFT0000001", "sk": "CASE"})
    whole = client.get_item(**table, Key=key)["Item"]
    packet = from_item(whole)["packet"]
    packet["patient"] |= {"name": [MARKS["name"]], "born_on": MARKS["birth date"] + MARKS["name"]}
    packet["contact"] = {MARKS["contact"]: MARKS["contact"]}
    packet["items"] = [{"teeth": MARKS["tooth"], "selections": {MARKS["selection"]: [MARKS["selection"]]}}]
    client.put_item(**table, Item={**whole, **to_item({"packet": packet})})
    yield {"case_id": "DRAFT0000001"}
    client.put_item(**table, Item=whole)


def test_a_damaged_record_fails_its_function_and_says_nothing_of_what_it_holds(journey, damaged):
    with pytest.raises(UnreadableItem) as unreadable:
        journey.ask("GET", CASE, damaged)
    told = "".join(traceback.format_exception(unreadable.value))
    assert "packet.patient.name (str)" in told
    assert marks_in(told) == set()


#: What meets people of organizations and counts, and no patient.
WITHOUT_PATIENTS = {"access_token", "care_teams_api", "directory_api", "members_api", "practice_api", "reports_api"}


def test_every_function_took_part_but_those_that_meet_no_patient(journey, log):
    spoke = {json.loads(line)["service"] for line in log.getvalue().splitlines()}
    assert spoke == set(function_names()) - WITHOUT_PATIENTS
