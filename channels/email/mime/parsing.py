"""A letter, read: who, to whom, when, what it says and what came with it. Takes any bytes, never raises.

This is the only place that decides what a letter says: routing, judging and showing all use its answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from channels.email.mime.attachments import Attachment, as_attachment
from channels.email.mime.automatic import Automatic, kind_of
from channels.email.mime.bodies import Unreadable, Words, is_words, read_words, versions, visible
from channels.email.mime.calendar_answers import CalendarAnswer, read_answer
from channels.email.mime.from_field import sole_sender
from channels.email.mime.headers import Headers, is_thread_index, read_date
from channels.email.mime.mailboxes import Mailbox, read_mailboxes
from channels.email.mime.parts import PART_LIMIT, Part, read_tree
from channels.email.mime.wrappers import Unwrapping, unwrap

REFERENCE_LIMIT = 50  # each is a look-up; a letter with a thousand would be an amplifier
MESSAGE_ID_LIMIT = 500
SUBJECT_LIMIT = 1000

_MESSAGE_ID = re.compile(r"<([^<>\s,]{1,500})>|([^<>\s,;]{1,500})")
_PARTS = (
    f"The letter has more than {PART_LIMIT} parts or is nested too deeply; the rest is only in the original."
)
_HEADERS = "The letter's headers were too long; only their beginning was read."
_NO_WORDS = "The letter has no words."


@dataclass(frozen=True, slots=True)
class ParsedLetter:
    """What a letter says. Words, names and addresses stay out of its repr."""

    message_id: str | None = field(repr=False)
    in_reply_to: tuple[str, ...] = field(repr=False)
    references: tuple[str, ...] = field(repr=False)
    thread_index: str | None = field(repr=False)
    from_addresses: tuple[Mailbox, ...] = field(repr=False)
    sender: str | None = field(repr=False)
    """The one address the letter says it is from, however it is read; None when it says none, or more than one."""
    reply_to: tuple[Mailbox, ...] = field(repr=False)
    to: tuple[Mailbox, ...] = field(repr=False)
    cc: tuple[Mailbox, ...] = field(repr=False)
    subject: str = field(repr=False)
    date: datetime | None
    text: str = field(repr=False)
    html: str | None = field(repr=False)
    attachments: tuple[Attachment, ...]
    automatic: Automatic
    unreadable: Unreadable | None
    problems: tuple[str, ...]
    answer: CalendarAnswer | None = None
    """It is a calendar's answer to an invitation."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer to give at the end of DATA instead of 250."""

    code: int
    status: str
    text: str

    def reply(self) -> str:
        """The reply line (RFC 5321 section 4.2, RFC 3463)."""
        return f"{self.code} {self.status} {self.text}"


def parse(raw: bytes) -> ParsedLetter:
    """Read a letter. Total: whatever the bytes, there is an answer, and `problems` says what was wrong."""
    tree, too_many = read_tree(raw)
    unwrapped = unwrap(tree)
    root, headers = unwrapped.root, tree.headers
    words = read_words(root)
    attachments = tuple(_attachments(root))
    senders = read_mailboxes(headers, "from")
    answer = read_answer(root, words.text, [piece for one in senders for piece in (one.name, one.address)])
    return ParsedLetter(
        message_id=next(iter(message_ids(headers.plain("message-id"))), None),
        in_reply_to=tuple(message_ids(headers.plain("in-reply-to"))),
        references=_references(headers),
        thread_index=_thread_index(headers.plain("thread-index")),
        from_addresses=senders,
        sender=sole_sender(headers),
        reply_to=read_mailboxes(headers, "reply-to"),
        to=read_mailboxes(headers, "to"),
        cc=read_mailboxes(headers, "cc"),
        subject=headers.text("subject")[:SUBJECT_LIMIT],
        date=read_date(headers.text("date")),
        text=_with_comment(words.text, answer),
        html=words.html,
        attachments=attachments,
        automatic=_written_by(root, answer),
        unreadable=words.unreadable,
        problems=tuple(_problems(unwrapped, words, too_many=too_many)),
        answer=answer,
    )


def envelope_check(raw: bytes) -> Refusal | None:
    """Refuse line ends that smuggle header fields: a CR or LF alone within the header block.

    Such a line is one field to one program and two to another; that is how a forged
    Authentication-Results or a second From gets past a border server. The body may hold them.
    """
    end = 0 if raw.startswith(b"\r\n") else raw.find(b"\r\n\r\n")
    block = raw if end < 0 else raw[:end]
    if b"\r" in block.replace(b"\r\n", b"") or b"\n" in block.replace(b"\r\n", b""):
        return Refusal(550, "5.6.11", "Line ends in the headers must be CR LF")
    return None


def normalise_body(raw: bytes) -> bytes:
    """Make every line end CR LF (RFC 5321 section 2.3.8), for letters that `envelope_check` let pass."""
    return re.sub(rb"\r\n|\r|\n", b"\r\n", raw)


def message_ids(text: str, limit: int = REFERENCE_LIMIT) -> list[str]:
    """Read message ids without their angle brackets, whatever stands between them (Exchange writes commas).

    Of too many the first and the last ones are kept: the root and the nearest are what threads hang on.
    """
    found = list(dict.fromkeys(match[1] or match[2] for match in _MESSAGE_ID.finditer(text)))
    bracketed = [one for one in found if "@" in one]
    found = bracketed or found
    return found if len(found) <= limit else [found[0], *found[-(limit - 1) :]]


def _written_by(root: Part, answer: CalendarAnswer | None) -> Automatic:
    """A calendar's answer is a person's letter where they typed words beside it."""
    kind = kind_of(root.headers)
    if (
        answer is None or kind is Automatic.REPORT
    ):  # some calendars say that they are automatic, and some do not
        return kind
    return Automatic.HUMAN if answer.typed else Automatic.CALENDAR


def _with_comment(text: str, answer: CalendarAnswer | None) -> str:
    """What was typed into a calendar, above the rest, where it stands nowhere else."""
    if answer is None or not answer.comment or "".join(answer.comment.split()) in "".join(text.split()):
        return text
    return f"{answer.comment}\n\n{text}".strip("\n")


def _references(headers: Headers) -> tuple[str, ...]:
    return tuple(message_ids(headers.plain("references")))


def _thread_index(value: str) -> str | None:
    value = "".join(value.split())
    return value if is_thread_index(value) else None


def _attachments(root: Part) -> Iterator[Attachment]:
    spare = {id(part) for part in versions(root)}
    leaves = [part for part in root.walk() if not part.children and id(part) not in spare]
    number = 0
    for part in leaves:
        kept_as_file = not is_words(part) or part.content_type == "text/calendar"
        if kept_as_file and (part.content or part.file_name):
            number += 1
            yield as_attachment(part, number)


def _problems(unwrapped: Unwrapping, words: Words, *, too_many: bool) -> Iterator[str]:
    root = unwrapped.root
    if root.headers.cut:
        yield _HEADERS
    if too_many or unwrapped.too_many:
        yield _PARTS
    yield from unwrapped.problems
    yield from dict.fromkeys(part.problem for part in root.walk() if part.problem)
    yield from dict.fromkeys(words.problems)
    if words.unreadable is None and not visible(words.text):
        yield _NO_WORDS
