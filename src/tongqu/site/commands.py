"""The commands `tongqu run` and `tongqu prepare`: set up, serve, keep the worker beside the server."""

from __future__ import annotations

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command

from tongqu.demo.commands import load_command, logins_command
from tongqu.shared.ui.translations import compile_all

HOST = Annotated[str, typer.Option(help="Address to listen on.")]
PORT = Annotated[int, typer.Option(help="Port to listen on.")]
WORKERS = Annotated[int, typer.Option(help="Server processes.", min=1)]
DEMO = Annotated[
    bool, typer.Option("--demo/--no-demo", help="Load the demo region once, if there is no region.")
]


def _static_state() -> str:
    """Return a digest of the names, sizes and times of all static files that ship with the source."""
    digest = hashlib.sha256()
    for path in sorted(settings.SOURCE.glob("**/static/**/*")):
        if path.is_file():
            stat = path.stat()
            digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _collect_static() -> None:
    """Gather and compress the static files, unless nothing changed since the last time."""
    stamp = Path(settings.HOME) / "static.stamp"
    state = _static_state()
    if Path(settings.STATIC_ROOT).is_dir() and stamp.is_file() and stamp.read_text(encoding="ascii") == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(state, encoding="ascii")


def prepare() -> None:
    """Bring database, translations and static files up to date; does nothing when they are."""
    Path(settings.HOME).mkdir(parents=True, exist_ok=True)
    compile_all()
    call_command("migrate", interactive=False, verbosity=0)
    _collect_static()


def _port_is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _server(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port),
        "--workers", str(workers), "--respawn-failed-workers", "--log-level", "warning", "--no-ws",
        "tongqu.site.asgi:application",
    ]  # fmt: skip


def _worker() -> list[str]:
    return [sys.executable, "-m", "tongqu.site.cli", "jobs", "work"]


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _wait_until_it_answers(
    server: subprocess.Popen[bytes], host: str, port: int, seconds: float = 60
) -> None:
    for _ in range(int(seconds * 10)):
        if server.poll() is not None:
            typer.secho("The server stopped while starting; its message stands above.", err=True, fg="red")
            raise typer.Exit(1)
        if _answers(host, port):
            return
        time.sleep(0.1)
    typer.secho(f"The server did not answer at {host}:{port} within {seconds:.0f} s.", err=True, fg="red")
    raise typer.Exit(1)


class _Processes:
    """The server and the worker: started again when they die, stopped together."""

    def __init__(self, commands: Sequence[list[str]]) -> None:
        self.commands = commands
        self.running = [subprocess.Popen(command) for command in commands]
        self.stopping = False
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def stop(self, *_: object) -> None:
        self.stopping = True

    def watch(self) -> None:
        """Wait until asked to stop; start again what died, at most once a second."""
        while not self.stopping:
            time.sleep(1)
            for index, process in enumerate(self.running):
                if process.poll() is not None and not self.stopping:
                    typer.secho(
                        f"{self.commands[index][2]} ended with {process.returncode}; starting again.",
                        err=True,
                    )
                    self.running[index] = subprocess.Popen(self.commands[index])

    def end(self) -> None:
        """Ask each process to end, and end those that do not within ten seconds."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def run(host: HOST = "127.0.0.1", port: PORT = 8000, workers: WORKERS = 1, demo: DEMO = False) -> None:
    """Prepare everything, then serve the pages and run the worker until stopped."""
    if not _port_is_free(host, port):
        typer.secho(
            f"Port {port} is in use. Stop what uses it, or choose another: make run PORT={port + 1}", err=True
        )
        raise typer.Exit(1)
    prepare()
    if demo:
        load_command()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")
    processes = _Processes([_server(host, port, workers), _worker()])
    try:
        _wait_until_it_answers(processes.running[0], host, port)
        typer.secho(f"\nTongqu serves at http://{host}:{port}/", bold=True)
        if demo:
            logins_command()
        typer.echo("Stop with Ctrl+C; everything is kept.")
        processes.watch()
    finally:
        processes.end()


def prepare_command() -> None:
    """Bring database, translations and static files up to date, without serving."""
    prepare()
    typer.echo("Database, translations and static files are up to date.")
