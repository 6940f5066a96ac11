"""The standard list: one list for the reader of reports and for the store."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.access.rules import NotAllowed
from tongqu.systems.indicators.actions.defining import define_indicator, define_set
from tongqu.systems.indicators.actions.standard import Defined, define_standard
from tongqu.systems.indicators.commands import app
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.dictionary import dictionary
from tongqu.systems.indicators.queries.standard import (
    rows_of,
    standard_divisions,
    standard_indicators,
    standard_sets,
)
from tongqu.systems.indicators.rules.definition import Definition
from tongqu.systems.indicators.rules.standard import full_code


def test_each_name_is_of_one_indicator_and_every_term_is_filled() -> None:
    names = Counter(
        name for row in rows_of("indicators.csv") for name in [row["name"], *row["also"].split("|")] if name
    )
    assert [name for name, count in names.items() if count > 1] == []
    assert set(dictionary().indicators) == set(names)
    for each in standard_indicators():
        assert all((each.name_hant, each.name_en, each.source, each.meaning.endswith("。"))), each.code


def test_traditional_names_are_the_simplified_ones_in_other_characters() -> None:
    table = dictionary().characters
    rows = [(each.name_hans, each.name_hant) for each in standard_indicators()]
    rows += [(hans, hant) for _code, hans, hant, _english in standard_divisions()]
    rows += [(each.name_hans, each.name_hant) for each in standard_sets()]
    different = [pair for pair in rows if pair[1].translate(table) != pair[0].translate(table)]
    assert different == []


def test_parts_of_ratios_are_in_the_list() -> None:
    codes = {each.code for each in standard_indicators()}
    needed = {code for each in standard_indicators() if each.ratio for code in each.ratio.codes}
    assert needed
    assert needed <= codes


def test_divisions_and_sets_are_those_of_the_gazetteer() -> None:
    known = {full_code(row["code"]): row["name"] for row in rows_of("divisions.csv")}
    divisions = {code: hans for code, hans, _hant, _english in standard_divisions()}
    assert divisions == {code: name for code, name in known.items() if code.startswith("33")}
    sets = {each.code: each.members for each in standard_sets()}
    assert {code: len(members) for code, members in sets.items()} == {
        "zhejiang-prefectures": 11,
        "zhejiang-counties": 90,
        "quzhou-counties": 6,
    }
    assert {code for members in sets.values() for code in members} == divisions.keys() - {"330000"}


@pytest.mark.django_db
def test_what_is_missing_is_defined_and_the_rest_left_alone(town: Town, at: datetime) -> None:
    admin = town.region_admin
    define_indicator(Definition("gdp", "本地的生产总值"), by=admin, at=at)
    with pytest.raises(NotAllowed):
        define_standard(by=town.outsider, at=at)
    count = len(standard_indicators())
    assert define_standard(by=admin, at=at) == Defined(count - 1, 102, 3)
    define_set("quzhou-counties", name="四县", members=["330803"], by=admin, at=at)
    assert define_standard(by=admin, at=at) == Defined(0, 0, 0)
    assert Indicator.objects.get(code="gdp").name_zh_hans == "本地的生产总值"
    assert DivisionSet.objects.get(code="quzhou-counties").members.count() == 1
    assert StatDivision.objects.get(code="330800").division == town.prefecture
    assert StatDivision.objects.get(code="330100").division is None
    said = CliRunner().invoke(app, ["define-standard", "--by", admin.username])
    assert (said.exit_code, said.output) == (0, "0 indicators, 0 divisions and 0 sets are new.\n")
    refused = CliRunner().invoke(app, ["define-standard", "--by", town.outsider.username])
    assert refused.exit_code == 1
