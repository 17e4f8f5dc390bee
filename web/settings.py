"""Settings: frozen values, one per concern, read once from a given mapping, every mistake reported together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from channels.email.terms import ImapAccount, Relay
from messaging.measures.measure import Measure
from web.account_settings import read_account, read_replies, read_sender
from web.database_settings import DatabaseSettings, read_database
from web.mail_settings import (
    BORDERS,
    LOOPBACK,
    SIZE,
    Certificate,
    SigningKey,
    read_borders,
    read_certificate,
    read_dkim,
    read_domain,
    read_size,
    usual_domain,
)
from web.measure_packs import in_the_box, read_measures
from web.oauth.providers import Terms
from web.outbound.settings import OutboundSettings, read_outbound
from web.security_contact import read_contact
from web.settings_reader import SECRETS, Reader

MOST_LETTERS: Final = 10_000


class BadSettings(Exception):
    """All mistakes at once, one a line."""


@dataclass(frozen=True, slots=True)
class Listen:
    """An address to listen on: host and port, or the path of a Unix socket."""

    host: str
    port: int = 0
    path: Path | None = None

    def __str__(self) -> str:
        return str(self.path) if self.path else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`base_url` is the only source of links; `hosts` are the names we answer to."""

    http: Listen
    base_url: str
    trusted_proxies: tuple[str, ...] = ()
    letters_per_hour: int = 30
    clinician_letters_per_hour: int = 200
    ops: Listen | None = None
    """Where health and metrics are answered, beside the main listener."""
    security_contact: str | None = None
    """Where a weakness is told of: a `mailto:` or `https:` URI."""
    of_demo: frozenset[str] = frozenset()
    """Further names below `localhost`, one for each person of the demonstration; no setting names any."""

    @property
    def host(self) -> str:
        """The host name of the base URL."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def secure(self) -> bool:
        """Whether cookies may demand https."""
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names accepted in requests."""
        return LOOPBACK | {self.host} | self.of_demo if self.host in LOOPBACK else frozenset({self.host})


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Letters by mail. Without a relay mail is owed and waits; without listeners none comes in."""

    domain: str
    reply_address: str
    smtp: Listen | None = None
    lmtp: Listen | None = None
    relay: Relay | None = None
    authserv_id: str | None = None
    arc_sealers: tuple[str, ...] = ()
    borders: tuple[str, ...] = read_borders(BORDERS)
    dns: tuple[str, int] | None = None
    dkim: SigningKey | None = None
    size_limit: int = read_size(SIZE)
    clamd: Listen | None = None
    certificate: Certificate | None = None
    imap: ImapAccount | None = None
    sender: str | None = field(default=None, repr=False)
    oauth: Terms | None = None
    trail_head_to: str | None = field(default=None, repr=False)
    """Who is sent the signed heads of the trails, each day."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the operator decides."""

    database: DatabaseSettings
    web: WebSettings
    mail: MailSettings
    log: str = "json"
    measures: Mapping[str, Measure] = field(default_factory=in_the_box)
    """By name: those in the box, and the packs of the operator's folder."""
    outbound: OutboundSettings = field(default_factory=OutboundSettings)


NAMES: Final = (
    "QUIETLINE_DATA_DIR",
    "QUIETLINE_DATABASE_URL",
    "QUIETLINE_DATABASE_OWNER_URL",
    "QUIETLINE_BACKUP_URL",
    "QUIETLINE_MASTER_KEY_FILE",
    "QUIETLINE_MASTER_KEY_COMMAND",
    "QUIETLINE_LEDGER_FILE",
    "QUIETLINE_AUDIT_ANCHORS_FILE",
    "QUIETLINE_TRAIL_HEAD_FILE",
    "QUIETLINE_TRAIL_HEAD_TO",
    "QUIETLINE_POSTGRES_BIN",
    "QUIETLINE_ARCHIVE_DIR",
    "QUIETLINE_ARCHIVE_DAYS",
    "QUIETLINE_BASE_URL",
    "QUIETLINE_HTTP",
    "QUIETLINE_OPS",
    "QUIETLINE_SMTP",
    "QUIETLINE_LMTP",
    "QUIETLINE_SMTP_CERTIFICATE",
    "QUIETLINE_SMTP_KEY",
    "QUIETLINE_IMAP_URL",
    "QUIETLINE_RELAY_URL",
    "QUIETLINE_RELAY_PLAIN",
    "QUIETLINE_SENDER",
    "QUIETLINE_OAUTH",
    "QUIETLINE_OAUTH_CLIENT",
    "QUIETLINE_OAUTH_SECRET",
    "QUIETLINE_OAUTH_SCOPE",
    "QUIETLINE_OAUTH_CONSENT_FILE",
    "QUIETLINE_MAIL_DOMAIN",
    "QUIETLINE_REPLY_ADDRESS",
    "QUIETLINE_AUTHSERV_ID",
    "QUIETLINE_BORDERS",
    "QUIETLINE_ARC_SEALERS",
    "QUIETLINE_DKIM",
    "QUIETLINE_MAIL_SIZE",
    "QUIETLINE_CLAMD",
    "QUIETLINE_DNS",
    "QUIETLINE_TRUSTED_PROXIES",
    "QUIETLINE_SECURITY_CONTACT",
    "QUIETLINE_LETTERS_PER_HOUR",
    "QUIETLINE_CLINICIAN_LETTERS_PER_HOUR",
    "QUIETLINE_MEASURES",
    "QUIETLINE_LOG",
    "QUIETLINE_WEBHOOK_HOSTS",
    "QUIETLINE_PUSH_HOSTS",
    "QUIETLINE_VAPID_KEY",
    *(f"QUIETLINE_{name}_FILE" for name in SECRETS),
)


