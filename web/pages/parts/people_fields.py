"""The fields of a person: as they were typed, and what is wrong with them, said beside each."""

from collections.abc import Mapping

from messaging.addresses import checked_address
from messaging.errors import Malformed
from messaging.people import EmailMode, Person
from messaging.practice.founding import NAME_LIMIT, checked_name
from web.pages.parts.people_view import Typed


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
