"""The table of decisions, row by row, and what must hold over all of it."""

from itertools import product

import pytest

from channels.email.senders.admitting import Decision, Outcome, Reason, Sender, Token, decide
from channels.email.senders.authenticity import Dmarc, How, Verdict


def verdict(dmarc: Dmarc, *, aligned: bool) -> Verdict:
    return Verdict(dmarc, aligned, How.NOTHING, "mara@example.org")


PASS = verdict(Dmarc.PASS, aligned=True)
WEAK = verdict(Dmarc.NONE, aligned=True)
UNCHECKED = verdict(Dmarc.TEMPERROR, aligned=False)
FAIL = verdict(Dmarc.FAIL, aligned=False)
TWICE = Verdict(Dmarc.NONE, aligned=False, how=How.SAID_TWICE, from_address="mara@example.org")
NOTHING = verdict(Dmarc.NONE, aligned=False)


@pytest.mark.parametrize(
    ("token", "sender", "proof", "outcome", "reason"),
    [
        (Token.VALID, Sender.REGISTERED, PASS, Outcome.DELIVER, None),
        (Token.VALID, Sender.REGISTERED, WEAK, Outcome.DELIVER_WEAK, None),
        (Token.VALID, Sender.REGISTERED, verdict(Dmarc.TEMPERROR, aligned=True), Outcome.DELIVER_WEAK, None),
        (Token.VALID, Sender.REGISTERED, FAIL, Outcome.HOLD, Reason.UNVERIFIED),
        (Token.VALID, Sender.REGISTERED, NOTHING, Outcome.HOLD, Reason.UNVERIFIED),
        (Token.VALID, Sender.REGISTERED, UNCHECKED, Outcome.HOLD, Reason.NOT_CHECKED),
        (Token.VALID, Sender.OTHER, PASS, Outcome.HOLD, Reason.OTHER_ADDRESS),
        (Token.VALID, Sender.OTHER, FAIL, Outcome.HOLD, Reason.OTHER_ADDRESS),
        (Token.VALID, Sender.UNCLEAR, NOTHING, Outcome.HOLD, Reason.UNCLEAR_SENDER),
        (Token.VALID, Sender.REGISTERED, TWICE, Outcome.HOLD, Reason.SAID_TWICE),
        (Token.EXPIRED, Sender.REGISTERED, PASS, Outcome.HOLD, Reason.EXPIRED_ADDRESS),
        (Token.NONE, Sender.REGISTERED, PASS, Outcome.HOLD, Reason.GENERAL_ADDRESS),
        (Token.NONE, Sender.REGISTERED, FAIL, Outcome.HOLD, Reason.UNVERIFIED),
        (Token.NONE, Sender.OTHER, PASS, Outcome.REFUSE, None),
        (Token.REVOKED, Sender.REGISTERED, PASS, Outcome.REFUSE, None),
        (Token.VALID, Sender.OWN, PASS, Outcome.REFUSE, None),
    ],
)
def test_each_row_of_the_table(
    token: Token, sender: Sender, proof: Verdict, outcome: Outcome, reason: Reason | None
) -> None:
    assert decide(token, sender, proof) == Decision(outcome, reason)


ALL = [
    (token, sender, verdict(dmarc, aligned=aligned))
    for token, sender, dmarc, aligned in product(Token, Sender, Dmarc, (True, False))
]


@pytest.mark.parametrize(("token", "sender", "proof"), ALL)
def test_only_a_token_and_the_registered_address_and_a_proof_together_open_the_door(
    token: Token, sender: Sender, proof: Verdict
) -> None:
    decision = decide(token, sender, proof)
    assert (decision.reason is not None) == (decision.outcome is Outcome.HOLD)
    if decision.outcome in (Outcome.DELIVER, Outcome.DELIVER_WEAK):
        assert token is Token.VALID
        assert sender is Sender.REGISTERED
        assert proof.aligned
        assert proof.dmarc is not Dmarc.FAIL


def test_every_reason_says_what_to_do_in_plain_words() -> None:
    for reason in Reason:
        assert reason.sentence.endswith(".")
        assert "DMARC" not in reason.sentence
