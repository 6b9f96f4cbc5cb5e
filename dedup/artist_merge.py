"""Different spellings of one artist's name, merged where their tracks agree.

Spellings with one key are one name already (`artist_names.name_key`). Here keys that are merely related meet:
`artist_links` gives the odds of each pair, and the names merge, best pair first, where the odds pass `MERGE_ODDS`.
Two groups of names stay apart when any two of them are credited together on a track, and a part of a name (a
surname, a nickname, initials) joins nobody when it fits two artists about equally well.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import product

import pyarrow as pa
import pyarrow.compute as pc

from catalog.schema import EVIDENCE
from dedup.artist_codes import codes
from dedup.artist_links import Link, find_links
from dedup.artist_model import ArtistModel
from dedup.artist_profiles import read_profiles
from dedup.artist_releases import Releases

MERGE_ODDS = 4.3  # log2 odds: by the model, at most one merge in twenty is wrong
LEAD = 3.0  # log2 odds by which a part of a name must favour one artist over all others
PARTS = frozenset({"surname", "first name", "initial only", "initials", "all initials", "stage prefix"})
MERGED = pa.schema(
    [
        pa.field("name_key", pa.string()),
        pa.field("artist_key", pa.string()),  # the name key of the spelling with most tracks
        pa.field("confidence", pa.float64()),
        pa.field("joined", pa.string()),  # the name key through which it joined the artist
        pa.field("odds", pa.float64()),  # log2: the sum of the evidence
        pa.field("evidence", pa.list_(EVIDENCE)),
    ]
)
Clusters = dict[str, list[str]]  # name key -> the keys of its artist, one list for all of them


@dataclass(frozen=True)
class Person:
    """A name that has a link: how many tracks, and whom it is credited with."""

    tracks: int
    own: int  # the code of its key
    others: frozenset[int]  # the codes of its fellow artists' keys


def merge_names(related: pa.Table, profiles: pa.Table, model: ArtistModel) -> pa.Table:
    """Decide which of the `artist_blocks.RELATED` names are one artist: a `MERGED` row for each name that joined one.

    `profiles` has an `artist_profiles.PROFILES` row for every related name.
    """
    known = read_profiles(profiles)
    links = find_links(related, known, model, least=MERGE_ODDS - LEAD)
    people = _people(sorted({key for link in links for key in (link.a, link.b)}), known)
    clusters, used = _join(links, people)
    merged = []
    for key, link in sorted(used.items()):
        artist = min(clusters[key], key=lambda k: (-people[k].tracks, k))
        confidence = 1 / (1 + 2.0**-link.odds)
        why = {"joined": link.b if link.a == key else link.a, "odds": link.odds, "evidence": link.evidence()}
        merged.append({"name_key": key, "artist_key": artist, "confidence": confidence, **why})
    return pa.Table.from_pylist(merged, schema=MERGED)


def _people(keys: list[str], profiles: Releases) -> dict[str, Person]:
    names = pa.array(keys, pa.string())
    places = pc.index_in(names, profiles.keys).to_pylist()
    tracks, offsets = profiles.tracks, profiles.values["co-artist"].offsets
    others, own = profiles.values["co-artist"].codes, codes(names).tolist()
    return {
        key: Person(int(tracks[i]), mine, frozenset(others[offsets[i] : offsets[i + 1]].tolist()))
        for key, mine, i in zip(keys, own, places, strict=True)
    }


def _join(links: list[Link], people: dict[str, Person]) -> tuple[Clusters, dict[str, Link]]:
    """The members of each key's cluster, and the link by which each key joined.

    Parts of names come last, when it is settled which full names are one artist.
    """
    clusters = {key: [key] for key in people}
    used: dict[str, Link] = {}
    parts: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.relation in PARTS:
            parts[link.a].append(link)
            parts[link.b].append(link)
    for one in sorted(links, key=lambda one: (one.relation in PARTS, -one.odds, one.a, one.b)):
        mine, theirs = clusters[one.a], clusters[one.b]
        if one.odds < MERGE_ODDS or mine is theirs or _clash(mine, theirs, people) or _rivalled(one, parts, clusters):
            continue
        mine += theirs
        clusters.update(dict.fromkeys(theirs, mine))
        used.setdefault(one.a, one)
        used.setdefault(one.b, one)
    return clusters, used


def _clash(mine: list[str], theirs: list[str], people: dict[str, Person]) -> bool:
    """Are any two of the names credited together on a track?"""
    pairs = ((people[a], people[b]) for a, b in product(mine, theirs))
    return any(a.own in b.others or b.own in a.others for a, b in pairs)


def _rivalled(one: Link, parts: dict[str, list[Link]], clusters: Clusters) -> bool:
    """Does the part of a name fit a third artist about as well?"""
    if one.relation not in PARTS:
        return False
    initial = one.relation == "initial only"  # "j robert smithson" is the part of "john r smithson"
    part, full = sorted((one.a, one.b), key=lambda name: (len(name.split()[0]) if initial else 0, len(name)))
    fits = [(other.b if other.a == part else other.a, other.odds) for other in parts[part]]
    return any(odds > one.odds - LEAD and clusters[key] is not clusters[full] for key, odds in fits)
