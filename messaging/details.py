"""A person's sealed details: what is known of somebody and kept under their own key."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import time
from typing import Any, Final

from messaging.ids import PersonId, PracticeId
from messaging.people import AppName, Identity, Language, Profile, QuietHours
from messaging.trust.encryption import Place

SEALED: Final = "people.sealed"
TOLD_AFTER: Final = 15
"""Minutes, for who has chosen nothing."""


@dataclass(frozen=True, slots=True)
class Details:
    """`zone`: an IANA name where they told theirs. `receipts`: whether mail tells them that a letter arrived."""

    name: str = field(repr=False)
    username: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    zone: str | None = None
    receipts: bool = True
    told_after: int | None = TOLD_AFTER
    """Minutes after which who answers is told by mail of a letter they have not read; None: never."""
    quiet: QuietHours | None = None
    """When no mail tells who answers of what waits."""
    identity: Identity = Identity.IDENTIFIED
    true_name: str = field(default="", repr=False)
    """Of a sealed identity: sealed once more, in a place of its own (`practice.identity`), so that no reading opens it."""
    glass: str = field(default="", repr=False)
    """That somebody asks to open it (`practice.breaking_glass`), as that keeps it."""
    openings: str = field(default="", repr=False)
    """That it was opened (`practice.openings`), as that keeps it."""
    app: AppName = AppName.NOTES
    exit_page: str | None = field(default=None, repr=False)
    country: str | None = field(default=None, repr=False)
    language: Language | None = None
    """In which they wish to be spoken to, where they have said so."""
    profile: Profile | None = None
    takes_enquiries: bool = False
    rest: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What a newer program wrote beside: kept when these are sealed anew."""


_KNOWN: Final = frozenset(
    {"name", "username", "email", "zone", "receipts", "told", "quiet", "identity", "true", "glass", "opened"}
    | {"app", "exit", "country", "profile", "enquiries"}
)


def encode_details(details: Details) -> bytes:
    """As it is sealed: an absent field is left out."""
    held: dict[str, Any] = {"name": details.name}
    held |= {"username": details.username} if details.username else {}
    held |= {"email": details.email} if details.email else {}
    held |= details.rest
    held |= {"zone": details.zone} if details.zone else {}
    held |= {} if details.receipts else {"receipts": "no"}
    if details.told_after != TOLD_AFTER:
        held["told"] = "no" if details.told_after is None else str(details.told_after)
    if details.quiet is not None:
        held["quiet"] = f"{details.quiet.begins:%H:%M}-{details.quiet.ends:%H:%M}"
    held |= {} if details.identity is Identity.IDENTIFIED else {"identity": details.identity.value}
    held |= {"true": details.true_name} if details.true_name else {}
    held |= {"glass": details.glass} if details.glass else {}
    held |= {"opened": details.openings} if details.openings else {}
    held |= {} if details.app is AppName.NOTES else {"app": details.app.value}
    held |= {} if details.exit_page is None else {"exit": details.exit_page}
    held |= {"country": details.country} if details.country else {}
    held |= {"language": details.language.value} if details.language else {}
    if details.profile is not None:
        held["profile"] = {name: said for name, said in asdict(details.profile).items() if said}
    held |= {"enquiries": "yes"} if details.takes_enquiries else {}
    return json.dumps(held, ensure_ascii=False).encode()


NO_DETAILS: Final = (ValueError, KeyError, TypeError, AttributeError)


def decode_details(raw: bytes) -> Details:
    """The other way. Raises one of NO_DETAILS for what is none."""
    held: dict[str, Any] = json.loads(raw)
    return Details(
        name=held["name"],
        username=held.get("username", ""),
        email=held.get("email"),
        zone=held.get("zone"),
        receipts=held.get("receipts") != "no",
        told_after=_told(held.get("told")),
        quiet=_quiet(held.get("quiet")),
        identity=Identity(held.get("identity", Identity.IDENTIFIED)),
        true_name=held.get("true", ""),
        glass=held.get("glass", ""),
        openings=held.get("opened", ""),
        app=AppName(held.get("app", AppName.NOTES)),
        exit_page=held.get("exit"),
        country=held.get("country"),
        language=Language(held["language"]) if _has_language(held) else None,
        profile=_profile(held.get("profile")),
        takes_enquiries=held.get("enquiries") == "yes",
        rest={n: held[n] for n in held if n not in _KNOWN and (n != "language" or not _has_language(held))},
    )


def _has_language(held: Mapping[str, Any]) -> bool:
    """One that this program speaks; another is a newer program's, and kept beside."""
    return held.get("language") in set(Language)


def _profile(held: Mapping[str, str] | None) -> Profile | None:
    if held is None:
        return None
    return Profile(**{one.name: held.get(one.name, "") for one in fields(Profile)})


def _told(said: str | None) -> int | None:
    if said == "no":
        return None
    return TOLD_AFTER if said is None else int(said)


def _quiet(said: str | None) -> QuietHours | None:
    if said is None:
        return None
    begins, _, ends = said.partition("-")
    return QuietHours(time.fromisoformat(begins), time.fromisoformat(ends))


def person_place(practice: PracticeId, person: PersonId) -> Place:
    """Where a person's sealed details live."""
    return Place(SEALED, practice, person, person)
