"""A process that answers one question about OpenPGP with the secret it is lent, if any, and ends.

    python -m channels.email.workers.unlock_worker

Apart from the process that reads letters: whoever finds a fault in a reader of MIME must not find the practice's key
there. Apart from the server: packets of a few kilobytes may unfold to gigabytes, and what a key costs its owner chooses.
"""

from typing import assert_never

import msgspec

from channels.email.sealing.examining import Examine, Examined, examine
from channels.email.sealing.locked import Lock, Locked, lock
from channels.email.sealing.opening import Check, Unlock, Unlocked, open_letter
from channels.email.workers.answering import serve

Question = Unlock | Check | Examine | Lock


def answer(question: Question) -> Unlocked | Examined | Locked:
    """The answer to a question."""
    match question:
        case Unlock() | Check():
            return open_letter(question)
        case Examine():
            return examine(question)
        case Lock():
            return lock(question)
        case _:
            assert_never(question)


if __name__ == "__main__":
    serve(msgspec.msgpack.Decoder(Question), answer)
