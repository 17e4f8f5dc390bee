"""Reports in plain words: which letters are one, what the reporting server says itself, and whom it names."""

import re
from collections.abc import Iterable, Iterator

from channels.email.mime import charsets
from channels.email.mime.automatic import Automatic, kind_of
from channels.email.mime.headers import Headers
from channels.email.mime.mailboxes import read_mailboxes
from channels.email.mime.parts import Part
from channels.email.mime.plain_text import html_to_text

TEXT_LIMIT = 16 * 1024
RECIPIENT_LIMIT = 50
REGION = 1200  # letters below an announcement in which the failed addresses stand

_LOCAL = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}|\"[^\"\s@<>]{1,62}\")"
ADDRESS = re.compile(rf"{_LOCAL}@[A-Za-z0-9][A-Za-z0-9.-]{{0,252}}[A-Za-z0-9]")
_PREFIX = re.compile(r"\A(?:smtp|mailto|rfc822|x400|to)[=:;]", re.IGNORECASE)
_ADDRESS_LINE = re.compile(
    rf"^(?:[^\S\n]|[<\"'(*>•-]){{0,12}}({ADDRESS.pattern})[>\"')]{{0,3}}[^\S\n]{{0,4}}(?:[:;,(<\[]|-\s|on\s|$)",
    re.MULTILINE,
)
# As Sendmail tells of each: `550 <mara@example.org>... User unknown`.
_DOTTED = re.compile(
    rf"^[^\S\n]{{0,4}}[45]\d\d (?:[45]\.\d\.\d )?<?({ADDRESS.pattern})>?\.\.\. ", re.MULTILINE
)
# What the far side made of the address we wrote to: `<inside@b.example> (expanded from <mara@example.org>)`.
_MADE_FROM = re.compile(
    rf"({ADDRESS.pattern})[>\"')]{{0,3}}[^\S\n]{{0,4}}(?:\n[^\S\n]{{0,20}}(?:\(reason[^\n]{{0,200}}\n[^\S\n]{{0,20}})?)?"
    rf"\((?:expanded|generated|forwarded|redirected) from:?\s{{0,3}}<?({ADDRESS.pattern})",
    re.IGNORECASE,
)
_BARE = re.compile(r"^[ \t]{1,12}([A-Za-z0-9][A-Za-z0-9._-]{1,40})[ \t]*$", re.MULTILINE)
_SENDER = re.compile(rf"\baccept(?:ing)? (?:e-?)?mails? from\s{{1,3}}<?({ADDRESS.pattern})", re.IGNORECASE)
_ADDRESS_NAMED = re.compile(
    rf"(?:\bto|\bfor|recipient|address|user|mailbox|rcpt to|宛先|an|à|para|destinatario)"
    rf"[\s:<\"'=]{{1,6}}({ADDRESS.pattern})",
    re.IGNORECASE,
)
# Below one of these lines stands the letter that was returned, full of addresses of the innocent.
_ORIGINAL = re.compile(
    r"^.{0,30}(?:(?:original|returned|unsent|failed|undelivered) (?:message|mail)\b"
    r".{0,30}(?:follow|below|header|-{2,}|:$)|your (?:message|mail) follows"
    r"|copy of (?:the|your) message|message headers? follow"
    r"|-{2,80}[^\n-]{0,40}(?:header|copy|message text|transcript(?! of session)))"
    r"|^(?:received: |return-path: <)",
    re.IGNORECASE | re.MULTILINE,
)
# Where a server begins to name those whom it did not reach.
_ANNOUNCED = re.compile(
    r"following (?:recipient|address|e-?mail|user|local|destination|mailbox)|did(?: not|n.t) (?:reach|receive)"
    r"|not (?:be )?(?:been )?(?:delivered|sent|reached)\b.{0,40}(?:\bto\b|recipient|address)"
    r"|unable to (?:deliver|send).{0,60}\bto\b|failed (?:recipient|address)|undeliverable\s+(?:address|to\b|mail to)"
    r"|error (?:while )?delivering.{0,30}\bto\b|delivery to\b|intended recipient|recipient address:"
    r"|(?:problem|error|fail\w*) (?:while )?(?:in )?deliver\w*.{0,40}\bto\b|failed to deliver to|addressed to"
    r"|had (?:permanent|delivery|transient).{0,30}(?:errors|problems)|not (?:yet )?been delivered is|message to <"
    r"|has reached our|generated from|mailbox (?:is full|exceeds).{0,20}:|final delivery userid|attempts:|unknown user:"
    r"|nicht zugestellt|nicht zustellbar|unzustellbar|destinataire|destinatario|no se (?:ha )?p[ou]d|non (?:è|remis)"
    r"|rcpt to:|ないメールアドレス|宛先|送信に失敗|下記|次のあて先|无法|收件人|adresse|recipiente|delivre a",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"undeliver|(?:not|n.t|cannot|unable to)(?: yet)? (?:be |been )?(?:deliver|reach|sen[dt]|accept)|non-?deliver"
    r"|deliver(?:y|ing)\b.{0,40}"
    r"(?:fail|error|problem|delay|suspend|warning|postpone|(?:in)?complet|abort|notif|status|report)"
    r"|fail(?:ure|ed)\b.{0,40}(?:notice|deliver|recipient|address|mail|message)|returned (?:mail|to)"
    r"|(?:mail|message).{0,20}(?:returned|rejected|refused|bounced|delayed|failed)|did(?: not|n.t) (?:reach|receive)"
    r"|(?:permanent|fatal) .{0,20}error"
    r"|no such (?:user|address|mailbox)|(?:user|recipient|mailbox|address)\b.{0,20}(?:unknown|full|invalid|not found)"
    r"|quota|could not send|still being retried|(?:unknown|invalid) (?:user|recipient|address|final)|may not exist"
    r"|unzustellbar|nicht (?:zugestellt|zustellbar|ausgeliefert)|zustell.{0,30}fehl|non remis|non distribu|échec"
    r"|pas (?:pu|été) .{0,30}(?:remis|d[ée]livr|distribu)|no se (?:ha )?p[ou]d|no entregad|error de entrega|não (?:foi|pôde)"
    r"|falha|mancata consegna|impossibile (?:recapit|conseg|invi)|non (?:è stat|recapit)|onbestelbaar|niet .{0,20}bezorgd"
    r"|kunde inte lever|kunne ikke lever|ei voitu|nie (?:został|udało|może|dostarcz)|niedostarcz|nedoruč"
    r"|не (?:может|могло|было|удалось|доставлен)|недоставлен|невозможно достав|teslim edilemedi"
    r"|配信|送信(?:でき|に失敗)|届き|エラー|无法|無法|退信|失败|失敗|반송|실패",
    re.IGNORECASE,
)
_DELIVERED = re.compile(
    r"success(?:ful|fully)?\b.{0,30}(?:deliver|relay|sent)|(?:was|has been|were|have been) (?:delivered|relayed)\b"
    r"|(?:mail|message) (?:was|has been) (?:read|displayed)",
    re.IGNORECASE,
)
# What only a machine says to a sender: "your message could not be delivered".
_TOLD_THE_SENDER = re.compile(
    r"(?:your|a|the|following) (?:e-?mail |mail )?(?:message|e-?mail|mail|delivery)\b.{0,120}?"
    r"(?:not|n.t|unable to|failed)(?: to)?(?: be)?(?: been)? (?:deliver|reach|sen[dt]|complete)"
    r"|unable to deliver (?:your|the|a)?\s?(?:message|mail|e-?mail)"
    r"|(?:could not|failed to) deliver (?:your|the)?\s?(?:message|mail)"
    r"|(?:failed recipient|recipients? failed|undeliverable (?:address|to)|was automatically rejected)"
    r"|e-?mail below could not|no such user here|invalid user address|ihre nachricht.{0,80}nicht zugestellt"
    r"|votre message n.a pas|su mensaje no|el mensaje no|sua mensagem não|messaggio non|je bericht .{0,40}niet",
    re.IGNORECASE | re.DOTALL,
)
_DAEMON = re.compile(
    r"mailer.?daemon|mail ?delivery|mail-daemon|mdaemon@|mailsystem|imss@|microsoft exchange", re.IGNORECASE
)
# Servers call themselves so, and people who write from an office, too.
_OFFICE = re.compile(
    r"system administrator|post_?master\\?@|postmaster\Z|mail (?:service|administrator|system)", re.IGNORECASE
)
_CODE = re.compile(r"\b[45]\d\d[ -]|\b[45]\.\d{1,3}\.\d{1,3}\b")
_CODE_LINE = re.compile(r"^[45]\d\d[ -]", re.MULTILINE)
_QUOTED = re.compile(r"^\s{0,9}>.*$", re.MULTILINE)
_HANDED_ON = re.compile(r"\A\s*(?:re|aw|fwd?|wg|tr|rv|sv|vs|antw|r|i)\s?:", re.IGNORECASE)


