"""The command line: `quietline ...`. Exit 0 done, 1 refused or failed (one line on standard error), 2 usage."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Final

import uvloop

from messaging.errors import Refusal
from messaging.trust.encryption import CannotOpen
from threads.cluster import ClusterError
from threads.database import NotFitToServe, is_outage
from web import commands
from web.house import NotMigrated
from web.logs import set_up_logging
from web.master_key import KeyTrouble
from web.settings import NAMES, BadSettings, Settings, read_settings

Command = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]

FAILURES: Final = (BadSettings, ClusterError, KeyTrouble, NotFitToServe, NotMigrated, commands.CommandFailed)


def parser() -> argparse.ArgumentParser:
    """Every command and its arguments."""
    root = argparse.ArgumentParser("quietline", description="A server for text-based therapy.")
    root.add_argument(
        "--config", type=Path, help="a file of NAME=value lines with the same names as the environment"
    )
    commands_of = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands_of.add_parser(
        "demo", help="a lively practice to try, with mailboxes to read and answer from"
    )
    _listeners(demo)
    demo.set_defaults(run=commands.demo)

    serve = commands_of.add_parser("serve", help="the real server")
    _listeners(serve)
    serve.add_argument("--roles", default="web,mail,jobs", help="which parts this process runs")
    serve.add_argument("--no-migrate", action="store_true", help="refuse to start on an older schema")
    serve.set_defaults(run=commands.serve)

    migrate = commands_of.add_parser("migrate", help="bring the schema up to date")
    migrate.set_defaults(run=commands.migrate)

    provision = commands_of.add_parser(
        "provision", help="create practices, people, conversations and sessions"
    )
    provision.add_argument("file", help="JSON lines, or - for standard input")
    provision.set_defaults(run=commands.provision)

    token = commands_of.add_parser("token", help="bearer tokens").add_subparsers(dest="act", required=True)
    create = token.add_parser("create", help="a bearer token, printed once")
    create.add_argument("--person", required=True, help="a person's id, or - to read ids, one a line")
    create.add_argument("--ttl", default="1h", help="how long it lasts: 30m, 12h, 7d")
    create.set_defaults(run=commands.create_tokens)

    audit = commands_of.add_parser("audit", help="the audit trail").add_subparsers(dest="act", required=True)
    verify = audit.add_parser("verify", help="walk the hash chain of every practice")
    verify.set_defaults(run=commands.verify_audit)

    doctor = commands_of.add_parser("doctor", help="check database, keys, disk and mail; one line each")
    doctor.set_defaults(run=commands.doctor)
    for one in (demo, serve, migrate, provision, create, verify, doctor):
        one.add_argument("--json", action="store_true", help="one JSON object a line")
    return root


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
    except (*FAILURES, KeyboardInterrupt) as failure:
        return _fail(str(failure) or "interrupted")
    except Refusal as refusal:
        return _fail(refusal.detail)
    except CannotOpen:
        return _fail("the master key does not open this database")
    except KeyboardInterrupt:
        return 1
    except OSError as fault:
        return _fail(fault.strerror or type(fault).__name__)
    except Exception as fault:
        if is_outage(
            fault
        ):  # asyncpg raises plain exceptions when the database goes away; one line says enough
            return _fail("the database cannot be reached")
        raise


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
    return found


def _fail(line: str) -> int:
    sys.stderr.write(f"quietline: {line}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
