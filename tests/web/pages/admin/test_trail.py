"""The page of who did what: a sentence for every act, what may be asked, and the table; never a word of a record."""

import csv
import io
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from messaging.ending.erasing import erase, weigh
from messaging.errors import NotFound
from messaging.ids import SYSTEM, PersonId
from messaging.letters.writing import Letter, write_letter
from messaging.memory.ending import Erasable
from messaging.memory.trail import Asked
from messaging.people import Person, Role
from messaging.trail.accounting import PAGE, Told, account, saved_account
from messaging.trust.access import Deed
from messaging.trust.matters import Matter, acts_of, matter_of
from messaging.trust.noted import Door, ForReason, Noted, coming_by
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.pages.admin.trail_csv import as_csv
from web.pages.admin.trail_words import PLACES, plain, said, words
from web.pages.parts.csv_rows import FORMULA, MARK
from web.pages.parts.views import Here

HERE = Here(datetime(2026, 11, 30, 12, tzinfo=UTC), ZoneInfo("Europe/Vienna"))


def told(cast: Cast, act: Noted | None, **more: Any) -> Told:
    line = Told(
        seq=1,
        at=HERE.now,
        actor=cast["nour"].id,
        who=cast["nour"],
        act=act,
        word="",
        reason="",
        subject=cast["ruth"].id,
        whose=(cast["ruth"],),
        door=Door.PAGE,
    )
    return replace(line, **more)


def test_every_act_has_its_sentence_and_every_table_is_whole() -> None:
    tables = words()
    assert set(tables.acts) == set(Noted)
    assert set(tables.doors) == set(Door)
    assert set(tables.matters) == set(Matter)
    for act, sentence in tables.acts.items():
        assert str(sentence).endswith("."), act
        assert set(re.findall(r"\{(.*?)\}", str(sentence))) <= {"who", "whose"}, act
        assert PLACES.sub("", str(sentence)).count("{") == 0


def test_every_act_is_of_one_kind_and_no_kind_is_empty() -> None:
    assert {act for matter in Matter for act in acts_of(matter)} == set(Noted)
    assert all(matter_of(act) is matter for matter in Matter for act in acts_of(matter))
    assert all(acts_of(matter) for matter in Matter)


def test_names_stand_in_sentences_as_they_are(cast: Cast) -> None:
    assert plain(told(cast, Noted.OPENED)) == "Nour opened the record of Ruth."
    assert (
        plain(told(cast, Noted.OPENED, whose=(cast["ben"], cast["tess"])))
        == "Nour opened the record of Ben and Tess."
    )
    assert plain(told(cast, Noted.OPENED, whose=())) == (
        "Nour opened the record of somebody who is no longer here."
    )
    assert plain(told(cast, Noted.WRONG_CODE, who=None)).endswith(
        "for somebody who is no longer here, after the right password."
    )
    odd = Person(cast.practice.id, cast["ruth"].id, Role.CLIENT, "{whose} {who}")
    assert plain(told(cast, Noted.OPENED, who=odd)) == "{whose} {who} opened the record of Ruth."
    assert [part.text for part in said(told(cast, Noted.OPENED)) if part.named] == ["Nour", "Ruth"]


def test_what_another_version_wrote_is_said_as_such(cast: Cast) -> None:
    assert plain(told(cast, None, word="teleported")) == (
        "Nour did something that this version has no sentence for (teleported)."
    )


def test_who_runs_the_server_and_the_server_itself_are_told_apart(cast: Cast) -> None:
    def who(door: Door | None, reason: str) -> str:
        line = told(cast, Noted.MASTER_KEY_ROTATED, actor=SYSTEM, who=None, whose=())
        return plain(replace(line, door=door, reason=reason))

    assert (
        who(Door.TERMINAL, "") == who(None, "a reason") == "Whoever runs the server changed the master key."
    )
    assert who(None, "") == "The server changed the master key."


