"""People on an administrator's pages: added, invited, changed, let go; who may, and what is said where it cannot be."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from messaging.entrance.signing_in import Credentials, sign_in
from messaging.errors import WrongCredentials
from messaging.inbox.listing import inbox
from messaging.office import Asking
from messaging.people import EmailMode, Role
from messaging.practice.founding import NewPerson, add_person
from messaging.practice.joining import people_of
from tests.cast import PASSWORD, Cast, found_cast
from tests.web.every_state import LONG
from tests.web.visitor import Answer, Visitor

ADD, ADD_STAFF, PEOPLE = "/admin/people/add", "/admin/people/add-staff", "/admin/people"


def link_on(page: Answer) -> str:
    """The token of the card."""
    found = re.search(r"/invitation#([A-Za-z0-9_=-]{64})", page.text)
    assert found is not None
    return found[1]


def person_on(page: Answer) -> str:
    """Where the page of the person is."""
    found = re.search(r'action="(/(?:admin/people|clients)/[0-9a-f-]{36})/details"', page.text)
    assert found is not None
    return found[1]


async def accept(site: str, token: str) -> Answer:
    return await Visitor(site).submit("/invitation", "/invitation", token=token, password=PASSWORD)


async def may_sign_in(people: Cast, username: str) -> bool:
    try:
        await sign_in(
            people.office, Credentials(username, PASSWORD, people.practice.slug), Asking("t", known=True)
        )
    except WrongCredentials:
        return False
    return True


@pytest.mark.parametrize("name", ["Omar", "يوسف بن عبد الله", LONG[:190].strip(), "O'Neil <b>", "🙂"])
async def test_a_client_is_added_and_their_card_is_shown_once(people: Cast, nour: Visitor, name: str) -> None:
    made = await nour.submit(ADD, ADD, name=name, clinician=str(people["eli"].id))
    assert made.status == 201
    assert name in made.words
    assert "this is the way to Eli at Haus Linde" in made.words
    assert "within two working days" in made.words
    assert '<svg class="qr"' in made.text
    token, place = link_on(made), person_on(made)
    assert token not in (await nour.get(place)).text
    listed = await nour.get("/admin")
    assert name in listed.words
    assert "invited, until" in listed.words
    named = [line.circle.title() for line in await inbox(people.office, people["eli"])]
    assert name in named
    done = await accept(nour.base, token)
    assert done.status == 200
    assert "Your password is kept" in done.words


async def test_the_same_form_twice_adds_one_person_whose_last_card_works(people: Cast, nour: Visitor) -> None:
    fields = (await nour.get(ADD)).hidden(ADD) | {"name": "Ida", "clinician": str(people["mira"].id)}
    first, second = await nour.post(ADD, fields), await nour.post(ADD, fields)
    assert (first.status, second.status) == (201, 201)
    assert person_on(first) == person_on(second)
    assert (await accept(nour.base, link_on(first))).status == 404
    assert (await accept(nour.base, link_on(second))).status == 200
    third = await nour.post(ADD, fields)
    assert (third.status, third.place) == (303, person_on(first))
    other = await nour.post(ADD, fields | {"name": "Somebody else"})
    assert other.status == 409
    assert "added from this page already" in other.words
    assert 'value="Somebody else"' in other.text
    names = [one.person.name for one in await people_of(people.office, people["nour"])]
    assert names.count("Ida") == 1
    assert (
        len([one for one in await inbox(people.office, people["mira"]) if one.circle.title() == "Ida"]) == 1
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLIENT])
async def test_whoever_works_here_is_added_as_what_they_are(people: Cast, nour: Visitor, role: Role) -> None:
    made = await nour.submit(ADD_STAFF, ADD_STAFF, name=f"Dr {role}", role=role.value)
    assert made.status == 201
    assert f"Dr {role}, this is your way into Haus Linde." in made.words
    listed = {one.person.name: one.person.role for one in await people_of(people.office, people["nour"])}
    assert listed[f"Dr {role}"] is role


@pytest.mark.parametrize("place", [ADD, ADD_STAFF])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "1 to 200 characters"),
        ({"name": "x" * 201}, "1 to 200 characters"),
        ({"email": "nowhere"}, "not an address"),
        ({"email": "jörg@example.org"}, "letters such as"),
        ({"username": "x" * 201}, "at most 200"),
        ({"username": "TAKEN"}, "has this username already"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(
    people: Cast, nour: Visitor, place: str, wrong: dict[str, str], said: str
) -> None:
    if wrong.get("username") == "TAKEN":
        wrong = {"username": f"ruth-{people.practice.slug}"}
    before = len(await people_of(people.office, people["nour"]))
    asked = {"name": "Ida Ü", "email": "ida@example.org", **wrong}
    answer = await nour.submit(place, place, **asked, role="therapist")
    assert answer.status in (409, 422)
    assert said in answer.words
    for value in asked.values():
        assert not value.strip() or f'value="{value}"' in answer.text
    assert len(await people_of(people.office, people["nour"])) == before


async def test_whole_letters_go_by_mail_only_with_a_yes(people: Cast, nour: Visitor) -> None:
    asked = {"name": "Ida", "email": "ida@example.org", "mode": "full"}
    refused = await nour.submit(ADD, ADD, **asked)
    assert refused.status == 422
    assert "Please tick that they do" in refused.words
    assert (await nour.submit(ADD, ADD, **asked, ticked="yes")).status == 201
    modes = {one.person.name: one.person.email_mode for one in await people_of(people.office, people["nour"])}
    assert modes["Ida"] is EmailMode.FULL
    for mode in ("openpgp", "loud", ""):
        assert (await nour.submit(ADD, ADD, name="Ben", mode=mode)).status == 422


@pytest.mark.parametrize("clinician", ["ruth", "nour", "elsewhere", "nobody", "no id"])
async def test_only_a_clinician_of_the_practice_is_given_a_client_and_else_nobody_is_added(
    people: Cast, nour: Visitor, clinician: str
) -> None:
    elsewhere = (await found_cast(people.house))["mira"]
    chosen = {"elsewhere": elsewhere.id, "nobody": uuid4(), "no id": "mira"}.get(clinician) or people[
        clinician
    ].id
    assert (await nour.submit(ADD, ADD, name="Ida", clinician=str(chosen))).status == 404
    assert "Ida" not in [one.person.name for one in await people_of(people.office, people["nour"])]


async def test_an_invitation_is_made_anew_withdrawn_and_said_to_be_so(people: Cast, nour: Visitor) -> None:
    made = await nour.submit(ADD, ADD, name="Ida")
    first, place = link_on(made), person_on(made)
    again = await nour.submit(place, f"{place}/invite")
    assert again.status == 201
    assert (await accept(nour.base, first)).status == 404
    assert (await nour.submit(place, f"{place}/withdraw")).place == f"{place}?done=withdrawn"
    assert (await accept(nour.base, link_on(again))).status == 404
    assert "Their invitation was withdrawn" in (await nour.get(place)).words
    assert "invitation withdrawn" in (await nour.get("/admin")).words


async def test_somebody_is_called_otherwise_and_has_another_address(people: Cast, nour: Visitor) -> None:
    place = f"{PEOPLE}/{people['ruth'].id}"
    kept = await nour.submit(place, f"{place}/details", name="Ruth Ann", email="r@new.example", mode="full")
    assert kept.place == f"{place}?done=changed"
    page = await nour.get(kept.place)
    assert 'value="Ruth Ann"' in page.text
    assert 'value="r@new.example"' in page.text
    gone = await nour.submit(place, f"{place}/details", name="Ruth Ann", email="", mode="notice")
    assert gone.status == 303
    assert 'value="r@new.example"' not in (await nour.get(place)).text
    for wrong, said in (
        ({"name": ""}, "1 to 200"),
        ({"email": "x"}, "not an address"),
        ({"mode": "full"}, "tick"),
    ):
        asked = {"name": "Ruth", "email": "r@new.example", "mode": "notice", **wrong}
        refused = await nour.submit(place, f"{place}/details", **asked)
        assert refused.status == 422
        assert said in refused.words
    assert 'value="Ruth Ann"' in (await nour.get(place)).text


async def test_who_is_let_go_is_out_and_comes_back_with_a_fresh_card(
    people: Cast, nour: Visitor, ruth: Visitor
) -> None:
    place, username = f"{PEOPLE}/{people['ruth'].id}", f"ruth-{people.practice.slug}"
    assert await may_sign_in(people, username)
    assert (await nour.submit(place, f"{place}/let-go")).place == f"{place}?done=let-go"
    assert (await ruth.get("/me")).status == 303
    assert not await may_sign_in(people, username)
    assert "has left" in (await nour.get("/admin")).words
    refused = await nour.post(f"{place}/invite", {"key": str(uuid4())})
    assert refused.status == 409
    assert "Let them in again first" in refused.words
    assert (await nour.submit(place, f"{place}/let-in")).place == f"{place}?done=let-in"
    card = await nour.submit(place, f"{place}/invite")
    assert (await accept(nour.base, link_on(card))).status == 200


async def test_the_last_who_administers_stays_and_is_told_why(people: Cast, nour: Visitor) -> None:
    place = f"{PEOPLE}/{people['nour'].id}"
    refused = await nour.submit(place, f"{place}/let-go")
    assert refused.status == 409
    assert "Nobody else administers this practice" in refused.words
    await add_person(people.office, people.practice.id, NewPerson(Role.ADMINISTRATOR, "jo", "Jo"))
    assert (await nour.submit(place, f"{place}/let-go")).status == 303
    assert (await nour.get("/admin")).status == 303


async def test_these_places_are_an_administrators_of_this_practice_alone(
    people: Cast, visitor: Callable[[], Visitor], nour: Visitor
) -> None:
    elsewhere = (await found_cast(people.house))["ruth"]
    for role in (Role.PSYCHIATRIST, Role.SUPERVISOR):
        new = NewPerson(role, f"{role}-{people.practice.slug}", role.value)
        people.people[role.value] = await add_person(people.office, people.practice.id, new)
    ruth, deeds = people["ruth"].id, ("details", "invite", "withdraw", "let-go", "let-in")
    for name in ("mira", "ruth", "psychiatrist", "supervisor"):
        browser = visitor()
        await browser.enter(people, name)
        for place in (ADD, ADD_STAFF, f"{PEOPLE}/{ruth}", "/admin/practice"):
            assert (await browser.get(place)).status == 404, (name, place)
        for place in (ADD, ADD_STAFF, "/admin/practice", *(f"{PEOPLE}/{ruth}/{deed}" for deed in deeds)):
            fields = {"key": str(uuid4()), "name": "x", "role": "administrator", "zone": "UTC"}
            assert (await browser.post(place, fields)).status == 404, (name, place)
    for person in (elsewhere.id, uuid4(), "x"):
        assert (await nour.get(f"{PEOPLE}/{person}")).status == 404
        for deed in deeds:
            fields = {"key": str(uuid4()), "name": "x"}
            assert (await nour.post(f"{PEOPLE}/{person}/{deed}", fields)).status == 404, deed
    assert (await nour.get(f"/clients/{ruth}")).status == 404


async def test_the_list_says_how_everybody_stands_and_with_whom(people: Cast, nour: Visitor) -> None:
    page = await nour.get("/admin")
    assert "5 clients, 3 who work here" in page.words
    assert "Dr Mira therapist 4 clients" in page.words
    assert "Ruth client Dr Mira 1 – whole letters by mail" in page.words
    assert "Find a name" in page.words
    assert "?q=" not in page.text


async def test_the_practice_has_another_name_and_numbers(people: Cast, nour: Visitor) -> None:
    place = "/admin/practice"
    asked = {"name": "Haus Erle", "zone": "Europe/Vienna", "whose0": "Telefonseelsorge", "number0": "142"}
    kept = await nour.submit(place, place, **asked, when0="day and night", whose1="  ")
    assert kept.place == f"{place}?done=1"
    page = await nour.get(place)
    for words in ('value="Haus Erle"', 'value="Telefonseelsorge"', 'value="142"', 'value="day and night"'):
        assert words in page.text
    for wrong, said in (
        ({"name": ""}, "1 to 200"),
        ({"zone": "Mars"}, "one of the list"),
        ({"number0": ""}, "a name beside it"),
        ({"number0": "call me"}, "has digits"),
    ):
        refused = await nour.submit(place, place, **{**asked, **wrong})
        assert refused.status == 422
        assert said in refused.words
        assert 'value="Telefonseelsorge"' in refused.text
    many = {f"{one}{n}": "142" for n in range(12) for one in ("whose", "number", "when")}
    assert (await nour.submit(place, place, name="Haus Erle", zone="UTC", **many)).status == 303
    assert (await nour.get(place)).text.count('value="142"') == 36


async def test_a_card_goes_by_mail_to_who_has_an_address_and_a_conversation(
    people: Cast, nour: Visitor
) -> None:
    fields = {"key": str(uuid4()), "mail": "yes"}
    address, carer = f"kim.{people.practice.slug}@mail.example", str(people["mira"].id)
    place = person_on(await nour.submit(ADD, ADD, name="Kim", email=address, clinician=carer))
    assert "Send one by mail" in (await nour.get(place)).words
    sent = await nour.post(f"{place}/invite", fields)
    assert sent.status == 201
    assert "A mail with this link is on its way" in sent.words
    assert (await accept(nour.base, link_on(sent))).status == 200
    assert "Send one by mail" not in (await nour.get(place)).words, "who has a password is handed a card"
    refused = await nour.post(f"{place}/invite", fields)
    assert refused.status == 409
    assert "somebody else may read their mail" in refused.words
    no_way = person_on(await nour.submit(ADD, ADD, name="Ida"))
    assert "Send one by mail" not in (await nour.get(no_way)).words
    refused = await nour.post(f"{no_way}/invite", fields)
    assert refused.status == 409
    assert "Please hand over the card" in refused.words
