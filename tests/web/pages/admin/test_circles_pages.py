"""Who writes with whom, on pages: several begun together, joining, leaving, answer days, and what a leaver leaves behind."""

from collections.abc import AsyncIterator, Callable
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest

from messaging.conversations import AnswerRule
from messaging.errors import Busy, NotFound
from messaging.facts import HandedOverFacts
from messaging.ids import PersonId
from messaging.inbox.listing import inbox
from messaging.letters.settling import needs_no_answer
from messaging.letters.writing import Letter, write_letter
from messaging.messages import EventName
from messaging.people import Role
from messaging.practice.circles import join_circle, leave_circle
from messaging.practice.founding import NewPerson
from messaging.practice.from_start import answer_asked
from messaging.practice.handing_over import Successor, leave_practice
from messaging.practice.joining import people_of
from messaging.practice.taking_on import take_on
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast, found_cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay
from tests.web.visitor import Visitor


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


async def written(people: Cast, who: str) -> None:
    held, circle = await people.enter(who, who, Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "Before."))


async def with_whom(people: Cast, who: str) -> list[list[str]]:
    """The names of those in care, conversation by conversation."""
    lines = await inbox(people.office, people[who])
    return sorted(sorted(one.name for one in line.circle.clients) for line in lines)


@pytest.mark.parametrize("who", ["mira", "nour"])
async def test_a_couple_is_begun_of_people_who_are_here_and_twice_is_once(
    people: Cast, mira: Visitor, nour: Visitor, who: str
) -> None:
    browser, base = (mira, "/clients") if who == "mira" else (nour, "/admin/people")
    place = f"{base}/together"
    asked = {f"client-{people[one].id}": "yes" for one in ("ruth", "linden")}
    asked |= {"kind": "couple", "clinician": str(people["mira"].id)}
    fields = (await browser.get(place)).hidden(place) | asked
    first, second = await browser.post(place, fields), await browser.post(place, fields)
    assert first.status == 303
    assert first.place == second.place
    shown = await browser.get(first.place)
    assert "Ruth and Linden" in shown.words or "Linden and Ruth" in shown.words
    assert await with_whom(people, "mira") == [["Ben", "Tess"], ["Linden"], ["Linden", "Ruth"], ["Ruth"]]
    other = await browser.post(place, fields | {f"client-{people['ben'].id}": "yes", "kind": "family"})
    assert "already" in other.words


@pytest.mark.parametrize(
    "chosen", [(), ("ruth",), ("ruth", "linden", "ben")], ids=["nobody", "one", "three of a couple"]
)
async def test_a_couple_is_two_and_what_was_chosen_stays(
    people: Cast, mira: Visitor, chosen: tuple[str, ...]
) -> None:
    place = "/clients/together"
    asked = {f"client-{people[one].id}": "yes" for one in chosen}
    refused = await mira.submit(place, place, kind="couple", **asked)
    assert refused.status == 422
    assert "at least two" in refused.words
    for one in chosen:
        assert f'name="client-{people[one].id}" value="yes" checked' in refused.text
    for kind in ("individual", "", "crowd"):
        both = {f"client-{people[one].id}": "yes" for one in ("ruth", "linden")}
        assert (await mira.submit(place, place, kind=kind, **both)).status == 422


async def test_nobody_begins_with_somebody_elses_client_or_in_anothers_name(
    people: Cast, mira: Visitor, nour: Visitor
) -> None:
    place = "/clients/together"
    shown = await mira.get(place)
    assert "Omar" not in shown.words
    assert "Who writes with them" not in shown.words
    for stranger in (
        people["omar"].id,
        uuid4(),
        people["eli"].id,
        (await found_cast(people.house))["ruth"].id,
    ):
        asked = {f"client-{one}": "yes" for one in (people["ruth"].id, stranger)}
        assert (await mira.submit(place, place, kind="couple", **asked)).status == 404
    asked = {f"client-{people[one].id}": "yes" for one in ("ruth", "linden")}
    nobody = await nour.submit("/admin/people/together", "/admin/people/together", kind="couple", **asked)
    assert nobody.status == 422
    assert "who writes with them" in nobody.words


