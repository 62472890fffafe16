"""The bodies of the API of lab systems: those of every function that shows cases to people of a lab."""

from bitewing.cases.bodies import CaseStandView, ShipmentView, TransitionBody
from bitewing.cases.case_bodies import CaseView
from bitewing.cases.list_bodies import CaseRow, CasesView
from bitewing.cases.shipping_bodies import NewShipmentBody, ShipmentsView
from bitewing.files.bodies import FilesView, FileView, SignedRequestView
from bitewing.rx.bodies import RxVersionsView, RxView

__all__ = [
    "CaseRow",
    "CaseStandView",
    "CaseView",
    "CasesView",
    "FileView",
    "FilesView",
    "NewShipmentBody",
    "RxVersionsView",
    "RxView",
    "ShipmentView",
    "ShipmentsView",
    "SignedRequestView",
    "TransitionBody",
]
