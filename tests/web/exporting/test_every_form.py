"""Every kind of entry stands in every form, whole: a word left out can cost a life."""

import json
import re
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.conversations import Kind, SessionState
from messaging.exporting.record import ExportFormat, Line
from messaging.facts import LetterFacts
from messaging.ids import OriginalId
from messaging.memory.arriving import FileState
from messaging.memory.leaving import MailForm, MailState
from messaging.messages import AttachmentNote, Body, Channel, EventName
from messaging.people import Role
from messaging.releases import Part
from tests.web.exporting.lines import CARER, GONE, circle, entry, every_line, record
from tests.web.exporting.reading_back import Found, in_memory, page_of, parsed, read_back
from web.exporting.octets import SLICE
from web.exporting.words import ours, pages

CODES = frozenset(Part)
"""Tuples of names of the program, which are no words of anybody."""
FORMS = pytest.mark.parametrize("form", ExportFormat)
HOSTILE = (
    "From somebody Mon Mar 30 00:00:00 2026\n\nFrom: x@y.example\n\nBcc: z@y.example",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#x3c;</div></main>",
    "\u202eevil\u202c \u2066x\u2069 \u200f \u2028 \u2029 \xa0 \x85",
    "\x01\x08\x0b\x0c\x1b[31m\x7f\x9b",
    "--quietline-\n\n.\n..\r\nTo: a\r\n\r\n",
    'quote " \\ \' ;filename="x"',
    "=?utf-8?q?not_encoded?=",
    "../../../etc/passwd\\..\\con.html",
    "🙂👩‍👩‍👧 e\u0301 \ud7ff \U0010ffff",
    "  leading and trailing  ",
    "{state} {name}",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60),
)


@FORMS
def test_no_file_is_written_in_one_go(form: ExportFormat) -> None:
    """Whoever is in session waits for no longer than a slice, however large the file; and its octets are whole."""
    content = bytes(range(256)) * 8_000 + b"x"
    note, original = (
        AttachmentNote(uuid4(), "large.pdf", "application/pdf", len(content)),
        OriginalId(uuid4()),
    )
    body = Body("With a file.", attachments=(note,), original=original)
    lines, sizes = [Line(entry(1, body, Channel.EMAIL))], list[int]()
    octets = in_memory(form, record(lines), lines, {note.id: content, original: content}, sizes)
    assert max(sizes) <= 2 * SLICE
    assert read_back(form, octets)[1].files == [content, content]


def words_of(line: Line) -> list[str]:
    """What somebody wrote in it, or what was said beside it, wherever it stands."""
    bodies = [line.entry.body, *([line.first.body] if line.first else [])]
    texts = [text for body in bodies for text in (body.text, body.folded or "", body.subject or "")]
    for body in bodies:
        texts += [note.name for note in body.attachments]
        texts += list(_written(getattr(body.facts, one.name) for one in fields(body.facts)))
    return [text for text in texts if text.strip()]


def _written(values: Iterable[Any]) -> Iterable[str]:
    """Facts that are words: not codes, ids and times, which each form says in its own way."""
    for value in values:
        if isinstance(value, tuple):
            yield from (one for one in value if isinstance(one, str) and one not in CODES)
            yield from _written(inner for one in value if isinstance(one, tuple) for inner in one)
        elif isinstance(value, str) and " " in value:
            yield value


