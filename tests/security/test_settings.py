"""Every setting that is read is described, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"TONGQU_[A-Z0-9_]*[A-Z0-9]")
READ_ELSEWHERE = {"TONGQU_SHARED_DATA"}


def test_every_setting_is_described() -> None:
    read = set(NAME.findall((ROOT / "src/tongqu/site/settings.py").read_text(encoding="utf-8")))
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `(TONGQU_[A-Z0-9_]+)` \|", page, re.M))
    assert read - described == set(), "docs/settings.md does not describe these"
    assert described - read - READ_ELSEWHERE == set(), "docs/settings.md describes what is not read"
