"""Statistical data and metadata exchange: SDMX-ML 2.1 and 3.0, structures and structure-specific data."""
