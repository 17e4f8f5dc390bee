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

MEMORY: Final = 512 * 1024 * 1024
"""Address space. A letter of 30 MB is held some five times over while it is read."""
CPU_SECONDS: Final = 5
"""For one question; mail bombs of under 1 MB cost the standard parser 40 s."""
NICE: Final = 19
"""Who talks live, and the door that takes letters, go first when there are too few cores."""
FRAME_LIMIT: Final = 128 * 1024 * 1024


def encode_frame(content: Any) -> bytes:
    """A frame as it goes through the pipe."""
    encoded = msgspec.msgpack.encode(content)
    return len(encoded).to_bytes(4, "big") + encoded


def serve(questions: "msgspec.msgpack.Decoder[Any]", answer: Callable[[Any], Any]) -> None:
    """Answers until standard input ends."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be a letter on disk
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    while (frame := _frame(asked)) is not None:
        _allow_time()
        told.write(encode_frame(answer(questions.decode(frame))))
        told.flush()


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    return stream.read(int.from_bytes(head, "big")) if len(head) == 4 else None


def _allow_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    # The limit counts from the start of the process; beyond it the kernel ends us.
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
