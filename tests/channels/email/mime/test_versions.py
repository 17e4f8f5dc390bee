"""Text nobody knows: alone it is plain text, beside versions that are known it is neither words nor a file."""

import pytest

from channels.email.mime.parsing import parse

HEAD = "From: ruth@home.test\r\nMIME-Version: 1.0\r\n"
PLAIN = "Content-Type: text/plain\r\n\r\nIt is better."
PAGE = "Content-Type: text/html\r\n\r\n<p>It is better.</p>"


def together(kind: str, *parts: str) -> bytes:
    pieces = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f'{HEAD}Content-Type: multipart/{kind}; boundary="b"\r\n\r\n{pieces}--b--\r\n'.encode()


def other(kind: str, words: str = "x", more: str = "") -> str:
    return f"Content-Type: {kind}\r\n{more}\r\n{words}"


@pytest.mark.parametrize(
    "kind",
    [
        "text/x-amp-html",
        "text/watch-html",
        "text/vnd.google.email-reaction+json",
        "text/markdown",
        "text/rtf",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_further_version_is_neither_words_nor_a_file(kind: str, place: int) -> None:
    parts = [PLAIN, PAGE]
    parts.insert(place, other(kind))
    read = parse(together("alternative", *parts))
    assert (read.text, read.attachments) == ("It is better.", ())


@pytest.mark.parametrize("kind", ["text/x-note", "text/markdown", "text/x-plain-unknown", "text/foo"])
def test_unknown_text_is_plain_text(kind: str) -> None:
    assert parse(f"{HEAD}{other(kind, 'I am better.')}".encode()).text == "I am better."
    assert parse(together("mixed", PLAIN, other(kind, "And you?"))).text == "It is better.\nAnd you?"
    blank = "Content-Type: text/plain\r\n\r\n\u200b"
    assert (
        parse(together("alternative", blank, other(kind, "I am better."))).text.strip("\u200b\n")
        == "I am better."
    )


@pytest.mark.parametrize("kind", ["text/vcard", "text/csv", "text/css", "text/javascript", "text/xml"])
def test_text_for_programs_stays_a_file(kind: str) -> None:
    for raw in (together("mixed", PLAIN, other(kind)), together("mixed", PLAIN, other(f"{kind}; name=a.x"))):
        read = parse(raw)
        assert (read.text, len(read.attachments)) == ("It is better.", 1)


@pytest.mark.parametrize(
    "more", ["Content-Disposition: attachment\r\n", "Content-Disposition: inline; filename=a.md\r\n"]
)
def test_what_was_enclosed_stays_a_file(more: str) -> None:
    for kind in ("mixed", "alternative"):
        read = parse(together(kind, PLAIN, other("text/markdown", "# notes", more)))
        assert (read.text, len(read.attachments)) == ("It is better.", 1)


@pytest.mark.parametrize(
    "unseen", ["\u200b\u200c", "\u200b \u00ad\r\n\ufeff", "\u2060", "\u034f\u200c \u034f"]
)
def test_a_plain_version_that_nobody_can_see_gives_way_to_the_page(unseen: str) -> None:
    plain = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{unseen}"
    assert parse(together("alternative", plain, PAGE)).text == "It is better."
