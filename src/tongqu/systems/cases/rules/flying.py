"""What a flight that shall show finished work is given of the time for the check."""

from decimal import ROUND_DOWN, Decimal

from tongqu.kernel.calendar import Allowance

SHARE = Decimal("0.5")
"""Half of the time for the check: the other half is for whoever looks at the photos."""
_LEAST = Decimal("0.01")


def flight_allowance(verify: Allowance) -> Allowance:
    """Return the time for a flight, inside the time for the check that waits for it.

    >>> str(flight_allowance(Allowance.parse("1wd"))), str(flight_allowance(Allowance.parse("4.5h")))
    ('0.5wd', '2.25h')
    """
    amount = (verify.amount * SHARE).quantize(_LEAST, ROUND_DOWN)
    return Allowance(min(verify.amount, max(_LEAST, amount)), verify.clock)
