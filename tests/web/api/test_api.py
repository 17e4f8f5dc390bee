"""The JSON API and the guard around everything, over real sockets against a real server."""

import http.client
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest

from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import PASSWORD, Cast, found_cast, nobody
from tests.conftest import RunningServer
from web.http.handing_out import ANYTHING, PLAIN


class Answer:
    """A response, read."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(server: RunningServer, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(server.http).netloc, timeout=20)
    sent = {k.replace("_", "-"): v for k, v in headers.items()}
    raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    connection.request(method, path, raw, {"Content-Type": "application/json", **sent})
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_signing_in_gives_a_token_and_a_cookie_and_signing_out_ends_both(
    cast: Cast, built: Any, server: RunningServer
) -> None:
    known = await found_cast(built, password=PASSWORD)
    username = f"ruth-{known.practice.slug}"
    answer = ask(server, "POST", "/api/v1/sign-ins", {"username": username, "password": PASSWORD})
    assert answer.status == 201
    assert answer.json["person"]["name"] == "Ruth"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = answer.json["token"]
    assert ask(server, "GET", "/api/v1/me", **bearer(token)).json["role"] == "client"
    assert ask(server, "GET", "/api/v1/me", Cookie=cookie.partition(";")[0]).status == 200
    assert ask(server, "DELETE", "/api/v1/sign-ins/current", **bearer(token)).status == 204
    assert ask(server, "GET", "/api/v1/me", **bearer(token)).status == 401


async def test_every_wrong_guess_gets_the_same_answer(cast: Cast, built: Any, server: RunningServer) -> None:
    known = await found_cast(built, password=PASSWORD)
    username = f"ruth-{known.practice.slug}"
    wrong = [
        ask(server, "POST", "/api/v1/sign-ins", {"username": name, "password": password})
        for name, password in ((username, "not the password"), ("nobody at all", PASSWORD), ("", ""))
    ]
    assert {a.status for a in wrong} == {401}
    assert len({a.body for a in wrong}) == 1


async def test_guessing_at_one_account_is_slowed_and_the_owner_elsewhere_is_not_told_apart(
    built: Any, server: RunningServer
) -> None:
    known = await found_cast(built, password=PASSWORD)
    username = f"omar-{known.practice.slug}"
    answers = [
        ask(server, "POST", "/api/v1/sign-ins", {"username": username, "password": f"guess {i}"})
        for i in range(12)
    ]
    assert [a.status for a in answers[:10]] == [401] * 10
    assert answers[-1].status == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_letter_is_written_once_under_its_key(cast: Cast, server: RunningServer) -> None:
    token = bearer(await cast.token("ruth"))
    path = f"/api/v1/conversations/{cast.conversation('ruth')}/messages"
    letter = {"key": str(uuid.uuid4()), "text": "Dear Mira", "channel": "web"}
    first = ask(server, "POST", path, letter, **token)
    again = ask(server, "POST", path, letter, **token)
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    other = ask(server, "POST", path, {**letter, "text": "Other words"}, **token)
    assert other.status == 409
    renamed = ask(server, "POST", path, {**letter, "subject": "Another subject"}, **token)
    assert renamed.status == 409
    read = ask(server, "GET", f"{path}?after=0&limit=10", **token).json
    assert [(m["number"], m["text"], m["channel"]) for m in read["messages"]] == [(1, "Dear Mira", "web")]
    inbox = ask(server, "GET", "/api/v1/inbox", **bearer(await cast.token("mira"))).json["entries"]
    assert inbox[0]["name"] == "Ruth"
    assert inbox[0]["promise"]


async def test_foreign_and_absent_conversations_answer_alike(cast: Cast, server: RunningServer) -> None:
    token = bearer(await cast.token("ruth"))
    foreign, absent = cast.conversation("omar"), nobody()
    for path, body in (
        ("messages", None),
        ("messages", {"key": str(uuid.uuid4()), "text": "x"}),
        ("sessions", {}),
    ):
        method = "POST" if body is not None else "GET"
        answers = [
            ask(server, method, f"/api/v1/conversations/{c}/{path}", body, **token)
            for c in (foreign, absent, "not-an-id")
        ]
        assert {a.status for a in answers} == {404}
        assert len({a.body for a in answers}) == 1
    assert ask(server, "GET", "/api/v1/inbox", **token).status == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"key": NaN}', b'{"key": "x", "text": "y"}', b'{"text": "no key"}', b"\xff", b"[" * 5000,
     b'{"key":"7a4b0d54-0d0c-4a5e-9d2c-1df1a8a0c1ab","text":"nul \\u0000"}',
     b'{"key":"7a4b0d54-0d0c-4a5e-9d2c-1df1a8a0c1ab","text":"\\ud800"}',
     b'{"key":"7a4b0d54-0d0c-4a5e-9d2c-1df1a8a0c1ab","text":"a","subject":5}',
     b'{"key":"7a4b0d54-0d0c-4a5e-9d2c-1df1a8a0c1ab","text":"a","in_reply_to":"1"}'],
)  # fmt: skip
async def test_what_cannot_be_read_is_a_problem_and_keeps_nothing(
    cast: Cast, server: RunningServer, body: bytes
) -> None:
    token = bearer(await cast.token("ruth"))
    path = f"/api/v1/conversations/{cast.conversation('ruth')}/messages"
    answer = ask(server, "POST", path, body, **token)
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert ask(server, "GET", path, **token).json == {"messages": [], "last": 0}


async def test_a_letter_too_long_is_refused_in_words(cast: Cast, server: RunningServer) -> None:
    token = bearer(await cast.token("ruth"))
    path = f"/api/v1/conversations/{cast.conversation('ruth')}/messages"
    long = {"key": str(uuid.uuid4()), "text": "x" * 250_000}
    assert ask(server, "POST", path, long, **token).status == 413
    assert ask(server, "POST", path, b"x" * 100, Content_Length="30000000", **token).status == 413


async def test_sessions_are_the_clinicians(cast: Cast, server: RunningServer) -> None:
    mira, ruth = bearer(await cast.token("mira")), bearer(await cast.token("ruth"))
    path = f"/api/v1/conversations/{cast.conversation('ruth')}/sessions"
    assert ask(server, "POST", path, {}, **ruth).status == 404
    booked = ask(server, "POST", path, {"starts": "2099-01-01T10:00:00+01:00", "minutes": 50}, **mira)
    assert (booked.status, booked.json["state"]) == (201, "booked")
    assert ask(server, "POST", path, {"starts": "2020-01-01T10:00:00Z"}, **mira).status == 422
    assert ask(server, "POST", path, {"starts": "2099-01-01T10:00:00"}, **mira).status == 422
    session = f"/api/v1/sessions/{booked.json['id']}"
    assert ask(server, "POST", f"{session}/open", **ruth).status == 404
    assert ask(server, "POST", f"{session}/open", **mira).json["state"] == "live"
    assert ask(server, "POST", path, {}, **mira).status == 409
    assert ask(server, "POST", f"{session}/extend", {"minutes": 5}, **mira).json["minutes"] == 55
    assert ask(server, "POST", f"{session}/end", **mira).json["state"] == "ended"
    assert ask(server, "POST", f"{session}/end", **mira).status == 409
    assert ask(server, "POST", f"{session}/open", **mira).status == 409


async def test_a_foreign_host_and_a_foreign_site_are_refused(cast: Cast, server: RunningServer) -> None:
    assert ask(server, "GET", "/", Host="evil.example").status == 400
    letter = {"key": str(uuid.uuid4()), "text": "forged"}
    path = f"/api/v1/conversations/{cast.conversation('ruth')}/messages"
    cookie = {"Cookie": f"quietline={await cast.token('ruth')}"}
    for foreign in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {},
    ):
        assert ask(server, "POST", path, letter, **cookie, **foreign).status == 403
    own = f"http://{urlsplit(server.http).netloc}"
    assert ask(server, "POST", path, letter, **cookie, Origin=own).status == 201
    assert (
        ask(server, "POST", path, letter, **cookie, Origin="null", Sec_Fetch_Site="same-origin").status == 200
    )


async def test_every_answer_forbids_framing_sniffing_and_keeping(server: RunningServer) -> None:
    for path in ("/", "/help-now", "/api/v1/me", "/health/live", "/nowhere"):
        headers = ask(server, "GET", path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


async def test_health_and_metrics_say_nothing_of_anyone(cast: Cast, server: RunningServer) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(cast.office, held)
    ask(server, "GET", f"/api/v1/conversations/{cast.conversation('ruth')}/messages")
    assert ask(server, "GET", "/health/live").json == {"status": "live"}
    assert ask(server, "GET", "/health/ready").json == {"status": "ready"}
    metrics = ask(server, "GET", "/metrics").body.decode()
    assert "quietline_http_request_seconds_count" in metrics
    assert str(cast.conversation("ruth")) not in metrics
    assert 'handler="messages"' in metrics


async def test_a_file_is_described_by_every_type_it_may_be_handed_out_as(server: RunningServer) -> None:
    described = ask(server, "GET", "/api/v1/openapi.json").json["paths"]
    types = described["/conversations/{conversation}/files/{file}"]["get"]["responses"]["200"]["content"]
    assert types.keys() == {*PLAIN, ANYTHING}
    assert {one["schema"]["format"] for one in types.values()} == {"binary"}


async def test_the_api_describes_every_route_it_has(server: RunningServer) -> None:
    from web.api.routes import ROUTES

    described = ask(server, "GET", "/api/v1/openapi.json").json["paths"]
    routes = {route.path for route in ROUTES.routes if hasattr(route, "path")} - {"/openapi.json"}
    assert set(described) == routes
