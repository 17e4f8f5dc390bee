"""Whoever looks a backup through knows each column that is sealed."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary

from messaging.backup.sealed_rows import PLACES, UNSEALED
from messaging.ids import ConversationId, EntryId, LetterId, PersonId, PracticeId
from messaging.memory.notes import StoredProcess, StoredProgress
from messaging.memory.record import StoredEntry
from messaging.messages import Channel, EntryKind
from messaging.notes.sealed import process_place, progress_place
from messaging.record.placing import body_place
from messaging.releases import Part, Release
from messaging.releasing.purpose import purpose_place
from threads.tables.whole import metadata

PG_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def test_every_column_of_octets_is_known_as_sealed_or_as_something_else() -> None:
    octets = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert octets == PLACES.keys() | UNSEALED.keys()
    assert not PLACES.keys() & UNSEALED.keys()


@given(
    at=st.timedeltas(timedelta(days=-3650), timedelta(days=36500)),
    kind=st.sampled_from(EntryKind),
    channel=st.sampled_from(Channel),
    amends=st.none() | st.integers(1, 2**31 - 1),
    letter=st.none() | st.uuids(),
)
def test_an_entry_has_the_place_it_was_sealed_for(
    at: timedelta, kind: EntryKind, channel: Channel, amends: int | None, letter: uuid.UUID | None
) -> None:
    practice, conversation, named, author = (uuid.uuid4() for _ in range(4))
    moment = PG_EPOCH + at
    entry = StoredEntry(
        conversation=ConversationId(conversation),
        number=1,
        id=EntryId(named),
        author=PersonId(author),
        key=uuid.uuid4(),
        kind=kind,
        channel=channel,
        session=None,
        letter=LetterId(letter) if letter else None,
        at=moment,
        sealed=b"",
        amends=amends,
    )
    row = {
        "practice_id": practice.bytes,
        "conversation_id": conversation.bytes,
        "id": named.bytes,
        "author_id": author.bytes,
        "at": ((moment - PG_EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big", signed=True),
        "amends": None if amends is None else amends.to_bytes(4, "big"),
        "letter_id": letter.bytes if letter else None,
        "kind": kind.value.encode(),
        "channel": channel.value.encode(),
    }
    assert PLACES["entries", "sealed"](row) == body_place(PracticeId(practice), entry)


SOME_TIME = st.timedeltas(timedelta(days=-3650), timedelta(days=36500))


@given(version=st.integers(1, 2**31 - 1), made=SOME_TIME, later=SOME_TIME)
def test_a_note_has_the_place_it_was_sealed_for(version: int, made: timedelta, later: timedelta) -> None:
    practice, conversation, author, named = (uuid.uuid4() for _ in range(4))
    row = {
        "practice_id": practice.bytes,
        "conversation_id": conversation.bytes,
        "author_id": author.bytes,
        "id": named.bytes,
        "version": version.to_bytes(4, "big"),
        "made_at": (made // timedelta(microseconds=1)).to_bytes(8, "big", signed=True),
        "at": (later // timedelta(microseconds=1)).to_bytes(8, "big", signed=True),
    }
    of, by, made_at, at = ConversationId(conversation), PersonId(author), PG_EPOCH + made, PG_EPOCH + later
    progress = StoredProgress(of, named, version, by, made_at, at, b"")
    process = StoredProcess(of, named, by, version, made_at, at, b"")
    assert PLACES["progress_notes", "sealed"](row) == progress_place(PracticeId(practice), progress)
    assert PLACES["process_notes", "sealed"](row) == process_place(PracticeId(practice), process)


@given(
    parts=st.sets(st.sampled_from(Part), min_size=1),
    times=st.tuples(SOME_TIME, SOME_TIME, SOME_TIME),
    ends=st.booleans(),
)
def test_a_release_has_the_place_it_was_sealed_for(
    parts: set[Part], times: tuple[timedelta, ...], *, ends: bool
) -> None:
    practice, conversation, giver, receiver, named = (uuid.uuid4() for _ in range(5))
    since, until, expires = (
        (one // timedelta(microseconds=1)).to_bytes(8, "big", signed=True) for one in times
    )
    row = {
        "practice_id": practice.bytes,
        "conversation_id": conversation.bytes,
        "giver_id": giver.bytes,
        "receiver_id": receiver.bytes,
        "id": named.bytes,
        "parts": " ".join(sorted(parts)).encode(),
        "made_at": since,
        "since": since,
        "until": until if ends else None,
        "expires_at": expires,
    }
    release = Release(
        practice=PracticeId(practice),
        conversation=ConversationId(conversation),
        id=named,
        giver=PersonId(giver),
        receiver=PersonId(receiver),
        made_at=PG_EPOCH,
        parts=frozenset(parts),
        since=PG_EPOCH + times[0],
        until=PG_EPOCH + times[1] if ends else None,
        expires=PG_EPOCH + times[2],
    )
    assert PLACES["releases", "sealed"](row) == purpose_place(release)
