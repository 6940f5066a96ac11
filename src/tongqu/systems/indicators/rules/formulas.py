"""Scoring formulas as data: a small language of exact arithmetic that can do nothing else.

    expression = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
    sum        = product {("+" | "-") product}
    product    = sign {("*" | "/") sign}
    sign       = "-" sign | number | name | name "(" expression {"," expression} ")" | "(" expression ")"

Names are the inputs that the caller allows; functions are `min`, `max`, `abs`, `round(x, digits)`, `clamp(x, low, high)` and
`if(condition, then, else)`. Numbers are exact fractions; a comparison is 1 or 0. `if` reckons only the side that it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from math import floor

from tongqu.systems.indicators.rules.saying import Said, gettext_noop

MOST_SIGNS = 500
MOST_DEPTH = 30
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([a-z_][a-z0-9_]*)|(<=|>=|==|!=|[-+*/(),<>]))")
Inputs = Mapping[str, Fraction]
Step = Callable[[Inputs], Fraction]


class BadFormula(ValueError):
    """A text is no formula. The message says where and what to do; `said` is the same in parts."""

    def __init__(self, said: Said) -> None:
        self.said = said
        super().__init__(str(said))


class NoResult(ArithmeticError):
    """A formula has no result for these inputs: it divides by zero, or an input is missing."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read: its text, the inputs that it uses, and how it is reckoned.

    >>> points = read_formula("60 + 40 * (value - worst) / (best - worst)", {"value", "best", "worst"})
    >>> points.reckon({"value": Fraction(5), "best": Fraction(9), "worst": Fraction(1)})
    Fraction(80, 1)
    >>> sorted(points.inputs)
    ['best', 'value', 'worst']
    """

    text: str
    inputs: frozenset[str]
    step: Step

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The inputs in the order of the alphabet."""
        return tuple(sorted(self.inputs))

    def reckon(self, values: Inputs) -> Fraction:
        """Return the result; raises `NoResult`."""
        try:
            return self.step(values)
        except ZeroDivisionError:
            raise NoResult(f"'{self.text}' divides by zero here.") from None
        except KeyError as missing:
            raise NoResult(f"'{self.text}' needs {missing.args[0]}, which is not known here.") from None


@lru_cache(maxsize=1000)
def _read(text: str, names: frozenset[str]) -> Formula:
    return _Reader(text, names).formula()


def read_formula(text: str, names: set[str] | frozenset[str]) -> Formula:
    """Return the formula that a text says; raises `BadFormula`.

    >>> read_formula("if(rank <= 3, 10, 0)", {"rank"}).reckon({"rank": Fraction(4)})
    Fraction(0, 1)
    >>> read_formula("growth + ", {"growth"})
    Traceback (most recent call last):
    ...
    tongqu.systems.indicators.rules.formulas.BadFormula: 'growth + ': a number or a name is missing at the end.
    """
    if len(text) > MOST_SIGNS:
        say = gettext_noop("The formula has %(signs)s signs; write it with %(most)s at most.")
        raise BadFormula(Said(say, {"signs": len(text), "most": MOST_SIGNS}))
    return _read(text, frozenset(names))


def round_half_up(value: Fraction, digits: int) -> Fraction:
    """Return the value rounded to so many digits behind the point, halves away from zero (四舍五入).

    >>> round_half_up(Fraction(5, 2), 0), round_half_up(Fraction(-5, 2), 0), round_half_up(Fraction(2, 3), 2)
    (Fraction(3, 1), Fraction(-3, 1), Fraction(67, 100))
    """
    scale = 10**digits
    whole = floor(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, scale)


def points_of(value: Fraction, digits: int) -> Decimal:
    """Return the value as a decimal of so many digits, halves away from zero.

    >>> points_of(Fraction(200, 3), 2)
    Decimal('66.67')
    """
    return Decimal(int(round_half_up(value, digits) * 10**digits)).scaleb(-digits)


def _round(value: Fraction, digits: Fraction) -> Fraction:
    if digits.denominator != 1 or not 0 <= digits <= 9:
        raise NoResult("round() takes 0 to 9 digits.")
    return round_half_up(value, int(digits))


