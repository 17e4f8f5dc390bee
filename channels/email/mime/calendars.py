"""A calendar invitation as one readable line: what, when, where, from whom (RFC 5545, as much as is needed)."""

import re

LINE_LIMIT = 300
VALUE_LIMIT = 120
VALUE_READ = 20_000  # a comment may be a letter

Found = dict[str, tuple[str, str]]
"""Properties of one event by name: the parameters, and the value."""

_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r"([A-Z-]{1,20})((?:;[^:\r\n]{0,200})?):([^\r\n]*)", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r"TZID=\"?([^;:\"]{1,60})", re.IGNORECASE)
_COMMON_NAME = re.compile(r"CN=\"?([^;:\"]{1,100})", re.IGNORECASE)
_KINDS = {"CANCEL": "Cancelled appointment", "REPLY": "Answer to an invitation", "REQUEST": "Invitation"}


def event_properties(calendar: str) -> Found:
    """The first of each property of the first event, and the calendar's method."""
    found: Found = {}
    inside = False
    for line in _FOLD.sub("", calendar).splitlines():
        match = _PROPERTY.fullmatch(line.strip()[:VALUE_READ])
        if match is None:
            continue
        name = match[1].upper()
        if name == "END" and match[3].strip().upper() == "VEVENT":
            break
        inside = inside or (name == "BEGIN" and match[3].strip().upper() == "VEVENT")
        if inside or name == "METHOD":
            found.setdefault(name, (match[2], match[3].strip()))
    return found


def invitation_line(calendar: str) -> str:
    """Write the first event of a calendar as one line; never empty, so that an invitation is never blank."""
    found = event_properties(calendar)
    kind = _KINDS.get(found.get("METHOD", ("", ""))[1].upper(), "Appointment")
    said = [spoken(found, "SUMMARY"), _moment(found), spoken(found, "LOCATION"), _organiser(found)]
    details = ", ".join(piece for piece in said if piece)
    return f"[{kind}: {details or 'see the attached calendar file'}]"[:LINE_LIMIT]


def spoken(found: Found, name: str, limit: int = VALUE_LIMIT) -> str:
    """A value in the words of people (RFC 5545 3.3.11)."""
    value = found.get(name, ("", ""))[1]
    value = re.sub(r"\\([,;\\])", r"\1", re.sub(r"\\[nN]", " " if limit == VALUE_LIMIT else "\n", value))
    return value.strip()[:limit]


def zone_of(parameters: str) -> str:
    """The time zone a moment names; empty where it names none."""
    zone = _ZONE.search(parameters)
    return zone[1] if zone else ""


def _moment(found: Found) -> str:
    parameters, value = found.get("DTSTART", ("", ""))
    match = _MOMENT.match(value)
    if match is None:
        return ""
    year, month, day, hour, minute, universal = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = zone_of(parameters)
    where = " UTC" if universal else f" ({zone})" if zone else ""
    return f"{year}-{month}-{day} {hour}:{minute}{where}"


def _organiser(found: Found) -> str:
    parameters, value = found.get("ORGANIZER", ("", ""))
    name = _COMMON_NAME.search(parameters)
    who = name[1] if name else re.sub(r"(?i)^mailto:", "", value)
    return f"from {who[:VALUE_LIMIT]}" if who else ""
