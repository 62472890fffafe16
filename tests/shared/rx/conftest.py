"""The services of prescriptions over one memory, with a printer that prints the names of what it is given."""

import hashlib
from dataclasses import dataclass, field

import pytest
from bitewing.rx.rx import Printed
from bitewing.rx.service import RxService, RxWriter

from tests.support.rx_in_memory import InMemoryPapers, InMemoryPrescriptions
from tests.support.world import World

ORIGIN = "https://app.bitewing.example"


@dataclass
class PrinterOfNames:
    """The port ``Printer``, at once; ``before`` happens before the next ones, one each."""

    sheets: list = field(default_factory=list)
    before: list = field(default_factory=list)

    def print(self, sheet):
        if self.before:
            self.before.pop()()
        self.sheets.append(sheet)
        content = f"{sheet.case_id} {sheet.version} {sheet.patient.name}".encode()
        return Printed(content=content, pages=1, sha256=hashlib.sha256(content).hexdigest())


class RxWorld(World):
    """A world in which prescriptions are printed."""

    def __init__(self):
        super().__init__()
        self.printer = PrinterOfNames()
        self.prescriptions = InMemoryPrescriptions(self.memory)
        self.papers = InMemoryPapers(self.clock)

    @property
    def writer(self):
        return RxWriter(
            self.cases,
            self.prescriptions,
            self.papers,
            directory=self.directory,
            prechecks=self.prechecks,
            printer=self.printer,
            web_origin=ORIGIN,
            now=self.clock,
        )

    @property
    def rx_service(self):
        return RxService(self.cases, self.prescriptions, self.papers, directory=self.directory, web_origin=ORIGIN)


@pytest.fixture
def world():
    return RxWorld()
