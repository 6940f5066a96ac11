"""Periods in plain text: years, quarters, months, plans, and those that a text names by its own date."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tongqu.systems.indicators.rules.claims.numerals import whole


@dataclass(frozen=True)
class Now:
    """What a text's relative words go by: its `year` (今年), its `main` period, whether years are those of the
    Republic, and whether it says when it was written."""

    year: int | None = None
    main: str = ""
    minguo: bool = False
    dated: bool = True

    @property
    def last(self) -> int | None:
        """The last full year: of an undated text the latest that it names."""
        return self.ago(1) if self.dated else self.year

    def ago(self, years: int) -> int | None:
        """Return the year so many years ago, where the text's year is known."""
        return None if self.year is None else self.year - years


@dataclass(frozen=True)
class Period:
    """A period at its place in plain text.

    `name` is written as `2021`, `2021-Q1`, `2021-06`, `2021-06-30`, `2021-01/2021-06` or `2012/2021`; `year` is its last year.
    `base`: something is compared with it. `event`: a day or month of something that happened, which does not last
    beyond its sentence. `since` is the first year of "从…年的" and "…年以来".
    """

    start: int
    end: int
    name: str
    year: int | None = None
    base: bool = False
    event: bool = False
    since: bool = False


_D = r"(?:19|20)[0-9]{2}|(?:一九|二[○零])[○零一二三四五六七八九]{2}"
_N = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_RELATIVE = {
    "今年": 0, "本年": 0, "当年": None, "同年": None, "去年": 1, "上年": 1, "前年": 2, "明年": -1, "过去一年": 1, "一年来": 1, "这一年": None,
}  # fmt: skip
_WORDS = "|".join(_RELATIVE)
_PART = (
    r"(?P<part>上半年|下半年|前三季度?|前三个季度|前两季度|首季度?|(?<!先)[前首](?:[一二两三四五六七八九十]{1,2}|[0-9]{1,2})个?月|第?[一二三四1-4]季度?(?!稻)"
    rf"|(?P<m1>{_N})月?份?[-~至到](?P<m2>{_N})月份?|(?P<m>{_N})月(?:份|底|末|中旬|上旬|下旬|初)?(?:(?P<d>[0-9]{{1,2}})[日号]|[底止]?的(?P<run>[三六])个月)?)"
)
_PLANS = {"十一五": 2006, "十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
_CONGRESSES = {"十七": 2007, "十八": 2012, "十九": 2017, "二十": 2022}
_PATTERN = re.compile(
    rf"(?P<from>{_D})年?(?:-|~|至|到)(?P<to>{_D})年"
    rf"|[“\"]?(?P<plan>十[一二三四五]五)[”\"]?(?:规划)?(?P<plan_tail>时期|期间|以来|末|收官之?年|开局之?年|前[一二两三四]年)"
    rf"|(?:党的)?(?P<congress>十七|十八|十九|二十)大以来"
    rf"|(?:过去|近|最近|这|前)?(?P<years>{_N})(?P<years_tail>年来|年间)"
    rf"|(?:过去|近|最近|这)(?P<years2>(?!一)[二两三四五六七八九十]{{1,2}}|[2-9]|1[0-9])年(?!前|级|龄|初|中|底)"
    rf"|前(?P<first_years>[二两三四])年(?=年均|累计)"
    rf"|[去今本前上]\((?P<bracket>1[01][0-9])\)年"
    rf"|(?:(?P<year>{_D})年?度?(?=年|度)年?度?|(?P<roc>民国)?(?P<minguo>(?<![0-9])1[01][0-9]|(?<=民国)[0-9]{{2,3}})年度?|(?P<word>{_WORDS}))"
    rf"(?:同期|的?{_PART}|(?P<edge>年?[底末初]))?(?P<since>起|至今|[^,。;:、0-9“”\n]{{0,8}}?以来)?"
    rf"|{_PART.replace('?P<part>', '?P<part0>').replace('?P<m1>', '?P<m10>').replace('?P<m2>', '?P<m20>').replace('?P<m>', '?P<m0>').replace('?P<d>', '?P<d0>').replace('?P<run>', '?P<run0>')}"
    r"|(?P<all>全年度?)(?!龄|目标|计划|任务|预算)|(?P<newly>近日|日前|如今|目前|当前|截至目前)|(?P<yearend>年[底末初](?!的))"
)
_BASE_BEFORE = re.compile(r"(?:比|较|与|同|相当于|是|为|恢复至|恢复到|回到|高于|低于|对比)$")
_NEWS = re.compile(
    r"(?:电|讯|(?:上午|下午|晚|,|[^,。;、\n]{0,4}[省市县区州处局院会委])?[^,。;、:\n0-9]{0,16}?(?:召开|举行|发布|公布|获悉|开幕|发表|通报))"
)
"""What follows the day of the news itself, which is no period of its figures."""
_BASE_AFTER = re.compile(r"的?(?:同期|相比|年?末?相比|的?[0-9.]+倍)")


def periods_in(text: str, now: Now) -> list[Period]:
    """Return the periods that a plain text names, in order. Without a year in the words the last one named counts.

    >>> [p.name for p in periods_in("2021年前三季度增长5%,比2019年同期高;一季度", Now())]
    ['2021-01/2021-09', '2019', '2021-Q1']
    >>> [p.name for p in periods_in("今年上半年;去年12月底;十三五期间;十年来", Now(2022))]
    ['2022-01/2022-06', '2021-12', '2016/2020', '2012/2021']
    """
    found: list[Period] = []
    year = year_of(now.main) or now.year
    for match in _PATTERN.finditer(text):
        if _is_no_period(text, match):
            continue
        # A bare day is one of the year of writing; a bare month or quarter belongs to the year last named.
        period = _period(match, now, now.year if match["d0"] and now.year else year)
        before = text[max(0, match.start() - 3) : match.start()]
        base = (
            bool(_BASE_BEFORE.search(before) or _BASE_AFTER.match(text, match.end()))
            or match["word"] == "上年"
        )
        period = replace(period, base=base)
        if period.event and _NEWS.match(text, match.end()):
            period = replace(period, name="")
        if (
            period.year is not None
            and not base
            and before[-1:] not in {"从", "由"}
            and not is_ahead(period, now)
        ):
            year = period.year
        found.append(period)
    return found


def year_of(name: str) -> int | None:
    """Return the last year in the name of a period, if there is one.

    >>> year_of("2012/2021"), year_of("2021-Q1"), year_of("去年"), year_of("")
    (2021, 2021, None, None)
    """
    years = re.findall(r"(?:19|20)[0-9]{2}", name)
    return int(years[-1]) if years else None


_YEARS = re.compile("[0-9]{4}/[0-9]{4}")


def spans_years(name: str) -> bool:
    """Say whether the name of a period is that of a span of whole years.

    >>> spans_years("2012/2021"), spans_years("2021-01/2021-06"), spans_years("2021")
    (True, False, False)
    """
    return bool(_YEARS.fullmatch(name))


def is_ahead(period: Period, now: Now) -> bool:
    """Say whether a period lies after the year that a text was written in, as those of plans do."""
    return now.year is not None and period.year is not None and period.year > now.year


def _is_no_period(text: str, match: re.Match[str]) -> bool:
    """Say whether words only look like a period: a month's name needs no more figures before it, "三季" a quarter."""
    before = text[max(0, match.start() - 1) : match.start()]
    if match["minguo"] and not match["roc"]:
        return before.isdecimal()
    bare = match["part0"]
    return bool(bare) and (before.isdecimal() or (before in {".", "第", "上", "下"} and bare[0] != "第"))


def _period(match: re.Match[str], now: Now, year: int | None) -> Period:
    """Return the period of a match; `year` is the one that words without a year mean."""
    make: list[tuple[str, Callable[[], Period]]] = [
        ("from", lambda: _span(match, whole(match["from"]), whole(match["to"]))),
        ("plan", lambda: _plan(match, now)),
        ("congress", lambda: _past(match, _CONGRESSES[match["congress"]], now)),
        ("years", lambda: _lasting(match, whole(match["years"]), now)),
        ("years2", lambda: _lasting(match, whole(match["years2"]), now)),
        ("first_years", lambda: _first_years(match, whole(match["first_years"]), now)),
        ("part0", lambda: _part(match, year, "0")),
        ("all", lambda: _year(match, year, "")),
        ("yearend", lambda: _year(match, year, "")),
        ("bracket", lambda: _year(match, int(match["bracket"]) + 1911, "")),
        ("newly", lambda: _year(match, now.year, "")),
    ]
    for group, maker in make:
        if match[group]:
            return maker()
    return _dated(match, now, year)


def _dated(match: re.Match[str], now: Now, year: int | None) -> Period:
    """Return a period that begins with a year or with a word for one."""
    word = match["word"]
    if match["year"]:
        named: int | None = whole(match["year"])
    elif match["minguo"]:
        named = int(match["minguo"]) + 1911
        if not (now.minguo or match["roc"]):
            return Period(match.start(), match.end(), "", None)
    else:
        back = _RELATIVE[word]
        named = year if back is None else now.ago(back)
        if word == "上年" and year is not None:
            named = year - 1
    if match["since"]:
        end = now.year if now.year is not None and named != now.year else named
        return replace(_span(match, named or 0, end or 0), since=True) if named else _year(match, None, word)
    if match["part"] and named is None and word:
        return Period(match.start(), match.end(), word + match["part"], None)
    return _part(match, named, "") if match["part"] else _year(match, named, word or "")


def _year(match: re.Match[str], year: int | None, word: str) -> Period:
    return Period(match.start(), match.end(), str(year) if year else word, year)


def _span(match: re.Match[str], first: int, last: int) -> Period:
    name = f"{first}/{last}" if first != last else str(last)
    return Period(match.start(), match.end(), name, last)


def _plan(match: re.Match[str], now: Now) -> Period:
    first, tail = _PLANS[match["plan"]], match["plan_tail"]
    if tail == "末" or tail.startswith("收官"):
        return _span(match, first + 4, first + 4)
    if tail.startswith("开局"):
        return _span(match, first, first)
    if tail == "以来":
        return _past(match, first, now)
    return _span(match, first, first + whole(tail[1]) - 1 if tail[0] == "前" else first + 4)


def _past(match: re.Match[str], first: int, now: Now) -> Period:
    """Return the time since a year: to the last full year before that of the text, if it is known."""
    last = now.last
    return _span(match, first, last) if last is not None and last >= first else _year(match, None, match[0])


def _lasting(match: re.Match[str], count: int, now: Now) -> Period:
    """Return so many full years before the text's year, or those that the text is about if they are as many."""
    years = re.findall("[0-9]{4}", now.main)
    if len(years) == 2 and len(now.main) == 9 and int(years[1]) - int(years[0]) == count - 1:
        return _span(match, int(years[0]), int(years[1]))
    last = now.last
    return _span(match, last - count + 1, last) if last and 0 < count < 100 else _year(match, None, match[0])


def _first_years(match: re.Match[str], count: int, now: Now) -> Period:
    """Return the first years of the span that the text is about; none where it is about no span."""
    years = re.findall("[0-9]{4}", now.main)
    if len(years) < 2 or len(now.main) > 9:
        return Period(match.start(), match.end(), "", None)
    return _span(match, int(years[0]), int(years[0]) + count - 1)


def _part(match: re.Match[str], year: int | None, which: str) -> Period:
    """Return a part of a year: half, quarters, months, a month or a day."""
    part, label = match[f"part{which}"], str(year) if year else ""
    first, last = _months(match, part, which)
    if not label:
        return Period(match.start(), match.end(), part, None)
    if "季" in part and last - first == 2:
        return Period(match.start(), match.end(), f"{label}-Q{last // 3}", year)
    if match[f"run{which}"]:
        begin = int(label) * 12 + last - whole(match[f"run{which}"])
        span = f"{begin // 12}-{begin % 12 + 1:02d}/{label}-{last:02d}"
        return Period(match.start(), match.end(), span, year)
    if first != last:
        return Period(match.start(), match.end(), f"{label}-{first:02d}/{label}-{last:02d}", year)
    day = match[f"d{which}"]
    name = f"{label}-{first:02d}" + (f"-{int(day):02d}" if day else "")
    return Period(match.start(), match.end(), name, year, event=day is not None or part[-1] == "月")


def _months(match: re.Match[str], part: str, which: str) -> tuple[int, int]:
    """Return the first and last month of a part of a year."""
    if part in {"上半年", "前两季度"}:
        return 1, 6
    if part == "下半年":
        return 7, 12
    if part.startswith("前三") and "季" in part:
        return 1, 9
    if part.startswith("首季"):
        return 1, 3
    if part[0] in {"前", "首"}:
        return 1, _month(part[1:].rstrip("月").rstrip("个"))
    if "季" in part:
        quarter = whole(part.lstrip("第")[0])
        return quarter * 3 - 2, quarter * 3
    if match[f"m1{which}"]:
        return _month(match[f"m1{which}"]), _month(match[f"m2{which}"])
    month = _month(match[f"m{which}"])
    return month, month


def _month(numeral: str) -> int:
    return min(max(whole(numeral), 1), 12)
