"""What every store of correction links promises; the same tests hold the table and the one in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.cases.activity import Deed
from bitewing.cases.correction_events import CorrectionLinkIssued
from bitewing.cases.correction_ports import LinkChange, LinksChanged, LinksOfCase
from bitewing.cases.corrections import KEPT_AFTER_END
from bitewing.cases.events import event_head
from bitewing.cases.status import Party
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused

from tests.support.builders import CASE_ID, NOW, a_case
from tests.support.callers import a_request
from tests.support.changes import a_change, an_answer, an_entry
from tests.support.links import SECRET, a_link

CASE = a_case(started_by=Party.LAB)


@pytest.fixture
def links(stores):
    """The links of a case that is stored."""
    stores.cases.create(a_change(CASE), request=a_request("case"), answer=an_answer(CASE))
    return stores.links


def a_link_change(link):
    return LinkChange(
        link=link,
        entry=an_entry(CASE, deed=Deed.LINK_ISSUED, details={"link": link.link_id}),
        event=CorrectionLinkIssued(**event_head(CASE, at=NOW), link_id=link.link_id),
    )


def issue(links, link, *, issued=0, key=None, decided_on=CASE):
    links.issue(a_link_change(link), decided_on=decided_on, issued=issued, request=a_request(key or link.link_id))
    return link


def test_a_link_is_read_as_it_was_stored(links):
    link = issue(links, a_link())
    assert links.find(CASE_ID, link.link_id) == link
    assert links.find(CASE_ID, "link-2") is None
    assert links.find("case-2", link.link_id) is None


def test_a_case_without_links_has_none_and_issued_none(links):
    for case_id in (CASE_ID, "nothing"):
        assert links.counted(case_id) == LinksOfCase(links=(), issued=0)
        assert links.of_case(case_id) == ()


def test_links_are_listed_the_oldest_first_and_counted(links):
    first = issue(links, a_link(link_id="link-1"))
    second = issue(links, a_link(link_id="link-2"), issued=1)
    assert links.of_case(CASE_ID) == (first, second)
    assert links.counted(CASE_ID) == LinksOfCase(links=(first, second), issued=2)


def test_a_link_that_was_decided_on_without_the_last_one_is_refused(links):
    issue(links, a_link(link_id="link-1"))
    for issued in (0, 2):
        with pytest.raises(LinksChanged):
            issue(links, a_link(link_id="link-2"), issued=issued)
    assert links.counted(CASE_ID).issued == 1


def test_a_link_that_was_decided_on_another_version_of_the_case_is_refused(links):
    with pytest.raises(LinksChanged):
        issue(links, a_link(), decided_on=replace(CASE, version=7))
    assert links.find(CASE_ID, "link-1") is None


def test_the_same_request_is_remembered_with_its_link(links):
    link = issue(links, a_link(), key="k")
    assert links.answered(a_request("k")) == link
    assert links.answered(a_request("another")) is None
    with pytest.raises(AlreadyAnswered):
        issue(links, a_link(link_id="link-2"), issued=1, key="k")
    with pytest.raises(IdempotencyKeyReused):
        links.answered(a_request("k", "another body"))


def test_a_changed_link_is_stored_if_it_is_the_one_that_was_read(links):
    link = issue(links, a_link())
    revoked = link.revoked(at=NOW, by="person-2")
    links.change(a_link_change(revoked))
    assert links.find(CASE_ID, link.link_id) == revoked
    with pytest.raises(LinksChanged):
        links.change(a_link_change(link.done(at=NOW)))
    assert links.find(CASE_ID, link.link_id) == revoked


def test_a_link_that_was_never_issued_is_not_changed(links):
    with pytest.raises(LinksChanged):
        links.change(a_link_change(a_link().done(at=NOW)))


def test_each_change_stands_in_the_history_and_is_announced(links, stores):
    link = issue(links, a_link())
    links.change(a_link_change(link.done(at=NOW)))
    history = stores.cases.activity(CASE_ID, limit=10, start=None).things
    assert [entry.deed for entry in history[:2]] == [Deed.LINK_ISSUED] * 2
    assert [name for name, _ in stores.events(CASE_ID)].count("CorrectionLinkIssued") == 2


def test_a_link_leaves_its_case_as_it_was(links, stores):
    issue(links, a_link())
    assert stores.cases.find(CASE_ID) == CASE


def test_a_case_that_is_saved_keeps_the_count_of_its_links(links, stores):
    issue(links, a_link())
    stores.cases.save(a_change(replace(CASE, version=2)))
    assert links.counted(CASE_ID).issued == 1


@pytest.mark.parametrize("stores", ["moto_stores"], indirect=True)
def test_the_table_forgets_a_link_thirty_days_after_its_end(links, stores):
    link = issue(links, a_link())
    item = stores.table.get(keys.link(CASE_ID, link.link_id))
    assert item["expires_at"] == int((link.valid_until + KEPT_AFTER_END).timestamp())
    assert timedelta(days=30) == KEPT_AFTER_END


@pytest.mark.parametrize("stores", ["moto_stores"], indirect=True)
def test_no_item_of_the_table_has_a_secret(links, stores):
    issue(links, a_link())
    items = stores.table.partition(keys.case_partition(CASE_ID), prefix="")
    assert len(items) > 3
    assert SECRET not in repr(items)
