"""Who is it really? What the letter proves about its sender, and what follows from it.

A reply address says which conversation is meant, never who writes. The writer is believed only when the
address in From is the registered one and its domain vouches for the letter (DMARC, RFC 7489).
"""

import functools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from publicsuffixlist import PublicSuffixList

from channels.email.mime.headers import Headers, split_letter
from channels.email.mime.mailboxes import read_mailboxes
from channels.email.senders.authentication_results import Result, border_results
from channels.email.senders.forwarding import forwarders_results
from channels.email.senders.resolving import Bounded, DnsTrouble, Lookup
from channels.email.senders.sender_policy import spf_result
from channels.email.senders.signatures import signed_by


class Dmarc(StrEnum):
    """What the domain in From says about the letter."""

    PASS = "pass"  # noqa: S105 - a result, no password
    FAIL = "fail"
    NONE = "none"
    TEMPERROR = "temperror"


class How(StrEnum):
    """What the verdict rests on."""

    BORDER_DMARC = "border_dmarc"
    BORDER_DKIM = "border_dkim"
    BORDER_SPF = "border_spf"
    OWN_DKIM = "own_dkim"
    OWN_SPF = "own_spf"
    FORWARDER = "forwarder"
    NOTHING = "nothing"
    NO_SINGLE_SENDER = "no_single_sender"
    SAID_TWICE = "said_twice"
    """A field stands twice that may stand once: readers take the first, a signature was made of the last."""


_IDS = {"message-id", "in-reply-to", "references"}
_SHAPE = {"content-type", "content-transfer-encoding"}
ONCE = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date"} | _IDS | _SHAPE)
"""Fields a letter has at most once (RFC 5322 section 3.6, RFC 2045 section 2). Whoever holds a signed letter can put
another above each without hurting the signature (RFC 6376 section 8.15)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a letter proves about its sender."""

    dmarc: Dmarc
    aligned: bool  # a valid signature or an allowed machine of the domain in From
    how: How
    from_address: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Policy:
    found: bool
    strict_dkim: bool = False
    strict_spf: bool = False
    trouble: bool = False


def verify(  # noqa: PLR0913 - everything known about one arrival
    raw: bytes,
    *,
    client_ip: str | None,
    helo: str,
    mail_from: str,
    resolver: Lookup,
    authserv_id: str | None = None,
    trusted_ar: bool = False,
    sealers: Iterable[str] = (),
) -> Verdict:
    """Find out what a letter proves. Blocks on DNS for at most some 15 seconds; never raises.

    With an `authserv_id`, and a letter handed over by our own border server (`trusted_ar`), the border's word
    is read. Otherwise, or where the border said nothing above the first foreign hop (some providers add hops of other
    names above their own word), the letter is checked here; without a client address (a letter from IMAP) by DKIM only.
    A letter that a forwarder changed passes when one of the `sealers` found it in order before (ARC).
    """
    headers, _ = split_letter(raw)
    senders = read_mailboxes(headers, "from")
    address = senders[0].address if len(senders) == 1 else ""
    domain = _ascii_domain(address)
    if headers.cut or len(headers.all("from")) != 1 or not domain:
        return Verdict(Dmarc.NONE, aligned=False, how=How.NO_SINGLE_SENDER, from_address=None)
    if any(count > 1 and name in ONCE for name, count in Counter(f.name for f in headers.fields).items()):
        return Verdict(Dmarc.NONE, aligned=False, how=How.SAID_TWICE, from_address=address)
    dns = Bounded(resolver)
    border = border_results(headers, authserv_id) if authserv_id and trusted_ar else []
    if border:
        verdict = _border_verdict(border, domain, address)
    else:
        # Who handed it over is our border itself: its address says nothing of the sender.
        client = None if authserv_id and trusted_ar else client_ip
        verdict = _own_verdict(raw, headers, _Arrived(client, helo, mail_from, domain, address), dns)
    if verdict.dmarc is not Dmarc.PASS:
        for results in forwarders_results(raw, headers, sealers, dns):
            before = _border_verdict(results, domain, address)
            if before.dmarc is Dmarc.PASS:
                return replace(before, how=How.FORWARDER)
    return verdict


@dataclass(frozen=True, slots=True)
class _Arrived:
    client_ip: str | None
    helo: str
    mail_from: str
    domain: str
    address: str = field(repr=False)


