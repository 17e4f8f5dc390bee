"""A letter that came, with what OpenPGP hid in it or says of it.

read (a process that knows no secret) > opened (a process that reads no MIME) > what was inside, read like any letter
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from channels.email.addresses import same_mailbox
from channels.email.mime.automatic import Automatic
from channels.email.mime.bodies import SIGNED as SIGNED_UNCHECKED
from channels.email.sealing.finding import Found, Kind
from channels.email.sealing.opening import Check, Signed, Unlock, Unlocked
from channels.email.workers.parse_worker import Read, Told
from messaging.arriving.before import Before

TEXT: Final = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


class Hands(Protocol):
    """Those who read and open."""

    async def read(self, question: Read) -> Told:
        """What a letter says. Raises Unread."""

    async def unlock(self, question: Unlock | Check) -> Unlocked:
        """What is inside, and whose signature it is. Raises Unread."""


@dataclass(frozen=True, slots=True)
class Keys:
    """`secret` is asked for only where there is something to open; `theirs` is the writer's certificate, if known."""

    secret: Callable[[], Awaitable[bytes]]
    theirs: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Unsealed:
    """The letter as it can be read, and what is known of its signature; None where OpenPGP has no part in it."""

    told: Told
    signed: Signed | None = None
    opened: bool = False
    mark: bytes = b""
    """Of what was opened; see `Unlocked`."""
    written_by: str | None = field(default=None, repr=False)
    """The sender named inside, where one is (protected header fields, RFC 9788)."""
    key_known: bool = False
    """Whether we know a key of the client whose reply address it came to."""

    @property
    def is_anothers(self) -> bool:
        """Whether what was locked shows that somebody else locked it: who signed it, or who it says wrote it."""
        named = self.written_by is not None and not same_mailbox(
            self.written_by, self.told.letter.sender or ""
        )
        strange = self.signed is Signed.DOES_NOT_FIT or (self.key_known and self.signed is Signed.BY_ANOTHER)
        return self.opened and (named or strange)


async def unsealed(hands: Hands, told: Told, before: Before, keys: Keys) -> Unsealed:
    """Opens and checks what there is. A letter that cannot be opened comes back as it was. Raises Unread."""
    found = told.locked
    if found is None:
        return Unsealed(told)
    if found.kind in (Kind.SIGNED, Kind.SIGNED_TEXT):
        return await _checked(hands, told, found, before, keys)
    answer = await hands.unlock(Unlock(found.content, await keys.secret(), keys.theirs))
    if answer.content is None:
        return Unsealed(told)
    head = TEXT if found.kind is Kind.ENCRYPTED_TEXT else b""
    inside = await hands.read(Read(head + answer.content, before.ours, earlier=before.theirs, us=before.us))
    signed = answer.signed
    if signed is Signed.NOT_SIGNED and inside.locked is not None and inside.locked.kind is Kind.SIGNED:
        # Signed first and encrypted after (RFC 3156 6.1).
        check = Check(inside.locked.content, inside.locked.signature, keys.theirs)
        signed = (await hands.unlock(check)).signed
        inside = await hands.read(
            Read(inside.locked.content, before.ours, earlier=before.theirs, us=before.us)
        )
    return Unsealed(
        _joined(told, inside),
        signed,
        opened=True,
        mark=answer.mark,
        written_by=inside.letter.sender,
        key_known=bool(keys.theirs),
    )


async def _checked(hands: Hands, told: Told, found: Found, before: Before, keys: Keys) -> Unsealed:
    """What is shown is what was signed, and nothing beside it."""
    answer = await hands.unlock(Check(found.content, found.signature, keys.theirs))
    if found.kind is Kind.SIGNED:
        inside = await hands.read(Read(found.content, before.ours, earlier=before.theirs, us=before.us))
    elif answer.content is not None:
        inside = await hands.read(
            Read(TEXT + answer.content, before.ours, earlier=before.theirs, us=before.us)
        )
    else:
        inside = told
    return Unsealed(_joined(told, inside), answer.signed)


def _joined(outer: Told, inside: Told) -> Told:
    """Words and files from inside; who wrote it, when and to what from outside, which is what was judged.

    Nothing of the outer body: somebody on the way could have put words around those that were locked.
    """
    letter = inside.letter
    automatic = outer.letter.automatic
    joined = replace(
        outer.letter,
        subject=letter.subject or outer.letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=tuple(
            one for one in letter.attachments if one.content_type != "application/pgp-signature"
        ),
        automatic=letter.automatic if automatic is Automatic.HUMAN else automatic,
        unreadable=letter.unreadable,
        problems=tuple(one for one in letter.problems if one != SIGNED_UNCHECKED),
    )
    said = replace(inside, letter=joined, key=outer.key, report=outer.report, key_along=outer.key_along)
    return replace(said, locked=None)
