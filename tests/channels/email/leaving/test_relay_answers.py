"""What the relay says is about a letter only where it can be: swept over what is answered and every code."""

from collections.abc import AsyncIterator

import pytest

from channels.email.leaving.answers import About, Stage, about
from channels.email.leaving.relaying import Refused, RelayConnection, Unanswered, Unreached
from channels.email.terms import Relay
from messaging.office import FrozenMail
from tests.channels.email.world import FakeRelay

NAMED = (421, 432, 450, 451, 452, 454, 455, *range(500, 505), 521, 530, 534, 535, 538, *range(550, 557))
CODES = [-1, 0, 150, 200, 211, 220, 251, 252, 299, 334, 354, 399, *NAMED, *range(400, 600, 17), 599, 600, 999]
NEVER = {421, 432, 454, 455, 521, 530, 534, 535, 538, 555, *range(500, 505)}
"""Codes that are about the relay, the session or who we are, without an enhanced code that says otherwise."""
LETTERS = ("in-hand", "next", "last")
ANSWERED = [one for one in Stage if one not in (Stage.STARTTLS, Stage.AUTH)]


def mail(name: str) -> FrozenMail:
    """A letter to somebody."""
    return FrozenMail(f"{name}@mail.example", "b@x.example", f"<{name}@x>", b"Subject: x\r\n\r\nhello\r\n")


@pytest.fixture
async def connection(relay: FakeRelay) -> AsyncIterator[RelayConnection]:
    made = RelayConnection(Relay("127.0.0.1", relay.port, timeout=5, final_timeout=5))
    yield made
    await made.close()


async def fate(connection: RelayConnection, name: str) -> str:
    """What became of a letter: taken, refused, unreached, in doubt."""
    try:
        await connection.address(mail(name))
        await connection.deliver(mail(name))
    except Refused as answer:
        return "refused" if answer.about not in (About.RELAY, About.SESSION) else "refused for nothing"
    except Unreached:
        return "unreached"
    except Unanswered:
        return "in doubt"
    return "taken"


@pytest.mark.parametrize("stage", ANSWERED)
async def test_whatever_it_answers_only_the_letter_in_hand_is_touched_and_none_goes_twice(
    relay: FakeRelay, connection: RelayConnection, stage: Stage
) -> None:
    for code in CODES:
        relay.taken.clear()
        if stage in (Stage.CONNECT, Stage.EHLO):
            await connection.close()
        before = {Stage.RSET: {"RCPT": ["550 5.1.1 no such person"]}}.get(stage, {})
        # Twice, for what breaks a connection that was used before is tried over a new one.
        relay.answers = {**before, stage.upper(): [f"{code:03} said"] * 2}
        fates = []
        for name in LETTERS:
            fates.append(await fate(connection, name))
            relay.answers = {}
        if stage is Stage.QUIT:
            await connection.close()
        assert fates[1:] == ["taken", "taken"], (stage, code)
        taken = [recipients for recipients, _ in relay.taken]
        assert taken == [[f"{name}@mail.example"] for name in LETTERS[fates[0] != "taken" :]]
        if fates[0] == "refused":
            assert before or (400 <= code < 600 and code not in NEVER), (stage, code)
            assert before or stage in (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT)
        no_answer = not (200 <= code < 300 or 400 <= code < 600)
        assert (fates[0] == "in doubt") is (stage is Stage.DOT and no_answer), (stage, code)
    assert relay.out_of_step == 0


def test_before_a_letter_is_named_and_after_it_is_over_no_answer_is_about_one() -> None:
    letters = {About.SENDER, About.RECIPIENT, About.CONTENT}
    for stage in Stage:
        subjects = {
            about(stage, code, status) for code in CODES for status in ("", "5.1.1", "4.7.1", "5.6.0")
        }
        assert bool(subjects & letters) is (stage in (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT)), stage


@pytest.mark.parametrize(
    ("stage", "code", "status", "subject"),
    [
        (Stage.MAIL, 503, "5.5.1", About.SESSION),  # nested MAIL
        (Stage.MAIL, 530, "5.7.0", About.RELAY),  # must sign in first
        (Stage.MAIL, 452, "4.3.1", About.RELAY),  # its disk is full
        (Stage.MAIL, 451, "", About.RELAY),
        (Stage.MAIL, 552, "5.3.4", About.CONTENT),  # SIZE= says it is too big
        (Stage.MAIL, 553, "5.1.8", About.SENDER),
        (Stage.MAIL, 550, "5.7.1", About.SENDER),
        (Stage.RCPT, 550, "5.1.1", About.RECIPIENT),
        (Stage.RCPT, 501, "5.1.3", About.RECIPIENT),  # its address cannot be read
        (Stage.RCPT, 501, "5.5.4", About.SESSION),  # what we said cannot be
        (Stage.RCPT, 553, "5.7.1", About.SENDER),  # Postfix: not owned by the account we signed in as
        (Stage.RCPT, 553, "", About.RECIPIENT),
        (Stage.DOT, 550, "5.7.60", About.SENDER),  # Exchange: no right to send as this sender
        (Stage.DOT, 554, "5.2.252", About.SENDER),
        (Stage.RCPT, 554, "5.1.8", About.SENDER),  # Postfix tells of the sender here
        (Stage.RCPT, 452, "4.5.3", About.RECIPIENT),
        (Stage.RCPT, 556, "", About.RECIPIENT),
        (Stage.DATA, 554, "5.5.1", About.SESSION),  # no valid recipients
        (Stage.DATA, 554, "", About.SESSION),
        (Stage.DATA, 550, "5.7.1", About.CONTENT),
        (Stage.DOT, 554, "", About.CONTENT),
        (Stage.DOT, 552, "5.3.4", About.CONTENT),
        (Stage.DOT, 421, "4.7.0", About.SESSION),
        (Stage.DOT, 451, "4.3.0", About.CONTENT),
    ],
)
def test_whom_an_answer_is_about(stage: Stage, code: int, status: str, subject: About) -> None:
    assert about(stage, code, status) is subject


async def test_a_refusal_of_our_own_address_is_never_final(
    relay: FakeRelay, connection: RelayConnection
) -> None:
    relay.answers = {"MAIL": ["550 5.7.1 Sender refused"]}
    with pytest.raises(Refused) as refusal:
        await connection.address(mail("ruth"))
    assert refusal.value.about is About.SENDER
    assert not refusal.value.final
