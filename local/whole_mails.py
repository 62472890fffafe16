"""The emulator, with mails kept as they travel: its SES takes them whole, and shows their texts alone.

Started instead of ``-m ministack``, in the emulator's own environment. Neither its page of messages nor what it hands
on by SMTP has what is attached to a mail that was given to it as it travels (SESv2, ``Content.Raw``): it reads the
text and the HTML out of it and forgets the rest. So each such mail is written into a folder before it is read.
"""

import base64
import importlib
import itertools
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

#: Where the emulator reads a mail, and what it calls that.
_SES: Final = "ministack.services.ses_v2"
_READS: Final = "_parse_raw_mime"


def keeping(read: Callable[[str], Any], folder: Path) -> Callable[[str], Any]:
    """Return what reads a mail and keeps it: as a file that is there whole or not at all, numbered as it came."""
    numbers = itertools.count(1)

    def read_and_keep(raw: str) -> Any:
        number = next(numbers)
        part = folder / f"{number:06}.part"
        part.write_bytes(base64.b64decode(raw))
        part.rename(folder / f"{number:06}.eml")
        return read(raw)

    return read_and_keep


def main() -> None:
    """Start the emulator; the first argument is the folder, and not for it."""
    folder = Path(sys.argv.pop(1))
    ses = importlib.import_module(_SES)
    setattr(ses, _READS, keeping(getattr(ses, _READS), folder))
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
