"""The four states on pages: active, leaving, read-only for safeguarding, and gone as a tombstone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from messaging.ending.erasing import erase, weigh
from messaging.ending.retention import LEAVING, Stage
from messaging.memory.ending import Erasable
from messaging.people import Practice
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.pages.parts.stages import Standing, standing_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


async def gone(people: Cast, what: Erasable, name: str) -> None:
    named = people[name].id if what is Erasable.PERSON else people.conversation(name)
    await erase(people.office, people.house.ledger, await weigh(people.office, what, named), "asked for")


@pytest.mark.parametrize(
    ("days", "years", "stands"),
    [
        (None, 7, Standing()),
        (29, 7, Standing(Stage.LEAVING, NOW - timedelta(29), NOW - timedelta(29) + LEAVING)),
        (31, None, Standing(Stage.KEPT, NOW - timedelta(31))),
    ],
)
async def test_where_it_stands_and_until_when(
    people: Cast, days: int | None, years: int | None, stands: Standing
) -> None:
    found = await people.office.memory.conversations.find(people.practice.id, people.conversation("ruth"))
    assert found is not None
    practice = Practice(people.practice.id, "", "", "UTC", keep_years=years)
    ended = None if days is None else NOW - timedelta(days)
    assert standing_of(replace(found, ended_at=ended), practice, NOW) == stands


async def test_who_cares_and_who_administers_see_the_state(
    people: Cast, mira: Visitor, nour: Visitor
) -> None:
    ruth = people.conversation("ruth")
    for browser, base in ((mira, "/clients"), (nour, "/admin/people")):
        assert "Active: care goes on." in (await browser.get(f"{base}/circles/{ruth}")).words
    place = f"/clients/circles/{ruth}"
    await mira.submit(f"{place}/end", f"{place}/end", reason="", knowingly="yes")
    for browser, base in ((mira, "/clients"), (nour, "/admin/people")):
        assert "Leaving: care ended on" in (await browser.get(f"{base}/circles/{ruth}")).words
        shown = await browser.get(f"{base}/{people['ruth'].id}")
        assert "Leaving · care ended" in shown.words
    assert "Leaving · care ended" in (await mira.get(f"/c/{ruth}")).words


async def test_what_is_gone_is_a_tombstone_and_no_absence(people: Cast, nour: Visitor, mira: Visitor) -> None:
    omar, linden = people.conversation("omar"), people["linden"].id
    await gone(people, Erasable.CONVERSATION, "omar")
    await gone(people, Erasable.PERSON, "linden")
    listed = (await nour.get("/admin")).words
    assert "Conversations that are gone" in listed
    assert "A conversation gone since" in listed
    assert "[A former member]" in listed
    assert "Linden" not in listed
    for path, says in (
        (f"/admin/people/circles/{omar}", "A conversation that is gone"),
        (f"/admin/people/{linden}", "A former member"),
    ):
        shown = await nour.get(path)
        assert (shown.status, says in shown.words, "Gone since" in shown.words) == (410, True, True), path
        assert "Linden" not in shown.words
    assert (await nour.get(f"/admin/people/circles/{uuid4()}")).status == 404
    for path in (f"/clients/circles/{omar}", f"/clients/{linden}"):
        assert (await mira.get(path)).status == 404, "nothing says that she knew of them"


async def test_of_a_couple_who_cares_sees_that_one_is_gone(people: Cast, mira: Visitor) -> None:
    await gone(people, Erasable.PERSON, "ben")
    shown = await mira.get(f"/clients/{people['ben'].id}")
    assert (shown.status, "A former member" in shown.words, "Ben" in shown.words) == (410, True, False)
