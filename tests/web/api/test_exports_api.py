"""Records made in the background, by the API: who may ask, what they get, how they go on, and when it is gone."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.datastructures import Headers

from messaging.entrance.signing_in import prepare, who
from messaging.exporting.asking import FORGOTTEN, HANDED_OUT
from messaging.exporting.handing_on import Cut, octets_of, open_export
from messaging.exporting.making import AT_ONCE, LEASE, SOON, TRIES, Form, end_old, make_next
from messaging.exporting.record import ExportFormat
from messaging.ids import ExportId
from messaging.memory.ending import Erasable, Erasing
from messaging.memory.exporting import Whole
from messaging.memory.sign_ins import SignInKind
from messaging.messages import Body, Channel
from messaging.office import Office
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import join_circle, leave_circle
from messaging.record.readers import readers_of
from tests.cast import Cast
from tests.conftest import TestDatabase, own_database
from tests.web.every_state import Line, World
from tests.web.exporting.reading_back import read_back
from tests.web.hostile import Door, Reply, as_json
from web.exporting.in_the_background import form_of
from web.http.ranges import part_asked_for

API = "/api/v1"
FORMS = pytest.mark.parametrize("form", ExportFormat)


@dataclass
class Desk:
    """The API as several of the cast use it, and the jobs beside it, at a time of the test's choosing."""

    cast: Cast
    door: Door
    office: Office
    later: timedelta = timedelta()
    tokens: dict[str, str] = field(default_factory=dict)

    async def ask(self, who: str, method: str, path: str, body: Any = None, **more: str) -> Reply:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        headers |= {"authorization": f"Bearer {await self.token(who)}", "content-type": "application/json"}
        return await self.door.ask(method, API + path, b"" if body is None else as_json(body), headers)

    async def token(self, who: str) -> str:
        """Of somebody who has said their password a moment ago; `-` before a name: of somebody who has not."""
        if who not in self.tokens:
            person = self.cast[who.removeprefix("-")]
            until = None if who.startswith("-") else self.office.clock() + timedelta(minutes=5)
            lasts = timedelta(days=60)
            stored, made = prepare(self.cast.office, person.practice, person.id, SignInKind.BEARER, lasts)
            await self.cast.office.memory.sign_ins.create(replace(stored, stepped_up_until=until), made.hash)
            self.tokens[who] = made.text
        return self.tokens[who]

    async def made(self, who: str, of: str, form: str = "json") -> dict[str, Any]:
        """Asked for, made, and looked at."""
        asked = await self.begun(who, of, form)
        return await self.made_again(who, asked["id"])

    async def made_again(self, who: str, named: str) -> dict[str, Any]:
        """What was asked for, made, and looked at."""
        while await make_next(self.office, form_of):
            pass
        return await self.stand(who, named)

    async def begun(self, who: str, of: str, form: str = "json") -> dict[str, Any]:
        reply = await self.ask(
            who, "POST", f"/conversations/{self.cast.conversation(of)}/exports", {"format": form}
        )
        assert reply.status == 202, reply.text
        return dict(json.loads(reply.body))

    async def change(self, said: str, export: str = "", other: str = "") -> list[Any]:
        """Straight in the database."""
        held = {name: UUID(value) for name, value in {"export": export, "other": other}.items() if value}
        base = self.office.memory.people._database  # type: ignore[attr-defined]
        async with base.within(self.cast.practice.id) as connection:
            found = await connection.execute(text(said), {k: v for k, v in held.items() if f":{k}" in said})
            return list(found) if found.returns_rows else []

    async def chunks(self, export: str) -> int:
        """How many are kept of it."""
        return len(await self.change("select number from export_chunks where export_id = :export", export))

    async def stand(self, who: str, named: str) -> dict[str, Any]:
        reply = await self.ask(who, "GET", f"/exports/{named}")
        assert reply.status == 200, reply.text
        return dict(json.loads(reply.body))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """One of these tests' own: no other server's jobs make what is asked for here."""
    with own_database(tmp_path_factory.mktemp("exports")) as made:
        yield made


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    made = Desk(cast, Door(cast.house), cast.office)
    clock = cast.office.clock
    made.office = replace(cast.office, clock=lambda: clock() + made.later)
    cast.house.office = made.office
    await made.change(
        "delete from queue where kind = 'export'"
    )  # what other tests left half made is nobody's here
    world = World(cast, {"ruth": cast.conversation("ruth")}, {"ruth": [cast["ruth"]]})
    ruth, mira = cast["ruth"].id, cast["mira"].id
    lines = [Line(who, Body(f"words-{number}"), Channel.CHAT) for number in range(4) for who in (ruth, mira)]
    await world.write("ruth", lines)
    return made


