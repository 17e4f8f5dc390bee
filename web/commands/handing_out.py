"""The arguments of `quietline export` and `unlock`. What they do stands in `export`, which no other command loads."""

import argparse
from collections.abc import Callable

from web.settings import Settings


def arguments(add: Callable[..., argparse.ArgumentParser]) -> None:
    """The command and what it takes."""
    export = add(
        "export", _export, "one conversation's whole record, or a practice's, into a file", migrates=False
    )
    which = export.add_mutually_exclusive_group(required=True)
    which.add_argument("--conversation", metavar="ID")
    which.add_argument("--practice", metavar="SLUG", help="all it holds, in one zip")
    export.add_argument("--format", choices=["json", "mbox", "html", "fhir"], required=True)
    export.add_argument(
        "-o", dest="output", metavar="PATH", required=True, help="the file, or - for standard output"
    )
    export.add_argument("--reason", metavar="TEXT", help="for the audit trail; name nobody in it")

    unlock = add(
        "unlock", _unlock, "open an archive of a practice that was fetched from a page", migrates=False
    )
    unlock.add_argument("file", help="the archive, or - for standard input")
    unlock.add_argument(
        "-o", dest="output", metavar="PATH", required=True, help="the zip, or - for standard output"
    )
    unlock.add_argument(
        "--recovery", metavar="FILE|-", help="the recovery sheet as typed, instead of the key file"
    )


async def _unlock(settings: Settings, given: argparse.Namespace) -> int:
    from web.commands.export import unlock  # noqa: PLC0415 - the same

    return await unlock(settings, given)


async def _export(settings: Settings, given: argparse.Namespace) -> int:
    from web.commands.export import export  # noqa: PLC0415 - it makes pages, which no other command does

    return await export(settings, given)
