"""The bodies of the prescriptions API: those of every function that gives prescriptions out."""

from bitewing.files.bodies import SignedRequestView
from bitewing.rx.bodies import RxVersionsView, RxView

__all__ = ["RxVersionsView", "RxView", "SignedRequestView"]
