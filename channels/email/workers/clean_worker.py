"""Photos rid of what their camera wrote, by a process that may be killed: how long that takes their sender chooses.

python -m channels.email.workers.clean_worker      questions on standard input, answers on standard output
"""

import msgspec

from channels.email.workers.answering import serve
from channels.photos.cleaning import cleaned


class Clean(msgspec.Struct, frozen=True):
    """What is this photo without it?"""

    kind: str
    raw: bytes

    def __repr__(self) -> str:
        return "Clean(***)"


class Clear(msgspec.Struct, frozen=True):
    """The photo; None: it cannot be cleaned."""

    photo: bytes | None

    def __repr__(self) -> str:
        return "Clear(***)"


def answer(question: Clean) -> Clear:
    """The answer to a question."""
    return Clear(cleaned(question.kind, question.raw))


if __name__ == "__main__":
    serve(msgspec.msgpack.Decoder(Clean), answer)
