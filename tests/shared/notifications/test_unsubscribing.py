"""Ending mails: whose, by which address, and what is left."""

import re
from dataclasses import replace
from urllib.parse import urlparse

import pytest
from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.notifications.mark import MarkReason
from bitewing.notifications.rule import Channel
from bitewing.notifications.unsubscribe_page import SECURITY_POLICY, done, question
from bitewing.notifications.unsubscribing import MAX_TOKEN_LENGTH, UnsubscribeLinks, UnsubscribingService
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import NOW, PRACTICE_ID, a_practice
from tests.support.changed_words import InMemoryMarks

LINKS = UnsubscribeLinks(lambda: b"a secret of tests", api_origin="https://api.bitewing.example")
PERSON = (OrganizationKind.CARE_TEAM, "team-1", "9b1c7e44-2d3a-4f60-8b1e-7c55d0a1f002")
ADDRESS = (OrganizationKind.PRACTICE, PRACTICE_ID, PRACTICE_ID)


class Accounts:
    """The port ``Accounts``, with one person and one practice."""

    def __init__(self, preferences=None, practice=None):
        self.of_person = preferences or Preferences()
        self.of_practice = practice or a_practice(email="desk@maple-street.example")
        self.raced = 0

    def practice(self, practice_id):
        return self.of_practice if practice_id == PRACTICE_ID else None

    def preferences(self, caller):
        assert (caller.organization_id, caller.user_id) == PERSON[1:]
        return self.of_person

    def save(self, caller, *, preferences, practice):
        assert ((caller.organization_id, caller.user_id), practice) == (PERSON[1:], None)
        assert preferences.version == self.of_person.version + 1
        preferences.ensure_sensible()
        if self.raced:
            self.raced -= 1
            raise StaleVersion(expected=0, actual=1)
        self.of_person = preferences


def token_of(*whose):
    return urlparse(LINKS.link(*whose)).path.removeprefix("/v1/unsubscribe/")


def service(accounts, marks=None):
    return UnsubscribingService(LINKS, accounts, marks or InMemoryMarks(), now=lambda: NOW)


def test_an_address_of_a_mail_is_one_of_the_api_over_tls_and_fits_into_a_line():
    link = LINKS.link(*PERSON)
    assert link.startswith("https://api.bitewing.example/v1/unsubscribe/care_team.team-1.9b1c7e44-")
    assert re.fullmatch(r"[A-Za-z0-9_.~/:-]+", link)
    assert len(token_of(OrganizationKind.CARE_TEAM, "x" * 64, "y" * 64)) == MAX_TOKEN_LENGTH


def test_it_names_its_reader_again():
    reader = LINKS.reader(token_of(*PERSON))
    assert (reader.organization_kind, reader.organization_id, reader.addressee_id) == PERSON
    assert reader.is_person
    assert not LINKS.reader(token_of(*ADDRESS)).is_person


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token.replace("team-1", "team-2"),
        lambda token: token.replace("9b1c7e44", "9b1c7e45"),
        lambda token: token.replace("care_team", "lab"),
        lambda token: token[:-1],
        lambda token: f"{token[:-1]}!",
        lambda token: token.rpartition(".")[0],
        lambda token: f"{token}.ics",
        lambda _: "",
        lambda token: f"{token.rpartition('.')[0]}.{'A' * 22}",
    ],
)
def test_one_that_was_changed_names_nobody(change):
    with pytest.raises(Unknown):
        LINKS.reader(change(token_of(*PERSON)))


def test_one_that_another_secret_signed_names_nobody():
    others = UnsubscribeLinks(lambda: b"another secret", api_origin="https://api.bitewing.example")
    with pytest.raises(Unknown):
        others.reader(token_of(*PERSON))


@given(st.text(max_size=200))
def test_whatever_is_tried_names_nobody(text):
    with pytest.raises(Unknown):
        LINKS.reader(text)


def test_to_open_the_address_changes_nothing():
    accounts = Accounts(Preferences(language="es-US"))
    assert service(accounts).language(token_of(*PERSON)) == "es-US"
    assert service(accounts).language(token_of(*ADDRESS)) == "en"
    assert accounts.of_person.version == 0


def test_a_person_gets_no_more_mails_and_keeps_the_inbox():
    accounts = Accounts(Preferences(language="es", by_inbox=False))
    assert service(accounts).end(token_of(*PERSON)) == "es"
    assert (accounts.of_person.by_email, accounts.of_person.by_inbox) == (False, True)


def test_who_is_texted_keeps_what_they_chose_of_the_inbox():
    accounts = Accounts(Preferences(by_inbox=False, by_text=True, mobile="+18135550101"))
    service(accounts).end(token_of(*PERSON))
    assert (accounts.of_person.by_email, accounts.of_person.by_inbox) == (False, False)


def test_twice_is_once_for_a_person():
    accounts = Accounts()
    for _ in range(2):
        service(accounts).end(token_of(*PERSON))
    assert accounts.of_person == Preferences(by_email=False, version=1)


def test_who_changes_what_they_prefer_at_this_moment_is_not_overwritten():
    accounts = Accounts()
    accounts.raced = 1
    service(accounts).end(token_of(*PERSON))
    assert not accounts.of_person.by_email
    accounts = Accounts()
    accounts.raced = 9
    with pytest.raises(RequestInProgress):
        service(accounts).end(token_of(*PERSON))


def test_the_address_of_a_practice_is_marked_once_and_only_that_address():
    accounts, marks = Accounts(), InMemoryMarks()
    for _ in range(2):
        service(accounts, marks).end(token_of(*ADDRESS))
    (mark,) = marks.of_organization(OrganizationKind.PRACTICE, PRACTICE_ID)
    assert (mark.reader_id, mark.channel, mark.reason) == (PRACTICE_ID, Channel.EMAIL, MarkReason.UNSUBSCRIBED)
    assert (mark.address, mark.marked_at) == ("desk@maple-street.example", NOW)
    accounts.of_practice = replace(accounts.of_practice, email="front@maple-street.example")
    service(accounts, marks).end(token_of(*ADDRESS))
    (mark,) = marks.of_organization(OrganizationKind.PRACTICE, PRACTICE_ID)
    assert mark.address == "front@maple-street.example"


@pytest.mark.parametrize(
    "whose", [(OrganizationKind.PRACTICE, "gone", "gone"), (OrganizationKind.LAB, "lab-1", "lab-1")]
)
def test_an_organization_without_an_address_is_not_there(whose):
    with pytest.raises(Unknown):
        service(Accounts()).end(token_of(*whose))


@pytest.mark.parametrize(("language", "asks"), [("en-US", "Send no more mails"), ("es", "No recibir más correos")])
def test_the_page_asks_with_one_button_and_runs_nothing(language, asks):
    page = question(language)
    assert page.count("<button") == page.count('<form method="post">') == 1
    assert (asks in page, "<script" in page, "http" in page) == (True, False, False)
    assert f'lang="{language[:2]}"' in page
    assert "<form" not in done(language)
    assert "script-src" not in SECURITY_POLICY
    assert "default-src 'none'" in SECURITY_POLICY
