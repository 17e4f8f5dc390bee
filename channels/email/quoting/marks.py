"""The marks by which mail programs, in many languages, fence off what they quote."""

import re
from collections.abc import Sequence
from itertools import groupby

from channels.email.quoting.introductions import (
    COLON,
    LINE_LIMIT,
    dated,
    either,
    ends_introduction,
    is_named,
    names_year,
    speaks,
)

MARK_LIMIT = 120
DIVIDED_LIMIT = 4000
HEADER_LINES = 16
HEADER_WORDS = 9

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
_NOT_WORDS = re.compile(r"[\W_]+")
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
_RULE = re.compile(r"\s{0,5}(?:[-_=*—~#+]{3,200}|[ᐧ·])\s{0,5}")
_TITLED_RULE = re.compile(r"\s{0,5}[-_=*]{4,60}\s?[^\W\d_][^-_=*]{0,39}[-_=*]{4,80}\s{0,5}")
# Only as a drawn line: anyone may write "see my reply above". Three plain searches, since one would be slow.
_DRAWN_END = re.compile(r"[-#=*_~]{2}\W{0,6}\Z")
_DRAWN_START = re.compile(r"\W{0,6}[-#=*_~]{2}")
_REPLY_ABOVE_LINE = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        "reply|respond|answer|antwort|répon|respu|rispo|reactie|antwoord|svar|vasta|odpow|odpov|ответ|відпов",
        "above|oberhalb|über|au-dessus|encima|arriba|acima|sopra|boven|over|ovan|yläpuol|powyżej|nad|выше|вище",
        "line|zeile|linie|ligne|l[íi]nea|riga|linha|lijn|regel|linje|rad|viiva|lini|řád|лини|строк|черт|ліні|рядк",
    )
)

_FROM_WORDS = either(
    "from|von|de|da|van|fra|från|lähettäjä|od|от|від|kimden|gönderen|feladó|de la|发件人|寄件者|差出人",
    "보낸 사람|보낸사람|από|מאת|من|المرسل",
    "expéditeur|remetente|remitente|mittente|afzender|avsändare|avsender|afsender|nadawca|odesílatel|отправитель|отправник",
    "pošiljatelj|lähettänyt|sender|absender|发件者|寄件人|saatja|nuo|từ|dari|จาก|फ़्रॉम",
)
_OTHER_WORDS = either(
    "sent|date|to|cc|bcc|subject|reply-to|importance|attachments|gesendet|datum|an|kopie|betreff|antwort an",
    "envoyé|envoyé le|à|pour|objet|répondre à|enviado|enviado el|enviada em|enviado em|enviada|fecha|data|para",
    "asunto|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|sendt|dato|til|emne|skickat|till|ämne|lähetetty",
    "päiväys|vastaanottaja|aihe|kopio|wysłano|wysłane|do|dw|temat|odesláno|komu|předmět|kopia|odoslané|predmet",
    "отправлено|дата|кому|копия|тема|надіслано|копія|tarih|gönder(?:il)?me tarihi|gönderildi|kime|konu|bilgi",
    "elküldve|dátum|címzett|tárgy|trimis|către|subiect|发送时间|日期|收件人|抄送|主题|寄件日期|收件者|主旨|副本|送信日時|日時|宛先|件名",
    "보낸 날짜|받는 사람|제목|보낸날짜|받는사람|참조|날짜",
    "ημερομηνία|προς|θέμα|enviat|per a|assumpte|poslano|za|zadeva|naslov",
    "נשלח|תאריך|אל|עותק|נושא|تم الإرسال|أرسلت|التاريخ|إلى|الى|نسخة|الموضوع|στάλθηκε|κοιν|изпратено|до|относно|sända",
    "ngày|đến|tới|chủ đề|tanggal|kepada|subjek|วันที่|ถึง|เรื่อง|saadetud|kellele|teema|išsiųsta|kam|tema|kopie à|copie à",
    "copia|cópia|kopi|kopia till|enviado a las|heure|uhrzeit|importancia|priorität|wichtigkeit|anlagen|bijlagen",
)
_PARTICLES = (
    "von",
    "van",
    "de",
    "da",
    "der",
    "den",
    "di",
    "del",
    "la",
    "the",
    "of",
    "für",
    "und",
    "and",
    "al",
    "bin",
    "y",
    "e",
)
_HEADER_SENT = re.compile(
    r"[\s>|]{0,6}\*{0,2}(?:"
    + either(
        "sent|gesendet|envoyé|envoyé le|enviado|enviado el|enviada em|enviado em|enviada|enviado a las|inviato|verzonden",
        "sendt|skickat|lähetetty|wysłano|wysłane|odesláno|odoslané|отправлено|надіслано|gönder(?:il)?me tarihi|gönderildi",
        "elküldve|trimis|发送时间|寄件日期|送信日時|보낸 날짜|보낸날짜|enviat|poslano|נשלח|تم الإرسال|أرسلت|στάλθηκε",
        "изпратено|išsiųsta|saadetud",
    )
    + r")\s?[:：]",
    re.IGNORECASE,
)
_HEADER_FROM = re.compile(rf"[\s>|]{{0,6}}\*{{0,2}}(?:{_FROM_WORDS})\s?[:：].*", re.IGNORECASE | re.DOTALL)
_HEADER = re.compile(
    rf"[\s>|]{{0,6}}\*{{0,2}}(?:{_FROM_WORDS}|{_OTHER_WORDS})\s?[:：]\*?(?:\s.*|\Z|[^/].*)",
    re.IGNORECASE | re.DOTALL,
)
# A header in whatever language, and a second one on the same line.
_ANY_HEADER = re.compile(r"\s{0,3}\*{0,2}[^\W\d_][^:：@\d]{0,24}\s?[:：]\*{0,2}\s")
_SECOND_HEADER = re.compile(rf"\s(?:{_OTHER_WORDS})\s?[:：]", re.IGNORECASE)


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


