"""A practice's settings as a program says them: by the API, and in lines of provisioning."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final, Literal

from messaging.errors import Malformed
from messaging.leaving.answer_rules import Weekday
from messaging.people import ExitPage, HelpNumber, Identity, Language, Practice, PublicPage
from messaging.practice.settings import PracticeChanges

KEYS: Final = (
    "name",
    "time_zone",
    "numbers",
    "workdays",
    "holidays",
    "mail_name",
    "mail_subject",
    "identity",
    "keep_years",
    "exits",
    "language",
    "page",
)
ITEMS: Final = 1_000
"""Of one list. How many are kept is less (`settings`); these are looked at to say so."""


def changes_said(said: Mapping[str, Any]) -> PracticeChanges:
    """`{name?, time_zone?, numbers?, workdays?, holidays?, mail_name?, mail_subject?, identity?, keep_years?, exits?,
    language?, page?}`; other keys: the caller's.

    `numbers` `[{name, number, when?}]`; `workdays` `["monday", ...]`; `holidays` `[{day: "2026-12-24", name?}]`; `exits`
    `[{name, url}]`. An empty `mail_name` or `mail_subject` is the server's own again; an empty `language` is nobody's
    choice. `page` `{about?, unsuitable?, questions?, waiting?}`; "" is none. Raises Malformed.
    """
    return PracticeChanges(
        name=_text(said, "name"),
        time_zone=_text(said, "time_zone"),
        numbers=_list(said, "numbers", _number),
        workdays=_list(said, "workdays", _weekday),
        holidays=None if (days := _list(said, "holidays", _holiday)) is None else dict(days),
        mail_name=_text(said, "mail_name"),
        mail_subject=_text(said, "mail_subject"),
        identity=_identity(said),
        keep_years=_years(said),
        exits=_list(said, "exits", _exit),
        language=language_said(said),
        page=_page(said),
    )


def settings_said(practice: Practice) -> dict[str, Any]:
    """The other way."""
    weekdays = list(Weekday)
    return {
        "name": practice.name,
        "time_zone": practice.time_zone,
        "numbers": [{"name": n.name, "number": n.number, "when": n.when} for n in practice.numbers],
        "workdays": [weekdays[day].value for day in practice.workdays],
        "holidays": [{"day": day.isoformat(), "name": name} for day, name in practice.holidays.items()],
        "mail_name": practice.mail_name or "",
        "mail_subject": practice.mail_subject or "",
        "identity": practice.identity,
        "keep_years": practice.keep_years or 0,
        "exits": [{"name": one.name, "url": one.place} for one in practice.exits],
        "language": practice.language or "",
        "page": _page_said(practice.page),
    }


def _text(said: Mapping[str, Any], name: str) -> str | None:
    found = said.get(name)
    if found is not None and not isinstance(found, str):
        raise Malformed(f"`{name}` is a text.")
    return found


def _identity(said: Mapping[str, Any]) -> Identity | None:
    found = _text(said, "identity")
    if found is not None and found not in set(Identity):
        raise Malformed(f"`identity` is one of {', '.join(Identity)}.")
    return None if found is None else Identity(found)


def language_said(said: Mapping[str, Any]) -> Language | Literal[""] | None:
    """One of ours, "" for none, None where nothing is said. Raises Malformed."""
    found = _text(said, "language")
    if found and found not in set(Language):
        raise Malformed(f"`language` is one of {', '.join(Language)}, or empty.")
    return Language(found) if found else "" if found == "" else None


def _page(said: Mapping[str, Any]) -> PublicPage | Literal[""] | None:
    found = said.get("page")
    if found is None or found == "":
        return found
    held = _fields(found, "about", "unsuitable", "questions", "waiting")
    questions = _list(held, "questions", _question) or ()
    about, unsuitable, waiting = (_text(held, name) or "" for name in ("about", "unsuitable", "waiting"))
    return PublicPage(about, unsuitable, questions, waiting)


def _question(one: object) -> str:
    if not isinstance(one, str):
        raise Malformed("A question is a text.")
    return one


def _page_said(page: PublicPage | None) -> dict[str, Any] | str:
    return "" if page is None else {**asdict(page), "questions": list(page.questions)}


def _years(said: Mapping[str, Any]) -> int | None:
    found = said.get("keep_years")
    if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
        raise Malformed("`keep_years` is a whole number; 0 where nothing is ever to be erased.")
    return found


def _list(said: Mapping[str, Any], name: str, each: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    found = said.get(name)
    if found is None:
        return None
    if not isinstance(found, list) or len(found) > ITEMS:
        raise Malformed(f"`{name}` is a list.")
    return tuple(each(one) for one in found)


def _number(one: object) -> HelpNumber:
    fields = _fields(one, "name", "number", "when")
    name, number = _text(fields, "name"), _text(fields, "number")
    if name is None or number is None:
        raise Malformed("A number is {name, number, when?}.")
    return HelpNumber(name, number, _text(fields, "when") or "")


def _exit(one: object) -> ExitPage:
    fields = _fields(one, "name", "url")
    name, url = _text(fields, "name"), _text(fields, "url")
    if name is None or url is None:
        raise Malformed("A page to leave to is {name, url}.")
    return ExitPage(name, url)


def _weekday(one: object) -> int:
    if not isinstance(one, str) or one not in set(Weekday):
        raise Malformed(f"A weekday is one of {', '.join(Weekday)}.")
    return list(Weekday).index(Weekday(one))


def _holiday(one: object) -> tuple[date, str]:
    fields = _fields(one, "day", "name")
    try:
        return date.fromisoformat(_text(fields, "day") or ""), _text(fields, "name") or ""
    except ValueError:
        raise Malformed("A day is written like 2026-12-24.") from None


def _fields(one: object, *known: str) -> Mapping[str, Any]:
    if not isinstance(one, dict) or not one.keys() <= set(known):
        raise Malformed(f"Each of them is an object of {', '.join(known)}.")
    return one
