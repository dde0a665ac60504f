"""Figures for Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from esc_skills.programs.conduct.counts import ConductCounts


class _Guard(Collector):
    """What the guard of replies has done."""

    def __init__(self, counts: Callable[[], ConductCounts]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts now."""
        told = "Danger that was answered with help, replies asked again, replies replaced"
        family = CounterMetricFamily("esc_guard", told, labels=["event"])
        counts = self._counts()
        for name in ("danger", "asked_again", "replaced"):
            family.add_metric([name], getattr(counts, name))
        yield family
        told = "Replies that broke a rule when the model gave them first"
        broken = CounterMetricFamily("esc_rule_broken", told, labels=["rule"])
        for rule in counts.rules:
            broken.add_metric([rule.rule], rule.broken)
        yield broken


class Metrics:
    """The figures of one server.

    Args:
        guard: How often the guard did what.
        sessions: How many sessions are kept.
    """

    def __init__(self, guard: Callable[[], ConductCounts], sessions: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_Guard(guard))
        names = ["path", "status"]
        self.requests = Counter("esc_requests", "Requests", names, registry=self.registry)
        self.seconds = Histogram(
            "esc_request_seconds",
            "Seconds until a request was answered",
            ["path"],
            registry=self.registry,
            buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
        )
        self.under_way = Gauge("esc_requests_under_way", "Requests now", registry=self.registry)
        told = "Tokens that the model has read and written"
        self.tokens = Counter("esc_tokens", told, ["kind"], registry=self.registry)
        told = "Replies that the model failed to give"
        self.failures = Counter("esc_model_failures", told, registry=self.registry)
        kept = Gauge("esc_sessions", "Sessions that are kept", registry=self.registry)
        kept.set_function(sessions)
