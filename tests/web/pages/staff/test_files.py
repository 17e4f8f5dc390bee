"""Mailed letters through the pages: held in the screener, let in or refused; originals and files handed out harmless."""

import re
from uuid import uuid4

import pytest

from messaging.arriving import originals
from messaging.arriving.arrival import Arrival, Destination, Enclosure, Reading
from messaging.arriving.files import check_due
from messaging.ids import ConversationId, OriginalId
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.messages import Entry
from messaging.record.reading import enter, entry_numbered
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.http.handing_out import disposition

RAW = b"From: someone@mail.example\r\nSubject: x\r\n\r\n<script>alert(1)</script>\r\n"
PAGE = Enclosure("../../page one.html", "text/html", b"<script>alert(1)</script>")
PICTURE = Enclosure("table.png", "image/png", b"\x89PNG not really")


async def held_letter(
    people: Cast, text: str, to: str | None = None, notes: tuple[str, ...] = ()
) -> OriginalId:
    """A letter in the screener: to a client's own reply address, or to the practice's general one."""
    conversation = people.conversation(to) if to else None
    person = people[to].id if to else None
    practice = people.practice.id
    arrival = Arrival("reply@mail.example", "someone@mail.example", "mail.example", None)
    kept = await originals.keep(people.office, Destination(practice, conversation, person), arrival, RAW)
    reading = Reading(uuid4(), "someone@mail.example", "x", text, notes=notes, enclosures=(PAGE, PICTURE))
    reason = "other_address" if to else "general_address"
    await originals.hold(people.office, await stored(people, kept), reason, reading)
    return kept


async def stored(people: Cast, original: OriginalId) -> StoredOriginal:
    found = await people.office.memory.mailbox.original(people.practice.id, original)
    assert found is not None
    return found


async def test_a_held_letter_is_let_in_by_who_cares_for_its_client(people: Cast, mira: Visitor) -> None:
    letter = await held_letter(people, "From my sister's tablet.", "ruth")
    assert "1 letter held" in (await mira.get("/inbox")).words
    page = await mira.get("/screener")
    assert "From my sister's tablet." in page.words
    assert "from an address we do not know" in page.words
    place = f"/screener/{letter}/attach"
    fields = page.hidden(place)
    for _ in range(2):
        assert (await mira.post(place, fields)).place == f"/c/{people.conversation('ruth')}"
    assert "Nothing is held" in (await mira.get("/screener")).words
    opened = await mira.get(f"/c/{people.conversation('ruth')}")
    assert re.findall(r'<li class="sheet" id="(n\d+)"', opened.text) == ["n1"]


async def test_a_letter_to_nobody_goes_where_the_clinician_says(people: Cast, mira: Visitor) -> None:
    letter = await held_letter(people, "To whom it may concern.")
    page = await mira.get("/screener")
    choice = f"{people.conversation('ben')}/{people['tess'].id}"
    assert re.search(f'<option value="{choice}">Tess', page.text)
    sent = await mira.post(f"/screener/{letter}/attach", {"conversation": choice})
    assert sent.place == f"/c/{people.conversation('ben')}"
    assert re.search(r'data-part="author">Tess<', (await mira.get(sent.place)).text)


async def test_a_refused_letter_is_gone_from_the_screener_and_kept(people: Cast, mira: Visitor) -> None:
    letter = await held_letter(people, "Buy now.")
    for _ in range(2):
        assert (await mira.post(f"/screener/{letter}/refuse", {})).place == "/screener"
    assert "Nothing is held" in (await mira.get("/screener")).words
    assert (await stored(people, letter)).state is OriginalState.REFUSED


async def test_a_letter_held_for_others_cannot_be_decided_or_seen(
    people: Cast, site: str, mira: Visitor
) -> None:
    letter = await held_letter(people, "For Dr Mira only.", "ruth")
    eli = Visitor(site)
    await eli.enter(people, "eli")
    assert "Dr Mira only" not in (await eli.get("/screener")).text
    for conversation in ("ruth", "omar"):
        fields = {"conversation": str(people.conversation(conversation))}
        assert (await eli.post(f"/screener/{letter}/attach", fields)).status == 404
    await eli.post(f"/screener/{letter}/refuse", {})
    assert (await stored(people, letter)).state is OriginalState.HELD


