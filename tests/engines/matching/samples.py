"""Documents and needs written for these tests."""

from __future__ import annotations

from trihelix.engines.matching.port import Doc

PUBLIC = ("public",)


def result(ref: str, text: str, **more: object) -> Doc:
    return Doc(ref=ref, kind="results", text=text, **more)  # type: ignore[arg-type]


RESULTS = [
    result(
        "R1",
        "采用激光焊接工艺连接碳纤维复合材料与铝合金，焊缝抗拉强度达到260MPa，适用于汽车轻量化车身。",
        title="碳纤维与铝合金激光连接技术",
        facets={"field": ("新材料",), "region": ("长春",)},
        numbers={"trl": 7, "year": 2023},
    ),
    result(
        "R2",
        "研制了人参皂苷Rb1的超声辅助提取与大孔树脂纯化方法，提取率提高18%。",
        title="人参皂苷提取纯化方法",
        facets={"field": ("人参医药",), "region": ("通化", "吉林")},
        numbers={"trl": 6, "year": 2022},
    ),
    result(
        "R3",
        "石墨烯气凝胶吸附材料的制备与油水分离应用，吸附容量大。",
        title="石墨烯气凝胶",
        facets={"field": ("新材料",), "region": ("吉林",)},
        numbers={"trl": 4, "year": 2024},
    ),
    result(
        "R4",
        "面向玉米收割机的籽粒破碎率在线监测系统，采用机器视觉识别，误差小于2%。",
        title="收割机籽粒破碎监测",
        facets={"field": ("农机装备",), "region": ("长春",)},
        numbers={"trl": 8},
        scopes=("body:12",),
    ),
    result("R5", "质子交换膜燃料电池双极板涂层，耐腐蚀，接触电阻低。", title="氢燃料电池双极板涂层", numbers={"trl": 5, "amount": 120}),
]

VERBOSE = (
    "我公司位于高新区，现有员工300余人，年产值约2亿元，产品销往省内外客户。目前急需解决碳纤维复合材料与铝合金激光连接的技术难题，"
    "希望与高校开展产学研合作。拟投入资金100万元，合作方式面议，要求在12个月内完成验收。"
)
