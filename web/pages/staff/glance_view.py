"""What a look at a conversation in passing is shown by."""

from dataclasses import dataclass

from web.pages.parts.views import Here, Timeline


@dataclass(frozen=True, slots=True)
class Glance:
    """_glance.html, the fragment /inbox/look/{id}."""

    here: Here
    id: str
    name: str
    readers: str
    timeline: Timeline
