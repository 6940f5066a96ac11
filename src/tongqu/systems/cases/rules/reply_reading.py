"""Reads a reply (答复) and the message that it answers: formula, requests, parts, promises, and where each stands.

Positions are offsets in the text as it was given. Traditional characters of the patterns are read as simplified ones,
one for one, so that positions hold for both scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

Span = tuple[int, int]
_FOLDED = (
    "網网們们問问題题關关於于經经調调查查實实處处辦办將将責责單单聯联電电話话請请對对為为從从應应據据規规條条進进計计劃划擬拟"
    "則则復复無无農农資资費费業业園园區区鄉乡鎮镇務务廳厅專专時时間间會会員员現现場场環环護护隊队發发給给違违轉转後后來来謝谢"
    "視视讓让該该認认這这種种貴贵親亲詢询達达嚴严遲迟難难開开學学醫医號号誌志證证圖图書书築筑樓楼約约談谈罰罚運运拆拆維维"
    "絡络郵邮"
)
_SIMPLE = str.maketrans(dict(zip(_FOLDED[::2], _FOLDED[1::2], strict=True)))

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_FUNCTION = (
    "的了是在和有我你您他们这那就不也都还要会能可以对从到与及或等为被把让给很但而且因所如果请问吗呢吧啊"
)
_APART = re.compile(rf"[\s\W_{_FUNCTION}]+")
FORMULA = re.compile(
    r"^\W*(?:尊敬的)?[“”\"'\w*]{2,20}[“”\"']?[：:，\s]*(?=[您你]们?好)|^\W*[“\"']?(?:UU|网友)[\w“”\"']{0,20}[”\"']?|"
    r"(?:尊敬的)?(?:来信)?(?:网友|市民|居民|来信人|先生|女士)[“”\"']?[\w*]{0,16}[“”\"']?|[您你]们?好|"
    r"(?:首先)?(?:再次)?(?:非常|衷心)?感谢[您你]?[^。！，]{0,20}?"
    r"(?:[、与和及]?(?:支持|关心|关注|理解|监督|信任|来信|留言|建议|问政|肯定|鼓励))+|"
    r"[您你]通过平台(?:《[^》]*》)?的?|[您你]在平台(?:《[^》]*》)?(?:上|中)?(?:反映|提出|留言)?的?|"
    r"(?:关于)?(?:您|你)?们?所?(?:的|反映的|反应的|提出的)?(?:留言|来信|诉求|来电|帖文|问题|情况|建议|意见)*"
    r"(?:我们|我[局办镇区县市委])?已?经?(?:收悉|收到|阅悉|已阅)|"
    r"现?(?:就|将)?(?:有关|相关|具体|处理|调查|核实)*(?:情况|问题)?(?:答复|回复|反馈|说明)如下|"
    r"(?:特此|此)(?:回复|答复|函复|复函)|祝您?[^，。！]{0,10}|万事如意|事事顺心|生活愉快|谢谢[您你]?|网友的期待和满意[^，。]*|"
    r"(?:我们|我[局办镇区县市委])?(?:将|会)(?:一如既往|继续努力)[^，。！]*|(?:处理情况|处理结果|稍后)[^，。！]{0,16}?回复[^，。！]{0,4}|"
    r"敬请关注[^，。！]*|正在办理(?=\W*$)|请?(?:可与该[^，。]{1,4}直接联系|拨打)?[，]?电话[：:]?[\d－—\-]{5,}(?:电话)?(?:咨询)?|"
    r"请拨打[\d－—\-]{5,}电话咨询"
)
RESTATED = re.compile(
    r"关于.{0,6}(?:反映|提出|提到|咨询|来信|留言|所述)[^。；]{0,80}?(?:问题|情况|事宜|建议|诉求|[”》])"
)
FORWARDED = re.compile(
    r"(?:您|你|就您|关于您)?们?所?(?:反映|反应|提出|咨询)?的?(?:问题|情况|事项|回信|意见)*[，]?(?:我们|我[局办]|现)?(?:迅速|及时)?已?经?(?:将|向)?"
    r"[^，。；]{0,16}(?:转(?!业|让|弯|发展)|移交|交办|交(?![警管通付房费])|呈送|督促|责成|反馈)(?:[办交送由至给到])*"
    r"[^，。；]{0,24}?(?:调查|核实|处理|办理|办复|核查|核处|阅处|研究|落实|了解|答复|回复|知悉|部门|参考|单位|[局委区县镇]|中心|支队|指挥部)"
    r"[^，。；]{0,12}"
)
CLOSING_DATE = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日\W*$")


class Part(StrEnum):
    """What a good reply has besides its answers."""

    GREETING = "greeting"
    FINDING = "finding"
    ACTION = "action"
    DATE = "date"
    UNIT = "unit"
    CONTACT = "contact"


DATE = re.compile(
    r"(?:19|20)\d\d年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月(?:\d{1,2}日|底|初|份|[上中下]旬)|"
    r"[今明本去]年(?:年?底|[上下]半年)?|年[底内初]|月[底内]|[今明昨]日|[一二三四1-4]季度|\d{1,2}[:：]\d\d|"
    r"[\d一二三四五六七八九十两]+个?(?:工作日|日|天|周|月|年|小时)(?:[之以]?[内前]|左右)?"
)
_ACTION = (
    r"已(?!收|阅|悉|转|知|经收)|责令|责成|整改|约谈|处罚|罚款|清理|清运|拆除|修复|维修|安排|督促|立案|完成|整治|退还|赔付|"
    r"查处|暂扣|将(?!有关|情况|相关|具体|现)|拟|计划|下一步|预计|力争|可(?:以|到|向|凭|拨打|携带|通过|申请)|"
    r"请您?(?:到|携带|拨打|向|联系|持|提供|与|咨询|登录|直接)|建议您|不予|不能|不会|不再|"
    r"暂不|暂未|尚未|无法|不属于?|无需|需|采取|进行了|清除|更换|协调|办理|即可"
)
_UNIT = (
    r"[我本该][局委办镇乡区县市院校所街队站司处部厅]|[我本](?:街道|中心|单位|公司|社区)|[\u4e00-\u9fff]{2,12}"
    r"(?:局|委员会|办公室|街道|派出所|大队|支队|中队|中心|公司|居委会|村委会|政府|管委会|社区|医院|学校|集团)"
)
PARTS = {
    Part.GREETING: re.compile(r"[您你]们?好|尊敬的|来信人|先生|女士|网友|市民|同志"),
    Part.FINDING: re.compile(
        r"经[^。，]{0,12}?(?:调查|核实|核查|查|了解|勘|走访|研究|协调|沟通|比对|排查)|调查(?:了解|核实|结果)|"
        r"现场[^。，]{0,6}(?:查看|核实|勘|检查|了解|走访)|核实|查明|查实|据了解|据悉|了解到|属实|不实|发现|"
        r"目前|现已|正在|已(?:纳入|列入|启动|完成)|存在|查无"
    ),
    Part.ACTION: re.compile(_ACTION),
    Part.DATE: DATE,
    Part.UNIT: re.compile(_UNIT),
    Part.CONTACT: re.compile(r"电话|热线|联系人|联系方式|\d{3,4}[-－—]\d{3,}|12345|网址|邮箱"),
}
"""What shows that a part is there."""

CITED = re.compile(
    r"《[^》]{2,60}》|[\[〔（(](?:19|20)\d\d[\]〕）)]\s*\d+\s*号|第[一二三四五六七八九十百\d]+[条款项]|GB/?T?\s?\d+"
)
VAGUE_BASIS = re.compile(r"规定|办法|条例|政策|文件|规划|标准|合同|协议|程序|法律|法规|预案|方案")
EXPLAINED = re.compile(
    r"因(?!素|此可见)|由于|鉴于|为此|所以|原因|根据|依据|按照|依照|考虑到|为了|属于|是指|导致|造成|旨在|受[^。，]{1,12}影响"
)
FIGURE = re.compile(
    r"\d+(?:\.\d+)?\s*(?:元|万|亿|米|公里|平方|亩|户|人|次|台|个|处|吨|%|％|家|名|栋|条|分钟|小时|岁|分贝|年|月|日|号)"
)
_WILL = re.compile(r"将(?!有关|情况|相关|具体|现|以)|尽快|近期|抓紧|适时|尽早|陆续|待[^。，]{2,20}后")
RUDE = re.compile(
    r"无理取闹|胡搅蛮缠|不归我们?管|与我[们局办]?无关|自行解决|你们自己|少管闲事|爱找谁找谁|没空|刁民"
)
LEFT_OPEN = re.compile(r"\{[^{}\n]{0,30}\}|[×XＸ＊*_]{2,}(?=[年月日元局科室路])|【[^】]{0,10}填[^】]{0,10}】")
_PRIVATE = re.compile(r"(?<!\d)1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")

_ASKED = re.compile(
    r"[？?]|请问|咨询|[吗呢]\W*$|何时|什么时候|多久|怎么|怎样|如何|为什么|为何|是否|能否|可否|能不能|可不可以|有没有|哪[里个些儿]|"
    r"多少|几[点天号年]|希望|请求|恳请|恳求|建议|要求|望(?:能|有关|相关|领导|政府)|盼|请(?!问|假|客|示)|呼吁"
)
_GENERIC = re.compile(
    r"希望|请求|恳请|恳求|建议|要求|望|盼|请|领导|有关|相关|部门|政府|能够?|尽快|早日|及时|给予|予以|一个|重视|关注|解决|处理|回复|"
    r"答复|管管|查处|调查|核实|谢谢|帮忙|帮助|百姓|群众|问题|情况|现在|咨询|投诉|举报|反映|求助"
)
_ANSWERS = (
    (re.compile(r"何时|什么时候|多久|几[点天号年]|时间"), DATE),
    (re.compile(r"哪[里个些儿]|电话|联系|找谁"), PARTS[Part.CONTACT]),
    (re.compile(r"为什么|为何|原因|依据"), EXPLAINED),
    (re.compile(r"多少|标准|费用|价格"), FIGURE),
    (
        re.compile(r"怎么|如何|怎样|流程|手续|材料"),
        re.compile(r"办理|流程|携带|登录|拨打|申请|步骤|提交|可[到向以凭]"),
    ),
    (
        re.compile(r"是否|能否|可否|能不能|可不可以|有没有|[吗呢]"),
        re.compile(r"可以|不能|不得|已|未|无|暂|不予|不属|符合|纳入|允许"),
    ),
)
MOST_ASKS = 6


@dataclass(frozen=True)
class Ask:
    """A question or request of a message, and where it stands there."""

    text: str
    span: Span


def simplified(text: str) -> str:
    """Return the text with the traditional characters that the patterns use written simply, one for one.

    >>> simplified("經調查，將處理")
    '经调查，将处理'
    """
    return text.translate(_SIMPLE)


@lru_cache(maxsize=64)
def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters that carry meaning: none reaches over a function word.

    >>> sorted(pairs("您好，路灯的开关"))
    ['开关', '路灯']
    """
    runs = _APART.split(text)
    return frozenset(run[n : n + 2] for run in runs for n in range(len(run) - 1))


