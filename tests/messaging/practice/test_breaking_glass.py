"""Break-glass: who may open a sealed identity, whose yes it takes, and who is told."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.entrance.signing_in import SignedIn, begin, who
from messaging.entrance.stepping_up import note_stepped_up
from messaging.errors import Busy, Conflict, Malformed, NotFound, StepUp
from messaging.facts import IdentityFacts
from messaging.memory.sign_ins import SignInKind
from messaging.people import Identity, Person, Role
from messaging.practice.breaking_glass import (
    Opened,
    ask_who,
    open_who,
    say_yes_to_it,
    standing_of,
    withdraw_it,
)
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson, add_person
from messaging.practice.openings import KEPT, openings_of
from messaging.record.reading import entries_after, people_named
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.messaging.practice.test_at_the_terminal import lines

NAME = "Oystercatcher Quillfeather"
ADDRESS = "quillfeather@sealed.example"
WHY = "A life may be at risk."


async def seal(cast: Cast, who: str) -> None:
    await change_person(cast.office, cast["nour"], cast[who].id, Changes(name=NAME, email=ADDRESS))
    turned = Changes(identity=Identity.SEALED, pseudonym="Heron")
    await change_person(cast.office, cast["nour"], cast[who].id, turned)


async def stepped(cast: Cast, name: str, *, up: bool = True) -> SignedIn:
    person = cast[name]
    made = await begin(cast.office, person.practice, person.id, SignInKind.BEARER, timedelta(hours=30))
    found = await who(cast.office, made.text)
    if up:
        await note_stepped_up(cast.office, found)
        found = await who(cast.office, made.text)
    return found


async def told(cast: Cast, name: str) -> list[IdentityFacts]:
    held, _ = await cast.enter(name, name)
    entries = await entries_after(cast.office, held, 0)
    return [one.body.facts for one in entries if isinstance(one.body.facts, IdentityFacts)]


async def themselves(cast: Cast, name: str) -> Person:
    one = cast[name].id
    return (await people_named(cast.office, cast.practice.id, [one]))[one]


async def only_mira(cast: Cast) -> None:
    """Nobody but her answers for anybody here; the practice's administrators are gone."""
    await cast.office.memory.people.set_active(cast.practice.id, cast["nour"].id, False, cast.office.clock())


async def test_a_second_person_says_yes_and_the_client_is_told(cast: Cast) -> None:
    await seal(cast, "ruth")
    mira, nour, ruth = await stepped(cast, "mira"), await stepped(cast, "nour"), cast["ruth"].id
    assert await ask_who(cast.office, mira, ruth, WHY) is None
    with pytest.raises(Conflict):
        await open_who(cast.office, mira, ruth)
    standing = await standing_of(cast.office, cast["nour"], ruth)
    assert standing is not None
    assert standing.request is not None
    assert (standing.asker, standing.own, standing.request.reason) == ("Dr Mira", False, WHY)
    with pytest.raises(Conflict):
        await say_yes_to_it(cast.office, mira, ruth, standing.request.id)
    with pytest.raises(Conflict):
        await ask_who(cast.office, nour, ruth, "Another reason.")
    await say_yes_to_it(cast.office, nour, ruth, standing.request.id)
    with pytest.raises(Conflict):
        await open_who(cast.office, nour, ruth)
    for _ in range(2):
        assert await open_who(cast.office, mira, ruth) == Opened(NAME, ADDRESS, told=True)
    assert await told(cast, "ruth") == [IdentityFacts(cast["mira"].id, "Dr Mira", WHY)]


async def test_who_is_alone_opens_at_once_and_unsafe_is_told_to_nobody(cast: Cast) -> None:
    await seal(cast, "ruth")
    await only_mira(cast)
    mira, ruth = await stepped(cast, "mira"), cast["ruth"].id
    assert await ask_who(cast.office, mira, ruth, WHY, unsafe=True) == Opened(NAME, ADDRESS, told=False)
    assert await told(cast, "ruth") == []
    assert await ask_who(cast.office, mira, ruth, WHY) == Opened(NAME, ADDRESS, told=True)
    assert len(await told(cast, "ruth")) == 1


