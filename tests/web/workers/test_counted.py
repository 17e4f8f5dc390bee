"""The metrics of several processes stand in one text, each sample with its worker."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from web.workers.counted import together


def text_of(number: int) -> str:
    """What a process counts."""
    registry = CollectorRegistry()
    Counter("letters", "Letters", ["way"], registry=registry).labels("by mail").inc(number)
    Gauge("here", "Who is here", registry=registry).set(10 * number)
    Histogram("seconds", "Seconds", buckets=(1, 2), registry=registry).observe(number)
    return generate_latest(registry).decode()


def test_each_family_stands_once_with_everybodys_samples() -> None:
    found = {
        family.name: family
        for family in text_string_to_metric_families(together({"1": text_of(1), "2": text_of(2)}).decode())
    }
    assert {name for name in found if not name.endswith("_created")} == {"letters", "here", "seconds"}
    values = {
        (s.name, *sorted(s.labels.items())): s.value for family in found.values() for s in family.samples
    }
    assert values["letters_total", ("way", "by mail"), ("worker", "1")] == 1
    assert values["letters_total", ("way", "by mail"), ("worker", "2")] == 2
    assert values["here", ("worker", "2")] == 20
    assert values["seconds_bucket", ("le", "1.0"), ("worker", "1")] == 1
    assert values["seconds_bucket", ("le", "1.0"), ("worker", "2")] == 0
    assert values["seconds_sum", ("worker", "2")] == 2
    assert (found["letters"].type, found["seconds"].type) == ("counter", "histogram")
    assert found["here"].documentation == "Who is here"
