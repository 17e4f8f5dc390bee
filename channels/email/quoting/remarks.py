"""What stands below a letter: farewells, cards, legal words, footers of lists."""

import re

from channels.email.quoting.introductions import LINE_LIMIT, either, speaks

FOOTER_LINES = 6
PROSE_WIDTH = 50
PROSE_WORDS = 6
SENTENCE_WORDS = 2
CARD_WORDS = 7
CARD_LINES = 12

_CLOSING = re.compile(
    r"\W{0,5}(?:"
    + either(
        "(?:best |kind |warm |with )?(?:regards|wishes)|cheers|thanks|thank you|thx|yours|sincerely|love|bye|best|take care",
        "(?:mit |viele |liebe |beste |herzliche |schöne )?(?:(?:freundlich|lieb|best|herzlich)en )?gr(?:ü|ue)(?:ß|ss)en?",
        "mfg|lg|vg|danke|tschüss",
        "cordialement|bien à|merci|amicalement|bises|saludos|un saludo|gracias|abrazos|atentamente|saluti|cordiali|grazie",
        "obrigad|abraços|groet|met vriendelijke|bedankt|mvh|med ven|hilsen|hälsning|med vän|vänliga|tack|tak|takk",
        "terveisin|kiitos|pozdr|dziękuj|s pozdr|с уважением|спасибо|з повагою|saygılar|üdvözlettel",
    )
    + r")\b",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"mailing list|google groups?\b|listinfo|unsubscribe|abbestellen|désabonner|\[?caution|\bav(?:ast|g)\b|antivirus"
    r"|virenfrei",
    re.IGNORECASE,
)
_LISTED = re.compile(r"mailing list|google groups?\b|listinfo|virenfrei", re.IGNORECASE)
_LEGAL = re.compile(
    either(
        r"confidential|privileged|recipient|addressee|disclaimer|vertraulich|empfänger|amtsgericht|geschäftsführer|handelsregister",
        "confidentiel|destinataire|confidencial|destinatario|destinatário|riservat|vertrouwelijk|geadresseerde|poufn|adresat",
        "konfidentiell|fortrolig|luottamuksell|конфиденциальн|получател",
    ),
    re.IGNORECASE,
)
_CARD_RULE = re.compile(r"\s*(?:_{3,200}|-{2,3})\s*")
_CONTACT = re.compile(
    r"@|www[.]|https?://|\b(?:tel|fon|phone|mobile?|fax|tlf|gsm)\b|(?<!\w)(?:\+\d|\(?0\d)[\d ()-]{0,9}/?[\d -]{5,15}",
    re.IGNORECASE,
)
_NAME_WORD = r"[^\W\d_a-zà-öø-ÿа-яё][^\s\d_,:;!?]{1,30}"
_WHOLE_NAME = re.compile(
    rf"(?:{_NAME_WORD}|(?:von|van|de|da|der|den|di|del|la))(?: {_NAME_WORD}| (?:von|van|de|da|der|den|di|del|la)){{1,4}}"
    r"(?: @\w{1,30})?",
)
_BARE_CONTACT = re.compile(
    r"(?:(?:tel|fon|phone|telefon|mobile?|mobil|handy|fax|tlf|gsm|cell|e-?mail|mail|web|m|t|f)\W{1,4})?"
    r"(?:[+(]?[\d][\d ()/.-]{5,24}(?: ?\(\w{1,12}\))?|\S{1,64}@\S{1,120}|(?:https?://|www[.])\S{1,200})(?: @\w{1,30})?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rf"(?:{_NAME_WORD}(?: {_NAME_WORD}){{0,3}} \d{{1,4}} ?[a-zA-Z]?)?"
    rf"(?:(?:, )?\d{{4,5}} {_NAME_WORD}(?: {_NAME_WORD}){{0,2}})?"
)
_BARRED = re.compile(
    rf"{_NAME_WORD}(?: {_NAME_WORD}){{0,3}} \| {_NAME_WORD}(?:,? (?:{_NAME_WORD}|of|and|für|und|de)){{0,6}}"
)
_ROLE = re.compile(
    rf"(?:{_NAME_WORD}(?: {_NAME_WORD}){{0,2}}, )?{_NAME_WORD}(?: (?:{_NAME_WORD}|of|and|for|für|und|de|der)){{1,6}}"
)
_PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_BEHIND_LINK = re.compile(r"(?:https?://|www[.]|@)\S{1,300}[ \t]+[^\s(>]")
_RULE_OF_FOOTER = re.compile(r"\s*[-_]{2,200}\s*")
_ONLY_LINK = re.compile(r"[\s<>(\[*•-]{0,5}https?://\S{1,400}[\s>)]{0,6}")


