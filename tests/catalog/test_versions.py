import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.text import fold
from catalog.version_phrases import version_tags
from catalog.version_rules import RULES, tags_by_rule
from catalog.versions import KINDS, NEUTRAL_KINDS, vocabulary

YES = [(row.kind, phrase) for row in KINDS for phrase in row.yes]
NO = [(row.kind, phrase) for row in KINDS for phrase in row.no]


@pytest.mark.parametrize(("kind", "phrase"), YES)
def test_must_match(kind, phrase):
    tags = version_tags(phrase)
    assert tags is not None
    assert any(tag == kind or tag.startswith(f"{kind}:") for tag in tags)


@pytest.mark.parametrize(("kind", "phrase"), NO)
def test_must_not_match(kind, phrase):
    assert version_tags(phrase) is None


def test_every_kind_has_examples_on_both_sides_and_every_phrase_one_kind():
    assert all(row.yes and row.no for row in KINDS)
    kinds_of = [(fold(phrase), row.kind) for row in KINDS for phrase in row.words.split(" | ")]
    assert len(set(kinds_of)) == len(vocabulary())


@pytest.mark.parametrize(
    ("phrase", "tags"),
    [
        ("Mirko Loko Remix", ("remix:mirko loko",)),
        ("RAC Mix", ("remix:rac",)),
        ("Final Mix", ("mix:final",)),
        ("Junior's Extended Club Mix", ("club", "extended", "remix:juniors")),
        ("Eddie Thoneick's Sensation radio mix", ("edit:radio", "remix:eddie thoneicks sensation")),
        ("Solo Version / Remastered 2015", ("remaster:2015", "version:solo")),
        ("Live at Wembley, 1985", ("live:wembley 1985",)),
        ("Live Version", ("live",)),
        ("2011 - Remaster", ("remaster:2011",)),
        ("25th Anniversary Edition", ("anniversary:25th",)),
        ("Thomas Gold Mix", ("remix:thomas gold",)),
        ("Workout Mix 128 BPM", ("bpm:128", "remix:workout")),
        ('From "Frozen"', ("from:frozen",)),
        ('From "Frozen"/Soundtrack Version', ("from",)),
        ("In the Style of Adele", ("karaoke:adele",)),
        ("Telugu", ("version:telugu",)),
        ("Master Take", ("original",)),
        ("With Jhankar Beats", ("jhankar",)),
        ("Female Version", ("voice:female",)),
        ("prod. Metro Boomin", ("producer:metro boomin",)),
        ("Take 2", ("take:2",)),
        ("Ferro Re-Rub", ("remix:ferro",)),
        ("Zedd VIP Mix", ("vip:zedd",)),
        ("Club Edit", ("edit:club",)),
        ("Quick Hit - Dirty", ("edit:short", "explicit")),
        ("Acap In - Clean", ("clean", "edit:acapella in")),
        ("Transition 128-100", ("tool:128 100",)),
        ("8-Bit Version", ("chiptune",)),
        ("Ada Reconstruction Remix", ("remix:ada reconstruction",)),
        ("Ada Remix (Main)", ("original", "remix:ada")),
        ("Ada Remix Edit", ("edit:ada", "remix")),
        ("Ada Remix Instrumental", ("instrumental", "remix:ada")),
        ("Ada Undone Remix", ("remix:ada undone",)),
        ("Taylor's Version", ("rerecorded:taylors", "version:taylors")),
        ("Spotify Singles", ("rerecorded:spotify",)),
        ("Recorded at RAK Studios", ("session:rak studios",)),
        ("Recorded at Spotify Studios NYC", ("rerecorded:spotify studios nyc",)),
        ("Amazon Music Original", ("rerecorded:amazon music",)),
        ("BBC Radio 1 Live Lounge", ("live:live lounge",)),
        ("MTV Unplugged", ("acoustic:mtv",)),
        ("Lullaby Rendition of Adele", ("cover:adele",)),
        ("Free Download", ("promo",)),
        ("1999", ("year:1999",)),
        ("", ()),
        ("unknown", ()),
    ],
)
def test_tags(phrase, tags):
    assert version_tags(phrase) == tags


def test_weak_ends_of_titles_are_no_versions_behind_a_dash():
    assert version_tags("Back Flip") == ("remix:back",)
    assert all(version_tags(text, behind_dash=True) is None for text in ("Back Flip", "Some Remake", "Le VIP"))


def test_effects():
    assert {"remaster", "album", "single", "video", "stereo", "year"} <= NEUTRAL_KINDS
    assert not {"live", "remix", "karaoke", "explicit", "sped-up", "rerecorded"} & NEUTRAL_KINDS


RULE_WORDS = st.sampled_from(
    "recorded live at 1985 en vivo directo in concert as made famous by karaoke style of tribute to remixed remix mix "
    "for cover version rendition lounge tiny desk recorded spotify singles bbc colors show unplugged "
    "prod produced production from the film soundtrack disc1 cd lpa dvd 2 b new unknown x".split()
)


@given(st.lists(RULE_WORDS, max_size=5).map(" ".join))
def test_what_a_rule_fits_passes_the_look_before_it(folded):
    fits = any(pattern.fullmatch(folded) for pattern, _ in RULES)
    assert (tags_by_rule(folded) is not None) == fits
