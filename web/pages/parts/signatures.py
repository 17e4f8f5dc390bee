"""What OpenPGP says of a letter that came by mail, in a sentence. It is a fact beside the letter, never its admission."""

from typing import Final

from channels.language.saying import N_
from messaging.facts import letter_facts
from messaging.messages import Entry
from web.pages.parts.saying import _

SENTENCES: Final = {
    "by_their_key": (N_("Signed by their key."), N_("It came encrypted; signed by their key.")),
    "by_another": (
        N_("Signed by a key we do not know as theirs."),
        N_("It came encrypted; signed by a key we do not know as theirs."),
    ),
    "does_not_fit": (
        N_("The signature does not fit: the words may have been changed on the way."),
        N_("It came encrypted; the signature does not fit: the words may have been changed on the way."),
    ),
    "not_signed": (N_("Not signed."), N_("It came encrypted; not signed.")),
    "unchecked": (
        N_("The signature could not be checked."),
        N_("It came encrypted; the signature could not be checked."),
    ),
}
"""As it came, and where it had been encrypted."""


def openpgp_notes(one: Entry) -> tuple[str, ...]:
    """One sentence, or none where OpenPGP had no part in it."""
    known = letter_facts(one.body.facts).openpgp
    said = SENTENCES.get(known.signed) if known else None
    if known is None or said is None:
        return ()
    plain, encrypted = said
    return (_(encrypted if known.opened else plain),)
