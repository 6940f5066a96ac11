"""The columns of a responsibility list as a file, and the headings by which they are known."""

COLUMNS = (
    "number", "division", "class_code", "matter", "grade", "times", "lead", "assisting", "handle_allowance", "verifier", "note",
)  # fmt: skip
"""In the order in which they are written; all but `division` and `lead` may be empty."""
NEEDED = ("division", "lead")
HEADINGS = {
    "number": "序号", "division": "区划代码", "class_code": "大类代码", "matter": "事项代码", "grade": "等级", "times": "时段",
    "lead": "牵头单位", "assisting": "配合单位", "handle_allowance": "处置时限", "verifier": "核查单位", "note": "备注",
}  # fmt: skip
"""What the columns are called in a workbook."""
EXPLAINED = {"division": "区划名称", "matter": "事项名称", "lead": "牵头单位名称"}
"""Columns that a workbook has for the eye; an import does not look at them."""
GRADE_WORDS = {"一般": "ordinary", "较重": "serious", "紧急": "urgent"}


def columns_in(headings: list[str]) -> dict[str, int]:
    """Return where each column stands; headings may be the keys or the Chinese words.

    >>> columns_in(["区划代码", "lead", "备注", "其他"])
    {'division': 0, 'lead': 1, 'note': 2}
    """
    keys = {heading: key for key, heading in HEADINGS.items()} | {key: key for key in COLUMNS}
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        key = keys.get(heading.strip())
        if key is not None:
            found.setdefault(key, place)
    return found


def codes_in(text: str) -> list[str]:
    """Return the codes or names in a cell, parted by spaces, commas or semicolons.

    >>> codes_in(" zhzf-qujiang，lianhua; 莲花镇政府 ")
    ['zhzf-qujiang', 'lianhua', '莲花镇政府']
    """
    for mark in ",，;；、\n":
        text = text.replace(mark, " ")
    return text.split()
