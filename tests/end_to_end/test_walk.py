"""What `make run` tells is true."""

from local.api import claims_of, with_other_claims
from local.seed import HANNA, IRIS, LEO, sign_in
from local.walk import Walk


def test_the_walk_goes_from_a_draft_to_a_case_at_the_lab(stack, capsys):
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
        "It is received",
        f"{LEO.name} of ",
        "The case is received",
    ]
    places = [told.find(words) for words in promised]
    assert -1 not in places
    assert places == sorted(places)


def test_the_token_that_the_walk_forges_differs_in_nothing_but_its_organization(stack):
    token = sign_in(stack, IRIS)
    forged = with_other_claims(token, organization_id=HANNA.organization_id)
    assert claims_of(forged) == claims_of(token) | {"organization_id": HANNA.organization_id}
    assert (forged.split(".")[0], forged.split(".")[2]) == (token.split(".")[0], token.split(".")[2])