async def test_somebody_joins_from_now_on_by_a_yes_and_leaves(people: Cast, mira: Visitor) -> None:
    place = f"/clients/circles/{people.conversation('ben')}"
    assert place in (await mira.get(f"/c/{people.conversation('ben')}")).text
    await written(people, "ben")
    eli = {"who": str(people["eli"].id)}
    unsaid = await mira.submit(place, f"{place}/join", **eli)
    assert unsaid.status == 422
    assert "the others know it" in unsaid.words
    assert (await mira.submit(place, f"{place}/join", **eli, agreed="yes")).place == f"{place}?done=joined"
    held, _ = await people.enter("eli", "ben", Deed.READ)
    assert await entries_after(people.office, held, 0) == []
    assert "reads from when they joined" in (await mira.get(place)).words
    assert (await mira.submit(place, f"{place}/leave", **eli)).place == f"{place}?done=left"
    with pytest.raises(NotFound):
        await people.enter("eli", "ben", Deed.READ)
    again = {**eli, "from": "start", "agreed": "yes"}
    assert (await mira.submit(place, f"{place}/join", **again)).status == 303
    held, _ = await people.enter("eli", "ben", Deed.READ)
    assert await entries_after(people.office, held, 0) == []
    assert "Those in care are asked, until" in (await mira.get(place)).words


async def test_each_in_care_is_asked_on_their_first_page_and_a_no_has_no_name(
    people: Cast, mira: Visitor, visitor: Callable[[], Visitor]
) -> None:
    place, eli = f"/clients/circles/{people.conversation('ben')}", str(people["eli"].id)
    await written(people, "ben")
    await mira.submit(place, f"{place}/join", who=eli, agreed="yes", **{"from": "start"})
    ben, tess = visitor(), visitor()
    for browser, name in ((ben, "ben"), (tess, "tess")):
        await browser.enter(people, name)
    answer = f"/me/joined/{people.conversation('ben')}/{eli}"
    asked = await ben.get("/me")
    assert "has joined your conversation" in asked.words
    assert "May they also read everything since" in asked.words
    assert (await ben.submit("/me", answer, answer="perhaps")).status == 404
    assert (await ben.submit("/me", answer, answer="yes")).place == "/me"
    assert "May they also read" not in (await ben.get("/me")).words
    assert "Those in care are asked, until" in (await mira.get(place)).words
    assert (
        await mira.submit(place, f"{place}/ask", who=eli, withdraw="yes")
    ).place == f"{place}?done=asked-no-more"
    assert "May they also read" not in (await tess.get("/me")).words
    assert (await mira.submit(place, f"{place}/ask", who=eli)).place == f"{place}?done=asked"
    fields = (await mira.get(place)).hidden(f"{place}/ask") | {"who": eli}
    assert (await tess.submit("/me", answer, answer="no")).place == "/me"
    shown = await mira.get(place)
    assert "Not agreed." in shown.words
    assert "Ask whether they may read everything" not in shown.words
    refused = await mira.post(f"{place}/ask", {one: fields[one] for one in ("key", "who")})
    assert refused.status == 409
    assert "after two weeks" in refused.words
    for browser in (ben, tess):
        assert "agree" not in (await browser.get("/me")).words.replace("What we agreed", ""), (
            "nobody in care is told how it went"
        )


async def test_what_one_has_written_alone_is_opened_to_nobody_else_in_care(
    people: Cast, mira: Visitor
) -> None:
    place = f"/clients/circles/{people.conversation('ruth')}"
    shown = await mira.get(place)
    assert f'value="{people["linden"].id}"' not in shown.text
    assert f'value="{people["eli"].id}"' in shown.text
    asked = {"who": str(people["linden"].id), "agreed": "yes"}
    assert (await mira.submit(place, f"{place}/join", **asked)).place == place
    with pytest.raises(NotFound):
        await people.enter("linden", "ruth", Deed.READ)
    couple = f"/clients/circles/{people.conversation('ben')}"
    assert f'value="{people["linden"].id}"' in (await mira.get(couple)).text
    assert f'value="{people["omar"].id}"' not in (await mira.get(couple)).text


