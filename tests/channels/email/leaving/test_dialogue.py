"""A letter that answers passage by passage, as mail: both parts read as a dialogue, and what comes back folds."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.composing.mail import REPLY_ABOVE, compose_full, compose_notice
from channels.email.composing.wording import WIDTH, flowed
from channels.email.mime.parsing import parse
from channels.email.mime.plain_text import html_to_text
from channels.email.quoting.folding import fold
from channels.email.quoting.lines import Kind
from messaging.leaving.keys import Choice, choose_mode
from messaging.people import EmailMode
from tests.cast import Cast
from tests.channels.email.leaving.test_composing import LINK, TO_MARA, check_wire_form, other_reader
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.leaving.test_locked_letters import with_key
from tests.channels.email.world import FakeRelay
from tests.peers.gnupg import gnupg
from tests.peers.running import needs

HEADED = ["You have a new message"]
"""What the letter's own Subject says."""
HERS = "I keep going back to that evening. Not the shouting, the part after, when the kitchen was so quiet."
NIGHT = "لم أنم مرة أخرى الليلة، لكن العدّ إلى أربعة ساعدني قليلا نحو الثالثة."
ANSWER = f"""Dear Mara,

> {HERS}

What strikes me is that you remember the clock. Something in you stayed and listened, even then.

> My sister says I should just tell him.
>
>> What did you do with your hands?

Might you write to me about the night? Not what it means, only how it was.

> {NIGHT}

I read this twice.

Mira"""


class Outline(HTMLParser):
    """The elements of a page with what stands in them, one line each, indented by depth."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.depth = 0
        self.lines: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(markup.partition("<body>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "blockquote":
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.lines.append("> " * self.depth + data.strip())


def parts(text: str) -> tuple[str, str]:
    """The plain part as a program shows it that knows nothing of flowed text, and the page."""
    raw = compose_full(TO_MARA, text)
    check_wire_form(raw)
    mail = other_reader(raw)
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content_type() == "text/plain"
    assert plain["Content-Type"].params["format"] == "flowed"
    return plain.get_content(), page.get_content()


def test_the_plain_part_is_a_dialogue_on_every_screen() -> None:
    plain, _ = parts(ANSWER)
    assert max(map(len, plain.splitlines())) <= 78
    quoted = [line for line in plain.splitlines() if line.startswith(">")]
    assert quoted[0] == "> I keep going back to that evening. Not the shouting, the part after, "
    assert quoted[1] == "> when the kitchen was so quiet."
    assert ">> What did you do with your hands?" in quoted
    assert "What strikes me is that you remember the clock. Something in you " in plain.splitlines()


def test_the_page_is_the_same_dialogue_and_fetches_and_paints_nothing() -> None:
    _, page = parts(ANSWER)
    outline = Outline(page)
    assert outline.lines == [
        REPLY_ABOVE,
        "Dear Mara,",
        f"> {HERS}",
        "What strikes me is that you remember the clock. Something in you stayed and listened, even then.",
        "> My sister says I should just tell him.",
        "> > What did you do with your hands?",
        "Might you write to me about the night? Not what it means, only how it was.",
        f"> {NIGHT}",
        "I read this twice.",
        "Mira",
    ]
    assert {name for name, _ in outline.attributes} == {"dir", "style"}
    styles = [value for name, value in outline.attributes if name == "style"]
    assert not [style for style in styles if re.search(r"url|background|(?<!-)color", style)]
    assert [re.findall(r"border-(\w+)", style) for style in styles] == [
        ["left"],
        ["left"],
        ["left"],
        ["right"],
    ]
    assert '<meta name="color-scheme" content="light dark">' in page


def test_words_in_a_quotation_never_become_markup() -> None:
    _, page = parts('> <img src="//evil.example" onerror=x>\n\n<b>Hm.</b>')
    assert "<img" not in page
    assert "<b>" not in page
    assert "&lt;img src=&quot;//evil.example&quot; onerror=x&gt;" in page


def test_a_notice_holds_nothing_of_it() -> None:
    notice = compose_notice(TO_MARA, LINK)
    assert not {word for word in ANSWER.split() if len(word) > 6} & set(notice.decode().split())


@needs("gpg")
async def test_it_leaves_whole_locked_or_not_at_all_as_each_client_chose(
    cast: Cast, relay: FakeRelay
) -> None:
    with gnupg() as theirs:
        await with_key(cast, theirs, "linden")
        await choose_mode(cast.office, cast["ruth"], Choice(EmailMode.FULL, "a warning", ticked=True))
        await choose_mode(cast.office, cast["ben"], Choice(EmailMode.NOTICE))
        for file in ("ruth", "linden", "ben"):
            await write(cast, file, ANSWER)
        await send(cast.office, relay)
        (whole,), (locked,), (notice,) = (relay.to(cast[who].email) for who in ("ruth", "linden", "ben"))
        opened = theirs.run("--decrypt", given=locked)
    assert opened.ok, opened.status
    for mail in (whole, opened.content):
        read = parse(mail)
        assert f"\n> {HERS}\n" in read.text
        assert b"<blockquote" in mail
    for mail in (locked, notice):
        assert "going back" not in parse(mail).text
        assert b"blockquote" not in mail


TEXT = st.text(st.sampled_from("> ab-\u0628\u4e2d.F\n"), max_size=300) | st.lists(
    st.sampled_from(["", ">", "> ", ">>", "From here", "--", "-- ", " indented", "word " * 30, "x" * 90])
).map("\n".join)


@given(TEXT)
def test_flowed_lines_are_short_and_joined_again_they_are_the_same_words(text: str) -> None:
    lines = flowed(text).split("\n")
    assert not [
        line for line in lines if len(line) > WIDTH + 6 and " " in line.lstrip("> ").rstrip()[: WIDTH - 20]
    ]
    assert "\n".join(_joined(lines)) == "\n".join(_normal(line) for line in text.split("\n"))


def _normal(line: str) -> str:
    """One row of marks and no blanks at the end but a signature's: what format=flowed cannot tell apart anyway."""
    depth = 0
    while line.startswith(">"):
        depth, line = depth + 1, line[1:] if line.startswith(">>") else line[1:].removeprefix(" ")
    return f"{'>' * depth}|{line if line == '-- ' else line.rstrip(' ')}"


