"""Break-glass in the browser: the one page that shows a sealed name and address, once, after somebody else's yes."""

from collections.abc import Callable

from tests.cast import PASSWORD, Cast
from tests.messaging.practice.test_breaking_glass import only_mira
from tests.web.sweeps.test_identities import ADDRESS, MARKS, NAME, seal_ben
from tests.web.visitor import Visitor

WHY = "A life may be at risk."


async def test_it_is_asked_allowed_and_shown_once(
    people: Cast, mira: Visitor, visitor: Callable[[], Visitor]
) -> None:
    await seal_ben(people)
    nour = visitor()
    await nour.enter(people, "nour")
    place, admin = f"/clients/{people['ben'].id}", f"/admin/people/{people['ben'].id}"
    assert "/account/again?do=identity" in (await mira.get(place)).text
    for one in (mira, nour):
        await one.submit("/account/again?do=identity", "/account/again", do="identity", password=PASSWORD)
    empty = await mira.submit(place, f"{place}/identity", reason=" ")
    assert empty.status == 422
    asked = await mira.submit(place, f"{place}/identity", reason=WHY, unsafe="yes")
    assert asked.place == f"{place}?done=asked-who"
    waits = await nour.get(admin)
    assert WHY in waits.words
    assert "would not be told" in waits.words
    assert (await nour.submit(admin, f"{admin}/identity/yes")).place == f"{admin}?done=allowed-who"
    assert "Withdraw the request" not in (await nour.get(admin)).words
    withdrawn = await mira.submit(place, f"{place}/identity/withdraw")
    assert withdrawn.place == f"{place}?done=asks-no-more"
    assert "Withdraw the request" not in (await mira.get(place)).words
    await mira.submit(place, f"{place}/identity", reason=WHY, unsafe="yes")
    await nour.submit(admin, f"{admin}/identity/yes")
    opened = await mira.submit(place, f"{place}/identity/open")
    assert NAME in opened.words
    assert ADDRESS in opened.words
    assert "They have not been told" in opened.words
    assert opened.headers["cache-control"] == "no-store"
    for page in (empty, waits, await mira.get(place), await nour.get(admin)):
        assert not any(mark in page.text.casefold() for mark in MARKS)


async def test_of_a_couple_the_one_whose_it_was_reads_of_it_on_their_own_pages(
    people: Cast, mira: Visitor, visitor: Callable[[], Visitor]
) -> None:
    await seal_ben(people)
    await only_mira(people)
    place = f"/clients/{people['ben'].id}"
    await mira.submit("/account/again?do=identity", "/account/again", do="identity", password=PASSWORD)
    opened = await mira.submit(place, f"{place}/identity", reason=WHY)
    assert NAME in opened.words
    assert "They are told that you opened this" in opened.words
    ben, tess = visitor(), visitor()
    for browser, name in ((ben, "ben"), (tess, "tess")):
        await browser.enter(people, name)
    for page in ("/me", "/me/readers"):
        shown = await ben.get(page)
        assert WHY in shown.words, page
        assert "Dr Mira" in shown.words
        assert not any(mark in shown.text.casefold() for mark in MARKS)
        assert WHY not in (await tess.get(page)).text
    assert WHY not in (await mira.get(f"/c/{people.conversation('ben')}")).text, (
        "the others would read it there"
    )


async def test_without_the_password_of_a_moment_ago_nothing_is_opened(people: Cast, mira: Visitor) -> None:
    await seal_ben(people)
    place = f"/clients/{people['ben'].id}"
    key = (await mira.get(place)).hidden(f"{place}/details")["key"]
    for action in ("identity", "identity/open", "identity/withdraw"):
        answer = await mira.post(f"{place}/{action}", {"key": key, "reason": WHY})
        assert answer.place == "/account/again?do=identity"
