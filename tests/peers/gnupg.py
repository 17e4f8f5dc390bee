"""GnuPG as a peer: a home of its own, its people's keys, and what it says of what we send."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.peers.running import program


@dataclass(frozen=True)
class Said:
    """What gpg put out, and its machine-readable account of it (doc/DETAILS of GnuPG)."""

    content: bytes
    status: str
    ok: bool

    def says(self, word: str) -> bool:
        """Whether the account has this keyword."""
        return f"[GNUPG:] {word}" in self.status


@dataclass(frozen=True)
class GnuPG:
    """One person's GnuPG."""

    home: Path

    def run(self, *arguments: str, given: bytes = b"") -> Said:
        """Any command, without questions and without passphrases."""
        fixed = ("--homedir", str(self.home), "--batch", "--yes", "--no-tty", "--status-fd", "2")
        free = ("--pinentry-mode", "loopback", "--passphrase", "", "--trust-model", "always")
        made = subprocess.run(
            [program("gpg"), *fixed, *free, *arguments], input=given, capture_output=True, check=False
        )
        return Said(made.stdout, made.stderr.decode(errors="replace"), made.returncode == 0)

    def key(self, name: str, *, kind: str = "ed25519", expires: str = "never", encrypts: bool = True) -> str:
        """A new key; its fingerprint."""
        self._done("--quick-generate-key", name, kind, "default", expires)
        shown = self._done("--with-colons", "--list-keys", f"={name}").content.decode()
        fingerprint = next(line.split(":")[9] for line in shown.splitlines() if line.startswith("fpr"))
        if encrypts:
            self._done(
                "--quick-add-key", fingerprint, "rsa2048" if kind != "ed25519" else "cv25519", "encr", expires
            )
        return fingerprint

    def public(self, name: str) -> bytes:
        """A key as its owner hands it out."""
        return self._done("--armor", "--export", name).content

    def knows(self, key: bytes) -> None:
        """Takes somebody's key."""
        self._done("--import", given=key)

    def revoke(self, fingerprint: str) -> None:
        """By the certificate GnuPG made for the day."""
        kept = (self.home / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text()
        self.knows(kept.replace(":-----BEGIN", "-----BEGIN").encode())

    def _done(self, *arguments: str, given: bytes = b"") -> Said:
        said = self.run(*arguments, given=given)
        assert said.ok, said.status
        return said


@contextlib.contextmanager
def gnupg() -> Iterator[GnuPG]:
    """A short path: the agent's sockets lie in it, and their names have an end."""
    with tempfile.TemporaryDirectory(prefix="gpg-", ignore_cleanup_errors=True) as home:
        made = GnuPG(Path(home))
        made.home.chmod(0o700)
        try:
            yield made
        finally:
            subprocess.run(
                [program("gpgconf"), "--homedir", home, "--kill", "all"], check=False, capture_output=True
            )
