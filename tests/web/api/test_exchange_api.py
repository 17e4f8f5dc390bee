"""The exchange contract as programs meet it: the same for both sides, proposed by one and agreed to by the other."""

import json
from typing import Any
from uuid import uuid4

from tests.cast import Cast
from tests.web.api.test_agreements_api import Asking

TERMS = {"answers": {"weekday": "thursday", "by": "17:30"}, "words": 600, "exchanges": 8}


async def test_both_sides_read_one_contract_and_only_a_yes_makes_it(cast: Cast) -> None:
    api = Asking(cast)
    place = f"/conversations/{cast.conversation('ruth')}"
    contract = f"{place}/exchange-contract"

    async def done(who: str, method: str, path: str, body: Any) -> Any:
        reply = await api.ask(who, method, path, body)
        assert reply.status in {200, 201}, reply.text
        return json.loads(reply.body)

    for who, status in (("ruth", 404), ("eli", 404), ("nour", 404), (None, 401)):
        assert (await api.ask(who, "PUT", contract, TERMS)).status == status
    stands = await done("mira", "PUT", contract, TERMS)
    assert stands["agreed"] is None
    assert {k: stands["proposed"][k] for k in TERMS} == TERMS
    assert (await api.ask("mira", "PUT", contract, TERMS)).status == 409
    assert (await api.ask("mira", "PUT", contract, TERMS | {"hours": 48})).status == 422
    said = {"proposal": stands["proposed"]["id"]}
    assert (await api.ask("mira", "POST", f"{contract}/accept", said)).status == 404
    assert (await api.ask("ruth", "POST", f"{contract}/accept", {"proposal": str(uuid4())})).status == 409
    await done("ruth", "POST", f"{contract}/accept", said)
    answer = {"key": str(uuid4()), "text": "Words.", "channel": "web"}
    number = (await done("mira", "POST", f"{place}/messages", answer))["number"]
    dates = {**answer, "key": str(uuid4()), "purpose": "administrative"}
    await done("mira", "POST", f"{place}/messages", dates)
    hers = await api.told("ruth", contract)
    assert hers == await api.told("mira", contract)
    assert (hers["used"], hers["left"], hers["replies"][0]["exchange"]) == (1, 7, 1)
    kind = f"{place}/messages/{number}/kind"
    assert (await api.ask("ruth", "PUT", kind, {"kind": "clarification"})).status == 404
    assert (await done("mira", "PUT", kind, {"kind": "clarification"}))["used"] == 0
    assert (await api.ask("mira", "PUT", kind, {"kind": "praise"})).status == 422
    rule = await api.ask("mira", "PUT", f"{place}/answer-rule", {"working_days": 3})
    assert rule.status == 409
