"""A calendar invitation as one readable line: what, when, where, from whom (RFC 5545, as much as is needed)."""

import re

LINE_LIMIT = 300
VALUE_LIMIT = 120

_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r"([A-Z-]{1,20})((?:;[^:\r\n]{0,200})?):([^\r\n]*)", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r"TZID=\"?([^;:\"]{1,60})", re.IGNORECASE)
_COMMON_NAME = re.compile(r"CN=\"?([^;:\"]{1,100})", re.IGNORECASE)
_KINDS = {"CANCEL": "Cancelled appointment", "REPLY": "Answer to an invitation", "REQUEST": "Invitation"}


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
