"""Introductions: "On Monday X wrote:", as mail programs say it in many languages, on one line or wrapped over several."""

import re
from collections.abc import Iterator
from itertools import islice

LINE_LIMIT = 500  # of a longer line only the beginning is looked at; no mark is that long
INTRO_LINES = 5
INTRO_LIMIT = 400
NAMING_WORDS = 12
STARTS_LIMIT = 20


def either(*words: str) -> str:
    """Join alternatives of a pattern, so that a long list can be read."""
    return "|".join(words)


# "wrote", as mail programs say it.
_WROTE = either(
    "wrote|writes|schrieb|schreibt|geschrieben|a écrit|écrit|escribi[óo]|ha escrito|escreveu|ha scritto|scrive",
    "schreef|geschreven|skrev|kirjoitti|napisa[łl]|napísa[lť]|napsal|pisze|написал|написав|написа|пишет|пише|писал",
    "yazdı|írta|a scris|έγραψε|כתב|כתבה|كتب|تمت كتابة|va escriure|写道|寫道|のメッセージ|のメール|書きました|さんは",
    "작성|님이 쓴 글|đã viết|napisao|napisala|napisal|rašė|rakstīja|kirjutas|menulis|idatzi|escribiu|skrifaði|shkroi",
    "написао|เขียนว่า|sinulat|aliandika|het geskryf|نوشت",
)
# Looked for in lower case: to leave the case to the pattern takes several times as long.
_IN_NEWS = (
    r" (?:in|im|dans le|en el|nel) (?:message|newsbeitrag|mensaje|messaggio|news)(?:.{0,4}news:\S{1,80})?"
)
_VERB = re.compile(f"(?:{_WROTE})")
_VERB_AT_END = re.compile(rf"(?:{_WROTE})(?:\(a\)| je)?(?:{_IN_NEWS})?[\s:：>*-]{{0,9}}\Z")
_LONE_VERB = re.compile(rf"(?:>\s?)?(?:{_WROTE})(?:\(a\)| je)?\s?[:：]")
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)|\d{1,2}\. \d{1,2}\. \d\d(?!\d)"
)
_TIME = re.compile(r"(?<![\d.])\d{1,2}(?:[:.]|\s?h\s?)\d\d(?![\d.]?\d)")
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")
_DIGIT = re.compile(r"\d")
COLON = (":", "：")
_OPEN_BRACKET = re.compile(r"<[^>]*\Z")
# How an introduction begins that has a date: a word for "on", a day of the week, or the date.
_STARTER = re.compile(
    r"\s{0,3}(?:-{2,}\s)?(?:on|am|um|le|el|il|em|no|op|den|dne|dnia|w dniu|på|a|v|pe|в|на|у|στις|在|于|於|vào|pada|în"
    r"|בתאריך|ב|في|ในวันที่|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim"
    r"|tir|ons|tor|lør|søn|man|from|\*?\d{1,4})[\s.,:/年-]",
    re.IGNORECASE,
)
_STARTS_WITHIN = re.compile(r"(?<=[\s.!?])(?:On|Am|Le|El|Il|Em|Op|Den|W dniu|Dne)\s")
_ENDS_HERE = re.compile(r"(?<!\bmailto)[:：](?=\s|[^\s\d/])")
_SENT_END = re.compile(r"\bsent\s?[:：]\Z", re.IGNORECASE)
_ADDRESS_END = re.compile(r"[>\])][\s\u200e\u200f\u202a-\u202e]{0,4}[:：]\Z")
COLONS_LIMIT = 6
# Who writes "he wrote" writes by hand; programs name people.
_PRONOUN = re.compile(
    either(
        r"\b(?:he|she|they|we|i|you|me|us|him|her|my|who|nobody|somebody|everyone|everybody",
        "er|sie|ich|wir|mir|uns|ihm|ihr|mein|meine|man|jemand|niemand|il m|il a|elle|je|nous|on m|ils|elles|mon|ma|qui",
        "él|ella|yo|nosotros|mi|ellos|quien|lui|lei|io|noi|chi|mio|mia|ele|ela|eu|nós|minha|meu|hij|zij|ze|ik|wij|mijn",
        r"on|ona|ja|mój|moja|он|она|они|я|мы|мой|моя|han|hun|hon|jag|jeg|vi|min|hän|minä|o|ben)",
    )
    + r"\b(?![.,])"  # "Mon, 5 Oct" is a day
)


def introduction(lines: list[str], start: int, quoted: list[bool], ours: list[bool]) -> int:
    """Count the lines of an introduction such as "On Monday X wrote:" that begins here; 0 if none does.

    `quoted` says which lines are quoted, `ours` which of them are words we sent: above those, a line with a
    date or an address is an introduction in whatever language. Above words that bear no mark, which may be the
    writer's, only what a program writes is one: an address, or a name with day and hour.
    """
    joined, written = "", 0
    for place in range(start, min(len(lines), start + INTRO_LINES + 2)):
        line = lines[place].strip()
        if not line:
            if not _OPEN_BRACKET.search(joined) and not _goes_on(lines, place + 1):
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
            # What stands above a whole one is the writer's last line, though it names a day.
            own = any(_stands_alone(rest) for rest in _below(lines, start, place))
            return 0 if own else place - start + 1
        if written == 1 and not _may_run_on(line):
            return 0
    return 0


def _below(lines: list[str], start: int, place: int) -> Iterator[str]:
    for first in range(start + 1, place + 1):
        yield " ".join(line.strip() for line in lines[first : place + 1])


def _stands_alone(text: str) -> bool:
    if not dated(text):
        return False
    return _says_wrote(text, colon=True) or (is_named(text) and text.rstrip().endswith(COLON))


