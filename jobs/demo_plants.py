"""The plan of the demo: every recording delivered once, then copies, retaggings, versions, namesakes and bad inputs
planted.

Each plant differs from its original in one thing, so that what is missed says what is weak.
"""

from dataclasses import replace
from random import Random

from anyascii import anyascii

from jobs.demo_names import misspelt
from jobs.demo_plan import EXTENSION, SOURCES, Plan, Track, Treatment, delivered
from jobs.demo_repertoire import Recording
from jobs.demo_retags import RETAGS
from jobs.demo_versions import repertoire

COPIES = (
    *(("re-encoded", Treatment(codec)) for codec in EXTENSION),
    ("trimmed", Treatment("mp3", pad_start=1.5, pad_end=1.0)),
    ("trimmed", Treatment("opus", cut_end=2.0)),
    ("trimmed", Treatment("vorbis", cut_start=1.3, pad_end=2.0)),
    ("level changed", Treatment("mp3", gain_db=-12.0)),
    ("level changed", Treatment("aac", gain_db=5.0)),
)
BAD_FILES = (("empty", "mp3"), ("text", "mp3"), ("clip", "wav"), ("silence", "flac"), ("missing", "vorbis"))


def make_plan(seed: int) -> Plan:
    """The plan of the demo; the same seed gives the same plan."""
    rng = Random(f"plan {seed}")
    plan, recordings = Plan(), repertoire(seed)
    for number, recording in enumerate(recordings):
        plan.add(delivered(recording, SOURCES[number % 3]))
    plant_spellings(plan, recordings, rng)
    retagged = plant_retags(plan, recordings, rng)
    plant_copies(plan, [recording for recording in recordings if recording not in retagged], rng)
    plant_versions(plan, recordings)
    plant_namesakes(plan)
    plant_shared_isrc(plan, recordings)
    plant_bad_files(plan, recordings, rng)
    plant_bad_rows(plan, rng)
    rng.shuffle(plan.tracks)
    return plan


def plant_spellings(plan: Plan, recordings: list[Recording], rng: Random) -> None:
    """Two artists print their name otherwise on one of their songs: without diacritics, with a typing slip."""
    for role in ("accented", "two spellings"):
        by_role = [recording for recording in recordings if recording.artists[0].role == role]
        target = plan.home([recording for recording in by_role if len(recording.artists) == 1][-1])
        name = target.row["artist"]
        printed = anyascii(name) if role == "accented" else misspelt(name, rng)
        plan.tracks[plan.tracks.index(target)] = replace(
            target, row={**target.row, "artist": printed}, names=((printed, target.names[0][1]),)
        )
        plan.hide("artist in two spellings", "one artist", *(plan.home(recording) for recording in by_role))


def copy_of(plan: Plan, recording: Recording, treatment: Treatment) -> Track:
    """Another delivery of a recording, its artist spelt as in the first one; not placed yet."""
    home = plan.home(recording)
    copy = delivered(recording, plan.free_source(recording), treatment)
    return replace(copy, row={**copy.row, "artist": home.row["artist"]}, names=home.names)


def plant_retags(plan: Plan, recordings: list[Recording], rng: Random) -> list[Recording]:
    """The same sound in another spelling, one kind of change each. Returns the recordings used."""
    used: list[Recording] = []
    for kind, (fits, retag) in RETAGS.items():
        studio = [recording for recording in recordings if recording.kind == "studio" and recording not in used]
        recording = rng.choice([recording for recording in studio if fits(recording)])
        copy = copy_of(plan, recording, Treatment(rng.choice(("mp3", "vorbis"))))
        columns, names = retag(copy, rng)
        placed = plan.add(replace(copy, row={**copy.row, **columns}, names=names))
        plan.hide(kind, "one recording", plan.home(recording), placed)
        used.append(recording)
    return used


def plant_copies(plan: Plan, recordings: list[Recording], rng: Random) -> None:
    """Re-encodings, trims and level changes; three recordings are delivered by all three sources."""
    subjects = rng.sample(recordings, len(COPIES))
    for (kind, treatment), recording in zip(COPIES, subjects, strict=True):
        plan.hide(kind, "one recording", plan.home(recording), plan.add(copy_of(plan, recording, treatment)))
    for recording in subjects[:3]:
        plan.add(copy_of(plan, recording, Treatment("mp3")))
        copies = [track for track in plan.tracks if track.recording is recording]
        plan.hide("delivered by three sources", "one recording", *copies)


def plant_versions(plan: Plan, recordings: list[Recording]) -> None:
    """Remix, live take, instrumental and cover: of one song with their original, and not one recording with it."""
    for recording in recordings:
        if recording.kind != "studio":
            original = next(other for other in recordings if other.song_id == recording.song_id)
            plan.hide(recording.kind, "one song, several recordings", plan.home(original), plan.home(recording))


def plant_namesakes(plan: Plan) -> None:
    """Two artists under one name; all their tracks."""
    tracks = [track for track in plan.tracks if track.recording and track.recording.artists[0].role == "namesake"]
    plan.hide("namesakes", "several artists", *tracks)


def plant_shared_isrc(plan: Plan, recordings: list[Recording]) -> None:
    """A slip of the pen: the ISRC of one song printed on another song of the same artist."""
    coded = [plan.home(recording) for recording in recordings if "isrc" in plan.home(recording).row]
    first, second = next(
        (one, other) for one in coded for other in coded if one.song_id < other.song_id and one.names == other.names
    )
    plan.hide("one ISRC on two songs", "several recordings", first, plan.change(second, isrc=first.row["isrc"]))


def plant_bad_files(plan: Plan, recordings: list[Recording], rng: Random) -> None:
    """Files that hold no music, under rows that look like any other."""
    albums = rng.sample([recording for recording in recordings if recording.kind == "studio"], len(BAD_FILES))
    for number, ((bad, codec), album) in enumerate(zip(BAD_FILES, albums, strict=True)):
        source = SOURCES[number % 3]
        track = delivered(
            replace(album, title=f"Interlude {number + 1}", position=20 + number), source, Treatment(codec)
        )
        row = {name: text for name, text in track.row.items() if name != "isrc"}
        placed = plan.add(replace(track, recording=None, row=row, bad=bad))
        plan.hide(f"bad file: {bad}", "a problem with audio_path", placed)


def plant_bad_rows(plan: Plan, rng: Random) -> None:
    """A duration that nobody can read, and a row that is delivered twice."""
    sound = [track for track in plan.tracks if not track.bad and track.source == "distributor"]
    odd, twice = rng.sample(sound, 2)
    plan.hide("bad row: unreadable duration", "a problem with duration", plan.change(odd, duration="three and a bit"))
    plan.tracks.append(twice)
    plan.hide("bad row: track_id delivered twice", "a problem with track_id", twice)
