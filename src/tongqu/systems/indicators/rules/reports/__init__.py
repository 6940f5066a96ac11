"""Writes about figures: sentences whose every number says where it comes from, and the charts beside them."""
