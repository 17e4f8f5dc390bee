"""The metrics of several processes as one text: each sample says which worker's it is."""

from collections.abc import Iterable, Mapping
from typing import cast

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families

LABEL = "worker"


class _Together:
    """What `generate_latest` asks of a registry."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def collect(self) -> Iterable[Metric]:
        """Each family once, with everybody's samples."""
        families: dict[str, Metric] = {}
        for worker, text in self._texts.items():
            for found in text_string_to_metric_families(text):
                family = families.setdefault(found.name, Metric(found.name, found.documentation, found.type))
                for sample in found.samples:
                    family.add_sample(sample.name, {**sample.labels, LABEL: worker}, sample.value)
        return families.values()


def together(texts: Mapping[str, str]) -> bytes:
    """The text format, of texts by their worker."""
    return generate_latest(cast("CollectorRegistry", _Together(texts)))