@FORMS
async def test_a_copy_is_asked_for_made_and_fetched(desk: Desk, form: ExportFormat) -> None:
    asked = await desk.begun("ruth", "ruth", form)
    assert (asked["state"], asked["format"], "file" in asked) == ("waiting", form, False)
    stands = await desk.made("ruth", "ruth", form)
    assert (stands["id"], stands["state"], stands["progress"]) == (asked["id"], "ready", 100)
    reply = await desk.ask("ruth", "GET", stands["file"].removeprefix(API))
    assert reply.status == 200
    assert int(reply.headers["content-length"]) == len(reply.body) == stands["size"]
    described = json.loads((await desk.ask("ruth", "GET", "/openapi.json")).body)["paths"]
    answers = described["/exports/{export}/file"]["get"]["responses"]
    assert (
        reply.headers["content-type"] in answers["200"]["content"].keys() & answers["206"]["content"].keys()
    )
    found = read_back(form, reply.body)
    assert "words-3" in found[8].text


async def test_who_may_ask(desk: Desk) -> None:
    place = f"/conversations/{desk.cast.conversation('ruth')}/exports"
    for whom, status in {"ruth": 202, "mira": 202, "-ruth": 403, "-mira": 403}.items():
        assert (await desk.ask(whom, "POST", place, {"format": "json"})).status == status, whom
    for whom in ("nour", "eli", "linden", "omar", "-nour", "-eli", "-linden"):
        assert (await desk.ask(whom, "POST", place, {"format": "json"})).status == 404, whom
    refused = await desk.ask("-ruth", "POST", place, {"format": "json"})
    assert json.loads(refused.body)["type"].endswith("step_up")
    for wrong in ({"format": "pdf"}, {}, {"format": None}, {"format": "json", "x": 1}):
        assert (await desk.ask("ruth", "POST", place, wrong)).status == 422, wrong
    nothing = f"/conversations/{uuid4()}/exports"
    assert (await desk.ask("ruth", "POST", nothing, {"format": "json"})).status == 404


async def test_only_who_asked_for_it_is_told_of_it(desk: Desk) -> None:
    stands = await desk.made("ruth", "ruth")
    for path in (f"/exports/{stands['id']}", f"/exports/{stands['id']}/file"):
        for whom in ("mira", "nour", "eli", "linden"):
            assert (await desk.ask(whom, "GET", path)).status == 404, whom
    for path in (f"/exports/{uuid4()}", f"/exports/{uuid4()}/file", "/exports/x", "/exports/x/file"):
        assert (await desk.ask("ruth", "GET", path)).status == 404


async def test_fetching_asks_for_the_password_too_but_going_on_does_not(desk: Desk) -> None:
    stands = await desk.made("ruth", "ruth")
    place = f"/exports/{stands['id']}/file"
    whole = await desk.ask("ruth", "GET", place)
    etag = whole.headers["etag"]
    for wrong in (
        {},
        {"range": "bytes=5-"},
        {"range": "bytes=5-", "if_range": f'"{uuid4()}"'},
        {"range": "bytes=5-", "if_range": "Mon, 30 Nov 2026 09:00:00 GMT"},
        {"if_range": etag},
    ):
        refused = await desk.ask("-ruth", "GET", place, **wrong)
        assert (refused.status, json.loads(refused.body)["type"]) == (403, "/problems/step_up"), wrong
        assert (await desk.ask("-ruth", "HEAD", place, **wrong)).status == 403
        assert "etag" not in refused.headers
    going_on = await desk.ask("-ruth", "GET", place, range="bytes=5-", if_range=etag)
    assert (going_on.status, going_on.body) == (206, whole.body[5:])
    assert (await desk.ask("mira", "GET", place, range="bytes=5-", if_range=etag)).status == 404


