"""What the operator says of whom this server may call."""

from dataclasses import dataclass, field
from typing import Final

from messaging.pushing.sealing import SenderKey, read_sender_key
from web.outbound.places import Hosts, read_hosts
from web.settings_reader import Reader

SERVICES: Final = "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com"
"""The push services of Chrome, Firefox, Safari and Edge."""


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    """`webhook_hosts`: where webhooks may lead; without one there are none. Without a `vapid_key` nobody is told by push."""

    webhook_hosts: Hosts = field(default_factory=Hosts)
    push_hosts: Hosts = field(default_factory=Hosts)
    vapid_key: SenderKey | None = field(default=None, repr=False)


def read_outbound(reader: Reader) -> OutboundSettings:
    """As given; what is wrong is reported with all else."""
    return OutboundSettings(
        webhook_hosts=reader.value("WEBHOOK_HOSTS", "", read_hosts),
        push_hosts=reader.value("PUSH_HOSTS", SERVICES, read_hosts),
        vapid_key=reader.optional("VAPID_KEY", read_sender_key),
    )
