"""Letters we send: frozen bytes, made once, sent as they are however often sending is tried.

Of what a client wrote nothing is repeated but what their therapist quotes in a letter with its words, and in a notice
nothing of what anyone wrote appears. Whoever else reads the mailbox learns that there is mail from a neutral sender, no
more (RFC 5322, RFC 2045).
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from channels.email.composing.wording import flowed, markup
from channels.email.composing.words import _, said
from channels.email.mime.headers import is_thread_index
from channels.language.saying import N_
from channels.language.speaking import spoken
from messaging.addresses import valid_address
from messaging.people import Language

REPLY_ABOVE = "-- Please reply above this line --"
REPLY_ABOVE_IN: Mapping[Language, str] = {
    Language.ENGLISH: REPLY_ABOVE,
    Language.GERMAN: "-- Bitte oberhalb dieser Linie antworten --",
    Language.GERMAN_DU: "-- Bitte oberhalb dieser Linie antworten --",
    Language.ARABIC: "-- يرجى كتابة الرد فوق هذا السطر --",
}
"""The line below which nothing is read. Answers quote it for years: a marker is added, and none is ever changed."""
LINE_LIMIT = 76
HEADER_LIMIT = 78
"""Columns of a line of the header, wherever it has a blank to fold it at (RFC 5322 2.1.1)."""
REFERENCES_LIMIT = 900  # some servers cut a header at 1000 octets, and a cut reference threads nothing
NAME_LIMIT = 60
WORD_OCTETS = 39
"""In one encoded word: 52 letters of base64, and 12 around them."""

_MESSAGE_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\[\]-]{1,150}@[A-Za-z0-9.\[\]:-]{1,150}")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9 ]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TEXT_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SAFE_LINK = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~%/?#=&+@:-]*)?")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, and where in the letter thread. All ids are without angle brackets."""

    sender_name: str = field(repr=False)  # the practice's neutral name
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    reply_to: str = field(repr=False)
    message_id: str
    date: datetime
    subject: str = field(repr=False)  # the fixed neutral one; a client's own subject never comes here
    in_reply_to: str | None = field(default=None, repr=False)
    references: tuple[str, ...] = field(default=(), repr=False)  # root and own stable id first, nearest last
    thread_index: str | None = field(
        default=None, repr=False
    )  # what Outlook threads by: handed back as it came
    auto: bool = False  # written by the server, not by a person
    unasked: bool = False  # automatic, and no answer to the mail below which it stands
    mark: str | None = field(default=None, repr=False)
    """Its bounce address, where its envelope sender must be another: a report gives it back with the header."""


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """The fixed words of a notice, said in its reader's language; they hold nothing of any letter."""

    opening: str = N_("You have a new message.")
    invitation: str = N_("You can read it here:")
    closing: str = N_(
        "You can also answer by replying to this mail. Your reply is kept in your conversation."
    )


DEFAULT_WORDS = NoticeWords()
REMINDER = NoticeWords(
    N_("A reminder: you have an appointment soon."),
    N_("You can see when, and go there, here:"),
    N_("This is an automatic notice."),
)


def letter_id(entry_id: str, domain: str) -> str:
    """Return the Message-ID of a letter, the same at every attempt to send it."""
    made = f"letter-{entry_id}@{domain}"
    if not _MESSAGE_ID.fullmatch(made):
        raise ValueError("an entry id and a mail domain must make a plain Message-ID")
    return made


FILES = N_("There are files with this letter. You find them here:")


def with_files(text: str, link: str) -> str:
    """The words of a letter whose files stay where it was written; before them, for what follows a signature is not read."""
    return f"{_(FILES)}\n{link}\n\n{text}"


def compose_notice(envelope: Envelope, link: str, words: NoticeWords = DEFAULT_WORDS) -> bytes:
    """Write the mail that says only that there is something to read, and where."""
    if not _SAFE_LINK.fullmatch(link):
        raise ValueError("a notice needs a plain http(s) link")
    words = said(words)
    text = f"{words.opening}\n\n{words.invitation}\n{link}\n\n{words.closing}\n"
    return crlf([*header_lines(envelope), *text_part("plain", text)])


def compose_full(envelope: Envelope, text: str) -> bytes:
    """Write a letter with its words, for clients who chose to have them by mail.

    The first line is the marker below which nothing is read when the client answers.
    """
    return crlf([*header_lines(envelope), *words_part(envelope, text)])


def words_part(envelope: Envelope, text: str) -> list[str]:
    """The words as plain text and as a page: the lines of one part, beginning with its Content-Type."""
    marker = REPLY_ABOVE_IN[spoken()]
    body = _TEXT_CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    boundary = boundary_of(envelope.message_id)
    return [
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        f"--{boundary}",
        *text_part("plain; format=flowed", flowed(f"{marker}\n\n{body}\n")),
        f"--{boundary}",
        *text_part("html", markup(marker, body)),
        f"--{boundary}--",
    ]


def folded_references(references: tuple[str, ...]) -> tuple[str, ...]:
    """Keep the first two (root and own stable id) and as many of the nearest as fit (RFC 5322 section 3.6.4)."""
    plain = [one for one in references if _MESSAGE_ID.fullmatch(one)]
    # The letter that is answered stands last, wherever else it is named.
    known = (*dict.fromkeys(one for one in plain if one != plain[-1]), *plain[-1:])
    first, later = known[:2], known[2:]
    room = REFERENCES_LIMIT - sum(len(one) + 4 for one in first)
    kept: list[str] = []
    for one in reversed(later):
        room -= len(one) + 4
        if room < 0:
            break
        kept.append(one)
    return (*first, *reversed(kept))


