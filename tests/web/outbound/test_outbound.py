"""Calls go to the hosts of a list, to a public address that was looked at once, and nowhere an answer points to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.web.outbound.receiving import Receiver, receiving
from web.outbound.carrier import Carrier, World
from web.outbound.exchange import Bounds, NotAnswered
from web.outbound.places import NotAllowed, read_hosts, target_of


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.mark.parametrize(
    ("listed", "url", "allowed"),
    [
        ("api.clinic.example", "https://api.clinic.example/in?x=1", True),
        ("api.clinic.example", "https://API.clinic.example/in", True),
        ("api.clinic.example", "https://api.clinic.example:8443/", False),
        ("api.clinic.example:8443", "https://api.clinic.example:8443/", True),
        ("api.clinic.example", "https://clinic.example/", False),
        ("api.clinic.example", "https://api.clinic.example.evil.example/", False),
        ("api.clinic.example", "https://evil.example/api.clinic.example", False),
        ("*.push.example", "https://web.push.example/", True),
        ("*.push.example", "https://push.example/", False),
        ("*.push.example", "https://evilpush.example/", False),
        ("127.0.0.1", "http://127.0.0.1:9000/hook", True),
        ("127.0.0.1:9000", "http://127.0.0.1:9001/hook", False),
        ("[::1]:9000", "http://[::1]:9000/hook", True),
        ("127.0.0.1", "http://127.0.0.2:9000/hook", False),
        ("", "https://api.clinic.example/", False),
    ],
)
def test_a_host_is_called_that_is_on_the_list(listed: str, url: str, *, allowed: bool) -> None:
    assert read_hosts(listed).allow(target_of(url)) is allowed


@pytest.mark.parametrize(
    "url",
    ["", "api.clinic.example", "http://api.clinic.example/", "ftp://api.clinic.example/", "https://", "https:///x",
     "https://user@api.clinic.example/", "https://api.clinic.example/#x", "https://api.clinic.example:0/",
     "https://api.clinic.example:99999/", "https://api.clinic.example/a b", "https://api.clinic.example/\r\nX: y",
     "https://api.clinic.example\\@evil.example/", "https://" + "a" * 3000 + ".example/"],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_called(url: str) -> None:
    with pytest.raises(NotAllowed):
        target_of(url)


@pytest.mark.parametrize("raw", ["https://a.example", "a.example/x", "a.example:x", "*", "*.", "a b"])
def test_a_list_that_cannot_be_read_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="write hosts like"):
        read_hosts(raw)


async def test_a_post_arrives_and_a_redirection_is_not_followed(receiver: Receiver) -> None:
    with closing(Carrier(read_hosts("127.0.0.1"))) as carrier:
        answer = await carrier.post(f"http://127.0.0.1:{receiver.port}/in?a=b", {"X": "y"}, b"words")
        assert answer.status == 200
        receiver.status, receiver.location = 307, f"http://127.0.0.1:{receiver.port}/elsewhere"
        assert (await carrier.post(f"http://127.0.0.1:{receiver.port}/in", {}, b"")).status == 307
        with pytest.raises(NotAllowed):
            await carrier.post(f"http://127.0.0.2:{receiver.port}/in", {}, b"")
    host = f"127.0.0.1:{receiver.port}"
    assert [(one.host, one.path, one.body) for one in receiver.came] == [
        (host, "/in?a=b", b"words"),
        (host, "/in", b""),
    ]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "169.254.169.254", "fd00::1"])
async def test_a_name_that_leads_to_our_own_machines_is_not_called(address: str, receiver: Receiver) -> None:
    world = World(resolve=lambda *_: [address])
    with (
        closing(Carrier(read_hosts(f"evil.example:{receiver.port}"), world=world)) as carrier,
        pytest.raises(NotAllowed, match="no public address"),
    ):
        await carrier.post(f"https://evil.example:{receiver.port}/", {}, b"")
    assert receiver.came == []


async def test_a_name_is_resolved_once_and_called_where_that_led(receiver: Receiver) -> None:
    """Asked twice, DNS may answer twice: first with a public address for the look, then with one of ours for the call."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    world = World(resolve=lambda *_: next(answers), allowed=lambda *_: True)
    with closing(Carrier(read_hosts("localhost"), world=world)) as carrier:
        assert (await carrier.post(f"http://localhost:{receiver.port}/", {}, b"x")).status == 200
    assert next(answers) == ["10.0.0.1"]


@pytest.mark.parametrize("drips", [b"", b"HTTP/1.1 200"])
async def test_who_never_answers_is_cut_off(drips: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            peer, _ = server.accept()
            peer.sendall(drips)
            held.append(peer)

        accepting = threading.Thread(target=accept)
        accepting.start()
        bounds = Bounds(seconds=0.2, altogether=0.3)
        with closing(Carrier(read_hosts("127.0.0.1"), bounds)) as carrier, pytest.raises(NotAnswered):
            await carrier.post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"")
        accepting.join()
        held[0].close()
