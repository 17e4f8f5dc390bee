"""A test mail to one's own address, and the records of the DNS: for who administers, paced, told in plain words."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from messaging.practice.founding import NewPractice, found_practice
from tests.cast import Cast
from tests.channels.email.world import FakeRelay, NameServer
from tests.web.founded import Founded, founding
from tests.web.visitor import Answer, Visitor
from web import mail_trial

PLACE = "/account/mail"
ADDRESS = "mira@elsewhere.example"
DOMAIN = "ruhe.example"


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


@pytest.fixture
async def founded(tmp_path: Path, relay: FakeRelay) -> AsyncIterator[Founded]:
    """With a relay, a name server, and an address of hers."""
    names = NameServer({(DOMAIN, "TXT"): "v=spf1 mx -all"})
    host, port = await names.start()
    settings = {
        "QUIETLINE_RELAY_URL": f"smtp://127.0.0.1:{relay.port}",
        "QUIETLINE_MAIL_DOMAIN": DOMAIN,
        "QUIETLINE_DNS": f"{host}:{port}",
    }
    async with founding(tmp_path, **settings, email=ADDRESS) as made:
        yield made
    names.stop()


async def tried(founded: Founded) -> Answer:
    return await founded.mira.submit(PLACE, PLACE)


async def test_what_the_relay_took_is_said_and_goes_to_oneself_alone(
    founded: Founded, relay: FakeRelay
) -> None:
    sent = await tried(founded)
    assert (sent.status, "The relay took it" in sent.words) == (200, True)
    ((recipients, raw),) = relay.taken
    assert recipients == [ADDRESS]
    assert f"From: post@{DOMAIN}".encode() in raw
    assert b"Subject: Test letter" in raw
    assert "mail_tried" in await founded.lines()


async def test_in_the_other_hat_it_goes_to_the_same_address(founded: Founded, relay: FakeRelay) -> None:
    await founded.mira.submit("/account", "/account/hat")
    assert PLACE in (await founded.mira.get("/admin/practice")).text
    assert "The relay took it" in (await tried(founded)).words
    assert [to for to, _ in relay.taken] == [[ADDRESS]]


@pytest.mark.parametrize(
    ("verb", "reply", "says"),
    [
        ("RCPT", f"550 5.1.1 nobody called {ADDRESS}", "it answers, and refuses with 550"),
        ("DOT", f"554 5.7.1 spam from {ADDRESS}", "it answers, and refuses with 554"),
        ("MAIL", "553 5.7.1 not yours", "it does not let us send from this address: set QUIETLINE_SENDER"),
        ("CONNECT", "421 too busy", "it answers, and refuses with 421"),
    ],
)
async def test_a_refusal_is_told_with_its_code_and_without_the_relays_words(
    founded: Founded, relay: FakeRelay, verb: str, reply: str, says: str
) -> None:
    relay.answers = {verb: [reply]}
    refused = await tried(founded)
    assert "It was not sent." in refused.words
    assert says in refused.words
    assert reply not in refused.words
    assert relay.taken == []


async def test_a_relay_that_never_answers_holds_nobody_up_for_long(
    founded: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_trial, "WAIT", 0.0)
    assert "it did not answer within" in (await tried(founded)).words


async def test_it_is_paced_together_with_looks_into_the_dns(founded: Founded, relay: FakeRelay) -> None:
    asked = [(await tried(founded)).status for _ in range(2)]
    looked = await founded.mira.submit(PLACE, f"{PLACE}/records")
    late = [await tried(founded), await founded.mira.submit(PLACE, f"{PLACE}/records")]
    assert ([*asked, looked.status], [one.status for one in late]) == ([200, 200, 200], [429, 429])
    assert all("Retry-After".lower() in one.headers for one in late)
    assert len(relay.taken) == 2


async def test_the_records_are_there_to_copy_and_are_looked_for(founded: Founded) -> None:
    page = await founded.mira.get(PLACE)
    for said in (
        "MX",
        "v=spf1 a mx -all",
        f"_dmarc.{DOMAIN}",
        "v=DMARC1; p=quarantine",
        "the relay must sign it",
    ):
        assert said in page.words
    assert "not right yet" not in page.words
    looked = await founded.mira.submit(PLACE, f"{PLACE}/records")
    assert "one record, and it ends the list of who may send" in looked.words
    assert looked.words.count("not right yet") == 2, "MX and DMARC"


async def test_without_a_relay_it_says_what_to_set(tmp_path: Path) -> None:
    async with founding(tmp_path, email=ADDRESS) as made:
        page = await made.mira.get(PLACE)
        assert "QUIETLINE_RELAY_URL=smtp+starttls://" in page.text
        assert "Send me a test mail" not in page.words
        key = page.hidden(f"{PLACE}/records")
        assert (await made.mira.post(PLACE, key)).status == 409


async def test_without_an_address_it_says_who_gives_one(tmp_path: Path, relay: FakeRelay) -> None:
    async with founding(tmp_path, QUIETLINE_RELAY_URL=f"smtp://127.0.0.1:{relay.port}") as made:
        page = await made.mira.get(PLACE)
        assert "Your account has no e-mail address" in page.words
        assert (await made.mira.post(PLACE, page.hidden(f"{PLACE}/records"))).status == 409
    assert relay.heard == []


async def test_where_several_practices_share_a_relay_its_troubles_are_for_who_runs_it(
    founded: Founded, relay: FakeRelay
) -> None:
    await found_practice(founded.house.office, NewPractice("other", "Other", "UTC"))
    relay.answers = {"CONNECT": ["421 too busy"]}
    refused = await tried(founded)
    assert "quietline doctor --mail" in refused.words
    assert "421" not in refused.words


async def test_it_is_for_who_administers(people: Cast, visitor: Callable[[], Visitor]) -> None:
    for name, status in {"nour": 200, "mira": 404, "ruth": 404}.items():
        browser = visitor()
        await browser.enter(people, name)
        assert (await browser.get(PLACE)).status == status, name
