"""The duty pages: the board, one duty, the league, notices, rules."""
