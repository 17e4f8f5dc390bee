"""Replies as many mail programs write them, and letters that only look like replies: words stay, quotations fold."""

import pytest

from channels.email.mime.plain_text import html_to_text
from channels.email.quoting.folding import fold
from tests.channels.email.case_files import Reply, replies


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


@pytest.mark.parametrize("reply", list(replies()), ids=lambda reply: reply.name)
def test_what_the_writer_wrote_is_shown_and_nothing_else(reply: Reply) -> None:
    assert tidy(fold(reply.text).shown) == tidy(reply.shown)


@pytest.mark.parametrize("page", list(replies("pages")), ids=lambda page: page.name)
def test_a_page_folds_by_the_marks_of_its_program(page: Reply) -> None:
    shown = fold(html_to_text(page.text.strip())).shown
    unspaced = ["".join(text.replace(">", "").split()) for text in (shown, page.shown)]
    assert unspaced[0] == unspaced[1]


@pytest.mark.parametrize("reply", list(replies()), ids=lambda reply: reply.name)
def test_what_is_shown_and_what_is_folded_hold_every_line(reply: Reply) -> None:
    folded = fold(reply.text)
    lines = [line.strip() for line in f"{folded.shown}\n{folded.folded}".split("\n") if line.strip()]
    assert sorted(lines) == sorted(line.strip() for line in reply.text.split("\n") if line.strip())
