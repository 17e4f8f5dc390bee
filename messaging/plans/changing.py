"""The client changes their plan, and who cares remarks on a part of it: each time a whole version, as an entry."""

from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from messaging.conversations import Circle
from messaging.errors import Busy, Crossed, Malformed, NotFound
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Body, Channel, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.people import Role
from messaging.plans.plan import Part, Plan, Remark, checked_name, kept_parts, must_be_of_one, versions
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Deed, Pass

OVERTAKEN: Final = "The plan was changed meanwhile. Please read it, and put in yours if it still fits."
REMARK: Final = 1_000
"""Characters of a remark: one quiet line, not a second plan."""


@dataclass(frozen=True, slots=True)
class Change:
    """New parts, all of them. `version` is the one they were written over; None: whichever stands."""

    key: UUID
    parts: tuple[Part, ...] = field(repr=False)
    version: int | None = None


async def change_plan(office: Office, held: Pass, circle: Circle, change: Change) -> Plan:
    """By the client whose it is. The same parts again are no version. Raises NotFound, Crossed, KeyReused, TooLong, Busy."""
    must_be_of_one(circle)
    if held.role is not Role.CLIENT or held.deed is not Deed.WRITE:
        raise NotFound
    stands = (await versions(office, held))[-1]
    if change.version is not None and change.version != stands.version:
        raise Crossed(OVERTAKEN)
    if stands.version and change.parts == stands.parts:
        return stands
    names = {one.name for one in change.parts}
    remarks = tuple(one for one in stands.remarks if one.part in names)
    return await _follow(office, held, change.key, replace(stands, parts=change.parts, remarks=remarks))


async def remark(office: Office, held: Pass, circle: Circle, key: UUID, part: object, text: object) -> Plan:
    """By who cares, beside one part, in the place of what they said there before; without words it is taken away.

    Raises NotFound, Malformed, Crossed, TooLong, Busy.
    """
    must_be_of_one(circle)
    if held.deed is not Deed.ASSIGN:
        raise NotFound
    stands = (await versions(office, held))[-1]
    named = checked_name(part)
    if named not in {one.name for one in stands.parts}:
        raise Malformed("`part` is the name of a part of the plan.")
    others = [one for one in stands.remarks if (one.part, one.author) != (named, held.person)]
    if text is not None and text != "":
        others.append(Remark(named, held.person, checked_text(text, REMARK)))
    return await _follow(office, held, key, replace(stands, remarks=tuple(others)))


async def offer_plan(office: Office, held: Pass, circle: Circle, key: UUID) -> Plan:
    """By who cares: an empty one, so that the client finds it. Where one stands already, that. Raises NotFound, Busy."""
    must_be_of_one(circle)
    if held.deed is not Deed.ASSIGN:
        raise NotFound
    stands = (await versions(office, held))[-1]
    return stands if stands.version else await _follow(office, held, key, stands)


async def _follow(office: Office, held: Pass, key: UUID, wanted: Plan) -> Plan:
    version = wanted.version + 1
    facts = replace(kept_parts(wanted.parts, wanted.remarks), version=version)
    draft = Draft(
        key,
        Body(event=EventName.PLAN_CHANGED, facts=facts),
        Channel.WEB,
        EntryKind.EVENT,
        effects=(Concern(SubjectKind.PLAN, held.conversation, version),),
    )
    try:
        outcome = await post(office, Where.by(held), draft)
    except Busy:
        # Another window was faster, or nothing was kept: which of the two, only what stands can say.
        if (await versions(office, held))[-1].version >= version:
            raise Crossed(OVERTAKEN) from None
        raise
    return replace(wanted, version=version, at=outcome.at, author=held.person)
