"""Headers that mail programs copy above what they quote: From, Sent, To, Subject, in many languages."""

import re

from channels.email.quoting.introductions import (
    COLON,
    LINE_LIMIT,
    dated,
    either,
    ends_introduction,
    is_named,
    names_year,
)
from channels.email.quoting.marks import is_divider, is_reply_marker, is_rule, is_titled_rule

HEADER_LINES = 16
HEADER_WORDS = 9
SMALL_WORDS = 2

_ADDRESSED = re.compile(r"\S{0,64}@\S{1,255}|\d\S{0,20}")
_AFTER_ADDRESS = re.compile(r"(?:@[^\s<>\]]{1,255}|[>\]])[\s>\]),;.\"']{0,6}\Z")
_AFTER_DATE = re.compile(
    r"(?:(?:19|20)\d\d|\d{1,2}[:.h]\d\d(?:[:.]\d\d)?\s{0,2}(?:[ap]\.?m\.?|uhr|г\.)?\s{0,2}(?:[A-Z]{2,5})?"
    r"\s{0,2}(?:[+-]\d{4})?\s{0,2}(?:\([^()]{1,30}\))?)[\s.*_]{0,4}\Z",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(r"\d")
_IS_SUBJECT = re.compile(
    r"\W{0,6}(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|předmět|predmet|тема|konu|tárgy"
    r"|subiect|主题|主旨|件名|제목|θέμα|assumpte|zadeva|naslov|נושא|الموضوع|относно|chủ đề|subjek|เรื่อง|teema|tema)\s?[:：]",
    re.IGNORECASE,
)
_PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")

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
_HEADER_DATE = re.compile(
    r"[\s>|]{0,6}\*{0,2}(?:date|datum|data|fecha|dato|päiväys|дата|tarih|dátum|日期|日時|날짜|ημερομηνία|תאריך|التاريخ|ngày|tanggal"
    r"|วันที่)\s?[:：]",
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


def copied_below(lines: list[str], start: int) -> int:
    """Count the lines here that look like copied headers, a sender's first: fewer than a block, below a divider."""
    place = start
    while place < min(len(lines), start + HEADER_LINES) and _is_short_header(lines[place]):
        place += 1
    return place - start if place > start and _HEADER_FROM.fullmatch(lines[start]) else 0


def _is_short_header(line: str) -> bool:
    return len(line.split()) <= HEADER_WORDS and _HEADER.fullmatch(line[:LINE_LIMIT]) is not None


def is_header(line: str) -> bool:
    """Say whether a line has the form of a copied header in a language we know."""
    return _HEADER.fullmatch(line[:LINE_LIMIT]) is not None


def is_dated_header(line: str) -> bool:
    """Say whether a line is the copied header that names the day."""
    return _HEADER_SENT.match(line) is not None or _HEADER_DATE.match(line) is not None


def announces(line: str) -> bool:
    """Say whether a line belongs to what announces a quotation rather than to its words."""
    telling = is_named(line) or dated(line) or ends_introduction(line)
    drawn = is_rule(line) or is_titled_rule(line) or is_divider(line) or is_reply_marker(line)
    return telling or drawn or _is_short_header(line)


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
