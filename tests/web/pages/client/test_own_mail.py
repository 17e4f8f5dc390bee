"""A client decides about their mail, on a page without scripts: a notice, full text, or locked with their key."""

import html
import re
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from channels.email.sealing.directory import NotFetched
from channels.email.sealing.keys import FOREIGN, YOURS_ALONE
from messaging.leaving.keys import key_of, offer_key, practice_key, text_name
from messaging.people import EmailMode
from messaging.record.reading import people_named
from messaging.trust.locks import Standing
from tests.cast import Cast
from tests.peers.gnupg import GnuPG, gnupg
from tests.peers.running import needs
from tests.web.visitor import Visitor
from web.pages.client.own_mail import WARNING

pytestmark = needs("gpg")
PLACE = "/me/mail"


@pytest.fixture(scope="module")
def gpg() -> Iterator[GnuPG]:
    with gnupg() as made:
        yield made


@pytest.fixture
async def linden(people: Cast, visitor: Callable[[], Visitor]) -> Visitor:
    """Linden's browser, signed in."""
    browser = visitor()
    await browser.enter(people, "linden")
    return browser


async def mode(people: Cast, who: str) -> EmailMode:
    found = await people_named(people.office, people.practice.id, [people[who].id])
    return found[people[who].id].email_mode


async def key(people: Cast, who: str, standing: Standing = Standing.CURRENT) -> str | None:
    held = await key_of(people.office, people.practice.id, people[who].id, standing)
    return held.key.fingerprint.upper() if held else None


async def test_full_text_is_taken_with_its_tick_only(people: Cast, linden: Visitor) -> None:
    asked = await linden.submit(PLACE, PLACE, mode="full")
    assert asked.status == 422
    assert "Please tick" in asked.words
    assert html.escape(WARNING) in asked.text or WARNING in asked.words
    assert await mode(people, "linden") is EmailMode.NOTICE
    kept = await linden.submit(PLACE, PLACE, mode="full", ticked="yes")
    assert (kept.status, kept.place) == (303, "/me/mail?done=mode")
    assert await mode(people, "linden") is EmailMode.FULL
    assert "From now on mail goes as you chose" in (await linden.get(kept.place)).words
    await linden.submit(PLACE, PLACE, mode="notice")
    assert await mode(people, "linden") is EmailMode.NOTICE


async def test_a_key_is_given_seen_chosen_and_given_up(people: Cast, linden: Visitor, gpg: GnuPG) -> None:
    address = people["linden"].email
    assert address is not None
    assert (await linden.submit(PLACE, PLACE, mode="openpgp")).status == 422
    fingerprint = gpg.key(address)
    given = await linden.submit(PLACE, f"{PLACE}/key", certificate=gpg.public(fingerprint).decode())
    assert given.place == "/me/mail?done=key"
    shown = await linden.get(PLACE)
    assert fingerprint in shown.words.replace(" ", "")
    assert await mode(people, "linden") is EmailMode.NOTICE, "giving a key changes nothing by itself"
    await linden.submit(PLACE, PLACE, mode="openpgp")
    assert await mode(people, "linden") is EmailMode.OPENPGP
    await linden.submit(PLACE, f"{PLACE}/forget")
    assert await key(people, "linden") is None
    assert await mode(people, "linden") is EmailMode.NOTICE


async def test_a_key_comes_as_a_file(people: Cast, linden: Visitor, gpg: GnuPG) -> None:
    address = people["linden"].email
    assert address is not None
    fingerprint = gpg.key(address)
    binary = gpg.run("--export", fingerprint).content
    hidden = (await linden.get(PLACE)).hidden(f"{PLACE}/key")
    body = (
        (
            f'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n{hidden["key"]}\r\n'
            '--x\r\nContent-Disposition: form-data; name="file"; filename="my.gpg"\r\n\r\n'
        ).encode()
        + binary
        + b"\r\n--x--\r\n"
    )
    sent = await linden.ask(
        "POST",
        f"{PLACE}/key",
        body.decode("latin-1"),  # http.client encodes it back, octet for octet
        {"Content-Type": "multipart/form-data; boundary=x", "Origin": linden.base},
    )
    assert sent.status == 303, sent.words
    assert await key(people, "linden") == fingerprint


