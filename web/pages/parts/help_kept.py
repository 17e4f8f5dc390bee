"""Where a page finds the worker that keeps Help now on the device, with the numbers of its practice."""

import hashlib

from messaging.ids import PracticeId
from messaging.people import HelpNumber, Practice
from web.pages.parts.rendering import asset
from web.pages.parts.views import KEPT_AT


def kept_at(practice: Practice) -> str:
    """With other numbers, or in another release, it is another address: what is there is fetched anew."""
    return kept_for(practice.id, practice.numbers, practice.time_zone)


def kept_for(practice: PracticeId, numbers: tuple[HelpNumber, ...], time_zone: str) -> str:
    """The same, of what is known of a practice."""
    said = f"{numbers!r} {time_zone} {asset('css/help.css')} {asset('js/help_worker.js')}"
    return f"{KEPT_AT}?of={practice}&v={hashlib.sha256(said.encode()).hexdigest()[:12]}"
