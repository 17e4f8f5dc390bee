"""A mail speaks its reader's language, whoever wrote; and what of it comes back in a quotation is known as ours."""

from dataclasses import replace
from email.header import decode_header, make_header

import pytest

from channels.email.composing.mail import REPLY_ABOVE_IN
from channels.email.quoting.folding import fold
from channels.email.quoting.notices import NOTICES
from messaging.leaving.notices import SUBJECTS, given_subject
from messaging.leaving.wishes import choose_language
from messaging.people import Language, language_for
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.leaving.test_receipts import text_of, write_as
from tests.channels.email.world import FakeRelay

ARRIVED = {
    Language.ENGLISH: "Your message has arrived and is kept safely.",
    Language.GERMAN: "Ihre Nachricht ist angekommen und sicher aufbewahrt.",
    Language.GERMAN_DU: "Deine Nachricht ist angekommen und sicher aufbewahrt.",
    Language.ARABIC: "وصلت رسالتك وهي محفوظة في أمان.",
}


@pytest.mark.parametrize("language", Language)
async def test_a_receipt_is_in_the_language_its_reader_chose(
    cast: Cast, relay: FakeRelay, language: Language
) -> None:
    await choose_language(cast.office, cast["linden"], language)
    await write_as(cast, "linden")
    await send(cast.office, relay)
    (raw,) = relay.to(cast["linden"].email)
    mail, text = text_of(raw)
    assert ARRIVED[language] in text
    assert "/help-now" in text
    assert str(make_header(decode_header(mail["Subject"]))) == SUBJECTS[language]
    answered = "\n".join(["Thank you.", "", *(f"> {line}" for line in text.splitlines())])
    assert fold(answered, notices=NOTICES).shown == "Thank you."


@pytest.mark.parametrize("language", Language)
def test_our_subject_and_our_line_are_known_in_every_language(language: Language) -> None:
    assert given_subject(f"AW: {SUBJECTS[language]}") == ""
    assert fold(f"Yes.\n\n{REPLY_ABOVE_IN[language]}\n\nDear Mara").shown == "Yes."


async def test_who_works_here_is_written_to_in_english(cast: Cast) -> None:
    mira = replace(cast["mira"], language=Language.ARABIC)
    assert language_for(mira, replace(cast.practice, language=Language.GERMAN)) is Language.ENGLISH
    german = replace(cast.practice, language=Language.GERMAN)
    assert language_for(replace(cast["ruth"], language=None), german) is Language.GERMAN
    assert language_for(cast["ruth"], cast.practice) is None
