"""In which language somebody is spoken to: chosen by themselves, by who answers for them, or by their practice."""

import json

from tests.cast import Cast
from tests.web.hostile import Door


async def test_a_language_is_chosen_by_program_and_pages_speak_it(cast: Cast) -> None:
    door, tokens = Door(cast.house), {who: await cast.token(who) for who in ("ruth", "nour")}

    async def ask(who: str, method: str, path: str, **body: str) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {tokens[who]}", "content-type": "application/json"}
        headers |= {"accept-language": "de-AT"}
        reply = await door.ask(method, path, json.dumps(body).encode() if body else b"{}", headers)
        return reply.status, reply.body.decode()

    async def home() -> str:
        return (await ask("ruth", "GET", "/me"))[1]

    assert '<html lang="de" dir="ltr">' in await home()
    assert (await ask("nour", "PUT", "/api/v1/practice", language="ar"))[0] == 200
    assert '<html lang="ar" dir="rtl">' in await home()
    assert '<html lang="en" dir="ltr">' in (await ask("nour", "GET", "/admin"))[1]
    status, me = await ask("ruth", "PATCH", "/api/v1/me", language="de-du")
    assert (status, json.loads(me)["language"]) == (200, "de-du")
    assert "Dein Brief" in await home()
    theirs = f"/api/v1/people/{cast['ruth'].id}"
    assert (await ask("nour", "PATCH", theirs, language="de"))[0] == 200
    assert "Ihr Brief" in await home()
    assert (await ask("ruth", "PATCH", "/api/v1/me", language=""))[0] == 200
    assert '<html lang="ar" dir="rtl">' in await home()
    assert (await ask("ruth", "PATCH", "/api/v1/me", language="tlh"))[0] == 422
    assert (await ask("ruth", "PATCH", "/api/v1/me"))[0] == 422
    assert (await ask("nour", "PATCH", "/api/v1/me", language="de"))[0] == 404
