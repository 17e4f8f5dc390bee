"""How an enquiry stands, as the record shows it."""

from dataclasses import replace

from messaging.conversations import Circle
from messaging.facts_given import EnquiryFacts
from messaging.ids import PersonId
from web.pages.parts.saying import _, called
from web.pages.parts.views import Event


def of_enquiry(event: Event, facts: EnquiryFacts, circle: Circle) -> Event:
    """The event with who asked or decided, how who asked can be reached, and whom they would like."""
    reach = _("To be reached: {text}").replace("{text}", facts.reach) if facts.reach else ""
    liked = _name(facts.whom, circle)
    whom = _("Would like to write to {text}").replace("{text}", liked) if liked else ""
    return replace(
        event,
        what=event.what if facts.state == "asked" else f"{event.what}:{facts.state}",
        who=_name(facts.who, circle) or event.who,
        text="\n".join(one for one in (reach, whom) if one),
    )


def _name(person: PersonId | None, circle: Circle) -> str:
    found = circle.people.get(person) if person else None
    return called(found.name) if found else ""