async def test_originals_and_files_are_saved_and_never_opened_here(
    people: Cast, ruth: Visitor, mira: Visitor, site: str
) -> None:
    letter = await held_letter(people, "With two files.", "ruth")
    conversation = people.conversation("ruth")
    await mira.post(f"/screener/{letter}/attach", {"conversation": str(conversation)})
    page = await mira.get(f"/c/{conversation}")
    original = await mira.get(f"/c/{conversation}/original/1")
    assert (original.raw, original.headers["content-type"]) == (RAW, "message/rfc822")
    files = re.findall(rf'href="(/c/{conversation}/attachments/1/[^"]+)"', page.text)
    as_page, as_picture = [await mira.get(place) for place in files]
    assert (as_page.raw, as_page.headers["content-type"]) == (PAGE.content, "application/octet-stream")
    assert (as_picture.raw, as_picture.headers["content-type"]) == (PICTURE.content, "image/png")
    for answer in (original, as_page, as_picture):
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert 'filename="page one.html"' in as_page.headers["content-disposition"]
    own = re.findall(r'href="(/me/letters/[^"]+/attachments/1/[^"]+)"', (await ruth.get("/me/letters")).text)
    assert [(await ruth.get(place)).raw for place in own] == [PAGE.content, PICTURE.content]
    eli = Visitor(site)
    await eli.enter(people, "eli")
    for place in (f"/c/{conversation}/original/1", *files):
        assert (await eli.get(place)).status == 404
        assert (await ruth.get(place)).status == 404


class Strict:
    """A checker that finds something in pages."""

    async def check(self, content: bytes) -> str | None:
        return "Html.Script-1" if b"<script" in content else None


async def test_files_that_wait_for_their_check_or_were_found_are_named_and_not_handed_out(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    conversation = people.conversation("ruth")
    letter = await held_letter(people, "With two files.", "ruth")
    object.__setattr__(people.office, "checks_files", True)  # as the operator's setting would
    await mira.post(f"/screener/{letter}/attach", {"conversation": str(conversation)})
    place, own = f"/c/{conversation}", "/me/letters"
    page = await mira.get(place)
    assert page.text.count("data-under-way>being checked") == 2
    assert "/original/" not in page.text
    files = [note.id for note in (await _newest(people, conversation)).body.attachments]
    asked = [f"{place}/original/1", *(f"{place}/attachments/1/{one}" for one in files)]
    assert [(await mira.get(one)).status for one in asked] == [409] * 3

    assert await check_due(people.office, Strict(), 60, 5) == 2
    assert [(await mira.get(one)).status for one in asked] == [409, 409, 200]
    for reader, where in ((mira, place), (ruth, own)):
        page = await reader.get(where)
        assert "data-under-way>being checked" not in page.text
        assert "held back: the checker says Html.Script-1" in page.words
        assert re.findall(r'href="[^"]+/attachments/1/([^"]+)"', page.text) == [str(files[1])]
    assert (await ruth.get(f"{own}/{conversation}/attachments/1/{files[0]}")).status == 409


async def _newest(people: Cast, conversation: ConversationId) -> Entry:
    held, circle = await enter(people.office, people["mira"], conversation, Deed.READ)
    entry = await entry_numbered(people.office, held, circle.conversation.last_number)
    assert entry is not None
    return entry


async def test_what_could_not_be_read_is_said_on_the_letter(people: Cast, mira: Visitor) -> None:
    conversation = people.conversation("ruth")
    letter = await held_letter(people, "As I said.", "ruth", notes=("The letter is signed; not checked.",))
    await mira.post(f"/screener/{letter}/attach", {"conversation": str(conversation)})
    assert "The letter is signed; not checked." in (await mira.get(f"/c/{conversation}")).words


@pytest.mark.parametrize(
    ("name", "plain", "whole"),
    [
        ("..\\..\\table.png", "table.png", "table.png"),
        ('a"; filename="b.exe', "a__ filename__b.exe", None),
        ("cod\u202egpj.exe", "codgpj.exe", "codgpj.exe"),
        ("line\r\nSet-Cookie: x", "lineSet-Cookie_ x", None),
        ("\u200b\x00", "attachment", "attachment"),
        ("Pläne.pdf", "Pl_ne.pdf", "Pl%C3%A4ne.pdf"),
    ],
)
def test_no_name_breaks_out_of_its_header_or_reads_backwards(
    name: str, plain: str, whole: str | None
) -> None:
    said = disposition(name)
    assert said.startswith(f'attachment; filename="{plain}"; ')
    assert said.isascii()
    assert "\r" not in said
    assert whole is None or said.endswith(f"''{whole}")
