"""What somebody says, is called or is written to at leaves this house nowhere but in the mail that may hold it."""

import asyncio
import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Final
from uuid import uuid4

from messaging.arriving.screening import held
from messaging.conversations import Kind, Member
from messaging.ids import ConversationId
from messaging.leaving.owing import reply_token
from messaging.letters.writing import Letter, write_letter
from messaging.messages import EventName
from messaging.people import EmailMode, Person, Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.record.reading import enter, entries_after
from messaging.sessions.booking import book
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.post import SERVER, Program
from tests.channels.email.world import FakeRelay, NameServer, now, records, signed
from tests.conftest import RunningServer, TestDatabase, start_server
from tests.peers.running import until_it_is

SECRET: Final = f"canary{secrets.token_hex(6)}"
ADDRESS: Final = f"hidden{secrets.token_hex(6)}"
FILE: Final = f"""--b\r
Content-Type: text/plain; charset=utf-8\r
\r
I wrote {SECRET} into it.\r
--b\r
Content-Type: application/pdf; name="{SECRET}.pdf"\r
Content-Disposition: attachment; filename="{SECRET}.pdf"\r
\r
{SECRET}\r
--b--\r
"""


@dataclass(frozen=True)
class Couple:
    """Two in care together, and who cares for them; every name holds the secret."""

    ann: Person
    bob: Person
    mira: Person
    conversation: ConversationId


async def couple(cast: Cast) -> Couple:
    office, practice = cast.office, cast.practice.id
    made = []
    for number, role in enumerate((Role.CLIENT, Role.CLIENT, Role.THERAPIST)):
        email = f"{ADDRESS}.{number}@mail.example" if role is Role.CLIENT else None
        new = NewPerson(
            role, f"{SECRET}{number}-{cast.practice.slug}", f"Name {SECRET}", email, None, EmailMode.NOTICE
        )
        made.append(await add_person(office, practice, new))
    members = tuple(Member(one.id, one.role) for one in made)
    begun = await begin_conversation(office, practice, Kind.COUPLE, members)
    ann, bob, mira = made
    return Couple(ann, bob, mira, begun.id)


@dataclass
class Grumbling:
    """A relay that puts Ann's first mail off and refuses Bob's second, whatever comes between: the database is shared."""

    people: Couple
    put_off: bool = False
    offered_to_bob: int = 0

    def __call__(self, verb: str, to: str) -> str | None:
        if (verb, to, self.put_off) == ("RCPT", self.people.ann.email, False):
            self.put_off = True
            return f"450 {SECRET} is greylisted"
        if (verb, to) == ("DOT", self.people.bob.email):
            self.offered_to_bob += 1
            return f"550 {SECRET}" if self.offered_to_bob == 2 else None
        return None


