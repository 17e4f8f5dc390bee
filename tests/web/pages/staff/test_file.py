"""The file beside a conversation: the answer rule is changed where it stands; where somebody is, is one press away."""

import re
from datetime import timedelta
from uuid import uuid4

from messaging.sessions.booking import book
from messaging.sessions.checking_in import Given, check_in
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.pages.staff.test_files import held_letter
from tests.web.visitor import Visitor


async def test_the_answer_rule_is_changed_where_it_stands(people: Cast, mira: Visitor) -> None:
    place = f"/c/{people.conversation('ruth')}"
    assert "within 2 working days, 18:00" in (await mira.get(place)).words
    kept = await mira.submit(place, f"{place}/answer-rule", way="3", days="2", by="17:30")
    assert kept.place == f"{place}#file"
    assert "Thursdays, 17:30" in (await mira.get(place)).words


async def test_what_is_no_rule_is_said_beside_it_and_a_begun_letter_stays(
    people: Cast, mira: Visitor
) -> None:
    place = f"/c/{people.conversation('ruth')}"
    refused = await mira.submit(place, f"{place}/answer-rule", way="days", days="400", by="17:30")
    assert refused.status == 422
    assert 'id="file-answer-mistake"' in refused.text
    assert "within 2 working days, 18:00" in (await mira.get(place)).words
    elsewhere = f"/c/{people.conversation('omar')}/answer-rule"
    fields = {"key": str(uuid4()), "way": "3", "days": "2", "by": "17:30"}
    assert (await mira.post(elsewhere, fields)).status == 404


async def test_the_pane_and_the_press_show_where_to_call(people: Cast, mira: Visitor) -> None:
    place = f"/c/{people.conversation('ruth')}"
    assert "there was no check-in yet" in (await mira.get(f"{place}/now")).words
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    session = await open_session(people.office, held)
    said, _ = await people.enter("ruth", "ruth", Deed.SAY)
    given = Given("home, Graz", "AT", alone=True, phone="+43 660 1234567")
    await check_in(people.office, said, session, uuid4(), given)
    await book(people.office, held, people.office.clock() + timedelta(days=9), 50)
    shown = await mira.get(place)
    assert 'href="tel:+436601234567"' in shown.text
    assert f'hx-get="{place}/now"' in shown.text
    now = await mira.get(f"{place}/now")
    assert "<bdi>home, Graz</bdi>, Austria" in now.text
    assert 'href="tel:112"' in now.text
    part = await mira.get(f"{place}/now", **{"hx-request": "true"})
    assert part.text.lstrip().startswith("<section")


async def test_the_calendar_begins_with_whom_one_came_from(people: Cast, mira: Visitor) -> None:
    ruth = people.conversation("ruth")
    assert f'href="/calendar?for={ruth}#book"' in (await mira.get(f"/c/{ruth}")).text
    chosen = f'<option value="{ruth}" selected>'
    assert chosen in (await mira.get(f"/calendar?for={ruth}")).text
    assert (
        " selected>"
        not in (await mira.get(f"/calendar?for={people.conversation('omar')}"))
        .text.split('name="conversation"')[1]
        .split("</select>")[0]
    )


async def test_every_file_is_listed_with_whose_it_is(people: Cast, mira: Visitor) -> None:
    place = f"/c/{people.conversation('ruth')}"
    assert "No files yet." in (await mira.get(f"{place}/files")).words
    letter = await held_letter(people, "From my sister's tablet.", "ruth")
    attach = f"/screener/{letter}/attach"
    await mira.post(attach, (await mira.get("/screener")).hidden(attach))
    shown = await mira.get(f"{place}/files")
    assert "table.png" in shown.words
    assert len(re.findall(rf'href="{place}/attachments/1/[^"]+"', shown.text)) == 2
    assert f'href="{place}?before=2#n1"' in shown.text
    assert "No files yet." in (await mira.get(f"{place}/files?before=1")).words
