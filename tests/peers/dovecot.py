"""Dovecot as a provider: one mailbox, plain and by TLS, in a folder of its own."""

import grp
import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from imapclient import IMAPClient

from tests.peers.running import ended, folder, free_port, listening, program, until

USER, PASSWORD = "practice@provider.example", "open/sesame@1"
CONFIGURATION = """
protocols = imap
base_dir = {here}/run
state_dir = {here}/state
log_path = {here}/log
listen = 127.0.0.1
ssl = {tls}
{certificate}
auth_mechanisms = plain
disable_plaintext_auth = no
first_valid_uid = 1
mailbox_idle_check_interval = 1 secs
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
mail_location = maildir:{here}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={here}/home
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


@dataclass
class Dovecot:
    """A running server."""

    here: Path
    port: int
    tls_port: int
    process: "subprocess.Popen[bytes]" = field(repr=False)

    def url(self, folder: str = "INBOX", port: int | None = None) -> str:
        """As the settings want it."""
        user, password = quote(USER, safe=""), quote(PASSWORD, safe="")
        return f"imap://{user}:{password}@127.0.0.1:{port or self.port}/{folder}"

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Somebody else who looks into the mailbox."""
        with IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login(USER, PASSWORD)
            client.select_folder(folder)
            yield client

    def deliver(self, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """One more letter in the mailbox, since `at` (now)."""
        with self.client(folder) as client:
            client.append(folder, raw, msg_time=at)

    def flags(self, folder: str = "INBOX") -> list[set[bytes]]:
        """The flags of every letter, in their order."""
        with self.client(folder) as client:
            found = client.get_flags(client.search())
            return [set(found[uid]) - {b"\\Recent"} for uid in sorted(found)]

    def make_anew(self, folder: str) -> None:
        """Deletes the mailbox and makes it again with the same letters, as after a restored backup or a move."""
        with self.client(folder) as client:
            letters = [client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] for uid in client.search()]
            client.close_folder()
            client.delete_folder(folder)
            client.create_folder(folder)
            for raw in letters:
                client.append(folder, raw)


@contextmanager
def dovecot(certificate: Path | None = None, more: str = "") -> Iterator[Dovecot]:
    """Starts one; with a certificate (chain and key in one file) it also speaks TLS. `more`: further settings."""
    with folder() as here:
        port, tls_port = free_port(), free_port() if certificate else 0
        (here / "dovecot.conf").write_text(_configuration(here, port, tls_port, certificate) + more)
        (here / "mail").mkdir()
        os.chown(here / "mail", *_owner())
        process = subprocess.Popen([program("dovecot"), "-F", "-c", str(here / "dovecot.conf")])
        try:
            until(lambda: listening(port), f"Dovecot: {_log(here)}")
            yield Dovecot(here, port, tls_port, process)
        finally:
            ended(process)


def _configuration(here: Path, port: int, tls_port: int, certificate: Path | None) -> str:
    root = os.geteuid() == 0
    me = pwd.getpwuid(os.geteuid()).pw_name
    uid, gid = _owner()
    return CONFIGURATION.format(
        here=here,
        port=port,
        tls_port=tls_port,
        tls="yes" if certificate else "no",
        certificate=f"ssl_cert = <{certificate}\nssl_key = <{certificate}" if certificate else "",
        internal="dovecot" if root else me,
        login="dovenull" if root else me,
        group=grp.getgrgid(pwd.getpwnam("dovecot").pw_gid if root else os.getegid()).gr_name,
        password=PASSWORD,
        uid=uid,
        gid=gid,
    )


def _owner() -> tuple[int, int]:
    """Of the mailbox: Dovecot gives mail to nobody who is root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    mail = pwd.getpwnam("mail")
    return mail.pw_uid, mail.pw_gid


def _log(here: Path) -> str:
    log = here / "log"
    return log.read_text() if log.exists() else "it wrote nothing"
