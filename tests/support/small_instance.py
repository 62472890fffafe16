"""An instance of a few people, in the interchange format, and schedules of it; small enough to be read."""

import json
from copy import deepcopy
from typing import Any

from bitewing.matching.instance import Instance
from bitewing.matching.reading import read_instance


def a_clinician(clinician_id: str, role: str, **changes: Any) -> dict[str, Any]:
    """Somebody who lives where the first practice is, and can work on all days but the last."""
    return {
        "id": clinician_id,
        "role": role,
        "xy": [0.0, 0.0],
        "licences": {"OR": 8},
        "skills": ["pediatric"],
        "max_drive_min": 90,
        "max_days_per_week": 2,
        "max_consecutive_days": 2,
        "windows": [[0, 3], [5, 7]],
        "target_days": 2,
    } | changes


#: Day 0 is a Wednesday; the second week begins with day 5. A team is fixed there. ``R3`` needs what nobody can.
SMALL: dict[str, Any] = {
    "format": "caseday-instance/1",
    "n_days": 9,
    "first_weekday": 2,
    "roles": ["N", "M", "A"],
    "weights": {"served": 1000, "travel_min": 1, "preferred": 20, "team": 60, "fair_day": 15},
    "practices": [
        {"id": "P1", "xy": [0.0, 0.0], "state": "OR", "preferred": ["N1"]},
        {"id": "P2", "xy": [20.0, 0.0], "state": "OR", "blocked": ["N1"]},
    ],
    "clinicians": [
        *(a_clinician("N1", "N"), a_clinician("N2", "N", windows=[])),
        *(a_clinician("M1", "M"), a_clinician("A1", "A", target_days=1)),
    ],
    "preferred_teams": [["N1", "M1", "A1"]],
    "requests": [
        {"id": "R1", "practice": "P1", "kind": "adult", "priority": 1, "dates": [[1, 0], [2, 28]], "arrival": 0},
        {"id": "R2", "practice": "P1", "kind": "adult", "priority": 2, "dates": [[1, 0]], "arrival": 1},
        {
            "id": "R3",
            "practice": "P2",
            "kind": "special_needs",
            "priority": 5,
            "required_skills": {"N": ["special_needs"], "M": ["special_needs", "pediatric"]},
            "dates": [[6, 0], [7, 28]],
            "arrival": 2,
        },
    ],
    "fixed": [{"id": "F1", "practice": "P1", "day": 5, "team": ["N1", "M1", "A1"]}],
}
#: The best of it: 3000 - 28 - 30 minutes + 40 + 120 + 30, of which one day each of ``N1`` and ``M1`` is fair.
BEST = 3132
SOLUTION: dict[str, Any] = {
    "format": "caseday-solution/1",
    "objective": BEST,
    "bound": BEST,
    "assignments": [
        {"request": "R1", "day": 2, "team": ["N1", "M1", "A1"]},
        {"request": "R2", "day": 1, "team": ["A1", "M1", "N1"]},
    ],
}


def small(**changes: Any) -> dict[str, Any]:
    """The instance with other fields."""
    return deepcopy(SMALL) | changes


def instance_of(values: dict[str, Any]) -> Instance:
    """What reads the format makes of it."""
    return read_instance(json.dumps(values))
