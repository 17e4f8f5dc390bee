"""How the acts' mail orders become mail: the practice's neutral name, the reader's own reply address, nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from channels.email.addresses import new_token
from channels.email.composing import invitations, own_account, promising
from channels.email.composing.invitations import Appointment, Method
from channels.email.composing.mail import (
    REMINDER,
    Envelope,
    compose_full,
    compose_notice,
    letter_id,
)
from channels.email.composing.signing import Signer
from channels.email.composing.system_lines import words_of
from channels.email.leaving.beside import Beside
from channels.email.leaving.letterhead import Letterhead
from channels.email.leaving.reader import speaking_to
from channels.email.sealing.locked import CannotLock, Hands, compose_locked, to_lock
from channels.email.terms import MailOut
from channels.language.speaking import spoken
from messaging.addresses import valid_domain
from messaging.conversations import Session
from messaging.ids import EntryId
from messaging.leaving import notices
from messaging.memory.leaving import MailForm
from messaging.office import (
    About,
    AccountOrder,
    AppointmentOrder,
    FrozenMail,
    MailOrder,
    PromiseOrder,
)
from messaging.people import EmailMode, Practice
from messaging.trust.encryption import InstallationKey
from messaging.trust.locks import Locks

SHORT: Final = 2_000
"""Characters of a letter that is composed at once where it is not signed: half a millisecond, as much as a thread costs."""


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The press of this installation."""

    terms: MailOut
    installation: InstallationKey
    hands: Hands
    aside: Beside
    signer: Signer | None = None

    @property
    def head(self) -> Letterhead:
        """Addresses and references."""
        return Letterhead(self.terms, self.installation)

    async def freeze(self, order: MailOrder) -> FrozenMail:
        """The mail, final: made once, sent as it is however often it is tried."""
        with speaking_to(order):
            return await self._freeze(order)

    async def _freeze(self, order: MailOrder) -> FrozenMail:
        domain = self.domain(order.practice)
        if order.to.email is None:
            raise ValueError("mail is owed only to those who have an address")
        message_id = self._letter_id(order, order.entry, domain)
        envelope = Envelope(
            sender_name=order.practice.sender,
            sender=self.head.sender(domain),
            recipient=order.to.email,
            reply_to=self.head.reply_to(domain, order.reply_token),
            message_id=message_id,
            date=order.at,
            subject=notices.subject_for(order.practice, spoken()),
            in_reply_to=order.answers,
            references=self._references(order, domain),
            thread_index=order.thread_index,
            mark=self.head.mark(order.mail, order.at, domain),
        )
        raw, form, locked_for = await self._composed(order, envelope, domain)
        return FrozenMail(
            recipient=order.to.email,
            sender=self.head.bounces_to(order.mail, order.at, domain),
            message_id=message_id,
            raw=raw,
            whole=form in (MailForm.WHOLE, MailForm.LOCKED),
            locked_for=locked_for,
            form=form,
        )

    async def _composed(
        self, order: MailOrder, envelope: Envelope, domain: str
    ) -> tuple[bytes, MailForm, str | None]:
        """Bytes, what they are, and the key they are locked for. What cannot be locked says nothing."""
        if order.to.email_mode is EmailMode.FULL:
            words = self._words(order)
            if self.signer is None and len(words) <= SHORT:
                return compose_full(envelope, words), MailForm.WHOLE, None
            raw = await self.aside.do(order.practice.id, compose_full, envelope, words)
            return await self._signed_aside(order, raw, domain), MailForm.WHOLE, None
        form = order.locks or MailForm.NOTICE
        if isinstance(form, Locks):
            try:
                locked = await self._locked(order, envelope, form)
            except CannotLock:  # their key has become useless: never in clear instead
                form = MailForm.UNUSABLE
            else:
                locked = await self._signed_aside(order, locked, domain)
                return locked, MailForm.LOCKED, form.theirs.fingerprint
        # A person's words stay here; what goes is written by the server, though not in answer to anybody's mail.
        told = replace(envelope, auto=True, unasked=True)
        notice = compose_notice(told, f"{self.terms.base_url}/")
        return await self._signed_aside(order, notice, domain), form, None

    async def _signed_aside(self, order: MailOrder, raw: bytes, domain: str) -> bytes:
        """Beside the loop, where there is anything to do."""
        return await self.aside.do(order.practice.id, self._signed, raw, domain) if self.signer else raw

    def _words(self, order: MailOrder) -> str:
        return words_of(order.text, f"{self.terms.base_url}/me/letters" if order.files else None)

    async def _locked(self, order: MailOrder, envelope: Envelope, locks: Locks) -> bytes:
        asked = await self.aside.do(order.practice.id, to_lock, envelope, self._words(order), locks)
        return await self.aside.do(
            order.practice, compose_locked, envelope, locks, await self.hands.lock(asked)
        )

    def thread_id(self, order: MailOrder) -> str:
        """The letter thread's own id for this reader. Never a Message-ID, so no relay can replace it in References."""
        stem = f"{order.thread or order.entry}-{order.to.id.hex[:12]}-thread"
        return self.head.reference(stem, order.reply_token, self.domain(order.practice))

    def freeze_promise(self, order: PromiseOrder) -> FrozenMail:
        """A receipt, or the word that an answer is late or that a letter waits unread."""
        with speaking_to(order):
            return self._freeze_promise(order)

    def _freeze_promise(self, order: PromiseOrder) -> FrozenMail:
        base, promise = self.terms.base_url, order.promise
        envelope = self._notice(order, order.reply_token, order.answers)
        words = promising.words_of(order.form, promised=promise is not None, unread=order.unread)
        zones = promising.zones_for(promise, order.to.time_zone, order.practice.time_zone) if promise else ()
        places = promising.Places(f"{base}/", f"{base}/help-now")
        raw = promising.compose_promise(envelope, words, promise, zones, places)
        return self._frozen(order, envelope, raw, order.form, order.since)

    def freeze_account(self, order: AccountOrder) -> FrozenMail:
        """What is about its reader's own ways in. An answer by mail would be no letter: it goes where nobody reads."""
        zone = ZoneInfo(order.to.time_zone or order.practice.time_zone)
        with speaking_to(order):
            envelope = self._notice(order)
            raw = own_account.compose_account(envelope, order, self.terms.base_url, zone)
        return self._frozen(order, envelope, raw, order.form)

    def _notice(
        self,
        order: PromiseOrder | AccountOrder,
        token: str | None = None,
        answers: str | None = None,
    ) -> Envelope:
        """Of a mail of fixed words. Without a reply token its answers go where nobody reads."""
        domain = self.domain(order.practice)
        if order.to.email is None:
            raise ValueError("mail is owed only to those who have an address")
        own = letter_id(f"{order.mail}", domain)
        key = self.head.reference(f"{order.mail}", token, domain)
        return Envelope(
            sender_name=order.practice.sender,
            sender=self.head.sender(domain),
            recipient=order.to.email,
            reply_to=self.head.reply_to(domain, token),
            message_id=own,
            date=order.at,
            subject=notices.subject_for(order.practice, spoken()),
            in_reply_to=answers,
            references=tuple(one for one in (key, answers) if one and one != own),
            auto=True,
            mark=self.head.mark(order.mail, order.at, domain),
        )

    def _frozen(
        self,
        order: PromiseOrder | AccountOrder,
        envelope: Envelope,
        raw: bytes,
        form: MailForm,
        since: datetime | None = None,
    ) -> FrozenMail:
        domain = self.domain(order.practice)
        return FrozenMail(
            recipient=envelope.recipient,
            sender=self.head.bounces_to(order.mail, order.at, domain),
            message_id=envelope.message_id,
            raw=self._signed(raw, domain),
            whole=False,
            form=form,
            since=since,
        )

    def freeze_appointment(self, order: AppointmentOrder) -> FrozenMail:
        """A mail about a session: a calendar file in neutral words, or a reminder without even that."""
        with speaking_to(order):
            return self._freeze_appointment(order)

    def _freeze_appointment(self, order: AppointmentOrder) -> FrozenMail:
        domain, practice = self.domain(order.practice), order.practice
        if order.to.email is None:
            raise ValueError("mail is owed only to those who have an address")
        envelope = self._appointment_envelope(order, order.to.email, domain)
        link = f"{self.terms.base_url}/"
        method = invitations.method_for(order.about)
        if method is None:
            raw = compose_notice(envelope, link, REMINDER)
        else:
            appointment = self._appointment(practice, order.session, order.at, envelope.reply_to)
            raw = invitations.compose_appointment(
                envelope, appointment, method, link, ZoneInfo(practice.time_zone)
            )
        return FrozenMail(
            order.to.email,
            self.head.bounces_to(order.mail, order.at, domain),
            envelope.message_id,
            self._signed(raw, domain),
            whole=False,
            form=MailForm.REMINDER if method is None else MailForm.APPOINTMENT,
            session=order.session.id,
            sequence=order.session.sequence,
        )

    def _appointment_envelope(self, order: AppointmentOrder, recipient: str, domain: str) -> Envelope:
        """Each change is a mail of its own in the thread of the first. Without a reply token answers are refused."""
        session = order.session
        stem = f"{session.id}-{order.to.id.hex[:12]}"
        said = f"{order.about}-{order.before}" if order.about is About.SOON else "appointment"
        first = self.head.reference(f"{stem}-0-appointment", order.reply_token, domain)
        own = letter_id(f"{stem}-{session.sequence}-{said}", domain)
        token = order.reply_token
        return Envelope(
            sender_name=order.practice.sender,
            sender=self.head.sender(domain),
            recipient=recipient,
            reply_to=self.head.reply_to(domain, token),
            message_id=own,
            date=order.at,
            subject=notices.subject_for(order.practice, spoken()),
            references=() if own == first else (first,),
            auto=True,
            mark=self.head.mark(order.mail, order.at, domain),
        )

    def calendar_file(self, practice: Practice, session: Session, at: datetime) -> bytes:
        """The session as a file: the same UID as in the mails, so that it is one appointment wherever it came from."""
        domain = self.domain(practice)
        return invitations.calendar_file(
            self._appointment(practice, session, at, self.head.sender(domain)), Method.PUBLISH
        )

    def _appointment(self, practice: Practice, session: Session, at: datetime, organiser: str) -> Appointment:
        """Calendars send a "no" to the organiser, whatever Reply-To says: so that is an address that is read."""
        domain = self.domain(practice)
        return Appointment(
            uid=invitations.appointment_uid(str(session.id), domain),
            sequence=session.sequence,
            starts=session.starts,
            minutes=session.minutes,
            stamp=at,
            organiser_name=practice.name,
            organiser=organiser,
        )

    def _signed(self, raw: bytes, domain: str) -> bytes:
        return self.signer.sign(raw, domain) if self.signer else raw

    def sender_address(self, practice: Practice) -> str:
        """The neutral address from which a practice's mail comes."""
        return self.head.sender(self.domain(practice))

    def new_token(self, random: bytes) -> str:
        """A fresh reply token."""
        return new_token(random)

    def domain(self, practice: Practice) -> str:
        """The mail domain of a practice; ours where the one it was given, before such were refused, is none."""
        own = practice.mail_domain
        return own if own and valid_domain(own) else self.terms.domain

    def _references(self, order: MailOrder, domain: str) -> tuple[str, ...]:
        root = (
            [self._letter_id(order, order.thread, domain)] if order.thread not in (None, order.entry) else []
        )
        return (self.thread_id(order), *root, *([order.answers] if order.answers else []))

    def _letter_id(self, order: MailOrder, entry: EntryId | None, domain: str) -> str:
        """Stable over retries, and one for each reader: two mailboxes of a couple never share a Message-ID."""
        return letter_id(f"{entry}-{order.to.id.hex[:12]}", domain)
