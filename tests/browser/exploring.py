"""Records invented figures of two counties on the server that the browser visits: `python -m tests.browser.exploring`."""

import django

django.setup()

from tongqu.shared.clock import now  # noqa: E402 - needs Django
from tongqu.systems.indicators.models.indicator import Indicator  # noqa: E402
from tongqu.systems.indicators.tests.makers import define_all, some_figures  # noqa: E402

if __name__ == "__main__":
    define_all(now())
    some_figures(now())
    Indicator.objects.update(is_invented=True)