def header_lines(envelope: Envelope) -> list[str]:
    """The header of one of our mails, up to MIME-Version. Raises ValueError for an address or id that could break it."""
    for address in (
        envelope.sender,
        envelope.recipient,
        envelope.reply_to,
        *([envelope.mark] if envelope.mark else []),
    ):
        if not valid_address(address):
            raise ValueError("an address of the mail to be sent is not valid")
    if not _MESSAGE_ID.fullmatch(envelope.message_id):
        raise ValueError("the Message-ID is not valid")
    if envelope.date.tzinfo is None:
        raise ValueError("the date of a mail needs a time zone")
    lines = [
        folded("From", *_phrase(envelope.sender_name), f"<{envelope.sender}>"),
        folded("To", f"<{envelope.recipient}>"),
        folded("Reply-To", f"<{envelope.reply_to}>"),
        folded("Subject", *_unstructured(envelope.subject)),
        f"Date: {format_datetime(envelope.date)}",
        folded("Message-ID", f"<{envelope.message_id}>"),
    ]
    if envelope.in_reply_to and _MESSAGE_ID.fullmatch(envelope.in_reply_to):
        lines.append(folded("In-Reply-To", f"<{envelope.in_reply_to}>"))
    if references := folded_references(envelope.references):
        lines.append(folded("References", *(f"<{one}>" for one in references)))
    if envelope.thread_index and is_thread_index(envelope.thread_index):
        lines.append(folded("Thread-Index", envelope.thread_index))
    if envelope.auto:  # RFC 3834 section 5
        replied = envelope.in_reply_to and not envelope.unasked
        kind = "auto-replied" if replied else "auto-generated"
        lines += [f"Auto-Submitted: {kind}", _suppress(envelope)]
    else:  # a person wrote it (RFC 3834 section 2), yet nobody wants a vacation notice in a conversation
        lines.append(_suppress(envelope))
    if envelope.mark:
        lines.append(folded("X-Bounce-Address", f"<{envelope.mark}>"))
    return [*lines, "MIME-Version: 1.0"]


def folded(name: str, *pieces: str) -> str:
    """A field with its pieces apart, on lines that fit; one alone is too long only where a piece is (RFC 5322 2.2.3).

    The first piece stands behind the name, however long: programs that read a value without unfolding it would begin a
    Message-ID with a line end, and could not name it in an answer.
    """
    lines = [f"{name}: "]
    for piece in pieces:
        # A line that bears an encoded word ends earlier than others (RFC 2047 section 2).
        limit = LINE_LIMIT if "=?" in lines[-1] + piece else HEADER_LIMIT
        between = "" if lines[-1].endswith(" ") else " "
        if piece is pieces[0] or len(lines[-1] + between + piece) <= limit:
            lines[-1] += between + piece
        else:
            lines.append(f" {piece}")
    return "\r\n".join(lines)


def _suppress(envelope: Envelope) -> str:
    """What Exchange is asked to hold back. "All" is reports of failure, too, and a letter's notice must not lose its own."""
    asked = "All" if envelope.auto and not envelope.unasked else "OOF, AutoReply"
    return f"X-Auto-Response-Suppress: {asked}"


def text_part(kind: str, text: str) -> list[str]:
    """Encode text 7-bit safe: quoted-printable where it stays readable, base64 where it would not."""
    data = text.replace("\n", "\r\n").encode("utf-8")
    foreign = sum(1 for byte in data if byte > 0x7E)
    if foreign * 4 > len(data):
        packed, coding = b64encode(data).decode("ascii"), "base64"
        lines = [packed[place : place + LINE_LIMIT] for place in range(0, len(packed), LINE_LIMIT)]
    else:
        # "From " at the start of a line is changed by mbox programs, a lone dot by bad relays: both are hidden.
        quoted = binascii.b2a_qp(data, istext=True).decode("ascii")
        quoted = re.sub(r"(?m)^From ", "=46rom ", re.sub(r"(?m)^\.", "=2E", quoted))
        lines, coding = (
            quoted.removesuffix("\r\n").split("\r\n"),
            "quoted-printable",
        )
    return [f"Content-Type: text/{kind}; charset=utf-8", f"Content-Transfer-Encoding: {coding}", "", *lines]


def _phrase(name: str) -> list[str]:
    name = _one_line(name)[:NAME_LIMIT]
    if _PLAIN_PHRASE.fullmatch(name):
        return name.split()
    return _encoded_words(name)


def _unstructured(text: str) -> list[str]:
    text = _one_line(text)
    words = text.split()
    # One that is longer than a line is cut into encoded ones: those can be folded.
    if text.isascii() and "=?" not in text and max(map(len, words), default=0) < HEADER_LIMIT:
        return words
    return _encoded_words(text)


def _one_line(text: str) -> str:
    # A line end in a header value would begin a header of the writer's choosing.
    return " ".join(_CONTROL.sub(" ", text).split())


def _encoded_words(text: str) -> list[str]:
    """Encode as RFC 2047 words of whole letters, each short enough to stand beside a field's name."""
    words, part = [], ""
    for letter in text:
        if len((part + letter).encode("utf-8")) > WORD_OCTETS:
            words.append(part)
            part = ""
        part += letter
    words.append(part)
    return [f"=?utf-8?b?{b64encode(word.encode('utf-8')).decode('ascii')}?=" for word in words]


def boundary_of(message_id: str) -> str:
    """What separates the parts of this mail."""
    # Derived, not random, so that the bytes are a function of the letter. "=_" cannot occur in quoted-printable
    # or base64 (RFC 2045 section 6.7), so no letter can contain its own boundary.
    return f"=_{binascii.crc32(message_id.encode()):08x}"


def crlf(lines: list[str]) -> bytes:
    """The lines as they go over the wire."""
    return ("\r\n".join(lines) + "\r\n").encode("ascii")
