"""Reads how the installation stands: space, database."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class Space:
    """The disk below the folder in which everything is kept."""

    total: int
    free: int

    @property
    def used_share(self) -> float:
        """The share of the disk that is used, from 0 to 1."""
        return 1 - self.free / self.total

    @property
    def is_short(self) -> bool:
        """Whether less than a tenth and less than 10 GB are left."""
        return self.used_share > 0.9 and self.free < 10 * 1024**3


@dataclass(frozen=True)
class Store:
    """The database: its kind, version and size."""

    kind: str
    version: str
    size: int


def space() -> Space:
    """Return the disk's room."""
    found = shutil.disk_usage(settings.HOME)
    return Space(found.total, found.free)


def store() -> Store:
    """Return the database's kind, version and size in bytes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return Store(
                "SQLite", str(cursor.fetchone()[0]), _size_of_files(str(connection.settings_dict["NAME"]))
            )
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
        return Store("PostgreSQL", str(version), int(size))


def _size_of_files(name: str) -> int:
    """Return the size of SQLite's file and its log."""
    files = (Path(name), Path(f"{name}-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
