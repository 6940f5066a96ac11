"""What the indicators read: dictionaries, reports."""
