"""What a release is for: the client's own words, sealed under the key of the conversation."""

from datetime import UTC
from typing import Final

from messaging.memory.releasing import StoredRelease
from messaging.office import Office
from messaging.record.reading import UNREAD
from messaging.releases import Release
from messaging.trust.alarms import Alarm, ring
from messaging.trust.encryption import CannotOpen, Place

SEALED: Final = "releases.sealed"


async def seal_purpose(office: Office, release: Release, purpose: str) -> bytes:
    """Bound to the release, and to whom and until when it is."""
    key = await office.keyring.key(release.practice, release.conversation)
    return office.keyring.seal(key, purpose_place(release), purpose.encode())


async def open_purpose(office: Office, stored: StoredRelease) -> str:
    """The words, if the row is the one that was made. Raises CannotOpen."""
    key = await office.keyring.key(stored.release.practice, stored.release.conversation)
    try:
        return key.open(purpose_place(stored.release), stored.sealed).decode()
    except CannotOpen:
        ring(Alarm.RELEASE, stored.release.id)
        raise


async def shown_purpose(office: Office, stored: StoredRelease) -> str:
    """The same for a list: what does not open is shown as such, for the other releases must not disappear with it."""
    try:
        return await open_purpose(office, stored)
    except CannotOpen:
        return UNREAD


def purpose_place(release: Release) -> Place:
    """Where it lives. Who changes the receiver, a time or a part in the row is found out before anybody reads by it."""
    times = (release.since, release.until, release.expires)
    facts = [str(release.giver), str(release.receiver), " ".join(sorted(release.parts))]
    facts += [one.astimezone(UTC).isoformat() if one else "" for one in times]
    return Place(SEALED, release.practice, release.conversation, release.id, "\n".join(facts).encode())
