"""The phrases of reports in three languages, and how parts are put into them."""

from __future__ import annotations

from string import Formatter

from tongqu.systems.indicators.rules.reports.digits import LANGUAGES
from tongqu.systems.indicators.rules.reports.parts import Part, Sentence, Words

PHRASES: dict[str, tuple[str, str, str]] = {
    # key: Simplified Chinese, Traditional Chinese, English
    "end": ("。", "。", "."),
    "comma": ("，", "，", ", "),
    "colon": ("：", "：", ": "),
    "semicolon": ("；", "；", "; "),
    "list": ("、", "、", ", "),
    "value": ("{when}{name}{value}", "{when}{name}{value}", "{name}: {value} in {when}"),
    "value at": ("{when}{name}{value}", "{when}{name}{value}", "{name}: {value} at {when}"),
    "subject": ("{when}{name}", "{when}{name}", "{name} in {when}"),
    "comparable": ("按可比价格计算，{clause}", "按可比價格計算，{clause}", "{clause} at comparable prices"),
    "rose year": ("比上年增长{size}%", "比上年增長{size}%", "up {size}% on the year before"),
    "fell year": ("比上年下降{size}%", "比上年下降{size}%", "down {size}% on the year before"),
    "level year": ("与上年持平", "與上年持平", "unchanged on the year before"),
    "rose": ("同比增长{size}%", "年增{size}%", "up {size}% on the same months of the year before"),
    "fell": ("同比下降{size}%", "年減{size}%", "down {size}% on the same months of the year before"),
    "level": ("与上年同期持平", "與上年同期持平", "unchanged on the same months of the year before"),
    "points up year": ("比上年提高{size}个百分点", "比上年提高{size}個百分點", "up {size} percentage points on the year before"),
    "points down year": ("比上年降低{size}个百分点", "比上年降低{size}個百分點", "down {size} percentage points on the year before"),
    "points up": ("同比提高{size}个百分点", "年增{size}個百分點", "up {size} percentage points on the same months of the year before"),
    "points down": ("同比降低{size}个百分点", "年減{size}個百分點", "down {size} percentage points on the same months of the year before"),
    "by up year": ("比上年增加{size}", "比上年增加{size}", "up by {size} on the year before"),
    "by down year": ("比上年减少{size}", "比上年減少{size}", "down by {size} on the year before"),
    "by up": ("同比增加{size}", "年增{size}", "up by {size} on the same months of the year before"),
    "by down": ("同比减少{size}", "年減{size}", "down by {size} on the same months of the year before"),
    "computed": ("（推算）", "（推算）", " (reckoned)"),
    "provisional": ("（初步数）", "（初步數）", " (provisional)"),
    "estimated": ("（估计数）", "（估計數）", " (estimated)"),
    "forecast": ("（预测数）", "（預測數）", " (forecast)"),
    "break": ("（统计口径有调整）", "（統計口徑有調整）", " (break in the series)"),
    "invented": ("（演示数据，系虚构）", "（示範資料，屬虛構）", " (invented for the demonstration)"),
    "rank of growth": ("增速居{set}第{rank}位", "增速居{set}第{rank}位", "growth ranked no. {rank} of {set}"),
    "rank of value": ("居{set}第{rank}位", "居{set}第{rank}位", "ranked no. {rank} of {set}"),
    "rank of change": ("增量居{set}第{rank}位", "增量居{set}第{rank}位", "change ranked no. {rank} of {set}"),
    "rank of low": ("由低到高居{set}第{rank}位", "由低到高居{set}第{rank}位", "ranked no. {rank} of {set}, the lowest first"),
    "rank of low growth": ("增速由低到高居{set}第{rank}位", "增速由低到高居{set}第{rank}位", "growth ranked no. {rank} of {set}, the lowest first"),
    "rank of low change": ("增量由低到高居{set}第{rank}位", "增量由低到高居{set}第{rank}位", "change ranked no. {rank} of {set}, the lowest first"),
    "tied": ("（并列）", "（並列）", " (tied)"),
    "ranked of": ("（{count}个有数据）", "（{count}個有資料）", " (of {count} with a figure)"),
    "late": ("（按{when}数据）", "（按{when}資料）", " (by the figure of {when})"),
    "published": ("（据公布）", "（據公布）", " (as published)"),
    "moved up": ("位次较{before}前移{places}位", "位次較{before}前移{places}位", "up by {places} in rank on {before}"),
    "moved down": ("位次较{before}后移{places}位", "位次較{before}後移{places}位", "down by {places} in rank on {before}"),
    "kept place": ("位次与{before}持平", "位次與{before}持平", "the same rank as in {before}"),
    "year before": ("上年", "上年", "the year before"),
    "run year": ("连续{length}年居前{mark}位", "連續{length}年居前{mark}位", "{length} years in a row among the first {mark}"),
    "run half": ("连续{length}个半年度居前{mark}位", "連續{length}個半年度居前{mark}位", "{length} half-years in a row among the first {mark}"),
    "run quarter": ("连续{length}个季度居前{mark}位", "連續{length}季居前{mark}位", "{length} quarters in a row among the first {mark}"),
    "run month": ("连续{length}个月居前{mark}位", "連續{length}個月居前{mark}位", "{length} months in a row among the first {mark}"),
    "missing": ("{when}{name}：本库没有数据", "{when}{name}：本庫沒有資料", "{name} in {when}: the store holds no figure"),
    "missing of": ("另有{count}项指标没有数据：{names}", "另有{count}項指標沒有資料：{names}", "Without figures: {count} ({names})"),
    "unranked of": ("有数据而未排名的{count}项：{names}", "有資料而未排名的{count}項：{names}", "With figures but no rank: {count} ({names})"),
    "no set": ("未作排名：没有选定比较的区划组，或该地区不在其中", "未作排名：沒有選定比較的區劃組，或該地區不在其中", "No ranks: no set to compare with was chosen, or the division is not in it"),
    "nothing": ("{when}，{division}没有可报告的数据", "{when}，{division}沒有可報告的資料", "{division} has no figures to report for {when}"),
    "tally growth": ("{when}，{division}{count}项主要指标增速", "{when}，{division}{count}項主要指標增速", "{when}, {division}: growth of {count} main indicators"),
    "tally": ("{when}，{division}{count}项主要指标", "{when}，{division}{count}項主要指標", "{when}, {division}: {count} main indicators"),
    "tally growth of": ("{when}，{division}{all}项主要指标中，有排名的{count}项增速", "{when}，{division}{all}項主要指標中，有排名的{count}項增速", "{when}, {division}: growth of {count} of {all} main indicators that have a rank"),
    "tally of": ("{when}，{division}{all}项主要指标中，有排名的{count}项", "{when}，{division}{all}項主要指標中，有排名的{count}項", "{when}, {division}: {count} of {all} main indicators that have a rank"),
    "all within": ("全部进入{set}前{mark}", "全部進入{set}前{mark}", ", all among the first {mark} of {set}"),
    "some within": ("有{within}项进入{set}前{mark}", "有{within}項進入{set}前{mark}", ", {within} among the first {mark} of {set}"),
    "none within": ("均未进入{set}前{mark}", "均未進入{set}前{mark}", ", none among the first {mark} of {set}"),
    "also within": ("{within}项进入前{mark}", "{within}項進入前{mark}", "{within} among the first {mark}"),
    "first": ("{within}项居第{one}", "{within}項居第{one}", "{within} ranked first"),
    "which first": ("居第{one}的是{names}", "居第{one}的是{names}", "Ranked first: {names}"),
    "which within": ("进入前{mark}的还有{names}", "進入前{mark}的還有{names}", "also among the first {mark}: {names}"),
    "which near": ("进入前{mark}的是{names}", "進入前{mark}的是{names}", "Among the first {mark}: {names}"),
    "which worst": ("位次最后的是{names}，居第{rank}位", "位次最後的是{names}，居第{rank}位", "ranked lowest: {names}, no. {rank}"),
    "of directions": ("可比的{count}项指标中，{better}项向好", "可比的{count}項指標中，{better}項向好", "Of {count} that can be compared, {better} became better"),
    "became worse": ("{worse}项走弱", "{worse}項走弱", "{worse} worse"),
    "stayed": ("{same}项持平", "{same}項持平", "{same} stayed the same"),
    "from to": ("从{first}的{low}{turned}到{last}的{high}", "從{first}的{low}{turned}到{last}的{high}", "{turned} from {low} in {first} to {high} in {last}"),
    "years told": ("{division}有{count}项指标的数据跨越多年", "{division}有{count}項指標的資料跨越多年", "{count} indicators of {division} are known over many years"),
    "years doubled": ("其中{count}项成倍增长", "其中{count}項成倍增長", "{count} of them at least doubled"),
    "turned up": ("增加", "增加", "rose"),
    "turned up share": ("提高", "提高", "rose"),
    "turned down": ("下降", "下降", "fell"),
    "turned nowhere": ("持平", "持平", "stayed level"),
    "is times": ("是{first}的{times}倍", "是{first}的{times}倍", "{times} times as much as in {first}"),
    "yearly up": ("年均增长{rate}%", "年均增長{rate}%", "{rate}% a year on average"),
    "yearly down": ("年均下降{rate}%", "年均下降{rate}%", "down {rate}% a year on average"),
    "prices current": ("（按现价计算）", "（按現價計算）", " (at current prices)"),
    "points in all up": ("提高{size}个百分点", "提高{size}個百分點", "up {size} percentage points"),
    "points in all down": ("降低{size}个百分点", "降低{size}個百分點", "down {size} percentage points"),
    "two only": ("仅有首尾年份的数据", "僅有首尾年份的資料", "only the first and the last year are known"),
    "gaps": ("其间有{count}年缺少数据", "其間有{count}年缺少資料", "years between without a figure: {count}"),
    "rank then now": ("位次由{first}的第{before}位变为{last}的第{rank}位", "位次由{first}的第{before}位變為{last}的第{rank}位", "from no. {before} in {first} to no. {rank} in {last} of {set}"),
    "rank kept": ("{first}、{last}均居{set}第{rank}位", "{first}、{last}均居{set}第{rank}位", "no. {rank} of {set} in both {first} and {last}"),
}  # fmt: skip


def say(key: str, language: str, **parts: Part | Sentence) -> Sentence:
    """Return a phrase with its places filled; a place may take several parts, or none.

    >>> from tongqu.systems.indicators.rules.reports.parts import Name, plain_text
    >>> plain_text(say("nothing", "zh-hans", when=(), division=Name("衢州市")))
    '，衢州市没有可报告的数据'
    """
    found: list[Part] = []
    for words, place, _, _ in Formatter().parse(PHRASES[key][LANGUAGES.index(language)]):
        if words:
            found.append(Words(words))
        if place is not None:
            part = parts[place]
            found.extend(part if isinstance(part, tuple) else (part,))
    return tuple(found)


def listed(items: list[Sentence], language: str, between: str = "list") -> Sentence:
    """Return items one after the other, with the language's mark between them."""
    found: list[Part] = []
    for number, item in enumerate(items):
        if number:
            found.extend(say(between, language))
        found.extend(item)
    return tuple(found)


def said(clauses: list[Sentence], language: str, mark: Sentence = ()) -> Sentence:
    """Return clauses as one sentence, with a mark before its end."""
    return listed([each for each in clauses if each], language, "comma") + mark + say("end", language)
