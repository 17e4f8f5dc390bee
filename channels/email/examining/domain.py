"""What DNS says of a mail domain, in sentences: MX, SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from channels.email.composing.signing import Signer
from channels.email.examining.findings import Finding
from channels.email.senders.alignment import organisation
from channels.email.senders.resolving import DnsTrouble, Lookup

Answer = tuple[bool, str]
SPF: Final = "v=spf1 a mx -all"
DMARC: Final = "v=DMARC1; p=quarantine"


def examine_domain(dns: Lookup, domain: str, signer: Signer | None) -> Iterator[Finding]:
    """Blocking: asks DNS. Every question is answered, also when DNS does not."""
    looks: list[tuple[str, Callable[[Lookup, str], Answer]]] = [
        ("MX", _mx),
        ("SPF", _spf),
        ("DKIM", partial(_dkim, signer)),
        ("DMARC", _dmarc),
    ]
    for kind, look in looks:
        try:
            fine, says = look(dns, domain)
        except DnsTrouble:
            fine, says = False, "DNS does not answer; look at QUIETLINE_DNS or the system's resolver"
        yield Finding(f"{kind} of {domain}", fine, says)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a mail domain, as DNS is to hold it."""

    kind: str
    name: str
    type: str
    value: str


def records_for(domain: str, host: str, signer: Signer | None, *, takes_mail: bool) -> list[Record]:
    """What mail from and to a domain needs. `host` takes its mail here; where the relay signs, DKIM is its own."""
    found = [Record("MX", domain, "MX", f"10 {host}")] if takes_mail else []
    found.append(Record("SPF", domain, "TXT", SPF))
    if signer is not None:
        found.append(Record("DKIM", f"{signer.selector}._domainkey.{domain}", "TXT", signer.published))
    found.append(Record("DMARC", f"_dmarc.{domain}", "TXT", DMARC))
    return found


def mail_hosts(dns: Lookup, domain: str) -> list[str]:
    """The hosts that take mail for a domain, the preferred first. Raises DnsTrouble."""
    found = sorted((int(number), host) for number, _, host in _pairs(dns.look_up(domain, "MX")))
    return [host.rstrip(".").lower() for _, host in found]


def _pairs(records: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    return (one.partition(" ") for one in records if one.partition(" ")[0].isdigit())


def _mx(dns: Lookup, domain: str) -> Answer:
    hosts = mail_hosts(dns, domain)
    if hosts == [""]:
        return False, "the domain says that it takes no mail (a null MX); nobody can answer to it"
    for host in hosts:
        if not any(dns.look_up(host, kind) for kind in ("A", "AAAA")):
            return False, f"{host} is named, and has no address"
    if hosts:
        return True, f"mail goes to {', '.join(hosts)}"
    if dns.look_up(domain, "A") or dns.look_up(domain, "AAAA"):
        return True, "none: mail goes to the domain's own address, which works; an MX record says it plainly"
    return False, f"none: nobody can write to this domain. Publish: {domain} MX 10 the.name.of.your.server"


def _spf(dns: Lookup, domain: str) -> Answer:
    found = [one for one in dns.look_up(domain, "TXT") if re.match(r"v=spf1(?: |$)", one, re.IGNORECASE)]
    if not found:
        return False, f'none. Publish, with what your relay asks for: {domain} TXT "{SPF}"'
    if len(found) > 1:
        return False, "there are several records, which counts as none; leave one"
    terms = found[0].lower().split()
    if "all" in terms or "+all" in terms:
        return False, "it lets everybody send in your name (+all); end it with -all"
    if "?all" in terms or not any(one.endswith("all") or one.startswith("redirect=") for one in terms):
        return True, "it does not say that others may not send in your name; end it with -all"
    return True, "one record, and it ends the list of who may send; the relay's addresses must be in it"


def _dkim(signer: Signer | None, dns: Lookup, domain: str) -> Answer:
    if signer is None:
        return True, "mail is not signed here (QUIETLINE_DKIM is not set): your relay must sign it"
    name = f"{signer.selector}._domainkey.{domain}"
    found = dns.look_up(name, "TXT")
    if not found:
        return False, f'none. Publish: {name} TXT "{signer.published}"'
    if len(found) > 1:
        return False, f"there are several records at {name}; leave one"
    if _key(found[0]) != _key(signer.published):
        return False, f'the key at {name} is not the one we sign with. Publish: "{signer.published}"'
    return True, f"the key at {name} is the one we sign with"


def _key(record: str) -> str:
    tags = (one.partition("=") for one in record.split(";"))
    return next(("".join(value.split()) for name, _, value in tags if name.strip() == "p"), "")


def _dmarc(dns: Lookup, domain: str) -> Answer:
    for at in dict.fromkeys((domain, organisation(domain))):
        found = [one for one in dns.look_up(f"_dmarc.{at}", "TXT") if one.lower().startswith("v=dmarc1")]
        if len(found) > 1:
            return False, f"there are several records at _dmarc.{at}, which counts as none; leave one"
        if found:
            return _policy(at, found[0])
    advice = f'_dmarc.{domain} TXT "{DMARC}"'
    return (
        False,
        f"none: anybody can write in your name, and some providers refuse your mail. Publish: {advice}",
    )


def _policy(at: str, record: str) -> Answer:
    policy = re.search(r";\s*p\s*=\s*(none|quarantine|reject)\s*(?:;|$)", record, re.IGNORECASE)
    if policy is None:
        return False, f"the record at _dmarc.{at} says no policy; it needs p=quarantine or p=reject"
    if policy[1].lower() == "none":
        return True, f"_dmarc.{at} only watches (p=none): once all your mail is signed, make it p=quarantine"
    return True, f"_dmarc.{at} says p={policy[1].lower()}"
