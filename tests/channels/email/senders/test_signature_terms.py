"""What a signature may leave open, and for how long it stands: each of these vouches for nothing."""

import time
from collections.abc import Callable
from typing import Any

import dkim
import pytest

from channels.email.senders import signatures
from channels.email.senders.authenticity import Dmarc, How
from channels.email.senders.signatures import SIGNATURE_LIMIT
from tests.channels.email.senders.fake_dns import DMARC, LETTER, TAKEN, Table
from tests.channels.email.senders.test_authenticity import checked, keys, signed

WORLD = (DMARC, keys("example.org"))
TAKEN_AT = int(TAKEN.at.timestamp())


def with_tag(monkeypatch: pytest.MonkeyPatch, name: bytes, value: bytes) -> bytes:
    """The letter signed with one more tag, or another value of one."""
    begun: Callable[..., Any] = dkim.DKIM.gen_header

    def gen_header(self: object, fields: list[tuple[bytes, bytes]], *rest: Any, **more: Any) -> Any:
        kept = [one for one in fields if one[0] != name]
        fields[:] = [*kept[:-1], (name, value), kept[-1]]  # b= is the last one
        return begun(self, fields, *rest, **more)

    monkeypatch.setattr(dkim.DKIM, "gen_header", gen_header)
    return signed()


@pytest.mark.parametrize(
    ("name", "seconds", "result"),
    [
        (b"x", 3600, Dmarc.PASS),
        (b"x", -1, Dmarc.FAIL),
        (b"t", -3600, Dmarc.PASS),
        (b"t", 60, Dmarc.PASS),
        (b"t", 3700, Dmarc.FAIL),
    ],
)
def test_a_signature_has_its_time(
    monkeypatch: pytest.MonkeyPatch, name: bytes, seconds: int, result: Dmarc
) -> None:
    monkeypatch.setattr(time, "time", lambda: float(TAKEN_AT))  # the library has a clock of its own
    raw = with_tag(monkeypatch, name, str(TAKEN_AT + seconds).encode())
    assert checked(raw, Table(*WORLD)).dmarc is result


@pytest.mark.parametrize("name", [b"x", b"t"])
def test_a_time_that_is_none_is_no_time(monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    assert checked(with_tag(monkeypatch, name, b"soon"), Table(*WORLD)).dmarc is Dmarc.FAIL


def test_a_part_of_the_body_is_not_the_body() -> None:
    for raw in (signed(length=True), signed(length=True) + b"More.\r\n"):
        assert checked(raw, Table(*WORLD)).how is How.NOTHING


def test_a_small_key_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signatures.KEY_BITS >= 1024  # RFC 8301 section 3.2
    monkeypatch.setattr(signatures, "KEY_BITS", 2049)  # ours here has 2048
    assert checked(signed(), Table(*WORLD)).dmarc is Dmarc.FAIL


@pytest.mark.parametrize(
    ("identity", "result"),
    [(b"mara@example.org", Dmarc.PASS), (b"@example.org", Dmarc.PASS), (b"eve@example.org", Dmarc.FAIL)],
)
def test_a_signature_that_names_another_account_is_that_accounts(identity: bytes, result: Dmarc) -> None:
    assert checked(signed(identity=identity), Table(*WORLD)).dmarc is result


def test_few_signatures_are_looked_at() -> None:
    forged = signed(LETTER.replace(b"a walk", b"a lake")).partition(b"From:")[0]
    assert checked(forged * (SIGNATURE_LIMIT - 1) + signed(), Table(*WORLD)).dmarc is Dmarc.PASS
    assert checked(forged * SIGNATURE_LIMIT + signed(), Table(*WORLD)).dmarc is Dmarc.FAIL
