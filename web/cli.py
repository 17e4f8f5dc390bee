"""The console script: as little as starts quickly. What it reads and does is in `web.cli_commands`."""

import gc
import sys


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 refused or failed (one line on standard error), 2 usage."""
    # A thousand modules leave no rubbish while they are loaded; looking for it took a sixth of a command's start.
    gc.disable()
    try:
        from web.cli_commands import run  # noqa: PLC0415 - loaded while nothing looks for rubbish
    finally:
        gc.enable()
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
