"""Which of the writer's last lines are a signature, a program's remark or a list's footer."""

import re

from channels.email.quoting.introductions import either
from channels.email.quoting.lines import Kind, Letter
from channels.email.quoting.marks import is_rule
from channels.email.quoting.remarks import (
    is_card,
    is_excuse,
    is_footer,
    is_only_link,
    is_prose,
    is_sent_from,
)

SIGNATURE_LINES = 20  # below `-- ` there are sometimes letters; a signature is short

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


def fold_signatures(letter: Letter) -> None:
    """Fold the signature at the end of each run of the writer's lines."""
    for start, below in list(letter.runs(Kind.OWN)):
        end = _fold_remarks(letter, start, below)
        for place in range(max(start, end - SIGNATURE_LINES), end):
            if _begins_signature(letter, place, end):
                letter.mark(place, end, Kind.SIGNATURE)
                _show_postscript(letter, place, end)
                _fold_remarks(letter, start, place)
                break
        _keep_company(letter, start, below)


def _begins_signature(letter: Letter, place: int, end: int) -> bool:
    line = letter.lines[place]
    if not line.strip() or line.strip(" -_"):
        return False
    written = [one for one in letter.lines[place:end] if one.strip()]
    if line.rstrip() == "--":
        return is_footer(written) or not is_prose(written[1:])
    above = letter.last_written(place)
    announced = above < 0 or letter.lines[above].rstrip().endswith(":")
    return is_footer(written) or (not announced and is_card(written))


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
    last = letter.last_written(end)
    while last >= start and _is_remark(letter, last):
        letter.mark(last, end, Kind.SIGNATURE)
        end = last
        last = letter.last_written(end)
    return end


def _is_remark(letter: Letter, place: int) -> bool:
    line = letter.lines[place]
    if is_only_link(line) or is_excuse(line):  # where the program can be had, and how it is typed on
        return place > 0 and is_sent_from(letter.lines[place - 1])
    return is_sent_from(line) or is_rule(line)
