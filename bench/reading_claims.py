"""Reads the figures of Chinese reports and holds them against annotated ones, beside a plain reader of numbers and nouns.

    .venv/bin/python bench/reading_claims.py [FOLDER] [--errors] [--agreement]

FOLDER holds the press texts whose claims are annotated by offset in `bench/claims/press.csv`; without one:
`../shared/data/press` beside the checkout. The texts themselves are not part of the project: a text is known by the SHA-256 of
its bytes. `bench/claims/held_out*.txt` hold sentences that were written and annotated before the rules were run on them: of all
but `held_out_again` the errors were looked at afterwards and rules were mended, so that only its later figures are blind ones.
Where a convention was changed afterwards its annotations were too (two in `held_out_again`, one in `held_out_sixth`).
`--agreement` compares `bench/claims/press_again.csv`, a third of the claims annotated a second time from scratch.

A claim is right strictly when its span and all of its fields are; fields are compared among claims whose spans overlap.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.systems.indicators.queries.dictionary import dictionary  # noqa: E402
from tongqu.systems.indicators.rules.claims.claim import Claim, Kind  # noqa: E402
from tongqu.systems.indicators.rules.claims.reading import claims_of  # noqa: E402

CLAIMS = ROOT / "bench" / "claims"
PRESS = ROOT.parent / "shared" / "data" / "press"
FIELDS = (
    "division", "indicator", "period", "kind", "value", "unit", "value_from", "rank", "rank_scope", "approximate",
)  # fmt: skip
Row = dict[str, str]


@dataclass
class Case:
    """A text with its annotated claims."""

    name: str
    text: str
    gold: list[Row]


def number(text: str) -> str:
    """Return a number in its shortest form, so that 8.0 and 8 are alike."""
    return format(Decimal(text).normalize(), "f") if text else ""


def row_of(claim: Claim) -> Row:
    """Return a claim as the annotation writes it."""
    return {
        "start": str(claim.start),
        "end": str(claim.end),
        "division": claim.division,
        "indicator": claim.indicator,
        "period": claim.period,
        "kind": claim.kind.value,
        "value": "" if claim.value is None else number(str(claim.value)),
        "unit": claim.unit,
        "value_from": "" if claim.value_from is None else number(str(claim.value_from)),
        "rank": "" if claim.rank is None else str(claim.rank),
        "rank_scope": claim.rank_scope,
        "approximate": str(claim.approximate).lower(),
    }


def annotated(rows: Sequence[Row]) -> list[Row]:
    """Return annotated rows with numbers in their shortest form."""
    return [row | {"value": number(row["value"]), "value_from": number(row["value_from"])} for row in rows]


def press_cases(folder: Path, table: Path) -> list[Case]:
    """Return the press texts that have annotations."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cases = []
    for path in sorted(folder.glob("*.txt")):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        mine = [row for row in rows if row["text_sha256"] == digest]
        if mine:
            # As the command reads it: bytes decoded, line ends kept.
            cases.append(Case(path.name, content.decode("utf-8"), annotated(mine)))
    return cases


def held_out_cases(path: Path) -> list[Case]:
    """Return the sentences of the held-out set: a line "= text" (\\n for a line break), then one for each claim."""
    cases: list[Case] = []
    position = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            cases.append(Case(f"sentence {len(cases) + 1}", line[2:].replace("\\n", "\n"), []))
            position = 0
        elif line:
            context, *fields = (part.strip() for part in line.split("|"))
            before, rest = context.split("[[")
            span, after = rest.split("]]")
            at = cases[-1].text.index(before + span + after, position) + len(before)
            position = at
            fields += [""] * (10 - len(fields))
            row = dict(zip(FIELDS, fields, strict=True))
            row |= {"approximate": "true" if row["approximate"] else "false"}
            cases[-1].gold.append(row | {"start": str(at), "end": str(at + len(span))})
    for case in cases:
        case.gold = annotated(case.gold)
    return cases


