"""Refusals, drawn as one tree.

    Refusal
    ├── NotFound, Gone      absent, or not yours: the asker cannot tell which; or over
    ├── NotSignedIn, WrongCredentials, WrongPassword, WrongProof    no valid sign-in; alike for every wrong guess
    ├── SecondFactor        the password is right, and a code is asked for beside it; WrongCode
    ├── StepUp, SecondFactorDue     who they are, once more; a second factor, before anything else
    ├── Malformed           the input is not what was agreed
    │   └── TooLong, CannotClean, NotOnPaper, KeyExpired
    ├── Conflict            it contradicts what already stands, in one of many ways: NoSession, Crossed, LastOne, …
    └── Busy                try again, nothing was kept
        ├── TooFast, TooManyLetters     this person, for some seconds, or within the hour
        └── NoRoom          the disk is nearly full

A refusal carries data, never a status code: each edge (pages, API, frames, SMTP) has exactly one table that translates it.
Its text is written for the person who reads it and never holds what somebody wrote.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """Something asked for that is not done. `code` is its name in the live protocol."""

    code: ClassVar[str] = "busy"
    words: ClassVar[str] = "This cannot be done."

    def __init__(self, detail: str | None = None, values: dict[str, object] | None = None) -> None:
        self.sentence, self.values = detail or self.words, values or {}
        super().__init__(self.sentence % self.values if self.values else self.sentence)

    @property
    def detail(self) -> str:
        """One sentence for the person, free of content."""
        return str(self.args[0])


class NotFound(Refusal):
    """Absent or foreign; the two must look alike or ids could be probed."""

    code = "not_found"
    words = "There is nothing here for you."


class Gone(Refusal):
    """It was there, and theirs, for a time that was told; said only to whom it belonged."""

    code = "gone"
    words = "This is gone: it was there for a day. You can have it made again."


class NotSignedIn(Refusal):
    """No sign-in, or one that has ended."""

    code = "signed_out"
    words = "Please sign in."


class WrongCredentials(Refusal):
    """The one answer to every wrong guess."""

    code = "wrong_credentials"
    words = "That name and password do not match."


class WrongPassword(Refusal):
    """Who is signed in must say their password once more, and said another."""

    code = "wrong_password"
    words = "This is not your present password."


class WrongProof(Refusal):
    """Who has lost a password has the link, and not what is asked for beside it."""

    code = "wrong_proof"
    words = "This is not right. Please look at what you have written down, letter by letter."


class SecondFactor(Refusal):
    """The password is right, and signing in takes a code too."""

    code = "second_factor"
    words = "Please give the code of your second factor too."

    def __init__(self, detail: str | None = None, *, half_way: str = "", by_app: bool = True) -> None:
        super().__init__(detail)
        self.half_way = half_way
        """The proof that the password was said (`messaging.entrance.half_way`), where it was said to sign in."""
        self.by_app = by_app
        """False for who has a passkey for it, and recovery codes, and no app."""


class WrongCode(SecondFactor):
    """Not the code of this moment, or one that was used."""

    words = "This code is not right, or was used before. Please wait for the next one."


class StepUp(Refusal):
    """What cannot be taken back asks for the password of a moment ago."""

    code = "step_up"
    words = "Please say your password once more for this."


class SecondFactorDue(Refusal):
    """Who sees more than their own record signs in with a second factor; the time without one is over."""

    code = "second_factor_due"
    words = "Please set up your second factor first: the time without one is over."


class Malformed(Refusal):
    """Not what was agreed; nothing was kept."""

    code = "malformed"
    words = "This could not be read."


class NotOnPaper(Malformed):
    """What was asked back is not what stands on the recovery sheet."""

    words = "At least one of the two groups is not as it was shown. Please look at the paper once more."


class TooLong(Malformed):
    """Right in kind, too large to keep."""

    code = "too_long"
    words = "This is too long to send at once. Nothing of it was sent."


class CannotClean(Malformed):
    """A photo out of which place and camera could not be taken."""

    code = "cannot_clean"
    words = "The place and other things the camera wrote could not be taken out of this photo, so it was not kept."


class KeyExpired(Malformed):
    """An OpenPGP key whose time is over; its owner can extend it."""

    words = "This key has expired. Please extend it in your program, and export it once more."


class Conflict(Refusal):
    """It contradicts what already stands."""

    code = "conflict"
    words = "This contradicts what is already so."


class NoSession(Conflict):
    """Live words need a live session; the page then offers a letter."""

    code = "no_session"
    words = "No session is open now. You can send this as a letter."


class SessionLive(Conflict):
    """A conversation has at most one live session."""

    code = "session_live"
    words = "A session is already open."


class TooEarly(Conflict):
    """What may be done only after some time, asked for before."""

    code = "too_early"
    words = "It is too early for this. Please wait a little."


class TooLate(Conflict):
    """What could be changed for a while stands now."""

    code = "too_late"
    words = "The time for this is over. What you said stands."


class TimeTaken(Conflict):
    """An hour is given once. Whose it is now is nobody else's to know."""

    code = "time_taken"
    words = "This time is not free any more. Please choose another."


