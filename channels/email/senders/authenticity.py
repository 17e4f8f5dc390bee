"""Who is it really? What the letter proves about its sender, and what follows from it.

A reply address says which conversation is meant, never who writes. The writer is believed only when the
address in From is the registered one and its domain vouches for the letter (DMARC, RFC 7489).
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from channels.email.mime.from_field import sole_sender
from channels.email.mime.headers import Headers, split_letter
from channels.email.senders.alignment import Policy, aligned, policy_of, same_domain
from channels.email.senders.authentication_results import Result, border_results
from channels.email.senders.forwarding import forwarders_results, sealed_fields
from channels.email.senders.replays import Doubt, Taken, doubt_about
from channels.email.senders.resolving import Bounded, Lookup
from channels.email.senders.sender_policy import spf_result
from channels.email.senders.signatures import Claim, Signer, claims, covered_by_sound


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


_CLAIM = re.compile(r"(?:[^\s@\"\\()<>\x00-\x20\x7f]+@)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+\.?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a letter proves about its sender."""

    dmarc: Dmarc
    aligned: bool  # a valid signature or an allowed machine of the domain in From
    how: How
    from_address: str | None = field(repr=False)
    copyable: bool = False
    """It rests on a signature alone, which stays true whoever hands the letter on."""
    doubt: Doubt | None = None
    """Where it is copyable: what speaks for that."""


