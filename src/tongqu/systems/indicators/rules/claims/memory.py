"""What a sentence has said so far, and the values of it that are read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tongqu.systems.indicators.rules.claims.claim import Kind
from tongqu.systems.indicators.rules.claims.divisions import Mention
from tongqu.systems.indicators.rules.claims.grammar import Predicate
from tongqu.systems.indicators.rules.claims.items import Item
from tongqu.systems.indicators.rules.claims.nouns import Name

NAMELESS = Name()
NOTHING_SAID = Predicate()


@dataclass
class Memory:
    """What a sentence has said so far, for what it does not say again.

    `base` is the indicator last named, `recent` the indicators of its claims, `set_name` what a count is of, `scope` the set of
    the last rank, `spent` the periods of a from–to by the places of its years, `carried` the period of the sentence before.
    """

    base: Name = NAMELESS
    recent: list[Name] = field(default_factory=list)
    kind: Kind | None = None
    set_name: Name = NAMELESS
    scope: str = ""
    said: Predicate = NOTHING_SAID
    spent: dict[int, str] = field(default_factory=dict)
    carried: str = ""


@dataclass(frozen=True)
class Group:
    """The values of one list, with the names, divisions and predicate that they have.

    `attributive`: the name stands after the value. `whole` is the name before it was divided among the values.
    """

    items: Sequence[Item]
    names: Sequence[Name]
    said: Predicate
    divisions: Sequence[Mention] = ()
    attributive: bool = False
    whole: Name = NAMELESS
