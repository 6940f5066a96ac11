"""Brings evidence in and shares it. The store's writing face is `actions.shelf`."""
