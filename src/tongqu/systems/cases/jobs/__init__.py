"""The jobs of cases."""
