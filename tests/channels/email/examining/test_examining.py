"""The doctor's eye on mail: DNS, relay, doors and the test letter, each told right from wrong in a plain sentence."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from channels.email.composing.signing import read_signer
from channels.email.examining.domain import examine_domain
from channels.email.examining.doors import (
    examine_certificate,
    examine_checker,
    examine_listener,
    examine_mailbox,
)
from channels.email.examining.findings import Finding
from channels.email.examining.relay import examine_relay
from channels.email.examining.round_trip import RoundTrip, examine_round_trip
from channels.email.reading.clamd import Clamd
from channels.email.senders.resolving import DnsTrouble
from channels.email.terms import ImapAccount, Listening, Relay
from messaging.memory.arriving import OriginalState
from tests.channels.email.arriving.clamd import FakeClamd
from tests.channels.email.post import Post
from tests.channels.email.world import FakeRelay, StartTlsRelay, certificate_pem, key_pair, self_signed

SIGNER = read_signer("s1", key_pair()[0])
SOUND = {
    ("mail.example", "MX"): ("20 b.mail.example.", "10 a.mail.example."),
    ("a.mail.example", "A"): ("192.0.2.1",),
    ("b.mail.example", "AAAA"): ("2001:db8::1",),
    ("mail.example", "TXT"): ("google-site=1", "v=spf1 ip4:192.0.2.1 -all"),
    ("s1._domainkey.mail.example", "TXT"): (SIGNER.published.replace("p=", "p= ").replace("k=rsa; ", ""),),
    ("_dmarc.mail.example", "TXT"): ("v=DMARC1; p=reject",),
}


class Table:
    """DNS from a table; what is None does not answer."""

    def __init__(self, records: Mapping[tuple[str, str], tuple[str, ...] | None]) -> None:
        self._records = records

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        found = self._records.get((name, kind), ())
        if found is None:
            raise DnsTrouble
        return found


def look(**changed: tuple[str, ...] | None) -> dict[str, Finding]:
    """The findings, by kind. A change names a record by its kind: `mx`, `spf`, `dkim`, `dmarc`."""
    places = {
        "mx": ("mail.example", "MX"),
        "spf": ("mail.example", "TXT"),
        "dkim": ("s1._domainkey.mail.example", "TXT"),
        "dmarc": ("_dmarc.mail.example", "TXT"),
    }
    table = {**SOUND, **{places[kind]: records for kind, records in changed.items()}}
    return {one.name.split()[0]: one for one in examine_domain(Table(table), "mail.example", SIGNER)}


def test_a_domain_in_order_is_found_so() -> None:
    found = look()
    assert [(one.name, one.fine) for one in found.values()] == [
        (f"{kind} of mail.example", True) for kind in ("MX", "SPF", "DKIM", "DMARC")
    ]
    assert found["MX"].says == "mail goes to a.mail.example, b.mail.example"


@pytest.mark.parametrize(
    ("kind", "records", "says"),
    [
        ("mx", (), "nobody can write to this domain"),
        ("mx", ("0 .",), "null MX"),
        ("mx", ("10 nowhere.example.",), "nowhere.example is named, and has no address"),
        ("mx", None, "DNS does not answer"),
        ("spf", (), "none. Publish"),
        ("spf", ("v=spf1 -all", "v=spf1 mx -all"), "several"),
        ("spf", ("v=spf1 mx +all",), "everybody"),
        ("spf", ("v=spf10 -all",), "none. Publish"),
        ("dkim", (), SIGNER.published),
        ("dkim", ("v=DKIM1; p=MIIBIjANBg",), "is not the one we sign with"),
        ("dkim", ("v=DKIM1; p=",), "is not the one we sign with"),
        ("dmarc", (), "anybody can write in your name"),
        ("dmarc", ("v=DMARC1; p=none", "v=DMARC1; p=reject"), "several"),
        ("dmarc", ("v=DMARC1; rua=mailto:a@mail.example",), "says no policy"),
    ],
)
def test_what_is_wrong_with_a_domain_is_said_with_advice(
    kind: str, records: tuple[str, ...] | None, says: str
) -> None:
    found = look(**{kind: records})
    assert [name for name, one in found.items() if not one.fine] == [kind.upper()]
    assert says in found[kind.upper()].says


def test_a_domain_below_another_is_under_its_policy() -> None:
    table = {("_dmarc.practice.example", "TXT"): ("v=DMARC1; p=quarantine",)}
    found = {one.name.split()[0]: one for one in examine_domain(Table(table), "mail.practice.example", None)}
    assert (found["DMARC"].fine, found["DKIM"].fine) == (True, True)
    assert "your relay must sign" in found["DKIM"].says


async def test_a_relay_that_answers_is_fine_and_gets_no_mail() -> None:
    relay = await FakeRelay().start()
    try:
        found = await examine_relay(Relay("127.0.0.1", relay.port), "mail.example")
        assert (found.fine, relay.taken, "MAIL" in relay.heard) == (True, [], False)
    finally:
        await relay.stop()
    gone = await examine_relay(Relay("127.0.0.1", relay.port), "mail.example")
    assert (gone.fine, gone.says) == (False, f"cannot be reached at 127.0.0.1:{relay.port}")


async def test_a_relay_with_a_strangers_certificate_is_not_trusted() -> None:
    encrypted = await FakeRelay(tls=self_signed()).start()
    upgraded = StartTlsRelay(self_signed())
    await upgraded.start()
    try:
        for security, port in (("tls", encrypted.port), ("starttls", upgraded.port)):
            found = await examine_relay(Relay("127.0.0.1", port, security), "mail.example")
            assert not found.fine
            assert "not to be trusted for 127.0.0.1: self-signed certificate" in found.says
    finally:
        await encrypted.stop()
        await upgraded.stop()


async def test_a_relay_that_refuses_our_name_or_offers_no_tls_is_told_from_one_that_is_away() -> None:
    relay = await FakeRelay(answers={"EHLO": ["250-relay\r\n250 AUTH PLAIN"], "AUTH": ["535 no"] * 3}).start()
    try:
        at = Relay("127.0.0.1", relay.port, username="me", password="wrong-secret")
        found = await examine_relay(at, "mail.example")
        assert (found.fine, found.says) == (
            False,
            "it refuses the name or the password in QUIETLINE_RELAY_URL",
        )
        found = await examine_relay(Relay("127.0.0.1", relay.port, "starttls"), "mail.example")
        assert (found.fine, "STARTTLS" in found.says) == (False, True)
    finally:
        await relay.stop()


async def test_a_listener_answers_or_nobody_does() -> None:
    relay = await FakeRelay().start()
    assert (await examine_listener(Listening("smtp", "0.0.0.0", relay.port))).fine
    await relay.stop()
    found = await examine_listener(Listening("smtp", "0.0.0.0", relay.port))
    assert (found.fine, "quietline serve" in found.says) == (False, True)
    assert not (await examine_listener(Listening("lmtp", path="/nowhere/at.all"))).fine


def test_a_certificate_is_for_our_names_and_for_long_enough(tmp_path: Path) -> None:
    path = tmp_path / "both.pem"
    path.write_bytes(certificate_pem())
    now = datetime.now(UTC)
    short = examine_certificate(path, path, ["localhost"], now - timedelta(days=5))
    assert (short.fine, "not renewed in time" in short.says) == (False, True)
    assert examine_certificate(path, path, ["localhost"], now - timedelta(days=40)).fine
    other = examine_certificate(path, path, ["mx.practice.example"], now - timedelta(days=40))
    assert (other.fine, "mx.practice.example" in other.says) == (False, True)
    ended = examine_certificate(path, path, ["localhost"], now + timedelta(days=3))
    assert (ended.fine, ended.says.endswith("renew it")) == (False, True)
    path.write_bytes(b"no certificate")
    assert not examine_certificate(path, path, [], now).fine


async def test_a_mailbox_that_is_away_is_said_to_be() -> None:
    found = await asyncio.to_thread(examine_mailbox, ImapAccount("127.0.0.1", 1, "none", "me", "secret"))
    assert (found.fine, found.says) == (False, "cannot be reached at 127.0.0.1:1")


async def test_a_virus_checker_answers_or_does_not() -> None:
    clamd = FakeClamd()
    at = Clamd("127.0.0.1", await clamd.start())
    assert (await examine_checker(at)).fine
    await clamd.stop()
    assert not (await examine_checker(at)).fine


async def _to_ourselves(post: Post) -> RoundTrip:
    cast = post.cast
    domain, recipient = post.terms.domain, await post.address("ruth")
    name = f"doctor.{uuid4().hex}@{domain}"
    return RoundTrip(cast.practice.id, f"post@{domain}", recipient, name, cast.conversation("ruth"))


async def test_the_test_letter_goes_round_and_nobody_is_shown_it(post: Post) -> None:
    letter, relay = await _to_ourselves(post), await FakeRelay().start()
    at = Relay("127.0.0.1", relay.port)
    going = asyncio.create_task(examine_round_trip(post.cast.office, at, letter, 20))
    async with asyncio.timeout(20):
        await relay.took.wait()
    ((recipients, raw),) = relay.taken
    assert recipients == [letter.recipient]
    assert (await post.offer(raw, letter.recipient, letter.sender)).startswith("250")
    found = await going
    assert found.fine, found.says
    await post.read_all()
    assert await post.counts() == {OriginalState.REFUSED: 1}
    await relay.stop()


async def test_a_test_letter_that_does_not_come_back_is_missed(post: Post) -> None:
    letter, relay = await _to_ourselves(post), await FakeRelay().start()
    found = await examine_round_trip(post.cast.office, Relay("127.0.0.1", relay.port), letter, 0.1)
    assert (found.fine, "did not come back" in found.says) == (False, True)
    await relay.stop()
    found = await examine_round_trip(post.cast.office, Relay("127.0.0.1", relay.port), letter, 5)
    assert (found.fine, found.says.startswith("not sent: cannot be reached")) == (False, True)
