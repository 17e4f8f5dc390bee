"""What a mail address is: one rule for what is kept as somebody's, and for what goes on the wire.

Letters such as ü before the @ need SMTPUTF8 (RFC 6531) at every server on the way, and who lacks it sends the mail back:
they are refused where they are given. A domain is taken in its ASCII form, xn-- (RFC 5891), and we do not make that form
ourselves: by the older of its two rules a name with ß would become another one, of somebody else.
"""

import re
from typing import Final

from messaging.errors import Malformed

LOCAL_PART_LIMIT: Final = 64  # RFC 5321 section 4.5.3.1.1
ADDRESS_LIMIT: Final = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
OWN_DOMAIN_LIMIT: Final = 150
"""Of a domain our mail comes from: a reply address and a Message-ID in it must be within their own limits."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOT_ATOM_ADDRESS: Final = rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+"
_ADDRESS = re.compile(DOT_ATOM_ADDRESS)
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


def valid_address(address: str) -> bool:
    """Say whether we may put this address on the wire (RFC 5321 section 4.1.2, dot-atom form, ASCII only).

    Stricter than the RFC on purpose: quoted local parts and line ends are what header and command injection
    are made of, and nobody's mailbox needs them.
    """
    if len(address) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(address):
        return False
    return len(address.rpartition("@")[0]) <= LOCAL_PART_LIMIT


def valid_domain(domain: str) -> bool:
    """Say whether our mail can come from a domain: a plain host name, two labels at least (RFC 1123 section 2.1)."""
    return len(domain) <= OWN_DOMAIN_LIMIT and _DOMAIN.fullmatch(domain) is not None


def checked_address(address: str) -> str:
    """The address, which mail can be sent to. Raises Malformed and says what is wrong with it."""
    if valid_address(address):
        return address
    local, at, domain = address.rpartition("@")
    if at and not local.isascii():
        raise Malformed("Mail cannot be sent to an address with letters such as ü or é before the @.")
    if at and not domain.isascii():
        raise Malformed("Please write what stands after the @ in its ASCII form, which begins with xn--.")
    raise Malformed("This is not an address that mail can be sent to.")
