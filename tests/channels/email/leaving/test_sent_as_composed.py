"""What the house makes of a letter before it leaves: who is said to have written it, and its lines as they were written."""

from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from uuid import uuid4

import pytest

from messaging.leaving.delivering import claim
from messaging.letters.uploads import Coming, take
from messaging.letters.writing import Letter, write_letter
from messaging.people import EmailMode
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import write

SIGNED = "Dear Ruth\n\nhow was the week?\n\n-- \nMira Novak"


async def sent(cast: Cast, client: str) -> bytes:
    await write(cast, client, SIGNED)
    return await owed(cast)


async def owed(cast: Cast) -> bytes:
    (raw,) = [
        one.mail.raw
        for one in await claim(cast.office, 1000)
        if one.mail is not None and one.stored.practice == cast.practice.id
    ]
    return raw


@pytest.mark.parametrize(("client", "mode"), [("ruth", EmailMode.FULL), ("linden", EmailMode.NOTICE)])
async def test_a_notice_is_a_machines_and_a_letter_its_writers(
    cast: Cast, client: str, mode: EmailMode
) -> None:
    assert cast[client].email_mode is mode
    mail = message_from_bytes(await sent(cast, client), policy=policy.default)
    notice = mode is EmailMode.NOTICE
    assert mail["Auto-Submitted"] == ("auto-generated" if notice else None)
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply", "reports of failure are wanted"


async def test_the_line_before_a_signature_leaves_as_it_was_written(cast: Cast) -> None:
    raw = await sent(cast, "ruth")
    plain = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines()[-2:] == ["-- ", "Mira Novak"]


async def test_no_header_line_of_a_true_mail_is_longer_than_78_columns(cast: Cast) -> None:
    for client in ("ruth", "linden"):
        head = (await sent(cast, client)).partition(b"\r\n\r\n")[0]
        lines = head.decode().split("\r\n")
        long = [one for one in lines if len(one) > 78]
        assert not [one for one in long if " " in one.partition(": ")[2].strip()], "a single id may be longer"


async def octets() -> AsyncIterator[bytes]:
    yield b"the plan itself"


@pytest.mark.parametrize("client", ["ruth", "linden"])
async def test_files_stay_here_and_only_a_letter_with_its_words_says_so(cast: Cast, client: str) -> None:
    held, circle = await cast.enter("mira", client, Deed.WRITE)
    coming = Coming("secret plan.txt", "text/plain", 1000)
    brought = await take(cast.office, held, coming, octets(), cast.house.photos)
    await write_letter(cast.office, held, circle, Letter(uuid4(), SIGNED, files=(brought.id,)))
    mail = message_from_bytes(await owed(cast), policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert ("There are files with this letter" in body.get_content()) is (client == "ruth")
    assert "secret plan" not in mail.as_string()
    assert not list(mail.iter_attachments())
