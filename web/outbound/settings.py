"""What the operator says of whom this server may call."""

from dataclasses import dataclass, field

from web.outbound.places import Hosts, read_hosts
from web.settings_reader import Reader


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    """`webhook_hosts`: where webhooks may lead; without one there are none."""

    webhook_hosts: Hosts = field(default_factory=Hosts)


def read_outbound(reader: Reader) -> OutboundSettings:
    """As given; what is wrong is reported with all else."""
    return OutboundSettings(webhook_hosts=reader.value("WEBHOOK_HOSTS", "", read_hosts))
