"""Remarks of programs such as "Sent from my telephone": a line that says what it was sent with, and nothing else.

Every word of it must be one that programs write. "Sent from the bathroom floor" is somebody who needs help.
"""

import re
from typing import Final

from channels.email.quoting.introductions import LINE_LIMIT, either

REMARK_WORDS: Final = 12


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


PROGRAM: Final = re.compile(
    either(
        r"i(?:phon|pad|pod)|macbook|android|galaxy|samsung|huawei|xiaomi|redmi|oneplus|xperia|nokia|lumia|\bpixel\b",
        r"\b(?:mac|spark|spike|edison|newton|canary|orange|sfr|aqua|missive|avg|norton|superhuman|front|hey|surface)\b",
        r"\b(?:nylas|polymail|boxer|nine|htc|windows)\b",
        "motorola|blackberry|smartphone|tablet|mobil|handy|telefon|phone|telefoon|téléphone|teléfono|cellulare|celular",
        "dispositivo|appareil|gerät|device|urządzeni|устройств|телефон|outlook|yahoo|gmail|proton|tuta|thunderbird|k-9",
        "fairemail|mailspring|bluemail|blue mail|mymail|typeapp|airmail",
        "shortwave|fastmail|posteo|zoho|yandex|mail[.]ru|gmx|web[.]de|freenet|t-online|libero|laposte",
        "seznam|onet|interia|roundcube|sparrow|mailbird|em client|zimbra|icloud|aol|naver|daum|手机|手機|携帯|스마트폰",
        "avast|kaspersky|viren|virus",
    ),
    re.IGNORECASE,
)
_SENT: Final = _words(
    "sent gesendet verschickt envoyé envoyée enviado enviada enviat inviato inviata spedito spedita "
    "verstuurd verzonden sendt skickat skickades lähetetty wysłano wysłane wysłany wysłana odesláno "
    "odeslano odesláné odoslané odoslaná отправлено надіслано küldve elküldve trimis gönderildi "
    "poslano poslana послато послата изпратено στάλθηκε נשלח أرسلت أُرسلت الإرسال ارسال gửi dikirim "
    "dihantar išsiųsta nosūtīts saadetud bidalia bidalita भेजा ส่งจาก secured encrypted scanned "
    "iphone'umdan ipad'imden telefonumdan"
)
_GET: Final = _words(
    "get download hämta hent pobierz scarica ottieni obtener obtén obter descargar télécharger "
    "téléchargez obtenez obtenir holen laden beziehen herunterladen downloaden sie sich"
)
_FILLING: Final = _words(
    "from via with using by on through my the a an for and email e-mail mail app client this message "
    "was has been is secure securely wireless mobile von vom mit aus über per durch auf meinem meiner "
    "mein meinen der dem des die das für diese nachricht wurde de depuis à partir d'un d mon ma avec "
    "par sur le la les pour cet ce été du un une application courrier desde mi mis do da dos das meu "
    "minha con com pelo pela el para este correo mensaje esta mensagem o foi fue través dal dalla del "
    "dell tramite mio mia il per di lo questa è stata posta vanaf vanuit met van mijn voor dit "
    "bericht het mijne uit door fra min mit mitt med til på denne e-posten e-post meldingen från för "
    "detta meddelande meddelandet har minun -sovelluksesta sovelluksesta ohjelmasta z za przy mojego "
    "mojej moim pomocą programu dla systemu na ze mého můj přes s pre zo môjho со с из моего "
    "мобильного для через почты помощью з мого за az a din de pe için από το τη την για μου מ מ- מה "
    "מהמכשיר שלי עבור ה من جهاز ل لـ تم خاص بي از شده từ bằng được đã của tôi dari daripada "
    "menggunakan untuk iz sa од са мог от моя no mana minu nire मेरे से गया verizon t-mobile at&t att "
    "at t o2 vodafone telekom telstra rogers bell sprint 4g 5g lte htc one x pro max plus ultra mini "
    "saya aplikacji meiner meinem/meiner الـ note edge lite pocket enterprise "
    "server free open source ios ipados os os10 touch linux"
)
_BY: Final = _words("from via with using by on through securely secure for")
_WITH: Final = _words("with mit con avec com met med")
_APP: Final = re.compile(
    r"\b(?:outlook|gmail|yahoo mail|proton mail|mail[.]ru)\w{0,4}\b.{0,20}\b(?:ios|iphone|ipad|android|windows|mac)\b"
    r"|\bios\b.{0,12}\boutlook",
    re.IGNORECASE,
)
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED_PIECES: Final = re.compile(
    r"(?:から|より|送信|发自|發自|从|從|来自|來自|发送自|发送|發送|我的|自|版|用|용|の|を入手|手机|手機|携帯|스마트폰|나의|내|에서|으로|보냄|보낸|메일"
    r"|전송|获取|取得|獲取|下载|下載|ส่งจาก|ของฉัน|[\W\d_])*"
)
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z'&-]*")
_WORD: Final = re.compile(r"[^\s,;:!?()\[\]™®|\u200e\u200f]+")
_LINK: Final = re.compile(r"\]\(\s?https?://\S+|[<(]?\s?https?://\S+(?:\s\))?|\[\S*\]\Z")
# What stands behind it: a request to excuse errors, or what the program is praised for. Nothing else may stand there.
_EXCUSE: Final = re.compile(
    r"[,.;:]\s*(?:(?:so |and )?(?:please |pls )?(?:excuse|forgive|pardon|ignore|sorry)"
    r"|(?:bitte )?entschuldig|(?:veuillez )?excus|disculp|perdon|scus|sorry voor|ursäkta|undskyld|beklager)"
    r"(?=[^,.;:!?]{0,50}\b(?:typos?\b|tippfehler|brevity|spelling|auto-?correct|thumbs|kürze|fautes? de frappe|brièveté"
    r"|errores tip|errori di batt|brevedad|brevità|tikfout|tastefeil|slagfejl|skrivfel))[^,.;:!?]{0,60}[.!]?\s*\Z"
    r"|[,.;:]\s*(?:an?|the) (?:open|secure|free|best|privacy)[^,.;:!?]{0,40}\b(?:app|apps|client|mail|e-?mail)"
    r"(?: for work)?[.]?\s*\Z",
    re.IGNORECASE,
)


