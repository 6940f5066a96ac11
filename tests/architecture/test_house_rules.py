"""The house rules that no linter knows: rooms, sizes, foreign keys, docs."""

from __future__ import annotations

import ast
import csv
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tongqu"
MODULES = sorted(
    path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts and "tests" not in path.parts
)
APPS = sorted(path.parent for path in SOURCE.glob("*/*/apps.py"))
ROOMS = {
    "__init__", "rules", "analytics", "models", "queries", "actions", "pages", "api", "jobs", "commands", "urls",
    "forms", "admin", "apps", "templatetags", "management", "migrations", "tests", "templates", "static", "locale",
    "data", "guard", "api_frame", "worker",
}  # fmt: skip
NEVER = {"utils", "helpers", "services", "managers", "common", "misc"}
MOST_LINES = 450


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions_of(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: the docstring does not count."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_file_outgrows_its_room(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, (
        f"{short(path)} has {lines} lines: make it a package with one concept per file"
    )


def test_functions_fit_on_a_screen() -> None:
    lengths = {f"{short(p)}:{f.lineno} {f.name}": length(f) for p in MODULES for f in functions_of(p)}
    ordered = sorted(lengths.values())
    longest = {name: n for name, n in lengths.items() if n > 60}
    assert statistics.median(ordered) < 10
    assert ordered[int(len(ordered) * 0.95)] < 40
    assert not longest, f"too long for a screen: {longest}"


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "__init__.py"], ids=short)
def test_init_is_a_docstring_only(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    if path.parent.name == "models":
        # Django knows the models of an app by what its `models` imports; nothing else may stand there.
        kinds = [type(node) for node in body]
        assert kinds == [ast.Expr, *[ast.ImportFrom] * (len(kinds) - 2), ast.Assign]
        return
    assert len(body) == 1, f"{short(path)} may hold a docstring and nothing else"
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)


@pytest.mark.parametrize("folder", APPS, ids=short)
def test_apps_have_the_same_rooms(folder: Path) -> None:
    if folder.name in {"ui"}:
        return
    found = {p.stem if p.is_file() else p.name for p in folder.iterdir() if p.suffix in {".py", ""}}
    strange = {name for name in found if name not in ROOMS and not name.startswith((".", "__py"))}
    assert not strange, f"{short(folder)} has rooms that no other app has: {sorted(strange)}"


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = [short(p) for p in SOURCE.rglob("*") if p.stem in NEVER and (p.is_dir() or p.suffix == ".py")]
    assert not drawers, f"name these after what they do: {drawers}"


@pytest.mark.parametrize(
    "module",
    [
        ".".join(p.relative_to(ROOT / "src").with_suffix("").parts)
        for p in MODULES
        if p.stem in {"rules", "analytics"} or {"rules", "analytics", "kernel"} & set(p.parts[:-1])
        if p.name != "__init__.py"
    ],
)
def test_rules_need_no_django(module: str) -> None:
    code = f"import sys, {module}; sys.exit('django' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert result.returncode == 0, f"{module} pulls Django in: {result.stderr.decode()[-300:]}"


def tier_of(module: str) -> tuple[str, str]:
    _, tier, *rest = module.split(".")
    return tier, rest[0] if rest else ""


def test_foreign_keys_stay_at_home_or_point_to_shared() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("tongqu."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            if not getattr(field, "many_to_one", False) or field.auto_created or not isinstance(target, type):
                continue
            if not target.__module__.startswith("tongqu."):
                continue
            here, there = tier_of(model.__module__), tier_of(target.__module__)
            if there != here and there[0] != "shared":
                wrong.append(f"{model.__name__}.{field.name} -> {target.__module__}.{target.__name__}")
    assert not wrong


def test_no_sql_is_put_together_from_strings() -> None:
    """`execute`, `raw` and `RawSQL` take a constant; values go in as parameters."""
    wrong = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"execute", "executemany", "raw", "RawSQL"} and node.args:
                first = node.args[0]
                if isinstance(first, ast.JoinedStr | ast.BinOp):
                    wrong.append(f"{short(path)}:{node.lineno}")
    assert not wrong, f"SQL built from strings: {wrong}"


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b|except[^:\n]*:\s*pass\b")
    wrong = [
        f"{short(p)}:{n}"
        for p in MODULES
        for n, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not wrong


@pytest.mark.parametrize("folder", APPS, ids=short)
def test_every_app_has_its_page_in_the_docs(folder: Path) -> None:
    if folder.name == "ui":
        assert (ROOT / "docs" / "ui.md").is_file()
        return
    page = ROOT / "docs" / "systems" / f"{folder.name}.md"
    assert page.is_file(), f"write {short(page)}"
    assert len(page.read_text(encoding="utf-8").split()) > 150, f"{short(page)} says too little"


def glossary_rows() -> list[dict[str, str]]:
    rows = []
    for path in sorted((ROOT / "docs" / "glossary").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


def test_one_chinese_term_has_one_english_word() -> None:
    seen: dict[str, str] = {}
    clashes = []
    for row in glossary_rows():
        english = seen.setdefault(row["chinese"], row["english"])
        if english.lower() != row["english"].lower():
            clashes.append(f"{row['chinese']}: {english} / {row['english']}")
    assert seen, "docs/glossary/*.csv hold the terms"
    assert not clashes


def test_glossary_page_is_current() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    absent = [row["chinese"] for row in glossary_rows() if f"| {row['chinese']} |" not in page]
    assert not absent, f"run scripts/glossary; absent: {absent}"


def test_every_dependency_has_a_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = set(
        re.findall(
            r'^    "([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?[^"]*",$', project.split("[project.scripts]")[0], re.M
        )
    )
    dev = project.split("[dependency-groups]")[1].split("[build-system]")[0].split("[tool.")[0]
    names |= set(re.findall(r'"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?[^"]*"', dev))
    absent = sorted(name for name in names if f"`{name}`" not in text)
    assert not absent, f"docs/dependencies.md gives no reason for {absent}"


def test_every_benchmark_is_explained() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    absent = [
        p.name
        for p in sorted((ROOT / "bench").glob("*.py"))
        if p.name != "__init__.py" and p.name not in page
    ]
    assert not absent, f"docs/benchmarks.md says nothing of {absent}"


def test_the_project_names_no_machine_and_no_registry_host() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    # Written apart, so that this file does not find itself.
    words = [
        "/wo" + "rk/",
        "py" + "pi.org",
        "pythonhos" + "ted",
        "registry.np" + "mjs",
        "deb.debi" + "an.org",
    ]
    wrong = []
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file() or path.suffix in {".png", ".jpg", ".mjs", ".webp"}:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        wrong += [f"{name}: {word}" for word in words if word in text]
    assert not wrong
