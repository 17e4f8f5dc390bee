"""Letters from real programs: swaks, a burst of smtp-source, a Postfix in front of us, a mail program's reply."""

import asyncio
import os
import smtplib
import subprocess
from collections.abc import AsyncIterator, Iterator
from email.utils import formatdate
from pathlib import Path
from uuid import uuid4

import pytest

from messaging.leaving.owing import reply_token
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.world import NameServer, certificate_pem, records, signed
from tests.conftest import TestDatabase, own_database
from tests.journeys.mail_server import counts, leases_run_out, serving
from tests.peers.postfix import EDGE, Postfix, postfix
from tests.peers.running import free_port, needs, program, until_it_is

HERE = "127.0.0.1:0"
DOMAIN = "quietline.localhost"
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="Postfix needs root: it changes to accounts of its own"
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    with own_database(tmp_path_factory.mktemp("mail")) as made:
        yield made


@pytest.fixture
async def names() -> AsyncIterator[str]:
    """What DNS says of the clients' domain; where to ask."""
    server = NameServer(records())
    host, port = await server.start()
    yield f"{host}:{port}"
    server.stop()


async def address(cast: Cast, client: str) -> str:
    _, circle = await cast.enter(client, client)
    return f"reply+{await reply_token(cast.office, circle, cast[client])}@{DOMAIN}"


async def texts(cast: Cast, conversation: str) -> list[str]:
    admitted, _ = await cast.enter("mira", conversation)
    return [entry.body.text for entry in await entries_after(cast.office, admitted, 0)]


def letter(cast: Cast, client: str, to: str, text: str, number: int = 1) -> bytes:
    lines = (
        f"From: <{cast[client].email}>",
        f"To: <{to}>",
        "Subject: a walk",
        f"Message-ID: <{number}.{client}@mail.example>",
        # Postfix adds one where it is missing, and no signature covers that one.
        f"Date: {formatdate()}",
    )
    return signed("\r\n".join((*lines, "", text, "")).encode())


