"""Visitors from many networks, because a proxy says where they come from and is believed."""

import time
from dataclasses import dataclass
from typing import Final

from messaging.entrance.signing_in import name_hash
from tests.cast import PASSWORD, Cast
from tests.web.visitor import Answer, Visitor
from web.fair.guesses import Guesser

HOME: Final = "198.51.100.7"
FAR: Final = "203.0.113.9"


@dataclass
class Town:
    """A site whose visitors come from the networks they say."""

    people: Cast
    site: str

    async def sign_in(
        self, name: str, password: str = PASSWORD, at: str = HOME, browser: Visitor | None = None
    ) -> Answer:
        fields = {
            "username": f"{name}-{self.people.practice.slug}",
            "password": password,
            "key": "",
            "own": "yes",
        }
        return await (browser or Visitor(self.site)).post("/sign-in", fields, X_Forwarded_For=at)

    async def known_browser(self, name: str) -> Visitor:
        """Somebody's own, signed in from and left."""
        browser = Visitor(self.site)
        assert (await self.sign_in(name, browser=browser)).status == 303
        browser.cookies = {key: value for key, value in browser.cookies.items() if key.endswith("-device")}
        assert browser.cookies
        return browser

    def guess(self, name: str, times: float, network: str = FAR) -> None:
        """Wrong guesses, counted and not hashed: that takes minutes by design."""
        hashed = name_hash(self.people.office, f"{name}-{self.people.practice.slug}")
        for one in range(int(times)):
            self.people.house.guesses.guess(Guesser(hashed, network.format(one)), time.monotonic())
