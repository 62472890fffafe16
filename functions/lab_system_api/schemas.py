"""The bodies of the API of lab systems: those of every function that shows cases to people of a lab."""

from bitewing.cases.bodies import CaseStandView, TransitionBody
from bitewing.cases.case_bodies import CaseView
from bitewing.cases.list_bodies import CaseRow, CasesView
from bitewing.files.bodies import FilesView, FileView, SignedRequestView

__all__ = [
    "CaseRow",
    "CaseStandView",
    "CaseView",
    "CasesView",
    "FileView",
    "FilesView",
    "SignedRequestView",
    "TransitionBody",
]