async def test_who_writes_only_together_with_others_is_told_apart_and_the_others_are_not(cast: Cast) -> None:
    await seal(cast, "ben")
    ben, tess, mira = (
        await themselves(cast, "ben"),
        await themselves(cast, "tess"),
        await stepped(cast, "mira"),
    )
    assert await openings_of(cast.office, ben) == ()
    assert await ask_who(cast.office, mira, ben.id, WHY) is None
    standing = await standing_of(cast.office, cast["nour"], ben.id)
    assert standing is not None
    assert standing.request is not None
    await say_yes_to_it(cast.office, await stepped(cast, "nour"), ben.id, standing.request.id)
    assert await openings_of(cast.office, ben) == (), "nobody has seen it yet"
    for _ in range(2):
        assert await open_who(cast.office, mira, ben.id) == Opened(NAME, ADDRESS, told=True)
    (opening,) = await openings_of(cast.office, ben)
    assert (opening.by, opening.name, opening.reason) == (cast["mira"].id, "Dr Mira", WHY)
    assert await told(cast, "ben") == []
    for other in (tess, cast["mira"], cast["nour"]):
        assert await openings_of(cast.office, other) == ()


async def test_unsafe_is_told_on_no_page_either_and_the_newest_openings_are_kept(cast: Cast) -> None:
    await seal(cast, "ben")
    await only_mira(cast)
    ben, mira = await themselves(cast, "ben"), await stepped(cast, "mira")
    assert await ask_who(cast.office, mira, ben.id, WHY, unsafe=True) == Opened(NAME, ADDRESS, told=False)
    assert await openings_of(cast.office, ben) == ()
    for one in range(KEPT + 2):
        assert await ask_who(cast.office, mira, ben.id, f"{WHY} {one}", key=uuid4())
    found = await openings_of(cast.office, ben)
    assert [one.reason for one in found] == [f"{WHY} {one}" for one in reversed(range(2, KEPT + 2))]


async def test_nothing_is_shown_to_who_asked_where_the_client_could_not_be_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seal(cast, "ben")
    await only_mira(cast)
    mira = await stepped(cast, "mira")

    async def changed_meanwhile(*_: object) -> bool:
        return False

    monkeypatch.setattr(cast.office.memory.people, "reseal", changed_meanwhile)
    with pytest.raises(Busy):
        await ask_who(cast.office, mira, cast["ben"].id, WHY)


async def test_who_may_not_finds_nothing(cast: Cast) -> None:
    await seal(cast, "ruth")
    ruth = cast["ruth"].id
    for name in ("eli", "linden", "ruth"):
        asking = await stepped(cast, name)
        with pytest.raises(NotFound):
            await ask_who(cast.office, asking, ruth, WHY)
        with pytest.raises(NotFound):
            await open_who(cast.office, asking, ruth)
    with pytest.raises(StepUp):
        await ask_who(cast.office, await stepped(cast, "mira", up=False), ruth, WHY)
    mira = await stepped(cast, "mira")
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(Malformed):
            await ask_who(cast.office, mira, ruth, reason)
    with pytest.raises(NotFound):
        await ask_who(cast.office, mira, cast["linden"].id, WHY)  # nothing of theirs is sealed


async def test_two_hats_are_one_person(cast: Cast) -> None:
    await seal(cast, "ruth")
    await only_mira(cast)
    hat = NewPerson(Role.ADMINISTRATOR, f"administration.{uuid4().hex}", "Dr Mira", hat_of=cast["mira"].id)
    cast.people["hat"] = await add_person(cast.office, cast.practice.id, hat)
    mira = await stepped(cast, "mira")
    assert await ask_who(cast.office, mira, cast["ruth"].id, WHY) == Opened(NAME, ADDRESS, told=True)


async def test_each_step_is_a_line_of_the_trail_without_a_name(cast: Cast, database: TestDatabase) -> None:
    await seal(cast, "ruth")
    mira, nour, ruth = await stepped(cast, "mira"), await stepped(cast, "nour"), cast["ruth"].id
    await ask_who(cast.office, mira, ruth, WHY, unsafe=True)
    standing = await standing_of(cast.office, cast["nour"], ruth)
    assert standing is not None
    assert standing.request is not None
    await say_yes_to_it(cast.office, nour, ruth, standing.request.id)
    await open_who(cast.office, mira, ruth)
    noted = [action for action, _ in await lines(cast, database)]
    assert [line for line in noted if line.startswith("identity")] == [
        f"identity_asked: {WHY}",
        "identity_allowed",
        f"identity_opened_untold: {WHY}",
    ]


