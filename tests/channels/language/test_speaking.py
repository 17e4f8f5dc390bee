"""In which language somebody is spoken to, and how times are said there."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from channels.email.composing.times import is_spoken, spoken
from channels.language.speaking import asked_for, speaking
from channels.language.speaking import spoken as language_now
from messaging.people import Language
from web.pages.parts import dates
from web.pages.parts.saying import called
from web.pages.parts.views import Here

NOON = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
HERE = Here(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), ZoneInfo("Europe/Vienna"))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", Language.ENGLISH),
        ("de-AT,de;q=0.9,en;q=0.8", Language.GERMAN),
        ("fr, ar;q=0.5, en;q=0.1", Language.ARABIC),
        ("en;q=0.2, de;q=0.9", Language.GERMAN),
        ("fr, it", Language.ENGLISH),
        ("de;q=0", Language.ENGLISH),
        ("de;q=nan, ar;q=1e9, en;q=x", Language.ENGLISH),
        ("de;q=" + "9" * 4000, Language.ENGLISH),
        (", ;=,;q=,*", Language.ENGLISH),
    ],
)
def test_a_browser_is_answered_in_what_it_would_rather_read(header: str, language: Language) -> None:
    assert asked_for(header) is language


@pytest.mark.parametrize(
    ("language", "moment", "day", "dated"),
    [
        (Language.ENGLISH, "Thu 26 Nov, 18:00", "Thursday 26 November", "Thu 26 Nov, 18:00"),
        (Language.GERMAN, "Do., 26. Nov., 18 Uhr", "Donnerstag, 26. November", "Do., 26. Nov., 18:00"),
        (Language.ARABIC, "26 نوفمبر", "الخميس، 26 نوفمبر", "الخميس، 26 نوفمبر، 18:00"),
    ],
)
def test_days_and_times_are_said_as_they_are_there(
    language: Language, moment: str, day: str, dated: str
) -> None:
    with speaking(language):
        assert moment in dates.moment(NOON, HERE)
        assert dates.day(NOON, HERE) == day
        assert dated in dates.dated(NOON, HERE)
    assert language_now() is Language.ENGLISH


@pytest.mark.parametrize("language", Language)
def test_a_time_in_a_mail_is_known_again_in_every_language(language: Language) -> None:
    with speaking(language):
        said = spoken(NOON, ZoneInfo("America/New_York"))
    assert is_spoken(said)
    assert not is_spoken(f"{said} I cannot")
    assert not is_spoken("on Thursday, 26 November 2026, 18:00")


@pytest.mark.parametrize(
    ("name", "sie", "du"),
    [
        ("Dr Anna Berger", "Dr. Berger", "Anna"),
        ("Prof. Dr. Berger", "Prof. Dr. Berger", "Berger"),
        ("Ruth Adler", "Ruth Adler", "Ruth"),
        ("Wren", "Wren", "Wren"),
        ("Dr", "Dr", "Dr"),
    ],
)
def test_a_form_of_address_changes_names_too(name: str, sie: str, du: str) -> None:
    with speaking(Language.GERMAN):
        assert called(name) == sie
    with speaking(Language.GERMAN_DU):
        assert called(name) == du
    assert called(name) == name
