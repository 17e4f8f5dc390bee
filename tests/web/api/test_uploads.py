"""Files brought for a letter by programs: taken, sent once, handed out, taken away; and who may do what."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from channels.email.workers import reading_room
from messaging.arriving.files import CheckerAway
from messaging.arriving.uploaded import attend
from messaging.letters.uploads import AT_MOST, KEPT
from messaging.record.files import PIECE
from tests.cast import Cast
from tests.channels.email.arriving.clamd import EICAR
from tests.web.hostile import Door, Reply
from tests.web.uploading import LIVED_AT, PICTURE, form, jpeg
from threads.tables.record import attachments, file_pieces
from web.house import utc_now


@dataclass
class Desk:
    """The API, asked by one of the cast about a conversation."""

    cast: Cast
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        self.door = Door(self.cast.house)

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> Reply:
        headers = {
            "authorization": f"Bearer {await self.cast.token(who)}",
            "content-type": "application/json",
        }
        sent = b"" if body is None else json.dumps(body).encode()
        return await self.door.ask(method, f"/api/v1{path}", sent, headers)

    def place(self, of: str = "ruth") -> str:
        return f"/conversations/{self.cast.conversation(of)}"

    async def bring(
        self, who: str, name: str, content: bytes, *before: tuple[str, str], of: str = "ruth"
    ) -> Reply:
        body, kind = form(*((n, None, v.encode()) for n, v in before), ("file", name, content))
        headers = {"authorization": f"Bearer {await self.cast.token(who)}", "content-type": kind}
        return await self.door.ask("POST", f"/api/v1{self.place(of)}/files", body, headers)

    async def brought(self, who: str, name: str, content: bytes, *before: tuple[str, str]) -> Any:
        reply = await self.bring(who, name, content, *before)
        assert reply.status == 201, reply.body
        return json.loads(reply.body)

    async def send(self, who: str, *files: str, of: str = "ruth", key: UUID | None = None) -> Reply:
        letter = {"key": str(key or uuid4()), "text": "With a file.", "files": list(files)}
        return await self.ask(who, "POST", f"{self.place(of)}/messages", letter)

    async def listed(self, who: str) -> Any:
        found = json.loads((await self.ask(who, "GET", f"{self.place()}/messages")).body)["messages"]
        return found[-1]["attachments"]

    async def get(self, who: str, file: str, of: str = "ruth") -> Reply:
        return await self.ask(who, "GET", f"{self.place(of)}/files/{file}")

    async def kept(self) -> tuple[int, int]:
        """How many files there are in the practice, and pieces."""
        database = self.cast.house.office.memory.people._database  # type: ignore[attr-defined]
        async with database.within(self.cast.practice.id) as connection:
            files = (await connection.execute(select(attachments.c.id))).all()
            pieces = (await connection.execute(select(file_pieces.c.number))).all()
            return len(files), len(pieces)


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    return Desk(cast)


@pytest.mark.parametrize("who", ["ruth", "mira"])
async def test_a_file_is_brought_and_sent_and_handed_out_to_both(desk: Desk, who: str) -> None:
    content = bytes(range(256)) * 3000  # three pieces
    one = await desk.brought(who, "table plan.bin", content)
    assert (one["name"], one["size"], one["state"]) == ("table plan.bin", len(content), "clean")
    assert (await desk.get(who, one["id"])).body == content, "its own uploader may look at it before"
    other = "mira" if who == "ruth" else "ruth"
    assert (await desk.get(other, one["id"])).status == 404
    assert (await desk.send(who, one["id"])).status == 201
    for reader in ("ruth", "mira"):
        listed = await desk.listed(reader)
        assert [(o["id"], o["name"], o["size"], o["state"]) for o in listed] == [
            (one["id"], "table plan.bin", len(content), "clean")
        ]
        reply = await desk.get(reader, one["id"])
        assert (reply.status, reply.body) == (200, content)
        assert reply.headers["content-disposition"].startswith("attachment;")
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in reply.headers["content-security-policy"]
        assert reply.headers["content-type"] == "application/octet-stream"
    for stranger in ("eli", "omar", "ben", "nour"):
        assert (await desk.get(stranger, one["id"])).status == 404
    assert (await desk.get("mira", one["id"], of="linden")).status == 404


async def test_only_its_uploader_sends_it_once_and_where_it_was_brought(desk: Desk) -> None:
    one = await desk.brought("mira", "a.txt", b"words")
    assert (await desk.send("ruth", one["id"])).status == 404
    assert (await desk.send("mira", one["id"], of="linden")).status == 404
    assert (await desk.send("mira", one["id"], one["id"])).status == 422
    assert (await desk.send("mira", str(uuid4()))).status == 404
    assert (await desk.send("mira", "no id")).status == 422
    key = uuid4()
    assert (await desk.send("mira", one["id"], key=key)).status == 201
    assert (await desk.send("mira", one["id"], key=key)).status == 200, "the same once more"
    assert (await desk.send("mira", one["id"])).status == 404
    another = await desk.brought("mira", "a.txt", b"words")
    assert (await desk.send("mira", another["id"], key=key)).status == 409, (
        "with other files it is another letter"
    )
    assert (await desk.ask("mira", "DELETE", f"{desk.place()}/files/{one['id']}")).status == 404


@pytest.mark.parametrize("who", ["omar", "ben", "nour", "eli"])
async def test_who_may_not_write_there_brings_nothing(desk: Desk, who: str) -> None:
    assert (await desk.bring(who, "a.txt", b"words")).status == 404
    assert await desk.kept() == (0, 0)


async def test_what_was_brought_is_taken_away_by_who_brought_it(desk: Desk) -> None:
    one = await desk.brought("ruth", "a.txt", b"words")
    place = f"{desk.place()}/files/{one['id']}"
    assert (await desk.ask("mira", "DELETE", place)).status == 404
    assert (await desk.ask("ruth", "DELETE", place)).status == 204
    assert (await desk.ask("ruth", "DELETE", place)).status == 404
    assert await desk.kept() == (0, 0)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ruth\\lake.png", "lake.png"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("a" * 3000 + ".pdf", "a" * 116 + ".pdf"),
        ("...", "file"),
        ("\u00fcber den See \U0001f30a.txt", "\u00fcber den See \U0001f30a.txt"),
        ("a\u0000b.txt", "a_b.txt"),
    ],
)
async def test_names_are_made_safe(desk: Desk, sent: str, kept: str) -> None:
    one = await desk.brought("ruth", sent, b"words")
    assert one["name"] == kept
    assert (await desk.send("ruth", one["id"])).status == 201
    assert (await desk.listed("mira"))[0]["name"] == kept
    assert (await desk.get("mira", one["id"])).body == b"words"


async def test_an_empty_file_and_two_of_one_name_are_files(desk: Desk) -> None:
    brought = [await desk.brought("ruth", "same.txt", content) for content in (b"", b"one", b"two")]
    assert (await desk.send("ruth", *[one["id"] for one in brought])).status == 201
    assert [(one["name"], one["size"]) for one in await desk.listed("mira")] == [
        ("same.txt", 0),
        ("same.txt", 3),
        ("same.txt", 3),
    ]
    assert [(await desk.get("mira", one["id"])).body for one in brought] == [b"", b"one", b"two"]


async def test_the_limit_is_told_and_what_is_larger_leaves_nothing(desk: Desk) -> None:
    told = json.loads((await desk.ask("ruth", "GET", "/me")).body)["file_limit"]
    assert told == desk.cast.house.settings.mail.size_limit
    settings = desk.cast.house.settings
    desk.cast.house.settings = replace(settings, mail=replace(settings.mail, size_limit=2 * PIECE))
    assert (await desk.bring("ruth", "just.bin", bytes(2 * PIECE))).status == 201
    reply = await desk.bring("ruth", "more.bin", bytes(2 * PIECE + 1))
    assert (reply.status, json.loads(reply.body)["type"]) == (413, "/problems/too_long")
    assert await desk.kept() == (1, 2)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (("file", None, b"a text"),),
        (("fiel", "a.txt", b"words"),),
        (("file", "a.txt", b"words"), ("file", "b.txt", b"words")),
        (("file", "a.txt", b"words"), ("letter", None, b"late")),
        (("letter", None, b"no key"), ("file", "a.txt", b"words")),
        (("original", None, b"perhaps"), ("file", "a.txt", b"words")),
        (("letter", None, b"\xff"), ("file", "a.txt", b"words")),
        tuple((f"n{n}", None, b"") for n in range(100)),
    ],
)
async def test_another_form_is_refused(desk: Desk, parts: tuple[Any, ...]) -> None:
    body, kind = form(*parts)
    headers = {"authorization": f"Bearer {await desk.cast.token('ruth')}", "content-type": kind}
    reply = await desk.door.ask("POST", f"/api/v1{desk.place()}/files", body, headers)
    assert reply.status == 422, reply.body


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "multipart/form-data; boundary="]
)
async def test_what_is_no_form_is_refused(desk: Desk, kind: str) -> None:
    headers = {"authorization": f"Bearer {await desk.cast.token('ruth')}", "content-type": kind}
    reply = await desk.door.ask("POST", f"/api/v1{desk.place()}/files", b"{}", headers)
    assert reply.status == 422


async def test_how_many_wait_is_bounded(desk: Desk) -> None:
    for number in range(AT_MOST):
        await desk.brought("ruth", f"{number}.txt", b"words")
    assert (await desk.bring("ruth", "one more.txt", b"words")).status == 409
    for _ in range(10):
        await desk.bring("ruth", "again.txt", b"words")
    assert (await desk.bring("ruth", "again.txt", b"words")).status == 429
    assert (await desk.bring("mira", "hers.txt", b"words")).status == 201


async def test_how_much_waits_is_bounded(desk: Desk) -> None:
    settings = desk.cast.house.settings
    desk.cast.house.settings = replace(settings, mail=replace(settings.mail, size_limit=1000))
    for number in range(3):
        await desk.brought("ruth", f"{number}.bin", bytes(999))
    assert (await desk.bring("ruth", "one more.bin", bytes(999))).status == 201
    assert (await desk.bring("ruth", "too much.bin", bytes(5))).status == 409


async def test_what_nobody_sends_is_gone_in_its_time(desk: Desk) -> None:
    office = desk.cast.office
    one = await desk.brought("ruth", "a.txt", b"words", ("letter", str(uuid4())))
    sent = await desk.brought("ruth", "b.txt", b"words")
    assert (await desk.send("ruth", sent["id"])).status == 201
    assert await attend(office, None, 60, 50) == 0
    later = replace(office, clock=lambda: utc_now() + KEPT + timedelta(minutes=1))
    while await attend(later, None, 60, 50):
        pass
    assert (await desk.get("ruth", one["id"])).status == 404
    assert (await desk.get("ruth", sent["id"])).body == b"words"
    assert await desk.kept() == (1, 1)


async def test_what_belongs_to_a_draft_stays_and_goes_with_it(desk: Desk) -> None:
    office, key = desk.cast.office, uuid4()
    draft = {
        "conversation": str(desk.cast.conversation("ruth")),
        "kind": "letter",
        "text": "Dear",
        "revision": 0,
    }
    assert (await desk.ask("ruth", "PUT", f"/drafts/{key}", draft)).status in (200, 201)
    one = await desk.brought("ruth", "a.txt", b"words", ("letter", str(key)))
    later = replace(office, clock=lambda: utc_now() + KEPT + timedelta(minutes=1))
    while await attend(later, None, 60, 50):
        pass
    assert (await desk.get("ruth", one["id"])).body == b"words"
    where = f"/drafts/{key}?conversation={desk.cast.conversation('ruth')}"
    assert (await desk.ask("ruth", "DELETE", where)).status == 204
    assert await desk.kept() == (0, 0)


class Strict:
    """A checker that knows one thing."""

    async def check(self, content: bytes) -> str | None:
        return "Eicar-Signature" if EICAR in content else None


async def test_a_file_waits_for_its_check_before_anybody_gets_it(desk: Desk) -> None:
    object.__setattr__(desk.cast.office, "checks_files", True)  # as the operator's setting would
    good, bad = await desk.brought("ruth", "good.txt", b"words"), await desk.brought("ruth", "bad.txt", EICAR)
    early = await desk.brought("ruth", "early.txt", EICAR)
    assert {one["state"] for one in (good, bad, early)} == {"waiting"}
    assert (await desk.send("ruth", early["id"])).status == 201
    assert [one["state"] for one in await desk.listed("mira")] == ["waiting"]
    assert (await desk.get("mira", early["id"])).status == 409
    assert (await desk.get("ruth", good["id"])).status == 409
    while await attend(desk.cast.office, Strict(), 60, 5):
        pass
    assert [one["state"] for one in await desk.listed("mira")] == ["infected"]
    assert (await desk.get("mira", early["id"])).status == 409
    assert (await desk.get("ruth", bad["id"])).status == 409
    assert (await desk.send("ruth", bad["id"])).status == 409
    assert (await desk.get("ruth", good["id"])).body == b"words"
    assert (await desk.send("ruth", good["id"])).status == 201
    assert (await desk.get("mira", good["id"])).body == b"words"


async def test_a_photo_is_rid_of_the_place_and_stays_upright(desk: Desk) -> None:
    one = await desk.brought("ruth", "lake.jpg", jpeg())
    assert (one["traces"], one["content_type"]) == ("removed", "image/jpeg")
    assert (await desk.send("ruth", one["id"])).status == 201
    got = (await desk.get("mira", one["id"])).body
    assert (len(got), got[:2], got[-2:]) == (one["size"], b"\xff\xd8", b"\xff\xd9")
    assert LIVED_AT not in got
    assert PICTURE in got
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in got, "which side is up"
    assert await desk.kept() == (1, 1)


async def test_a_photo_goes_as_it_is_where_its_uploader_says_so(desk: Desk) -> None:
    one = await desk.brought("ruth", "lake.jpg", jpeg(), ("original", "true"))
    assert one["traces"] == "kept"
    assert (await desk.get("ruth", one["id"])).body == jpeg()


async def test_a_photo_that_cannot_be_cleaned_is_not_kept_and_said_so(desk: Desk) -> None:
    reply = await desk.bring("ruth", "half.jpg", jpeg()[:90])
    assert (reply.status, json.loads(reply.body)["type"]) == (422, "/problems/cannot_clean")
    assert await desk.kept() == (0, 0)
    assert (await desk.bring("ruth", "half.jpg", jpeg()[:90], ("original", "true"))).status == 201


async def test_a_photo_whose_cleaner_dies_leaves_nothing_and_is_taken_when_it_comes_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is killed while it has the photo; no half of it, and not the raw one, is handed to anybody."""
    told = reading_room.told

    async def dies(process: Any, *asked: Any) -> Any:
        process.kill()
        return await told(process, *asked)

    with monkeypatch.context() as dying:
        dying.setattr(reading_room, "told", dies)
        reply = await desk.bring("ruth", "lake.jpg", jpeg())
    assert (reply.status, json.loads(reply.body)["type"]) == (503, "/problems/busy")
    assert await desk.kept() == (0, 0)
    one = await desk.brought("ruth", "lake.jpg", jpeg())
    assert one["traces"] == "removed"
    assert LIVED_AT not in (await desk.get("ruth", one["id"])).body


