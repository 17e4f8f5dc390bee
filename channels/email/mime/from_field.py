"""The From field, read strictly: one address that every reader finds in it, or none.

Everything that is decided about a sender hangs on this one field, and programs disagree about most of what it may hold:
groups, comments, routes, quoted names before the @, encoded words, blanks, a second bracket ("Composition Kills", Chen,
Paxson, Jiang, USENIX Security 2020). So nothing is guessed: what is not plainly `Name <address>` or `address` has no sender,
and its letter is held.
"""

import re
from typing import Final

from channels.email.addresses import same_mailbox
from channels.email.mime.headers import FIELD_LIMIT, Headers, decode_words, encoded_octets
from messaging.addresses import valid_address

_FOLD: Final = re.compile(r"\r?\n[ \t]+(?=[^\s])")
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_ANGLED: Final = re.compile(r"([^<>]*)<([^<>]*)>")
_PIECE: Final = re.compile(r'[ \t]+|"(?:[^"\\<>]|\\["\\])*"|\([^()"\\<>@,;:]*\)|[^ \t()<>@,;:\\"\[\]]+')
"""Of a name: blanks, a quoted string, a comment, an atom; dots may stand in one (RFC 5322 section 4.1)."""
_LONE_AT: Final = re.compile(r"(?<=[ \t])@(?=[ \t])")
"""Between blanks it may stand in an address of old (RFC 822 3.1.4), but then dots or a bracket follow in its domain."""
_ENDS_A_LINE: Final = re.compile(rb"[\x00-\x08\x0a-\x0d\x7f]")
_ENDS_A_NAME: Final = re.compile(r'[<>"\\]')


def sole_sender(headers: Headers) -> str | None:
    """The one address a letter is from, however it is read; None where two readers may find two, or none."""
    fields = [one for one in headers.fields if one.name == "from"]
    if (
        headers.cut
        or headers.damaged
        or len(fields) != 1
        or fields[0].loose
        or len(fields[0].raw) > FIELD_LIMIT
    ):
        return None
    try:
        text = fields[0].raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        return None
    if text.startswith(("\r", "\n")):  # to some readers a field that ends with its first line
        return None
    text = _FOLD.sub(" ", text).strip(" \t")
    return None if _FORBIDDEN.search(text) else _address(text)


def _address(text: str) -> str | None:
    angled = _ANGLED.fullmatch(text)
    name, address = (angled[1], angled[2]) if angled else ("", text)
    # An encoded word is made of letters an address may have, and is another address to who decodes it.
    if "=?" in address or not valid_address(address):
        return None
    return address if _is_name(name, address) else None


def _is_name(name: str, address: str) -> bool:
    """Whether what stands before the bracket is a name to every reader, also to one that decodes first and reads then."""
    if valid_address(name.strip(" \t")) and same_mailbox(name.strip(" \t"), address):
        return True  # many programs write the address for want of a name; whoever takes either takes the same
    if not re.search(r"[.\[:,;]", decode_words(name)):  # no host that mail could be for: "Ruth @ home"
        name = _LONE_AT.sub("at", name)
    if "".join(_PIECE.findall(name)) != name:
        return False
    bare = "".join(one for one in _PIECE.findall(name) if one[0] not in '"(')
    shown = decode_words(name.replace('"', ""))
    if _ENDS_A_NAME.search(decode_words(bare)) or "<" in shown or ">" in shown:
        return False
    if any(_ENDS_A_LINE.search(one) for one in encoded_octets(name)):
        return False
    # Programs that show nothing but the name, and those that look for the first @, must find this address.
    return "@" not in shown or same_mailbox(shown.strip(" '"), address)
