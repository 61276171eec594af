"""What a need's wording still lacks: the four mandatory items, and the five words by which results are found.

Keys: ``indicators`` (核心指标) · ``money`` (投入资金) · ``ownership`` (成果归属) · ``deadline`` (完成期限);
``material`` (材料) · ``method`` (方法) · ``effect`` (效果) · ``product`` (产品) · ``application`` (用途).
The patterns read wording, not truth: they say what a reader would look for and not find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from trihelix.engines.matching.text import normalise

MANDATORY = ("indicators", "money", "ownership", "deadline")
DESCRIPTIVE = ("material", "method", "effect", "product", "application")
ITEMS = (*MANDATORY, *DESCRIPTIVE)

_UNIT = (
    r"%|％|‰|℃|°c|°|度|ppm|ppb|mpa|gpa|kpa|pa|nm|μm|um|mm|cm|km|kg|mg|μg|ug|ml|mol|khz|mhz|ghz|hz|kwh|kw|mw|db|dbm|kv|mv|ma|wh|lm|rpm|"
    r"克|千克|公斤|吨|升|毫升|米|毫米|微米|纳米|厘米|公里|秒|分钟|小时|倍|次|伏|瓦|千瓦|兆帕|赫兹|像素|亩|株|[agjklmnstvw](?![a-z])"
)
_NUMBER = r"\d+(?:\.\d+)?(?:\s*[×x*]\s*10\^?-?\d+)?"
PATTERNS: dict[str, re.Pattern[str]] = {
    # Wording that stands in almost every need (产品销往, 解决难题, 通过验收, 面向全国) proves nothing and is left out of the patterns.
    # A measurable aim: a comparison or a level reached, with a number and a unit. Money and time have items of their own.
    "indicators": re.compile(
        rf"(?:≥|≤|>=|<=|>|<|±|不低于|不高于|不小于|不大于|不少于|不超过|低于|高于|大于|小于|达到?|至|以上|以下|为|提高|提升|降低|下降|减少|缩短|延长|控制在|误差|精度)"
        rf"[^。；;\d]{{0,8}}{_NUMBER}\s*(?:{_UNIT})|{_NUMBER}\s*(?:{_UNIT})\s*(?:以上|以下|以内)"
    ),
    "money": re.compile(
        r"\d+(?:\.\d+)?\s*(?:万元|亿元|万|元(?!素|件|器|胞)|亿)|[一二三四五六七八九十百千两]+(?:万|亿)元?|"
        r"(?:投入|投资|资金|经费|预算|费用|出资)[^。；;]{0,10}\d"
    ),
    "ownership": re.compile(
        r"(?:知识产权|专利权?|成果|著作权|所有权|产权|收益)[^。；;]{0,16}(?:归|属|共有|共享|共同|独占|独享|所有|分配|约定|转让|许可)|"
        r"(?:归|由)[^。；;]{1,12}(?:所有|享有|持有)|独占许可|排他许可|普通许可|成果归属"
    ),
    "deadline": re.compile(
        r"\d+\s*(?:个月|个?年(?:内|之内|以内)|天内|日内|周内)|[一二三四五六七八九十两半]+(?:个月|年)(?:内|之内|以内|完成)|(?:20\d\d)\s*(?:年|[-/.])\s*\d{0,2}[^。；;]{0,8}(?:前|底|内|止|完成|交付|验收)|"
        r"(?:期限|周期|工期|截止|完成时间|有效期)[^。；;]{0,8}(?:\d|[一二三四五六七八九十两半]+(?:个月|年))|(?:年内|年底|月底|季度末)(?:前|完成|交付|达)?"
    ),
    "material": re.compile(
        r"材料|原料|合金|钢|铝|镁|钛|铜|铁|碳纤维|纤维|树脂|塑料|橡胶|陶瓷|玻璃|薄膜|涂层|涂料|复合|聚合物|高分子|石墨|硅|锂|稀土|催化剂|溶剂|胶|粉体|粉末|晶体|半导体|"
        r"芯片|提取物|药材|人参|鹿茸|秸秆|玉米|大豆|水稻|种子|土壤|木材|石材|水泥|混凝土|油|气体|液体|酸|盐|蛋白|多糖|皂苷|酶|菌|细胞|数据集|图像|信号|样本"
    ),
    "method": re.compile(
        r"方法|工艺|技术路线|算法|模型|采用|利用|通过(?!.{0,4}(?:验收|考核|检测|评审))|基于|连接|设计|焊接|铸造|锻造|切削|加工|热处理|成型|合成|提取|分离|纯化|发酵|培养|检测|识别|测量|监测|仿真|控制|优化|涂覆|沉积|烧结|"
        r"注塑|挤出|干燥|过滤|萃取|诊断|预测|调度|定位|导航|育种|繁育|栽培|施肥|防治|改性|制备|封装|装配|打印|学习|网络"
    ),
    "effect": re.compile(
        r"提高|提升|增强|增加|改善|降低|减少|减轻|下降|缩短|延长|避免|防止|消除|抑制|保证|替代|克服|节约|节能|降本|增产|轻量化|国产化|自动化|智能化|高效|稳定|可靠"
    ),
    "product": re.compile(
        r"装置|设备|系统|平台|仪器|机器|机器人|器件|元件|部件|零部件|组件|模块|样机|整机|装备|传感器|电池|电机|发动机|软件|药物|药品|制剂|饮片|食品|饮料|试剂|疫苗|"
        r"农机|收割机|播种机|车辆|汽车|轴承|齿轮|模具|刀具|阀|泵|光缆|光纤|激光器|相机|显示屏|板材|管材|品种|肥料|农药|饲料|化妆品"
    ),
    "application": re.compile(
        r"用于|应用|适用|场景|领域|用途|使用环境|工况|面向(?!全国|全省|社会|国内外)|服务于|针对|(?:汽车|航空|航天|轨道|铁路|电力|医疗|农业|林业|矿山|建筑|化工|冶金|电子|通信|环保|食品|交通|物流|安防|能源|储能|养殖|种植|医药|军工|船舶)"
        r"(?:行业|产业|领域|制造|生产|工程|设备|企业)?"
    ),
}
SAY: dict[str, str] = {
    "indicators": "核心指标：写明指标名称、目标值、单位和检测方法",
    "money": "投入资金：写明企业拟投入多少万元",
    "ownership": "成果归属：写明知识产权归谁、如何使用",
    "deadline": "完成期限：写明几个月内或哪年哪月前完成",
    "material": "材料：写明用什么材料、原料或处理什么对象",
    "method": "方法：写明现用或设想的工艺、算法、手段",
    "effect": "效果：写明要提高、降低或避免什么",
    "product": "产品：写明落在哪种产品、装置或系统上",
    "application": "用途：写明用在什么行业、场景、工况",
}


def missing(text: str, given: Iterable[str] = ()) -> list[str]:
    """Items the text does not speak to, in the order of ``ITEMS``. ``given``: items the form holds in columns of its own."""
    normal, known = normalise(text), set(given)
    return [item for item in ITEMS if item not in known and not PATTERNS[item].search(normal)]


def advice(items: Iterable[str]) -> list[str]:
    """One Chinese sentence for each missing item."""
    return [SAY[item] for item in items]


def changed(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What rewording did to the hit list: refs that came, went, and moved (ref, old place, new place; places from 1)."""
    old = {h["ref"]: i for i, h in enumerate(before, 1)}
    new = {h["ref"]: i for i, h in enumerate(after, 1)}
    return {
        "came": [r for r in new if r not in old],
        "went": [r for r in old if r not in new],
        "moved": [[r, old[r], new[r]] for r in new if r in old and old[r] != new[r]],
    }


_STATED = re.compile(
    rf"(?P<name>[㐀-䶿一-鿿a-z][㐀-䶿一-鿿a-z0-9\-]{{1,15}}?)\s*(?:应|须|需|要求)?\s*"
    rf"(?P<how>≥|≤|>=|<=|>|<|不低于|不高于|不小于|不大于|不少于|不超过|大于|小于|高于|低于|达到|提高到?|提升到?|降低到?|下降|减少|缩短|控制在|优于)\s*"
    rf"(?P<value>{_NUMBER}\s*(?:{_UNIT}))"
)


_LEAD = re.compile(r"^(?:且|并|其|使|将|把|要求|其中|以及|和|与|在|的|能够|能|可)+")


def stated_indicators(text: str) -> list[str]:
    """Names of the indicators a free text states (``抗拉强度不低于 500 MPa`` → ``抗拉强度``), each once, in reading order."""
    found = (
        re.sub(r"^(?:且|并|其|使|将|把|要求|其中|以及|和|与|在|的|能够|能|可)+", "", m["name"]) for m in _STATED.finditer(normalise(text))
    )
    return list(dict.fromkeys(name for name in found if len(name) >= 2))
