"""The law of folding, tried at every place: whatever its writer adds to a letter is seen at once, and only what we sent,
what announces it, or what a program wrote is folded.
"""

import re
from collections.abc import Iterator
from itertools import islice
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.composing.mail import REPLY_ABOVE
from channels.email.composing.wording import flowed
from channels.email.mime.parsing import parse
from channels.email.mime.plain_text import html_to_text
from channels.email.quoting.folding import fold
from channels.email.quoting.headers import announces
from channels.email.quoting.keys import key
from channels.email.quoting.lines import unmarked
from tests.bench.mail_corpora import every_mail, sets
from tests.bench.quote_folding import read
from tests.channels.email.case_files import own_words, replies
from tests.channels.email.letters import CORPORA, NO_CORPORA

FORM = (
    "Dear Ruth,\n\nplease answer as you like.\n\nHow often did you wake up in the last seven days?\n\n"
    "Have you thought of ending your life in this time?\nyes\nno\n\nHow strong was it from zero to ten: __\n\n"
    "Which sentence fits you best?\n\nI am not good enough and nobody will help me.\n\nI am good as I am.\n\n"
    "[ ] I took the tablets (https://practice.test/tablets)\n\nWarm regards\nMira"
)
DIALOGUE = (
    "Dear Ruth,\n\n> I keep going back to that evening.\n\nWhat strikes me is that you remember the clock, and that "
    "something in you stayed and listened, even then.\n\n> My sister says I should tell him.\n\n"
    "Might you write to me?\n\nMira"
)
OURS = [FORM, DIALOGUE, *islice((sent for _, sent in own_words()), 1, 17, 8)]
"""What we sent: a form, a dialogue, and some in other languages."""

ANSWERS = (
    "5", "yes", "no", "x", "-", "👍", "ja", "✓", "Every night.", "not any more", "Yes, every evening.", "I want to die",
    "I am good as I am.", "nein, nie", "Sent from the bathroom floor", "--", "????", "はい",
    "I wrote to a@b.test on 5.5.2031",
)  # fmt: skip
"""As short as they come, and as like to what programs write."""

INTRODUCTION = "On Sun, 5 Oct 2025 at 18:20, Quiet Practice <reply@practice.test> wrote:"
HEADERS = (
    "From: Quiet Practice <reply@practice.test>\nSent: Sunday, October 5, 2025 6:20 PM\n"
    "To: ruth@home.test\nSubject: New message"
)
GERMAN = "Am 05.10.2025 um 18:20 schrieb Quiet Practice:"


def marked(text: str, mark: str = "> ") -> list[str]:
    return [f"{mark}{line}".rstrip() for line in text.split("\n")]


def quotations(sent: str) -> Iterator[tuple[str, list[str], int]]:
    """As programs quote it: a name, the lines, and how many of them stand above the words."""
    whole = f"{REPLY_ABOVE}\n\n{flowed(sent)}"
    yield "gmail", [INTRODUCTION, "", *marked(whole)], 2
    yield "thunderbird", [GERMAN, *marked(whole)], 1
    yield "apple", [f"> {INTRODUCTION}", ">", *marked(whole)], 2
    yield "outlook", ["_" * 32, *HEADERS.split("\n"), "", *whole.split("\n")], 6
    yield "divider", ["-----Original Message-----", *HEADERS.split("\n"), "", *whole.split("\n")], 6
    yield "marker", whole.split("\n"), 1
    yield "yahoo", [INTRODUCTION, "", *whole.split("\n")], 2
    yield "marks alone", marked(whole), 0
    yield "wrapped anew", [INTRODUCTION, *marked(_wrapped(whole, 31))], 1


def _wrapped(text: str, width: int) -> str:
    return "\n".join(piece for line in text.split("\n") for piece in wrap(line, width) or [""])


QUOTED = [
    pytest.param(sent, lines, above, id=f"{number}-{name}")
    for number, sent in enumerate(OURS)
    for name, lines, above in quotations(sent)
]


