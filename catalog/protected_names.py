"""Acts whose one name looks like several: "Tyler, The Creator", "Ike & Tina Turner", "The Jesus and Mary Chain".

General rules (`catalog.credits`) already keep duos of single words ("Hall & Oates"), acts with a backing band ("Bob
Marley & The Wailers") and slashes without spaces ("AC/DC") together. This table holds well-known names that those rules
would cut. It is data: add a line where a catalogue shows another.
"""

import re
from functools import cache

PROTECTED = """
Al Bano & Romina Power
Angus & Julia Stone
Between the Buried and Me
Black Country, New Road
Blood, Sweat & Tears
C & C Music Factory
C + C Music Factory
Captain & Tennille
Chaka Demus & Pliers
Chloe x Halle
Crosby, Stills & Nash
Crosby, Stills, Nash & Young
Dance with the Dead
Daryl Hall & John Oates
Dave & Ansel Collins
Dave Dee, Dozy, Beaky, Mick & Tich
Dick and Dee Dee
Diddy - Dirty Money
Dimitri Vegas & Like Mike
Earth, Wind & Fire
Emerson, Lake & Palmer
England Dan & John Ford Coley
Eric B. & Rakim
Esther & Abi Ofarim
For King & Country
Godspeed You, Black Emperor!
Hamilton, Joe Frank & Reynolds
Ike & Tina Turner
King's College, Cambridge
Lisa Lisa & Cult Jam
Medeski Martin & Wood
My Life with the Thrill Kill Kult
Now, Now
Nurse With Wound
Of Mice & Men
Of Monsters and Men
Oh, Hello
Pete Rock & C.L. Smooth
Peter Bjorn and John
Richard & Linda Thompson
Rob Base & DJ E-Z Rock
Robin & Linda Williams
Shut Up and Dance
Sleeping with Sirens
Souther, Hillman, Furay Band
Sunnery James & Ryan Marciano
The Good, the Bad & the Queen
The Jesus and Mary Chain
The Sea and Cake
Trinity College, Cambridge
Tyler, The Creator
Zezé Di Camargo & Luciano
Сергей и Татьяна Никитины
"""


_WORD = re.compile(r"\w+")


def protected_spans(text: str) -> list[tuple[int, int]]:
    """Where protected names stand, as whole words; case, "&" or "and", commas and the article do not matter."""
    if text.isascii() and _telling_words().isdisjoint(_WORD.findall(text.lower())):
        return []
    return [match.span() for match in _pattern().finditer(text)]


@cache
def _names() -> list[str]:
    return sorted(filter(None, map(str.strip, PROTECTED.splitlines())), key=len, reverse=True)


@cache
def _telling_words() -> frozenset[str]:
    """The longest word of every name; a credit in ASCII without any of them holds no protected name."""
    return frozenset(max(_WORD.findall(name.lower()), key=len) for name in _names())


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(r"(?<![\w])(?:" + "|".join(map(_loose, _names())) + r")(?!\w)", re.IGNORECASE)


def _loose(name: str) -> str:
    """A name's pattern with free spacing and either spelling of "and"."""
    words = (r"(?:&|and)" if word in ("&", "and") else re.escape(word) for word in name.split())
    return r"\s+".join(words).replace(",", r"\s*,?")
