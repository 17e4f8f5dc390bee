"""Practices and people as rows: what is kept of each, by name."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from messaging.ids import PersonId, PracticeId
from messaging.memory.people import StoredPerson
from messaging.people import (
    MONDAY_TO_FRIDAY,
    EmailMode,
    ExitPage,
    HelpNumber,
    Identity,
    Language,
    Practice,
    PublicPage,
    Role,
)


def practice_of_row(row: Any) -> Practice:
    """The practice a row keeps, whether or not SQLAlchemy read it."""
    kept = _json(row.settings) or {}
    return Practice(
        id=PracticeId(row.practice_id),
        slug=row.slug,
        name=row.name,
        time_zone=row.time_zone,
        mail_domain=row.mail_domain,
        numbers=tuple(HelpNumber(**one) for one in _json(row.numbers) or ()),
        workdays=tuple(kept.get("workdays", MONDAY_TO_FRIDAY)),
        holidays={date.fromisoformat(day): name for day, name in kept.get("holidays", ())},
        identity=Identity(kept.get("identity", Identity.IDENTIFIED)),
        keep_years=kept.get("keep_years"),
        mail_name=kept.get("mail_name"),
        mail_subject=kept.get("mail_subject"),
        exits=tuple(ExitPage(name, place) for name, place in kept.get("exits", ())),
        language=Language(kept["language"]) if kept.get("language") in set(Language) else None,
        page=_page(kept.get("page")),
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _page(kept: dict[str, Any] | None) -> PublicPage | None:
    if kept is None:
        return None
    return PublicPage(kept["about"], kept["unsuitable"], tuple(kept["questions"]), kept["waiting"])


def settings_of(practice: Practice) -> dict[str, Any]:
    """What a practice has set for itself, as it is kept."""
    return {
        "workdays": list(practice.workdays),
        "holidays": [[day.isoformat(), name] for day, name in practice.holidays.items()],
        "identity": practice.identity,
        "keep_years": practice.keep_years,
        "mail_name": practice.mail_name,
        "mail_subject": practice.mail_subject,
        "exits": [[one.name, one.place] for one in practice.exits],
        "language": practice.language,
        "page": practice.page and asdict(practice.page),
    }


def person_of_row(row: Any) -> StoredPerson:
    """The person a row keeps."""
    return StoredPerson(
        practice=PracticeId(row.practice_id),
        id=PersonId(row.id),
        role=Role(row.role),
        email_mode=EmailMode(row.email_mode),
        active=row.active,
        created_at=row.created_at,
        password_hash=row.password_hash,
        sealed=row.sealed,
        added_by=row.added_by,
        second_factor=row.second_factor,
        grace_until=row.grace_until,
        hat_of=PersonId(row.hat_of) if row.hat_of else None,
    )


def columns_of(person: StoredPerson) -> dict[str, Any]:
    """A person as they are kept."""
    return {
        "practice_id": person.practice,
        "id": person.id,
        "role": person.role,
        "email_mode": person.email_mode,
        "active": person.active,
        "password_hash": person.password_hash,
        "sealed": person.sealed,
        "added_by": person.added_by,
        "grace_until": person.grace_until,
        "hat_of": person.hat_of,
    }
