"""The marks by which mail programs, in many languages, introduce what they quote and sign what they send."""

import re

LINE_LIMIT = 500  # of a longer line only the beginning is looked at; no mark is that long
MARK_LIMIT = 120
INTRO_LINES = 5
INTRO_LIMIT = 400
HEADER_LINES = 16
REMARK_WORDS = 8
FOOTER_LINES = 6


def _any(*words: str) -> str:
    return "|".join(words)


# "wrote", as mail programs say it.
_WROTE = _any(
    "wrote|writes|schrieb|a écrit|écrit|escribi[óo]|ha escrito|escreveu|ha scritto|scrive|schreef|geschreven",
    "skrev|kirjoitti|napisa[łl]|napísa[lť]|napsal|pisze|написал|написав|написа|пишет|пише|писал|yazdı|írta",
    "a scris|έγραψε|כתב|كتب|ha escrit|va escriure|写道|寫道|のメッセージ|書きました|さんは|작성|đã viết|napisao|napisala",
    "je napisal|rašė|rakstīja|kirjutas|menulis|idatzi|escribiu|skrifaði",
)
_VERB = re.compile(f"(?:{_WROTE})", re.IGNORECASE)
_VERB_AT_END = re.compile(rf"(?:{_WROTE})(?:\(a\))?[\s:：>*-]{{0,9}}\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./]\d{1,2}[./]\d\d(?!\d)")
_TIME = re.compile(r"(?<![\d.])\d{1,2}(?:[:.]|\s?h\s?)\d\d(?![\d.])")
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")
_DIGIT = re.compile(r"\d")
_COLON = (":", "：")
_OPEN_BRACKET = re.compile(r"<[^>]*\Z")
# How an introduction begins that has a date: a word for "on", a day of the week, or the date.
_STARTER = re.compile(
    r"\s{0,3}(?:-{2,}\s)?(?:on|am|um|le|el|il|em|op|den|dne|dnia|w dniu|på|a|v|pe|в|у|στις|在|于|於|vào|pada"
    r"|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|tir|ons|tor|lør|søn|man"
    r"|from|\*?\d{1,4})[\s.,:/年-]",
    re.IGNORECASE,
)

