"""Where somebody writes who has found a weakness: read from a setting, shown in security.txt (RFC 9116)."""

import re
from typing import Final

from messaging.addresses import valid_address

LONGEST: Final = 300
URL: Final = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?][\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*)?"
)
"""No name and password, no blank, and nothing that could begin a line of its own in the file."""
MAILTO: Final = "mailto:"


def read_contact(raw: str) -> str:
    """The URI as it was given. Raises ValueError."""
    fine = valid_address(raw.removeprefix(MAILTO)) if raw.startswith(MAILTO) else URL.fullmatch(raw)
    if not fine or len(raw) > LONGEST:
        raise ValueError("write it as mailto:name@host or https://host/path")
    return raw
