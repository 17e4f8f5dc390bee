"""The reader's hands: a process that reads one letter at a time, within limits, and may be killed at any moment.

python -m channels.email.arriving.parse_worker      questions on standard input, answers on standard output
"""

import hashlib
from dataclasses import dataclass, field, replace
from functools import cache
from uuid import UUID

import msgspec

from channels.email.arriving.answering import serve
from channels.email.arriving.notices import NOTICES
from channels.email.mime.bounces import Bounce, read_report
from channels.email.mime.dedup import content_hash
from channels.email.mime.parsing import ParsedLetter, parse
from channels.email.quoting.folding import SHOWN, fold
from channels.email.sealing.autocrypt import key_along
from channels.email.sealing.finding import Found, find
from channels.email.senders.authenticity import Verdict, verify
from channels.email.senders.resolving import Resolver


class Read(msgspec.Struct, frozen=True, tag=True, repr_omit_defaults=True):
    """What does this letter say? `recent` are our own last texts, `earlier` the writer's: to be recognised in quotations."""

    raw: bytes
    recent: tuple[str, ...] = ()
    report: bool = False
    """It came to a bounce address: is it a report, and of what?"""
    earlier: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Read(***)"


class Judge(msgspec.Struct, frozen=True, tag=True):
    """Who is it from? `dns` None: the system's resolver."""

    raw: bytes
    client_ip: str | None
    helo: str
    mail_from: str
    authserv_id: str | None
    trusted: bool
    dns: tuple[str, int] | None
    sealers: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Judge(***)"


@dataclass(frozen=True, slots=True)
class Told:
    """What a letter says, and the key by which a second delivery of it is known."""

    letter: ParsedLetter
    key: UUID
    shown: str = field(repr=False)
    folded: str = field(repr=False)
    report: Bounce | None = None
    locked: Found | None = None
    """What of it OpenPGP has to open or check."""
    key_along: bytes = field(default=b"", repr=False)
    """The sender's OpenPGP key, where it came along."""
    quotes: int | None = None
    """Which of our `recent` texts most of what is folded comes from."""
    begins: str = field(default="", repr=False)
    """The first folded words that are not ours."""


def read(question: Read) -> Told:
    """Reads a letter and folds what it quotes."""
    letter = parse(question.raw)
    folding = fold(letter.text, question.recent, earlier=question.earlier, notices=NOTICES)
    folded = "".join(one.text for one in folding.segments if one.kind not in SHOWN)
    # The same letter offered again has the same key, whatever the way added to it; the same id with other words has not.
    same = hashlib.sha256(b"letter by mail\x00" + (letter.message_id or "").encode("utf-8", "replace"))
    same.update(b"\x00" + content_hash(question.raw))
    key = UUID(bytes=same.digest()[:16], version=5)
    report = read_report(question.raw) if question.report else None
    locked, along = find(question.raw), key_along(question.raw, letter.sender)
    told = Told(letter, key, folding.shown, folded.strip("\n"), report, locked, along)
    return replace(told, quotes=folding.quotes, begins=folding.begins)


def judge(question: Judge) -> Verdict:
    """Judges a letter's sender; asks DNS."""
    return verify(
        question.raw,
        client_ip=question.client_ip,
        helo=question.helo,
        mail_from=question.mail_from,
        resolver=_resolver(question.dns),
        authserv_id=question.authserv_id,
        trusted_ar=question.trusted,
        sealers=question.sealers,
    )


@cache
def _resolver(dns: tuple[str, int] | None) -> Resolver:
    return Resolver(*dns) if dns else Resolver()


def answer(question: Read | Judge) -> Told | Verdict:
    """The answer to a question."""
    match question:
        case Read():
            return read(question)
        case Judge():
            return judge(question)


def main() -> None:
    """Answers until standard input ends."""
    serve(msgspec.msgpack.Decoder(Read | Judge), answer)


if __name__ == "__main__":
    main()
