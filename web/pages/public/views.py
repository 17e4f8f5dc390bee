"""What the pages anybody may see are given: the way in, set-up, help, and what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from messaging.people import AppName
from web.pages.parts.people_view import HelpLine
from web.pages.parts.views import KEPT_AT
from web.pages.public.help_lines import Country


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    password: str
    name: str
    role: str
    be: str = ""
    """A place where one is this person without signing in, in a browser's tab of their own."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """sign_in.html. `trouble`: "" | "wrong" | "too_many" | "busy" | "signed_out" | "over" | "passkey".

    Alike for every wrong guess.
    """

    key: str
    username: str = ""
    trouble: str = ""
    next: str = ""
    demo: tuple[DemoPerson, ...] = ()
    own: bool = False
    """Whether "only mine" is ticked: somebody said so in this browser before."""
    app: str = AppName.NOTES
    """As the installed app is called that begins here."""


@dataclass(frozen=True, slots=True)
class SignInCode:
    """sign_in_code.html. `trouble`: "" | "wrong" | "too_many" | "busy"."""

    key: str
    trouble: str = ""
    following: str = ""
    own: bool = False
    """What they said of their device beside the password."""
    by_app: bool = True
    """False for who has a passkey in its place: the digits of an app are not asked for then."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """forgotten.html. `trouble`: "" | "too_many" | "busy". `asked`: somebody was; the same whoever it is."""

    key: str
    said: str = field(default="", repr=False)
    trouble: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """way_back.html. `step`: "link" | "stop" | "stopped" | "wished" | "over", or what is asked for beside the link.

    `wished`: somebody is asked for their yes already; `allowed`: it was said. `least`: characters of a password.
    """

    key: str
    step: str
    token: str = field(default="", repr=False)
    mistake: str = ""
    least: int = 8
    wished: bool = False
    allowed: bool = False


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """brought_back.html. `size`: octets of what was brought, 0 for nothing; `at`, `program` and `rows` (by table) once it
    was looked through. `here`: this server can restore it; `elsewhere`: its database is an external one.
    """

    key: str
    token: str = field(default="", repr=False)
    size: int = 0
    place: str = ""
    at: str = ""
    program: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    opened: int = 0
    here: bool = True
    elsewhere: bool = False
    restoring: bool = False
    trouble: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """set_up.html. `mistakes` are words beside a field: practice, time_zone, name, username, email, password."""

    key: str
    token: str
    practice: str = ""
    time_zone: str = "Europe/Vienna"
    time_zones: tuple[str, ...] = ()
    name: str = ""
    username: str = ""
    email: str = ""
    sees_clients: bool = True
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WayOut:
    """What Exit needs (_ways_out.html), on pages that cannot know who reads them: it takes the cookie, whoever's it is.

    No fresh key: leaving twice is leaving once, and what is refused must look like what does not exist.
    """

    sign_out_key: str = "exit"
    exit_url: str = "/exit"
    help_kept_at: str = KEPT_AT


@dataclass(frozen=True, slots=True)
class HelpNow:
    """help_now.html, for anyone. `country` is where the reader is taken to be, `said`: because somebody said so."""

    lines: tuple[HelpLine, ...] = ()
    back: str = "/"
    country: Country | None = None
    said: bool = False
    countries: tuple[Country, ...] = ()
    kept_at: str = KEPT_AT
    """Where the worker is that keeps this page on the device."""
    kept: bool = False
    """It is the copy that worker shows without a connection: of nobody, and with nothing of anybody."""
    way_out: WayOut = field(default_factory=WayOut)


@dataclass(frozen=True, slots=True)
class Left:
    """left.html, shown for a moment where Exit leads elsewhere: `place` is an address of the practice's list."""

    place: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trouble:
    """error.html. The words follow from the status; `detail` adds one plain sentence where there is one."""

    status: int
    detail: str = ""
    back: str = "/"
    number: str = ""
    """By which an accident of ours is found in the log."""
    way_out: WayOut = field(default_factory=WayOut)
