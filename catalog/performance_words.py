"""Version words for another performance or arrangement: live, acoustic, demo, karaoke, cover, take, reprise."""

from catalog.version_kind import RECORDING, VersionKind

PERFORMANCES = (
    VersionKind(
        "live",
        RECORDING,
        "live | en vivo | ao vivo | en directo | en direct | dal vivo | in concert | en concert | en "
        "concierto | live in concert | live performance | ライブ | ライヴ | 라이브 | "
        "现场版 | 現場版 | 现场 | концерт | "
        "вживую",
        yes=("Live", "Live at Wembley", "En Vivo", "ライブ", "live, 1999-05-02: Athens", "Live/1978", "Live Version"),
        no=("Live and Let Die", "Live Forever", "Fully Alive", "How We Live", "Live Through This", "Deliver"),
    ),
    VersionKind(
        "instrumental",
        RECORDING,
        "instrumental | instrumentals | inst | instrumentale | off vocal | off vocal version | without "
        "vocals | no vocals | no vox | without lead vocals | インストゥルメンタル | インスト | 伴奏 | "
        "инструментал | минус | 연주곡",
        head=True,
        yes=("Instrumental", "Instrumental Mix", "Off Vocal", "インストゥルメンタル", "Instrumental Version"),
        no=("Instrumental Figures", "Instrument of Peace"),
    ),
    VersionKind(
        "vocal",
        RECORDING,
        "vocal | vocal mix | vocal version | with vocals",
        yes=("Vocal Mix", "Vocal"),
        no=("Vocal Chords", "Vocalise"),
    ),
    VersionKind(
        "acoustic",
        RECORDING,
        "acoustic | unplugged | stripped | stripped down | acústico | acústica | acoustique | akustik | "
        "アコースティック | акустика",
        yes=("Acoustic", "Acoustic Version", "Acústico", "MTV Unplugged Version"),
        no=("Acoustic Ladyland", "Unplugged Hearts"),
    ),
    VersionKind(
        "demo",
        RECORDING,
        "demo | demos | demo version | demo take | デモ | демо",
        head=True,
        yes=("Demo", "Band Demo", "Demo 2", "1982 Demo"),
        no=("Demons", "Demolition Man", "Demo Derby Days"),
    ),
    VersionKind(
        "karaoke",
        RECORDING,
        "karaoke | karaoke version | karaoke versions | karaoke instrumental version | backing track | "
        "performance track | performance tracks | playback | sing along | singalong version | カラオケ | "
        "караоке | 노래방",
        yes=("Karaoke Version", "In the Style of Adele", "Originally Performed By Brothers Osborne", "カラオケ"),
        no=("Karaoke Queen of Soho",),
    ),
    VersionKind(
        "vocals",
        RECORDING,
        "no backing vocals | with background vocals | without background vocals | with backing vocals | "
        "without backing vocals | with lead vocals",
        yes=("With Background Vocals",),
        no=("Vocals",),
    ),
    VersionKind(
        "voice:female",
        RECORDING,
        "female | female version | female vocals | female vocal version | 女声版",
        yes=("Female", "Female Version"),
        no=("Female Trouble",),
    ),
    VersionKind(
        "voice:male",
        RECORDING,
        "male | male version | male vocals | male vocal version | 男声版",
        yes=("Male", "Male Version"),
        no=("Male Ego",),
    ),
    VersionKind(
        "voice:duet",
        RECORDING,
        "duet version | versión dueto | versión a dueto",
        yes=("Duet Version",),
        no=("Duet of Fools",),
    ),
    VersionKind(
        "acapella",
        RECORDING,
        "a cappella | a capella | acappella | acapella | accapella | vocals only | vocal only | 아카펠라",
        head=True,
        yes=("Acapella", "A Cappella Version", "Acappella"),
        no=("Capella", "A Chapel"),
    ),
    VersionKind(
        "cover",
        RECORDING,
        "cover | cover version | rendition | renditions | カバー | кавер | 커버",
        head=True,
        yes=("Cover", "Metallica Cover", "Cover Version", "Lullaby Rendition"),
        no=("Under Cover", "Run for Cover", "Take Cover", "Cover Me", "Recover"),
    ),
    VersionKind(
        "tribute",
        RECORDING,
        "tribute | tribute version",
        head=True,
        yes=("Tribute to U2", "Jana Kramer Tribute", "Hot Dance Mix Tribute to Amy Winehouse"),
        no=("Tributes and Scars",),
    ),
    VersionKind(
        "rerecorded",
        RECORDING,
        "rerecorded | re recorded | rerecording | re recording | re recorded version | new recording | "
        "newly recorded | regrabado | 重录",
        yes=("Rerecorded", "Re-Recorded Version", "Re-Recorded 2010"),
        no=("For the Record",),
    ),
    VersionKind(
        "alternate",
        RECORDING,
        "alternate | alternative | alt | alternate take | alternative take | alternate version | "
        "alternative version | alternate mix | outtake | unused take | breakdown take | false start | incomplete take",
        yes=("Alternate Take", "Alternative Version", "Alt. Version", "Outtake"),
        no=("Alternative Ulster", "Sweet Alternate Life"),
    ),
    VersionKind(
        "take",
        RECORDING,
        "take | takes",
        head=True,
        yes=("Take 2", "First Take", "take two"),
        no=("Take That", "Give and Take", "Take on Me"),
    ),
    VersionKind(
        "session",
        RECORDING,
        "session | sessions",
        head=True,
        yes=("Peel Session", "iTunes Session", "BBC Sessions"),
        no=("Obsession", "Session of Parliament"),
    ),
    VersionKind(
        "rehearsal",
        RECORDING,
        "rehearsal | rehearsals | soundcheck",
        yes=("Rehearsal", "Soundcheck"),
        no=("Rehearsals for Retirement",),
    ),
    VersionKind(
        "reprise",
        RECORDING,
        "reprise | repris",
        head=True,
        yes=("Reprise",),
        no=("Reprisal", "Surprise"),
    ),
    VersionKind(
        "medley",
        RECORDING,
        "medley",
        head=True,
        yes=("Medley",),
        no=("Mediterranean",),
    ),
    VersionKind(
        "excerpt",
        RECORDING,
        "excerpt | excerpts | snippet | preview | teaser",
        yes=("Excerpt",),
        no=("Except You",),
    ),
    VersionKind(
        "commentary",
        RECORDING,
        "commentary | interview | track by track | spoken word version",
        yes=("Commentary",),
        no=("Commentary on Love",),
    ),
    VersionKind(
        "piano",
        RECORDING,
        "piano | piano version | solo piano | piano solo | 钢琴版",
        yes=("Piano Version", "Solo Piano"),
        no=("Piano Man", "The Piano Has Been Drinking"),
    ),
    VersionKind(
        "orchestral",
        RECORDING,
        "orchestral | orchestra version | symphonic | strings version | string version",
        yes=("Orchestral Version", "Symphonic"),
        no=("Orchestral Manoeuvres",),
    ),
    VersionKind(
        "version",
        RECORDING,
        "version | ver | versión | versão | versione | バージョン | ヴァージョン | вариант | версия | 버전",
        head=True,
        yes=("Spanish Version", "Japanese ver.", "Taylor's Version", "Super Cool Version", "Version 2"),
        no=("Conversion", "Aversion to Light"),
    ),
)