async def run(name: str, *arguments: str, given: bytes = b"") -> str:
    """A program, to its end; what it said. It must succeed."""
    done = await asyncio.to_thread(
        subprocess.run, [program(name), *arguments], input=given, capture_output=True, timeout=60
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == 0, said
    return said


@needs("swaks")
async def test_swaks_hands_a_letter_over_in_tls(
    cast: Cast, database: TestDatabase, names: str, tmp_path: Path
) -> None:
    certificate = tmp_path / "both.pem"
    certificate.write_bytes(certificate_pem())
    file = tmp_path / "letter"
    to = await address(cast, "ruth")
    file.write_bytes(letter(cast, "ruth", to, "By swaks, in TLS."))
    with serving(database, SMTP=HERE, DNS=names, SMTP_CERTIFICATE=str(certificate)) as server:
        said = await run(
            "swaks", "--server", f"127.0.0.1:{server.port('smtp')}", "--tls", "--tls-verify", "--tls-ca-path",
            str(certificate), "--from", "someone@mail.example", "--to", to, "--data", f"@{file}",
        )  # fmt: skip
        assert "TLS started" in said
        await until_it_is(lambda: arrived(cast, 1), "the letter")
    assert await texts(cast, "ruth") == ["By swaks, in TLS."]


async def arrived(cast: Cast, letters: int) -> bool:
    """So many are delivered, and nothing waits."""
    found = await counts(cast)
    return found == {OriginalState.DELIVERED: letters}


@needs("smtp-source")
async def test_a_burst_of_letters_is_kept_and_every_one_counted(
    cast: Cast, database: TestDatabase, names: str
) -> None:
    to = await address(cast, "linden")
    with serving(database, SMTP=HERE, DNS=names) as server:
        await run(
            "smtp-source", "-s", "20", "-m", "200", "-l", "10240", "-f", "a@mail.example", "-t", to,
            f"127.0.0.1:{server.port('smtp')}",
        )  # fmt: skip
        found = await counts(cast)
        assert sum(found.values()) == 200
        await until_it_is(lambda: nothing_unread(cast), "the reader")
    found = await counts(cast)
    assert sum(found.values()) == 200
    assert set(found) <= {OriginalState.HELD, OriginalState.DUPLICATE}
    assert await texts(cast, "linden") == []


async def nothing_unread(cast: Cast) -> bool:
    return OriginalState.RECEIVED not in await counts(cast)


@as_root
@needs("postfix", "swaks")
async def test_postfix_holds_letters_while_we_are_dead_and_each_arrives_once(
    cast: Cast, database: TestDatabase, names: str, tmp_path: Path
) -> None:
    to, wanted = await address(cast, "ruth"), [f"letter {number}" for number in range(60)]
    with serving(database, LMTP=HERE, DNS=names) as server:
        server.settings["QUIETLINE_LMTP"] = f"127.0.0.1:{server.port('lmtp')}"
        with postfix(server.port("lmtp"), DOMAIN) as border:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(asyncio.to_thread(hand_over, border, cast, to, wanted))
                for number in (10, 35):
                    await until_it_is(lambda: at_least(cast, number), "some letters")  # noqa: B023
                    server.kill()
                    await until_it_is(lambda: border.queued() > 0 or sending.done(), "a letter that waits")
                    await asyncio.to_thread(server.start)
                await sending
            border.try_again()
            await until_it_is(lambda: border.queued() == 0, "Postfix")
            await leases_run_out(database)
            came: dict[OriginalState, int] = {}
            await until_it_is(
                lambda: everything_came(cast, len(wanted), came),
                "all letters",
                lambda: (came, border.queued()),
            )
            assert "status=deferred" in border.log
            refused = await run_swaks_refused(border)
            assert "550 5.1.1" in refused
    assert sorted(await texts(cast, "ruth")) == sorted(wanted)


def hand_over(border: Postfix, cast: Cast, to: str, wanted: list[str]) -> None:
    """The clients' provider, which knows nothing of what goes on behind the border."""
    with smtplib.SMTP("127.0.0.1", border.port) as peer:
        for number, text in enumerate(wanted):
            peer.sendmail("someone@mail.example", [to], letter(cast, "ruth", to, text, number))


async def run_swaks_refused(border: Postfix) -> str:
    """What a stranger hears who guesses an address: refused in the dialog, so that nobody gets a bounce."""
    done = await asyncio.to_thread(
        subprocess.run,
        [
            program("swaks"),
            "--server",
            f"127.0.0.1:{border.port}",
            "--from",
            "a@evil.example",
            "--to",
            f"guess@{DOMAIN}",
        ],
        capture_output=True,
        timeout=60,
    )
    return (done.stdout + done.stderr).decode()


async def at_least(cast: Cast, letters: int) -> bool:
    return sum((await counts(cast)).values()) >= letters


async def everything_came(cast: Cast, letters: int, found: dict[OriginalState, int]) -> bool:
    """Delivered once each; a second copy, offered because an answer was lost, is known as one. `found`: how it stands."""
    found.clear()
    found |= await counts(cast)
    return found.get(OriginalState.DELIVERED) == letters and OriginalState.RECEIVED not in found


@as_root
@needs("postfix", "s-nail")
async def test_a_mail_programs_reply_comes_home_threaded_and_folded(
    cast: Cast, database: TestDatabase, names: str
) -> None:
    ruth = cast["ruth"].email
    assert ruth is not None
    lmtp, relay = free_port(), free_port()
    with postfix(lmtp, DOMAIN, ruth, port=relay) as border:
        given = {"LMTP": f"127.0.0.1:{lmtp}", "RELAY_URL": f"smtp://127.0.0.1:{relay}", "AUTHSERV_ID": EDGE}
        with serving(database, DNS=names, **given):
            held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
            asked = Letter(uuid4(), "And the ducks?\n\nDid they stay all winter?")
            number = (await write_letter(cast.office, held, circle, asked)).number
            box = border.box(ruth)
            await until_it_is(lambda: box.exists() and box.stat().st_size > 0, "the letter by mail")
            await run(
                "s-nail", "-n", "-#", "-S", "v15-compat=y", "-S", f"mta=smtp://127.0.0.1:{border.port}",
                "-S", "smtp-auth=none", "-S", f"from={ruth}", "-S", "hostname=mail.example", "-S", "sendwait",
                "-S", "indentprefix=> ", "-S", "reply-to-honour", "-S", "DEAD=/dev/null", "-~", "-f", str(box),
                given=b"Reply 1\nAll winter, yes.\n\n~Q 1\n",
            )  # fmt: skip
            await until_it_is(lambda: arrived(cast, 1), "the answer")
    admitted, _ = await cast.enter("mira", "ruth")
    entries = await entries_after(cast.office, admitted, 0)
    answer = entries[-1]
    assert answer.body.text == "All winter, yes."
    assert "And the ducks?" in (answer.body.folded or "")
    assert not answer.body.weak
    assert answer.letter == next(one.letter for one in entries if one.number == number)
