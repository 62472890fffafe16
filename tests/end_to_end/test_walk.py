"""What `make run` tells is true."""

from local.api import claims_of, with_other_claims
from local.seed import BRIGHT_VANS, HANNA, IRIS, LEO, MAX, sign_in
from local.walk import Walk


def test_the_walk_goes_through_a_practices_day_and_a_care_teams_two_weeks(stack, capsys):
    # When the walk is told; it stops with trouble as soon as it sees something else than it should
    Walk(stack).tell()
    told = capsys.readouterr().out
    # Then it has shown what a reader is promised, in this order.
    promised = [
        "PreCheck: BLOCK",
        "Refused with 404",
        "Refused with 409 precheck_blocked",
        "Refused with 412 stale_version",
        "PreCheck: WARN",
        "PreCheck: PASS",
        "The guide is submitted",
        "It is received",
        "A single crown is sent",
        "Refused with 409 warnings_not_acknowledged",
        "FIL-REQUIRED acknowledged",
        "Full-arch work",
        "PreCheck: PASS",
        "with a note of the practice",
        f"{LEO.name} of ",
        "surgical_guide",
        "crown",
        "full_arch_implant",
        "It is returned (red)",
        "Refused with 409 move_not_allowed",
        "It stands at the top of the practice's list",
        "CSE-RETURN",
        "The scan was replaced",
        "It is received again: sending 2",
        "The lab reads the answer: Yes, light.",
        "returned",
        "What happened to the full-arch work",
        f"{MAX.name} of {BRIGHT_VANS.name} signs in",
        "Refused with 409 organization_has_admin",
        "is collecting; availability is due",
        "These days overlap others",
        "12 of 12 have said when",
        "The manager's list of requests",
        "is needs_changes",
        "The period is reviewing",
        "Refused with 409 period_not_open",
        "and answers it",
        "claimed (cannot be set aside)",
        "drive (can be set aside)",
        "its history keeps why",
        "license (cannot be set aside)",
        "One request is rejected",
        "declines Lakeside Family Dental",
        "who could",
        "says yes by telephone",
        "Refused with 409 team_not_ready",
        "7 days are confirmed",
        "the requests are confirmed, too",
        "Refused with 409 case_day_not_confirmed",
        "All 2 rooms are taken at this time",
        "on the team, sees them at once",
        "Approved on its own",
        "Waits for the manager",
        "Refused with 409 changes_refused",
        "can make it and are asked again",
        "and is released",
        "is cancelled",
        "Its request is withdrawn",
        "of its team are free again",
        "shown once",
        "is published",
        "Refused with 409 day_not_begun",
        "It is completed, and its request completed",
        "By day",
        "no anesthesiologist",
    ]
    place = 0
    for words in promised:
        place = told.find(words, place)
        assert place >= 0, f"{words!r} is not told, or not in its place"


def test_the_token_that_the_walk_forges_differs_in_nothing_but_its_organization(stack):
    token = sign_in(stack, IRIS)
    forged = with_other_claims(token, organization_id=HANNA.organization_id)
    assert claims_of(forged) == claims_of(token) | {"organization_id": HANNA.organization_id}
    assert (forged.split(".")[0], forged.split(".")[2]) == (token.split(".")[0], token.split(".")[2])
