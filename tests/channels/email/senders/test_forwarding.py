"""ARC: a forwarder on the list is believed about what it saw; nobody else is, whatever they seal."""

import dkim
import pytest

from channels.email.senders.authenticity import Dmarc, How, Verdict, verify
from tests.channels.email.senders.fake_dns import DMARC, LETTER, TAKEN, Table
from tests.channels.email.senders.test_authenticity import key_pair, keys

LIST = "lists.example.net"
GOOD = f"{LIST}; dmarc=pass header.from=example.org; dkim=pass header.d=example.org"


def sealed(raw: bytes, by: str = LIST, found: str = GOOD, cv: str = "") -> bytes:
    """The letter as a forwarder seals it: its own results on top, and the ARC set over them."""
    own = found.replace(LIST, by) + (f"; arc={cv}" if cv else "")
    raw = f"Authentication-Results: {own}\r\n".encode() + raw
    headers = [b"from", b"to", b"subject", b"date", b"message-id"]
    arc = dkim.arc_sign(raw, b"s1", by.encode(), key_pair()[0], by.encode(), include_headers=headers)
    assert arc, "the library made no seal"
    return b"".join(arc) + raw


def changed(raw: bytes) -> bytes:
    """What a mailing list does to a letter: the signature of its writer no longer fits."""
    return raw + b"-- \r\nYou get this because you are on the list.\r\n"


def judged(raw: bytes, *sealers: str, domain: str = LIST) -> Verdict:
    dns = Table(DMARC, keys(domain), keys("example.org"), keys(LIST), keys("other.example"))
    return verify(
        raw,
        taken=TAKEN,
        client_ip=None,
        helo="lists.example.net",
        mail_from="",
        resolver=dns,
        sealers=sealers,
    )


def test_a_letter_changed_by_a_forwarder_on_the_list_passes() -> None:
    verdict = judged(sealed(changed(LETTER)), LIST)
    assert (verdict.dmarc, verdict.aligned, verdict.how) == (Dmarc.PASS, True, How.FORWARDER)


def test_nobody_is_on_the_list_by_default_and_a_strangers_seal_proves_nothing() -> None:
    raw = sealed(changed(LETTER))
    assert judged(raw).dmarc is Dmarc.FAIL
    assert judged(raw, "trusted.example").dmarc is Dmarc.FAIL
    assert judged(raw, "example.net").dmarc is Dmarc.FAIL, "a seal counts only by its exact domain"


@pytest.mark.parametrize(
    "raw",
    [
        sealed(changed(LETTER)) + b"Words added after the seal.\r\n",
        sealed(changed(LETTER)).replace(b"mara@example.org", b"mona@example.org"),
        sealed(changed(LETTER)).replace(b"cv=none", b"cv=pass"),
        sealed(changed(LETTER)).replace(b"header.d=example.org", b"header.d=example.com"),
    ],
    ids=["body", "sender", "chain", "results"],
)
def test_what_was_changed_after_the_seal_is_not_believed(raw: bytes) -> None:
    assert judged(raw, LIST).dmarc is Dmarc.FAIL


def test_a_forwarder_that_saw_a_forgery_says_so() -> None:
    seen = f"{LIST}; dmarc=fail header.from=example.org; dkim=none"
    assert judged(sealed(changed(LETTER), found=seen), LIST).dmarc is Dmarc.FAIL


def test_results_about_another_sender_prove_nothing() -> None:
    seen = f"{LIST}; dmarc=pass header.from=evil.example; dkim=pass header.d=evil.example"
    assert judged(sealed(changed(LETTER), found=seen), LIST).dmarc is Dmarc.FAIL


def test_behind_a_stranger_nothing_is_believed() -> None:
    """Two hops: the newest sealer is unknown, so what stands below its seal may be anything."""
    raw = sealed(sealed(changed(LETTER)), by="other.example", found=f"{LIST}; dmarc=fail", cv="pass")
    assert judged(raw, LIST).dmarc is Dmarc.FAIL
    assert judged(raw, LIST, "other.example").dmarc is Dmarc.PASS


def test_a_border_that_saw_a_broken_signature_asks_the_forwarder() -> None:
    raw = b"Authentication-Results: mx.ours.example; dmarc=fail header.from=example.org\r\n" + sealed(
        changed(LETTER)
    )
    dns = Table(DMARC, keys(LIST))
    verdict = verify(
        raw,
        taken=TAKEN,
        client_ip=None,
        helo="",
        mail_from="",
        resolver=dns,
        authserv_id="mx.ours.example",
        trusted_ar=True,
        sealers=(LIST,),
    )
    assert verdict.how is How.FORWARDER


def test_a_chain_of_nonsense_is_no_proof() -> None:
    for field in (
        b"i=99999999999; x",
        b"\xff" * 100,
        b"i=1; a=rsa-sha256; h=from; c=simple/odd; b=; bh=",
        b"",
    ):
        raw = b"".join(
            name + b": " + field + b"\r\n"
            for name in (b"ARC-Seal", b"ARC-Message-Signature", b"ARC-Authentication-Results")
        )
        assert judged(raw + LETTER, LIST).dmarc is Dmarc.FAIL