async def note(cast: Cast, name: str, act: Noted | ForReason, subject: UUID | None, **ago: int) -> None:
    office = cast.office
    at = office.clock() - timedelta(**ago)
    await office.memory.trail.note(cast.practice.id, at, cast[name].id, act, subject)


async def test_the_page_says_who_opened_whose_record_why_and_how(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "Heron.", subject="Egret"))
    mira, nour = visitor(), visitor()
    await mira.enter(people, "mira")
    await mira.get(f"/c/{people.conversation('ruth')}")
    with coming_by(Door.TERMINAL):
        said_so = ForReason(Noted.HANDED_OUT_JSON, "access request")
        await people.office.memory.trail.note(
            people.practice.id, people.office.clock(), SYSTEM, said_so, people.conversation("ruth")
        )
    await nour.enter(people, "nour")
    page = await nour.get(f"/admin/trail?whose={people['ruth'].id}")
    assert page.status == 200
    assert "Dr Mira opened the record of Ruth . on a page" in page.words
    assert "Whoever runs the server made a file (JSON) of the whole record of Ruth ." in page.words
    assert "What for: access request · at the terminal" in page.words
    assert "Heron" not in page.text
    assert "Egret" not in page.text
    assert "@mail.example" not in page.text
    again = await nour.get("/admin/trail")
    assert "Nour looked at who did what. on a page" in again.words


async def test_one_conversation_can_be_asked_for_also_one_that_is_gone(people: Cast, nour: Visitor) -> None:
    ruth, ben = (people.conversation(name) for name in ("ruth", "ben"))
    for name, subject in (("mira", ruth), ("mira", ben), ("ruth", people["ruth"].id)):
        await note(people, name, Noted.OPENED, subject)
    page = await nour.get(f"/admin/trail?whose=c-{ben}")
    assert "Dr Mira opened the record of Ben and Tess ." in page.words
    assert "of Ruth ." not in page.words
    assert f'<option value="c-{ben}" selected>Ben · Tess · Dr Mira</option>' in page.text
    assert f'<option value="c-{ruth}">Ruth · Dr Mira</option>' in page.text
    saved = await nour.get(f"/admin/trail.csv?whose=c-{ben}")
    lines = list(csv.reader(io.StringIO(saved.raw.decode("utf-8-sig"))))[1:]
    assert {line[9] for line in lines} == {str(ben)}
    assert {line[7] for line in lines} >= {"opened", "trail_saved"}
    weighed = await weigh(people.office, Erasable.CONVERSATION, ben)
    await erase(people.office, people.house.ledger, weighed, "asked for")
    page = await nour.get(f"/admin/trail?whose=c-{ben}")
    assert "erased a conversation for good." in page.words
    assert f'<option value="c-{ben}" selected>one that is not listed</option>' in page.text
    for wrong in ("c-", "c-7", f"c-c-{ben}"):
        assert (await nour.get(f"/admin/trail?whose={wrong}")).status == 404


async def test_a_token_comes_by_a_program(people: Cast, visitor: Callable[[], Visitor]) -> None:
    token = await people.token("mira")
    reading = await visitor().get(
        f"/api/v1/conversations/{people.conversation('ruth')}/messages",
        authorization=f"Bearer {token}",
    )
    assert reading.status == 200
    found = await people.office.memory.trail_lines.newest(
        people.practice.id, Asked(actor=people["mira"].id), None, 1
    )
    assert (found[0].line.action, found[0].line.door) == (Noted.OPENED, Door.API)


