"""Files of letters looked at by a real ClamAV daemon: marked ones held, its death or silence waited out."""

import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from channels.email.reading.clamd import TOO_LARGE, Clamd
from channels.email.workers.photo_desk import PhotoDesk
from channels.email.workers.reading_room import ReadingRoom
from messaging.arriving.files import AGAIN, CheckerAway, check_due, file_checks
from messaging.arriving.uploaded import attend
from messaging.errors import NotFound
from messaging.letters.uploads import Coming, own_upload, take
from messaging.memory.arriving import FileState
from messaging.record.files import attachment_bytes
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.arriving.test_clamd import letter_with_files
from tests.peers.clamav import FINDING, MARKER, STREAM_LIMIT, Clamav, clamav
from tests.peers.running import needs

pytestmark = needs("clamd")


@pytest.fixture(scope="module")
def daemon() -> Iterator[Clamav]:
    with clamav() as made:
        yield made


def zipped(content: bytes) -> bytes:
    """In an archive in an archive, as such files travel."""
    for name in ("notes.txt", "inner.zip"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        content = packed.getvalue()
    return content


async def test_it_finds_what_is_marked_also_in_archives_and_says_what_it_did_not_look_at(
    daemon: Clamav,
) -> None:
    checker = Clamd(path=daemon.socket)
    await checker.ping()
    assert await checker.check(b"A photo of the lake.") is None
    assert await checker.check(zipped(b"A photo of the lake.")) is None
    assert await checker.check(b"x" * 50_000 + MARKER) == FINDING
    assert await checker.check(zipped(MARKER)) == FINDING
    assert await checker.check(bytes(STREAM_LIMIT)) is None
    assert await checker.check(bytes(STREAM_LIMIT + 1)) == TOO_LARGE
    assert await checker.check(bytes(20 * STREAM_LIMIT)) == TOO_LARGE


async def test_files_are_held_while_it_hangs_or_is_dead_and_looked_at_after(
    cast: Cast, daemon: Clamav
) -> None:
    held, entry = await letter_with_files(cast, b"lake", zipped(MARKER))
    lake, bad = entry.body.attachments
    checker, now = Clamd(path=daemon.socket, seconds=0.3), cast.office.clock()
    with daemon.hanging():
        with pytest.raises(CheckerAway):
            await checker.ping()
        assert await check_due(cast.office, checker, 60, 5) == 2
    daemon.die()
    later = now + timedelta(seconds=AGAIN[0] + 60)
    assert await check_due(replace(cast.office, clock=lambda: later), checker, 60, 5) == 2
    for note in (lake, bad):
        with pytest.raises(NotFound):
            await attachment_bytes(cast.office, held, note)
    daemon.start()
    last = later + timedelta(seconds=AGAIN[1] + 60)
    patient = Clamd(path=daemon.socket)
    assert await check_due(replace(cast.office, clock=lambda: last), patient, 60, 5) == 2
    assert await attachment_bytes(cast.office, held, lake) == b"lake"
    with pytest.raises(NotFound):
        await attachment_bytes(cast.office, held, bad)
    (stands,) = (await file_checks(cast.office, held, [entry])).values()
    assert (stands.state, stands.finding) == (FileState.FOUND, FINDING)


async def test_an_uploaded_file_is_looked_at_by_it_before_anybody_gets_it(cast: Cast, daemon: Clamav) -> None:
    office = replace(cast.office, checks_files=True)
    held, _ = await cast.enter("ruth", "ruth", Deed.WRITE)

    async def brought(content: bytes) -> UUID:
        async def octets() -> AsyncIterator[bytes]:
            yield content

        coming = Coming("notes.zip", "application/zip", len(content))
        return (await take(office, held, coming, octets(), PhotoDesk(ReadingRoom(1)))).id

    good, bad = await brought(zipped(b"A photo of the lake.")), await brought(zipped(MARKER))
    checker = Clamd(path=daemon.socket)
    while await attend(office, checker, 60, 5):
        pass
    told = [await own_upload(office, held, one) for one in (good, bad)]
    assert [(one.state, one.finding) for one in told if one] == [
        (FileState.CLEAN, None),
        (FileState.FOUND, FINDING),
    ]
