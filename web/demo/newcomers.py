"""Those who are on their way in: one who was invited yesterday, and one whose invitation nobody used. Nour sees to them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from messaging.office import Office
from messaging.people import HelpNumber, Person, Practice, Role
from messaging.practice.founding import NewPerson
from messaging.practice.joining import InvitationState, invite_anew, people_of
from messaging.practice.settings import PracticeChanges, change_practice
from messaging.practice.taking_on import take_on

INVITED: Final = "selma"
FORGOTTEN: Final = "jonas"
NEWCOMERS: Final = ((INVITED, "Selma", timedelta(days=1)), (FORGOTTEN, "Jonas", timedelta(days=6)))
"""Username, name, and how long ago each was added; an invitation is good for three days."""
NUMBERS: Final = (HelpNumber("The practice, a person answers", "+43 1 555 01 42", "weekdays, 9:00 to 17:00"),)


async def add_newcomers(office: Office, people: Mapping[str, Person]) -> Practice:
    """Clients of Eli's who have not come in yet, and a number of the practice's own under Help now: the practice then."""
    for username, name, ago in NEWCOMERS:
        then = replace(office, clock=_before(office, ago))
        new = NewPerson(Role.CLIENT, username, name, ref=f"demo/{username}")
        await take_on(then, people["nour"], new, people["eli"].id)
    return await change_practice(office, people["nour"], PracticeChanges(numbers=NUMBERS))


async def keep_one_invited(office: Office, people: Mapping[str, Person]) -> None:
    """Days later too somebody's invitation waits, and somebody's does not."""
    for one in await people_of(office, people["nour"]):
        if one.username == INVITED and one.invitation and one.invitation[0] is InvitationState.EXPIRED:
            await invite_anew(office, people["nour"], one.person.id)


def _before(office: Office, ago: timedelta) -> Callable[[], datetime]:
    then = office.clock() - ago
    return lambda: then
