"""Runs inside a house: writers of facts, and what they leave."""

import time

from django.db import connection

from tongqu.shared.clock import now
from tongqu.shared.journal.actions import act, record
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import verify
from tongqu.shared.journal.rules import SYSTEM, Subject


def write(writer: int, acts: int) -> float:
    """Do acts of two facts each as fast as possible; returns the longest that one took, in seconds."""
    longest = 0.0
    for number in range(acts):
        started = time.monotonic()
        with act():
            for part in "ab":
                record("thing.made", Subject("thing", f"{writer}-{number}-{part}"), by=SYSTEM, at=now())
        longest = max(longest, time.monotonic() - started)
    return longest


def hold(seconds: float) -> list[float]:
    """Record a fact, then linger before the commit; returns when this began and ended."""
    began = time.time()  # noqa: TID251
    with act():
        record("slow.begun", Subject("thing", "slow"), by=SYSTEM, at=now())
        Fact.objects.count()
        time.sleep(seconds)
    return [began, time.time()]  # noqa: TID251


def quick(times: int) -> list[float]:
    """Do quick acts one after the other; returns the longest and the instant of the last."""
    longest = 0.0
    for number in range(times):
        started = time.monotonic()
        with act():
            record("quick.done", Subject("thing", str(number)), by=SYSTEM, at=now())
        longest = max(longest, time.monotonic() - started)
        time.sleep(0.02)
    return [longest, time.time()]  # noqa: TID251


def left() -> dict[str, object]:
    """Return how many facts there are, whether their numbers have gaps, and whether the chain holds."""
    numbers = list(Fact.objects.values_list("seq", flat=True))
    return {
        "made": Fact.objects.filter(verb="thing.made").count(),
        "slow": Fact.objects.filter(verb="slow.begun").count(),
        "quick": Fact.objects.filter(verb="quick.done").count(),
        "no_gap": numbers == list(range(1, len(numbers) + 1)),
        "subjects": Fact.objects.filter(verb="thing.made").values("subject_id").distinct().count(),
        "broken": str(verify().broken or ""),
        "vendor": connection.vendor,
    }
