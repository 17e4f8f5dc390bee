"""The recovery sheet on pages: shown to who founded the practice, asked back, and then no more."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from messaging.backup.on_paper import asked_groups
from messaging.backup.sheet import GROUPS, groups_of, typed
from messaging.practice.founding import NewPractice, found_practice
from tests.cast import PASSWORD
from tests.web.founded import ASK, SHEET, Founded, founding
from tests.web.visitor import Visitor
from web.master_key import read_master_key


@pytest.fixture
async def founded(tmp_path: Path) -> AsyncIterator[Founded]:
    async with founding(tmp_path) as made:
        yield made


async def test_who_founds_a_practice_is_led_to_the_sheet_and_sees_it_in_the_answer_alone(
    founded: Founded,
) -> None:
    mira = founded.mira
    assert founded.place == f"{SHEET}?first=1"
    before = await mira.get(founded.place)
    assert before.headers["cache-control"] == "no-store"
    assert not any(group in before.words.split() for group in founded.groups)
    shown = await mira.submit(founded.place, SHEET)
    assert (shown.status, shown.headers["cache-control"]) == (200, "no-store")
    assert tuple(re.findall(r"<li><code>([A-Z2-7]{4})</code>", shown.text)) == founded.groups
    assert typed(" ".join(founded.groups)) == read_master_key(founded.folder / "master.key").secret
    assert "Never with the backup" in shown.words
    assert founded.groups[0] not in (await mira.get(SHEET)).text


async def test_it_counts_once_two_groups_were_asked_back_and_is_not_shown_again(founded: Founded) -> None:
    mira = founded.mira
    assert "It is not on paper yet" in (await mira.get("/account")).words
    wrong = await mira.submit(ASK, ASK, **await founded.answered(wrong=True))
    assert (wrong.status, "look at the paper once more" in wrong.words) == (422, True)
    assert not any(group in wrong.words.split() for group in founded.groups)
    await founded.keep()
    assert "It is on paper" in (await mira.get("/account")).words
    assert (await mira.get(ASK)).place == SHEET
    assert "is not shown again" in (await mira.get(SHEET)).words
    key = re.findall(r'name="key" value="([^"]+)"', (await mira.get(SHEET)).text)[0]
    assert (await mira.post(SHEET, {"key": key})).status == 404
    lines = [one for one in await founded.lines() if one.startswith("recovery_sheet")]
    assert lines == ["recovery_sheet_kept"]


async def test_put_off_it_is_said_until_it_is_done(founded: Founded) -> None:
    mira = founded.mira
    later = (await mira.get("/account?done=founded")).words
    assert "Without it everything is lost with this machine" in later
    await mira.submit("/account", "/account/hat")
    assert "The recovery sheet is not on paper yet" in (await mira.get("/admin")).words
    again = await mira.submit("/account/again?do=sheet", "/account/again", password=PASSWORD)
    assert again.place == SHEET, "the other hat is a sign-in of its own"
    await founded.keep()
    assert "The recovery sheet is not on paper yet" not in (await mira.get("/admin")).words


async def test_wrong_groups_are_paced(founded: Founded) -> None:
    statuses = [
        (await founded.mira.submit(ASK, ASK, **await founded.answered(wrong=True))).status for _ in range(7)
    ]
    assert statuses[0] == 422
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"first_number": "1", "second_number": "1", "first": "AAAA", "second": "AAAA"},
        {"first_number": "0", "second_number": "15", "first": "", "second": ""},
        {"first_number": "-1", "second_number": "2", "first": "", "second": ""},
        {
            "first_number": "²",
            "second_number": "2",
            "first": "",
            "second": "\ud800".encode("utf-8", "replace").decode(),
        },
        {"first_number": "1", "first": "AAAA"},
    ],
)
async def test_a_form_that_is_not_ours_keeps_nothing(founded: Founded, fields: dict[str, str]) -> None:
    key = {"key": re.findall(r'name="key" value="([^"]+)"', (await founded.mira.get(ASK)).text)[0]}
    assert (await founded.mira.post(ASK, key | fields)).status == 422
    assert await founded.house.office.memory.keys.sheet_kept_at() is None


async def test_a_new_sheet_is_of_a_new_key_and_remains_to_be_kept(founded: Founded) -> None:
    mira, former = founded.mira, founded.groups
    await founded.keep()
    made = await mira.submit(SHEET, f"{SHEET}/new")
    assert (made.status, made.place) == (303, SHEET)
    assert founded.groups != former
    (kept,) = founded.folder.glob("master.key.former-*")
    assert groups_of(read_master_key(kept).secret) == former
    shown = await mira.submit(SHEET, SHEET)
    assert tuple(re.findall(r"<li><code>([A-Z2-7]{4})</code>", shown.text)) == founded.groups
    await founded.keep()
    lines = [one for one in await founded.lines() if "sheet" in one or "rotated" in one]
    assert lines == [
        "recovery_sheet_kept",
        "recovery_sheet_renewed",
        "master_key_rotated",
        "recovery_sheet_shown",
        "recovery_sheet_kept",
    ]


async def test_who_came_some_time_ago_says_first_who_they_are(founded: Founded) -> None:
    mira = Visitor(founded.mira.base)
    await mira.submit("/", "/sign-in", username="mira", password=PASSWORD)
    asked = await mira.submit(SHEET, SHEET)
    assert asked.place == "/account/again?do=sheet"
    assert (await mira.submit(ASK, ASK, **await founded.answered())).place == asked.place
    again = await mira.submit(asked.place, "/account/again", do="sheet", password=PASSWORD)
    assert again.place == SHEET
    assert (await mira.submit(SHEET, SHEET)).status == 200


async def test_where_there_are_several_practices_none_of_them_has_it(founded: Founded) -> None:
    await found_practice(founded.house.office, NewPractice("other", "Other", "UTC"))
    assert (await founded.mira.get(SHEET)).status == 404
    assert "recovery sheet" not in (await founded.mira.get("/account")).words
    key = re.findall(r'name="key" value="([^"]+)"', (await founded.mira.get("/account")).text)[0]
    for place in (SHEET, ASK, f"{SHEET}/new"):
        assert (await founded.mira.post(place, {"key": key})).status in (303, 404), place
    assert [one for one in await founded.lines() if one.startswith("recovery_sheet")] == []


async def test_the_sheet_is_nowhere_but_on_the_page(
    founded: Founded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await founded.mira.submit(founded.place, SHEET)
    await founded.mira.submit(ASK, ASK, **await founded.answered(wrong=True))
    await founded.keep()
    groups = founded.groups
    pairs = [f"{a}{between}{b}" for a, b in pairwise(groups) for between in ("", " ", "-")]
    assert not any(one in caplog.text for one in (*groups, *pairs))
    files = [one for one in founded.folder.rglob("*") if one.is_file() and one.name != "master.key"]
    assert len(files) > 100
    for one in files:
        with suppress(FileNotFoundError):  # the database puts some away meanwhile
            held = one.read_bytes()
            assert not any(pair.encode() in held for pair in pairs), one


def test_any_two_groups_may_be_asked_and_they_differ() -> None:
    class Drawing:
        def __init__(self, drawn: bytes) -> None:
            self.random = lambda _: drawn

    found = {asked_groups(Drawing(bytes((a, b)))) for a in range(GROUPS) for b in range(GROUPS - 1)}  # type: ignore[arg-type]
    assert len(found) == GROUPS * (GROUPS - 1) // 2
    assert all(1 <= first < second <= GROUPS for first, second in found)
