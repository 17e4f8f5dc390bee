"""A page makes one call for one deed: what belongs together is one act, and stands or falls together.

Followed from each endpoint that changes something, and from what each frame of a socket leads to, by its own source and
that of what it calls on its floor: along no way through it are two acts called that change anything. What only looks is
named here, so that a new act counts until somebody has said that it looks.
"""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any, get_type_hints

import pytest
from starlette.routing import BaseRoute, Mount, Route

from channels.chat.hub import Hub
from channels.chat.protocol import Protocol
from web.api.routes import ROUTES as API
from web.pages.routes import ROUTES as PAGES

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LOOKS = frozenset(
    {
        # who asks, and whether they may
        "assignments.half_done.half_done",
        "assignments.standing.assignment",
        "assignments.standing.assignment_named",
        "assignments.standing.assignments_of",
        "assignments.standing.series",
        "assignments.standing.standing",
        "absence.shown.absences_here",
        "absence.shown.asked_of",
        "absence.shown.may_be_said_of",
        "absence.shown.may_stand_in",
        "absence.shown.own_absence",
        "agreements.accepting.agreements_of",
        "agreements.documents.document_of",
        "agreements.documents.documents_of",
        "backup.on_paper.asked_groups",
        "backup.on_paper.may_renew",
        "backup.on_paper.paper_of",
        "entrance.half_way.half_way_in",
        "entrance.hats.administers",
        "entrance.hats.other_hat",
        "entrance.known_devices.known_device",
        "entrance.own_ways.sign_ins_of",
        "entrance.passkeys.ask_to_make",
        "entrance.passkeys.ask_to_sign",
        "entrance.passkeys.passkeys_of",
        "entrance.recovery_phrases.phrase_since",
        "entrance.second_factors.codes_left",
        "entrance.second_factors.has_app",
        "entrance.second_factors.is_due",
        "entrance.second_factors.stand_of",
        "entrance.signing_in.name_hash",
        "entrance.signing_in.well_chosen",
        "entrance.signing_in.who",
        "entrance.stepping_up.is_stepped_up",
        "entrance.stepping_up.may_add_factor",
        "entrance.stepping_up.must_be_let_add_factor",
        "entrance.stepping_up.must_be_stepped_up",
        "ending.planning.ending_of",
        "plans.plan.plan_of",
        "plans.plan.versions",
        "plans.plan.versions_of",
        "integrating.events.checked_types",
        "integrating.events.must_see_events",
        "integrating.service_accounts.account_showing",
        "integrating.service_accounts.must_administer",
        "integrating.service_accounts.must_leave_alone",
        "practice.circles.arranged",
        "pushing.subscriptions.must_be_able",
        "pushing.subscriptions.read_endpoint",
        "practice.circles.may_begin_with",
        "practice.circles.may_join",
        "practice.founding.practice_named",
        "practice.operating.only_practice",
        "practice.operating.practice_ids",
        "record.reading.enter",
        "sessions.finding.session_in",
        "sessions.finding.session_named",
        "sessions.finding.sessions_named",
        "sessions.holding.session_of",
        "slips.opened_slip",
        "slips.sealed_slip",
        # what a page shows once more where it was refused; that it was opened, and how far it was read, goes with reading
        "arriving.files.file_checks",
        "arriving.general.complaints",
        "arriving.screening.held",
        "exporting.asking.exports_of",
        "inbox.day.letters_due",
        "inbox.day.letters_on_their_way",
        "inbox.day.next_promise",
        "inbox.heads.circles_of",
        "inbox.heads.counts",
        "inbox.heads.heads",
        "inbox.heads.labels_in_use",
        "inbox.heads.own",
        "inbox.heads.own_with",
        "inbox.labels.labels_of",
        "inbox.labels.mark_of",
        "inbox.listing.changed_lines",
        "inbox.listing.held_letters",
        "inbox.listing.inbox",
        "inbox.listing.unarrived",
        "leaving.delivering.deliveries",
        "leaving.keys.has_offered",
        "leaving.keys.key_of",
        "leaving.keys.practice_key",
        "letters.drafts.drafts_of",
        "letters.sending_later.pending_letters",
        "letters.sending_later.standing",
        "letters.snippets.snippets_of",
        "notes.beside.beside_letter",
        "notes.beside.beside_session",
        "notes.beside.kept_beside",
        "notes.process.own_note",
        "notes.process.own_notes",
        "notes.progress.note_with_versions",
        "notes.progress.notes_of",
        "practice.breaking_glass.standing_of",
        "practice.joining.listed_alone",
        "practice.letting_back.wish_of",
        "practice.letting_back.wishes",
        "practice.ways_back.own_wish",
        "practice.ways_back.way_back",
        "practice.overseeing.everyone",
        "practice.taking_on.carers",
        "practice.taking_on.circles_with",
        "record.following.live_sessions",
        "record.following.open_to_follow",
        "record.past.latest_letter_by",
        "record.posting.can_offer",
        "record.reading.entries_before",
        "record.reading.entry_numbered",
        "record.reading.first_said",
        "record.reading.mark_read",
        "record.reading.note_opening",
        "record.reading.open_circle",
        "sessions.at_hand.due_session",
        "sessions.at_hand.session_at_hand",
        "sessions.finding.sessions_ahead",
        "sessions.finding.sessions_between",
        "sessions.finding.sessions_of",
        "sessions.finding.slot_offered",
        "sessions.happening.last_answers",
        "sessions.offering.free_for",
        "sessions.offering.offered",
        "sessions.recognising.word_chosen",
        "sessions.standings.last_check_in",
        "sessions.standings.standings",
    }
)
SEVERAL = {
    "web.pages.staff.flow.handled": "what stands in the field is kept first: no press of a key may lose it",
    "web.pages.staff.flow.undo": "the same",
    "web.pages.public.invited.accept": "whoever was signed in on this browser is signed out, as they were asked",
    "web.pages.public.sign_in.sign_in": "whoever was signed in here before is signed out",
    "web.pages.public.sign_in.sign_in_with_code": "the same, after the code",
    "web.pages.public.passkey.sign_in": "the same, with a passkey",
    "web.pages.client.letter_writing.post": "the files that come with the form are kept first, each by itself",
    "web.pages.staff.conversation.post_letter": "the same",
    "web.pages.staff.flow.send": "the same",
    "web.pages.staff.look.second_look": "the same; the letter itself is kept as a draft",
    "web.pages.public.sign_in.sign_out": "what stood in a field is kept first; the way out stays open in any case",
}
"""Endpoints that do several things, and why."""


