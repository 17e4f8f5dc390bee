"""Sign-ins as kept: the authenticated periods of browsers and programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from messaging.ids import (
    PersonId,
    PracticeId,
    SignInId,
)


@dataclass(frozen=True, slots=True)
class StoredSignIn:
    """A sign-in as kept. Times are UTC."""

    practice: PracticeId
    id: SignInId
    person: PersonId
    kind: "SignInKind"
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    device: str = ""
    """What it runs on, as far as it said so: "Firefox on Linux"."""
    stepped_up_until: datetime | None = None
    """Until when what needs it may be done without saying the password again."""
    shared: bool = False
    """Whether others use the device too, or nobody has said that they do not: it ends soon, and with the browser."""
    known_device: bool = True
    """Whether it came from a browser they had signed in from before; a program's token has none to know."""


class SignInKind(StrEnum):
    """A browser's cookie, a bearer token, an invitation that becomes a password once, or the way back to one's enquiry."""

    COOKIE = "cookie"
    BEARER = "bearer"
    INVITATION = "invitation"
    ENQUIRY = "enquiry"

    @property
    def signs_in(self) -> bool:
        """Whether somebody is signed in by it."""
        return self in (SignInKind.COOKIE, SignInKind.BEARER)


@dataclass(frozen=True, slots=True)
class LastInvitation:
    """`ended_at`: it was used, withdrawn, or replaced by a fresh one. Times are UTC."""

    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class SignIns(Protocol):
    """Browsers' and programs' authenticated periods."""

    async def create(self, sign_in: StoredSignIn, token_hashed: bytes) -> None:
        """A new sign-in."""

    async def create_many(self, made: Sequence[tuple[StoredSignIn, bytes]]) -> None:
        """Thousands at once."""

    async def find(self, practice: PracticeId, token_hashed: bytes) -> StoredSignIn | None:
        """The sign-in with this token, unless it was ended."""

    async def invitation_of(self, practice: PracticeId, person: PersonId) -> StoredSignIn | None:
        """The invitation of theirs that has not ended, whatever its time."""

    async def keep_words(self, practice: PracticeId, person: PersonId, hashed: bytes) -> None:
        """Under which words (a keyed hash) their invitation is found; former ones find nothing."""

    async def standing(self, asked: Sequence[tuple[PracticeId, SignInId]]) -> set[SignInId]:
        """Those of them that were not ended, and whose people are active. Whether their time has run out is not said."""

    async def step_up(self, practice: PracticeId, sign_in: SignInId, until: datetime) -> None:
        """Whoever is behind it has said once more who they are."""

    async def share(self, practice: PracticeId, sign_in: SignInId, *, shared: bool, until: datetime) -> None:
        """Whether others use its device too, and until when it lasts at most."""

    async def touch(self, practice: PracticeId, sign_in: SignInId, at: datetime) -> None:
        """Somebody acted."""

    async def came_unknown(
        self, practice: PracticeId, person: PersonId, device: str, since: datetime
    ) -> bool:
        """Whether they came since then from a browser that was not known and said of itself what this one says."""

    async def touch_all(self, there: Sequence[tuple[PracticeId, SignInId]], at: datetime) -> None:
        """Somebody acted behind each of these."""

    async def seen(self, asked: Sequence[tuple[PracticeId, SignInId]]) -> Mapping[SignInId, datetime]:
        """When somebody acted last behind each of these."""

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[StoredSignIn]:
        """Those that have not ended, cookies and tokens, newest first. Whether their time has run out is not said."""

    async def end_all(
        self,
        practice: PracticeId,
        person: PersonId,
        kinds: Sequence[SignInKind],
        at: datetime,
        but: SignInId | None = None,
    ) -> int:
        """Ends all of these kinds but one, and rings the bell; how many were running."""

    async def invitations(
        self, practice: PracticeId, people: Sequence[PersonId]
    ) -> Mapping[PersonId, "LastInvitation"]:
        """The last invitation of each of these who was ever invited."""

    async def end(self, practice: PracticeId, sign_in: SignInId, at: datetime) -> bool:
        """Ends it and rings the bell; True when it was still running (so an invitation is used at most once)."""