def _joined(lines: list[str]) -> list[str]:
    """As RFC 3676 section 4.2 reads them, written anew."""
    found: list[str] = []
    soft = ""
    for line in lines:
        bare = line.lstrip(">")
        marks = line[: len(line) - len(bare)]
        bare = bare.removeprefix(" ")
        assert soft in ("", f"{marks}|"), "a soft break between depths"
        found = [*found[:-1], found[-1] + bare] if soft else [*found, f"{marks}|{bare}"]
        soft = f"{marks}|" if bare.endswith(" ") and bare != "-- " else ""
    assert not soft
    return found


@pytest.mark.parametrize("line", ["-- ", "> -- ", ">> -- "])
def test_the_line_before_a_signature_keeps_its_blank_on_the_wire(line: str) -> None:
    """RFC 3676 section 4.3: without it programs see two dashes, and show the signature as words."""
    sent = f"Dear Mara\n\n{line}\nMira Novak"
    assert re.sub("> -- $", ">-- ", line) in [
        one.replace("> -- ", ">-- ") for one in flowed(sent).split("\n")
    ]
    plain, _ = parts(sent)
    assert re.search(r"(?m)-- \r?$", plain)
    assert b"--=20\r\n" in compose_full(TO_MARA, sent)


def test_our_own_parser_reads_back_what_we_sent() -> None:
    read = parse(compose_full(TO_MARA, ANSWER)).text
    assert re.sub(r"(?m)^> $", ">", read).strip() == f"{REPLY_ABOVE}\n\n{ANSWER}"


# ---------------------------------------------------------------- what comes back

PLAIN, PAGE = parts(ANSWER)
SHOWN = PAGE.partition("<body>")[2].partition("</body>")[0]
SAID = "I read it twice, and then I went out."
BETWEEN = "He would not hear it."
INTRODUCTION = "On Tue, Jan 14, 2031 at 6:20 PM Quiet Practice <letters@practice.test> wrote:"
HEADERS = (
    "From: Quiet Practice <letters@practice.test>\nSent: Tuesday, January 14, 2031 6:20 PM\n"
    "To: mara@example.org\nSubject: You have a new message\n\n"
)
OUTLOOK_HEAD = (
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
    "<b>From:</b> Quiet Practice &lt;letters@practice.test&gt; <br><b>Sent:</b> Tuesday, January 14, 2031 6:20 PM"
    "<br><b>To:</b> mara@example.org<br><b>Subject:</b> You have a new message</p></div>"
)
UNMARKED = re.sub(r"(?m)^>+ ?", "", PLAIN)