class NotBooked(Conflict):
    """Only what is booked can be moved or called off."""

    code = "not_booked"
    words = "This session is not booked any more."


class NothingWaits(Conflict):
    """There is no letter that waits for an answer."""

    code = "nothing_waits"
    words = "No letter is waiting for an answer here."


class CareEnded(Conflict):
    """Nobody meets or chats any more where care has ended; letters are kept as ever."""

    code = "care_ended"
    words = "Care has ended here, so there are no sessions any more. You can still write a letter."


class LettersWait(Conflict):
    """Care ends knowingly: of who waits for an answer, whoever ends it says that they know."""

    code = "letters_wait"
    words = "Somebody waits for an answer here. Please answer first, or say that you end it nonetheless."


class KeyReused(Conflict):
    """The key of an earlier message came with other words; the first stand."""

    code = "key_reused"
    words = "This key belongs to another message. The first one stands."


class Crossed(Conflict):
    """A letter came that the writer of this one did not know of."""

    code = "crossed"
    words = "Another letter came first. Please read it, and send yours if it still fits."


class RefReused(Conflict):
    """What an integrator calls by one name is one thing."""

    code = "ref_reused"
    words = "This reference belongs to something else already. The first stands."


class LastOne(Conflict):
    """A practice keeps somebody who can administer it."""

    code = "last_one"
    words = "Nobody else administers this practice. Please add somebody who does first."


class LastOfCircle(Conflict):
    """A conversation keeps somebody in care and somebody who cares."""

    code = "last_of_circle"
    words = "Without them nobody would be in care here, or nobody would care. Please add somebody else first."


class TooManyDrafts(Conflict):
    """One person's unfinished texts in one conversation are bounded."""

    code = "too_many_drafts"
    words = "There are too many unfinished texts here. Send one, or throw one away."


class NotReady(Conflict):
    """It is being made, or could not be."""

    code = "not_ready"
    words = "This is not ready."


class Busy(Refusal):
    """Not now. Nothing was kept, and the same request may come again."""

    code = "busy"
    words = "The server could not do this right now. Please try again."


class TooFast(Busy):
    """A limit of this person's pace; `retry_after` in seconds."""

    code = "too_fast"
    words = "That was too fast. Please wait a moment."

    def __init__(self, retry_after: float = 1.0, *said: Any) -> None:
        super().__init__(*said)
        self.retry_after = retry_after


class TooManyLetters(TooFast):
    """More letters of one person than an hour holds. `kept`: the text is a draft now."""

    words = "Many letters within an hour: please keep this one. You can send it in %(minutes)s min."
    draft = (
        "Many letters within an hour: this one is kept here as a draft. You can send it in %(minutes)s min."
    )

    def __init__(self, retry_after: float, *, kept: bool) -> None:
        said = self.draft if kept else self.words
        super().__init__(retry_after, said, {"minutes": int(retry_after // 60) + 1})


class NoRoom(Busy):
    """Below the low-water mark new words are refused before the database stops on a full disk."""

    words = "The server is out of space. Your text was not sent; please keep it and try later."
