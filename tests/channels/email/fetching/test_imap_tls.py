"""A mailbox by TLS, from the start or by STARTTLS: what cannot be verified never hears the password."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from channels.email.examining.doors import examine_mailbox
from channels.email.fetching import fetcher as fetching
from channels.email.fetching.condition import Outcome, Standing
from channels.email.terms import ImapAccount
from tests.channels.email.fetching.test_imap import addressed, attending
from tests.channels.email.post import Post
from tests.peers.authority import Authority
from tests.peers.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.peers.running import needs, until_it_is

pytestmark = [needs("dovecot"), pytest.mark.xdist_group("dovecot")]
BOTH = pytest.mark.parametrize("security", ["tls", "starttls"])


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def providers(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Dovecot]]:
    """One that is in order, one whose certificate names another host, one whose certificate has ended."""
    here = tmp_path_factory.mktemp("certificates")
    issued = {
        "sound": authority.issue(here / "sound", "localhost"),
        "other": authority.issue(here / "other", "mail.elsewhere.example"),
        "ended": authority.issue(here / "ended", "localhost", days=-2),
    }
    with ExitStack() as stack:
        yield {kind: stack.enter_context(dovecot(certificate)) for kind, certificate in issued.items()}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(fetching, "PAUSES", (0.05,))


def account(at: Dovecot, security: str, tls: ssl.SSLContext | None) -> ImapAccount:
    port = at.tls_port if security == "tls" else at.port
    return ImapAccount("localhost", port, security, USER, PASSWORD, tls=tls)


@BOTH
async def test_a_letter_comes_in_by_tls(
    post: Post, providers: dict[str, Dovecot], authority: Authority, security: str
) -> None:
    at = account(providers["sound"], security, authority.trust())
    async with attending(post, at) as condition:
        await until_it_is(lambda: condition.looked_at is not None, "the mailbox", lambda: condition)
        providers["sound"].deliver(addressed(post.letter("ruth", security), await post.address("ruth")))
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter", lambda: condition)
    found = await asyncio.to_thread(examine_mailbox, at)
    assert (found.fine, found.says) == (True, "the mailbox opens, and tells of new letters by itself")


@BOTH
@pytest.mark.parametrize(
    ("kind", "trusted", "why"),
    [
        ("other", True, "Hostname mismatch"),
        ("ended", True, "certificate has expired"),
        ("sound", False, "unable to get local issuer certificate"),
    ],
)
async def test_what_cannot_be_verified_is_said_and_hears_no_password(
    post: Post,
    providers: dict[str, Dovecot],
    authority: Authority,
    security: str,
    kind: str,
    trusted: bool,
    why: str,
) -> None:
    provider = providers[kind]
    at = account(provider, security, authority.trust() if trusted else None)
    logins = (provider.here / "log").read_text().count("Login: user=")
    async with attending(post, at) as condition:
        await until_it_is(lambda: condition.standing is Standing.UNTRUSTED, "the refusal", lambda: condition)
    found = await asyncio.to_thread(examine_mailbox, at)
    assert not found.fine
    assert found.says.startswith("its certificate is not to be trusted: ")
    assert why in found.says
    assert (provider.here / "log").read_text().count("Login: user=") == logins
