"""Notes by the API: progress notes for a conversation's clinicians, process notes for their author."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from messaging.ids import PersonId
from messaging.letters.writing import Letter, write_letter
from messaging.notes.note import NOTE_LIMIT, PAGE
from messaging.people import Person, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import join_circle, leave_circle
from messaging.practice.founding import NewPerson, add_person
from messaging.sessions.booking import book
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.hostile import Door, Reply, as_json

KINDS = pytest.mark.parametrize("kind", ["progress", "process"])
WORDS = "She walked through the gate."


class Notes:
    """The notes about Ruth, or somebody else of the cast, as one person after the other asks for them."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.door = cast, Door(cast.house)
        self.further = dict[str, Person]()

    async def colleague(self, name: str, role: Role = Role.PSYCHIATRIST) -> Person:
        """Somebody else who works here, and is in no conversation yet."""
        new = NewPerson(role, f"{name}-{uuid4().hex[:8]}", name.title())
        self.further[name] = await add_person(self.cast.office, self.cast.practice.id, new)
        return self.further[name]

    async def ask(self, who: str | None, method: str, path: str, body: Any = None, of: str = "ruth") -> Reply:
        headers = {"content-type": "application/json"}
        if who is not None:
            person = self.further.get(who) or self.cast[who]
            headers |= {"authorization": f"Bearer {await self.cast.token_of(person)}"}
        place = f"/api/v1/conversations/{self.cast.conversation(of)}/notes/{path}"
        return await self.door.ask(method, place, b"" if body is None else as_json(body), headers)

    async def told(self, who: str, path: str, of: str = "ruth") -> Any:
        reply = await self.ask(who, "GET", path, of=of)
        assert reply.status == 200, reply.text
        return json.loads(reply.body)

    async def made(self, who: str, kind: str, text: str = WORDS, of: str = "ruth", **more: Any) -> Any:
        reply = await self.ask(who, "POST", kind, {"text": text, **more}, of=of)
        assert reply.status == 201, reply.text
        return json.loads(reply.body)


@pytest.fixture
def notes(cast: Cast) -> Notes:
    return Notes(cast)


@KINDS
async def test_a_note_is_kept_read_changed_and_taken_away(notes: Notes, kind: str) -> None:
    made = await notes.made("mira", kind)
    mira = notes.cast["mira"]
    assert (made["text"], made["author"]) == (
        WORDS,
        {"id": str(mira.id), "name": "Dr Mira", "role": "therapist"},
    )
    assert made["at"]
    later = await notes.made("mira", kind, "And back.")
    assert [one["id"] for one in (await notes.told("mira", kind))["notes"]] == [later["id"], made["id"]]
    place = f"{kind}/{made['id']}"
    assert (await notes.told("mira", place))["text"] == WORDS
    changed = await notes.ask("mira", "PUT", place, {"text": "She ran through it."})
    assert (changed.status, json.loads(changed.body)["text"]) == (200, "She ran through it.")
    assert (await notes.told("mira", place))["text"] == "She ran through it."
    assert (await notes.ask("mira", "DELETE", place)).status == 204
    assert (await notes.ask("mira", "GET", place)).status == 404
    assert (await notes.ask("mira", "PUT", place, {"text": "x"})).status == 404
    assert (await notes.ask("mira", "DELETE", place)).status == 404
    assert [one["id"] for one in (await notes.told("mira", kind))["notes"]] == [later["id"]]