def introduces_here(line: str) -> bool:
    """Say whether a line begins with a whole introduction and goes on with what it introduces."""
    head = line[:LINE_LIMIT]
    if not _STARTER.match(head):
        return False
    verb = re.search(rf"(?:{_WROTE})(?:\(a\))?\s?[:：]\s*\S", head, re.IGNORECASE)
    if verb is None:
        return False
    before = head[: verb.start()]
    return dated(before) and is_named(before)


def introduction_within(line: str) -> int:
    """Find where in a line an introduction begins that ends it, behind words of the writer; 0 if there is none."""
    head = line.rstrip()
    if len(head) > LINE_LIMIT or not head.endswith(COLON) or not _VERB.search(head.lower()):
        return 0
    # The last that makes a whole one: what stands above it the writer may have begun in the same way.
    starts = [match.start() for match in _STARTS_WITHIN.finditer(head)]
    for start in reversed(starts[-STARTS_LIMIT:]):
        rest = head[start:]
        if dated(rest) and names_verb(rest) and (is_named(rest) or _by_program(rest)):
            return start
    return 0


def names_verb(text: str) -> bool:
    """Say whether a program's word for "wrote" stands in a line."""
    return _VERB.search(text.lower()) is not None


def ends_with_verb(line: str) -> bool:
    """Say whether a line ends with a program's word for "wrote"."""
    return _VERB_AT_END.search(line.rstrip()[-120:].lower()) is not None


def introduction_end(line: str) -> int:
    """Find where a whole introduction ends with which a line begins, and goes on with other words; 0 if it does not."""
    head = line[:LINE_LIMIT]
    if not any(map(head.__contains__, COLON)):
        return 0
    for colon in islice(_ENDS_HERE.finditer(head), COLONS_LIMIT):
        whole = head[: colon.end()]
        if not dated(whole):
            continue
        verb = _VERB.search(whole.lower()) is not None or _SENT_END.search(whole) is not None
        if (verb or _ADDRESS_END.search(whole)) and (is_named(whole) or _by_program(whole)):
            return colon.end() if head[colon.end() :].strip(" >*_-\r\n") else 0
    return 0


def ends_introduction(line: str) -> bool:
    """Say whether a line is nothing but the end of an introduction: "wrote:"."""
    return _LONE_VERB.fullmatch(line.strip()[:40].lower()) is not None


def only_introduces(line: str) -> bool:
    """Say whether one quoted line, without its mark, introduces what is quoted further."""
    return len(line) <= INTRO_LIMIT and _introduces(line.strip(), before_quote=True, before_ours=False)


def dated(text: str) -> bool:
    """Say whether a text names a day with its year, and an hour."""
    if _DIGIT.search(text) is None:
        return False
    return _YEAR.search(text) is not None and _TIME.search(text) is not None


def names_year(text: str) -> bool:
    """Say whether a text names a year, or a day in digits."""
    return _YEAR.search(text) is not None


def is_named(text: str) -> bool:
    """Say whether a text has a mail address in it."""
    return "@" in text and _ADDRESS.search(text) is not None


def speaks(text: str) -> bool:
    """Say whether somebody speaks here of themselves or of others: programs and cards only name people."""
    return _PRONOUN.search(text.lower()) is not None


def _next_written(lines: list[str], place: int) -> int:
    while place < len(lines) and not lines[place].strip():
        place += 1
    return place


def _goes_on(lines: list[str], place: int) -> bool:
    line = lines[place].strip() if place < len(lines) else ""
    return line.startswith("<") or _LONE_VERB.fullmatch(line[:40].lower()) is not None


def _wrapped_end(line: str) -> bool:
    # "> wrote:" and ">:" are the end of an address that was cut apart, not a quotation.
    line = line.strip()
    return len(line) < 40 and (
        bool(_VERB_AT_END.search(line.lower())) or re.fullmatch(r">\s?[:：]", line) is not None
    )


def _may_run_on(line: str) -> bool:
    return bool(_STARTER.match(line) and _DIGIT.search(line)) or _telling(line)


def _telling(text: str) -> bool:
    # Most lines have no figure at all, which is found out ten times as quickly.
    figures = _DIGIT.search(text) is not None and (_YEAR.search(text) or _TIME.search(text))
    return bool(figures) or is_named(text)


def _introduces(text: str, *, before_quote: bool, before_ours: bool) -> bool:
    if before_ours and _names_letter(text):
        return True
    named, moment = is_named(text), dated(text)
    if not (named or moment or before_quote):
        return False
    colon = text.rstrip(" *_-—>").endswith(COLON)
    if _says_wrote(text, colon=colon):
        certain = (moment or before_quote) if named else (moment and before_quote)
        return certain or _by_program(text)
    if not before_quote or (colon and (named or (moment and _by_program(text)))):
        return colon and (named or before_quote) and (moment or before_quote)
    if not _STARTER.match(text):
        return False
    return (named and _YEAR.search(text) is not None and not speaks(text[3:])) or (
        moment and _by_program(text) and _wrote_somewhere(text)
    )


def _names_letter(text: str) -> bool:
    # In a language nobody here knows: short, with a day, and nobody who speaks for themselves but behind an address.
    dated_here = _YEAR.search(text) is not None
    return dated_here and len(text.split()) <= NAMING_WORDS and (is_named(text) or _by_program(text))


def _wrote_somewhere(text: str) -> bool:
    return _VERB.search(text.lower()) is not None


def _says_wrote(text: str, *, colon: bool) -> bool:
    lower = text.lower()
    return bool(_VERB_AT_END.search(lower[-120:])) or (colon and _wrote_somewhere(lower))


def _by_program(text: str) -> bool:
    if is_named(text) and _YEAR.search(text):
        return True
    return _PRONOUN.search(text[3:].lower()) is None