async def test_a_conversation_keeps_somebody_in_care_and_somebody_who_cares(
    people: Cast, mira: Visitor
) -> None:
    place = f"/clients/circles/{people.conversation('ruth')}"
    for one in ("ruth", "mira"):
        refused = await mira.submit(place, f"{place}/leave", who=str(people[one].id))
        assert refused.status == 409
        assert "nobody would be in care" in refused.words
    assert (await mira.submit(place, f"{place}/leave", who=str(people["eli"].id))).status == 404


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"way": "3", "days": "2", "by": "17:30"}, AnswerRule(3, days=2)),
        ({"way": "days", "days": "5", "by": "09:00"}, AnswerRule(None, days=5)),
        ({"way": "0", "days": "", "by": "18:00"}, AnswerRule(0)),
    ],
)
async def test_when_letters_are_answered_is_said_and_both_sides_see_it(
    people: Cast, mira: Visitor, said: dict[str, str], kept: AnswerRule
) -> None:
    place = f"/clients/circles/{people.conversation('ruth')}"
    assert (await mira.submit(place, f"{place}/answer", **said)).place == f"{place}?done=answer"
    _, circle = await people.enter("mira", "ruth")
    rule = circle.conversation.answer
    assert (rule.weekday, f"{rule.by:%H:%M}") == (kept.weekday, said["by"])
    assert rule.weekday is not None or rule.days == kept.days
    shown = await mira.get(place)
    assert f'value="{said["by"]}"' in shown.text
    assert f'<option value="{said["way"]}" selected>' in shown.text


@pytest.mark.parametrize(
    "said",
    [
        {"way": "days", "days": "0"},
        {"way": "days", "days": "11"},
        {"way": "days", "days": "²"},
        {"way": "days", "days": "9" * 5000},
        {"way": "7"},
        {"way": "-1"},
        {"way": ""},
        {"way": "1", "by": ""},
        {"way": "1", "by": "25:00"},
        {"way": "1", "by": "six"},
    ],
)
async def test_no_other_rule_is_kept(people: Cast, mira: Visitor, said: dict[str, str]) -> None:
    place = f"/clients/circles/{people.conversation('ruth')}"
    before = (await people.enter("mira", "ruth"))[1].conversation.answer
    answer = await mira.submit(place, f"{place}/answer", **({"days": "2", "by": "18:00"} | said))
    assert answer.status == 422
    assert (await people.enter("mira", "ruth"))[1].conversation.answer == before


async def test_nobody_arranges_what_is_not_theirs(people: Cast, mira: Visitor) -> None:
    place = f"/clients/circles/{people.conversation('omar')}"
    own = f"/clients/circles/{people.conversation('ruth')}"
    fields = (await mira.get(own)).hidden(f"{own}/join")
    asked = {"who": str(people["mira"].id), "agreed": "yes", "way": "1", "by": "18:00"}
    for deed in ("join", "leave", "answer"):
        assert (await mira.post(f"{place}/{deed}", fields | asked)).status == 404
    assert (await mira.get(place)).status == 404


async def test_who_leaves_hands_over_and_nobody_is_left_alone(people: Cast, nour: Visitor) -> None:
    mira, eli = people["mira"], people["eli"]
    await take_on(people.office, mira, NewPerson(Role.CLIENT, "", "Alone"))
    await written(people, "ruth")
    place = f"/admin/people/{mira.id}"
    shown = await nour.get(place)
    assert "3 conversations are theirs" in shown.words
    assert f'<option value="{mira.id}"' not in shown.text
    done = await nour.submit(place, f"{place}/let-go", successor=str(eli.id))
    assert done.place == f"{place}?done=let-go"
    assert await with_whom(people, "eli") == [["Ben", "Tess"], ["Linden"], ["Omar"], ["Ruth"]]
    for name in ("ruth", "linden", "ben"):
        held, circle = await people.enter("eli", name, Deed.READ)
        assert mira.id not in circle.people
        *waits, told = await entries_after(people.office, held, 0)
        assert told.body.event is EventName.HANDED_OVER, "and nothing of before"
        assert [one.body.text for one in waits] == (["Before."] if name == "ruth" else []), "but what waits"
    assert "Alone" in [one.person.name for one in await people_of(people.office, eli)]
    assert "has left" in (await nour.get("/admin")).words


