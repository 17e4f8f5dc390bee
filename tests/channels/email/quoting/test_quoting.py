"""Folding: what is quoted goes, what was written stays, and nothing is ever lost."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.composing.mail import REPLY_ABOVE
from channels.email.mime.parsing import parse
from channels.email.quoting.folding import fold
from channels.email.quoting.lines import Kind
from tests.channels.email.letters import CORPORA, NO_CORPORA, corpus_files, letter

OWN = "I slept better this week.\nThe walks help."
SENT = (
    "Dear Mara, thank you for your letter about the lake. I wonder what made the difference on Friday, "
    "and whether you could plan one such hour for the coming week. We can look at it together on Tuesday."
)

INTRODUCTIONS = [
    "On Tue, Jan 14, 2031 at 6:20 PM Quiet Practice <letters@practice.test> wrote:",
    "Am 14.01.2031 um 18:20 schrieb Quiet Practice <letters@practice.test>:",
    "Quiet Practice <letters@practice.test> schrieb am Di., 14. Jan. 2031 um 18:20 Uhr:",
    "Le mar. 14 janv. 2031 à 18:20, Quiet Practice <letters@practice.test> a écrit :",
    "El mar, 14 ene 2031 a las 18:20, Quiet Practice (<letters@practice.test>) escribió:",
    "Em ter., 14 de jan. de 2031 às 18:20, Quiet Practice <letters@practice.test> escreveu:",
    "Il giorno mar 14 gen 2031 alle ore 18:20 Quiet Practice <letters@practice.test> ha scritto:",
    "Op di 14 jan 2031 om 18:20 schreef Quiet Practice <letters@practice.test>:",
    "Den tis 14 jan. 2031 kl 18:20 skrev Quiet Practice <letters@practice.test>:",
    "ti 14. tammik. 2031 klo 18.20 Quiet Practice (letters@practice.test) kirjoitti:",
    "wt., 14 sty 2031 o 18:20 Quiet Practice <letters@practice.test> napisał(a):",
    "út 14. 1. 2031 v 18:20 odesílatel Quiet Practice <letters@practice.test> napsal:",
    "вт, 14 янв. 2031 г. в 18:20, Quiet Practice <letters@practice.test>:",
    "14 січ. 2031 р. 18:20 Quiet Practice <letters@practice.test> пише:",
    "14 Oca 2031 Sal 18:20 tarihinde Quiet Practice <letters@practice.test> şunu yazdı:",
    "在 2031年1月14日，下午6:20，Quiet Practice <letters@practice.test> 写道：",
    "2031/01/14 18:20、Quiet Practice <letters@practice.test>のメール:",
    "2031-01-14 18:20 GMT+01:00 Quiet Practice <letters@practice.test>:",
    "On Tue, Jan 14, 2031 at 6:20 PM Quiet Practice\n<letters@practice.test>\nwrote:",
    "---- On Tue, 14 Jan 2031 18:20:05 +0100 letters@practice.test wrote ----",
]
BLOCKS = [
    "-----Original Message-----\nFrom: Quiet Practice\n",
    "-----Ursprüngliche Nachricht-----\nVon: Quiet Practice\n",
    "________________________________\nFrom: Quiet Practice <letters@practice.test>\nSent: Tuesday, January 14, 2031\n"
    "To: Mara Lind\nSubject: You have a new message",
    "Von: Quiet Practice\nGesendet: Dienstag, 14. Januar 2031 18:20\nAn: Mara Lind\nBetreff: Neue Nachricht",
    "De : Quiet Practice\nEnvoyé : mardi 14 janvier 2031\nÀ : Mara Lind\nObjet : Nouveau message",
    "*De:* Quiet Practice\n*Enviado:* martes\n*Para:* Mara Lind\n*Asunto:* Mensaje nuevo",
    "Från: Quiet Practice\nSkickat: den 14 januari 2031\nTill: Mara Lind\nÄmne: Nytt meddelande",
    "发件人: Quiet Practice\n发送时间: 2031年1月14日\n收件人: Mara Lind\n主题: 新消息",
    "## Please type your reply above this line ##",
    "-- Bitte antworten Sie oberhalb dieser Linie --",
    REPLY_ABOVE,
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("quotation", ["> How was your week?\n>\n> Yours", "How was your week?\n\nYours"])
def test_a_quotation_under_its_introduction_is_folded(introduction: str, quotation: str) -> None:
    assert fold(f"{OWN}\n\n{introduction}\n\n{quotation}\n").shown == OWN


@pytest.mark.parametrize("block", BLOCKS)
def test_everything_below_copied_headers_or_a_marker_is_folded(block: str) -> None:
    assert fold(f"{OWN}\n\n{block}\n\nHow was your week?\n").shown == OWN


@pytest.mark.parametrize(
    "remark",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPad",
        "Enviado desde mi telefono",
        "Inviato da Libero Mail",
        "Verstuurd vanaf mijn iPhone",
        "Sendt fra min iPad",
        "Skickat från min telefon",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Отправлено с iPhone",
        "发自我的iPhone",
        "-- \nMara Lind\nLake Street 5",
    ],
)
def test_a_signature_at_the_end_is_folded(remark: str) -> None:
    folded = fold(f"{OWN}\n\n{remark}\n")
    assert folded.shown == OWN
    assert folded.segments[-1].kind is Kind.SIGNATURE
    assert fold(f"{OWN}\n\n{remark}\n\n{INTRODUCTIONS[0]}\n> How was your week?\n").shown == OWN


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my desk, which is easier than the telephone.",
        "On Monday 5 May 2031 she wrote: never again. I cried.",
        "From: now on I will walk.\nI promise.",
        "Hello\n\nRegards,\nMara",
        "I made a list:\n- eggs\n- milk\n----\nThat was all.",
        "At 18:20 he came home and said:\nI am tired.",
        "My answer is above, on the line with the star.",
        "One thing is not on the list: the letter from 2019.",
        "He said original message and reply, whatever.",
        "To: forgive\nDate: someday",
        "> \n",
        "-- \nonly a signature",
        "\n\n",
        "",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert fold(text).shown == text.strip()


def test_answers_between_the_lines_keep_their_questions() -> None:
    text = (
        f"{INTRODUCTIONS[0]}\n\n> How was your week?\nHeavy.\n\n> And the night?\n> Did you sleep?\nNo.\n\n"
        "> We meet on Tuesday.\n> Yours\n"
    )
    shown = fold(text).shown
    assert shown == "> How was your week?\nHeavy.\n\n> And the night?\n> Did you sleep?\nNo."


def test_a_short_answer_below_keeps_its_question_and_a_long_one_does_not_need_it() -> None:
    asked = f"{INTRODUCTIONS[0]}\n\n> May I call you?\n\n"
    assert fold(asked + "Yes.\n").shown == "> May I call you?\n\nYes."
    assert fold(asked + OWN + "\n").shown == OWN


def test_legal_words_below_a_quotation_are_no_answer_to_it() -> None:
    legal = (
        "This e-mail is confidential and meant for the addressee. If you are not the recipient, delete it."
    )
    folded = fold(f"I walked.\n\nOn 14/01/2031 18:20, X wrote:\n> Did you walk?\n\n{legal}\n")
    assert "Did you walk?" not in folded.shown
    assert legal in folded.shown


def test_a_farewell_below_a_quotation_is_shown_without_it() -> None:
    asked = f"{INTRODUCTIONS[0]}\n\n> We meet on Tuesday.\n\n"
    assert fold(f"{OWN}\n\n{asked}Regards, Mara\n").shown == f"{OWN}\n\nRegards, Mara"


def test_what_nothing_announces_may_be_a_poem_and_is_shown() -> None:
    text = f"{OWN}\n\n> The woods are lovely, dark and deep.\n\nRegards, Mara"
    assert fold(text).shown == text


@pytest.mark.parametrize("overflow", ["broken", "no", "i am not"])
def test_a_line_without_a_mark_between_marked_ones_may_be_an_answer(overflow: str) -> None:
    above = "> This line was too long for some program on its way, so that it was"
    assert overflow in fold(f"{OWN}\n\n{INTRODUCTIONS[0]}\n{above}\n{overflow}\n> in two.\n").shown


@pytest.mark.parametrize(
    ("above", "overflow"),
    [
        ("> You find more about the exercise (which some people do on a", "walk) below."),
        ("> see <https://practice.test/exercises/breathing/", "counting>"),
    ],
)
def test_the_overflow_of_a_quoted_line_is_known_by_what_it_closes(above: str, overflow: str) -> None:
    text = f"{OWN}\n\n{INTRODUCTIONS[0]}\n{above}\n{overflow}\n> in two.\n"
    assert fold(text).shown == OWN


def test_lines_of_nothing_a_reader_sees_are_no_words_at_the_ends() -> None:
    assert (
        fold("\u200bYes, please.\n\n\ufeff\u200b\nOn 14/01/2031 18:20, X wrote:\n> Shall I?").shown
        == "Yes, please."
    )
    assert fold("\u200b").shown  # never empty where there was something


@pytest.mark.parametrize("words", ["I walked. ", "I walked."])
def test_an_introduction_behind_the_writers_last_words_is_cut_off(words: str) -> None:
    introduction = "On Tue, Jan 14, 2031 at 6:20 PM X <x@practice.test> wrote:"
    assert fold(f"{words}{introduction}\n> Did you walk?\n").shown == "I walked."


def test_what_is_handed_on_is_shown() -> None:
    text = f"{OWN}\n\n---------- Forwarded message ---------\nFrom: Jonas\nSubject: x\nTo: Mara\n\nI am leaving.\n"
    assert fold(text).shown == text.strip()


def test_html_replies_fold_by_the_marks_of_their_program() -> None:
    shown = fold(parse(letter("html_reply")).text).shown
    assert shown.startswith("Thank you for asking.")
    assert "How did you sleep" not in shown
    outlook = (
        b'Content-Type: text/html\r\n\r\n<div>Fine.</div><div id="appendonsend"></div><hr>'
        b'<div id="divRplyFwdMsg">Someone said</div><div>How are you these days?</div>'
    )
    assert fold(parse(outlook).text).shown == "Fine."


INVENTED = [
    "Wrth 14 Ionawr 2031, ysgrifennodd Quiet Practice",
    "2031.01.14 18:20 Quiet Practice =>",
    "letters@practice.test said 14 Zibo 2031",
    "Quiet Practice, 14 Zibo 2031:",
    "[14.01.2031] Quiet Practice",
]


@pytest.mark.parametrize("introduction", INVENTED)
@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize("width", [30, 72, 500])
def test_our_own_words_are_recognised_in_any_language_and_wrapping(
    introduction: str, mark: str, width: int
) -> None:
    words, lines = SENT.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    quoted = "\n".join(mark + line for line in lines)
    shown = fold(f"{OWN}\n\n{introduction}\n\n{quoted}\n", own_recent=[SENT]).shown
    assert shown in (OWN, f"{OWN}\n\n{introduction}")  # its last word may be an answer


def test_three_words_in_common_are_no_quotation() -> None:
    text = "Thank you for the letter.\nThe coming week is full.\nSee you on Tuesday."
    assert fold(text, own_recent=[SENT]).shown == text


def test_our_marker_is_cut_at_in_every_language_it_is_sent_in() -> None:
    marker = "Wikio i'r llinell hon"
    assert fold(f"{OWN}\n\n*{marker}*\n\nHello\n", markers=[marker]).shown == OWN


LINE = st.sampled_from(
    [
        *INTRODUCTIONS,
        *BLOCKS,
        OWN,
        "> quoted",
        ">> twice",
        "",
        " ",
        "-- ",
        "--",
        "Sent from my iPhone",
        "Yes.",
        "____",
    ]
) | st.text(max_size=60)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINE, max_size=25), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_segments_put_together_are_the_letter(lines: list[str], end: str, recognise: bool) -> None:
    text = end.join(lines)
    folded = fold(text, own_recent=[OWN] if recognise else [])
    assert "".join(segment.text for segment in folded.segments) == text
    assert bool(folded.shown) == bool(text.strip())
    assert all(
        one.kind is not two.kind for one, two in zip(folded.segments, folded.segments[1:], strict=False)
    )


def test_the_repr_shows_no_words() -> None:
    folded = fold(f"{OWN}\n> {SENT}\n", own_recent=[SENT])
    assert "slept" not in repr(folded)
    assert folded.is_folded
    assert not fold(OWN).is_folded


@pytest.mark.parametrize(
    "piece", ["-_", "*", "on 1 ", "1.1", "> \n", "On 2031 a@b.c\n", "From: a@b.c\n", "wrote", "<\n"]
)
def test_a_hostile_letter_is_folded_in_a_moment(piece: str) -> None:
    for text in (piece * (220_000 // len(piece)), "\n".join([piece * 20] * 1500)):
        begun = time.process_time()
        folded = fold(text, own_recent=[SENT])
        assert time.process_time() - begun < 3.0
        assert "".join(segment.text for segment in folded.segments) == text


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_no_mail_of_the_corpora_comes_out_empty_or_late() -> None:
    times = []
    for path in corpus_files():
        text = parse(path.read_bytes()).text
        begun = time.process_time()
        shown = fold(text).shown
        times.append(time.process_time() - begun)
        assert bool(shown) == bool(text.strip())
    times.sort()
    assert times[int(len(times) * 0.99)] < 0.05
