"""What a source delivers: the rows of the demo's catalogue, the state of each audio file, what was planted.

Each source spells things in its own way: the label counts milliseconds and knows dates, the distributor prints `m:ss`
and no label, the archive seconds, square brackets and no ISRC.
"""

from dataclasses import dataclass, field, replace

from jobs.demo_repertoire import Recording

SOURCES = ("label", "distributor", "archive")
HOME_CODEC = {"label": "flac", "distributor": "mp3", "archive": "vorbis"}
EXTENSION = {"flac": "flac", "mp3": "mp3", "vorbis": "ogg", "opus": "opus", "aac": "m4a", "wav": "wav"}
EXPECTATIONS = (
    "one recording",
    "several recordings",
    "one song, several recordings",
    "one artist",
    "several artists",
    "a problem with audio_path",
    "a problem with duration",
    "a problem with track_id",
)


@dataclass(frozen=True)
class Treatment:
    """What happened to the sound on the way: seconds of silence added and of music cut at the ends, decibels, codec."""

    codec: str
    pad_start: float = 0.0
    pad_end: float = 0.0
    cut_start: float = 0.0
    cut_end: float = 0.0
    gain_db: float = 0.0

    @property
    def added_s(self) -> float:
        """Seconds by which the file is longer than the recording."""
        return self.pad_start + self.pad_end - self.cut_start - self.cut_end


@dataclass(frozen=True)
class Track:
    """One row of the catalogue. `row` maps catalogue columns to the delivered text."""

    source: str
    recording: Recording | None  # null for a bad input that holds no recording of the repertoire
    treatment: Treatment
    row: dict[str, str]
    names: tuple[tuple[str, str], ...]  # (name as printed, artist_id) in the order of the artist credit
    bad: str = ""  # kind of bad file: empty | text | clip | silence | missing

    @property
    def track_id(self) -> str:
        """Id within the catalogue; empty until the plan has placed the track."""
        return self.row.get("track_id", "")

    @property
    def recording_id(self) -> str:
        """The truth about the track; a bad input is a recording of its own."""
        return self.recording.recording_id if self.recording else f"only-{self.track_id}"

    @property
    def song_id(self) -> str:
        """The song the track holds; a bad input is a song of its own."""
        return self.recording.song_id if self.recording else f"only-{self.track_id}"


@dataclass(frozen=True)
class Planted:
    """One thing hidden in the catalogue; `expectation` is one of EXPECTATIONS."""

    kind: str
    track_ids: tuple[str, ...]
    expectation: str


@dataclass
class Plan:
    """The whole catalogue. Rows are in delivery order; one track_id occurs twice, because it is planted so."""

    tracks: list[Track] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)

    def add(self, track: Track) -> Track:
        """Deliver a track under the next free id of its source."""
        number = sum(other.source == track.source for other in self.tracks) + 1
        track_id = f"{track.source[:3].upper()}-{number:04d}"
        path = f"{track.source}/{track_id}.{EXTENSION[track.treatment.codec]}"
        placed = replace(track, row={**track.row, "track_id": track_id, "audio_path": path})
        self.tracks.append(placed)
        return placed

    def change(self, track: Track, **fields: str) -> Track:
        """Print other text in some columns of a track delivered before."""
        changed = replace(track, row={**track.row, **fields})
        self.tracks[self.tracks.index(track)] = changed
        return changed

    def home(self, recording: Recording) -> Track:
        """The first delivery of a recording."""
        return next(track for track in self.tracks if track.recording is recording)

    def free_source(self, recording: Recording) -> str:
        """A source that has not delivered the recording yet: no source lists one twice."""
        taken = {track.source for track in self.tracks if track.recording is recording}
        return next(source for source in reversed(SOURCES) if source not in taken)

    def hide(self, kind: str, expectation: str, *tracks: Track) -> None:
        """Note what was planted."""
        self.planted.append(Planted(kind, tuple(dict.fromkeys(track.track_id for track in tracks)), expectation))


def delivered(recording: Recording, source: str, treatment: Treatment | None = None) -> Track:
    """A recording as `source` would print it, not placed yet."""
    treatment = treatment or Treatment(HOME_CODEC[source])
    first = recording.artists[0]
    row = {
        "source": source,
        "title": printed_title(recording, source),
        "artist": " feat. ".join(artist.name for artist in recording.artists),
        "album": recording.album,
        "duration": printed_duration(recording.seconds + treatment.added_s, source),
        "year": str(recording.year),
        "track_number": str(recording.position),
        "country": first.country,
        "genre": first.style.title(),
    }
    if source != "archive":
        row["isrc"] = recording.isrc
    if source != "distributor":
        row["label"] = first.label
    if source == "label":
        row["release_date"] = f"{recording.year}-{recording.album_month:02d}-12"
    names = tuple((artist.name, artist.artist_id) for artist in recording.artists)
    return Track(source, recording, treatment, row, names)


def printed_title(recording: Recording, source: str) -> str:
    """The title with its version in the source's manner."""
    manner = {"label": "{} ({})", "distributor": "{} - {}", "archive": "{} [{}]"}[source]
    return manner.format(recording.title, recording.version) if recording.version else recording.title


def printed_duration(seconds: float, source: str) -> str:
    """The duration in the source's unit."""
    if source == "label":
        return str(round(seconds * 1000))
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}" if source == "distributor" else f"{seconds:.1f}"
