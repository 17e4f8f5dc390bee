"""The judge of a crash: what was promised, what is kept, and what everyone was told must be one story.

acknowledged      is kept, under the number that was acknowledged
a key             stands for one entry, and only if somebody asked for it
numbers           run from 1 without a gap, in the record and to every reader, who is told each of them once
all views         (the record as each member reads it, frames over all of a reader's connections) agree
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

View = tuple[str, str]
"""A conversation as one person sees it."""
Told = tuple[int, str | None]
"""An entry as it came: its number, and its key if it is a message."""


@dataclass
class History:
    """What clients asked for and were told, written down as it happened."""

    asked: set[tuple[str, str]] = field(default_factory=set)
    acked: dict[tuple[str, str], int] = field(default_factory=dict)
    told: dict[View, list[Told]] = field(default_factory=dict)
    contradicted: list[str] = field(default_factory=list)
    """Keys acknowledged a second time under another number."""

    def ask(self, conversation: str, key: str) -> None:
        """Somebody is about to say something."""
        self.asked.add((conversation, key))

    def ack(self, conversation: str, key: str, number: int) -> None:
        """The server says that it is kept."""
        if self.acked.setdefault((conversation, key), number) != number:
            self.contradicted.append(key)

    def tell(self, view: View, number: int, key: str | None) -> None:
        """A reader is told the next entry."""
        self.told.setdefault(view, []).append((number, key))


@dataclass
class Findings:
    """What does not fit, each as a line; all empty when the story holds."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not any(self.lines().values())

    def lines(self) -> dict[str, list[str]]:
        """By kind."""
        return {
            "lost": self.lost,
            "doubled": self.doubled,
            "out_of_order": self.out_of_order,
            "differing": self.differing,
            "strange": self.strange,
        }


def judge(history: History, records: Mapping[View, Sequence[Told]]) -> Findings:
    """Compares a history with the record as each member read it afterwards."""
    found = Findings(differing=[f"acknowledged under two numbers: {key}" for key in history.contradicted])
    kept: dict[str, Sequence[Told]] = {}
    for (conversation, person), record in records.items():
        first = kept.setdefault(conversation, record)
        if first is record:
            _judge_record(found, history, conversation, record)
        elif list(record) != list(first):
            found.differing.append(f"{conversation}: {person} reads another record")
    _judge_acks(found, history, kept)
    for (conversation, person), told in history.told.items():
        _judge_told(found, f"{conversation} to {person}", told, kept.get(conversation, ()))
    return found


def _judge_record(found: Findings, history: History, conversation: str, record: Sequence[Told]) -> None:
    if [number for number, _ in record] != list(range(1, len(record) + 1)):
        found.out_of_order.append(f"{conversation}: the record's numbers have a gap or go back")
    keys = Counter(key for _, key in record if key is not None)
    found.doubled += [
        f"{conversation}: {key} is kept {count} times" for key, count in keys.items() if count > 1
    ]
    found.strange += [
        f"{conversation}: nobody asked for {key}" for key in keys if (conversation, key) not in history.asked
    ]


def _judge_acks(found: Findings, history: History, kept: Mapping[str, Sequence[Told]]) -> None:
    numbers = {(c, key): number for c, record in kept.items() for number, key in record}
    for (conversation, key), number in history.acked.items():
        if (conversation, key) not in numbers:
            found.lost.append(f"{conversation}: {key} was acknowledged as {number}")
        elif numbers[conversation, key] != number:
            found.differing.append(f"{conversation}: {key} was acknowledged under another number")


def _judge_told(found: Findings, where: str, told: Sequence[Told], record: Sequence[Told]) -> None:
    times = Counter(number for number, _ in told)
    found.doubled += [f"{where}: {number} came {count} times" for number, count in times.items() if count > 1]
    if any(later <= earlier for (earlier, _), (later, _) in pairwise(told)):
        found.out_of_order.append(f"{where}: numbers went back")
    stands = dict(record)
    for number, key in told:
        if number not in stands:
            found.lost.append(f"{where}: {number} was told and is not kept")
        elif stands[number] != key:
            found.differing.append(f"{where}: {number} was told as another entry")
    found.lost += [f"{where}: {number} never came" for number in stands if number not in times]
