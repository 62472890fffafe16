"""A person on their way into an organization and out of it, through the deployed API and the user pool."""

import html
import re
import time

import pytest
import requests

from local.api import Api, claims_of
from local.seed import HARBOR, IRIS

PASSWORD = "Their-Own-Password-1"
NEW = {"name": "Ana Lima", "roles": ["practice_staff"]}


class Person:
    """Somebody who has nothing but their mail."""

    def __init__(self, stack, email):
        self.stack, self.email = stack, email

    def mailed_password(self):
        """The temporary password of the last mail."""
        answer = requests.get(f"{self.stack.emulator.url}/_ministack/ses/messages", timeout=10).json()
        mails = [mail for mails in answer["messages"].values() for mail in mails if self.email in mail["To"]]
        (password,) = re.findall(r"temporary password <b>(\S+)</b> within 14 days", mails[-1]["BodyHtml"])
        return html.unescape(password)

    def signs_in(self, password, *, new_password=None):
        """Sign in as the web client does; the first time with a new password."""
        cognito, client = self.stack.client("cognito-idp"), self.stack.outputs()["WebClientId"]
        answer = cognito.initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.email, "PASSWORD": password},
        )
        if new_password is not None:
            answer = cognito.respond_to_auth_challenge(
                ClientId=client,
                ChallengeName=answer["ChallengeName"],
                Session=answer["Session"],
                ChallengeResponses={"USERNAME": self.email, "NEW_PASSWORD": new_password},
            )
        self.token = answer["AuthenticationResult"]["AccessToken"]
        self.refresh_token = answer["AuthenticationResult"]["RefreshToken"]
        return Api(self.stack.api_url_by_path, self.token)

    def refreshes(self):
        """A new token, without signing in again."""
        answer = self.stack.client("cognito-idp").initiate_auth(
            ClientId=self.stack.outputs()["WebClientId"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": self.refresh_token},
        )
        self.token = answer["AuthenticationResult"]["AccessToken"]
        return Api(self.stack.api_url_by_path, self.token)


@pytest.fixture
def ana(stack):
    """A person whom nobody has invited before."""
    return Person(stack, f"ana-{time.time_ns()}@maple-street.example")


def test_an_invited_person_signs_in_accepts_works_and_is_refused_once_they_are_removed(iris, stack, ana):
    # Invited: a mail with a temporary password
    invited = iris.post("/v1/members", NEW | {"email": ana.email}).expect(201)
    member = f"/v1/members/{invited.body['user_id']}"
    assert invited.body["state"] == "invited"
    # Signed in with it: a token of the practice that opens nothing
    api = ana.signs_in(ana.mailed_password(), new_password=PASSWORD)
    assert claims_of(ana.token)["organization_id"] == IRIS.organization_id
    assert api.get("/v1/cases").status == 403
    # Accepted: the next token has the role
    assert api.post("/v1/members/accept", None).expect(200).body["state"] == "active"
    api = ana.refreshes()
    assert claims_of(ana.token)["roles"] == ["practice_staff"]
    assert api.get("/v1/cases").status == 200
    assert api.get("/v1/members").status == 403
    # Given another role: signed out, and an administrator after signing in again
    version = iris.get(member).expect(200).version
    iris.patch(member, {"roles": ["practice_admin"]}, version=version).expect(200)
    api = ana.signs_in(PASSWORD)
    assert ana.email in {each["email"] for each in api.get("/v1/members").expect(200).body["members"]}
    # Removed: they cannot sign in any more
    assert iris.delete(member).expect(200).body["state"] == "ended"
    with pytest.raises(stack.client("cognito-idp").exceptions.NotAuthorizedException):
        ana.signs_in(PASSWORD)


def test_an_invitation_that_was_mailed_again_can_be_used_and_one_that_was_taken_back_cannot(iris, stack, ana):
    invited = iris.post("/v1/members", NEW | {"email": ana.email}).expect(201)
    member = f"/v1/members/{invited.body['user_id']}"
    assert iris.post(f"{member}/resend", None).expect(200).body["version"] == 2
    api = ana.signs_in(ana.mailed_password(), new_password=PASSWORD)
    iris.delete(member).expect(200)
    assert api.post("/v1/members/accept", None).code == "not_found"
    with pytest.raises(stack.client("cognito-idp").exceptions.NotAuthorizedException):
        ana.signs_in(PASSWORD)


def test_who_was_removed_is_invited_elsewhere_as_a_new_person(iris, hanna, ana):
    first = iris.post("/v1/members", NEW | {"email": ana.email}).expect(201).body
    assert hanna.post("/v1/members", NEW | {"email": ana.email}).code == "email_taken"
    iris.delete(f"/v1/members/{first['user_id']}").expect(200)
    second = hanna.post("/v1/members", NEW | {"email": ana.email}).expect(201).body
    assert second["user_id"] != first["user_id"]
    ana.signs_in(ana.mailed_password(), new_password=PASSWORD)
    assert claims_of(ana.token)["organization_id"] == HARBOR.practice_id


def test_the_last_administrator_of_a_practice_stays(hanna):
    people = hanna.get("/v1/members").expect(200).body["members"]
    (admin,) = [each for each in people if each["state"] == "active"]
    assert hanna.delete(f"/v1/members/{admin['user_id']}").code == "last_admin"
    assert hanna.get("/v1/cases").status == 200
