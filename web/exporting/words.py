"""An entry in sentences: what every form shows of it. A form shows all of `parts`, so that none can leave a word out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, Final
from zoneinfo import ZoneInfo

from messaging.exporting.record import Line, Record
from messaging.facts import (
    AgreementFacts,
    AutomaticMailFacts,
    AwayFacts,
    BreakFacts,
    ClosingFacts,
    CoverFacts,
    Facts,
    FailedMailFacts,
    LetterFacts,
    NumberFacts,
    OfNamed,
    PromiseFacts,
    SettledFacts,
    beside,
)
from messaging.facts_given import AnsweredFacts, AssignedFacts, EndingFacts, PlanFacts
from messaging.ids import SYSTEM, PersonId
from messaging.memory.arriving import FileCheck, FileState
from messaging.memory.leaving import StoredMail
from messaging.messages import AttachmentNote, Body, Entry, EntryKind
from web.exporting.given import told_of
from web.exporting.names import media_type
from web.pages.parts.entries import Reader, entry
from web.pages.parts.facts import agreed_text
from web.pages.parts.rendering import environment
from web.pages.parts.signatures import openpgp_notes
from web.pages.parts.views import Event, Here

LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""From here all days are said with their year."""

BLANK: Final = re.compile(r"\{(?:form|name|state|at)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of an entry: `label` says what they are, empty for what somebody said. `own`: written by a person."""

    label: str
    text: str = field(repr=False)
    own: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file beside an entry. `says`: why it is not handed out, where it is not."""

    place: int
    note: AttachmentNote = field(repr=False)
    content_type: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One entry, in sentences. `kind` is what it is, `mark` what became of it."""

    line: Line
    who: str = field(repr=False)
    kind: str
    mark: str
    at: str
    parts: tuple[Part, ...]
    files: tuple[File, ...]


@dataclass(frozen=True)
class Words:
    """Says the entries of one record, in its practice's time."""

    record: Record

    @cached_property
    def here(self) -> Here:
        """The place all times are said from."""
        return Here(LONG_AGO, ZoneInfo(self.record.practice.time_zone))

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.record.circle, SYSTEM, "", originals=self.record.whole)

    def name(self, person: PersonId) -> str:
        """As the conversation's people call them; who left is one nobody is named by any more."""
        if person == SYSTEM:
            return str(ours().told["server"])
        found = self.record.person(person)
        return found.name if found else str(ours().told["former"])

    def time(self, at: datetime) -> str:
        """A day and a time, to the second, with how far its clock is from UTC: 2026-11-30 18:00:05 +01:00."""
        there = at.astimezone(self.here.zone)
        offset = f"{there:%z}"
        return f"{there:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}"

    def said(self, line: Line) -> Said:
        """All that a form shows."""
        one = line.entry
        return Said(
            line=line,
            who=self.name(one.author),
            kind=self._event(one) if one.kind is EntryKind.EVENT else str(ours().kinds[one.channel]),
            mark=self._mark(line),
            at=self.time(one.at),
            parts=tuple(part for part in self._parts(line) if part.text),
            files=tuple(
                File(place, note, media_type(note), _held(line.held_back.get(note.id)))
                for place, note in enumerate(line.files)
            ),
        )

    def _event(self, one: Entry) -> str:
        """What happened, in the words of the pages."""
        shown = entry(one, self._reader, ())
        if not isinstance(shown, Event):
            return one.kind.value
        return str(pages().event(shown, self.here).unescape())

    def _mark(self, line: Line) -> str:
        told, marks = ours().told, list[str]()
        if line.entry.withdrawn:
            marks.append(told["withdrawn"])
        if line.entry.edited:
            marks.append(told["corrected"])
        if line.entry.body.weak:
            marks.append(told["weak"])
        return "; ".join(map(str, marks))

    def _parts(self, line: Line) -> Iterator[Part]:
        labels, body = ours().labels, line.entry.body
        yield Part(labels["subject"], body.subject or "", own=True)
        yield Part("", body.text, own=True)
        yield Part(labels["folded"], body.folded or "", own=True)
        yield from self._facts(line.entry)
        if isinstance(body.facts, AssignedFacts | AnsweredFacts | PlanFacts | EndingFacts):
            yield from (Part(label, words, own) for label, words, own in told_of(body.facts, labels))
        yield from _agreed(body.facts)
        if line.first is not None:
            yield from _first(line.first.body, body)
        for mail in line.mails:
            yield Part(labels["mail"], self._mail(mail))

    def _facts(self, one: Entry) -> Iterator[Part]:
        """What an entry says beside the words."""
        labels = ours().labels
        match one.body.facts:
            case LetterFacts() as facts:
                if facts.starts:
                    yield Part(labels["starts"], self.time(facts.starts))
                for note in (*openpgp_notes(one), *facts.notes):
                    yield Part(labels["note"], note)
                for other in facts.also:
                    yield Part(labels["also"], other)
            case ClosingFacts(homework=homework, next=following):
                yield Part(labels["homework"], homework or "", own=True)
                yield Part(labels["next"], self.time(following) if following else "")
            case FailedMailFacts() as facts:
                yield Part(labels["number"], str(facts.number))
                yield Part(labels["cause"], facts.cause or "")
                yield Part(labels["code"], str(facts.code or ""))
            case OfNamed(reason=reason):
                yield Part(labels["cause"], reason or "")
            case NumberFacts(number=number):
                yield Part(labels["number"], str(number))
            case AutomaticMailFacts(starts=starts):
                yield Part(labels["starts"], self.time(starts) if starts else "")
            case (
                BreakFacts(until=at)
                | PromiseFacts(promised=at)
                | SettledFacts(since=at)
                | AwayFacts(promised=at)
                | CoverFacts(promised=at)
            ):
                yield Part(labels["until"], self.time(at) if at else "")
            case _:
                pass
        # What another program wrote there is shown as it is: its reader may know.
        for name, text in beside(one.body.facts):
            yield Part(labels["beside"], f"{name}: {text}")

    def _mail(self, mail: StoredMail) -> str:
        words = ours()
        filled = {
            "{form}": words.mail_forms[mail.form or "notice"],
            "{name}": self.name(mail.person),
            "{state}": words.mail_states[mail.state],
            "{at}": self.time(mail.settled_at or mail.created_at),
        }
        # All at once: a name may hold what looks like a blank.
        sentence = BLANK.sub(lambda blank: str(filled[blank[0]]), str(words.told["mail"]))
        return f"{sentence} ({mail.code})" if mail.code else sentence


