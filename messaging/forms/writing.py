"""Who administers and who cares makes the practice's forms, changes them by a further version, and gives them up.

No version is ever changed: what was answered can be read beside the questions it answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from messaging.errors import Conflict, NoRoom, NotFound
from messaging.forms.form import Form
from messaging.ids import PersonId, PracticeId
from messaging.memory.forms import StoredForm
from messaging.memory.keys import OwnerKey
from messaging.messages import NO_BODY
from messaging.notes.sealed import facts_of
from messaging.office import Office
from messaging.people import Person, Role
from messaging.trust.encryption import CannotOpen, Place
from messaging.trust.noted import Noted

FORMS: Final = "form_versions.sealed"
MOST: Final = 100
"""Forms of one practice."""
MOST_VERSIONS: Final = 200
OVERTAKEN: Final = (
    "Somebody else wrote a version meanwhile, so yours was not kept. Please look at theirs first."
)
ENDED: Final = "This form is given no more. Please make a new one."


@dataclass(frozen=True, slots=True)
class OwnForm:
    """A form of the practice's, in one version. `form` None: it could not be opened."""

    id: UUID
    version: int
    made_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    form: Form | None = field(repr=False)


def must_write_forms(by: Person) -> None:
    """Who administers, and who cares; who looks on does not. Raises NotFound."""
    if by.role not in (Role.ADMINISTRATOR, Role.THERAPIST, Role.PSYCHIATRIST):
        raise NotFound


async def forms_of(office: Office, by: Person) -> list[OwnForm]:
    """All of the practice in their newest versions, the oldest first. Raises NotFound, Busy."""
    must_write_forms(by)
    return await opened(office, by.practice, await office.memory.forms.all(by.practice))


async def form_of(office: Office, by: Person, named: UUID | None) -> list[OwnForm]:
    """One in all its versions, in order. Raises NotFound, Busy."""
    must_write_forms(by)
    found = [] if named is None else await office.memory.forms.versions(by.practice, [named])
    if not found:
        raise NotFound
    return await opened(office, by.practice, found)


async def form_named(
    office: Office, practice: PracticeId, named: object, version: int | None = None
) -> OwnForm | None:
    """In this version, or in the newest; None: there is none. For who gives one, is asked, or answers. Raises Busy."""
    wanted = named if isinstance(named, UUID) else None
    stored = [] if wanted is None else await office.memory.forms.versions(practice, [wanted])
    found = [one for one in stored if version in (None, one.version)][-1:]
    return next(iter(await opened(office, practice, found)), None)


async def make(office: Office, by: Person, form: Form) -> OwnForm:
    """A new one in its first version. Raises NotFound, Conflict where there are too many, NoRoom, Busy."""
    must_write_forms(by)
    _must_have_room(office)
    if len(await office.memory.forms.all(by.practice)) >= MOST:
        raise Conflict(f"A practice has at most {MOST} forms. Please change one.")
    now, named = office.clock(), office.new_id()
    made = await office.keyring.new_owner(by.practice, named)
    stored = StoredForm(
        id=named, made_at=now, ended_at=None, version=1, author=by.id, changed_at=now, sealed=b""
    )
    sealed = office.keyring.seal(made.key, form_place(by.practice, stored), form.encoded())
    await office.memory.trail.note(by.practice, now, by.id, Noted.FORM_ADDED, named)
    stored = replace(stored, sealed=sealed)
    await office.memory.forms.add(by.practice, stored, OwnerKey(made.owner, made.wrapped))
    return (await opened(office, by.practice, [stored]))[0]


async def change(
    office: Office, by: Person, named: UUID | None, form: Form, after: int | None = None
) -> OwnForm:
    """The next version, asked from now on; the same once more is none. `after`: the version it was written over.

    Raises NotFound, Conflict where somebody else wrote one meanwhile or it is given no more, NoRoom, Busy.
    """
    _must_have_room(office)
    stands = (await form_of(office, by, named))[-1]
    if stands.ended_at is not None:
        raise Conflict(ENDED)
    if after not in (None, stands.version):
        raise Conflict(OVERTAKEN)
    if stands.form == form:
        return stands
    if stands.version >= MOST_VERSIONS:
        raise Conflict("There are too many versions of this form. Please make a new one.")
    now = office.clock()
    stored = StoredForm(
        id=stands.id,
        made_at=stands.made_at,
        ended_at=None,
        version=stands.version + 1,
        author=by.id,
        changed_at=now,
        sealed=b"",
    )
    key = await office.keyring.key(by.practice, stands.id)
    sealed = office.keyring.seal(key, form_place(by.practice, stored), form.encoded())
    await office.memory.trail.note(by.practice, now, by.id, Noted.FORM_CHANGED, stands.id)
    stored = replace(stored, sealed=sealed)
    if not await office.memory.forms.add_version(by.practice, stored):
        raise Conflict(OVERTAKEN)
    return (await opened(office, by.practice, [stored]))[0]


async def end(office: Office, by: Person, named: UUID | None) -> None:
    """It is given no more; where it was given it is still asked. Twice is once. Raises NotFound, Busy."""
    stands = (await form_of(office, by, named))[-1]
    if stands.ended_at is None:
        await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.FORM_ENDED, stands.id)
        await office.memory.forms.end(by.practice, stands.id, office.clock())


async def opened(office: Office, practice: PracticeId, stored: Sequence[StoredForm]) -> list[OwnForm]:
    """These; one that does not open is shown as such. Raises Busy."""
    await office.keyring.prefetch(practice, list({one.id for one in stored}))
    found = []
    for one in stored:
        try:
            key = await office.keyring.key(practice, one.id)
            form = Form.decoded(key.open(form_place(practice, one), one.sealed))
        except (CannotOpen, *NO_BODY):
            form = None
        found.append(
            OwnForm(
                id=one.id,
                version=one.version,
                made_at=one.made_at,
                changed_at=one.changed_at,
                ended_at=one.ended_at,
                form=form,
            )
        )
    return found


def form_place(practice: PracticeId, stored: StoredForm) -> Place:
    """Under its form's own key, bound to its author, its number and its time."""
    facts = facts_of(PersonId(stored.author), stored.version, stored.changed_at)
    return Place(FORMS, practice, stored.id, stored.id, facts)


def _must_have_room(office: Office) -> None:
    if not office.room_left():
        raise NoRoom
