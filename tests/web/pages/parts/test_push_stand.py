"""The part about notices: a server without a key has none, nor has who administers; a shared device is given no key."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from messaging.entrance.own_ways import say_whose_device
from messaging.entrance.signing_in import who
from messaging.memory.sign_ins import SignInKind
from messaging.pushing.sealing import CURVE, SenderKey
from messaging.trust.tokens import read_token
from tests.cast import Cast
from web.outbound.push import BODY
from web.pages.parts.push_stand import push_stand
from web.pages.parts.push_view import PushStand


@pytest.fixture
def key(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's."""
    made = SenderKey(ec.generate_private_key(CURVE))
    monkeypatch.setattr(cast.house.push, "key", made)
    return made.public


async def stand(
    cast: Cast, name: str, kind: SignInKind = SignInKind.COOKIE, *, own: bool = True
) -> PushStand | None:
    """Of a browser of theirs, or a program."""
    text = await cast.token_of(cast[name], kind)
    token = read_token(text)
    assert token is not None
    await say_whose_device(cast.office, await who(cast.office, text), token, own=own)
    return await push_stand(cast.house, await who(cast.office, text))


async def test_without_a_key_there_is_no_word_of_it(cast: Cast) -> None:
    assert cast.house.push.key is None
    assert await stand(cast, "ruth") is None


async def test_who_may_be_told_is_given_what_a_browser_subscribes_with(cast: Cast, key: str) -> None:
    for name in ("ruth", "mira"):
        found = await stand(cast, name)
        assert found is not None
        assert (found.key, found.body, found.here, found.devices) == (key, BODY, False, 0)


async def test_a_device_of_others_too_is_given_no_key(cast: Cast, key: str) -> None:
    found = await stand(cast, "ruth", own=False)
    assert found is not None
    assert (found.key, found.body) == ("", BODY)


async def test_who_administers_has_nothing_of_it(cast: Cast, key: str) -> None:
    assert await stand(cast, "nour") is None