def letter(sender: str, to: str) -> bytes:
    """A letter that says the secret wherever a letter can."""
    head = (
        f'From: "Name {SECRET}" <{sender}>\r\nTo: "{SECRET}" <{to}>\r\nDate: {now()}\r\nSubject: about {SECRET}\r\n'
        f"Thread-Topic: {SECRET}\r\nX-Mailer: {SECRET}\r\nReply-To: <{SECRET}@evil.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    return signed((head + FILE).encode())


def report(sender: str) -> bytes:
    """A bounce that quotes the secret."""
    return "\r\n".join(
        (
            f"From: MAILER-DAEMON@{SECRET}.example",
            f"Subject: {SECRET}",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
            "",
            f"--b\r\n\r\nSorry, {SECRET}.",
            "--b\r\nContent-Type: message/delivery-status\r\n",
            f"Reporting-MTA: dns; {SECRET}.example\r\n",
            f"Final-Recipient: rfc822; {sender}\r\nAction: failed\r\nStatus: 5.1.1",
            f"Diagnostic-Code: smtp; 550 {SECRET}\r\n",
            "--b--\r\n",
        )
    ).encode()


async def offer(server: RunningServer, raw: bytes, to: str, sender: str) -> str:
    async with Program(int(server.addresses["smtp"].rpartition(":")[2])) as program:
        (answer,) = await program.begin(sender, to, hello=f"EHLO {SECRET}.example")
        return (await program.data(raw))[0] if answer.startswith("250") else answer


def said(relay: FakeRelay) -> bytes:
    """Every byte that left, as it is and as a reader's program decodes it."""
    parts = [
        part.get_payload(decode=True) for raw in relay.offered for part in message_from_bytes(raw).walk()
    ]
    heads = [
        f"{name}: {value}".encode()
        for raw in relay.offered
        for name, value in message_from_bytes(raw).items()
    ]
    return b"\n".join([bytes(relay.wire), *(one for one in parts if isinstance(one, bytes)), *heads])


def named(relay: FakeRelay) -> set[str | None]:
    """To whom mail was announced."""
    return {to.decode() for to in re.findall(rb"RCPT TO:<([^>]+)>", bytes(relay.wire))}


def offered(relay: FakeRelay) -> int:
    """How many mails of these two were uploaded."""
    return sum(to.startswith(ADDRESS) for to in relay.offered_to)


def bounce_addresses(relay: FakeRelay) -> set[bytes]:
    """Where reports of their mail go; those of other tests are left alone."""
    pattern = rb"MAIL FROM:<([^>]+)>[^\n]*\nRCPT TO:<" + ADDRESS.encode()
    return set(re.findall(pattern, bytes(relay.wire)))


async def test_in_notice_mode_no_word_name_or_file_leaves_and_no_log_knows_any_of_it(
    cast: Cast, relay: FakeRelay, database: TestDatabase, tmp_path: Path
) -> None:
    names = NameServer(records())
    host, port = await names.start()
    people, log = await couple(cast), tmp_path / "log"
    relay.answers = {"EHLO": ["250-relay\r\n250 DSN"] * 1000}
    relay.told = Grumbling(people)
    settings = {"SMTP": "127.0.0.1:0", "DNS": f"{host}:{port}", "RELAY_URL": f"smtp://127.0.0.1:{relay.port}"}
    environment = database.environment(**{f"QUIETLINE_{name}": value for name, value in settings.items()})
    with log.open("w") as errors:
        server = await asyncio.to_thread(start_server, environment, "--roles", "mail,jobs", log=errors)
        try:
            token = await converse(cast, people, server, relay)
        finally:
            await asyncio.to_thread(server.stop)
            names.stop()
    out, written = said(relay), log.read_text()
    assert offered(relay) >= 4
    for wanted in (b"You have a new message", b"BEGIN:VCALENDAR", b"RET=HDRS", b"NOTIFY=FAILURE,DELAY"):
        assert wanted in out
    assert SECRET.encode() not in out.lower()
    assert re.findall(rb"(?m)^MAIL FROM:<[^>]*>(.*?)\r$", out) == [b" RET=HDRS"] * out.count(b"MAIL FROM:<")
    assert not re.search(rb"ORCPT|ENVID", out), (
        "which would carry an address or an id to every server on the way"
    )
    for secret in (SECRET, ADDRESS, token, "@mail.example"):
        assert secret not in written.lower()
    assert len([json.loads(line) for line in written.splitlines()]) >= 3, "it did log"


async def converse(cast: Cast, people: Couple, server: RunningServer, relay: FakeRelay) -> str:
    """Letters both ways, a booking, a bounce, and what is refused or held; the token Ann answers to."""
    office = cast.office
    seen, circle = await enter(office, people.mira, people.conversation, Deed.WRITE)
    token = await reply_token(office, circle, people.ann)
    ann, to = str(people.ann.email), f"reply+{token}@{SERVER}"
    assert (await offer(server, letter(ann, to), to, ann)).startswith("250")
    assert (await offer(server, letter(f"{SECRET}@stranger.example", to), to, ann)).startswith("250")
    assert (await offer(server, letter(ann, to), f"{SECRET}@{SERVER}", ann)).startswith("550")
    assert (await offer(server, b"Subject: x\n" + letter(ann, to), to, f"{SECRET}@x.example")).startswith(
        "550"
    )

    async def has_arrived() -> bool:
        return len(await entries_after(office, seen, 0)) == 1 and len(await held(office, people.mira)) == 1

    await until_it_is(has_arrived, "Ann's letter, and the stranger's in the screener")
    # Before the answer: it would end what the receipt promises, and with it the receipt.
    await until_it_is(lambda: named(relay) >= {people.ann.email, people.bob.email}, "a receipt and a notice")
    await write_letter(office, seen, circle, Letter(uuid4(), f"I read {SECRET}.", f"Re: {SECRET}", answers=1))
    holding, _ = await enter(office, people.mira, people.conversation, Deed.HOLD_SESSION)
    starts = office.clock().replace(microsecond=0)
    await book(office, holding, starts + timedelta(days=3), 50)
    # A notice to each, two of the appointment; the receipt to Ann was put off for a minute, Bob's second notice for ten.
    await until_it_is(lambda: offered(relay) >= 4, "mail to both")
    reported = set[bytes]()

    async def have_bounced() -> bool:
        """Whatever has gone comes back, also what went while the others did."""
        for bounces_to in bounce_addresses(relay) - reported:
            reported.add(bounces_to)
            assert (await offer(server, report(ann), bounces_to.decode(), "")).startswith("250")
        events = [entry.body.event for entry in await entries_after(office, seen, 0)]
        return events.count(EventName.MAIL_FAILED) >= 3

    await until_it_is(have_bounced, "the bounces")
    return token
