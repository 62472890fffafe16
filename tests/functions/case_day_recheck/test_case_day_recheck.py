"""What becomes of a case whose work is needed on a Case Day, of each sample."""

from datetime import date, timedelta

import pytest
from bitewing.aws.clock import now

from tests.support.calls import CASE, CASE_DAY, DAY_PATIENT, DAY_PATIENTS, NEW_PATIENT, TEAM_MEMBER
from tests.support.http import IRIS, LEO, MAX, Call, ask
from tools.offline import SETTINGS, read_sample
from tools.sample_case_days import CONFIRMED_DAY, CONFIRMED_DAY_ID

READY, SENT = "READY0000001", "SENT00000001"
IDS = {"case_day_id": CONFIRMED_DAY_ID}
#: Too soon for whatever a lab makes.
SOON = now().date() + timedelta(days=2)


def consume(offline, sample):
    return offline.invoke("case_day_recheck", read_sample("case_day_recheck", sample))["batchItemFailures"]


def assign(offline, case_id):
    call = Call("POST", DAY_PATIENTS, IDS, NEW_PATIENT | {"case_id": case_id}, headers={"idempotency-key": case_id})
    return ask(offline, IRIS, call)


def reschedule(offline, on=SOON):
    etag = ask(offline, MAX, Call("GET", CASE_DAY, IDS)).etag
    call = Call("POST", f"{CASE_DAY}/reschedule", IDS, {"on": on.isoformat()}, headers={"if-match": etag})
    answer = ask(offline, MAX, call)
    assert answer.status == 200, answer.body


def let_go(offline, role):
    """Two of its team are known only as members: nobody could ask whether they can make another date."""
    etag = ask(offline, MAX, Call("GET", CASE_DAY, IDS)).etag
    call = Call("DELETE", TEAM_MEMBER, IDS | {"role": role}, headers={"if-match": etag})
    assert ask(offline, MAX, call).status == 200


def kept(offline, case_id=READY):
    """The day that is kept with a case."""
    return offline.items()[f"CASE#{case_id}", "CASE"].get("case_day")


def outcome(offline):
    """What PreCheck said of the case when it was looked at last, as lists show it."""
    return offline.items()[f"CASE#{READY}", "CASE"]["precheck_outcome"]


def told(offline, *names):
    """Which of these events were announced, with their cases."""
    events = (item for item in offline.items().values() if item["entity"] == "Event")
    return [(each["detail_type"], each["detail"]["case_id"]) for each in events if each["detail_type"] in names]


def needed_by(offline, case_id):
    assert assign(offline, case_id).status == 201
    for role in ("medic", "anesthesiologist"):
        let_go(offline, role)
    return offline


@pytest.fixture
def needed(offline):
    """A stack on which a patient of a confirmed day needs the work of a case that is ready to be sent."""
    return needed_by(offline, READY)


def test_a_day_that_moves_takes_its_case_along_and_whoever_is_concerned_hears_once_that_it_is_late(needed):
    assert kept(needed) == {"case_day_id": CONFIRMED_DAY_ID, "on": CONFIRMED_DAY.on.isoformat(), "is_late": False}
    reschedule(needed)
    for _ in range(2):
        assert consume(needed, "day_rescheduled") == []
    assert kept(needed) == {"case_day_id": CONFIRMED_DAY_ID, "on": SOON.isoformat(), "is_late": True}
    assert told(needed, "CaseDayWorkLate", "CaseDayWorkInTime") == [("CaseDayWorkLate", READY)]
    assert outcome(needed) == "WARN"


def test_a_day_that_comes_back_lets_its_work_be_in_time_again(needed):
    for on in (SOON, date(2099, 12, 17)):
        reschedule(needed, on)
        assert consume(needed, "both_sides_moved_and_one_twice") == []
    assert kept(needed)["is_late"] is False
    events = told(needed, "CaseDayWorkLate", "CaseDayWorkInTime")
    assert events == [("CaseDayWorkLate", READY), ("CaseDayWorkInTime", READY)]
    assert outcome(needed) == "PASS"


def test_a_case_that_is_needed_no_more_is_checked_without_its_day(needed):
    reschedule(needed)
    consume(needed, "day_rescheduled")
    assert outcome(needed) == "WARN"
    (patient,) = (item for item in needed.items().values() if item.get("case_id") == READY and "asa_class" in item)
    ids = IDS | {"patient_id": patient["patient_id"]}
    removed = ask(needed, IRIS, Call("DELETE", DAY_PATIENT, ids, headers={"if-match": '"1"'}))
    assert removed.code is None
    assert consume(needed, "patients_of_a_day_changed") == []
    assert kept(needed) is None
    assert outcome(needed) == "PASS"


