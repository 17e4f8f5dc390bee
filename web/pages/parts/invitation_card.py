"""The card of an invitation: the way in as a picture and as words, how one is answered, and whom to call in need."""

from collections.abc import Sequence
from typing import Final

from messaging.conversations import AnswerRule, Circle
from messaging.people import Person, Role
from messaging.practice.joining import Invited
from web.pages.parts.asking import Visit
from web.pages.parts.dates import weekday_name
from web.pages.parts.people_view import Card, HelpLine
from web.pages.parts.qr import qr_of
from web.pages.parts.saying import _
from web.pages.parts.showing import joined, within_working_days

NUMBERS: Final = 2
"""Of the practice's own on the card; the page Help now has all of them."""


async def card_for(
    visit: Visit, person: Person, username: str, invited: Invited, circles: Sequence[Circle]
) -> Card:
    """The card, for the one page on which it is shown."""
    base = visit.house.settings.web.base_url
    # Behind the # no server and no log sees it.
    link = f"{base}/invitation#{invited.token}"
    circle = next(iter(circles), None)
    return Card(
        name=person.name,
        username=username,
        practice=visit.practice.name,
        link=link,
        qr=await visit.aside(qr_of, link),
        expires=invited.expires,
        help_at=f"{base.partition('//')[2]}/help-now",
        words_at=f"{base.partition('//')[2]}/in" if invited.words else "",
        words=invited.words,
        is_client=person.role is Role.CLIENT,
        cared_by=joined(one.name for one in circle.clinicians) if circle else "",
        answered=answered(circle.conversation.answer) if circle else "",
        numbers=tuple(HelpLine(n.name, n.number, n.when) for n in visit.practice.numbers[:NUMBERS]),
    )


def answered(rule: AnswerRule) -> str:
    """When letters are answered, in words that end a sentence."""
    if rule.weekday is None:
        return within_working_days(rule)
    return _("on %(weekday)ss", weekday=weekday_name(rule.weekday))