def is_only_link(line: str) -> bool:
    """Say whether a line is a link and nothing else."""
    return _ONLY_LINK.fullmatch(line[:LINE_LIMIT]) is not None


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
    """Say whether these lines are a drawn one and below it a whole name, and how to reach or what to call who bears it.

    Strict, since nobody has seen it before: "Anna 0664 5550123" below two dashes is somebody to be called.
    """
    if not 2 <= len(lines) <= CARD_LINES or not _CARD_RULE.fullmatch(lines[0][:LINE_LIMIT]):
        return False
    below = [line.strip(" *_") for line in lines[1:]]
    named = any(map(_WHOLE_NAME.fullmatch, below))
    reached = any(_BARE_CONTACT.fullmatch(line) or _PLACE.fullmatch(line) or " @" in line for line in below)
    barred = any(map(_BARRED.fullmatch, below))
    return ((named and reached) or barred) and all(map(_is_on_card, below))


def _is_on_card(line: str) -> bool:
    shapes = (_WHOLE_NAME, _BARE_CONTACT, _PLACE, _BARRED, _ROLE)
    return any(shape.fullmatch(line) for shape in shapes) or is_closing(line)


def is_card_line(line: str) -> bool:
    """Say whether a line may be a name, a role, an address or a number: short, and no sentence."""
    line = line.strip(" *_|")
    return len(line.split()) <= CARD_WORDS and not is_sentence(line) and not speaks(line)


def reaches(line: str) -> bool:
    """Say whether a line holds an address, a number or a street by which somebody is reached, and no word beside it."""
    line = line.strip(" *_|")
    return _BARE_CONTACT.fullmatch(line) is not None or (
        any(map(str.isdigit, line)) and bool(_PLACE.fullmatch(line))
    )


def begins_card(line: str) -> bool:
    """Say whether a line may be the first of a card below no drawn line: a whole name, an address or a number."""
    line = line.strip(" *_|")
    return _WHOLE_NAME.fullmatch(line) is not None or reaches(line)


def is_sentence(line: str) -> bool:
    """Say whether a line ends as sentences do; what offices and lists print below every letter is none."""
    if _PICTURE.search(line) and not names_contact(line):
        return True  # a thumb is an answer
    if _LEGAL.search(line) or _FOOTER.search(line):
        return False
    return len(line.split()) >= SENTENCE_WORDS and line.rstrip(" \"')*_")[-1:] in tuple(".!?…")


def names_contact(line: str) -> bool:
    """Say whether a line has an address or a number by which somebody is reached."""
    return _CONTACT.search(line[:LINE_LIMIT]) is not None


def is_footer(lines: list[str]) -> bool:
    """Say whether these lines are what a mailing list prints below every letter."""
    if not lines or len(lines) > FOOTER_LINES or not _RULE_OF_FOOTER.fullmatch(lines[0][:LINE_LIMIT]):
        return False
    printed = [
        bool(_FOOTER.search(line) or _CONTACT.search(line)) and not _BEHIND_LINK.search(line)
        for line in map(_beginning, lines[1:])
    ]
    reached = any(map(_CONTACT.search, map(_beginning, lines))) or any(map(_LISTED.search, lines))
    return reached and any(map(_FOOTER.search, map(_beginning, lines))) and all(printed)


def _beginning(line: str) -> str:
    return line[:LINE_LIMIT]
