"""Who may open which door: a rule for each page and route."""

from dataclasses import dataclass, field

from tongqu.shared.region.rules import Role


@dataclass(frozen=True)
class Door:
    """The rule on a page or route: open to all, to everyone signed in, or to holders of a role.

    >>> Door(roles=frozenset({Role.AUDITOR})).opens_to(signed_in=True, roles=frozenset({Role.HANDLER}))
    False
    >>> PUBLIC.opens_to(signed_in=False, roles=frozenset())
    True
    """

    public: bool = False
    roles: frozenset[Role] = field(default_factory=frozenset)

    def opens_to(self, *, signed_in: bool, roles: frozenset[Role]) -> bool:
        """Answer whether someone with these roles may pass."""
        if self.public:
            return True
        if not signed_in:
            return False
        return not self.roles or bool(self.roles & roles)


PUBLIC = Door(public=True)
SIGNED_IN = Door()


def held_by(*roles: Role) -> Door:
    """Return the rule that lets only holders of one of the roles pass."""
    return Door(roles=frozenset(roles))
