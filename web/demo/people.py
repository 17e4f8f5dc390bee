"""Who is in the demonstration. Everyone is invented; their addresses are in a domain nobody can own (RFC 2606)."""

from dataclasses import dataclass
from typing import Final

from messaging.conversations import Kind
from messaging.people import EmailMode, Role

SLUG: Final = "demo-haus-linde"
PRACTICE: Final = "Haus Linde"
ZONE: Final = "Europe/Vienna"
PASSWORD: Final = "tea and rain"  # noqa: S105 - shown on the sign-in page; it opens nothing but the demonstration
MAIL_DOMAIN: Final = "mail.example"


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody who signs in. `says` is what the sign-in page tells of them."""

    username: str
    name: str
    role: Role
    says: str
    mode: EmailMode = EmailMode.NOTICE
    sealed: str = ""
    """Their own name, where everybody reads the other instead."""

    @property
    def email(self) -> str | None:
        """Clients have a mailbox, `/demo/mailbox/{username}`."""
        return f"{self.username}@{MAIL_DOMAIN}" if self.role is Role.CLIENT else None


@dataclass(frozen=True, slots=True)
class File:
    """A conversation, called after the first who is in care in it."""

    name: str
    kind: Kind
    members: tuple[str, ...]


CHARACTERS: Final = (
    Character("mira", "Dr Mira", Role.THERAPIST, "therapist, cares for everyone below"),
    Character("eli", "Eli", Role.THERAPIST, "therapist, together with Dr Mira for Ben and Tess"),
    Character("nour", "Nour", Role.ADMINISTRATOR, "administrator, sees no words"),
    Character("linden", "Linden", Role.CLIENT, "client, in a live session right now"),
    Character("ruth", "Ruth", Role.CLIENT, "client, writes letters by mail", EmailMode.FULL),
    Character("ben", "Ben", Role.CLIENT, "client, with Tess"),
    Character("tess", "Tess", Role.CLIENT, "client, with Ben"),
    Character("omar", "Omar", Role.CLIENT, "client, new here"),
    Character(
        "wren", "Wren", Role.CLIENT, "client, by a name that is not her own", sealed="Theodora Blumauer"
    ),
)

FILES: Final = (
    File("ruth", Kind.INDIVIDUAL, ("ruth", "mira")),
    File("linden", Kind.INDIVIDUAL, ("linden", "mira")),
    File("ben", Kind.COUPLE, ("ben", "tess", "mira", "eli")),
    File("omar", Kind.INDIVIDUAL, ("omar", "mira")),
    File("wren", Kind.INDIVIDUAL, ("wren", "mira")),
)

LATER: Final = frozenset({"wren"})
"""Who came after the first release: a demonstration that was founded by it takes them in when it is started again."""
