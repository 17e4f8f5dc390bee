"""SPF: may this machine send for this domain? (RFC 7208, by pyspf, with our own DNS in place of its own.)"""

import spf

from channels.email.senders.resolving import DnsTrouble, Lookup

VOID_LIMIT = 2  # RFC 7208 section 4.6.4


def spf_result(client_ip: str, mail_from: str, helo: str, resolver: Lookup) -> str:
    """Return `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror` or `permerror`."""
    try:
        query = _Query(resolver, client_ip, mail_from, helo)
        result, _, _ = query.check()
    except DnsTrouble:
        return "temperror"
    except Exception:
        # The library raises many things on strange records; none of them is a pass.
        return "permerror"
    return str(result)


class _Query(spf.query):  # type: ignore[misc]
    """A pyspf query that asks our resolver; the library would ask a global one with its own time-outs."""

    def __init__(self, resolver: Lookup, client_ip: str, mail_from: str, helo: str) -> None:
        self._resolver = resolver
        super().__init__(client_ip, mail_from, helo, strict=True)

    def dns(
        self,
        name: str,
        kind: str,
        cnames: object = None,
        ignore_void: bool = False,
    ) -> list[object]:
        """Answer in the library's shapes; aliases are followed by the resolver."""
        name = str(name).rstrip(".")
        if not name or not all(0 < len(label) < 64 for label in name.split(".")):
            return []
        try:
            found = self._resolver.look_up(name, kind)
        except DnsTrouble:
            raise spf.TempError("DNS") from None
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > VOID_LIMIT:
                raise spf.PermError("Void lookup limit exceeded")
        return [_in_shape(record, kind) for record in found]


def _in_shape(record: str, kind: str) -> object:
    match kind:
        case "TXT":
            return (record.encode("latin-1"),)
        case "MX":
            preference, _, host = record.partition(" ")
            return int(preference), host
        case _:
            return record
