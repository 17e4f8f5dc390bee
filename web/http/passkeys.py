"""Passkeys over HTTP: for which host and origin a device signs, and signing in with one."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from messaging.entrance.passkeys import From, sign_in_by_passkey
from messaging.entrance.signing_in import Entered
from messaging.errors import NotFound
from messaging.office import Asking
from messaging.trust.signed_challenges import Party
from web.http.devices import device_of
from web.http.entrance import proofs_of
from web.http.guards import client_network
from web.settings import WebSettings
from web.state import House


def party_of(connection: HTTPConnection, web: WebSettings) -> Party:
    """The host people know us by. Raises NotFound where that is a bare address: passkeys are for names (WebAuthn 5.1.2).

    Plain http is only ever this machine itself, whose port may be any: there it is the very host that was asked, which the
    guard has found to be one of ours.
    """
    origin = web.base_url if web.secure else f"http://{connection.headers.get('host', '')}"
    host = urlsplit(origin).hostname or ""
    if not host or _is_address(host):
        raise NotFound
    return Party(host, origin)


def from_here(connection: HTTPConnection, house: House, *, shared: bool = False) -> From:
    """Where somebody shows a passkey. Raises NotFound as above."""
    web = house.settings.web
    device = device_of(connection.headers.get("user-agent", ""))
    return From(party_of(connection, web), device, proofs_of(connection, web), shared)


async def enter_by_passkey(
    house: House, connection: HTTPConnection, said: str, *, shared: bool = False
) -> Entered:
    """Signs in. Raises WrongCredentials, NotFound, Busy. Nothing to guess, so no pace but everybody's turn."""
    here = from_here(connection, house, shared=shared)
    network = client_network(connection, house.settings.web.trusted_proxies)
    async with house.entering.turn(Asking(network, known=False)):
        return await sign_in_by_passkey(house.office, said, here)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
