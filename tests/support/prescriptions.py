"""The prescriptions that are shown, on paper."""

from functools import cache
from typing import Final

from bitewing.rx.printing.printer import TypstPrinter
from bitewing.rx.rx import Printed
from bitewing.rx.sheet import Prescribed, RxSheet, sheet_of

from tests.support.shown_cases import SHOWN

_PRINTER: Final = TypstPrinter()


def printed(made: Prescribed) -> Printed:
    """Return a prescription on paper."""
    return _PRINTER.print(sheet_of(made))


@cache
def shown(name: str) -> tuple[RxSheet, Printed]:
    """Return a sheet of those that are shown, and what it is on paper."""
    sheet = sheet_of(SHOWN[name]())
    return sheet, _PRINTER.print(sheet)
