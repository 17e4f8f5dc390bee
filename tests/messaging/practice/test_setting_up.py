"""An installation's first practice, its first person and their sign-in are one act."""

from uuid import uuid4

import pytest

from messaging.errors import Conflict
from messaging.people import Role
from messaging.practice.founding import NewPerson, NewPractice, practice_by_slug, set_up
from tests.cast import Cast
from threads.practice import people

PASSWORD = "correct horse battery staple"


def first(name: str) -> tuple[NewPractice, NewPerson]:
    return NewPractice(name, "Praxis"), NewPerson(Role.THERAPIST, f"mira-{name}", "Mira", password=PASSWORD)


async def test_who_sets_up_is_signed_in(cast: Cast) -> None:
    name = f"first-{uuid4().hex[:12]}"
    entered = await set_up(cast.office, *first(name))
    assert entered.person.practice == await practice_by_slug(cast.office, name)
    assert (entered.person.role, entered.person.name) == (Role.THERAPIST, "Mira")


async def test_half_a_set_up_is_none_and_can_be_repeated(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"half-{uuid4().hex[:12]}"

    async def breaks(*_: object) -> None:
        raise RuntimeError("something broke")

    with monkeypatch.context() as broken:
        broken.setattr(people, "_add_person", breaks)
        with pytest.raises(RuntimeError, match="broke"):
            await set_up(cast.office, *first(name))
    assert await practice_by_slug(cast.office, name) is None
    await set_up(cast.office, *first(name))
    with pytest.raises(Conflict):
        await set_up(cast.office, *first(name))
