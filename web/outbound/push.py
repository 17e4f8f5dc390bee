"""Messages to push services (RFC 8030): the same fixed words to everybody, sealed for each device.

A service sees when a device is told, and never of whom, of what, or from which practice. It is told in declarative form,
which newer browsers show by themselves, and which our worker (`web/static/js/push_worker.js`) shows in all others.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from messaging.pushing.sealing import SenderKey, sealed_for
from messaging.pushing.subscriptions import Endpoint
from messaging.pushing.telling import Pushed
from web.outbound.carrier import Carrier
from web.outbound.exchange import NotAnswered
from web.outbound.places import NotAllowed, bracketed
from web.outbound.settings import OutboundSettings

log = logging.getLogger(__name__)

TITLE: Final = "Something new"
BODY: Final = "There is something for you. Please sign in when it suits you."
LASTS: Final = 12 * 3600
"""Seconds a service keeps it for a device that is off."""
TOPIC: Final = "new"
"""One that was not delivered yet is replaced by the next (RFC 8030 section 5.4)."""
RANDOM: Final = 56


@dataclass(slots=True)
class PushDesk:
    """`key` None: nobody is told by push. `contact`: whom a service may write to about what we send."""

    key: SenderKey | None = field(repr=False)
    carrier: Carrier
    contact: str
    place: str
    """Where a tap leads."""
    random: Callable[[int], bytes] = os.urandom
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def service(self, url: str) -> str:
        """The host that carries messages to such an address. Raises NotAllowed for none of the list."""
        return self.carrier.target(url).host

    async def push(self, endpoint: Endpoint) -> Pushed:
        """Once."""
        if self.key is None:
            return Pushed.AWAY
        try:
            target = self.carrier.target(endpoint.url)
            audience = f"{target.scheme}://{bracketed(target.host)}"
            audience += "" if target.port in (443, 80) else f":{target.port}"
            headers = {
                "Authorization": self.key.authorization(audience, self.contact, self.clock()),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(LASTS),
                "Topic": TOPIC,
                "Urgency": "normal",
            }
            body = sealed_for(endpoint.keys, words(self.place), self.random(RANDOM))
            answer = await self.carrier.post(endpoint.url, headers, body)
        except NotAllowed:
            return Pushed.GONE
        except NotAnswered:
            return self._said(target.host, None)
        return self._said(target.host, answer.status)

    def _said(self, host: str, status: int | None) -> Pushed:
        if status is not None and 200 <= status < 300:
            return Pushed.TAKEN
        log.warning("a push was not taken", extra={"host": host, "status": status})
        if status is None or status in (401, 403, 408, 429) or status >= 500:
            return Pushed.AWAY  # 401 and 403 are about our key, which the operator can mend
        return Pushed.GONE

    def close(self) -> None:
        """Waits for nobody."""
        self.carrier.close()


def words(place: str) -> bytes:
    """What a device is told, whatever there is."""
    told = {"title": TITLE, "body": BODY, "navigate": place, "silent": True}
    return json.dumps({"web_push": 8030, "notification": told}, separators=(",", ":")).encode()


def push_desk(settings: OutboundSettings, base_url: str) -> PushDesk:
    """By the settings."""
    return PushDesk(
        key=settings.vapid_key,
        carrier=Carrier(settings.push_hosts),
        contact=base_url,
        place=f"{base_url}/",
    )
