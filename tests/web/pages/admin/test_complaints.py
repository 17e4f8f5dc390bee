"""Mail to postmaster and abuse on the administrator's page: shown as words, handed out as it came, put away."""

from uuid import uuid4

import pytest

from messaging.arriving import originals
from messaging.arriving.arrival import Arrival, Destination, Reading
from messaging.ids import OriginalId
from messaging.memory.leaving import ADMINISTRATORS
from tests.cast import Cast
from tests.web.visitor import Visitor

RAW = b"From: <ops@else.example>\r\nSubject: Loop\r\n\r\n<script>alert(1)</script>\r\n"


async def complain(people: Cast) -> OriginalId:
    office = people.office
    arrival = Arrival("postmaster@x.example", "", "", None)
    name = await originals.keep(office, Destination(people.practice.id), arrival, RAW)
    kept = await office.memory.mailbox.original(people.practice.id, name)
    assert kept is not None
    reading = Reading(uuid4(), "ops@else.example", "Loop", "<script>alert(1)</script>")
    await originals.hold(office, kept, ADMINISTRATORS, reading)
    return name


async def test_an_administrator_reads_it_takes_the_original_and_puts_it_away(people: Cast, site: str) -> None:
    name = await complain(people)
    nour = Visitor(site)
    await nour.enter(people, "nour")
    page = await nour.get("/admin")
    assert "Mail to postmaster and abuse" in page.words
    assert "Loop" in page.words
    assert "<script>alert" not in page.text
    original = await nour.get(f"/admin/mail/{name}/original")
    assert original.raw == RAW
    assert original.headers["content-disposition"].startswith("attachment")
    await nour.submit("/admin", f"/admin/mail/{name}/done")
    assert "Mail to postmaster and abuse" not in (await nour.get("/admin")).words


@pytest.mark.parametrize("who", ["mira", "ruth"])
async def test_nobody_else_reaches_it(people: Cast, site: str, who: str) -> None:
    name = await complain(people)
    browser = Visitor(site)
    await browser.enter(people, who)
    assert (await browser.get(f"/admin/mail/{name}/original")).status == 404
    assert (await browser.post(f"/admin/mail/{name}/done", {"key": str(uuid4())})).status == 404
    assert "Loop" not in (await browser.get("/screener")).text
