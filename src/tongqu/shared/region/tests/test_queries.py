"""What the public reads of the region answer."""

from __future__ import annotations

from conftest import Town
from tongqu.shared.region import queries


def test_a_point_is_in_its_township_county_and_prefecture(town: Town) -> None:
    chain = queries.locate(118.1, 28.1)
    assert chain == [town.prefecture, town.county, town.township]
