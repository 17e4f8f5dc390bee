"""The mail with the way in: fixed words, an address that opens once, and until when; not who invites, nor to what."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from channels.email.composing.mail import Envelope, crlf, header_lines, text_part
from channels.email.composing.times import spoken

OPENING: Final = "You have been invited to write here. Nobody but you can open it, and it opens once:"
UNTIL: Final = "It can be opened until:"
CLOSING: Final = "If you did not expect this, you need not do anything. Please do not pass it on."


def compose_invitation(envelope: Envelope, link: str, expires: datetime, zone: ZoneInfo) -> bytes:
    """The mail, final. The token stands behind the `#` of `link`, where no server and no log on the way sees it."""
    text = f"{OPENING}\n\n{link}\n\n{UNTIL}\n{spoken(expires, zone)}\n\n{CLOSING}\n"
    return crlf([*header_lines(envelope), *text_part("plain", text)])
