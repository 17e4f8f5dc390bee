"""What happens with an arrived letter: the table of decisions, to be read as a table."""

from dataclasses import dataclass
from enum import StrEnum

from channels.email.senders.authenticity import Dmarc, How, Verdict
from channels.email.senders.replays import Doubt


class Token(StrEnum):
    """What the envelope recipient's reply token is worth."""

    VALID = "valid"
    NONE = "none"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Sender(StrEnum):
    """Whose address stands in From, seen from the conversation the token belongs to."""

    REGISTERED = "registered"
    OTHER = "other"
    OWN = "own"  # one of our own addresses: a loop, or someone playing us
    UNCLEAR = "unclear"  # none, several, or a field that can be read in two ways


class Reason(StrEnum):
    """Why a letter is held, and what the therapist should check before letting it in."""

    UNVERIFIED = "unverified"
    NOT_CHECKED = "not_checked"
    OTHER_ADDRESS = "other_address"
    UNCLEAR_SENDER = "unclear_sender"
    SAID_TWICE = "said_twice"
    NOT_TO_US = "not_to_us"
    NOT_NOW = "not_now"
    SENT_AGAIN = "sent_again"
    EXPIRED_ADDRESS = "expired_address"
    GENERAL_ADDRESS = "general_address"

    @property
    def sentence(self) -> str:
        """Plain words for the screener."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.UNVERIFIED: "It names your client as the sender, but their mail provider does not confirm it. "
    "Ask your client, in a session or by another way than mail, whether they wrote it.",
    Reason.NOT_CHECKED: "Whether your client sent it could not be checked, because their mail provider's records "
    "could not be reached. If you are not sure, ask your client before you let it in.",
    Reason.OTHER_ADDRESS: "It came to your client's reply address, but from an address we do not know. Someone else "
    "may have the address. Ask your client whether this mailbox is theirs.",
    Reason.UNCLEAR_SENDER: "It names no sender, or more than one, or in a way that programs read differently. Ask your "
    "client whether they wrote it.",
    Reason.SAID_TWICE: "Its header says twice what may be said once, as when somebody puts new lines above a letter your "
    "client sent before. Ask your client whether they wrote it as it stands here.",
    Reason.NOT_TO_US: "Your client wrote it, by the signature of their mail provider, but nothing shows that they wrote it "
    "to this address: whoever got the letter could send it on. It may also be a copy that they sent you without naming you. "
    "Ask your client whether it is meant for you.",
    Reason.NOT_NOW: "Your client wrote it, by the signature of their mail provider, but its date is none, or more than a "
    "week away from the day it came. It may have lain somewhere for long, or somebody may have sent an old letter again. "
    "Ask your client whether it is meant for now.",
    Reason.SENT_AGAIN: "It is a letter that came before, sent once more with another shape, so that it may read otherwise. "
    "Compare it with the first one before you let it in.",
    Reason.EXPIRED_ADDRESS: "It answers an old mail whose reply address has run out. Check that it is from your client "
    "and belongs in this conversation.",
    Reason.GENERAL_ADDRESS: "Your client wrote to the practice's address, and not to their own reply address, so it is "
    "not certain which conversation it is meant for. Choose one.",
}


_DOUBTS = {Doubt.NOT_TO_US: Reason.NOT_TO_US, Doubt.NOT_NOW: Reason.NOT_NOW}


class Outcome(StrEnum):
    """What is done with the letter."""

    DELIVER = "deliver"
    DELIVER_WEAK = "deliver_weak"  # delivered, shown as weakly verified
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome and, when held, why."""

    outcome: Outcome
    reason: Reason | None = None


DELIVER = Decision(Outcome.DELIVER)
DELIVER_WEAK = Decision(Outcome.DELIVER_WEAK)
REFUSE = Decision(Outcome.REFUSE)


def decide(token: Token, sender: Sender, verdict: Verdict) -> Decision:  # noqa: PLR0911 - a row each
    """Decide about one letter. Without a valid token nothing enters a conversation by itself."""
    match token, sender, verdict.dmarc, verdict.aligned:
        case (
            (_, Sender.OWN, _, _)
            | (Token.REVOKED, _, _, _)
            | (Token.NONE, Sender.OTHER | Sender.UNCLEAR, _, _)
        ):
            return REFUSE
        case _, Sender.UNCLEAR, _, _:
            return _hold(Reason.UNCLEAR_SENDER)
        case _, Sender.OTHER, _, _:
            return _hold(Reason.OTHER_ADDRESS)
        case _ if verdict.how is How.SAID_TWICE:
            return _hold(Reason.SAID_TWICE)
        case _, _, Dmarc.TEMPERROR, False:
            return _hold(Reason.NOT_CHECKED)
        case (_, _, Dmarc.FAIL, _) | (_, _, _, False):
            return _hold(Reason.UNVERIFIED)
        case _ if verdict.doubt is not None:
            return _hold(_DOUBTS[verdict.doubt])
        case Token.NONE, _, _, _:
            return _hold(Reason.GENERAL_ADDRESS)
        case Token.EXPIRED, _, _, _:
            return _hold(Reason.EXPIRED_ADDRESS)
        case Token.VALID, Sender.REGISTERED, Dmarc.PASS, True:
            return DELIVER
        case Token.VALID, Sender.REGISTERED, _, True:
            return DELIVER_WEAK


def _hold(reason: Reason) -> Decision:
    return Decision(Outcome.HOLD, reason)
