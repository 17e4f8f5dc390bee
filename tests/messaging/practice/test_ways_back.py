"""Who has lost a password comes back by a mailed link and something that whoever reads their mail does not have."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from messaging.entrance.invitations import accept_invitation
from messaging.entrance.known_devices import known_device
from messaging.entrance.own_ways import change_password
from messaging.entrance.recovery_phrases import WORDS, fresh_phrase
from messaging.entrance.second_factors import recovery_codes
from messaging.entrance.signing_in import Credentials, name_hash, sign_in, who
from messaging.errors import (
    Conflict,
    Malformed,
    NotFound,
    NotSignedIn,
    SecondFactor,
    WrongCredentials,
    WrongProof,
)
from messaging.memory.leaving import ACCOUNT, MailForm
from messaging.messages import EventName
from messaging.office import Asking, Office
from messaging.people import Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson, add_person, invite
from messaging.practice.joining import invite_by_mail
from messaging.practice.letting_back import say_no, say_yes, wish_of, wishes
from messaging.practice.operating import reset_person
from messaging.practice.ways_back import (
    LINK,
    OPEN_FOR,
    WAIT,
    Proof,
    ask_way_back,
    go_back_in,
    own_wish,
    stop_by_link,
    stop_own,
    way_back,
    wish_back,
)
from messaging.record.reading import entries_after
from messaging.trust.sayable import plain, written
from tests.cast import PASSWORD, Cast, found_cast
from tests.channels.email.leaving.test_courier import later, send
from tests.channels.email.world import FakeRelay
from tests.web.phone import Phone
from web.state import House

OTHER = "quiet rivers run deep"
ASKING = Asking("a test", known=True)


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


@pytest.fixture
async def cast(built: House) -> Cast:
    return await found_cast(built, password=PASSWORD)


async def with_address(cast: Cast, name: str) -> None:
    """Who works here gets an address, and is known by it."""
    address = f"{name}.{cast.practice.slug}@mail.example"
    listed = await change_person(cast.office, cast["nour"], cast[name].id, Changes(email=address))
    cast.people[name] = replace(listed.person, second_factor=cast[name].second_factor)


async def mails(cast: Cast, relay: FakeRelay, name: str, office: Office | None = None) -> list[str]:
    """What came to somebody, in order: subject and words."""
    await send(office or cast.office, relay)
    parsed = [message_from_bytes(raw, policy=default) for raw in relay.to(str(cast[name].email))]
    return [f"{mail['subject']}\n{mail.get_content()}" for mail in parsed]


async def link(cast: Cast, relay: FakeRelay, name: str, office: Office | None = None) -> str:
    """Somebody asks, and opens their mail."""
    assert await ask_way_back(office or cast.office, f" {name.upper()}-{cast.practice.slug}", _yes) == 1
    return str(re.findall(r"/way-back#([\w-]+)", (await mails(cast, relay, name, office))[-1])[0])


def _yes(_: object) -> bool:
    return True


async def lets_in(cast: Cast, name: str, password: str) -> bool:
    try:
        await sign_in(cast.office, Credentials(f"{name}-{cast.practice.slug}", password), ASKING)
    except SecondFactor:
        return True
    except WrongCredentials:
        return False
    return True


def test_a_phrase_is_words_that_can_be_said_and_compared_as_they_were_written_down() -> None:
    assert written(bytes.fromhex("7f000001")) == "lusab babad", "as in arXiv:0901.4016"
    phrase = written(bytes(range(2 * WORDS)))
    assert len(phrase.split()) == WORDS
    assert plain(phrase.upper().replace(" ", " - ")) == plain(phrase)
    assert len({written(number.to_bytes(2, "big")) for number in range(2**16)}) == 2**16


async def test_a_client_comes_back_by_the_link_and_the_phrase(cast: Cast, relay: FakeRelay) -> None:
    phrase = await fresh_phrase(cast.office, cast["ruth"])
    elsewhere = await cast.token("ruth")
    token = await link(cast, relay, "ruth")
    found = await way_back(cast.office, token)
    assert (found.person, found.proof) == (cast["ruth"].id, Proof.PHRASE)
    for wrong in ("", "a long enough password", phrase[:-1], plain(phrase)[::-1]):
        with pytest.raises(WrongProof):
            await go_back_in(cast.office, token, wrong, OTHER)
    with pytest.raises(Malformed):
        await go_back_in(cast.office, token, phrase, "short")
    back = await go_back_in(cast.office, token, f" {phrase.upper()} ", OTHER)
    assert back.username == f"ruth-{cast.practice.slug}"
    assert await lets_in(cast, "ruth", OTHER)
    assert not await lets_in(cast, "ruth", PASSWORD)
    with pytest.raises(NotSignedIn):
        await who(cast.office, elsewhere)
    with pytest.raises(NotSignedIn):
        await go_back_in(cast.office, token, back.phrase, OTHER)
    again = await link(cast, relay, "ruth")
    with pytest.raises(WrongProof):
        await go_back_in(cast.office, again, phrase, OTHER)
    await go_back_in(cast.office, again, back.phrase, OTHER)


async def test_what_is_mailed_tells_nobody_whose_it_is_or_where(cast: Cast, relay: FakeRelay) -> None:
    token = await link(cast, relay, "ruth")
    await wish_back(cast.office, token)
    await say_yes(cast.office, cast["mira"], cast["ruth"].id)
    enough = later(cast.office, cast, WAIT.total_seconds())
    await go_back_in(enough, await link(cast, relay, "ruth", enough), "", OTHER)
    came = await mails(cast, relay, "ruth", enough)
    assert len(came) == 4, "a link, from when, a link, and that it was changed"
    assert {one.partition("\n")[0] for one in came} == {"You have a new message"}
    assert not re.search(r"\bRuth|Mira|Haus|therap", "\n".join(came), re.IGNORECASE)
    held, _ = await cast.enter("mira", "ruth")
    assert await entries_after(cast.office, held, 0) == [], "of no record"


async def test_link_and_yes_are_enough_after_a_day_and_not_before(cast: Cast, relay: FakeRelay) -> None:
    await fresh_phrase(cast.office, cast["ruth"])
    token = await link(cast, relay, "ruth")
    assert await wishes(cast.office, cast["mira"]) == []
    await wish_back(cast.office, token)
    await wish_back(cast.office, token)
    for by in ("mira", "nour"):
        (wish,) = await wishes(cast.office, cast[by])
        assert (wish.person.id, wish.open_from) == (cast["ruth"].id, None)
    for by in ("eli", "ruth", "linden"):
        assert await wishes(cast.office, cast[by]) == []
        with pytest.raises(NotFound):
            await say_yes(cast.office, cast[by], cast["ruth"].id)
    assert await own_wish(cast.office, cast["ruth"]) is not None
    with pytest.raises(WrongProof):
        await go_back_in(cast.office, token, "", OTHER)
    await say_yes(cast.office, cast["mira"], cast["ruth"].id)
    for early in (timedelta(0), WAIT - LINK):
        office = later(cast.office, cast, early.total_seconds())
        waiting = await link(cast, relay, "ruth", office)
        assert (await way_back(office, waiting)).proof is Proof.PHRASE
        with pytest.raises(WrongProof):
            await go_back_in(office, waiting, "", OTHER)
    enough = later(cast.office, cast, WAIT.total_seconds())
    await say_yes(enough, cast["mira"], cast["ruth"].id)
    token = await link(cast, relay, "ruth", enough)
    assert (await way_back(enough, token)).proof is Proof.NOTHING, "a second yes begins no second wait"
    await go_back_in(enough, token, "", OTHER)
    assert await wish_of(enough, cast["mira"], cast["ruth"].id) is None


@pytest.mark.parametrize(
    "by", ["the mail", "their device", "the therapist", "another password", "an invitation"]
)
async def test_until_then_both_sides_can_stop_it(cast: Cast, relay: FakeRelay, by: str) -> None:
    ruth = cast["ruth"].id
    await wish_back(cast.office, await link(cast, relay, "ruth"))
    await say_yes(cast.office, cast["mira"], ruth)
    stop = re.findall(r"/way-back/stop#([\w-]+)", (await mails(cast, relay, "ruth"))[-1])[0]
    match by:
        case "the mail":
            assert await stop_by_link(cast.office, stop)
            assert not await stop_by_link(cast.office, stop)
        case "their device":
            await stop_own(cast.office, cast["ruth"])
        case "the therapist":
            await say_no(cast.office, cast["mira"], ruth)
        case "another password":
            signed_in = await who(cast.office, await cast.token("ruth"))
            await change_password(cast.office, signed_in, PASSWORD, OTHER)
        case _:
            await accept_invitation(cast.office, await invite(cast.office, cast["ruth"]), OTHER)
            await fresh_phrase(cast.office, cast["ruth"])
    enough = later(cast.office, cast, WAIT.total_seconds())
    assert await own_wish(enough, cast["ruth"]) is None
    token = await link(cast, relay, "ruth", enough)
    assert (await way_back(enough, token)).proof is not Proof.NOTHING
    with pytest.raises(WrongProof):
        await go_back_in(enough, token, "", OTHER)


async def test_a_yes_that_nobody_used_is_none_for_ever(cast: Cast, relay: FakeRelay) -> None:
    await wish_back(cast.office, await link(cast, relay, "ruth"))
    await say_yes(cast.office, cast["mira"], cast["ruth"].id)
    long_after = later(cast.office, cast, (WAIT + OPEN_FOR).total_seconds())
    assert await wishes(long_after, cast["mira"]) == []
    with pytest.raises(Conflict):
        await say_yes(long_after, cast["mira"], cast["ruth"].id)
    token = await link(cast, relay, "ruth", long_after)
    assert (await way_back(long_after, token)).proof is Proof.YES
    await wish_back(long_after, token)
    assert len(await wishes(long_after, cast["mira"])) == 1


async def test_a_link_works_once_and_half_an_hour_and_the_newest_alone(cast: Cast, relay: FakeRelay) -> None:
    phrase = await fresh_phrase(cast.office, cast["ruth"])
    first = await link(cast, relay, "ruth")
    token = await link(cast, relay, "ruth")
    late = later(cast.office, cast, LINK.total_seconds())
    for office, shown in ((cast.office, first), (late, token), (cast.office, token[:-2] + "AA"), (late, "x")):
        with pytest.raises(NotSignedIn):
            await way_back(office, shown)
        with pytest.raises(NotSignedIn):
            await go_back_in(office, shown, phrase, OTHER)
    tried = await asyncio.gather(
        *(go_back_in(cast.office, token, phrase, OTHER) for _ in range(8)), return_exceptions=True
    )
    assert sum(not isinstance(one, BaseException) for one in tried) == 1


@pytest.mark.parametrize("how", ["another address", "left", "reset"])
async def test_a_link_is_good_for_the_address_it_went_to_and_for_who_is_here(
    cast: Cast, relay: FakeRelay, how: str
) -> None:
    token = await link(cast, relay, "ruth")
    changes = {"another address": Changes(email="r@other.example"), "left": Changes(active=False)}
    if how in changes:
        await change_person(cast.office, cast["mira"], cast["ruth"].id, changes[how])
    else:
        await reset_person(cast.office, cast.practice.id, cast["ruth"].id, "lost all")
    with pytest.raises(NotSignedIn):
        await way_back(cast.office, token)


async def test_who_works_here_needs_a_recovery_code_and_no_code_of_the_phone_does(
    cast: Cast, relay: FakeRelay
) -> None:
    for name in ("mira", "nour"):
        phone = Phone(cast.office)
        cast.people[name] = await phone.set_up(cast[name])
        await with_address(cast, name)
        codes = await recovery_codes(phone.office, cast[name])
        token = await link(cast, relay, name)
        assert (await way_back(cast.office, token)).proof is Proof.CODE
        for wrong in ("", phone.later(), "aaaaaaaa-bbbbbbbb"):
            with pytest.raises(WrongProof):
                await go_back_in(cast.office, token, wrong, OTHER)
        with pytest.raises(Conflict):
            await wish_back(cast.office, token)
        back = await go_back_in(cast.office, token, codes[0], OTHER)
        assert back.phrase == ""
        assert await lets_in(cast, name, OTHER)
        with pytest.raises(WrongProof):
            await go_back_in(cast.office, await link(cast, relay, name), codes[0], OTHER)


async def test_without_a_second_factor_somebody_else_must_help_who_works_here(
    cast: Cast, relay: FakeRelay
) -> None:
    await with_address(cast, "mira")
    token = await link(cast, relay, "mira")
    assert (await way_back(cast.office, token)).proof is Proof.SOMEBODY
    with pytest.raises(WrongProof):
        await go_back_in(cast.office, token, "", "a very long password indeed")


async def test_an_address_finds_everybody_who_has_it_and_nobody_else_is_mailed(
    cast: Cast, relay: FakeRelay
) -> None:
    address = str(cast["ben"].email)
    listed = await change_person(cast.office, cast["mira"], cast["tess"].id, Changes(email=address))
    cast.people["tess"] = listed.person
    assert await ask_way_back(cast.office, address.upper(), _yes) == 2
    links = [one for one in await mails(cast, relay, "ben") if "/way-back#" in one]
    assert len(links) == 2
    assert await ask_way_back(cast.office, address, lambda _: False) == 0, "enough were sent of late"
    for nobody in ("nobody", "nobody@mail.example", "\ud800", f"mira-{cast.practice.slug}", ""):
        assert await ask_way_back(cast.office, nobody, _yes) == 0, nobody
    new = NewPerson(Role.CLIENT, f"ada-{cast.practice.slug}", "Ada", f"ada.{cast.practice.slug}@mail.example")
    await add_person(cast.office, cast.practice.id, new)
    assert await ask_way_back(cast.office, new.username, _yes) == 0, "who was never in is invited"


async def test_a_mail_of_the_account_that_is_refused_is_no_line_of_a_record(
    cast: Cast, relay: FakeRelay
) -> None:
    ruth = str(cast["ruth"].email)
    relay.told = lambda verb, to: "550 5.1.1 no such user" if (verb, to) == ("RCPT", ruth) else None
    await ask_way_back(cast.office, f"ruth-{cast.practice.slug}", _yes)
    await send(cast.office, relay)
    held, _ = await cast.enter("mira", "ruth")
    told = [one.body.event for one in await entries_after(cast.office, held, 0)]
    assert EventName.MAIL_FAILED not in told
    assert MailForm.WAY_BACK in ACCOUNT


async def test_clients_alone_have_a_phrase_and_get_it_with_their_first_password(cast: Cast) -> None:
    accepted = await accept_invitation(cast.office, await invite(cast.office, cast["ruth"]), OTHER)
    assert len(accepted.phrase.split()) == WORDS
    invited = await accept_invitation(cast.office, await invite(cast.office, cast["mira"]), f"{OTHER} now")
    assert invited.phrase == ""
    with pytest.raises(NotFound):
        await fresh_phrase(cast.office, cast["mira"])


async def test_a_known_device_is_none_any_more_after_a_way_back(cast: Cast, relay: FakeRelay) -> None:
    name = f"ruth-{cast.practice.slug}"
    entered = await sign_in(cast.office, Credentials(name, PASSWORD), ASKING)
    hashed = name_hash(cast.office, name)
    assert await known_device(cast.office, hashed, [entered.device]) is not None
    phrase = await fresh_phrase(cast.office, cast["ruth"])
    await go_back_in(cast.office, await link(cast, relay, "ruth"), phrase, OTHER)
    assert await known_device(cast.office, hashed, [entered.device]) is None


async def test_no_fresh_invitation_goes_by_mail_to_who_has_a_password(cast: Cast, relay: FakeRelay) -> None:
    """Nobody's click alone lets in who reads the mail: after a yes there is a day."""
    for by in ("mira", "nour"):
        with pytest.raises(Conflict):
            await invite_by_mail(cast.office, cast[by], cast["ruth"].id)
    assert await mails(cast, relay, "ruth") == []
