"""The master key from a command: a vault, a hardware module, a cloud's key service, whatever gives it on standard output."""

import os
import select
import signal
import subprocess
import time
from contextlib import suppress
from functools import cache
from typing import Final

from messaging.trust.encryption import KEY_BYTES, CannotOpen
from messaging.trust.root_keys import RootKey, RootKeys
from web.causes import cause
from web.database_settings import DatabaseSettings
from web.master_key import KeyTrouble, read_master_keys

SETTING: Final = "QUIETLINE_MASTER_KEY_COMMAND"
LIMIT: Final = 10.0
"""Seconds for all of it: a start must not hang where a vault does."""
MOST: Final = 1024
"""Octets that are read of what it says: a key is 64 digits."""
NOT_FROM_HERE: Final = (
    f"{SETTING}: a key that a command gives is not changed from here: put it into a file, rotate that, and give the new one "
    "to the command (docs/running.md)"
)


def keys_of(settings: DatabaseSettings, *, may_make: bool) -> RootKeys:
    """The master key and those beside it, from wherever the operator keeps it. Blocks. Raises KeyTrouble.

    A key from a command has none beside it, is never made here, and is not asked for again by the same process.
    """
    if settings.master_key_command is None:
        return read_master_keys(settings.master_key_file, may_make=may_make)
    return RootKeys([key_from(settings.master_key_command)])


def unwrapped(settings: DatabaseSettings, keys: RootKeys, wrapped: bytes) -> bytes:
    """What they open. Raises KeyTrouble where they do not."""
    try:
        return keys.unwrap(wrapped)
    except CannotOpen:
        named = "QUIETLINE_MASTER_KEY_FILE" if settings.master_key_command is None else SETTING
        raise KeyTrouble(f"{named}: the master key does not open this database") from None


def source_of(settings: DatabaseSettings) -> str:
    """Where it comes from, for the operator; no argument of a command, which may be a secret."""
    if settings.master_key_command is not None:
        return f"from {settings.master_key_command[0]} ({SETTING})"
    return f"from {settings.master_key_file}"


@cache  # bound: the one command of the settings
def key_from(command: tuple[str, ...]) -> RootKey:
    """What the command gives. Its standard error is thrown away: it may say more than a log should keep."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own words, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: held for name, held in os.environ.items() if not name.startswith("QUIETLINE_")},
            start_new_session=True,
        )
    except OSError as fault:
        raise KeyTrouble(f"{SETTING}: {command[0]} cannot be run: {cause(fault)}") from None
    with process:
        try:
            said = _said(process, command[0], time.monotonic() + LIMIT)
        finally:
            with suppress(ProcessLookupError):  # it, and what it left behind
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        raise KeyTrouble(f"{SETTING}: {command[0]} ended with exit code {process.returncode}")
    try:
        return RootKey(bytes.fromhex(said.decode("ascii").strip()))
    except ValueError:
        raise KeyTrouble(f"{SETTING}: {command[0]} did not give {2 * KEY_BYTES} hexadecimal digits") from None


def _said(process: "subprocess.Popen[bytes]", program: str, deadline: float) -> bytes:
    """Its output, when it has ended. Raises KeyTrouble after its time, or where it says too much."""
    assert process.stdout is not None
    said = bytearray()  # bound: MOST
    too_long = KeyTrouble(f"{SETTING}: {program} did not end within {LIMIT:.0f} s")
    while select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
        piece = os.read(process.stdout.fileno(), MOST)
        said += piece
        if len(said) > MOST:
            raise KeyTrouble(f"{SETTING}: {program} said more than a key")
        if not piece:
            break
    else:
        raise too_long
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise too_long from None
    return bytes(said)