RANGES = (
    ("bytes=0-0", 0, 1),
    ("bytes=0-", 0, None),
    ("bytes=7-20", 7, 21),
    ("bytes=-1", -1, None),
    ("bytes=-999999999999", 0, None),
    ("bytes=5-999999999999", 5, None),
)


@pytest.mark.parametrize("chunk", [16, 64, 100_000])
async def test_every_range_is_those_octets_whatever_the_chunks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    for module in ("chunks", "handing_on"):
        monkeypatch.setattr(f"messaging.exporting.{module}.CHUNK", chunk)
    stands = await desk.made("ruth", "ruth")
    place = f"/exports/{stands['id']}/file"
    whole = (await desk.ask("ruth", "GET", place)).body
    assert len(whole) == stands["size"] > 1000
    edges = [
        (f"bytes={at}-{at + width}", at, at + width + 1)
        for at in range(0, 200, 13)
        for width in (0, 15, 16, 70)
    ]
    for asked, first, end in (*RANGES, *edges):
        part = await desk.ask("ruth", "GET", place, range=asked)
        assert (part.status, part.body) == (206, whole[first:end]), asked
        assert int(part.headers["content-length"]) == len(part.body)
        begin = first if first >= 0 else len(whole) + first
        assert part.headers["content-range"] == f"bytes {begin}-{begin + len(part.body) - 1}/{len(whole)}"
        head = await desk.ask("ruth", "HEAD", place, range=asked)
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole)))
    for outside in (f"bytes={len(whole)}-", "bytes=999999999-", "bytes=-0"):
        refused = await desk.ask("ruth", "GET", place, range=outside)
        assert (refused.status, refused.body) == (416, b""), outside
        assert refused.headers["content-range"] == f"bytes */{len(whole)}"
    for passed_over in (
        "bytes=0-1,3-4",
        "octets=0-1",
        "bytes=9-3",
        "bytes=",
        "bytes=a-b",
        "x" * 5000,
        "bytes=-",
    ):
        assert (await desk.ask("ruth", "GET", place, range=passed_over)).body == whole, passed_over
    other = await desk.ask("ruth", "GET", place, range="bytes=5-", if_range='"another"')
    assert (other.status, other.body) == (200, whole)


@given(octets=st.integers(0, 50), first=st.integers(0, 60), last=st.one_of(st.none(), st.integers(0, 60)))
def test_a_range_lies_within_the_file_and_holds_what_was_asked_for(
    octets: int, first: int, last: int | None
) -> None:
    headers = Headers({"range": f"bytes={first}-{'' if last is None else last}"})
    part = part_asked_for(headers, octets, "m")
    wanted = set(range(first, octets if last is None else last + 1)) & set(range(octets))
    if last is not None and last < first:
        assert part is not None
        assert not part.partial
    elif part is None:
        assert not wanted
    else:
        assert set(range(part.first, part.last + 1)) == wanted


