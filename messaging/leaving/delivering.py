"""Owed mail on its way out: claimed, re-checked, sent, and the truth about it kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid5

from messaging.conversations import Session, SessionState
from messaging.facts import FailedMailFacts
from messaging.ids import MailId
from messaging.leaving.joining import put_off
from messaging.leaving.owing import MAIL, decode_mail
from messaging.leaving.unarrived import unarrived_mails
from messaging.memory.leaving import (
    ACCOUNT,
    LETTERS,
    NOTICES,
    DueMail,
    MailForm,
    MailState,
    Settled,
    StoredMail,
)
from messaging.memory.record import Effect, Gate, Outcome
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import FrozenMail, Office
from messaging.people import EmailMode, Person
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import open_person
from messaging.trust.access import Way, Work, errand
from messaging.trust.encryption import CannotOpen, Place
from messaging.trust.locks import Standing

CLAIM: Final = 60.0
"""Seconds a claimed mail may wait for a courier. Whoever dies meanwhile delays it by no more."""
LEASE: Final = 900.0
"""Seconds a courier may take for a mail it has begun: RFC 5321 4.5.3.2.6 grants ten minutes for the final answer."""
SCHEDULE: Final = (60, 300, 900, 3600, 3600, 7200)
"""Seconds between tries; the last repeats."""
GIVE_UP: Final = timedelta(hours=48)
"""After as many tries as the schedule has, too: days in which the relay was away are no tries."""


@dataclass(frozen=True, slots=True)
class Consignment:
    """A mail in a courier's hands, as it was claimed. `mail` is None when it must not be sent any more."""

    due: DueMail
    mail: FrozenMail | None = field(repr=False)

    @property
    def stored(self) -> StoredMail:
        """The mail as it is kept."""
        return self.due.mail


async def claim(office: Office, limit: int) -> list[Consignment]:
    """Mail that is due.

    One that was being sent when a courier died may have arrived: a notice goes again with the same Message-ID, a whole
    letter becomes `in_doubt` and is never sent blindly again.
    """
    taken: list[Consignment] = []
    while not taken and (due := await office.memory.mailbox.due_mail(office.clock(), CLAIM, limit)):
        await _fetch_keys(office, due)
        later = put_off(due, office.clock())
        for one, at in later:
            await office.memory.mailbox.postpone_mail([one], at)
        waiting = {one.mail.id for one, _ in later}
        for one in due:
            if one.mail.id in waiting:
                continue
            stored, mail = one.mail, await opened_mail(office, one.mail)
            if stored.state is MailState.SENDING and (mail is None or mail.whole):
                await settle(office, Consignment(one, mail), MailState.IN_DOUBT, None)
            else:
                taken.append(Consignment(one, mail if await _still_wanted(office, one, mail) else None))
    return taken


def begun(office: Office, one: Consignment) -> Consignment:
    """As it stands once it is begun: being sent, and in the courier's hands for longer."""
    until = office.clock() + timedelta(seconds=LEASE)
    return replace(one, due=replace(one.due, mail=replace(one.stored, state=MailState.SENDING), until=until))


async def begin(office: Office, one: Consignment, wanted: Consignment) -> bool:
    """Makes it stand as `wanted`, before the words leave, so that a crash from here on leaves a doubt and no silence.

    False: another courier has it; or it is to be claimed anew, for what was true and wished then is not so any more. Minutes
    may have passed with a slow relay. Raises Busy, and then it may stand either way.
    """
    if one.mail is None or not await _still_true(office, one.stored, one.mail):
        return False
    return await office.memory.mailbox.begin_mail(one.due, one.mail.locked_for, wanted.due.until)


async def opened_mail(office: Office, stored: StoredMail) -> FrozenMail | None:
    """The frozen mail; None when its conversation was erased."""
    try:
        key = await office.keyring.key(stored.practice, stored.conversation)
        place = Place(MAIL, stored.practice, stored.conversation, stored.id)
        return decode_mail(key.open(place, stored.sealed))
    except CannotOpen:
        return None


