"""Reports of what was not delivered: who, for good or for now, and why in plain words (RFC 3464 first).

*Which* mail bounced is known from the bounce address alone, which cannot be forged. A report is read for the
class and the reason only, so a mistake here names a wrong cause, never a wrong letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from channels.email.mime import charsets
from channels.email.mime.automatic import Automatic, kind_of
from channels.email.mime.headers import Headers, split_letter
from channels.email.mime.mailboxes import read_mailboxes
from channels.email.mime.parts import Part, read_tree
from channels.email.mime.plain_text import html_to_text

TEXT_LIMIT = 16 * 1024
RECIPIENT_LIMIT = 50

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.#:/-])([45])[0-5]\d(?=[\s-]\D|\s\d\.\d)")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}[A-Za-z0-9]")
_ADDRESS_LINE = re.compile(
    rf"^[\s<\"'(]{{0,12}}({_ADDRESS.pattern})[>\"')]{{0,3}}\s{{0,4}}(?:[:;,(]|$)", re.MULTILINE
)
_ADDRESS_NAMED = re.compile(
    rf"(?:\bto|\bfor|recipient|address|user|mailbox|rcpt to|宛先|an)[\s:<\"'=]{{1,6}}({_ADDRESS.pattern})",
    re.IGNORECASE,
)
# Below one of these lines stands the letter that was returned, full of addresses of the innocent.
_ORIGINAL = re.compile(
    r"^.{0,30}(?:(?:original|returned|your|unsent|failed) (?:message|mail)\b.{0,30}(?:follow|below|header|-{2,}|:$)"
    r"|copy of (?:the|your) message|message headers? follow|-{2,80}[^\n-]{0,40}(?:header|copy|message text|transcript))"
    r"|^(?:received: |return-path: <)",
    re.IGNORECASE | re.MULTILINE,
)
_STILL_TRYING = re.compile(
    r"still trying|will (?:continue|keep) (?:to try|trying)"
    r"|delivery (?:is |has been |temporarily )?(?:delayed|suspended|deferred)"
    r"|warning: (?:message|could not)|not yet been delivered|will be retried",
    re.IGNORECASE,
)


class Class(StrEnum):
    """Whether it is worth waiting."""

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
            r"(?:mail)?box.{0,60}(?:full|exceed|quota)|over.?quota|quota.{0,20}exceed|insufficient (?:disk|storage)",
        ),
        (Cause.TOO_BIG, r"(?:message|size|mail).{0,30}(?:too (?:big|large)|exceeds|maximum)|size limit"),
        (
            Cause.BLOCKED,
            r"spam|blocked|black.?list|blocklist|reject(?:ed)? (?:by|due|for) (?:policy|content)|policy|dmarc|\bspf\b|virus"
            r"|not authori[sz]ed|access denied|reputation|banned|relay(?:ing)? (?:denied|not permitted|access)",
        ),
        (
            Cause.NO_SUCH_DOMAIN,
            r"(?:domain|host).{0,30}(?:not found|unknown|does not exist|not exist)"
            r"|name (?:server|service).{0,30}(?:not found|error)"
            r"|unrouteable|no (?:such|mx|a) (?:domain|host|record)|unknown host|bad destination",
        ),
        (
            Cause.DISABLED,
            r"disabled|inactive|suspended|deactivated|expired account|no longer (?:on|accept|in use)",
        ),
        (
            Cause.NO_SUCH_ADDRESS,
            r"(?:user|recipient|address|mailbox|account|addressee).{0,40}"
            r"(?:unknown|not? (?:found|exist|such)|invalid|unavailable|does ?n.?t|rejected|not listed)"
            r"|no such (?:user|recipient|mailbox|address|person|local)|unknown (?:user|recipient|local|address)"
            r"|invalid (?:recipient|address|mailbox)|does not have an? .{0,20}account|not our customer",
        ),
        (
            Cause.UNREACHABLE,
            r"time(?:d)?.?out|connection (?:refused|reset|lost)|unreachable|could not (?:connect|be reached)|retry"
            r"|deferred|greylist|expired|too (?:long|many)|temporar|busy|try again",
        ),
    )
)
_FINAL_CAUSES = (Cause.NO_SUCH_ADDRESS, Cause.NO_SUCH_DOMAIN, Cause.DISABLED, Cause.TOO_BIG, Cause.BLOCKED)
_BY_STATUS = {
    (1, 1): Cause.NO_SUCH_ADDRESS,
    (1, 2): Cause.NO_SUCH_DOMAIN,
    (1, 3): Cause.NO_SUCH_ADDRESS,
    (1, 6): Cause.NO_SUCH_ADDRESS,
    (1, 10): Cause.NO_SUCH_DOMAIN,
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


@dataclass(frozen=True, slots=True)
class Bounce:
    """One report. `recipients` is what it names, perhaps nothing: the bounce address says which mail is meant."""

    recipients: tuple[str, ...] = field(repr=False)
    status_class: Class
    cause: Cause

    @property
    def still_trying(self) -> bool:
        """Say whether the other side has not given up."""
        return self.status_class is Class.TEMPORARY


@dataclass(frozen=True, slots=True)
class _Said:
    recipient: str
    action: str
    status: str
    diagnosis: str


def read_report(raw: bytes) -> Bounce | None:
    """Read a report of failed or delayed delivery; None when it is none. Total: takes any bytes.

    Abuse reports, read receipts, vacation notices and reports of success are none.
    """
    root, _ = read_tree(raw)
    if root.parameters.get("report-type", "").lower() in ("feedback-report", "disposition-notification"):
        return None
    said = [one for part in root.walk() if part.content_type in _STATUS_TYPES for one in _recipients(part)]
    if said:
        failed = [one for one in said if one.action not in ("delivered", "relayed", "expanded")]
        return _from_fields(failed, root) if failed else None
    if not _looks_like_a_report(root.headers):
        return None
    return _from_text(root)


_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")


def _recipients(part: Part) -> Iterator[_Said]:
    """Read the per-recipient groups of fields (RFC 3464 section 2.3)."""
    rest = part.content.replace(b"\r\n", b"\n")
    for group in re.split(rb"\n[ \t]*\n", rest)[: RECIPIENT_LIMIT + 1]:
        headers, _ = split_letter(group.strip(b"\n") + b"\n\n")
        status, action = headers.plain("status"), headers.plain("action").partition(" ")[0].lower()
        named = headers.raw("original-recipient") or headers.raw("final-recipient")
        found = _ADDRESS.search(headers.unfolded(headers.raw("final-recipient") or named))
        if named or status or action:
            yield _Said(found[0] if found else "", action, status, headers.plain("diagnostic-code"))


def _from_fields(said: list[_Said], root: Part) -> Bounce:
    recipients = tuple(dict.fromkeys(one.recipient for one in said if one.recipient))
    classes = {_class_of(one) for one in said}
    first = classes.pop() if len(classes) == 1 else Class.UNKNOWN
    evidence = " ".join(f"{one.status} {one.diagnosis}" for one in said)[:TEXT_LIMIT]
    cause = _cause(evidence)
    return Bounce(
        recipients or _named_in_text(root),
        first,
        cause if cause is not Cause.UNKNOWN else _cause(_text(root)),
    )


def _class_of(said: _Said) -> Class:
    if said.action == "delayed":
        return Class.TEMPORARY
    # The far server's own words are nearer to the truth than the near one's summary ("5.0.0").
    summary, detail = _STATUS.search(said.status), _STATUS.search(said.diagnosis)
    chosen = detail if detail and (summary is None or summary[2] == summary[3] == "0") else summary
    digit = chosen[1] if chosen else ""
    if not digit and (code := _REPLY_CODE.search(said.diagnosis)):
        digit = code[1]
    return (
        _by_digit(digit)
        if digit in ("4", "5")
        else Class.PERMANENT
        if said.action == "failed"
        else Class.UNKNOWN
    )


def _from_text(root: Part) -> Bounce:
    text = _text(root)
    found = _STATUS.search(text)
    digit = found[1] if found else ""
    if digit not in ("4", "5"):
        code = _REPLY_CODE.search(text)
        digit = code[1] if code else ""
    cause = _cause(text)
    status_class = Class.TEMPORARY if _STILL_TRYING.search(text) else _by_digit(digit)
    if status_class is Class.UNKNOWN and cause in _FINAL_CAUSES:
        status_class = Class.PERMANENT
    return Bounce(_named_in_text(root), status_class, cause)


def _by_digit(digit: str) -> Class:
    return {"5": Class.PERMANENT, "4": Class.TEMPORARY}.get(digit, Class.UNKNOWN)


def _cause(text: str) -> Cause:
    for found in _STATUS.finditer(text):
        if (known := _BY_STATUS.get((int(found[2]), int(found[3])))) is not None:
            return known
    for cause, words in _WORDS:
        if words.search(text):
            return cause
    security = any(found[2] == "7" for found in _STATUS.finditer(text))
    return Cause.BLOCKED if security else Cause.UNKNOWN


def _looks_like_a_report(headers: Headers) -> bool:
    if kind_of(headers) is Automatic.REPORT or headers.raw("x-failed-recipients"):
        return True
    sender = headers.plain("from").lower()
    return any(name in sender for name in ("postmaster", "mailer-daemon", "mail delivery", "mailerdaemon"))


def _text(root: Part) -> str:
    """Return what the reporting server says itself, without the letter it returns."""
    for part in root.walk():
        if part.content_type in ("text/plain", "text/html") and part.content.strip():
            text = charsets.decode(part.content[: 4 * TEXT_LIMIT], part.parameters.get("charset"))
            text = html_to_text(text) if part.content_type == "text/html" else text.replace("\r\n", "\n")
            cut = _ORIGINAL.search(text[:TEXT_LIMIT])
            return text[: cut.start()] if cut and cut.start() > 40 else text[:TEXT_LIMIT]
    return ""


def _named_in_text(root: Part) -> tuple[str, ...]:
    failed = read_mailboxes(root.headers, "x-failed-recipients")
    if failed:
        return tuple(one.address for one in failed if one.address)
    text = _text(root)
    ours = {
        one.address.lower()
        for name in ("from", "to", "reply-to")
        for one in read_mailboxes(root.headers, name)
    }
    for pattern in (_ADDRESS_LINE, _ADDRESS_NAMED, _ADDRESS):
        found = [(match[1] if match.groups() else match[0]) for match in pattern.finditer(text)]
        named = dict.fromkeys(one for one in found if one.lower() not in ours and "daemon" not in one.lower())
        if named:
            return tuple(named)[: RECIPIENT_LIMIT if pattern is _ADDRESS_LINE else 1]
    return ()
