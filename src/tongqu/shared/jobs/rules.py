"""What a job is, and when it is tried again."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class JobSpec:
    """A kind of job: its name, the function that does it, and how often it may be tried."""

    name: str
    function: Callable[..., None]
    most_attempts: int = 8
