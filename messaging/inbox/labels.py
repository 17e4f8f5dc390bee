"""Labels: words that the clinicians of a conversation put on it, to find it by.

They are the conversation's, not one clinician's: who takes over finds them, and two who care do not sort past each other.
They are words about somebody, so they are sealed under the conversation's key like all others, go with it when it is erased,
and stand in the whole record; no client's list, no mail and no log has them.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from messaging.conversations import Conversation
from messaging.errors import Malformed
from messaging.ids import ConversationId, PracticeId
from messaging.office import Office
from messaging.people import Person
from messaging.trust.encryption import CannotOpen, Place

LABELS: Final = "conversations.labels"
MOST: Final = 8
"""Of one conversation: more would not fit a row."""
LENGTH: Final = 40
"""Characters of one."""
FORM: Final = 1
NO_LABELS: Final = (ValueError, KeyError, TypeError)


def checked_labels(said: Iterable[object]) -> tuple[str, ...]:
    """As they are kept: in the order they were given, each once, however it is spelled. Raises Malformed."""
    found: dict[str, str] = {}
    for one in said:
        label = " ".join(one.split()) if isinstance(one, str) else ""
        if not 0 < len(label) <= LENGTH or not label.isprintable():
            raise Malformed(f"A label has 1 to {LENGTH} characters.")
        found.setdefault(label.casefold(), label)
        if len(found) > MOST:
            raise Malformed(f"A conversation has at most {MOST} labels.")
    return tuple(found.values())


def labels_place(practice: PracticeId, conversation: ConversationId) -> Place:
    """Where they live: in the conversation's own row."""
    return Place(LABELS, practice, conversation, conversation)


async def seal_labels(
    office: Office, practice: PracticeId, conversation: ConversationId, labels: Sequence[str]
) -> bytes | None:
    """As memory keeps them; None for none."""
    if not labels:
        return None
    key = await office.keyring.key(practice, conversation)
    plain = json.dumps({"v": FORM, "labels": list(labels)}, ensure_ascii=False).encode()
    return office.keyring.seal(key, labels_place(practice, conversation), plain)


async def labels_of(office: Office, conversation: Conversation) -> tuple[str, ...]:
    """Opened. Those that do not open are none: a row must not disappear with its labels."""
    return await open_labels(office, conversation.practice, conversation.id, conversation.labels)


async def open_labels(
    office: Office, practice: PracticeId, conversation: ConversationId, sealed: bytes | None
) -> tuple[str, ...]:
    """The same, as memory keeps them."""
    if sealed is None:
        return ()
    try:
        key = await office.keyring.key(practice, conversation)
        plain = key.open(labels_place(practice, conversation), sealed)
        return tuple(str(one) for one in json.loads(plain)["labels"])
    except (CannotOpen, *NO_LABELS):
        return ()


def mark_of(office: Office, person: Person, label: str) -> str:
    """What an address says for a label: an address is kept in histories and logs, and has no words of ours."""
    return office.installation.lookup("label", f"{person.id}\x00{label.casefold()}")[:8].hex()
