"""Somebody at the terminal who runs `quietline mail consent`, and at a browser."""

import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

Typing = subprocess.Popen[str]


def begun(settings: dict[str, str], page: str) -> tuple[Typing, str]:
    """The command, waiting, and the address it says to open."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("QUIETLINE_")}
    command = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "mail", "consent", "--page", page],
        env={**clean, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stderr is not None
    for line in command.stderr:
        if line.startswith(page):
            return command, line.strip()
    raise AssertionError("it asks nobody")


def asked(page: str) -> dict[str, str]:
    """What the page is asked with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}


def finished(command: Typing, pasted: str) -> tuple[int, str, str]:
    """Its exit code, and what it said."""
    out, err = command.communicate(f"{pasted}\n", timeout=60)
    return command.returncode, out, err
