"""Parts of texts that are written from the code, between two marks."""

import re
from typing import Final

from tools.offline import PROJECT

README: Final = PROJECT / "README.md"


def written_anew(text: str, *, begin: str, end: str, part: str) -> str:
    """Return a text with what stands between two marks written anew.

    Raises:
        ValueError: The text has no such marks.
    """
    marked = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not marked.search(text):
        raise ValueError(f"The text has no part that begins with {begin!r}.")
    return marked.sub(lambda _: f"{begin}\n\n{part}\n\n{end}", text)
