"""Cases (事件): something in the world that someone must handle, from report to closing on evidence.

Words: a *matter* (事项) is the kind of thing; a *report* brings it in; the duty desk accepts and dispatches it to a
*unit*; newer evidence verifies it. `rules.lifecycle.MOVES` is the whole life cycle.
"""
