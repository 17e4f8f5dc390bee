"""What OpenPGP says of a letter that came by mail, in a sentence. It is a fact beside the letter, never its admission."""

from typing import Final

from messaging.facts import letter_facts
from messaging.messages import Entry

SENTENCES: Final = {
    "by_their_key": "signed by their key",
    "by_another": "signed by a key we do not know as theirs",
    "does_not_fit": "the signature does not fit: the words may have been changed on the way",
    "not_signed": "not signed",
    "unchecked": "the signature could not be checked",
}


def openpgp_notes(one: Entry) -> tuple[str, ...]:
    """One sentence, or none where OpenPGP had no part in it."""
    known = letter_facts(one.body.facts).openpgp
    said = SENTENCES.get(known.signed) if known else None
    if known is None or said is None:
        return ()
    if known.opened:
        return (f"It came encrypted; {said}.",)
    return (f"{said[0].upper()}{said[1:]}.",)
