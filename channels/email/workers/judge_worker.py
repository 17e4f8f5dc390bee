"""A process that judges who wrote a letter: the only one of a letter's readers that may ask the network, for name servers.

    python -m channels.email.workers.judge_worker

Apart from the one that reads MIME, which so needs no network at all.
"""

from functools import cache

import msgspec

from channels.email.box.entering import Box
from channels.email.senders.authenticity import Verdict, verify
from channels.email.senders.replays import Taken
from channels.email.senders.resolving import Resolver
from channels.email.workers.answering import serve


class Judge(msgspec.Struct, frozen=True, tag=True):
    """Who is it from? `dns` None: the system's resolver."""

    raw: bytes
    taken: Taken
    client_ip: str | None
    helo: str
    mail_from: str
    authserv_id: str | None
    trusted: bool
    dns: tuple[str, int] | None
    sealers: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Judge(***)"


def judge(question: Judge) -> Verdict:
    """Judges a letter's sender; asks DNS."""
    return verify(
        question.raw,
        client_ip=question.client_ip,
        helo=question.helo,
        mail_from=question.mail_from,
        taken=question.taken,
        resolver=_resolver(question.dns),
        authserv_id=question.authserv_id,
        trusted_ar=question.trusted,
        sealers=question.sealers,
    )


@cache  # bound: one setting
def _resolver(dns: tuple[str, int] | None) -> Resolver:
    return Resolver(*dns) if dns else Resolver()


if __name__ == "__main__":
    serve(msgspec.msgpack.Decoder(Judge), judge, Box.NAMES)
