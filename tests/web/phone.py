"""A phone with an authenticator app: makes codes as RFC 6238 has them, by a clock that can be told."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from messaging.entrance.second_factors import PERIOD, confirm_factor, offer_factor
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import people_named
from tests.cast import Cast


class Phone:
    """A program that makes codes, and a clock it can be told."""

    def __init__(self, office: Office) -> None:
        self.office = replace(office, clock=lambda: self.now)
        self.now: datetime = office.clock()
        self.totp: TOTP | None = None

    def scan(self, secret: str) -> None:
        """Takes a secret as a page or program shows it."""
        self.totp = made_of(secret.replace(" ", ""))

    def code(self, around: int = 0) -> str:
        """Of this half minute, or of one around it."""
        assert self.totp is not None
        return self.totp.generate(int(self.now.timestamp()) + around * PERIOD).decode()

    def later(self, steps: int = 1) -> str:
        """The code after some time has passed."""
        self.now += timedelta(seconds=steps * PERIOD)
        return self.code()

    async def set_up(self, person: Person) -> Person:
        """Their second factor, and how they stand then."""
        offered = await offer_factor(self.office, person)
        self.scan(offered.secret)
        await confirm_factor(self.office, person, self.code())
        return (await people_named(self.office, person.practice, [person.id]))[person.id]


def made_of(secret: str) -> TOTP:
    """What makes the codes of a secret."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), PERIOD)


def phone_in(cast: Cast) -> Phone:
    """A phone by whose clock the whole house lives."""
    phone = Phone(cast.house.office)
    cast.house.office = phone.office
    return phone
