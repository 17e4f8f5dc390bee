"""Finds one thing and goes no further, or dies: `python -m tests.web.searching.stuck_worker`.

What it does is the first word that is looked for.
"""

import os
import signal
import sys

import msgspec

from channels.email.workers.answering import encode_frame
from messaging.memory.searching import Sort
from messaging.searching.opening import Hit
from web.searching.exchanging import Question, Told

FOUND = "found, then "


def main() -> None:
    asked = sys.stdin.buffer
    question = msgspec.msgpack.decode(asked.read(int.from_bytes(asked.read(4), "big")), type=Question)
    does, source = question.search.words[0], question.search.sources[0]
    if does.startswith("found"):
        hit = Hit(source.newest, source.held.conversation, 1, Sort.LETTER, source.held.person, "one")
        sys.stdout.buffer.write(encode_frame(Told((hit,))))
        sys.stdout.buffer.flush()
    if does.endswith("dies"):
        os.kill(os.getpid(), signal.SIGKILL)
    asked.read(1)  # until the server ends us


if __name__ == "__main__":
    main()
