"""What goes wrong on a developer's machine, said so that it can be mended."""


class Trouble(Exception):
    """The local stack cannot go on.

    Attributes:
        says: What is wrong, one sentence.
        do: What the person can do about it, one sentence; empty when nothing is known.
        log: The end of the log that shows it; may be empty.
    """

    def __init__(self, says: str, *, do: str = "", log: str = "") -> None:
        super().__init__(" ".join(part for part in (says, do) if part))
        self.says = says
        self.do = do
        self.log = log
