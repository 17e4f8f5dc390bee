"""Forgeries made of what two programs read differently, one of each published family: none comes in as the client's.

The families are those of "Composition Kills: A Case Study of Email Sender Authentication" (Chen, Paxson, Jiang, USENIX
Security 2020). Each comes by SMTP from a stranger who has a domain of their own, its keys, its SPF record, its name server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import dkim
import pytest

from messaging.memory.arriving import OriginalState
from tests.channels.email.post import SERVER, Post
from tests.channels.email.world import DOMAIN, key_pair, now, signed

EVIL: Final = "evil.example"


@dataclass(frozen=True)
class Forged:
    """A letter as the stranger hands it over."""

    raw: bytes
    mail_from: str = f"eve@{EVIL}"
    hello: str = f"EHLO {EVIL}"


@dataclass(frozen=True)
class Scene:
    """Whom the stranger plays, and where they write to; `caught` is a letter of hers they hold."""

    ruth: str
    to: str
    caught: bytes
    words: str = "Please call me at this number."

    def letter(self, sender: str, more: str = "") -> bytes:
        """The stranger's words below a From field of their making."""
        fields = f"From: {sender}\r\n{more}To: <{self.to}>\r\nSubject: a walk\r\nDate: {now()}\r\n"
        return f"{fields}\r\n{self.words}\r\n".encode()

    def own(self, sender: str, more: str = "") -> bytes:
        """The same, signed by the stranger's own domain."""
        return signed(self.letter(sender, more), EVIL)

    def by(self, domain: bytes, selector: bytes = b"s1") -> bytes:
        """In Ruth's name, with a signature that says it is of this domain, by the stranger's key."""
        raw = self.letter(f"<{self.ruth}>")
        return bytes(dkim.sign(raw, selector, domain, key_pair()[0])) + raw


Make = Callable[[Scene], Forged]
UNCLEAR, OTHER, UNVERIFIED, TWICE = "unclear_sender", "other_address", "unverified", "said_twice"


def _from(value: str, more: str = "") -> Make:
    return lambda s: Forged(s.own(value.replace("RUTH", s.ruth), more.replace("RUTH", s.ruth)))


def _by(domain: bytes, selector: bytes = b"s1") -> Make:
    return lambda s: Forged(s.by(domain, selector))


def _mail_from(address: str, hello: str = f"EHLO {EVIL}") -> Make:
    return lambda s: Forged(s.letter(f"<{s.ruth}>"), address, hello)


def _above(fields: bytes) -> Make:
    return lambda s: Forged(fields.replace(b"RUTH", s.ruth.encode()) + s.caught)


def _part_signed(s: Scene) -> Forged:
    bare = s.caught[s.caught.index(b"From:") :]
    return Forged(signed(bare, DOMAIN, length=True) + b"Please call me at this number.\r\n")


def _another_account(s: Scene) -> Forged:
    return Forged(signed(s.letter(f"<{s.ruth}>"), DOMAIN, identity=f"eve@{DOMAIN}".encode()))


def _told(field: str) -> Make:
    return lambda s: Forged(f"{field}\r\n".replace("RUTH", s.ruth).encode() + s.letter(f"<{s.ruth}>"))


