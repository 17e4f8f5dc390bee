"""Keys looked up at a client's provider: the places of the draft, and every way in which a provider could do harm."""

import ssl
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from channels.email.sealing.directory import NotFetched, places, zbase32
from tests.channels.email.world import certificate_pem
from web.key_directory import BOUNDS, KeyDirectory
from web.outbound.places import is_public

ADVANCED = (
    "openpgpkey.example.org",
    "/.well-known/openpgpkey/example.org/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe",
)
DIRECT = ("example.org", "/.well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe")


class Provider(ThreadingHTTPServer):
    """Gives out what a test lays at a path, and remembers who was asked for what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.laid: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, str]] = []


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        """One key, or 404."""
        self.server.asked.append((self.headers["Host"], self.path))
        status, content = self.server.laid.get(self.path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", content.decode())
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Nothing on standard error."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate_pem())
        file.flush()
        context.load_cert_chain(file.name)
    made.socket = context.wrap_socket(made.socket, server_side=True)
    serving = threading.Thread(target=made.serve_forever, args=(0.02,))
    serving.start()
    yield made
    made.shutdown()
    serving.join()
    made.server_close()


def believing() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def directory(provider: Provider, *unknown: str, context: ssl.SSLContext | None = None) -> KeyDirectory:
    """A directory in whose world every host but the unknown ones is the provider."""

    def resolve(host: str, port: int) -> list[str]:
        if host in unknown:
            raise OSError("no such name")
        return ["127.0.0.1"]

    port = provider.server_address[1]
    return KeyDirectory(resolve, lambda _: True, context or believing(), port)


def test_the_places_are_those_of_the_draft() -> None:
    assert places("Joe.Doe@Example.ORG") == (ADVANCED, DIRECT), "the example of section 3.1"
    assert zbase32(b"") == ""


async def test_the_advanced_place_is_asked_first(provider: Provider) -> None:
    provider.laid = {ADVANCED[1]: (200, b"a key"), DIRECT[1]: (200, b"another")}
    assert await directory(provider).find("Joe.Doe@example.org") == b"a key"
    assert provider.asked == [ADVANCED]


async def test_the_direct_place_is_asked_only_where_there_is_no_other_host(provider: Provider) -> None:
    provider.laid = {DIRECT[1]: (200, b"a key")}
    assert await directory(provider, ADVANCED[0]).find("Joe.Doe@example.org") == b"a key"
    with pytest.raises(NotFetched):
        await directory(provider).find("Joe.Doe@example.org")


@pytest.mark.parametrize(
    "answer",
    [(404, b""), (200, b""), (500, b"x"), (302, b"http://127.0.0.1/"), (200, b"x" * (BOUNDS.octets + 1))],
)
async def test_no_other_answer_is_taken(provider: Provider, answer: tuple[int, bytes]) -> None:
    provider.laid = {ADVANCED[1]: answer}
    with pytest.raises(NotFetched):
        await directory(provider).find("Joe.Doe@example.org")
    assert len(provider.asked) == 1, "a redirection is not followed"


async def test_a_host_that_cannot_prove_itself_is_not_believed(provider: Provider) -> None:
    provider.laid = {ADVANCED[1]: (200, b"a key")}
    with pytest.raises(NotFetched):
        await directory(provider, context=ssl.create_default_context()).find("Joe.Doe@example.org")
    assert provider.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1", "fd00::1",
     "::ffff:127.0.0.1", "64:ff9b::a01:203", "2002:a00:1::1", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
async def test_our_own_machines_are_not_asked(provider: Provider, address: str) -> None:
    assert not is_public(address)
    world = KeyDirectory(lambda *_: [address], context=believing(), port=provider.server_address[1])
    with pytest.raises(NotFetched):
        await world.find("Joe.Doe@example.org")
    assert provider.asked == []


def test_the_internet_may_be_asked() -> None:
    assert is_public("9.9.9.9")
    assert is_public("2620:fe::fe")
