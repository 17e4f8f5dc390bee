"""How well reports of failed delivery are read, on folders of mail with what others expect of it.

    python -m tests.bench.bounces                          the corpora named by QUIETLINE_CORPORA
    python -m tests.bench.bounces FOLDER --failures        other sets; name the mails that came out wrong
    python -m tests.bench.bounces --mutations 10000        as well, mutated mails: none may raise or hang

Prints one JSON object. A set is a folder with `expected.json`; of a mail either `kind`, `recipients` and `permanent`
(true or false), or lists of addresses that failed as `permanent` and `temporary`; or `auto`, whether it is automatic.
Of each set: bounces, all_found (every failed recipient), exact (no other), `recipients` and `recipients_found`,
class_right of class_of (an unknown class is a wrong one), others (what is no bounce, letters people wrote among them)
and of those flagged, and exceptions. A mail whose kind is unknown to those who made the set is counted apart.

*Which* letter bounced is never read from a report: `verp` signs a bounce address for each bounce, and counts how many
lead back to their own letter, and how many of a forger do.
"""

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from channels.email.addresses import bounce_address, read_bounce_address
from channels.email.mime.bounce_causes import Class
from channels.email.mime.bounces import Bounce, read_report
from tests.bench import mail_corpora
from tests.bench.mail_corpora import Expected, Set
from tests.bench.mutations import mutations

COUNTS: Final = (
    "bounces", "all_found", "exact", "recipients", "recipients_found", "class_of", "class_right",
    "others", "others_flagged", "undecided", "undecided_flagged", "exceptions",
)  # fmt: skip
HANGS: Final = 1.0
"""Seconds of CPU after which a mail counts as hanging."""
NO_BOUNCE: Final = ("not", "no-bounce", "non-bounces")
"""Folders of mails that are none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a set says of one mail. `permanent` None: not said."""

    kind: str
    recipients: frozenset[str] = frozenset()
    permanent: bool | None = None


