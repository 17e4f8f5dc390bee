"""What makes a device known: a proof for one name and one password, for a time, that nobody else can make."""

import base64
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from messaging.entrance.known_devices import KNOWN_FOR, Device, known_device
from messaging.entrance.signing_in import Credentials, name_hash, sign_in
from messaging.office import Asking
from tests.cast import PASSWORD, Cast
from tests.web.fair.town import FAR, Town
from tests.web.visitor import Visitor
from web.fair.guesses import PER_NAME, PER_NAME_AND_NETWORK


@dataclass
class Proven:
    """A proof of Ruth's device, and who looks at it."""

    people: Cast
    name: bytes
    proof: str

    async def look(
        self, *shown: str, name: bytes | None = None, later: timedelta = timedelta()
    ) -> Device | None:
        office = self.people.office
        moved = replace(office, clock=lambda: office.clock() + later)
        return await known_device(moved, name or self.name, shown or [self.proof])


@pytest.fixture
async def proven(people: Cast) -> Proven:
    username = f"ruth-{people.practice.slug}"
    entered = await sign_in(people.office, Credentials(username, PASSWORD), Asking("test", known=True))
    return Proven(people, name_hash(people.office, username), entered.device)


async def test_a_proof_is_for_one_name_and_for_a_time(proven: Proven) -> None:
    found = await proven.look()
    assert found is not None
    assert found.person == proven.people["ruth"].id
    assert await proven.look(name=name_hash(proven.people.office, "mira")) is None
    assert await proven.look(later=KNOWN_FOR - timedelta(minutes=1)) is not None
    assert await proven.look(later=KNOWN_FOR) is None


async def test_a_proof_ends_with_its_password_and_with_its_person(proven: Proven) -> None:
    person, people = proven.people["ruth"], proven.people.office.memory.people
    (stored,) = await people.find(person.practice, [person.id])
    assert stored.password_hash is not None
    await people.set_password(person.practice, person.id, "$argon2id$another")
    assert await proven.look() is None
    await people.set_password(person.practice, person.id, stored.password_hash)
    assert await proven.look() is not None


async def test_no_other_text_is_a_proof(proven: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = base64.urlsafe_b64decode(proven.proof + "==")
    flipped = [bytes(b ^ (i == at) for i, b in enumerate(raw)) for at in range(len(raw))]
    texts = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in flipped]
    texts += ["", "x", "é" * 134, "!" * 134, "A" * 134, proven.proof[:-1], proven.proof + "A"]

    async def asked(*_: object) -> list[object]:
        raise AssertionError("memory is asked about true proofs only")

    monkeypatch.setattr(proven.people.office.memory.people, "find", asked)
    assert await proven.look(*texts) is None


async def test_a_browser_of_two_keeps_both_and_of_each_the_latest(town: Town) -> None:
    browser = await town.known_browser("ben")
    for name in ("tess", "tess", "tess", "tess", "tess"):
        assert (await town.sign_in(name, browser=browser)).status == 303
    town.guess("ben", PER_NAME.burst, "198.18.{0}.1")
    assert (await town.sign_in("ben", browser=browser)).status == 303
    (kept,) = (value for key, value in browser.cookies.items() if key.endswith("-device"))
    own, *proofs = kept.split(".")
    assert own == "own"
    assert len(proofs) == 2


async def test_the_api_makes_devices_known_too(town: Town) -> None:
    browser = Visitor(town.site)
    asked = f'{{"username": "ruth-{town.people.practice.slug}", "password": "{PASSWORD}"}}'
    headers = {"Content-Type": "application/json", "X-Forwarded-For": FAR}
    assert (await browser.ask("POST", "/api/v1/sign-ins", asked, headers)).status == 201
    town.guess("ruth", PER_NAME_AND_NETWORK.burst)
    assert (await Visitor(town.site).ask("POST", "/api/v1/sign-ins", asked, headers)).status == 429
    headers |= {"Origin": town.site}
    assert (await browser.ask("POST", "/api/v1/sign-ins", asked, headers)).status == 201
