"""The pages about the region say what the code does."""

from __future__ import annotations

from pathlib import Path

import tongqu
from tongqu.shared.region.analytics.folder import FILES, NEEDED, OPTIONAL
from tongqu.shared.region.rules import CentreQuality, Level, OutlineQuality, Role, UnitKind
from tongqu.shared.region.tests.specs import page

DOCS = Path(tongqu.__file__).parents[2] / "docs"


def test_the_page_of_rules_is_printed_from_the_examples() -> None:
    assert (DOCS / "rules" / "region.md").read_text(encoding="utf-8") == page(), "run scripts/region-rules"


def test_every_file_column_and_choice_of_the_folder_is_described() -> None:
    text = (DOCS / "region-folder.md").read_text(encoding="utf-8")
    words = [*FILES, *(column for columns in (*NEEDED.values(), *OPTIONAL.values()) for column in columns)]
    words += [*Level, *UnitKind, *Role, *CentreQuality, *OutlineQuality]
    assert [word for word in words if f"`{word}`" not in text] == []