async def test_after_a_day_it_is_gone_and_after_a_week_forgotten(desk: Desk) -> None:
    stands = await desk.made("ruth", "ruth")
    place = f"/exports/{stands['id']}"
    assert datetime.fromisoformat(stands["expires"]) - desk.office.clock() <= HANDED_OUT
    desk.later = HANDED_OUT - timedelta(minutes=1)
    assert (await desk.ask("ruth", "GET", f"{place}/file")).status == 403, "the password was said long ago"
    desk.tokens.clear()
    assert (await desk.ask("ruth", "GET", f"{place}/file")).status == 200
    desk.later = HANDED_OUT + timedelta(seconds=1)
    for _ in "ab":  # before somebody has come to take it away, and after
        gone = await desk.ask("ruth", "GET", f"{place}/file")
        assert (gone.status, json.loads(gone.body)["type"]) == (410, "/problems/gone")
        found = await desk.stand("ruth", stands["id"])
        assert (found["state"], "file" in found) == ("gone", False)
        assert (await desk.ask("mira", "GET", f"{place}/file")).status == 404
        while await end_old(desk.office):
            pass
    assert await desk.chunks(stands["id"]) == 0
    desk.later = HANDED_OUT + FORGOTTEN + timedelta(hours=1)
    while await end_old(desk.office):
        pass
    assert (await desk.ask("ruth", "GET", place)).status == 404


async def test_made_again_the_former_is_gone_and_asked_twice_it_is_one(desk: Desk) -> None:
    first = await desk.made("ruth", "ruth")
    again = await desk.begun("ruth", "ruth")
    assert again["id"] != first["id"]
    assert (await desk.begun("ruth", "ruth"))["id"] == again["id"]
    assert (await desk.stand("ruth", first["id"]))["state"] == "gone"
    assert await desk.chunks(first["id"]) == 0
    waits = await desk.ask("ruth", "GET", f"/exports/{again['id']}/file")
    assert (waits.status, json.loads(waits.body)["type"]) == (409, "/problems/not_ready")


async def test_a_practice_has_a_bounded_number_waiting_and_one_in_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.exporting.asking.UNMADE", 3)
    begun = [await desk.begun("ruth", "ruth", form) for form in ("json", "mbox", "html")]
    place = f"/conversations/{desk.cast.conversation('ruth')}/exports"
    refused = await desk.ask("ruth", "POST", place, {"format": "fhir"})
    assert (refused.status, json.loads(refused.body)["type"]) == (429, "/problems/too_fast")
    assert refused.headers["retry-after"] == "60"
    exports, now = desk.office.memory.exports, desk.office.clock()
    practice = desk.cast.practice.id
    first = await exports.claim(now, LEASE)
    second = await exports.claim(now, LEASE)
    assert first is not None
    assert second is not None
    assert {first[1], second[1]} <= {UUID(one["id"]) for one in begun}
    assert await exports.begin(practice, first[1], now, AT_ONCE, now + SOON) is not None
    assert await exports.begin(practice, second[1], now, AT_ONCE, now + SOON) is None
    assert await exports.begin(practice, second[1], now + LEASE * 2, AT_ONCE, now + SOON) is not None, (
        "it had died"
    )


async def test_a_worker_that_was_given_up_for_dead_writes_nothing_more(desk: Desk) -> None:
    """Two hands at one file: what the first still has to say is neither in it nor beside it."""
    asked = await desk.begun("ruth", "ruth")
    exports, now, practice = desk.office.memory.exports, desk.office.clock(), desk.cast.practice.id
    held, _ = await desk.cast.enter("ruth", "ruth")
    named = ExportId(UUID(asked["id"]))
    first = await exports.begin(practice, named, now, AT_ONCE, now)
    assert first is not None
    assert await exports.work_on(held, first, 10, now + LEASE, (0, b"of the first"))
    stands = await desk.stand("ruth", asked["id"])
    assert (stands["state"], stands["progress"]) == ("working", 10)
    second = await exports.begin(practice, named, now, AT_ONCE, now)
    assert second is not None
    assert await desk.chunks(asked["id"]) == 0, "from nothing"
    assert not await exports.work_on(held, first, 20, now, (0, b"late"))
    assert not await exports.finish(held, first, Whole(4, now + LEASE, b"late"))
    await exports.put_off(first, now)
    await exports.fail(first, now)
    assert await exports.work_on(held, second, 30, now + LEASE, (0, b"of the second"))
    assert (await desk.stand("ruth", asked["id"]))["progress"] == 30


