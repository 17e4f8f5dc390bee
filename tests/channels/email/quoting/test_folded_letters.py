"""Letters by mail that quote ours, from the wire to the record: what is folded says whose letter it is, and no answer is."""

from datetime import UTC, datetime

from channels.email.composing.mail import DEFAULT_WORDS, Envelope, compose_notice
from channels.email.composing.promising import RECEIVED, Places, compose_promise, zones_for
from channels.email.mime.parsing import parse
from messaging.fact_forms import Quoted
from messaging.facts import as_texts, letter_facts
from tests.channels.email.leaving.test_courier import write
from tests.channels.email.post import Post

ASKED = (
    "Dear Ruth,\n\nHow often did you wake up?\n\nHave you thought of ending your life in this time?\n\nMira"
)
INTRODUCTION = "On Tue, 14 Jan 2031 at 18:20, Quiet Practice <r@practice.test> wrote:"
TO_RUTH = Envelope(
    "Quiet", "r@practice.test", "ruth@x.example", "r@practice.test", "a@x.test", datetime.now(UTC), "New"
)
ADDRESS = "https://practice.test"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


async def arrive(post: Post, text: str) -> None:
    raw = post.letter("ruth", text.replace("\n", "\r\n"))
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()


async def test_what_is_folded_says_whose_letter_it_is(post: Post) -> None:
    number = await write(post.cast, "ruth", ASKED)
    await arrive(post, f"I slept.\n\n{INTRODUCTION}\n{quoted(ASKED)}")
    ours, hers = await post.entries("ruth")
    assert hers.body.text == "I slept."
    assert "How often" in (hers.body.folded or "")
    assert letter_facts(hers.body.facts).quotes == Quoted(number, ours.author, ours.at)
    assert letter_facts(hers.body.facts).folded_begins is None


async def test_an_answer_on_the_line_of_a_question_enters_the_record_as_words(post: Post) -> None:
    await write(post.cast, "ruth", ASKED)
    await arrive(post, f"Hello\n\n{INTRODUCTION}\n{quoted(ASKED).replace('time?', 'time? yes')}")
    _, hers = await post.entries("ruth")
    assert "> Have you thought of ending your life in this time? yes" in hers.body.text


async def test_a_signature_is_known_from_an_earlier_letter(post: Post) -> None:
    card = "--\nRuth\nLinden Street 3"
    await arrive(post, f"I slept.\n\n{card}")
    await arrive(post, f"I slept again.\n\n{card}")
    first, second = await post.entries("ruth")
    assert first.body.text.endswith("Linden Street 3")
    assert second.body.text == "I slept again."
    assert as_texts(second.body.facts)["folded_begins"] == "Ruth"


async def test_our_notices_fold_whole_and_an_answer_in_them_is_shown(post: Post) -> None:
    await write(post.cast, "ruth", ASKED)
    when = datetime(2031, 1, 16, 18, tzinfo=UTC)
    zones = zones_for(when, "Europe/Zurich", "Europe/London")
    notice = parse(compose_notice(TO_RUTH, f"{ADDRESS}/")).text
    promise = parse(
        compose_promise(TO_RUTH, RECEIVED, when, zones, Places(f"{ADDRESS}/", f"{ADDRESS}/help-now"))
    ).text
    for mail in (notice, promise):
        await arrive(post, f"I slept.\n\n{INTRODUCTION}\n{quoted(mail.strip())}")
        await arrive(
            post,
            f"Hello.\n\n{INTRODUCTION}\n{quoted(mail.strip())}".replace(
                f"> {ADDRESS}/\n", f"> {ADDRESS}/\n> no\n"
            ),
        )
    shown = [one.body.text for one in (await post.entries("ruth"))[1:] if one.body.original]
    assert shown[0::2] == ["I slept."] * 2
    assert all("> no" in text for text in shown[1::2])
    assert DEFAULT_WORDS.opening not in shown[0]
