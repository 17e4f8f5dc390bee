"""The work of a guess tells nothing of who exists, and every place that has something hashed is known."""

import ast
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from messaging.entrance.invitations import accept_invitation
from messaging.entrance.own_ways import change_password
from messaging.entrance.recovery_phrases import fresh_phrase
from messaging.entrance.signing_in import ALWAYS_TRIED, Credentials, sign_in, who
from messaging.entrance.stepping_up import step_up
from messaging.errors import Busy, WrongCredentials
from messaging.office import Asking
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, invite
from messaging.practice.ways_back import go_back_in
from messaging.sessions.recognising import choose_anew, choose_word, compare
from messaging.trust.sayable import plain
from messaging.trust.tokens import SECRET_BYTES, new_token
from tests.cast import PASSWORD, Cast, found_cast
from tests.house.tree import sources
from web.state import House


@dataclass
class Recording:
    """A desk that writes down what it is asked, and is full for strangers if told so."""

    full: bool = False
    asked: list[tuple[str, bool, Asking]] = field(default_factory=list)
    right: str | None = None

    async def is_common(self, password: str) -> bool:
        return False

    async def verify(self, encoded: str | None, password: str, asking: Asking) -> bool:
        self.asked.append(("verify", encoded is not None, asking))
        if self.full and not asking.known:
            raise Busy
        return encoded is not None and password == self.right

    async def hash(self, password: str, asking: Asking) -> str:
        self.asked.append(("hash", True, asking))
        if self.full and not asking.known:
            raise Busy
        return f"$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA${password}"


STRANGER: Final = Asking("203.0.113.9", known=False)


async def same_name_in(town_of: Cast, practices: int) -> str:
    name = f"anna-{practices}-{town_of.practice.slug}"
    office = replace(town_of.office, passwords=Recording())
    for at in range(practices):
        cast = town_of if at == 0 else await found_cast(town_of.house)
        await add_person(office, cast.practice.id, NewPerson(Role.CLIENT, name, "Anna", password=PASSWORD))
    return name


@dataclass
class Steps(Recording):
    """What a guess makes the house do, in order: the desk and the shelf of people of an office."""

    people: Any = None
    done: list[str] = field(default_factory=list)

    async def verify(self, encoded: str | None, password: str, asking: Asking) -> bool:
        self.done.append("verify")
        return await super().verify(encoded, password, asking)

    async def find(self, *given: Any) -> Any:
        self.done.append("find")
        return await self.people.find(*given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.people, name)


@pytest.mark.parametrize("right", [None, PASSWORD], ids=["wrong", "right"])
async def test_a_guess_costs_the_same_whether_the_name_is_nobodys_one_persons_or_twos(
    cast: Cast, right: str | None
) -> None:
    seen = []
    for practices in (0, 1, 2):
        name = await same_name_in(cast, practices)
        steps = Steps(right=right, people=cast.office.memory.people)
        memory = replace(cast.office.memory, people=steps)
        with suppress(WrongCredentials):
            office = replace(cast.office, passwords=steps, memory=memory)
            await sign_in(office, Credentials(name, PASSWORD), STRANGER)
        seen.append(steps.done)
    assert seen == [["find", "verify"] * ALWAYS_TRIED] * 3


async def test_what_was_begun_is_not_refused_half_way(cast: Cast) -> None:
    name, desk = await same_name_in(cast, 2), Recording()
    with pytest.raises(WrongCredentials):
        await sign_in(replace(cast.office, passwords=desk), Credentials(name, "wrong"), STRANGER)
    assert [asking.known for _, _, asking in desk.asked] == [False, True]


Case = Callable[[Cast, Recording], Awaitable[object]]


async def _signing_in(cast: Cast, desk: Recording) -> None:
    with pytest.raises(Busy):
        await sign_in(cast.office, Credentials(f"ruth-{cast.practice.slug}", PASSWORD), STRANGER)
    assert [asking for _, _, asking in desk.asked] == [STRANGER]


async def _renewing(cast: Cast, desk: Recording) -> None:
    old, desk.right, desk.full = "$argon2id$v=19$m=1024,t=1,p=1$AAAAAAAAAAA$AAAA", PASSWORD, False
    await cast.office.memory.people.set_password(cast.practice.id, cast["ruth"].id, old)
    await sign_in(cast.office, Credentials(f"ruth-{cast.practice.slug}", PASSWORD), STRANGER)
    assert desk.asked.pop(0)[2] == STRANGER
    assert desk.asked[-1][0] == "hash"


async def _arriving(cast: Cast, _: Recording) -> None:
    await accept_invitation(cast.office, await invite(cast.office, cast["ruth"]), PASSWORD)


async def _founding(cast: Cast, _: Recording) -> None:
    new = NewPerson(Role.CLIENT, f"new-{cast.practice.slug}", "New", password=PASSWORD)
    await add_person(cast.office, cast.practice.id, new)


