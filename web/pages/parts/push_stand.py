"""How it stands with notices on the device a page is looked at with."""

from messaging.entrance.signing_in import SignedIn
from messaging.memory.sign_ins import SignInKind
from messaging.people import Role
from messaging.pushing.subscriptions import may_be_told, standing
from web.outbound.push import BODY, TITLE
from web.pages.parts.push_view import PushStand
from web.state import House


async def push_stand(house: House, asking: SignedIn) -> PushStand | None:
    """None: there is nothing of it for who asks, since the server has no key, or they administer, or are a program."""
    key = house.push.key
    program = asking.sign_in.kind is not SignInKind.COOKIE
    if key is None or program or asking.person.role is Role.ADMINISTRATOR:
        return None
    if not may_be_told(asking):
        return PushStand("", TITLE, BODY)
    stands = await standing(house.office, asking)
    return PushStand(key.public, TITLE, BODY, stands.here, stands.devices)
