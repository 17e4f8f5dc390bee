"""The hot way through sealed entries: opened, compared, forgotten. It runs in a process of its own, and does no I/O.

Most entries hold nothing of what is asked. So nothing is made of one but its plain octets until those could hold a word:
no date, no id, no body. What may come too often is looked at closely; what is passed over cannot have held it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from messaging.facts import ClosingFacts, OfNamed
from messaging.facts_given import AssignedFacts, EndingFacts, PlanFacts
from messaging.ids import ConversationId, EntryId, PersonId
from messaging.memory.searching import SealedRow, Sort
from messaging.messages import NO_BODY, Body, Channel, Entry, EntryKind, decode_body
from messaging.record.mended import as_it_stands
from messaging.record.placing import BODY, EPOCH, facts_bound
from messaging.searching.words import excerpt, fold, fold_to_ascii
from messaging.trust.access import Pass
from messaging.trust.encryption import CannotOpen, Place
from messaging.trust.opening_many import opener

_2000: Final = (datetime(2000, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
_LONG_AGO: Final = -(2**63)
_ESCAPED: Final = frozenset('"\\\x7f') | {chr(code) for code in range(32)}
"""What stands otherwise in the octets of a body than in the words."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where it was found, and a piece of the words around it."""

    at: datetime
    conversation: ConversationId
    number: int
    sort: Sort
    author: PersonId
    excerpt: str = field(repr=False)
    note: UUID | None = None
    """The note it was found in, which is no entry: `number` is 0 then."""
    own: bool = False
    """A process note: its author's alone."""


class Opening:
    """One conversation's entries, looked through for these folded words."""

    def __init__(self, held: Pass, key: bytes, words: Sequence[str], sort: Sort | None) -> None:
        self._conversation = held.conversation
        self._open = opener(key, Place(BODY, held.practice, held.conversation, UUID(int=0)))
        self._words = tuple(words)
        self._sort = sort
        self._plain = tuple(one.encode() for one in words if one.isascii() and not _ESCAPED & set(one))
        self._only_ascii = all(one.isascii() for one in words)
        self.unreadable: list[EntryId] = []  # bound: who reads it says
        self.passed_over = False
        """Something was too old to be told, and not looked at."""

    def hits(self, rows: Sequence[SealedRow], oldest: datetime | None = None) -> Iterator[Hit]:
        """Of a portion, what is newer than `oldest`. What does not open is told in `unreadable`; what was erased holds
        nothing.
        """
        floor = _LONG_AGO if oldest is None else (oldest - EPOCH) // timedelta(microseconds=1) - _2000
        amending: defaultdict[int | None, list[SealedRow]] = defaultdict(list)
        for row in rows:
            if row[-1]:
                amending[row[7]].append(row)
        for row in rows:
            if row[-1] or row[7] is not None or row[8] == b"":
                continue
            if int.from_bytes(row[3], "big", signed=True) < floor:
                self.passed_over = True
                continue
            number, later = row[0], amending.get(row[0])
            plain = self._plain_of(row)
            if plain is not None and (later or self._may_hold(plain)):
                yield from self._hits_of(row, number, plain, later or ())

    def _plain_of(self, row: SealedRow) -> bytes | None:
        _, name, author, at, kind, channel, letter, amends, sealed, _ = row
        facts = facts_bound(
            author, int.from_bytes(at, "big", signed=True) + _2000, amends, letter, _said(kind, channel)
        )
        try:
            return self._open(name, facts, sealed)
        except CannotOpen:
            self.unreadable.append(EntryId(UUID(bytes=name)))
            return None

    def _may_hold(self, plain: bytes) -> bool:
        """False only where a word is missing for certain."""
        if plain.isascii():
            if not self._only_ascii:
                return False
            held = plain.lower()
            return all(one in held for one in self._plain)
        if not self._plain:
            return True
        text = fold_to_ascii(plain.decode("utf-8", "replace")).encode()
        return all(one in text for one in self._plain)

    def _hits_of(
        self, row: SealedRow, number: int, plain: bytes, later: Sequence[SealedRow]
    ) -> Iterator[Hit]:
        try:
            entry = _entry(self._conversation, row, decode_body(plain))
            amendments = [
                _entry(self._conversation, one, decode_body(opened))
                for one in sorted(later)
                if (opened := self._plain_of(one)) is not None
            ]
        except NO_BODY:
            self.unreadable.append(EntryId(UUID(bytes=row[1])))
            return
        stands = as_it_stands(entry, amendments)
        for sort, parts in self._found(stands):
            if self._sort in (None, sort):
                shown = excerpt(parts, self._words)
                yield Hit(entry.at, self._conversation, number, sort, entry.author, shown)

    def _found(self, entry: Entry) -> Iterator[tuple[Sort, Sequence[str]]]:
        """An entry's words are found with the names of its files beside them; a file is found by its name alone."""
        said, names = _words_in(entry.body), [one.name for one in entry.body.attachments if one.name]
        own, filed = fold("\n".join(said)), [fold(name) for name in names]
        everything = "\n".join((own, *filed))
        if all(word in everything for word in self._words) and any(word in own for word in self._words):
            yield _sort_of(entry), said
        for name, folded in zip(names, filed, strict=True):
            if all(word in folded for word in self._words):
                yield Sort.FILE, [name]


def _words_in(body: Body) -> list[str]:
    """What somebody said: the text first, then what is folded beneath it. Names and numbers of the house are no words."""
    parts = [body.text, body.subject or "", body.folded or ""]
    match body.facts:
        case ClosingFacts(homework=str(homework)):
            parts.append(homework)
        case OfNamed(reason=str(reason)):
            parts.append(reason)
        case AssignedFacts(why=str(why)):
            parts.append(why)
        case EndingFacts(elsewhere=str(elsewhere)):
            parts.append(elsewhere)
        case PlanFacts(parts=written, remarks=remarks):
            parts += [one[-1] for one in (*written, *remarks) if one]
        case _:
            pass
    return [part for part in parts if part]


def _sort_of(entry: Entry) -> Sort:
    if entry.kind is EntryKind.EVENT:
        return Sort.EVENT
    return Sort.LETTER if entry.is_letter else Sort.CHAT


def _entry(conversation: ConversationId, row: SealedRow, body: Body) -> Entry:
    number, name, author, _, kind, channel, _, amends, _, _ = row
    return Entry(
        conversation=conversation,
        number=number,
        id=EntryId(UUID(bytes=name)),
        author=PersonId(UUID(bytes=author)),
        kind=EntryKind(kind),
        channel=Channel(channel),
        at=moment_of(row),
        body=body,
        amends=amends,
    )


def moment_of(row: SealedRow) -> datetime:
    """When it was written."""
    return EPOCH + timedelta(microseconds=int.from_bytes(row[3], "big", signed=True) + _2000)


@cache  # bound: the kinds and channels there are
def _said(kind: str, channel: str) -> bytes:
    return f"{kind}\x00{channel}".encode("ascii")
