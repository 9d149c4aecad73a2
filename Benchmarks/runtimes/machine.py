"""What the figures were measured on."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

FLAGS = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "asimd", "asimddp", "i8mm"]


def describe(versions):
    """Lines of name and value, for people."""
    processor = pathlib.Path("/proc/cpuinfo").read_text()
    memory = pathlib.Path("/proc/meminfo").read_text()
    present = set((_field(processor, "flags") or _field(processor, "Features") or "").split())
    return [
        ("Processor", _field(processor, "model name") or platform.machine()),
        ("Family, model", f"{_field(processor, 'cpu family')}, {_field(processor, 'model')}"),
        ("Cores for this process", str(len(os.sched_getaffinity(0)))),
        ("Instructions", ", ".join(flag for flag in FLAGS if flag in present) or "none of those asked for"),
        ("Caches", _caches()),
        ("Memory", f"{int(_field(memory, 'MemTotal').split()[0]) / 1e6:.1f} GB"),
        ("System", f"{_system()}, Linux {platform.release()}"),
        ("Commit", _command("git", "describe", "--always", "--dirty") or "unknown"),
        ("Compiler", _command("swift", "--version").splitlines()[0] if _command("swift", "--version") else "unknown"),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("Date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
    ]


def load():
    """Mean number of runnable threads of the last minute, this measurement's own included."""
    return os.getloadavg()[0]


def _field(text, name):
    found = re.search(rf"^{name}\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _caches():
    found = []
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ["level", "type", "size"])
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found) or "unknown"


def _system():
    return _field(pathlib.Path("/etc/os-release").read_text().replace("=", ": "), "PRETTY_NAME").strip('"')


def _command(*words):
    try:
        folder = pathlib.Path(__file__).resolve().parent
        return subprocess.run(words, capture_output=True, text=True, check=True, cwd=folder).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
