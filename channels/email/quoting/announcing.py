"""Whether lines that announce a quotation hold that and no word more: only then are they folded with it.

Nobody but us and the writer's program should stand in them. So every word is accounted for: an address, a day and an
hour, a word programs put there, a name. What is left over may be an answer typed beside it, and shows the lines.
"""

import re
from collections.abc import Sequence
from typing import Final

from channels.email.quoting.headers import is_dated_header
from channels.email.quoting.introductions import (
    COLON,
    LINE_LIMIT,
    dated,
    ends_with_verb,
    is_named,
    names_verb,
    names_year,
    speaks,
)
from channels.email.quoting.keys import key

_ADDRESS: Final = re.compile(
    r"[<(\[]{0,3}(?:mailto:|news:)?([\w.+%'=-]{1,64}@[\w.-]{1,255}\w)(?:[>)\]]|(?=[\s,;:：<\[(]|\Z))[>)\]]{0,3}",
    re.IGNORECASE,
)
_YEARS: Final = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)|\d{1,2}\. \d{1,2}\. \d\d(?!\d)"
)
_COLON: Final = re.compile(r"[:：](?!\d)")
_FIGURE: Final = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|er|[年月日時时分년월일시분号º.])?|\d{1,4}(?:[./:h-]\d{1,4}){1,3}[.年]?|[+-]\d{1,4}"
)
_PICTURE: Final = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_STARTS: Final = re.compile(
    r"[*‐-―\s]{0,3}(?:"
    r"(?:on|am|le|el|il|em|op|den|dne|dnia|w dniu|på|a|v|pe|în|в|on|στις|في|於|在|vào|pada)\s"
    r"(?:[^\s\d<@]{1,14}\s){0,2}[^\s\d<@]{0,3}\d"
    r"|(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|tir|ons|tor|lør|søn|man)"
    r"\w{0,6}[.,]{0,2}\s|בתאריך|\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
    r"|\d{1,2}\.? [^\W\d_]{3,12}\.? \d{4}\b|[<«(\[]?[\w.+-]{1,64}@)",
    re.IGNORECASE,
)
# What programs say around a name and a day, besides "wrote". Short ones of many languages are answers in another.
_AROUND: Final = "".join("\"'«»“”„,;:：()[]<>*_—–-\u200e\u200f\u202a\u202b\u202c")
_PROGRAMS: Final = (
    "on at um uhr am at le à el las il alle ore em às op den dne dnia kl kl. kello v o w dniu på pe la ora a de del di "
    "der und and von from by via hat has folgendes geschrieben wrote writes schrieb schreibt écrit ha escrito escribió "
    "scritto escreveu schreef het skrev kirjoitti napisał napisał(a) napisała napsal napsala написал написала написав "
    "je napisao napisao/la в у г. г от пишет yazdı şunu tarihinde saat írta "
    "scris a.m. p.m. pm h u p. klo mesz mez cest cet utc gmt"
)
_SMALL: Final = frozenset(_PROGRAMS.split())
_UNCASED: Final = re.compile(
    "(?:[年月日時时分(（)）午前後上下曜月火水木金土一二三四五六周週星期년월일요오전후시분,，、\\s\\d:：]|写道|寫道|書きました|のメール|さんは"
    "|في|تمت|كتابة|ما|يلي|بواسطة|كتب|בתאריך|מאת|כתב|כתבה|יום|ב|׳|[\u200e\u200f])*"
)
_DAY_IN_HEADER: Final = re.compile(
    r"[\w.,’'-]{0,24}(?:\s[\w.,’'-]{1,14}){0,8}(?:\s(?:um|à|a las|at|kl|kl\.|om|alle|ore|o|в|às))?"
    r"\s?(?:\d{1,2}[:.h]\d\d(?:[:.]\d\d)?)(?:\s?(?:[ap]\.?m\.?|uhr))?(?:\s?(?:MESZ|MEZ|CES?T|GMT|UTC|BST|[ECMP][SD]T))?(?:\s?\(?(?:GMT|UTC)?[+-]\d\d:?\d\d\)?)?",
    re.IGNORECASE,
)


def introduces_only(lines: Sequence[str], said: frozenset[str]) -> bool:
    """Say whether these lines are an introduction and nothing more. `said`: keys of names and subjects that are known."""
    text = " ".join(line.strip(" >|*_\t") for line in lines if line.strip(" >|*_\t")).strip()
    whole = all(
        is_named(line) or any(map(str.isdigit, line)) or names_verb(line)
        for line in lines
        if line.strip(" >|")
    )
    if not text or not whole or _PICTURE.search(text) or speaks(text[3:]):
        return False
    if not _ends(text) or not (is_named(text) or (dated(text) and names_verb(text))):
        return False
    if (
        len(_YEARS.findall(_ADDRESS.sub(" ", text))) > 1
        or len(set(map(str.lower, _ADDRESS.findall(text)))) > 1
    ):
        return False
    return _starts(text, said) and _accounted(text, said)


def _ends(text: str) -> bool:
    colons = _COLON.findall(text.replace("mailto:", ""))
    return (text.endswith(COLON) and len(colons) == 1) or (not colons and (ends_with_verb(text)))


def _starts(text: str, said: frozenset[str]) -> bool:
    return _STARTS.match(text) is not None or any(key(text).startswith(one) for one in said if len(one) > 2)


def _accounted(text: str, said: frozenset[str]) -> bool:
    """Every word is one that programs write, or a name."""
    for word in _ADDRESS.sub(" ", text).split():
        bare = word.strip(_AROUND)
        if not bare or bare.lower() in _SMALL or _FIGURE.fullmatch(bare) or _UNCASED.fullmatch(bare):
            continue
        if not (bare[:1].isupper() or key(bare) in said):
            return False
    return True


def header_only(line: str, said: frozenset[str]) -> bool:
    """Say whether a copied header holds addresses, a day with its hour, or a name or subject that is known, and no more."""
    if len(line) > LINE_LIMIT:
        return False
    value = re.split(r"[:：]", line, maxsplit=1)[1].strip(" *_\t")
    if not value or key(value) in said:
        return True
    if is_named(value):
        return all(map(_is_mailbox, re.split(r"[,;]\s", value)))
    if names_year(value) and is_dated_header(line):
        return len(_YEARS.findall(value)) == 1 and _DAY_IN_HEADER.fullmatch(value) is not None
    return False


def _is_mailbox(text: str) -> bool:
    """One address, written once or twice, behind it nothing, before it a name."""
    found = list(_ADDRESS.finditer(text))
    if not found or len({one[1].lower() for one in found}) > 1 or text[found[-1].end() :].strip(" ;,>"):
        return False
    name = text[: found[0].start()].strip(" \"'<([")
    return ":" not in name and all(
        word[:1].isupper() or word.strip("\"'(),") in _SMALL for word in name.split()
    )