def is_report(headers: Headers, text: str) -> bool:
    """Say whether a letter without the standard's fields reports what was not delivered.

    A server may say so in its own words; from anybody else only words that no person writes are believed,
    so that a client's letter about lost mail is never taken for a report.
    """
    if headers.raw("x-failed-recipients") or headers.all("x-ms-exchange-message-is-ndr"):
        return True
    subject = headers.text("subject")
    failure = _FAILURE.search(subject) or _FAILURE.search(text[:4000])
    if _DELIVERED.search(subject) or (not failure and _DELIVERED.search(text[:1000])):
        return False
    kind = kind_of(headers)
    server = is_server(headers, text)
    if kind is Automatic.REPORT and "postmaster" not in headers.text("from").lower():
        return True  # in whatever language: a failure overlooked would never be told to anybody
    spoken = _QUOTED.sub("", text[:4000])
    if _HANDED_ON.match(subject):  # somebody asks what this means, unless a server answers with a code
        return bool(server and failure and _CODE.search(spoken))
    if server and failure:
        return True
    told = _TOLD_THE_SENDER.search(spoken)
    return bool(told and ADDRESS.search(text) and (server or _FAILURE.search(subject)))


def is_server(headers: Headers, text: str) -> bool:
    """Say whether a server writes, by its name; where people use that name too, by words that only a server writes to us."""
    name, subject = headers.text("from"), headers.text("subject")
    if _DAEMON.search(name):
        return True
    if not _OFFICE.search(name) or kind_of(headers) is Automatic.LIST:
        return False
    if _FAILURE.search(subject):
        return True
    spoken = _QUOTED.sub("", text[:4000])
    if headers.all("in-reply-to") or headers.all(
        "references"
    ):  # an answer to somebody, who may have been quoted in it
        return _CODE_LINE.search(spoken) is not None
    return bool(_TOLD_THE_SENDER.search(spoken) or _CODE.search(spoken))


