"""Files with letters from the pages, without scripts: they come with the form, are listed, sent, kept, and brought back."""

import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest

from messaging.letters.sending_later import pending_letters
from messaging.letters.uploads import AT_MOST
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.pages.staff.test_flow import waiting
from tests.web.uploading import LIVED_AT, form, jpeg
from tests.web.visitor import Answer, Visitor

WRITE = "/me/letters/write"
BROUGHT = re.compile(r'name="attached-([0-9a-f-]{36})" value="\1"( checked)?')


async def hand_in(
    browser: Visitor, action: str, fields: Mapping[str, str], *files: tuple[str, bytes]
) -> Answer:
    """The form as a browser without scripts sends it: the text first, the files behind it."""
    parts = [(name, None, value.encode()) for name, value in fields.items()]
    body, kind = form(*parts, *(("file", name, content) for name, content in files or [("", b"")]))
    return await browser.ask("POST", action, body, {"Content-Type": kind, "Origin": browser.base})


def files_of(page: Answer) -> list[str]:
    return re.findall(r'<ul class="attachments">\s*<li><a href="([^"]+)">', page.text)


async def test_a_client_sends_files_with_a_letter(people: Cast, ruth: Visitor, mira: Visitor) -> None:
    fields = (await ruth.get(WRITE)).hidden(WRITE) | {"text": "Look.", "deed": "send"}
    sent = await hand_in(ruth, WRITE, fields, ("lake.jpg", jpeg()), ("words.txt", b"words"))
    assert sent.place == "/me/letters?sent=1"
    page = await mira.get(f"/c/{people.conversation('ruth')}")
    assert "lake.jpg" in page.words
    assert "words.txt" in page.words
    (place, *_) = files_of(page)
    assert LIVED_AT not in (await mira.get(place)).raw
    assert len(files_of(await ruth.get("/me/letters"))) == 1


