"""What an entry says beside its words is read by attributes: `messaging/facts.py` alone knows by which names it is kept."""

import ast
from collections.abc import Iterable, Iterator

from messaging.messages import EventName, facts_kind
from tests.house.tree import FLOORS, Source, sources

CODEC = "messaging/facts.py"
WRITES = {
    CODEC: "where they are made",
    "messaging/messages.py": "as they are sealed",
    "messaging/record/posting.py": "two sayings are alike as they are told",
    "messaging/slips.py": "as a slip is sealed",
    "channels/chat/frames.py": "as they are told",
    "web/exporting/as_json.py": "as they are handed out",
}
"""Where facts are texts by name, and why."""
TEXTS = {"as_texts", "read_facts"}
FACTS = {"facts", "facts.rest"}


def named(node: ast.AST) -> str:
    """What an expression is called: `facts` of `entry.body.facts`, `as_texts` of `as_texts(facts)`."""
    match node:
        case ast.Attribute(attr="rest"):
            return f"{named(node.value)}.rest"
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Call():
            return named(node.func)
        case _:
            return ""


def by_string(file: Source) -> Iterator[str]:
    """`facts["session"]`, `facts.get("session")`, `"session" in facts`, `getattr(facts, "session")`."""
    for node in file.nodes:
        match node:
            case ast.Subscript(value=held):
                held_by = named(held)
            case ast.Call(func=ast.Attribute(value=held, attr="get" | "pop" | "items" | "values" | "keys")):
                held_by = named(held)
            case ast.Call(func=ast.Name(id="getattr"), args=[held, *_]):
                held_by = named(held)
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[held]):
                held_by = named(held)
            case _:
                continue
        if held_by in FACTS | TEXTS:
            yield f"{file.place}:{node.lineno}"


def made_texts(files: Iterable[Source]) -> set[str]:
    """The files in which facts are made texts, or of texts."""
    return {
        file.place for file in files for node in file.nodes if isinstance(node, ast.Name) and node.id in TEXTS
    }


def test_facts_are_read_by_attributes() -> None:
    files = sources(".py", below=FLOORS)
    assert [hit for file in files if file.place != CODEC for hit in by_string(file)] == []


def test_facts_are_texts_only_where_they_are_kept_or_told() -> None:
    assert made_texts(sources(".py", below=FLOORS)) | {CODEC} == WRITES.keys()


def test_one_read_by_string_would_be_seen() -> None:
    for source in (
        'entry.body.facts["session"]',
        'facts.get("by", "")',
        '"until" in facts',
        'getattr(facts, "by")',
        'as_texts(facts)["by"]',
        'facts.rest.get("by")',
    ):
        assert list(by_string(Source("x.py", source))) == ["x.py:1"], source
    assert list(by_string(Source("x.py", "facts.session == session.id"))) == []


def test_every_event_says_what_stands_beside_it() -> None:
    """And mypy, by `assert_never`: a new event has none until somebody has said which."""
    assert all(facts_kind(event) for event in EventName)
