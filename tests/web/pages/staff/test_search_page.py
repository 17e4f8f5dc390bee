"""The search page: by a form alone, grouped by conversation, and what was looked for in no address."""

from uuid import uuid4

from messaging.notes.note import Written
from messaging.notes.process import write_own
from messaging.notes.progress import write_note
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.searching.asked import wrote
from tests.web.visitor import Visitor


async def test_the_page_finds_words_marks_them_and_leads_to_the_entry(people: Cast, mira: Visitor) -> None:
    number = await wrote(people, "Tonight I opened the gâte. Only to the road.", subject="Over the eggs")
    await wrote(people, "gate of Omar", "omar", "omar")
    page = await mira.get("/search")
    assert page.status == 200
    found = await mira.post("/search", {"q": "gate"})
    assert found.status == 200
    assert "1 place, 1 conversation." in found.text
    assert "<mark>gâte</mark>" in found.text
    link = f"/c/{people.conversation('ruth')}?before={number + 8}#n{number}"
    assert link in found.text
    assert "Omar" not in found.text
    there = await mira.get(link.partition("#")[0])
    assert f'id="n{number}"' in there.text


async def test_each_kind_of_result_is_called_by_its_name(people: Cast, mira: Visitor) -> None:
    await wrote(people, "canarybird")
    for kind, count in (("letter", 1), ("chat", 0), ("note", 0), ("event", 0), ("file", 0)):
        found = await mira.post("/search", {"q": "canarybird", "kind": kind})
        assert found.text.count("data-found") == count, kind
        assert f'<option value="{kind}" selected>' in found.text


async def test_people_are_found_by_name_and_nothing_found_is_said(people: Cast, mira: Visitor) -> None:
    named = await mira.post("/search", {"q": "linden"})
    assert f'href="/c/{people.conversation("linden")}"' in named.text
    assert "Nothing like this was found." in (await mira.post("/search", {"q": "zeppelin"})).text


async def test_what_cannot_be_searched_for_is_said_at_the_field(mira: Visitor) -> None:
    refused = await mira.post("/search", {"q": "a"})
    assert refused.status == 422
    assert "Please say at least two letters." in refused.text
    assert (await mira.post("/search", {"q": "canarybird", "since": "never"})).status == 422
    assert (await mira.post("/search", {"q": "canarybird", "conversation": "nobody"})).status == 404


async def test_a_place_is_looked_at_where_it_stands_and_nothing_counts_as_read(
    people: Cast, mira: Visitor
) -> None:
    number = await wrote(people, "Tonight I opened the gate.")
    held, _ = await people.enter("mira", "ruth", Deed.NOTE)
    own, _ = await write_own(people.office, held, Written(uuid4(), "The gate is mine."))
    shared, _ = await write_note(people.office, held, Written(uuid4(), "The gate is the record's."))
    found = await mira.post("/search", {"q": "gate"})
    here = f"/search/look/{people.conversation('ruth')}"
    for place, words in (
        (f"{number}", "Tonight I opened the gate."),
        (f"progress/{shared.id}", "The gate is the record's."),
        (f"process/{own.id}", "The gate is mine."),
    ):
        assert f'data-look="{here}/{place}"' in found.text
        assert words in (await mira.get(f"{here}/{place}")).words
    assert "process note, only you read it" in found.words
    assert (await mira.get(f"{here}/{number + 40}")).status == 404
    _, circle = await people.enter("mira", "ruth", Deed.READ)
    member = circle.conversation.member(people["mira"].id)
    assert member is not None
    assert member.read_number < number


async def test_where_one_came_from_is_a_place_of_ours(mira: Visitor) -> None:
    assert 'href="/today" data-back' in (await mira.get("/search?back=/today")).text
    assert 'href="/inbox" data-back' in (await mira.get("/search?back=//evil.example")).text


async def test_nobody_else_has_the_page(ruth: Visitor, nour: Visitor) -> None:
    for reader in (ruth, nour):
        assert (await reader.get("/search")).status == 404
        assert (await reader.post("/search", {"q": "canarybird"})).status == 404
