"""The word of our own border server: read where it stands, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.senders.authenticity import Dmarc, Verdict, verify
from tests.channels.email.senders.fake_dns import DMARC, LETTER, MACHINE, TAKEN, Table

OURS = "mx.practice.test"


def at_border(raw: bytes, dns: Table | None = None) -> Verdict:
    table = dns or Table()
    return verify(
        raw,
        taken=TAKEN,
        client_ip=None,
        helo="",
        mail_from="",
        resolver=table,
        authserv_id=OURS,
        trusted_ar=True,
    )


RECEIVED = (
    b"Received: from out.example.org by mx.practice.test (Postfix);\r\n\tTue, 14 Jan 2031 18:21:00 +0100\r\n"
)
FOREIGN = b"Received: from laptop by out.example.org; Tue, 14 Jan 2031 18:20:30 +0100\r\n"


def ar(results: str, by: str = OURS) -> bytes:
    return f"Authentication-Results: {by}; {results}\r\n".encode()


@pytest.mark.parametrize(
    ("above", "dmarc", "aligned"),
    [
        (ar("dmarc=pass header.from=example.org") + RECEIVED, Dmarc.PASS, True),
        (RECEIVED + ar("dmarc=pass (p=reject dis=none) header.from=example.org") + FOREIGN, Dmarc.PASS, True),
        (
            RECEIVED + RECEIVED + ar("dmarc=pass header.from=Example.ORG", "MX.practice.test 1"),
            Dmarc.PASS,
            True,
        ),
        (
            ar("spf=pass smtp.mailfrom=x@mailer.test") + ar("dmarc=pass header.from=example.org"),
            Dmarc.PASS,
            True,
        ),
        (ar("dkim=pass header.d=example.org header.s=s1"), Dmarc.NONE, True),
        (ar('dkim=pass reason="good; dmarc=pass" header.i=@mail.example.org'), Dmarc.NONE, True),
        (ar("spf=pass smtp.mailfrom=mara@example.org; dmarc=none header.from=example.org"), Dmarc.NONE, True),
        (ar("dkim=pass header.d=mailer.test; spf=pass smtp.mailfrom=mailer.test"), Dmarc.NONE, False),
        (ar("dkim=fail header.d=example.org (dkim=pass header.d=example.org)"), Dmarc.NONE, False),
        (ar("dmarc=fail header.from=example.org; dkim=pass header.d=example.org"), Dmarc.FAIL, False),
        (ar("dmarc=temperror header.from=example.org"), Dmarc.TEMPERROR, False),
        (ar("dmarc=pass header.from=mailer.test"), Dmarc.FAIL, False),
        (ar("none"), Dmarc.NONE, False),
        (b"", Dmarc.NONE, False),
    ],
)
def test_the_border_servers_word_is_read(above: bytes, dmarc: Dmarc, *, aligned: bool) -> None:
    verdict = at_border(above + LETTER)
    assert (verdict.dmarc, verdict.aligned) == (dmarc, aligned)


@pytest.mark.parametrize(
    "above",
    [
        RECEIVED + FOREIGN + ar("dmarc=pass header.from=example.org"),
        FOREIGN + RECEIVED + ar("dmarc=pass header.from=example.org"),
        RECEIVED + ar("dmarc=pass header.from=example.org", "mx.practice.test.evil.test"),
        RECEIVED + ar("dmarc=pass header.from=example.org", "evil.test; mx.practice.test"),
        RECEIVED + ar("spf=none (mx.practice.test; dmarc=pass)"),
        RECEIVED + ar('x="; dmarc=pass header.from=example.org; "'),
        ar("dmarc=fail header.from=example.org") + RECEIVED + ar("dmarc=pass header.from=example.org"),
        RECEIVED + ar("dmarc=fail header.from=example.org") + ar("dmarc=pass header.from=example.org"),
        ar("spf=fail smtp.mailfrom=example.org") + RECEIVED + ar("dmarc=pass header.from=example.org"),
    ],
)
def test_a_forged_word_of_the_border_server_is_not_believed(above: bytes) -> None:
    verdict = at_border(above + LETTER)
    assert verdict.dmarc is not Dmarc.PASS
    assert not verdict.aligned


def test_the_fields_are_ignored_when_the_letter_did_not_come_from_our_border() -> None:
    raw = ar("dmarc=pass header.from=example.org") + LETTER
    verdict = verify(
        raw,
        taken=TAKEN,
        client_ip=MACHINE,
        helo="x",
        mail_from="",
        resolver=Table(DMARC),
        authserv_id=OURS,
        trusted_ar=False,
    )
    assert verdict.dmarc is Dmarc.FAIL


@given(st.text(max_size=80), st.binary(max_size=40))
def test_nothing_in_a_field_raises(words: str, noise: bytes) -> None:
    at_border(ar(words.encode("ascii", "replace").decode()) + noise + LETTER)
