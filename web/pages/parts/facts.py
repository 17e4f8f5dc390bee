"""What the facts of an entry say."""

from collections.abc import Mapping
from typing import Final

from messaging.facts import AgreementFacts, AutomaticMailFacts, Facts, LetterFacts, session_of
from messaging.letters.writing import Purpose
from messaging.messages import Entry, EventName
from web.pages.parts.saying import _

AGREED: Final = frozenset(
    {
        EventName.SESSION_BOOKED,
        EventName.SESSION_MOVED,
        EventName.SESSION_CANCELLED,
        EventName.SESSION_RESTORED,
        EventName.SESSION_MISSED,
    }
)


def session_named(one: Entry) -> str:
    """The session an entry was part of. The event that opens one is written before any is live, and names it.

    What was only agreed about one was no part of it, and stands alone in the record.
    """
    if one.body.event in AGREED:
        return ""
    session = one.session or session_of(one.body.facts)
    return str(session) if session else ""


def mailed_by(facts: AutomaticMailFacts) -> str:
    """The code of an automatic mail: what kind of machine wrote it; of a calendar, what somebody pressed."""
    return calendar_code(facts) or f"automatic_mail:{facts.kind}"


def calendar_code(facts: AutomaticMailFacts | LetterFacts) -> str:
    """What was answered in a calendar, of an appointment whose time is known or not; empty where nothing was."""
    return f"calendar:{facts.calendar}{':when' if facts.starts else ''}" if facts.calendar else ""


def agreed_text(facts: Facts) -> str:
    """Which text somebody agreed to, with the number of its version; empty where it is about none."""
    return f"{facts.title} ({facts.version})" if isinstance(facts, AgreementFacts) else ""


def purpose_said(facts: LetterFacts) -> tuple[str, ...]:
    """What a letter is about, where its writer said that it is not the work itself."""
    if facts.purpose is None:
        return ()
    said: Mapping[str, str] = {
        Purpose.ADMINISTRATIVE: _("About dates, fees, what was agreed, or stopping."),
        Purpose.CLARIFICATION: _("To make clear what was meant."),
    }
    return (said.get(facts.purpose, facts.purpose),)


def size(octets: int) -> str:
    """As one says it: 214 kB, 3.1 MB."""
    if octets < 1000:
        return f"{octets} B"
    return f"{octets / 1000:.0f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"
