"""Which columns hold what is sealed, and for which place: for whoever opens rows without knowing what they mean.

Every column of octets is in one of the lists: a test asks the tables for those that are in neither.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from messaging.agreements.accepting import AGREED
from messaging.agreements.documents import VERSIONS
from messaging.arriving.addresses import ADDRESS
from messaging.arriving.originals import ENVELOPE, RAW, SUMMARY
from messaging.backup.rows import moment, number, uuid
from messaging.details import SEALED as PERSON
from messaging.entrance.second_factors import SEALED as SECOND_FACTOR
from messaging.forms.writing import FORMS
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.inbox.labels import LABELS
from messaging.integrating.service_accounts import SEALED as SERVICE_ACCOUNT
from messaging.integrating.webhooks import SEALED as WEBHOOK
from messaging.leaving.keys import PERSON_KEY, PRACTICE_KEY
from messaging.leaving.owing import MAIL, REPLY
from messaging.letters.drafts import DRAFT
from messaging.letters.sending_later import PENDING
from messaging.letters.snippets import SNIPPET
from messaging.letters.uploads import NAMED
from messaging.notes.sealed import PROCESS, PROGRESS, facts_of, own_key_id
from messaging.pushing.subscriptions import SEALED as SUBSCRIPTION
from messaging.record.files import ATTACHMENT, PIECES
from messaging.record.placing import BODY, EPOCH
from messaging.releases import Part, Release
from messaging.releasing.purpose import purpose_place
from messaging.sessions.standings import CHECK_IN
from messaging.trust.encryption import Place

Row = Mapping[str, bytes | None]
"""A row as PostgreSQL's binary format has it, by column."""
_NONE: Final = bytes(16)


def _plain(name: str, owner: str, row: str = "id") -> Callable[[Row], Place]:
    def place(one: Row) -> Place:
        return Place(name, _id(one, "practice_id"), _id(one, owner), _id(one, row))

    return place


def _id(one: Row, column: str) -> UUID:
    return uuid(one[column] or _NONE)


def _entry(one: Row) -> Place:
    """As `placing.body_place` has it, which a test compares."""
    at = (moment(one["at"] or b"") - EPOCH) // timedelta(microseconds=1)
    facts = b"".join(
        (
            one["author_id"] or _NONE,
            at.to_bytes(8, "big", signed=True),
            number(one["amends"] or b"").to_bytes(4, "big"),
            one["letter_id"] or _NONE,
            (one["kind"] or b"") + b"\x00" + (one["channel"] or b""),
        )
    )
    return Place(BODY, _id(one, "practice_id"), _id(one, "conversation_id"), _id(one, "id"), facts)


def _progress_note(one: Row) -> Place:
    """As `sealed.progress_place` has it."""
    version, made, at = number(one["version"] or b""), moment(one["made_at"] or b""), moment(one["at"] or b"")
    facts = facts_of(_id(one, "author_id"), version, made, at)
    return Place(PROGRESS, _id(one, "practice_id"), _id(one, "conversation_id"), _id(one, "id"), facts)


def _release(one: Row) -> Place:
    """As `purpose.purpose_place` has it."""
    release = Release(
        practice=PracticeId(_id(one, "practice_id")),
        conversation=ConversationId(_id(one, "conversation_id")),
        id=_id(one, "id"),
        giver=PersonId(_id(one, "giver_id")),
        receiver=PersonId(_id(one, "receiver_id")),
        made_at=moment(one["made_at"] or b""),
        parts=frozenset(map(Part, (one["parts"] or b"").decode().split())),
        since=moment(one["since"] or b""),
        until=moment(until) if (until := one["until"]) else None,
        expires=moment(one["expires_at"] or b""),
    )
    return purpose_place(release)


def _process_note(one: Row) -> Place:
    """As `sealed.process_place` has it: under its author's own key."""
    author, made, at = _id(one, "author_id"), moment(one["made_at"] or b""), moment(one["at"] or b"")
    facts = facts_of(author, _id(one, "conversation_id"), made, at)
    return Place(PROCESS, _id(one, "practice_id"), own_key_id(author), _id(one, "id"), facts)


def _version(one: Row) -> Place:
    """As `documents.version_place` has it: under its document's own key."""
    made, binds = moment(one["made_at"] or b""), moment(one["binds_from"] or b"")
    facts = facts_of(_id(one, "author_id"), number(one["version"] or b""), made, binds)
    return Place(VERSIONS, _id(one, "practice_id"), _id(one, "document_id"), _id(one, "document_id"), facts)


