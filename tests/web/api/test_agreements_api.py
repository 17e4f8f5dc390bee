"""Documents, and what waits until they are agreed to, as programs meet them."""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from messaging.agreements.documents import TEXT_LIMIT, documents_of
from messaging.conversations import Working
from messaging.errors import NotFound
from messaging.messages import EventName
from messaging.people import Role
from messaging.practice.founding import NewPerson, NewPractice, add_person, found_practice
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.hostile import MEGABYTE, Door, Reply, as_json

FIRST = "# How we write\n\nI answer your letter on Wednesdays by 18:00."
DIGEST = hashlib.sha256(FIRST.encode()).hexdigest()
SECOND = "# How we write\n\nI answer your letter on Thursdays by 18:00."


class Asking:
    """The API of one practice, as one person after the other."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.door = cast, Door(cast.house)

    async def ask(self, who: str | None, method: str, path: str, body: Any = None) -> Reply:
        headers = {"content-type": "application/json"}
        if who is not None:
            headers |= {"authorization": f"Bearer {await self.cast.token(who)}"}
        return await self.door.ask(
            method, f"/api/v1{path}", as_json(body) if body is not None else b"", headers
        )

    async def told(self, who: str, path: str) -> Any:
        reply = await self.ask(who, "GET", path)
        assert reply.status == 200, reply.text
        return json.loads(reply.body)

    async def document(self, way: str = "all", text: str = FIRST, **more: Any) -> Any:
        new = {"title": "How we write", "language": "en", "way": way, "text": text, **more}
        reply = await self.ask("nour", "POST", "/documents", new)
        assert reply.status == 201, reply.text
        return json.loads(reply.body)

    async def version(self, document: str, text: str = SECOND, **more: Any) -> Any:
        reply = await self.ask("nour", "POST", f"/documents/{document}/versions", {"text": text, **more})
        assert reply.status == 201, reply.text
        return json.loads(reply.body)

    async def agree(self, document: str, version: Any = 1, who: str = "ruth", **more: Any) -> Reply:
        said = {"version": version, **more}
        return await self.ask(who, "POST", f"{self.here()}/agreements/{document}/accept", said)

    async def letter(self, who: str = "ruth", **more: Any) -> Reply:
        said = {"key": str(uuid4()), "text": "Dear Mira.", "channel": "web", **more}
        return await self.ask(who, "POST", f"{self.here()}/messages", said)

    async def session(self) -> Reply:
        return await self.ask("mira", "POST", f"{self.here()}/sessions", {})

    def here(self) -> str:
        return f"/conversations/{self.cast.conversation('ruth')}"


@pytest.fixture
def asking(cast: Cast) -> Asking:
    return Asking(cast)


def refused(reply: Reply, code: str, status: int = 409) -> bool:
    return (reply.status, json.loads(reply.body)["type"]) == (status, f"/problems/{code}")


async def test_what_is_new_waits_until_the_version_that_binds_is_agreed_to(asking: Asking) -> None:
    assert (await asking.told("ruth", f"{asking.here()}/agreements")) == {"agreements": []}
    made = await asking.document()
    assert (made["version"], made["title"], made["hash"]) == (1, "How we write", DIGEST)
    assert refused(await asking.letter(), "agreement_needed")
    assert refused(await asking.session(), "agreement_needed")
    assert (await asking.letter(purpose="administrative")).status == 201
    assert (await asking.told("mira", f"{asking.here()}/messages"))["messages"][0][
        "purpose"
    ] == "administrative"
    assert (await asking.letter("mira")).status == 201
    (one,) = (await asking.told("ruth", f"{asking.here()}/agreements"))["agreements"]
    assert (one["document"], one["version"], one["needed"], one["text"]) == (made["id"], 1, True, FIRST)
    agreed = await asking.agree(made["id"], name="Ruth A.")
    assert agreed.status == 201
    assert json.loads(agreed.body)["hash"] == DIGEST
    assert (await asking.agree(made["id"])).status == 200
    assert (await asking.letter()).status == 201
    assert (await asking.session()).status == 201
    for who in ("ruth", "mira"):
        (one,) = (await asking.told(who, f"{asking.here()}/agreements"))["agreements"]
        assert (one["needed"], one["accepted"][0]["name"]) == (False, "Ruth A.")


async def test_a_new_version_is_asked_from_its_time_and_the_old_one_stays_readable(asking: Asking) -> None:
    made = await asking.document()
    await asking.agree(made["id"])
    office = asking.cast.office
    await asking.version(made["id"], **{"from": (office.clock() + timedelta(days=9)).isoformat()})
    assert (await asking.letter()).status == 201
    assert (await asking.told("ruth", f"{asking.here()}/agreements"))["agreements"][0]["version"] == 1
    third = await asking.version(made["id"], SECOND + " Or earlier.")
    assert third["version"] == 3
    assert refused(await asking.letter(), "agreement_needed")
    assert refused(await asking.agree(made["id"], 1), "version_replaced")
    (one,) = (await asking.told("ruth", f"{asking.here()}/agreements"))["agreements"]
    assert (one["version"], [o["text"] for o in one["earlier"]]) == (3, [FIRST])
    assert (await asking.agree(made["id"], 3)).status == 201
    assert (await asking.letter()).status == 201


async def test_a_running_session_never_closes_and_the_next_one_waits(asking: Asking) -> None:
    session = json.loads((await asking.session()).body)["id"]
    await asking.document("chat")
    extended = await asking.ask("mira", "POST", f"/sessions/{session}/extend", {"minutes": 5})
    assert extended.status == 200
    assert (await asking.letter()).status == 201, "it is for sessions alone"
    assert (await asking.ask("mira", "POST", f"/sessions/{session}/end", {})).status == 200
    assert refused(await asking.session(), "agreement_needed")


async def test_withdrawing_is_an_entry_and_what_is_new_waits_again(asking: Asking) -> None:
    made = await asking.document("letters")
    await asking.agree(made["id"])
    for _ in range(2):
        gone = await asking.ask("ruth", "DELETE", f"{asking.here()}/agreements/{made['id']}")
        assert gone.status == 204
    assert refused(await asking.letter(), "agreement_needed")
    assert (await asking.session()).status == 201
    assert (await asking.agree(made["id"])).status == 201
    held, _ = await asking.cast.enter("mira", "ruth", Deed.READ)
    told = [one.body.event for one in await entries_after(asking.cast.office, held, 0)]
    accepted, withdrawn = EventName.AGREEMENT_ACCEPTED, EventName.AGREEMENT_WITHDRAWN
    assert [one for one in told if one in (accepted, withdrawn)] == [accepted, withdrawn, accepted]


async def test_who_agrees_in_one_language_has_agreed(asking: Asking) -> None:
    made = await asking.document()
    german = await asking.document(text="# Wie wir schreiben", language="de", original=made["id"])
    assert german["original"] == made["id"]
    assert (await asking.agree(german["id"])).status == 201
    assert (await asking.letter()).status == 201
    await asking.version(made["id"])
    assert (await asking.letter()).status == 201, "their own has no new version"
    await asking.version(german["id"], "# Wie wir nun schreiben")
    assert refused(await asking.letter(), "agreement_needed")


async def test_an_ended_document_binds_nobody(asking: Asking) -> None:
    made = await asking.document()
    assert refused(await asking.letter(), "agreement_needed")
    assert (await asking.ask("nour", "DELETE", f"/documents/{made['id']}")).status == 204
    assert (await asking.letter()).status == 201
    assert (await asking.agree(made["id"])).status == 404
    assert (
        await asking.ask("nour", "POST", f"/documents/{made['id']}/versions", {"text": "x"})
    ).status == 409


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"text": ""}, 422),
        ({"text": " \n"}, 422),
        ({"text": "x" * 2 * MEGABYTE}, 413),
        ({"text": "x" * (TEXT_LIMIT + 1)}, 413),
        ({"title": ""}, 422),
        ({"way": "pigeon"}, 422),
        ({"way": None}, 422),
        ({"language": "Deutsch!"}, 422),
        ({"from": "tomorrow"}, 422),
        ({"from": "9999-12-31"}, 422),
        ({"original": str(UUID(int=7))}, 404),
        ({"colour": "blue"}, 422),
    ],
    ids=lambda one: str(one)[:30],
)
async def test_what_is_no_document_is_refused_and_nothing_of_it_stands(
    asking: Asking, changed: dict[str, Any], status: int
) -> None:
    new = {"title": "How we write", "language": "en", "way": Working.ALL, "text": FIRST}
    reply = await asking.ask("nour", "POST", "/documents", new | changed)
    assert reply.status == status, reply.text
    assert (await asking.told("nour", "/documents")) == {"documents": []}


async def test_nobody_else_writes_documents_or_agrees(asking: Asking) -> None:
    made = await asking.document()
    for who in ("mira", "ruth", "eli"):
        assert (await asking.ask(who, "GET", "/documents")).status == 404
        assert (
            await asking.ask(who, "POST", f"/documents/{made['id']}/versions", {"text": "x"})
        ).status == 404
    for who in ("mira", "nour", "linden"):
        assert (await asking.agree(made["id"], who=who)).status == 404
    for version in (0, 2, "1", True, None):
        assert (await asking.agree(made["id"], version)).status in (404, 422)
    assert (await asking.agree(str(UUID(int=9)))).status == 404


async def test_who_works_alone_writes_their_own(cast: Cast) -> None:
    slug = f"solo-{uuid4().hex[:8]}"
    practice = await found_practice(cast.office, NewPractice(slug, "Ada", "Europe/Vienna"))
    ada = await add_person(cast.office, practice.id, NewPerson(Role.THERAPIST, f"ada-{slug}", "Ada"))
    assert await documents_of(cast.office, ada) == []
    await add_person(cast.office, practice.id, NewPerson(Role.THERAPIST, f"ben-{slug}", "Ben"))
    with pytest.raises(NotFound):
        await documents_of(cast.office, ada)
