"""What the public page of a practice shows, and the way back to one's enquiry."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from messaging.people import HelpNumber, Profile, PublicPage
from web.pages.parts.views import Here, Named, Timeline


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody has typed so far."""

    name: str = field(default="", repr=False)
    reach: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Portrait:
    """Who works there, and what they say of themselves."""

    id: str
    name: str
    role: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class PracticePage:
    """practice_page.html. `whom`: whom one can ask for, by id; `open`: somebody takes enquiries."""

    slug: str
    practice: str
    page: PublicPage
    people: Sequence[Portrait]
    numbers: Sequence[HelpNumber]
    whom: Sequence[Named]
    key: str
    open: bool
    asked: Asked = Asked()
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """enquiry_kept.html: the link that leads back, this once. `mailed`: it went to the address they gave as well."""

    practice: str
    link: str = field(repr=False)
    base: str = ""
    """What stands before it in the address, as somebody writes it down."""
    mailed: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """enquiry.html: the code is asked for, or what was written since; `state` of it, empty while it is asked for."""

    key: str
    token: str = field(default="", repr=False)
    mistake: str = ""
    state: str = ""
    practice: str = ""
    slug: str = ""
    here: Here | None = None
    timeline: Timeline | None = None
    text: str = field(default="", repr=False)
    sent: bool = False
