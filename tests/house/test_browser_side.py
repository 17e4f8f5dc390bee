"""What we send to a browser: small scripts that build no markup, no inline code or style, nothing from third parties."""

import re
from collections.abc import Iterator

from tests.house.tree import Source, sources

LONGEST_SCRIPT = 150
# Each makes markup or code of words, or keeps words on a shared computer.
FORBIDDEN_IN_SCRIPTS = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|localStorage|sessionStorage)\b"
)
INLINE = re.compile(
    r"""\sstyle\s*=\s*["'{]|\son[a-z]+\s*=\s*["'{]|<style\b|javascript:|<script\b[^>]*>(?!\s*</script>)""",
    re.IGNORECASE,
)
IMPORT_FROM_AFAR = re.compile(r"@import\s+(url\()?\s*[\"']?(https?:)?//", re.IGNORECASE)
ADDRESS = re.compile(r"https?://([\w.-]+)|(?<=[\"'(=])//([\w-]+\.[\w.-]+)", re.IGNORECASE)
# Names and examples, never fetched: XML namespaces, and the domains kept for examples (RFC 2606).
HARMLESS = re.compile(r"(www\.w3\.org|(.+\.)?example(\.(org|com|net))?|localhost|127\.0\.0\.1)$")
# What lies on one side must lie on the other where one reads from right to left: `inline-start`, never `left`.
ONE_SIDED = re.compile(
    r"(?<![\w-])(?:[\w-]+-)?(?:left|right)(?:-(?:width|style|color|radius))?\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
FOUR_SIDES = re.compile(r"(?<![\w-])(?:padding|margin|inset|border-width)\s*:\s*([^;}]+)")
VALUE = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def ours(*suffixes: str) -> tuple[Source, ...]:
    return tuple(file for file in sources(*suffixes, below=("web",)) if "/vendor/" not in file.place)


def found(pattern: re.Pattern[str], files: tuple[Source, ...]) -> list[str]:
    return [
        f"{file.place}:{file.line_of(hit.start())} {hit[0].strip()}"
        for file in files
        for hit in pattern.finditer(file.text)
    ]


def without_comments(file: Source) -> Source:
    """Jinja's comments never leave the server; their lines stay, so that numbers stay true."""
    return Source(file.place, JINJA_COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), file.text))


def third_parties(files: tuple[Source, ...]) -> Iterator[str]:
    for file in files:
        for hit in ADDRESS.finditer(file.text):
            if not HARMLESS.match(hit[1] or hit[2]):
                yield f"{file.place}:{file.line_of(hit.start())} {hit[0]}"


def templates() -> tuple[Source, ...]:
    return tuple(without_comments(file) for file in ours(".html", ".jinja"))


def test_every_script_does_one_small_job() -> None:
    assert not [file.place for file in ours(".js") if len(file.lines) > LONGEST_SCRIPT]


def test_no_script_makes_markup_of_words_or_keeps_them() -> None:
    assert not found(FORBIDDEN_IN_SCRIPTS, ours(".js"))


def test_every_key_is_first_asked_whether_it_composes_a_word() -> None:
    """Who writes Japanese presses Enter and Escape for their input method: neither sends nor throws away anything."""
    listening = [file for file in ours(".js") if '"keydown"' in file.text]
    assert len(listening) > 3
    assert not [
        file.place for file in listening if not re.search(r"composing\(event\)|isComposing", file.text)
    ]


def test_no_template_holds_code_or_style() -> None:
    assert not found(INLINE, templates())


def test_no_style_sheet_fetches_from_afar() -> None:
    assert not found(IMPORT_FROM_AFAR, ours(".css"))


def test_nothing_we_send_names_a_third_party() -> None:
    assert not list(third_parties((*templates(), *ours(".js", ".css", ".svg", ".webmanifest"))))


def test_a_dangerous_script_would_be_seen() -> None:
    bad = Source(
        "a.js", "const x = 1;\nnode.innerHTML = words;\nlocalStorage.draft = words;\nmedieval(retrieval);\n"
    )
    assert found(FORBIDDEN_IN_SCRIPTS, (bad,)) == ["a.js:2 innerHTML", "a.js:3 localStorage"]


def test_inline_code_would_be_seen() -> None:
    for bad in (
        '<p style="x">',
        '<a onclick="x">',
        "<script>x</script>",
        '<script type="module">\nx',
        '<a href="javascript:x">',
    ):
        assert found(INLINE, (Source("a.html", bad),)), bad
    for good in (
        '<script type="module" src="/static/a.js"></script>',
        '<link rel="stylesheet">',
        '<p data-on="x">',
    ):
        assert not found(INLINE, (Source("a.html", good),)), good


def test_a_third_party_would_be_seen() -> None:
    bad = Source(
        "a.html",
        '<svg xmlns="http://www.w3.org/2000/svg"/>\n<img src="//cdn.test/x">\n<a href="https://fonts.test">',
    )
    assert list(third_parties((bad,))) == ["a.html:2 //cdn.test", "a.html:3 https://fonts.test"]
    assert found(IMPORT_FROM_AFAR, (Source("a.css", '@import url("https://fonts.test/a.css");'),))


def lopsided(files: tuple[Source, ...]) -> Iterator[str]:
    for file in files:
        for hit in FOUR_SIDES.finditer(file.text):
            sides = VALUE.findall(hit[1])
            if len(sides) == 4 and sides[1] != sides[3]:
                yield f"{file.place}:{file.line_of(hit.start())} {hit[0]}"


def test_no_sheet_says_left_or_right() -> None:
    assert not found(ONE_SIDED, ours(".css"))
    assert not list(lopsided(ours(".css")))


def test_left_and_right_would_be_seen() -> None:
    for one in (
        ".a { margin-left: 1px }",
        ".a{left:0}",
        "a { text-align: right; }",
        "a { border-right-color: red }",
    ):
        assert ONE_SIDED.search(one), one
    assert not ONE_SIDED.search(".left-out { margin-inline-start: 1px; text-align: start }")
    assert list(lopsided((Source("a.css", "a { padding: 1px 2px 1px 3px }"),)))
