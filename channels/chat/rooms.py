"""One session's room as this node knows it: who is there, through which node, and who is gone since when. No I/O.

Another node says who is there through it, repeats it while it lives, and is forgotten when it has been silent too long.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from messaging.ids import ConversationId, PersonId, PracticeId, SessionId


@dataclass(slots=True)
class Through:
    """Those who are there through another node. `at`: by its clock, when it last said so; `heard`: by ours, in seconds."""

    at: datetime
    heard: float
    people: set[PersonId] = field(default_factory=set)  # bound: who is a member, or was


@dataclass(slots=True)
class Gone:
    """Somebody who was there. `noted`: the record says so."""

    since: datetime
    seen: float
    """By our own clock, in seconds."""
    noted: bool = False


@dataclass(slots=True)
class About:
    """Somebody with a page open that says so, whichever page, and the live sessions they are in by that."""

    # bound: the sockets one person may have open
    pages: set[int] = field(default_factory=set)
    """Connections by number."""
    # bound: the sessions of one person that are live while they are here
    rooms: set[ConversationId] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody came, or went, at that time. `before`: how they were gone when they came back."""

    person: PersonId
    here: bool
    at: datetime
    before: Gone | None = None


@dataclass(slots=True, eq=False)
class Room:
    """Who is in a live session. `now` is our own clock in seconds; `at` the clock of the node that says so."""

    practice: PracticeId
    conversation: ConversationId
    session: SessionId
    here: set[PersonId] = field(default_factory=set)  # bound: who is a member, or was
    """Connected to this node."""
    # bound: nodes of the installation, until they are silent
    elsewhere: dict[str, Through] = field(default_factory=dict)
    """By node."""
    gone: dict[PersonId, Gone] = field(default_factory=dict)  # bound: who is a member, or was

    def present(self) -> set[PersonId]:
        """Everybody in the room."""
        return self.here.union(*(through.people for through in self.elsewhere.values()))

    def came(self, person: PersonId, node: str | None, at: datetime, now: float) -> list[Move]:
        """Somebody is there, through another node or (None) this one."""
        before = self.present()
        self._of(node, at, now).add(person)
        return self._moves(before, at, now)

    def went(self, person: PersonId, node: str | None, at: datetime, now: float) -> list[Move]:
        """Somebody is no longer there through this node. Also news of one who went before we knew them there."""
        before = self.present()
        self._of(node, at, now).discard(person)
        known = before if person in self.gone else before | {person}
        return self._moves(known, at, now)

    def lists(self, node: str, people: set[PersonId], at: datetime, now: float) -> list[Move]:
        """Another node says all who are there through it."""
        before = self.present()
        self._of(node, at, now)
        self.elsewhere[node].people = people
        return self._moves(before, at, now)

    def forget_silent(self, since: float, now: float) -> list[Move]:
        """Nodes not heard of since then died; who was there through them only is gone since they last spoke."""
        moves: list[Move] = []
        for node in [node for node, through in self.elsewhere.items() if through.heard < since]:
            before = self.present()
            moves += self._moves(before, self.elsewhere.pop(node).at, now)
        return moves

    def long_gone(self, since: float) -> Iterator[tuple[PersonId, Gone]]:
        """Who has been gone since then at least, and the record does not say so yet."""
        return ((p, gone) for p, gone in self.gone.items() if not gone.noted and gone.seen <= since)

    def _moves(self, before: set[PersonId], at: datetime, now: float) -> list[Move]:
        after = self.present()
        came = [Move(p, here=True, at=at, before=self.gone.pop(p, None)) for p in after - before]
        went = before - after
        self.gone.update((p, Gone(at, now)) for p in went)
        return [*came, *(Move(p, here=False, at=at) for p in went)]

    def _of(self, node: str | None, at: datetime, now: float) -> set[PersonId]:
        if node is None:
            return self.here
        through = self.elsewhere.setdefault(node, Through(at, now))
        through.at, through.heard = at, now
        return through.people
