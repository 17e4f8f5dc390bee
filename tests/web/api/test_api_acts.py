"""What programs do with what was said, by the acts of the pages: read marks, settling, corrections, and files."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from messaging.arriving.files import check_due
from messaging.letters.writing import Letter, write_letter
from messaging.record.amending import A_MOMENT
from messaging.record.posting import say
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.hostile import Door, Reply
from tests.web.pages.staff.test_files import PAGE, PICTURE, Strict, held_letter


@dataclass
class Api:
    """The API, asked by one of the cast about Ruth's conversation."""

    cast: Cast
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        self.door = Door(self.cast.house)

    async def raw(self, who: str, method: str, path: str, body: Any = None) -> Reply:
        headers = {
            "authorization": f"Bearer {await self.cast.token(who)}",
            "content-type": "application/json",
        }
        sent = b"" if body is None else json.dumps(body).encode()
        return await self.door.ask(method, f"/api/v1{path}", sent, headers)

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        place = f"/conversations/{self.cast.conversation('ruth')}{path}"
        reply = await self.raw(who, method, place, body)
        return reply.status, json.loads(reply.body or b"null")

    async def row(self, who: str) -> Any:
        found = json.loads((await self.raw(who, "GET", "/conversations")).body)["conversations"]
        return next(one for one in found if one["id"] == str(self.cast.conversation("ruth")))

    async def entries(self, who: str) -> list[Any]:
        found: list[Any] = (await self.ask(who, "GET", "/messages"))[1]["messages"]
        return found


@pytest.fixture
async def api(cast: Cast) -> Api:
    return Api(cast)


async def letter(cast: Cast, who: str, text: str = "A letter.") -> None:
    held, circle = await cast.enter(who, "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), text))


async def words(cast: Cast, who: str = "ruth") -> int:
    """Live words, in a session; their number."""
    held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    if circle.conversation.live is None:
        await open_session(cast.office, held)
    speaker, _ = await cast.enter(who, "ruth", Deed.SAY)
    return (await say(cast.office, speaker, uuid4(), "I am fien")).number


def key() -> dict[str, str]:
    return {"key": str(uuid4())}


# ---------------------------------------------------------------- reading


async def test_a_read_mark_moves_forward_never_back_and_never_beyond_what_is_there(
    cast: Cast, api: Api
) -> None:
    for _ in range(3):
        await letter(cast, "ruth")
    assert (await api.row("mira"))["unread"] == 3
    for sent, stands, unread in ((2, 2, 1), (1, 2, 1), (99, 2, 1), (3, 3, 0)):
        assert await api.ask("mira", "PUT", "/read-mark", {"number": sent}) == (200, {"number": stands})
        assert (await api.row("mira"))["unread"] == unread
    _, circle = await cast.enter("ruth", "ruth")
    ruths = circle.conversation.member(cast["ruth"].id)
    assert ruths is not None
    assert ruths.read_number == 0


@pytest.mark.parametrize("number", [0, -1, 2**31, 1.5, "1", True, None])
async def test_what_is_no_number_marks_nothing(cast: Cast, api: Api, number: object) -> None:
    await letter(cast, "ruth")
    assert (await api.ask("mira", "PUT", "/read-mark", {"number": number}))[0] == 422
    assert (await api.row("mira"))["unread"] == 1


# ---------------------------------------------------------------- settling


async def test_a_letter_is_settled_once_by_who_cares(cast: Cast, api: Api) -> None:
    await letter(cast, "ruth")
    once = key()
    assert (await api.ask("ruth", "POST", "/settle", once))[0] == 404
    assert (await api.ask("eli", "POST", "/settle", once))[0] == 404
    first = await api.ask("mira", "POST", "/settle", once)
    assert first[0] == 201
    assert await api.ask("mira", "POST", "/settle", once) == (200, first[1])
    assert (await api.row("mira"))["waiting_since"] is None
    assert [one.get("event") for one in await api.entries("mira")] == [None, "needs_no_answer"]
    status, problem = await api.ask("mira", "POST", "/settle", key())
    assert (status, problem["type"]) == (409, "/problems/nothing_waits")
    assert len(await api.entries("mira")) == 2


async def test_a_key_of_other_words_settles_nothing(cast: Cast, api: Api) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    used = uuid4()
    await write_letter(cast.office, held, circle, Letter(used, "Dear Ruth"))
    await letter(cast, "ruth")
    status, problem = await api.ask("mira", "POST", "/settle", {"key": str(used)})
    assert (status, problem["type"]) == (409, "/problems/key_reused")
    assert (await api.row("mira"))["waiting_since"]


# ---------------------------------------------------------------- correcting, withdrawing


async def test_live_words_are_corrected_and_taken_back_once_for_each_key(cast: Cast, api: Api) -> None:
    number = await words(cast)
    better = {**key(), "text": "I am fine"}
    first = await api.ask("ruth", "POST", f"/messages/{number}/correct", better)
    assert first[0] == 201
    assert await api.ask("ruth", "POST", f"/messages/{number}/correct", better) == (200, first[1])
    other = {**better, "text": "Other words"}
    status, problem = await api.ask("ruth", "POST", f"/messages/{number}/correct", other)
    assert (status, problem["type"]) == (409, "/problems/key_reused")
    shown = next(one for one in await api.entries("mira") if one["number"] == number)
    assert (shown["text"], shown["edited"]) == ("I am fine", True)

    gone = key()
    first = await api.ask("ruth", "POST", f"/messages/{number}/withdraw", gone)
    assert first[0] == 201
    assert await api.ask("ruth", "POST", f"/messages/{number}/withdraw", gone) == (200, first[1])
    assert (await api.ask("ruth", "POST", f"/messages/{number}/correct", {**key(), "text": "x"}))[0] == 404
    shown = next(one for one in await api.entries("mira") if one["number"] == number)
    assert shown["withdrawn"] is True
    assert "text" not in shown


@pytest.mark.parametrize("act", ["correct", "withdraw"])
async def test_what_is_not_ones_own_live_word_is_not_there(cast: Cast, api: Api, act: str) -> None:
    number = await words(cast)
    theirs = await words(cast, "mira")
    body = key() | ({"text": "Now."} if act == "correct" else {})
    for who, wanted in (
        ("mira", number),
        ("ruth", theirs),
        ("ruth", 1),
        ("ruth", 99),
        ("ruth", 0),
        ("eli", number),
    ):
        assert (await api.ask(who, "POST", f"/messages/{wanted}/{act}", body))[0] == 404, (who, wanted)
    for name in ("x", "-1", "1.0", "\u00b2"):
        assert (await api.ask("ruth", "POST", f"/messages/{name}/{act}", body))[0] == 404
    assert (await api.ask("ruth", "POST", f"/messages/{number}/{act}", body))[0] == 201


async def test_a_letter_is_neither_corrected_nor_taken_back(cast: Cast, api: Api) -> None:
    await letter(cast, "ruth")
    assert (await api.ask("ruth", "POST", "/messages/1/correct", {**key(), "text": "Now."}))[0] == 404
    assert (await api.ask("ruth", "POST", "/messages/1/withdraw", key()))[0] == 404


async def test_after_the_moment_it_is_too_late(cast: Cast, api: Api) -> None:
    number = await words(cast)
    later = cast.office.clock() + A_MOMENT + timedelta(seconds=1)
    house = replace(cast.house, office=replace(cast.office, clock=lambda: later))
    api.door = Door(house)
    for act, body in (("correct", {"text": "Now."}), ("withdraw", {})):
        status, problem = await api.ask("ruth", "POST", f"/messages/{number}/{act}", {**key(), **body})
        assert (status, problem["type"]) == (409, "/problems/too_late")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/read-mark", {"number": 1}),
        ("POST", "/settle", {}),
        ("POST", "/messages/1/correct", {"text": "Now."}),
        ("POST", "/messages/1/withdraw", {}),
    ],
)
async def test_a_field_that_is_not_known_is_named_and_nothing_is_done(
    cast: Cast, api: Api, method: str, path: str, body: dict[str, object]
) -> None:
    await letter(cast, "ruth")
    whole = body if method == "PUT" else {**key(), **body}
    status, problem = await api.ask("mira", method, path, {**whole, "numbr": 1})
    assert status == 422
    assert "'numbr'" in problem["detail"]
    assert len(await api.entries("mira")) == 1


