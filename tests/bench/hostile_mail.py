"""What the reader makes of mutated mail: nothing may raise, take a second, take 200 MB, or bring on what SQL cannot hold.

    python -m tests.bench.hostile_mail                      400 mutations of our own letters
    python -m tests.bench.hostile_mail --mutations 10000    as many as was promised
    python -m tests.bench.hostile_mail FOLDER               of the mails of a folder of sets as well

Prints one JSON object: how many were read, how many raised, and took longer than a second of processor time; how many told
a NUL or half a character, or lost a line between what is shown and what is folded; `megabytes`, what the most demanding
took beside what reading takes at all; and times. Letters of 10 000 parts, and nested 1 000 deep, are among those mutated.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from channels.email.quoting.folding import fold
from channels.email.workers.parse_worker import Read, read
from tests.bench.mail_corpora import every_mail, times
from tests.bench.mutations import mutations
from tests.channels.email.case_files import replies, reports
from tests.channels.email.letters import all_letters

HANGS: Final = 1.0
"""Seconds of processor time."""
_PART: Final = b"--b\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA- \x00 words\r\n"
BOMBS: Final = (
    b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + _PART * 10_000,
    b"From: a@b.example\r\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(1000)),
    b"From: a@b.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"words\r\n",
    b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<blockquote>" * 1000 + b"words",
    b"From: a@b.example\r\n\r\n" + b">" * 1000 + b" words\r\n",
)
_BROKEN: Final = re.compile("[\x00\ud800-\udfff]")


def own_mails() -> list[bytes]:
    """Every letter of ours, and the bombs."""
    mails = [*BOMBS, *hostile_words(), *all_letters(), *(one.raw for one in reports())]
    mails += [b"Subject: x\r\n\r\n" + one.text.encode() for one in replies()]
    return mails + [b"Content-Type: text/html\r\n\r\n" + one.text.encode() for one in replies("pages")]


def hostile_words() -> list[bytes]:
    """NULs and halves of characters wherever words may stand, in every way to write them."""
    half, nul = b"=?utf-7?q?+2AA-?=", b"a\x00b=?utf-8?q?=00?="
    bodies = (
        b"Content-Type: text/plain; charset=utf-7\r\n\r\nx\x00 +2AA- y",
        b"Content-Type: text/plain; charset=utf-16le\r\n\r\n"
        + "x\ud800\0y".encode("utf-16le", "surrogatepass"),
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xed\xa0\x80 \x00",
        b"Content-Type: text/html\r\n\r\n&#0;&#xD800;&#55296;&#x110000; <p title='\x00'>x</p>",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=00=ED=A0=80",
        b"Content-Type: application/pdf; name*=utf-16''%d8%00%00; name=\"a\x00+2AA-.pdf\"\r\n\r\n\x00",
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:\x00\xed\xa0\x80\r\nEND:VEVENT",
    )
    heads = (
        b"Subject: " + half,
        b"Subject: " + nul,
        b"Message-ID: <\x00a@b>\r\nReferences: <" + nul + b"@x>",
    )
    return [head + b"\r\nCc: " + nul + b" <x\x00@y>\r\n" + body for head in heads for body in bodies]


def words_in(told: Any) -> Iterator[str]:
    """Every text of an answer, however deep."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for one in (*told.keys(), *told.values()):
            yield from words_in(one)
    elif isinstance(told, list | tuple):
        for one in told:
            yield from words_in(one)


def _tried(mail: bytes, marks: Counter[str]) -> float:
    begun = time.process_time()
    try:
        told = read(
            Read(mail, recent=("Dear Ruth, how did you sleep? Please write down three things.",), report=True)
        )
    except Exception:  # any exception at all is what is being measured
        marks["raised"] += 1
        return time.process_time() - begun
    took = time.process_time() - begun
    marks["broken"] += any(_BROKEN.search(one) for one in words_in(msgspec.to_builtins(told)))
    text = told.letter.text
    marks["lost"] += "".join(one.text for one in fold(text).segments) != text
    marks["empty"] += bool(text.strip()) and not told.shown.strip()
    marks["slow"] += took > HANGS
    return took


def _most_memory() -> int:
    """The most this process ever held, in kB. Not `ru_maxrss`, which begins with what our parent held."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0])


def measure(mails: list[bytes], count: int, seed: int) -> dict[str, Any]:
    """Reads the mails as they are, then mutated."""
    marks = Counter[str]()
    _tried(mails[-1], marks)
    before = _most_memory()
    seconds = [_tried(mail, marks) for mail in (*mails, *mutations(mails, count, seed))]
    found = {name: marks[name] for name in ("raised", "slow", "broken", "lost", "empty")}
    return {
        "read": len(seconds),
        "seed": seed,
        **found,
        "megabytes": (_most_memory() - before) // 1024,
        **times(seconds),
    }


def main() -> None:
    """Reads the command line, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpora", nargs="?", type=Path, help="folder of sets whose mails are mutated too")
    parser.add_argument("--mutations", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    mails = own_mails()
    if given.corpora is not None:
        mails = [path.read_bytes() for path in every_mail(given.corpora)] + mails
    sys.stdout.write(json.dumps(measure(mails, given.mutations, given.seed)) + "\n")


if __name__ == "__main__":
    main()