FRAMES: tuple[Callable[..., Any], ...] = (Protocol._do, Protocol._dispatch, Protocol._say_at_once)
"""What each frame leads to: at once, when memory was asked, and words whose conversation is at hand."""


def endpoints() -> Iterator[Callable[..., Any]]:
    """What answers a request that changes something."""
    yield from dict.fromkeys(
        _plain(route.endpoint)
        for route in (*_routes(PAGES), *_routes(API.routes))
        if CHANGING & (route.methods or set())
    )


def _routes(routes: Sequence[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _routes(route.routes)
        elif isinstance(route, Route):
            yield route


def _plain(endpoint: Any) -> Callable[..., Any]:
    while isinstance(endpoint, partial):
        endpoint = endpoint.func
    plain: Callable[..., Any] = inspect.unwrap(endpoint)
    return plain


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


@cache
def most_acts(function: Callable[..., Any]) -> tuple[str, ...]:
    """The acts that change something along the way through a function of these floors that has the most of them."""
    module = sys.modules[function.__module__]
    owner = getattr(module, function.__qualname__.partition(".")[0])
    _, longest = _Ways(module, owner if inspect.isclass(owner) else None).through(_body(function))
    return longest


def _body(function: Callable[..., Any]) -> list[ast.stmt]:
    within: ast.AST = ast.parse(inspect.getsource(sys.modules[function.__module__]))
    for name in function.__qualname__.split("."):
        held: list[ast.stmt] = getattr(within, "body", [])
        within = next((one for one in held if getattr(one, "name", "") == name), ast.Module([], []))
    return getattr(within, "body", [])


def parts_of(owner: type) -> dict[str, type]:
    """What an object keeps under which name, as its `__init__` is given it: `self._hub = hub`, of `hub: Hub`."""
    made: Any = vars(owner).get("__init__")
    given = get_type_hints(made) if made else {}
    kept = {}
    for one in _body(made) if given else []:
        match one:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name("self"), attr=name)], value=ast.Name(id)):
                kept[name] = given.get(id, object)
    return kept


Acts = tuple[str, ...]