async def test_what_a_dead_worker_left_is_made_by_the_next(desk: Desk) -> None:
    asked = await desk.begun("ruth", "ruth")
    exports, now = desk.office.memory.exports, desk.office.clock()
    claimed = await exports.claim(now, LEASE)
    assert claimed is not None
    assert await exports.begin(*claimed, now, AT_ONCE, now) is not None
    while await make_next(desk.office, form_of):
        pass
    assert (await desk.stand("ruth", asked["id"]))["state"] == "working"
    desk.later = LEASE + timedelta(seconds=1)
    assert (await desk.made("ruth", "ruth"))["id"] == asked["id"]
    reply = await desk.ask("ruth", "GET", f"/exports/{asked['id']}/file")
    assert "words-3" in read_back(ExportFormat.JSON, reply.body)[8].text


async def test_what_kills_its_workers_is_given_up(desk: Desk) -> None:
    asked = await desk.begun("ruth", "ruth")
    for _ in range(TRIES):
        claimed = await desk.office.memory.exports.claim(desk.office.clock(), LEASE)
        assert claimed is not None
        assert await desk.office.memory.exports.begin(
            *claimed, desk.office.clock(), AT_ONCE, desk.office.clock()
        )
        desk.later += LEASE * 2
    while await make_next(desk.office, form_of):
        pass
    assert (await desk.stand("ruth", asked["id"]))["state"] == "failed"
    reply = await desk.ask("ruth", "GET", f"/exports/{asked['id']}/file")
    assert reply.status == 409


