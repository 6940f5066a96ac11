"""Pure Python that every tier may use: no Django, no input or output."""
