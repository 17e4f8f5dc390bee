"""A mail speaks its reader's language, whoever wrote; and what of it comes back in a quotation is known as ours."""

from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from uuid import uuid4

import pytest

from channels.email.composing.mail import REPLY_ABOVE_IN
from channels.email.composing.system_lines import said_line
from channels.email.quoting.folding import fold
from channels.email.quoting.notices import NOTICES
from channels.language.speaking import speaking
from messaging.ending.care import end_care
from messaging.ids import SYSTEM, EntryId
from messaging.leaving.keys import Choice, choose_mode
from messaging.leaving.notices import SUBJECTS, given_subject
from messaging.leaving.wishes import choose_language
from messaging.letters.writing import Fresh
from messaging.office import Sentence, SystemLine
from messaging.people import EmailMode, Language, language_for
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


ENDED = {
    Language.ENGLISH: "Care has ended here.",
    Language.GERMAN: "bleibt für Sie lesbar",
    Language.GERMAN_DU: "bleibt für dich lesbar",
    Language.ARABIC: "انتهت الرعاية هنا.",
}


@pytest.mark.parametrize("language", Language)
async def test_what_the_server_says_of_care_is_in_the_language_its_reader_chose(
    cast: Cast, relay: FakeRelay, language: Language
) -> None:
    await choose_language(cast.office, cast["linden"], language)
    await choose_mode(cast.office, cast["linden"], Choice(EmailMode.FULL, "a warning", ticked=True))
    await end_care(cast.office, cast["mira"], cast.conversation("linden"))
    await send(cast.office, relay)
    (raw,) = relay.to(cast["linden"].email)
    body = message_from_bytes(raw, policy=policy.SMTP).get_body(("plain",))
    text = body.get_content() if body else ""
    assert ENDED[language] in " ".join(text.split())


@pytest.mark.parametrize("sentence", Sentence)
@pytest.mark.parametrize("language", Language)
def test_every_line_of_the_server_is_said_in_every_language(language: Language, sentence: Sentence) -> None:
    line = SystemLine(sentence, "Mira", "Jonas", date(2031, 1, 4))
    english = said_line(line)
    with speaking(language):
        said, nobody = said_line(line), said_line(replace(line, who="", absent=""))
    assert (said == english) is (language is Language.ENGLISH)
    assert "%" not in said
    for value in ("Mira", "Jonas", "2031"):
        assert (value in said) is (value in english)
    assert language is Language.ENGLISH or "colleague" not in nobody


def test_what_the_server_says_is_never_given_in_words() -> None:
    with pytest.raises(TypeError):
        Fresh(SYSTEM, EntryId(uuid4()), "Care has ended here.")


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
