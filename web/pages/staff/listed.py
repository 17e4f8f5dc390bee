"""Which rows of an inbox are shown: each group of them as far as a page reaches, and all that need a look."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never
from urllib.parse import urlencode

from messaging.ids import ConversationId, PersonId
from messaging.inbox.heads import Head
from web.pages.parts.inbox_view import Group

FIRST: Final[Mapping[Group, int]] = {
    Group.LIVE_NOW: 20,
    Group.WAITING_FOR_YOU: 25,
    Group.BACK: 10,
    Group.WAITING_FOR_CLIENT: 8,
    Group.RESTING: 4,
    Group.ASIDE: 0,
}
"""Rows of each group at first: those that wait before those that do not. All are counted."""
STEP: Final = 100
"""Rows more, for who asks for more of a group; and of what is put aside, for who looks at that."""
MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the page reaches: of one group further than of the others. `aside`: what is put aside is looked at."""

    group: Group | None = None
    rows: int = 0

    @classmethod
    def of(cls, said: str) -> "Reach":
        """As an address says it: `resting-106`. What cannot be read is the usual."""
        name, _, rows = said.partition("-")
        if name not in set(Group) or not (rows.isascii() and rows.isdigit()) or len(rows) > len(str(MOST)):
            return cls()
        return cls(Group(name), min(int(rows), MOST))

    def first(self, group: Group) -> int:
        """How many rows of a group."""
        return max(FIRST[group], self.rows if group is self.group else 0)

    def further(self, group: Group) -> str:
        """What an address says for more of it."""
        return f"{group}-{self.first(group) + STEP}"


class Whose(StrEnum):
    """By whom those are answered that are looked for."""

    ALL = ""
    ME = "me"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: whose, with which label, how far."""

    whose: Whose = Whose.ALL
    label: str = ""
    """By its mark (`messaging.inbox.labels.mark_of`)."""
    reach: Reach = field(default_factory=Reach)

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """What cannot be read is the usual."""
        who, label = query.get("who", ""), query.get("label", "")
        whose = Whose(who) if who in set(Whose) else Whose.ALL
        return cls(whose, label if label.isalnum() else "", Reach.of(query.get("more", "")))

    @property
    def sifts(self) -> bool:
        """Whether some are left away."""
        return bool(self.whose or self.label)

    def query(self, further: str = "") -> str:
        """As an address says it, with more of a group."""
        more = further or (f"{self.reach.group}-{self.reach.rows}" if self.reach.group else "")
        said = (("who", self.whose), ("label", self.label), ("more", more))
        return urlencode([(name, value) for name, value in said if value])

    def keeps(self, head: Head, me: PersonId, marks: Collection[str]) -> bool:
        """Whether a conversation with these labels, by their marks, is looked for."""
        if self.label and self.label not in marks:
            return False
        match self.whose:
            case Whose.ALL:
                return True
            case Whose.ME:
                return head.kept.assignee == me
            case Whose.NOBODY:
                return head.kept.assignee is None
            case _:
                assert_never(self.whose)


@dataclass(frozen=True, slots=True)
class Part:
    """A group: the rows that are shown, and how many there are."""

    shown: tuple[ConversationId, ...]
    total: int


def group_of(head: Head, now: datetime) -> Group:
    """Where a conversation stands. What is put aside stands nowhere else, unless it runs (`Head.hidden`)."""
    if head.waits:
        return Group.WAITING_FOR_YOU
    if head.kept.live:
        return Group.LIVE_NOW
    if head.hidden(now):
        return Group.ASIDE
    if head.back(now):
        return Group.BACK
    return Group.RESTING if head.rests(now) else Group.WAITING_FOR_CLIENT


def parts_of(
    found: Iterable[Head], now: datetime, reach: Reach, marked: Collection[ConversationId]
) -> dict[Group, Part]:
    """All groups in which there is any. `marked`: what needs a look or is open is shown, however far down it stands."""
    shown: dict[Group, list[ConversationId]] = {group: [] for group in Group}
    total = dict.fromkeys(Group, 0)
    for head in found:
        group = group_of(head, now)
        if group is Group.ASIDE and head.id in marked:
            group = Group.RESTING if head.rests(now) else Group.WAITING_FOR_CLIENT
        if len(shown[group]) < reach.first(group) or head.id in marked:
            shown[group].append(head.id)
        total[group] += 1
    return {group: Part(tuple(shown[group]), total[group]) for group in Group if total[group]}


def next_waking(found: Iterable[Head], now: datetime) -> datetime | None:
    """When the next of those put aside comes back by itself: an open page looks again then."""
    aside = (one.kept.snoozed.until for one in found if one.hidden(now) and one.kept.snoozed)
    return min(aside, default=None)
