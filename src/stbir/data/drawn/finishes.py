"""Textures: what people call them, the colours they come in, and which of them are near each other."""

from __future__ import annotations

# texture: words for it ("" where people leave it out)
TEXTURES: dict[str, tuple[str, ...]] = {
    "plain": ("", "", "", "", "smooth", "plain", "matte", "solid"),
    "leather": (
        *("leather", "leather", "leather", "leather", "leather", "smooth leather", "leather look", "faux leather", ""),
        *("leatherette", "vegan leather", "synthetic leather", "soft leather", "vinyl", "full grain leather"),
    ),
    "patent": ("patent", "patent leather", "shiny", "glossy", "shiny leather", "polished leather", "glossy leather"),
    "suede": ("suede", "suede", "suede", "suede", "nubuck", "suede leather", "brushed leather", "microfibre"),
    "fabric": ("fabric", "fabric", "canvas", "cloth", "textile", "linen", "cotton", "woven fabric", "cotton canvas"),
    "mesh": ("mesh", "mesh", "net", "mesh fabric", "breathable mesh", "netting", "sport mesh"),
    "quilted": ("quilted", "padded", "quilted fabric", "diamond quilted", "diamond stitched", "puffy"),
    "striped": ("striped", "stripes", "stripy", "striped fabric", "stripe pattern", "stripe print"),
    "dots": ("polka dot", "dotted", "spotted", "polka dots", "dot pattern", "spotty"),
    "plaid": ("plaid", "checked", "tartan", "check", "checkered", "plaid pattern", "tartan check"),
    "floral": ("floral", "flower pattern", "flowery", "flower print", "floral print", "flowers", "printed"),
    "leopard": ("leopard print", "leopard", "animal print", "cheetah print", "leopard pattern"),
    "snake": ("snake print", "snakeskin", "animal print", "python", "reptile print", "snake skin", "snake pattern"),
    "camo": ("camouflage", "camo", "camouflage print", "army print", "woodland camouflage", "military pattern"),
    "zigzag": ("zigzag", "chevron", "zigzag pattern", "chevron pattern", "wavy pattern", "zig zag", "geometric"),
    "fur": ("fur", "fluffy", "fleece", "sheepskin", "furry", "shearling", "faux fur", "fuzzy", "wool", "sherpa"),
    "knit": ("knitted", "knit", "wool", "woven", "cable knit", "sweater knit", "ribbed knit", "boucle"),
    "glitter": ("glitter", "sparkly", "glittery", "sparkle", "shimmer", "glittered", "iridescent", "shimmery"),
    "wicker": ("wicker", "rattan", "woven", "basket weave", "cane", "woven cane", "woven rattan", "seagrass"),
    "felt": ("felt", "wool felt", "felted", "wool", "boiled wool", "woolen"),
    "velvet": ("velvet", "velour", "velvet fabric", "plush", "chenille", "crushed velvet"),
    "wood": ("wood", "wooden", "solid wood", "wood grain"),
    "metal": ("metal", "metal", "metallic", "steel"),
    "plastic": ("plastic", "plastic", "moulded plastic", "molded plastic", "rubber", "resin", "glossy plastic", "pvc"),
    "ceramic": ("ceramic", "glazed", "porcelain", "glossy ceramic", "china", "earthenware"),
    "glass": ("glass", "glass", "coloured glass", "glossy glass"),
    "speckled": ("speckled", "stoneware", "speckled ceramic", "flecked", "terrazzo"),
    "marble": ("marble", "marbled", "stone", "marble effect"),
    "distressed": (
        *("distressed leather", "distressed", "worn leather", "worn", "vintage leather", "weathered leather"),
        *("oiled leather", "antique leather", "scuffed leather", "faded", "rugged leather"),
    ),
    "crocodile": (
        *("crocodile", "croc", "croc embossed leather", "crocodile print", "alligator", "embossed leather"),
        *("textured leather", "reptile", "textured"),
    ),
    "perforated": ("perforated leather", "perforated", "punched leather", "perforations", "leather with holes"),
    "woven": ("woven leather", "woven", "braided", "plaited", "interwoven", "braided leather", "webbing"),
    "metallic": ("metallic", "metallic leather", "foil", "shiny metallic", "holographic", "shiny", "mirror finish"),
    "satin": ("satin", "silk", "silky", "satin fabric", "shiny satin"),
    "corduroy": ("corduroy", "ribbed", "cord", "corduroy fabric", "ribbed fabric", "ridged"),
    "twill": ("denim", "jean", "denim fabric", "washed denim", "chambray"),
    "lace": ("lace", "crochet", "lacy", "openwork", "crocheted", "cutout", "eyelet lace"),
    "sequins": ("sequin", "sequinned", "sequins", "beaded", "crystal", "rhinestone", "jewelled", "sequined"),
    "cork": ("cork", "cork", "cork fabric"),
    "jute": ("jute", "rope", "raffia", "straw", "hemp", "woven jute", "sisal", "natural fibre"),
    "tufted": ("tufted", "tufted", "buttoned", "button tufted", "deep buttoned", "buttons"),
    "acrylic": ("acrylic", "plastic", "perspex", "plexiglass", "translucent", "translucent plastic", "lucite", "jelly"),
    "zebra": ("zebra print", "zebra", "animal print", "zebra stripe"),
    "tiger": ("tiger print", "tiger", "animal print", "tiger stripe"),
    "cow": ("cow print", "cowhide", "animal print", "cow hide", "giraffe print", "pony hair", "patchy"),
    "gingham": ("gingham", "checked", "check", "gingham check", "small check"),
    "checkerboard": ("checkerboard", "checkered", "chequered", "checkerboard print", "check", "squares", "mosaic"),
    "tweed": ("tweed", "flecked", "melange", "marl", "textured fabric", "boucle", "textured weave", "salt and pepper"),
    "herringbone": ("herringbone", "houndstooth", "herringbone tweed", "herringbone pattern", "dogtooth"),
    "paisley": ("paisley", "patterned", "ornate pattern", "brocade", "damask", "paisley print", "jacquard"),
    "geometric": ("geometric", "geometric pattern", "patterned", "diamond pattern", "argyle", "graphic print"),
    "fair isle": ("fair isle", "nordic pattern", "patterned knit", "fair isle knit", "patterned", "aztec"),
    "tie-dye": ("tie dye", "tie-dye", "dyed", "watercolour", "abstract print", "swirl"),
    "embroidered": ("embroidered", "embroidery", "floral embroidery", "embroidered flowers", "tapestry"),
}

