"""Letters that leave locked: real GnuPG opens them, nobody else reads a word, and what cannot be locked says nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import dkim
import pytest

from channels.email.composing.signing import read_signer
from channels.email.leaving.post_office import PostOffice
from channels.email.mime.parsing import parse
from channels.email.sealing.autocrypt import key_along
from messaging.errors import Malformed
from messaging.leaving.keys import Choice, choose_mode, give_up_key, practice_key, take_key, text_name
from messaging.letters.second_tries import send_again
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailState
from messaging.people import EmailMode, Person
from messaging.record.reading import people_named
from messaging.trust.access import Deed, Work, errand
from messaging.trust.locks import KeySource
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import CANARY, later, send, state, write
from tests.channels.email.world import FakeRelay, key_pair
from tests.peers.gnupg import GnuPG, gnupg
from tests.peers.running import needs

pytestmark = needs("gpg")
SUBJECT = b"Subject: You have a new message\r\n"


@pytest.fixture(scope="module")
def theirs() -> Iterator[GnuPG]:
    with gnupg() as made:
        yield made


def address(cast: Cast, who: str) -> str:
    email = cast[who].email
    assert email is not None
    return email


async def with_key(cast: Cast, theirs: GnuPG, who: str, kind: str = "ed25519") -> str:
    """A client gives us their key and chooses to have letters locked with it."""
    fingerprint = theirs.key(address(cast, who), kind=kind)
    await take_key(cast.office, cast[who], theirs.public(address(cast, who)), KeySource.UPLOAD)
    await choose_mode(cast.office, cast[who], Choice(EmailMode.OPENPGP))
    theirs.knows(cast.office.locksmith.armored(await practice_key(cast.office, cast.practice)).encode())
    return fingerprint


async def now(cast: Cast, who: str) -> Person:
    """A person as memory has them."""
    return (await people_named(cast.office, cast.practice.id, [cast[who].id]))[cast[who].id]


@pytest.mark.parametrize("kind", ["ed25519", "rsa2048"])
async def test_gnupg_opens_our_letter_and_finds_our_signature_good(
    cast: Cast, relay: FakeRelay, theirs: GnuPG, kind: str
) -> None:
    await with_key(cast, theirs, "linden", kind)
    await write(cast, "linden")
    await send(cast.office, relay)
    (mail,) = relay.to(cast["linden"].email)
    said = theirs.run("--decrypt", given=mail)
    assert said.ok, said.status
    assert said.says("GOODSIG")
    assert said.says("DECRYPTION_OKAY")
    ours = (await practice_key(cast.office, cast.practice)).fingerprint.upper()
    assert re.search(rf"VALIDSIG [0-9A-F ]+.*{ours}", said.status)
    inside = parse(said.content)
    assert CANARY in inside.text
    assert SUBJECT in said.content, "the header once more, where nobody can change it"
    assert [one.name for one in inside.attachments] == ["openpgp-key.asc"]


async def test_what_leaves_shows_no_word_and_the_neutral_subject(
    cast: Cast, relay: FakeRelay, theirs: GnuPG, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await with_key(cast, theirs, "linden")
    await write(cast, "linden")
    await send(cast.office, relay)
    (mail,) = relay.to(cast["linden"].email)
    head = mail.partition(b"\r\n\r\n")[0] + b"\r\n"
    assert head.count(SUBJECT) == 1
    assert b'multipart/encrypted; protocol="application/pgp-encrypted"' in head
    armour = re.compile(rb"-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----", re.DOTALL)
    around, locked = armour.subn(b"", mail)  # four letters stand in two kilobytes of chance now and then
    assert locked == 1
    for word in (CANARY, "lake", "frozen", "Mira", "Linden"):
        assert word.encode() not in around
    assert CANARY.encode() not in mail
    assert "PRIVATE KEY" not in caplog.text
    assert CANARY not in caplog.text


async def test_the_key_that_comes_along_knows_the_address_to_answer_to(
    cast: Cast, relay: FakeRelay, theirs: GnuPG
) -> None:
    await with_key(cast, theirs, "linden")
    await write(cast, "linden")
    await send(cast.office, relay)
    (mail,) = relay.to(cast["linden"].email)
    (key,) = parse(theirs.run("--decrypt", given=mail).content).attachments
    theirs.knows(key.content)
    (answer_to,) = [one.address for one in parse(mail).reply_to]
    assert answer_to is not None
    made = theirs.run("--encrypt", "--recipient", answer_to, given=b"an answer")
    assert made.ok, "a program finds the key by the address it answers to"


async def test_a_program_learns_the_practices_key_from_the_header_of_a_locked_letter_only(
    cast: Cast, relay: FakeRelay, theirs: GnuPG
) -> None:
    await with_key(cast, theirs, "linden")
    await write(cast, "linden")
    await write(cast, "ruth")
    await send(cast.office, relay)
    (mail,), (clear,) = relay.to(cast["linden"].email), relay.to(cast["ruth"].email)
    ours = parse(mail).sender
    found = key_along(mail, ours)
    with gnupg() as another:
        another.knows(found)
        fingerprint = (await practice_key(cast.office, cast.practice)).fingerprint.upper()
        assert fingerprint in another.run("--with-colons", "--list-keys").content.decode()
        assert another.run("--encrypt", "--recipient", str(ours), given=b"an answer").ok
    assert b"\r\nAutocrypt:" not in clear, "who gets words in clear has no use for it"
    assert max(len(line) for line in mail.split(b"\r\n")) <= 998


async def test_dkim_stands_over_the_locked_mail(cast: Cast, relay: FakeRelay, theirs: GnuPG) -> None:
    press = cast.office.press
    assert isinstance(press, PostOffice)
    signer = read_signer("s1", key_pair()[0])
    office = replace(cast.office, press=replace(press, signer=signer))
    await with_key(cast, theirs, "linden")
    admitted, circle = await cast.enter("mira", "linden", Deed.WRITE)
    await write_letter(office, admitted, circle, Letter(uuid4(), CANARY))
    await send(office, relay)
    (mail,) = relay.to(cast["linden"].email)
    assert dkim.verify(mail, dnsfunc=lambda *_a, **_k: key_pair()[1].encode())


async def test_each_of_a_couple_gets_a_mail_for_their_own_key(
    cast: Cast, relay: FakeRelay, theirs: GnuPG
) -> None:
    with gnupg() as hers:
        await with_key(cast, theirs, "ben")
        await with_key(cast, hers, "tess")
        await write(cast, "ben")
        await send(cast.office, relay)
        (to_ben,), (to_tess,) = relay.to(cast["ben"].email), relay.to(cast["tess"].email)
        assert CANARY in parse(theirs.run("--decrypt", given=to_ben).content).text
        assert CANARY in parse(hers.run("--decrypt", given=to_tess).content).text
        assert hers.run("--decrypt", given=to_ben).says("NO_SECKEY")
        assert theirs.run("--decrypt", given=to_tess).says("NO_SECKEY")


async def test_without_a_key_there_is_a_notice_and_never_clear_text(cast: Cast, relay: FakeRelay) -> None:
    await cast.office.memory.people.set_email_mode(cast.practice.id, cast["linden"].id, EmailMode.OPENPGP)
    number = await write(cast, "linden")
    await send(cast.office, relay)
    (mail,) = relay.to(cast["linden"].email)
    assert b"lake" not in mail
    assert b"/\r\n" in mail, "the place to read it"
    assert await state(cast, "linden", number) is MailState.SENT


async def test_a_key_that_has_expired_since_makes_a_notice(
    cast: Cast, relay: FakeRelay, theirs: GnuPG
) -> None:
    theirs.key(address(cast, "linden"), expires="2d")
    await take_key(cast.office, cast["linden"], theirs.public(address(cast, "linden")), KeySource.UPLOAD)
    await choose_mode(cast.office, cast["linden"], Choice(EmailMode.OPENPGP))
    office = later(cast.office, cast, timedelta(days=3).total_seconds())
    admitted, circle = await cast.enter("mira", "linden", Deed.WRITE)
    await write_letter(office, admitted, circle, Letter(uuid4(), CANARY))
    await send(office, relay)
    (mail,) = relay.to(cast["linden"].email)
    assert b"PGP MESSAGE" not in mail
    assert b"lake" not in mail


async def test_mail_for_an_earlier_key_is_stopped_and_made_anew_for_the_one_of_now(
    cast: Cast, relay: FakeRelay, theirs: GnuPG
) -> None:
    await with_key(cast, theirs, "linden")
    number = await write(cast, "linden")
    with gnupg() as newer:
        await with_key(cast, newer, "linden")
        await send(cast.office, relay)
        assert await state(cast, "linden", number) is MailState.STOPPED
        assert not relay.to(cast["linden"].email)
        (mail,) = await cast.office.memory.mailbox.mail_of(
            errand(cast.practice.id, cast.conversation("linden"), Work.LEAVING), [number]
        )
        held, circle = await cast.enter("mira", "linden", Deed.SETTLE)
        await send_again(cast.office, held, circle, mail.id)
        await send(later(cast.office, cast, 1), relay)
        (made,) = relay.to(cast["linden"].email)
        assert CANARY in parse(newer.run("--decrypt", given=made).content).text


async def test_mail_for_a_key_given_up_is_stopped(cast: Cast, relay: FakeRelay, theirs: GnuPG) -> None:
    await with_key(cast, theirs, "linden")
    number = await write(cast, "linden")
    await give_up_key(cast.office, await now(cast, "linden"))
    await send(cast.office, relay)
    assert await state(cast, "linden", number) is MailState.STOPPED
    assert (await now(cast, "linden")).email_mode is EmailMode.NOTICE
    with pytest.raises(Malformed):
        await choose_mode(cast.office, await now(cast, "linden"), Choice(EmailMode.OPENPGP))


async def test_a_locked_mail_that_may_have_arrived_waits_for_the_clinician(
    cast: Cast, relay: FakeRelay, theirs: GnuPG
) -> None:
    await with_key(cast, theirs, "linden")
    number = await write(cast, "linden")
    relay.dies = "dot"
    await send(cast.office, relay)
    relay.dies = None
    await send(later(cast.office, cast, 3600), relay)
    assert await state(cast, "linden", number) is MailState.IN_DOUBT
    assert len(relay.to(cast["linden"].email)) == 1


async def test_full_text_needs_the_tick_and_the_trail_names_the_warning(cast: Cast) -> None:
    warning = "A third party might read it."
    with pytest.raises(Malformed):
        await choose_mode(cast.office, cast["linden"], Choice(EmailMode.FULL, warning))
    assert (await now(cast, "linden")).email_mode is EmailMode.NOTICE
    noted: list[tuple[object, ...]] = []
    trail = cast.office.memory.trail

    class Listening:
        """Hears what is noted, and notes it."""

        async def note(self, *line: object) -> None:
            noted.append(line)
            await trail.note(*line)  # type: ignore[arg-type]  # whatever was given, as it was given

        verify = trail.verify
        openings = trail.openings
        end = trail.end
        link = trail.link
        note_daily = trail.note_daily

    office = replace(cast.office, memory=replace(cast.office.memory, trail=Listening()))
    await choose_mode(office, cast["linden"], Choice(EmailMode.FULL, warning, ticked=True))
    assert (await now(cast, "linden")).email_mode is EmailMode.FULL
    ((_, _, actor, action, subject),) = noted
    assert (actor, action, subject) == (cast["linden"].id, "mail_full_agreed", text_name(warning))
    lines, broken = await trail.verify(cast.practice.id)
    assert lines
    assert broken is None
