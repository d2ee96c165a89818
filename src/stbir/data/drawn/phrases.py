"""What people say about a part of an object: many phrases for one detail."""

from __future__ import annotations

import random

from stbir.data.drawn.materials import Material

SYNONYMS: dict[str, tuple[str, ...]] = {
    # soles and heels
    "thick sole": ("thick rubber sole", "treaded sole", "chunky outsole", "lug sole"),
    "chunky sole": ("chunky rubber sole", "lugged sole", "thick tread", "rugged sole"),
    "platform sole": ("platform", "raised sole", "flatform"),
    "block heel": ("stacked heel", "stacked block heel", "thick heel", "square heel"),
    "chunky heel": ("thick heel", "stacked heel"),
    "low block heel": ("low stacked heel", "low heel"),
    "stiletto heel": ("stiletto", "spike heel", "pointy heel"),
    "high heel": ("tall heel", "high heels"),
    "wedge heel": ("wedge", "wedged heel"),
    "rope wedge": ("jute wedge", "raffia wedge", "rope trim", "rope sole"),
    # how shoes close
    "lace up": ("laced", "lace-up front", "tie up", "lace up front"),
    "slip on": ("pull on", "laceless", "no laces", "slip-on"),
    "buckle": ("metal buckle", "buckled", "side buckle"),
    "buckle strap": ("buckled strap", "strap and buckle", "belt strap"),
    "two straps": ("double strap", "double buckle", "two buckles"),
    "velcro straps": ("hook and loop straps", "velcro closure"),
    "zip": ("zip up", "zipper closure", "side zipper"),
    "side zip": ("side zipper", "inside zip", "zip on the side"),
    "elastic side": ("elastic gusset", "stretch side", "elastic gore", "stretch panel"),
    "cross straps": ("crisscross straps", "crisscross", "criss-cross straps"),
    "criss cross": ("crisscross", "crisscross strap"),
    "strappy": ("multi strap", "many straps", "gladiator"),
    "thong": ("toe thong", "thong strap"),
    "slide": ("slides", "slide sandal"),
    "slingback": ("slingback strap", "sling back strap"),
    # what sits on shoes
    "bow": ("ribbon bow", "bow accent", "knotted bow", "bow on top"),
    "jewel": ("embellishment", "rhinestone", "crystal", "gemstone", "charm", "jewelled"),
    "brooch": ("medallion", "emblem", "decorative pin"),
    "metal bar": ("metal bit", "metal plate", "chain detail"),
    "with cut outs": ("cutouts", "cut-outs", "cutout design"),
    "holes": ("perforations", "cutouts", "punched holes"),
    "toe cap": ("capped toe", "cap-toe", "toe bumper"),
    "rubber toe": ("rubber toe cap", "rubber toe bumper"),
    "star patch": ("star logo", "star emblem"),
    "logo patch": ("emblem", "medallion", "badge"),
    "fur lining": ("fleece lining", "shearling lining", "fur lined", "fuzzy lining", "fur inside", "warm lining"),
    "fluffy lining": ("fleece lined", "fuzzy inside", "sherpa lining", "wool lining"),
    "fur cuff": ("shearling cuff", "fleece cuff", "fur collar"),
    "slouchy": ("slouch", "wrinkled", "slouchy shaft"),
    "fold over cuff": ("folded cuff", "foldover", "folded top"),
    # seats
    "castors": ("casters", "caster wheels", "wheel base", "rolling base"),
    "with wheels": ("rolling", "on casters", "wheeled base"),
    "padded back": ("cushioned back", "padded backrest", "foam padding"),
    "cushioned back": ("cushioned", "padded", "upholstered back"),
    "padded seat": ("cushioned seat", "cushioned", "foam seat"),
    "upholstered seat": ("upholstered", "fabric covered seat"),
    "round seat": ("circular", "round cushion", "circular seat"),
    "curved back": ("rounded back", "curved backrest", "curved design", "rounded form"),
    "curved shell": ("curved form", "sculpted shell", "rounded profile"),
    "rounded shape": ("rounded form", "sculptural form", "hourglass shape"),
    "high back": ("tall backrest", "tall back"),
    "wing back": ("wingback", "wings"),
    "square arms": ("angular arms", "rectangular arms", "track arms", "boxy form"),
    "straight arms": ("flat arms", "angular arms"),
    "rolled arms": ("rolled armrests", "scrolled arms"),
    "arms": ("armrests", "arm rests", "side arms"),
    "with arms": ("with armrests", "with arm rests"),
    "no arms": ("without arms", "armless design"),
    "armless": ("no armrests", "armless design"),
    "tufted back": ("tufted backrest", "tufting", "buttons on back", "button tufting"),
    "chesterfield style": ("chesterfield", "deep tufting"),
    "channelled back": ("channel tufted", "ribbed backrest", "vertical channels"),
    "perforated back": ("cutout back", "back with holes", "cut out backrest"),
    "cut-out back": ("cutout back", "cutout design", "cutout"),
    "slat back": ("slatted backrest", "slat backrest", "wooden slats"),
    "spindle back": ("spindle backrest", "spoke back"),
    "ladder back": ("ladderback", "horizontal slat back"),
    "cross back": ("crossback", "x-back"),
    "lattice back": ("grid back", "lattice backrest"),
    "ornate back": ("carved back", "ornate backrest", "ornate design"),
    "wire base": ("wireframe base", "wire frame", "wire legs"),
    "sled base": ("sled frame", "cantilever base"),
    "star base": ("five star base", "spider base", "five spoke base"),
    "round base": ("circular base", "disc foot", "round pedestal"),
    "disc base": ("flat round base", "circular base"),
    "pedestal base": ("pedestal", "single stem", "center column"),
    "swivel base": ("swivel", "rotating base"),
    "bucket seat": ("molded seat", "bucket shape", "scoop seat"),
    "moulded arms": ("molded arms", "molded form"),
    "reclined back": ("recliner", "angled back", "reclining back"),
    "footrest": ("foot rest", "foot bar"),
    "skirted": ("skirted base", "fabric skirt"),
    # bags, clothes and the rest
    "zipped": ("zippered", "zip closure"),
    "zipper": ("zip fastening", "zipper closure"),
    "clasp": ("metal clasp", "snap closure", "turn lock"),
    "flap": ("front flap", "flap closure", "foldover"),
    "shoulder strap": ("long shoulder strap", "adjustable strap", "sling"),
    "pocket": ("patch pocket", "outer pocket"),
    "buttons": ("buttoned", "button front", "button detail"),
    "drawstring": ("pull cord", "drawstring closure", "tie closure"),
}
"""Other ways to say a whole phrase of the families."""


def made_of(rng: random.Random, material: Material, *nouns: str) -> tuple[str, ...]:
    """Phrases such as "oak legs" and "legs in oak wood" for a part that has the names `nouns`."""
    phrases = [f"{material.short(rng)} {noun}" for noun in nouns for _ in range(3)]
    noun = rng.choice(nouns)
    phrases += [f"with {material.short(rng)} {noun}", f"{noun} in {material.short(rng)}"]
    phrases += [f"{material.phrase(rng)} {rng.choice(nouns)}" for _ in range(3)]
    return tuple(phrases)


def reworded(rng: random.Random, phrase: str) -> str:
    """The phrase itself, or now and then one of its `SYNONYMS`."""
    others = SYNONYMS.get(phrase.removeprefix("with "))
    if others is None or rng.random() < 0.5:
        return phrase
    return rng.choice(others)
