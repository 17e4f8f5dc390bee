"""An address no mail can be sent to: refused where it is given, and harmless where an older version kept it."""

import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.arriving.addresses import further_addresses, remember
from messaging.conversations import Kind, Member
from messaging.errors import Malformed
from messaging.leaving.delivering import deliveries
from messaging.letters.sending_later import When, keep_pending, pending_letters
from messaging.letters.writing import Letter, write_letter
from messaging.messages import EventName
from messaging.people import Person, Role
from messaging.practice.founding import NewPerson, NewPractice, add_person, begin_conversation, found_practice
from messaging.record.reading import entries_after, people_named
from messaging.sessions import booking
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.post import Post
from tests.channels.email.world import FakeRelay
from web.pages.parts.entries import Reader, timeline
from web.pages.parts.views import Letter as ShownLetter
from web.timekeeping import send_due_letters

ODD = [
    "müller@praxis.example",
    "anna..b@mail.example",
    "anna@localhost",
    ".anna@mail.example",
    "anna@x.test.",
]
UNTOLD = "Anna has no address mail can reach"


async def anna(cast: Cast, email: str) -> Person:
    """One more client."""
    new = NewPerson(Role.CLIENT, f"anna-{secrets.token_hex(5)}", "Anna", email)
    return await add_person(cast.office, cast.practice.id, new)


@pytest.fixture(params=ODD)
async def odd(request: pytest.FixtureRequest, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Anna and Ben in care with Mira, in the conversation `odd`; Anna's address was kept before the rule."""
    with monkeypatch.context() as before:
        before.setattr("messaging.practice.founding.checked_address", str)
        kept = await anna(cast, request.param)
    cast.people["anna"] = (await people_named(cast.office, cast.practice.id, [kept.id]))[kept.id]
    members = [Member(cast[name].id, cast[name].role) for name in ("anna", "ben", "mira")]
    cast.conversations["odd"] = await begin_conversation(
        cast.office, cast.practice.id, Kind.COUPLE, tuple(members)
    )
    return cast


async def mailed(cast: Cast, relay: FakeRelay) -> int:
    """How many mails went to Ben, and none to Anna."""
    await send(cast.office, relay)
    assert relay.to(cast["anna"].unreachable) == []
    return len(relay.to(cast["ben"].email))


@pytest.mark.parametrize("email", ODD)
async def test_it_is_refused_where_it_is_given(cast: Cast, email: str) -> None:
    with pytest.raises(Malformed):
        await anna(cast, email)
    admitted, _ = await cast.enter("mira", "ruth", Deed.SETTLE)
    with pytest.raises(Malformed):
        await remember(cast.office, admitted, cast["ruth"].id, email)
    assert await further_addresses(cast.office, cast.practice.id, cast["ruth"].id) == []


@pytest.mark.parametrize("domain", ["linden", "a b.example", "müller.example", "x." * 80 + "example"])
async def test_a_practice_cannot_have_a_mail_domain_no_mail_comes_from(cast: Cast, domain: str) -> None:
    new = NewPractice(f"odd-{secrets.token_hex(5)}", "Odd", mail_domain=domain)
    with pytest.raises(Malformed, match="host name"):
        await found_practice(cast.office, new)


async def test_a_domain_kept_before_that_rule_stops_no_letter(cast: Cast) -> None:
    odd = replace(cast.practice, mail_domain="linden")
    assert cast.house.office.press.sender_address(odd) == "post@quietline.localhost"


async def test_a_letter_to_both_reaches_who_can_be_reached_and_says_who_was_not(
    odd: Cast, relay: FakeRelay
) -> None:
    number = await write(odd, "odd")
    assert await mailed(odd, relay) == 1
    found = await deliveries(
        odd.office, errand(odd.practice.id, odd.conversation("odd"), Work.LEAVING), [number]
    )
    assert len(found[number]) == 1
    assert UNTOLD in " ".join(await notes(odd, "mira", number))
    assert await notes(odd, "ben", number) == ()


async def notes(cast: Cast, who: str, number: int) -> tuple[str, ...]:
    """What stands under a letter for this reader."""
    admitted, circle = await cast.enter(who, "odd")
    found = await entries_after(cast.office, admitted, 0)
    reader = Reader(circle, cast[who].id, "", originals=who == "mira")
    (one,) = [e for e in timeline(found, reader).entries if e.number == number]
    assert isinstance(one, ShownLetter)
    return one.notes


async def test_their_own_letter_is_kept_and_owes_no_receipt(odd: Cast, relay: FakeRelay) -> None:
    admitted, circle = await odd.enter("anna", "odd", Deed.WRITE)
    outcome = await write_letter(odd.office, admitted, circle, Letter(uuid4(), "I walked."))
    assert outcome.number == 1
    assert await mailed(odd, relay) == 1
    assert await notes(odd, "mira", 1) == ()


async def test_a_partners_letter_by_mail_arrives(odd: Cast, post: Post) -> None:
    to = await post.address("ben", "odd")
    raw = post.letter("ben", "We walked.", To=f"<{to}>")
    assert (await post.offer(raw, to)).startswith("250")
    await post.read_all()
    assert [e.body.text.strip() for e in await post.entries("odd")] == ["We walked."]
    assert await post.screener() == []


async def test_a_session_is_booked_and_told(odd: Cast, relay: FakeRelay) -> None:
    admitted, _ = await odd.enter("mira", "odd", Deed.HOLD_SESSION)
    await booking.book(odd.office, admitted, odd.office.clock() + timedelta(days=1), 50)
    found = await entries_after(odd.office, admitted, 0)
    assert [e.body.event for e in found] == [EventName.SESSION_BOOKED]
    assert await mailed(odd, relay) == 1


async def test_a_planned_letter_goes_at_its_time(odd: Cast) -> None:
    admitted, _ = await odd.enter("mira", "odd", Deed.WRITE)
    soon = odd.office.clock() + timedelta(seconds=30)
    await keep_pending(odd.office, admitted, Letter(uuid4(), "later"), When(send_at=soon))
    await send_due_letters(replace(odd.office, clock=lambda: soon + timedelta(seconds=1)))
    assert await pending_letters(odd.office, admitted) == []
    assert [e.body.text for e in await entries_after(odd.office, admitted, 0)] == ["later"]