def verify(  # noqa: PLR0913 - everything known about one arrival
    raw: bytes,
    *,
    client_ip: str | None,
    helo: str,
    mail_from: str,
    taken: Taken,
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
    address = sole_sender(headers)
    if address is None:
        return Verdict(Dmarc.NONE, aligned=False, how=How.NO_SINGLE_SENDER, from_address=None)
    if any(count > 1 and name in ONCE for name, count in Counter(f.name for f in headers.fields).items()):
        return Verdict(Dmarc.NONE, aligned=False, how=How.SAID_TWICE, from_address=address)
    dns = Bounded(resolver)
    # Who hands it over may be our border itself: its address says nothing of the sender.
    client = None if authserv_id and trusted_ar else client_ip
    domain = address.rpartition("@")[2].lower()
    at = _Arrived(client, helo, mail_from, domain, address, taken)
    border = border_results(headers, authserv_id) if authserv_id and trusted_ar else []
    verdict = _border_verdict(headers, border, at) if border else _own_verdict(raw, headers, at, dns)
    if verdict.dmarc is Dmarc.PASS:
        return verdict
    return _forwarded(headers, forwarders_results(raw, headers, sealers, dns), at) or verdict


def _forwarded(headers: Headers, found: Iterable[list[Result]], at: "_Arrived") -> Verdict | None:
    """What the newest forwarder saw that found the letter in order."""
    for results in found:
        before = _told_verdict(results, at.domain, at.address)
        if before.dmarc is Dmarc.PASS:
            # It was written to whoever forwards: that their machine was allowed to send it there says nothing of us.
            covered = _covered_as_told(headers, results, at) or [sealed_fields(headers)]
            return _doubted(replace(before, how=How.FORWARDER), headers, covered, at.taken)
    return None


def _border_verdict(headers: Headers, results: list[Result], at: "_Arrived") -> Verdict:
    told = _told_verdict(results, at.domain, at.address)
    return _doubted(told, headers, _covered_as_told(headers, results, at), at.taken)


def _doubted(verdict: Verdict, headers: Headers, covered: Iterable[Set[str]], taken: Taken) -> Verdict:
    """The verdict of a letter for which signatures vouch, each for its fields: one without a doubt is enough."""
    doubts = [doubt_about(headers, one, taken) for one in covered]
    if not verdict.aligned or not doubts:
        return verdict
    return replace(verdict, copyable=True, doubt=None if None in doubts else doubts[0])


@dataclass(frozen=True, slots=True)
class _Arrived:
    client_ip: str | None
    helo: str
    mail_from: str
    domain: str
    address: str = field(repr=False)
    taken: Taken

    def signer(self, *, strict: bool) -> Signer:
        """Whose signature counts for this sender."""
        counts = functools.partial(aligned, self.domain, strict=strict)
        return Signer(counts, self.address.rpartition("@")[0], self.taken.at)


def _own_verdict(raw: bytes, headers: Headers, at: _Arrived, dns: Bounded) -> Verdict:
    policy = policy_of(at.domain, dns)
    how, doubts = How.NOTHING, list[Doubt | None]()
    for covered in covered_by_sound(raw, headers, at.signer(strict=policy.strict_dkim), dns):
        how = How.OWN_DKIM
        doubts.append(doubt_about(headers, covered, at.taken))
        if doubts[-1] is None:
            break
    clear = None in doubts
    if not clear and _sent_by_allowed(at, policy, dns):
        how = How.OWN_SPF
    passed = how is not How.NOTHING
    verdict = Verdict(_dmarc(policy, dns, passed=passed), passed, how, at.address)
    if how is not How.OWN_DKIM:
        return verdict
    return replace(verdict, copyable=True, doubt=None if clear else doubts[0])


def _dmarc(policy: Policy, dns: Bounded, *, passed: bool) -> Dmarc:
    if policy.trouble:
        return Dmarc.TEMPERROR
    if not policy.found:
        return Dmarc.NONE if passed or not dns.troubles else Dmarc.TEMPERROR
    if passed:
        return Dmarc.PASS
    return Dmarc.TEMPERROR if dns.troubles else Dmarc.FAIL


def _told_verdict(results: list[Result], domain: str, address: str) -> Verdict:
    said = {
        result.value
        for result in results
        if result.method == "dmarc" and same_domain(result.properties.get("header.from", domain), domain)
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


def _covered_as_told(headers: Headers, results: list[Result], at: _Arrived) -> list[Set[str]]:
    """What signatures cover by the word of a server that checked them: for each that it passed, what every field covers
    that it may have meant. Anybody can add a field that says it is a signature, and gains nothing by it.

    None where a machine that may send vouches. A server that says no more than that DMARC passed, of a letter without
    any such field, can have found only that.
    """
    told = [one for one in results if one.method == "dkim" and _vouches(one, at.domain)]
    sent = [one for one in results if one.method == "spf"]
    found = list(claims(headers, at.signer(strict=False)))
    if any(_vouches(one, at.domain) for one in sent) or not (told or sent or found):
        return []
    words = [one.properties for one in told] or [{}]
    meant = [[one.covered for one in found if _is_meant(one, word)] for word in words]
    return [frozenset.intersection(*one) if one else frozenset() for one in meant]


def _is_meant(claim: Claim, word: Mapping[str, str]) -> bool:
    """RFC 6008: `header.b` is how the signature begins."""
    return (
        same_domain(word.get("header.d", claim.says("d")), claim.says("d"))
        and word.get("header.s", claim.says("s")).lower() == claim.says("s").lower()
        and "".join(claim.says("b").split()).startswith(word.get("header.b", ""))
    )


def _vouches(result: Result, domain: str) -> bool:
    if result.value != "pass":
        return False
    known = result.properties
    match result.method:
        case "dkim":  # some servers give only the identity, not the domain
            return aligned(domain, known.get("header.d") or known.get("header.i", "").rpartition("@")[2])
        case "spf":
            named = known.get("smtp.mailfrom") or known.get("smtp.helo", "")
            return aligned(domain, named.rpartition("@")[2])
        case _:
            return False


def _sent_by_allowed(at: _Arrived, policy: Policy, dns: Lookup) -> bool:
    claimed = at.mail_from.rpartition("@")[2] or at.helo
    # With two @, a quotation or a NUL in it, what is asked for in DNS is not what is compared here.
    if at.client_ip is None or not _CLAIM.fullmatch(at.mail_from or at.helo):
        return False
    if not aligned(at.domain, claimed, strict=policy.strict_spf):
        return False
    return spf_result(at.client_ip, at.mail_from, at.helo, dns) == "pass"