@lru_cache(maxsize=64)
def substance(reply: str) -> str:
    """Return what a reply says beyond formula, the restated subject and its date.

    >>> substance("网友：您好！您的留言已收悉。路灯已修复。感谢您的支持！2026年9月1日")
    '路灯已修复。'
    """
    rest = CLOSING_DATE.sub("", FORMULA.sub("", RESTATED.sub("", reply)))
    kept = re.sub(r"\W*\n\W*|^\W+", "", rest)
    return re.sub(r"(?<=[。！；])[\W]+", "", kept)


def is_empty(reply: str) -> bool:
    """Answer whether a reply only says that the message came in or was passed on.

    >>> is_empty("您好！您的留言已收悉，我们已转交街道办事处处理。"), is_empty("经查，路灯因线路被挖断，已于9月2日修复。")
    (True, False)
    """
    rest = FORWARDED.sub("", substance(reply))
    return len(_APART.sub("", rest)) < LEAST_SUBSTANCE


LEAST_SUBSTANCE = 8
"""A reply of fewer characters beyond formula and forwarding says nothing."""


def asks_of(message: str) -> list[Ask]:
    """Return the questions and requests of a message, six at most, each with its place.

    >>> [ask.text for ask in asks_of("路灯坏了。请问何时能修好？希望领导重视。")]
    ['请问何时能修好？']
    """
    found = [
        Ask(match.group().strip(), match.span())
        for match in _SENTENCE.finditer(message)
        if _ASKED.search(match.group()) and len(pairs(_GENERIC.sub(" ", match.group()))) > 1
    ]
    return found[-MOST_ASKS:]


