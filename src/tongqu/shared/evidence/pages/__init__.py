"""The pages of evidence: the list, one piece, its files, imports and grants."""