def copied_below(lines: list[str], start: int) -> int:
    """Count the lines here that look like copied headers, a sender's first: fewer than a block, below a divider."""
    place = start
    while place < min(len(lines), start + HEADER_LINES) and _is_short_header(lines[place]):
        place += 1
    return place - start if place > start and _HEADER_FROM.fullmatch(lines[start]) else 0


def _is_short_header(line: str) -> bool:
    return len(line.split()) <= HEADER_WORDS and _HEADER.fullmatch(line[:LINE_LIMIT]) is not None


def goes_on(line: str) -> bool:
    """Say whether a line may continue copied headers or an introduction: another header, addresses, or its end."""
    words = line.split()
    if _HEADER.fullmatch(line[:LINE_LIMIT]) or _ANY_HEADER.match(line[:LINE_LIMIT]):
        return len(words) <= 2 * HEADER_WORDS
    addresses = all(any(sign in word for sign in "@<>") for word in words)
    return addresses or line.rstrip(" *_").endswith((*COLON, ">")) or ends_introduction(line)


def announces(line: str) -> bool:
    """Say whether a line belongs to what announces a quotation rather than to its words."""
    telling = is_named(line) or dated(line) or ends_introduction(line)
    drawn = is_rule(line) or is_titled_rule(line) or is_divider(line) or is_reply_marker(line)
    return telling or drawn or _is_short_header(line)


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
    return _MESSAGE.search(line) is not None and _DIVIDER.fullmatch(line) is not None


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


def asks_above(line: str, markers: Sequence[str]) -> bool:
    """Say whether a line is one of these markers of ours and nothing else, or a drawn one of some other system."""
    words = _words_of(line)
    return any(words == _words_of(marker) != "" for marker in markers) or is_reply_marker(line)


def _words_of(line: str) -> str:
    return _NOT_WORDS.sub(" ", line[:300]).strip().casefold()


def is_reply_marker(line: str) -> bool:
    """Say whether a line asks for answers above it, in the words of whatever system wrote it."""
    line = line[:160]
    drawn = _DRAWN_START.match(line) and _DRAWN_END.search(line)
    return bool(drawn) and all(words.search(line) for words in _REPLY_ABOVE_LINE)


def header_block(lines: list[str], start: int) -> int:
    """Count the lines of a block of copied headers (From, Sent, To, Subject) that begins here; 0 if none does.

    Three such lines with a sender among them, if one has an address or a date with its time, since people too write
    "From: Monday"; two, if one has an address and one a date; four, if one has a year or the first is in bold.
    """
    first = lines[start][:LINE_LIMIT]
    if not any(map(first.__contains__, COLON)):
        return 0
    if not _HEADER.fullmatch(first):
        return _foreign_block(lines, start)
    if _HEADER_FROM.fullmatch(first) and is_named(first) and dated(first) and _SECOND_HEADER.search(first):
        return 1  # all of them on one line, as some pages put it
    block: list[str] = []
    around: list[str] = []  # wrapped ones, and those in words we do not know
    blanks, place = 0, start
    while place < min(len(lines), start + HEADER_LINES):
        line = lines[place][:LINE_LIMIT]
        if _HEADER.fullmatch(line):
            block, blanks = [*block, line], 0
        elif line.strip():
            if blanks:
                break
            around.append(line)
        else:
            blanks += 1
            if blanks > 1:
                break
        place += 1
    return place - start if _is_copied(block, around) else 0


def _is_copied(block: list[str], around: list[str]) -> bool:
    moment, named = any(map(dated, block)), any(map(is_named, block))
    if len(block) >= 2 and moment and named:
        return True
    if len(block) < 3 or not any(map(_HEADER_FROM.fullmatch, block)):
        return False
    if named:
        return True
    # Without an address only Outlook's: with a word for "sent" and a sender who has a name. Whoever writes a letter
    # they will never send heads it "From: the girl I was", with a date.
    full = (len(block) > 3 or moment) and any(map(_HEADER_SENT.match, block)) and speaks_not(block)
    bold = block[0].lstrip().startswith("*")
    return full and (moment or bold or any(map(dated, around)) or any(map(names_year, block)))


def speaks_not(block: list[str]) -> bool:
    """Say whether the sender's line of copied headers holds a name rather than words."""
    sender = next(line for line in block if _HEADER_FROM.fullmatch(line))
    words = re.split(r"[:：]", sender, maxsplit=1)[1].strip(" *").split()
    return bool(words) and all(word[:1].upper() == word[:1] or word in _PARTICLES for word in words)


def _foreign_block(lines: list[str], start: int) -> int:
    """Count copied headers in a language we do not know: four lines, an address in the first, an hour in the next.

    People copy invitations and forms, which name an address last; only a letter begins with its sender.
    """
    block = [line[:LINE_LIMIT] for line in lines[start : start + 4]]
    shaped = len(block) == 4 and all(map(_ANY_HEADER.match, block))
    return 4 if shaped and is_named(block[0]) and dated(block[1]) and not dated(block[0]) else 0
