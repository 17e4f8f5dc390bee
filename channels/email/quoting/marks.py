"""The marks by which mail programs, in many languages, fence off what they quote."""

import re
from collections.abc import Sequence
from itertools import groupby

from channels.email.quoting.introductions import (
    COLON,
    LINE_LIMIT,
    either,
    speaks,
)

MARK_LIMIT = 120
DIVIDED_LIMIT = 4000

_A_MESSAGE = either(
    "message|nachricht|e-?mail|mail|mensaje|mensagem|messaggio|bericht|meddelelse|besked|meddelande|melding|viesti",
    "wiadomość|zpráva|správa|сообщение|повідомлення|ileti|gönderi|üzenet|mesaj|missatge|appointment|termin",
    "邮件|郵件|メッセージ|메시지|原件",
)
_FORWARDED = either(
    "forwarded|weitergeleitete|weitergeleiteten|transféré|réexpédié|reenviado|encaminhada|reencaminhada|inoltrato",
    "doorgestuurd|videresendt|vidarebefordrat|edelleenlähetetty|przekazana|přeposlaná|пересылаемое|iletilen",
    "továbbított|redirecționat|转发|轉寄|転送|전달",
)
_MESSAGE = re.compile(f"{_A_MESSAGE}|original", re.IGNORECASE)  # looked for first: the whole pattern is slow
_FORWARD_WORD = re.compile(_FORWARDED, re.IGNORECASE)
_DRAWN = r"[-_*~=#]{2,60}"
_DIVIDER = re.compile(
    rf"[\s>*]{{0,6}}{_DRAWN}\s{{0,3}}(?=[^\d]{{2,50}}{_DRAWN})(?:[^\W\d]+[\s.'’-]{{1,3}}){{0,4}}?"
    rf"(?:(?:回复的)?原始?|元の|원본 ?|original)?(?:{_A_MESSAGE})"
    rf"(?:\s[^\W\d]+['’]?[^\W\d]*){{0,3}}\s{{0,3}}{_DRAWN}[\s*]{{0,6}}"
    r"|original(?:nachricht| message)\s?[:：]?",
    re.IGNORECASE,
)
_DIVIDER_WITHIN = re.compile(
    r"(?<![-\w>])(-{4,20} ?[^\W\d_][^-\n]{2,40} ?-{4,20})\s?(?=[^\W\d_][^:：\n]{0,20}[:：])", re.IGNORECASE
)
_ORIGINAL = re.compile(r"origin|urspr|oprind|opprinn|alkuper|oorspronk|исход|原|元の|원본", re.IGNORECASE)
_LONG_DRAWN = re.compile(r"[\s>*]{0,6}[-_*~=#]{4}")
_FORWARD = re.compile(
    rf"[\s*]{{0,6}}(?:{_DRAWN}.{{0,30}}(?:{_FORWARDED}).{{0,30}}{_DRAWN}"
    rf"|.{{0,30}}(?:{_FORWARDED}).{{0,20}}[:：])[\s*]{{0,6}}",
    re.IGNORECASE,
)
# How each of these begins, which nearly no line does: looked for before the long lists of words.
_MAY_ANNOUNCE = re.compile(r"[\s>*]{0,6}(?:[-_*~=#]{2}|original)", re.IGNORECASE)
_OLDER = re.compile(
    r"[\s*_#]{0,6}(?:"
    + either(
        "(?:previous|earlier|older) (?:replies|messages|posts|conversations?|discussions?|e-?mails?|letters)",
        "(?:vorherige|frühere|ältere)[rn]? (?:antworten|nachrichten|beiträge|verlauf|unterhaltung|diskussion|e-?mails)",
        "(?:réponses|messages) précédente?s|(?:respuestas|mensajes) (?:anteriores|previ[ao]s)|respostas anteriores",
        "(?:risposte|messaggi) precedenti|(?:eerdere|vorige) (?:reacties|berichten|antwoorden)|tidigare (?:svar|inlägg)",
        "(?:tidligere|forrige) (?:svar|beskeder|meldinger)",
        "aiemmat (?:vastaukset|viestit)|poprzednie (?:odpowiedzi|wiadomości)",
        "предыдущие (?:ответы|сообщения)|předchozí (?:odpovědi|zprávy)|önceki (?:yanıtlar|iletiler)|以前的?回复|以前の返信",
    )
    + r")[\s*_:：]{0,6}",
    re.IGNORECASE,
)
_OTHER_MARK = re.compile(r"\s{0,8}(\||[A-Z]{2}>)(?=\s|\Z|>)")
_RULE = re.compile(r"\s{0,5}(?:[-_=*—~#]{3,200}|[+]{6,200}|[ᐧ·])\s{0,5}")
_TITLED_RULE = re.compile(r"\s{0,5}[-_=*]{4,60}\s?[^\W\d_][^-_=*]{0,39}[-_=*]{4,80}\s{0,5}")
# Only as a drawn line: anyone may write "see my reply above". Three plain searches, since one would be slow.
_DRAWN_END = re.compile(r"[-#=*_~]{2}[\s*_]{0,6}\Z")
_DRAWN_START = re.compile(r"\W{0,6}[-#=*_~]{2}")
_REPLY_ABOVE_LINE = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        "reply|respond|answer|antwort|répon|respu|rispo|reactie|antwoord|svar|vasta|odpow|odpov|ответ|відпов",
        "above|oberhalb|über|au-dessus|encima|arriba|acima|sopra|boven|over|ovan|yläpuol|powyżej|nad|выше|вище",
        "line|zeile|linie|ligne|l[íi]nea|riga|linha|lijn|regel|linje|rad|viiva|lini|řád|лини|строк|черт|ліні|рядк",
    )
)


