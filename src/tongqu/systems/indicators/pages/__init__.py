"""Pages of the indicators: the explorer, and where a figure comes from."""
