"""Whatever goes wrong, the page that says so offers help and a way out; also when nobody can be known or asked."""

import re
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from jinja2 import Environment

from messaging import errors
from tests.cast import Cast
from tests.web.hostile import Door, Reply, as_form
from web.http import guards
from web.http.refusals import TABLE
from web.pages.client import home
from web.pages.parts.rendering import environment
from web.pages.public.views import Trouble

PARTS_MAY_FAIL = True
FORM = {"content-type": "application/x-www-form-urlencoded"}
PROVOKED: dict[int, tuple[str, str, bytes, dict[str, str]]] = {
    400: ("POST", "/me/mail", b"--b\r\n", {"content-type": "multipart/form-data"}),
    403: ("POST", "/me/mail", b"", {"origin": "https://elsewhere.example"}),
    404: ("GET", "/nowhere", b"", {}),
    405: ("POST", "/me", b"", FORM),
    413: ("POST", "/me/mail", b"", {"content-length": "999999999"}),
    422: (
        "POST",
        "/me/sessions",
        b"time=",
        FORM | {"content-type": "application/x-www-form-urlencoded; charset=utf-7"},
    ),
}
"""What is refused before it is known who asks, or to whoever asks."""
LEADS_ON = {errors.NotSignedIn, errors.SecondFactorDue}
"""To where it is put right, instead of a page that says so."""
RAISED = sorted(TABLE.keys() - LEADS_ON, key=lambda kind: kind.__name__)


def offers_help_and_a_way_out(reply: Reply) -> bool:
    """For people: the two, in their place, under a title that says nothing."""
    form = re.search(
        r'<form method="post" action="/sign-out"[^>]*data-exit="/exit">.*?</form>', reply.text, re.DOTALL
    )
    scripts = re.findall(r'<script type="module" src="(/static/js/exit\.js)', reply.text)
    titled = "<title>Notes</title>" in reply.text
    dressed = "default-src 'none'" in reply.headers.get("content-security-policy", "")
    kept_nowhere = reply.headers.get("cache-control") == "no-store"
    helps = 'href="/help-now"' in reply.text or "<h1>Help now</h1>" in reply.text
    return bool(form and scripts and titled and dressed and kept_nowhere and helps)


async def ask(
    cast: Cast, who: str | None, method: str, path: str, body: bytes = b"", **headers: str
) -> Reply:
    held = {"authorization": f"Bearer {await cast.token(who)}"} if who else {}
    return await Door(cast.house).ask(method, path, body, {**held, **headers})


@pytest.mark.parametrize("status", PROVOKED)
async def test_a_refusal_offers_help_and_a_way_out_to_clients_and_to_nobody(cast: Cast, status: int) -> None:
    method, path, body, headers = PROVOKED[status]
    for who in ("ruth", None):
        reply = await ask(cast, who, method, path, body, **headers)
        if reply.status == 401:  # asked for a sign-in first: the page for that is a refusal too
            assert who is None
        else:
            assert reply.status == status, (who, reply.status)
        assert offers_help_and_a_way_out(reply), who


@pytest.mark.parametrize("kind", RAISED)
async def test_every_kind_of_refusal_does(
    cast: Cast, kind: type[errors.Refusal], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: object) -> object:
        raise kind

    monkeypatch.setattr(home, "inbox", refuses)
    reply = await ask(cast, "ruth", "GET", "/me")
    assert reply.status == TABLE[kind]
    assert offers_help_and_a_way_out(reply)


@pytest.mark.parametrize("fault", [errors.Busy, RuntimeError, OSError], ids=["away", "accident", "network"])
async def test_so_does_a_page_while_nobody_can_be_known(
    cast: Cast, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"authorization": f"Bearer {await cast.token('ruth')}"}
    door = Door(cast.house)

    async def away(*_: object, **__: object) -> object:
        raise fault

    monkeypatch.setattr(guards, "who", away)
    reply = await door.ask("GET", "/me", b"", headers)
    assert reply.status == (503 if fault is errors.Busy else 500)
    assert offers_help_and_a_way_out(reply)
    words = as_form({"text": "Half an hour of writing.", "key": str(uuid4())})
    kept = await door.ask("POST", "/me/letters/write", words, headers | FORM)
    assert kept.status == reply.status
    assert offers_help_and_a_way_out(kept)
    helped = await door.ask("GET", "/help-now", b"", headers)
    assert helped.status == 200
    assert offers_help_and_a_way_out(helped)
    assert 'href="tel:112"' in helped.text
    left = await door.ask("POST", "/sign-out", b"", headers | FORM)
    assert (left.status, left.headers["location"]) == (303, "/exit")
    assert "quietline=" in left.headers["set-cookie"]


async def test_words_that_were_not_taken_come_back_with_help_and_a_way_out(cast: Cast) -> None:
    kept = await ask(cast, None, "POST", "/me/letters/write", as_form({"text": "Words."}), **FORM)
    assert kept.status == 401
    assert "Words." in kept.text
    assert offers_help_and_a_way_out(kept)


async def test_help_is_offered_even_when_the_page_for_accidents_breaks(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError

    monkeypatch.setattr(Environment, "get_template", broken)
    reply = await ask(cast, "ruth", "GET", "/me")
    assert reply.status == 500
    assert 'href="/help-now"' in reply.text
    assert 'action="/sign-out"' in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]


async def test_programs_are_still_told_in_their_own_language(cast: Cast) -> None:
    for status, (method, headers) in {
        413: ("POST", {"content-length": "999999999"}),
        403: ("POST", {"origin": "https://elsewhere.example"}),
        404: ("GET", {}),
    }.items():
        reply = await ask(cast, "ruth", method, "/api/v1/nowhere", b"", **headers)
        assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("status", sorted({*TABLE.values(), *PROVOKED}))
def test_every_refusal_is_said_in_words_of_its_own(status: int) -> None:
    """What is no accident is not called one."""
    page = environment().get_template("public/error.html").render(view=Trouble(status))
    assert status >= HTTPStatus.INTERNAL_SERVER_ERROR or "The fault is ours" not in page
    assert f">{status}<" in page