@dataclass(slots=True)
class Score:
    """What came of one set, or of all."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def report(self, *, failures: bool) -> dict[str, Any]:
        """As JSON."""
        told: dict[str, Any] = {name: self.counts[name] for name in COUNTS} | mail_corpora.times(self.seconds)
        return told | ({"wrong": self.wrong} if failures else {})


def wanted(expected: Expected) -> Wanted | None:
    """What a set says of a mail, if it speaks of delivery at all."""
    permanent = expected.get("permanent")
    if isinstance(permanent, list):
        temporary = [one for one in expected.get("temporary", []) if isinstance(one, str)]
        named = frozenset(one.lower() for one in (*permanent, *temporary))
        only = bool(permanent) if bool(permanent) != bool(temporary) else None
        return Wanted("bounce" if named else "unknown", named, only)
    if "kind" in expected:
        named = frozenset(one.lower() for one in expected.get("recipients") or ())
        return Wanted(expected["kind"], named, permanent if isinstance(permanent, bool) else None)
    if expected.get("auto") is False:
        return Wanted("letter")
    return None


def score(of: Set) -> Score:
    """Reads every mail of a set of which it says whether it is a bounce."""
    result = Score()
    for name, raw, expected in of.mails():
        if (meant := wanted(expected)) is not None:
            _judge(result, f"{of.name}/{name}", raw, meant)
    for path in mail_corpora.every_mail(of.folder):
        if path.parent.name in NO_BOUNCE:
            _judge(result, f"{of.name}/{path.parent.name}/{path.name}", path.read_bytes(), Wanted("letter"))
    return result


def _judge(result: Score, name: str, raw: bytes, meant: Wanted) -> None:
    begun = time.process_time()
    try:
        read = read_report(raw)
    except Exception:  # any exception at all is what is being measured
        result.counts["exceptions"] += 1
        result.wrong.append(f"{name}: raised")
        return
    result.seconds.append(time.process_time() - begun)
    if meant.kind != "bounce" or not meant.recipients:
        group = "undecided" if meant.kind in ("unknown", "bounce") else "others"
        result.counts.update({group: 1, f"{group}_flagged": int(read is not None)})
        if read is not None and group == "others":
            result.wrong.append(f"{name}: flagged")
        return
    marks = _marks(read, meant)
    result.counts.update(marks)
    if not (marks["exact"] and marks["class_right"] == marks["class_of"]):
        result.wrong.append(f"{name}: {_difference(read, meant)}")


def _marks(read: Bounce | None, meant: Wanted) -> Counter[str]:
    found = frozenset(one.lower() for one in read.recipients) if read else frozenset()
    marks = Counter({"bounces": 1, "recipients": len(meant.recipients)})
    marks["recipients_found"] = len(meant.recipients & found)
    marks["all_found"] = int(meant.recipients <= found)
    marks["exact"] = int(meant.recipients == found)
    if meant.permanent is not None:
        right = Class.PERMANENT if meant.permanent else Class.TEMPORARY
        marks.update({"class_of": 1, "class_right": int(read is not None and read.status_class is right)})
    return marks


def _difference(read: Bounce | None, meant: Wanted) -> str:
    if read is None:
        return "not recognised"
    found = frozenset(one.lower() for one in read.recipients)
    class_wanted = {True: "permanent", False: "temporary", None: "?"}[meant.permanent]
    missing, extra = sorted(meant.recipients - found), sorted(found - meant.recipients)
    return f"missing {missing}, extra {extra}, class {read.status_class} for {class_wanted}"


def verp(mails: int) -> dict[str, int]:
    """Sign a bounce address for each mail; count those that lead back, and those of a forger that do."""
    key, other, now = b"k" * 32, b"f" * 32, datetime(2031, 1, 14, tzinfo=UTC)
    counts = Counter({"signed": mails, "led_back": 0, "forged_accepted": 0})
    for number in range(mails):
        mail = number.to_bytes(16, "big")
        ours = bounce_address(mail, key, domain="mail.practice.test", now=now)
        forged = bounce_address(mail, other, domain="mail.practice.test", now=now)
        for address in (ours, ours.upper()):
            counts["led_back"] += (
                read_bounce_address(address, key, domain="mail.practice.test", now=now) == mail
            )
        for address in (forged, ours.replace("b+", "b+a", 1)):
            read = read_bounce_address(address, key, domain="mail.practice.test", now=now)
            counts["forged_accepted"] += read is not None
    counts["led_back"] //= 2  # each was tried as sent, and as a program shouts it
    return dict(counts)


def read_mutations(corpora: Path, count: int, seed: int) -> dict[str, Any]:
    """Reads mutated mails."""
    mails = [path.read_bytes() for path in mail_corpora.every_mail(corpora)]
    marks, seconds = Counter[str](), []
    for mail in mutations(mails, count, seed):
        begun = time.process_time()
        try:
            read_report(mail)
        except Exception:  # any exception at all is what is being measured
            marks["raised"] += 1
            continue
        seconds.append(time.process_time() - begun)
        marks["hanging"] += seconds[-1] > HANGS
    counts = {name: marks[name] for name in ("raised", "hanging")}
    return {"n": count, "seed": seed} | counts | mail_corpora.times(seconds)


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Every set, and all of them together."""
    every, told = Score(), {}
    for one in mail_corpora.sets(given.corpora):
        result = score(one)
        if result.counts:
            told[one.name] = result.report(failures=given.failures)
            every.counts.update(result.counts)
            every.seconds += result.seconds
    report: dict[str, Any] = {
        "corpora": str(given.corpora),
        "sets": told,
        "all": every.report(failures=False),
    }
    report["verp"] = verp(every.counts["bounces"])
    if given.mutations:
        report["mutations"] = read_mutations(given.corpora, given.mutations, given.seed)
    return report


if __name__ == "__main__":
    mail_corpora.main(__doc__ or "", measure)
