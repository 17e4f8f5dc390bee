"""Letters to a practice that answer nothing: whom they may come in for, and in whose sight they are held."""

from dataclasses import dataclass
from typing import Final

from channels.email.addresses import canonical, same_mailbox
from channels.email.mime.automatic import Automatic
from channels.email.reading.whose import is_own
from channels.email.senders.admitting import Outcome, Reason, Sender, Token, decide
from channels.email.senders.authenticity import Verdict
from channels.email.terms import MailIn
from channels.email.workers.parse_worker import Told
from messaging.arriving import originals
from messaging.arriving.addresses import further_addresses
from messaging.arriving.arrival import Arrival, Destination, Reading
from messaging.arriving.general import client_writing, practice_of, reason_for_postmaster, writer_of
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.office import Office
from messaging.people import Person

ROLES: Final = frozenset({"postmaster", "abuse"})
"""What every domain that takes mail must read (RFC 5321 4.5.1), and by which abuse is reported (RFC 2142 section 4)."""
_NOT_PEOPLES: Final = frozenset({Automatic.AUTO_REPLY, Automatic.REPORT})


def is_role(address: str) -> bool:
    """Postmaster or abuse; `postmaster` alone means ours (RFC 5321 4.5.1)."""
    return canonical(address).partition("@")[0] in ROLES


async def place_of(office: Office, terms: MailIn, address: str, writer: str) -> Destination | None:
    """Where a letter to such an address belongs, by its envelope sender; None where it may not come in."""
    host = canonical(address).partition("@")[2] or terms.domain
    if is_role(address):
        return await practice_of(office, host, terms.domain)
    # Whoever guessed the address could fill the disk. So it is taken from clients alone, and whether it truly is from one
    # is found when it is read; others are told in the dialog where to write to.
    if canonical(address) != canonical(f"post@{host}") or not writer:
        return None
    return await client_writing(office, writer, host, terms.domain)


@dataclass(frozen=True, slots=True)
class Came:
    """Such a letter, read, and what is known of who sent it."""

    original: StoredOriginal
    arrival: Arrival
    told: Told
    verdict: Verdict


async def settle(office: Office, terms: MailIn, came: Came, reading: Reading) -> OriginalState:
    """What becomes of it: held, unless it is a machine's or our own. It was taken, so it is never nowhere."""
    original, told = came.original, came.told
    if is_role(came.arrival.recipient):
        whose = await reason_for_postmaster(office, original.practice)
        return await originals.hold(office, original, whose, reading)
    if original.person is None:
        return await originals.hold(office, original, Reason.GENERAL_ADDRESS.value, reading)
    client = await writer_of(office, original)
    if client is None:
        return await originals.hold(office, original, "no_member", reading)
    domain = canonical(came.arrival.recipient).partition("@")[2]
    sender = await _sender(office, terms, client, told, domain)
    if sender is Sender.OWN:
        return await originals.decide(office, original, OriginalState.REFUSED, "own_address")
    if told.letter.automatic in _NOT_PEOPLES:
        return await originals.decide(office, original, OriginalState.EVENT, told.letter.automatic.value)
    decision = decide(Token.NONE, sender, came.verdict)
    # Who is no client's would be refused, but it was taken from a client's envelope, and nobody would hear of it.
    other = Reason.UNCLEAR_SENDER if sender is Sender.UNCLEAR else Reason.OTHER_ADDRESS
    reason = decision.reason if decision.outcome is Outcome.HOLD else None
    return await originals.hold(office, original, (reason or other).value, reading)


async def _sender(office: Office, terms: MailIn, client: Person, told: Told, domain: str) -> Sender:
    address = told.letter.sender
    if address is None:
        return Sender.UNCLEAR
    if is_own(domain, address, terms):
        return Sender.OWN
    further = [one.address for one in await further_addresses(office, client.practice, client.id)]
    known = any(same_mailbox(one, address) for one in (client.email or "", *further))
    return Sender.REGISTERED if known else Sender.OTHER
