"""Prometheus metrics: counts and times by handler, never by person or content."""

import logging

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from channels.email.access import Lack
from channels.email.fetching.condition import Condition, Outcome, Standing
from channels.email.fetching.selecting import Remark
from messaging.backup.archive import ArchiveStanding
from messaging.trust.alarms import LOGGER, Alarm
from web.state import House
from web.version import VERSION

REGISTRY = CollectorRegistry()

REQUESTS = Histogram(
    "quietline_http_request_seconds",
    "HTTP requests by method, handler and status",
    ["method", "handler", "status"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
PARTS_FAILED = Counter(
    "quietline_page_parts_failed", "Parts of pages that could not be shown", ["part"], registry=REGISTRY
)
ALARMS = Counter("quietline_alarms", "What must never happen, and did", ["alarm"], registry=REGISTRY)
BUILD = Gauge("quietline_build_info", "1, with the version that runs", ["version"], registry=REGISTRY)
BUILD.labels(VERSION).set(1)
CONNECTIONS = Gauge("quietline_live_connections", "Open live connections", registry=REGISTRY)
WAITING = Gauge("quietline_writer_waiting", "Postings not yet committed", registry=REGISTRY)
ROOM = Gauge("quietline_disk_room", "1 while new words are accepted", registry=REGISTRY)
FAULTS = Gauge(
    "quietline_loop_faults",
    "Unforeseen faults of what runs for ever, since the start: each is a defect, and in the log",
    ["loop"],
    registry=REGISTRY,
)
CLOCK = Gauge(
    "quietline_clock_off_seconds",
    "This node's clock ahead of the database's, as last seen",
    registry=REGISTRY,
)
FETCHING = Gauge(
    "quietline_imap_standing", "1 at how fetching stands on this node", ["standing"], registry=REGISTRY
)
TOKENS = Gauge(
    "quietline_oauth_lack",
    "1 at why the mail provider gives this process no tokens, as last seen",
    ["lack"],
    registry=REGISTRY,
)
ARCHIVE = Gauge(
    "quietline_archive_standing",
    "1 at how the archive of the database stands",
    ["standing"],
    registry=REGISTRY,
)
LACKING = Gauge(
    "quietline_imap_lacks",
    "1 at what the mailbox's server leaves out, though it is fetched from",
    ["what"],
    registry=REGISTRY,
)
FETCHED = Gauge(
    "quietline_imap_letters",
    "Letters looked at in the mailbox since the start",
    ["outcome"],
    registry=REGISTRY,
)
LOOKED = Gauge(
    "quietline_imap_looked_at_seconds",
    "When the mailbox last held nothing new (Unix time)",
    registry=REGISTRY,
)


class _Counting(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        ALARMS.labels(getattr(record, "alarm", "")).inc()


def count_alarms() -> None:
    """From now on. Each alarm is there with 0, so that a rule can wait for its first."""
    for alarm in Alarm:
        ALARMS.labels(alarm.value)
    if not any(isinstance(one, _Counting) for one in logging.getLogger(LOGGER).handlers):
        logging.getLogger(LOGGER).addHandler(_Counting())


def exposition(house: House) -> bytes:
    """The text format, with the gauges as they are now."""
    CONNECTIONS.set(len(house.hub.connections))
    WAITING.set(house.waiting())
    CLOCK.set(house.off)
    ROOM.set(1 if house.room.left else 0)
    for loop in house.keeper.names:
        FAULTS.labels(loop).set(house.keeper.faults[loop])
    if house.fetching is not None:
        _show_fetching(house.fetching)
    if house.archive is not None:
        for one in ArchiveStanding:
            ARCHIVE.labels(one.value).set(one is house.archive.standing)
    if house.access is not None:
        for lack in Lack:
            TOKENS.labels(lack.value).set(lack is house.access.lack)
    return generate_latest(REGISTRY)


def _show_fetching(condition: Condition) -> None:
    for standing in Standing:
        FETCHING.labels(standing.value).set(standing is condition.standing)
    for remark in Remark:
        LACKING.labels(remark.value).set(remark in condition.remarks)
    for outcome in Outcome:
        FETCHED.labels(outcome.value).set(condition.letters[outcome])
    if condition.looked_at is not None:
        LOOKED.set(condition.looked_at.timestamp())
