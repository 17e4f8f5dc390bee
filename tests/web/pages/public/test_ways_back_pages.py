"""A password lost, on pages without scripts: whoever asks learns nothing of who is here, and a look uses nothing up."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from messaging.entrance.recovery_phrases import fresh_phrase
from messaging.practice.letting_back import wishes
from messaging.practice.ways_back import own_wish
from tests.cast import PASSWORD, Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay
from tests.web.visitor import Answer, Visitor
from web.fair.asked_back import MAILS
from web.fair.guesses import PER_NAME_AND_NETWORK
from web.state import House

ASK, BACK, STOP = "/forgotten", "/way-back", "/way-back/stop"
OTHER = "quiet rivers run deep"


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


class Mailbox:
    """Ruth's: what comes to it, once somebody has asked and the house has answered."""

    def __init__(self, people: Cast, relay: FakeRelay) -> None:
        self.people, self.relay = people, relay
        self.house: House = people.house

    async def token(self, place: str = BACK) -> str:
        """The last that a mail brought."""
        return str(re.findall(rf"{place}#([\w-]+)", (await self.mails())[-1])[0])

    async def mails(self) -> list[str]:
        await send(self.people.office, self.relay)
        raws = self.relay.to(str(self.people["ruth"].email))
        return [message_from_bytes(raw, policy=default).get_content() for raw in raws]


@pytest.fixture
async def mailbox(people: Cast, relay: FakeRelay) -> Mailbox:
    return Mailbox(people, relay)


async def ask(people: Cast, browser: Visitor, said: str | None = None) -> Answer:
    """Answered at once; the mail is owed a moment later."""
    return await browser.submit(ASK, ASK, said=said or f"ruth-{people.practice.slug}")


async def asked(people: Cast, browser: Visitor, mailbox: Mailbox) -> str:
    mailbox.house.mail_owed.clear()
    assert (await ask(people, browser)).status == 200
    await mailbox.house.mail_owed.wait()
    return await mailbox.token()


async def opened(browser: Visitor, token: str) -> Answer:
    return await browser.submit(BACK, BACK, token=token)


async def chosen(browser: Visitor, token: str, **said: str) -> Answer:
    place = f"{BACK}/password"
    return await browser.post(
        place, (await opened(browser, token)).hidden(place) | {"password": OTHER} | said
    )


async def test_the_way_back_in_begins_at_the_sign_in_and_ends_there(
    people: Cast, site: str, mailbox: Mailbox
) -> None:
    phrase = await fresh_phrase(people.office, people["ruth"])
    browser = Visitor(site)
    assert f'href="{ASK}"' in (await browser.get("/")).text
    token = await asked(people, browser, mailbox)
    page = await browser.get(BACK)
    assert "<script" in page.text
    assert token not in page.text, "it is behind the #, which no server sees"
    assert "Your recovery phrase" in (await opened(browser, token)).words
    wrong = await chosen(browser, token, proof="lusab babad")
    assert wrong.status == 403
    assert "This is not right" in wrong.words
    short = await chosen(browser, token, proof=phrase, password="short")
    assert short.status == 422
    done = await chosen(browser, token, proof=phrase)
    assert done.status == 200
    assert f"ruth-{people.practice.slug}" in done.words
    assert "write these four words down" in done.words
    assert (await browser.sign_in(people, "ruth", OTHER)).place == "/me"
    assert (await Visitor(site).sign_in(people, "ruth", PASSWORD)).status == 401
    assert (await opened(browser, token)).status == 404
    assert any("password here was changed" in one for one in await mailbox.mails())


async def test_who_asks_is_told_the_same_whoever_it_is(people: Cast, site: str) -> None:
    slug = people.practice.slug
    said = ["nobody", "nobody@mail.example", f"mira-{slug}", f"ruth-{slug}", f"ruth.{slug}@mail.example"]
    answers = [await ask(people, Visitor(site), one) for one in said]
    assert {one.status for one in answers} == {200}
    assert len({text.text.replace(name, "") for text, name in zip(answers, said, strict=True)}) == 1
    assert len({tuple(sorted({**one.headers, "date": ""})) for one in answers}) == 1


