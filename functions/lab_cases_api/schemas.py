"""The bodies of the API by which labs start cases."""

from datetime import datetime
from typing import Annotated

from bitewing.aws.bodies import Body, Code, View
from bitewing.cases.case import Case
from bitewing.cases.correction_links import IssuedLink, NewLink
from bitewing.cases.corrections import DEFAULT_DAYS, MAX_DAYS, CorrectionLink, LinkState
from bitewing.cases.packet_bodies import NamedPatient
from bitewing.cases.status import Status
from bitewing.files.kinds import FileKind
from bitewing.requirements.case_types import CaseType
from pydantic import Field


class NewLabCaseBody(Body):
    """Work that arrived outside the system: whose it is, who is responsible, what it is, whom it is for."""

    practice_id: Annotated[
        Code, Field(description="A practice that is connected, or that your lab entered as a guest.")
    ]
    dentist_id: Code
    case_type: CaseType
    patient: NamedPatient


class LabCaseView(View):
    """A case that was started: from now on it is read and prepared where every case is."""

    case_id: str
    practice_id: str
    lab_id: str
    dentist_id: str
    case_type: CaseType
    status: Status
    created_at: datetime

    @classmethod
    def of(cls, case: Case) -> "LabCaseView":
        """Return a case as the API shows it to who started it."""
        return cls(
            case_id=case.case_id,
            practice_id=case.practice_id,
            lab_id=case.lab_id,
            dentist_id=case.dentist_id,
            case_type=case.case_type,
            status=case.status,
            created_at=case.created_at,
        )


class NewLinkBody(Body):
    """What a correction link asks for, and how long it opens the case."""

    expires_in_days: Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS)] = DEFAULT_DAYS
    rule_ids: Annotated[
        list[Code] | None,
        Field(
            min_length=1,
            max_length=60,
            description="Rules whose findings are to be dealt with. Left out: all that find something now and whose"
            " findings a practice can deal with.",
        ),
    ] = None
    kinds: Annotated[
        list[FileKind] | None,
        Field(max_length=20, description="Kinds of files that may be sent. Left out: those that the rules need."),
    ] = None
    fields: Annotated[
        list[Code] | None,
        Field(
            max_length=60,
            description="What of the packet may be answered: `description`, `contact`, `wanted_on`, `teeth`, … and"
            " `selections/<name>`. Left out: what the rules need.",
        ),
    ] = None

    def read(self) -> NewLink:
        """Return what is asked for."""
        return NewLink(
            days=self.expires_in_days,
            rule_ids=None if self.rule_ids is None else tuple(self.rule_ids),
            kinds=None if self.kinds is None else frozenset(self.kinds),
            fields=None if self.fields is None else frozenset(self.fields),
        )


class LinkView(View):
    """A correction link, without what it opens the case with."""

    link_id: str
    state: LinkState
    rule_ids: list[str]
    kinds: list[FileKind]
    fields: list[str]
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    revoked_at: datetime | None
    done_at: Annotated[datetime | None, Field(description="When whoever has the link last said that they are done.")]

    @classmethod
    def of(cls, link: CorrectionLink, *, at: datetime) -> "LinkView":
        """Return a link as the API shows it at this moment."""
        return cls(
            link_id=link.link_id,
            state=link.state_at(at),
            rule_ids=sorted(link.scope.rule_ids),
            kinds=sorted(link.scope.kinds),
            fields=sorted(link.scope.fields),
            issued_at=link.issued_at,
            issued_by=link.issued_by,
            expires_at=link.valid_until,
            revoked_at=link.revoked_at,
            done_at=link.done_at,
        )


class IssuedLinkView(View):
    """A new correction link, with what opens the case: it is shown this once, and kept nowhere.

    The same request again gives the same link with ``credential`` and ``fragment`` null. Whoever did not get the first
    answer revokes the link and issues another.
    """

    link: LinkView
    credential: Annotated[
        str | None, Field(description="To be sent as a bearer token in the `Authorization` header of `/v1/correction`.")
    ]
    fragment: Annotated[
        str | None,
        Field(description="To be put behind the address of the web client's page: browsers send no fragment anywhere."),
    ]

    @classmethod
    def of_issued(cls, issued: IssuedLink, *, at: datetime) -> "IssuedLinkView":
        """Return a new link as the API shows it once."""
        credential = str(issued.credential) if issued.credential else None
        return cls(
            link=LinkView.of(issued.link, at=at),
            credential=credential,
            fragment=f"#{credential}" if credential else None,
        )


class LinksView(View):
    """The correction links of a case, the newest first."""

    links: list[LinkView]
