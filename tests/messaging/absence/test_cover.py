"""Who stands in reads from what waits on, by the yes of those in care; and is out the moment that it is over."""

from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.absence.consent import questions_of
from messaging.absence.declaring import (
    Wanted,
    checked_wanted,
    end_absence,
    end_sudden,
    say_absence,
    say_sudden,
    today,
)
from messaging.absence.offering import hand_back
from messaging.absence.settling import settle
from messaging.conversations import CoverScope
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import PersonId
from messaging.letters.settling import needs_no_answer
from messaging.memory.absence import Offer, StoredAbsence
from messaging.messages import EventName
from messaging.notes.note import Written
from messaging.notes.process import own_notes, write_own
from messaging.practice.caseload import charge_of
from messaging.practice.circles import Begins, arranged, join_circle, leave_circle
from messaging.record.reading import entries_after
from messaging.trust.access import Deed, must_be_own
from tests.cast import Cast, nobody
from tests.messaging.absence.away import accepts, covering, events, is_away, runs, says, writes
from tests.messaging.sessions.booked import office_at

LOOKS = {Deed.READ}
ALL = set(Deed)


async def deeds_of(cast: Cast, where: str = "ruth") -> set[Deed]:
    """To which Eli is admitted."""
    found = set()
    for deed in Deed:
        try:
            await cast.enter("eli", where, deed)
        except NotFound:
            continue
        found.add(deed)
    return found


async def sudden(cast: Cast, scope: CoverScope = CoverScope.TAKE_OVER) -> StoredAbsence:
    day = today(cast.practice, cast.office.clock())
    wanted = Wanted(day, day + timedelta(days=6), cast["eli"].id, scope)
    return await say_sudden(cast.office, cast["nour"], cast["mira"].id, wanted)


@pytest.mark.parametrize("scope", list(CoverScope))
@pytest.mark.parametrize(
    "how",
    [
        "offered",
        "declined",
        "accepted",
        "agreed",
        "refused",
        "taken back",
        "handed back",
        "ended",
        "not begun",
    ],
)
async def test_what_who_stands_in_may_do_is_their_scope_and_ends_with_it(
    cast: Cast, scope: CoverScope, how: str
) -> None:
    """Every deed, in everything that may have been said of it."""
    await writes(cast)
    absence = await is_away(cast, scope, starts=1 if how == "not begun" else 0)
    if how != "offered":
        await accepts(cast, absence, yes=how != "declined")
    if how not in ("offered", "declined", "accepted"):
        await says(cast, absence, yes=how != "refused")
    if how == "taken back":
        await says(cast, absence, yes=False)
    if how == "handed back":
        await hand_back(cast.office, cast["eli"], absence.id)
    if how == "ended":
        await end_absence(cast.office, cast["mira"])
    expected = {CoverScope.LOOK_IN: LOOKS, CoverScope.TAKE_OVER: ALL}[scope] if how == "agreed" else set()
    assert await deeds_of(cast) == expected
    assert await deeds_of(cast, "linden") == set(), "who was not asked there, or has not answered"
    await settle(cast.office, cast.practice.id, absence.id)
    assert await deeds_of(cast) == expected, "and nothing comes of it by itself"


async def test_they_read_from_what_waits_on_and_nothing_of_before(cast: Cast) -> None:
    await writes(cast, words="Long ago.")
    held, _ = await cast.enter("mira", "ruth", Deed.SETTLE)
    await needs_no_answer(cast.office, held, uuid4())
    await writes(cast, words="What waits.")
    await runs(cast, CoverScope.LOOK_IN)
    reads, _ = await cast.enter("eli", "ruth")
    read = [one.body.text for one in await entries_after(cast.office, reads, 0) if one.body.text]
    assert read == ["What waits."]


