"""Heads of the trails: given out signed, once a day, and asked whether each trail still begins as they say."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from messaging.ids import PracticeId
from messaging.office import Office
from messaging.practice.operating import practice_ids, trails
from messaging.trust.signed_heads import HeadSigner, NoHead, SignedHead, head_of


class Stands(StrEnum):
    """What a trail says to a head."""

    WHOLE = "whole"
    """It begins as the head says."""
    CUT = "cut"
    """It is shorter than it was."""
    REWRITTEN = "rewritten"
    """It is as long, and another one."""
    GONE = "gone"
    """There is no such practice."""
    NOT_OURS = "not_ours"
    """No key of this installation has signed it, or it was changed."""
    UNREADABLE = "unreadable"
    """It is no head."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One line of the file, by its number. `head` None: the line is none."""

    line: int
    stands: Stands
    head: SignedHead | None = None


def signer(office: Office) -> HeadSigner:
    """Of this installation: its key stays as it is when the master key becomes another."""
    return HeadSigner(office.installation.head_seed)


async def heads_due(office: Office, known: Mapping[PracticeId, date]) -> Sequence[SignedHead]:
    """The heads of practices of which none of today (UTC) is known. A practice without a line has none. Raises Busy."""
    now, found = office.clock(), []
    ours = signer(office)
    for practice in await practice_ids(office):
        if known.get(practice) == now.date():
            continue
        end = await office.memory.trail.end(practice)
        if end is not None:
            found.append(ours.sign(now, practice, *end))
    return found


async def without_head(office: Office, known: Mapping[PracticeId, date], since: date) -> int:
    """How many practices have lines, and no head of that day or later. Raises Busy."""
    late = [one for one in await practice_ids(office) if known.get(one, date.min) < since]
    return sum([await office.memory.trail.end(one) is not None for one in late])


async def looked_at(office: Office, lines: Iterable[str]) -> AsyncIterator[Looked]:
    """Each line of a file of heads against the trails as they stand. Raises Busy."""
    ours, standing = signer(office), set(await trails(office))
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            head = head_of(line)
        except NoHead:
            yield Looked(number, Stands.UNREADABLE)
            continue
        yield Looked(number, await _stands(office, ours, standing, head), head)


async def _stands(office: Office, ours: HeadSigner, standing: set[PracticeId], head: SignedHead) -> Stands:
    if not ours.made(head):
        return Stands.NOT_OURS
    practice = PracticeId(head.practice)
    if practice not in standing:
        return Stands.GONE
    link = await office.memory.trail.link(practice, head.lines)
    if link is None:
        return Stands.CUT
    return Stands.WHOLE if link == head.link else Stands.REWRITTEN
