"""Somebody who is not in care asks by the public page, without a script and without a sign-in; and what becomes of it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from messaging.enquiries.asking import NOBODY
from messaging.enquiries.deciding import claim
from messaging.enquiries.public import change_details, say_of_oneself
from messaging.errors import Conflict
from messaging.inbox.listing import inbox
from messaging.people import Profile, PublicPage
from tests.cast import Cast
from tests.web.hostile import Door
from tests.web.visitor import Answer, Visitor
from web.fair.enquiry_pace import PER_ADDRESS

WORDS = "I cannot sleep, and the gate does not close. CANARY"
UNSUITABLE = "Where somebody must be there at once."


@pytest.fixture
async def public(people: Cast) -> str:
    """Where the page of the practice is; Dr Mira takes enquiries and says something of herself, Eli takes them too."""
    page = PublicPage("Two of us.", UNSUITABLE, ("Can I write where nobody looks?",), "Within three days.")
    await people.office.memory.people.set_practice(replace(people.practice, page=page))
    await say_of_oneself(people.office, people["mira"], Profile("Slow letters.", licence="No. 14207"))
    for name in ("mira", "eli"):
        await change_details(people.office, people["nour"], people[name].id, takes_enquiries=True)
    return f"/p/{people.practice.slug}"


async def asked(stranger: Visitor, public: str, **fields: str) -> Answer:
    said = {"name": "Anna K.", "text": WORDS, **fields}
    return await stranger.submit(public, f"{public}/enquiries", **said)


def link_in(answer: Answer) -> str:
    found = re.search(r'href="[^"#]*/enquiry#([^"]+)"', answer.text)
    assert found, answer.words
    return found[1]


async def test_a_stranger_asks_is_answered_taken_on_and_comes_in_with_what_they_wrote(
    people: Cast, public: str, visitor: Callable[[], Visitor], mira: Visitor
) -> None:
    stranger = visitor()
    shown = await stranger.get(public)
    assert shown.words.index(UNSUITABLE) < shown.words.index("Slow letters."), (
        "where text is no help is said first"
    )
    assert "No. 14207" in shown.words
    assert "Eli" not in shown.words, "who says nothing of themselves is not named"
    kept = await asked(stranger, public, whom=str(people["mira"].id), reach="+43 660 1234567")
    assert (kept.status, stranger.cookies) == (201, {})
    token = link_in(kept)

    (line,) = [one for one in await inbox(people.office, people["mira"]) if one.conversation.enquiry]
    here = f"/c/{line.conversation.id}"
    row = (await mira.get("/inbox")).words
    assert "Anna K. enquiry" in row
    for shown_as in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"quietline={token}"}):
        assert (await stranger.get("/api/v1/conversations", **shown_as)).status == 401, (
            "a link signs nobody in"
        )
    page = await mira.get(here)
    assert "To be reached: +43 660 1234567" in page.words
    assert "Would like to write to Dr Mira" in page.words
    assert "CANARY" in page.words
    assert "CANARY" in (await visitor_in(visitor, people, "eli", here)).words, (
        "all who take enquiries read it"
    )

    answered = await mira.submit(here, f"{here}/letters", text="Dear Anna, thank you. Tell me more?")
    assert answered.status == 303
    back = await stranger.post("/enquiry", {"token": token, "key": "x"})
    assert "CANARY" in back.words
    again = await stranger.post("/enquiry/words", back.hidden("/enquiry/words") | {"text": "Yes. MORE."})
    assert "MORE." in again.words
    assert (await stranger.post("/enquiry/way-in", {"token": token})).status == 404, "not yet"

    claimed = await mira.submit(here, f"{here}/enquiry", deed="claim")
    assert claimed.place.endswith(here)
    assert (await visitor_in(visitor, people, "eli", here)).status == 404
    back = await stranger.post("/enquiry", {"token": token})
    assert "takes this enquiry on" in back.words
    way = await stranger.post("/enquiry/way-in", back.hidden("/enquiry/way-in"))
    done = await stranger.post(
        "/invitation", way.hidden("/invitation") | token_of(way) | {"password": "a gate that closes well"}
    )
    assert done.status == 200, done.words
    username = re.search(r'class="lead"><bdi>([^<]+)', done.text)
    assert username
    entered = await stranger.post(
        "/sign-in", {"username": username[1], "password": "a gate that closes well"}
    )
    assert entered.status == 303
    assert "CANARY" in (await stranger.get("/me/letters")).words, "the same conversation goes on"
    assert (await stranger.post("/enquiry", {"token": token})).status == 404, "and the link has ended"


def token_of(way: Answer) -> dict[str, str]:
    found = re.search(r'name="token" value="([^"]+)"', way.text)
    assert found
    return {"token": found[1]}


async def visitor_in(visitor: Callable[[], Visitor], people: Cast, name: str, place: str) -> Answer:
    browser = visitor()
    await browser.enter(people, name)
    return await browser.get(place)


async def test_it_is_referred_and_declined_and_who_asked_is_told(
    people: Cast, public: str, visitor: Callable[[], Visitor], mira: Visitor
) -> None:
    await change_details(people.office, people["nour"], people["eli"].id, takes_enquiries=False)
    stranger = visitor()
    token = link_in(await asked(stranger, public))
    (line,) = [one for one in await inbox(people.office, people["mira"]) if one.conversation.enquiry]
    here = f"/c/{line.conversation.id}"
    assert (await visitor_in(visitor, people, "eli", here)).status == 404
    referred = await mira.submit(here, f"{here}/enquiry", deed="refer", to=str(people["eli"].id))
    assert referred.place == "/inbox"
    assert (await mira.get(here)).status == 404
    eli = visitor()
    await eli.enter(people, "eli")
    assert "CANARY" in (await eli.get(here)).words
    await eli.submit(here, f"{here}/enquiry", deed="decline")
    back = await stranger.post("/enquiry", {"token": token})
    assert "cannot take this enquiry on" in back.words
    assert 'action="/enquiry/words"' not in back.text
    with pytest.raises(Conflict):
        await claim(people.office, people["eli"], line.conversation.id)


async def test_a_program_asks_and_the_inbox_says_what_it_is(people: Cast, public: str) -> None:
    door = Door(people.house)
    headers = {"content-type": "application/json"}

    async def ask(**said: object) -> tuple[int, dict[str, object]]:
        reply = await door.ask("POST", f"{public}/enquiries", json.dumps(said).encode(), headers)
        return reply.status, json.loads(reply.body)

    status, made = await ask(name="Anna", text=WORDS)
    assert (status, list(made)) == (201, ["link"])
    for wrong in (
        {"name": "", "text": WORDS},
        {"name": "Anna", "text": ""},
        {"name": "Anna"},
        {"name": "Anna", "text": WORDS, "surprise": 1},
        {"name": "Anna", "text": WORDS, "whom": str(people["eli"].id)},
        {"name": "Anna", "text": WORDS, "whom": "nobody"},
        {"name": "Anna", "text": WORDS, "reach": "x" * 201},
        {"name": "\x00", "text": WORDS},
    ):
        status, problem = await ask(**wrong)
        assert (status, "detail" in problem) == (422, True), wrong
    token = await people.token("mira")
    reply = await door.ask("GET", "/api/v1/inbox", b"", {"authorization": f"Bearer {token}"})
    kinds = {one["name"]: one["kind"] for one in json.loads(reply.body)["entries"]}
    assert kinds["Anna"] == "enquiry"
    assert kinds["Ruth"] == "individual"


async def test_the_same_form_twice_is_one_enquiry_and_a_machine_is_not_listened_to(
    people: Cast, public: str, visitor: Callable[[], Visitor]
) -> None:
    stranger = visitor()
    shown = (await stranger.get(public)).hidden(f"{public}/enquiries")
    fields = shown | {"name": "Anna", "text": WORDS}
    assert (await stranger.post(f"{public}/enquiries", fields | {"website": "http://x"})).status == 201
    assert not [one for one in await inbox(people.office, people["mira"]) if one.conversation.enquiry]
    for _ in range(2):
        assert (await stranger.post(f"{public}/enquiries", fields)).status == 201
    assert len([one for one in await inbox(people.office, people["mira"]) if one.conversation.enquiry]) == 1


async def test_beyond_thirty_an_hour_from_one_address_nothing_is_kept_and_nothing_is_lost(
    people: Cast, public: str, visitor: Callable[[], Visitor]
) -> None:
    stranger = visitor()
    answers = [await asked(stranger, public, text="") for _ in range(int(PER_ADDRESS.burst))]
    assert {one.status for one in answers} == {422}
    over = await asked(stranger, public)
    assert over.status == 429
    assert int(over.headers["retry-after"]) > 0
    assert over.field("text") == WORDS


async def test_without_a_page_or_a_taker_there_is_nothing_to_ask(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    stranger = visitor()
    nobody = await stranger.get("/p/no-such-practice")
    without = await stranger.get(f"/p/{people.practice.slug}")
    assert (nobody.status, without.status) == (404, 404)
    assert nobody.words == without.words
    await people.office.memory.people.set_practice(replace(people.practice, page=PublicPage()))
    shown = await stranger.get(f"/p/{people.practice.slug}")
    assert NOBODY in shown.words
    said = {"name": "Anna", "text": WORDS, "key": "9f6b9d6e-4b5e-4b55-9df5-3d4b1f0f7c11"}
    refused = await stranger.post(f"/p/{people.practice.slug}/enquiries", said)
    assert (refused.status, NOBODY in refused.words) == (409, True)


async def test_who_works_here_writes_their_part_and_who_administers_the_page(
    people: Cast, visitor: Callable[[], Visitor], mira: Visitor, nour: Visitor
) -> None:
    taking = {f"takes-{people['mira'].id}": "yes"}
    await nour.submit("/admin/public", "/admin/public", there="yes", unsuitable=UNSUITABLE, **taking)
    await mira.submit("/account/public", "/account/public", about="<b>Slow</b> letters.", treats="Sleep.")
    wrong = await mira.submit("/account/public", "/account/public", register="javascript:alert(1)")
    assert wrong.status == 422
    shown = await visitor().get(f"/p/{people.practice.slug}")
    assert "<b>Slow</b> letters." in shown.words
    assert "<b>Slow" not in shown.text
    assert 'action="/p/' in shown.text
    await nour.submit("/admin/public", "/admin/public", unsuitable=UNSUITABLE)
    assert (await visitor().get(f"/p/{people.practice.slug}")).status == 404
