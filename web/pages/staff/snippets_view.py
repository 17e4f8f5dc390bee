"""What the page of snippets is given."""

from dataclasses import dataclass

from messaging.letters.snippets import Snippet
from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class SnippetsPage:
    """snippets.html. `typed`: what is to be another one, or what could not be kept."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    snippets: tuple[Snippet, ...]
    typed: Snippet
    mistake: str = ""
