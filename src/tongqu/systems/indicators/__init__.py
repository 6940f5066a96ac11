"""Indicators (指标): figures of the region with their evidence, ranked and contested; read from reports as claims.

Words: a *figure* is a value of an indicator for a division and period; a *vintage* is one version of it, known since its
*release*. A *contest* makes points of figures, and its head holds the flag. A *claim* is one figure that a text states: of which
division, indicator and period, of which kind, and where in the text. `queries.series` and `queries.ranks` read the store,
`queries.reading.claims_in` reads the claims of a text; `rules.claims.comparing` holds a claim against a known value.
"""
