"""What the public reads of the region answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from django.db import transaction
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from conftest import Town, make_unit
from tongqu.shared.region import queries
from tongqu.shared.region.models import Division, ListVersion, Posting, Region, Unit
from tongqu.shared.region.rules import Level, Role, UnitKind


def test_a_point_is_in_its_township_county_and_prefecture(town: Town) -> None:
    assert queries.locate(118.1, 28.1) == [town.prefecture, town.county, town.township]


def test_a_point_elsewhere_is_nowhere(town: Town) -> None:
    assert queries.locate(0, 0) == []


def test_points_are_located_in_bulk(town: Town) -> None:
    found = queries.locate_many([118.1, 119.1, 0.0], [28.1, 28.1, 0.0])
    assert found.tolist() == [town.township.pk, town.far_township.pk, -1]


def test_a_changed_outline_counts_at_once(town: Town) -> None:
    assert queries.locate(118.1, 28.1)[-1] == town.township
    town.township.outline = None
    town.township.save()
    assert queries.locate(118.1, 28.1)[-1] == town.county
    Division.objects.filter(pk=town.county.pk).update(outline=None)
    assert queries.locate(118.1, 28.1)[-1] == town.prefecture
    assert queries.place_index() is queries.place_index()


def test_a_deleted_division_is_found_no_more(town: Town) -> None:
    assert queries.locate(119.1, 28.1)[-1] == town.far_township
    town.far_township.delete()
    assert queries.locate(119.1, 28.1)[-1] == town.other_county
    town.other_township_government.delete()
    Division.objects.filter(pk=town.other_township.pk).delete()
    assert queries.locate(118.1, 29.1)[-1] == town.county


def test_locating_takes_few_queries(town: Town, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    queries.locate(118.1, 28.1)
    with django_assert_num_queries(1):
        queries.locate(118.1, 28.1)


def test_there_may_be_no_region_yet(db: None) -> None:
    with pytest.raises(queries.NoRegion, match="tongqu region import"):
        queries.the_region()
    assert queries.locate(118.1, 28.1) == []
    assert queries.map_version() == ""


def test_the_unit_that_answers_is_the_nearest_one(town: Town) -> None:
    assert queries.unit_for(town.township) == town.township_government
    town.township_government.is_active = False
    town.township_government.save()
    assert queries.unit_for(town.township) == town.county_government
    assert queries.unit_for(town.township, UnitKind.LINE) == town.county_department
    Unit.objects.update(is_active=False)
    assert queries.unit_for(town.township) is None


def test_the_supervisor_is_the_nearest_active_unit_above(town: Town) -> None:
    assert queries.supervisor_of(town.township_government) == town.county_government
    assert queries.supervisor_of(town.city_desk) is None
    town.county_government.is_active = False
    town.county_government.save()
    town.township_government.refresh_from_db()
    assert queries.supervisor_of(town.township_government) == town.city_desk


def test_who_answers_at_a_place_the_governments_around_it_last(town: Town) -> None:
    found = queries.units_answering(town.county)
    assert found == [town.county_government, town.county_department, town.city_desk]


def test_subtrees_hold_themselves_and_what_is_below(town: Town) -> None:
    assert set(queries.divisions_below(town.county)) == {town.county, town.township, town.other_township}
    assert set(queries.units_below(town.city_department)) == {
        town.city_department, town.county_department, town.other_county_department,
    }  # fmt: skip


def test_a_code_that_only_begins_alike_is_not_below(town: Town) -> None:
    twin = make_unit("zhzf2", UnitKind.LINE, "另一局", town.prefecture, town.city_desk)
    assert twin not in queries.units_below(town.city_department)
    assert twin not in Unit.objects.under(town.city_department)


def test_heads_and_people_in_a_unit(town: Town) -> None:
    assert list(queries.heads_of(town.county_department)) == [town.department_head]
    assert set(queries.people_in(town.county_department)) == {town.department_head, town.department_officer}
    assert list(queries.people_in(town.county_department, Role.HANDLER)) == [town.department_officer]


def test_outlines_of_a_level_and_within_a_division(town: Town) -> None:
    counties = queries.outlines(Level.COUNTY)
    assert [f["properties"]["code"] for f in counties["features"]] == ["330803", "330825"]
    inside = queries.outlines(Level.TOWNSHIP, town.other_county)
    assert [f["properties"]["code"] for f in inside["features"]] == ["330825105"]


@pytest.mark.parametrize(
    ("text", "level", "codes"),
    [
        ("莲花", "", ["330803102"]),
        ("3308031", "", ["330803102", "330803103"]),
        ("", "county", ["330803", "330825"]),
        ("nowhere", "", []),
    ],
)
def test_divisions_are_found_by_name_code_and_level(
    town: Town, text: str, level: str, codes: list[str]
) -> None:
    assert [division.code for division in queries.find_divisions(text, level)] == codes


def test_counts_by_level(town: Town) -> None:
    assert list(queries.counts_by_level().values()) == [1, 2, 3, 0, 0]


@pytest.mark.parametrize(
    ("language", "name"), [("zh-hans", "龙游县"), ("zh-hant", "龍游縣"), ("en", "Longyou County")]
)
def test_names_follow_the_language(town: Town, language: str, name: str) -> None:
    town.other_county.name_zh_hant, town.other_county.name_en = "龍游縣", "Longyou County"
    with override(language):
        assert str(town.other_county) == name


def test_names_fall_back_to_simplified_chinese(town: Town) -> None:
    for language in ("en", "zh-hant"):
        with override(language):
            assert town.county.name == "衢江区"


def test_everyone_signed_in_sees_the_map_and_units_but_only_colleagues_see_people(town: Town) -> None:
    assert Division.objects.all().visible_to(town.villager).exists()
    assert Unit.objects.visible_to(town.villager).exists()
    assert not Posting.objects.visible_to(town.villager).exists()
    assert Posting.objects.visible_to(town.township_clerk).exists()
    town.villager.is_active = False
    assert not Division.objects.all().visible_to(town.villager).exists()
    assert not Unit.objects.visible_to(town.villager).exists()


def test_rows_name_themselves(town: Town) -> None:
    assert str(Region.objects.get()) == "衢州市"
    assert str(ListVersion.objects.get(pk="map")).replace("-", "") == queries.map_version().replace("-", "")
    assert "周值班" in str(Posting.objects.get(person=town.desk_officer))
    assert set(Division.objects.all().inside(town.county)) == set(queries.divisions_below(town.county))


class TestKept:
    """What is kept of a list is made anew when the list has changed, and only then."""

    def test_it_is_made_once_until_the_list_changes(self, town: Town) -> None:
        kept = queries.Kept("offices", lambda: list(Unit.objects.order_by("path")))
        first = kept.get()
        assert kept.get() is first
        town.county.save()
        assert kept.get() is first
        town.township_government.save()
        assert kept.get() is not first

    @pytest.mark.parametrize(
        "change",
        [
            lambda town: Posting.objects.filter(person=town.desk_officer).update(until_on=date(2026, 9, 1)),
            lambda town: Posting.objects.filter(person=town.desk_officer).delete(),
            lambda town: Posting.objects.get(person=town.desk_officer).delete(),
            lambda town: Posting.objects.bulk_create(
                [Posting(person=town.villager, unit=town.township_government, role=Role.HANDLER)]
            ),
        ],
        ids=["update", "delete", "delete one", "bulk"],
    )
    def test_every_way_of_changing_counts(self, town: Town, change: Callable[[Town], object]) -> None:
        before = queries.version_of("offices")
        change(town)
        assert queries.version_of("offices") != before

    def test_a_change_that_is_taken_back_is_forgotten(self, town: Town) -> None:
        kept = queries.Kept("offices", lambda: set(Unit.objects.values_list("phone", flat=True)))
        before = kept.get()
        with suppress(ZeroDivisionError), transaction.atomic():
            Unit.objects.update(phone="0570")
            assert kept.get() == {"0570"}
            raise ZeroDivisionError
        assert kept.get() == before
