"""Every page of who is in care, and every public one, in every language: whole, and with nothing said in another.

A language that does not exist says each sentence between ⟦ and ⟧. What stands outside is a person's words, a number, a
name, or English that no catalogue knows.
"""

import re
from dataclasses import replace
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest

from channels.language import saying
from channels.language.catalogues import TRANSLATED
from channels.language.speaking import direction_of, speaking, tag_of
from messaging.people import Language
from tests.web.samples.pages import PAGES
from tests.web.sweeps.test_templates import made_hostile
from web.pages.parts.rendering import Templates, environment

DATUM = "0DATUM0"
READ = ("aria-label", "alt", "title", "placeholder")
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
KNOWN = re.compile(rf"{DATUM}|\b(?:Shift|Enter|Esc|[kM]?B|OpenPGP|Quietline|\w{{1,6}}/\w{{1,12}})\b")
"""What is the same in every language: keys, units, names of programs and of time zones."""
DEMO = {"demo", "demo-mailbox", "mailbox"}
NAMES = [
    name
    for name, (template, view) in PAGES.items()
    if name not in DEMO
    and (
        template.startswith(("client/", "public/"))
        or getattr(getattr(view, "signed_in", None), "role", "") == "client"
    )
]


class Canary(NullTranslations):
    """Says everything between its brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


class Said(HTMLParser):
    """What of a page is said outside of the brackets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth = 0
        self.elsewhere: list[str] = []
        """Elements of a language of their own, scripts, and what is within."""
        self.codes = False
        """In the list of words for the scripts, whose terms are codes."""
        self.raw: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        own = tag in ("script", "style", "code", "pre") or ("lang" in have and tag != "html")
        self.codes = have.get("id") == "words" if tag == "dl" else self.codes
        own = own or (self.codes and tag == "dt")
        if (self.elsewhere or own) and tag not in VOID:
            self.elsewhere.append(tag)
        if not self.elsewhere:
            for name in READ:
                self._look(have.get(name, ""), 0)
            if tag == "input" and have.get("type") in ("submit", "button"):
                self._look(have.get("value", ""), 0)

    def handle_endtag(self, tag: str) -> None:
        if self.elsewhere and self.elsewhere[-1] == tag:
            self.elsewhere.pop()

    def handle_data(self, data: str) -> None:
        if not self.elsewhere:
            self.depth = self._look(data, self.depth)

    def _look(self, text: str, depth: int) -> int:
        outside = []
        for sign in text:
            depth += (sign == "⟦") - (sign == "⟧")
            outside.append(sign if depth == 0 else " ")
        left = KNOWN.sub("", "".join(outside))
        if re.search(r"[^\W\d_]{2,}", left):
            self.raw.append(" ".join(left.split()))
        return depth


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_is_said_past_the_catalogues(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = Canary()
    monkeypatch.setattr(saying, "catalogue", lambda *_: canary)
    made = environment()
    made.install_gettext_translations(canary, newstyle=True)  # type: ignore[attr-defined]
    template, view = PAGES[name]
    view = replace(view, demo=()) if getattr(view, "demo", ()) else view
    said = Said(made.get_template(template).render(view=made_hostile(view, DATUM)))
    assert not said.raw, "\n".join(said.raw)
    assert said.depth == 0


TEMPLATES = Templates()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_page_is_whole_in_every_language(language: Language) -> None:
    """A sentence whose values do not fit it, or a date whose form is none, would be a page that cannot be made."""
    with speaking(language):
        for name in NAMES:
            template, view = PAGES[name]
            html = TEMPLATES.get_template(template).render(view=view)
            assert "data-part-failed" not in html or name in PARTS, name
            assert f'<html lang="{tag_of(language)}" dir="{direction_of(language)}">' in html or (
                "<html" not in html
            )


PARTS = {name for name in NAMES if "failed" in name or "apart" in name or "broken" in name}
"""Samples that show a part that is not there."""
