"""Region (区域): where things are and who answers for them.

Words: a *division* (区划) is a territory, from prefecture to grid; a *unit* (单位) is a body that answers for
something, either a line department (条) or a territorial government (块); a *person* holds *postings*, each a role
in a unit. The working calendar turns deadlines into instants.
"""