def marked(text: str) -> str:
    return "\n".join(
        f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in text.split("\n")
    )


def gmail_page(said: str, original: str) -> str:
    return html_to_text(
        f'<div dir="ltr">{said}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{INTRODUCTION}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px '
        f'0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{original}</blockquote></div>'
    )


def outlook_page(said: str, original: str) -> str:
    return html_to_text(
        f'<div class="WordSection1"><p class="MsoNormal">{said}</p>{OUTLOOK_HEAD}{original}</div>'
    )


def apple_page(said: str, original: str) -> str:
    return html_to_text(
        f'<body dir="auto">{said}<br><div><br><blockquote type="cite"><div>On 14 Jan 2031, at 18:20, Quiet Practice '
        f"&lt;letters@practice.test&gt; wrote:</div><br><div>{original}</div></blockquote></div></body>"
    )


ABOVE = {
    "gmail, plain": f"{SAID}\n\n{INTRODUCTION}\n\n{marked(PLAIN)}",
    "gmail, page": gmail_page(SAID, SHOWN),
    "outlook, plain": f"{SAID}\n\n{HEADERS}{PLAIN}",
    "outlook, plain without marks": f"{SAID}\n\n{HEADERS}{UNMARKED}",
    "outlook, page": outlook_page(SAID, SHOWN),
    "apple, plain": f"{SAID}\n\n> {INTRODUCTION}\n>\n{marked(PLAIN)}",
    "apple, page": apple_page(SAID, SHOWN),
    "nobody's, plain without marks": f"{SAID}\n\n{UNMARKED}",
}


@pytest.mark.parametrize("reply", ABOVE)
@pytest.mark.parametrize("known", [True, False], ids=["sent", "forgotten"])
def test_an_answer_above_a_dialogue_is_all_that_is_shown(reply: str, known: bool) -> None:
    folded = fold(ABOVE[reply], own_recent=[ANSWER] if known else [], said=HEADED)
    if known and "without marks" in reply:  # what we quoted of hers she may have written again
        assert folded.shown.startswith(f"{SAID}\n\nI keep going back to that evening.")
        assert not [one for one in folded.segments if one.kind is Kind.OWN and "going back" in one.text]
        assert "Something in you stayed" not in folded.shown
        return
    assert folded.shown == SAID
    assert "My sister says I should just tell him." in folded.folded


BELOW = '<p dir="ltr">Might'
WITHIN = {
    "gmail, plain": f"{INTRODUCTION}\n\n"
    + marked(PLAIN).replace("> Might you", f"\n{BETWEEN}\n\n> Might you"),
    "gmail, page": gmail_page(
        "", SHOWN.replace(BELOW, f'</blockquote><div>{BETWEEN}</div><blockquote class="gmail_quote">{BELOW}')
    ),
    "outlook, page": outlook_page(
        "Hello", SHOWN.replace(BELOW, f'<p style="color:red">{BETWEEN}</p>{BELOW}')
    ),
    "outlook, plain without marks": f"Hello\n\n{HEADERS}"
    + UNMARKED.replace("Might you", f"{BETWEEN}\n\nMight you"),
    "apple, page": apple_page(
        "", SHOWN.replace(BELOW, f'</blockquote><div>{BETWEEN}</div><blockquote type="cite">{BELOW}')
    ),
}


@pytest.mark.parametrize("reply", WITHIN)
def test_answers_within_a_dialogue_are_shown_below_what_they_answer(reply: str) -> None:
    folded = fold(WITHIN[reply], own_recent=[ANSWER], said=HEADED)
    own = "".join(one.text for one in folded.segments if one.kind is Kind.OWN)
    assert BETWEEN in own
    assert "My sister" not in own, "her words of last week are no words of today"
    assert "Something in you" not in own
    asked, _, after = folded.shown.partition(BETWEEN)
    assert "What did you do with your hands?" in asked
    assert "Mira" not in after.split()


@pytest.mark.parametrize("greeting", ["", "Dear Mira,\n\n"])
def test_what_we_quoted_may_be_written_again_and_is_hers(greeting: str) -> None:
    again = f"{greeting}{HERS}\n\nThat is still so, and it does not get any better at all."
    assert fold(again, own_recent=[ANSWER]).shown == again
    replied = f"{again}\n\n{INTRODUCTION}\n\n{marked(PLAIN)}"
    assert fold(replied, own_recent=[ANSWER]).shown == again
