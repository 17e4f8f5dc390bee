"""What pages say once, quietly and to the right reader: promises, additions, breaks, times of one's own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from messaging.letters.passages import own_words
from tests.web.samples.cast import CHAT, HERE, INBOX, LETTERS, LINDEN, LINDENS, NOW, RUTH, RUTHS, at
from tests.web.samples.pages import PAGES
from web.pages.client.views import Letters
from web.pages.parts.breaks import joined
from web.pages.parts.dates import is_due
from web.pages.parts.rendering import environment, lines
from web.pages.parts.views import Event, Letter, Origin, Single, Timeline

ENVIRONMENT = environment()


def shown(template: str, view: object) -> str:
    return ENVIRONMENT.get_template(template).render(view=view)


def events(*told: tuple[str, float], who: str = "Linden", session: str = "s-1") -> tuple[Event, ...]:
    """Each so many minutes ago."""
    return tuple(
        Event(number, at(minutes=minutes), what, who=who, session=session)
        for number, (what, minutes) in enumerate(told, 1)
    )


LOST, BACK = "connection_lost", "connection_back"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (((LOST, 9),), "Linden lost the connection"),
        (((LOST, 9), (BACK, 8)), "Linden lost the connection at 18:09 and is back"),
        (((LOST, 9), (BACK, 8), (LOST, 7)), "Linden lost the connection 2 times since 18:09"),
        (
            ((LOST, 9), (BACK, 8), (LOST, 7), (BACK, 6)),
            "Linden lost the connection 2 times since 18:09 and is back",
        ),
        (((BACK, 8),), "Linden is back"),
    ],
    ids=["lost", "back", "twice", "twice and back", "back alone"],
)
def test_breaks_that_follow_each_other_are_one_line(told: tuple[tuple[str, float], ...], said: str) -> None:
    record = replace(CHAT, entries=(*events(*told), *CHAT.entries[1:2]))
    page = shown("staff/conversation.html", replace(INBOX, open=replace(LINDENS, timeline=record)))
    assert [
        re.sub("[\u2068\u2069]", "", one)
        for one in re.findall(r'"text">([^<]*connection[^<]*|[^<]*is back)<', page)
    ] == [said]
    assert f'id="n{len(told)}"' in page, "the line stands where the last of them was"


def test_breaks_of_two_people_of_two_days_and_with_words_between_stay_apart() -> None:
    one, two, three = events((LOST, 9), (BACK, 8), (LOST, 7))
    for apart in (
        (one, replace(two, who="Ben"), three),
        (one, replace(two, session="s-2"), replace(three, session="s-3")),
        (one, CHAT.entries[1], two),
    ):
        assert len(list(joined(apart, HERE.zone))) == 3
    yesterday = replace(one, at=one.at - timedelta(days=1))
    assert len(list(joined((yesterday, two), HERE.zone))) == 2
    over = Event(2, at(minutes=8), "session_ended", session="s-9")
    ended = Timeline("c", (*events((LOST, 9), session="s-9"), over))
    assert len(list(lines(ended, HERE))) == 2, "a past session is one line, below its day"


def promises(page: str) -> Iterator[tuple[bool, str]]:
    """Of each letter: whether it is in the colour of what is due, and the words."""
    for found in re.finditer(r'<span class="promised( due)?">([^<]*) <time', page):
        yield bool(found[1]), found[2]


def test_whoever_waits_for_an_answer_is_never_told_to_answer() -> None:
    assert set(promises(shown("client/letters.html", Letters(LINDEN, HERE, LETTERS)))) == {
        (False, "answered by")
    }
    assert set(promises(shown("staff/conversation.html", INBOX))) == {(False, "answer by")}


def test_amber_is_what_is_due_today_or_late_and_nothing_else() -> None:
    for ahead, due in ((-50, True), (-1, True), (0, True), (5, True), (6, False), (48, False)):
        by = NOW + timedelta(hours=ahead)
        assert is_due(by, HERE) is due, "by the reader's own day, which ends at midnight in Vienna"
        entries = tuple(
            replace(one, answer_by=by) if isinstance(one, Letter) and one.owed else one
            for one in RUTHS.entries
        )
        page = shown(
            "staff/conversation.html",
            replace(INBOX, open=replace(RUTH, answer_by=by, timeline=replace(RUTHS, entries=entries))),
        )
        assert set(promises(page)) == {(due, "answer by")}
        assert ('<p class="waits" data-waits>' in page) is due


def test_a_time_of_ones_own_stands_apart_from_the_words_around_it() -> None:
    beside = re.compile(r'.?<small class="elsewhere".*?</small>.?', re.DOTALL)
    found = [one for template, view in PAGES.values() for one in beside.findall(shown(template, view))]
    assert found
    assert not [one for one in found if not (one[0].isspace() and (one[-1].isspace() or one[-1] == "<"))]


def test_an_addition_says_to_which_letter_and_is_of_one_piece_with_it() -> None:
    page = shown("staff/conversation.html", INBOX)
    assert re.search(
        r'<li class="sheet added" id="n14".*?added to the letter of Sun 22 Nov, 22:10', page, re.DOTALL
    )
    assert page.count('class="sheet added"') == 1


@pytest.mark.parametrize(
    ("letter", "first"),
    [
        ("Dear Mira,\n\nI keep going back.", "I keep going back."),
        ("Liebe Mira,\nich denke oft daran.", "ich denke oft daran."),
        ("عزيزتي ميرا،\n\nأفكر في ذلك", "أفكر في ذلك"),
        ("> What did you do?\n\nDear Mira,\n\nNothing.", "Nothing."),
        ("Dear Mira,", "Dear Mira,"),
        ("I did not sleep.\n\nNot at all.", "I did not sleep. Not at all."),
        ("> Only yours.", "> Only yours."),
        ("", ""),
    ],
)
def test_a_preview_begins_with_the_first_sentence_not_with_the_greeting(letter: str, first: str) -> None:
    assert own_words(letter) == first


def test_the_waiting_room_says_that_a_session_is_open_once() -> None:
    template, view = PAGES["waiting-known"]
    page = shown(template, view)
    assert page.count("is open") == 1


BY_HAND = "Dear Ruth,\n\n> What did you do with your hands?\n\nTell me.\n\n> 5 mg in the morning is too much.\n>> or so"


def test_what_a_hand_marked_stays_the_writers_and_keeps_its_sign() -> None:
    origin = Origin(1, "Ruth", False, at(2))
    letter = Letter(20, at(1), "Dr Mira Engel", True, BY_HAND, origins=(origin,))
    for channel, mark in (("web", True), ("email", False)):
        single = Single(HERE, replace(letter, channel=channel))
        page = shown("parts/_single.html", single)
        assert ('<p dir="auto">&gt; 5 mg in the morning is too much.' in page) is mark
        assert "<p>What did you do with your hands?</p></blockquote>" in page, "a quotation stays one"
