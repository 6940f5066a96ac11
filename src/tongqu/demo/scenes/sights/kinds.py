"""The matters that can be seen from above, and where each may lie."""

from enum import StrEnum

from tongqu.demo.scenes.grounds.kinds import Ground


class Sight(StrEnum):
    """Something on the ground that someone must deal with."""

    NOTHING = "nothing"
    RUBBLE = "rubble"
    RUBBISH = "rubbish"
    STRAW_FIRE = "straw_fire"
    BARE_SOIL = "bare_soil"
    STEEL_SHED = "steel_shed"
    FLOATING = "floating"
    WATER_WEED = "water_weed"
    OUTFALL = "outfall"
    BROKEN_ROAD = "broken_road"
    LORRIES = "lorries"
    STALLS = "stalls"
    LANDSLIP = "landslip"
    FALLEN_TREE = "fallen_tree"
    DIGGING = "digging"


GROUNDS: dict[Sight, tuple[Ground, ...]] = {
    Sight.NOTHING: tuple(Ground),
    Sight.RUBBLE: (Ground.PADDY, Ground.VILLAGE, Ground.BANK, Ground.FOREST, Ground.ORCHARD),
    Sight.RUBBISH: (Ground.VILLAGE, Ground.BANK, Ground.FACTORY, Ground.PADDY, Ground.FOREST),
    Sight.STRAW_FIRE: (Ground.PADDY,),
    Sight.BARE_SOIL: (Ground.SITE,),
    Sight.STEEL_SHED: (Ground.VILLAGE, Ground.PADDY, Ground.ORCHARD, Ground.TEA),
    Sight.FLOATING: (Ground.RIVER,),
    Sight.WATER_WEED: (Ground.RIVER,),
    Sight.OUTFALL: (Ground.RIVER,),
    Sight.BROKEN_ROAD: (Ground.STREET,),
    Sight.LORRIES: (Ground.STREET, Ground.FACTORY),
    Sight.STALLS: (Ground.STREET,),
    Sight.LANDSLIP: (Ground.FOREST, Ground.TEA),
    Sight.FALLEN_TREE: (Ground.STREET, Ground.FOREST),
    Sight.DIGGING: (Ground.BANK, Ground.FOREST),
}
"""The grounds that suit each matter."""