def read_settings(given: Mapping[str, str]) -> Settings:
    """The settings. Raises BadSettings naming every mistake, also names nobody knows."""
    reader = Reader(given)
    data_dir = Path(reader.text("DATA_DIR", "./var")).absolute()
    http = reader.value("HTTP", "127.0.0.1:8000", _listen_tcp)
    base_url = reader.value("BASE_URL", f"http://{_shown_host(http)}:{http.port}", _base_url)
    host = urlsplit(base_url).hostname or "localhost"
    sender = reader.optional("SENDER", read_sender)
    usual = sender.rpartition("@")[2] if sender else usual_domain(host)
    domain = reader.value("MAIL_DOMAIN", usual, read_domain)
    settings = Settings(
        database=read_database(reader, data_dir),
        web=WebSettings(
            http=http,
            base_url=base_url.rstrip("/"),
            trusted_proxies=_listed(reader.text("TRUSTED_PROXIES", "")),
            letters_per_hour=reader.value("LETTERS_PER_HOUR", "30", _letters),
            clinician_letters_per_hour=reader.value("CLINICIAN_LETTERS_PER_HOUR", "200", _letters),
            ops=reader.optional("OPS", _listen_tcp),
            security_contact=reader.optional("SECURITY_CONTACT", read_contact),
        ),
        mail=_mail(reader, domain, sender, data_dir),
        log=reader.value("LOG", "json", _log),
        measures=reader.value("MEASURES", "", read_measures),
        outbound=read_outbound(reader),
    )
    unknown = sorted(
        n for n in given if n.startswith("QUIETLINE_") and n not in NAMES and n not in _FOR_TESTS
    )
    reader.mistakes += [f"{name}: there is no such setting" for name in unknown]
    if reader.mistakes:
        raise BadSettings("\n".join(reader.mistakes))
    return settings


def _mail(reader: Reader, domain: str, sender: str | None, data_dir: Path) -> MailSettings:
    account = read_account(reader, sender, data_dir)
    head_to = reader.optional("TRAIL_HEAD_TO", read_sender)
    if head_to is not None and account.relay is None:
        reader.wrong("TRAIL_HEAD_TO", "it goes by QUIETLINE_RELAY_URL, which is not set")
    return MailSettings(
        domain=domain,
        reply_address=read_replies(reader, sender),
        smtp=reader.optional("SMTP", parse_listen),
        lmtp=reader.optional("LMTP", parse_listen),
        relay=account.relay,
        authserv_id=reader.optional("AUTHSERV_ID", str),
        arc_sealers=_listed(reader.text("ARC_SEALERS", "")),
        borders=reader.value("BORDERS", BORDERS, read_borders),
        dns=reader.optional("DNS", _host_port),
        size_limit=reader.value("MAIL_SIZE", SIZE, read_size),
        clamd=reader.optional("CLAMD", parse_listen),
        certificate=_certificate(reader),
        imap=account.imap,
        dkim=reader.optional("DKIM", read_dkim),
        sender=sender,
        oauth=account.oauth,
        trail_head_to=head_to,
    )


def _certificate(reader: Reader) -> Certificate | None:
    chain = reader.optional("SMTP_CERTIFICATE", str)
    return reader.optional("SMTP_KEY", partial(read_certificate, chain)) or read_certificate(chain, None)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


_FOR_TESTS: Final = frozenset({"QUIETLINE_CHROMIUM", "QUIETLINE_CORPORA", "QUIETLINE_FORMER_POSTGRES"})


def parse_listen(raw: str) -> Listen:
    """HOST:PORT or an absolute path. Raises ValueError."""
    if raw.startswith("/"):
        return Listen("", 0, Path(raw))
    return _listen_tcp(raw)


def _listen_tcp(raw: str) -> Listen:
    return Listen(*_host_port(raw))


def _host_port(raw: str) -> tuple[str, int]:
    host, colon, port = raw.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65_535:
        raise ValueError("write it as HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


def _shown_host(http: Listen) -> str:
    return "127.0.0.1" if http.host in ("0.0.0.0", "::", "") else http.host  # noqa: S104 - shown, not listened on


def _base_url(raw: str) -> str:
    parts = urlsplit(raw)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise ValueError("write it as https://host[:port]")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("http is only for this machine itself; the words must travel by https")
    return raw


def _letters(raw: str) -> int:
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw[:6]) <= MOST_LETTERS:
        raise ValueError(f"a number from 1 to {MOST_LETTERS}")
    return int(raw[:6])


def _log(raw: str) -> str:
    if raw not in ("json", "text"):
        raise ValueError("json or text")
    return raw
