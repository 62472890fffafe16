"""The ports of home, kept in memory: the same promises as the table."""

from collections.abc import Iterator, Sequence

from bitewing.cases.case import Case
from bitewing.cases.status import Color, Party
from bitewing.directory.organization import Practice
from bitewing.home.announcement import Announcement, Board, Publisher
from bitewing.home.announcing import BoardChanged
from bitewing.home.counting import CountsChanged
from bitewing.home.counts import ColorCounts, Counted
from bitewing.home.events import AnnouncementEvent
from bitewing.home.preferences import Preferences
from bitewing.home.service import Landing
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import StaleVersion

from tests.support.in_memory import InMemoryDirectory, Memory


class InMemoryAnnouncements:
    """The port ``Announcements``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.announcements: dict[tuple[Publisher, str], Announcement] = {}
        self.boards: dict[Publisher, Board] = {}

    def answered(self, request: Request) -> Announcement | None:
        answer: Announcement | None = self._memory.recall(request)
        return answer

    def find(self, publisher: Publisher, announcement_id: str) -> Announcement | None:
        return self.announcements.get((publisher, announcement_id))

    def board(self, publisher: Publisher) -> Board:
        return self.boards.get(publisher, Board(publisher=publisher))

    def save(
        self, announcement: Announcement, board: Board, event: AnnouncementEvent, *, request: Request | None = None
    ) -> None:
        if request is not None and self._memory.is_remembered(request):
            raise AlreadyAnswered
        stored = self.find(announcement.publisher, announcement.announcement_id)
        actual = stored.version if stored else 0
        if actual != announcement.version - 1:
            raise StaleVersion(expected=announcement.version - 1, actual=actual)
        if self.board(announcement.publisher).version != board.version - 1:
            raise BoardChanged
        self.announcements[announcement.publisher, announcement.announcement_id] = announcement
        self.boards[announcement.publisher] = board
        if request is not None:
            self._memory.remember(request, announcement)
        self._memory.tell((), (event,))


class InMemoryCounts:
    """The port ``Counts``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.as_counted: dict[str, Counted] = {}
        self.counts: dict[tuple[Party, str], ColorCounts] = {}

    def case(self, case_id: str) -> Case | None:
        return self._memory.cases.get(case_id)

    def counted(self, case_id: str) -> Counted:
        return self.as_counted.get(case_id, Counted())

    def count(self, case: Case, before: Counted, after: Counted) -> None:
        if self.counted(case.case_id).version != before.version:
            raise CountsChanged
        self.as_counted[case.case_id] = after
        for side, organization_id in ((Party.PRACTICE, case.practice_id), (Party.LAB, case.lab_id)):
            if before.of(side) is after.of(side):
                continue
            counts = self.of_organization(side, organization_id)
            of = dict(counts.of)
            for color, one in ((before.of(side), -1), (after.of(side), 1)):
                if color is not None:
                    of[color] = of.get(color, 0) + one
            self.counts[side, organization_id] = ColorCounts(of=of, version=counts.version + 1)

    def of_organization(self, side: Party, organization_id: str) -> ColorCounts:
        return self.counts.get((side, organization_id), ColorCounts(of={}))

    def set_counts(self, side: Party, organization_id: str, counts: ColorCounts) -> None:
        if self.of_organization(side, organization_id).version != counts.version - 1:
            raise CountsChanged
        self.counts[side, organization_id] = counts

    def case_ids(self, side: Party, organization_id: str) -> Iterator[str]:
        for case in sorted(self._memory.cases.values(), key=lambda each: each.case_id):
            own = case.practice_id if side is Party.PRACTICE else case.lab_id
            if own == organization_id and (side is Party.PRACTICE or case.is_known_to_lab):
                yield case.case_id


class InMemoryLandings:
    """The port ``Landings``."""

    def __init__(self, directory: InMemoryDirectory, boards: InMemoryAnnouncements, counts: InMemoryCounts) -> None:
        self._directory, self._boards, self._counts = directory, boards, counts
        self.unread: dict[str, int] = {}

    def connected_labs(self, practice_id: str) -> tuple[str, ...]:
        connections = self._directory.known_connections.values()
        found = (each for each in connections if each.practice_id == practice_id and each.is_accepted)
        return tuple(sorted(each.lab_id for each in found))

    def landing(
        self, publishers: Sequence[Publisher], counts_of: tuple[Party, str] | None, *, reader_id: str | None = None
    ) -> Landing:
        boards = tuple(self._boards.boards[each] for each in publishers if each in self._boards.boards)
        counts = self._counts.of_organization(*counts_of) if counts_of else None
        return Landing(boards=boards, counts=counts, unread=self.unread.get(reader_id or "", 0))


class InMemoryAccounts:
    """The port ``Accounts``."""

    def __init__(self, directory: InMemoryDirectory) -> None:
        self._directory = directory
        self.preferred: dict[tuple[str, str, str], Preferences] = {}

    def practice(self, practice_id: str) -> Practice | None:
        return self._directory.practices.get(practice_id)

    def preferences(self, caller: Caller) -> Preferences:
        return self.preferred.get(_of(caller), Preferences())

    def save(self, caller: Caller, *, preferences: Preferences | None, practice: Practice | None) -> None:
        if preferences is not None and (actual := self.preferences(caller).version) != preferences.version - 1:
            raise StaleVersion(expected=preferences.version - 1, actual=actual)
        if practice is not None:
            stored = self._directory.practices[practice.practice_id]
            if stored.version != practice.version - 1:
                raise StaleVersion(expected=practice.version - 1, actual=stored.version)
            self._directory.practices[practice.practice_id] = practice
        if preferences is not None:
            self.preferred[_of(caller)] = preferences


def counts_of(counts: ColorCounts | None) -> dict[Color, int]:
    """Return counts without the colors of which there is nothing."""
    return {color: number for color, number in counts.of.items() if number} if counts else {}


def _of(caller: Caller) -> tuple[str, str, str]:
    return caller.organization_kind, caller.organization_id, caller.user_id
