"""What stands below a letter: remarks of programs ("Sent from my telephone"), farewells, footers of lists."""

import re

from channels.email.quoting.introductions import LINE_LIMIT, either

REMARK_WORDS = 10
FOOTER_LINES = 6
PROSE_WIDTH = 50
PROSE_WORDS = 6

# A remark that is one beyond doubt by its first words.
_SENT_FROM = re.compile(
    r"\s{0,3}[-_*(]{0,3}\s?(?:"
    + either(
        r"sent (?:from|via|with|using) (?:my|the|yahoo|outlook|samsung|proton|mail|windows|gmail)\b|sent with \w+ \(http",
        "von mein.{1,40} gesendet|gesendet (?:von|mit|aus) |diese nachricht wurde von mein.{1,40} gesendet",
        "envoyé (?:de|depuis|à partir d)|enviado (?:desde|do meu|de mi|a partir d|con )|enviat des|inviato (?:da|dal) ",
        "verstuurd (?:vanaf|via|met|van) |verzonden (?:vanaf|via|met|van) |sendt (?:fra|via) |skickat från|skickades från",
        "lähetetty |wysłan[eoy] (?:z|przy|za) |odesláno z|отправлено (?:с|из) |надіслано (?:з|із) |iphone'?umdan",
        "iphoneから|ipadから|androidから|发自我的|發自我的|从我的|從我的|나의 .{1,20}에서",
        "(?:get|download|hämta|hent|pobierz|scarica|ottieni|obtener|obtén|obter|descargar|télécharge[rz]|obtenez) outlook",
        "outlook für .{1,30} (?:beziehen|herunterladen|holen)|(?:holen|laden) sie (?:sich )?outlook",
        r"sent (?:from|via|with|using) (?:front|hey|surface|nylas|missive|polymail|boxer|nine)\b",
        r"sent (?:from|via|with|using) (?:airmail|canary|spike|edison|newton)\b",
        r"ส่งจาก|(?:đã |được )?gửi (?:từ|bằng) |dikirim (?:dari|menggunakan) |dihantar (?:dari|daripada) |ارسال ?شده از",
        r"मेरे .{1,20} से भेजा|послат[оа] са |poslan[oa] (?:iz|s|sa|z) |išsiųsta iš",
        r"nosūtīts no|saadetud minu|bidali(?:a|ta) nire|sent frá",
    )
    + ")",
    re.IGNORECASE,
)
# A remark by its first words together with the name of a device or a program.
_SENT = re.compile(
    r"\s{0,3}[-_*(]{0,3}\s?(?:"
    + either(
        "sent (?:from|via|with|using|by|on|through|securely|in) ",
        r"(?:gesendet|verschickt)\W{1,3}(?:von|vom|mit|aus|via|über|per|durch|auf) ",
        "envoyé (?:de|depuis|à|avec|via|par|sur|grâce|d')|enviad[oa] (?:desde|d[aeo]|a|con|com|pel[oa]|por|vía|através) ",
        "diese (?:nachricht|e-?mail|mail) wurde|cet? (?:message|e-?mail) a été",
        "este (?:mensaje|correo)|esta mensagem|(?:inviat[oa]|spedito) (?:da|con|tramite|via|mediante|attraverso)",
        "questa (?:mail|e-?mail)|(?:verstuurd|verzonden) (?:van|via|met|door|uit)|dit bericht",
        "(?:sendt|skickat|skickades) (?:fra|från|via|med|gjennom|genom)|meddelandet",
        "lähetetty|wysłan|odesl[aá]n|odoslan|отправлено|надіслано|elküldve|küldve|trimis",
        "gönderildi|poslano|изпратено|στάλθηκε|נשלח מ|أرسلت|أُرسلت|تم الإرسال|から送信|보낸|보냄|發自|发自|发送自|來自|来自",
        "secured with|encrypted with|written on|scanned by",
        "this (?:e-?mail|message) (?:was|has been) (?:sent|scanned|checked)",
    )
    + ")",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    either(
        r"i(?:phone|pad|pod)|macbook|android|galaxy|samsung|huawei|xiaomi|redmi|oneplus|xperia|nokia|lumia|\bpixel \d",
        r"\b(?:mac|spark|spike|edison|newton|canary|orange|sfr|aqua|missive|avg|norton|superhuman)\b",
        "motorola|blackberry|windows|smartphone|tablet|mobil|handy|telefon|phone|telefoon|téléphone|cellulare|celular",
        "dispositivo|appareil|gerät|device|urządzeni|устройств|телефон|outlook|yahoo|gmail|proton|tuta|thunderbird|k-9",
        "fairemail|mailspring|bluemail|blue mail|mymail|typeapp|airmail",
        "shortwave|fastmail|posteo|zoho|yandex|mail[.]ru|gmx|web[.]de|freenet|t-online|libero|laposte",
        "seznam|onet|interia|roundcube|sparrow|mailbird|em client|zimbra|icloud|aol|naver|daum|手机|手機|携帯|스마트폰",
        "avast|kaspersky|viren|virus",
    ),
    re.IGNORECASE,
)
# "Get Outlook for iOS", in whatever language.
_APP = re.compile(
    r"\b(?:outlook|gmail|yahoo mail|proton mail|mail[.]ru)\b.{0,20}\b(?:ios|iphone|ipad|android|windows|mac)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"\]\(\s?https?://\S+|[<(]?\s?https?://\S+(?:\s\))?|\[\S*\]\Z")
_SENTENCE = re.compile(r"[,;?]|[.!]\s+\S")
_EXCUSE = re.compile(
    r"[,.;:]\s*(?:(?:so )?(?:please |pls )?(?:excuse|forgive|pardon|ignore|sorry)"
    r"|(?:an?|the) (?:open|secure|free|best|privacy)"
    r"|(?:bitte )?entschuldig|excus|disculp|perdon|scus|sorry voor|ursäkta|undskyld|beklager).{0,60}\Z",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r",[^,]{0,40}(?:smartphone|iphone|android|galaxy|telefon\b|device)[^,]{0,20}\Z", re.IGNORECASE
)
_CLOSING = re.compile(
    r"\W{0,5}(?:"
    + either(
        "(?:best |kind |warm |with )?(?:regards|wishes)|cheers|thanks|thank you|thx|yours|sincerely|love|bye|best|take care",
        "(?:mit |viele |liebe |beste |herzliche |schöne )?(?:freundlichen )?gr(?:ü|ue)(?:ß|ss)|mfg|lg|vg|danke|tschüss",
        "cordialement|bien à|merci|amicalement|bises|saludos|un saludo|gracias|abrazos|atentamente|saluti|cordiali|grazie",
        "obrigad|abraços|groet|met vriendelijke|bedankt|mvh|med ven|hilsen|hälsning|med vän|vänliga|tack|tak|takk",
        "terveisin|kiitos|pozdr|dziękuj|s pozdr|с уважением|спасибо|з повагою|saygılar|üdvözlettel",
    )
    + r")\b",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"mailing list|listinfo|unsubscribe|abbestellen|désabonner|\[?caution|\bav(?:ast|g)\b|antivirus|virenfrei",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    either(
        r"confidential|privileged|recipient|addressee|disclaimer|vertraulich|empfänger|amtsgericht|geschäftsführer|handelsregister",
        "confidentiel|destinataire|confidencial|destinatario|destinatário|riservat|vertrouwelijk|geadresseerde|poufn|adresat",
        "konfidentiell|fortrolig|luottamuksell|конфиденциальн|получател",
    ),
    re.IGNORECASE,
)
_CARD_RULE = re.compile(r"\s*(?:_{3,200}|-{3})\s*")
_CONTACT = re.compile(
    r"@|www[.]|https?://|\b(?:tel|fon|phone|mobile?|fax|tlf|gsm)\b|(?<!\w)(?:\+\d|\(?0\d)[\d ()-]{0,9}/?[\d -]{5,15}",
    re.IGNORECASE,
)
_RULE_OF_FOOTER = re.compile(r"\s*[-_]{2,200}\s*")
_ONLY_LINK = re.compile(r"\W{0,5}https?://\S{1,400}[\s>)]{0,6}")


def is_only_link(line: str) -> bool:
    """Say whether a line is a link and nothing else."""
    return _ONLY_LINK.fullmatch(line[:LINE_LIMIT]) is not None


def is_sent_from(line: str) -> bool:
    """Say whether a whole line is a program's remark such as "Sent from my telephone"."""
    linked = "://" in line
    line = _EXCUSE.sub("", _LINK.sub("", line[:LINE_LIMIT])).strip().rstrip(".")
    line = _COMPANY.sub("", line) if len(line.split()) <= REMARK_WORDS + 2 else line
    if len(line.split()) > REMARK_WORDS or _SENTENCE.search(line):
        return False
    if len(line.split()) <= (6 if linked else 4) and _APP.search(line):
        return True
    if len(line.split()) <= REMARK_WORDS - 2 and _SENT_FROM.match(line):
        return True
    return _SENT.match(line) is not None and _PROGRAM.search(line) is not None


def is_excuse(line: str) -> bool:
    """Say whether a line asks to excuse typing errors, as below a remark."""
    return len(line.split()) <= REMARK_WORDS and _EXCUSE.fullmatch("," + line.strip()) is not None


def is_closing(line: str) -> bool:
    """Say whether a line is no answer but a farewell."""
    return len(line.split()) <= 6 and _CLOSING.match(line) is not None


def is_legal(lines: list[str]) -> bool:
    """Say whether these lines are the legal words an office prints below every letter."""
    text = " ".join(lines)[: 4 * LINE_LIMIT]
    return len(text.split()) > PROSE_WORDS and len({found.lower() for found in _LEGAL.findall(text)}) > 1


def is_prose(lines: list[str]) -> bool:
    """Say whether these lines below a drawn mark are sentences of the writer, no card and no legal words."""
    text = " ".join(line.strip() for line in lines)
    card = any(len(line.split()) <= PROSE_WORDS and _CONTACT.search(line[:LINE_LIMIT]) for line in lines)
    if card or is_legal(lines) or _FOOTER.search(text):
        return False
    asks = text.rstrip().endswith("?") and len(text.split()) >= PROSE_WORDS
    return asks or sum(len(line) for line in lines if len(line) >= PROSE_WIDTH) >= 2 * PROSE_WIDTH


def is_card(lines: list[str]) -> bool:
    """Say whether these lines are a drawn one and below it who wrote and how to reach them."""
    if not 2 <= len(lines) <= FOOTER_LINES or not _CARD_RULE.fullmatch(lines[0][:LINE_LIMIT]):
        return False
    return all(len(line) < PROSE_WIDTH for line in lines) and any(map(_CONTACT.search, lines[1:]))


def is_footer(lines: list[str]) -> bool:
    """Say whether these lines are what a mailing list prints below every letter."""
    if not lines or len(lines) > FOOTER_LINES or not _RULE_OF_FOOTER.fullmatch(lines[0][:LINE_LIMIT]):
        return False
    return any(_FOOTER.search(line[:LINE_LIMIT]) for line in lines)
