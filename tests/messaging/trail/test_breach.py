"""The report of a breach: everybody who could have read, for how long, and nobody else; counts and never a word."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from messaging.errors import Malformed, NotFound
from messaging.ids import SYSTEM, ConversationId
from messaging.letters.writing import Letter, write_letter
from messaging.office import Office
from messaging.people import Role
from messaging.practice.circles import join_circle, leave_circle
from messaging.practice.founding import NewPerson, add_person
from messaging.record.reading import note_opening
from messaging.trail import breach
from messaging.trail.breach import About, report
from messaging.trust.access import Deed
from messaging.trust.noted import Door, ForReason, Noted, coming_by
from tests.cast import Cast, found_cast

HOUR = timedelta(hours=1)


def at(cast: Cast, now: datetime, minutes: int) -> Office:
    """The office as it was then."""
    then = now - timedelta(minutes=minutes)
    return replace(cast.office, clock=lambda: then)


async def letter(cast: Cast, who: str, words: str) -> datetime:
    held, circle = await cast.enter(who, "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), words))
    return cast.office.clock()


def about(cast: Cast, since: datetime, until: datetime) -> About:
    return About(since, until, conversation=cast.conversation("ruth"))


async def test_who_belonged_at_the_time_could_read_from_where_they_came_in(cast: Cast) -> None:
    office, nour, ruths = cast.office, cast["nour"], cast.conversation("ruth")
    await letter(cast, "ruth", "Heron one.")
    begun = await letter(cast, "mira", "Heron two.")
    new = NewPerson(Role.PSYCHIATRIST, f"later-{cast.practice.slug}", "Later")
    later = await add_person(office, cast.practice.id, new)
    await join_circle(office, nour, ruths, later.id)
    await letter(cast, "ruth", "Heron three.")
    await leave_circle(office, nour, ruths, later.id)
    left = await letter(cast, "ruth", "Heron four.")
    found = await report(office, about(cast, begun, office.clock()), "a stolen laptop")
    assert {one.conversation for one in found.spans} == {ruths}
    could = {one.person: (one.readable, one.written, one.left is None) for one in found.spans}
    whole = could[cast["mira"].id]
    assert whole[2]
    assert could[cast["ruth"].id] == whole
    assert 1 <= could[later.id][0] < whole[0]
    assert could[later.id][2] is False
    assert whole[0] - whole[1] >= 2, "two were there before"
    after = await report(office, about(cast, left, office.clock()), "after they left")
    assert {one.person for one in after.spans} == {cast["mira"].id, cast["ruth"].id}
    assert "Heron" not in repr((found, after))
    names = {person.name for person in found.names.values()}
    assert names >= {"Later", "Dr Mira", "Ruth", "Nour"}


async def test_openings_are_counted_by_person_and_door_within_the_window(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth")
    now = cast.office.clock()
    with coming_by(Door.PAGE):
        await note_opening(at(cast, now, 120), held)
        await note_opening(at(cast, now, 30), held)
        await note_opening(at(cast, now, 20), held)
    with coming_by(Door.API):
        await note_opening(at(cast, now, 10), held)
    found = await report(cast.office, about(cast, now - HOUR, now), "a token that was found")
    assert [(one.person, one.door, one.times) for one in found.openings] == [
        (cast["mira"].id, Door.PAGE, 2),
        (cast["mira"].id, Door.API, 1),
    ]
    assert found.openings[0].last - found.openings[0].first == timedelta(minutes=10)


async def test_sign_ins_and_tokens_that_ran_then_are_named(cast: Cast) -> None:
    await cast.token("mira")
    await cast.token("eli")
    now = cast.office.clock()
    during = await report(cast.office, about(cast, now, now + timedelta(minutes=5)), "a look")
    assert {one.person for one in during.sign_ins} == {cast["mira"].id}
    over = await report(cast.office, about(cast, now + timedelta(days=2), now + timedelta(days=3)), "a look")
    assert over.sign_ins == []


async def test_acts_by_which_somebody_came_to_read_are_told_and_others_are_not(cast: Cast) -> None:
    office, practice, ruths = cast.office, cast.practice.id, cast.conversation("ruth")
    since = office.clock()

    async def note(actor: str | None, act: Noted | ForReason, subject: object) -> None:
        who = cast[actor].id if actor else SYSTEM
        await office.memory.trail.note(practice, office.clock(), who, act, subject)  # type: ignore[arg-type]

    await note(None, ForReason(Noted.HANDED_OUT_JSON, "a court"), ruths)
    await note(None, ForReason(Noted.TOKEN_CREATED, "a program"), cast["mira"].id)
    await note("eli", ForReason(Noted.IDENTITY_OPENED, "in need"), cast["ruth"].id)
    await note(None, Noted.RESTORED, None)
    await note("eli", Noted.PASSWORD_CHANGED, None)
    await note("eli", ForReason(Noted.IDENTITY_OPENED, "in need"), cast["omar"].id)
    await note("mira", Noted.LISTED_PEOPLE, None)
    found = await report(office, about(cast, since, office.clock() + HOUR), "a look")
    assert [one.action for one in found.acts] == [
        "exported_json: a court",
        "token_created: a program",
        "identity_opened: in need",
        "restored",
        "breach_reported: a look",
    ]
    assert not found.more_acts


async def test_a_report_says_when_it_does_not_name_every_act(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, since = cast.office, cast.office.clock()
    for _ in range(5):
        await office.memory.trail.note(
            cast.practice.id, office.clock(), cast["mira"].id, Noted.PASSWORD_CHANGED, None
        )
    monkeypatch.setattr(breach, "MOST", 3)
    found = await report(office, about(cast, since, office.clock() + HOUR), "a look")
    assert (len(found.acts), found.more_acts) == (3, True)
    assert found.acts[-1].action == "breach_reported: a look", "the newest are those that are named"


async def test_of_a_person_it_is_all_they_could_read(cast: Cast) -> None:
    now = cast.office.clock()
    miras = About(now, now + timedelta(hours=1), cast.practice.id, cast["mira"].id)
    found = await report(cast.office, miras, "her password was guessed")
    assert set(found.conversations) == {cast.conversation(name) for name in ("ruth", "linden", "ben")}
    everything = await report(cast.office, replace(miras, person=None), "the whole practice")
    assert len(everything.conversations) == 4


async def test_it_is_a_line_before_anything_is_asked_and_refused_without_a_reason(cast: Cast) -> None:
    now = cast.office.clock()
    lines, _ = await cast.office.memory.trail.verify(cast.practice.id)
    wanted = about(cast, now, now + timedelta(hours=1))
    for wrong, reason in ((wanted, " "), (replace(wanted, until=now), "a look")):
        with pytest.raises(Malformed):
            await report(cast.office, wrong, reason)
    with pytest.raises(NotFound):
        await report(cast.office, replace(wanted, conversation=ConversationId(uuid4())), "a look")
    assert await cast.office.memory.trail.verify(cast.practice.id) == (lines, None)
    await report(cast.office, wanted, "a look")
    assert await cast.office.memory.trail.verify(cast.practice.id) == (lines + 1, None)


async def test_nothing_of_another_practice_is_told(cast: Cast) -> None:
    other = await found_cast(cast.house)
    await other.token("mira")
    now = cast.office.clock()
    found = await report(cast.office, About(now, now + timedelta(hours=1), cast.practice.id), "all")
    told = repr((found.spans, found.sign_ins, found.openings, found.acts))
    assert not [one for one in other.people.values() if str(one.id) in told]
