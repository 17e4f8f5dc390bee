"""What pages say of letters and their mail: until when they are answered, what joined them, and what really went out."""

from collections.abc import AsyncIterator, Callable, Iterator
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, expect

from messaging.errors import Malformed
from messaging.leaving.keys import Choice, choose_mode, take_key
from messaging.letters.second_tries import send_again
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailForm, MailState, Settled
from messaging.people import EmailMode
from messaging.record.reading import people_named
from messaging.trust.access import Deed, Work, errand
from messaging.trust.locks import KeySource, Standing
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import later, send, write
from tests.channels.email.leaving.test_receipts import promised, receipts, write_as
from tests.channels.email.world import FakeRelay
from tests.peers.gnupg import GnuPG, gnupg
from tests.peers.running import needs
from tests.web.browser.live_room import therapist_in_room, until
from tests.web.browsing import sign_in
from tests.web.visitor import Visitor

WISHES = "/me/mail/wishes"


@pytest.fixture(scope="module")
def gpg() -> Iterator[GnuPG]:
    with gnupg() as made:
        yield made


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    fake = await FakeRelay().start()
    yield fake
    await fake.stop()


@pytest.fixture
async def linden(people: Cast, visitor: Callable[[], Visitor]) -> Visitor:
    """Linden's browser, signed in."""
    browser = visitor()
    await browser.enter(people, "linden")
    return browser


async def test_what_is_sent_says_until_when_it_is_answered_and_what_is_added_joins(
    people: Cast, linden: Visitor, mira: Visitor
) -> None:
    place = "/me/letters/write"
    sent = await linden.submit(place, place, text="I walked by the lake.", deed="send")
    told = await linden.get(sent.place)
    assert "Your letter is sent and safely here. It is answered by" in told.words
    before = told.words.split("It is answered by ")[1].split(".")[0]
    assert "added" not in told.words
    sent = await linden.submit(place, place, text="P.S. And the ducks.", deed="send")
    told = await linden.get(sent.place)
    assert f"It is answered by {before}." in told.words, "the promise stays"
    assert told.words.count(" added to the letter of ") == 1
    await write(people, "linden", "An answer.")
    await linden.submit(place, place, text="Thank you.", deed="send")
    seen = (await mira.get(f"/c/{people.conversation('linden')}")).words
    assert seen.count(" added to the letter of ") == 1, "a letter after the answer stands by itself"


async def test_a_receipt_is_wished_for_or_not_and_a_zone_is_told(people: Cast, linden: Visitor) -> None:
    shown = await linden.get("/me/mail")
    assert 'name="receipts" value="yes" checked' in shown.text
    done = await linden.submit("/me/mail", WISHES, zone="America/New_York")
    assert done.place == "/me/mail?done=wishes"
    me = (await people_named(people.office, people.practice.id, [people["linden"].id]))[people["linden"].id]
    assert (me.time_zone, me.receipts) == ("America/New_York", False)
    assert (me.name, me.email) == (people["linden"].name, people["linden"].email)
    shown = await linden.get("/me/mail")
    assert "<option selected>America/New_York</option>" in shown.text
    assert 'name="receipts" value="yes" checked' not in shown.text
    await write_as(people, "linden")
    assert await receipts(people, "linden") == []
    assert (await linden.submit("/me/mail", WISHES, zone="Nowhere/Land")).status == 422
    again = await linden.submit("/me/mail", WISHES, zone="", receipts="yes")
    assert again.status == 303
    assert "<option selected>" not in (await linden.get("/me/mail")).text


async def test_who_is_elsewhere_sees_the_promise_by_their_own_clock_too(
    people: Cast, site: str, browser: Browser
) -> None:
    await write_as(people, "linden")
    there = (await promised(people, "linden")).astimezone(ZoneInfo("America/New_York"))
    context = await browser.new_context(timezone_id="America/New_York")
    page = await context.new_page()
    await sign_in(page, site, people, "linden")
    for place in ("/me", "/me/letters?sent=1", "/me/letters/write"):
        await page.goto(f"{site}{place}")
        promise = page.locator("small[data-elsewhere]").last
        await expect(promise).to_have_text(f"{there:%H:%M} where you are")
    await context.close()


