"""Words that folding once hid: beside what announces a quotation, where ours were struck out, and below drawn lines."""

import pytest

from channels.email.quoting.folding import fold
from channels.email.quoting.notices import NOTICES
from tests.channels.email.quoting.test_folding_law import FORM, HEADERS, INTRODUCTION, marked

ANNOUNCED = {
    "gmail": INTRODUCTION,
    "german": "Am So., 5. Okt. 2025 um 18:20 Uhr schrieb Quiet Practice <reply@practice.test>:",
    "french": "Le dim. 5 oct. 2025 à 18:20, Quiet Practice <reply@practice.test> a écrit :",
    "spanish": "El dom, 5 oct 2025 a las 18:20, Quiet Practice (<reply@practice.test>) escribió:",
    "turkish": "Quiet Practice <reply@practice.test>, 5 Eki 2025 Paz, 18:20 tarihinde şunu yazdı:",
    "arabic": "في الأحد، 5 أكتوبر 2025 في 18:20 تمت كتابة ما يلي بواسطة Quiet Practice <reply@practice.test>:",
    "hebrew": "בתאריך יום א׳, 5 באוק׳ 2025 ב-18:20 מאת Quiet Practice <reply@practice.test>:",
    "japanese": "2025年10月5日(日) 18:20 Quiet Practice <reply@practice.test>:",
    "no address": "Am 05.10.25 um 18:20 schrieb Quiet Practice:",
    "unknown": "Mnamo Jumapili, 5 Okt 2025 saa 18:20 Quiet Practice <reply@practice.test> ameandika:",
    "headers": HEADERS,
}
ANSWERS = (
    "5", "ja", "x", "no", "👍", "Nein", "help me", "Help", "I cannot go on:", "+++", "5/10", "call anna@x.test",
    "24.12.2025", "Tuesday 14.01.2031 18:20", "On 5 May I jump", "he wrote", "Nie --", "لا", "死にたい",
    "-- no message from my mother --", "---- help me ----", "To: Die", "Betreff: Hilfe", "Ruth | I cannot go on",
)  # fmt: skip


def shown_words(lines: list[str], **known: list[str]) -> str:
    return fold("\n".join(["Hello Mira,", "", *lines]), own_recent=[FORM], **known).shown


@pytest.mark.parametrize("announced", ANNOUNCED.values(), ids=ANNOUNCED)
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_word_beside_behind_above_or_between_what_announces_our_letter_is_shown(
    announced: str, answer: str
) -> None:
    mark = ("> ", "")[ANSWERS.index(answer) % 2]
    head, quoted = announced.split("\n"), marked(FORM, mark)
    said = ["New message", "Quiet Practice"]
    for place, line in enumerate(head):
        for beside in (f"{line} {answer}", f"{answer}\n{line}", f"{line}\n{answer}", f"{line}\u00a0{answer}"):
            text = [*head[:place], beside, *head[place + 1 :], "", *quoted]
            assert answer in shown_words(text, said=said).removeprefix("Hello"), beside


def test_a_subject_and_a_name_of_the_letters_own_headers_are_folded_alone() -> None:
    lines = [
        "From: Quiet Practice",
        "Sent: Sunday, October 5, 2025 6:20 PM",
        "To: Ruth",
        "Subject: New message",
        "",
    ]
    said = ["New message", "Quiet Practice", "Ruth"]
    assert shown_words([*lines, *FORM.split("\n")], said=said) == "Hello Mira,"
    for place in range(4):
        added = [f"{line} Nein" if place == number else line for number, line in enumerate(lines)]
        assert "Nein" in shown_words([*added, *FORM.split("\n")], said=said)


@pytest.mark.parametrize(("left", "struck"), [("yes", "no"), ("no", "yes"), ("Never", "Often")])
@pytest.mark.parametrize("typed", ["", "thanks", "5"])
def test_what_was_left_standing_at_either_end_of_our_letter_is_shown(
    left: str, struck: str, typed: str
) -> None:
    for options in ([left, struck], [struck, left]):
        for sent in (
            ["Dear Ruth, choose what fits you this evening.", *options],
            [*options, "Which of these fits you?"],
        ):
            kept = [
                f"{line}\n> {typed}" if line == left and typed else line for line in sent if line != struck
            ]
            quoted = [f"> {line}" for line in kept]
            assert left in fold("\n".join(["Here.", "", INTRODUCTION, *quoted]), ["\n".join(sent)]).shown


