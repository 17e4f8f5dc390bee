"""What a client agrees to, as they meet it on their pages, without a script."""

import re
from collections.abc import Callable

from messaging.agreements.documents import NewDocument, NewVersion, add_document, add_version
from messaging.conversations import Working
from tests.cast import Cast
from tests.web.visitor import Visitor

FIRST = "I answer your letter on Wednesdays."
SECOND = "I answer your letter on Thursdays."


async def test_a_letter_waits_as_it_was_written_until_what_is_new_has_been_read_and_agreed_to(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    ruth, here = visitor(), people.conversation("ruth")
    await ruth.enter(people, "ruth")
    new = NewDocument(title="How we write", language="en", way=Working.LETTERS, text=FIRST)
    made = await add_document(people.office, people["nour"], new)
    place = f"/me/agreements/{here}/{made.id}"
    assert place in (await ruth.get("/me/agreements")).text
    form = (await ruth.get(place)).hidden(place)
    assert (await ruth.post(place, form | {"name": "Ruth Adler"})).place == "/me/agreements?done=agreed"
    await add_version(people.office, people["nour"], made.id, NewVersion(SECOND))
    assert "/me/agreements" in (await ruth.get("/me")).text
    hidden = (await ruth.get("/me/letters/write")).hidden("/me/letters/write")
    sent = await ruth.post("/me/letters/write", hidden | {"text": "Dear Mira, it is snowing."})
    assert sent.place == "/me/agreements?kept=1"
    assert "it is snowing" in (await ruth.get("/me/letters/write")).text
    page = (await ruth.get(place)).text
    assert re.search("<del>Wednesdays.</del> <ins>Thursdays.</ins>", page)
    old = await ruth.post(place, form | {"name": "Ruth"})
    assert (old.status, "newer version" in old.text) == (409, True)
    assert FIRST in (await ruth.get(f"{place}?version=1")).text
    await ruth.post(place, (await ruth.get(place)).hidden(place) | {"name": "Ruth Adler"})
    assert (await ruth.post("/me/letters/write", hidden | {"text": "Dear Mira, it is snowing."})).place == (
        "/me/letters?sent=1"
    )
    gone = await ruth.post(f"{place}/withdraw", (await ruth.get(place)).hidden(f"{place}/withdraw"))
    assert gone.place == "/me/agreements?done=withdrawn"


async def test_saying_that_one_wants_to_stop_is_always_open(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    ruth, place = visitor(), f"/me/stop/{people.conversation('ruth')}"
    await ruth.enter(people, "ruth")
    new = NewDocument(title="All", language="en", way=Working.ALL, text=FIRST)
    await add_document(people.office, people["nour"], new)
    form = (await ruth.get(place)).hidden(place)
    assert (await ruth.post(place, form | {"text": ""})).status == 422
    assert (await ruth.post(place, form | {"text": "I want to stop."})).place == "/me/letters?sent=1"


async def test_who_administers_writes_documents_and_their_versions(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    nour, place = visitor(), "/admin/documents"
    await nour.enter(people, "nour")
    fields = {
        "title": "How we write",
        "language": "en",
        "way": "all",
        "text": FIRST,
        "day": "",
        "original": "",
    }
    hidden = (await nour.get(place)).hidden(place)
    assert (await nour.post(place, hidden | fields | {"text": ""})).status == 422
    made = (await nour.post(place, hidden | fields)).place
    assert made.startswith(f"{place}/")
    made = made.partition("?")[0]
    hidden = (await nour.get(made)).hidden(made)
    for _ in range(2):
        follow = await nour.post(made, hidden | {"title": "How we write", "text": SECOND, "day": ""})
    assert follow.status == 409
    assert "SHA-256" in (await nour.get(made)).text
    ended = await nour.post(f"{made}/end", (await nour.get(made)).hidden(f"{made}/end"))
    assert ended.place == f"{place}?done=ended"
    ruth = visitor()
    await ruth.enter(people, "ruth")
    assert (await ruth.get(place)).status == 404
