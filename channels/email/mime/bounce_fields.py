"""The fields by which a report names each recipient (RFC 3464), wherever and however broken they arrive."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from channels.email.mime.bounce_words import ADDRESS, RECIPIENT_LIMIT, clean
from channels.email.mime.parts import Part

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
FIELDS_LIMIT = 64 * 1024

_FIELD = re.compile(
    r"(final-recipient|original-recipient|action|status|diagnostic-code)\s{0,3}:\s{0,3}(.*)", re.IGNORECASE
)
_OTHER_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,40}:\s")
_IN_TEXT = re.compile(rb"^final-recipient\s{0,3}:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says of one recipient."""

    recipient: str = field(repr=False)
    action: str
    status: str
    diagnosis: str = field(repr=False)


def read_fields(root: Part, raw: bytes, *, anywhere: bool) -> list[Said]:
    """Read what is said of each recipient; `anywhere`: also where a server broke its own parts."""
    said = [one for part in root.walk() if part.content_type in STATUS_TYPES for one in _groups(part.content)]
    if not any(one.recipient for one in said) and anywhere:
        place = _IN_TEXT.search(raw)
        if place is not None:
            said = list(_groups(raw[max(0, place.start() - 2048) : place.start() + FIELDS_LIMIT])) or said
    return said


def _groups(content: bytes) -> Iterator[Said]:
    """Cut at blank lines and where a recipient begins anew without one; lines not indented still go on."""
    fields: dict[str, str] = {}
    last = ""
    count = 0
    for line in content[:FIELDS_LIMIT].decode("utf-8", "replace").splitlines():
        match = _FIELD.match(line)
        name = match[1].lower() if match else ""
        if (not line.strip() or (name == "final-recipient" and name in fields)) and fields:
            yield _said(fields)
            fields, last, count = {}, "", count + 1
            if count >= RECIPIENT_LIMIT:
                return
        if match:
            fields.setdefault(name, match[2].strip())
            last = name
        elif line.strip() and last == "diagnostic-code" and not _OTHER_FIELD.match(line):
            fields[last] = f"{fields[last]} {line.strip()}"[:2000]
        elif not line[:1].isspace():
            last = ""
    if fields:
        yield _said(fields)


def _said(fields: dict[str, str]) -> Said:
    addresses = [_address(fields.get(name, "")) for name in ("final-recipient", "original-recipient")]
    # A name that only the far server's inside knows is no address; the one we wrote to is.
    whole = [one for one in addresses if one and "." in one.rpartition("@")[2]]
    chosen = (whole or [one for one in addresses if one] or [""])[0]
    action = fields.get("action", "").partition(" ")[0].lower()
    return Said(chosen, action, fields.get("status", ""), fields.get("diagnostic-code", ""))


def _address(text: str) -> str:
    text = text.partition(";")[2] or text
    text = (
        text.rpartition(":")[2] if text.strip().startswith("@") else text
    )  # a source route (RFC 5321 appendix C)
    found = ADDRESS.search(text)
    return clean(found[0]) if found else ""


def read_notification(text: str) -> list[Said]:
    """Read a bounce told as JSON by a sending service (Amazon SES through SNS); nothing when it is none."""
    told = _json(text)
    told = _json(told.get("Message")) or told
    bounce = told.get("bounce")
    if "Bounce" not in (told.get("notificationType"), told.get("eventType")) or not isinstance(bounce, dict):
        return []
    given = "5.0.0" if bounce.get("bounceType") == "Permanent" else "4.0.0"
    recipients = bounce.get("bouncedRecipients")
    return [
        Said(
            str(one.get("emailAddress", "")),
            "failed",
            str(one.get("status", given)),
            str(one.get("diagnosticCode", "")),
        )
        for one in (recipients if isinstance(recipients, list) else [])[:RECIPIENT_LIMIT]
        if isinstance(one, dict)
    ]


def _json(text: Any) -> dict[str, Any]:
    if (
        not isinstance(text, str)
        or not text.lstrip().startswith("{")
        or text.count("{") + text.count("[") > 200
    ):
        return {}
    try:
        read, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