_A_MESSAGE = _any(
    "message|nachricht|e-?mail|mail|mensaje|mensagem|messaggio|bericht|meddelelse|besked|meddelande|melding|viesti",
    "wiadomość|zpráva|správa|сообщение|повідомлення|ileti|üzenet|mesaj|missatge|appointment|termin",
    "邮件|郵件|メッセージ|메시지|原件",
)
_FORWARDED = _any(
    "forwarded|weitergeleitete|weitergeleiteten|transféré|réexpédié|reenviado|encaminhada|reencaminhada|inoltrato",
    "doorgestuurd|videresendt|vidarebefordrat|edelleenlähetetty|przekazana|přeposlaná|пересылаемое|iletilen",
    "továbbított|redirecționat|转发|轉寄|転送|전달",
)
_MESSAGE = re.compile(f"{_A_MESSAGE}|original", re.IGNORECASE)  # looked for first: the whole pattern is slow
_FORWARD_WORD = re.compile(_FORWARDED, re.IGNORECASE)
_DRAWN = r"[-_*~=#]{2,60}"
_DIVIDER = re.compile(
    rf"[\s>*]{{0,6}}{_DRAWN}\s{{0,3}}(?=[^\d]{{3,50}}{_DRAWN})(?:[^\W\d]+[\s.'’-]{{1,3}}){{0,4}}?(?:{_A_MESSAGE})"
    rf"(?:\s[^\W\d]+){{0,3}}\s{{0,3}}{_DRAWN}[\s*]{{0,6}}|original(?:nachricht| message)\s?[:：]?",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    rf"[\s*]{{0,6}}(?:{_DRAWN}.{{0,30}}(?:{_FORWARDED}).{{0,30}}{_DRAWN}"
    rf"|.{{0,30}}(?:{_FORWARDED}).{{0,20}}[:：])[\s*]{{0,6}}",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s{0,5}(?:[-_=*—~#+]{3,200}|[ᐧ·])\s{0,5}")
# Only as a drawn line: anyone may write "see my reply above". Three plain searches, since one would be slow.
_DRAWN_START = re.compile(r"\W{0,6}[-#=*_~]{2}")
_REPLY_ABOVE_LINE = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        "reply|respond|answer|antwort|répon|respu|rispo|reactie|antwoord|svar|vasta|odpow|odpov|ответ|відпов",
        "above|oberhalb|über|au-dessus|encima|arriba|acima|sopra|boven|over|ovan|yläpuol|powyżej|nad|выше|вище",
        "line|zeile|linie|ligne|l[íi]nea|riga|linha|lijn|regel|linje|rad|viiva|lini|řád|лини|строк|черт|ліні|рядк",
    )
)

_FROM_WORDS = _any(
    "from|von|de|da|van|fra|från|lähettäjä|od|от|від|kimden|gönderen|feladó|de la|发件人|寄件者|差出人|보낸 사람|από|מאת|من",
)
_OTHER_WORDS = _any(
    "sent|date|to|cc|bcc|subject|reply-to|importance|attachments|gesendet|datum|an|kopie|betreff|antwort an",
    "envoyé|envoyé le|à|pour|objet|répondre à|enviado|enviado el|enviada em|enviado em|enviada|fecha|data|para",
    "asunto|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|sendt|dato|til|emne|skickat|till|ämne|lähetetty",
    "päiväys|vastaanottaja|aihe|kopio|wysłano|wysłane|do|dw|temat|odesláno|komu|předmět|kopia|odoslané|predmet",
    "отправлено|дата|кому|копия|тема|надіслано|копія|tarih|gönderildi|kime|konu|bilgi|elküldve|dátum|címzett",
    "tárgy|trimis|către|subiect|发送时间|日期|收件人|抄送|主题|寄件日期|收件者|主旨|副本|送信日時|日時|宛先|件名",
    "보낸 날짜|받는 사람|제목|ημερομηνία|προς|θέμα|enviat|per a|assumpte|poslano|za|zadeva|naslov",
)
_HEADER_FROM = re.compile(rf"[\s>|]{{0,6}}\*?(?:{_FROM_WORDS})\s?[:：].*", re.IGNORECASE | re.DOTALL)
_HEADER = re.compile(
    rf"[\s>|]{{0,6}}\*?(?:{_FROM_WORDS}|{_OTHER_WORDS})\s?[:：]\*?(?:\s.*|\Z|[^/].*)",
    re.IGNORECASE | re.DOTALL,
)

_SENT_FROM = re.compile(
    r"\s{0,3}[-_*(]{0,3}\s?(?:"
    + _any(
        r"sent (?:from|via|with|using) (?:my|the|yahoo|outlook|samsung|proton|mail|windows|gmail)\b|sent with \w+ \(http",
        "von mein.{1,40} gesendet|gesendet (?:von|mit|aus) |diese nachricht wurde von mein.{1,40} gesendet",
        "envoyé (?:de|depuis|à partir d)|enviado (?:desde|do meu|de mi|a partir d|con )|enviat des|inviato (?:da|dal) ",
        "verstuurd (?:vanaf|via|met|van) |verzonden (?:vanaf|via|met|van) |sendt (?:fra|via) |skickat från|skickades från",
        "lähetetty |wysłan[eoy] (?:z|przy|za) |odesláno z|отправлено (?:с|из) |надіслано (?:з|із) |iphone'?umdan",
        "iphoneから|ipadから|androidから|发自我的|發自我的|从我的|從我的|나의 .{1,20}에서",
        "(?:get|download|hämta|hent|pobierz|scarica|ottieni|obtener|obtén|obter|descargar|télécharge[rz]|obtenez) outlook",
        "outlook für .{1,30} (?:beziehen|herunterladen|holen)|(?:holen|laden) sie (?:sich )?outlook",
    )
    + ")",
    re.IGNORECASE,
)
_LINK = re.compile(r"[<(]?https?://\S+|\[\S*\]")
_CLOSING = re.compile(
    r"\W{0,5}(?:"
    + _any(
        "(?:best |kind |warm |with )?(?:regards|wishes)|cheers|thanks|thank you|thx|yours|sincerely|love|bye|best|take care",
        "(?:mit |viele |liebe |beste |herzliche |schöne )?(?:freundlichen )?gr(?:ü|ue)(?:ß|ss)|mfg|lg|vg|danke|tschüss",
        "cordialement|bien à|merci|amicalement|bises|saludos|un saludo|gracias|abrazos|atentamente|saluti|cordiali|grazie",
        "obrigad|abraços|groet|met vriendelijke|bedankt|mvh|med ven|hilsen|hälsning|med vän|vänliga|tack|tak|takk",
        "terveisin|kiitos|pozdr|dziękuj|s pozdr|с уважением|спасибо|з повагою|saygılar|üdvözlettel",
    )
    + r")\b",
    re.IGNORECASE,
)
_FOOTER = re.compile(r"mailing list|listinfo|unsubscribe|abbestellen|désabonner|\[?caution", re.IGNORECASE)
_ONLY_LINK = re.compile(r"\W{0,5}https?://\S{1,400}[\s>)]{0,6}")


def is_quoted(line: str) -> bool:
    """Say whether a line is marked as quoted by a leading `>`."""
    return line[:8].lstrip(" \t\xa0").startswith(">") and not line.startswith(">From ")


def is_rule(line: str) -> bool:
    """Say whether a line is drawn rather than written."""
    return _RULE.fullmatch(line[:LINE_LIMIT]) is not None


def is_divider(line: str) -> bool:
    """Say whether a line announces the original message."""
    line = line[:MARK_LIMIT]
    return _MESSAGE.search(line) is not None and _DIVIDER.fullmatch(line) is not None


def is_forward(line: str) -> bool:
    """Say whether a line announces a message that is handed on: that one is news, so it is not folded."""
    line = line[:MARK_LIMIT]
    return _FORWARD_WORD.search(line) is not None and _FORWARD.fullmatch(line) is not None


def is_reply_marker(line: str) -> bool:
    """Say whether a line asks for answers above it, in the words of whatever system wrote it."""
    line = line[:160]
    return bool(_DRAWN_START.match(line)) and all(words.search(line) for words in _REPLY_ABOVE_LINE)


def is_only_link(line: str) -> bool:
    """Say whether a line is a link and nothing else."""
    return _ONLY_LINK.fullmatch(line[:LINE_LIMIT]) is not None


def is_sent_from(line: str) -> bool:
    """Say whether a whole line is a program's remark such as "Sent from my telephone"."""
    line = _LINK.sub("", line[:LINE_LIMIT]).strip()
    return len(line.split()) <= REMARK_WORDS and "," not in line and _SENT_FROM.match(line) is not None


def is_closing(line: str) -> bool:
    """Say whether a line is no answer but a farewell."""
    return len(line.split()) <= 6 and _CLOSING.match(line) is not None


def is_footer(lines: list[str]) -> bool:
    """Say whether these lines are what a mailing list prints below every letter."""
    if (
        not lines
        or len(lines) > FOOTER_LINES
        or not re.fullmatch(r"\s*[-_]{2,200}\s*", lines[0][:LINE_LIMIT])
    ):
        return False
    return any(_FOOTER.search(line[:LINE_LIMIT]) for line in lines)


def header_block(lines: list[str], start: int) -> int:
    """Count the lines of a block of copied headers (From, Sent, To, Subject) that begins here; 0 if none does.

    Three such lines with a sender among them, or two of which one has an address and one a date with its time.
    """
    first = lines[start][:LINE_LIMIT]
    if not any(map(first.__contains__, _COLON)) or not _HEADER.fullmatch(first):
        return 0
    block: list[str] = []
    blanks, place = 0, start
    while place < min(len(lines), start + HEADER_LINES):
        line = lines[place][:LINE_LIMIT]
        if _HEADER.fullmatch(line):
            block, blanks = [*block, line], 0
        elif line.strip():
            if blanks:
                break
        else:
            blanks += 1
            if blanks > 1:
                break
        place += 1
    sender = any(map(_HEADER_FROM.fullmatch, block))
    dated = any(_YEAR.search(line) and _TIME.search(line) for line in block)
    named = any(map(_named, block))
    enough = (len(block) >= 3 and sender) or (len(block) >= 2 and dated and named)
    return place - start if enough else 0


def introduction(lines: list[str], start: int, quoted: list[bool], ours: list[bool]) -> int:
    """Count the lines of an introduction such as "On Monday X wrote:" that begins here; 0 if none does.

    `quoted` says which lines are quoted, `ours` which of them are words we sent: above those, a line with a
    date or an address is an introduction in whatever language.
    """
    joined, written = "", 0
    for place in range(start, min(len(lines), start + INTRO_LINES + 2)):
        line = lines[place].strip()
        if not line:
            if not _OPEN_BRACKET.search(joined) and not _wrapped_address(lines, place + 1):
                return 0
            continue
        if written and quoted[place] and not _wrapped_end(line):
            return 0
        joined, written = f"{joined} {line}".strip(), written + 1
        if len(joined) > INTRO_LIMIT or written > INTRO_LINES:
            return 0
        follows = _next_written(lines, place + 1)
        before_quote = follows < len(lines) and quoted[follows] and not _wrapped_end(lines[follows])
        before_ours = follows < len(lines) and ours[follows] and written < 3
        if _introduces(joined, before_quote=before_quote, before_ours=before_ours):
            return place - start + 1
        if written == 1 and not _may_run_on(line):
            return 0
    return 0


def _next_written(lines: list[str], place: int) -> int:
    while place < len(lines) and not lines[place].strip():
        place += 1
    return place


def _wrapped_address(lines: list[str], place: int) -> bool:
    return place < len(lines) and lines[place].strip().startswith("<")


def _wrapped_end(line: str) -> bool:
    # "> wrote:" and ">:" are the end of an address that was cut apart, not a quotation.
    line = line.strip()
    return len(line) < 40 and (
        bool(_VERB_AT_END.search(line)) or re.fullmatch(r">\s?[:：]", line) is not None
    )


def _may_run_on(line: str) -> bool:
    return bool(_STARTER.match(line) and _DIGIT.search(line)) or _telling(line)


def _telling(text: str) -> bool:
    return bool(_YEAR.search(text) or _TIME.search(text)) or _named(text)


def _named(text: str) -> bool:
    return "@" in text and _ADDRESS.search(text) is not None


def _introduces(text: str, *, before_quote: bool, before_ours: bool) -> bool:
    if before_ours and _telling(text):
        return True
    colon = text.rstrip(" *_-—>").endswith(_COLON)
    dated, timed = bool(_YEAR.search(text)), bool(_TIME.search(text))
    named = _named(text)
    if _VERB.search(text) and (colon or _VERB_AT_END.search(text)):
        return named or timed or dated or before_quote
    if colon and named and dated and timed:
        return True
    if not before_quote:
        return False
    return (colon and (named or (dated and timed))) or (named and dated and _STARTER.match(text) is not None)
