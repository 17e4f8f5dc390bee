"""What the second look at a letter is shown by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from messaging.notes.in_letters import Borrowed
from web.pages.parts.views import Failed, Here, SignedIn
from web.pages.staff.views import ToAnswer


@dataclass(frozen=True, slots=True)
class Look:
    """second_look.html: to whom it goes, how they read it, and what was left. `fields` go on with the form as they came."""

    signed_in: SignedIn
    here: Here
    name: str
    readers: str
    mail_mode: str
    action: str
    back: str
    fields: Mapping[str, str]
    text: str = field(repr=False)
    words: int
    asked: int
    """Questions in what is answered."""
    asks: int
    """Questions of one's own."""
    left: tuple[ToAnswer, ...] | Failed = ()
    paragraphs: int = 0
    places: tuple[str, ...] = field(default=(), repr=False)
    lent: tuple[str, ...] = field(default=(), repr=False)
    """The names of snippets that stand in it."""
    files: tuple[str, ...] = field(default=(), repr=False)
    """The names of those that go with it."""
    borrowed: tuple[Borrowed, ...] | Failed = ()
    """Sentences of the writer's notes that stand in it."""
    onward: bool = False
    """It was written in the flow: the next letter opens."""