async def give_back(office: Office, taken: Sequence[Consignment], after: float = 0.0) -> None:
    """Claimed mails that nobody begins: others may take them after so many seconds."""
    again = office.clock() + timedelta(seconds=after)
    await office.memory.mailbox.postpone_mail([one.due for one in taken], again)


async def put_back(office: Office, one: Consignment, after: float = 0.0) -> None:
    """A mail that surely was not sent, for no reason of its own: owed as if nobody had tried. Begun or not."""
    now = office.clock()
    untried = Settled(MailState.OWED, one.stored.code, now, now + timedelta(seconds=after), counts=False)
    await office.memory.mailbox.settle_mail(one.stored, untried, held=one.due.until)


async def _fetch_keys(office: Office, due: Sequence[DueMail]) -> None:
    """One query for all keys of a practice, where they are not at hand."""
    for practice in {one.mail.practice for one in due}:
        here = [one.mail for one in due if one.mail.practice == practice]
        owners = {mail.conversation for mail in here} | {mail.person for mail in here}
        await office.keyring.prefetch(practice, list(owners))


async def _still_wanted(office: Office, due: DueMail, mail: FrozenMail | None) -> bool:
    """Not when its reader has left, has another address, or no longer wants words by mail; nor when it is not true now."""
    if mail is None or due.reader is None or not await _still_true(office, due.mail, mail):
        return False
    try:
        reader = await open_person(office, due.reader)
    except CannotOpen:  # erased since
        return False
    return await wants(office, reader, mail)


async def _still_true(office: Office, stored: StoredMail, mail: FrozenMail) -> bool:
    """What was held up by an outage may speak of a session that is another by now, or of a wait that is over."""
    if mail.session is not None:
        way = errand(stored.practice, stored.conversation, Work.LEAVING)
        session = await office.memory.sessions.find(way, mail.session)
        return session is not None and holds(mail, session, office.clock())
    if mail.since is not None:
        found = await office.memory.conversations.find(stored.practice, stored.conversation)
        if found is None or found.waiting_since != mail.since:
            return False
    return mail.form is not MailForm.WAITING or await _still_unread(office, stored)


async def _still_unread(office: Office, stored: StoredMail) -> bool:
    found = await office.memory.conversations.find(stored.practice, stored.conversation)
    reader = found.member(stored.person) if found else None
    return reader is not None and reader.read_number < stored.number


def holds(mail: FrozenMail, session: Session, now: datetime) -> bool:
    """Whether a mail about a session may still go: nobody changed it since, and it is not over; or it was called off."""
    if session.sequence != mail.sequence:
        return False
    if mail.form is MailForm.REMINDER:
        return session.state is SessionState.BOOKED and now < session.starts
    return session.state is SessionState.CANCELLED or now < session.ends


async def wants(office: Office, reader: Person, mail: FrozenMail) -> bool:
    """Whether a mail that was frozen some time ago still is for this address, and says no more than is wished now."""
    if reader.email != mail.recipient:
        # Who has the former address learns that it is the former one; whoever asked has none that is theirs yet.
        return mail.form in (MailForm.ADDRESS_CHANGED, MailForm.ENQUIRY)
    if not mail.whole:
        return True
    if mail.locked_for is None:
        return reader.email_mode is EmailMode.FULL
    # Locked mail only with the key they use now: an earlier one may be in other hands, which is why they changed it.
    held = await office.memory.person_keys.of_person(reader.practice, reader.id, Standing.CURRENT)
    wished = reader.email_mode is not EmailMode.NOTICE
    return wished and held is not None and held.fingerprint == mail.locked_for