async def test_pages_follow_each_other_without_a_hole_and_leafing_is_not_noted(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    for number in range(PAGE * 2 + 5):
        await note(people, "mira", Noted.OPENED, people.conversation("linden"), hours=number)
    nour = visitor()
    await nour.enter(people, "nour")
    place, seen = f"/admin/trail?who={people['mira'].id}&kind=reading", 0
    before = (await people.office.memory.trail.verify(people.practice.id))[0]
    while place:
        page = await nour.get(place)
        seen += page.text.count("<li><time")
        older = re.search(r'href="(/admin/trail\?[^"]*before=[^"]*)"', page.text)
        place = older[1].replace("&amp;", "&") if older else ""
    assert seen == PAGE * 2 + 5
    assert (await people.office.memory.trail.verify(people.practice.id))[0] == before + 1


async def test_a_day_is_meant_by_the_practices_clock_and_to_its_end(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    zone, office = ZoneInfo("Europe/Vienna"), people.office
    for at in ((2026, 3, 28, 23, 59), (2026, 3, 29, 0, 0), (2026, 3, 29, 23, 59), (2026, 3, 30, 0, 0)):
        moment = datetime(*at, tzinfo=zone)
        await office.memory.trail.note(
            people.practice.id, moment, people["mira"].id, Noted.OPENED, people.conversation("ruth")
        )
    nour = visitor()
    await nour.enter(people, "nour")
    page = await nour.get("/admin/trail?since=2026-03-29&until=2026-03-29")
    assert page.text.count("<li><time") == 2


async def test_what_cannot_be_meant_is_said_or_is_not_there(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    nour = visitor()
    await nour.enter(people, "nour")
    for query in ("since=yesterday", "until=2026-02-30", "since=0001-01-01"):
        page = await nour.get(f"/admin/trail?{query}")
        assert page.status == 422
        assert "Please write a day like 2026-11-30." in page.words
        assert (await nour.get(f"/admin/trail.csv?{query}")).status == 404
    bad = ("who=7", "whose=x", "kind=all", "before=1", "before=a-b", f"before={'9' * 24}-1")
    for query in (*bad, "before=-"):
        assert (await nour.get(f"/admin/trail?{query}")).status == 404, query


@pytest.mark.parametrize("name", ["mira", "ruth"])
async def test_nobody_else_is_told(cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        await account(cast.office, cast[name], Asked())
    with pytest.raises(NotFound):
        await saved_account(cast.office, cast[name], Asked())


async def test_the_table_holds_the_lines_that_are_meant_and_is_noted(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    await note(people, "mira", Noted.OPENED, people.conversation("ruth"), minutes=1)
    await note(people, "eli", Noted.OPENED, people.conversation("omar"), minutes=1)
    nour = visitor()
    await nour.enter(people, "nour")
    answer = await nour.get(f"/admin/trail.csv?whose={people['ruth'].id}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.raw.startswith(MARK)
    rows = list(csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"), newline="")))
    assert [row[3] for row in rows[1:]] == [
        "Nour saved lines of who did what as a table.",
        "Dr Mira opened the record of Ruth.",
    ]
    assert rows[2][7:] == ["opened", str(people["mira"].id), str(people.conversation("ruth"))]
    newest = await people.office.memory.trail_lines.newest(people.practice.id, Asked(), None, 1)
    assert newest[0].line.action == Noted.SAVED_TRAIL


async def pieces(lines: list[Told]) -> AsyncIterator[list[Told]]:
    yield lines


@pytest.mark.parametrize("begins", FORMULA)
async def test_no_cell_is_a_formula(cast: Cast, begins: str) -> None:
    evil = begins + 'HYPERLINK("https://evil.example")'
    who = Person(cast.practice.id, PersonId(uuid4()), Role.THERAPIST, evil)
    line = told(cast, Noted.OPENED, who=who, whose=(who,), reason=evil)
    raw = b"".join([one async for one in as_csv(pieces([line]), HERE)])
    cells = [cell for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")) for cell in row]
    assert cells.count("'" + evil) == 3
    assert not [cell for cell in cells if cell.startswith(FORMULA)]


async def test_a_part_never_passes_for_all(cast: Cast) -> None:
    lines = [told(cast, Noted.OPENED)] * 4
    for most, rows, cut in ((3, 5, True), (4, 5, False)):
        raw = b"".join([one async for one in as_csv(pieces(lines), HERE, most)])
        found = raw.decode("utf-8-sig").splitlines()
        assert len(found) == rows
        assert found[-1].startswith('"There are more lines') is cut