async def test_nothing_is_looked_up_before_the_answer(
    people: Cast, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes as long for everybody cannot tell: the only thing a request does is to leave a name."""
    left = _Left()
    monkeypatch.setattr(people.house.asked_back, "_asked", left)
    monkeypatch.setattr(people.house, "office", replace(people.office, memory=None))  # type: ignore[arg-type]
    assert (await ask(people, Visitor(site))).status == 200
    assert left.left == [f"ruth-{people.practice.slug}"]


class _Left:
    """Where names are left, and nobody comes for them."""

    def __init__(self) -> None:
        self.left: list[str] = []

    def put_nowait(self, said: str) -> None:
        self.left.append(said)


async def test_asking_has_a_pace_and_it_is_the_same_for_nobody(people: Cast, site: str) -> None:
    for name in (f"ruth-{people.practice.slug}", "nobody"):
        answers = [await ask(people, Visitor(site), name) for _ in range(int(PER_NAME_AND_NETWORK.burst) + 1)]
        assert [one.status for one in answers] == [200] * (len(answers) - 1) + [429]
        assert "retry-after" in answers[-1].headers
        assert "Too many tries" in answers[-1].words


async def test_nobodys_mailbox_is_filled(people: Cast, site: str, mailbox: Mailbox) -> None:
    for _ in range(int(MAILS.burst)):
        await asked(people, Visitor(site), mailbox)
    await ask(people, Visitor(site))
    await ask(people, Visitor(site), f"linden-{people.practice.slug}")
    await mailbox.house.mail_owed.wait()
    assert len(await mailbox.mails()) == int(MAILS.burst)


async def test_looking_uses_nothing_up_and_a_link_that_is_none_says_what_to_do(
    people: Cast, site: str, mailbox: Mailbox
) -> None:
    phrase = await fresh_phrase(people.office, people["ruth"])
    token = await asked(people, Visitor(site), mailbox)
    for place in (BACK, STOP):
        for _ in range(3):
            assert (await Visitor(site).get(f"{place}?token={token}")).status == 200
    for _ in range(3):
        assert (await opened(Visitor(site), token)).status == 200
    over = [await opened(Visitor(site), tried) for tried in (token[:-2] + "AA", "x", "")]
    assert {one.status for one in over} == {404}
    assert len({one.text for one in over}) == 1
    assert "Ask for another one" in over[0].words
    assert (await chosen(Visitor(site), token, proof=phrase)).status == 200


async def test_without_the_phrase_the_therapist_says_yes_and_the_client_can_stop_it(
    people: Cast, site: str, mailbox: Mailbox, ruth: Visitor, mira: Visitor
) -> None:
    token = await asked(people, Visitor(site), mailbox)
    shown = await opened(Visitor(site), token)
    assert "A link alone is not enough" in shown.words
    wish = f"{BACK}/wish"
    assert "waiting for their yes" in (await Visitor(site).post(wish, shown.hidden(wish))).words
    assert "waiting for their yes" in (await opened(Visitor(site), token)).words
    place = f"/clients/{people['ruth'].id}"
    assert f'<a href="{place}">Ruth asks to come back in</a>' in (await mira.get("/inbox")).text
    assert "asks to come back in" in (await mira.get("/inbox/rows")).words
    said = await mira.submit(place, f"{place}/way-back/yes")
    assert (said.status, said.place) == (303, f"{place}?done=allowed")
    assert "asks to come back in" not in (await mira.get("/inbox")).words, "nothing to do any more"
    assert "Yes was said" in (await mira.get(place)).words
    assert (await mailbox.token(STOP)) != token
    for page in ("/me", "/account"):
        assert "asked to choose another password for you" in (await ruth.get(page)).words
    assert (await ruth.submit("/me", "/account/way-back/stop")).place == "/account?done=stopped"
    assert "asked to choose" not in (await ruth.get("/me")).words
    assert await own_wish(people.office, people["ruth"]) is None
    late = await mira.post(
        f"{place}/way-back/yes", {"key": (await mira.get(place)).hidden(f"{place}/details")["key"]}
    )
    assert late.place == f"{place}?done=nobody-waits"


async def test_whoever_reads_the_mail_can_stop_it_without_a_sign_in(
    people: Cast, site: str, mailbox: Mailbox, visitor: Callable[[], Visitor]
) -> None:
    wish, place = f"{BACK}/wish", f"/admin/people/{people['ruth'].id}"
    shown = await opened(Visitor(site), await asked(people, Visitor(site), mailbox))
    await Visitor(site).post(wish, shown.hidden(wish))
    nour = visitor()
    await nour.enter(people, "nour")
    assert "Ruth" in (await nour.get("/admin")).words.partition("asks to come back in")[2][:200]
    await nour.submit(place, f"{place}/way-back/yes")
    stop = await mailbox.token(STOP)
    answers = [await visitor().submit(STOP, STOP, token=one) for one in ("x", stop, stop)]
    assert {one.status for one in answers} == {200}
    assert len({one.text for one in answers}) <= len(answers)
    assert await wishes(people.office, people["nour"]) == []


async def test_a_no_ends_it(people: Cast, site: str, mailbox: Mailbox, mira: Visitor) -> None:
    wish, place = f"{BACK}/wish", f"/clients/{people['ruth'].id}"
    token = await asked(people, Visitor(site), mailbox)
    shown = await opened(Visitor(site), token)
    await Visitor(site).post(wish, shown.hidden(wish))
    assert (await mira.submit(place, f"{place}/way-back/no")).place == f"{place}?done=refused"
    assert (await opened(Visitor(site), token)).status == 404


async def test_a_phrase_is_made_on_the_account_by_who_says_who_they_are(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    place, again = "/account/recovery-phrase", "/account/again"
    assert "You have no recovery phrase" in (await ruth.get("/account")).words
    assert (await ruth.get(place)).place == f"{again}?do=phrase"
    assert (
        await ruth.post(place, {"key": "1f0b6a3e-6f0e-4b8e-8d3e-6f7f3a0a4c55"})
    ).place == f"{again}?do=phrase"
    said = await ruth.submit(f"{again}?do=phrase", again, password=PASSWORD)
    assert said.place == place
    made = await ruth.submit(place, place)
    phrase = re.findall(r'<p class="phrase" dir="ltr"><code>([a-z ]+)</code>', made.text)[0]
    assert phrase not in (await ruth.get(place)).text, "shown once"
    assert "You have a recovery phrase since" in (await ruth.get("/account")).words
    assert (await mira.get(place)).status == 404
    assert (await mira.get(f"{again}?do=phrase")).status == 404
    assert "recovery phrase" not in (await mira.get("/account")).words