def own_words(root: Part) -> str:
    """Return what the reporting server says itself, without the letter it returns."""
    pieces: list[str] = []
    room = TEXT_LIMIT
    for part in _before_original(root):
        if part.content_type in ("text/plain", "text/html") and part.content.strip() and room > 0:
            text = charsets.decode(part.content[: 4 * TEXT_LIMIT], part.parameters.get("charset"))
            if part.content_type == "text/html":
                if any(piece.strip() for piece in pieces):
                    continue  # the same again, dressed up
                text = html_to_text(text)
            pieces.append(text.replace("\r\n", "\n").replace("\r", "\n")[:room])
            room -= len(pieces[-1])
    text = "\n".join(pieces)
    cut = next((one for one in _ORIGINAL.finditer(text) if one.start() > 40), None)
    return text[: cut.start()] if cut else text


def _before_original(root: Part) -> Iterator[Part]:
    for part in root.walk():
        if part.content_type in ("message/rfc822", "text/rfc822-headers"):
            return
        yield part


def named(root: Part, text: str) -> tuple[str, ...]:
    """Return the addresses a report in plain words names as not reached."""
    header = dict.fromkeys(
        one.address for one in read_mailboxes(root.headers, "x-failed-recipients") if one.address
    )
    made = {clean(inside).lower(): clean(ours) for inside, ours in _MADE_FROM.findall(text)}
    found = tuple(header) if any(one.lower() in text.lower() for one in header) else ()
    found = found or _named(root, text) or tuple(header) or _without_domain(root, text)
    # First the one we wrote to, then what the far side made of it.
    return tuple(dict.fromkeys(one for each in found for one in (made.get(each.lower(), each), each)))