@KINDS
async def test_nobody_but_a_clinician_of_the_conversation_is_told_that_there_are_notes(
    notes: Notes, kind: str
) -> None:
    """Clients, administrators, colleagues elsewhere: what is there and what is not look alike to them."""
    made = await notes.made("mira", kind)
    await notes.colleague("kim", Role.SUPERVISOR)
    for who in ("ruth", "linden", "nour", "eli", "kim"):
        for method, body in (("GET", None), ("PUT", {"text": "x"}), ("DELETE", None)):
            there = await notes.ask(who, method, f"{kind}/{made['id']}", body)
            nowhere = await notes.ask(who, method, f"{kind}/{uuid4()}", body)
            assert (there.status, there.text) == (404, nowhere.text), (who, method)
        assert (await notes.ask(who, "GET", kind)).status == 404
        assert (await notes.ask(who, "POST", kind, {"text": "mine"})).status == 404
    assert (await notes.ask(None, "GET", kind)).status == 401
    elsewhere = await notes.ask("mira", "GET", f"{kind}/{made['id']}", of="linden")
    assert elsewhere.status == 404, "of another conversation"
    other = "process" if kind == "progress" else "progress"
    assert (await notes.ask("mira", "GET", f"{other}/{made['id']}")).status == 404, "nor of the other kind"
    assert (await notes.told("mira", kind))["notes"] == [made]


@KINDS
async def test_what_is_not_agreed_is_named(notes: Notes, kind: str) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"text": WORDS, "kind": "process"},
        {"text": WORDS, "key": "1"},
        {},
        {"text": 1},
        {"text": " "},
    )
    for body in wrong:
        assert (await notes.ask("mira", "POST", kind, body)).status == 422, body
    assert "'kind'" in (await notes.ask("mira", "POST", kind, {"text": WORDS, "kind": "x"})).text
    assert (await notes.ask("mira", "POST", kind, {"text": "x" * (NOTE_LIMIT + 1)})).status == 413
    made = await notes.made("mira", kind, "x" * NOTE_LIMIT)
    changes: list[dict[str, Any]] = [
        {"text": WORDS, "at": "now"},
        {"text": WORDS, "version": True},
        {"version": 1},
    ]
    for body in changes:
        assert (await notes.ask("mira", "PUT", f"{kind}/{made['id']}", body)).status == 422, body
    assert (await notes.ask("mira", "GET", f"{kind}?before=1")).status == 422
    assert (await notes.ask("mira", "GET", f"{kind}/1")).status == 404


@KINDS
async def test_the_same_key_again_is_the_same_note(notes: Notes, kind: str) -> None:
    key = str(uuid4())
    made = await notes.made("mira", kind, key=key)
    again = await notes.ask("mira", "POST", kind, {"text": WORDS, "key": key})
    assert (again.status, json.loads(again.body)) == (200, made)
    other = await notes.ask("mira", "POST", kind, {"text": "Other words.", "key": key})
    assert (other.status, json.loads(other.body)["type"]) == (409, "/problems/key_reused")
    assert len((await notes.told("mira", kind))["notes"]) == 1


@KINDS
async def test_two_pages_that_change_one_note_do_not_overwrite_each_other(notes: Notes, kind: str) -> None:
    made = await notes.made("mira", kind)
    place = f"{kind}/{made['id']}"
    assert (await notes.ask("mira", "PUT", place, {"text": "First.", "version": 1})).status == 200
    late = await notes.ask("mira", "PUT", place, {"text": "Second.", "version": 1})
    assert late.status == 409
    assert (await notes.told("mira", place))["text"] == "First."


