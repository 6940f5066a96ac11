"""Who may lay pictures from before and after beside a case, without moving it."""

from __future__ import annotations

from tongqu.systems.cases.rules.lifecycle import Party

ADDERS = frozenset({Party.DESK, Party.OWNER, Party.INSPECTOR})
"""Whoever works on the case: its desk, the unit that handles it, its inspectors."""
