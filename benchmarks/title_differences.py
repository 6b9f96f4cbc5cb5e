"""Where this project deliberately answers otherwise than the outside project whose cases `benchmarks.title_cases` runs.

That project tidies what a listener's player shows; this one decides which tracks are one recording, and takes no words
away in doubt. All these titles still have, or keep as a version, everything that the case removes.
"""

LIVE = "a live take is another recording than the studio's: the core is equal, the words become the tag `live`"
REDONE = "a re-recording is another recording: the core is equal, the word becomes the tag `rerecorded`"

DIFFERENT = {
    "Track Title - Live": LIVE,
    "Track Title - Live @ Moon": LIVE,
    "Track Title (Live)": LIVE,
    "Track Title (Live at somewhere)": LIVE,
    "Track Title [Rerecorded]": REDONE,
    "Track [Clean]": "a clean edit is another recording than the explicit one: the core is equal, the tag is `clean`",
    "Track Title (Super Cool Version)": "a named version may be another recording: the core is equal, the name a tag",
    "Track Title clip": "a bare last word is the title's in doubt: no dash or bracket sets it off",
    "Track Title (2348)": "a bare number that is no year may tell two titles apart, as in numbered pieces",
    "Track Title (Whatever Album Track)": "free words before `Album Track` may be a name or a title: all stay",
}
"""Given title -> why the answer differs."""
