"""What this machine offers: memory and processor cores, as the operating system or the container limits them."""

import os
from pathlib import Path

GIB = 2**30
CGROUP = Path("/sys/fs/cgroup")
MEMORY_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
"""Under CGROUP, of control groups version 2 and 1."""

CPU_QUOTAS = (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))
"""Where a container's time of processors stands, of how much time: in one file or in two."""


def memory_bytes() -> int:
    """Return the memory that this process may use: the machine's, or the container's limit where that is lower."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for place in MEMORY_LIMITS:
        for limit in _numbers(place)[:1]:
            memory = min(memory, limit)
    return memory


def cores() -> int:
    """Return the processor cores that this process may use; a container's share of them rounded up."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for places in CPU_QUOTAS:
        match [number for place in places for number in _numbers(place)]:
            case [quota, period] if period:
                there = min(there, max(1, -(-quota // period)))
    return there


def _numbers(place: str) -> list[int]:
    """The whole numbers in a file of the control group; none where it is missing, and none for "max" and -1."""
    try:
        return [int(word) for word in (CGROUP / place).read_text().split() if word.isdigit()]
    except OSError:
        return []