async def test_a_file_whose_check_breaks_off_waits_and_is_looked_at_again(desk: Desk) -> None:
    object.__setattr__(desk.cast.office, "checks_files", True)  # as the operator's setting would
    office = desk.cast.office
    one = await desk.brought("ruth", "good.txt", b"words")

    class Dies:
        async def check(self, content: bytes) -> str | None:
            raise CheckerAway

    with suppress(CheckerAway):
        await attend(office, Dies(), 60, 5)
    assert (await desk.get("ruth", one["id"])).status == 409
    assert (await desk.send("ruth", one["id"])).status == 201
    assert [had["state"] for had in await desk.listed("mira")] == ["waiting"]
    assert (await desk.get("mira", one["id"])).status == 409
    later = replace(office, clock=lambda: utc_now() + timedelta(minutes=30))
    while await attend(later, Strict(), 60, 5):
        pass
    assert (await desk.get("mira", one["id"])).body == b"words"


async def cut(desk: Desk, site: str) -> None:
    """Half a file, and the line is dead."""
    path, token = f"/api/v1{desk.place()}/files", await desk.cast.token("ruth")
    parts = urlsplit(site)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    body, kind = form(("file", "half.bin", bytes(4 * PIECE)))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[: 3 * PIECE])
    await writer.drain()
    while (await desk.kept())[1] == 0:  # until some of it lies there
        pass
    writer.transport.abort()


async def until_nobody_brings(desk: Desk) -> None:
    """Some file had begun to come by now, and none comes any more."""
    async with asyncio.timeout(20):
        while desk.cast.house.uploads.busy:
            await desk.kept()


async def test_a_file_that_is_cut_off_leaves_nothing(people: Cast, site: str) -> None:
    desk = Desk(people)
    async with asyncio.timeout(20):
        await cut(desk, site)
    await until_nobody_brings(desk)
    assert await desk.kept() == (0, 0)
    assert (await desk.bring("ruth", "whole.bin", bytes(4 * PIECE))).status == 201
