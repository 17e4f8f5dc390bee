"""An invitation is taken up once, however many take it up at the same moment."""

import asyncio
from dataclasses import replace

from messaging.entrance.invitations import Accepted, accept_invitation
from messaging.errors import NotSignedIn
from messaging.practice.joining import invite_anew
from tests.cast import PASSWORD, Cast, HashedOnce

HANDS = 50


async def test_of_fifty_hands_with_one_invitation_one_chooses_the_password(cast: Cast) -> None:
    office = replace(cast.office, passwords=HashedOnce())
    invited = await invite_anew(office, cast["nour"], cast["ruth"].id)
    came = await asyncio.gather(
        *(accept_invitation(office, invited.token, PASSWORD) for _ in range(HANDS)), return_exceptions=True
    )
    (taken,) = [one for one in came if isinstance(one, Accepted)]
    assert taken.username == f"ruth-{cast.practice.slug}"
    assert sum(isinstance(one, NotSignedIn) for one in came) == HANDS - 1
