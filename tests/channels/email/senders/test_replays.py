"""A signed letter stays signed whoever sends it on: what that opens, and what it does not. With real signatures, by SMTP."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.mime.dedup import signed_hashes
from channels.email.senders.authenticity import Dmarc, How, Verdict, verify
from channels.email.senders.replays import Doubt
from messaging.arriving.screening import attach
from messaging.memory.arriving import OriginalState
from messaging.trust.access import Deed
from tests.channels.email.post import Post
from tests.channels.email.senders.fake_dns import DMARC, LETTER, TAKEN, Table
from tests.channels.email.senders.test_authenticity import keys
from tests.channels.email.senders.test_authenticity import signed as signed_there
from tests.channels.email.senders.test_forwarding import LIST, sealed
from tests.channels.email.world import DOMAIN, now, signed

SENT_BY_THEM: Final = "v=spf1 ip4:127.0.0.1 -all"
OURS: Final = "reply+x@letters.practice.test"
EDGE: Final = "mx.practice.test"


async def arrive(post: Post, raw: bytes, sender: str | None = None) -> None:
    assert (await post.offer(raw, await post.address("ruth"), sender)).startswith("250")
    await post.read_all()


async def reasons(post: Post) -> list[str]:
    return [one.reason for one in await post.screener()]


def bare(raw: bytes) -> bytes:
    """Without its signature."""
    return raw[raw.index(b"From:") :]


# ---------------------------------------------------------------- for whom, and when


FOR_US: Final[dict[str, Callable[[str], dict[str, str]]]] = {
    "in To": lambda to: {"To": to},
    "in Cc": lambda to: {"To": "friend@else.example", "Cc": f"<{to}>"},
    "in capitals": lambda to: {"To": f"<{to.upper()}>"},
    "with a name": lambda to: {"To": f'"Haus Linde, Wien" <{to}>'},
    "with a minus": lambda to: {"To": to.replace("+", "-")},
    "with a dot": lambda to: {"To": to.replace("+", ".")},
    "in a group": lambda to: {"To": f"Those who care: friend@else.example, {to};"},
    "behind a fold": lambda to: {"To": f"A Friend\r\n <friend@else.example>,\r\n\t<{to}>"},
    "six days ago": lambda to: {"To": to, "Date": now(-6)},
    "six days ahead": lambda to: {"To": to, "Date": now(6)},
}


async def test_what_its_writer_signed_for_us_and_for_now_comes_in(post: Post) -> None:
    to = await post.address("ruth")
    for text, headers in FOR_US.items():
        await arrive(post, post.letter("ruth", text, **headers(to)), "eve@evil.example")
    assert await reasons(post) == []
    assert [e.body.text for e in await post.entries("ruth")] == list(FOR_US)


NOT_FOR_US: Final[dict[str, Callable[[str], dict[str, str]]]] = {
    "to somebody else": lambda _: {"To": "friend@else.example"},
    "to a list": lambda _: {"To": "list@lists.example", "Cc": "friend@else.example"},
    "to nobody, a blind copy": lambda _: {"To": "undisclosed-recipients:;"},
    "ours only as a name": lambda to: {"To": f'"{to}" <eve@evil.example>'},
    "ours only as a bare name": lambda to: {"To": f"{to} <eve@evil.example>"},
    "ours only in a comment": lambda to: {"To": f"eve@evil.example ({to})"},
    "ours at another host": lambda to: {"To": to.partition("@")[0] + "@evil.example"},
    "ours before the @ of another": lambda to: {"To": f'"{to}"@evil.example'},
}
NOT_NOW: Final[dict[str, str]] = {
    "two years ago": now(-730),
    "eight days ago": now(-8),
    "eight days ahead": now(8),
    "no day": "",
    "no time": "yesterday",
}


async def test_what_they_signed_for_somebody_else_or_long_ago_is_held(post: Post) -> None:
    to = await post.address("ruth")
    for text, headers in NOT_FOR_US.items():
        await arrive(post, post.letter("ruth", text, **headers(to)))
    for text, date in NOT_NOW.items():
        await arrive(post, post.letter("ruth", text, Date=date))
    assert {one.preview: one.reason for one in await post.screener()} == {
        **dict.fromkeys(NOT_FOR_US, "not_to_us"),
        **dict.fromkeys(NOT_NOW, "not_now"),
    }
    assert await post.entries("ruth") == []


async def test_the_address_of_another_client_is_not_theirs(post: Post) -> None:
    await arrive(post, post.letter("ruth", To=await post.address("linden")))
    assert await reasons(post) == ["not_to_us"]


@pytest.mark.parametrize(
    ("covered", "reason"),
    [((b"from", b"subject", b"date"), "not_to_us"), ((b"from", b"subject", b"to"), "not_now")],
)
async def test_what_was_not_signed_can_be_written_by_anybody(
    post: Post, covered: tuple[bytes, ...], reason: str
) -> None:
    await arrive(post, signed(bare(post.letter("ruth")), include_headers=list(covered)))
    assert await reasons(post) == [reason]


async def test_where_their_own_machine_sends_it_the_sending_is_vouched_for(post: Post) -> None:
    old = post.letter("ruth", "to others", To="friend@else.example", Date=now(-30))
    await arrive(post, old)
    post.names.table[DOMAIN, "TXT"] = SENT_BY_THEM
    post.names.table["evil.example", "TXT"] = SENT_BY_THEM
    await arrive(post, old.replace(b"Subject:", b"X: 1\r\nSubject:"), "eve@evil.example")
    assert await reasons(post) == ["not_to_us"] * 2, (
        "an allowed machine of somebody else vouches for nobody here"
    )
    await arrive(post, post.letter("ruth", "a blind copy", To="friend@else.example"), f"ruth@{DOMAIN}")
    assert [e.body.text for e in await post.entries("ruth")] == ["a blind copy"]


async def test_one_press_lets_it_in_as_it_is(post: Post) -> None:
    await arrive(post, post.letter("ruth", "a copy for you", To="friend@else.example"))
    (held,) = await post.screener()
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    assert await attach(post.cast.office, admitted, held.id) is OriginalState.DELIVERED
    (entry,) = await post.entries("ruth")
    assert entry.body.text == "a copy for you"
    assert entry.author == post.cast["ruth"].id


# ---------------------------------------------------------------- once more


async def test_the_same_signed_words_are_known_whatever_is_written_above_them(post: Post) -> None:
    fields = [b"from", b"to", b"subject", b"date"]
    first = signed(bare(post.letter("ruth", Message_ID="<1@mail.example>")), include_headers=fields)
    await arrive(post, first)
    for again in (
        first,
        b"Received: from hop by us; Tue, 14 Jan 2031 18:20:05 +0100\r\n" + first,
        first.replace(b"<1@", b"<2@"),
        b"List-Id: <a.b>\r\nReply-To: <eve@evil.example>\r\n" + first,
        first.replace(b"by the lake", b"by  the\tlake"),
    ):
        await arrive(post, again, "eve@evil.example")
    assert [e.body.text for e in await post.entries("ruth")] == ["I walked by the lake."]
    counted = await post.counts()
    assert counted[OriginalState.DELIVERED] == 1
    assert counted[OriginalState.DELIVERED] + counted[OriginalState.DUPLICATE] + len(await reasons(post)) == 6


async def test_the_same_signed_words_in_another_shape_are_held_and_not_hidden(post: Post) -> None:
    """Who catches a letter and is faster may have it read otherwise, where its shape is not signed: the true one is seen."""
    fields = [b"from", b"to", b"subject", b"date"]
    letter = signed(bare(post.letter("ruth", "=41 walk")), include_headers=fields)
    shaped = b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n" + letter
    await arrive(post, shaped, "eve@evil.example")
    await arrive(post, letter)
    assert [e.body.text for e in await post.entries("ruth")] == ["A walk"]
    (held,) = await post.screener()
    assert (held.reason, held.preview) == ("sent_again", "=41 walk")


async def test_few_words_said_twice_are_two_letters(post: Post) -> None:
    for minutes in (0, 1):
        await arrive(post, post.letter("ruth", "No.", Date=now(minutes / 1440)))
    assert [e.body.text for e in await post.entries("ruth")] == ["No.", "No."]


async def test_a_letter_called_automatic_on_its_way_does_not_take_the_true_ones_place(post: Post) -> None:
    letter = signed(bare(post.letter("ruth")), include_headers=[b"from", b"to", b"subject", b"date"])
    await arrive(post, b"Auto-Submitted: auto-replied\r\n" + letter, "eve@evil.example")
    await arrive(post, letter)
    assert [e.body.text for e in await post.entries("ruth")] == ["", "I walked by the lake."]


@given(st.binary(max_size=200))
def test_anything_has_marks(raw: bytes) -> None:
    assert [len(one) for one in signed_hashes(raw)] == [32, 32]


# ---------------------------------------------------------------- where somebody else has checked


def told(above: str, raw: bytes) -> Verdict:
    """By the word of our border server, and no DNS."""
    field = f"Authentication-Results: {EDGE}; {above}\r\n".encode()
    where = {"client_ip": None, "helo": "", "mail_from": "", "resolver": Table()}
    return verify(field + raw, taken=TAKEN, authserv_id=EDGE, trusted_ar=True, **where)  # type: ignore[arg-type]


ELSEWHERE: Final = LETTER.replace(OURS.encode(), b"friend@else.example")
PASSED: Final = "dmarc=pass header.from=example.org"
OPEN: Final[dict[str, Any]] = {"include_headers": [b"from", b"subject", b"date"]}
FORGED: Final = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s9; h=from:to:cc:subject:date; bh=aGk=; b=Zm9yZ2Vk\r\n"


@pytest.mark.parametrize(
    ("above", "raw", "doubt"),
    [
        (PASSED, signed_there(), None),
        (PASSED, LETTER, None),
        (PASSED, signed_there(ELSEWHERE), Doubt.NOT_TO_US),
        (PASSED, signed_there(LETTER.replace(b"2031", b"2029")), Doubt.NOT_NOW),
        (f"{PASSED}; spf=pass smtp.mailfrom=mara@example.org", signed_there(ELSEWHERE), None),
        (f"{PASSED}; spf=pass smtp.mailfrom=eve@evil.example", signed_there(ELSEWHERE), Doubt.NOT_TO_US),
        (f"{PASSED}; spf=fail smtp.mailfrom=mara@example.org", LETTER, Doubt.NOT_TO_US),
        (f"{PASSED}; dkim=pass header.d=example.org", signed_there(), None),
        (f"{PASSED}; dkim=pass header.d=example.org", LETTER, Doubt.NOT_TO_US),
        (f"{PASSED}; dkim=pass header.i=@example.org", signed_there(**OPEN), Doubt.NOT_TO_US),
        (PASSED, FORGED + signed_there(**OPEN), Doubt.NOT_TO_US),
        (PASSED, FORGED + signed_there(), None),
        (PASSED, signed_there(**OPEN) + FORGED, Doubt.NOT_TO_US),
        (PASSED, signed_there(length=True), Doubt.NOT_TO_US),
        (f"{PASSED}; dkim=pass header.d=example.org header.s=s1", FORGED + signed_there(**OPEN), Doubt.NOT_TO_US),
        (
            f"{PASSED}; dkim=pass header.d=example.org header.s=s1",
            FORGED.replace(b":to:cc", b"") + signed_there(),
            None,
        ),
        (f"{PASSED}; dkim=pass header.d=example.org header.b=Zm9yZ2Vk", signed_there(), Doubt.NOT_TO_US),
    ],
)  # fmt: skip
def test_the_border_says_who_and_the_signed_fields_say_to_whom(
    above: str, raw: bytes, doubt: Doubt | None
) -> None:
    verdict = told(above, raw)
    assert (verdict.dmarc, verdict.aligned, verdict.doubt) == (Dmarc.PASS, True, doubt)


CHANGED: Final = b"-- \r\nYou get this by the list.\r\n"
THEIR_MACHINE: Final = "spf=pass smtp.mailfrom=mara@example.org"
THEIR_SIGNATURE: Final = "dkim=pass header.d=example.org"


@pytest.mark.parametrize(
    ("found", "raw", "doubt"),
    [
        (THEIR_SIGNATURE, signed_there() + CHANGED, None),
        (THEIR_SIGNATURE, signed_there(ELSEWHERE) + CHANGED, Doubt.NOT_TO_US),
        (THEIR_SIGNATURE, signed_there(**OPEN) + CHANGED, Doubt.NOT_TO_US),
        (THEIR_MACHINE, LETTER, None),
        (THEIR_MACHINE, ELSEWHERE, Doubt.NOT_TO_US),
        (THEIR_MACHINE, LETTER.replace(b"2031", b"2029"), Doubt.NOT_NOW),
    ],
)
def test_a_forwarder_is_believed_about_who_and_not_about_to_whom(
    found: str, raw: bytes, doubt: Doubt | None
) -> None:
    """A mailbox there may be anybody's: what was written to it and is handed on was not written to us."""
    whole, dns = sealed(raw, found=f"{LIST}; {PASSED}; {found}"), Table(DMARC, keys(LIST))
    verdict = verify(whole, taken=TAKEN, client_ip=None, helo="", mail_from="", sealers=(LIST,), resolver=dns)
    assert (verdict.dmarc, verdict.how, verdict.doubt) == (Dmarc.PASS, How.FORWARDER, doubt)
