"""Postfix as the border server of `deploy/postfix`, with its sample settings, and as the provider of the clients.

Needs root: Postfix changes to accounts of its own.
"""

import os
import pwd
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import ROOT
from tests.peers.running import PATIENCE, folder, free_port, listening, program, until

SAMPLES = ROOT / "deploy" / "postfix"
SAMPLE_DOMAIN = "care.example.org"
EDGE = "mx.quietline.localhost"
CLIENTS = "mail.example"
# Below the sample's lines, so that these count: where the instance lives, and patience that a test can wait for.
OVERRIDES = """
queue_directory = {here}/spool
data_directory = {here}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
maillog_file = {here}/log
maillog_file_prefixes = {here}
import_environment = MAIL_CONFIG={here}/etc
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
alias_maps =
transport_maps = texthash:{here}/etc/transport
smtpd_milters =
smtpd_tls_security_level = none
mynetworks =
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
lmtp_connect_timeout = 5s
address_verify_map =
address_verify_poll_delay = 1s
virtual_mailbox_domains = {clients}
virtual_mailbox_base = {here}/boxes
virtual_mailbox_maps = texthash:{here}/etc/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
smtpd_sender_restrictions = check_sender_access regexp:{here}/etc/senders
"""


@dataclass
class Postfix:
    """A running instance."""

    here: Path
    port: int

    def queued(self) -> int:
        """Letters that wait."""
        told = subprocess.run(
            [program("postqueue"), "-c", str(self.here / "etc"), "-j"], capture_output=True, check=True
        )
        return len(told.stdout.splitlines())

    def try_again(self) -> None:
        """Asks for the next try at once, instead of by the schedule."""
        subprocess.run([program("postqueue"), "-c", str(self.here / "etc"), "-f"], check=True)

    def box(self, address: str) -> Path:
        """A client's mailbox (mbox)."""
        return self.here / "boxes" / address

    @property
    def log(self) -> str:
        """What it says of itself."""
        return (self.here / "log").read_text()


@contextmanager
def postfix(lmtp_port: int, domain: str, *people: str, port: int = 0) -> Iterator[Postfix]:
    """Hands letters for `domain` to an LMTP server on this machine; keeps mailboxes for people of mail.example.

    It says of its own clients what a checking border says: that they are who they claim to be.
    """
    with folder() as here:
        port = port or free_port()
        _configure(here, port, lmtp_port, domain, people)
        command = [program("postfix"), "-c", str(here / "etc")]
        subprocess.run([*command, "start"], check=True, capture_output=True, timeout=PATIENCE)
        try:
            until(lambda: listening(port), "Postfix")
            yield Postfix(here, port)
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=PATIENCE)


def _configure(here: Path, port: int, lmtp_port: int, domain: str, people: tuple[str, ...]) -> None:
    for name in ("etc", "spool", "data", "boxes"):
        (here / name).mkdir(mode=0o755)
    os.chown(here / "data", pwd.getpwnam("postfix").pw_uid, -1)
    owner = pwd.getpwnam("mail").pw_uid
    os.chown(here / "boxes", owner, -1)
    sample = (
        (SAMPLES / "main.cf").read_text().replace(f"mx.{SAMPLE_DOMAIN}", EDGE).replace(SAMPLE_DOMAIN, domain)
    )
    overrides = OVERRIDES.format(here=here, clients=CLIENTS, owner=owner)
    (here / "etc" / "main.cf").write_text(_without(sample, overrides) + overrides)
    (here / "etc" / "boxes").write_text("".join(f"{one} {one}\n" for one in people))
    verdict = f"Authentication-Results: {EDGE}; dmarc=pass header.from={CLIENTS}"
    (here / "etc" / "senders").write_text(f"/@{re.escape(CLIENTS)}$/ PREPEND {verdict}\n")
    transport = (
        (SAMPLES / "transport").read_text().replace(SAMPLE_DOMAIN, domain).replace("2424", str(lmtp_port))
    )
    (here / "etc" / "transport").write_text(transport)
    services = Path("/usr/share/postfix/master.cf.dist").read_text()
    services = re.sub(r"(?m)^smtp +inet.*$", f"127.0.0.1:{port} inet n - n - - smtpd", services)
    services = re.sub(r"(?m)^(\w+ +unix(?:-dgram)? +[-ny] +[-ny] +)y", r"\1n", services)
    (here / "etc" / "master.cf").write_text(services)


def _without(sample: str, overrides: str) -> str:
    """The sample less what is overridden: Postfix complains about settings that are made twice."""
    named = "|".join(re.findall(r"(?m)^(\w+) =", overrides))
    return re.sub(rf"(?m)^({named}) =.*(\n[ \t].*)*$", "", sample)
