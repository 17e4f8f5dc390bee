"""The page of snippets: by forms alone, of one's own, and what could not be kept stands in its field."""

import re

from tests.web.visitor import Visitor


async def test_snippets_are_kept_changed_and_thrown_away(mira: Visitor, ruth: Visitor, nour: Visitor) -> None:
    key = "7f0c2b9e-3c55-4d0e-9a2f-0d1c5f6e7a11"
    kept = await mira.post("/snippets", {"key": key, "name": "A breath", "text": "Breathe in, [name]."})
    assert kept.status == 303
    assert "Breathe in, [name]." in (await mira.get("/snippets")).text
    await mira.post("/snippets", {"key": key, "name": "A breath", "text": "Breathe out."})
    page = await mira.get("/snippets")
    assert re.findall(r"data-text>([^<]*)<", page.text) == ["Breathe out."]
    refused = await mira.post("/snippets", {"key": key, "name": "", "text": "Words that were typed."})
    assert refused.status == 422
    assert "Words that were typed." in refused.text
    for reader in (ruth, nour):
        assert (await reader.get("/snippets")).status == 404
        assert (await reader.post("/snippets", {"key": key, "name": "x", "text": "y"})).status == 404
        assert (await reader.post(f"/snippets/{key}/away", {"key": key})).status == 404
    await mira.post(f"/snippets/{key}/away", {"key": key})
    assert "data-text" not in (await mira.get("/snippets")).text
