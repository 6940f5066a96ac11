"""Tests of the duties app."""
