"""A draft that turns out to be other work: it keeps what was prepared, and goes on as another type."""

from local.seed import CEDAR
from tests.end_to_end.journey import GUARD, Journey, small_arches


def test_a_draft_becomes_another_type_with_its_files_and_keeps_it_once_it_is_sent(iris, leo):
    draft = Journey(iris)
    draft.start("crown")
    draft.send(*small_arches())
    files = set(draft.files())
    draft.version = draft.case()["version"]
    assert draft.change({"case_type": "night_guard"})["case_type"] == "night_guard"
    assert set(draft.files()) == files
    refused = iris.patch(draft.path, {"lab_id": CEDAR.lab_id}, version=draft.version)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/lab_id")
    draft.change(GUARD)
    draft.submit(*draft.rules()).expect(202)
    draft.once_it_is("received")
    assert draft.case(leo)["case_type"] == "night_guard"
    late = iris.patch(draft.path, {"case_type": "crown"}, version=draft.case()["version"])
    assert (late.status, late.body["errors"][0]["pointer"]) == (422, "/case_type")