async def settle(office: Office, one: Consignment, state: MailState, code: int | None) -> None:
    """Keeps the truth about a mail: sent, in doubt, failed, or stopped; failure becomes a line of the record.

    Only `sent` is noted by whoever does not hold the mail any more: it is true whatever others think.
    """
    held = None if state is MailState.SENT else one.due.until
    tells = one.due.until - timedelta(seconds=LEASE) if state is MailState.SENT and _is_notice(one) else None
    settled = Settled(state, code, office.clock(), tells=tells)
    kept = await office.memory.mailbox.settle_mail(one.stored, settled, held=held)
    if kept and state is MailState.FAILED and one.stored.form not in ACCOUNT:
        await _note_failure(office, one.stored, FailedMailFacts(one.stored.number, code=code or 0))


def _is_notice(one: Consignment) -> bool:
    return one.stored.form in NOTICES


async def try_again(office: Office, one: Consignment, code: int | None) -> None:
    """A temporary refusal: the next try by the schedule, or failure after 48 hours of tries.

    Without a `code` nobody refused it, and it may have arrived each time: then it is in doubt.
    """
    now, stored = office.clock(), one.stored
    if now - stored.created_at > GIVE_UP and stored.attempts >= len(SCHEDULE):
        await settle(office, one, MailState.IN_DOUBT if code is None else MailState.FAILED, code)
        return
    step = min(stored.attempts, len(SCHEDULE) - 1)
    again = now + timedelta(seconds=SCHEDULE[step])
    settled = Settled(MailState.OWED, code, now, again)
    await office.memory.mailbox.settle_mail(stored, settled, held=one.due.until)


async def owed_mail_named(office: Office, mail: MailId) -> StoredMail | None:
    """The mail a bounce address speaks of, in whatever practice."""
    hashed = office.installation.lookup("mail", mail.hex)
    for practice, _ in await office.memory.directory.find("mail", hashed):
        return await office.memory.mailbox.mail_named(practice, mail)
    return None


async def bounced(office: Office, stored: StoredMail, cause: str, effects: Sequence[Effect]) -> Outcome:
    """A report came back: the mail did not reach its reader. Known when that is in the record already."""
    await office.memory.mailbox.settle_mail(stored, Settled(MailState.FAILED, stored.code, office.clock()))
    return await _note_failure(office, stored, FailedMailFacts(stored.number, cause), effects)


async def account_mail_bounced(office: Office, stored: StoredMail) -> None:
    """A report about one that concerns its reader's own ways in: no line of anybody's record."""
    await office.memory.mailbox.settle_mail(stored, Settled(MailState.FAILED, stored.code, office.clock()))


async def _note_failure(
    office: Office, stored: StoredMail, facts: FailedMailFacts, effects: Sequence[Effect] = ()
) -> Outcome:
    """Told once each time it was owed: sent again on somebody's word, it is owed anew, and fails anew."""
    told = await unarrived_mails(office, stored)
    draft = Draft(
        uuid5(stored.id, f"failed {stored.created_at.astimezone(UTC).isoformat()}"),
        Body(event=EventName.MAIL_FAILED, facts=facts),
        Channel.EMAIL,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        effects=(*effects, *told),
    )
    way = errand(stored.practice, stored.conversation, Work.LEAVING)
    return await post(office, Where.by_nobody(way), draft)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery truth of one letter to one reader, as its page shows it."""

    mail: MailId
    number: int
    state: MailState
    since: datetime
    code: int | None
    tries: int = 0
    form: MailForm | None = None

    @property
    def of_letter(self) -> bool:
        """Whether it carries a letter or the notice of one, to somebody who did not write it."""
        return self.form in LETTERS


async def deliveries(office: Office, way: Way, numbers: list[int]) -> dict[int, list[Delivery]]:
    """What became of the mails about these entries, by entry number."""
    found: dict[int, list[Delivery]] = {}
    if numbers:
        for mail in await office.memory.mailbox.mail_of(way, numbers):
            if mail.state is MailState.REPLACED:
                continue
            found.setdefault(mail.number, []).append(
                Delivery(
                    mail=mail.id,
                    number=mail.number,
                    state=mail.state,
                    since=mail.next_at or mail.settled_at or mail.created_at,
                    code=mail.code,
                    tries=mail.attempts,
                    form=mail.form,
                )
            )
    return found
