"""Tongqu (通衢): keeps the promises of a region in sight."""
