"""Writes cases and matters: every function is one act, with its fact in the journal and its duty."""
