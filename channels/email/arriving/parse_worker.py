"""The reader's hands: a process that reads one letter at a time, within limits, and may be killed at any moment.

    python -m channels.email.arriving.parse_worker      questions on standard input, answers on standard output

A frame is a length (4 bytes, big-endian) and that many bytes of MessagePack. Nothing is kept between two letters, and
nothing is ever written to standard error: a traceback could quote a letter.
"""

import hashlib
import math
import resource
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO, Final
from uuid import UUID

import msgspec

from channels.email.mime.bounces import Bounce, read_report
from channels.email.mime.dedup import content_hash
from channels.email.mime.parsing import ParsedLetter, parse
from channels.email.quoting.folding import SHOWN, fold
from channels.email.senders.authenticity import Verdict, verify
from channels.email.senders.resolving import Resolver

MEMORY: Final = 512 * 1024 * 1024
"""Address space. A letter of 30 MB is held some five times over while it is read."""
CPU_SECONDS: Final = 5
"""For one question; mail bombs of under 1 MB cost the standard parser 40 s."""
FRAME_LIMIT: Final = 128 * 1024 * 1024


class Read(msgspec.Struct, frozen=True, tag=True, repr_omit_defaults=True):
    """What does this letter say? `recent` are our own last texts, to be recognised in its quotation."""

    raw: bytes
    recent: tuple[str, ...] = ()
    report: bool = False
    """It came to a bounce address: is it a report, and of what?"""

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


def read(question: Read) -> Told:
    """Reads a letter and folds what it quotes."""
    letter = parse(question.raw)
    folding = fold(letter.text, question.recent)
    folded = "".join(one.text for one in folding.segments if one.kind not in SHOWN)
    # The same letter offered again has the same key, whatever the way added to it; the same id with other words has not.
    same = hashlib.sha256(b"letter by mail\x00" + (letter.message_id or "").encode("utf-8", "replace"))
    same.update(b"\x00" + content_hash(question.raw))
    key = UUID(bytes=same.digest()[:16], version=5)
    report = read_report(question.raw) if question.report else None
    return Told(letter, key, folding.shown, folded.strip("\n"), report)


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


def encode_frame(content: Any) -> bytes:
    """A frame as it goes through the pipe."""
    encoded = msgspec.msgpack.encode(content)
    return len(encoded).to_bytes(4, "big") + encoded


def main() -> None:
    """Answers until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be a letter on disk
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    questions = msgspec.msgpack.Decoder(Read | Judge)
    while (frame := _frame(asked)) is not None:
        _allow_time()
        told.write(encode_frame(answer(questions.decode(frame))))
        told.flush()


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    return stream.read(int.from_bytes(head, "big")) if len(head) == 4 else None


def _allow_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    # The limit counts from the start of the process; beyond it the kernel ends us.
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
