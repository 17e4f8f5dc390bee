"""How much is known of who a client is: identified, a sealed identity, or a pseudonym alone.

Of a sealed identity the name everybody sees is another one; their own lies sealed in a place of its own, which no reading
opens. Their address lies with their details, because the server itself sends them mail; it is shown to nobody.
"""

from base64 import b64decode, b64encode
from typing import Final

from messaging.details import Details
from messaging.errors import Conflict, Malformed
from messaging.ids import PersonId, PracticeId
from messaging.office import Office
from messaging.people import Identity, Role
from messaging.trust.encryption import DataKey, Place
from messaging.trust.sayable import written

TRUE_NAME: Final = "people.identity"
PSEUDONYM_OCTETS: Final = 2
THEIRS_ALONE: Final = "Under a pseudonym mail is theirs alone to choose, on their own page about mail."
ONE_WAY: Final = (
    "Who is identified can be sealed. What is sealed, or was never known, cannot be turned back here."
)


def check_identity(role: Role, identity: Identity, email: str | None) -> None:
    """Before somebody is added. Raises Malformed."""
    if identity is not Identity.IDENTIFIED and role is not Role.CLIENT:
        raise Malformed("Only a client's identity can be sealed or left out.")
    if identity is Identity.PSEUDONYMOUS and email is not None:
        raise Malformed(THEIRS_ALONE)


def check_turn(role: Role, before: Identity, after: Identity) -> None:
    """Before somebody's identity is changed. Raises Malformed, Conflict."""
    check_identity(role, after, None)
    if before is not after and (before, after) != (Identity.IDENTIFIED, Identity.SEALED):
        raise Conflict(ONE_WAY)


def made_pseudonym(office: Office) -> str:
    """What somebody is called where nobody has chosen a name for them."""
    return f"Client {written(office.random(PSEUDONYM_OCTETS))}"


def seal_name(office: Office, key: DataKey, practice: PracticeId, person: PersonId, name: str) -> str:
    """Their own name, as their details keep it."""
    return b64encode(office.keyring.seal(key, _place(practice, person), name.encode())).decode("ascii")


def open_name(key: DataKey, practice: PracticeId, person: PersonId, details: Details) -> str | None:
    """Their own name; None where nobody knows it. Raises CannotOpen."""
    if details.identity is not Identity.SEALED or not details.true_name:
        return None if details.identity is not Identity.IDENTIFIED else details.name
    return key.open(_place(practice, person), b64decode(details.true_name)).decode()


def _place(practice: PracticeId, person: PersonId) -> Place:
    return Place(TRUE_NAME, practice, person, person)