def is_sent_from(line: str) -> bool:
    """Say whether a whole line is a program's remark such as "Sent from my telephone"."""
    drawn = line.startswith("--")
    line = _EXCUSE.sub("", _LINK.sub("", line[:LINE_LIMIT])).strip(" \t-_*(.…")
    if not line or line.endswith("?") or PROGRAM.search(line) is None:
        return False
    if _UNSPACED.search(line):
        words = _LATIN.findall(line)
        return (
            len(line) <= 40 and _UNSPACED_PIECES.fullmatch(_LATIN.sub("", line)) is not None and _known(words)
        )
    words = [word.strip("-.'*_[]").casefold() for word in _WORD.findall(line)]
    if drawn and len(words) > 3 and words[-2] in _WITH:
        words.pop()  # a program of a name we have not heard
    if len(words) > REMARK_WORDS or not _known(words):
        return False
    if "sent" in words and not _BY.intersection(words[words.index("sent") + 1 :][:1]):
        return False  # "Sent the letter from my phone": who says that is asked whether they sent it
    if any(word in _SENT for word in words):
        return True
    return _APP.search(line) is not None and (len(words) <= 4 or any(word in _GET for word in words))


def is_excuse(line: str) -> bool:
    """Say whether a line asks to excuse typing errors, as below a remark."""
    return len(line.split()) <= REMARK_WORDS and _EXCUSE.fullmatch("," + line.strip()) is not None


def _known(words: list[str]) -> bool:
    return all(
        not word
        or word in _FILLING
        or word in _SENT
        or word in _GET
        or word.isdigit()
        or PROGRAM.search(word)
        for word in map(str.casefold, words)
    )
