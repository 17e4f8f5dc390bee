"""The pages of notes without scripts: two kinds, each with its own ground, verbs and readers."""

from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.sessions.booking import book
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.web.visitor import Visitor

PROGRESS = ("progress", "of-record", "Put it in the record")
PROCESS = ("process", "of-own", "Keep for myself")


async def entered(server: RunningServer, cast: Cast, who: str) -> Visitor:
    visitor = Visitor(server.http)
    await visitor.enter(cast, who)
    return visitor


@pytest.fixture
async def mira(server: RunningServer, cast: Cast) -> Visitor:
    return await entered(server, cast, "mira")


def place_of(cast: Cast, kind: str, of: str = "ruth") -> str:
    return f"/c/{cast.conversation(of)}/notes/{kind}"


async def kept(mira: Visitor, place: str, text: str) -> None:
    page = await mira.get(place)
    sent = await mira.post(place, page.hidden(place) | {"text": text})
    assert (sent.status, sent.place) == (303, place)


@pytest.mark.parametrize("kind", [PROGRESS, PROCESS])
async def test_a_note_is_written_changed_and_put_away_without_scripts(
    mira: Visitor, cast: Cast, kind: tuple[str, str, str]
) -> None:
    name, ground, verb = kind
    place = place_of(cast, name)
    await kept(mira, place, "She walked through the gate.")
    page = await mira.get(place)
    assert ground in page.text
    assert verb in page.words
    assert "She walked through the gate." in page.words
    one = page.text.split(f'href="{place}/')[1].split('"')[0]
    one = f"{place}/{one}"
    alone = await mira.get(one)
    assert alone.field("text") == "She walked through the gate."
    sent = await mira.post(one, alone.hidden(one) | {"text": "She ran through it."})
    assert (sent.status, sent.place) == (303, one)
    alone = await mira.get(one)
    assert alone.field("text") == "She ran through it."
    assert ("She walked through the gate." in alone.words) is (name == "progress"), (
        "the record keeps what it said"
    )
    late = await mira.post(one, {"key": str(uuid4()), "version": "1", "text": "From an old page."})
    assert late.status == 409
    assert late.field("text") == "From an old page.", "nothing of it is lost"
    assert "changed meanwhile" in late.words
    away = f"{one}/away"
    assert (await mira.post(away, alone.hidden(away))).place == place
    page = await mira.get(place)
    assert "She ran through it." not in page.words
    assert ("taken out of the record" in page.words) is (name == "progress")


async def test_no_control_turns_one_kind_into_the_other(mira: Visitor, cast: Cast) -> None:
    """Different page, ground and verb; the only forms are of its own kind (item 26 of the acceptance list)."""
    for (name, ground, verb), (other, other_ground, other_verb) in ((PROGRESS, PROCESS), (PROCESS, PROGRESS)):
        page = await mira.get(place_of(cast, name))
        actions = [part.split('"')[0] for part in page.text.split('action="')[1:]]
        assert actions == [place_of(cast, name)]
        assert (ground in page.text, other_ground in page.text) == (True, False)
        assert (verb in page.words, other_verb in page.words) == (True, False)
        assert f"notes/{other}" not in page.text
    conversation = await mira.get(f"/c/{cast.conversation('ruth')}")
    assert all(place_of(cast, name) in conversation.text for name, *_ in (PROGRESS, PROCESS))


async def test_a_progress_note_is_begun_from_a_session_in_one_press(mira: Visitor, cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    session = await book(cast.office, held, cast.office.clock() + timedelta(days=1), 50)
    place = place_of(cast, "progress")
    page = await mira.get(f"{place}?session={session.id}")
    assert (page.hidden(place)["session"], page.field("text")) == (str(session.id), "")
    assert "in writing" in page.words
    await mira.post(place, page.hidden(place) | {"text": "About the hour."})
    assert "in writing" in (await mira.get(place)).words
    assert (await mira.get(f"{place}?session={uuid4()}")).status == 404
    assert (await mira.get(f"{place}?session=1")).status == 404


@pytest.mark.parametrize("kind", ["progress", "process"])
async def test_what_is_too_long_stays_on_the_sheet(mira: Visitor, cast: Cast, kind: str) -> None:
    place = place_of(cast, kind)
    page = await mira.get(place)
    refused = await mira.post(place, page.hidden(place) | {"text": "word " * 10_000})
    assert refused.status == 413
    assert refused.field("text").startswith("word word")
    assert "too long" in refused.words


@pytest.mark.parametrize("kind", ["progress", "process"])
@pytest.mark.parametrize("who", ["ruth", "linden", "eli", "nour"])
async def test_the_pages_are_not_there_for_anybody_else(
    server: RunningServer, cast: Cast, kind: str, who: str
) -> None:
    visitor = await entered(server, cast, who)
    place = place_of(cast, kind)
    assert (await visitor.get(place)).status == 404
    assert (await visitor.post(place, {"key": str(uuid4()), "text": "mine"})).status == 404
    assert (await visitor.get(f"{place}/{uuid4()}")).status == 404