TWO_COLOURED = (
    *("striped", "dots", "plaid", "floral", "leopard", "snake", "camo", "zigzag", "marble", "zebra", "tiger", "cow"),
    *("gingham", "checkerboard", "tweed", "herringbone", "paisley", "geometric", "fair isle", "tie-dye", "embroidered"),
)
SAID_IN_THE_COLOUR = ("wood", "metal")

PALETTES: dict[str, tuple[str, ...]] = {
    "leopard": ("tan", "beige", "mustard", "camel"),
    "zebra": ("white", "off white", "cream", "light grey"),
    "tiger": ("orange", "burnt orange", "tan", "mustard", "camel"),
    "cow": ("white", "off white", "cream", "tan", "beige"),
    "camo": ("olive", "khaki", "dark green", "sage", "grey", "beige", "brown", "green"),
    "twill": ("denim", "navy", "mid blue", "light blue", "slate", "black", "dark grey"),
    "cork": ("camel", "tan", "khaki", "beige", "taupe"),
    "jute": ("beige", "camel", "khaki", "tan", "cream", "taupe"),
    "distressed": ("brown", "tan", "cognac", "chestnut", "dark brown", "taupe", "black", "dark grey", "camel", "rust"),
    "metallic": ("silver", "gold", "pewter", "bronze", "rose gold", "copper", "hot pink", "blue"),
    "acrylic": ("smoke", "clear", "light blue", "pale pink", "orange", "lime"),
}
"""The only colours of some textures, the first ones the most usual."""

SECONDS: dict[str, tuple[str, ...]] = {
    "leopard": ("dark brown", "black"),
    "zebra": ("black",),
    "tiger": ("black", "dark brown"),
    "cow": ("black", "brown", "dark brown", "chestnut"),
    "camo": ("dark green", "brown", "dark brown", "black", "olive", "khaki", "beige"),
    "gingham": ("white", "off white", "white"),
    "checkerboard": ("white", "black", "off white", "cream"),
}
"""The only second colours of some textures."""

RELATIVES: dict[str, tuple[tuple[str, float], ...]] = {
    "leather": (("distressed", 0.07), ("perforated", 0.04), ("crocodile", 0.04), ("woven", 0.04), ("metallic", 0.06)),
    "patent": (("metallic", 0.15), ("crocodile", 0.1)),
    "suede": (("perforated", 0.04), ("corduroy", 0.02), ("embroidered", 0.02)),
    "fabric": (("twill", 0.06), ("corduroy", 0.05), ("tweed", 0.07), ("satin", 0.05), ("jute", 0.03), ("lace", 0.03)),
    "plain": (("satin", 0.06), ("twill", 0.04), ("embroidered", 0.02)),
    "plaid": (("gingham", 0.2), ("checkerboard", 0.12), ("herringbone", 0.15)),
    "floral": (("embroidered", 0.15), ("paisley", 0.25), ("tie-dye", 0.08)),
    "zigzag": (("geometric", 0.35), ("herringbone", 0.15)),
    "leopard": (("zebra", 0.2), ("tiger", 0.1), ("cow", 0.15)),
    "snake": (("crocodile", 0.3),),
    "quilted": (("tufted", 0.25),),
    "knit": (("fair isle", 0.15), ("lace", 0.08)),
    "glitter": (("sequins", 0.35), ("metallic", 0.15)),
    "wicker": (("jute", 0.2), ("woven", 0.1), ("cork", 0.08)),
    "plastic": (("acrylic", 0.13),),
    "felt": (("tweed", 0.3),),
}
"""Textures that a choice may turn into, with the chance of each."""
