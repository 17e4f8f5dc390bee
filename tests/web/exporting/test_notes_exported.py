"""Notes in files: progress notes in every whole record, process notes in their author's own alone, and only if ticked."""

import io
import json
import mailbox
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from fhir.resources.R4B.bundle import Bundle

from messaging.exporting.at_the_machine import hand_out, hand_out_practice
from messaging.exporting.record import ExportFormat, record_for
from messaging.letters.writing import Letter, write_letter
from messaging.notes.note import Changed, Written
from messaging.notes.process import write_own
from messaging.notes.progress import amend_note, take_out, write_note
from messaging.people import Role
from messaging.practice.circles import join_circle
from messaging.practice.founding import NewPerson, add_person
from messaging.record.reading import enter
from messaging.trust.access import Deed
from messaging.trust.noted import Noted
from tests.cast import Cast
from tests.conftest import TestDatabase, own_database
from tests.web.api.test_exports_api import API, Desk, desk
from tests.web.exporting.reading_back import page_of, pieces, strings
from web.exporting.as_archive import as_archive
from web.exporting.writing import written

__all__ = ["desk"]
FORMS = pytest.mark.parametrize("form", ExportFormat)
FIRST, BETTER, GONE, OWN = "first-note", "better-note", "gone-note", "own-note"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """One of these tests' own: the practice is handed out whole."""
    with own_database(tmp_path_factory.mktemp("notes")) as made:
        yield made


async def noted(cast: Cast) -> None:
    """A note that was amended, one that was taken out, and one of Dr Mira's own."""
    held, _ = await cast.enter("mira", "ruth", Deed.NOTE)
    note, _ = await write_note(cast.office, held, Written(uuid4(), FIRST))
    await amend_note(cast.office, held, note.id, Changed(BETTER))
    gone, _ = await write_note(cast.office, held, Written(uuid4(), GONE))
    await take_out(cast.office, held, gone.id)
    await write_own(cast.office, held, Written(uuid4(), OWN))


def all_text(form: ExportFormat, octets: bytes) -> str:
    """Every word that another program reads in it, whichever way it is packed."""
    match form:
        case ExportFormat.JSON:
            return "\n".join(strings(json.loads(octets)))
        case ExportFormat.HTML:
            return page_of(octets)
        case ExportFormat.MBOX:
            return octets.decode() + "\n".join(texts_of_mails(octets))
        case ExportFormat.FHIR:
            document = json.loads(octets)
            Bundle.model_validate(document)
            datas = [one for one in strings(document) if len(one) > 8]
            return "\n".join([*strings(document), *map(decoded, datas)])


def decoded(data: str) -> str:
    try:
        return b64decode(data, validate=True).decode()
    except ValueError:
        return ""


def texts_of_mails(octets: bytes, folder: Path = Path("/tmp")) -> list[str]:
    path = folder / f"notes-{uuid4().hex}.mbox"
    path.write_bytes(octets)
    try:
        box = mailbox.mbox(path, create=False)
        found = [
            part.get_payload(decode=True) for mail in box for part in mail.walk() if not part.is_multipart()
        ]
        box.close()
    finally:
        path.unlink()
    return [one.decode() for one in found if isinstance(one, bytes)]


async def handed(cast: Cast, who: str, form: ExportFormat, *, ticked: bool = False) -> str:
    """What somebody of the conversation is handed."""
    held, circle = await cast.enter(who, "ruth", Deed.READ)
    record = await record_for(cast.office, held, circle, own_notes=ticked)
    return all_text(form, await pieces(written(cast.office, held, record, form)))


@FORMS
async def test_a_whole_record_has_progress_notes_with_all_their_versions(
    cast: Cast, form: ExportFormat
) -> None:
    await noted(cast)
    text = await handed(cast, "mira", form)
    assert all(one in text for one in (FIRST, BETTER, GONE))
    assert OWN not in text
    assert "taken out" in text or form is ExportFormat.JSON  # which has a field for it


