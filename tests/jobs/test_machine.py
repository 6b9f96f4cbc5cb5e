"""Limits that a container sets."""

import pytest

from jobs import machine


@pytest.mark.parametrize(
    ("files", "cores", "memory"),
    [
        ({"cpu.max": "150000 100000\n", "memory.max": "1048576\n"}, 2, 2**20),
        ({"cpu.max": "50000 100000\n", "memory.max": "max\n"}, 1, None),
        ({"cpu.max": "max 100000\n"}, None, None),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3, None),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None, None),
        ({"memory/memory.limit_in_bytes": "4096"}, None, 4096),
        ({}, None, None),
    ],
)
def test_a_containers_limits_count(monkeypatch, tmp_path, files, cores, memory):
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(machine, "CGROUP", tmp_path / "none")
    bare = machine.memory_bytes()
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    for place, text in files.items():
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text)
    assert machine.cores() == (cores or 8)
    assert machine.memory_bytes() == (memory or bare)