def squeezed(text: str) -> str:
    """Without blanks and what steers: names stand in one line."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\ufffd]+", "", text)


def ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lacking(found: Found, line: Line) -> list[str]:
    """What somebody said that is not there to the letter; of names and subjects the signs that can be seen."""
    body = line.entry.body
    texts = [body.text, body.folded or "", *([line.first.body.text] if line.first else [])]
    exactly = [text for text in texts if text and ends(text) not in ends(found.text)]
    visible = squeezed(found.text)
    return exactly + [text for text in words_of(line) if squeezed(text) not in visible]


@FORMS
def test_every_kind_of_entry_is_in_every_form(form: ExportFormat) -> None:
    lines = list(every_line())
    files = {note.id: b"\x00\xffabc" for line in lines for note in line.files}
    files |= {line.original: b"From: x\n\nFrom y" for line in lines if line.original}
    found = read_back(form, in_memory(form, record(lines), lines, files))
    assert list(found) == [line.entry.number for line in lines]
    assert {line.entry.number: lacking(found[line.entry.number], line) for line in lines} == {
        line.entry.number: [] for line in lines
    }
    for line in lines:
        at_hand = [files[note.id] for note in line.files if note.id not in line.held_back]
        at_hand += [files[line.original]] if line.original else []
        assert found[line.entry.number].files == at_hand


def test_the_lines_hold_every_member_of_every_enumeration() -> None:
    """A new channel, event, state of mail or of a file that is in no line is in no test of an export."""
    lines = list(every_line())
    assert {line.entry.channel for line in lines} == set(Channel)
    assert {line.entry.body.event for line in lines} == {None, *EventName}
    assert {one.state for line in lines for one in line.mails} == set(MailState)
    assert {one.form for line in lines for one in line.mails} == {None, *MailForm}
    held = {check.state for line in lines for check in line.held_back.values()}
    assert held == set(FileState) - {FileState.CLEAN}


def test_every_code_has_its_words() -> None:
    assert set(ours().mail_states) == set(MailState)
    assert set(ours().mail_forms) == set(MailForm)
    assert set(ours().kinds) == set(Channel)
    assert set(pages().roles) == set(Role)
    assert set(pages().sessions) == set(SessionState)


@FORMS
@pytest.mark.parametrize("kind", Kind)
def test_a_record_without_anybody_or_anything_is_one_too(form: ExportFormat, kind: Kind) -> None:
    within = circle(2)
    nobody = replace(within, people={}, conversation=replace(within.conversation, kind=kind, members=()))
    assert read_back(form, in_memory(form, record([], nobody), [])) == {}
    lines = [Line(entry(7, Body("Alone."), author=GONE))]
    found = read_back(form, in_memory(form, record(lines, nobody), lines))
    assert "Alone." in found[7].text
    assert "A former member" in found[7].text


@settings(max_examples=40)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), TEXTS)
def test_every_word_is_in_every_form_whatever_it_is(texts: list[tuple[str, ...]], name: str) -> None:
    lines, files = [], {}
    for number, (text, folded, subject, called) in enumerate(texts, 3):
        note = AttachmentNote(uuid4(), called, text, len(text))
        files[note.id] = folded.encode()
        facts = LetterFacts(notes=(subject,) if subject else (), rest={"other": text})
        body = Body(text, folded, subject, facts=facts, attachments=(note,))
        lines.append(Line(entry(number, body, Channel.EMAIL)))
    for form in ExportFormat:
        found = read_back(form, in_memory(form, record(lines, circle(2, name)), lines, files))
        assert list(found) == [line.entry.number for line in lines]
        for line in lines:
            here = found[line.entry.number]
            assert not lacking(here, line), form
            assert here.files == [files[line.files[0].id]]
            assert squeezed(name) in squeezed(here.text)


@settings(max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_nothing_written_becomes_markup_a_header_or_a_path(texts: list[str]) -> None:
    lines, files = [], {}
    for number, text in enumerate(texts, 1):
        note = AttachmentNote(uuid4(), text, text, 1)
        files[note.id] = text.encode()
        lines.append(Line(entry(number, Body(text, text, text, attachments=(note,)), author=CARER)))
    given_to = record(lines, circle(1, texts[0]))
    packed = in_memory(ExportFormat.HTML, given_to, lines, files)
    page = parsed(packed)
    assert page.tags <= {
        *("html", "head", "meta", "title", "style", "body", "main", "header", "h1", "dl", "dt", "dd", "p"),
        *("bdi", "details", "summary", "ol", "li", "article", "h2", "span", "time", "div", "a"),
    }
    assert all(re.fullmatch(r"files/\d{6}-1-[\w.-]+", path) for _, path in page.links)
    assert all(".." not in path and path.isprintable() for _, path in page.links)
    box = in_memory(ExportFormat.MBOX, given_to, lines, files)
    headers = re.compile(
        r"From quietline@|(From|To|Subject|Date|Message-ID|X-Quietline-(Number|Kind)|MIME-Version"
        r"|Content-(Type|Disposition|Transfer-Encoding)): | |--quietline-[0-9a-f]{32}|[A-Za-z0-9+/=]*$"
    )
    assert not [line for line in box.decode("ascii").split("\n") if not headers.match(line)]


def test_a_page_is_no_page_in_the_folder() -> None:
    """What is opened by a press must not run: a page or a drawing that somebody sent is handed out as a file of no kind."""
    names = ("x.html", "x.svg", "x.pdf", "x.exe", "x", ".htaccess", "a.b.PDF", "x.pdf.html")
    notes = tuple(AttachmentNote(uuid4(), name, "text/html", 1) for name in names)
    lines = [Line(entry(1, Body("Files.", attachments=notes), Channel.EMAIL))]
    packed = in_memory(ExportFormat.HTML, record(lines), lines, {note.id: b"x" for note in notes})
    paths = [path.partition("-")[2].partition("-")[2] for _, path in parsed(packed).links]
    assert paths == [
        *("x_html.bin", "x_svg.bin", "x.pdf", "x_exe.bin", "x.bin", "file_htaccess.bin", "a_b.PDF"),
        "x_pdf_html.bin",
    ]


def test_the_page_runs_nothing_and_fetches_nothing() -> None:
    lines = list(every_line())
    page = page_of(in_memory(ExportFormat.HTML, record(lines), lines))
    assert "default-src 'none'" in page.partition("<body>")[0]
    assert not re.search(r"<script|<img|<link|<iframe|\bsrc=| on\w+=|https?:", page)


def test_json_says_what_it_is() -> None:
    """The fields that docs/export.md names, and no others."""
    lines = list(every_line())
    document = json.loads(in_memory(ExportFormat.JSON, record(lines), lines))
    assert document["format"] == "quietline.export.v1"
    assert datetime.fromisoformat(document["made_at"]) == record(lines).at
    assert list(document) == [
        *("format", "made_at", "whole", "practice", "conversation", "sessions", "entries"),
        *("notes", "people"),
    ]
    roles = {one["id"]: (one["role"], one["former"]) for one in document["people"]}
    assert roles[str(GONE)] == (None, True)
    assert roles[str(CARER)] == ("therapist", False)
