"""What the facts of an entry say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from messaging.messages import Entry, EventName

AGREED: Final = frozenset(
    {
        EventName.SESSION_BOOKED,
        EventName.SESSION_MOVED,
        EventName.SESSION_CANCELLED,
        EventName.SESSION_RESTORED,
        EventName.SESSION_MISSED,
    }
)


def moment_in(fact: str | None) -> datetime | None:
    """A time as facts hold it."""
    return datetime.fromisoformat(fact) if fact else None


def session_named(one: Entry) -> str:
    """The session an entry was part of. The event that opens one is written before any is live, and names it.

    What was only agreed about one was no part of it, and stands alone in the record.
    """
    if one.body.event in AGREED:
        return ""
    return str(one.session) if one.session else one.body.facts.get("session", "")


def mailed_by(facts: Mapping[str, str]) -> str:
    """The code of an automatic mail: what kind of machine wrote it; of a calendar, what somebody pressed."""
    return calendar_code(facts) or f"automatic_mail:{facts.get('kind', '')}"


def calendar_code(facts: Mapping[str, str]) -> str:
    """What was answered in a calendar, of an appointment whose time is known or not; empty where nothing was."""
    answered = facts.get("calendar", "")
    return f"calendar:{answered}{':when' if facts.get('starts') else ''}" if answered else ""
