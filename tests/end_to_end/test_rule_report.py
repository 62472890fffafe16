"""From a case that is sent and comes back to the report of its lab, over the bus."""

from local.seed import NORTH_PINE
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, Journey, arches

REPORT = f"/v1/labs/{NORTH_PINE.lab_id}/rule-report"
OVERRIDDEN = "MSH-DENSITY"


def numbers(api, path=REPORT):
    """What is told of night guards: how many were sent, came back, and what became of one rule."""
    found = api.get(path, case_type="night_guard").expect(200).body["total"]
    rules = {each["rule_id"]: each for each in found["rules"]}
    of_rule = rules.get(OVERRIDDEN, {"overridden": 0, "came_back": 0})
    return (
        found["first_submissions"],
        found["first_came_back"],
        of_rule["overridden"],
        of_rule["came_back"],
    )


def test_a_case_that_was_sent_in_spite_of_a_rule_and_came_back_for_it_is_in_the_report(iris, leo, cora, pia):
    sent, back, overridden, came_back = numbers(leo)
    journey = Journey(iris)
    journey.start("night_guard", patient="Lena Vogt")
    journey.change(GUARD)
    journey.send(*arches(steps=6))
    journey.submit(OVERRIDDEN, "FIL-REQUIRED").expect(202)
    version = journey.once_it_is("received")["version"]
    eventually(lambda: numbers(leo) == (sent + 1, back, overridden + 1, came_back))
    reasons = [{"code": "insufficient_scan", "says": "The scan is too coarse."}]
    transition = {"to": "returned", "reasons": reasons}
    leo.post(f"{journey.path}/transitions", transition, version=version).expect(200)
    eventually(lambda: numbers(leo) == (sent + 1, back + 1, overridden + 1, came_back + 1))
    assert numbers(pia) == numbers(leo)
    assert numbers(pia, "/v1/rule-report") >= numbers(leo)
    assert cora.get(REPORT).status == 404
    assert iris.get(REPORT).status == 403
