"""Reading: words found, categories learnt, probabilities measured, tables read whatever they were saved with."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import shared_data
from tongqu.kernel.problems import BadInput
from tongqu.systems.cases.analytics.calibration import calibration_error, sharpness_of, softmax
from tongqu.systems.cases.analytics.matters import MatterWords
from tongqu.systems.cases.analytics.reader import Reader, Text
from tongqu.systems.cases.analytics.training import Example, cross_validated, train, vocabulary_of
from tongqu.systems.cases.analytics.words import WordTree, plain
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.queries.message_tables import open_table
from tongqu.systems.cases.queries.reading import (
    NOTHING_READ,
    category_reader,
    category_words,
    matter_words,
    read_messages,
)
from tongqu.systems.cases.queries.training import category_examples, trained_categories

LAMP, WASTE, BUS = (
    Text("路灯不亮", "三天了"),
    Text("", "垃圾成堆，没人清运"),
    Text("公交车不停", "路灯下等了很久"),
)
LIST = {
    "light": {"路灯": 2.0, "不亮": 1.0},
    "waste": {"垃圾": 2.0, "清运": 1.0},
    "bus": {"公交": 2.0, "停": 0.25},
}
EXAMPLES = [
    Example(text, label)
    for label, text in [("light", LAMP), ("waste", WASTE), ("bus", BUS)]
    for _copy in range(6)
]


@given(
    st.lists(st.text("路灯不亮的a\n", max_size=8), max_size=5),
    st.lists(st.text("路灯不亮", min_size=1, max_size=4)),
)
def test_the_tree_finds_what_plain_search_finds(texts: list[str], words: list[str]) -> None:
    words = sorted(set(words))
    expected = [[float(word in text) for word in words] for text in texts]
    assert WordTree(words).found(texts).toarray().tolist() == expected


@given(st.text())
def test_plain_text_is_short_and_without_space(text: str) -> None:
    assert len(plain(text)) <= 600
    assert not any(c.isspace() for c in plain(text))


def test_a_reader_learns_says_why_and_is_the_same_when_kept() -> None:
    reader = train(vocabulary_of(LIST, [LAMP, WASTE, BUS]), EXAMPLES)
    first, *_others = reader.read(Text("公交不来", ""))
    assert (first.label, first.words) == ("bus", ("公交",))
    assert first.probability > 0.5
    again = Reader.from_bytes(reader.to_bytes())
    assert again.to_bytes() == reader.to_bytes() == train(reader.vocabulary, EXAMPLES).to_bytes()
    assert np.allclose(again.chances([LAMP, WASTE]), reader.chances([LAMP, WASTE]), atol=1e-4)


def test_a_word_within_a_longer_one_is_not_named_twice() -> None:
    lists = {"light": {"路灯": 2.0, "路灯不亮": 2.0}, "waste": {"垃圾": 2.0}}
    reader = train(vocabulary_of(lists, []), [e for e in EXAMPLES if e.label != "bus"])
    assert reader.read(LAMP)[0].words == ("路灯不亮",)


def test_what_speaks_adds_up_to_the_scores() -> None:
    reader = train(vocabulary_of(LIST, [LAMP, WASTE, BUS]), EXAMPLES)
    added = reader._added(BUS).sum(axis=0)
    scores = reader.scores([BUS])[0] - reader.bias
    assert np.allclose(added, scores - scores.mean())


def test_a_class_without_examples_is_never_said() -> None:
    some = [e for e in EXAMPLES if e.label != "bus"]
    reader = train(vocabulary_of(LIST, []), some)
    assert reader.read(Text("公交", ""), most=1)[0].label != "bus"


def test_examples_of_less_weight_may_stand_alone() -> None:
    light = [Example(e.text, e.label, 0.5) for e in EXAMPLES]
    assert train(vocabulary_of(LIST, []), light).read(WASTE)[0].label == "waste"


def test_cross_validation_counts_every_example_once() -> None:
    vocabulary = vocabulary_of(LIST, [])
    score = cross_validated(vocabulary, EXAMPLES)
    assert (score.examples, score.accuracy, score.macro_f1) == (18, 1.0, 1.0)
    groups = np.arange(18) // 2
    assert cross_validated(vocabulary, EXAMPLES, groups=groups).accuracy == 1.0
    few = [*EXAMPLES[:7], *EXAMPLES[12:]]  # one of waste: too few for every fold
    assert cross_validated(vocabulary, few).examples == 13


@given(st.integers(0, 5))
def test_sharpness_makes_probabilities_honest(seed: int) -> None:
    draw = np.random.default_rng(seed)
    honest = softmax(2 * draw.normal(size=(2000, 3)))
    truth = np.array([draw.choice(3, p=row) for row in honest])
    scores = 5 * np.log(honest)
    assert 0.15 < sharpness_of(scores, truth) < 0.25
    assert calibration_error(softmax(sharpness_of(scores, truth) * scores), truth) < 0.05


@pytest.mark.parametrize(
    ("subject", "body", "category", "matter"),
    [
        ("清风路路灯不亮", "晚上一片漆黑", "城乡建设", "CPUB03"),
        ("学校违规补课收费", "小学老师周末补课", "教育文体", "TSVC03"),
        ("拖欠农民工工资", "老板跑了，工资不发", "劳动和社会保障", "TSOC03"),
        ("化工厂偷排废水", "河水发黑，臭气熏天", "环境保护", ""),
        ("医院误诊", "医生态度差", "卫生计生", "TSVC02"),
        ("出租车拒载", "的士司机不打表", "交通运输", "TSVC05"),
        ("商家虚假宣传", "买了假货不退款", "商贸旅游", "TMKT03"),
    ],
)
def test_what_comes_with_the_system_reads(subject: str, body: str, category: str, matter: str) -> None:
    (reading,) = read_messages([Text(subject, body)])
    assert (reading.category, reading.matter) == (category, matter)
    assert 0.3 < reading.probability <= 1


def test_no_words_mean_nothing_read() -> None:
    blank, strange = read_messages([Text(" ", "\n"), Text("啊", "")])
    assert blank == NOTHING_READ
    assert strange.probability == pytest.approx(1 / 7)
    assert strange.matter == ""


def test_every_word_list_names_known_classes() -> None:
    folder = Path(__file__).resolve().parent.parent / "data"
    codes = {row["code"] for row in csv.DictReader((folder / "matters.csv").read_text("utf-8").splitlines())}
    assert set(matter_words().vocabulary.classes) == codes
    assert category_reader().classes == tuple(sorted(category_words()))
    assert set().union(*matter_words().categories.values()) <= set(category_words())


def test_a_matter_of_another_category_counts_less() -> None:
    lists = MatterWords(vocabulary_of(LIST, []), {"light": frozenset({"town"})})
    town, other = lists.shares([LAMP, LAMP], np.array([[1.0, 0.0], [0.0, 1.0]]), ["town", "traffic"])
    assert town[lists.vocabulary.classes.index("light")] > other[lists.vocabulary.classes.index("light")] > 0


def run(tmp_path: Path, content: bytes) -> tuple[int, str, list[dict[str, str]]]:
    (tmp_path / "in.csv").write_bytes(content)
    out = tmp_path / "out.csv"
    result = CliRunner().invoke(app, ["read", str(tmp_path / "in.csv"), "--out", str(out)])
    usual = csv.field_size_limit(10**7)
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines())) if out.exists() else []
    csv.field_size_limit(usual)
    assert not list(tmp_path.glob(".*.part"))
    return result.exit_code, result.output, rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_are_read_however_they_were_saved(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["编号", " Subject", "body"], ["7", "清风路路灯不亮", "A3区清风路"], ["8", "", ""]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    code, output, rows = run(tmp_path, content)
    assert (code, output.strip()) == (0, "2 read, 1 without words, 0 refused.")
    assert rows[0]["编号"] == "7"
    assert (rows[0]["category"], rows[0]["matter"], rows[0]["place"]) == ("城乡建设", "CPUB03", "清风路 A3区")
    assert 0 < float(rows[0]["probability"]) <= 1
    assert [rows[1][name] for name in ("编号", "category", "probability")] == ["8", "", ""]


def test_columns_stay_and_bad_rows_are_named(tmp_path: Path) -> None:
    long = "垃圾" * 200_000
    content = (
        f"subject,category,body,x,x\n路灯,旧,坏了,1,2\n\n路灯,旧,坏,了,1,2\n只有主题\n长,旧,{long},1,2\n"
    )
    code, output, rows = run(tmp_path, content.encode())
    assert code == 1
    assert "in.csv, row 4: The row has 6 cells, the heading 5." in output
    assert [row["category_given"] for row in rows] == ["旧", "", "旧"]
    assert rows[2]["body"] == long


@pytest.mark.parametrize(
    ("content", "say"),
    [
        (b"", "in.csv, row 1: The file is empty"),
        (b"subject,text\n1,2\n", "in.csv, row 1, body: The column is missing; the heading has subject, text"),
        (b"subject,body,Body\n1,2,3\n", "in.csv, row 1, body: Two columns have this name"),
        (b"subject,body\n\xff\xff\xff\n", "in.csv: The text is neither UTF-8 nor GB 18030"),
        (
            b"subject,body\n1," + b"x" * 17_000_000 + b"\n",
            "in.csv, row 2: From here on the file cannot be read",
        ),
    ],
)
def test_what_is_no_table_is_refused_whole(tmp_path: Path, content: bytes, say: str) -> None:
    code, output, rows = run(tmp_path, content)
    assert (code, rows) == (1, [])
    assert say in output.replace("\n", " ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(BadInput, match=r"none\.csv: The file cannot be opened"),
        open_table(tmp_path / "none.csv", ()),
    ):
        pass
    out = tmp_path / "nowhere" / "out.csv"
    (tmp_path / "in.csv").write_text("subject,body\n路灯,\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["read", str(tmp_path / "in.csv"), "--out", str(out)])
    assert (result.exit_code, "out.csv" in result.output) == (1, True)


def test_many_bad_rows_are_counted_but_not_all_printed(tmp_path: Path) -> None:
    code, output, _rows = run(tmp_path, b"subject,body\n" + b"1,2,3\n" * 150)
    assert (code, output.count("in.csv, row")) == (1, 100)
    assert "0 read, 0 without words, 150 refused." in output


def folder_of_messages(folder: Path, labelled: str) -> Path:
    (folder / "labelled.csv").write_text(labelled, encoding="utf-8")
    for name in ("messages.csv", "replied.csv"):
        (folder / name).write_text("subject,body\n路灯,坏了\n", encoding="utf-8")
    return folder


def test_the_reader_is_made_anew_from_a_folder(tmp_path: Path) -> None:
    rows = ["路灯不亮,小区,城乡建设", "学校补课,老师,教育文体"] * 10
    folder = folder_of_messages(tmp_path, "\n".join(["subject,body,category", *rows]))
    out = tmp_path / "reader.npz"
    result = CliRunner().invoke(app, ["reader", "train", "--messages", str(folder), "--out", str(out)])
    assert (result.exit_code, "20 examples: macro-F1 1.000" in result.output) == (0, True)
    assert Reader.from_bytes(out.read_bytes()).read(Text("老师补课", ""))[0].label == "教育文体"


def test_an_unknown_category_is_named(tmp_path: Path) -> None:
    folder = folder_of_messages(tmp_path, "subject,body,category\n路灯,坏,天文\n")
    result = CliRunner().invoke(app, ["reader", "train", "--messages", str(folder)])
    assert result.exit_code == 1
    assert "labelled.csv, row 2, category: '天文' is no category" in result.output


def test_the_shipped_reader_is_the_one_that_the_messages_make() -> None:
    examples, background = category_examples(shared_data("messages"))
    made, score = trained_categories(examples, background)
    shipped = category_reader()
    texts = [e.text for e in examples]
    assert np.allclose(made.chances(texts), shipped.chances(texts), atol=1e-3)
    assert (score.examples, score.macro_f1 > 0.88, score.calibration_error < 0.06) == (345, True, True)
