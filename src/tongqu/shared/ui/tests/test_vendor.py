"""Vendored files: all there, unchanged, with their licences, and refused when they differ."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tongqu.shared.ui import vendor
from tongqu.shared.ui.commands import app

RUN = CliRunner()


def test_every_vendored_file_is_as_its_publisher_ships_it() -> None:
    assert list(vendor.problems()) == []
    assert RUN.invoke(app, ["vendor", "--check"]).exit_code == 0


def test_every_package_names_its_licence() -> None:
    assert all(entry.licence for entry in vendor.manifest())


def test_nothing_that_is_served_names_another_host_to_load_from() -> None:
    own = [path for path in (vendor.FOLDER.parent).glob("*.*") if path.suffix in {".js", ".css"}]
    assert own
    assert [path.name for path in own if "https://" in path.read_text(encoding="utf-8")] == []


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one vendored file in it."""
    (tmp_path / "thing-1.0").mkdir()
    (tmp_path / "thing-1.0" / "thing.js").write_text("run()")
    digest = vendor.sha256_of(b"run()")
    (tmp_path / "manifest.json").write_text(
        '[{"name": "thing", "version": "1.0", "licence": "MIT", "file": "thing-1.0/thing.js",'
        f' "taken_from": "dist/thing.js", "sha256": "{digest}"}}]'
    )
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)
    monkeypatch.setattr(vendor, "MANIFEST", tmp_path / "manifest.json")
    return tmp_path


def test_missing_changed_and_unknown_files_are_named(copy: Path) -> None:
    (copy / "thing-1.0" / "thing.js").write_text("steal()")
    (copy / "other.js").write_text("")
    assert [line.split(" ")[0] for line in vendor.problems()] == ["thing-1.0/thing.js", "other.js"]
    (copy / "thing-1.0" / "thing.js").unlink()
    assert "is missing" in next(iter(vendor.problems()))
    assert RUN.invoke(app, ["vendor", "--check"]).exit_code == 1


def shipped(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> None:
    """Let npm hand over a package with these files."""

    def pack(command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        folder = Path(command[command.index("--pack-destination") + 1])
        with tarfile.open(folder / "thing.tgz", "w:gz") as tar:
            for name, data in files.items():
                info = tarfile.TarInfo(f"package/{name}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return subprocess.CompletedProcess(command, 0, "thing.tgz\n", "")

    monkeypatch.setattr(vendor.subprocess, "run", pack)


def test_a_changed_file_is_brought_back(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped(monkeypatch, {"dist/thing.js": b"run()"})
    (copy / "thing-1.0" / "thing.js").write_text("steal()")
    result = RUN.invoke(app, ["vendor"])
    assert result.exit_code == 0, result.output
    assert (copy / "thing-1.0" / "thing.js").read_text() == "run()"


@pytest.mark.parametrize("files", [{"dist/thing.js": b"other()"}, {"dist/else.js": b"run()"}])
def test_a_package_that_differs_from_the_manifest_is_refused(
    copy: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]
) -> None:
    shipped(monkeypatch, files)
    result = RUN.invoke(app, ["vendor"])
    assert result.exit_code == 1
    assert (copy / "thing-1.0" / "thing.js").read_text() == "run()"


def test_a_machine_without_npm_or_network_is_told_so(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_args: Any, **_options: Any) -> None:
        raise FileNotFoundError

    def failing(command: list[str], **_options: Any) -> None:
        raise subprocess.CalledProcessError(1, command, stderr="no network")

    monkeypatch.setattr(vendor.subprocess, "run", absent)
    with pytest.raises(vendor.VendorProblem, match=r"install Node\.js"):
        vendor.fetch()
    monkeypatch.setattr(vendor.subprocess, "run", failing)
    with pytest.raises(vendor.VendorProblem, match="no network"):
        vendor.fetch()
