"""Each guard alone: what it refuses is asked for, then once more with that guard taken out, and goes through.

So no refusal of the sweeps comes about by accident, or by another guard that happens to stand behind: were one of these
to fail open, the request that stands beside it here would be answered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from messaging.conversations import Conversation, Member
from messaging.memory.sign_ins import SignInKind
from messaging.people import Person
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.hostile import Door, as_json
from threads.tables.people import people, sign_ins

HERE = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True)
class Guarded:
    """A guard by its place, what it becomes when it fails open, and a request it refuses."""

    place: str
    flipped: Callable[..., Any]
    who: str
    method: str
    path: str
    refused: int
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None


def nothing(*_: object, **__: object) -> None:
    """A check that raises nothing any more."""


def yes(*_: object, **__: object) -> bool:
    """One that always says so."""
    return True


def no(*_: object, **__: object) -> bool:
    return False


def the_first(_: Person, conversation: Conversation, __: Deed) -> Member:
    """Whoever asks is taken for a member."""
    return conversation.members[0]


RULE = {"weekday": "friday"}
GUARDS = {
    "who is a member": Guarded(
        "messaging.trust.access._entitled", the_first, "eli", "GET", "/conversations/{ben}/messages", 404
    ),
    "what a role does in a conversation": Guarded(
        "messaging.trust.access._lets", yes, "ben", "POST", "/conversations/{ben}/sessions", 404, {}
    ),
    "what a role does for a practice": Guarded(
        "messaging.practice.circles.must_do",
        nothing,
        "ben",
        "PUT",
        "/conversations/{ben}/answer-rule",
        404,
        RULE,
    ),
    "who administers": Guarded(
        "messaging.practice.settings.must_do", nothing, "mira", "PUT", "/practice", 404, {"name": "Other"}
    ),
    "whose client it is": Guarded(
        "messaging.practice.caseload.sees_everybody",
        yes,
        "eli",
        "PATCH",
        "/people/{person}",
        404,
        {"name": "Other"},
    ),
    "the password of a moment ago": Guarded(
        "messaging.exporting.asking.must_be_stepped_up",
        nothing,
        "ben",
        "POST",
        "/conversations/{ben}/exports",
        403,
        {"format": "json"},
    ),
    "the second factor that is due": Guarded("web.http.guards.must_set_up", no, "due", "GET", "/inbox", 403),
    "how long a sign-in lasts": Guarded(
        "messaging.entrance.signing_in.is_idle", no, "idle", "GET", "/me", 401
    ),
    "which site asks": Guarded(
        "web.http.guards.Guard._own_request",
        yes,
        "ben",
        "PUT",
        "/conversations/{ben}/read-mark",
        403,
        {"number": 1},
        {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"},
    ),
    "which host is asked": Guarded(
        "web.http.guards._known_host", yes, "ben", "GET", "/me", 400, None, {"host": "elsewhere.example"}
    ),
}


async def shown_by(cast: Cast, who: str) -> dict[str, str]:
    """What somebody's browser or program sends along."""
    if who not in ("due", "idle"):
        return {"authorization": f"Bearer {await cast.token(who)}"}
    person = cast["mira"] if who == "due" else cast["ruth"]
    token = await cast.token_of(person, SignInKind.COOKIE)
    long_ago = cast.office.clock() - timedelta(days=1)
    table, values = (people, {"grace_until": None}) if who == "due" else (sign_ins, {"seen_at": long_ago})
    whose = people.c.id == person.id if who == "due" else sign_ins.c.person_id == person.id
    async with cast.office.memory.people._database.within(person.practice) as connection:  # type: ignore[attr-defined]
        await connection.execute(update(table).where(whose).values(values))
    return {"cookie": f"quietline={token}"}


@pytest.mark.parametrize("guard", GUARDS)
async def test_what_it_refuses_goes_through_without_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    one, door = GUARDS[guard], Door(cast.house)
    path = one.path.replace("{ben}", str(cast.conversation("ben"))).replace("{person}", str(cast["ruth"].id))
    headers = {
        "content-type": "application/json",
        **HERE,
        **await shown_by(cast, one.who),
        **(one.headers or {}),
    }
    body = b"" if one.body is None else as_json(one.body)

    async def asked() -> int:
        reply = await door.ask(one.method, f"/api/v1{path}", body, headers)
        assert not reply.fault
        return reply.status

    assert await asked() == one.refused
    with monkeypatch.context() as patch:
        patch.setattr(one.place, one.flipped)
        assert 200 <= await asked() < 300, (
            "something else refuses it, and nobody knew of this guard by this test"
        )