@pytest.mark.parametrize("scope", list(CoverScope))
async def test_nothing_of_a_cover_is_theirs_for_good(cast: Cast, scope: CoverScope) -> None:
    """No notes of their own, no file of the record, no say in who belongs to it, and no client in their charge."""
    await writes(cast)
    await runs(cast, scope)
    with pytest.raises(NotFound):
        await charge_of(cast.office, cast["eli"], cast["ruth"].id)
    for act in (
        arranged(cast.office, cast["eli"], cast.conversation("ruth")),
        join_circle(cast.office, cast["eli"], cast.conversation("ruth"), cast["nour"].id),
        leave_circle(cast.office, cast["eli"], cast.conversation("ruth"), cast["mira"].id),
    ):
        with pytest.raises(NotFound):
            await act
    held, _ = await cast.enter("eli", "ruth")
    assert held.covers
    with pytest.raises(NotFound):
        must_be_own(held)
    if scope is CoverScope.TAKE_OVER:
        notes, _ = await cast.enter("eli", "ruth", Deed.NOTE)
        for note in (own_notes(cast.office, notes), write_own(cast.office, notes, Written(uuid4(), "Mine."))):
            with pytest.raises(NotFound):
                await note


async def test_who_joins_for_good_covers_no_more(cast: Cast) -> None:
    await writes(cast)
    await runs(cast)
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), cast["eli"].id, Begins.NOW)
    await end_absence(cast.office, cast["mira"])
    member = await covering(cast)
    assert member is not None
    assert member.covers is None


async def test_taken_out_they_do_not_come_back_in_the_same_absence(cast: Cast) -> None:
    await writes(cast)
    absence = await runs(cast)
    await leave_circle(cast.office, cast["nour"], cast.conversation("ruth"), cast["eli"].id)
    await settle(cast.office, cast.practice.id, absence.id)
    assert await covering(cast) is None


async def test_of_two_in_care_both_say_yes(cast: Cast) -> None:
    await writes(cast, "ben", "ben")
    absence = await is_away(cast)
    await accepts(cast, absence)
    await says(cast, absence, "ben", yes=True, where="ben")
    assert await covering(cast, "ben") is None
    await says(cast, absence, "tess", yes=True, where="ben")
    assert await covering(cast, "ben") is not None
    await says(cast, absence, "tess", yes=False, where="ben")
    assert await covering(cast, "ben") is None
    with pytest.raises(NotFound):
        await says(cast, absence, "ben", yes=True, where="ben")
    kept = [
        one for one in await cast.office.memory.absences.covers(cast.practice.id, absence.id) if one.asked
    ]
    assert not any(one.asked.asked | one.asked.yes for one in kept if one.asked and one.asked.refused)


async def test_an_offer_lapses_and_an_absence_ends_by_itself(cast: Cast) -> None:
    await writes(cast)
    absence = await is_away(cast, starts=3)
    assert absence.offer_until == absence.begins
    later = office_at(cast.office, absence.begins)
    assert await settle(later, cast.practice.id, absence.id) == absence.ends
    with pytest.raises(Conflict):
        await accepts(cast, absence)
    found = await cast.office.memory.absences.find(cast.practice.id, absence.id)
    assert found is not None
    assert found.offer is Offer.LAPSED
    assert await settle(office_at(cast.office, absence.ends), cast.practice.id, absence.id) is None
    ended = await cast.office.memory.absences.find(cast.practice.id, absence.id)
    assert ended is not None
    assert ended.ended_at == absence.ends


async def test_a_cover_ends_with_its_last_day_and_leaves_one_line(cast: Cast) -> None:
    await writes(cast)
    absence = await runs(cast)
    for _ in range(2):
        await settle(office_at(cast.office, absence.ends), cast.practice.id, absence.id)
    assert await covering(cast) is None
    assert await events(cast) == [
        EventName.CLINICIAN_AWAY,
        EventName.COVER_ASKED,
        EventName.COVER_BEGAN,
        EventName.COVER_ENDED,
    ]


