"""What a client chooses for their own device: what this is called there, where Exit leads, whose numbers Help now has."""

from dataclasses import dataclass, field, replace
from typing import Final

from messaging.errors import Malformed
from messaging.leaving.wishes import change_own
from messaging.office import Office
from messaging.people import AppName, ExitPage, Person, Practice
from messaging.sessions.countries import COUNTRIES
from messaging.trust.noted import Noted

HERE: Final = ""
"""As an exit that was chosen: the empty page of ours."""
USUAL: Final = (
    ExitPage("Wikipedia", "https://www.wikipedia.org/"),
    ExitPage("The weather (yr.no)", "https://www.yr.no/en"),
)
"""Where a practice has named no pages of its own. Large, dull, and in a language everybody has seen."""


@dataclass(frozen=True, slots=True)
class OwnChoices:
    """`exit_page`: an address of `exits_of`, or HERE; `country`: None where the device says it."""

    app: AppName
    exit_page: str = field(repr=False)
    country: str | None = field(default=None, repr=False)


async def choose_own(office: Office, person: Person, practice: Practice, choices: OwnChoices) -> None:
    """From now on. Raises Malformed for a page or a country that is not offered, Busy."""
    if choices.exit_page != HERE and choices.exit_page not in {one.place for one in exits_of(practice)}:
        raise Malformed("Please choose one of the pages of the list.")
    if choices.country is not None and choices.country not in COUNTRIES:
        raise Malformed("Please choose a country of the list.")
    await change_own(
        office,
        person,
        lambda held: replace(held, app=choices.app, exit_page=choices.exit_page, country=choices.country),
        Noted.OWN_CHOICES_MADE,
    )


def exits_of(practice: Practice) -> tuple[ExitPage, ...]:
    """What a client of this practice can choose from, beside the empty page."""
    return practice.exits or USUAL


def exit_of(person: Person, practice: Practice) -> str:
    """Where Exit leads for them: an address of the practice's list, or HERE. A page that was taken off it leads nobody."""
    chosen = person.exit_page
    if chosen is not None and (chosen == HERE or chosen in {one.place for one in exits_of(practice)}):
        return chosen
    return practice.exits[0].place if practice.exits else HERE
