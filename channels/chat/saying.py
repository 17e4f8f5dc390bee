"""What somebody says, corrects or takes back by a frame; and why they cannot, where no session is live."""

from typing import assert_never

from channels.chat import frames
from messaging.errors import NoSession, Refusal
from messaging.memory.record import Outcome
from messaging.office import Office
from messaging.record.amending import correct, withdraw
from messaging.record.following import agreed_now
from messaging.record.posting import say
from messaging.trust.access import Pass, Way
from messaging.trust.due import AgreementNeeded


async def keep(office: Office, held: Pass, frame: frames.Keyed) -> Outcome:
    """Into the record. Raises the refusals of each."""
    match frame:
        case frames.Say():
            try:
                return await say(office, held, frame.key, frame.text, drafted=frame.draft)
            except NoSession as refusal:
                raise await why(office, held, refusal) from None
        case frames.Correct():
            return await correct(office, held, frame.key, frame.number, frame.text)
        case frames.Withdraw():
            return await withdraw(office, held, frame.key, frame.number)
        case _:
            assert_never(frame)


async def why(office: Office, way: Way, refusal: NoSession) -> Refusal:
    """The refusal as it stands now: no session begins before what binds is agreed to. Raises Busy."""
    agreed = not isinstance(way, Pass) or await agreed_now(office, way)
    return refusal if agreed else AgreementNeeded()
