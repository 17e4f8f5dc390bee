"""Headings of a text that is agreed to stand below the page's own, and none skips a level."""

import re

import pytest

from web.pages.parts.markdown import as_html


@pytest.mark.parametrize(
    ("text", "below", "levels"),
    [
        ("# One\n\n## Two\n\n# Three", 1, "232"),
        ("## One\n\n#### Two\n\n###### Three\n\n## Four", 1, "2342"),
        ("#### One\n\n# Two", 2, "33"),
    ],
)
def test_the_highest_heading_of_a_text_stands_right_below_the_pages(
    text: str, below: int, levels: str
) -> None:
    html = as_html(text, below)
    assert "".join(re.findall(r"<h(\d)>", html)) == "".join(re.findall(r"</h(\d)>", html)) == levels
