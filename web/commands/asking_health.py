"""`quietline health`: asks the running server whether it is ready, as a probe does."""

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request
from typing import Any, Final

from web.commands.acts import CommandFailed
from web.settings import Listen, Settings

PATIENCE: Final = 5.0
"""Seconds for an answer."""
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked, not listened on


async def health(settings: Settings, given: argparse.Namespace) -> int:
    """Exit 0 and one line when words would be kept right now."""
    base = _base(settings.web.ops or settings.web.http)
    said = await asyncio.to_thread(_ready, base)
    more = f": {said['oauth_says']}" if "oauth_says" in said else ""
    sys.stdout.write(json.dumps(said) + "\n" if given.json else f"{said['status']}{more}\n")
    return 0 if said["status"] == "ready" else 1


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