@pytest.mark.parametrize(("sent", "lines", "above"), QUOTED)
def test_our_letter_alone_is_folded_below_the_writers_words(sent: str, lines: list[str], above: int) -> None:
    folded = fold("\n".join(["I slept.", "", *lines]), own_recent=OURS, said=["New message"])
    assert folded.shown == "I slept." or _only_hers(folded.shown, sent)
    assert folded.quotes == OURS.index(sent)
    assert not folded.begins or _is_quoted_by_us(folded.begins, sent)


def _only_hers(shown: str, sent: str) -> bool:
    """What we quoted of the writer may have been written again where no mark says how deep it stands."""
    return all(_is_quoted_by_us(line, sent) for line in shown.split("\n")[1:] if line.strip())


def _is_quoted_by_us(line: str, sent: str) -> bool:
    return any(key(unmarked(line)) in key(one[1:]) for one in sent.split("\n") if one.startswith(">"))


def seen(text: str, added: str, count: int, own: list[str]) -> bool:
    """Whether as many lines with these words are shown as were written."""
    shown = fold(text, own_recent=own).shown
    return (
        sum(line.strip(" >|") == added or line.endswith(f" {added}") for line in shown.split("\n")) >= count
    )


@pytest.mark.parametrize(("sent", "lines", "above"), QUOTED)
@pytest.mark.parametrize("mark", ["", "> "], ids=["plain", "marked"])
def test_a_line_written_anywhere_into_the_quotation_is_shown(
    sent: str, lines: list[str], above: int, mark: str
) -> None:
    for place in range(len(lines) + 1):
        added = ANSWERS[place % len(ANSWERS)]
        for top in ([], ["Hello Mira,", ""]):
            text = "\n".join([*top, *lines[:place], f"{mark}{added}", *lines[place:]])
            assert seen(text, added, 1, OURS) or _is_drawn(added), (place, added, text)


def _is_drawn(added: str) -> bool:
    return not added.strip("- ")  # a drawn line says nothing, and is folded where it ends what stands above


@pytest.mark.parametrize(("sent", "lines", "above"), QUOTED)
def test_words_behind_ours_on_one_line_are_shown_with_the_question(
    sent: str, lines: list[str], above: int
) -> None:
    for place in range(above, len(lines)):
        if key(unmarked(lines[place])) in key(REPLY_ABOVE):
            continue
        for added in (ANSWERS[place % len(ANSWERS)], "5", "👍", "x"):
            answered = f"{lines[place]} {added}"
            text = "\n".join([*lines[:place], answered, *lines[place + 1 :]])
            for top in ("", "Here is the form.\n\n"):
                shown = fold(top + text, own_recent=OURS).shown
                assert answered.strip("> ") in shown, (place, added, text)


@pytest.mark.parametrize(("sent", "lines", "above"), QUOTED)
def test_one_sign_changed_on_a_line_of_ours_makes_it_the_writers(
    sent: str, lines: list[str], above: int
) -> None:
    for place in range(above, len(lines)):
        line = unmarked(lines[place])
        if key(line) in key(REPLY_ABOVE) or line.startswith(">"):
            continue
        changed = lines[place][: -len(line)] + re.sub(
            r"\w(?=\W*\Z)", lambda found: found[0].swapcase() + "!", line
        )
        if key(changed) == key(lines[place]):
            continue
        text = "\n".join(["Hello", "", *lines[:place], changed, *lines[place + 1 :]])
        assert unmarked(changed).strip() in fold(text, own_recent=OURS).shown


@pytest.mark.parametrize(
    "sentence", ["I am not good enough and nobody will help me.", "I am good as I am.", "yes", "no"]
)
def test_a_sentence_of_ours_that_was_chosen_is_shown(sentence: str) -> None:
    for _, lines, _above in quotations(FORM):
        quoted = "\n".join(lines)
        for text in (sentence, f"Hello Mira,\n\n{sentence}", f"{sentence}\n\nRuth", f"I choose: {sentence}"):
            assert sentence in fold(text, own_recent=OURS).shown
            assert sentence in fold(f"{text}\n\n{quoted}", own_recent=OURS).shown
        below = fold(f"{quoted}\n\n{sentence}\n", own_recent=OURS).shown
        assert below.rstrip().endswith(sentence)


