"""The token that holds now: asked for once however many want it, renewed before its end, and never shown."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from channels.email.access import Lack, NoToken
from tests.peers.token_server import SECRET, TokenServer
from web.oauth import tokens
from web.oauth.kept import read_consent, write_consent
from web.oauth.providers import Provider, Terms
from web.oauth.tokens import EARLY, LONG, PAUSES, YOUNG, AccessTokens


class Clock:
    """Moved by the test."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(terms: Terms, clock: Clock) -> AccessTokens:
    return AccessTokens(terms, clock=clock)


@pytest.fixture(autouse=True)
def nothing_is_told(provider: TokenServer, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: no token, consent, secret or word of the provider stands in any line of the log."""
    caplog.set_level(logging.DEBUG)
    yield
    said = "".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
    for secret in (*provider.book.given, SECRET, "secret words"):
        assert secret not in said


def lack_of(ask: Callable[[], object]) -> Lack:
    with pytest.raises(NoToken) as missing:
        ask()
    assert missing.value.__context__ is None or missing.value.__suppress_context__
    return missing.value.lack


def test_a_token_is_kept_until_a_minute_before_its_end(
    access: AccessTokens, provider: TokenServer, clock: Clock
) -> None:
    first = access.token()
    clock.now += 3600 - EARLY - 1
    assert access.token() == first
    clock.now += 1
    assert access.token() != first
    assert [one["grant_type"] for one in provider.book.asked] == ["refresh_token"] * 2


def test_a_short_one_is_kept_for_half_its_time(
    access: AccessTokens, provider: TokenServer, clock: Clock
) -> None:
    provider.book.lifetime = 20
    first = access.token()
    clock.now += 9
    assert access.token() == first
    clock.now += 1
    assert access.token() != first


async def test_however_many_want_one_it_is_asked_for_once(
    access: AccessTokens, provider: TokenServer
) -> None:
    provider.book.waits = threading.Event()
    with ThreadPoolExecutor(5) as pool:
        wanting = [pool.submit(access.token) for _ in range(5)]
        also = [asyncio.create_task(access.soon()) for _ in range(5)]
        await asyncio.sleep(0)
        provider.book.waits.set()
        found = {*[one.result() for one in wanting], *await asyncio.gather(*also)}
    assert len(found) == 1
    assert len(provider.book.asked) == 1
    assert await access.soon() in found


def test_a_rotated_consent_is_written_back_before_the_token_is_used(
    access: AccessTokens, provider: TokenServer, clock: Clock, terms: Terms
) -> None:
    provider.book.rotates = True
    seen = [read_consent(terms.consent)]
    for _ in range(3):
        access.token()
        seen.append(read_consent(terms.consent))
        clock.now += 3600
    assert len(set(seen)) == 4
    assert provider.book.consents == {seen[-1]}
    assert terms.consent.stat().st_mode & 0o777 == 0o600


def test_two_processes_never_spend_one_consent_twice(provider: TokenServer, terms: Terms) -> None:
    provider.book.rotates, provider.book.lifetime = True, 1e-9
    several = [AccessTokens(terms) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            assert len({*pool.map(lambda one: one.token(), several)}) == 4
    assert len(provider.book.consents) == 1


def test_a_consent_that_cannot_be_written_is_used_all_the_same_and_told_of(
    access: AccessTokens, provider: TokenServer, clock: Clock, terms: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.book.rotates = True

    def read_only(_path: Path, _consent: str) -> None:
        raise OSError(30, "read-only")

    with monkeypatch.context() as broken:
        broken.setattr(tokens, "write_consent", read_only)
        first = access.token()
        states = [access.writable]
        clock.now += 3600
        assert access.token() != first
    clock.now += 3600
    access.token()
    assert [*states, access.writable] == [False, True]
    assert provider.book.consents == {read_consent(terms.consent)}


def test_a_consent_that_has_ended_is_said_and_not_insisted_on(
    access: AccessTokens, provider: TokenServer, clock: Clock, terms: Terms
) -> None:
    access.token()
    provider.book.end()
    clock.now += 3600
    for _ in range(5):
        assert lack_of(access.token) is Lack.ENDED
    assert access.lack is Lack.ENDED
    assert "has ended; run: quietline mail consent" in access.lack.says
    assert len(provider.book.asked) == 2
    clock.now += LONG
    assert lack_of(access.token) is Lack.ENDED
    assert len(provider.book.asked) == 3
    write_consent(terms.consent, provider.book.agree())  # at once, whatever pause there was
    assert access.token()
    assert access.lack is None


def test_a_provider_that_is_away_is_asked_ever_less_often_until_it_is_back(
    access: AccessTokens, provider: TokenServer, clock: Clock
) -> None:
    provider.book.scripted = [
        (503, b"<html>secret words"),
        (200, b"garbage secret words"),
        (429, b""),
        (500, b""),
    ]
    wanted = [Lack.AWAY, Lack.ODD, Lack.AWAY, Lack.AWAY]
    pauses = [PAUSES[0], PAUSES[0], PAUSES[0], PAUSES[1]]
    for number, (lack, pause) in enumerate(zip(wanted, pauses, strict=True), 1):
        assert lack_of(access.token) is lack
        assert lack_of(access.token) is lack
        assert len(provider.book.asked) == number
        clock.now += pause
    assert access.token()
    assert access.lack is None


def test_without_a_consent_nobody_is_asked(
    access: AccessTokens, provider: TokenServer, terms: Terms, clock: Clock
) -> None:
    held = read_consent(terms.consent)
    assert held is not None
    terms.consent.unlink()
    assert lack_of(access.token) is Lack.NO_CONSENT
    assert not provider.book.asked
    write_consent(terms.consent, held)
    assert access.token()
    terms.consent.chmod(0o644)
    clock.now += 3600
    assert lack_of(access.token) is Lack.UNREADABLE
    terms.consent.chmod(0o600)
    assert access.token()


def test_a_wrong_secret_is_the_registrations_fault(provider: TokenServer, terms: Terms) -> None:
    access = AccessTokens(replace(terms, secret="another"))
    assert lack_of(access.token) is Lack.REGISTRATION
    assert lack_of(access.token) is Lack.REGISTRATION
    assert len(provider.book.asked) == 1


def test_an_application_that_signs_in_as_itself_needs_no_consent(provider: TokenServer, terms: Terms) -> None:
    terms.consent.unlink()
    itself = replace(terms, provider=Provider(provider.endpoint, scope="all/.default", by_itself=True))
    access = AccessTokens(itself)
    assert access.token() in provider.book.tokens
    assert provider.book.asked[0]["grant_type"] == "client_credentials"
    assert provider.book.asked[0]["scope"] == "all/.default"
    provider.book.scripted = [(400, b'{"error": "invalid_grant"}')]
    assert lack_of(AccessTokens(itself).token) is Lack.REGISTRATION


def test_a_refused_token_is_not_handed_out_again_unless_it_is_new(access: AccessTokens, clock: Clock) -> None:
    first = access.token()
    access.refused(first)
    assert (
        access.token() == first
    )  # the next would be refused as well, and providers lock out those who insist
    clock.now += YOUNG
    access.refused("another")
    assert access.token() == first
    access.refused(first)
    assert access.token() != first


def test_nothing_of_it_prints(access: AccessTokens, provider: TokenServer, terms: Terms) -> None:
    token = access.token()
    shown = f"{terms} {access._held} {access._missed} {access}"
    assert token not in shown
    assert SECRET not in shown
    assert not any(one in shown for one in provider.book.given)