async def test_a_key_that_cannot_be_used_is_refused_in_plain_words(
    people: Cast, linden: Visitor, gpg: GnuPG
) -> None:
    other = gpg.key("Somebody <somebody@mail.example>")
    refused = await linden.submit(PLACE, f"{PLACE}/key", certificate=gpg.public(other).decode())
    assert refused.status == 422
    assert FOREIGN in refused.words
    secret = gpg.run("--armor", "--export-secret-keys", other).content.decode()
    assert YOURS_ALONE in (await linden.submit(PLACE, f"{PLACE}/key", certificate=secret)).words
    assert "paste your public key" in (await linden.submit(PLACE, f"{PLACE}/key", certificate=" ")).words
    assert await key(people, "linden") is None


async def test_a_key_that_came_along_waits_for_its_owner(
    people: Cast, linden: Visitor, mira: Visitor, gpg: GnuPG
) -> None:
    address = people["linden"].email
    assert address is not None
    fingerprint = gpg.key(address)
    assert await offer_key(people.office, people["linden"], gpg.public(fingerprint))
    assert not await offer_key(people.office, people["linden"], gpg.public(fingerprint)), "once"
    assert await key(people, "linden") is None, "never by itself"
    shown = await linden.get(PLACE)
    assert "It is not used unless you say so" in shown.words
    assert "one came with a letter" in (await mira.get(f"/c/{people.conversation('linden')}")).words
    wrong = {"fingerprint": "0" * 40, "key": shown.hidden(f"{PLACE}/offer")["key"]}
    assert (await linden.post(f"{PLACE}/offer", wrong)).status == 404
    assert (await linden.submit(PLACE, f"{PLACE}/offer")).status == 303
    assert await key(people, "linden") == fingerprint
    assert await key(people, "linden", Standing.OFFERED) is None


class Provider:
    """Whatever is asked, this is the answer."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content
        self.asked: list[str] = []

    async def find(self, address: str) -> bytes:
        """The key, or none."""
        self.asked.append(address)
        if self.content is None:
            raise NotFetched
        return self.content


async def test_a_key_is_looked_up_on_its_owners_wish_only(people: Cast, linden: Visitor, gpg: GnuPG) -> None:
    address = people["linden"].email
    assert address is not None
    fingerprint = gpg.key(address)
    people.house.key_directory = provider = Provider(gpg.run("--export", fingerprint).content)
    await linden.get(PLACE)
    assert provider.asked == []
    assert (await linden.submit(PLACE, f"{PLACE}/look-up")).status == 303
    assert provider.asked == [address]
    assert await key(people, "linden") == fingerprint
    assert "Looked up at your provider" in (await linden.get(PLACE)).words


async def test_a_provider_without_a_key_changes_nothing_and_is_not_asked_without_end(
    people: Cast, linden: Visitor
) -> None:
    people.house.key_directory = provider = Provider(None)
    refused = await linden.submit(PLACE, f"{PLACE}/look-up")
    assert refused.status == 422
    assert "Your provider has no key" in refused.words
    assert await key(people, "linden") is None
    answers = [await linden.submit(PLACE, f"{PLACE}/look-up") for _ in range(20)]
    assert answers[-1].status == 429
    assert len(provider.asked) < 20


async def test_nobody_has_keys_examined_without_end(people: Cast, linden: Visitor) -> None:
    pace = people.house.keys_given
    while pace.left(people["linden"].id, monotonic()) >= 1:
        pace.take(people["linden"].id, monotonic())
    refused = await linden.submit(PLACE, f"{PLACE}/key", certificate="a key")
    assert refused.status == 429
    assert "too fast" in refused.words
    assert (await linden.get(PLACE)).status == 200


async def test_the_practices_key_is_for_everybody(people: Cast, linden: Visitor) -> None:
    stranger = Visitor(linden.base)
    came = await stranger.get(f"/openpgp-key/{people.practice.slug}")
    assert came.status == 200
    assert "BEGIN PGP PUBLIC KEY BLOCK" in came.text
    assert "PRIVATE" not in came.text
    with gnupg() as theirs:
        theirs.knows(came.raw)
        ours = (await practice_key(people.office, people.practice)).fingerprint
        assert theirs.run("--encrypt", "--recipient", ours, given=b"a letter").ok
    assert (await stranger.get("/openpgp-key/no-such-practice")).status == 404


async def test_nobody_else_decides(people: Cast, mira: Visitor, linden: Visitor) -> None:
    assert (await mira.get(PLACE)).status == 404
    assert (await Visitor(linden.base).get(PLACE)).status in (303, 401)


def test_a_changed_warning_has_another_name() -> None:
    assert text_name(WARNING) != text_name(f"{WARNING} ")
    assert re.search("third party might read it", WARNING)
