"""A clinician's own clients: added with the conversation begun in one deed, changed, let go; nobody else's."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from messaging.inbox.listing import inbox
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person
from messaging.practice.joining import people_of
from messaging.practice.taking_on import take_on
from tests.cast import Cast
from tests.web.pages.admin.test_people_pages import accept, link_on, person_on
from tests.web.visitor import Visitor

ADD = "/clients/add"
DEEDS = ("details", "invite", "withdraw", "let-go", "let-in")


async def test_a_client_is_added_with_a_name_alone_and_stands_in_the_inbox(
    people: Cast, mira: Visitor
) -> None:
    assert f'href="{ADD}"' in (await mira.get("/inbox")).text
    assert f'href="{ADD}"' in (await mira.get("/today")).text
    made = await mira.submit(ADD, ADD, name="Heron")
    assert made.status == 201
    assert "Heron, this is the way to Dr Mira at Haus Linde." in made.words
    assert "Only you and Dr Mira read what you write." in made.words
    assert "Heron" in (await mira.get("/inbox")).words
    (line,) = [one for one in await inbox(people.office, people["mira"]) if one.circle.title() == "Heron"]
    opened = await mira.get(f"/c/{line.conversation.id}")
    assert f'href="{person_on(made)}"' in opened.text
    assert f'href="/c/{line.conversation.id}"' in (await mira.get(person_on(made))).text
    assert (await accept(mira.base, link_on(made))).status == 200


async def test_a_clinician_chooses_neither_role_nor_another_clinician(people: Cast, mira: Visitor) -> None:
    fields = (await mira.get(ADD)).hidden(ADD)
    asked = {"name": "Heron", "role": "administrator", "clinician": str(people["eli"].id)}
    assert (await mira.post(ADD, fields | asked)).status == 201
    (made,) = [
        one.person for one in await people_of(people.office, people["nour"]) if one.person.name == "Heron"
    ]
    assert made.role is Role.CLIENT
    assert "Heron" not in [one.circle.title() for one in await inbox(people.office, people["eli"])]


async def test_an_own_client_is_changed_invited_let_go_and_let_in(
    people: Cast, mira: Visitor, ruth: Visitor
) -> None:
    place = f"/clients/{people['ruth'].id}"
    assert "Name, mail and way in of Ruth" in (await mira.get(f"/c/{people.conversation('ruth')}")).words
    kept = await mira.submit(place, f"{place}/details", name="Ruth Ann", email="", mode="notice")
    assert kept.place == f"{place}?done=changed"
    assert (await mira.submit(place, f"{place}/invite")).status == 201
    assert (await mira.submit(place, f"{place}/let-go")).status == 303
    assert (await ruth.get("/me")).status == 303
    assert "They have left" in (await mira.get(place)).words
    assert (await mira.submit(place, f"{place}/let-in")).status == 303


async def test_nobody_elses_client_and_no_colleague_is_found(
    people: Cast, mira: Visitor, visitor: Callable[[], Visitor]
) -> None:
    for person in (people["omar"].id, people["eli"].id, people["nour"].id, people["mira"].id, uuid4(), "x"):
        assert (await mira.get(f"/clients/{person}")).status == 404
        for deed in DEEDS:
            fields = {"key": str(uuid4()), "name": "x", "mode": "notice"}
            assert (await mira.post(f"/clients/{person}/{deed}", fields)).status == 404, deed
    new = NewPerson(Role.SUPERVISOR, f"sue-{people.practice.slug}", "Sue")
    people.people["sue"] = await add_person(people.office, people.practice.id, new)
    ruth = people["ruth"].id
    for name in ("sue", "nour", "linden", "eli"):
        browser = visitor()
        await browser.enter(people, name)
        assert (await browser.get(ADD)).status == (200 if name == "eli" else 404)
        assert (await browser.get(f"/clients/{ruth}")).status == 404
        for deed in DEEDS:
            fields = {"key": str(uuid4()), "name": "x", "mode": "notice"}
            assert (await browser.post(f"/clients/{ruth}/{deed}", fields)).status == 404, (name, deed)
        if name != "eli":
            assert (await browser.post(ADD, {"key": str(uuid4()), "name": "x"})).status == 404
    sues = await visitor().get("/inbox")
    assert ADD not in sues.text


async def test_a_deed_broken_off_after_its_first_half_is_whole_when_it_is_asked_for_again(cast: Cast) -> None:
    new = NewPerson(Role.CLIENT, "", "Heron", ref="page/once")
    half = await take_on(cast.office, cast["mira"], new)
    assert half.conversation is None
    whole = await take_on(cast.office, cast["mira"], new, cast["mira"].id)
    again = await take_on(cast.office, cast["mira"], new, cast["mira"].id)
    assert whole.conversation is not None
    assert again.conversation == whole.conversation
    assert again.joined.listed.person.id == half.joined.listed.person.id


@pytest.mark.parametrize("names", [["Heron"], []])
async def test_an_empty_inbox_says_what_to_do_next(
    people: Cast, visitor: Callable[[], Visitor], names: list[str]
) -> None:
    new = NewPerson(Role.THERAPIST, f"new-{people.practice.slug}", "Dr New")
    people.people["new"] = await add_person(people.office, people.practice.id, new)
    browser = visitor()
    await browser.enter(people, "new")
    for name in names:
        await browser.submit(ADD, ADD, name=name)
    assert ("Add the first client" in (await browser.get("/inbox")).words) is not bool(names)
