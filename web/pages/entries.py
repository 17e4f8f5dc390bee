"""The record as the templates want it: letters with the truth about their mail, chat, events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

from messaging.conversations import Circle
from messaging.ids import PersonId
from messaging.mail.delivering import Delivery
from messaging.messages import AttachmentNote, Entry, EntryKind
from messaging.people import EmailMode, Role
from messaging.stored import MailState
from web import shown
from web.shown import Attachment, Carriage, ChatMessage, Event, Letter, Timeline

LEFT: Final = "Someone who has left"
WORDS: Final = {
    "automatic_mail": "An automatic answer came by mail",
    "mail_failed": "A mail did not arrive",
}
"""Events the templates have no words for."""
GRAVEST: Final = (
    MailState.FAILED,
    MailState.STOPPED,
    MailState.IN_DOUBT,
    MailState.SENDING,
    MailState.OWED,
    MailState.SENT,
)
"""Of several mails about one letter, the one that most needs to be known."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a record, and what is known beside it. `files` is where its files are handed out."""

    circle: Circle
    me: PersonId
    files: str
    promise: datetime | None = None
    deliveries: Mapping[int, Sequence[Delivery]] = field(default_factory=dict)
    originals: bool = False
    """Whether this reader may have mailed letters as they came."""

    def author(self, entry: Entry) -> str:
        """By name."""
        person = self.circle.people.get(entry.author)
        return person.name if person else LEFT


def timeline(entries: Sequence[Entry], reader: Reader, *, earlier: bool = True) -> Timeline:
    """Entries in order. `last` is the newest number there is, from which the scripts follow on."""
    conversation = reader.circle.conversation
    first = entries[0].number if entries else 1
    return Timeline(
        conversation_id=str(conversation.id),
        entries=tuple(entry(one, reader) for one in entries),
        last=conversation.last_number,
        earlier=first if earlier and first > 1 else None,
        live_session=str(conversation.live.id) if conversation.live else "",
    )


def entry(one: Entry, reader: Reader) -> shown.Entry:
    """One entry, as its kind is read."""
    if one.kind is EntryKind.EVENT:
        return _event(one)
    if one.is_letter:
        return letter(one, reader)
    mine = one.author == reader.me
    return ChatMessage(one.number, one.at, reader.author(one), mine, one.body.text, session_named(one))


def session_named(one: Entry) -> str:
    """The session an entry belongs to. The event that opens one is written before any is live, and names it."""
    return str(one.session) if one.session else one.body.facts.get("session", "")


def _event(one: Entry) -> Event:
    code = one.body.event.value if one.body.event else "event"
    return Event(one.number, one.at, code, WORDS.get(code, ""), session_named(one))


def letter(one: Entry, reader: Reader) -> Letter:
    """A letter with its promise while it waits, its files, and the truth about its mail."""
    return Letter(
        number=one.number,
        at=one.at,
        author=reader.author(one),
        mine=one.author == reader.me,
        text=one.body.text,
        channel=one.channel,
        folded=one.body.folded or "",
        original_url=f"{reader.files}/original/{one.number}"
        if reader.originals and one.body.original
        else "",
        answer_by=reader.promise if waits(one, reader.circle) else None,
        carriage=carriage(reader.deliveries.get(one.number, ()), reader.circle),
        attachments=tuple(
            Attachment(note.name, size(note.size), _place(reader, one, note)) for note in one.body.attachments
        ),
    )


def _place(reader: Reader, one: Entry, note: AttachmentNote) -> str:
    """By id alone: a file's name is the writer's own words and has no place in an address."""
    return f"{reader.files}/attachments/{one.number}/{note.id}"


def waits(one: Entry, circle: Circle) -> bool:
    """Whether a letter is among those not yet answered."""
    since = circle.conversation.waiting_since
    member = circle.conversation.member(one.author)
    asked = one.is_letter and (member is None or member.role is Role.CLIENT)
    return asked and since is not None and one.at >= since


def carriage(mails: Iterable[Delivery], circle: Circle) -> Carriage | None:
    """The gravest truth among the mails about one letter."""
    known = sorted(mails, key=lambda mail: GRAVEST.index(mail.state))
    if not known:
        return None
    gravest = known[0]
    whole = any(p.email and p.email_mode is EmailMode.FULL for p in circle.clients)
    return Carriage(_state(gravest.state), gravest.since, _reason(gravest), whole)


def _state(state: MailState) -> shown.Delivery:
    match state:
        case MailState.OWED | MailState.SENDING:
            return shown.Delivery.OWED
        case MailState.SENT:
            return shown.Delivery.SENT
        case MailState.IN_DOUBT:
            return shown.Delivery.IN_DOUBT
        case MailState.FAILED | MailState.STOPPED:
            return shown.Delivery.FAILED
        case _:
            assert_never(state)


def _reason(mail: Delivery) -> str:
    if mail.state is MailState.STOPPED:
        return "it was stopped, because the address it was written for is no longer theirs"
    return f"the mail server answered {mail.code}" if mail.code else ""


def size(octets: int) -> str:
    """As one says it: 214 kB, 3.1 MB."""
    if octets < 1000:
        return f"{octets} B"
    return f"{octets / 1000:.0f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"
