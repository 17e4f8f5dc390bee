"""A mail as a client's own mail program would write it: plain words, and below them what they answer."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Final
from zoneinfo import ZoneInfo

from web.demo.people import MAIL_DOMAIN

AUTHSERV_ID: Final = "demo.localhost"
"""The name under which the demonstration's mail provider vouches for its own people, towards this server only.

A real server asks DNS whether a letter is from whom it names, or believes the Authentication-Results of the border
server its operator has named. The demonstration has no DNS, so it plays that border server: it names itself by
`settings.mail.authserv_id`, which nothing else sets, and states the result for its own mailboxes. Whoever else on this
machine wrote such a field would be believed as well; there is nobody real here to be taken for.
"""
UNFOLDED: Final = SMTP.clone(max_line_length=990)
"""The library would break a long Message-ID into encoded words (RFC 2047), and no answer would find its letter."""
REFERENCES: Final = 9
"""Of a long chain the nearest, so that the line stays below 998 octets (RFC 5322 section 2.1.1)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The mail an answer is quoted below. Times are shown as its reader's program shows them."""

    sender: str
    at: datetime
    text: str = field(repr=False)
    message_id: str | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody writes to whom."""

    name: str
    address: str
    to: str
    subject: str
    text: str = field(repr=False)
    at: datetime
    message_id: str
    answered: Answered | None = None


def compose(written: Written, zone: ZoneInfo) -> bytes:
    """The mail as it leaves the mail program."""
    mail = EmailMessage(SMTP)
    mail["From"] = formataddr((one_line(written.name), written.address))
    mail["To"] = written.to
    mail["Subject"] = one_line(written.subject)
    mail["Date"] = format_datetime(written.at.astimezone(zone))
    mail["Message-ID"] = f"<{written.message_id}>"
    answered = written.answered
    if answered is not None and answered.message_id is not None:
        mail["In-Reply-To"] = f"<{answered.message_id}>"
        chain = dict.fromkeys((*answered.references[-REFERENCES:], answered.message_id))
        mail["References"] = " ".join(f"<{one}>" for one in chain)
    text = written.text.replace("\r\n", "\n").strip("\n")
    below = f"\n\n{quotation(answered, zone)}" if answered else ""
    mail.set_content(f"{text}{below}\n", cte="quoted-printable")
    return mail.as_bytes(policy=UNFOLDED)


def vouched(raw: bytes) -> bytes:
    """The mail as the provider hands it on, with its word that it is from one of its own mailboxes."""
    said = f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from={MAIL_DOMAIN}\r\n"
    return said.encode("ascii") + raw


def quotation(answered: Answered, zone: ZoneInfo) -> str:
    """What most programs put below: who wrote when, and every line with its mark."""
    at = answered.at.astimezone(zone)
    head = f"On {at:%Y-%m-%d} at {at:%H:%M}, {one_line(answered.sender)} wrote:"
    lines = [f"> {line}" if line else ">" for line in answered.text.strip("\n").split("\n")]
    return "\n".join([head, *lines])


def answering_subject(subject: str) -> str:
    """Re: once, however often it goes back and forth."""
    bare = re.sub(r"(?i)^(?:re:\s*)+", "", one_line(subject))
    return f"Re: {bare}"


def one_line(text: str) -> str:
    """A line end in a header would begin another header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text).split())
