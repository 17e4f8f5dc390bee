"""The command line: `quietline ...`. Exit 0 done, 1 refused or failed (one line on standard error), 2 usage."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvloop

from messaging.errors import Refusal
from messaging.trust.encryption import CannotOpen
from threads.database import NotFitToServe, is_outage
from threads.postgres.cluster import ClusterError
from web.commands import acts, mail_queue
from web.house import NotMigrated
from web.logs import set_up_logging
from web.master_key import KeyTrouble
from web.settings import NAMES, BadSettings, Settings, read_settings

Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]

FAILURES: Final = (BadSettings, ClusterError, KeyTrouble, NotFitToServe, NotMigrated, acts.CommandFailed)


def parser() -> argparse.ArgumentParser:
    """Every command and its arguments."""
    root = argparse.ArgumentParser("quietline", description="A server for text-based therapy.")
    root.add_argument(
        "--config", type=Path, help="a file of NAME=value lines with the same names as the environment"
    )
    below = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = partial(_command, below)

    demo = add("demo", acts.demo, "a lively practice to try, with mailboxes to read and answer from")
    serve = add("serve", acts.serve, "the real server")
    _listeners(demo)
    _listeners(serve)
    serve.add_argument("--roles", default="web,mail,jobs", help="which parts this process runs")
    serve.add_argument("--no-migrate", action="store_true", help="refuse to start on an older schema")

    add("migrate", acts.migrate, "bring the schema up to date")
    provision = add("provision", acts.provision, "create practices, people, conversations and sessions")
    provision.add_argument("file", help="JSON lines, or - for standard input")
    _doctor(add)

    token = below.add_parser("token", help="bearer tokens").add_subparsers(dest="act", required=True)
    create = _command(token, "create", acts.create_tokens, "a bearer token, printed once")
    create.add_argument("--person", required=True, help="a person's id, or - to read ids, one a line")
    create.add_argument("--ttl", default="1h", help="how long it lasts: 30m, 12h, 7d")

    mail = below.add_parser("mail", help="letters by mail").add_subparsers(dest="act", required=True)
    reparse = _command(mail, "reparse", _reparse, "read kept letters again")
    which = reparse.add_mutually_exclusive_group()
    which.add_argument("--held", action="store_true", help="held letters only (this is the default)")
    which.add_argument("--conversation", metavar="ID", help="one conversation's, held and delivered")
    which.add_argument("--all", action="store_true", help="everything, held and delivered")

    _command(mail, "queue", mail_queue.show_queue, "mail that waits to be sent, one line each")
    _command(mail, "flush", mail_queue.flush_queue, "try all of it now")

    audit = below.add_parser("audit", help="the audit trail").add_subparsers(dest="act", required=True)
    _command(audit, "verify", acts.verify_audit, "walk the hash chain of every practice")
    return root


def _doctor(add: "Callable[..., argparse.ArgumentParser]") -> None:
    doctor = add("doctor", acts.doctor, "check database, keys, disk, trail and relay; one line each")
    doctor.add_argument(
        "--mail", action="store_true", help="check mail: DNS, relay, mailbox, listeners, a test letter"
    )
    doctor.add_argument("--to", metavar="ADDRESS", help="send the test letter there instead of to ourselves")
    doctor.add_argument("--wait", type=float, default=60.0, help="seconds to wait for it (60); 0 sends none")


def _command(
    below: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Command, words: str
) -> argparse.ArgumentParser:
    command = below.add_parser(name, help=words)
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=run)
    return command


async def _reparse(settings: Settings, given: argparse.Namespace) -> int:
    """Reads kept letters again."""
    from web.commands.rereading import reparse  # noqa: PLC0415 - a process without mail does not load it

    return await reparse(settings, given)


def _listeners(command: argparse.ArgumentParser) -> None:
    for name in ("http", "smtp", "lmtp"):
        command.add_argument(f"--{name}", metavar="HOST:PORT" if name != "lmtp" else "HOST:PORT|PATH")


def main(arguments: list[str] | None = None) -> int:
    """The console script."""
    given = parser().parse_args(arguments)
    try:
        settings = read_settings(_given(given, os.environ))
        set_up_logging(settings.log if given.command == "serve" else "text")
        run: Command = given.run
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(run(settings, given))
    except (
        Exception,
        KeyboardInterrupt,
    ) as failure:  # what an operator can mend is one line; the rest is a defect
        line = _one_line(failure)
        if line is None:
            raise
        sys.stderr.write(f"quietline: {line}\n")
        return 1


def _one_line(failure: BaseException) -> str | None:
    """What to say of it, or None when it is a defect of ours and its traceback is wanted."""
    match failure:
        case KeyboardInterrupt():
            return "interrupted"
        case CannotOpen():
            return "the master key does not open this database"
        case Refusal():
            return failure.detail
        case OSError(strerror=str(words)):
            return words  # an address in use, a file that cannot be read
    if isinstance(failure, FAILURES):
        return str(failure)
    return "the database cannot be reached" if is_outage(failure) else None


def _given(given: argparse.Namespace, environment: Mapping[str, str]) -> dict[str, str]:
    """Settings from the file, over them the environment, over both the flags."""
    found: dict[str, str] = {}
    if given.config is not None:
        for line in given.config.read_text("utf-8").splitlines():
            name, equals, value = line.partition("=")
            if line.strip() and not line.lstrip().startswith("#"):
                if not equals:
                    raise BadSettings(f"{given.config}: a line is not NAME=value")
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


if __name__ == "__main__":
    sys.exit(main())
