"""The exchange contract as both sides read it: what is agreed, what is proposed beside it, how many answers came."""

from dataclasses import dataclass
from datetime import datetime

from messaging.agreements.exchange import Exchange, Terms
from messaging.conversations import AnswerRule, Circle
from messaging.ids import PersonId
from web.pages.parts.entries import LEFT
from web.pages.parts.saying import _, ngettext
from web.pages.parts.showing import terms as answers_said


@dataclass(frozen=True, slots=True)
class TermRow:
    """One thing that is agreed. `then`: as it is proposed; empty where nothing is."""

    label: str
    now: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeCard:
    """`proposal`: its id, where one stands; `yes`: who reads has said it, and others have still to."""

    conversation_id: str
    name: str
    rows: tuple[TermRow, ...] = ()
    agreed: bool = False
    exchanges: int = 0
    used: int = 0
    proposal: str = ""
    by: str = ""
    at: datetime | None = None
    goes_on: bool = False
    yes: bool = False


def exchange_card(stands: Exchange, circle: Circle, name: str, reader: PersonId) -> ExchangeCard:
    """Of one conversation; without rows where nothing is agreed and nothing proposed."""
    agreed, proposed = stands.agreed, stands.proposed
    by = circle.people.get(proposed.by) if proposed else None
    return ExchangeCard(
        conversation_id=str(circle.conversation.id),
        name=name,
        rows=_rows(
            circle.conversation.answer,
            agreed.terms if agreed else None,
            proposed.terms if proposed else None,
        ),
        agreed=agreed is not None,
        exchanges=(agreed.terms.exchanges or 0) if agreed else 0,
        used=stands.used,
        proposal=str(proposed.id) if proposed else "",
        by=by.name if by else LEFT,
        at=proposed.at if proposed else None,
        goes_on=proposed.terms.goes_on if proposed else False,
        yes=proposed is not None and reader in proposed.yes,
    )


def _rows(rule: AnswerRule, agreed: Terms | None, proposed: Terms | None) -> tuple[TermRow, ...]:
    """Letters are answered by a rule also where nothing was agreed: that is what a proposal would change."""
    if agreed is None and proposed is None:
        return ()
    words, answers = (agreed.words, agreed.exchanges) if agreed else (None, None)
    return (
        TermRow(_("When"), answers_said(rule), answers_said(proposed.answers) if proposed else ""),
        TermRow(_("How long"), _length(words), _length(proposed.words) if proposed else ""),
        TermRow(_("How many answers"), _number(answers), _number(proposed.exchanges) if proposed else ""),
    )


def _length(words: int | None) -> str:
    return (
        _("as long as it wants to be") if words is None else _("about %(num)s words a letter", num=str(words))
    )


def _number(exchanges: int | None) -> str:
    if exchanges is None:
        return _("no number is agreed")
    return ngettext("%(num)d answer", "%(num)d answers", exchanges)
