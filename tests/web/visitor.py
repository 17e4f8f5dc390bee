"""A browser without scripts: keeps its cookie, fills forms, follows where it is sent."""

import asyncio
import html
import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from messaging.entrance.signing_in import ABSOLUTE, begin
from messaging.memory.sign_ins import SignInKind
from tests.cast import PASSWORD, Cast


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def text(self) -> str:
        """The page as its source."""
        return self.raw.decode()

    @property
    def words(self) -> str:
        """The page as it is read: no tags, one blank between words."""
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    @property
    def place(self) -> str:
        """Where it sends us."""
        return self.headers.get("location", "")

    def hidden(self, action: str) -> dict[str, str]:
        """The hidden fields of the form that posts there."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.text, re.DOTALL)
        assert form is not None, f"no form posts to {action}"
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
        return {name: html.unescape(value) for name, value in fields}

    def field(self, name: str) -> str:
        """What stands in a textarea."""
        found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', self.text, re.DOTALL)
        assert found is not None, f"no field {name}"
        return html.unescape(found[1])


@dataclass
class Visitor:
    """One browser at one server."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    lasting: dict[str, str] = field(default_factory=dict)
    """For how many seconds each cookie that came is kept; empty for one that ends with the browser."""

    async def get(self, path: str, **headers: str) -> Answer:
        """One page, as it is answered."""
        return await self.ask("GET", path, None, headers)

    async def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """One form, as it is answered."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.base} | headers
        return await self.ask("POST", path, urlencode(fields), headers)

    async def submit(self, page: str, action: str, **fields: str) -> Answer:
        """Opens a page and sends one of its forms."""
        shown = await self.get(page)
        return await self.post(action, shown.hidden(action) | fields)

    async def sign_in(self, cast: Cast, name: str, password: str = PASSWORD, **more: str) -> Answer:
        """As one of the cast, on a device of their own."""
        said = {"username": f"{name}-{cast.practice.slug}", "password": password, "own": "yes"}
        return await self.post("/sign-in", said | more)

    async def enter(self, cast: Cast, name: str) -> None:
        """As if they had signed in a while ago: who does not look at the form need not wait for its password."""
        person = cast[name]
        made = await begin(cast.office, person.practice, person.id, SignInKind.COOKIE, ABSOLUTE[True])
        self.cookies["quietline"] = made.text

    async def check_in(self, conversation: object) -> Answer:
        """Before a session, from the waiting room."""
        place = f"/me/session/{conversation}"
        said = {"place": "home, Graz", "region": "AT", "alone": "yes", "phone": "+43 660 123 45 67"}
        return await self.submit(place, f"{place}/check-in", **said)

    async def ask(
        self, method: str, path: str, body: str | bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """One request."""
        return await asyncio.to_thread(self._ask, method, path, body, dict(headers))

    def _ask(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> Answer:
        where = urlsplit(self.base)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, headers)
            came = connection.getresponse()
            for line in came.headers.get_all("set-cookie") or []:
                for name, morsel in SimpleCookie(line).items():
                    self.lasting[name] = morsel["max-age"]
                    if morsel.value and morsel["max-age"] != "0":
                        self.cookies[name] = morsel.value
                    else:
                        self.cookies.pop(name, None)
            return Answer(came.status, {k.lower(): v for k, v in came.headers.items()}, came.read())
        finally:
            connection.close()