async def test_trouble_while_it_is_made_is_no_end_of_it(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    asked = await desk.begun("ruth", "ruth")

    def breaks(_: ExportFormat) -> Form:
        async def pieces(*_: object) -> AsyncIterator[bytes]:
            yield b"x"
            raise KeyError("words of a client")

        return Form(pieces)

    assert await make_next(desk.office, breaks)
    assert "words of a client" not in caplog.text
    assert [one.message for one in caplog.records] == ["an export was not made"]
    assert (await desk.stand("ruth", asked["id"]))["state"] == "waiting"
    desk.later = LEASE * 2
    assert (await desk.made("ruth", "ruth"))["id"] == asked["id"]


async def test_who_leaves_before_it_is_made_gets_none(desk: Desk) -> None:
    asked = await desk.begun("mira", "ruth")
    found = await desk.office.memory.exports.find(
        desk.cast.practice.id, desk.cast["mira"].id, ExportId(UUID(asked["id"]))
    )
    assert found is not None
    await join_circle(desk.office, desk.cast["nour"], desk.cast.conversation("ruth"), desk.cast["eli"].id)
    await leave_circle(desk.office, desk.cast["nour"], desk.cast.conversation("ruth"), desk.cast["mira"].id)
    while await make_next(desk.office, form_of):
        pass
    left = await desk.office.memory.exports.find(
        desk.cast.practice.id, desk.cast["mira"].id, ExportId(UUID(asked["id"]))
    )
    assert left is not None
    assert left.state == "failed"
    assert await desk.chunks(asked["id"]) == 0
    assert (await desk.ask("mira", "GET", f"/exports/{asked['id']}")).status == 404


ENDS = ("left", "let_go", "erased", "other_erased", "replaced", "expired")


@pytest.mark.parametrize("end", ENDS)
async def test_a_download_under_way_ends_with_the_right_to_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """What came is shorter than was said; and nothing is left of it, where it was erased."""
    for module in ("chunks", "handing_on"):
        monkeypatch.setattr(f"messaging.exporting.{module}.CHUNK", 64)
    stands = await desk.made("ben", "ben")
    signed_in = await who(desk.office, await desk.token("ben"))
    handed = await open_export(desk.office, signed_in, ExportId(UUID(stands["id"])))
    going = octets_of(desk.office, handed, 0, stands["size"] - 1)
    assert len(await anext(going)) == 64
    await ended(desk, end)
    with pytest.raises(Cut):
        await anext(going)
    if end in ("erased", "other_erased"):
        assert await desk.chunks(stands["id"]) == 0
        assert (await desk.ask("ben", "GET", f"/exports/{stands['id']}")).status == 404


async def ended(desk: Desk, end: str) -> None:
    cast, office = desk.cast, desk.office
    match end:
        case "left":
            await leave_circle(office, cast["nour"], cast.conversation("ben"), cast["ben"].id)
        case "let_go":
            await change_person(office, cast["nour"], cast["ben"].id, Changes(active=False))
        case "erased":
            one = Erasing(Erasable.CONVERSATION, cast.practice.id, cast.conversation("ben"), office.clock())
            assert (await office.memory.endings.erase(one))["exports"] == 1
        case "other_erased":
            one = Erasing(Erasable.PERSON, cast.practice.id, cast["tess"].id, office.clock())
            assert (await office.memory.endings.erase(one))["exports"] == 1
        case "replaced":
            await desk.begun("ben", "ben")
        case "expired":
            desk.later = HANDED_OUT
        case _:
            raise AssertionError(end)


async def test_a_cut_download_is_shorter_than_it_said_and_no_accident(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("chunks", "handing_on"):
        monkeypatch.setattr(f"messaging.exporting.{module}.CHUNK", 64)
    stands = await desk.made("ruth", "ruth")
    await desk.change("delete from export_chunks where export_id = :export and number = 3", stands["id"])
    reply = await desk.ask("ruth", "GET", f"/exports/{stands['id']}/file")
    assert (reply.status, len(reply.body), reply.fault) == (200, 3 * 64, "")
    assert int(reply.headers["content-length"]) == stands["size"]


SWAPS = (
    "update export_chunks set sealed = (select sealed from export_chunks c where c.export_id = :export "
    "and c.number = 9 - export_chunks.number) where export_id = :export and number in (4, 5)",
    "update export_chunks set sealed = (select sealed from export_chunks c where c.export_id = :other and c.number = 4) "
    "where export_id = :export and number = 4",
    "update exports set tries = tries + 1 where id = :export",
    "update exports set octets = octets - 64 where id = :export",
    "update exports set sealed = (select sealed from exports e where e.id = :other) where id = :export",
)


@pytest.mark.parametrize(
    "change", SWAPS, ids=["exchanged", "of_another", "of_another_try", "cut", "another_key"]
)
async def test_no_chunk_opens_in_the_place_of_another_and_no_word_lies_in_the_clear(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    for module in ("chunks", "handing_on"):
        monkeypatch.setattr(f"messaging.exporting.{module}.CHUNK", 64)
    stands, other = await desk.made("ruth", "ruth"), await desk.made("mira", "ruth")
    assert await desk.chunks(stands["id"]) == -(-stands["size"] // 64)
    kept = await desk.change("select sealed from export_chunks where export_id = :export", stands["id"])
    assert not [one for (one,) in kept if b"words" in one or b"Ruth" in one]
    await desk.change(change, stands["id"], other["id"])
    reply = await desk.ask("ruth", "GET", f"/exports/{stands['id']}/file")
    assert reply.fault == ""
    assert reply.status == 404 or len(reply.body) < int(reply.headers["content-length"])


async def test_the_trail_says_each_making_and_each_fetching_and_the_client_sees_who(desk: Desk) -> None:
    stands = await desk.made("mira", "ruth", "mbox")
    place = f"/exports/{stands['id']}/file"
    for _ in "ab":
        await desk.ask("mira", "GET", place)
    await desk.ask("mira", "HEAD", place)
    await desk.ask("eli", "GET", place)
    lines = await desk.change(
        "select action, actor_id, subject_id from trail where action like 'exported%' order by seq"
    )
    mira, conversation = desk.cast["mira"].id, desk.cast.conversation("ruth")
    assert [tuple(one) for one in lines] == [
        ("exported_mbox", mira, conversation),
        *[("exported_mbox_fetched", mira, conversation)] * 2,
    ]
    seen = await readers_of(desk.office, desk.cast["ruth"], conversation)
    assert [one.person.id for one in seen] == [mira]
