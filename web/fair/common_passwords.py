"""Passwords that leaks show most often: whoever guesses begins with those."""

from functools import cache


def is_common(password: str) -> bool:
    """Whether it stands in the list, however its letters are cased.

    The list (30 000, of zxcvbn; Wheeler, USENIX Security 2016) comes with the program: no password is asked about elsewhere.
    The first call reads it, some tenths of a second.
    """
    return password.casefold() in _common()


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - most commands need none of it

    return frozenset(FREQUENCY_LISTS["passwords"])
