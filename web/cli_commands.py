"""The command line: `quietline ...`. Exit 0 done, 1 refused or failed (one line on standard error), 2 usage.

Each command says whether it brings an older schema up to date; those that do not refuse over one.
"""

import argparse
import asyncio
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvloop

from messaging.backup.header import NoBackup, NotEmpty
from messaging.backup.sheet import NoSheet
from messaging.errors import Refusal
from messaging.faults import located
from messaging.memory.ending import LedgerTrouble
from messaging.trust.encryption import CannotOpen
from messaging.trust.noted import Door, coming_by
from threads.backup.copying import CannotBackUp
from threads.connection.outages import is_outage
from threads.database import NotFitToServe
from threads.postgres.cluster import ClusterError
from threads.schema import NewerSchema, NotMigrated
from threads.trail.anchors import AnchorTrouble
from web.causes import CannotListen, cause, read_file
from web.commands import (
    acts,
    auditing,
    breach,
    consent,
    handing_out,
    mail_queue,
    people,
    people_lines,
)
from web.commands.asking_health import health
from web.commands.reasons import CommandFailed
from web.commands.words_over_time import words_over_time
from web.house_database import CannotReach
from web.logs import in_the_loop, set_up_logging
from web.master_key import KeyTrouble
from web.settings import NAMES, BadSettings, Settings, read_settings
from web.version import VERSION

log = logging.getLogger(__name__)

SERVES: Final = frozenset({"serve", "demo"})
"""Whoever these serve comes by doors of their own."""
Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]

FAILURES: Final = (
    AnchorTrouble,
    BadSettings,
    CannotBackUp,
    CannotListen,
    CannotReach,
    ClusterError,
    KeyTrouble,
    LedgerTrouble,
    NewerSchema,
    NoBackup,
    NoSheet,
    NotEmpty,
    NotFitToServe,
    NotMigrated,
    CommandFailed,
)


def parser() -> argparse.ArgumentParser:
    """Every command and its arguments."""
    root = argparse.ArgumentParser("quietline", description="A server for text-based therapy.")
    root.add_argument("--version", action="version", version=f"quietline {VERSION}")
    root.add_argument(
        "--config", type=Path, help="a file of NAME=value lines with the same names as the environment"
    )
    below = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = partial(_command, below)

    demo = add(
        "demo", acts.demo, "a lively practice to try, with mailboxes to read and answer from", migrates=True
    )
    serve = add("serve", _serve, "the real server", migrates=True)
    _listeners(demo)
    _listeners(serve)
    serve.add_argument("--roles", default="web,mail,jobs", help="which parts this process runs")
    serve.add_argument("--no-migrate", action="store_true", help="refuse to start on an older schema")
    serve.add_argument(
        "--workers", type=int, default=1, metavar="N", help="how many processes answer at the port (1)"
    )
    serve.add_argument("--fellow", type=int, help=argparse.SUPPRESS)  # one of them, started by the first

    add("migrate", acts.migrate, "bring the schema up to date", migrates=True)
    provision = add(
        "provision", acts.provision, "create practices, people, conversations and sessions", migrates=False
    )
    provision.add_argument("file", help="JSON lines, or - for standard input")
    _reason(provision)
    _doctor_words(add)
    add("health", health, "ask the running server whether it is ready", migrates=False)

    handing_out.arguments(add)
    words_over_time(below, _command)
    _second_words(below)
    return root


