"""Sign-ins as kept: the authenticated periods of browsers and programs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from messaging.ids import PersonId, PracticeId, SignInId


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


class SignInKind(StrEnum):
    """A browser's cookie, a bearer token, or an invitation that becomes a password once."""

    COOKIE = "cookie"
    BEARER = "bearer"
    INVITATION = "invitation"