_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Fraction]]] = {
    # name: fewest and most arguments, what it does
    "min": (2, 9, min),
    "max": (2, 9, max),
    "abs": (1, 1, abs),
    "round": (2, 2, _round),
    "clamp": (3, 3, lambda value, low, high: max(low, min(value, high))),
    "if": (3, 3, lambda *_: Fraction(0)),
}
_OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "<": lambda a, b: Fraction(a < b),
    "<=": lambda a, b: Fraction(a <= b),
    ">": lambda a, b: Fraction(a > b),
    ">=": lambda a, b: Fraction(a >= b),
    "==": lambda a, b: Fraction(a == b),
    "!=": lambda a, b: Fraction(a != b),
}
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


class _Reader:
    """Reads one text from left to right, one sign ahead."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text, self.names, self.used = text, names, set[str]()
        self.depth = 0
        self.tokens = list(self._tokens())
        self.place = 0

    def formula(self) -> Formula:
        step = self._expression()
        if self.place < len(self.tokens):
            raise self._wrong(gettext_noop("'%(sign)s' is not expected here"), sign=self.tokens[self.place])
        return Formula(self.text, frozenset(self.used), step)

    def _tokens(self) -> Iterator[str]:
        place, text = 0, self.text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise self._wrong(gettext_noop("'%(text)s' cannot be read"), text=text[place:].lstrip()[:10])
            yield found[0].strip()
            place = found.end()

    def _wrong(self, text: str, /, **values: object) -> BadFormula:
        frame = gettext_noop("'%(formula)s': %(what)s.")
        return BadFormula(Said(frame, {"formula": self.text, "what": Said(text, values)}))

    def _next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._next()
        if token not in wanted or not token:
            return ""
        self.place += 1
        return token

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise self._missing(f"'{wanted}'")

    def _missing(self, what: str | Said) -> BadFormula:
        if sign := self._next():
            return self._wrong(gettext_noop("%(what)s is missing before '%(sign)s'"), what=what, sign=sign)
        return self._wrong(gettext_noop("%(what)s is missing at the end"), what=what)

    def _expression(self) -> Step:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            deep = gettext_noop("brackets and signs lie more than %(most)s deep")
            raise self._wrong(deep, most=MOST_DEPTH)
        left = self._sum()
        if operator := self._take(*COMPARISONS):
            left = _joined(operator, left, self._sum())
        self.depth -= 1
        return left

    def _sum(self) -> Step:
        left = self._product()
        while operator := self._take("+", "-"):
            left = _joined(operator, left, self._product())
        return left

    def _product(self) -> Step:
        left = self._sign()
        while operator := self._take("*", "/"):
            left = _joined(operator, left, self._sign())
        return left

    def _sign(self) -> Step:
        minus = 0
        while self._take("-"):
            minus += 1
        step = self._atom()
        return _joined("-", lambda _: Fraction(0), step) if minus % 2 else step

    def _atom(self) -> Step:
        sign = self._next()
        self.place += 1
        if sign == "(":
            step = self._expression()
            self._expect(")")
            return step
        if sign[:1].isdigit():
            number = Fraction(sign)
            return lambda _: number
        if re.match("[a-z_]", sign):
            return self._call(sign) if self._next() == "(" else self._name(sign)
        self.place -= 1
        raise self._missing(Said(gettext_noop("a number or a name")))

    def _name(self, name: str) -> Step:
        if name not in self.names:
            unknown = gettext_noop("'%(name)s' is not known; use one of %(names)s")
            raise self._wrong(unknown, name=name, names=", ".join(sorted(self.names)))
        self.used.add(name)
        return lambda values: values[name]

    def _call(self, name: str) -> Step:
        if name not in _FUNCTIONS:
            unknown = gettext_noop("there is no function '%(name)s'; use one of %(names)s")
            raise self._wrong(unknown, name=name, names=", ".join(sorted(_FUNCTIONS)))
        fewest, most, function = _FUNCTIONS[name]
        self._expect("(")
        given = [self._expression()]
        while self._take(","):
            given.append(self._expression())
        self._expect(")")
        if not fewest <= len(given) <= most:
            many = gettext_noop("%(name)s() takes %(fewest)s to %(most)s arguments")
            some = gettext_noop("%(name)s() takes %(fewest)s arguments")
            raise self._wrong(many if most > fewest else some, name=name, fewest=fewest, most=most)
        if name == "if":
            condition, then, otherwise = given
            return lambda values: then(values) if condition(values) else otherwise(values)
        return lambda values: function(*(step(values) for step in given))


def _joined(operator: str, left: Step, right: Step) -> Step:
    join = _OPERATORS[operator]
    return lambda values: join(left(values), right(values))
