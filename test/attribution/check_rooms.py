#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_rooms.py SOURCE: the rooms of passes/attribution/ have an order (its README.md); a file includes its own room and those
before it, and no header includes itself by way of others."""
import re
import sys
from pathlib import Path

ROOMS = ["network", "binding", "walk", "emission", "reports", "top"]
PREFIX = "passes/attribution/"


def room_of(path):
    """The room of a file, given below passes/attribution/."""
    return path.parts[0] if len(path.parts) > 1 else "top"


def includes_of(file):
    names = re.findall(r'^#include "([^"]+)"', file.read_text(), re.MULTILINE)
    return [Path(name[len(PREFIX):]) for name in names if name.startswith(PREFIX) and name.endswith(".h")]


def find_ring(header, includes, above=()):
    """The first ring of headers that `header` leads to, as a list; empty where there is none."""
    if header in above:
        return [*above[above.index(header):], header]
    for included in includes.get(header, []):
        if ring := find_ring(included, includes, (*above, header)):
            return ring
    return []


def main():
    folder = Path(sys.argv[1]) / PREFIX
    files = sorted([*folder.rglob("*.h"), *folder.rglob("*.cpp")])
    includes = {file.relative_to(folder): includes_of(file) for file in files}
    mistakes = []
    for file, included in includes.items():
        if room_of(file) not in ROOMS:
            mistakes.append(f"{PREFIX}{file}: a file lies in one of the rooms {', '.join(ROOMS)}; found '{room_of(file)}'")
            continue
        for other in included:
            if ROOMS.index(room_of(other)) > ROOMS.index(room_of(file)):
                mistakes.append(f"{PREFIX}{file}: room {room_of(file)} includes itself and rooms before it; found {PREFIX}{other}")
    rings = {tuple(sorted(map(str, set(ring)))): ring for header in includes if (ring := find_ring(header, includes))}
    for ring in rings.values():
        mistakes.append("headers include each other in one direction; found " + " -> ".join(map(str, ring)))
    print("\n".join(mistakes) or f"{len(files)} files in {len(ROOMS)} rooms, {sum(map(len, includes.values()))} includes, all in order")
    return int(bool(mistakes))


sys.exit(main())
