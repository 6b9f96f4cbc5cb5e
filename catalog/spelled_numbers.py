"""Numbers spelled out in titles: "Chapter Twenty-One", "Kapitel einundzwanzig", "Chapitre vingt et un"."""

from collections.abc import Iterator

_COUNTED = (
    "one eins uno un",
    "two zwei dos deux due",
    "three drei tres trois tre",
    "four vier cuatro quatre quattro quatro",
    "five fünf cinco cinq cinque",
    "six sechs seis sei",
    "seven sieben siete sept sette sete",
    "eight acht ocho huit otto oito",
    "nine neun nueve neuf nove",
    "ten zehn diez dix dieci dez",
    "eleven elf once onze undici",
    "twelve zwölf doce douze dodici doze",
    "thirteen dreizehn trece treize tredici treze",
    "fourteen vierzehn catorce quatorze quattordici",
    "fifteen fünfzehn quince quinze quindici",
    "sixteen sechzehn dieciséis seize sedici dezesseis",
    "seventeen siebzehn diecisiete dix-sept diciassette dezessete",
    "eighteen achtzehn dieciocho dix-huit diciotto dezoito",
    "nineteen neunzehn diecinueve dix-neuf diciannove dezenove",
)
"""What is printed for 1, 2, 3 ..."""

_TENS = {
    20: "twenty zwanzig veinte vingt venti vinte",
    30: "thirty dreißig treinta trente trenta trinta",
    40: "forty vierzig cuarenta quarante quaranta quarenta",
    50: "fifty fünfzig cincuenta cinquante cinquanta cinquenta",
    60: "sixty sechzig sesenta soixante sessanta sessenta",
    70: "seventy siebzig setenta - settanta -",
    80: "eighty achtzig ochenta quatre-vingt ottanta oitenta",
    90: "ninety neunzig noventa - novanta -",
}
"""The tens in English, German, Spanish, French, Italian and Portuguese; "-" where there is none of its own."""

_UNITS = (
    "one two three four five six seven eight nine",
    "ein zwei drei vier fünf sechs sieben acht neun",
    "uno dos tres cuatro cinco seis siete ocho nueve",
    "un deux trois quatre cinq six sept huit neuf",
    "uno due tre quattro cinque sei sette otto nove",
    "um dois três quatro cinco seis sete oito nove",
)
_VEINTI = "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"


def _compounds(tens: int) -> Iterator[tuple[int, str]]:
    english, german, spanish, french, italian, portuguese = _TENS[tens].split()
    for unit, words in enumerate(zip(*(row.split() for row in _UNITS), strict=True), start=1):
        value = tens + unit
        yield value, f"{english}-{words[0]}"
        yield value, f"{words[1]}und{german}"
        yield value, _VEINTI.split()[unit - 1] if tens == 20 else f"{spanish} y {words[2]}"
        if french != "-":
            yield value, f"{french} et un" if unit == 1 and tens < 80 else f"{french}-{words[3]}"
        yield value, f"{italian[:-1] if words[4][0] in 'uo' else italian}{words[4]}"
        if portuguese != "-":
            yield value, f"{portuguese} e {words[5]}"


def _spelled() -> Iterator[tuple[int, str]]:
    for value, words in enumerate(_COUNTED, start=1):
        yield from ((value, word) for word in words.split())
    for tens, words in _TENS.items():
        yield from ((tens, word) for word in words.split() if word != "-")
        yield from _compounds(tens)


def _printed(word: str) -> set[str]:
    """A word with "-" or spaces, "ß" or "ss", and without accents that are often left out."""
    plain = {word, word.replace("ß", "ss")}
    plain |= {one.translate(str.maketrans("áéíóúê", "aeioue")) for one in plain}
    return plain | {one.replace("-", " ") for one in plain} | {one.replace(" ", "-") for one in plain}


VALUES = {printed: value for value, word in _spelled() for printed in _printed(word)}
"""Printed lower-case number -> its value, 1 to 99."""


def _english() -> Iterator[tuple[str, int]]:
    yield from ((words.split()[0], value) for value, words in enumerate(_COUNTED, start=1))
    for tens, words in _TENS.items():
        ten = words.split()[0]
        yield ten, tens
        yield from ((f"{ten} {unit}", tens + value) for value, unit in enumerate(_UNITS[0].split(), start=1))


ENGLISH = dict(_english())
"""Number in English, without hyphens -> its value, 1 to 99. In one language none is another word: "once" is not 11."""
