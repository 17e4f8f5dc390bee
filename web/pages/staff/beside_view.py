"""What the private sheets beside a reply are shown by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.views import Here, SignedIn


@dataclass(frozen=True, slots=True)
class Beside:
    """beside.html: the four lenses, or one field. `words` by the names of the fields; `version` 0: nothing is kept yet."""

    signed_in: SignedIn
    here: Here
    conversation_id: str
    name: str
    action: str
    key: str
    version: int = 0
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    kept_at: datetime | None = None
    mistake: str = ""
