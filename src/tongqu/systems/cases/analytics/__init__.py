"""Crunching numbers of cases: frames in, frames out, no Django."""
