"""Every page, rendered: nothing a person wrote becomes markup, nothing comes from elsewhere, every form has its key."""

import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import nodes

from tests.web.samples.pages import PAGES
from web.pages.parts.rendering import ROOMS, STATIC, WEB, environment
from web.pages.public.static import files

HOSTILE = """<script>alert("1")</script>' onload=x <img src=//evil.example>"""
CODES = {
    "kind",
    "app",
    "apps",
    "channel",
    "state",
    "role",
    "id",
    "conversation_id",
    "person_id",
    "current",
    "mail_mode",
    "session",
    "source",
    "stopped",
    "word",
    "deed",
    "undone",
}
CLIENT = [
    name
    for name, (_, view) in PAGES.items()
    if getattr(getattr(view, "signed_in", None), "role", "") == "client"
]
WHOLE = [
    name
    for name in PAGES
    if name
    not in (
        "rows",
        "entries",
        "single",
        "waits",
        "glance",
        "happening-in-room",
        "sought",
        "sought-note",
        "undo-bar",
        "undone-bar",
    )
]


class Page(HTMLParser):
    """The start tags of a page, with their attributes, and each form's hidden fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        self.tags.append((tag, have))
        if tag == "form":
            self.forms.append({"method": have.get("method", "get"), "action": have.get("action", "")})
        if tag == "input" and have.get("type") == "hidden" and self.forms:
            self.forms[-1][have["name"]] = have.get("value", "")

    def named(self, *names: str) -> list[dict[str, str]]:
        return [have for tag, have in self.tags if tag in names]


ENVIRONMENT = environment()
TEMPLATES = ENVIRONMENT.list_templates(extensions=["html"])


def source_of(name: str) -> str:
    room, _, file = name.partition("/")
    return (ROOMS[room] / file).read_text(encoding="utf-8")


def test_every_template_there_is_lies_where_it_is_looked_for() -> None:
    assert len(TEMPLATES) == len(list(WEB.rglob("*.html"))) > 40


def render(name: str, view: object = None) -> str:
    template, sample = PAGES[name]
    return ENVIRONMENT.get_template(template).render(view=view or sample)


def made_hostile(value: Any, words: str = HOSTILE) -> Any:
    """The same view with hostile words wherever a person's words may stand."""
    if isinstance(value, tuple):
        return tuple(made_hostile(one, words) for one in value)
    if isinstance(value, Mapping):
        return {name: made_hostile(one, words) for name, one in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return words if isinstance(value, str) and not isinstance(value, Enum) else value
    names = {one.name for one in fields(value) if one.init and one.name not in CODES}
    return replace(value, **{name: made_hostile(getattr(value, name), words) for name in names})


@pytest.mark.parametrize("name", PAGES)
def test_words_never_become_markup(name: str) -> None:
    html = render(name, made_hostile(PAGES[name][1]))
    page = Page(html)
    assert "<script>alert" not in html
    assert not [have for _, have in page.tags if "onload" in have or "evil.example" in have.get("src", "")]
    assert PAGES[name][1] is None or name == "letters-empty" or "&lt;script&gt;alert" in html


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(name: str) -> None:
    page = Page(render(name))
    for tag, have in page.tags:
        assert tag != "style"
        assert not [
            attr for attr in have if attr == "style" or attr.startswith("on") or attr.startswith("hx-on")
        ]
        if tag == "script":
            assert have["src"].startswith("/static/")
        for attr in ("href", "src", "action", "hx-get", "formaction"):
            place = have.get(attr, "")
            assert re.match(r"/(?!/)|#|tel:|sms:|otpauth:|$", place) or name == "mailbox", have


@pytest.mark.parametrize("name", PAGES)
def test_no_paragraph_holds_what_browsers_close_it_for(name: str) -> None:
    for paragraph in re.findall(r"<p\b[^>]*>(.*?)</p>", render(name), re.DOTALL):
        assert not re.search(r"<(form|div|ul|p|section|details)\b", paragraph), paragraph


ONCE_BY_STATE = ("/again", "/arrived", "/forget", "/undo", "/now", "/discard", "/search")
"""Deeds done only while things stand as the page says: pressed twice, the second does nothing. A search only looks."""


@pytest.mark.parametrize("name", PAGES)
def test_every_posting_form_carries_its_key_to_an_address_of_ours(name: str) -> None:
    for form in Page(render(name)).forms:
        if form["method"] == "post":
            assert form.get("key") or form["action"].endswith(ONCE_BY_STATE)
            assert form["action"].startswith("/")


@pytest.mark.parametrize("name", WHOLE)
def test_a_page_has_one_heading_unique_ids_a_main_part_and_labelled_fields(name: str) -> None:
    page = Page(render(name))
    ids = Counter(have["id"] for _, have in page.tags if "id" in have)
    assert [one for one, times in ids.items() if times > 1] == []
    assert ids["main"] == 1
    assert len(page.named("h1")) == 1
    labels = {have["for"] for have in page.named("label") if "for" in have}
    unlabelled = [
        have
        for have in page.named("input", "textarea", "select")
        if have.get("type") not in ("hidden", "radio", "checkbox") and have.get("id") not in labels
    ]
    assert unlabelled == []


@pytest.mark.parametrize("name", WHOLE)
def test_what_a_page_calls_things_is_one_thing_each(name: str) -> None:
    """What happened and why something was refused have one code more than once: scripts would say the wrong one."""
    found = Counter(re.findall(r"<dt>([^<]+)</dt><dd>", render(name).partition('<dl id="words"')[2]))
    assert [code for code, many in found.items() if many > 1] == []


@pytest.mark.parametrize("name", CLIENT)
def test_help_now_and_exit_are_on_every_page_of_a_client_under_a_neutral_title(name: str) -> None:
    html = render(name)
    page = Page(html)
    assert "<title>Notes</title>" in html
    assert any(have.get("href") == "/help-now" for have in page.named("a"))
    assert [form["action"] for form in page.forms if form["action"] == "/sign-out"] == ["/sign-out"]


def test_no_template_asks_for_what_the_first_or_an_empty_list_has_not() -> None:
    """A page that begins with another entry, or with none, is then a page with a hole: it fails."""
    for name in TEMPLATES:
        tree = ENVIRONMENT.parse(source_of(name))
        assert not {one.name for one in tree.find_all(nodes.Filter)} & {
            "first",
            "last",
            "random",
            "min",
            "max",
        }
        assert not {one.attr for one in tree.find_all(nodes.Getattr)} & {"previtem", "nextitem"}, name


def test_every_template_a_handler_renders_has_a_sample() -> None:
    pages = {name for name in TEMPLATES if "/_" not in name}
    assert pages - {
        "parts/base.html",
        "demo/demo.html",
    } | {  # tests/web/test_demo.py shows the demonstration's list
        "staff/_inbox_rows.html",
        "parts/_single.html",
        "staff/_timeline.html",
        "parts/_undo_bar.html",
        "staff/_waits.html",
        "staff/_glance.html",
        "staff/_happening.html",
        "staff/_sought.html",
    } == {template for template, _ in PAGES.values()}


def test_every_wrong_guess_is_told_the_same() -> None:
    said = {
        render("sign-in-wrong", replace(PAGES["sign-in-wrong"][1], username=who))
        for who in ("ruth", "nobody")
    }
    assert len({html.replace("ruth", "nobody") for html in said}) == 1


def test_an_administrator_is_shown_no_place_with_words_in_it() -> None:
    page = Page(render("admin"))
    assert not [have for have in page.named("a") if have["href"].startswith(("/c/", "/inbox", "/screener"))]


def test_a_clients_room_weighs_at_most_sixty_kilobytes() -> None:
    html = render("room")
    linked = {have.get("src") or have["href"] for have in Page(html).named("script", "link", "img") if have}
    weight = len(gzip.compress(html.encode()))
    for url in linked - {"/app/notes.webmanifest"}:
        weight += len(gzip.compress((STATIC / url.removeprefix("/static/").split("?")[0]).read_bytes()))
    assert weight < 60_000


@pytest.mark.parametrize("name", ["room", "conversation-live", "write"])
def test_the_scripts_of_a_page_weigh_at_most_twenty_five_kilobytes(name: str) -> None:
    wanted = [have["src"].partition("?")[0] for have in Page(render(name)).named("script")]
    found: dict[str, bytes] = {}
    while wanted:
        module = wanted.pop().removeprefix("/static/")
        if module not in found and not module.startswith("vendor/"):
            found[module] = files()[module].packed
            wanted += [
                f"js/{other}" for other in re.findall(r'from "\./([\w.]+)"', files()[module].content.decode())
            ]
    assert len(found) > 2
    assert sum(map(len, found.values())) < 25_000


def test_scripts_go_out_without_their_remarks_and_with_all_their_code() -> None:
    for name, file in files().items():
        if name.startswith("js/"):
            lines = [line.strip() for line in (STATIC / name).read_text().splitlines()]
            code = [line for line in lines if line and not re.match(r"//|\*|/\*\*(?!.*\*/.)", line)]
            assert [line.strip() for line in file.content.decode().splitlines() if line.strip()] == code, name


def test_scripts_are_small_and_build_no_markup_from_text() -> None:
    for path in (STATIC / "js").glob("*.js"):
        code = path.read_text()
        assert len(code.splitlines()) <= 150, path.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code
        )
        assert "localStorage" not in code or path.name == "keys.js", (
            "nothing with content is kept in the browser"
        )
        for module in re.findall(r'from "\./([\w.]+)"', code):
            assert (STATIC / "js" / module).exists()


def test_sheets_name_sides_by_the_direction_of_text() -> None:
    for path in (STATIC / "css").glob("*.css"):
        physical = (
            r"(margin|padding|border)-(left|right|top|bottom)|[{;]\s*(left|right|top|bottom|width|height):"
        )
        assert not re.search(physical, path.read_text()), path.name


def test_the_vendored_library_is_the_one_that_was_read() -> None:
    library = (STATIC / "vendor" / "htmx-4.0.1.min.js").read_bytes()
    assert hashlib.sha256(library).hexdigest() in (STATIC / "vendor" / "README.md").read_text()