class _Ways:
    """Ways through the statements of one module's functions: (whether all end there, the acts of the fullest)."""

    def __init__(self, module: Any, owner: type | None = None) -> None:
        self._known = vars(module)
        self._owner = owner
        self._parts = parts_of(owner) if owner else {}

    def through(self, body: Sequence[ast.stmt]) -> tuple[bool, Acts]:
        ended: list[Acts] = [()]
        so_far: Acts = ()
        for one in body:
            ends, acts = self._statement(one)
            if ends == "some":
                ended.append(so_far + acts)
                continue
            so_far += acts
            if ends == "all":
                return True, max(*ended, so_far, key=len)
        return False, max(*ended, so_far, key=len)

    def _statement(self, one: ast.stmt) -> tuple[str, Acts]:
        match one:
            case ast.Return() | ast.Raise():
                return "all", self._called(one)
            case ast.If():
                first, second = self.through(one.body), self.through(one.orelse)
                return self._either(self._called(one.test), [first, second])
            case ast.Match():
                ways = [self.through(case.body) for case in one.cases]
                return self._either(self._called(one.subject), ways)
            case ast.Try():
                within, found = self.through(one.body)
                after = max((self.through(handler.body)[1] for handler in one.handlers), key=len, default=())
                tail = self.through([*one.orelse, *one.finalbody])[1]
                # What was refused has changed nothing, but for what it says: the handler's own acts count beside none.
                return "all" if within and not one.handlers else "none", max(found, after, key=len) + tail
            case ast.With() | ast.AsyncWith():
                ends, found = self.through(one.body)
                opened = tuple(act for item in one.items for act in self._called(item.context_expr))
                return "all" if ends else "none", opened + found
            case ast.For() | ast.AsyncFor() | ast.While():
                return "none", self.through([*one.body, *one.orelse])[1]
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return "none", ()
            case _:
                return "none", self._called(one)

    def _either(self, asked: Acts, ways: list[tuple[bool, Acts]]) -> tuple[str, Acts]:
        fullest = max((acts for _, acts in ways), key=len, default=())
        going_on = [acts for ends, acts in ways if not ends]
        if not going_on:
            return "all", asked + fullest
        # One that ends there is not followed by what comes after.
        if not max(going_on, key=len) and fullest:
            return "some", asked + fullest
        return "none", asked + max(going_on, key=len)

    def _called(self, part: ast.AST) -> Acts:
        """What is called in an expression: the acts themselves, and those of functions of these floors."""
        found: Acts = ()
        for call in (one for one in ast.walk(part) if isinstance(one, ast.Call)):
            called = self._function(call.func)
            if called is None:
                continue
            name = name_of(called)
            if name.startswith("messaging.") and call.args and ast.unparse(call.args[0]).endswith("office"):
                act = name.removeprefix("messaging.")
                found += () if act in LOOKS else (act,)
            elif name.startswith(("web.", "channels.chat.")):
                found += most_acts(called)
        return found

    def _function(self, expression: ast.expr) -> Callable[..., Any] | None:
        match expression:
            case ast.Name():
                found = self._known.get(expression.id)
            case ast.Attribute(value=ast.Name("self")):
                found = getattr(self._owner, expression.attr, None)
            case ast.Attribute(value=ast.Attribute(value=ast.Name("self"), attr=part)):
                found = getattr(self._parts.get(part), expression.attr, None)
            case ast.Attribute(value=ast.Name(id=module)):
                found = getattr(self._known.get(module), expression.attr, None)
            case _:
                found = None
        found = inspect.unwrap(found) if callable(found) else None
        return found if inspect.isfunction(found) else None


def test_what_a_frame_leads_to_is_found() -> None:
    assert most_acts(Protocol._say_at_once) == ("record.posting.offer",)
    assert len(most_acts(Protocol._keep)) == 1
    asked = ast.parse("self._hub.open", mode="eval").body
    assert _Ways(sys.modules[Protocol.__module__], Protocol)._function(asked) is Hub.open


def test_there_are_endpoints_that_change_something() -> None:
    assert len(list(endpoints())) > 50
    assert sum(len(most_acts(one)) for one in endpoints()) > 40


def test_whatever_only_looks_is_an_act_there_is() -> None:
    for name in LOOKS:
        module, _, act = name.rpartition(".")
        assert inspect.isfunction(getattr(import_module(f"messaging.{module}"), act, None)), name


def test_one_deed_is_one_act() -> None:
    several = {name_of(one): most_acts(one) for one in (*endpoints(), *FRAMES) if len(most_acts(one)) > 1}
    assert several.keys() == SEVERAL.keys(), several


@pytest.mark.parametrize(
    ("body", "most"),
    [
        ("await end_session(office, 1); await end_session(office, 1)", 2),
        ("if a:\n await end_session(office, 1)\nelse:\n await end_session(office, 2)", 1),
        ("if a:\n await end_session(office, 1)\n return\nawait end_session(office, 2)", 1),
        ("if a:\n await end_session(office, 1)\nawait end_session(office, 2)", 2),
        ("try:\n await end_session(office, 1)\nexcept E:\n await end_session(office, 2)", 1),
        ("with a:\n await end_session(office, 1)\nawait end_session(visit.office, 2)", 2),
        ("await enter(office, 1); await end_session(office, 1)", 1),
    ],
)
def test_the_rule_finds_what_it_is_for(body: str, most: int) -> None:
    module = sys.modules["web.pages.staff.conversation"]
    parsed = ast.parse(f"async def f():\n {body.replace(chr(10), chr(10) + ' ')}").body[0]
    assert isinstance(parsed, ast.AsyncFunctionDef)
    assert len(_Ways(module).through(parsed.body)[1]) == most