def test_a_case_that_moves_is_looked_at_where_its_work_is_needed(offline):
    before = offline.items()[f"CASE#{SENT}", "CASE"]
    assert consume(offline, "case_moved") == []
    assert offline.items()[f"CASE#{SENT}", "CASE"] == before
    assert assign(offline, SENT).status == 201
    offline.client("dynamodb").update_item(
        TableName=SETTINGS["TABLE_NAME"],
        Key={"pk": {"S": f"CASE#{SENT}"}, "sk": {"S": "CASE"}},
        UpdateExpression="SET due_on = :later",
        ExpressionAttributeValues={":later": {"S": "2100-01-04"}},
    )
    assert consume(offline, "case_moved") == []
    assert kept(offline, SENT)["is_late"] is True
    assert told(offline, "CaseDayWorkLate") == [("CaseDayWorkLate", SENT)]


def test_a_day_that_is_called_off_needs_nothing_any_more(needed):
    etag = ask(needed, MAX, Call("GET", CASE_DAY, IDS)).etag
    call = Call("POST", f"{CASE_DAY}/cancel", IDS, {"reason": "Snow."}, headers={"if-match": etag})
    assert ask(needed, MAX, call).status == 200
    assert consume(needed, "both_sides_moved_and_one_twice") == []
    assert (kept(needed), told(needed, "CaseDayWorkLate")) == (None, [])


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_looked_at(needed):
    records = read_sample("case_day_recheck", "events_that_cannot_be_read")["Records"]
    failed = consume(needed, "events_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records[:3]]


def test_the_practice_reads_which_day_needs_the_work_and_the_lab_when(offline):
    assert assign(offline, SENT).status == 201
    read = Call("GET", CASE, {"case_id": SENT})
    iris, leo = (ask(offline, person, read).body for person in (IRIS, LEO))
    on = CONFIRMED_DAY.on.isoformat()
    assert iris["case_day"] == {"case_day_id": CONFIRMED_DAY_ID, "on": on, "is_late": False}
    assert leo["case_day"] is None
    appointment = iris["packet"]["appointment_on"]
    assert iris["needed_on"] == leo["needed_on"] == min(filter(None, (on, appointment)))


def test_a_lab_reads_that_work_is_needed_too_soon_and_nothing_of_a_case_day(offline):
    needed_by(offline, SENT)
    offline.client("dynamodb").update_item(
        TableName=SETTINGS["TABLE_NAME"],
        Key={"pk": {"S": f"CASE#{SENT}"}, "sk": {"S": "CASE"}},
        UpdateExpression="SET packet.appointment_on = :later",
        ExpressionAttributeValues={":later": {"S": "2100-01-04"}},
    )
    reschedule(offline)
    consume(offline, "both_sides_moved_and_one_twice")
    ids = {"case_id": SENT}
    seen = {}
    for person in (IRIS, LEO):
        case, entries = (ask(offline, person, Call("GET", path, ids)).body for path in (CASE, f"{CASE}/activity"))
        found = [each["says"] for each in case["precheck"]["findings"] if each["rule_id"] == "DUE-APPOINTMENT"]
        seen[person] = found, case["case_day"], {each["deed"] for each in entries["activity"]}
        assert "Case Day" not in f"{case} {entries}"
    (said_to_iris, linked, told_to_iris), (said_to_leo, unlinked, told_to_leo) = seen[IRIS], seen[LEO]
    assert [each.partition(" on ")[0] for each in said_to_leo] == ["The treatment"]
    assert said_to_iris == said_to_leo
    assert (linked["case_day_id"], unlinked) == (CONFIRMED_DAY_ID, None)
    assert told_to_iris - told_to_leo == {"case_day_changed"}


def test_the_history_of_a_case_says_what_became_of_its_day(needed):
    reschedule(needed)
    consume(needed, "day_rescheduled")
    entries = ask(needed, IRIS, Call("GET", f"{CASE}/activity", {"case_id": READY})).body["activity"]
    said = [(each["by"], each["details"]) for each in entries if each["deed"] == "case_day_changed"]
    assert said == [
        ("system", {"previous_on": CONFIRMED_DAY.on.isoformat(), "on": SOON.isoformat(), "work": "late"}),
        ("practice", {"on": CONFIRMED_DAY.on.isoformat()}),
    ]