@pytest.mark.parametrize("answer", ["ja", "no", "I am sad", "I want to die"])
def test_an_answer_typed_into_a_deeper_quotation_is_shown_though_it_was_written_before(answer: str) -> None:
    deeper = [f">> {line}" for line in ("Are you safe?", answer, "Did you sleep?")]
    text = [
        INTRODUCTION,
        *marked(FORM),
        "> On Mon, 6 Oct 2025 at 10:00, Ruth <ruth@home.test> wrote:",
        *deeper,
    ]
    assert answer in shown_words(text, earlier=[answer])
    assert answer in shown_words(text, earlier=[f"It is bad\n{answer}\nand it was a very long letter"])


BELOW = (
    "unsubscribe", "Please unsubscribe me from this therapy", "Ich möchte die Therapie abbestellen",
    "Caution: I am not safe", "Never Again\n0664 5550123", "Ruth | Suicide", "Rettet Mich\nBerggasse 19, 1090 Wien", "+++",
)  # fmt: skip


@pytest.mark.parametrize("words", BELOW)
@pytest.mark.parametrize("mark", ["--", "---", "___", "_____"])
def test_below_a_drawn_line_nothing_unseen_is_a_signature_where_our_letter_is_known(
    words: str, mark: str
) -> None:
    text = f"Thank you for everything.\n\n{mark}\n{words}"
    assert words in fold(text, own_recent=[FORM]).shown
    assert words in fold("\n".join([text, "", INTRODUCTION, *marked(FORM)]), own_recent=[FORM]).shown


@pytest.mark.parametrize("words", ["no", "Never", "0", "yes\nno", "yes\n5\nno phone"])
def test_the_same_short_answers_as_in_an_earlier_letter_are_no_signature(words: str) -> None:
    for above in ("Hello\n\n--\n", "Hello\n"):
        assert words in fold(above + words, earlier=[above + words]).shown


@pytest.mark.parametrize(
    "words",
    [
        "Sent the message by phone",
        "no phone was sent",
        "is the message sent by the phone?",
        "-- meine Nachricht an Jan --",
    ],
)
def test_a_last_line_with_the_words_of_a_program_is_shown(words: str) -> None:
    assert words in fold(f"Hello.\n\n{words}").shown
    assert words in fold(f"Hello.\n\n{words}", own_recent=[FORM]).shown


@pytest.mark.parametrize(
    ("above", "answer"),
    [
        ("> I felt really bad :( and it was a long evening for both of us then", "me too :)"),
        ("> Please fill in the form at https://practice.test/forms/week/number/forty-two", "5/10"),
        ("> see (https://practice.test/forms/week/number/forty-two/of/this/year", ":)"),
    ],
)
def test_an_answer_below_an_open_bracket_or_a_long_link_is_no_overflow(above: str, answer: str) -> None:
    assert answer in fold(f"Hello\n\n{INTRODUCTION}\n{above}\n{answer}\n> more words").shown


def test_a_word_behind_an_introduction_is_shown_where_nothing_of_ours_is_known() -> None:
    for name, announced in ANNOUNCED.items():
        if name in ("headers", "unknown"):
            continue
        text = f"Hello\n\n{announced} ja\n\n> Come home.\n> Your father"
        assert " ja" in fold(text).shown, name


def test_a_word_beside_the_link_or_the_hour_of_a_notice_is_shown() -> None:
    for notice in NOTICES:
        filled = notice.replace(
            "\ufffc", "Thursday, 16 January 2031, 18:00 (Europe/Zurich time, UTC+0100)", 1
        )
        for lines in (notice.replace("\ufffc", "https://practice.test/"), filled):
            for place, line in enumerate(lines.split("\n")):
                changed = [*lines.split("\n")[:place], f"👍 {line}", *lines.split("\n")[place + 1 :]]
                text = "\n".join(["Hello", "", INTRODUCTION, *(f"> {one}" for one in changed)])
                assert "👍" in fold(text, own_recent=[FORM], notices=NOTICES).shown, line
