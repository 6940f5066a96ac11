"""Tests of the indicators."""
