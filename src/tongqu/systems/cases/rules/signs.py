"""One character for each icon of a matter, drawn beside a case where there is no room for its name."""

SIGNS = {
    "banner": "广", "bike": "骑", "bin": "桶", "bridge": "桥", "bus": "公", "car": "车", "cover": "盖", "crane": "吊",
    "dog": "犬", "drain": "排", "dump": "渣", "dust": "尘", "farm": "农", "field": "田", "fire": "消", "fish": "渔",
    "flame": "火", "hazard": "险", "heap": "圾", "house": "屋", "lamp": "灯", "mine": "矿", "noise": "声", "people": "民",
    "pole": "杆", "rail": "栏", "road": "路", "shop": "店", "sign": "牌", "signal": "信", "site": "工", "slope": "坡",
    "smoke": "烟", "stall": "摊", "toilet": "厕", "tree": "树", "truck": "运", "water": "水", "wave": "河",
}  # fmt: skip


def sign_of(icon: str) -> str:
    """Return the character, empty for an icon without one.

    >>> sign_of("lamp"), sign_of("dot")
    ('灯', '')
    """
    return SIGNS.get(icon, "")
