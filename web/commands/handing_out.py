"""The arguments of `quietline export`. What it does stands in `export`, which no other command loads."""

import argparse
from collections.abc import Callable

from web.settings import Settings


def arguments(add: Callable[..., argparse.ArgumentParser]) -> None:
    """The command and what it takes."""
    export = add("export", _export, "one conversation's whole record, into a file", migrates=False)
    export.add_argument("--conversation", metavar="ID", required=True)
    export.add_argument("--format", choices=["json", "mbox", "html", "fhir"], required=True)
    export.add_argument(
        "-o", dest="output", metavar="PATH", required=True, help="the file, or - for standard output"
    )
    export.add_argument("--reason", metavar="TEXT", help="for the audit trail; name nobody in it")


async def _export(settings: Settings, given: argparse.Namespace) -> int:
    from web.commands.export import export  # noqa: PLC0415 - it makes pages, which no other command does

    return await export(settings, given)
