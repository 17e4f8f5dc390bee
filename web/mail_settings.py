"""Settings of mail that need reading: a mailbox elsewhere, border networks, a certificate."""

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from channels.email.addresses import ReplyAddress
from channels.email.terms import BORDERS as HERE
from channels.email.terms import MEBIBYTE, ImapAccount, Relay
from messaging.addresses import valid_domain

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SIZE: Final = "30M"
SIZE_LIMIT: Final = 40 * MEBIBYTE
"""Larger letters do not fit into the memory that the process that reads them is allowed."""
BORDERS: Final = ",".join(HERE)
"""Where our own border server may stand unless the operator says otherwise: on this machine."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the SMTP listener offers TLS with; read again when the files change."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key our mail is signed with, and under which name it stands in DNS."""

    selector: str
    path: Path


def read_dkim(raw: str) -> SigningKey:
    """SELECTOR:FILE. Raises ValueError."""
    selector, colon, path = raw.partition(":")
    if not colon or not path or not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", selector):
        raise ValueError("write it as SELECTOR:FILE, the file a private RSA key in PEM")
    return SigningKey(selector, Path(path).absolute())


def usual_domain(host: str) -> str:
    """The mail domain of who names none: the server's own name, if mail can come from it."""
    return host if valid_domain(host) and host not in LOOPBACK else "quietline.localhost"


def read_domain(raw: str) -> str:
    """A domain mail can come from. Raises ValueError."""
    if not valid_domain(raw):
        raise ValueError("write a plain host name with a dot in it, such as mail.practice.example")
    return raw


def read_reply_address(raw: str) -> str:
    """A template that makes valid addresses. Raises ValueError."""
    if "{token}" not in raw:
        raise ValueError(
            "the reply address needs {token} once, before the @; only QUIETLINE_SENDER itself may stand without"
        )
    return ReplyAddress(raw, "mail.example").template


def read_size(raw: str) -> int:
    """Bytes, or mebibytes with an M. Raises ValueError."""
    number, mega = (raw[:-1], True) if raw[-1:] in ("M", "m") else (raw, False)
    if not number.isascii() or not number.isdigit() or len(number) > 12:
        raise ValueError("write it as a number of bytes, or of mebibytes with an M, as in 30M")
    size = int(number) * (MEBIBYTE if mega else 1)
    if not MEBIBYTE <= size <= SIZE_LIMIT:
        raise ValueError("from 1M to 40M")
    return size


def read_imap(raw: str, *, without_password: bool = False) -> ImapAccount:
    """imaps://user:password@host[:port]/MAILBOX and its kin. Raises ValueError. `without_password`: it may have none."""
    parts = urlsplit(raw)
    kinds = {"imap": ("none", 143), "imaps": ("tls", 993), "imap+starttls": ("starttls", 143)}
    if parts.scheme not in kinds or not parts.hostname or not parts.username:
        raise ValueError("write it as imaps:// or imap+starttls://user:password@host[:port][/MAILBOX]")
    if not parts.password and not without_password:
        raise ValueError("it has no password, and QUIETLINE_OAUTH does not say how to sign in without one")
    security, port = kinds[parts.scheme]
    if security == "none" and parts.hostname not in LOOPBACK:
        raise ValueError(
            "imap:// is only for this machine itself; the words must travel by imaps:// or imap+starttls://"
        )
    return ImapAccount(
        host=parts.hostname,
        port=parts.port or port,
        security=security,
        username=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def read_relay(raw: str, in_the_open: str) -> Relay:
    """smtps://[user:password@]host[:port] and its kin. Raises ValueError.

    `in_the_open`: the one host that is not this machine to which mail may go without TLS, where its network is trusted.
    """
    parts = urlsplit(raw)
    kinds = {"smtp": ("none", 25), "smtps": ("tls", 465), "smtp+starttls": ("starttls", 587)}
    if parts.scheme not in kinds or not parts.hostname:
        raise ValueError("write it as smtp://, smtps:// or smtp+starttls://[user:password@]host[:port]")
    security, port = kinds[parts.scheme]
    if security == "none" and not _is_here(parts.hostname) and parts.hostname != in_the_open.lower():
        raise ValueError(
            f"smtp:// to {parts.hostname} would send every letter in the open: write smtps:// or smtp+starttls://, or "
            f"allow that host by QUIETLINE_RELAY_PLAIN={parts.hostname}"
        )
    return Relay(
        parts.hostname,
        parts.port or port,
        security,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK


def read_borders(raw: str) -> tuple[str, ...]:
    """Addresses and networks, comma-separated. Raises ValueError."""
    named = [one.strip() for one in raw.split(",") if one.strip()]
    try:
        return tuple(str(ip_network(one)) for one in named)
    except ValueError:
        raise ValueError("write addresses or networks like 10.0.0.5,192.168.7.0/24") from None


def read_certificate(chain: str | None, key: str | None) -> Certificate | None:
    """The pair; one file may hold both. Raises ValueError."""
    if chain is None:
        if key is not None:
            raise ValueError("it needs QUIETLINE_SMTP_CERTIFICATE too")
        return None
    return Certificate(Path(chain).absolute(), Path(key or chain).absolute())
