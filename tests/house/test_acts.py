"""Pages, API, commands and channels call acts, and a way to a conversation's words is made by `trust.access` alone.

`web/house.py` joins the floors and is the one place that hands memory to the acts.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, get_args, get_type_hints

import messaging.memory
from messaging.ids import ConversationId, MailId, PersonId, PracticeId, SessionId
from messaging.record.posting import Where
from messaging.trust.access import Errand, Pass, Slice, Way
from tests.house.tree import ROOT

WAYS = {"Pass", "Errand", "Slice"}
JOINS = "web/house.py"


def says_memory(source: str) -> list[int]:
    """The lines on which something's memory is asked for."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "memory"
    ]


def above_messaging() -> list[Path]:
    return [path for floor in ("web", "channels") for path in sorted((ROOT / floor).rglob("*.py"))]


def test_nothing_above_messaging_says_memory() -> None:
    paths = above_messaging()
    assert len(paths) > 100
    said = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in paths
        if str(path.relative_to(ROOT)) != JOINS
        for line in says_memory(path.read_text())
    }
    assert said == set()


def ways_made(source: str) -> list[int]:
    """The lines on which a way to a conversation's words is made by hand."""
    return calls(source, WAYS)


def calls(source: str, names: set[str]) -> list[int]:
    """The lines on which something of these names is called, or made."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in names
    ]


def test_only_access_makes_a_way_to_words() -> None:
    made = {
        str(path.relative_to(ROOT))
        for floor in ("web", "channels", "threads", "messaging")
        for path in (ROOT / floor).rglob("*.py")
        if ways_made(path.read_text())
    }
    assert made == {"messaging/trust/access.py"}


OF_A_CONVERSATION = {ConversationId, SessionId, MailId}
"""Names that lead to one conversation. A letter as it arrived (`OriginalId`) has none before somebody decides upon it."""
ADMITS = "what a way is made from: until it is found nobody can be admitted to it"
NAMED = "by a name alone, in the queue, an address or a report; the conversation is known only then"
MANY = "over many conversations at once: an inbox, a practice"
COUNTED = "how many and when, for a report of a breach: it leads to no word"
FAR = "how far conversations have come, of all that a node follows: it leads to no word"
WITHOUT: Mapping[str, str] = {
    "Conversations.find": ADMITS,
    "Lookups.circle": ADMITS,
    "Sessions.named": NAMED,
    "Sessions.attended": NAMED,
    "Mailbox.mail_named": NAMED,
    "Sessions.next_booked": MANY,
    "Bookings.between": MANY,
    "Exposures.spans": COUNTED,
    "Exposures.openings": COUNTED,
    "Conversations.stands": FAR,
    "Inboxes.of_people": MANY,
    "Inboxes.whole": MANY,
    "Days.at_hand": MANY,
    "Mailbox.held": MANY,
    "Mailbox.count_held": MANY,
    "Mailbox.held_since": MANY,
    "Mailbox.unarrived": MANY,
    "Mailbox.originals_standing": MANY,
    "Mailbox.waiting_mail": MANY,
}
"""Questions of memory that name a conversation, or what is one's, and take no way to it; and why."""
ALL_OF = {"Threads", "Drafts"}
"""What is asked here is always about words: without exception by a way."""


def types_in(hint: object) -> set[object]:
    """Those a parameter's type is made of: of `Sequence[ConversationId] | None`, three."""
    return {hint}.union(*(types_in(part) for part in get_args(hint)))


def parameters(question: Callable[..., object]) -> list[object]:
    hints = get_type_hints(question)
    hints.pop("return", None)
    return list(hints.values())


def takes_a_way(question: Callable[..., object]) -> bool:
    """As its first parameter."""
    first = parameters(question)[:1]
    return bool(first) and set(get_args(first[0]) or first) <= {Pass, Errand, Slice}


def names_a_conversation(question: Callable[..., object]) -> bool:
    return any(types_in(hint) & OF_A_CONVERSATION for hint in parameters(question))


def questions() -> dict[str, Callable[..., object]]:
    """All that acts ask of memory, by port and name."""
    ports = {
        held
        for one in pkgutil.iter_modules(messaging.memory.__path__, "messaging.memory.")
        for held in vars(importlib.import_module(one.name)).values()
        if isinstance(held, type) and getattr(held, "_is_protocol", False) and held is not Protocol
    }
    return {
        f"{port.__name__}.{name}": question
        for port in ports
        for name, question in vars(port).items()
        if not name.startswith("_") and callable(question)
    }


def test_nothing_is_written_but_by_a_way() -> None:
    """`Writer.write` takes a posting; only the one door makes one, and it is told where by a way."""
    made = {
        str(path.relative_to(ROOT))
        for floor in ("web", "channels", "threads", "messaging")
        for path in (ROOT / floor).rglob("*.py")
        if calls(path.read_text(), {"Posting"})
    }
    assert made == {"messaging/record/posting.py"}
    assert get_type_hints(Where) == {"way": Way, "author": PersonId}


def test_every_question_about_a_conversation_takes_a_way() -> None:
    """A new one without fails here. An exception that is none any more does, too."""
    asked = questions()
    assert len(asked) > 100
    without = {
        name
        for name, question in asked.items()
        if not takes_a_way(question) and (names_a_conversation(question) or name.split(".")[0] in ALL_OF)
    }
    assert without == WITHOUT.keys()


def test_a_question_without_a_way_would_be_seen() -> None:
    class Port(Protocol):
        async def bare(self, practice: PracticeId, conversation: ConversationId) -> None: ...
        async def some(self, practice: PracticeId, sessions: Sequence[SessionId] | None) -> None: ...
        async def late(self, mail: MailId, held: Pass) -> None: ...
        async def wide(self, way: Pass | Errand | PracticeId, mail: MailId) -> None: ...
        async def good(self, way: Way, mail: MailId) -> None: ...
        async def apart(self, practice: PracticeId) -> list[ConversationId]: ...

    unseen = {"good", "apart"}
    asked = {name: act for name, act in vars(Port).items() if inspect.iscoroutinefunction(act)}
    assert {
        name for name, act in asked.items() if takes_a_way(act) or not names_a_conversation(act)
    } == unseen


def test_the_rule_sees_what_it_forbids() -> None:
    assert says_memory("found = await visit.office.memory.sessions.find(practice, name)") == [1]
    assert says_memory("from messaging.memory.record import Verdict") == []
    assert says_memory((ROOT / JOINS).read_text())
    assert ways_made("held = access.Pass(practice, conversation, person, role, deed, 1)") == [1]
    assert ways_made("held: Pass = admit(person, conversation, deed)") == []
