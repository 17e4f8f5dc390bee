"""The fields of a person: as they were typed, and what is wrong with them, said beside each."""

from collections.abc import Iterable, Mapping
from typing import Final

from messaging.addresses import checked_address
from messaging.errors import Conflict, Malformed, RefReused
from messaging.people import EmailMode, Person
from messaging.practice.founding import NAME_LIMIT, checked_name
from messaging.practice.letting_back import Wish
from web.pages.parts.people_view import Typed, WishRow

ADDED_BEFORE: Final = "Somebody was added from this page already. Please begin on a new page."
TAKEN: Final = "Somebody here has this username already. Please choose another, or leave it empty."


def typed_in(fields: Mapping[str, str]) -> Typed:
    """What stood in the form."""
    return Typed(
        name=fields.get("name", "").strip(),
        username=fields.get("username", "").strip(),
        email=fields.get("email", "").strip(),
        mode=fields.get("mode", EmailMode.NOTICE.value),
        role=fields.get("role", ""),
        clinician=fields.get("clinician", ""),
    )


def typed_of(person: Person) -> Typed:
    """As they are."""
    return Typed(name=person.name, email=person.email or "", mode=person.email_mode, role=person.role)


def mistakes_in(
    fields: Mapping[str, str], *, is_client: bool, was: EmailMode | None = None
) -> dict[str, str]:
    """Everything at once. `was`: how mail goes to them now; for another way that shows more their yes is asked for."""
    typed, found = typed_in(fields), dict[str, str]()
    try:
        checked_name(typed.name)
    except Malformed as refusal:
        found["name"] = refusal.detail
    if len(typed.username) > NAME_LIMIT or not (typed.username.isprintable()):
        found["username"] = "A username has at most 200 letters, digits and signs."
    if typed.email:
        try:
            checked_address(typed.email)
        except Malformed as refusal:
            found["email"] = refusal.detail
    if is_client and (mistake := _mode(typed, fields, was)):
        found["mode"] = mistake
    return found


def _mode(typed: Typed, fields: Mapping[str, str], was: EmailMode | None) -> str:
    if typed.mode not in set(EmailMode):
        return "Please choose one of these."
    if typed.mode == EmailMode.FULL and was is not EmailMode.FULL and fields.get("ticked") != "yes":
        return "Whole letters go by mail only if they know what that means and want it. Please tick that they do."
    if typed.mode == EmailMode.OPENPGP and was is not EmailMode.OPENPGP:
        return "They give us their key themselves, under Your mail. Until then a notice is the way."
    return ""


def refused(refusal: Malformed | Conflict) -> Mapping[str, str]:
    """Why somebody was not added, beside the field it is about."""
    if isinstance(refusal, RefReused):
        return {"": ADDED_BEFORE}
    return {"username": TAKEN} if isinstance(refusal, Conflict) else {"": refusal.detail}


def wish_row(wish: Wish | None) -> WishRow | None:
    """Somebody's wish to come back in, as whoever answers for them sees it."""
    if wish is None:
        return None
    return WishRow(str(wish.person.id), wish.person.name, wish.since, wish.open_from)


def wish_rows(wishes: Iterable[Wish]) -> tuple[WishRow, ...]:
    """Those that wait for a yes: what was answered is nothing to do any more."""
    return tuple(row for one in wishes if one.open_from is None and (row := wish_row(one)))
