"""Parts of a page that stand alone: one that fails is named in its place, and the rest of the page stands.

For what stands beside the words, and for the lines of a list one by one. A part that is not there says so in a plain
sentence: a page with a silent hole could hide what somebody wrote. In Python `apart` makes a part, in templates

    {% apart "file", "p", _("The file cannot be shown at the moment."), open.file %} ... {% endapart %}

shows it: its name for the log, the element and the sentence that take its place, and the values it is made of.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jinja2 import nodes
from jinja2.debug import rewrite_traceback_stack
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from messaging.errors import Refusal
from web.http.metrics import PARTS_FAILED
from web.pages.parts.views import FAILED, Failed

log = logging.getLogger(__name__)


T = TypeVar("T")
A = TypeVar("A")


async def apart(part: str, made: Awaitable[T]) -> T | Failed:
    """What was made, or that it failed. Refusals go on: they are an answer about the page, no accident in a part."""
    try:
        return await made
    except Refusal:
        raise
    except Exception as fault:  # an accident in one part must not take the others along
        note_failure(part, fault)
        return FAILED


def made_apart(part: str, make: Callable[[A], T], one: A) -> T | Failed:
    """A line of a list, for itself: its neighbours must not disappear with it."""
    try:
        return make(one)
    except Refusal:
        raise
    except Exception as fault:  # an accident in one line must not take the others along
        note_failure(part, fault)
        return FAILED


def note_failure(part: str, fault: BaseException) -> None:
    """Type and place. The text of an exception may quote somebody's words, and `web.logs` writes none."""
    PARTS_FAILED.labels(part).inc()
    log.error("a part of a page failed", extra={"part": part}, exc_info=fault)


class Apart(Extension):
    """The tag `apart`."""

    tags = {"apart"}  # noqa: RUF012  (the base class says so)

    def parse(self, parser: Parser) -> nodes.Node:
        """Name, element, sentence, then any values the part is made of."""
        line = next(parser.stream).lineno
        given = [parser.parse_expression()]
        while parser.stream.skip_if("comma"):
            given.append(parser.parse_expression())
        body = parser.parse_statements(("name:endapart",), drop_needle=True)
        call = self.call_method("_show", given, lineno=line)
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _show(
        self, part: str, element: str, sentence: str, *values: object, caller: Callable[[], Markup]
    ) -> Markup:
        if not any(isinstance(one, Failed) for one in values):
            try:
                return caller()
            except Exception:  # see the head of this file
                note_failure(part, rewrite_traceback_stack())  # frames that name lines of templates
        return Markup('<{0} class="note" role="status" data-part-failed="{1}">{2}</{0}>').format(
            element, part, sentence
        )
