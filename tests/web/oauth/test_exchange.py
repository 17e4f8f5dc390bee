"""One question to a token endpoint: whatever it answers, it is a token or a lack, and nothing of it is repeated."""

import json
import socket
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.access import Lack, NoToken
from tests.peers.token_server import TokenServer
from web.oauth import exchange
from web.oauth.exchange import BOUNDS, LONGEST, USUAL, Grant, ask, read_answer
from web.outbound.exchange import Bounds

GOOD = {"access_token": "a.b-c_d~e+f/g==", "token_type": "Bearer", "expires_in": 3599}


def answered(status: int = 200, **said: object) -> Grant:
    return read_answer(status, json.dumps({**GOOD, **said}).encode())


def lack_of(answer: Callable[[], object]) -> Lack:
    with pytest.raises(NoToken) as missing:
        answer()
    assert str(missing.value) == missing.value.lack.value
    return missing.value.lack


def test_a_token_is_taken_with_its_time_and_the_new_consent() -> None:
    assert answered() == Grant("a.b-c_d~e+f/g==", 3599.0, None)
    assert answered(refresh_token="1//new").consent == "1//new"
    assert answered(token_type="bearer").token == GOOD["access_token"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (None, USUAL), ("3599", 3599), (10**9, LONGEST), (0, USUAL), (-5, USUAL), ("soon", USUAL), (True, USUAL),
        ([], USUAL),
        ("9" * 400, USUAL), (float("nan"), USUAL),
    ],
)  # fmt: skip
def test_how_long_it_holds_is_read_from_whatever_is_said(said: object, seconds: float) -> None:
    assert answered(expires_in=said).seconds == seconds


@pytest.mark.parametrize(
    ("status", "error", "lack"),
    [
        (400, "invalid_grant", Lack.ENDED),
        (400, "interaction_required", Lack.ENDED),
        (401, "invalid_client", Lack.REGISTRATION),
        (400, "unauthorized_client", Lack.REGISTRATION),
        (400, "invalid_scope", Lack.REGISTRATION),
        (400, "temporarily_unavailable", Lack.AWAY),
        (400, "an_error_of_its_own", Lack.ODD),
        (400, 7, Lack.ODD),
        (400, None, Lack.ODD),
        (302, None, Lack.ODD),
        (429, "invalid_grant", Lack.AWAY),
        (500, "invalid_grant", Lack.AWAY),
        (503, None, Lack.AWAY),
    ],
)
def test_each_refusal_has_its_lack(status: int, error: object, lack: Lack) -> None:
    assert lack_of(lambda: answered(status, error=error, error_description="secret words")) is lack


@pytest.mark.parametrize(
    "token", ["", "two words", "line\r\nA1 LOGOUT", "\x01", "ümlaut", "x" * 20_000, None, 5, ["a"], {"a": 1}]
)
def test_what_could_not_stand_in_a_command_is_no_token(token: object) -> None:
    assert lack_of(lambda: answered(access_token=token)) is Lack.ODD


@given(st.integers(100, 599), st.binary(max_size=300))
def test_garbage_is_a_lack_and_nothing_else(status: int, content: bytes) -> None:
    assert lack_of(lambda: read_answer(status, content)) in (Lack.ODD, Lack.AWAY)


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"{}", b"null", b"<html>", b'{"access_token": "a"' + b" " * BOUNDS.octets + b"}"],
)
def test_what_is_no_answer_is_odd(content: bytes) -> None:
    assert lack_of(lambda: read_answer(200, content)) is Lack.ODD


def test_nobody_follows_to_another_place(provider: TokenServer) -> None:
    provider.book.scripted = [(302, b""), (307, b"{}")]
    assert lack_of(lambda: ask(provider.endpoint, {})) is Lack.ODD
    assert lack_of(lambda: ask(provider.endpoint, {})) is Lack.ODD
    assert len(provider.book.asked) == 2


def test_an_endpoint_that_is_not_there_is_away(provider: TokenServer) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert lack_of(lambda: ask(f"http://127.0.0.1:{nobody.getsockname()[1]}/token", {})) is Lack.AWAY
    assert lack_of(lambda: ask(f"https://127.0.0.1:{provider.server_address[1]}/token", {})) is Lack.AWAY


@pytest.mark.parametrize("drips", [b"", b"H", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_who_answers_bit_by_bit_is_cut_off(drips: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "BOUNDS", Bounds(altogether=0.3))
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _ = server.accept()
            with peer:
                peer.sendall(drips)
                while not ended.wait(0.02):
                    try:
                        peer.sendall(b"x")
                    except OSError:
                        return

        dripping = threading.Thread(target=drip)
        dripping.start()
        lack = lack_of(lambda: ask(f"http://127.0.0.1:{server.getsockname()[1]}/token", {}))
        ended.set()
        dripping.join()
    assert lack in (Lack.AWAY, Lack.ODD)
