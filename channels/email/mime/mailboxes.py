"""Address lists in headers: who a letter says it is from and to. Reads anything, in linear time.

Where a list is ambiguous more than one mailbox is returned, never the likelier one: the caller must then hold
the letter, because a sender that can be read in two ways is how one person writes as another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from channels.email.mime.headers import FIELD_LIMIT, Headers, decode_words

MAILBOX_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address, either of which may be empty."""

    name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(slots=True)
class _Draft:
    # bound: one field, as far as it is read (`read_mailboxes`)
    words: list[str] = field(default_factory=list)  # unquoted and quoted words, in order
    comments: list[str] = field(default_factory=list)  # bound: the same
    angles: list[str] = field(default_factory=list)  # bound: the same

    def mailboxes(self) -> Iterable[Mailbox]:
        if self.angles:
            name = decode_words(" ".join(self.words).strip())
            for angle in self.angles:
                yield Mailbox(name, _bare(angle))
            return
        found = [word for word in self.words if "@" in word and not word.startswith('"')]
        rest = " ".join(word.strip('"') for word in self.words if word not in found)
        name = decode_words(rest or " ".join(self.comments))
        for address in found or [""]:
            if address or name:
                yield Mailbox(name, _bare(address))


def read_mailboxes(headers: Headers, name: str) -> tuple[Mailbox, ...]:
    """Read every field of this name as one list of mailboxes, at most 50 (RFC 5322 section 3.4)."""
    found: list[Mailbox] = []
    for raw in headers.all(name):
        found.extend(parse_list(headers.unfolded(raw[: 4 * FIELD_LIMIT])))
        if len(found) >= MAILBOX_LIMIT:
            break
    return tuple(found[:MAILBOX_LIMIT])


def parse_list(text: str) -> list[Mailbox]:
    """Read one address list; encoded words are decoded only after the list has been cut apart."""
    found: list[Mailbox] = []
    draft, place = _Draft(), 0
    while place < len(text) and len(found) <= MAILBOX_LIMIT:
        letter = text[place]
        if letter in ",;":
            found.extend(draft.mailboxes())
            draft, place = _Draft(), place + 1
        elif letter == ":":  # what stood before was the name of a group
            draft, place = _Draft(), place + 1
        elif letter.isspace():
            place += 1
        elif letter == "<":
            end = _until(text, place + 1, ">")
            draft.angles.append(text[place + 1 : end])
            place = end + 1
        elif letter == "(":
            comment, place = _comment(text, place)
            draft.comments.append(comment)
        else:
            word, place = _word(text, place)
            draft.words.append(word)
    found.extend(draft.mailboxes())
    return found


def _word(text: str, place: int) -> tuple[str, int]:
    """Read one word, quoted parts and encoded words included; a local part may be quoted too."""
    start = place
    pieces: list[str] = []
    while place < len(text) and not text[place].isspace() and text[place] not in ",;:<(":
        if text[place] == '"':
            piece, place = _quoted(text, place)
            whole = not pieces and (place >= len(text) or text[place] != "@")
            pieces.append(f"{piece}" if whole else f'"{piece}"')
            if whole:
                return piece if "@" not in piece else f'"{piece}"', place
        elif text.startswith("=?", place) and place == start:
            end = _encoded_word_end(text, place)
            pieces.append(text[place:end])
            place = end
        else:
            pieces.append(text[place])
            place += 1
    return "".join(pieces), place


def _encoded_word_end(text: str, place: int) -> int:
    """Find the end of an encoded word: commas and colons in it, though forbidden, do not end it."""
    end, marks = place + 2, 0
    while end < len(text) and end - place < 1000 and text[end] not in '<"':
        if text[end] == "?":
            marks += 1
            if marks == 3:
                return end + 2 if text[end + 1 : end + 2] == "=" else place + 2
        end += 1
    return place + 2


def _quoted(text: str, place: int) -> tuple[str, int]:
    pieces: list[str] = []
    place += 1
    while place < len(text) and text[place] != '"':
        if text[place] == "\\":
            place += 1
        pieces.append(text[place : place + 1])
        place += 1
    return "".join(pieces), place + 1


def _comment(text: str, place: int) -> tuple[str, int]:
    depth, start = 0, place
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == "(":
            depth += 1
        elif text[place] == ")":
            depth -= 1
            if depth == 0:
                return text[start + 1 : place], place + 1
        place += 1
    return text[start + 1 :], place


def _until(text: str, place: int, end: str) -> int:
    found = text.find(end, place)
    return len(text) if found < 0 else found


def _bare(address: str) -> str:
    """Strip blanks and an obsolete source route (RFC 5322 section 4.4)."""
    address = "".join(address.split()).strip("<>")
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    return decode_words(address) if address.startswith("=?") else address
