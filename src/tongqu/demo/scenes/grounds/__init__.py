"""The kinds of country around Quzhou, each laid out anew for every place from its seed."""
