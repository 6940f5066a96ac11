"""The rules of the components as tables of examples."""

# What a spreadsheet is given for a value, so that it shows the value and runs nothing.
SAFE_CELLS = [
    ("河道有垃圾", "河道有垃圾"),
    ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
    ("+86 570 1234567", "'+86 570 1234567"),
    ("-3", "'-3"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1+1", "'\t=1+1"),
    ("\x00\x07铃", "铃"),
    ("", ""),
    (-3, -3),
    (None, None),
]

# (query, page shown) for a table of 25 rows, ten on a page.
PAGES = [
    ("", 1),
    ("page=2", 2),
    ("page=3", 3),
    ("page=4", 3),
    ("page=0", 1),
    ("page=-1", 1),
    ("page=two", 1),
    ("page=²", 1),
    ("page=99999999", 1),
]

# (query, order of the names) for rows named a, b, c; only the name may be sorted by.
ORDERS = [
    ("", "bca"),
    ("sort=name", "abc"),
    ("sort=-name", "cba"),
    ("sort=secret", "bca"),
    ("sort=--name", "bca"),
]

# (option of a chart, its numbers as rows)
CHART_ROWS = [
    ({}, [[""]]),
    ({"series": {"name": "A", "data": [1]}}, [["", "A"], ["", 1]]),
    ({"yAxis": [{"data": ["x"]}], "series": [{"data": [{"value": 3}]}]}, [["", ""], ["x", 3]]),
    ({"series": [{"name": "A", "data": [["t1", 4], ["t2", 5]]}]}, [["", "A"], ["t1", 4], ["t2", 5]]),
    (
        {"xAxis": {"data": ["x"]}, "series": [{"name": "A", "data": [1, 2]}, {"name": "B", "data": [3]}]},
        [["", "A", "B"], ["x", 1, 3], ["", 2, ""]],
    ),
]
