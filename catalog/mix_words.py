"""Version words for another treatment of one performance: remix, edit, dub, extended, sped up, explicit or clean."""

from catalog.version_kind import RECORDING, VersionKind

MIXES = (
    VersionKind(
        "remix",
        RECORDING,
        "remix | remixes | remixed | rmx | re mix | rework | reworked | refix | bootleg | flip | vip | "
        "mashup | mash up | リミックス | ремикс | 混音 | remezcla | remake",
        head=True,
        yes=("Remix", "Mirko Loko Remix", "Zedd Remix", "RAC Mix", "remixed by Zedd", "Dave Aude Rmx", "VIP"),
        no=("Remixing Me", "A Flip of the Coin", "Bootlegger"),
    ),
    VersionKind(
        "mix",
        RECORDING,
        "mix | mixes | megamix",
        head=True,
        yes=("Mix", "Final Mix", "Hot Dance Mix", "Mix 2"),
        no=("In the Mix", "Mixed Emotions", "Mixtape Love"),
    ),
    VersionKind(
        "edit",
        RECORDING,
        "edit | re edit | редакция",
        head=True,
        yes=("Edit", "Group X edit", "Video Edit", "Re-Edit"),
        no=("Credit", "To Edit the World"),
    ),
    VersionKind(
        "edit:radio",
        RECORDING,
        "radio edit | radio mix | radio version | radio | radio cut | airplay edit | airplay mix | radio remix",
        head=True,
        yes=("Radio Edit", "radio version", "Eddie Thoneick's Sensation radio mix", "Airplay Edit"),
        no=("Radio Ga Ga", "Radio, Radio Everywhere", "On the Radio"),
    ),
    VersionKind(
        "edit:short",
        RECORDING,
        "short version | short edit | short mix | short",
        yes=("Short Version",),
        no=("Short People", "Life Is Short"),
    ),
    VersionKind(
        "extended",
        RECORDING,
        "extended | extended mix | extended version | extended play version | long version | 12 inch | "
        "maxi version | full length version | versión extendida",
        yes=("Extended Mix", '12" Version', "Extended Club Mix", "Long Version", "12 inch"),
        no=("Extended Army", "12 Bones", "Long Way Home"),
    ),
    VersionKind(
        "club",
        RECORDING,
        "club | club mix | club version | club edit",
        yes=("Club Mix", "Bini & Martini Club Mix"),
        no=("Culture Club", "In Da Club", "Join the Club"),
    ),
    VersionKind(
        "dub",
        RECORDING,
        "dub | dub mix | dub version | dubstep mix",
        head=True,
        yes=("Dub", "Swag Dub", "Dub Mix"),
        no=("Rub a Dub", "Dublin", "Dub Be Good to Me"),
    ),
    VersionKind(
        "sped-up",
        RECORDING,
        "sped up | speed up | spedup | fast version | sped up version",
        yes=("Sped Up", "sped up version"),
        no=("Speed Up the Night", "Up"),
    ),
    VersionKind(
        "slowed",
        RECORDING,
        "slowed | slowed down | slowed reverb | slowed and reverb | slow version | slowed and reverbed | super slowed",
        yes=("Slowed + Reverb", "slowed down", "Slowed & Reverb"),
        no=("Slow", "Slow Down"),
    ),
    VersionKind(
        "nightcore",
        RECORDING,
        "nightcore | nightcore version",
        yes=("Nightcore",),
        no=("Night Core Values",),
    ),
    VersionKind(
        "chopped",
        RECORDING,
        "chopped | screwed | chopped and screwed | screwed and chopped | chopped not slopped",
        yes=("Chopped & Screwed", "Screwed"),
        no=("Chop Suey",),
    ),
    VersionKind(
        "reversed",
        RECORDING,
        "reversed | reversed version | backwards | played backwards",
        yes=("Reversed", "Reversed Version"),
        no=("Reverse the Curse", "Reversed Thinking"),
    ),
    VersionKind(
        "8d",
        RECORDING,
        "8d | 8d audio | 8d version | 9d audio | 16d audio",
        yes=("8D Audio", "8D"),
        no=("8 Days",),
    ),
    VersionKind(
        "mixed",
        RECORDING,
        "mixed | mix cut | continuous mix | continuous dj mix | dj mix",
        yes=("Mixed", "Mix Cut"),
        no=("Mixed Emotions", "Mixed Up World"),
    ),
    VersionKind(
        "explicit",
        RECORDING,
        "explicit | explicit version | explicit lyrics | dirty | dirty version | uncensored | uncut | "
        "explicit content | parental advisory",
        yes=("Explicit", "Dirty Version"),
        no=("Dirty Diana", "Dirty Old Town"),
    ),
    VersionKind(
        "clean",
        RECORDING,
        "clean | clean version | edited | edited version | amended | amended version | censored",
        yes=("Clean", "Edited", "Amended Bonus Version"),
        no=("Clean Up Time", "Mr. Clean Hands"),
    ),
)
