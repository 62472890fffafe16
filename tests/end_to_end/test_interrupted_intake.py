"""An intake of a file that is interrupted anywhere and started again ends as if nothing had happened."""

import json
from collections import Counter
from types import SimpleNamespace

import pytest

from tests.end_to_end.bus import told
from tests.end_to_end.deadline import eventually
from tests.end_to_end.interruption import FOR_GOOD_S, Run, gaps_of, held_back, queue_of
from tests.end_to_end.journey import Journey, smile

MACHINE = "file_intake"
#: Of a file that cannot be inspected; tested where the inspection is.
NOT_ON_THE_WAY = {"Give up the inspection"}
GAPS = [gap for gap in gaps_of(MACHINE) if gap.before not in NOT_ON_THE_WAY]


class Arrived:
    """A photo with the place where it was taken, whose bytes are here and not yet looked at."""

    def __init__(self, stack, iris):
        self.stack = stack
        self.journey = Journey(iris)
        self.journey.start("surgical_guide")
        (self.file_id,) = self.journey.upload(smile(has_location=True))
        self.ids = {"case_id": self.journey.case_id, "file_id": self.file_id}
        self.key = f"{self.journey.case_id}/{self.file_id}"

    def end(self):
        (file,) = self.journey.settled(self.file_id)
        # The record is settled first; then what arrived is removed, and the case is checked.
        eventually(lambda: self._keys("ArrivalsBucket", self.key) == [])
        return SimpleNamespace(
            file={name: file[name] for name in ("state", "location_removed", "quarantine_reason", "inspection")},
            history=Counter(entry["deed"] for entry in self.journey.activity()),
            events=Counter(event["name"] for event in told(self.stack, self.journey.case_id)),
            kept=len(self._keys("FilesBucket", f"practice/maple-street/{self.key}")),
            set_aside=self._keys("QuarantineBucket", self.key),
            rules=self.journey.rules(),
        )

    def _keys(self, bucket, prefix):
        answer = self.stack.client("s3").list_objects_v2(Bucket=self.stack.outputs()[bucket], Prefix=prefix)
        return [found["Key"] for found in answer.get("Contents", ())]

    def announce_again(self):
        """Put the arrival into the queue once more, as S3 may do."""
        body = {"detail": {"bucket": {"name": self.stack.outputs()["ArrivalsBucket"]}, "object": {"key": self.key}}}
        self.stack.client("sqs").send_message(
            QueueUrl=queue_of(self.stack, "file_intake_start"), MessageBody=json.dumps(body)
        )


@pytest.fixture(scope="module")
def ends(stack, iris):
    """How an intake ends that was stopped in a gap, and one that was not."""
    failed = {}
    with held_back(stack, "file_intake_start"):
        files = {gap: Arrived(stack, iris) for gap in ("undisturbed", "announced three times", *GAPS)}
        for _ in range(2):
            files["announced three times"].announce_again()
        for gap in GAPS:
            try:
                run = Run(stack, MACHINE, gap, files[gap].ids, pause_s=FOR_GOOD_S)
                run.reaches_the_gap()
                stack.kill_functions()
                run.stop()
            except AssertionError as error:
                failed[gap] = error
    return failed | {key: file.end() for key, file in files.items() if key not in failed}


def test_without_interruption_a_file_is_kept_once(ends):
    end = ends["undisturbed"]
    assert (end.file["state"], end.file["location_removed"]) == ("clean", True)
    assert end.history == {"created": 1, "file_announced": 1, "file_kept": 1}
    assert (end.events["FileKept"], end.events["FileQuarantined"]) == (1, 0)
    assert (end.kept, end.set_aside) == (1, [])


@pytest.mark.parametrize("gap", GAPS, ids=str)
def test_started_again_after_everything_stopped_between_two_steps_it_ends_the_same(ends, gap):
    assert ends[gap] == ends["undisturbed"]


def test_bytes_that_are_announced_three_times_at_once_are_settled_once(ends):
    assert ends["announced three times"] == ends["undisturbed"]


def test_bytes_that_are_announced_again_much_later_change_nothing(stack, iris, ends):
    file = Arrived(stack, iris)
    end = file.end()
    answer = stack.invoke("file_inspector", file.ids)
    assert (answer.error, answer.payload) == ("", {"verdict": "settled", "reason": None})
    answer = stack.invoke("file_intake", {"step": "record", **file.ids, **answer.payload})
    assert (answer.error, answer.payload) == ("", {"state": "clean"})
    assert file.end() == end == ends["undisturbed"]


def test_a_file_whose_inspection_was_given_up_is_set_aside_and_says_so(stack, iris):
    with held_back(stack, "file_intake_start"):
        file = Arrived(stack, iris)
        assert stack.invoke("file_intake", {"step": "give_up", **file.ids}).payload == {"state": "quarantined"}
        end = file.end()
        assert end.file["quarantine_reason"].startswith("The file could not be inspected")
        assert (end.kept, end.set_aside) == (0, [file.key])
    assert file.end() == end