async def openpgp(people: Cast, gpg: GnuPG, expires: str) -> str:
    """Linden gives a key and wishes letters locked with it; their address."""
    address = people["linden"].email
    assert address is not None
    key = gpg.public(gpg.key(address, expires=expires))
    await take_key(people.office, people["linden"], key, KeySource.UPLOAD)
    await choose_mode(people.office, people["linden"], Choice(EmailMode.OPENPGP))
    return address


@needs("gpg")
@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (MailForm.EXPIRED, "their OpenPGP key has expired"),
        (MailForm.KEYLESS, "they wish for OpenPGP and have given no key"),
    ],
)
async def test_a_notice_that_went_because_a_key_could_not_be_used_says_so(
    people: Cast, mira: Visitor, relay: FakeRelay, gpg: GnuPG, form: MailForm, reason: str
) -> None:
    address = await openpgp(people, gpg, "2d")
    if form is MailForm.KEYLESS:
        keys, who = people.office.memory.person_keys, people["linden"]
        assert await keys.forget(who.practice, who.id, Standing.CURRENT)
    after = later(people.office, people, 3 * 86_400)
    admitted, circle = await people.enter("mira", "linden", Deed.WRITE)
    await write_letter(after, admitted, circle, Letter(uuid4(), "A letter."))
    await send(after, relay)
    (mail,) = relay.to(address)
    assert b"A letter." not in mail
    seen = (await mira.get(f"/c/{people.conversation('linden')}")).words
    assert "Notice mailed" in seen
    assert f"only a notice, because {reason}" in seen


@needs("gpg")
@pytest.mark.parametrize(("expires", "told"), [("29d", True), ("60d", False)])
async def test_a_key_that_expires_soon_is_told_to_its_owner(
    people: Cast, linden: Visitor, gpg: GnuPG, expires: str, told: bool
) -> None:
    await openpgp(people, gpg, expires)
    assert ("This key expires" in (await linden.get("/me/mail")).words) is told


async def test_the_receipts_truth_is_on_the_letter_and_it_is_never_sent_again_as_a_letter(
    people: Cast, mira: Visitor, relay: FakeRelay
) -> None:
    number = await write_as(people, "linden", "A secret letter.")
    place = f"/c/{people.conversation('linden')}"
    assert "A receipt is on its way" in (await mira.get(place)).words
    await send(people.office, relay)
    assert "Receipt mailed" in (await mira.get(place)).words
    mailbox = people.office.memory.mailbox
    (kept,) = await mailbox.mail_of(
        errand(people.practice.id, people.conversation("linden"), Work.LEAVING), [number]
    )
    await mailbox.settle_mail(kept, Settled(MailState.FAILED, 550, people.office.clock()))
    seen = await mira.get(place)
    assert "The receipt did not arrive" in seen.words
    assert "/again" not in seen.text
    admitted, circle = await people.enter("mira", "linden", Deed.SETTLE)
    with pytest.raises(Malformed):
        await send_again(people.office, admitted, circle, kept.id)


async def test_that_a_mail_has_gone_stands_on_the_page_by_itself(
    people: Cast, site: str, browser: Browser, relay: FakeRelay
) -> None:
    await write(people, "ruth", "Good morning.")
    context = await browser.new_context()
    await context.clock.install()
    mira = await therapist_in_room(browser, site, people, context=context)
    await expect(mira.get_by_text("The mail is on its way")).to_be_visible()
    asked: list[str] = []
    mira.on("request", lambda request: asked.append(request.url) if "/entries/" in request.url else None)
    await context.clock.fast_forward("00:06")
    await until(mira, lambda: asked)
    await send(later(people.office, people, 600), relay)
    await context.clock.fast_forward("00:11")
    await expect(mira.get_by_text("Mailed", exact=False)).to_be_visible()
    seen = len(asked)
    await context.clock.fast_forward("20:00")
    await expect(mira.get_by_text("Mailed", exact=False)).to_be_visible()
    assert len(asked) == seen, "nothing is under way any more"
