"""Letters that do not say their character set: what the page says, what escape sequences say, what the bytes look like."""

from typing import Final

import pytest

from channels.email.mime.guessing import SAMPLE, guessed
from channels.email.mime.parsing import parse

RUSSIAN: Final = "Здравствуйте, Мира! Мне стало лучше, спасибо."
UKRAINIAN: Final = "Мені дуже погано, не можу заснути. Дякую за лист."
JAPANESE: Final = "先週はよく眠れました。ありがとうございます。"
HEAD: Final = b"From: ruth@home.test\r\nMIME-Version: 1.0\r\n"

UNLABELLED: Final = [
    (RUSSIAN, "windows-1251"),
    (RUSSIAN, "koi8-r"),
    (RUSSIAN, "cp866"),
    (RUSSIAN, "iso-8859-5"),
    (RUSSIAN, "mac-cyrillic"),
    ("Да, приду.", "windows-1251"),
    ("Помогите", "koi8-r"),
    (UKRAINIAN, "windows-1251"),
    (UKRAINIAN, "koi8-u"),
    ("Днес се чувствам по-добре, благодаря.", "windows-1251"),
    ("Είμαι καλύτερα σήμερα, ευχαριστώ.", "iso-8859-7"),
    ("אני מרגישה טוב יותר", "windows-1255"),
    ("أشعر بتحسن اليوم شكرا لك", "windows-1256"),
    (JAPANESE, "shift_jis"),
    (JAPANESE, "euc-jp"),
    ("我今天感觉好多了，谢谢你。", "gb18030"),
    ("오늘은 기분이 훨씬 좋아요.", "cp949"),
]
WESTERN: Final = [
    "Grüße", "Für mich nicht", "müde", "süß", "Übel", "Tschüß", "Öße", "ação", "Não, não é", "Mañana no podré venir.",
    "Je me sens mieux, merci. À bientôt, Zoé", "été à Noël", "I am better – don’t worry “really”", "ÇÃO NÃO", "“…”",
]  # fmt: skip


@pytest.mark.parametrize(("words", "charset"), UNLABELLED)
@pytest.mark.parametrize(
    "head", [b"", b"Content-Type: text/plain\r\n", b"Content-Type: text/plain; charset=us-ascii\r\n"]
)
def test_letters_that_do_not_say_in_what_they_are_written_are_read(
    words: str, charset: str, head: bytes
) -> None:
    read = parse(HEAD + head + b"\r\n" + words.encode(charset))
    assert read.text == words


@pytest.mark.parametrize("words", WESTERN)
def test_western_words_are_never_taken_for_others(words: str) -> None:
    assert parse(HEAD + b"\r\n" + words.encode("cp1252")).text == words


@pytest.mark.parametrize("words", WESTERN)
@pytest.mark.parametrize(("others", "charset"), UNLABELLED[:2])
def test_a_label_is_believed_where_it_can_be(words: str, others: str, charset: str) -> None:
    head = HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert parse(head + others.encode(charset)).text == others
    head = HEAD + b"Content-Type: text/plain; charset=windows-1252\r\n\r\n"
    assert parse(head + words.encode("cp1252")).text == words


def test_an_unlabelled_subject_is_read_too() -> None:
    raw = HEAD + b"Subject: " + RUSSIAN.encode("cp1251") + b"\r\n\r\nok"
    assert parse(raw).subject == RUSSIAN


@pytest.mark.parametrize(
    "head", [b"", b"Content-Type: text/plain;\r\n", b"Content-Type: text/plain; charset=utf-8\r\n"]
)
@pytest.mark.parametrize(("words", "charset"), [(JAPANESE, "iso2022_jp"), ("기분이 좋아요", "iso2022_kr")])
def test_escape_sequences_say_what_they_are(words: str, charset: str, head: bytes) -> None:
    coded = words.encode(charset)
    read = parse(HEAD + b"Subject: " + coded + b"\r\n" + head + b"\r\n" + coded + b"\r\n\r\nhello")
    assert read.text == f"{words}\n\nhello"
    assert read.subject == words


@pytest.mark.parametrize(
    "meta",
    [
        '<meta http-equiv="Content-Type" content="text/html; charset={}">',
        '<META content="text/html;charset={}" http-equiv=content-type />',
        '<meta charset="{}">',
        "<meta\ncharset = '{}'>",
        "<meta charset={}>",
        '<?xml version="1.0" encoding="{}"?>',
    ],
)
@pytest.mark.parametrize(
    ("words", "charset"),
    [
        ("Мне лучше.", "windows-1251"),
        ("Мне лучше.", "x-mac-cyrillic"),
        ("אני מרגישה", "iso-8859-8-i"),
        ("我今天", "gb2312"),
        (JAPANESE, "iso-2022-jp"),
        ("für", "iso-8859-1"),
    ],
)
def test_a_page_says_itself_in_what_it_is_written(meta: str, words: str, charset: str) -> None:
    python = {"x-mac-cyrillic": "mac-cyrillic", "iso-8859-8-i": "iso-8859-8"}.get(charset, charset)
    page = meta.format(charset).encode() + b"<p>" + words.encode(python) + b"</p>"
    assert parse(HEAD + b"Content-Type: text/html\r\n\r\n" + page).text == words


def test_a_page_that_is_in_another_set_than_it_says_is_read_as_it_is() -> None:
    for label in ("windows-1251", "utf-16", "utf-7"):
        page = f"<meta charset={label}><p>für +AGE- dich</p>".encode()
        assert parse(HEAD + b"Content-Type: text/html\r\n\r\n" + page).text == "für +AGE- dich"
    labelled = HEAD + b"Content-Type: text/html; charset=iso-8859-1\r\n\r\n<meta charset=windows-1251><p>"
    assert parse(labelled + "für".encode("cp1252")).text == "für"


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("=?utf-8?Q?Z=C3=BCrich_und_die_gr=C3\r\n =BCne_Stra=C3=9Fe?=", "Zürich und die grüne Straße"),
        ("=?utf-8?Q?gr=C\r\n\t3=BCn?=", "grün"),
        ("=?utf-8?Q?a_b_c\r\n d?=", "a b cd"),
        ("=?utf-8?B?Z3LD\r\n vG4=?=", "grün"),
        ("=?utf-8?Q?Hello\r\n World?=", "Hello World"),
        ("=?utf-8?Q?one?=\r\n =?utf-8?Q?_two?=", "one two"),
    ],
)
def test_an_encoded_word_that_was_folded_is_one_word(subject: str, read: str) -> None:
    assert parse(HEAD + f"Subject: {subject}\r\n\r\nok".encode()).subject == read


def test_the_detector_sees_a_bounded_piece_whatever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def detect(data: bytes, **_: object) -> dict[str, object]:
        sizes.append(len(data))
        return {"encoding": None, "confidence": 0.0}

    monkeypatch.setattr("chardet.detect", detect)
    for data in (b"\xd0" * 5_000_000, b"\xd0\xd1\n" * 1_000_000, b"a\n" * 100 + b"\xd0" * 3000):
        guessed(data)
    assert sizes
    assert max(sizes) <= SAMPLE
