"""The commands `tongqu jobs …`."""

import os
import signal
import sys
import time
from typing import Annotated

import typer
from django.utils.timezone import localtime

from tongqu.shared.clock import now
from tongqu.shared.jobs import queries
from tongqu.shared.jobs.worker import WorkerLoop, too_slow

app = typer.Typer(no_args_is_help=True, help="The queue: run the worker, see what waits.")

PROCESSES = Annotated[int, typer.Option(help="Worker processes; each runs one job at a time.", min=1, max=64)]
QUEUES = Annotated[
    list[str] | None, typer.Option("--queue", help="Only this queue (may be repeated); otherwise all.")
]
GRACE = Annotated[
    float, typer.Option(help="Seconds that a job may still take when the worker is asked to end.")
]
UNTIL_EMPTY = Annotated[bool, typer.Option("--until-empty", help="End as soon as no job is due.")]


@app.command()
def work(
    processes: PROCESSES = 1, queue: QUEUES = None, grace: GRACE = 7.0, until_empty: UNTIL_EMPTY = False
) -> None:
    """Run jobs until stopped (SIGTERM ends it after the jobs under way)."""
    queues = tuple(queue or ())
    if processes == 1:
        _work(queues, grace, until_empty)
        return
    _Brood(processes, queues, grace, until_empty).watch()


def _work(queues: tuple[str, ...], grace: float, until_empty: bool) -> None:
    loop = WorkerLoop(queues=queues, grace_s=grace, say=typer.echo)
    signal.signal(signal.SIGTERM, loop.close)
    signal.signal(signal.SIGINT, loop.close)
    signal.signal(signal.SIGALRM, too_slow)
    loop.work(until_empty=until_empty)


class _Brood:
    """Several workers below one process that touches no database itself: forked, watched, started again."""

    def __init__(self, processes: int, queues: tuple[str, ...], grace: float, until_empty: bool) -> None:
        self.queues, self.grace, self.until_empty = queues, grace, until_empty
        self.closing = False
        self.children: set[int] = set()
        signal.signal(signal.SIGTERM, self.close)
        signal.signal(signal.SIGINT, self.close)
        for _ in range(processes):
            self.children.add(self._fork())

    def close(self, *_: object) -> None:
        """Ask all workers to end."""
        self.closing = True
        for child in self.children:
            os.kill(child, signal.SIGTERM)

    def _fork(self) -> int:
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            _work(self.queues, self.grace, self.until_empty)
            status = 0
        finally:
            sys.stdout.flush()
            os._exit(status)

    def watch(self) -> None:
        """Wait for the workers; start again those that died."""
        while self.children:
            try:
                child, status = os.wait()
            except InterruptedError:
                continue
            self.children.discard(child)
            if not self.closing and not (self.until_empty and status == 0):
                typer.echo(f"Worker process {child} ended with {status}; starting another.", err=True)
                time.sleep(0.5)
                self.children.add(self._fork())


@app.command()
def status() -> None:
    """Show the queue: what waits, runs and failed; the workers; the schedules."""
    found = queries.depth()
    typer.echo(
        f"{found.due} due, {found.later} later, {found.running} running, {found.dead} dead, {found.stopped} stopped"
    )
    for worker in queries.workers():
        typer.echo(
            f"worker {worker.id}: pid {worker.pid} on {worker.host}, seen {localtime(worker.seen_at):%H:%M:%S}"
        )
    for standing in queries.schedules_at(now()):
        last = f"{localtime(standing.last_at):%m-%d %H:%M}" if standing.last_at else "never"
        typer.echo(
            f"schedule {standing.name}: {standing.line}; last {last}, next {localtime(standing.next_at):%m-%d %H:%M}"
        )
