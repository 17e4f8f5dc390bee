"""A promise that passed is seen by everyone concerned; and who administers moves the practice's clock."""

from dataclasses import replace
from datetime import timedelta

from tests.cast import Cast
from tests.channels.email.leaving.test_courier import later
from tests.channels.email.leaving.test_receipts import promised, write_as
from tests.web.visitor import Visitor
from web.timekeeping import keep_promises

PRACTICE = "/admin/practice"


async def test_what_is_late_is_seen_by_all_and_read_by_none_who_may_not(
    people: Cast, mira: Visitor, ruth: Visitor, nour: Visitor
) -> None:
    long_ago = later(people.office, people, -timedelta(days=30).total_seconds())
    await write_as(people, "ruth", "A secret lake.", office=long_ago)
    while await keep_promises(people.office):
        pass
    assert "It is safe here. The answer is late." in (await ruth.get("/me")).words
    assert "is late" in (await ruth.get("/me")).words
    assert (
        "The time passed by which an answer was promised"
        in (await mira.get(f"/c/{people.conversation('ruth')}")).words
    )
    assert " late" in (await mira.get("/inbox")).words
    assert "A secret lake." in (await mira.get("/today")).words, "what is late is due today"
    office = await nour.get("/admin")
    assert "secret" not in office.words
    assert 'class="count due" data-label="Late">1<' in office.text


async def test_the_practices_clock_is_moved_and_both_sides_see_the_new_promise(
    people: Cast, nour: Visitor, mira: Visitor, ruth: Visitor
) -> None:
    await write_as(people, "ruth")
    before = await promised(people, "ruth")
    place = f"/c/{people.conversation('ruth')}"
    iso = before.isoformat()
    assert iso in (await ruth.get("/me/letters")).text
    assert iso in (await mira.get(place)).text
    assert "<option selected>Europe/Vienna</option>" in (await nour.get(PRACTICE)).text
    kept = await nour.submit(PRACTICE, PRACTICE, name="Haus Linde", zone="Asia/Tokyo")
    assert kept.place == f"{PRACTICE}?done=1"
    assert "<option selected>Asia/Tokyo</option>" in (await nour.get(kept.place)).text
    moved = replace(people, practice=replace(people.practice, time_zone="Asia/Tokyo"))
    after = (await promised(moved, "ruth")).isoformat()
    assert after != iso
    for page in (await ruth.get("/me/letters"), await mira.get(place)):
        assert after in page.text
        assert iso not in page.text
    refused = await nour.submit(PRACTICE, PRACTICE, name="Haus Linde", zone="Nowhere/Land")
    assert refused.status == 422
    assert "Please choose one of the list" in refused.words


async def test_nobody_else_moves_it(people: Cast, mira: Visitor, ruth: Visitor) -> None:
    for browser in (mira, ruth):
        fields = {"key": "00000000-0000-4000-8000-000000000000", "zone": "Asia/Tokyo", "name": "x"}
        assert (await browser.post(PRACTICE, fields)).status == 404
    owner = await people.office.memory.people.practice(people.practice.id)
    assert owner is not None
    assert owner.time_zone == "Europe/Vienna"
