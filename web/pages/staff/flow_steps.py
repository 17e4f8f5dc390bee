"""Where one is among the letters of a day: what was answered, what was put off, and what changed meanwhile.

The letters themselves are asked for anew with each page, so this is never more than a reader's own bookmark: kept by their
browser, as ids, and of no use to anybody else.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from starlette.requests import HTTPConnection
from starlette.responses import Response

from messaging.ids import ConversationId, PersonId
from web.http.guards import cookie_name
from web.settings import WebSettings

MOST: Final = 80
"""Letters of one flow: a cookie holds 4 kB. Whoever is promised more in a day begins anew after them."""
LASTS: Final = 16 * 3600
"""Seconds: a working day. What is left then is another day's."""
ID: Final = 22
"""Characters of a UUID in base64."""


class Step(StrEnum):
    """How a letter of the flow stands."""

    OPEN = "o"
    NEW = "n"
    """It came while one was answering, and that is not said yet."""
    DONE = "d"
    LATER = "l"
    ELSEWHERE = "e"
    """It does not wait any more, and was not answered from here; that is not said yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """The letter one is at: the third of four. `steps` says of each how it stands."""

    number: int
    of: int
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """One person's flow, in the order in which its letters were met."""

    person: PersonId
    steps: Mapping[ConversationId, Step] = field(default_factory=dict)

    def looked(self, due: Sequence[ConversationId]) -> "Steps":
        """After a look at what is due now. A letter that waits is open, whatever was known of it."""
        found = dict(self.steps)
        for one, step in self.steps.items():
            if one not in due and step in (Step.OPEN, Step.NEW, Step.LATER):
                found[one] = Step.ELSEWHERE
            elif one in due and step in (Step.DONE, Step.ELSEWHERE):
                found[one] = Step.OPEN
        for one in due:
            if one not in found and len(found) < MOST:
                found[one] = Step.NEW if self.steps else Step.OPEN
        return replace(self, steps=found)

    def said(self) -> "Steps":
        """What changed was said."""
        return self._turned(Step.NEW, Step.OPEN)._turned(Step.ELSEWHERE, Step.DONE)

    def marked(self, conversation: ConversationId, step: Step) -> "Steps":
        """Answered, or put off."""
        return replace(self, steps={**self.steps, conversation: step})

    def again(self) -> "Steps":
        """What was put off is taken up."""
        return self._turned(Step.LATER, Step.OPEN)

    def _turned(self, old: Step, new: Step) -> "Steps":
        return replace(self, steps={one: new if step is old else step for one, step in self.steps.items()})

    def left(self, due: Sequence[ConversationId]) -> list[ConversationId]:
        """What is to be answered now, by promise."""
        return [one for one in due if self.steps.get(one) in (Step.OPEN, Step.NEW)]

    def count(self, step: Step) -> int:
        """How many stand so."""
        return sum(one is step for one in self.steps.values())

    def place_of(self, conversation: ConversationId, due: Sequence[ConversationId]) -> Place:
        """Behind what was answered and put off, by promise."""
        left = self.left(due)
        behind = sum(step in (Step.DONE, Step.ELSEWHERE) for step in self.steps.values())
        put_off = [one for one in self.steps if self.steps[one] is Step.LATER and one != conversation]
        at = left.index(conversation) if conversation in left else 0
        number = behind + len(put_off) + at + 1
        total = max(len(self.steps), number)
        steps = tuple(
            "here"
            if place == number
            else "done"
            if place <= behind
            else "later"
            if place < number
            else "open"
            for place in range(1, total + 1)
        )
        return Place(number, total, steps)


def steps_of(connection: HTTPConnection, web: WebSettings, person: PersonId) -> Steps:
    """This person's, as their browser kept it; none where it kept none, or somebody else's."""
    shown = connection.cookies.get(_cookie(web), "")
    whose, *some = shown.split(".", MOST + 1)[: MOST + 1]
    if _named(whose) != person:
        return Steps(person)
    found: dict[ConversationId, Step] = {}
    for one in some:
        name = _named(one[:ID])
        if name is not None and one[ID:] in set(Step):
            found[ConversationId(name)] = Step(one[ID:])
    return Steps(person, found)


def keep_steps(answer: Response, web: WebSettings, steps: Steps) -> Response:
    """What the browser keeps from now on, for as long as a working day."""
    value = ".".join([_short(steps.person), *(f"{_short(one)}{step}" for one, step in steps.steps.items())])
    answer.set_cookie(
        _cookie(web), value, max_age=LASTS, path="/flow", secure=web.secure, httponly=True, samesite="lax"
    )
    return answer


def _cookie(web: WebSettings) -> str:
    """`__Host-` cookies are for every path; this one is for its own pages alone, and `__Secure-` where that can be."""
    return cookie_name(web).replace("__Host-", "__Secure-") + "-flow"


def _short(name: UUID) -> str:
    return base64.urlsafe_b64encode(name.bytes).decode().rstrip("=")


def _named(text: str) -> UUID | None:
    if len(text) != ID or not text.isascii():
        return None
    try:
        return UUID(bytes=base64.b64decode(text + "==", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