def is_answered(ask: str, reply: str) -> bool:
    """Answer whether a reply takes an ask up: enough of its words, or fewer and the kind of thing asked for.

    >>> is_answered("请问路灯何时修好？", "路灯将于9月底修好。"), is_answered("请问路灯何时修好？", "井盖已换。")
    (True, False)
    """
    wanted = pairs(_GENERIC.sub(" ", ask))
    share = len(wanted & pairs(reply)) / max(len(wanted), 1)
    fits = any(asked.search(ask) and given.search(reply) for asked, given in _ANSWERS)
    return share >= (KIND_SHARE if fits else PLAIN_SHARE)


PLAIN_SHARE, KIND_SHARE = 0.15, 0.08


def parts_of(reply: str) -> frozenset[Part]:
    """Return which parts a reply has; its date and the restated subject count for none of them.

    >>> sorted(parts_of("您好！经核实，我局将于9月底前修复。"))
    [<Part.ACTION: 'action'>, <Part.DATE: 'date'>, <Part.FINDING: 'finding'>, <Part.GREETING: 'greeting'>,
     <Part.UNIT: 'unit'>]
    """
    body = substance(reply)
    texts = {Part.GREETING: reply, Part.CONTACT: reply}
    return frozenset(part for part, shown in PARTS.items() if shown.search(texts.get(part, body)))


