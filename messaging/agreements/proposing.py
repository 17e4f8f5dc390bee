"""The exchange contract is changed by agreement only: who cares proposes, all in care say yes. And what kind an answer is.

Each is an entry of the record. With the last yes the answer rule follows in the same transaction, and with it every promise.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from messaging.agreements.exchange import Exchange, Proposal, Terms, contract_of, exchange_of, kept_terms
from messaging.conversations import Circle
from messaging.errors import Busy, Conflict, Crossed, Malformed, NotFound
from messaging.facts import Facts
from messaging.facts_given import ContractAgreedFacts, ContractProposedFacts, ReplyKindFacts
from messaging.ids import EntryId
from messaging.memory.exchanges import AnswerBy, ReplyKind
from messaging.memory.record import Effect
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.people import Role
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Deed, Pass, must_be_in_care

OVERTAKEN: Final = "Somebody was faster. Please read how it stands now."
NOBODY: Final = "Nobody is in care here any more, so nothing is agreed."
UNCHANGED: Final = "That is what stands already, so nothing was proposed."

KINDS: Final = {
    ReplyKind.THERAPEUTIC: SubjectKind.THERAPEUTIC,
    ReplyKind.CLARIFICATION: SubjectKind.CLARIFICATION,
    ReplyKind.ADMINISTRATIVE: SubjectKind.ADMINISTRATIVE,
}


async def propose(office: Office, held: Pass, circle: Circle, key: UUID, terms: Terms) -> Exchange:
    """By who cares; in the place of what was proposed before. The same `key` again is the same proposal.

    Raises NotFound, CareEnded, Conflict (nobody is there to agree, nothing would change), KeyReused, Busy.
    """
    if held.deed is not Deed.ASSIGN:
        raise NotFound
    must_be_in_care(held)
    if not any(one.active for one in circle.clients):
        raise Conflict(NOBODY)
    stands = await contract_of(office, held)
    counted_from = stands.agreed.counted_from if terms.goes_on and stands.agreed else None
    facts = kept_terms(terms, counted_from)
    known = await office.memory.threads.under_key(held, held.person, key)
    if known is None and _stands_already(stands, facts):
        raise Conflict(UNCHANGED)
    named = EntryId(office.new_id())
    draft = _event(key, EventName.CONTRACT_PROPOSED, facts, Concern(SubjectKind.CONTRACT_PROPOSED, named))
    await post(office, Where.by(held), replace(draft, id=named))
    return await exchange_of(office, held)


def _stands_already(stands: Exchange, facts: ContractProposedFacts) -> bool:
    """The same once more says nothing; but where some have said yes and one who was asked has left, all are asked anew."""
    one = stands.proposed or stands.agreed
    if one is None or (stands.proposed and one.yes):
        return False
    return facts == kept_terms(one.terms, one.counted_from if one.terms.goes_on else None)


def _event(key: UUID, event: EventName, facts: Facts, *effects: Effect) -> Draft:
    return Draft(key, Body(event=event, facts=facts), Channel.WEB, EntryKind.EVENT, effects=effects)


async def agree(office: Office, held: Pass, circle: Circle, proposal: UUID) -> Exchange:
    """By one in care: with the last yes it holds. Twice is once.

    Raises NotFound, Crossed where another was proposed meanwhile, CareEnded, Busy.
    """
    if held.role is not Role.CLIENT or held.deed is not Deed.WRITE:
        raise NotFound
    must_be_in_care(held)
    stands = await contract_of(office, held)
    if stands.agreed is not None and stands.agreed.id == proposal:
        return await exchange_of(office, held)
    one = stands.proposed
    if one is None or one.id != proposal:
        raise Crossed("This was replaced meanwhile, so nothing was agreed. Please read what is proposed now.")
    if held.person not in one.yes:
        await _say_yes(office, held, circle, one)
    return await exchange_of(office, held)


async def _say_yes(office: Office, held: Pass, circle: Circle, one: Proposal) -> None:
    asked = {person.id for person in circle.clients if person.active}
    whole = asked <= one.yes | {held.person}
    follows: tuple[Effect, ...] = (AnswerBy(one.terms.answers),) if whole else ()
    facts = ContractAgreedFacts(one.id, whole)
    kind = SubjectKind.CONTRACT_AGREED if whole else SubjectKind.CONTRACT_YES
    said = Concern(kind, one.id, len(one.yes))
    try:
        await post(
            office,
            Where.by(held),
            _event(office.new_id(), EventName.CONTRACT_AGREED, facts, said, *follows),
        )
    except Busy:
        # Another said yes in the same moment, or nothing was kept: which of the two, only what stands can say.
        now = await contract_of(office, held)
        if now.proposed != one:
            raise Crossed(OVERTAKEN) from None
        raise


async def say_kind(office: Office, held: Pass, number: int, kind: ReplyKind) -> Exchange:
    """By who cares: what an answer since the agreement is, whoever wrote it and by which way. The same again is once.

    Raises NotFound where it is no answer that is counted, Crossed, Busy.
    """
    if held.deed is not Deed.ASSIGN:
        raise NotFound
    stands = await exchange_of(office, held)
    reply = next((one for one in stands.replies if one.number == number), None)
    if reply is None:
        raise NotFound
    if reply.kind is kind:
        return stands
    about = Concern(KINDS[kind], reply.id, reply.said + 1)
    draft = _event(office.new_id(), EventName.REPLY_KIND_SAID, ReplyKindFacts(number, kind.value), about)
    try:
        await post(office, Where.by(held), draft)
    except Busy:
        now = await exchange_of(office, held)
        if now.replies != stands.replies:
            raise Crossed(OVERTAKEN) from None
        raise
    return await exchange_of(office, held)


def checked_kind(said: object) -> ReplyKind:
    """Raises Malformed."""
    if not isinstance(said, str) or said not in set(ReplyKind):
        raise Malformed(f"`kind` is one of {', '.join(ReplyKind)}.")
    return ReplyKind(said)