def _first(first: Body, now: Body) -> Iterator[Part]:
    """The first words, where the entry reads otherwise now."""
    labels = ours().labels
    yield Part(labels["subject"], first.subject or "" if first.subject != now.subject else "", own=True)
    yield Part(labels["first"], first.text if first.text != now.text else "", own=True)
    yield Part(labels["first_folded"], first.folded or "" if first.folded != now.folded else "", own=True)


def _held(check: FileCheck | None) -> str:
    told = ours().told
    if check is None:
        return ""
    if check.state is FileState.WAITING:
        return str(told["waiting"])
    return str(told["found"]).replace("{finding}", check.finding or "")


@cache  # bound: one
def ours() -> Any:
    """The words of `_words.html`, as plain text: each form escapes what it must."""
    module = environment().get_template("exporting/_words.html").module
    tables = {
        name: getattr(module, name) for name in ("labels", "told", "kinds", "mail_states", "mail_forms")
    }
    return SimpleNamespace(
        **{
            name: {
                code: words.unescape() if hasattr(words, "unescape") else words for code, words in of.items()
            }
            for name, of in tables.items()
        }
    )


@cache  # bound: one
def pages() -> Any:
    """The words of the pages."""
    return environment().get_template("parts/_words.html").module


def _agreed(facts: Facts) -> Iterator[Part]:
    """Which text somebody agreed to, and by what anybody can see whether it is the one they are shown."""
    if isinstance(facts, AgreementFacts):
        yield Part("", agreed_text(facts))
        yield Part("SHA-256", facts.digest)