async def test_a_request_lapses_after_a_day_and_a_yes_after_an_hour(cast: Cast) -> None:
    await seal(cast, "ruth")
    mira, nour, ruth = await stepped(cast, "mira"), await stepped(cast, "nour"), cast["ruth"].id
    now = cast.office.clock()
    await ask_who(cast.office, mira, ruth, WHY)
    late = replace(cast.office, clock=lambda: now + timedelta(hours=24, minutes=1))
    lapsed = await standing_of(late, cast["nour"], ruth)
    assert lapsed is not None
    assert lapsed.request is None
    standing = await standing_of(cast.office, cast["nour"], ruth)
    assert standing is not None
    assert standing.request is not None
    await say_yes_to_it(cast.office, nour, ruth, standing.request.id)
    within = await standing_of(cast.office, cast["mira"], ruth)
    assert within is not None
    assert within.request is not None
    assert within.request.until - now < timedelta(hours=1, minutes=5)
    after = replace(cast.office, clock=lambda: now + timedelta(hours=1, minutes=5))
    lasting = replace(mira, sign_in=replace(mira.sign_in, stepped_up_until=now + timedelta(hours=2)))
    with pytest.raises(Conflict):
        await open_who(after, lasting, ruth)


async def test_pressed_twice_where_nobody_else_could_say_yes_tells_the_client_once(cast: Cast) -> None:
    await seal(cast, "ruth")
    await only_mira(cast)
    mira, key = await stepped(cast, "mira"), uuid4()
    for _ in range(2):
        assert await ask_who(cast.office, mira, cast["ruth"].id, WHY, key=key) == Opened(
            NAME, ADDRESS, told=True
        )
    assert await told(cast, "ruth") == [IdentityFacts(cast["mira"].id, "Dr Mira", WHY)]
    await ask_who(cast.office, mira, cast["ruth"].id, WHY, key=uuid4())
    assert len(await told(cast, "ruth")) == 2, "another time is told another time"


async def test_pressed_twice_a_request_keeps_its_yes(cast: Cast) -> None:
    await seal(cast, "ruth")
    mira, nour, key = await stepped(cast, "mira"), await stepped(cast, "nour"), uuid4()
    await ask_who(cast.office, mira, cast["ruth"].id, WHY, key=key)
    standing = await standing_of(cast.office, cast["nour"], cast["ruth"].id)
    assert standing is not None
    assert standing.request is not None
    await say_yes_to_it(cast.office, nour, cast["ruth"].id, standing.request.id)
    assert await ask_who(cast.office, mira, cast["ruth"].id, WHY, key=key) is None
    assert (await open_who(cast.office, mira, cast["ruth"].id)).name == NAME


@pytest.mark.parametrize("allowed", [False, True])
async def test_who_asked_withdraws_it_and_nobody_else_does(cast: Cast, allowed: bool) -> None:
    await seal(cast, "ruth")
    mira, nour, ruth = await stepped(cast, "mira"), await stepped(cast, "nour"), cast["ruth"].id
    await ask_who(cast.office, mira, ruth, WHY)
    standing = await standing_of(cast.office, cast["nour"], ruth)
    assert standing is not None
    assert standing.request is not None
    if allowed:
        await say_yes_to_it(cast.office, nour, ruth, standing.request.id)
    with pytest.raises(Conflict):
        await withdraw_it(cast.office, nour, ruth)
    with pytest.raises(StepUp):
        await withdraw_it(cast.office, await stepped(cast, "mira", up=False), ruth)
    for _ in range(2):
        await withdraw_it(cast.office, mira, ruth)
    with pytest.raises(Conflict):
        await open_who(cast.office, mira, ruth)
    with pytest.raises(Conflict):
        await say_yes_to_it(cast.office, nour, ruth, standing.request.id)
    assert await ask_who(cast.office, nour, ruth, "Another reason.") is None, "others may ask then"
    assert await told(cast, "ruth") == []
