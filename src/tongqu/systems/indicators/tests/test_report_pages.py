"""The pages of reports: the list, a text with its claims, and acts on them without loading the page anew; the API and the command."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.journal.models import Fact
from tongqu.systems.indicators.actions.claims import confirm_claims
from tongqu.systems.indicators.actions.reports import ReportOrigin, read_report
from tongqu.systems.indicators.commands import app
from tongqu.systems.indicators.models.report import Report
from tongqu.systems.indicators.pages.report_parts import Shown, period_words, pieces_of
from tongqu.systems.indicators.rules.claims.settling import ClaimState, Standing
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.tests.makers import row, told
from tongqu.systems.indicators.tests.report_makers import TEXT, a_report, claim, define_cities

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def seen(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == status, address
    return answer.content.decode()


def sent(client: Client, address: str, said: dict[str, object], status: int = 200, **headers: str) -> str:
    answer = client.post(address, said, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.fixture
def kept(client: Client, town: Town, at: datetime) -> Report:
    """Sign a keeper in, and keep a report whose growth of GDP differs from the store."""
    define_cities(at)
    told([row("gdp", "3308", "2021", "8.8", Kind.YOY)], at, days=1)
    client.force_login(town.region_admin)
    return a_report(at, town.region_admin).report


def test_a_text_is_pasted_and_read(client: Client, town: Town, at: datetime) -> None:
    define_cities(at)
    home = "/indicators/reports/"
    client.force_login(town.outsider)
    assert "Read a report" not in seen(client, home)
    client.force_login(town.region_admin)
    assert "Read a report" in seen(client, home)
    said = {"title": "运行情况", "known_on": "2020-01-22", "text": TEXT}
    assert "one of the two" in sent(client, home, {**said, "text": ""}, 422)
    assert "from the future" in sent(client, home, {**said, "known_on": "2999-01-01"}, 422)
    image = SimpleUploadedFile("a.png", b"x")
    assert "no kind that can be read" in sent(client, home, {**said, "text": "", "file": image}, 422)
    assert client.post(home, said).status_code == 302
    report = Report.objects.get()
    assert "运行情况" in seen(client, home)
    assert client.post(home, said).url == f"{home}{report.pk}/"  # type: ignore[attr-defined]
    assert client.get(f"{home}?export=xlsx").content.startswith(b"PK")
    client.force_login(town.outsider)
    seen(client, f"{home}{report.pk}/", 404)
    assert "运行情况" not in seen(client, home)


def test_claims_are_marked_by_word_and_sign_and_lead_both_ways(
    client: Client, kept: Report, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    home = f"/indicators/reports/{kept.pk}/"
    growth = claim(kept, "8.7%")
    with django_assert_max_num_queries(30):
        page = seen(client, f"{home}?at={growth.start}")
    assert f'id="m{growth.pk}" class="claim-mark is-differs was-new"' in page
    assert "(differs, to be decided)" in page
    assert "store: 8.8%, difference -0.1%" in page
    assert "had the report “运行情况” read." in page
    assert "Contradicted by" not in page
    assert f'data-chosen="{growth.pk}"' in page
    listed = seen(client, f"{home}?standing=differs&state=new&kind=yoy")
    assert listed.count('<li id="c') == 1
    assert "No claim is like that" in seen(client, f"{home}?standing=agrees")
    detail = seen(client, f"{home}claims/{growth.pk}/", **HTMX)
    assert "/indicators/gdp/figure/?division=3308&amp;period=2021&amp;kind=yoy" in detail
    assert "<html" not in detail
    assert client.get(f"{home}claims/{growth.pk}/").url == f"{home}?claim={growth.pk}"  # type: ignore[attr-defined]
    seen(client, f"{home}claims/0/", 404, **HTMX)
    target = seen(client, f"{home}claims/{claim(kept, '7%').pk}/", **HTMX)
    assert "Targets are no figures" in target


def test_a_rank_says_by_what_and_among_whom_and_others_contradict(
    client: Client, kept: Report, town: Town, at: datetime
) -> None:
    home = f"/indicators/reports/{kept.pk}/"
    rank = claim(kept, "全省第2位")
    detail = seen(client, f"{home}claims/{rank.pk}/", **HTMX)
    assert "growth of Gross regional product among 浙江省设区市" in detail
    assert "/indicators/rank-growth" not in detail
    sent(client, f"{home}claims/{rank.pk}/confirm/", {}, **HTMX)
    assert "/indicators/rank-growth-gdp-" in seen(client, f"{home}claims/{rank.pk}/", **HTMX)
    by_change = {
        "kind": "rank",
        "indicator": "gdp",
        "division": "3308",
        "period": "2021",
        "rank": 4,
        "set": "zj-cities",
    }
    for measure, said in (("change", "change of Gross"), ("value", "Gross regional product among")):
        address = f"{home}claims/{rank.pk}/mend/"
        assert said in sent(client, address, {**by_change, "measure": measure}, **HTMX)
    a_report(
        at, town.region_admin, "2021年衢州固定资产投资增长11.5%。城镇化率提高1.2个百分点。", name="b.txt"
    )
    page = seen(client, home)
    assert "another report says 11.5%" in page
    assert "Contradicted by" in seen(client, f"{home}claims/{claim(kept, '10.1%').pk}/", **HTMX)


def test_claims_are_settled_without_loading_the_page(client: Client, kept: Report) -> None:
    home = f"/indicators/reports/{kept.pk}/"
    growth, invested = claim(kept, "8.7%"), claim(kept, "10.1%")
    done = sent(client, f"{home}claims/{growth.pk}/confirm/", {}, **HTMX)
    assert f'id="m{growth.pk}" class="claim-mark is-differs was-confirmed"' in done
    assert 'hx-swap-oob="true"' in done
    assert "New figures: 1" in done
    mend = {
        "kind": "yoy",
        "indicator": "固定资产投资",
        "division": "3308",
        "period": "2021",
        "value": "x",
        "unit": "%",
    }
    address = f"{home}claims/{invested.pk}/mend/"
    assert "Write a number such as 105.2." in sent(client, address, mend, **HTMX)
    assert "Write a number such as 105.2." in sent(client, address, mend, 422)
    mended = sent(client, address, {**mend, "value": "10.2", "note": "手误"}, **HTMX)
    assert "As it was read" in mended
    assert "手误" in mended
    assert sent(client, f"{home}claims/{growth.pk}/reject/", {"reason": ""}, **HTMX).count("field-error") == 1
    assert "rejected" in sent(client, f"{home}claims/{growth.pk}/reject/", {"reason": "口径"}, **HTMX)
    assert "already" in sent(client, f"{home}claims/{growth.pk}/reject/", {"reason": "口径"}, **HTMX)
    answer = client.post(f"{home}claims/{growth.pk}/confirm/")
    assert answer.url == f"{home}?claim={growth.pk}"  # type: ignore[attr-defined]
    whole = sent(client, f"{home}confirm/", {}, **HTMX)
    assert 'id="reader"' in whole
    assert "Confirmed: 4." in whole
    assert client.post(f"{home}confirm/").status_code == 302
    assert "in the text of the report" in seen(
        client, "/indicators/electricity/figure/?division=3308&period=2021"
    )
    assert "运行情况" in seen(client, f"/evidence/{kept.evidence.sha256}/")


def test_those_who_only_read_see_no_acts(client: Client, town: Town, kept: Report) -> None:
    clerk_sees = kept.evidence.custody_path
    client.force_login(town.county_leader if clerk_sees else town.region_admin)
    for person in (town.county_leader, town.desk_officer):
        client.force_login(person)
        address = f"/indicators/reports/{kept.pk}/"
        if Report.objects.visible_to(person).exists():
            assert "claim-acts" not in seen(client, f"{address}?claim={claim(kept, '8.7%').pk}")
            sent(client, f"{address}confirm/", {}, 403)


def test_a_restricted_report_is_seen_by_few_and_each_look_is_journaled(
    client: Client, town: Town, at: datetime
) -> None:
    origin, admin = ReportOrigin("内部", at), town.region_admin
    text = "2021年衢州税收增长5%。".encode()
    report = read_report(text, "r.txt", origin, restricted=True, by=admin, at=at).report
    address = f"/indicators/reports/{report.pk}/"
    client.force_login(town.township_clerk)
    seen(client, address, 404)
    seen(client, f"/api/v1{address}claims", 404)
    client.force_login(admin)
    seen(client, address)
    sent(client, f"{address}confirm/", {}, **HTMX)
    assert Fact.objects.filter(verb="evidence.viewed", subject_id=report.evidence.sha256).count() == 1


def test_the_api_reads_compares_and_settles(client: Client, kept: Report) -> None:
    home = "/api/v1/indicators/reports"
    growth, invested = claim(kept, "8.7%"), claim(kept, "10.1%")
    file = SimpleUploadedFile("b.txt", "2021年衢州固定资产投资增长11.5%。".encode())
    answer = client.post(home, {"file": file, "title": "b"})
    assert (answer.status_code, answer.json()["waiting"]) == (201, 1)
    other = answer.json()["id"]
    rows = {each["text"]: each for each in client.get(f"{home}/{kept.pk}/claims").json()}
    assert rows["8.7%"]["figures"][0] == {
        "indicator": "gdp", "division": "3308", "period": "2021", "kind": "yoy", "value": "8.7", "known": "8.8",
        "computed": False, "difference": "-0.1",
    }  # fmt: skip
    assert rows["10.1%"]["contradicted_by"][0]["report"] == other
    assert client.get(f"{home}/{kept.pk}").json()["text"] == TEXT
    assert [each["id"] for each in client.get(home).json()["items"]] == [other, kept.pk]
    kind = "application/json"
    done = client.post(f"{home}/{kept.pk}/confirm", {"claims": [growth.pk]}, content_type=kind)
    assert done.json()["revised"] + done.json()["added"] == 1
    mend = {
        "kind": "yoy",
        "indicator": "fixed-investment",
        "division": "3308",
        "period": "2021",
        "value": "11.5",
        "unit": "%",
    }
    address = f"{home}/{kept.pk}/claims/{invested.pk}"
    assert client.post(f"{address}/mend", mend, content_type=kind).json()["added"] == 1
    assert client.post(f"{address}/mend", {**mend, "period": "soon"}, content_type=kind).status_code == 422
    assert client.post(f"{address}/reject", {"reason": "重复"}, content_type=kind).status_code == 204
    assert (
        client.post(f"{home}/{kept.pk}/claims/0/reject", {"reason": "x"}, content_type=kind).status_code
        == 404
    )
    assert client.get(f"{home}/0/claims").status_code == 404


def test_the_command_keeps_a_report(kept: Report, town: Town, tmp_path: Path) -> None:
    file = tmp_path / "c.txt"
    file.write_text("2021年衢州固定资产投资增长12%。", encoding="utf-8")
    keeper = ["--keep", "--by", town.region_admin.username]
    done = CliRunner().invoke(app, ["read", str(file), *keeper, "--known-at", "2020-01-22"])
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(line["indicator"], line["value"], line["unit"]) for line in lines] == [("固定资产投资", 12, "%")]
    assert Report.objects.get(title="c").claims.count() == 1
    for wrong in (["--keep", "--by", "nobody"], [*keeper, "--divisions", "x.csv"]):
        assert CliRunner().invoke(app, ["read", str(file), *wrong]).exit_code == 1
    confirm_claims(kept, None, by=town.region_admin, at=kept.made_at)
    assert kept.claims.filter(state=ClaimState.CONFIRMED).exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2012/2021", "2012–2021"),
        ("2021-01/2021-09", "months 1–9 2021"),
        ("去年", "去年"),
        ("2021-06-30", "6/2021"),
    ],
)
def test_periods_are_said_as_readers_say_them(text: str, words: str) -> None:
    assert period_words(text) == words


def test_claims_that_overlap_are_marked_once() -> None:
    def at(start: int, text: str) -> Shown:
        return Shown(1, start, text, "?", Standing.UNKNOWN, "", ClaimState.NEW, "", "", "", "", is_ready=True)

    pieces = pieces_of("增长5%和6%", [at(2, "5%"), at(3, "%和"), at(5, "6%")])
    assert "".join(piece.text for piece in pieces) == "增长5%和6%"
    assert [piece.text for piece in pieces if piece.claim] == ["5%", "6%"]
