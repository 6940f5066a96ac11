"""Titles, and comparisons with other places, times and wholes."""

from __future__ import annotations

from tongqu.systems.indicators.tests.specs.example import ReadSpec

COMPARISONS = (
    ReadSpec(
        "a title without a period",
        "衢州市经济运行情况分析\n2022年税收增长5%。",
        (
            "5%|衢州市|税收|2022|yoy|5 %",
        ),
    ),
    ReadSpec(
        "a title with an older period",
        "2021年政府工作报告\n2022年1月9日\n税收增长5%。",
        (
            "5%||税收|2021|yoy|5 %",
        ),
    ),
    ReadSpec(
        "how far it is from another",
        "2022年在全国297个地级及以上城市信用指数排名中,宿迁市列第8位,较2021年上升12位。",
        (
            "第8位|宿迁市|信用指数|2022|rank|||8 全国297个地级及以上城市",
            "12位|宿迁市|信用指数|2022|change|12 位",
        ),
    ),
    ReadSpec(
        "a comparison before and inside the name",
        "2022年衢州较2015年的税收30亿元,出口比上年总量增长5%。",
        (
            "30亿元|衢州市|税收|2022|level|30 亿元",
            "5%|衢州市|出口总量|2022|yoy|5 %",
        ),
    ),
    ReadSpec(
        "a third that is an ordinal",
        "2022年第三分之二段,收入3亿元。",
        (
            "3亿元||收入|2022|level|3 亿元",
        ),
    ),
    ReadSpec(
        "what drives growth",
        "2022年宜宾市第一产业增加值385.2亿元,同比增长4.4%,拉动经济增长0.5个百分点。",
        (
            "385.2亿元|宜宾市|第一产业增加值|2022|level|385.2 亿元",
            "4.4%|宜宾市|第一产业增加值|2022|yoy|4.4 %",
            "0.5个百分点|宜宾市|拉动经济增长|2022|change|0.5 个百分点",
        ),
    ),
    ReadSpec(
        "so many of a set",
        "2022年宜宾市10个县(区)中有7个增速高于全市平均水平。",
        (
            "7个|宜宾市|县(区)|2022|count|7 个",
        ),
    ),
    ReadSpec(
        "shares of two wholes",
        "2022年宜宾市动力电池产值占全国的15.5%、全球的近10%。",
        (
            "15.5%|宜宾市|动力电池产值|2022|share|15.5 %",
            "10%|宜宾市|动力电池产值|2022|share|10 %|||≈",
        ),
    ),
    ReadSpec(
        "to nothing",
        "2022年宜宾市贫困发生率由10.7%下降到0,专利翻了一番多。",
        (
            "10.7%下降到0|宜宾市|贫困发生率|2022|change|0 %|10.7",
            "翻了一番多|宜宾市|专利|2022|change|1 番|||≈",
        ),
    ),
    ReadSpec(
        "a rank that rose",
        "2022年宜宾市研发投入强度1.55%,排名从全省第8上升到第4。",
        (
            "1.55%|宜宾市|研发投入强度|2022|level|1.55 %",
            "全省第8上升到第4|宜宾市|研发投入强度|2022|rank|||4 全省",
        ),
    ),
    ReadSpec(
        "a subject one clause before",
        "2021年渭南市粮食产量实现十连增,达147.6万吨;某产业营收突破万亿元,,达到10247亿元。",
        (
            "147.6万吨|渭南市|粮食产量|2021|level|147.6 万吨",
            "万亿元|渭南市|某产业营收|2021|level|1 万亿元|||≈",
            "10247亿元|渭南市|某产业营收|2021|level|10247 亿元",
        ),
    ),
    ReadSpec(
        "an average above",
        "2021年税收增长8.7%,高于全国0.6个百分点。",
        (
            "8.7%||税收|2021|yoy|8.7 %",
            "0.6个百分点||税收增速|2021|change|0.6 个百分点",
        ),
    ),
    ReadSpec(
        "than the quarter before",
        "2022年第三季度失业率3.9%,较上一季下跌0.8个百分点,订单按季增加近一倍。",
        (
            "3.9%||失业率|2022-Q3|level|3.9 %",
            "0.8个百分点||失业率|2022-Q3|change|-0.8 个百分点",
            "一倍||订单|2022-Q3|change|1 倍|||≈",
        ),
    ),
    ReadSpec(
        "compared with a growth",
        "2023年物价指数上升2.1%,较2022年的1.9%略高。",
        (
            "2.1%||物价指数|2023|yoy|2.1 %",
            "1.9%||物价指数|2022|yoy|1.9 %",
        ),
    ),
)  # fmt: skip