async def _other_password(cast: Cast, desk: Recording) -> None:
    desk.right = PASSWORD
    await cast.office.memory.people.set_password(cast.practice.id, cast["ruth"].id, "$argon2id$some")
    signed_in = await who(cast.office, await cast.token("ruth"))
    await change_password(cast.office, signed_in, PASSWORD, "quiet rivers run deep")


async def _stepping_up(cast: Cast, desk: Recording) -> None:
    desk.right = PASSWORD
    await cast.office.memory.people.set_password(cast.practice.id, cast["ruth"].id, "$argon2id$some")
    await step_up(cast.office, await who(cast.office, await cast.token("ruth")), PASSWORD, None)


async def _making_a_phrase(cast: Cast, _: Recording) -> None:
    await fresh_phrase(cast.office, cast["ruth"])


async def _coming_back(cast: Cast, desk: Recording) -> None:
    desk.right = plain("lusab babad")
    ruth, token = cast["ruth"], new_token(cast.practice.id, b"x" * SECRET_BYTES)
    now, kept = cast.office.clock(), cast.office.memory.ways_back
    await kept.keep_link(ruth.practice, ruth.id, token.hash, now + timedelta(minutes=1))
    await kept.keep_phrase(ruth.practice, ruth.id, "$argon2id$some", now)
    await go_back_in(cast.office, token.text, "lusab babad", "quiet rivers run deep")


async def _comparing(cast: Cast, _: Recording) -> None:
    await compare(cast.office, cast.practice.id, cast["ruth"].id, "a word")


async def _choosing(cast: Cast, _: Recording) -> None:
    await choose_word(cast.office, cast.practice.id, cast["ruth"].id, "a word", instead=True)


async def _changing(cast: Cast, desk: Recording) -> None:
    desk.right = PASSWORD
    await cast.office.memory.people.set_password(cast.practice.id, cast["ruth"].id, "$argon2id$some")
    await choose_anew(cast.office, cast["ruth"], "a word", PASSWORD)


CASES: Final[dict[str, Case]] = {
    "messaging/entrance/signing_in.py:_verified": _signing_in,
    "messaging/entrance/signing_in.py:sign_in": _renewing,
    "messaging/entrance/invitations.py:accept_invitation": _arriving,
    "messaging/entrance/own_ways.py:change_password": _other_password,
    "messaging/entrance/recovery_phrases.py:fresh_phrase": _making_a_phrase,
    "messaging/practice/ways_back.py:go_back_in": _coming_back,
    "messaging/practice/ways_back.py:_must_prove": _coming_back,
    "messaging/entrance/stepping_up.py:step_up": _stepping_up,
    "messaging/practice/founding.py:_new_person": _founding,
    "messaging/sessions/recognising.py:compare": _comparing,
    "messaging/sessions/recognising.py:choose_word": _choosing,
    "messaging/sessions/recognising.py:choose_anew": _changing,
}
"""Every place that has something hashed. A new one must say here who asks, and that no stranger can hold it up."""


def hashing_places() -> set[str]:
    """As the program has them: calls of `….passwords.hash` and `….passwords.verify`, and nobody else uses argon2."""
    found = set()
    for file in sources(".py"):
        if file.place.startswith("tests/") or ".passwords." not in file.text:
            continue
        for function in ast.walk(file.tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = [one.func for one in ast.walk(function) if isinstance(one, ast.Call)]
                named = [
                    one for one in calls if isinstance(one, ast.Attribute) and one.attr in ("hash", "verify")
                ]
                if any(
                    isinstance(one.value, ast.Attribute) and one.value.attr == "passwords" for one in named
                ):
                    found.add(f"{file.place}:{function.name}")
    return found


def test_every_place_that_hashes_has_its_case() -> None:
    assert hashing_places() == CASES.keys()


def test_nobody_hashes_but_at_the_desk() -> None:
    made = {"messaging/trust/passwords.py", "web/fair/desks.py"}
    using = {
        file.place
        for file in sources(".py")
        if not file.place.startswith("tests/")
        and re.search(r"argon2 import|hash_password|verify_password", file.text)
    }
    assert using - {"messaging/office.py"} == made


@pytest.mark.parametrize("place", CASES)
async def test_known_people_are_served_while_the_desk_is_full_of_strangers(cast: Cast, place: str) -> None:
    desk = Recording(full=True)
    await CASES[place](replace(cast, house=_with_desk(cast, desk)), desk)
    strangers = [asking for _, _, asking in desk.asked if not asking.known]
    assert desk.asked
    assert strangers == ([STRANGER] if place.endswith(":_verified") else [])


def _with_desk(cast: Cast, desk: Recording) -> House:
    return replace(cast.house, office=replace(cast.office, passwords=desk))
