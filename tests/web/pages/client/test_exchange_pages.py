"""The exchange contract on the pages of both sides, without a script."""

from collections.abc import Callable

from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.visitor import Visitor

TERMS = {"way": "3", "days": "2", "by": "17:30", "words": "600", "exchanges": "1"}


async def test_one_side_proposes_the_other_says_yes_and_both_read_how_many_answers_came(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    ruth, mira, here = visitor(), visitor(), people.conversation("ruth")
    await ruth.enter(people, "ruth")
    await mira.enter(people, "mira")
    hers, theirs = "/me/agreements", f"/c/{here}/agreements"
    assert "How you and" not in (await ruth.get(hers)).text  # who sets nothing up feels nothing
    wrong = await mira.submit(theirs, f"/c/{here}/exchange", **{**TERMS, "exchanges": "many"})
    assert (wrong.status, 'value="many"' in wrong.text) == (422, True)
    sent = await mira.submit(theirs, f"/c/{here}/exchange", **TERMS)
    assert sent.place == f"{theirs}?done=proposed"
    page = await ruth.get(hers)
    assert "answered Thursdays by 17:30" in page.words
    old = page.hidden(f"/me/exchange/{here}")
    await mira.submit(theirs, f"/c/{here}/exchange", **{**TERMS, "words": "500"})
    assert (await ruth.post(f"/me/exchange/{here}", old)).status == 409
    assert (await ruth.submit(hers, f"/me/exchange/{here}")).place == f"{hers}?done=exchange"
    held, circle = await people.enter("mira", "ruth", Deed.WRITE)
    answer = Letter(people.office.new_id(), "Words.")
    await write_letter(people.office, held, circle, answer)
    assert "The answers you agreed on have come. You can go on writing" in (await ruth.get(hers)).words
    assert "The agreed answers are used." in (await mira.get(theirs)).words
    kind = f"/c/{here}/exchange/kind"
    assert (await mira.submit(theirs, kind, kind="clarification")).status == 303
    assert "0 of 1" in (await ruth.get(hers)).words
    refused = await mira.submit(f"/c/{here}", f"/c/{here}/answer-rule", way="4", days="2", by="18:00")
    assert refused.status == 409
