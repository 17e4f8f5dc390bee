"""Whoever answers an enumeration answers all of it: a new member fails here, or at mypy, and not on somebody's page."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache

import pytest
from jinja2 import nodes

import channels
import messaging
import threads
import web
from channels.email.mime.automatic import Automatic
from channels.email.mime.calendar_answers import ANSWERS
from channels.email.sealing.opening import Signed
from channels.email.senders.admitting import Reason
from messaging.assignments.assignment import TaskState
from messaging.conversations import CoverScope, Kind, SessionState
from messaging.ending.retention import Stage
from messaging.exporting.record import ExportFormat
from messaging.memory.ending import Erasable
from messaging.memory.exporting import ExportState
from messaging.memory.leaving import MailForm, MailState
from messaging.memory.sending_later import NOT_SENT
from messaging.messages import Channel, EntryKind, EventName
from messaging.people import AppName, EmailMode, Identity, Role
from messaging.practice.joining import InvitationState
from messaging.practice.ways_back import Proof as PROOFS
from messaging.slips import Undoable
from messaging.trust.code_words import WordVerdict
from messaging.trust.locks import KeySource
from tests.house.tree import FLOORS, Source, sources
from tests.web.samples.cast import HERE
from web.pages.parts.carriages import GRAVEST
from web.pages.parts.inbox_view import Group
from web.pages.parts.rendering import WEB, environment
from web.pages.parts.signatures import SENTENCES as SIGNATURES
from web.pages.parts.views import Carriage, Delivery
from web.pages.second_factor import AFTER as PURPOSES
from web.pages.staff.listed import Whose
from web.pages.staff.screening import SENTENCES as HELD

OPEN = {"channels/email/mime/tnef.py": "what a file names is the file's to choose; some of it is read"}
"""Matches on numbers of others, that may be any."""

MAILED = {
    *(f"automatic_mail:{one}" for one in Automatic if one is not Automatic.HUMAN),
    *(
        f"calendar:{said}{when}"
        for said in (*ANSWERS.values(), "counter", "answered")
        for when in ("", ":when")
    ),
}
"""By what an automatic mail is called: who wrote it, or what was pressed in a calendar (web/pages/parts/entries.py)."""
WORDS: Mapping[str, set[str]] = {
    "events": set(EventName),
    "mailed": MAILED,
    "sessions": set(SessionState),
    "channels": set(Channel),
    "roles": set(Role),
    "code_words": set(WordVerdict),
    "not_sent": set(NOT_SENT),
    "undoable": set(Undoable),
    "undone": set(Undoable),
    "mail_modes": {*EmailMode, "none"},
    "identities": set(Identity),
    "key_sources": set(KeySource),
    "instead": {MailForm.KEYLESS, MailForm.EXPIRED, MailForm.UNUSABLE},
}
"""The tables of _words.html, and the codes that are looked up in them."""

CODES: Mapping[str, set[str]] = {
    "state": {
        *ExportState,
        *SessionState,
        *Delivery,
        *TaskState,
        "answered",
        "let_in",
        "missing",
        *InvitationState,
        "in",
        "left",
    },
    "stage": set(Stage),
    "scope": set(CoverScope),
    "reason": {"planned", "sudden"},
    "wrong": {"own", "sudden"},
    "what": {Erasable.PERSON, Erasable.CONVERSATION},
    "group": set(Group),
    "who": set(Whose),
    "form": {*MailForm, *ExportFormat},
    "channel": set(Channel),
    "role": set(Role),
    "mode": set(EmailMode),
    "stopped": {"", *NOT_SENT},
    "way": {"days"},
    "kind": {*Kind, EntryKind.EVENT, "chat", "letter", "day", "past_session", "session", "slot", "unshown"},
    "word": {"", "asked", "choose", *WordVerdict},
    "alone": {"", "yes", "no"},
    "trouble": {"wrong", "too_many", "busy", "signed_out", "over", "passkey"},
    "current": {"today", "inbox", "calendar", "screener", "admin", "practice", "rules", "trail", "account"},
    "deed": set(Undoable),
    "done": {
        *("mode", "key", "wishes", "language", "forgotten", "changed", "withdrawn", "let-go", "let-in"),
        *("password", "ended", "factor", "founded", "off", "told", "again", "stopped", "device", "sheet"),
        *(
            "agreed",
            "begun",
            "joined",
            "left",
            "answer",
            "days",
            "sessions",
            "identity",
            "keeping",
            "exits",
            "allowed",
            "refused",
            "nobody-waits",
            "asked-who",
            "asks-no-more",
            "allowed-who",
        ),
        *("exchange", "proposed"),
        *("added", "removed", "address", "begun-again", "asked", "asked-no-more", "asked-who", "allowed-who"),
    },
    "mail_mode": {*EmailMode, "none", "unreachable"},
    "identity": set(Identity),
    "app": set(AppName),
    "mail": set(EmailMode),
    "outcome": {"", "sent", "refused"},
    "sheet": {"", "remains", "kept"},
    "factor": {"on", "grace", "off"},
    "where": {"password", "told"},
    "told": {"0", "15", "60", "240", "never"},
    "step": {
        "begin",
        "offered",
        "codes",
        "fresh",
        "off",
        *PROOFS,
        *("link", "stop", "stopped", "wished", "over"),
        *("remains", "shown", "ask", "kept"),
    },
    "purpose": set(PURPOSES),
}
"""What a template may compare an attribute with, by the attribute's name."""


