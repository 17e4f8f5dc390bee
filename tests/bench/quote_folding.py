"""How well folding tells a writer's words from what is quoted, on folders of mail with what others expect of it.

    python -m tests.bench.quote_folding                          the corpora named by QUIETLINE_CORPORA
    python -m tests.bench.quote_folding FOLDER --failures        other sets; name the mails that came out wrong
    python -m tests.bench.quote_folding --mutations 10000        as well, mutated mails: none may raise, hang or be lost

Prints one JSON object. A set is a folder with `expected.json`: `{mail: {"reply": words, ...}}`, the mail a text, a raw
letter (.eml) or a page (.html). Of each set: n, exact (equal but for blanks at line ends), accepted (blanks and a
signature left standing aside), hidden (words of the writer not visible at once, with those that open the
fold: the measure that must be 0), texts losing words, losing half of them, leaking words that are not the writer's, empty
where there was something to read, and the time of parsing and folding. `partial` are mails of which only some words are
asserted. Pages are compared by their words without blanks; what a set expects to be empty we show by design.

`written_in` is the same mail answered: what a set says is quoted counts as a letter we sent, and a writer's line is
put in above lines of the mail, and behind them, marked as they are. Of so many the hidden ones: 0, or somebody is not heard.
"""

import argparse
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from channels.email.mime.parsing import parse
from channels.email.mime.plain_text import html_to_text
from channels.email.quoting.folding import SHOWN, Folded, fold
from channels.email.quoting.lines import Kind, unmarked
from tests.bench import mail_corpora
from tests.bench.mail_corpora import Expected, Set
from tests.bench.mutations import mutations

COUNTS: Final = (
    "n", "exact", "accepted", "hidden", "losing", "losing_half",
    "losing_half_besides_signature", "leaking", "empty", "raised",
)  # fmt: skip
HANGS: Final = 1.0
"""Seconds of CPU after which a mail counts as hanging."""
WRITTEN: Final = ("Ich will nicht mehr 17.", "👍👍")
"""What is written in: words no mail of a set holds."""
PLACES: Final = 5
"""Places of one mail at which it is."""
LINES_LIMIT: Final = 150
_DRAWN: Final = re.compile(r"^[>\s]*_{8,}$|^[>\s]*-- ?$", re.MULTILINE)


@dataclass(slots=True)
class Score:
    """What came of one set, or of all."""

    texts: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    partial: Counter[str] = field(default_factory=Counter)
    written_in: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def report(self, *, failures: bool) -> dict[str, Any]:
        """As JSON."""
        told: dict[str, Any] = {name: self.texts[name] for name in COUNTS} | mail_corpora.times(self.seconds)
        if self.pages["n"]:
            told["html"] = {name: self.pages[name] for name in COUNTS}
        if self.partial["n"]:
            told["partial"] = dict(self.partial)
        told["written_in"] = {name: self.written_in[name] for name in ("n", "hidden")}
        return told | ({"wrong": self.wrong} if failures else {})

    def add(self, other: "Score") -> None:
        """Adds another set's."""
        for mine, its in (
            (self.texts, other.texts),
            (self.pages, other.pages),
            (self.partial, other.partial),
            (self.written_in, other.written_in),
        ):
            mine.update(its)
        self.seconds += other.seconds


def read(name: str, raw: bytes) -> tuple[str, Folded]:
    """The text of a mail, and folded."""
    if name.endswith((".html", ".htm")):
        text = html_to_text(raw.decode("utf-8", "replace"))
    elif name.endswith(".txt"):
        text = raw.decode("utf-8", "replace")
    else:
        text = parse(raw).text
    return text, fold(text)


def score(of: Set) -> Score:
    """Reads every mail of a set of which words are expected."""
    result = Score()
    for name, raw, expected in of.mails():
        if not _is_judged(expected):
            continue
        counts = (
            result.pages if _is_page(expected) else result.texts if "reply" in expected else result.partial
        )
        begun = time.process_time()
        try:
            text, folded = read(name, raw)
        except Exception:  # any exception at all is what is being measured
            counts.update(("n", "raised"))
            result.wrong.append(f"{of.name}/{name}")
            continue
        result.seconds.append(time.process_time() - begun)
        marks = _marks(text, folded, expected)
        counts.update(("n", *marks))
        counts["hidden"] += _hidden(folded, expected)
        if "reply" in expected:
            result.written_in.update(answered(text, str(expected["reply"])))
        if not marks & {"exact", "right"}:
            result.wrong.append(f"{of.name}/{name}: {', '.join(sorted(marks)) or 'otherwise'}")
    return result


def _is_judged(expected: Expected) -> bool:
    return any(
        name in expected for name in ("reply", "reply_html", "reply_html_nospace", "contains", "not_contains")
    )


def _is_page(expected: Expected) -> bool:
    return expected.get("input") == "html" or "reply_html" in expected or "reply_html_nospace" in expected


def _marks(text: str, folded: Folded, expected: Expected) -> set[str]:
    shown = folded.shown
    if _is_page(expected):
        return _marks_of_page(text, shown, expected)
    if "reply" not in expected:
        kept = all(words in shown for words in expected.get("contains", []))
        return {"right"} if kept and not any(w in shown for w in expected.get("not_contains", [])) else set()
    marks = _marks_of_text(text, shown, expected)
    if "losing_half" in marks:  # some sets count "Sent from my telephone" as the writer's words
        signed = " ".join(one.text for one in folded.segments if one.kind in (*SHOWN, Kind.SIGNATURE))
        if "losing_half" in _losses(text, signed, expected["reply"], ""):
            marks.add("losing_half_besides_signature")
    return marks