def test_what_was_left_standing_of_ours_is_shown() -> None:
    for struck in (
        ["no"],
        ["yes"],
        ["I am good as I am."],
        ["yes", "no", "I am not good enough and nobody will help me."],
    ):
        left = "\n".join(line for line in FORM.split("\n") if line not in struck)
        kept = {"yes", "no", "I am good as I am.", "I am not good enough and nobody will help me."} - set(
            struck
        )
        for _, lines, _above in quotations(left):
            shown = fold("\n".join(["Here.", "", *lines]), own_recent=[FORM]).shown
            beside = {line for line in kept if _beside(line, struck)}
            rest = key("".join(map(unmarked, shown.split("\n"))))
            assert all(key(line) in rest for line in beside), (struck, shown)


def _beside(line: str, struck: list[str]) -> bool:
    written = [one for one in FORM.split("\n") if one.strip()]
    place = written.index(line)
    return written[place - 1] in struck or written[place + 1] in struck


def test_a_few_of_our_lines_kept_for_an_answer_above_are_shown() -> None:
    text = f"This one.\n\n{INTRODUCTION}\n> I am not good enough and nobody will help me."
    assert "nobody will help me" in fold(text, own_recent=OURS).shown


WORDS = st.text("abc 5!äж👍", min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([(sent, lines) for sent in OURS for _, lines, _ in quotations(sent)]),
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["", "> ", ">> ", "| "]), st.sampled_from(ANSWERS) | WORDS),
        min_size=1, max_size=4,
    ),
    st.lists(st.integers(0, 60), max_size=3),
)  # fmt: skip
def test_whatever_is_written_in_and_struck_out_every_added_line_is_shown(
    quoted: tuple[str, list[str]], added: list[tuple[int, str, str]], struck: list[int]
) -> None:
    sent, original = quoted
    lines = [line for place, line in enumerate(original) if place not in struck]
    for place, mark, words in added:
        lines.insert(min(place, len(lines)), f"{mark}{words}")
    folded = fold("\n".join(lines), own_recent=OURS)
    for _, _, words in added:
        if _is_drawn(words.strip()):
            continue
        wanted = sum(key(words) == key(unmarked(line).removeprefix("| ")) for line in lines)
        allowed = sum(key(words) == key(line) for line in sent.split("\n"))
        shown = sum(key(words) == key(unmarked(line).removeprefix("| ")) for line in folded.shown.split("\n"))
        assert shown >= wanted - allowed, (words, folded.shown)
    _check_law("\n".join(lines), folded.folded, OURS)


def _check_law(text: str, folded: str, own: list[str]) -> None:
    """Every folded line is ours, announces a quotation, is drawn, or is part of one of ours that was wrapped."""
    streams = [key("".join(unmarked(line) for line in sent.split("\n"))) for sent in own]
    for line in folded.split("\n"):
        bare = unmarked(line).strip("| ")
        known = not key(bare) or announces(bare) or any(key(bare) in stream for stream in streams)
        assert known or key(bare) in key(REPLY_ABOVE), (line, text)


@pytest.mark.parametrize(
    "answer", ["I want to die.", "I stop the therapy.\nRuth", "Please do not look for me.", "Goodbye"]
)
@pytest.mark.parametrize("mark", ["--", "---", "___", "—", "-- "])
def test_two_dashes_by_hand_begin_no_signature(mark: str, answer: str) -> None:
    if mark == "-- " and len(answer.split()) == 1:
        return  # RFC 3676's mark with a name below
    text = f"Thank you for everything.\n\n{mark}\n{answer}"
    assert answer in fold(text).shown
    assert answer in fold(f"{text}\n\n{INTRODUCTION}\n\n> Dear Ruth,\n", own_recent=OURS).shown


