"""The reader's hands: a process that reads one letter at a time, within limits, and may be killed at any moment.

python -m channels.email.workers.parse_worker      questions on standard input, answers on standard output
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

import msgspec

from channels.email.mime.bounces import Bounce, read_report
from channels.email.mime.dedup import content_hash, signed_hashes
from channels.email.mime.parsing import ParsedLetter, parse
from channels.email.quoting.folding import SHOWN, fold
from channels.email.quoting.notices import NOTICES
from channels.email.sealing.autocrypt import key_along
from channels.email.sealing.finding import Found, find
from channels.email.workers.answering import serve
from channels.photos.cleaning import CLEANED, cleaned
from messaging.record.file_names import type_of

NOT_CLEANED: Final = "The place and other things the camera wrote could not be taken out of a photo."
_ANSWERS: Final = re.compile(r"(?:\s*[^\W\d_]{1,5}(?:\[\d{1,3}\])?\s?[:：])+\s*")
"""Re:, AW:, Fwd:"""


class Read(msgspec.Struct, frozen=True, tag=True, repr_omit_defaults=True):
    """What does this letter say? `recent` are our own last texts, `earlier` the writer's: to be recognised in quotations."""

    raw: bytes
    recent: tuple[str, ...] = ()
    report: bool = False
    """It came to a bounce address: is it a report, and of what?"""
    earlier: tuple[str, ...] = ()
    us: tuple[str, ...] = ()
    """The names our mail goes under, which programs write before "wrote:"."""

    def __repr__(self) -> str:
        return "Read(***)"


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
    marks: tuple[bytes, bytes] = field(default=(b"", b""), repr=False)
    """By what it is known when it is sent again (`dedup.signed_hashes`)."""
    quotes: int | None = None
    """Which of our `recent` texts most of what is folded comes from."""
    begins: str = field(default="", repr=False)
    """The first folded words that are not ours."""


def read(question: Read) -> Told:
    """Reads a letter and folds what it quotes."""
    letter = _without_traces(parse(question.raw))
    folding = fold(
        letter.text,
        question.recent,
        earlier=question.earlier,
        notices=NOTICES,
        said=[*_said(letter), *question.us],
    )
    folded = "".join(one.text for one in folding.segments if one.kind not in SHOWN)
    # The same letter offered again has the same key, whatever the way added to it; the same id with other words has not.
    same = hashlib.sha256(b"letter by mail\x00" + (letter.message_id or "").encode("utf-8", "replace"))
    same.update(b"\x00" + content_hash(question.raw))
    key = UUID(bytes=same.digest()[:16], version=5)
    report = read_report(question.raw) if question.report else None
    locked, along = find(question.raw), key_along(question.raw, letter.sender)
    marks = signed_hashes(question.raw)
    told = Told(
        letter=letter,
        key=key,
        shown=folding.shown,
        folded=folded.strip("\n"),
        report=report,
        locked=locked,
        key_along=along,
        marks=marks,
    )
    return replace(told, quotes=folding.quotes, begins=folding.begins)


def _without_traces(letter: ParsedLetter) -> ParsedLetter:
    """Photos as they may be shown: what the camera wrote stays in the letter as it came, which is kept."""
    files, kept = [], False
    for one in letter.attachments:
        kind = type_of(one.content[:32], "")
        clean = cleaned(kind, one.content) if kind in CLEANED else one.content
        kept = kept or clean is None
        files.append(one if clean is None else replace(one, content=clean))
    problems = (*letter.problems, NOT_CLEANED) if kept else letter.problems
    return replace(letter, attachments=tuple(files), problems=problems)


def _said(letter: ParsedLetter) -> list[str]:
    """What the headers name, and programs copy above a quotation: subjects and people."""
    people = [*letter.from_addresses, *letter.to, *letter.cc]
    return [letter.subject, _ANSWERS.sub("", letter.subject), *(one.name for one in people if one.name)]


def answer(question: Read) -> Told:
    """The answer to a question."""
    return read(question)


def main() -> None:
    """Answers until standard input ends."""
    serve(msgspec.msgpack.Decoder(Read), answer)


if __name__ == "__main__":
    main()
