#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rooms of passes/codegen keep to their order: a room includes only headers of rooms that its library links.

    check_rooms.py SOURCE

Reads `target_link_libraries` of the CMakeLists.txt of every folder under passes/codegen that makes a library, and every #include
of a file below it. Headers reach where no linker looks, so this stands beside the libraries saliency_closed_*.
"""
import re
import sys
from pathlib import Path


def libraries(codegen):
    """Of each library: its folder, and the libraries that it links."""
    found = {}
    for lists in sorted(codegen.rglob("CMakeLists.txt")):
        text = re.sub(r"#.*", "", lists.read_text())
        for name in re.findall(r"saliency_add_library\((\w+)", text):
            links = re.findall(rf"target_link_libraries\({name}\s+(.*?)\)", text, re.S)
            found[name] = (lists.parent, set(re.findall(r"saliency_\w+", " ".join(links))))
    return found


def closure(name, found):
    reached, todo = set(), [name]
    while todo:
        library = todo.pop()
        if library in reached or library not in found:
            continue
        reached.add(library)
        todo += found[library][1]
    return reached


def owner(path, found):
    """The library of the innermost folder around `path`."""
    inside = [name for name, (folder, _) in found.items() if folder in path.parents]
    return max(inside, key=lambda name: len(found[name][0].parts), default=None)


def main():
    source = Path(sys.argv[1]).resolve()
    found = libraries(source / "passes" / "codegen")
    if not {"saliency_interface", "saliency_cpu", "saliency_emit"} <= set(found):
        sys.exit(f"check_rooms: the libraries of passes/codegen are read from its CMakeLists.txt, found {sorted(found)}")
    wrong = []
    for file in sorted((source / "passes" / "codegen").rglob("*")):
        if file.suffix not in (".h", ".cpp"):
            continue
        own = owner(file, found)
        allowed = closure(own, found)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            include = re.match(r'#include "(passes/codegen/[^"]+)"', line)
            if not include:
                continue
            room = owner(source / include[1], found)
            if room and room not in allowed:  # a header of no library stands for nobody
                wrong.append(f"{file.relative_to(source)}:{number}: {own} includes only what it links; found {include[1]} of {room}")
    for file in sorted((source / "passes").glob("*.*")):
        if file.suffix in (".h", ".cpp") and file.stem != "Targets" and '"passes/codegen/cpu/' in file.read_text():
            wrong.append(f"{file.relative_to(source)}: only passes/Targets.cpp knows the kinds of machines; found passes/codegen/cpu")
    print("\n".join(wrong) or f"{len(found)} rooms")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