@cache
def enumerations() -> dict[str, list[type[Enum]]]:
    """Those of the four floors, by name: some names stand twice."""
    found: dict[str, list[type[Enum]]] = {}
    for floor in (messaging, threads, channels, web):
        for one in pkgutil.walk_packages(floor.__path__, f"{floor.__name__}."):
            if one.name == "threads.migrations.env":
                continue
            for name, held in vars(importlib.import_module(one.name)).items():
                if isinstance(held, type) and issubclass(held, Enum) and held.__module__ == one.name:
                    found.setdefault(name, []).append(held)
    return found


def member(node: ast.AST | None) -> tuple[str, str] | None:
    """`SessionState.LIVE` as its two names."""
    if not isinstance(node, ast.Attribute):
        return None
    owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
    return (owner, node.attr) if owner in enumerations() else None


def is_whole(name: str, members: set[str]) -> bool:
    return any(members == set(one.__members__) for one in enumerations()[name])


def partial_tables(file: Source) -> Iterator[str]:
    for node in file.nodes:
        if isinstance(node, ast.Dict):
            keys = [found for key in node.keys if (found := member(key))]
            if keys and not is_whole(keys[0][0], {name for _, name in keys}):
                yield f"{file.place}:{node.lineno}"


def open_matches(file: Source) -> Iterator[str]:
    """A match on members whose last case is not `assert_never`. Of several values at once mypy proves none."""
    for node in file.nodes:
        if not isinstance(node, ast.Match) or isinstance(node.subject, ast.Tuple):
            continue
        named = any(member(part) for case in node.cases for part in ast.walk(case.pattern))
        if named and "assert_never" not in ast.unparse(node.cases[-1]):
            yield f"{file.place}:{node.lineno}"


PYTHON = sources(".py", below=FLOORS)


def test_the_walk_finds_the_enumerations() -> None:
    assert {"SessionState", "EventName", "MailState", "Role", "Delivery"} <= enumerations().keys()


def test_a_table_over_an_enumeration_has_all_of_its_members() -> None:
    assert [hit for file in PYTHON for hit in partial_tables(file)] == []


def test_a_match_over_an_enumeration_ends_with_assert_never() -> None:
    assert [hit for file in PYTHON if file.place not in OPEN for hit in open_matches(file)] == []


@pytest.mark.parametrize(
    ("source", "partial", "unended"),
    [
        ("{SessionState.LIVE: 1}", 1, 0),
        ("match x:\n  case SessionState.LIVE: pass\n  case _: pass", 0, 1),
        ("match x:\n  case SessionState.LIVE: pass\n  case _: assert_never(x)", 0, 0),
        ("{Turn.ASKS: 1, Turn.ANSWERS: 2, Turn.NEITHER: 3}", 0, 0),
    ],
)
def test_the_rules_find_what_they_are_for(source: str, partial: int, unended: int) -> None:
    file = Source("x.py", source)
    assert (len(list(partial_tables(file))), len(list(open_matches(file)))) == (partial, unended)


@pytest.mark.parametrize("name", WORDS)
def test_the_templates_have_words_for_every_code(name: str) -> None:
    assert set(getattr(environment().get_template("parts/_words.html").module, name)) == WORDS[name]


def test_every_state_of_a_mail_is_told_in_words_of_its_own() -> None:
    said = {
        str(environment().get_template("parts/_words.html").module.carriage(Carriage(state), HERE))  # type: ignore[attr-defined]
        for state in Delivery
    }
    assert len(said) == len(Delivery)


def test_a_template_compares_only_with_codes_there_are() -> None:
    wrong = []
    for path in sorted(WEB.rglob("*.html")):
        for one in environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Compare):
            if not isinstance(one.expr, nodes.Getattr):
                continue
            known = CODES.get(one.expr.attr)
            for other in one.ops:
                if other.op not in ("eq", "ne", "in", "notin"):
                    continue
                for const in (other.expr, *other.expr.find_all(nodes.Const)):
                    value = getattr(const, "value", None)
                    if isinstance(value, str) and (known is None or value not in known):
                        wrong.append(f"{path.name}:{one.lineno} {one.expr.attr} {value!r}")
    assert wrong == []


def test_whatever_a_letter_is_held_for_is_said_in_words() -> None:
    """Reasons are kept as text: what is handed to `hold` is looked up here."""
    given = {
        node.args[2].value
        for file in sources(".py", below=("channels", "messaging"))
        for node in file.nodes
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "hold"
        if len(node.args) > 2 and isinstance(node.args[2], ast.Constant)
    }
    assert "encrypted" in given
    assert given | set(Reason) <= HELD.keys()


def test_every_state_of_a_mail_has_its_place_among_the_grave_ones() -> None:
    assert sorted(GRAVEST) == sorted(MailState)


def test_whatever_is_known_of_a_signature_is_said_in_words() -> None:
    assert SIGNATURES.keys() == set(Signed)
