"""A process that answers one question at a time, within limits, and may be killed at any moment.

A frame is a length (4 bytes, big-endian) and that many bytes of MessagePack. Nothing is kept between two questions, and
nothing is ever written to standard error: a traceback could quote a letter.
"""

import math
import os
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Final

import msgspec

from channels.email.box.entering import Box, Wall, enter
from messaging.faults import located

MEMORY: Final = 512 * 1024 * 1024
"""Address space. A letter of 30 MB is held some five times over while it is read."""
CPU_SECONDS: Final = 5
"""For one question; mail bombs of under 1 MB cost the standard parser 40 s."""
NICE: Final = 19
"""Who talks live, and the door that takes letters, go first when there are too few cores."""
FRAME_LIMIT: Final = 128 * 1024 * 1024
FAULT: Final = 0xFFFF_FFFF
"""In the place of a length: what follows is where the question could not be answered."""


class Place(msgspec.Struct, frozen=True):
    """`messaging.faults.located`, as it comes through the pipe."""

    fault: str
    frames: list[str]
    within: list[str] = []


def encode_frame(content: Any) -> bytes:
    """A frame as it goes through the pipe."""
    encoded = msgspec.msgpack.encode(content)
    return len(encoded).to_bytes(4, "big") + encoded


def serve(
    questions: "msgspec.msgpack.Decoder[Any]", answer: Callable[[Any], Any], box: Box = Box.SEALED
) -> None:
    """Enters the box, and answers until standard input ends."""
    begin(box)
    answer_all(questions, answer)


def begin(box: Box) -> list[Wall]:
    """From here on this process is limited, and in the box. The walls that hold, and those that do not."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    return enter(box)


def answer_all(questions: "msgspec.msgpack.Decoder[Any]", answer: Callable[[Any], Any]) -> None:
    """One question after the other. A fault of ours is told by its place, and ends the process."""
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    while (frame := _frame(asked)) is not None:
        _allow_time()
        try:
            answered = encode_frame(answer(questions.decode(frame)))
        except Exception as fault:  # whatever it was: its text may quote the letter, its place does not
            told.write(FAULT.to_bytes(4, "big") + encode_frame(located(fault)))
            told.flush()
            raise SystemExit(1) from None
        told.write(answered)
        told.flush()


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    return stream.read(int.from_bytes(head, "big")) if len(head) == 4 else None


def _allow_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    # The limit counts from the start of the process; beyond it the kernel ends us.
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
