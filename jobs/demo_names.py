"""Invented names for the demo's artists, songs, albums and labels, drawn without repetition from our own word lists.

Any likeness to a real artist is chance. Some words carry diacritics, and there is a Cyrillic performer and a Japanese
title, because catalogues have them.
"""

from random import Random

FIRST = (
    "Ansel", "Brida", "Corvin", "Delphe", "Edda", "Fenno", "Ilsabet", "Joreth", "Linnet", "Maurin", "Odalys",
    "Perrin", "Quill", "Rosmund", "Sunniva", "Tamsin", "Ulric", "Wendeline",
)  # fmt: skip
LAST = (
    "Ashgrove", "Barrowmere", "Calderwick", "Dunmarsh", "Eskelund", "Farrowby", "Greypool", "Hollinroot",
    "Kestermann", "Lathebury", "Mossgather", "Nettlefjord", "Oxenstrand", "Pellwater", "Quarrender", "Tarnhelm",
)  # fmt: skip
ACCENTED = ("Søren Ålegård", "Zoë Márquín", "Łucja Brzóska", "Jürgen Stöver", "Renée Dûchat", "Åse Brønlund")
CYRILLIC = ("Тимур Ольшаник", "Лада Береговник", "Глеб Морошкин")
MONONYMS = ("Velmar", "Orsina", "Tavish", "Kestrale", "Isolder")
BANDS = (
    "Paper Herons", "Copper Lanterns", "Velvet Ferries", "Night Orchards", "Salt Engines", "Tin Meridians",
    "Marble Foxes", "Quiet Furnaces",
)  # fmt: skip
ENSEMBLES = ("{last} Trio", "{last} Brass Band", "{last} Ensemble", "{last} Assembly")
ADJECTIVES = (
    "Amber", "Borrowed", "Crooked", "Distant", "Electric", "Folded", "Golden", "Hollow", "Idle", "Lucid",
    "Midnight", "Northern", "Painted", "Restless", "Silver", "Tidal", "Unsent", "Wandering", "Winter", "Yellow",
)  # fmt: skip
NOUNS = (
    "Almanac", "Bicycle", "Carousel", "Compass", "Daylight", "Equator", "Ferry", "Gardens", "Harbour", "Kites",
    "Letters", "Machine", "Orchard", "Parade", "Postcards", "Quarry", "Railway", "Shoreline", "Telescope",
    "Umbrella", "Valley", "Windmill",
)  # fmt: skip
PLACES = ("Larkhaven", "Port Ostrey", "Mount Caul", "Sable Bay", "Winterbourne Quay", "Old Fennick")
PATTERNS = (
    "{adjective} {noun}", "{noun} of {place}", "The {adjective} {noun}", "{noun} in {place}",
    "{adjective} {noun} Blues", "Where the {noun} Ends", "My {adjective} {noun}", "{place} {noun}",
)  # fmt: skip
CYRILLIC_TITLES = ("Серебряная мельница", "Последний трамвай", "Тихая пристань")
JAPANESE_TITLES = ("雨の灯台", "青い切符", "真夜中の果樹園")
ACCENTED_TITLES = ("Café Ömber", "Señal Azúl", "Fjærde Årstid", "Déjà l'Été", "Über den Dünen")
LABELS = (
    "Ninth Lantern",
    "Halyard Records",
    "Moth & Mortar",
    "Plainsong Works",
    "Kiln Street",
    "Blue Tarpaulin",
    "Osprey Tapes",
)
VENUES = ("the Granary", "Tidewater Hall", "Cellar Nine", "the Old Laundry")


class Names:
    """Draws each name once. The same seed draws the same names in the same order."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"names {seed}")
        self._used: set[str] = set()

    def one(self, words: tuple[str, ...]) -> str:
        """A word of the list that was not drawn before. Raises IndexError when all were."""
        word = self._rng.choice([word for word in words if word not in self._used])
        self._used.add(word)
        return word

    def person(self) -> str:
        """First and family name."""
        return f"{self.one(FIRST)} {self.one(LAST)}"

    def ensemble(self, kind: str) -> str:
        """A group named after its founder; `kind` is a word of its pattern."""
        pattern = next(pattern for pattern in ENSEMBLES if kind in pattern)
        return pattern.format(last=self.one(LAST))

    def title(self) -> str:
        """A song or album title."""
        while True:
            words = {name: self._rng.choice(words) for name, words in PARTS.items()}
            title = self._rng.choice(PATTERNS).format(**words)
            if title not in self._used:
                self._used.add(title)
                return title


PARTS = {"adjective": ADJECTIVES, "noun": NOUNS, "place": PLACES}


def misspelt(text: str, rng: Random) -> str:
    """`text` with one typing slip: two letters swapped, one dropped, doubled or replaced, never a first letter."""
    inside = [n for n in range(1, len(text) - 1) if text[n - 1 : n + 2].isalpha() and text[n] != text[n + 1]]
    at = rng.choice(inside)
    slips = (
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + ("e" if text[at] != "e" else "a") + text[at + 1 :],
    )
    return rng.choice(slips)
