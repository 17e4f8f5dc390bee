"""A client's first page: three answers, one button, and nothing about who opened what."""

import re

from tests.cast import Cast
from tests.web.visitor import Visitor

PRIMARY = re.compile(r'class="button[^"]*\bprimary\b')


async def test_a_first_visit_is_told_in_three_lines_and_a_letter_answers_for_itself(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    first = await ruth.get("/me")
    assert "Here you and Dr Mira write to each other. Only you and Dr Mira read this." in first.words
    assert "No session is booked." in first.words
    sent = await ruth.submit("/me/letters/write", "/me/letters/write", text="The stairwell.", deed="send")
    assert sent.status == 303
    waiting = await ruth.get("/me")
    assert "Your first visit" not in waiting.words
    assert "It is safe here. Dr Mira answers by" in waiting.words
    await mira.get(f"/c/{people.conversation('ruth')}")  # whoever reads it, nothing of that is said
    assert (await ruth.get("/me")).words == waiting.words
    for page in (first, waiting):
        assert len(PRIMARY.findall(page.text)) == 1
        assert page.words.index("What happens next") < page.words.index("If it gets hard")