@FORMS
async def test_process_notes_are_in_their_authors_own_file_and_only_if_ticked(
    cast: Cast, form: ExportFormat
) -> None:
    await noted(cast)
    new = NewPerson(Role.PSYCHIATRIST, f"kim-{cast.practice.slug}", "Kim")
    cast.people["kim"] = await add_person(cast.office, cast.practice.id, new)
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), cast["kim"].id)
    assert OWN in await handed(cast, "mira", form, ticked=True)
    assert OWN not in await handed(cast, "kim", form, ticked=True)
    way, record = await hand_out(cast.office, cast.conversation("ruth"), form)
    machine = all_text(form, await pieces(written(cast.office, way, record, form)))
    assert BETTER in machine
    assert OWN not in machine


@FORMS
async def test_a_clients_copy_has_no_note_and_no_place_for_one(cast: Cast, form: ExportFormat) -> None:
    await noted(cast)
    text = await handed(cast, "ruth", form, ticked=True)
    assert not [one for one in (FIRST, BETTER, GONE, OWN, "rogress note") if one in text]
    held, circle = await cast.enter("ruth", "ruth", Deed.READ)
    record = await record_for(cast.office, held, circle)
    if form is ExportFormat.JSON:
        assert "notes" not in json.loads(await pieces(written(cast.office, held, record, form)))


async def test_what_a_practice_holds_has_no_process_note(cast: Cast) -> None:
    await noted(cast)
    whole, records = await hand_out_practice(cast.office, cast.practice.slug, ExportFormat.JSON)
    packed = await pieces(as_archive(cast.office, whole, records, ExportFormat.JSON))
    with ZipFile(io.BytesIO(packed)) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert BETTER in text
    assert OWN not in text


async def fetched(desk: Desk, who: str, stands: Any) -> str:
    reply = await desk.ask(who, "GET", stands["file"].removeprefix(API))
    assert reply.status == 200
    return reply.body.decode()


async def test_the_tick_is_for_who_cares_and_is_noted_without_whom_it_is_about(desk: Desk) -> None:
    cast = desk.cast
    await noted(cast)
    place = f"/conversations/{cast.conversation('ruth')}/exports"
    ticked = {"format": "json", "process_notes": True}
    assert (await desk.ask("ruth", "POST", place, ticked)).status == 422, (
        "a field that is not known to clients"
    )
    assert (await desk.ask("mira", "POST", place, {"format": "json", "process_notes": 1})).status == 422
    assert OWN not in await fetched(desk, "mira", await desk.made("mira", "ruth"))
    first = await desk.ask("mira", "POST", place, {"format": "json"})
    then = await desk.ask("mira", "POST", place, ticked)
    assert json.loads(first.body)["id"] == json.loads(then.body)["id"], "one file, as it was asked for last"
    assert OWN in await fetched(desk, "mira", await desk.made_again("mira", json.loads(then.body)["id"]))
    lines = await desk.change("select action, subject_id from trail")
    handed_out = [row.subject_id for row in lines if row.action == Noted.OWN_NOTES_HANDED_OUT]
    assert handed_out == [None]


async def test_a_colleague_who_joined_later_is_handed_the_notes_made_since(cast: Cast) -> None:
    await noted(cast)
    writing, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(cast.office, writing, circle, Letter(uuid4(), "Of before."))
    new = NewPerson(Role.PSYCHIATRIST, f"kim-{cast.practice.slug}", "Kim")
    cast.people["kim"] = await add_person(cast.office, cast.practice.id, new)
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), cast["kim"].id)
    held, _ = await enter(cast.office, cast["mira"], cast.conversation("ruth"), Deed.NOTE)
    await write_note(cast.office, held, Written(uuid4(), "since-then"))
    text = await handed(cast, "kim", ExportFormat.JSON)
    assert "since-then" in text
    assert BETTER not in text
