"""What Sequoia raises, brought to one refusal."""

from collections.abc import Iterator
from contextlib import contextmanager


class Refused(Exception):
    """Sequoia could not do it. Its own words are dropped: they carry stack traces, and may carry user ids."""


@contextmanager
def sequoia() -> Iterator[None]:
    """Raises Refused for whatever goes wrong in Rust, panics included: damaged packets are known to cause some."""
    try:
        yield
    except (RuntimeError, ValueError, OSError):
        raise Refused from None
    except BaseException as fault:  # a panic is no Exception, nor can its type be imported; all others go on
        if type(fault).__name__ != "PanicException":
            raise
        raise Refused from None
