"""A calendar invitation as one readable line: what, when, where, from whom (RFC 5545, as much as is needed)."""

import re

from channels.email.mime.parts import Part

LINE_LIMIT = 300
VALUE_LIMIT = 120
METHOD_WITHIN = 4096  # it stands before the first event; a whole calendar need not be searched for it

_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r"([A-Z-]{1,20})((?:;[^:\r\n]{0,200})?):([^\r\n]*)", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r"TZID=\"?([^;:\"]{1,60})", re.IGNORECASE)
_COMMON_NAME = re.compile(r"CN=\"?([^;:\"]{1,100})", re.IGNORECASE)
_KINDS = {"CANCEL": "Cancelled appointment", "REPLY": "Answer to an invitation", "REQUEST": "Invitation"}


_ANSWERS = {"REPLY", "COUNTER", "REFRESH"}
"""What the one who was invited sends back (RFC 5546 1.4)."""


def is_answer(root: Part) -> bool:
    """Whether a calendar wrote this when somebody pressed "yes" or "no", though its headers are a person's.

    Only a part that is to be shown counts (RFC 6047 2.4 wants the method beside its type): an answer that somebody
    encloses as a file in their letter does not make the letter an answer.
    """
    return any(
        part.content_type == "text/calendar"
        and part.disposition != "attachment"
        and (part.parameters.get("method") or _method(part.content)).upper() in _ANSWERS
        for part in root.walk()
    )


def _method(calendar: bytes) -> str:
    found = re.search(rb"(?im)^METHOD:[ \t]*([A-Z-]{1,20})[ \t]*\r?$", calendar[:METHOD_WITHIN])
    return found[1].decode() if found else ""


def invitation_line(calendar: str) -> str:
    """Write the first event of a calendar as one line; never empty, so that an invitation is never blank."""
    found: dict[str, tuple[str, str]] = {}
    inside = False
    for line in _FOLD.sub("", calendar).splitlines():
        match = _PROPERTY.fullmatch(line.strip()[:2000])
        if match is None:
            continue
        name = match[1].upper()
        if name == "END" and match[3].strip().upper() == "VEVENT":
            break
        inside = inside or (name == "BEGIN" and match[3].strip().upper() == "VEVENT")
        if inside or name == "METHOD":
            found.setdefault(name, (match[2], match[3].strip()))
    kind = _KINDS.get(found.get("METHOD", ("", ""))[1].upper(), "Appointment")
    said = [_text(found, "SUMMARY"), _moment(found), _text(found, "LOCATION"), _organiser(found)]
    details = ", ".join(piece for piece in said if piece)
    return f"[{kind}: {details or 'see the attached calendar file'}]"[:LINE_LIMIT]


def _text(found: dict[str, tuple[str, str]], name: str) -> str:
    value = found.get(name, ("", ""))[1]
    return re.sub(r"\\([,;\\])", r"\1", re.sub(r"\\[nN]", " ", value)).strip()[:VALUE_LIMIT]


def _moment(found: dict[str, tuple[str, str]]) -> str:
    parameters, value = found.get("DTSTART", ("", ""))
    match = _MOMENT.match(value)
    if match is None:
        return ""
    year, month, day, hour, minute, universal = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = _ZONE.search(parameters)
    where = " UTC" if universal else f" ({zone[1]})" if zone else ""
    return f"{year}-{month}-{day} {hour}:{minute}{where}"


def _organiser(found: dict[str, tuple[str, str]]) -> str:
    parameters, value = found.get("ORGANIZER", ("", ""))
    name = _COMMON_NAME.search(parameters)
    who = name[1] if name else re.sub(r"(?i)^mailto:", "", value)
    return f"from {who[:VALUE_LIMIT]}" if who else ""
