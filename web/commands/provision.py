"""`quietline provision`: JSON lines in, JSON lines out. A line that fails says so; the rest goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from messaging.conversations import Kind, Member, Session, SessionState
from messaging.errors import Malformed, NotFound, Refusal
from messaging.ids import ConversationId, PracticeId, SessionId, parse_uuid
from messaging.leaving.answer_rules import checked_answer_rule
from messaging.messages import Channel
from messaging.office import Office
from messaging.people import EmailMode, Identity, Role
from messaging.practice.founding import (
    NewPerson,
    NewPractice,
    found_practice,
    member_named,
    practice_by_slug,
)
from messaging.practice.importing import (
    NewConversation,
    import_conversation,
    import_person,
    import_session_once,
)
from messaging.practice.operating import lay_down_rules, note_import, operator_of
from messaging.practice.past_letters import PastLetter, import_letter
from messaging.practice.said_settings import KEYS as SETTINGS
from messaging.practice.said_settings import changes_said, language_said
from messaging.practice.settings import change_practice, check_changes
from messaging.sessions.rules import checked_rules

AT_ONCE: Final = 32
"""Lines of one kind worked on together; a change of kind waits, because later lines name earlier ones."""

Fields = dict[str, Any]

KEYS: Final[dict[str, frozenset[str]]] = {
    "practice": frozenset({"slug", "mail_domain", "session_rules", "ref", *SETTINGS}),
    "person": frozenset(
        {"practice", "role", "username", "name", "email", "password", "email_mode", "ref", "active"}
        | {"identity", "pseudonym", "language"}
    ),
    "conversation": frozenset({"practice", "clients", "clinicians", "kind", "ref", "answer_rule"}),
    "session": frozenset({"practice", "conversation", "starts", "minutes", "state", "ref"}),
    "letter": frozenset({"practice", "conversation", "author", "at", "text", "subject", "channel", "ref"}),
}
"""What a line of each kind may say. Another key is a mistake: what was misspelt must not look as if it were kept."""


@dataclass(slots=True)
class Desk:
    """What the lines so far have made."""

    office: Office
    base_url: str
    reason: str
    """What it is for: in the trail of each practice that the file is about."""
    # bound: one for each line of the operator's file
    conversations: dict[int, tuple[PracticeId, ConversationId]] = field(default_factory=dict)
    noted: set[PracticeId] = field(default_factory=set)  # bound: the practices there are
    made: int = 0
    failed: int = 0

    async def run(self, lines: Iterable[str]) -> AsyncIterator[Fields]:
        """Answers each line, in order."""
        group: list[tuple[int, str, Fields, int]] = []
        taken: set[str] = set()
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            parsed = _parse(line)
            if parsed is None:
                async for answer in self._flush(group):
                    yield answer
                group, taken = [], set()
                self.failed += 1
                yield {
                    "error": f"This line is not one of {', '.join(KEYS)}.",
                    "line": number,
                }
                continue
            kind, fields = parsed
            if group and (group[0][1] != kind or len(group) >= AT_ONCE or _names(fields) & taken):
                async for answer in self._flush(group):
                    yield answer
                group, taken = [], set()
            group.append((number, kind, fields, self.made))
            taken |= _names(fields)
            self.made += kind == "conversation"
        async for answer in self._flush(group):
            yield answer

    async def _flush(self, group: list[tuple[int, str, Fields, int]]) -> AsyncIterator[Fields]:
        for answer in await asyncio.gather(*(self._one(*item) for item in group)):
            self.failed += "error" in answer
            yield answer

    async def _one(self, number: int, kind: str, fields: Fields, index: int) -> Fields:
        work: dict[str, Callable[[Fields, int], Awaitable[Fields]]] = {
            "practice": self._practice,
            "person": self._person,
            "conversation": self._conversation,
            "session": self._session,
            "letter": self._letter,
        }
        try:
            unknown = sorted(fields.keys() - KEYS[kind])
            if unknown:
                raise Malformed(
                    f"Not known in a {kind} line: {', '.join(repr(one[:40]) for one in unknown[:5])}."
                )
            made = await work[kind](fields, index)
        except Refusal as refusal:
            return {"error": refusal.detail, "line": number}
        except (KeyError, TypeError, ValueError, AttributeError):
            return {"error": "A field is missing or cannot be read.", "line": number}
        return {"line": number, "id": made["id"], kind: made}

    async def _practice(self, fields: Fields, _: int) -> Fields:
        new = NewPractice(
            fields["slug"], fields["name"], fields.get("time_zone", "UTC"), fields.get("mail_domain")
        )
        # Whatever is wrong is found before anything is made.
        rules, changes = checked_rules(fields.get("session_rules", {})), changes_said(fields)
        check_changes(changes)
        # Its slug is what a practice is called; a reference says that it may be there already.
        known = await practice_by_slug(self.office, new.slug) if fields.get("ref") else None
        if known is None:
            known = (await found_practice(self.office, new)).id
        await self._noted(known)
        await change_practice(self.office, operator_of(known), changes)
        if "session_rules" in fields:
            await lay_down_rules(self.office, known, rules)
        return {**fields, "id": str(known)}

    async def _person(self, fields: Fields, _: int) -> Fields:
        practice = await self._of(fields)
        new = NewPerson(
            role=Role(fields["role"]),
            username=fields["username"],
            name=fields["name"],
            email=fields.get("email"),
            password=fields.get("password"),
            email_mode=EmailMode(fields.get("email_mode", "notice")),
            ref=fields.get("ref"),
            identity=Identity(fields.get("identity", "identified")),
            pseudonym=fields.get("pseudonym", ""),
            language=language_said(fields) or None,
        )
        imported = await import_person(self.office, practice, new, _yes_or_no(fields.get("active")))
        # By what they are here, not by what the line says: an older file may call somebody sealed by their name.
        is_known = imported.identity is Identity.IDENTIFIED
        kept_back = {"password"} if is_known else {"password", "name", "email"}
        made = {k: v for k, v in fields.items() if k not in kept_back} | {"id": str(imported.person)}
        if imported.invitation is not None:
            made["invitation"] = f"{self.base_url}/invitation#{imported.invitation}"
        return made

    async def _conversation(self, fields: Fields, index: int) -> Fields:
        practice = await self._of(fields)
        members = [
            *[await self._member(practice, name, client=True) for name in fields["clients"]],
            *[await self._member(practice, name, client=False) for name in fields["clinicians"]],
        ]
        answer = checked_answer_rule(fields["answer_rule"]) if "answer_rule" in fields else None
        kind = Kind(fields.get("kind", "individual"))
        new = NewConversation(kind, tuple(members), answer, fields.get("ref"))
        made = await import_conversation(self.office, practice, new)
        self.conversations[index] = (practice, made)
        return {**fields, "id": str(made)}

    async def _member(self, practice: PracticeId, username: str, *, client: bool) -> Member:
        known = await member_named(self.office, practice, username)
        if known is None or (known.role is Role.CLIENT) != client:
            raise Malformed("A member is not known in this practice, or is named in the wrong role.")
        return known

    async def _session(self, fields: Fields, _: int) -> Fields:
        practice = await self._of(fields)
        conversation = self._conversation_named(fields["conversation"])
        starts = datetime.fromisoformat(fields["starts"]) if "starts" in fields else self.office.clock()
        session = Session(
            SessionId(self.office.new_id()),
            conversation,
            SessionState(fields.get("state", "booked")),
            starts if starts.tzinfo else starts.replace(tzinfo=UTC),
            int(fields.get("minutes", 50)),
        )
        if session.state not in (SessionState.BOOKED, SessionState.LIVE):
            raise Malformed("A session is imported as booked or live.")
        made = await import_session_once(self.office, practice, session, fields.get("ref"))
        return {**fields, "id": str(made.id), "conversation": str(conversation), "state": made.state}

    async def _letter(self, fields: Fields, _: int) -> Fields:
        practice = await self._of(fields)
        author = await member_named(self.office, practice, fields["author"])
        if author is None:
            raise NotFound("Who wrote the letter is not known in this practice.")
        letter = PastLetter(
            conversation=self._conversation_named(fields["conversation"]),
            author=author.person,
            at=datetime.fromisoformat(fields["at"]),
            text=fields["text"],
            subject=fields.get("subject"),
            channel=Channel(fields.get("channel", "web")),
            ref=fields.get("ref"),
        )
        number = await import_letter(self.office, practice, letter)
        # Its words are not told again: an answer is read by whoever keeps the logs of an import.
        told = {name: value for name, value in fields.items() if name not in ("text", "subject")}
        conversation = str(letter.conversation)
        return {**told, "id": f"{conversation}/{number}", "conversation": conversation, "number": number}

    def _conversation_named(self, named: object) -> ConversationId:
        if isinstance(named, int) and not isinstance(named, bool):
            if named not in self.conversations:
                raise NotFound("There is no conversation of this number in this file.")
            return self.conversations[named][1]
        return ConversationId(parse_uuid(named if isinstance(named, str) else None) or _missing())

    async def _of(self, fields: Fields) -> PracticeId:
        practice = await practice_by_slug(self.office, fields["practice"])
        if practice is None:
            raise NotFound("There is no practice with this slug.")
        await self._noted(practice)
        return practice

    async def _noted(self, practice: PracticeId) -> None:
        if practice not in self.noted:
            self.noted.add(practice)
            await note_import(self.office, practice, self.reason)


def _names(fields: Fields) -> set[str]:
    """What a line claims: of two lines that claim the same, the first must win."""
    claimed = {str(fields.get(name)).casefold() for name in ("slug", "username", "ref") if fields.get(name)}
    # Letters of one conversation stand in the order in which the file has them.
    return claimed | ({f"written in {fields.get('conversation')}"} if "author" in fields else set())


def _yes_or_no(said: object) -> bool | None:
    if said is not None and not isinstance(said, bool):
        raise Malformed("`active` is true or false.")
    return said


def _missing() -> Any:
    raise NotFound("There is no such conversation.")


def _parse(line: str) -> tuple[str, Fields] | None:
    try:
        held = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(held, dict) or len(held) != 1:
        return None
    ((kind, fields),) = held.items()
    return (kind, fields) if kind in KEYS and isinstance(fields, dict) else None
