"""What is said of a figure, as a table of examples; the figures are made up."""

from __future__ import annotations

from dataclasses import dataclass

from tongqu.systems.indicators.rules.definition import Definition, Kind, Status
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.tests.card_makers import DEPOSITS, GDP, PM25, RATIO, RETAIL, URBANISATION


@dataclass(frozen=True)
class Told:
    """A figure of the table: its value, whether it was reckoned, its status, whether it is invented."""

    value: str
    computed: bool = False
    status: Status = Status.NORMAL
    invented: bool = False


@dataclass(frozen=True)
class SaySpec:
    """An indicator with its figures, and what is said of it."""

    of: Definition
    text: str
    period: str = "2021"
    value: Told | None = None
    growth: Told | None = None
    change: Told | None = None
    rank: int | None = None
    rank_of: int = 11
    members: int = 11
    measure: Measure = Measure.GROWTH
    before: int | None = None
    before_period: str = "2020"
    run: int = 0
    tied: bool = False
    late: str = ""
    published: bool = False
    language: str = "zh-hans"


SAYINGS = (
    SaySpec(
        GDP, "全年地区生产总值1875.61亿元，按可比价格计算，比上年增长8.7%，增速居全省第2位（并列），位次较上年前移1位，连续3年居前三位。",
        value=Told("1875.61"), growth=Told("8.7"), rank=2, before=3, run=3, tied=True,
    ),
    SaySpec(
        GDP, "全年地區生產總值1875.61億元，按可比價格計算，比上年增長8.7%，增速居全省第2位。",
        value=Told("1875.61"), growth=Told("8.7"), rank=2, language="zh-hant",
    ),
    SaySpec(
        GDP,
        "Gross regional product: 1875.61 100 million yuan in 2021, up 8.7% on the year before at comparable prices, "
        "growth ranked no. 2 of 全省 (tied), down by 1 in rank on the year before.",
        value=Told("1875.61"), growth=Told("8.7"), rank=2, before=1, tied=True, language="en",
    ),
    SaySpec(
        GDP, "前三季度地区生产总值1300.5亿元，按可比价格计算，同比增长8.0%（初步数），增速居全省第4位，位次较上半年后移2位。",
        period="2021-01/P9M", value=Told("1300.5"), growth=Told("8.0", status=Status.PROVISIONAL), rank=4, before=2,
        before_period="2021-S1",
    ),
    SaySpec(
        GDP, "一季度地区生产总值400亿元，增速居全省第1位，位次与2020年持平，连续2个季度居前三位。",
        period="2021-Q1", value=Told("400"), rank=1, before=1, run=2,
    ),
    SaySpec(RETAIL, "全年社会消费品零售总额760亿元，比上年下降2.1%（推算）。", value=Told("760"), growth=Told("-2.149", computed=True)),
    SaySpec(RETAIL, "全年社会消费品零售总额760亿元，与上年持平（推算）。", value=Told("760"), growth=Told("0.04", computed=True)),
    SaySpec(RETAIL, "1—5月社会消费品零售总额比上年同期无变化。".replace("比上年同期无变化", "与上年同期持平"), period="2021-01/P5M", growth=Told("0.0")),
    SaySpec(RETAIL, "全年社会消费品零售总额同比".replace("同比", "比上年增长9.3%（估计数）。"), growth=Told("9.3", status=Status.ESTIMATED)),
    SaySpec(RETAIL, "Retail sales in 2021, up 9.3% on the year before.", growth=Told("9.3"), language="en"),
    SaySpec(RETAIL, "全年社会消费品零售总额760亿元，比上年增加31亿元。", value=Told("760"), change=Told("31")),
    SaySpec(RETAIL, "5月社会消费品零售总额60亿元，同比减少3亿元。", period="2021-05", value=Told("60"), change=Told("-3")),
    SaySpec(RETAIL, "全年社会消费品零售总额：本库没有数据。"),
    SaySpec(
        RETAIL, "全年社会消费品零售总额760亿元，增速居全省第1位（据公布）（演示数据，系虚构）。",
        value=Told("760", invented=True), rank=1, rank_of=0, published=True,
    ),
    SaySpec(
        RETAIL, "全年社会消费品零售总额760亿元（统计口径有调整），增速居全省第2位（9个有数据）（按2020年数据）。",
        value=Told("760", status=Status.BREAK), rank=2, rank_of=9, late="2020",
    ),
    SaySpec(RETAIL, "全年社会消费品零售总额760亿元（预测数），增量居全省第2位。", value=Told("760", status=Status.FORECAST), rank=2, measure=Measure.CHANGE),
    SaySpec(
        URBANISATION, "年末城镇化率58.1%，比上年提高1.1个百分点，居全省第9位。",
        value=Told("58.1"), change=Told("1.1"), rank=9, measure=Measure.VALUE,
    ),
    SaySpec(URBANISATION, "城镇化率: 58.1% at the end of 2021, down 1.1 percentage points on the year before.", value=Told("58.1"), change=Told("-1.1"), language="en"),
    SaySpec(URBANISATION, "6月末城镇化率58.1%，同比降低0.3个百分点。", period="2021-S1", value=Told("58.1"), change=Told("-0.3")),
    SaySpec(URBANISATION, "6月末城镇化率58.1%，同比提高0.3个百分点。", period="2021-S1", value=Told("58.1"), change=Told("0.3")),
    SaySpec(DEPOSITS, "6月末存款余额100亿元，同比增加3亿元。", period="2021-S1", value=Told("100"), change=Told("3")),
    SaySpec(DEPOSITS, "年末存款余额100亿元，比上年减少3亿元。", value=Told("100"), change=Told("-3")),
    SaySpec(RATIO, "全年城乡居民收入倍差1.86（推算），比上年减少0.02，由低到高居全省第2位。", value=Told("1.8571", computed=True), change=Told("-0.0189", computed=True), rank=2, measure=Measure.VALUE),
    SaySpec(RATIO, "城乡居民收入倍差: 1.86 in 2021.", value=Told("1.86"), language="en"),
    SaySpec(PM25, "全年PM2.5平均浓度24微克/立方米，比上年下降7.7%（推算），增速由低到高居全省第3位。", value=Told("24"), growth=Told("-7.69", computed=True), rank=3),
    SaySpec(PM25, "全年PM2.5平均浓度24微克/立方米，增量由低到高居全省第3位。", value=Told("24"), rank=3, measure=Measure.CHANGE),
)  # fmt: skip

KINDS = {"growth": Kind.YOY, "change": Kind.CHANGE}