_NAIVE = re.compile(
    r"(?P<noun>[\u4e00-\u9fffA-Za-z&]{2,12}?)(?:达到|达|为|增长|增長|下降|提高到|突破|第)?"
    r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[万亿萬億]?(?:元|人|吨|噸|个百分点|個百分點|%|个|個|家|项|項|条|位|亩|畝))"
)


def naive(text: str) -> list[Row]:
    """Read each number with a unit, and take the characters before it for its indicator."""
    rows = []
    for match in _NAIVE.finditer(text):
        growth = "增" in match[0] or "下降" in match[0]
        years = re.findall(r"(20\d\d)年", text[: match.start()])
        cities = re.findall(r"[\u4e00-\u9fff]{2}市", text)
        rows.append(
            dict.fromkeys(FIELDS, "")
            | {
                "start": str(match.start("number")),
                "end": str(match.end()),
                "division": Counter(cities).most_common(1)[0][0] if cities else "",
                "indicator": match["noun"],
                "period": years[-1] if years else "",
                "kind": (Kind.YOY if growth else Kind.LEVEL).value,
                "value": number(match["number"]),
                "unit": match["unit"],
                "approximate": "false",
            }
        )
    return rows


@dataclass
class Score:
    """Counts of right, read and annotated claims, and of right fields among those that met."""

    right: int = 0
    read: int = 0
    gold: int = 0
    met: int = 0

    def line(self) -> str:
        """Return precision, recall and F1 as one line."""
        precision = self.right / self.read if self.read else 0.0
        recall = self.right / self.gold if self.gold else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"{precision:>9.3f} {recall:>7.3f} {f1:>7.3f} {self.right:>6} {self.read:>6} {self.gold:>6}"


def pairs(gold: list[Row], read: list[Row]) -> list[tuple[Row, Row]]:
    """Pair each annotated claim with the read one that overlaps it most; each is used once."""
    found = []
    free = list(read)
    for one in gold:
        best = max(free, key=lambda other: overlap(one, other), default=None)
        if best is not None and overlap(one, best) > 0:
            free.remove(best)
            found.append((one, best))
    return found


def overlap(one: Row, other: Row) -> float:
    """Return the shared part of two spans, 0 where there is none."""
    starts, ends = (int(one["start"]), int(other["start"])), (int(one["end"]), int(other["end"]))
    shared = min(ends) - max(starts)
    return shared / (max(ends) - min(starts)) if shared > 0 else 0.0


def equal(one: Row, other: Row, fields: Sequence[str]) -> bool:
    """Say whether two claims are alike in these fields."""
    return all(one[field] == other[field] for field in fields)


def measure(cases: list[Case], reader: Callable[[str], list[Row]]) -> dict[str, Score]:
    """Return the scores of a reader: "strict", "found" (spans overlap), each field, each text, each kind."""
    scores: dict[str, Score] = {}

    def add(name: str, right: int, read: int, gold: int) -> None:
        score = scores.setdefault(name, Score())
        score.right, score.read, score.gold = score.right + right, score.read + read, score.gold + gold

    for case in cases:
        read = reader(case.text)
        met = pairs(case.gold, read)
        strict = [one for one, other in met if equal(one, other, ("start", "end", *FIELDS))]
        add("strict, all fields and span", len(strict), len(read), len(case.gold))
        add("found at all", len(met), len(read), len(case.gold))
        add(f"text {case.name}", len(strict), len(read), len(case.gold))
        for field in ("span", *FIELDS):
            of = ("start", "end") if field == "span" else (field,)
            add(f"field {field}", sum(equal(one, other, of) for one, other in met), len(read), len(case.gold))
        for kind in Kind:
            add(
                f"kind {kind}",
                sum(one["kind"] == kind for one in strict),
                sum(one["kind"] == kind for one in read),
                sum(one["kind"] == kind for one in case.gold),
            )
    return scores


