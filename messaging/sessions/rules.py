"""A practice's own rules for its sessions: how long to wait, when to use the phone, where a client may be."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from messaging.conversations import SessionRules
from messaging.errors import Malformed, NotFound
from messaging.office import Office
from messaging.people import Person, Role
from messaging.trust.noted import Noted

LONGEST: Final = {
    "grace_minutes": 120,
    "plan_b_minutes": 60,
    "reminder_minutes": 14 * 24 * 60,
    "cancel_minutes": 7 * 24 * 60,
}
"""Minutes. Longer would not be what the rule is for."""
REGIONS: Final = 300
REGION_LIMIT: Final = 80
"""Characters of one region: the name of a country or a part of it."""

_NAMES: Final = frozenset(one.name for one in fields(SessionRules))


async def rules_of(office: Office, person: Person) -> SessionRules:
    """The rules of this person's practice."""
    return await office.memory.sessions.rules(person.practice)


async def set_rules(office: Office, person: Person, wanted: Mapping[str, Any]) -> SessionRules:
    """Changes those that are named; noted in the trail. Raises NotFound for clients, Malformed."""
    if not (person.role.is_clinician or person.role is Role.ADMINISTRATOR):
        raise NotFound
    rules = checked_rules(wanted, await office.memory.sessions.rules(person.practice))
    await office.memory.trail.note(
        person.practice, office.clock(), person.id, Noted.SESSION_RULES, person.practice
    )
    await office.memory.sessions.set_rules(person.practice, rules)
    return rules


def checked_rules(wanted: Mapping[str, Any], before: SessionRules | None = None) -> SessionRules:
    """The rules with these changes. Raises Malformed."""
    rules = before or SessionRules()
    unknown = wanted.keys() - _NAMES
    if unknown:
        raise Malformed(f"A practice's rules for sessions are {', '.join(sorted(_NAMES))}.")
    return SessionRules(
        **{name: _minutes(name, wanted.get(name, getattr(rules, name))) for name in LONGEST},
        code_word=_yes_or_no(wanted.get("code_word", rules.code_word)),
        regions=_regions(wanted.get("regions", rules.regions)),
    )


def _minutes(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LONGEST[name]:
        raise Malformed(f"`{name}` is 0 to {LONGEST[name]} minutes.")
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise Malformed("`code_word` is true or false.")
    return value


def _regions(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > REGIONS:
        raise Malformed(f"`regions` is a list of at most {REGIONS} places.")
    return tuple(dict.fromkeys(_region(one) for one in value))


def _region(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value.strip()) <= REGION_LIMIT:
        raise Malformed(f"A region is a text of 1 to {REGION_LIMIT} characters.")
    return value.strip()
