"""Tests of the journal app."""
