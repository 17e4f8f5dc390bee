"""Why a mail came back, and whether for good: codes (RFC 3463, RFC 5321), and the words of servers without codes."""

import re
from collections.abc import Iterable
from enum import StrEnum

from channels.email.mime import bounce_plain

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.#:/@-])([45])[0-5]\d(?=[\s:;,.)\]-]\D|\s\d\.\d|$)")
_STILL_TRYING = re.compile(
    r"still (?:trying|being retried)|(?:will|shall) (?:continue|keep|retry|be retried|be re-?tried)|will try again"
    r"|delivery (?:is |has been |was )?(?:temporarily )?(?:delayed|suspended|deferred|incomplete)"
    r"|(?<!further )(?:delivery )?(?<!further delivery )attempts will (?:continue|be made)"
    r"|warning(?: only|: (?:message|could not))|not yet been delivered"
    r"|(?:message|mail) (?:is|has been|was) delayed|transient non-?fatal|only a temporary failure"
    r"|(?:wird|werden) weiter(?:hin)? versucht|postponed|verzögert|retardé|demorad|ritardat|vertraagd",
    re.IGNORECASE,
)
# Said by Exim when it gives up what a server put off each time, without repeating that server's code.
_PUT_OFF = re.compile(
    r"retry time(?:out)? (?:exceeded|not reached)|all hosts have been failing", re.IGNORECASE
)


class Class(StrEnum):
    """Whether the fault lies with the address, or with the hour."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why a mail was not delivered, as far as the other side says."""

    NO_SUCH_ADDRESS = "no_such_address"
    NO_SUCH_DOMAIN = "no_such_domain"
    MAILBOX_FULL = "mailbox_full"
    DISABLED = "disabled"
    TOO_BIG = "too_big"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"

    @property
    def sentence(self) -> str:
        """Plain words for the therapist."""
        return _SENTENCES[self]


_SENTENCES = {
    Cause.NO_SUCH_ADDRESS: "The mail provider says that this address does not exist.",
    Cause.NO_SUCH_DOMAIN: "The part of the address after the @ does not exist or takes no mail.",
    Cause.MAILBOX_FULL: "The mailbox is full.",
    Cause.DISABLED: "The mailbox is closed or does not take mail at present.",
    Cause.TOO_BIG: "The mail was too big for the mailbox.",
    Cause.BLOCKED: "The mail provider refused our mail as unwanted.",
    Cause.UNREACHABLE: "The mail provider could not be reached.",
    Cause.UNKNOWN: "The mail provider did not say why.",
}
_WORDS: tuple[tuple[Cause, re.Pattern[str]], ...] = tuple(
    (cause, re.compile(words, re.IGNORECASE))
    for cause, words in (
        (
            Cause.MAILBOX_FULL,
            r"(?:mail)?box.{0,60}(?:full|exceed|quota)|(?:over|out of|disk).?quota|quota.{0,20}(?:exceed|violat)"
            r"|(?:mail)?folder is full|account is full|insufficient (?:disk|storage)|postfach.{0,20}voll|boîte.{0,20}pleine"
            r"|buz[oó]n.{0,20}llen[oa]|caixa.{0,20}cheia|casella.{0,20}piena|переполнен|容量|満杯|已满",
        ),
        (Cause.TOO_BIG, r"(?:message|size|mail).{0,30}(?:too (?:big|large)|exceed|maximum)|size limit"),
        (
            Cause.BLOCKED,
            r"spam|blocked|black.?list|blocklist|reject(?:ed)? (?:by|due|for) (?:policy|content)|policy|dmarc|\bspf\b|virus"
            r"|not authori[sz]ed|access denied|reputation|banned|relay(?:ing)? (?:denied|not permitted|access)"
            r"|content restrictions|not accepting mail from",
        ),
        (
            Cause.NO_SUCH_DOMAIN,
            r"(?:domain|host).{0,30}(?:not found|unknown|does not exist|not exist)|no smtp service"
            r"|name (?:server|service).{0,30}(?:not found|error)"
            r"|unrouteable|no (?:such|mx|a) (?:domain|host|record)|unknown host|bad destination",
        ),
        (
            Cause.DISABLED,
            r"disabled|inactive|suspended|deactivated|expired account|no longer (?:on|accept|in use|valid)",
        ),
        (
            Cause.NO_SUCH_ADDRESS,
            r"(?:user|recipient|address|mailbox|account|addressee|name).{0,40}"
            r"(?:unknown|not? (?:found|exist|such|listed|recogni|known|a valid)|invalid|unavailable|does ?n.?t|rejected)"
            r"|no such (?:user|recipient|mailbox|address|person|local)|unknown (?:user|recipient|local|address)"
            r"|(?:invalid|bad) (?:recipient|address|mailbox|user|final)|does not have an? .{0,20}account|not our customer"
            r"|wasn.t found at|no mailbox here|not a valid recipient|unbekannt|inconnu|no existe|n.existe|inesistente"
            r"|não existe|onbekend|okänd|ukjent|ukendt|не существует|не найден|存在しません|見つかりません|不存在",
        ),
        (
            Cause.UNREACHABLE,
            r"time(?:d)?.?out|connection (?:refused|reset|lost)|unreachable|could not (?:connect|be reached)|retry"
            r"|deferred|greylist|expired|too (?:long|many)|temporar|busy|try again|not respond|network error|socket error",
        ),
    )
)
_PLAIN: tuple[tuple[Cause, re.Pattern[str]], ...] = tuple(
    (cause, re.compile("|".join(words), re.IGNORECASE))
    for cause, words in (
        (Cause.MAILBOX_FULL, bounce_plain.MAILBOX_FULL),
        (Cause.BLOCKED, bounce_plain.NOT_WANTED),
        (Cause.NO_SUCH_DOMAIN, bounce_plain.NO_SUCH_DOMAIN),
        (Cause.NO_SUCH_ADDRESS, bounce_plain.NO_SUCH_ADDRESS),
    )
)
_BY_STATUS = {
    (1, 1): Cause.NO_SUCH_ADDRESS,
    (1, 2): Cause.NO_SUCH_DOMAIN,
    (1, 3): Cause.NO_SUCH_ADDRESS,
    (1, 7): Cause.BLOCKED,  # these two are about our own address
    (1, 8): Cause.BLOCKED,
    (1, 6): Cause.NO_SUCH_ADDRESS,
    # RFC 7505 says it of a domain without mail, and Microsoft every day of a mailbox that is not there; the former says so.
    (1, 10): Cause.NO_SUCH_ADDRESS,
    (2, 1): Cause.DISABLED,
    (2, 2): Cause.MAILBOX_FULL,
    (2, 3): Cause.TOO_BIG,
    (3, 4): Cause.TOO_BIG,
    (4, 1): Cause.UNREACHABLE,
    (4, 2): Cause.UNREACHABLE,
    (4, 3): Cause.UNREACHABLE,
    (4, 4): Cause.NO_SUCH_DOMAIN,
    (4, 7): Cause.UNREACHABLE,
}


