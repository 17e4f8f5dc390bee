"""The plan for hard hours, as it stands: parts in the client's words, remarks by who cares. Each version is an entry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from messaging.conversations import Circle
from messaging.errors import Malformed, NotFound, TooLong
from messaging.facts_given import PlanFacts
from messaging.ids import PersonId, parse_uuid
from messaging.memory.subjects import SubjectKind
from messaging.messages import Entry, checked_text
from messaging.office import Office
from messaging.people import Role
from messaging.record.reading import note_opening, open_entries
from messaging.trust.access import Pass

PARTS: Final = ("signs", "alone", "places", "people", "professionals", "safer")
"""What it begins with: how I notice it; what I can do by myself; where there are people; whom I can ask; who does this as
their work; making the house safer. A client may call parts otherwise."""
MOST: Final = 12
NAME: Final = 80
TEXT: Final = 4_000
VERSIONS: Final = 200
"""Read at once: a plan is changed a few times a year."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part, by a name of `PARTS` or one of the client's own."""

    name: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody who cares says beside a part."""

    part: str = field(repr=False)
    author: PersonId
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """As it stood since `at`; version 0: nobody has written one yet."""

    parts: tuple[Part, ...] = tuple(Part(name, "") for name in PARTS)
    remarks: tuple[Remark, ...] = ()
    version: int = 0
    at: datetime | None = None
    author: PersonId | None = None

    @property
    def written(self) -> bool:
        """Something stands in it."""
        return any(one.text for one in self.parts)


def must_be_of_one(circle: Circle) -> None:
    """A plan is one person's: where several are in care there is none. Raises NotFound."""
    if len(circle.clients) > 1:
        raise NotFound


async def plan_of(office: Office, held: Pass, circle: Circle) -> Plan:
    """As it stands; that a clinician read it is noted. Raises NotFound, Busy."""
    return (await versions_of(office, held, circle))[-1]


async def versions_of(office: Office, held: Pass, circle: Circle) -> list[Plan]:
    """As it was written and changed, the newest last; of none the empty one. Raises NotFound, Busy."""
    must_be_of_one(circle)
    if held.role is not Role.CLIENT:
        await note_opening(office, held)
    return await versions(office, held)


async def versions(office: Office, held: Pass) -> list[Plan]:
    """The same, for who has looked whether they may."""
    found = await office.memory.subjects.of_kinds(held, {SubjectKind.PLAN}, VERSIONS)
    entries = await open_entries(office, held.practice, [one.entry for one in found])
    return [one for one in map(_as_written, entries) if one is not None] or [Plan()]


def _as_written(entry: Entry) -> Plan | None:
    facts = entry.body.facts
    if not isinstance(facts, PlanFacts):
        return None
    remarks = [(part, parse_uuid(author), text) for part, author, text in facts.remarks]
    return Plan(
        parts=tuple(Part(name, text) for name, text in facts.parts),
        remarks=tuple(Remark(part, PersonId(author), text) for part, author, text in remarks if author),
        version=facts.version,
        at=entry.at,
        author=entry.author,
    )


def checked_parts(raw: object) -> tuple[Part, ...]:
    """As a program hands them in: `[{"name", "text"}]`. Raises Malformed, TooLong."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST:
        raise Malformed(f"`parts` is a list of one to {MOST} parts, each with `name` and `text`.")
    parts = tuple(_checked_part(one) for one in raw)
    if len({one.name for one in parts}) < len(parts):
        raise Malformed("Two parts of the plan have one name.")
    return parts


def _checked_part(raw: object) -> Part:
    if not isinstance(raw, dict) or raw.keys() != {"name", "text"}:
        raise Malformed("A part of the plan has `name` and `text`, and nothing else.")
    name = checked_name(raw["name"])
    return Part(name, "" if raw["text"] == "" else checked_text(raw["text"], TEXT))


def checked_name(raw: object) -> str:
    """Of a part: one line. Raises Malformed, TooLong."""
    name = " ".join(checked_text(raw, NAME).split())
    if any(ord(sign) < 32 for sign in name):
        raise Malformed("A part's name is one line.")
    return name


def kept_parts(parts: Sequence[Part], remarks: Sequence[Remark]) -> PlanFacts:
    """As they are kept; the version is put in by who writes it. Raises TooLong: all of it together is a page."""
    if sum(map(len, [*(one.text for one in parts), *(one.text for one in remarks)])) > MOST * TEXT:
        raise TooLong
    return PlanFacts(
        0,
        tuple((one.name, one.text) for one in parts),
        tuple((one.part, str(one.author), one.text) for one in remarks),
    )
