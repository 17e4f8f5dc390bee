"""The catalogues: whether all is said in every language, with the same values in it, and to the same person."""

import re
from gettext import GNUTranslations

import pytest

from channels.language.catalogues import TRANSLATED, Domain, catalogue, written
from channels.language.speaking import direction_of
from messaging.people import Language
from tests.channels.language.strings import lacking, said

PLACES = re.compile(r"%\((\w+)\)([a-z])|\{(\w*)\}")
FORMAL = re.compile(r"(?<!^)(?<![.:?!„] )\b(?:Sie|Ihnen|Ihr(?:e[mnrs]?)?)\b")
"""Where no sentence begins, that is who is spoken to."""
EACH = [(domain, language) for domain in Domain for language in TRANSLATED]


def places(sentence: str) -> set[str]:
    return {found[0] for found in PLACES.finditer(sentence)}


@pytest.mark.parametrize(("domain", "language"), EACH)
def test_all_that_is_said_is_said_in_every_language(domain: Domain, language: Language) -> None:
    missing = lacking(domain, language)
    assert not missing, "\n  ".join(
        [
            f"{len(missing)} sentences without a translation ({language}, {domain}).",
            "Run `python -m tests.channels.language.strings`, then fill in the empty msgstr of",
            "channels/language/locales/*/LC_MESSAGES/*.po (CONTRIBUTING, A sentence; a page of staff only: STAFF there):",
            *missing,
        ]
    )


@pytest.mark.parametrize(("domain", "language"), EACH)
def test_what_is_put_into_a_sentence_is_the_same_in_every_language(
    domain: Domain, language: Language
) -> None:
    wrong = []
    for message in written(domain, language):
        if not message.id or not message.string:
            continue
        if isinstance(message.id, str):
            if places(message.id) != places(str(message.string)):
                wrong.append(message.id)
        else:
            # The one alone may be said without its number, and a number as a word or in digits.
            allowed = {*places(message.id[0]), *places(message.id[1]), "%(num)d"}
            wrong += [f"{message.id}: {one}" for one in message.string or () if not places(one) <= allowed]
            most = (message.string or ("",))[-1]
            if not {*places(most)} & {"%(num)d", *places(message.id[1])}:
                wrong.append(f"{message.id}: {most}")
    assert not wrong


@pytest.mark.parametrize(("domain", "language"), EACH)
def test_a_catalogue_holds_nothing_else(domain: Domain, language: Language) -> None:
    held = {
        (one.context, one.id if isinstance(one.id, str) else tuple(one.id))
        for one in written(domain, language)
        if one.id
    }
    assert not held - said(domain).keys(), "run `python -m tests.channels.language.strings`"


@pytest.mark.parametrize("domain", Domain)
def test_who_is_called_du_is_never_called_sie(domain: Domain) -> None:
    """Of what the one catalogue takes from the other nothing speaks to a Sie."""
    du, sie = written(domain, Language.GERMAN_DU), written(domain, Language.GERMAN)
    for message in sie:
        own = du.get(message.id, message.context) if message.id else message
        for sentence in [message.string] if isinstance(message.string, str) else message.string or ():
            if own is None and message.id:
                assert not FORMAL.search(sentence), sentence
    for message in du:
        for sentence in [message.string] if isinstance(message.string, str) else message.string or ():
            assert not message.id or not FORMAL.search(sentence), sentence


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "لا رسائل"),
        (1, "رسالة واحدة"),
        (2, "رسالتان"),
        (3, "3 رسائل"),
        (11, "11 رسالة"),
        (100, "100 رسالة"),
    ],
)
def test_arabic_counts_in_six_forms(number: int, words: str) -> None:
    many = catalogue(Domain.PAGES, Language.ARABIC).ngettext("%(num)d message", "%(num)d messages", number)
    assert many % {"num": number} == words


def test_names_keep_their_direction_in_a_sentence_from_right_to_left() -> None:
    assert direction_of(Language.ARABIC) == "rtl"
    arabic = catalogue(Domain.PAGES, Language.ARABIC)
    assert "\u2068%(name)s\u2069" in arabic.gettext("To %(name)s.")
    german = catalogue(Domain.PAGES, Language.GERMAN_DU)
    assert isinstance(german, GNUTranslations)
    assert german.gettext("To %(name)s.") == "An %(name)s."
