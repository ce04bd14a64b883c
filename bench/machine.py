"""What a table was measured on, in words that name no particular machine."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.peers import in_cpp

CPUINFO = Path("/proc/cpuinfo")
PEERS = ("cimba", "simpy", "ciw", "salabim")


def machine() -> str:
    """Return processor, number of CPUs, system and versions in one sentence."""
    parts = [
        f"{processor()}, {os.cpu_count()} CPUs",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"Numba {version('numba')}",
        gcc(),
        *(f"{name} {version(name)}" for name in PEERS),
    ]
    return ", ".join(parts)


def processor() -> str:
    """Return the processor's model as Linux tells it, elsewhere what Python knows."""
    if CPUINFO.is_file():
        for line in CPUINFO.read_text("utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def gcc() -> str:
    """Return the compiler's name and version, or that there is none."""
    found = in_cpp.compiler()
    if found is None:
        return f"no {in_cpp.COMPILER}"
    told = subprocess.run([found, "-dumpfullversion"], check=True, capture_output=True, text=True)
    return f"{in_cpp.COMPILER} {told.stdout.strip()}"
