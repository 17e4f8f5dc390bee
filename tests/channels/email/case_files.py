"""Letters and reports of many mail programs, several to a file: `%% name`, the mail, and what is expected of it.

All of them invented, after what these programs write.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.channels.email.letters import FOLDER

_CASE = re.compile(r"^%% (?!shown$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reply:
    """A letter, and the words of it that its writer wrote."""

    name: str
    text: str
    shown: str


@dataclass(frozen=True, slots=True)
class Report:
    """A letter, and whom it reports as not reached, for good or for now, and why; `none`: it is no report."""

    name: str
    status_class: str
    recipients: tuple[str, ...]
    raw: bytes
    cause: str = ""
    """Empty where it is not asked for."""


def replies(folder: str = "replies") -> Iterator[Reply]:
    """Each reply."""
    for program, name, rest in _cases(folder):
        text, _, shown = rest.partition("%% shown\n")
        yield Reply(f"{program}: {name}", text, shown.strip("\n"))


def reports() -> Iterator[Report]:
    """Each report, and each letter that is none."""
    for group, head, rest in _cases("reports"):
        name, status_class, recipients, *cause = (one.strip() for one in head.split("|"))
        raw = rest.replace("\n", "\r\n").encode()
        yield Report(f"{group}: {name}", status_class, tuple(recipients.split()), raw, "".join(cause))


def own_words() -> Iterator[tuple[str, str]]:
    """How a program nobody has heard of introduces what we sent, and what we sent, in each of many languages."""
    for _, introduction, sent in _cases("own_words"):
        yield introduction, sent.strip()


def _cases(folder: str) -> Iterator[tuple[str, str, str]]:
    for path in sorted((FOLDER / folder).glob("*.txt")):
        for case in _CASE.split(path.read_text("utf-8"))[1:]:
            head, _, rest = case.partition("\n")
            yield path.stem, head, rest
