"""Access (权限): who may see and do what. Everything is refused unless a rule on the view allows it."""