async def test_without_any_yes_a_sudden_absence_lets_somebody_look_at_what_is_due_alone(cast: Cast) -> None:
    await writes(cast)
    absence = await sudden(cast)
    assert await deeds_of(cast) == set(), "who is asked has not said yes"
    await accepts(cast, absence)
    assert await deeds_of(cast) == LOOKS, "not yet what was asked for"
    assert await deeds_of(cast, "linden") == set(), "nothing is due there"
    await writes(cast, "linden", "linden")
    await settle(cast.office, cast.practice.id, absence.id)
    assert await deeds_of(cast, "linden") == LOOKS
    held, _ = await cast.enter("ruth", "ruth")
    asked = await questions_of(cast.office, held)
    assert [(one.cover, one.running, one.agreed) for one in asked] == [("Eli", True, False)]
    await says(cast, absence, yes=True)
    assert await deeds_of(cast) == ALL
    await says(cast, absence, "linden", yes=False, where="linden")
    assert await deeds_of(cast, "linden") == set()
    await writes(cast, "linden", "linden", "And more.")
    await settle(cast.office, cast.practice.id, absence.id)
    assert await deeds_of(cast, "linden") == set(), "a no stands for all of it"


async def test_who_may_say_it_of_another(cast: Cast) -> None:
    """An administrator; and a colleague who cares with them already, of their own looking in."""
    day = today(cast.practice, cast.office.clock())
    own = Wanted(day, day, cast["eli"].id, CoverScope.LOOK_IN)
    for who in ("eli", "ruth"):
        with pytest.raises(NotFound):
            await say_sudden(cast.office, cast[who], cast["mira"].id, own)
    await join_circle(cast.office, cast["nour"], cast.conversation("linden"), cast["eli"].id)
    with pytest.raises(Malformed):
        await say_sudden(cast.office, cast["eli"], cast["mira"].id, Wanted(day, day))
    await writes(cast)
    said = await say_sudden(cast.office, cast["eli"], cast["mira"].id, own)
    assert said.offer is Offer.ACCEPTED
    assert await deeds_of(cast) == LOOKS
    with pytest.raises(NotFound):
        await end_sudden(cast.office, cast["eli"], cast["mira"].id)
    await end_sudden(cast.office, cast["nour"], cast["mira"].id)
    assert await deeds_of(cast) == set()


async def test_whose_place_is_taken_is_a_clinician_and_the_days_are_days(cast: Cast) -> None:
    day = today(cast.practice, cast.office.clock())
    clients, self = cast["ruth"].id, cast["mira"].id
    for cover in (clients, self, cast["nour"].id, nobody()):
        with pytest.raises(Malformed):
            await say_absence(
                cast.office, cast["mira"], Wanted(day, day, PersonId(cover), CoverScope.LOOK_IN)
            )
    for first, last in ((-1, 3), (2, 1), (0, 365), (366, 367)):
        with pytest.raises(Malformed):
            await say_absence(
                cast.office, cast["mira"], Wanted(day + timedelta(days=first), day + timedelta(days=last))
            )
    for who in ("ruth", "nour"):
        with pytest.raises(NotFound):
            await say_absence(cast.office, cast[who], Wanted(day, day))
    plain = {"from": "2026-12-01", "until": "2026-12-02"}
    for wrong in (
        {"from": "2026-12-01"},
        plain | {"why": "ill"},
        plain | {"from": "1 December"},
        plain | {"cover": "Eli"},
        plain | {"scope": "look_in"},
        plain | {"cover": str(clients), "scope": "all"},
    ):
        with pytest.raises(Malformed):
            checked_wanted(wrong)


async def test_said_twice_it_is_one_and_said_anew_another(cast: Cast) -> None:
    await writes(cast)
    first = await runs(cast)
    assert (await is_away(cast)).id == first.id
    assert await covering(cast) is not None
    assert (await is_away(cast, CoverScope.LOOK_IN)).id != first.id
    assert await covering(cast) is None, "of the other one nobody has said yes"
