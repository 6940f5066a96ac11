"""Finds what tells who somebody is in a text (telephone, identity card, bank card, e-mail, name) and masks it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tongqu.systems.cases.rules.naming import masked_name


class Personal(StrEnum):
    """What kind of personal data."""

    PHONE = "phone"
    IDENTITY = "identity"
    CARD = "card"
    EMAIL = "email"
    NAME = "name"


@dataclass(frozen=True)
class Found:
    """Personal data in a text, and where it stands."""

    kind: Personal
    words: str
    start: int
    end: int


_SURNAMES = (
    "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|东方|南宫|"
    "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于"
    "时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管"
    "卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘斜厉戎祖武符刘景"
    "詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈"
    "廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殴殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖闫付覃涂]"
)
# A name ends where a title, a telephone, a comma or another such word begins.
_ENDS = r"(?=$|[\s,，。;；、:：()（）!！?？/0-9A-Za-z]|电话|手机|身份证|联系|住|男|女|是|系|于|的|在|家|因|和|与|，)"
_NAMED = re.compile(
    rf"(?:姓名|联系人|投诉人|举报人|反映人|申请人|当事人|报案人|户主|业主|本人(?:名)?叫|我叫|名叫|我是|本人是?|本人系|患者|死者|伤者)(?:为|是)?[:：]?\s*"
    rf"(?P<name>(?:{_SURNAMES})[\u4e00-\u9fff]{{1,2}}){_ENDS}"
)
_TITLED = re.compile(
    rf"(?P<name>(?:{_SURNAMES})[\u4e00-\u9fff]{{1,2}})(?=先生|女士|小姐|同志|大爷|大妈|阿姨|师傅)"
)
_NOT_NAMES = frozenset(
    [
        "居民",
        "市民",
        "村民",
        "家长",
        "业主",
        "学生",
        "老师",
        "教师",
        "农民",
        "民工",
        "党员",
        "群众",
        "和平",
        "安全",
        "公司",
        "全体",
        "全家",
        "广大",
        "高中",
        "高二",
        "高三",
        "初中",
        "小区",
        "常山",
        "常住",
        "江山",
        "龙游",
        "开化",
        "衢江",
        "柯城",
        "东门",
        "西门",
        "南门",
        "北门",
        "云南",
        "江西",
        "江苏",
        "广东",
        "广西",
        "湖南",
        "湖北",
        "河南",
        "河北",
        "山东",
        "山西",
        "安徽",
        "宁波",
        "杭州",
        "温州",
        "金华",
        "海宁",
        "本地",
        "外地",
        "这里",
        "那里",
        "老年",
        "残疾",
        "单身",
        "退休",
        "下岗",
        "农村",
        "经常",
        "平时",
        "时候",
        "许多",
        "成都",
        "武汉",
        "单位",
        "项目",
        "房主",
        "车主",
        "家住",
        "东方",
        "国企",
        "国家",
        "文化",
        "管理",
        "连续",
        "白天",
        "晚上",
        "向您",
        "向阳",
        "都是",
        "那边",
        "通过",
        "幸福",
        "应该",
        "经济",
        "周边",
        "周围",
        "周末",
        "路过",
        "路人",
        "相关",
        "计划",
        "经营",
        "万分",
        "高级",
        "成年",
        "时间",
        "关于",
        "边上",
        "路边",
        "牛奶",
        "山上",
        "花园",
        "房东",
        "江边",
    ]
)
_MASKED_BEFORE = re.compile(r"[*某×xX]")
_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"
)
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_CARD = re.compile(r"(?<!\d)[3-6]\d{3}(?:[- ]?\d{4}){2,3}[- ]?\d{1,4}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_number(digits: str) -> bool:
    """Answer whether the last of 18 characters checks the others: GB 11643-1999, ISO 7064 MOD 11-2.

    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _IDENTITY_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == digits[17].upper()


def is_card_number(digits: str) -> bool:
    """Answer whether 13 to 19 digits satisfy the formula of Luhn (ISO/IEC 7812-1).

    >>> is_card_number("4111111111111111"), is_card_number("4111111111111112")
    (True, False)
    """
    odd, even = digits[-1::-2], digits[-2::-2]
    total = sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)
    return total % 10 == 0


def personal_in(text: str) -> list[Found]:
    """Return the personal data in the text, in its order. A number of 18 digits counts only when its last one checks.

    >>> [(f.kind.value, f.words) for f in personal_in("联系人：蒋大明，电话138-1234-1234")]
    [('name', '蒋大明'), ('phone', '138-1234-1234')]
    """
    found = [Found(kind, m[0], *m.span()) for kind, m in _numbers(text)]
    for pattern in (_NAMED, _TITLED):
        for match in pattern.finditer(text):
            name = match["name"]
            if not any(word in name for word in _NOT_NAMES) and not _MASKED_BEFORE.search(name):
                found.append(Found(Personal.NAME, name, *match.span("name")))
    kept: list[Found] = []
    for each in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _numbers(text: str) -> list[tuple[Personal, re.Match[str]]]:
    tests: list[tuple[Personal, re.Pattern[str], Callable[[str], bool]]] = [
        (Personal.IDENTITY, _IDENTITY, is_identity_number),
        (Personal.CARD, _CARD, lambda words: is_card_number(re.sub(r"\D", "", words))),
        (Personal.PHONE, _PHONE, bool),
        (Personal.EMAIL, _EMAIL, bool),
    ]
    return [
        (kind, match) for kind, pattern, holds in tests for match in pattern.finditer(text) if holds(match[0])
    ]


def masked(text: str) -> str:
    """Return the text with its personal data masked; its length stays, so that places in it still hold.

    >>> masked("联系人：蒋大明，电话13812341234，身份证11010519491231002X，邮箱jiang@example.com")
    '联系人：蒋**，电话138****1234，身份证110*************2X，邮箱j****@example.com'
    """
    for each in personal_in(text):
        text = text[: each.start] + _mask(each) + text[each.end :]
    return text


def _mask(found: Found) -> str:
    words, size = found.words, len(found.words)
    if found.kind == Personal.NAME:
        return masked_name(words)
    if found.kind == Personal.EMAIL:
        local, at, host = words.partition("@")
        return local[:1] + "*" * (len(local) - 1) + at + host
    if found.kind == Personal.PHONE:
        return words[:3] + "*" * (size - 7) + words[-4:]
    return words[:3] + "*" * (size - 5) + words[-2:]
