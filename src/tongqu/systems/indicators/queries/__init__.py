"""What the indicators read: definitions, series, ranks, contests; dictionaries and reports."""
