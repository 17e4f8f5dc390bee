"""Which version runs."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final


def _installed() -> str:
    try:
        return version("quietline")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0"


VERSION: Final = _installed()
