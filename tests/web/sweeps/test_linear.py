"""Twice the text, at most two and a half times the work, for everything that is done with a text on its way in and out."""

import gc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from time import thread_time
from typing import Final

import pytest

from channels.chat import frames
from channels.email.addresses import ReplyAddress, canonical, keys_in, marks_in
from channels.email.composing.mail import Envelope, compose_full
from channels.email.composing.wording import flowed, markup
from channels.email.mime.parsing import envelope_check
from channels.email.sealing.keys import _first_body
from messaging.errors import Malformed
from messaging.letters.passages import (
    Known,
    Search,
    Searched,
    left,
    own_words,
    passages,
    quoted,
    sought,
    to_answer,
    unquoted,
    with_quote,
)
from messaging.messages import Body, checked_text, decode_body, encode_body
from web.api.reading_requests import _check_flat
from web.pages.parts.asking import _fields
from web.pages.parts.rendering import brackets, word_count
from web.pages.parts.showing import opening

SIZE: Final = 8_000
ENOUGH: Final = 0.01
"""Seconds that are too few to be compared."""
TRIES: Final = 12
UNITS: Final = (
    "> a\n\n",
    "> a\nb\n",
    "a\n\n",
    ">",
    "> ",
    ">>>>>\n",
    "a\n",
    "a ",
    "[a]",
    "[",
    "<",
    "\U0001f700",
    " ",
    "\r\n",
    "@",
    ".",
    "a:\n",
    "%41",
    "&",
    "\u202e\u0627",
)
ENVELOPE: Final = Envelope(
    "Haus Linde",
    "post@a.example",
    "b@a.example",
    "c@a.example",
    "m@a.example",
    datetime(2027, 1, 1, tzinfo=UTC),
    "s",
)


def named(text: str) -> None:
    """Whose words the quotations of a letter are, each looked for in that very letter."""
    known, search = Known(text), Search()
    with suppress(Searched):
        for one in passages(text)[:50]:
            if one.quoted:
                known.place_of(sought(one), search)


WORK: Final[dict[str, Callable[[str], object]]] = {
    "checked_text": lambda text: checked_text(f"{text}a", 10 * SIZE),
    "body": lambda text: decode_body(encode_body(Body(text))),
    "passages": passages,
    "own_words": own_words,
    "opening": opening,
    "quoted": lambda text: unquoted(quoted(text)),
    "with_quote": lambda text: with_quote(text, text),
    "to_answer": lambda text: to_answer(text, "Ruth"),
    "left": lambda text: left([one.text for one in passages(text)][:300], text),
    "named": named,
    "brackets": brackets,
    "word_count": word_count,
    "flowed": flowed,
    "markup": lambda text: markup("-", text),
    "compose_full": lambda text: compose_full(ENVELOPE, text),
    "frame": lambda text: _refused(frames.decode, frames.encode({"type": "say", "text": text})),
    "json": lambda text: _refused(_check_flat, text.encode()),
    "fields": lambda text: _refused(_fields, text.encode()),
    "canonical": canonical,
    "reply address": lambda text: ReplyAddress("reply+{token}@{domain}", "a.example").token_of(text),
    "references": lambda text: keys_in(text.replace("a", "letter-a")),
    "report": lambda text: marks_in(text.replace("a", "b+a").encode()),
    "envelope": lambda text: envelope_check(text.encode()),
    "key": lambda text: _first_body(text.encode()),
}


def _refused(work: Callable[..., object], raw: object) -> None:
    with suppress(Malformed, ValueError, frames.Unreadable):
        work(raw)


def cost(work: Callable[[str], object], text: str) -> float:
    """Seconds of this thread."""
    gc.disable()  # its time grows with all that the other tests left behind
    began = thread_time()
    work(text)
    spent = thread_time() - began
    gc.enable()
    return spent


def fair(work: Callable[[str], object], small: str, large: str) -> bool:
    """Whether the large text costs no more than it may, by the least that each was seen to cost.

    The two are taken in turns, so that what else the machine does is spread over both. A machine that is held up makes a
    measurement too large, never too small: so one is asked again, and what truly is quadratic fails however often.
    """
    least_small = least_large = float("inf")
    for _ in range(TRIES):
        least_small = min(least_small, cost(work, small))
        least_large = min(least_large, cost(work, large))
        if least_large < max(2.5 * 2.5 * least_small, ENOUGH):
            return True
    return False


def test_what_is_quadratic_is_seen() -> None:
    assert not fair(lambda text: [text[:n] for n in range(0, len(text), 4)], "a" * 10_000, "a" * 40_000)


@pytest.mark.parametrize("name", WORK)
def test_twice_the_text_is_at_most_two_and_a_half_times_the_work(name: str) -> None:
    work = WORK[name]
    for unit in UNITS:
        small, large = (unit * (size // len(unit)) for size in (SIZE, 4 * SIZE))
        if cost(work, large) > ENOUGH:
            assert fair(work, small, large), (
                f"{unit!r}: four times of it cost more than 2.5 x 2.5 times as much"
            )
