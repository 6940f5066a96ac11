"""Tests of the region app."""
