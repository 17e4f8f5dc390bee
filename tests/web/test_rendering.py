"""Words and times as the pages put them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web.pages.parts import dates, rendering
from web.pages.parts.views import ChatMessage, Event, Folding, Here, Letter, Timeline

NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already Tuesday in Vienna
VIENNA = Here(NOW, ZoneInfo("Europe/Vienna"))
LONDON = Here(NOW, ZoneInfo("Europe/London"))


def test_brackets_are_set_apart_and_stay_escaped() -> None:
    assert rendering.brackets("ok [a <b> breath] & on") == (
        'ok <em class="aside">[a &lt;b&gt; breath]</em> &amp; on'
    )


@pytest.mark.parametrize("plain", ["[", "a ] b", "[two\nlines]", f"[{'long ' * 40}]", ""])
def test_what_is_no_tone_of_voice_stays_plain(plain: str) -> None:
    assert rendering.brackets(plain) == plain


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ruth", "R"),
        ("Dr Mira Engel", "ME"),
        ("Ben and Tess", "B·T"),
        ("Dr Mira", "M"),
        ("", "?"),
        ("and", "?"),
        ("Dr", "?"),
        ("يوسف", "ي"),
    ],
)
def test_initials(name: str, short: str) -> None:
    assert rendering.initials(name) == short


def test_the_same_moment_is_another_day_elsewhere() -> None:
    late = NOW - timedelta(minutes=45)
    assert dates.moment(late, VIENNA) == "yesterday 23:45"
    assert dates.moment(late, LONDON) == "today 22:45"
    assert dates.day(NOW + timedelta(days=2), VIENNA) == "Thursday 26 November"
    assert dates.moment(NOW + timedelta(days=2), VIENNA) == "Thu 26 Nov, 00:30"
    assert dates.soon(NOW + timedelta(days=2), VIENNA) == "Thu 00:30"
    assert dates.short_day(NOW.replace(year=2025), VIENNA) == "Mon 24 Nov 2025"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "just now"),
        (0.5, "just now"),
        (12, "12 min"),
        (185, "3 h"),
        (35 * 60, "35 h"),
        (48 * 60, "2 days"),
    ],
)
def test_waiting_words(minutes: float, words: str) -> None:
    assert dates.waiting_words(NOW - timedelta(minutes=minutes), VIENNA) == words


def test_a_check_in_for_a_session_still_to_open_is_not_a_past_session() -> None:
    early = Event(1, NOW - timedelta(minutes=9), "checked_in", session="booked")
    opened = Event(2, NOW - timedelta(minutes=5), "session_opened", session="booked")
    for entries, expected in (
        ((early,), ["day", "event"]),
        ((early, opened), ["day", "past_session"]),
    ):
        kinds = [line.kind for line in rendering.lines(Timeline("c", entries, 2), VIENNA)]
        assert kinds == expected


def test_a_past_session_becomes_one_line_and_the_live_one_stays_open() -> None:
    talk = ChatMessage(2, NOW, "Ruth", False, "hello", "old")
    entries = (
        Event(1, NOW, "session_opened", session="old"),
        talk,
        Letter(3, NOW, "Ruth", False, "a letter"),
        replace(talk, number=4, session="live"),
    )
    kinds = [line.kind for line in rendering.lines(Timeline("c", entries, live_session="live"), VIENNA)]
    assert kinds == ["day", "past_session", "letter", "chat"]


def test_a_new_day_has_its_head_once() -> None:
    talk = ChatMessage(1, NOW - timedelta(days=1), "Ruth", False, "hello")
    entries = (talk, replace(talk, number=2, at=NOW), replace(talk, number=3, at=NOW))
    assert [line.kind for line in rendering.lines(Timeline("c", entries), VIENNA)] == [
        "day",
        "chat",
        "day",
        "chat",
        "chat",
    ]


def test_an_assets_address_changes_with_its_content() -> None:
    assert rendering.asset("css/tokens.css").startswith("/static/css/tokens.css?v=")
    assert rendering.asset("css/tokens.css") != rendering.asset("css/base.css")


@pytest.mark.parametrize(
    ("folding", "said"),
    [
        (Folding(1), "1 line of an earlier mail"),
        (Folding(8, begins="I <i>was</i>"), "8 lines of an earlier mail: I &lt;i&gt;was&lt;/i&gt;"),
        (Folding(12, "Mira", mine=True, at=NOW), "your letter of Tue 24 Nov, 00:30"),
        (Folding(12, "Mira", at=NOW, begins="Ruth"), "letter of Mira of Tue 24 Nov, 00:30: Ruth"),
    ],
)
def test_a_fold_says_what_stands_behind_it(folding: Folding, said: str) -> None:
    summary = rendering.environment().from_string(
        '{% import "parts/_entry.html" as entry %}{{ entry.folding(of, here) }}'
    )
    shown = summary.render(of=folding, here=VIENNA)
    assert re.sub(r"</?(?:q|bdi)[^>]*>", "", shown).strip() == said
