"""What a provider tells of mails later."""

from dataclasses import replace

import pytest
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import RequestInProgress, StaleVersion
from bitewing.notifications.mark import MarkReason
from bitewing.notifications.message import Message, MessageState
from bitewing.notifications.reporting import MailReport, ReportingService, ReportKind
from bitewing.notifications.rule import Channel

from tests.support.builders import NOW
from tests.support.changed_words import InMemoryMarks

KIND, ORGANIZATION = OrganizationKind.LAB, "lab-1"
MESSAGE = Message(
    message_id="message-1",
    organization_kind=KIND,
    organization_id=ORGANIZATION,
    reader_id="person-1",
    channel=Channel.EMAIL,
    subject_id="case-1",
    facts=(),
    due_at=NOW,
    state=MessageState.SENT,
)
BOUNCED = MailReport(
    kind=ReportKind.BOUNCED,
    is_for_good=True,
    organization_kind=KIND,
    organization_id=ORGANIZATION,
    reader_id="person-1",
    message_id="message-1",
    address="bench@lab.example",
    says="Permanent/General",
)
FULL = replace(BOUNCED, is_for_good=False, says="Transient/MailboxFull")
UNWANTED = replace(BOUNCED, kind=ReportKind.COMPLAINED, says="abuse")
WANTED = replace(UNWANTED, is_for_good=False, says="not-spam")


class Messages:
    """The port ``Messages``, with one."""

    def __init__(self, message=MESSAGE):
        self.kept, self.is_raced = message, False

    def message(self, organization_kind, organization_id, message_id):
        assert (organization_kind, organization_id) == (KIND, ORGANIZATION)
        return self.kept if self.kept and message_id == self.kept.message_id else None

    def save(self, message):
        if self.is_raced or message.version != self.kept.version + 1:
            raise StaleVersion(expected=1, actual=2)
        self.kept = message


class World:
    def __init__(self, message=MESSAGE):
        self.messages, self.marks = Messages(message), InMemoryMarks()

    def takes(self, report):
        return ReportingService(self.messages, self.marks, now=lambda: NOW).take(report)

    @property
    def marked(self):
        return [(each.address, each.reason) for each in self.marks.of_organization(KIND, ORGANIZATION)]


@pytest.mark.parametrize(
    ("report", "state", "marked"),
    [
        (BOUNCED, MessageState.BOUNCED, MarkReason.BOUNCED),
        (FULL, MessageState.BOUNCED, None),
        (UNWANTED, MessageState.COMPLAINED, MarkReason.COMPLAINED),
        (WANTED, MessageState.SENT, None),
    ],
    ids=["bounced", "full", "unwanted", "wanted"],
)
def test_a_report_is_kept_with_its_message_and_marks_the_address_where_it_is_for_good(report, state, marked):
    world = World()
    assert world.takes(report) is (state is not MessageState.SENT)
    assert world.messages.kept.state is state
    assert world.marked == ([("bench@lab.example", marked)] if marked else [])


def test_the_message_says_why_and_when():
    world = World()
    world.takes(BOUNCED)
    assert (world.messages.kept.says, world.messages.kept.ended_at) == ("Permanent/General", NOW)


def test_what_comes_before_it_is_settled_that_the_mail_was_sent_counts():
    world = World(replace(MESSAGE, state=MessageState.DUE, claimed_until=NOW))
    assert world.takes(BOUNCED)
    assert (world.messages.kept.state, world.messages.kept.claimed_until) == (MessageState.BOUNCED, None)


def test_a_message_that_is_settled_at_this_moment_is_told_later():
    world = World()
    world.messages.is_raced = True
    with pytest.raises(RequestInProgress):
        world.takes(BOUNCED)
    assert world.marked


@pytest.mark.parametrize("message", [replace(MESSAGE, state=MessageState.BOUNCED), None], ids=["told before", "gone"])
def test_what_was_told_before_or_of_what_is_gone_changes_no_message(message):
    world = World(message)
    assert not world.takes(BOUNCED)
    assert world.messages.kept == message
    assert world.marked == [("bench@lab.example", MarkReason.BOUNCED)]


def test_a_report_does_not_show_whose_address_it_is():
    assert "bench@" not in repr(BOUNCED)