def test_a_block_seen_below_an_earlier_letter_is_a_signature() -> None:
    block = "--\nRuth\nLinden Street 3\n+43 1 5550123"
    text = f"I do not think so.\n\n{block}"
    assert fold(text).shown == text
    assert fold(text, earlier=[f"Hello\n\n{block}\n"]).shown == "I do not think so."
    sentence = "I do not think so.\n\n--\nI stop the therapy.\nRuth"
    assert "I stop" in fold(sentence, earlier=[sentence]).shown, (
        "a sentence is none, however often it was written"
    )


def test_what_was_quoted_deeper_is_folded_only_where_it_is_known() -> None:
    hers, deeper = (
        "I am afraid of the evenings.",
        "> What do you do then, in the evenings, when it gets dark?",
    )
    text = f"Yes.\n\n{INTRODUCTION}\n{deeper}\n>\n>> {hers}"
    own = ["What do you do then, in the evenings, when it gets dark?"]
    assert fold(text, own_recent=own, earlier=[hers]).shown == "Yes."
    assert hers in fold(text, own_recent=own).shown
    assert "I take pills" in fold(f"{text}\n>> I take pills.", own_recent=own, earlier=[hers]).shown


def test_what_lies_beyond_the_limits_is_shown() -> None:
    text = "\n".join(["Hello", "", INTRODUCTION, *["> a"] * 6000, "I want to die."])
    assert "I want to die." in fold(text).shown


ADDED = "Ich will nicht mehr leben 17."


def unhidden(text: str) -> Iterator[str]:
    """A letter with a sentence written in above each line, at most twelve of them."""
    lines = text.split("\n")
    step = max(1, len(lines) // 12)
    for place in range(0, len(lines) + 1, step):
        yield "\n".join([*lines[:place], ADDED, *lines[place:]])


@pytest.mark.parametrize("reply", list(replies()), ids=lambda reply: reply.name)
def test_where_our_letter_is_known_an_added_line_is_shown_in_every_programs_reply(reply: object) -> None:
    text = reply.text  # type: ignore[attr-defined]
    for changed in unhidden(text):
        assert ADDED in fold(changed, own_recent=OURS).shown


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_where_our_letter_is_known_an_added_line_is_shown_in_every_mail_of_the_corpora() -> None:
    tried = 0
    for one in sets(CORPORA):
        for name, raw, expected in one.mails():
            if "reply" not in expected or not name.endswith((".txt", ".eml", ".html")):
                continue
            text, _ = read(name, raw)
            for changed in islice(unhidden(text), 6):
                tried += 1
                assert ADDED in fold(changed, own_recent=OURS).shown, name
    assert tried > 100


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_where_nothing_of_ours_is_known_what_stands_above_the_original_is_shown() -> None:
    for path in every_mail(CORPORA):
        if path.suffix in (".txt", ".eml") and path.stat().st_size < 20_000:
            text = (
                parse(path.read_bytes()).text if path.suffix == ".eml" else path.read_text("utf-8", "replace")
            )
            assert ADDED in fold(f"{ADDED}\n\n{text}").shown, path.name


@pytest.mark.parametrize("added", ANSWERS)
def test_where_nothing_of_ours_is_known_a_line_between_marked_ones_is_shown(added: str) -> None:
    for name, lines, above in quotations(FORM):
        if name not in ("gmail", "thunderbird", "apple", "wrapped anew") or not added.strip("-"):
            continue
        for place in range(above + 1, len(lines) + 1):
            text = "\n".join(["Hello", "", *lines[:place], added, *lines[place:]])
            assert re.search(rf"(?m)^{re.escape(added)}$", fold(text).shown), (name, place)


def test_a_page_with_answers_in_the_cited_block_shows_them() -> None:
    page = (
        f'<div>see below</div><div class="gmail_quote"><div class="gmail_attr">{INTRODUCTION.replace("<", "&lt;")}<br></div>'
        '<blockquote class="gmail_quote"><div>How often did you wake up in the last seven days?</div><div style="color:red">'
        "Every night.</div><div>Have you thought of ending your life in this time?</div><div>Yes, every evening.</div>"
        "</blockquote></div>"
    )
    shown = fold(html_to_text(page), own_recent=OURS).shown
    assert "Every night." in shown
    assert "Have you thought of ending your life in this time?\n> Yes, every evening." in shown
