"""How finely a map is counted."""

SINGLE_CASES = 300
"""Up to so many cases in sight are shown one by one."""
MOST_CELLS = 2000
"""More cells are not drawn: a coarser size is taken."""
FINEST, COARSEST = 9, 3


def resolution_at(zoom: float) -> int:
    """Return the H3 resolution whose cells are some 40 to 100 px wide at the zoom of a web map.

    A cell of resolution 6 measures some 6.5 km; at 28° north a pixel is 135 m at zoom 10, with tiles of 512 px half of it.

    >>> [resolution_at(zoom) for zoom in (2, 6, 8, 10, 12, 14, 19)]
    [3, 4, 5, 6, 8, 9, 9]
    """
    steps = [(6, 3), (7.4, 4), (8.8, 5), (10.2, 6), (11.6, 7), (13, 8)]
    return next((resolution for below, resolution in steps if zoom < below), FINEST)