@KINDS
async def test_many_notes_come_page_by_page(notes: Notes, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [await notes.made("mira", kind, f"Note {number}.") for number in range(PAGE + 3)]
    first = await notes.told("mira", kind)
    assert len(first["notes"]) == PAGE
    rest = await notes.told("mira", f"{kind}?before={first['next']}")
    assert rest["next"] is None
    assert [one["id"] for one in (*first["notes"], *rest["notes"])] == [one["id"] for one in reversed(made)]


@KINDS
async def test_a_note_may_be_about_a_session_of_this_conversation_alone(notes: Notes, kind: str) -> None:
    cast = notes.cast
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    session = await book(cast.office, held, cast.office.clock() + timedelta(days=1), 50)
    made = await notes.made("mira", kind, session=str(session.id))
    assert made["session"] == str(session.id)
    other = await notes.ask("mira", "POST", kind, {"text": WORDS, "session": str(session.id)}, of="linden")
    assert other.status == 404


async def test_a_progress_note_is_amended_and_never_overwritten(notes: Notes) -> None:
    """Every version stays, and what was taken out leaves a line with who and when."""
    made = await notes.made("mira", "progress")
    place = f"progress/{made['id']}"
    for text in ("Second words.", "Third words."):
        assert (await notes.ask("mira", "PUT", place, {"text": text})).status == 200
    assert (await notes.ask("mira", "PUT", place, {"text": "Third words."})).status == 200, (
        "the same is no version"
    )
    told = await notes.told("mira", place)
    assert (told["text"], told["version"], told["at"]) == ("Third words.", 3, made["at"])
    assert [one["text"] for one in told["earlier"]] == [WORDS, "Second words."]
    assert (await notes.ask("mira", "DELETE", place)).status == 204
    told = await notes.told("mira", "progress")
    assert told["notes"] == []
    (line,) = told["taken_out"]
    assert (line["id"], line["author"]["name"], "text" in line) == (made["id"], "Dr Mira", False)
    assert line["changed_at"] is not None


async def test_colleagues_of_a_conversation_read_each_others_progress_notes_and_change_only_their_own(
    notes: Notes,
) -> None:
    cast = notes.cast
    kim = await notes.colleague("kim")
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), kim.id)
    made = await notes.made("mira", "progress")
    own = await notes.made("kim", "progress", "Kim saw it too.")
    for who in ("mira", "kim"):
        assert [one["id"] for one in (await notes.told(who, "progress"))["notes"]] == [own["id"], made["id"]]
    for method, body in (("PUT", {"text": "x"}), ("DELETE", None)):
        assert (await notes.ask("kim", method, f"progress/{made['id']}", body)).status == 404


async def test_process_notes_are_their_authors_alone_among_colleagues(notes: Notes) -> None:
    cast = notes.cast
    kim = await notes.colleague("kim")
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), kim.id)
    made = await notes.made("mira", "process")
    own = await notes.made("kim", "process", "Kim's own.")
    assert (await notes.told("mira", "process"))["notes"] == [made]
    assert (await notes.told("kim", "process"))["notes"] == [own]
    for method, body in (("GET", None), ("PUT", {"text": "x"}), ("DELETE", None)):
        assert (await notes.ask("kim", method, f"process/{made['id']}", body)).status == 404


async def test_who_joins_later_reads_the_progress_notes_made_since(notes: Notes) -> None:
    """Notes of before are about what they may not read."""
    cast = notes.cast
    made = await notes.made("mira", "progress")
    kim = await notes.colleague("kim")
    await enough_said(cast)
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), kim.id)
    later = await notes.made("mira", "progress", "Since then.")
    assert [one["id"] for one in (await notes.told("kim", "progress"))["notes"]] == [later["id"]]
    assert (await notes.ask("kim", "GET", f"progress/{made['id']}")).status == 404


async def enough_said(cast: Cast) -> None:
    """A letter, so that there is something of before."""
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), "Of before."))


@KINDS
async def test_who_has_left_reads_and_writes_no_note_any_more(notes: Notes, kind: str) -> None:
    cast = notes.cast
    kim = await notes.colleague("kim")
    conversation = cast.conversation("ruth")
    await join_circle(cast.office, cast["nour"], conversation, kim.id)
    own = await notes.made("kim", kind)
    await leave_circle(cast.office, cast["nour"], conversation, kim.id)
    for method, path, body in (
        ("GET", kind, None),
        ("POST", kind, {"text": "x"}),
        ("GET", f"{kind}/{own['id']}", None),
        ("PUT", f"{kind}/{own['id']}", {"text": "x"}),
        ("DELETE", f"{kind}/{own['id']}", None),
    ):
        assert (await notes.ask("kim", method, path, body)).status == 404
    if kind == "progress":
        assert [one["id"] for one in (await notes.told("mira", kind))["notes"]] == [own["id"]], (
            "the record keeps it"
        )
    else:
        assert (await notes.told("mira", kind))["notes"] == []
    await change_person(cast.office, cast["nour"], PersonId(kim.id), Changes(active=False))
    assert (await notes.ask("kim", "GET", kind)).status in (401, 404)
