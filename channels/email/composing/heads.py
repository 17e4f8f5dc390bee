"""The day's signed heads of the audit trails as a mail: fixed words, and the lines as a file for `audit verify --head`."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from messaging.trust.signed_heads import SignedHead

SUBJECT: Final = "Signed heads of audit trails"
WORDS: Final = (
    "The attached lines say how long the audit trails of an installation of Quietline are today, and how they end.\n"
    "Please keep this mail. Whoever has it can show later whether a trail was cut off or written anew:\n"
    "quietline audit verify --head FILE\n"
)


def composed_heads(
    now: datetime, sender: str, recipient: str, message_id: str, heads: Sequence[SignedHead]
) -> bytes:
    """As it goes out: ids, counts and signatures, never a word of a record."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, recipient
    mail["Subject"] = SUBJECT
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(WORDS)
    lines = "".join(f"{one.written()}\n" for one in heads).encode("ascii")
    name = f"trail-heads-{now.date().isoformat()}.txt"
    mail.add_attachment(lines, maintype="text", subtype="plain", filename=name)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