async def test_a_therapist_sends_a_file_and_has_it_back_with_undo(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    where = f"/c/{people.conversation('ruth')}"
    fields = (await mira.get(where)).hidden(f"{where}/letters") | {"text": "Here.", "when": "undo"}
    assert (
        await hand_in(mira, f"{where}/letters", fields, ("plan.txt", b"words"))
    ).place == f"{where}#pending"
    undone = await mira.post(f"{where}/pending/{fields['key']}/undo", {})
    back = await mira.get(undone.place or "")
    ((file, ticked),) = BROUGHT.findall(back.text)
    assert ticked
    assert "plan.txt" in back.words
    again = back.hidden(f"{where}/letters") | {"text": "Here.", f"attached-{file}": file}
    assert (await hand_in(mira, f"{where}/letters", again)).status == 303
    (place,) = files_of(await ruth.get("/me/letters"))
    assert (await ruth.get(place)).raw == b"words"


@pytest.mark.parametrize("way", ["flow", "look", "flow and look"])
async def test_a_file_goes_along_on_every_way_a_therapists_letter_takes(
    people: Cast, mira: Visitor, way: str
) -> None:
    await waiting(people, "ruth")
    where = f"/c/{people.conversation('ruth')}"
    action = f"/flow/{people.conversation('ruth')}" if "flow" in way else f"{where}/letters"
    page = await mira.get(action if "flow" in way else where)
    fields = page.hidden(action) | {"text": "Here.", "when": "undo"}
    if "look" in way:
        fields |= {"flow": "1"} if "flow" in way else {}
        look = await hand_in(mira, f"{where}/letters/look", fields, ("plan.txt", b"words"))
        assert "plan.txt" in look.words
        sent = await mira.post(action, look.hidden(action))
    else:
        sent = await hand_in(mira, action, fields, ("plan.txt", b"words"))
    assert sent.status == 303
    held, _ = await people.enter("mira", "ruth", Deed.WRITE)
    (pending,) = await pending_letters(people.office, held)
    assert len(pending.files) == 1
    undone = await mira.post(f"{where}/pending/{fields['key']}/undo", {})
    for back in (await mira.get(undone.place or ""), await mira.get(f"/flow/{people.conversation('ruth')}")):
        assert [ticked != "" for _, ticked in BROUGHT.findall(back.text)] == [True]
        assert "plan.txt" in back.words


async def test_what_was_not_taken_is_said_before_the_second_look(people: Cast, mira: Visitor) -> None:
    settings = people.house.settings
    people.house.settings = replace(settings, mail=replace(settings.mail, size_limit=1024**2))
    where = f"/c/{people.conversation('ruth')}"
    fields = (await mira.get(where)).hidden(f"{where}/letters") | {"text": "Here."}
    look = await hand_in(mira, f"{where}/letters/look", fields, ("film.mp4", bytes(1024**2 + 1)))
    assert look.status == 413
    assert "Here." in (await mira.get(where)).text


@pytest.mark.parametrize("deed", ["", "/later", "/handled"])
async def test_in_the_flow_too_what_was_not_taken_is_said_and_the_text_is_kept(
    people: Cast, mira: Visitor, deed: str
) -> None:
    settings = people.house.settings
    people.house.settings = replace(settings, mail=replace(settings.mail, size_limit=1024**2))
    await waiting(people, "ruth")
    at = f"/flow/{people.conversation('ruth')}"
    fields = (await mira.get(at)).hidden(at) | {"text": "Here."}
    told = await hand_in(mira, f"{at}{deed}", fields, ("film.mp4", bytes(1024**2 + 1)))
    assert told.status == 413
    assert "A file may have 1 MB at most" in told.words
    assert "Here." in (await mira.get(at)).text or "Here." in told.text


async def test_a_file_that_is_not_ticked_stays(people: Cast, ruth: Visitor, mira: Visitor) -> None:
    fields = (await ruth.get(WRITE)).hidden(WRITE) | {"text": "Look.", "deed": "keep"}
    assert (await hand_in(ruth, WRITE, fields, ("words.txt", b"words"))).place == WRITE
    page = await ruth.get(WRITE)
    assert "words.txt" in page.words
    assert len(BROUGHT.findall(page.text)) == 1
    sent = page.hidden(WRITE) | {"text": "Look.", "deed": "send"}
    assert (await hand_in(ruth, WRITE, sent)).status == 303
    assert files_of(await mira.get(f"/c/{people.conversation('ruth')}")) == []


async def test_what_is_not_taken_is_said_and_the_letter_is_not_sent(people: Cast, ruth: Visitor) -> None:
    settings = people.house.settings
    people.house.settings = replace(settings, mail=replace(settings.mail, size_limit=1024**2))
    fields = (await ruth.get(WRITE)).hidden(WRITE) | {"text": "Look.", "deed": "send"}
    files = (("words.txt", b"words"), ("film.mp4", bytes(1024**2 + 1)), ("late.txt", b"late"))
    page = await hand_in(ruth, WRITE, fields, *files)
    assert page.status == 413
    assert "A file may have 1 MB at most" in page.words
    assert page.field("text") == "Look."
    assert "words.txt" in page.words
    assert "late.txt" not in page.words
    half = fields | {"key": str(uuid4())}
    page = await hand_in(ruth, WRITE, half, ("half.jpg", jpeg()[:90]))
    assert "could not be taken out of this photo" in page.words
    assert (await hand_in(ruth, WRITE, half | {"original": "true"}, ("half.jpg", jpeg()[:90]))).status == 303
    assert "half.jpg" in (await ruth.get("/me/letters")).words


async def test_a_letter_takes_only_what_its_writer_brought(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    fields = (await ruth.get(WRITE)).hidden(WRITE) | {"text": "Look.", "deed": "keep"}
    await hand_in(ruth, WRITE, fields, ("words.txt", b"words"))
    ((file, _),) = BROUGHT.findall((await ruth.get(WRITE)).text)
    where = f"/c/{people.conversation('ruth')}"
    hers = (await mira.get(where)).hidden(f"{where}/letters") | {"text": "Mine.", f"attached-{file}": file}
    assert (await hand_in(mira, f"{where}/letters", hers)).status == 404
    many = (
        fields
        | {"text": "Many.", "deed": "send"}
        | {f"attached-{n}": str(uuid4()) for n in range(AT_MOST + 1)}
    )
    assert (await hand_in(ruth, WRITE, many)).status == 422