def _second_words(below: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands of two words."""
    token = below.add_parser("token", help="bearer tokens").add_subparsers(dest="act", required=True)
    create = _command(token, "create", acts.create_tokens, "a bearer token, printed once", migrates=False)
    create.add_argument("--person", required=True, help="a person's id, or - to read ids, one a line")
    create.add_argument("--ttl", default="1h", help="how long it lasts, at most 90d: 30m, 12h, 7d")
    _reason(create)
    create.add_argument(
        "--step-up", action="store_true", help="also for what asks people for their password once more"
    )

    listed = _command(token, "list", people.list_tokens, "somebody's running sign-ins", migrates=False)
    people_lines.of_person(listed)
    revoke = _command(token, "revoke", people.revoke, "end one", migrates=False)
    revoke.add_argument("id", help="a sign-in's id, of `token list`")
    people_lines.commands(below, _command)
    _mail(below)
    auditing.commands(below, _command)
    breach.commands(below, _command)


def _mail(below: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Letters by mail."""
    mail = below.add_parser("mail", help="letters by mail").add_subparsers(dest="act", required=True)
    reparse = _command(mail, "reparse", _reparse, "read kept letters again", migrates=False)
    which = reparse.add_mutually_exclusive_group()
    which.add_argument("--held", action="store_true", help="held letters only (this is the default)")
    which.add_argument("--conversation", metavar="ID", help="one conversation's, held and delivered")
    which.add_argument("--all", action="store_true", help="everything, held and delivered")

    _command(
        mail, "queue", mail_queue.show_queue, "mail that waits to be sent, one line each", migrates=False
    )
    _command(mail, "flush", mail_queue.flush_queue, "try all of it now", migrates=False)
    agreed = _command(
        mail, "consent", consent.consent, "let Quietline into a mailbox at a provider", migrates=False
    )
    agreed.add_argument(
        "--page", metavar="URL", help="where to say yes, at a provider Quietline does not know"
    )


def _reason(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reason", help="for the audit trail (asked for on a terminal); name nobody in it")


def _doctor_words(add: "Callable[..., argparse.ArgumentParser]") -> None:
    doctor = add(
        "doctor", _doctor, "check database, keys, disk, trail and relay; one line each", migrates=False
    )
    doctor.add_argument(
        "--mail", action="store_true", help="check mail: DNS, relay, mailbox, listeners, a test letter"
    )
    doctor.add_argument("--to", metavar="ADDRESS", help="send the test letter there instead of to ourselves")
    doctor.add_argument("--wait", type=float, default=60.0, help="seconds to wait for it (60); 0 sends none")


def _command(
    below: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Command,
    words: str,
    *,
    migrates: bool,
) -> argparse.ArgumentParser:
    command = below.add_parser(name, help=words)
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=run, migrates=migrates)
    return command


async def _serve(settings: Settings, given: argparse.Namespace) -> int:
    """The real server."""
    from web.commands.serving import serve  # noqa: PLC0415 - a command that serves nothing does not load the pages

    return await serve(settings, given)


async def _doctor(settings: Settings, given: argparse.Namespace) -> int:
    """One line a check."""
    from web.commands.checking import doctor  # noqa: PLC0415 - only this command looks at everything

    return await doctor(settings, given)


async def _reparse(settings: Settings, given: argparse.Namespace) -> int:
    """Reads kept letters again."""
    from web.commands.rereading import reparse  # noqa: PLC0415 - a process without mail does not load it

    return await reparse(settings, given)


def _listeners(command: argparse.ArgumentParser) -> None:
    for name in ("http", "smtp", "lmtp"):
        command.add_argument(f"--{name}", metavar="HOST:PORT" if name != "lmtp" else "HOST:PORT|PATH")


def run(arguments: list[str] | None = None) -> int:
    """Reads a line and does what it says. `web.cli` is the console script."""
    given = parser().parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be keys and words on disk
    set_up_logging("text")
    try:
        settings = read_settings(_given(given, os.environ))
        set_up_logging(settings.log if given.command == "serve" else "text")
        door = None if given.command in SERVES else Door.TERMINAL
        with coming_by(door), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.get_loop().set_exception_handler(in_the_loop)
            return runner.run(_until_told(given.run(settings, given)))
    # What an operator can mend is one line; the rest is a defect.
    except (Exception, KeyboardInterrupt, asyncio.CancelledError) as failure:
        line = _one_line(failure)
        if line is None:
            # No traceback: the fault's text may quote what somebody wrote.
            log.critical("ended by a fault of this program", extra=located(failure))
            return 1
        sys.stderr.write(f"quietline: {line}\n")
        return 1


async def _until_told(work: Coroutine[Any, Any, int]) -> int:
    """SIGTERM ends a command as Ctrl-C does: what it made half is removed. (What serves says itself how it ends.)"""
    task = asyncio.current_task()
    if task is not None and threading.current_thread() is threading.main_thread():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def _one_line(failure: BaseException) -> str | None:
    """What to say of it, or None when it is a defect of ours and its place is wanted."""
    line: str | None = None
    match failure:
        case KeyboardInterrupt() | asyncio.CancelledError():
            line = "interrupted"
        case CannotOpen():
            line = "QUIETLINE_MASTER_KEY_FILE: the master key does not open this database"
        case Refusal():
            line = failure.detail
        case BaseExceptionGroup():
            # A task group wraps what ends it. One fault without words makes all of it a defect.
            lines = [_one_line(one) for one in failure.exceptions]
            line = lines[0] if all(lines) else None
        case OSError(filename=str(name)):
            line = f"{name}: {cause(failure)}"
        case OSError(strerror=str(words)):
            line = words
        case _ if isinstance(failure, FAILURES):
            line = str(failure)
        case _ if is_outage(failure):
            line = "the database cannot be reached"
    return line


def _given(given: argparse.Namespace, environment: Mapping[str, str]) -> dict[str, str]:
    """Settings from the file, over them the environment, over both the flags."""
    found: dict[str, str] = {}
    if given.config is not None:
        for line in _config(given.config).splitlines():
            name, equals, value = line.partition("=")
            if line.strip() and not line.lstrip().startswith("#"):
                if not equals:
                    raise BadSettings(f"--config: {given.config}: a line is not NAME=value")
                found[name.strip()] = value.strip()
    found |= {name: environment[name] for name in NAMES if name in environment}
    found |= {n: v for n, v in environment.items() if n.startswith("QUIETLINE_") and n not in found}
    for flag in ("http", "smtp", "lmtp"):
        if getattr(given, flag, None):
            found[f"QUIETLINE_{flag.upper()}"] = getattr(given, flag)
    if given.command == "demo":
        # Beside the real data, never in it: everybody knows the passwords of the demo's people.
        found.setdefault("QUIETLINE_DATA_DIR", "./var/demo")
    return found


def _config(path: Path) -> str:
    try:
        return read_file("--config", path).decode()
    except UnicodeDecodeError:
        raise BadSettings(f"--config: {path} is not text in UTF-8") from None
