"""What a clinician's public words look like to themselves."""

from dataclasses import dataclass

from messaging.people import Profile
from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """public_profile.html. `slug`: of the practice's public page, empty where it has none."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    profile: Profile
    slug: str = ""
    mistake: str = ""
    done: bool = False