async def test_the_successor_reads_what_was_before_once_the_clients_have_said_yes(
    people: Cast, nour: Visitor
) -> None:
    await written(people, "ruth")
    mira, _ = await people.enter("mira", "ruth", Deed.SETTLE)
    await needs_no_answer(people.office, mira, uuid4())
    place = f"/admin/people/{people['mira'].id}"
    said = {"successor": str(people["eli"].id), "from": "start"}
    assert (await nour.submit(place, f"{place}/let-go", **said)).status == 303
    held, _ = await people.enter("eli", "ruth", Deed.READ)
    assert len(await entries_after(people.office, held, 0)) == 1
    ruth, _ = await people.enter("ruth", "ruth", Deed.WRITE)
    await answer_asked(people.office, ruth, people["eli"].id, agrees=True)
    held, _ = await people.enter("eli", "ruth", Deed.READ)
    assert len(await entries_after(people.office, held, 0)) == 4


@pytest.mark.parametrize("successor", ["mira", "ruth", "nour", "elsewhere", "nobody"])
async def test_only_who_cares_here_takes_over_and_else_nobody_leaves(people: Cast, successor: str) -> None:
    elsewhere = (await found_cast(people.house))["eli"]
    who = {"elsewhere": elsewhere.id, "nobody": PersonId(uuid4())}.get(successor) or people[successor].id
    with pytest.raises(NotFound):
        await leave_practice(people.office, people["nour"], people["mira"].id, Successor(who))
    assert (await people.enter("mira", "ruth"))[0].person == people["mira"].id


async def test_a_handing_over_cut_off_goes_on_where_it_stood(people: Cast) -> None:
    nour, mira, eli = people["nour"], people["mira"], people["eli"]
    await join_circle(people.office, nour, people.conversation("ruth"), eli.id)
    await join_circle(people.office, nour, people.conversation("ben"), eli.id)
    await leave_circle(people.office, nour, people.conversation("ben"), mira.id)
    assert await leave_practice(people.office, nour, mira.id, Successor(eli.id)) == 2
    assert await with_whom(people, "eli") == [["Ben", "Tess"], ["Linden"], ["Omar"], ["Ruth"]]
    assert await leave_practice(people.office, nour, mira.id, Successor(eli.id)) == 0


async def mails_to(people: Cast, relay: FakeRelay, name: str) -> list[str]:
    await send(people.office, relay)
    raws = relay.to(str(people[name].email))
    shown = [message_from_bytes(raw, policy=default).get_body(("plain",)) for raw in raws]
    return [one.get_content() for one in shown if one is not None]


async def test_who_is_in_care_is_told_of_it_once_in_their_record_and_by_mail(
    people: Cast, relay: FakeRelay, visitor: Callable[[], Visitor]
) -> None:
    nour, mira, eli = people["nour"], people["mira"], people["eli"]
    assert await leave_practice(people.office, nour, mira.id, Successor(eli.id)) == 3
    for name in ("ruth", "linden", "ben"):
        held, _ = await people.enter(name, name, Deed.READ)
        (told,) = await entries_after(people.office, held, 0)
        assert told.body.facts == HandedOverFacts(eli.id, mira.id)
    (notice,) = await mails_to(people, relay, "linden")
    (words,) = await mails_to(people, relay, "ruth")
    assert eli.name not in notice
    assert mira.name not in notice
    assert f"From now on {eli.name} answers here." in words
    ruth = visitor()
    await ruth.enter(people, "ruth")
    assert f"{eli.name} answers here, and reads what you write" in (await ruth.get("/me")).words


async def test_told_once_where_a_handing_over_is_cut_off(
    people: Cast, relay: FakeRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the telling and before the leaving: what is asked for once more tells nobody twice."""
    nour, mira, eli = people["nour"], people["mira"], people["eli"]

    async def cut(*_: object) -> None:
        raise Busy

    with monkeypatch.context() as cutting:
        cutting.setattr("messaging.practice.handing_over.leave_circle", cut)
        with pytest.raises(Busy):
            await leave_practice(people.office, nour, mira.id, Successor(eli.id))
    assert await leave_practice(people.office, nour, mira.id, Successor(eli.id)) == 3
    for name in ("ruth", "linden", "ben"):
        held, _ = await people.enter(name, name, Deed.READ)
        assert len(await entries_after(people.office, held, 0)) == 1
        assert len(await mails_to(people, relay, name)) == 1
