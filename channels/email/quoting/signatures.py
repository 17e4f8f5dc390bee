"""Which of the writer's last lines are a signature, a program's remark or a list's footer."""

import re
from collections.abc import Sequence

from channels.email.quoting.introductions import either
from channels.email.quoting.keys import key
from channels.email.quoting.lines import Kind, Letter
from channels.email.quoting.marks import is_rule
from channels.email.quoting.remarks import (
    begins_card,
    is_card,
    is_card_line,
    is_footer,
    is_only_link,
    is_prose,
    is_sentence,
    reaches,
)
from channels.email.quoting.sent_from import is_excuse, is_sent_from

SIGNATURE_LINES = 20  # below `-- ` there are sometimes letters; a signature is short

CARD_LINES = 8

GREETING_LIMIT = 60

_POSTSCRIPT = re.compile(r"\s{0,3}(?:P\.? ?S\b[.:\s]|(?:P\.? ?D|N\.? ?B|З\.? ?Ы)\b\.?:)", re.IGNORECASE)
_GREETING = re.compile(
    either(
        r"(?:hello|hi|hey|dear|good (?:morning|day|evening)|hallo|liebe[rs]?|guten (?:morgen|tag|abend)|moin|bonjour",
        "bonsoir|salut|ch[eè]re?|hola|buen[oa]s? (?:d[ií]as|tardes|noches)|querid[oa]|olá|oi|bom dia|boa tarde|ciao|salve",
        "buon ?giorno|buona ?sera|car[oa]|dag|beste|hej|hei|hyvää päivää|cześć|dzień dobry|dobrý den|ahoj|szia|bună",
        "здравствуйте|привет|добрый день|вітаю|γεια(?: σας| σου)?|merhaba|שלום|مرحبا|你好|您好|こんにちは|안녕하세요)",
    )
    + r"(?: [^\W\d_]+){0,2}\W{0,3}",
    re.IGNORECASE,
)


def fold_signatures(letter: Letter, seen: str, *, strict: bool) -> None:
    """Fold the signature at the end of each run of the writer's lines. `seen`: `cards_seen` of their earlier letters.

    `strict`, where our letters are known: no card and no footer that was not seen before.
    """
    for start, below in list(letter.runs(Kind.OWN)):
        end = _fold_remarks(letter, start, below)
        for place in range(max(start, end - SIGNATURE_LINES), end):
            if _begins_signature(letter, place, end, seen, strict=strict):
                letter.mark(place, end, Kind.SIGNATURE)
                _show_postscript(letter, place, end)
                _fold_remarks(letter, start, place)
                break
        _keep_company(letter, start, below)


def cards_seen(earlier: Sequence[str]) -> str:
    """The lines of a writer's earlier letters in a form in which a signature below one of them is found again."""
    return "".join(f"\n{key(line)}" for text in earlier for line in text.splitlines() if line.strip()) + "\n"


def _begins_signature(letter: Letter, place: int, end: int, seen: str, *, strict: bool) -> bool:
    line = letter.lines[place]
    if not line.strip():
        return False
    written = [one for one in _above_postscript(letter.lines[place:end]) if one.strip()]
    if line.strip(" -_"):
        return place > 0 and len(written) > 1 and begins_card(line) and _was_seen(written, seen)
    if (not strict and is_footer(written)) or all(
        is_rule(one) or not one.strip(" -_*#~=") for one in written
    ):
        return True
    if line == "-- ":  # RFC 3676 section 4.3
        return not is_prose(written[1:]) and not any(map(is_sentence, written[1:]))
    above = letter.last_written(place)
    announced = above < 0 or letter.lines[above].rstrip().endswith(":")
    return not announced and (
        (not strict and is_card(written)) or (len(written) > 1 and _was_seen(written[1:], seen))
    )


def _above_postscript(lines: list[str]) -> list[str]:
    places = (place for place, line in enumerate(lines) if place and _POSTSCRIPT.match(line))
    return lines[: next(places, len(lines))]


def _was_seen(lines: list[str], seen: str) -> bool:
    """Whether this stood below an earlier letter: who one is and where, no sentence of theirs."""
    if not 0 < len(lines) <= CARD_LINES or not all(map(is_card_line, lines)) or not any(map(reaches, lines)):
        return False  # "yes" and "no" stood there before, too
    return "".join(f"\n{key(line)}" for line in lines) + "\n" in seen


def _show_postscript(letter: Letter, place: int, end: int) -> None:
    """Show what the writer added below the signature."""
    for below in range(place + 1, end):
        if _POSTSCRIPT.match(letter.lines[below]):
            letter.mark(below, end, Kind.OWN)
            return


def _keep_company(letter: Letter, start: int, below: int) -> None:
    """Show the signature too, where a greeting is all that stands above it: alone it is no message."""
    written = [letter.lines[place].strip() for place in range(start, below) if letter.written(place)]
    if len(written) == 1 and len(written[0]) <= GREETING_LIMIT and _GREETING.fullmatch(written[0]):
        letter.mark(start, below, Kind.OWN)


def _fold_remarks(letter: Letter, start: int, end: int) -> int:
    """Fold what programs leave at the end of the writer's words; return where the words end."""
    first, last = end, letter.last_written(end)
    while last >= start and (
        _is_remark(letter, last) or (end < first and letter.lines[last].strip() == "--")
    ):
        letter.mark(last, end, Kind.SIGNATURE)
        end = last
        last = letter.last_written(end)
    return end


def _is_remark(letter: Letter, place: int) -> bool:
    line = letter.lines[place]
    if is_only_link(line) or is_excuse(line):  # where the program can be had, and how it is typed on
        return place > 0 and is_sent_from(letter.lines[place - 1])
    return is_sent_from(line) or is_rule(line)
