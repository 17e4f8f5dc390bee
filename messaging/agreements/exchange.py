"""The exchange contract: when letters are answered, about how long they are, how many answers were agreed and how many came.

It informs. No length and no number of it ever keeps anybody from writing, and Help now has nothing to do with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from messaging.conversations import AnswerRule
from messaging.errors import Malformed
from messaging.facts_given import ContractAgreedFacts, ContractProposedFacts
from messaging.ids import PersonId
from messaging.leaving.answer_rules import checked_answer_rule, said_of
from messaging.memory.exchanges import Reply, ReplyKind
from messaging.memory.subjects import SubjectKind
from messaging.messages import Entry
from messaging.office import Office
from messaging.record.reading import open_entries
from messaging.trust.access import Pass

WORDS: Final = range(20, 20_001)
EXCHANGES: Final = range(1, 201)
READ: Final = 200
"""Proposals and answers to them that are read at once: a contract is changed a few times a year."""
FIELDS: Final = ("answers", "words", "exchanges", "goes_on")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed. `words`: of a letter, about; `exchanges`: answers of the work itself. None: nothing is said of it.

    `goes_on`: those that came before are counted too; otherwise the count begins anew with the agreement.
    """

    answers: AnswerRule = field(default_factory=AnswerRule)
    words: int | None = None
    exchanges: int | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms as a clinician proposed them. `counted_from`: after which entry answers count; None: after the agreement."""

    id: UUID
    terms: Terms
    by: PersonId
    at: datetime
    counted_from: int | None = None
    yes: frozenset[PersonId] = frozenset()
    agreed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """How it stands: what is agreed, what is proposed beside it, and the answers that came since the agreement."""

    agreed: Proposal | None = None
    proposed: Proposal | None = None
    replies: tuple[Reply, ...] = ()

    @property
    def counted(self) -> tuple[Reply, ...]:
        """Answers of the work itself, in order: the first of them is number 1."""
        return tuple(one for one in self.replies if one.kind is ReplyKind.THERAPEUTIC)

    @property
    def used(self) -> int:
        """How many of them there are; more than were agreed is no mistake."""
        return len(self.counted)

    @property
    def left(self) -> int | None:
        """How many are still agreed; None where no number was."""
        if self.agreed is None or self.agreed.terms.exchanges is None:
            return None
        return max(0, self.agreed.terms.exchanges - self.used)


def checked_terms(said: Mapping[str, Any], former: AnswerRule) -> Terms:
    """`{answers?, words?, exchanges?, goes_on?}`; without `answers` letters are answered as before. Raises Malformed."""
    unknown = sorted(said.keys() - set(FIELDS))
    if unknown:
        raise Malformed(f"Not known here: {', '.join(repr(one[:40]) for one in unknown[:5])}.")
    answers, goes_on = said.get("answers"), said.get("goes_on", False)
    if answers is not None and not isinstance(answers, dict):
        raise Malformed("`answers` says when letters are answered: `{weekday?, by?, working_days?}`.")
    if not isinstance(goes_on, bool):
        raise Malformed("`goes_on` is true or false.")
    return Terms(
        replace(former, away=()) if answers is None else checked_answer_rule(answers),
        _whole(said.get("words"), WORDS, "Words of a letter"),
        _whole(said.get("exchanges"), EXCHANGES, "Exchanges"),
        goes_on,
    )


def _whole(said: object, within: range, name: str) -> int | None:
    if said is None:
        return None
    if not isinstance(said, int) or isinstance(said, bool) or said not in within:
        raise Malformed(f"{name} are a number from {within[0]} to {within[-1]}.")
    return said


async def exchange_of(office: Office, held: Pass) -> Exchange:
    """How it stands for whoever may read here. Raises Busy."""
    stands = await contract_of(office, held)
    if stands.agreed is None or stands.agreed.counted_from is None:
        return stands
    replies = await office.memory.exchanges.replies(held, stands.agreed.counted_from)
    return replace(stands, replies=tuple(replies))


async def contract_of(office: Office, held: Pass) -> Exchange:
    """The same without the answers that came."""
    kinds = {SubjectKind.CONTRACT_PROPOSED, SubjectKind.CONTRACT_YES, SubjectKind.CONTRACT_AGREED}
    found = await office.memory.subjects.of_kinds(held, kinds, READ)
    return _stands(await open_entries(office, held.practice, [one.entry for one in found]))


def _stands(entries: Sequence[Entry]) -> Exchange:
    """What is proposed replaces what was proposed; a yes is to the proposal it names, also where another came in between."""
    known: dict[UUID, Proposal] = {}  # bound: READ
    agreed: Proposal | None = None
    proposed: Proposal | None = None
    for entry in entries:
        facts = entry.body.facts
        if isinstance(facts, ContractProposedFacts):
            proposed = known[entry.id] = _proposal(entry, facts)
        elif isinstance(facts, ContractAgreedFacts) and (one := known.get(facts.proposal)):
            one = known[one.id] = _with_yes(one, entry, facts)
            agreed = one if facts.whole else agreed
            if proposed is not None and proposed.id == one.id:
                proposed = None if facts.whole else one
    return Exchange(agreed, proposed)


def _with_yes(one: Proposal, entry: Entry, facts: ContractAgreedFacts) -> Proposal:
    said = replace(one, yes=one.yes | {entry.author})
    if not facts.whole:
        return said
    since = entry.number if one.counted_from is None else one.counted_from
    return replace(said, agreed_at=entry.at, counted_from=since)


def _proposal(entry: Entry, facts: ContractProposedFacts) -> Proposal:
    rule = {"weekday": facts.weekday, "by": facts.by, "working_days": facts.working_days}
    terms = Terms(
        checked_answer_rule(rule), facts.words, facts.exchanges, goes_on=facts.counted_from is not None
    )
    return Proposal(entry.id, terms, entry.author, entry.at, facts.counted_from)


def kept_terms(terms: Terms, counted_from: int | None) -> ContractProposedFacts:
    """As they are kept."""
    rule = said_of(terms.answers)
    return ContractProposedFacts(
        by=rule["by"],
        weekday=rule.get("weekday"),
        working_days=rule.get("working_days"),
        words=terms.words,
        exchanges=terms.exchanges,
        counted_from=counted_from,
    )
