"""What the page about a client's own mail is given."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, SignedIn


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as its owner can compare it: `fingerprint` in groups of four, `whole` without."""

    fingerprint: str
    whole: str
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class OwnMail:
    """own_mail.html. `mode` is what is wished now; `usable` false: the key is kept and cannot be used, `trouble` says why.

    `done` says what was just done; `mistake` why something was not, in the form named `where`.
    """

    signed_in: SignedIn
    here: Here
    key: str
    address: str
    mode: str
    warning: str
    practice_fingerprint: str
    practice_key_at: str
    own: ShownKey | None = None
    offered: ShownKey | None = None
    trouble: str = ""
    expires: datetime | None = None
    """When the key's time is over, if that is soon."""
    receipts: bool = True
    time_zone: str = ""
    """Theirs, if they told us; empty for the practice's."""
    time_zones: tuple[str, ...] = ()
    unreachable: bool = False
    """Whether mail cannot be sent to the address that is known."""
    may_give_address: bool = False
    """Under a pseudonym alone: the address is theirs to give, and to take back."""
    done: str = ""
    where: str = ""
    mistake: str = ""