def _hidden(folded: Folded, expected: Expected) -> int:
    """How many of the writer's words are neither shown nor said in the fold's summary."""
    if _is_page(expected) and "reply" not in expected:
        wanted = html_to_text(str(expected.get("reply_html", expected.get("reply_html_nospace"))))
    else:
        wanted = str(expected.get("reply", " ".join(expected.get("contains", []))))
    if expected.get("markdown_from_html"):
        wanted = re.sub("[*_]", "", wanted)
    own = "\n".join(line for line in wanted.split("\n") if not line.lstrip().startswith(">"))
    seen = f"{folded.shown}\n{folded.begins}"
    if _is_page(expected):  # whose words stand without blanks between in some sets
        return sum(word not in _unspaced(seen) for word in words(own).elements() if word.strip("_"))
    return (
        words(own) - words(re.sub("[*_]", "", seen) if expected.get("markdown_from_html") else seen)
    ).total()


def answered(text: str, reply: str) -> Counter[str]:
    """Lines written into a mail whose quoted words are ours, and how many of them are hidden."""
    lines, own = text.split("\n")[:LINES_LIMIT], {line.strip() for line in reply.split("\n")}
    sent = "\n".join(unmarked(line) for line in lines if line.strip() not in own)
    counts, step = Counter[str](), max(1, len(lines) // PLACES)
    for place in range(0, len(lines), step):
        mark = lines[place][: len(lines[place]) - len(unmarked(lines[place]))]
        for one in WRITTEN:
            behind = f"{lines[place]} {one}" if lines[place].strip() else one
            for added in ([f"{mark}{one}", lines[place]], [one, lines[place]], [behind]):
                folded = fold("\n".join([*lines[:place], *added, *lines[place + 1 :]]), [sent])
                counts.update(n=1, hidden=one not in f"{folded.shown}\n{folded.begins}")
    return counts


def _marks_of_text(text: str, shown: str, expected: Expected) -> set[str]:
    wanted, shown = expected["reply"], tidy(shown)
    if expected.get("markdown_from_html"):
        shown, wanted = (re.sub("[*_]", "", one) for one in (shown, wanted))
    also = [
        *expected.get("accept", []),
        *(f"{wanted}\n\n{sig}" for sig in expected.get("accept_signature", [])),
    ]
    if expected.get("accept_without_quotes"):
        also.append(
            "\n".join(line for line in wanted.split("\n") if not line.startswith((">", "On Tue, 2011")))
        )
    own = "\n".join(line for line in wanted.split("\n") if not line.lstrip().startswith(">")) or wanted
    marks = _losses(text, shown, own, " ".join([wanted, *also]))
    if shown == tidy(wanted):
        marks.add("exact")
    if _unspaced(shown) in {_unspaced(one) for one in (wanted, *also)}:
        marks.add("accepted")
    return marks


def _marks_of_page(text: str, shown: str, expected: Expected) -> set[str]:
    if "reply" in expected:
        wanted = str(expected["reply"])
    else:
        wanted = html_to_text(str(expected.get("reply_html", expected.get("reply_html_nospace"))))
    wanted, shown = (
        _unspaced(re.sub("^[> ]+|^- ", "", _DRAWN.sub("", one), flags=re.MULTILINE))
        for one in (wanted, shown)
    )
    marks = {"exact", "accepted"} if wanted == shown else set()
    if not shown and text.strip():
        marks.add("empty")
    if wanted not in shown:
        marks.add("losing")
        marks |= {"losing_half"} if len(shown) * 2 < len(wanted) else set()
    elif wanted != shown:
        marks.add("leaking")
    return marks


def _losses(text: str, shown: str, own: str, accepted: str) -> set[str]:
    marks = set()
    lost = words(own) - words(shown)
    if lost:
        marks.add("losing")
    if lost and 2 * lost.total() >= words(own).total():
        marks.add("losing_half")
    if words(shown) - words(accepted):
        marks.add("leaking")
    if text.strip() and not shown:
        marks.add("empty")
    return marks


def tidy(text: str) -> str:
    """Without blanks at line ends and empty lines around."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n")).strip()


def words(text: str) -> Counter[str]:
    """Each word, and how often."""
    return Counter(re.findall(r"\w+", text))


def _unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text)


def read_mutations(corpora: Path, count: int, seed: int) -> dict[str, Any]:
    """Reads mutated mails; every line must be shown or folded, and something shown where something was written."""
    mails = [path.read_bytes() for path in mail_corpora.every_mail(corpora)]
    marks, seconds = Counter[str](), []
    for mail in mutations(mails, count, seed):
        begun = time.process_time()
        try:
            text = parse(mail).text
            folded = fold(text, own_recent=[text[200:900]])
        except Exception:  # any exception at all is what is being measured
            marks["raised"] += 1
            continue
        seconds.append(time.process_time() - begun)
        marks["hanging"] += seconds[-1] > HANGS
        marks["empty"] += bool(text.strip()) and not folded.shown
        marks["losing_lines"] += "".join(one.text for one in folded.segments) != text
    counts = {name: marks[name] for name in ("raised", "hanging", "empty", "losing_lines")}
    return {"n": count, "seed": seed} | counts | mail_corpora.times(seconds)


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Every set, and all of them together."""
    every, told = Score(), {}
    for one in mail_corpora.sets(given.corpora):
        result = score(one)
        if result.seconds or result.wrong:
            told[one.name] = result.report(failures=given.failures)
            every.add(result)
    report: dict[str, Any] = {
        "corpora": str(given.corpora),
        "sets": told,
        "all": every.report(failures=False),
    }
    if given.mutations:
        report["mutations"] = read_mutations(given.corpora, given.mutations, given.seed)
    return report


if __name__ == "__main__":
    mail_corpora.main(__doc__ or "", measure)
