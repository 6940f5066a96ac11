"""Reads evidence: lists, places, files, imports, grants. The store's reading face is `queries.store`."""