FAMILIES: Final[dict[str, tuple[Make, str]]] = {
    # Between SPF and what is shown
    "HELO and MAIL FROM differ": (_mail_from(f"eve@{EVIL}", f"EHLO {DOMAIN}"), UNVERIFIED),
    "an empty MAIL FROM, HELO of hers": (_mail_from("", f"EHLO {DOMAIN}"), "550"),
    "MAIL FROM of hers, by a machine of nobody's": (_mail_from(f"eve@{DOMAIN}"), UNVERIFIED),
    "MAIL FROM with a quotation": (_mail_from(f'"x@{DOMAIN}"@{EVIL}'), UNVERIFIED),
    "MAIL FROM with an apostrophe": (_mail_from(f"eve@{DOMAIN}'.{EVIL}"), UNVERIFIED),
    "MAIL FROM with a bracket": (_mail_from(f"eve@{DOMAIN}(.{EVIL}"), UNVERIFIED),
    "a subdomain that is not there": (_from(f"<ruth@none.{DOMAIN}>"), OTHER),
    "a subdomain with a letter of hers before it": (_from("<RUTH.evil.example>"), OTHER),
    # Between DKIM and DNS
    "NUL in d=": (_by(DOMAIN.encode() + b"\0." + EVIL.encode()), UNVERIFIED),
    "NUL in s=": (_by(DOMAIN.encode(), EVIL.encode() + b".\0x"), UNVERIFIED),
    "a bracket in d=": (_by(DOMAIN.encode() + b"(." + EVIL.encode()), UNVERIFIED),
    "an apostrophe in d=": (_by(DOMAIN.encode() + b"'." + EVIL.encode()), UNVERIFIED),
    "a blank in d=": (_by(DOMAIN.encode() + b" ." + EVIL.encode()), UNVERIFIED),
    "a semicolon in d=": (_by(DOMAIN.encode() + b";." + EVIL.encode()), UNVERIFIED),
    "two d=": (_by(DOMAIN.encode() + b"; d=" + EVIL.encode()), UNVERIFIED),
    # Results that the letter brings along
    "results of her provider": (_told(f"Authentication-Results: mx.{DOMAIN}; dmarc=pass header.from={DOMAIN}"), UNVERIFIED),
    "results in our name": (_told(f"Authentication-Results: {SERVER}; dmarc=pass header.from={DOMAIN}"), UNVERIFIED),
    "a result of SPF": (_told(f"Received-SPF: pass client-ip=127.0.0.1; envelope-from=RUTH; x-domain={DOMAIN}"), UNVERIFIED),
    # Between two readers of From
    "two From fields": (lambda s: Forged(s.own(f"<eve@{EVIL}>", f"From: <{s.ruth}>\r\n")), UNCLEAR),
    "two From fields, one with a blank": (lambda s: Forged(s.own(f"<eve@{EVIL}>", f"From : <{s.ruth}>\r\n")), UNCLEAR),
    "a leading blank": (lambda s: Forged(f" From: <{s.ruth}>\r\n".encode() + s.letter(f"<eve@{EVIL}>")), UNCLEAR),
    "a fold before the colon": (lambda s: Forged(b"From\r\n : <eve@evil.example>\r\n" + s.own(f"<{s.ruth}>")), UNCLEAR),
    "a fold behind the colon": (_from("\r\n <RUTH>"), UNCLEAR),
    "a list": (_from(f"<RUTH>, <eve@{EVIL}>"), UNCLEAR),
    "a list without a comma": (_from(f"<RUTH><eve@{EVIL}>"), UNCLEAR),
    "an encoded address": (_from("=?utf-8?Q?RUTH?="), UNCLEAR),
    "an encoded name that ends it": (_from(f"=?utf-8?B?PHJ1dGg+LA==?= <eve@{EVIL}>"), UNCLEAR),
    "a quoted address": (_from(f'"<RUTH>" <eve@{EVIL}>'), UNCLEAR),
    "a quoted pair": (_from(f"<RUTH>\\, <eve@{EVIL}>"), UNCLEAR),
    "a route": (_from(f"<@{EVIL}:RUTH>"), UNCLEAR),
    "a route of two": (_from(f"<@{EVIL},@any.example:RUTH>"), UNCLEAR),
    "a comment": (_from(f"<RUTH> (<eve@{EVIL}>)"), UNCLEAR),
    "a NUL": (_from(f"<RUTH\0.{EVIL}>"), UNCLEAR),
    "a group": (_from("Us: <RUTH>;"), UNCLEAR),
    "no From, a Sender": (_from(f"\r\nSender: <RUTH>\r\nX: <eve@{EVIL}>"), UNCLEAR),
    "a Sender of hers": (_from(f"<eve@{EVIL}>", "Sender: <RUTH>\r\n"), OTHER),
    "a Resent-From of hers": (_from(f"<eve@{EVIL}>", "Resent-From: <RUTH>\r\n"), OTHER),
    "a Reply-To of hers": (_from(f"<eve@{EVIL}>", "Reply-To: <RUTH>\r\n"), OTHER),
    "her address as a name": (_from(f'"RUTH" <eve@{EVIL}>'), UNCLEAR),
    "a letter that looks alike": (_from("<\u0440RUTH>"), UNCLEAR),
    # Her own signed letter, once more
    "another From above": (_above(b"From: <eve@evil.example>\r\n"), UNCLEAR),
    "another Subject above": (_above(b"Subject: Please call\r\n"), TWICE),
    "another To above": (_above(b"To: <eve@evil.example>\r\n"), TWICE),
    "another Date above": (_above(b"Date: Tue, 14 Jan 2031 18:20:05 +0100\r\n"), TWICE),
    "another Content-Type above": (
        lambda s: Forged(
            b"Content-Type: text/html\r\n" + signed(s.letter(f"<{s.ruth}>", "Content-Type: text/plain\r\n"))
        ),
        TWICE,
    ),
    "words below a part that was signed": (_part_signed, UNVERIFIED),
    "signed for another account": (_another_account, UNVERIFIED),
}  # fmt: skip


