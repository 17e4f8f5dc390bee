"""What our own border server found out: its Authentication-Results fields, and nobody else's (RFC 8601).

Anyone can write such a field into a letter. It counts only where it stands above everything that came from
outside and carries exactly our id. The border server must remove fields with our id that come from outside
(RFC 8601 section 5); should it fail to, a contradiction between two fields counts against the letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email.mime.headers import FIELD_LIMIT, Headers

RESULT_LIMIT = 50

_TOKEN = re.compile(r"""("(?:[^"\\]|\\.)*"|[^\s;="]+|[;=])""")
_BY = re.compile(r"\bby\s+([^\s;()]{1,255})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, with its properties such as `header.d`."""

    method: str
    value: str
    properties: dict[str, str] = field(repr=False, default_factory=dict)


def border_results(headers: Headers, authserv_id: str) -> list[Result]:
    """Collect the results our border server wrote, from every field of its, top to bottom."""
    above: list[str] = []  # above every Received: nothing from outside can stand here
    below: list[str] = []  # below the border's own Received, above the first foreign one
    received = False
    for one in headers.fields:
        if one.name == "received":
            if not _written_by(headers.unfolded(one.raw), authserv_id):
                break
            received = True
        elif one.name == "authentication-results":
            (below if received else above).append(headers.unfolded(one.raw[:FIELD_LIMIT]))
    for group in (above, below):
        found = [result for text in group for result in _read(text, authserv_id)]
        if found:
            return found[:RESULT_LIMIT]
    return []


def sealed_results(field: str) -> list[Result]:
    """The results in an ARC-Authentication-Results field (RFC 8617 section 4.1.1), whoever's id stands in it."""
    text = _without_comments(field)
    instance, _, rest = text.partition(";")
    if not instance.strip().lower().startswith("i="):
        return []
    head = next(_clauses(rest), [])
    return list(_read(rest, _unquoted(head[0])))[:RESULT_LIMIT] if head else []


def _written_by(received: str, authserv_id: str) -> bool:
    by = _BY.search(_without_comments(received))
    return by is not None and by[1].lower().rstrip(".") == authserv_id.lower()


def _read(text: str, authserv_id: str) -> Iterator[Result]:
    clauses = _clauses(_without_comments(text))
    head = next(clauses, [])
    if not head or _unquoted(head[0]).lower() != authserv_id.lower():  # exactly ours, not "ours.evil.test"
        return
    for clause in clauses:
        if len(clause) < 3 or clause[1] != "=":
            continue
        pairs = {
            clause[place - 1].lower(): _unquoted(clause[place + 1])
            for place in range(4, len(clause) - 1)
            if clause[place] == "="
        }
        yield Result(clause[0].partition("/")[0].lower(), _unquoted(clause[2]).lower(), pairs)


def _clauses(text: str) -> Iterator[list[str]]:
    clause: list[str] = []
    for match in _TOKEN.finditer(text):
        if match[1] == ";":
            yield clause
            clause = []
        else:
            clause.append(match[1])
    yield clause


def _without_comments(text: str) -> str:
    """Remove comments first: "(dmarc=pass)" is decoration, often with words of the sender's choosing."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
            kept.append(" ")
            continue
        if not depth:
            kept.append(letter)
    return "".join(kept)


def _unquoted(token: str) -> str:
    if token[:1] != '"':
        return token
    return re.sub(r"\\(.)", r"\1", token[1:-1])
