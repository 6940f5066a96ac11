"""Indicators (指标): figures of the region with their evidence; read from reports as claims.

Words: a *claim* is one figure that a text states: of which division, indicator and period, of which kind, and where in the
text. `queries.reading.claims_in` reads the claims of a text; `rules.claims.comparing` holds a claim against a known value.
"""
