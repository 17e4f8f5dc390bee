"""Which domain may vouch for which: a domain's own rule (DMARC, RFC 7489), and the organisation two domains share."""

import functools
from dataclasses import dataclass

from publicsuffixlist import PublicSuffixList

from channels.email.senders.resolving import DnsTrouble, Lookup


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain publishes: whether a sister domain may vouch for it. `trouble`: DNS did not say."""

    found: bool
    strict_dkim: bool = False
    strict_spf: bool = False
    trouble: bool = False


def policy_of(domain: str, dns: Lookup) -> Policy:
    """Find the domain's DMARC record, or its organisation's (RFC 7489 section 6.6.3)."""
    try:
        for place in dict.fromkeys((domain, organisation(domain))):
            records = [_tags(text) for text in dns.look_up(f"_dmarc.{place}", "TXT") if _is_dmarc(text)]
            if len(records) == 1:
                tags = records[0]
                return Policy(True, tags.get("adkim") == "s", tags.get("aspf") == "s")
    except DnsTrouble:
        return Policy(found=False, trouble=True)
    return Policy(found=False)


def _is_dmarc(text: str) -> bool:
    return text.partition(";")[0].replace(" ", "") == "v=DMARC1"


def _tags(record: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in record.split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}


def organisation(domain: str) -> str:
    """Return the organisational domain: the registered one below a public suffix (RFC 7489 section 3.2)."""
    return _suffixes().privatesuffix(domain) or domain


def aligned(domain: str, claimed: str, *, strict: bool = False) -> bool:
    """Say whether the domain that `claimed` may vouch for the sender's (RFC 7489 section 3.1)."""
    claimed = claimed.strip().lower().rstrip(".")
    if not claimed or same_domain(claimed, domain):
        return bool(claimed)
    return not strict and organisation(claimed) == organisation(domain)


def same_domain(one: str, other: str) -> bool:
    """Say whether two spellings are one domain."""
    return one.lower().rstrip(".") == other.lower().rstrip(".")


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
