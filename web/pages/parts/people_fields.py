"""The fields of a person: as they were typed, and what is wrong with them, said beside each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from messaging.addresses import checked_address
from messaging.errors import Conflict, Malformed, RefReused
from messaging.people import EmailMode, Identity, Language, Person, Role
from messaging.practice.changing import Changes
from messaging.practice.founding import NAME_LIMIT, NewPerson, checked_name
from messaging.practice.identity import THEIRS_ALONE
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
        identity=fields.get("identity", Identity.IDENTIFIED.value),
        pseudonym=fields.get("pseudonym", "").strip(),
        language=fields.get("language", ""),
    )


def typed_of(person: Person) -> Typed:
    """As they are."""
    sealed = person.identity is Identity.SEALED
    return Typed(
        name="" if sealed else person.name,
        email=person.shown_email or "",
        mode=person.email_mode,
        role=person.role,
        identity=person.identity,
        pseudonym=person.name if sealed else "",
        language=person.language or "",
    )


def mistakes_in(fields: Mapping[str, str], *, is_client: bool, was: Person | None = None) -> dict[str, str]:
    """Everything at once. `was`: how they are now; for mail that shows more their yes is asked for."""
    typed, found = typed_in(fields), dict[str, str]()
    kept = (
        was is not None and was.identity is Identity.SEALED
    )  # their own name stays as it is where none is typed
    try:
        checked_name(typed.name or (typed.pseudonym if kept else ""))
    except Malformed as refusal:
        found["name"] = refusal.detail
    if len(typed.username) > NAME_LIMIT or not (typed.username.isprintable()):
        found["username"] = "A username has at most 200 letters, digits and signs."
    if typed.email:
        try:
            checked_address(typed.email)
        except Malformed as refusal:
            found["email"] = refusal.detail
    if is_client and typed.language and typed.language not in set(Language):
        found[""] = "Please choose one of these."
    if is_client and typed.identity not in set(Identity):
        found["identity"] = "Please choose one of these."
    elif is_client and typed.identity == Identity.PSEUDONYMOUS and typed.email:
        found["email"] = THEIRS_ALONE
    if is_client and (mistake := _mode(typed, fields, was.email_mode if was else None)):
        found["mode"] = mistake
    return found


def person_typed(typed: Typed, key: UUID, *, is_client: bool) -> NewPerson:
    """The form's key is the reference: sent twice, one person is added. Raises Malformed."""
    if not is_client and typed.role not in set(Role) - {Role.CLIENT}:
        raise Malformed("Please choose what they do here.")
    return NewPerson(
        role=Role.CLIENT if is_client else Role(typed.role),
        username=typed.username,
        name=typed.name,
        email=typed.email or None,
        email_mode=EmailMode(typed.mode) if is_client else EmailMode.NOTICE,
        ref=f"page/{key}",
        identity=Identity(typed.identity) if is_client else Identity.IDENTIFIED,
        pseudonym=typed.pseudonym,
        language=language_typed(typed) if is_client else None,
    )


def changes_typed(typed: Typed, was: Person) -> Changes:
    """What somebody's form says is otherwise. What it could not show, an empty field leaves as it is."""
    changes = _changes_typed(typed, was)
    if was.role is not Role.CLIENT or was.identity is Identity.PSEUDONYMOUS:
        return changes
    return replace(changes, language=language_typed(typed) or "")


def language_typed(typed: Typed) -> Language | None:
    """In which a client is to be spoken to; None: as the practice says."""
    return Language(typed.language) if typed.language else None


def _changes_typed(typed: Typed, was: Person) -> Changes:
    is_client = was.role is Role.CLIENT
    if not is_client or was.identity is Identity.IDENTIFIED:
        # What mail cannot be sent to was kept before such were refused: an empty field leaves it as it is.
        emptied = not typed.email and was.email is not None
        mode = EmailMode(typed.mode) if is_client else None
        turned = Identity(typed.identity) if is_client else None
        called = typed.pseudonym or None if turned is Identity.SEALED else None
        return Changes(typed.name, typed.email or None, emptied, mode, identity=turned, pseudonym=called)
    if was.identity is Identity.PSEUDONYMOUS:
        return Changes(typed.name)
    mode, called = EmailMode(typed.mode), typed.pseudonym or None
    return Changes(typed.name or None, typed.email or None, email_mode=mode, pseudonym=called)


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