def _form(one: Row) -> Place:
    """As `forms.writing.form_place` has it: under its form's own key."""
    made = moment(one["made_at"] or b"")
    facts = facts_of(_id(one, "author_id"), number(one["version"] or b""), made)
    return Place(FORMS, _id(one, "practice_id"), _id(one, "form_id"), _id(one, "form_id"), facts)


def _original(name: str) -> Callable[[Row], Place]:
    def place(one: Row) -> Place:
        owner = "conversation_id" if one["conversation_id"] else "practice_id"
        return _plain(name, owner)(one)

    return place


def _piece(one: Row) -> Place:
    facts = number(one["number"] or b"").to_bytes(4, "big")
    return Place(PIECES, _id(one, "practice_id"), _id(one, "conversation_id"), _id(one, "file_id"), facts)


def _person_key(one: Row) -> Place:
    return _plain(f"{PERSON_KEY}.{(one['standing'] or b'').decode()}", "person_id", "person_id")(one)


PLACES: Final[Mapping[tuple[str, str], Callable[[Row], Place]]] = {
    ("people", "sealed"): _plain(PERSON, "id"),
    ("second_factors", "sealed"): _plain(SECOND_FACTOR, "person_id", "person_id"),
    ("second_factors", "offered"): _plain(SECOND_FACTOR, "person_id", "person_id"),
    ("further_addresses", "sealed"): _plain(ADDRESS, "person_id"),
    ("pgp_keys", "sealed"): _person_key,
    ("practice_pgp_keys", "sealed"): _plain(PRACTICE_KEY, "practice_id", "practice_id"),
    ("entries", "sealed"): _entry,
    ("attachments", "sealed"): _plain(ATTACHMENT, "conversation_id"),
    ("attachments", "named"): _plain(NAMED, "conversation_id"),
    ("file_pieces", "sealed"): _piece,
    ("progress_notes", "sealed"): _progress_note,
    ("process_notes", "sealed"): _process_note,
    ("releases", "sealed"): _release,
    ("document_versions", "sealed"): _version,
    ("form_versions", "sealed"): _form,
    ("agreements", "sealed"): _plain(AGREED, "conversation_id"),
    ("conversations", "labels"): _plain(LABELS, "id"),
    ("drafts", "sealed"): _plain(DRAFT, "conversation_id"),
    ("snippets", "sealed"): _plain(SNIPPET, "person_id"),
    ("pending_letters", "sealed"): _plain(PENDING, "conversation_id"),
    ("originals", "envelope"): _original(ENVELOPE),
    ("originals", "raw"): _original(RAW),
    ("originals", "summary"): _original(SUMMARY),
    ("outbox", "sealed"): _plain(MAIL, "conversation_id"),
    ("reply_tokens", "sealed"): _plain(REPLY, "conversation_id", "person_id"),
    ("check_ins", "sealed"): _plain(CHECK_IN, "conversation_id"),
    ("push_subscriptions", "sealed"): _plain(SUBSCRIPTION, "person_id"),
    ("webhooks", "sealed"): _plain(WEBHOOK, "practice_id"),
    ("service_accounts", "sealed"): _plain(SERVICE_ACCOUNT, "practice_id"),
}
"""By table and column. What is empty there was erased."""
UNSEALED: Final = {
    ("installation", "wrapped_key"): "a wrapped key, opened before all else",
    ("data_keys", "wrapped"): "wrapped keys, opened with the first row of theirs",
    ("directory", "hash"): "a keyed hash",
    ("sign_ins", "token_hash"): "a hash",
    ("service_accounts", "token_hash"): "a hash",
    ("recovery_codes", "hash"): "a keyed hash",
    ("ways_back", "link_hash"): "a hash",
    ("ways_back", "stop_hash"): "a hash",
    ("passkeys", "credential"): "the name of a key, public",
    ("passkeys", "public_key"): "public",
    ("message_ids", "hash"): "a keyed hash",
    ("reply_tokens", "hash"): "a keyed hash",
    ("locked_letters", "mark"): "a keyed hash",
    ("imap_positions", "mailbox"): "a keyed hash",
    ("imap_kept", "mailbox"): "a keyed hash",
    ("imap_kept", "letter"): "a keyed hash",
    ("exports", "sealed"): "in no backup",
    ("export_chunks", "sealed"): "in no backup",
    ("trail", "mac"): "the chain, walked",
}
"""Octets in which nothing is sealed, and what they are."""
