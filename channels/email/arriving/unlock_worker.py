"""A process that opens one letter with the secret it is lent, and ends.

    python -m channels.email.arriving.unlock_worker

Apart from the process that reads letters: whoever finds a fault in a reader of MIME must not find the practice's key
there. Apart from the server: packets of a few kilobytes may unfold to gigabytes.
"""

import msgspec

from channels.email.arriving.answering import serve
from channels.email.sealing.opening import Check, Unlock, answer

if __name__ == "__main__":
    serve(msgspec.msgpack.Decoder(Unlock | Check), answer)