def _named(root: Part, text: str) -> tuple[str, ...]:
    fields = ("from", "to", "reply-to", "delivered-to")
    ours = {one.address.lower() for name in fields for one in read_mailboxes(root.headers, name)}
    ours |= {clean(one).lower() for one in _SENDER.findall(text)}
    for found in (
        _announced(text, ours),
        _foreign(_DOTTED.findall(text), ours),
        _foreign(_ADDRESS_LINE.findall(text), ours),
    ):
        if found:
            return found
    for pattern in (_ADDRESS_NAMED, ADDRESS):
        if found := _foreign(pattern.findall(text), ours):
            return found[:1]
    return tuple(one for one in map(clean, ADDRESS.findall(text)) if one.lower() not in ours)[
        :1
    ]  # even the postmaster's may fail


def _without_domain(root: Part, text: str) -> tuple[str, ...]:
    """A bare name below the announcement is one of the server's own, as old and large providers write."""
    (server, *_) = [one.address for one in read_mailboxes(root.headers, "from")] or [""]
    announced, below = _ANNOUNCED.search(text), ""
    if announced:
        below = text[announced.end() : announced.end() + REGION]
    bare = _BARE.findall(below)
    if not bare or not _DAEMON.search(server):
        return ()
    return tuple(dict.fromkeys(f"{one}@{server.rpartition('@')[2].lower()}" for one in bare))


def _announced(text: str, ours: set[str]) -> tuple[str, ...]:
    found: list[str] = []
    reached = 0
    for match in _ANNOUNCED.finditer(text):
        if match.start() < reached or len(found) > RECIPIENT_LIMIT:
            continue
        region = text[match.end() : match.end() + REGION]
        line, _, below = region.partition("\n")
        here = _foreign(ADDRESS.findall(line), ours)[:1]
        under = _foreign(_ADDRESS_LINE.findall(below), ours)
        if not here and not under:
            under = _foreign(ADDRESS.findall(below[:300]), ours)[:1]
        found += [*here, *under]
        # Lines below one announcement are not read again for the next, except for its own line.
        reached = match.end() + (len(region) if under else len(line))
    return tuple(dict.fromkeys(found))[:RECIPIENT_LIMIT]


def addressees(root: Part) -> tuple[str, ...]:
    """Return to whom the returned letter was addressed, for a report that names nobody."""
    for part in root.walk():
        if part.content_type in ("message/rfc822", "text/rfc822-headers"):
            match = re.search(
                rb"^to:[ \t]*([^\r\n]{1,400})", part.content[:TEXT_LIMIT], re.MULTILINE | re.IGNORECASE
            )
            found = _foreign(ADDRESS.findall(match[1].decode("latin-1")), ()) if match else ()
            return found if len(found) == 1 else ()
    return ()


def clean(address: str) -> str:
    """Strip what some systems write before an address."""
    return _PREFIX.sub("", address).strip(".'")


def _foreign(found: Iterable[str], ours: Iterable[str]) -> tuple[str, ...]:
    cleaned = dict.fromkeys(map(clean, found))
    return tuple(
        one
        for one in cleaned
        if one.lower() not in ours
        and "daemon" not in one.lower()
        and not one.lower().startswith("postmaster@")
    )[:RECIPIENT_LIMIT]