def sentences(text: str) -> Iterator[tuple[str, Span]]:
    """Yield each sentence with its place."""
    for match in _SENTENCE.finditer(text):
        yield match.group(), match.span()


def undated_promises(reply: str) -> list[Span]:
    """Return where something is promised without saying by when.

    >>> undated_promises("我局将尽快处理。清淤将于9月底完成。")
    [(0, 8)]
    """
    return [
        span
        for sentence, span in sentences(reply)
        if _WILL.search(FORMULA.sub("", sentence)) and not DATE.search(sentence)
    ]


def private_in(reply: str, known: tuple[str, ...] = ()) -> list[Span]:
    """Return where mobile numbers, identity numbers or the reporter's own particulars stand.

    >>> private_in("请联系13812345678，蒋村民。", ("蒋村民",))
    [(3, 14), (15, 18)]
    """
    found = [match.span() for match in _PRIVATE.finditer(reply)]
    for text in {text for text in known if len(text) > 1}:
        found += [match.span() for match in re.finditer(re.escape(text), reply)]
    return sorted(set(found))


def masked(reply: str, known: tuple[str, ...] = ()) -> str:
    """Return the reply as everybody may read it: what `private_in` finds is starred.

    >>> masked("请蒋村民拨打13812345678", ("蒋村民",))
    '请***拨打***********'
    """
    for start, end in private_in(reply, known):
        reply = f"{reply[:start]}{'*' * (end - start)}{reply[end:]}"
    return reply
