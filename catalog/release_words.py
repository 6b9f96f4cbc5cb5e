"""Version words for how a recording was published, which do not make another one: remaster, deluxe, video."""

from catalog.version_kind import NEUTRAL, VersionKind

RELEASES = (
    VersionKind(
        "remaster",
        NEUTRAL,
        "remaster | remastered | remastered in | remasters | remastering | remasterisé | remasterizado | "
        "remasterizada | rimasterizzato | digital remaster | digitally remastered | digital remastered | "
        "リマスター | リマスタリング "
        "| ремастер | 리마스터",
        head=True,
        yes=(
            "Remastered 2009",
            "Remastered in 2009",
            "2011 - Remaster",
            "2006 Remaster",
            "2011 Remastered Version",
            "Digital Remaster",
        ),
        no=("Master of Puppets", "Remastering the Wheel Again"),
    ),
    VersionKind(
        "mono",
        NEUTRAL,
        "mono | mono mix | mono version | mono single version",
        yes=("Mono", "Mono Version"),
        no=("Mono No Aware", "Monotone"),
    ),
    VersionKind(
        "stereo",
        NEUTRAL,
        "stereo | stereo mix | stereo version | 5 1 | 5 1 mix | dolby atmos | atmos | spatial audio | "
        "360 reality audio",
        yes=("Stereo Mix", "Stereo"),
        no=("Stereo Hearts",),
    ),
    VersionKind(
        "album",
        NEUTRAL,
        "album | album version | album mix | lp version | album edit | album track | lp mix | studio version | "
        "studio recording | title track | non album track | b side",
        yes=("Album Version", "LP Version", "Album Track", "Studio Version", "Non-Album Track", "B-Side"),
        no=("Album of the Year", "Studio 54", "Side B"),
    ),
    VersionKind(
        "single",
        NEUTRAL,
        "single | single version | single mix | single edit | 7 inch | 45 version",
        yes=("Single Version", '7" Version', "Single"),
        no=("Single Ladies", "Every Single Day"),
    ),
    VersionKind(
        "original",
        NEUTRAL,
        "original | original mix | original version | main | main mix | main version | orig | originale | "
        "version originale | versión original | オリジナル | stock version | master take",
        yes=("Original Mix", "Original", "Main Version", "Original Version 1978"),
        no=("Original Sin", "Original Prankster", "Main Street"),
    ),
    VersionKind(
        "bonus",
        NEUTRAL,
        "bonus | previously unreleased | unreleased | bonus version | hidden "
        "track | exclusive | amazon exclusive | itunes exclusive | ボーナストラック | digital "
        "booklet | booklet | with digital booklet",
        yes=("Bonus", "Bonus Version", "Previously Unreleased"),
        no=("Bonus Life",),
    ),
    VersionKind(
        "bonus",
        NEUTRAL,
        "bonus track | bonus tracks | bonustrack",
        head=True,
        yes=("Japanese Bonus Track", "iTunes Bonus Track", "Vinyl Bonus Tracks"),
        no=("Bonus Life",),
    ),
    VersionKind(
        "promo",
        NEUTRAL,
        "free download | free dl | out now | white label",
        yes=("Free Download", "FREE DL", "White Label"),
        no=("Free Downloads for All", "White Labels"),
    ),
    VersionKind(
        "video",
        NEUTRAL,
        "video | music video | official video | official music video | videoclip | video clip | clip "
        "officiel | official | official lyric video | lyric video | lyrics video | videoclip oficial | "
        "video oficial | visualizer | official visualizer | hd | hq | 4k | official hd video | hd video | "
        "full video | mv | m v | official mv | video version",
        yes=("Official Video", "Music Video", "Lyric Video"),
        no=("Video Killed the Radio Star", "Clip", "Eclipse"),
    ),
    VersionKind(
        "audio",
        NEUTRAL,
        "audio | official audio | music audio | track stream | official stream | full audio | stream",
        yes=("Official Audio", "Audio"),
        no=("Audio Bullys Theme",),
    ),
    VersionKind(
        "lyric",
        NEUTRAL,
        "lyric | lyrics | with lyrics | letra | letra lyrics | con letra | sub español | subtitulada",
        yes=("With Lyrics", "Letra/Lyrics"),
        no=("Lyrics of Fury",),
    ),
    VersionKind(
        "interlude",
        NEUTRAL,
        "interlude | skit | segue",
        yes=("Interlude", "Skit"),
        no=("Interlude with Ludes",),
    ),
    VersionKind(
        "interlude:intro",
        NEUTRAL,
        "intro | introduction",
        yes=("Intro",),
        no=("Intro to Love",),
    ),
    VersionKind(
        "interlude:outro",
        NEUTRAL,
        "outro",
        yes=("Outro",),
        no=("Outro Verso",),
    ),
    VersionKind(
        "deluxe",
        NEUTRAL,
        "deluxe | super deluxe | deluxe box set | box set | deluxe version | boxset",
        yes=("Deluxe", "Deluxe Edition", "Remastered Deluxe Box Set"),
        no=("Deluxe Life",),
    ),
    VersionKind(
        "expanded",
        NEUTRAL,
        "expanded | complete | platinum | gold | special | limited | limited edition | collectors | "
        "collector | legacy | definitive | international | standard | premium | enhanced | tour | fan",
        yes=("Expanded Edition", "Special Edition", "Collector's Edition"),
        no=("Special", "Gold", "Limited", "Special to Me"),
    ),
    VersionKind(
        "anniversary",
        NEUTRAL,
        "anniversary",
        yes=("25th Anniversary", "20th Anniversary Edition"),
        no=("Anniversary Song",),
    ),
    VersionKind(
        "reissue",
        NEUTRAL,
        "reissue | re issue | reissued | repress | neuauflage",
        yes=("Re-issue + Bonus", "Reissue"),
        no=("Big Issue",),
    ),
    VersionKind(
        "edition",
        NEUTRAL,
        "edition | édition | edición | edição | ausgabe | release",
        head=True,
        yes=("Japan Edition", "US Release"),
        no=("Sedition", "Release Me"),
    ),
    VersionKind(
        "soundtrack",
        NEUTRAL,
        "soundtrack | original soundtrack | original motion picture soundtrack | ost | score | original "
        "score | original motion picture score | music from the motion picture | original cast recording "
        "| motion picture soundtrack | soundtrack version | original game soundtrack | bande originale | "
        "original broadway cast recording | original television soundtrack | original soundtrack recording | "
        "from the original broadway cast recording",
        yes=("Original Motion Picture Soundtrack", "Soundtrack Version"),
        no=("Soundtrack of Our Lives", "Score to Settle"),
    ),
    VersionKind(
        "ep",
        NEUTRAL,
        "ep | the ep",
        yes=("EP",),
        no=("Epic",),
    ),
    VersionKind(
        "remixes",
        NEUTRAL,
        "the remixes | remix ep | remix album",
        yes=("The Remixes",),
        no=("The Remains",),
    ),
)