def print_scores(title: str, cases: list[Case], *, texts: bool) -> None:
    """Print the table of one set: ours, with the strict line of the plain reader."""
    known = dictionary()
    ours = measure(cases, lambda text: [row_of(claim) for claim in claims_of(text, known)])
    plain = measure(cases, naive)
    print(
        f"\n{title}: {sum(len(case.gold) for case in cases)} claims, {sum(len(case.text) for case in cases)} characters"
    )
    print(f"{'':<34} precision  recall      F1  right   read   gold")
    for name, score in ours.items():
        if texts or not name.startswith("text "):
            print(f"{name:<34} {score.line()}")
    for name in ("strict, all fields and span", "found at all", "field value", "field indicator"):
        print(f"{'plain reader: ' + name:<34.34} {plain[name].line()}")


def print_errors(cases: list[Case]) -> None:
    """Print what was read wrongly, and what was not annotated or not read."""
    known = dictionary()
    for case in cases:
        read = [row_of(claim) for claim in claims_of(case.text, known)]
        met = pairs(case.gold, read)
        print(f"\n# {case.name}")
        for one, other in met:
            wrong = [f"{f}: {one[f]} ≠ {other[f]}" for f in ("start", "end", *FIELDS) if one[f] != other[f]]
            if wrong:
                print(f"≠ {case.text[int(one['start']) : int(one['end'])]!r} {'; '.join(wrong)}")
        for mark, rows, side in (("–", case.gold, 0), ("+", read, 1)):
            used = {id(pair[side]) for pair in met}
            for row in rows:
                if id(row) not in used:
                    print(f"{mark} {case.text[int(row['start']) : int(row['end'])]!r} {row['indicator']}")


def print_agreement(folder: Path) -> None:
    """Print how the second annotation agrees with the first, over the part that it covers."""
    first, second = (press_cases(folder, CLAIMS / name) for name in ("press.csv", "press_again.csv"))
    for again in second:
        once = next(case for case in first if case.name == again.name)
        low, high = (pick(int(row["start"]) for row in again.gold) for pick in (min, max))
        part = [row for row in once.gold if low <= int(row["start"]) <= high]
        met = pairs(part, again.gold)
        same = sum(equal(one, other, ("start", "end", *FIELDS)) for one, other in met)
        print(
            f"\nAgreement, {again.name}: {len(part)} claims at first, {len(again.gold)} again, {same} alike in all"
        )
        for field in ("start", "end", *FIELDS):
            print(f"  {field:<12} {sum(equal(o, a, (field,)) for o, a in met)}/{len(met)}")


def print_speed(cases: list[Case]) -> None:
    """Print how many characters are read a second, after the dictionary is there."""
    known = dictionary()
    text = "\n".join(case.text for case in cases) * 10
    start = time.perf_counter()
    claims_of(text, known)
    seconds = time.perf_counter() - start
    print(
        f"\nSpeed: {len(text)} characters in {seconds:.2f} s, {len(text) / seconds:,.0f} characters a second"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=PRESS)
    parser.add_argument("--errors", action="store_true", help="print what is wrong in the press texts")
    parser.add_argument(
        "--held-out-errors", action="store_true", help="print what is wrong in the first held-out set"
    )
    parser.add_argument("--agreement", action="store_true", help="compare the two annotations")
    chosen = parser.parse_args()
    held_out = {path.stem: held_out_cases(path) for path in sorted(CLAIMS.glob("held_out*.txt"))}
    cases = press_cases(chosen.folder, CLAIMS / "press.csv")
    if cases:
        print_scores("Press texts", cases, texts=True)
    else:
        print(f"{chosen.folder} holds none of the annotated press texts: only the held-out set is measured.")
    for name, sentences in held_out.items():
        print_scores(name, sentences, texts=False)
    print_speed([*cases, *(case for sentences in held_out.values() for case in sentences)])
    if chosen.errors:
        print_errors(cases)
    if chosen.held_out_errors:
        print_errors(held_out["held_out"])
    if chosen.agreement and cases:
        print_agreement(chosen.folder)


if __name__ == "__main__":
    main()