def is_quoted(line: str) -> bool:
    """Say whether a line is marked as quoted by a leading `>`."""
    return line[:8].lstrip(" \t\xa0").startswith(">") and not line.startswith(">From ")


def otherwise_quoted(lines: Sequence[str]) -> list[bool]:
    """Say which lines bear another mark of quotations: `| `, or the initials of a person as in `MB> `.

    Two such lines at least, one below the other: one alone is written by hand. Rows of a table end in a bar too.
    """
    marks = [_OTHER_MARK.match(line[:20]) if ">" in line[:20] or "|" in line[:9] else None for line in lines]
    quoted: list[bool] = []
    for mark, run in groupby(zip(marks, lines, strict=True), key=lambda pair: pair[0] and pair[0][1]):
        found = [line for _, line in run]
        table = mark == "|" and any("|" in line.lstrip()[1:] for line in found)
        quoted += [mark is not None and len(found) > 1 and not table] * len(found)
    return quoted


def is_barred(line: str) -> bool:
    """Say whether one line bears such another mark, and is no row of a table."""
    mark = _OTHER_MARK.match(line[:20])
    return mark is not None and not (mark[1] == "|" and "|" in line.lstrip()[1:])


def is_rule(line: str) -> bool:
    """Say whether a line is drawn rather than written."""
    return _RULE.fullmatch(line[:LINE_LIMIT]) is not None


def is_titled_rule(line: str) -> bool:
    """Say whether a line is drawn with a few words in its middle."""
    return _TITLED_RULE.fullmatch(line[:MARK_LIMIT]) is not None


def is_divider(line: str) -> bool:
    """Say whether a line announces the original message."""
    line = line[:MARK_LIMIT]
    if _MAY_ANNOUNCE.match(line) is None:
        return False
    if _MESSAGE.search(line) is None or _DIVIDER.fullmatch(line) is None:
        return False
    # "-- no message from my mother --" is somebody's line; programs draw longer, or say "original".
    return _ORIGINAL.search(line) is not None or (_LONG_DRAWN.match(line) is not None and not speaks(line))


def divider_within(line: str) -> tuple[int, int]:
    """Find where a divider begins and ends in a line that goes on with copied headers; (0, 0) if there is none."""
    if "--" not in line[:DIVIDED_LIMIT]:
        return 0, 0
    found = _DIVIDER_WITHIN.search(line[:DIVIDED_LIMIT])
    if found is None or not is_divider(found[1]):
        return 0, 0
    return found.start(1), found.end(1)


def is_older(line: str) -> bool:
    """Say whether a line is the heading of older letters, as systems print it below a drawn line."""
    return _OLDER.fullmatch(line[:MARK_LIMIT]) is not None


def is_forward(line: str) -> bool:
    """Say whether a line announces a message that is handed on: that one is news, so it is not folded."""
    line = line[:MARK_LIMIT]
    if _MAY_ANNOUNCE.match(line) is None and not any(map(line.__contains__, COLON)):
        return False
    if _FORWARD_WORD.search(line) is None or _FORWARD.fullmatch(line) is None:
        return False
    return bool(_MAY_ANNOUNCE.match(line)) or (_MESSAGE.search(line) is not None and not speaks(line))


def asks_above(line: str, markers: Sequence[str], *, others: bool = True) -> bool:
    """Say whether a line is one of these markers of ours and nothing else, or (`others`) a drawn one of some system."""
    words = _undrawn(line)
    return any(words == _undrawn(marker) != "" for marker in markers) or (others and is_reply_marker(line))


def _undrawn(line: str) -> str:
    return "".join(line[:300].strip("-#=*_~ \t>|").casefold().split())


def is_reply_marker(line: str) -> bool:
    """Say whether a line asks for answers above it, in the words of whatever system wrote it."""
    line = line[:160]
    drawn = _DRAWN_START.match(line) and _DRAWN_END.search(line)
    return bool(drawn) and all(words.search(line) for words in _REPLY_ABOVE_LINE)
