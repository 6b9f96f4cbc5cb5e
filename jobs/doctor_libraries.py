"""The interpreter and the libraries, as `unisono doctor` looks at them.

Libraries with compiled parts are really imported, by name, since being installed does not mean that they load here; the
others are looked up.
"""

import sys
from collections.abc import Iterator
from importlib import import_module, metadata
from typing import Any

from jobs.findings import Finding

COMPILED = ("numpy", "pyarrow", "scipy", "rapidfuzz", "av", "soundfile", "soxr", "faiss", "torch", "safetensors")
AUDIO_FORMATS = ("WAV", "FLAC", "OGG", "MP3")
REINSTALL = "pip install --upgrade --force-reinstall {}"


def python() -> Iterator[Finding]:
    """Look at the interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info >= (3, 11)
    yield Finding("Python", "ok" if fits else "missing", version, "" if fits else "install Python 3.11 or newer")


def libraries() -> Iterator[Finding]:
    """Look up every library that the package names."""
    try:
        needed = [line for line in metadata.requires("unisono") or [] if "extra ==" not in line]
    except metadata.PackageNotFoundError:
        yield Finding("Unisono", "note", "runs from a folder, not installed", "pip install --editable .")
        return
    absent = [name for name in map(_distribution, needed) if not _installed(name)]
    yield Finding("Unisono", "ok", metadata.version("unisono"))
    if absent:
        yield Finding("libraries", "missing", f"{', '.join(absent)} absent", f"pip install {' '.join(absent)}")
    else:
        yield Finding("libraries", "ok", f"all {len(needed)}")


def compiled() -> Iterator[Finding]:
    """Import the libraries that have compiled parts."""
    for name in COMPILED:
        try:
            module = import_module(name)
        except (ImportError, OSError) as error:
            package = "faiss-cpu" if name == "faiss" else name
            yield Finding(name, "missing", f"does not load: {error}", REINSTALL.format(package))
        else:
            yield Finding(name, "ok", _described(module))


def formats() -> Iterator[Finding]:
    """Ask libsndfile what it reads. PyAV reads the rest and brings its own codecs, so no ffmpeg is needed."""
    try:
        soundfile = import_module("soundfile")
    except (ImportError, OSError):
        return  # said by `compiled`
    have = soundfile.available_formats()
    absent = [name for name in AUDIO_FORMATS if name not in have]
    opus = "OPUS" in soundfile.available_subtypes("OGG")
    seen = f"libsndfile reads {', '.join(name for name in AUDIO_FORMATS if name in have)}{', Opus' if opus else ''}"
    if absent or not opus:
        yield Finding("audio formats", "note", f"{seen}; PyAV reads the others", "pip install --upgrade soundfile")
    else:
        yield Finding("audio formats", "ok", f"{seen}; PyAV reads M4A, WMA and others")


def _distribution(requirement: str) -> str:
    """Name of the distribution that a requirement such as `torch<3,>=2.6` asks for."""
    return "".join(letter if letter.isalnum() or letter in "-_." else " " for letter in requirement).split()[0]


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _described(module: Any) -> str:
    """Version of a library; of torch also where it would compute."""
    version = str(getattr(module, "__version__", "")) or "loads"
    if module.__name__ != "torch":
        return version
    n = module.get_num_threads()
    device = module.cuda.get_device_name() if module.cuda.is_available() else "no GPU"
    return f"{version}, {n} thread{'s' if n != 1 else ''}, {device}"
