"""The component tags: what they print."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.utils.translation import override

from tongqu.shared.ui.charts import rows_of
from tongqu.shared.ui.photos import facts_of
from tongqu.shared.ui.sentences import changes, has_sentence, name_fields, say, sentence, tell
from tongqu.shared.ui.templatetags.ui import stat
from tongqu.shared.ui.tests.specs import CHART_ROWS


def printed(text: str, **context: Any) -> str:
    with override("en"):
        return str(engines["django"].from_string("{% load ui %}" + text).render(context))


@dataclass
class Photo:
    sha256: str = "a" * 64
    name: str = "DJI_0001.JPG"
    taken_at: datetime | None = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
    stored_at: datetime = datetime(2026, 9, 16, 2, 5, tzinfo=UTC)
    lon: float | None = 118.3
    lat: float | None = 28.3
    height_ground_m: float | None = 40.0
    height_sea_m: float | None = None
    gimbal_yaw_deg: float | None = -90.0
    gimbal_pitch_deg: float | None = -89.9
    camera: str = "FC300S"
    width: int | None = 4000
    height: int | None = 2250
    is_invented: bool = True


@dataclass
class Fact:
    verb: str
    actor_name: str = "周值班"
    subject_label: str = "路边垃圾"
    subject_id: str = "7"
    seq: int = 3
    note: str = "已清运"
    at: datetime = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
    before_values: dict[str, Any] = field(default_factory=dict)
    after_values: dict[str, Any] = field(default_factory=dict)
    evidence_hashes: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("value", "word"),
    [("red", "Late"), ("yellow", "Due soon"), ("blue", "On time"), ("", "No lamp"), (None, "No lamp")],
)
def test_a_lamp_has_a_word_and_a_shape(value: str | None, word: str) -> None:
    html = printed("{% lamp value %}", value=value)
    assert word in html
    assert "lamp-shape" in html


@pytest.mark.parametrize(
    ("trend", "better", "good"),
    [(-2, "down", True), (2, "down", False), (2, "up", True), (2, "", None), (0, "down", None)],
)
def test_a_trend_is_good_or_bad_by_its_meaning(trend: int, better: str, good: bool | None) -> None:
    assert stat("Late", 3, trend=trend, better=better)["good"] is good


def test_a_trend_is_told_in_words() -> None:
    assert "2 more than yesterday" in printed('{% stat "Late" 3 trend=2 %}')
    assert "2 fewer than yesterday" in printed('{% stat "Late" 3 trend=trend %}', trend=-2)
    assert "same as yesterday" in printed('{% stat "Late" 3 trend=0 %}')
    assert "since Monday" in printed('{% stat "Late" 3 "/x" note="since Monday" %}')


def test_a_form_ties_labels_help_and_errors_to_its_fields() -> None:
    class Form(forms.Form):
        title = forms.CharField(label="Title", help_text="Say what.")
        agreed = forms.BooleanField(label="Agreed", required=False)
        source = forms.ChoiceField(label="Source", choices=[("a", "A")], widget=forms.RadioSelect)
        key = forms.CharField(widget=forms.HiddenInput, required=False)

    html = printed("{% form form %}", form=Form({}))
    assert '<label for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'href="#id_title"' in html
    assert "is-check" in html
    assert "<legend>Source" in html
    assert "data-error-summary" not in printed("{% form form %}", form=Form())


def test_filters_can_be_cleared_once_there_are_some(rf: Any) -> None:
    class Form(forms.Form):
        words = forms.CharField(label="Words", required=False)

    assert "Clear" in printed("{% filters form %}", form=Form(), request=rf.get("/x/?words=a"))
    assert "Clear" not in printed("{% filters form %}", form=Form(), request=rf.get("/x/"))


def test_filters_fold_and_keep_what_the_page_names(rf: Any) -> None:
    class Form(forms.Form):
        words, place = forms.CharField(required=False), forms.CharField(required=False)

        @property
        def first_fields(self) -> list[forms.BoundField]:
            return [self["words"]]

        @property
        def more_fields(self) -> list[forms.BoundField]:
            return [self["place"]]

        @property
        def has_more(self) -> bool:
            return bool(self["place"].value())

    template = '{% filters form group="new" %}'
    folded = printed(template, form=Form({"words": "a"}), request=rf.get("/x/?words=a"))
    assert '<details class="filters-more"><summary>' in folded
    assert '<input type="hidden" name="group" value="new">' in folded
    assert 'href="/x/?group=new"' in folded
    used = printed(template, form=Form({"place": "a"}), request=rf.get("/x/?place=a"))
    assert '<details class="filters-more" open>' in used


def test_a_map_has_a_legend_a_layer_switch_and_a_table_of_its_points() -> None:
    layers = [
        {"kind": "outlines", "url": "/o", "label": "Counties"},
        {"kind": "cases", "url": "/c", "label": "Cases"},
    ]
    html = printed('{% map "m" config %}', config={"layers": layers})
    assert "Outline (approximate)" in html
    assert "Late" in html
    assert 'data-layer="1"' in html
    assert "map-list" in html
    assert "data-pick" not in html


def test_a_picker_has_buttons_for_those_who_cannot_click_a_map() -> None:
    config = {"layers": [{"kind": "outlines", "url": "/o"}], "pick": {"lon": "lon", "lat": "lat"}}
    html = printed('{% map "m" config %}', config=config)
    assert 'data-pick="here"' in html
    assert 'data-pick="middle"' in html
    assert "map-list" not in html


@pytest.mark.parametrize(("option", "rows"), CHART_ROWS)
def test_the_numbers_of_a_chart_are_there_as_rows(option: dict[str, Any], rows: list[list[Any]]) -> None:
    assert rows_of(option) == rows


def test_a_chart_says_its_finding_and_its_source() -> None:
    html = printed(
        '{% chart "c" option "More was closed" source="the journal" %}', option={"series": [{"data": [1]}]}
    )
    assert "<h3>More was closed</h3>" in html
    assert "the journal" in html
    assert 'data-save="csv"' in html
    assert 'href="/data.csv"' in printed('{% chart "c" option "T" download="/data.csv" %}', option={})


def test_a_chart_may_leave_its_numbers_to_a_table_of_the_page() -> None:
    html = printed(
        '{% chart "c" option "T" table="table-x" stamp="invented" %}',
        option={"tongqu": {"height": 320}, "series": [{"data": [1]}]},
    )
    assert 'aria-details="table-x"' in html
    assert 'data-stamp="invented"' in html
    assert "height: 320px" in html
    assert "<table" not in html


def test_a_fact_is_told_with_its_note_its_changes_and_its_photos() -> None:
    say({"thing.cleared": "{actor} cleared {subject}."})
    name_fields({"state": "State", "n": "Returns"}, {"state": str.upper})
    fact = Fact(
        "thing.cleared",
        before_values={"state": "open", "x": 1},
        after_values={"state": "done", "x": 2, "n": 1},
    )
    fact.evidence_hashes = ["b" * 64]
    html = printed("{% story facts %}", facts=[fact])
    assert "周值班 cleared 路边垃圾." in html
    assert "State: OPEN → DONE; Returns: 1" in html
    assert "已清运" in html
    assert f"/evidence/{'b' * 64}/thumb" in html


def test_a_verb_that_nobody_described_is_told_by_its_name() -> None:
    assert not has_sentence("thing.unheard_of")
    assert sentence("thing.unheard_of", actor="A", subject="B") == "A · thing.unheard_of · B"
    assert tell(Fact("thing.unheard_of", subject_label="")).sentence == "周值班 · thing.unheard_of · 7"


def test_unchanged_and_unnamed_fields_are_left_out() -> None:
    name_fields({"state": "State"})
    assert changes({"state": "a"}, {"state": "a", "secret": "b"}) == []


def test_a_braces_text_in_a_name_stays_as_it_is() -> None:
    say({"thing.cleared": "{actor} cleared {subject}."})
    assert sentence("thing.cleared", actor="{0}", subject="B") == "{0} cleared B."


def test_photos_carry_the_facts_that_are_known() -> None:
    known = dict(facts_of(Photo()))
    assert known["SHA-256"] == "a" * 64
    assert "28.300000, 118.300000" in known.values()
    assert "270° / -90°" in known.values()
    bare = Photo(
        taken_at=None, lon=None, lat=None, height_ground_m=None, gimbal_pitch_deg=None, width=None, camera=""
    )
    assert len(facts_of(bare)) == 2
    assert "-45°" in dict(facts_of(Photo(gimbal_yaw_deg=None, gimbal_pitch_deg=-45.0))).values()


def test_photos_are_marked_when_invented_and_absent_photos_are_told() -> None:
    assert "Demo data" in printed("{% photos photos %}", photos=[Photo()])
    assert "No photos." in printed("{% photos photos %}", photos=[])


def test_progress_shows_how_far_it_is_or_that_it_loads() -> None:
    assert 'value="0.4"' in printed('{% progress "/x" share=0.4 text="4 of 10" %}')
    assert "Loading" in printed('{% progress "/x" %}')
    assert printed("{% share 0.954 %}") == "95%"


def test_a_block_can_be_printed_twice() -> None:
    assert printed("{% capture as a %} x {% endcapture %}{{ a }}{{ a }}") == "xx"


def test_the_words_of_the_scripts_are_handed_over_in_the_readers_language() -> None:
    assert "Show on the map" in printed("{% shell_words %}")
