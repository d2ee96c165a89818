"""The categories that published zero-shot splits hold back, spelt as their files spell them."""

from __future__ import annotations

SKETCHY_21 = tuple(
    "bat cabin cow dolphin door giraffe helicopter mouse pear raccoon rhinoceros saw scissors seagull skyscraper "
    "songbird sword tree wheelchair windmill window".split()
)
"""Sketchy 104 / 21, on which the lists of LVM, ZSE-SBIR and DP-CLIP agree."""

SKETCHY_25 = tuple(
    "cup swan harp squirrel snail ray pineapple volcano rifle scissors parrot windmill teddy_bear tree wine_bottle "
    "deer chicken airplane wheelchair tank umbrella butterfly camel horse bell".split()
)
"""Sketchy 100 / 25, the list of ZSE-SBIR."""

TU_BERLIN_30 = tuple(
    "banana bus tractor suitcase streetlight telephone bottle_opener canoe fan teacup penguin laptop shoe lighter "
    "hot_air_balloon pizza brain ant t-shirt trombone windmill snowboard table rollerblades parachute space_shuttle "
    "bridge frying-pan bread horse".split()
)
"""TU-Berlin 220 / 30, the list of ZSE-SBIR."""

TU_BERLIN_30_MA = tuple(
    "backpack bicycle bookshelf cabinet calculator castle couch dolphin door_handle duck eyeglasses fire_hydrant "
    "flying_saucer foot hedgehog knife octopus pear purse rollerblades sailboat snail snake snowman swan tablelamp "
    "traffic_light truck umbrella walkie_talkie".split()
)
"""TU-Berlin 220 / 30, the list of MA-SBIR: only rollerblades are on both, so their numbers cannot be compared."""


def plain(category: str) -> str:
    """Spell a category so that spaces, underscores, hyphens and capitals make no difference.

    >>> plain("Hot_air-balloon")
    'hot air balloon'
    """
    return " ".join(category.casefold().replace("_", " ").replace("-", " ").split())