# ---------------------------------------------------------------- files


async def with_files(cast: Cast, api: Api) -> list[UUID]:
    """A letter with two files, let in; their ids."""
    held = await held_letter(cast, "With two files.", "ruth")
    form = {"authorization": f"Bearer {await cast.token('mira')}"}
    body = urlencode({"conversation": str(cast.conversation("ruth"))}).encode()
    form["content-type"] = "application/x-www-form-urlencoded"
    assert (await api.door.ask("POST", f"/screener/{held}/attach", body, form)).status == 303
    return [UUID(one["id"]) for one in (await api.entries("ruth"))[0]["attachments"]]


def place(cast: Cast, file: UUID, conversation: str = "ruth") -> str:
    return f"/conversations/{cast.conversation(conversation)}/files/{file}"


async def test_files_are_listed_and_handed_out_to_who_may_read_them(cast: Cast, api: Api) -> None:
    files = await with_files(cast, api)
    for who in ("ruth", "mira"):
        listed = (await api.entries(who))[0]["attachments"]
        assert [(one["name"], one["content_type"], one["size"], one["state"]) for one in listed] == [
            (PAGE.name, PAGE.content_type, len(PAGE.content), "clean"),
            (PICTURE.name, PICTURE.content_type, len(PICTURE.content), "clean"),
        ]
        for file, content in zip(files, (PAGE.content, PICTURE.content), strict=True):
            reply = await api.raw(who, "GET", place(cast, file))
            assert (reply.status, reply.body) == (200, content)
            assert reply.headers["content-disposition"].startswith("attachment;")
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in reply.headers["content-security-policy"]
            assert reply.headers["content-type"] in ("application/octet-stream", "image/png")
    for who in ("eli", "omar", "ben", "nour"):
        assert (await api.raw(who, "GET", place(cast, files[0]))).status == 404
    for elsewhere in (
        place(cast, files[0], "linden"),
        place(cast, uuid4()),
        f"{place(cast, files[0])[:-1]}x",
    ):
        assert (await api.raw("mira", "GET", elsewhere)).status == 404


async def test_a_file_nobody_looked_at_or_in_which_something_was_found_is_not_handed_out(
    cast: Cast, api: Api
) -> None:
    object.__setattr__(cast.office, "checks_files", True)  # as the operator's setting would
    files = await with_files(cast, api)

    async def stand() -> list[tuple[str, int]]:
        listed = (await api.entries("mira"))[0]["attachments"]
        replies = [await api.raw("mira", "GET", place(cast, one)) for one in files]
        assert all(b"<script" not in reply.body for reply in replies)
        return [(one["state"], reply.status) for one, reply in zip(listed, replies, strict=True)]

    assert await stand() == [("waiting", 409), ("waiting", 409)]
    assert await check_due(cast.office, Strict(), 60, 5) == 2
    assert await stand() == [("infected", 409), ("clean", 200)]
