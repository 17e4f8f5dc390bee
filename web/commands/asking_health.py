"""`quietline health`: asks the running server whether it is ready, as a probe does."""

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Any, Final

from channels.email.access import Lack
from messaging.backup.archive import ArchiveStanding
from web.commands.reasons import CommandFailed
from web.settings import Listen, Settings

PATIENCE: Final = 5.0
"""Seconds for an answer."""
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked, not listened on


async def health(settings: Settings, given: argparse.Namespace) -> int:
    """Exit 0 and one line when words would be kept right now."""
    base = _base(settings.web.ops or settings.web.http)
    said = await asyncio.to_thread(_ready, base)
    sys.stdout.write(json.dumps(said) + "\n" if given.json else f"{said['status']}{_more(said)}\n")
    return 0 if said["status"] == "ready" else 1


def _more(said: dict[str, Any]) -> str:
    """Anybody may ask a server, so it says a word; what to do about it is said here."""
    more = ""
    with suppress(KeyError, ValueError):  # none, or a word of a newer server's
        more += f": {Lack(said['oauth']).says}"
    if said.get("archive") == ArchiveStanding.TROUBLE:
        more += ": the archive cannot be kept up, the doctor says why"
    return more


def _base(at: Listen) -> str:
    host = _ANYWHERE.get(at.host, at.host)
    return f"http://[{host}]:{at.port}" if ":" in host else f"http://{host}:{at.port}"


def _ready(base: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{base}/health/ready", timeout=PATIENCE) as answer:  # noqa: S310 - our own address
            return dict(json.loads(answer.read(4096)))
    except urllib.error.HTTPError as fault:
        with fault:
            return _refused(fault)
    except (OSError, ValueError):  # nobody listens, no answer in time, or not a server of ours
        raise CommandFailed(f"no Quietline answers at {base}/health/ready") from None


def _refused(fault: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        return dict(json.loads(fault.read(4096)))
    except ValueError:
        return {"status": f"not ready ({fault.code})"}
