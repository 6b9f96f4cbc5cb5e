"""Where the process of `unisono` begins and ends.

A lookup lives a third of a second, and much of that Python's garbage collector would spend on walking through modules
that it will never free: at every seven hundred new objects while they are imported, and over all of them at the exit.
So it sets in rarely, which costs a long job nothing, and at the end it looks at nothing more.
"""

import gc

RARELY = (100_000, 20, 20)
"""New objects before the young ones are looked at, and how many times that before the older ones are."""


def main() -> None:
    """Run the command line; the entry point of the `unisono` script."""
    gc.set_threshold(*RARELY)
    from jobs.cli import main as run

    try:
        run()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
