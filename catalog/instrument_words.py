"""Instruments and voices that stand behind a name in a credit: "Yo-Yo Ma (cello)", "Renée Fleming, soprano".

They say what the person does and are nobody's name. Behind a comma a voice counts only in small letters, for "Soprano"
is also a rapper.
"""

INSTRUMENTS = (
    r"(?:piano|pianoforte|fortepiano|klavier|violin|violine|violon|viola|cello|violoncello|harpsichord|cembalo|clavecin|"
    r"organ|orgel|flute|flûte|flöte|oboe|clarinet|klarinette|bassoon|trumpet|trompete|horn|guitar|gitarre|guitare|guitarra|"
    r"lute|harp|harfe|percussion|conductor|dirigent|narrator)"
)
VOICES = r"(?:soprano|mezzo-soprano|alto|contralto|counter-?tenor|tenor|baritone|bass-baritone|vocals?|drums|composer)"
PLAYERS = f"{INSTRUMENTS}|{VOICES}"

PLAYED = (
    rf"\s*[(\[（]\s*(?i:{PLAYERS})(?:\s*(?:[,/&]|and)\s*(?i:{PLAYERS}))*\s*[)\]）]"
    r"(?=\s*(?:$|[,;/|&+•·–-]|(?i:and|und|et|y|e|with|feat|ft)\b))|"
    rf"\s*,\s*(?:(?i:{INSTRUMENTS})|{VOICES})(?=\s*(?:$|[,;/|&)\]]))"
)
"""In brackets before the end or the next name, or behind a comma."""
