"""A token endpoint as providers have them (RFC 6749, RFC 7662), for the tests: strict, and out of order when told to be."""

import hashlib
import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET = "quietline-app", "s3cret/of+the app"
ACCOUNT = "practice@provider.example"


@dataclass
class Book:
    """What the provider knows, and how it is to behave."""

    lifetime: object = 3600
    rotates: bool = False
    """Each refresh token can be used once; the second time all of them end, as after a theft (RFC 9700 4.14)."""
    scripted: list[tuple[int, bytes]] = field(default_factory=list)
    """Answers of the token endpoint, before it behaves again."""
    waits: threading.Event | None = None
    """Not answered before it is set."""
    came: threading.Event = field(default_factory=threading.Event)
    """Set when somebody asks."""
    asked: list[dict[str, str]] = field(default_factory=list)
    consents: set[str] = field(default_factory=set)
    spent: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    """Those that hold."""
    codes: dict[str, str] = field(default_factory=dict)
    """What a browser brings back, and the challenge it belongs to."""
    given: list[str] = field(default_factory=list)
    """Every secret that ever left here: none may stand in any log."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def agree(self) -> str:
        """Somebody says yes: a new consent."""
        return self._new("consent", self.consents)

    def code(self, challenge: str) -> str:
        """Somebody says yes on the page."""
        made = secrets.token_urlsafe(12)
        self.codes[made] = challenge
        return made

    def token(self) -> str:
        """One that holds, made for nobody who asked."""
        return self._new("access", self.tokens)

    def end(self) -> None:
        """Whoever agreed takes it back: consents and tokens end."""
        self.consents.clear()
        self.tokens.clear()

    def _new(self, kind: str, kept: set[str]) -> str:
        made = f"{kind}.{secrets.token_urlsafe(24)}"
        kept.add(made)
        self.given.append(made)
        return made

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """To one question."""
        with self.lock:
            self.asked.append(form)
            if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
                return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: secret words"}
            match form.get("grant_type"):
                case "client_credentials":
                    return 200, self._granted({})
                case "authorization_code":
                    return self._by_code(form)
                case "refresh_token":
                    return self._refreshed(form["refresh_token"])
        return 400, {"error": "unsupported_grant_type"}

    def _by_code(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        wanted = self.codes.pop(form.get("code", ""), None)
        proof = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if wanted is None or proof.decode().rstrip("=") != wanted:
            return 400, {"error": "invalid_grant"}
        return 200, self._granted({"refresh_token": self.agree()})

    def _refreshed(self, consent: str) -> tuple[int, dict[str, object]]:
        if consent in self.spent:
            self.end()
        if consent not in self.consents:
            return 400, {"error": "invalid_grant", "error_description": "secret words"}
        if not self.rotates:
            return 200, self._granted({})
        self.consents.remove(consent)
        self.spent.add(consent)
        return 200, self._granted({"refresh_token": self.agree()})

    def _granted(self, more: dict[str, object]) -> dict[str, object]:
        return {"access_token": self.token(), "token_type": "Bearer", "expires_in": self.lifetime, **more}


class TokenServer(ThreadingHTTPServer):
    """Listens on this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.book = Book()

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def endpoint(self) -> str:
        """Where tokens are asked for."""
        return f"{self.base}/token"


class _Answers(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        """The token endpoint, and what Dovecot asks about a token."""
        length = int(self.headers.get("Content-Length", "0"))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        book, path = self.server.book, urlsplit(self.path).path
        if path == "/introspect":
            known = form.get("token", "") in book.tokens
            self._say(200, json.dumps({"active": known, **({"username": ACCOUNT} if known else {})}).encode())
            return
        book.came.set()
        if book.waits is not None:
            book.waits.wait(30)
        if book.scripted:
            book.asked.append(form)
            self._say(*book.scripted.pop(0))
            return
        status, said = book.answer(form)
        self._say(status, json.dumps(said).encode())

    def _say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.server.base}/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Nothing on standard error."""


@contextmanager
def token_server() -> Iterator[TokenServer]:
    """Starts one."""
    made = TokenServer()
    serving = threading.Thread(target=made.serve_forever, args=(0.02,))
    serving.start()
    try:
        yield made
    finally:
        made.shutdown()
        serving.join()
        made.server_close()


OF_DOVECOT = """
auth_mechanisms = plain xoauth2 oauthbearer
auth_verbose = yes
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {file}
}}
"""


def introspecting(server: TokenServer) -> str:
    """What Dovecot's `dovecot-oauth2.conf.ext` says."""
    return f"introspection_mode = post\nintrospection_url = {server.base}/introspect\nusername_attribute = username\n"
