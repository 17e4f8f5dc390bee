"""A client sees who has opened their record: who cares by name alone, anybody else with the time and the reason."""

from collections.abc import Callable

import pytest

from messaging.errors import NotFound
from messaging.exporting.at_the_machine import hand_out
from messaging.exporting.record import ExportFormat
from messaging.record.readers import OPERATOR, readers_of
from messaging.record.reading import note_opening
from tests.cast import Cast
from tests.web.visitor import Visitor

PLACE = "/me/readers"


async def test_nobody_then_who_cares_then_who_made_a_file_of_it(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    ruth = visitor()
    await ruth.enter(people, "ruth")
    assert f'href="{PLACE}"' in (await ruth.get("/me")).text
    assert "Nobody has opened it yet." in (await ruth.get(PLACE)).text
    held, _ = await people.enter("mira", "ruth")
    for _ in "ab":
        await note_opening(people.office, held)
    shown = (await ruth.get(PLACE)).text
    assert shown.count("Dr Mira</bdi>") == 1
    assert "Nobody else." in shown
    for form in ExportFormat:
        await hand_out(people.office, people.conversation("ruth"), form, f"a court's <order> for {form}")
    await hand_out(people.office, people.conversation("linden"), ExportFormat.JSON, "somebody else's")
    shown = (await ruth.get(PLACE)).text
    assert shown.count(OPERATOR) == len(ExportFormat)
    for form in ExportFormat:
        assert f"a court&#39;s &lt;order&gt; for {form}" in shown
    assert "somebody else" not in shown
    seen = await readers_of(people.office, people["ruth"], people.conversation("ruth"))
    assert [one.reason for one in seen if one.at] == [
        f"a court's <order> for {form}" for form in reversed(ExportFormat)
    ]


@pytest.mark.parametrize("who", ["mira", "nour"])
async def test_it_is_a_clients_page(people: Cast, visitor: Callable[[], Visitor], who: str) -> None:
    browser = visitor()
    await browser.enter(people, who)
    assert (await browser.get(PLACE)).status in (303, 404)
    with pytest.raises(NotFound):
        await readers_of(people.office, people[who], people.conversation("ruth"))
