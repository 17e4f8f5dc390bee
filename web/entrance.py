"""The entrance: signing in by password at a pace that guessing cannot use. Only failed guesses count."""

import time

from starlette.requests import HTTPConnection

from messaging.errors import WrongCredentials
from messaging.people import Person
from messaging.signing_in import Credentials, fold_name, sign_in
from messaging.trust.tokens import Token
from web.guards import client_address
from web.state import House


async def enter_by_password(
    house: House, connection: HTTPConnection, claimed: Credentials
) -> tuple[Token, Person]:
    """Signs in. Raises WrongCredentials, TooFast or Busy."""
    guesses, now = house.guesses, time.monotonic()
    account = house.office.installation.lookup("username", fold_name(claimed.username))
    address = client_address(connection, house.settings.web.trusted_proxies)
    guesses.by_account.check(account, now)
    guesses.by_address.check(address, now)
    try:
        return await sign_in(house.office, claimed)
    except WrongCredentials:
        guesses.by_account.take(account, now)
        guesses.by_address.take(address, now)
        raise
