"""Why a photo is laid on another only by its pose, besides what registration itself says."""

BY_NEIGHBOUR = "by_neighbour"
"""It was laid by way of a photo that lies on the leading one."""
UNREADABLE = "unreadable"
"""Its file could not be read."""
