"""Settings of an account at a mail provider: the address it sends as, and how it is signed in to without a password."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from channels.email.terms import ImapAccount, Relay
from messaging.addresses import valid_address
from web.mail_settings import LOOPBACK, read_imap, read_relay, read_reply_address
from web.oauth.providers import Provider, Terms, read_client, read_provider
from web.settings_reader import Reader

REPLIES: Final = "reply+{token}@{domain}"
CONSENT: Final = "mail.consent"
"""The file in the data directory that keeps it, unless a setting says otherwise."""

At = TypeVar("At", ImapAccount, Relay)


@dataclass(frozen=True, slots=True)
class Account:
    """What is said of it. `sender` None: mail comes from addresses of our own domain."""

    sender: str | None = field(default=None, repr=False)
    oauth: Terms | None = None
    imap: ImapAccount | None = None
    relay: Relay | None = None


def read_sender(raw: str) -> str:
    """A plain address. Raises ValueError."""
    if not valid_address(raw):
        raise ValueError("write the account's own address, such as practice@provider.example, without a name")
    return raw


def read_account(reader: Reader, sender: str | None, data_dir: Path) -> Account:
    """The mailbox, the relay, and how both are signed in to."""
    oauth = _read_oauth(reader, data_dir)
    without = oauth is not None
    imap = reader.optional("IMAP_URL", partial(read_imap, without_password=without))
    plain = reader.text("RELAY_PLAIN", "")
    relay = reader.optional("RELAY_URL", partial(read_relay, in_the_open=plain))
    if without:
        imap, relay = (
            _without_password(reader, "IMAP_URL", imap),
            _without_password(reader, "RELAY_URL", relay),
        )
    return Account(sender, oauth, imap, relay)


def read_replies(reader: Reader, sender: str | None) -> str:
    """The form of reply addresses: plus addresses of the account, where nothing else is said."""
    usual = REPLIES if sender is None else _tagged(sender)
    try:
        read_reply_address(usual)
    except ValueError:
        if not reader.given("REPLY_ADDRESS"):
            reader.wrong("SENDER", "with a tag behind it it is too long; give QUIETLINE_REPLY_ADDRESS too")
        usual = REPLIES
    return reader.value("REPLY_ADDRESS", usual, partial(_read_replies, sender))


def _tagged(sender: str) -> str:
    local, _, domain = sender.rpartition("@")
    return f"{local}+{{token}}@{domain}"


def _read_replies(sender: str | None, raw: str) -> str:
    # Where a provider takes no tags all answers come to one address, and each says in its references whose it is.
    return raw if sender is not None and raw == sender else read_reply_address(raw)


def _read_oauth(reader: Reader, data_dir: Path) -> Terms | None:
    provider, client = reader.optional("OAUTH", read_provider), reader.optional("OAUTH_CLIENT", read_client)
    secret = reader.optional("OAUTH_SECRET", str)
    scope = reader.optional("OAUTH_SCOPE", str)
    kept = Path(reader.text("OAUTH_CONSENT_FILE", str(data_dir / CONSENT))).absolute()
    if not reader.given("OAUTH"):
        for name in (
            "OAUTH_CLIENT",
            "OAUTH_SECRET",
            "OAUTH_SCOPE",
            "OAUTH_CONSENT_FILE",
        ):
            if reader.given(name):
                reader.wrong(name, "it needs QUIETLINE_OAUTH too")
        return None
    if not reader.given("OAUTH_CLIENT"):
        reader.wrong("OAUTH", "it needs QUIETLINE_OAUTH_CLIENT too")
    if provider is None or client is None:
        return None
    if provider.by_itself and secret is None:
        reader.wrong("OAUTH", "an application that signs in as itself needs QUIETLINE_OAUTH_SECRET too")
    return Terms(_asking_for(provider, scope), client, kept, secret)


def _asking_for(provider: Provider, scope: str | None) -> Provider:
    return replace(provider, scope=scope) if scope else provider


def _without_password(reader: Reader, name: str, at: At | None) -> At | None:
    """What is signed in to by tokens says a name alone, and nobody else hears the token."""
    if at is None or at.username is None:
        return at
    if at.password:
        reader.wrong(
            name, "it has a password, and QUIETLINE_OAUTH says to sign in without one; leave one of them out"
        )
    elif at.security == "none" and at.host not in LOOPBACK:
        reader.wrong(
            name, "a token of QUIETLINE_OAUTH would travel in the open: write smtps:// or smtp+starttls://"
        )
    elif not at.username.isprintable():
        reader.wrong(name, "the name to sign in as holds what nobody can see")
    return at