def says_still_trying(text: str) -> bool:
    """Say whether a server tells that it has not given up."""
    return _STILL_TRYING.search(text) is not None


def cause_of(*said: str) -> Cause:
    """Find the cause in what was said, the nearest to the truth first."""
    for text in said:
        unbroken = " ".join(text.split())
        plain = next((cause for cause, words in _PLAIN if words.search(unbroken)), None)
        if plain is not None:
            return plain
        for found in _STATUS.finditer(text):
            if (known := _BY_STATUS.get((int(found[2]), int(found[3])))) is not None:
                return known
        for cause, words in _WORDS:
            if words.search(text):
                return cause
        if any(found[2] == "7" for found in _STATUS.finditer(text)):
            return Cause.BLOCKED
    return Cause.UNKNOWN


def class_of_fields(action: str, status: str, diagnosis: str) -> Class:
    """Read the class of one recipient from their fields (RFC 3464 section 2.3)."""
    if action == "delayed":
        return Class.TEMPORARY
    # The far server's own words are nearer to the truth than the near one's summary.
    for text in (diagnosis, status):
        found = _STATUS.search(text)
        if found and (found[2], found[3]) != ("0", "0"):
            return _by_digit(found[1])
    for text in (diagnosis, status):
        if code := _REPLY_CODE.search(text):
            return _by_digit(code[1])
    found = _STATUS.search(status)
    return _by_digit(found[1]) if found else Class.PERMANENT if action.startswith("fail") else Class.UNKNOWN


def class_of_words(text: str) -> Class:
    """Read the class from a server's plain words; it is unknown only where there is neither code nor delay."""
    if says_still_trying(text):
        return Class.TEMPORARY
    for pattern in (_STATUS, _REPLY_CODE):
        found = next((one for one in pattern.finditer(text) if one[1] in "45"), None)
        if found:
            return _by_digit(found[1])
    return Class.TEMPORARY if _PUT_OFF.search(text) else Class.UNKNOWN


def of_several(classes: Iterable[Class]) -> Class:
    """Join the classes of several recipients: unknown where they differ."""
    known = set(classes)
    return known.pop() if len(known) == 1 else Class.UNKNOWN


def _by_digit(digit: str) -> Class:
    return {"5": Class.PERMANENT, "4": Class.TEMPORARY}.get(digit, Class.UNKNOWN)