def _own_verdict(raw: bytes, headers: Headers, at: _Arrived, dns: Bounded) -> Verdict:
    domain = at.domain
    policy = _policy(domain, dns)
    how = How.NOTHING
    if signed_by(raw, headers, functools.partial(_aligned, domain, strict=policy.strict_dkim), dns):
        how = How.OWN_DKIM
    elif at.client_ip and _sent_by_allowed(at.client_ip, at.mail_from, at.helo, domain, policy, dns):
        how = How.OWN_SPF
    return Verdict(
        _dmarc(policy, dns, passed=how is not How.NOTHING), how is not How.NOTHING, how, at.address
    )


def _dmarc(policy: _Policy, dns: Bounded, *, passed: bool) -> Dmarc:
    if policy.trouble:
        return Dmarc.TEMPERROR
    if not policy.found:
        return Dmarc.NONE if passed or not dns.troubles else Dmarc.TEMPERROR
    if passed:
        return Dmarc.PASS
    return Dmarc.TEMPERROR if dns.troubles else Dmarc.FAIL


def _border_verdict(results: list[Result], domain: str, address: str) -> Verdict:
    said = {
        result.value
        for result in results
        if result.method == "dmarc" and _same_domain(result.properties.get("header.from", domain), domain)
    }
    about_another = any(result.method == "dmarc" for result in results) and not said
    how = How.NOTHING
    for result in results:
        if _vouches(result, domain):
            how = How.BORDER_DKIM if result.method == "dkim" else How.BORDER_SPF
            break
    if about_another or len(said) > 1 or said & {"fail", "permerror"}:
        return Verdict(Dmarc.FAIL, aligned=False, how=How.BORDER_DMARC, from_address=address)
    if said == {"pass"}:
        return Verdict(Dmarc.PASS, aligned=True, how=How.BORDER_DMARC, from_address=address)
    dmarc = Dmarc.TEMPERROR if said == {"temperror"} else Dmarc.NONE
    return Verdict(dmarc, how is not How.NOTHING, how, address)


def _vouches(result: Result, domain: str) -> bool:
    if result.value != "pass":
        return False
    known = result.properties
    match result.method:
        case "dkim":  # some servers give only the identity, not the domain
            return _aligned(domain, known.get("header.d") or known.get("header.i", "").rpartition("@")[2])
        case "spf":
            named = known.get("smtp.mailfrom") or known.get("smtp.helo", "")
            return _aligned(domain, named.rpartition("@")[2])
        case _:
            return False


def _policy(domain: str, dns: Bounded) -> _Policy:
    """Find the domain's DMARC record, or its organisation's (RFC 7489 section 6.6.3)."""
    try:
        for place in dict.fromkeys((domain, organisation(domain))):
            records = [_tags(text) for text in dns.look_up(f"_dmarc.{place}", "TXT") if _is_dmarc(text)]
            if len(records) == 1:
                tags = records[0]
                return _Policy(True, tags.get("adkim") == "s", tags.get("aspf") == "s")
    except DnsTrouble:
        return _Policy(found=False, trouble=True)
    return _Policy(found=False)


def _is_dmarc(text: str) -> bool:
    return text.partition(";")[0].replace(" ", "") == "v=DMARC1"


def _tags(record: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in record.split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}


def _sent_by_allowed(
    client_ip: str, mail_from: str, helo: str, domain: str, policy: _Policy, dns: Lookup
) -> bool:
    claimed = mail_from.rpartition("@")[2] or helo
    if not _aligned(domain, claimed, strict=policy.strict_spf):
        return False
    return spf_result(client_ip, mail_from, helo, dns) == "pass"


def organisation(domain: str) -> str:
    """Return the organisational domain: the registered one below a public suffix (RFC 7489 section 3.2)."""
    return _suffixes().privatesuffix(domain) or domain


def _aligned(domain: str, claimed: str, *, strict: bool = False) -> bool:
    claimed = claimed.strip().lower().rstrip(".")
    if not claimed or _same_domain(claimed, domain):
        return bool(claimed)
    return not strict and organisation(claimed) == organisation(domain)


def _same_domain(one: str, other: str) -> bool:
    return one.lower().rstrip(".") == other.lower().rstrip(".")


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return domain.lower().rstrip(".").encode("idna").decode("ascii") if local else ""
    except UnicodeError:
        return ""


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