def is_named_server_of_evil(post: Post) -> None:
    """Whatever is asked below their domain, their name server gives their key; and their machine is this one."""
    for odd in (r"\000.", r"\(.", "'.", r"\032.", r"\;.", "."):
        post.names.table[f"s1._domainkey.{DOMAIN}{odd}{EVIL}", "TXT"] = key_pair()[1]
    post.names.table[rf"{EVIL}.\000x._domainkey.{DOMAIN}", "TXT"] = key_pair()[1]
    post.names.table[EVIL, "TXT"] = "v=spf1 ip4:127.0.0.1 -all"
    for odd in ("'.", r"\(."):
        post.names.table[f"{DOMAIN}{odd}{EVIL}", "TXT"] = "v=spf1 ip4:127.0.0.1 -all"
    post.names.table[DOMAIN, "TXT"] = "v=spf1 ip4:192.0.2.1 -all"


async def offered(post: Post, forged: Forged, to: str) -> str:
    async with post.smtp() as program:
        answers = await program.begin(forged.mail_from, to, hello=forged.hello)
        return (await program.data(forged.raw))[0] if answers[0].startswith("250") else answers[0]


async def test_each_family_ends_in_the_screener_or_is_refused(post: Post) -> None:
    is_named_server_of_evil(post)
    to = await post.address("ruth")
    ended: dict[str, str] = {}
    for name, (make, _) in FAMILIES.items():
        forged = make(Scene(str(post.cast["ruth"].email), to, post.letter("ruth", name), name))
        answer = await offered(post, forged, to)
        if not answer.startswith("250"):
            ended[name] = answer[:3]
            continue
        await post.read_all()
        ended[name] = (await post.screener())[-1].reason
    assert ended == {name: expected for name, (_, expected) in FAMILIES.items()}
    assert set(await post.counts()) == {OriginalState.HELD}
    assert await post.entries("ruth") == []


async def test_the_letter_they_caught_is_a_good_one(post: Post) -> None:
    """So that what is held above is held for what was done to it."""
    is_named_server_of_evil(post)
    assert (await post.offer(post.letter("ruth"), await post.address("ruth"), f"eve@{EVIL}")).startswith(
        "250"
    )
    await post.read_all()
    assert [e.body.text for e in await post.entries("ruth")] == ["I walked by the lake."]


@pytest.mark.parametrize("name", ["two From fields", "a group", "her address as a name"])
async def test_what_names_no_clear_sender_shows_none(post: Post, name: str) -> None:
    to = await post.address("ruth")
    scene = Scene(str(post.cast["ruth"].email), to, post.letter("ruth"))
    await offered(post, FAMILIES[name][0](scene), to)
    await post.read_all()
    assert [one.sender for one in await post.screener()] == [None]
