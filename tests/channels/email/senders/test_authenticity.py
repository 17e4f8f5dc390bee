"""Who is it really: real signatures made here, DNS from a table, and every forgery we know of."""

import functools
import time

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.senders.alignment import organisation
from channels.email.senders.authenticity import Dmarc, How, Verdict, verify
from channels.email.senders.resolving import Bounded, DnsTrouble, Resolver
from tests.channels.email.senders.fake_dns import DMARC, LETTER, MACHINE, TAKEN, Table

SPF = {("example.org", "TXT"): ("v=spf1 ip4:192.0.2.0/28 -all",)}


@functools.cache
def key_pair() -> tuple[bytes, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, "v=DKIM1; k=rsa; p=" + "".join(public.decode().splitlines()[1:-1])


def keys(domain: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(f"s1._domainkey.{domain}", "TXT"): (key_pair()[1],)}


def signed(raw: bytes = LETTER, domain: str = "example.org", **options: object) -> bytes:
    signature = dkim.sign(raw, b"s1", domain.encode(), key_pair()[0], **options)
    return bytes(signature) + raw


def checked(raw: bytes, dns: Table, *, ip: str | None = None, mail_from: str = "mara@example.org") -> Verdict:
    return verify(raw, taken=TAKEN, client_ip=ip, helo="out.example.org", mail_from=mail_from, resolver=dns)


def test_a_signed_letter_of_the_own_domain_passes() -> None:
    verdict = checked(signed(), Table(DMARC, keys("example.org")))
    assert verdict == Verdict(Dmarc.PASS, True, How.OWN_DKIM, "mara@example.org", copyable=True)


def test_a_changed_letter_fails() -> None:
    raw = signed().replace(b"lake", b"pond")
    assert checked(raw, Table(DMARC, keys("example.org"))).dmarc is Dmarc.FAIL
    raw = signed().replace(b"mara@example.org", b"mona@example.org")
    assert not checked(raw, Table(DMARC, keys("example.org"))).aligned


def test_a_signature_of_a_stranger_proves_nothing() -> None:
    verdict = checked(signed(domain="mailer.test"), Table(DMARC, keys("mailer.test")))
    assert (verdict.dmarc, verdict.aligned, verdict.how) == (Dmarc.FAIL, False, How.NOTHING)


def test_a_sister_domain_vouches_unless_the_owner_is_strict() -> None:
    raw = signed(domain="mail.example.org")
    relaxed = Table(DMARC, keys("mail.example.org"))
    strict = Table({("_dmarc.example.org", "TXT"): ("v=DMARC1; p=none; adkim=s",)}, keys("mail.example.org"))
    assert checked(raw, relaxed).dmarc is Dmarc.PASS
    assert checked(raw, strict).dmarc is Dmarc.FAIL


def test_neighbours_below_a_public_suffix_are_strangers() -> None:
    assert organisation("a.example.co.uk") == "example.co.uk"
    raw = signed(LETTER.replace(b"example.org", b"mara.co.uk"), domain="eve.co.uk")
    assert not checked(raw, Table(keys("eve.co.uk"))).aligned


def test_a_signature_over_a_part_of_the_body_does_not_count() -> None:
    raw = signed(length=True) + b"And these words were added.\r\n"
    assert checked(raw, Table(DMARC, keys("example.org"))).dmarc is Dmarc.FAIL


@pytest.mark.parametrize(
    "above",
    [
        b"Subject: other words\r\n",
        b"content-transfer-encoding: base64\r\n",
        b"Date: today\r\n",
        b"To: <a@b.example>\r\n",
    ],
)
def test_a_field_put_above_a_signed_letter_ends_its_proof(above: bytes) -> None:
    letter = LETTER.replace(b"Subject:", b"Content-Transfer-Encoding: 7bit\r\nSubject:")
    world = Table(DMARC, keys("example.org"))
    assert checked(signed(letter), world).dmarc is Dmarc.PASS
    verdict = checked(above + signed(letter), world)
    assert (verdict.dmarc, verdict.aligned, verdict.how) == (Dmarc.NONE, False, How.SAID_TWICE)


@pytest.mark.parametrize(("covered", "result"), [(b"subject", Dmarc.PASS), (b"date", Dmarc.FAIL)])
def test_a_signature_that_leaves_the_subject_open_does_not_count(covered: bytes, result: Dmarc) -> None:
    raw = signed(include_headers=[b"from", covered])
    assert checked(raw, Table(DMARC, keys("example.org"))).dmarc is result


def test_where_the_border_says_nothing_the_letter_is_checked_here_and_never_by_the_borders_address() -> None:
    hop = b"Received: by 2002:a05:6402:1 with SMTP id x; Thu, 1 Oct 2026 10:00:00 +0000\r\n"
    said = b"Authentication-Results: mx.practice.test; dmarc=pass header.from=example.org\r\n"
    world = Table(DMARC, keys("example.org"), SPF)

    def at_border(raw: bytes) -> Verdict:
        return verify(
            raw,
            taken=TAKEN,
            client_ip=MACHINE,
            helo="out.example.org",
            mail_from="mara@example.org",
            resolver=world,
            authserv_id="mx.practice.test",
            trusted_ar=True,
        )

    assert at_border(hop + said + signed()).how is How.OWN_DKIM
    assert at_border(hop + said + LETTER).dmarc is Dmarc.FAIL
    assert at_border(said + hop + LETTER).how is How.BORDER_DMARC


def test_the_right_signature_counts_below_a_broken_and_a_foreign_one() -> None:
    broken = signed(LETTER.replace(b"lake", b"sea")).partition(b"From:")[0]
    foreign = signed(domain="mailer.test").partition(b"From:")[0]
    assert checked(broken + foreign + signed(), Table(DMARC, keys("example.org"))).dmarc is Dmarc.PASS


@pytest.mark.parametrize(
    "canonical", [(b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")]
)
@pytest.mark.parametrize(
    "body",
    [b"", b"\r\n", b"a \t b  \r\n \r\n\r\n", b"no end", b"blank end  ", b"\r\n\r\nx\r\n\r\n", b"a\nb \n"],
)
def test_every_body_passes_in_every_canonical_form(canonical: tuple[bytes, bytes], body: bytes) -> None:
    raw = LETTER.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body
    world = Table(DMARC, keys("example.org"))
    assert checked(signed(raw, canonicalize=canonical), world).dmarc is Dmarc.PASS
    assert checked(signed(raw, canonicalize=canonical) + b"more", world).dmarc is Dmarc.FAIL


@pytest.mark.parametrize(
    "body", [b" " * 3_000_000 + b"x", b"x " * 1_000_000, b"\r\n" * 500_000, b"\t\r" * 500_000]
)
def test_a_hostile_body_is_checked_in_a_moment(body: bytes) -> None:
    begin = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; h=from:subject:date"
    signature = begin + b"; c=relaxed/relaxed; bh=aGk=; b=aGk=\r\n"
    wide = begin + b" " * 60_000 + b"; bh=aGk=; b=aGk=\r\n"
    begun = time.process_time()
    assert checked(signature * 5 + LETTER + body, Table(DMARC, keys("example.org"))).dmarc is Dmarc.FAIL
    assert checked(wide + LETTER, Table(DMARC, keys("example.org"))).dmarc is Dmarc.FAIL
    assert time.process_time() - begun < 2.0


def test_without_a_dmarc_record_a_signature_is_aligned_but_not_a_pass() -> None:
    verdict = checked(signed(), Table(keys("example.org")))
    assert (verdict.dmarc, verdict.aligned) == (Dmarc.NONE, True)
    verdict = checked(LETTER, Table())
    assert (verdict.dmarc, verdict.aligned) == (Dmarc.NONE, False)


def test_an_allowed_machine_vouches_for_its_domain() -> None:
    verdict = checked(LETTER, Table(DMARC, SPF), ip=MACHINE)
    assert (verdict.dmarc, verdict.how) == (Dmarc.PASS, How.OWN_SPF)
    assert checked(LETTER, Table(DMARC, SPF), ip="198.51.100.1").dmarc is Dmarc.FAIL
    assert checked(LETTER, Table(DMARC, SPF), ip=MACHINE, mail_from="eve@mailer.test").dmarc is Dmarc.FAIL


def test_spf_follows_includes_and_hosts_through_our_resolver() -> None:
    world = Table(
        DMARC,
        {
            ("example.org", "TXT"): ("v=spf1 include:_spf.mailer.test mx -all",),
            ("_spf.mailer.test", "TXT"): ("v=spf1 a:out.mailer.test ?all",),
            ("out.mailer.test", "A"): ("192.0.2.77",),
            ("example.org", "MX"): ("10 mx.example.org",),
            ("mx.example.org", "A"): ("192.0.2.78",),
            ("mx.example.org", "AAAA"): ("2001:db8::78",),
        },
    )
    for machine in ("192.0.2.77", "192.0.2.78", "2001:db8::78"):
        assert checked(LETTER, world, ip=machine).how is How.OWN_SPF
    assert checked(LETTER, world, ip="192.0.2.79").how is How.NOTHING


def test_when_dns_is_in_trouble_the_letter_is_neither_passed_nor_failed() -> None:
    world = Table(DMARC, keys("example.org"), broken=("_dmarc", "s1._domainkey", "example.org"))
    assert checked(signed(), world, ip=MACHINE).dmarc is Dmarc.TEMPERROR
    half = Table(DMARC, keys("example.org"), broken=("s1._domainkey",))
    assert checked(signed(), half).dmarc is Dmarc.TEMPERROR


def test_the_questions_about_one_letter_are_bounded() -> None:
    loops = {(f"d{n}.example.org", "TXT"): (f"v=spf1 include:d{n + 1}.example.org -all",) for n in range(200)}
    world = Table(DMARC, {("example.org", "TXT"): ("v=spf1 include:d0.example.org -all",)}, loops)
    assert checked(LETTER, world, ip=MACHINE).dmarc is Dmarc.FAIL
    assert world.asked < 30
    bounded = Bounded(world, lookups=1)
    bounded.look_up("example.org", "TXT")
    bounded.look_up("EXAMPLE.org.", "TXT")
    with pytest.raises(DnsTrouble):
        bounded.look_up("other.example.org", "TXT")


@pytest.mark.parametrize(
    "head",
    [
        b"From: eve@mailer.test\r\nFrom: mara@example.org\r\n",
        b"From: eve@mailer.test, mara@example.org\r\n",
        b"Subject: nobody\r\n",
        b"From: Mara\r\n",
    ],
)
def test_a_letter_without_exactly_one_sender_proves_nothing(head: bytes) -> None:
    raw = signed().partition(b"From:")[0] + head + b"\r\nhi\r\n"
    verdict = checked(raw, Table(DMARC, keys("example.org")))
    assert (verdict.aligned, verdict.how, verdict.from_address) == (False, How.NO_SINGLE_SENDER, None)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=60), st.text(max_size=30))
def test_nothing_raises_and_nothing_passes_by_accident(noise: bytes, record: str, helo: str) -> None:
    text = record.encode("ascii", "replace").decode()
    world = Table({("example.org", "TXT"): ("v=spf1 " + text,), ("_dmarc.example.org", "TXT"): (text,)})
    raw = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; h=from; " + noise + b"\r\n" + LETTER
    verdict = verify(raw, taken=TAKEN, client_ip="192.0.2.1", helo=helo, mail_from=record, resolver=world)
    assert verdict.how is not How.OWN_DKIM


def test_an_address_out_of_the_world_is_an_answer_not_an_exception() -> None:
    resolver = Resolver("127.0.0.1", 9, seconds=0.05)
    assert resolver.look_up("a..b", "TXT") == ()
    assert resolver.look_up("x" * 64 + ".test", "TXT") == ()
    with pytest.raises(DnsTrouble):
        resolver.look_up("example.org", "TXT")
