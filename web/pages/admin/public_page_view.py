"""What the page shows on which a practice's public page is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who cares: whether they take enquiries, and whether they have said something of themselves."""

    id: str
    name: str
    takes: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class PublicPageForm:
    """public_page.html. `there`: there is such a page; `questions` one a line."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    slug: str
    there: bool
    about: str
    unsuitable: str
    questions: str
    waiting: str
    people: Sequence[Taker]
    mistake: str = ""
    done: bool = False
