"""The plan for hard hours: the client's to change, whole, by version; who cares says something beside a part."""

import asyncio
from uuid import uuid4

import pytest

from messaging.errors import Crossed, Malformed, NotFound, TooLong
from messaging.plans.changing import Change, change_plan, remark
from messaging.plans.plan import MOST, PARTS, TEXT, Part, Plan, checked_parts, plan_of, versions_of
from messaging.trust.access import Deed
from tests.cast import Cast


def parts(signs: str) -> tuple[Part, ...]:
    return tuple(Part(name, signs if name == "signs" else "") for name in PARTS)


async def changed(cast: Cast, signs: str, version: int | None = None) -> Plan:
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    return await change_plan(cast.office, held, circle, Change(uuid4(), parts(signs), version))


async def read(cast: Cast, who: str = "mira") -> list[Plan]:
    held, circle = await cast.enter(who, "ruth")
    return await versions_of(cast.office, held, circle)


async def test_each_version_is_kept_and_none_is_written_over_another(cast: Cast) -> None:
    assert await read(cast) == [Plan()]
    await changed(cast, "I hear the clock.", 0)
    await changed(cast, "I stop answering.", 1)
    with pytest.raises(Crossed):
        await changed(cast, "Something else.", 1)
    await changed(cast, "I stop answering.", 2)
    found = await read(cast)
    assert [(one.version, one.parts[0].text) for one in found] == [
        (1, "I hear the clock."),
        (2, "I stop answering."),
    ]
    both = await asyncio.gather(
        *(changed(cast, text, 2) for text in ("One.", "Two.")), return_exceptions=True
    )
    assert [type(one) for one in both if not isinstance(one, Plan)] == [Crossed]
    assert len(await read(cast)) == 3


async def test_who_cares_says_something_beside_and_changes_no_word(cast: Cast) -> None:
    await changed(cast, "The hens.")
    mira, circle = await cast.enter("mira", "ruth", Deed.ASSIGN)
    await remark(cast.office, mira, circle, uuid4(), "signs", "Good.")
    stands = await remark(cast.office, mira, circle, uuid4(), "signs", "They belong here.")
    assert [(one.author, one.text) for one in stands.remarks] == [(mira.person, "They belong here.")]
    assert (await changed(cast, "The hens, and the garden.")).remarks == stands.remarks
    assert (await remark(cast.office, mira, circle, uuid4(), "signs", "")).remarks == ()
    with pytest.raises(Malformed):
        await remark(cast.office, mira, circle, uuid4(), "nowhere", "x")
    ruth, own = await cast.enter("ruth", "ruth", Deed.WRITE)
    with pytest.raises(NotFound):
        await remark(cast.office, ruth, own, uuid4(), "signs", "x")
    writes, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    with pytest.raises(NotFound):
        await change_plan(cast.office, writes, circle, Change(uuid4(), parts("Hers.")))


async def test_where_several_are_in_care_there_is_none(cast: Cast) -> None:
    held, circle = await cast.enter("ben", "ben", Deed.WRITE)
    with pytest.raises(NotFound):
        await plan_of(cast.office, held, circle)
    with pytest.raises(NotFound):
        await change_plan(cast.office, held, circle, Change(uuid4(), parts("x")))


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (None, Malformed),
        ([], Malformed),
        ([{"name": "signs"}], Malformed),
        ([{"name": "signs", "text": "x", "more": 1}], Malformed),
        ([{"name": "signs", "text": 1}], Malformed),
        ([{"name": "", "text": "x"}], Malformed),
        ([{"name": "a", "text": ""}, {"name": "a", "text": ""}], Malformed),
        ([{"name": str(one), "text": ""} for one in range(MOST + 1)], Malformed),
        ([{"name": "signs", "text": "x" * (TEXT + 1)}], TooLong),
        ([{"name": "x" * 81, "text": ""}], TooLong),
    ],
)
def test_what_is_no_plan_is_refused(raw: object, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        checked_parts(raw)
