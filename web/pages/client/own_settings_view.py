"""What the page of a client's settings is given."""

from dataclasses import dataclass, field

from web.pages.parts.push_view import PushStand
from web.pages.parts.views import Here, Named, SignedIn


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """own_settings.html. `exits` by address; `exit_page` and `country` are the chosen ones, empty for ours and for the
    device's own clock. `mail`: how they are written to, empty where they are not.
    """

    signed_in: SignedIn
    here: Here
    key: str
    apps: tuple[str, ...]
    exits: tuple[Named, ...]
    exit_page: str = field(repr=False)
    countries: tuple[Named, ...]
    country: str = field(default="", repr=False)
    mail: str = ""
    push: PushStand | None = None
    """Notices on this device; None where this server tells none."""
    language: str = ""
    """In which they chose to be spoken to; empty: they have not."""
    done: str = ""
    mistake: str = ""
