#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Refreshes what the pages quote: code that the compiler prints, lines of source files, costs of methods.

    docs/snippets.py BIN             writes them into the pages; BIN is the folder of the programs
    docs/snippets.py BIN --check     exit code 1, and the difference, where one is not up to date

A page says above a block of code where it comes from, and which lines it takes:

    <!-- printed: saliency-opt three-layers.onnx --emit-lrp-zplus --stage=canonical -->
    <!-- from: passes/rules/methods/LrpEpsilon.h -->
    <!-- lines: saliency.conv ;; func.func .. return -->

`lines` has regular expressions, separated by ;;, each for the lines that match it or, A .. B, for those from the first match of A
to the next of B, or, A xN, for the first N that match; without it the block takes all lines. Three dots stand for what is left out: lines, attributes in braces (but for
those of a division) and constants that are long, and the end of a line behind column 110. Commands run in a folder with the network of three_layers.py and
the demonstration's scenes. A row `| [name](methods/name.md) | cost |` of a table takes the cost from that method's page.
"""
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import three_layers

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
DEMO = ROOT / "test/demo"
PAGES = [*(DOCS / f"{name}.md" for name in ("architecture", "rules", "choosing", "debugging", "profiling")), ROOT / "CONTRIBUTING.md"]
COLUMNS = 110

BLOCK = re.compile(r"(<!-- (printed|from): (.*?) -->\n(?:<!-- lines: (.*?) -->\n)?\n?```\w*\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)
COST = re.compile(r"^(\| \[[^]]+\]\(methods/([^)]+)\.md\)[^|]*\| )[^|]*( \|)", re.MULTILINE)


def printed(command, folder, programs):
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"'{command}' must succeed, found exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def chosen(lines, selection, where):
    """The numbers of the lines that `selection` takes."""
    numbers = set()
    for part in selection.split(" ;; "):
        first, _, last = part.strip().partition(" .. ")
        first, count = re.match(r"(.*?)(?: x(\d+))?$", first).groups()
        hits = [number for number, line in enumerate(lines) if re.search(first, line)]
        if hits and last:
            end = next((number for number in range(hits[0] + 1, len(lines)) if re.search(last, lines[number])), None)
            hits = range(hits[0], end + 1) if end else []
        if count:
            hits = hits[:int(count)]
        if not hits:
            raise RuntimeError(f"{where}: a line must match '{part.strip()}', found none")
        numbers.update(hits)
    return sorted(numbers)


def shortened(line):
    line = re.sub(r"(dense<)[^>]{24,}(>)", r"\1...\2", line)
    for _ in range(3):
        line = re.sub(r"\{(?!\.\.\.\}|division)[^{}]{32,}\}", "{...}", line)
    if len(line) > COLUMNS:  # of an operation's type the result says enough
        line = re.sub(r" : \(.*\) -> ", " : (...) -> ", line)
    return line if len(line) <= COLUMNS else line[:COLUMNS - 4].rstrip() + " ..."


def excerpt(text, selection, where):
    lines = text.rstrip("\n").split("\n")
    numbers = chosen(lines, selection, where) if selection else range(len(lines))
    margin = min((len(lines[n]) - len(lines[n].lstrip()) for n in numbers if lines[n].strip()), default=0)
    result, previous = "", None
    for number in numbers:
        if previous is not None and number > previous + 1:
            result += "...\n"
        result += shortened(lines[number][margin:].rstrip()) + "\n"
        previous = number
    return result


def cost(name):
    """In units of a forward pass, as the method's page has it."""
    found = re.search(r"^Cost: in units of a forward pass, (.*?) \(\[", (DOCS / f"methods/{name}.md").read_text(), re.MULTILINE)
    if not found:
        return "as that method"
    numbers = re.findall(r"([\d.]+) on (.*?)(?:, |$)", found[1])
    return " ".join(f"({number})" if "transformer" in network else number for number, network in numbers)


def refreshed(path, folder, programs):
    where = path.relative_to(ROOT)

    def block(match):
        head, kind, source, selection, _, end = match.groups()
        text = printed(source, folder, programs) if kind == "printed" else (ROOT / source).read_text()
        return head + excerpt(text, selection, f"{where}: {source}") + end

    text = BLOCK.sub(block, path.read_text())
    return COST.sub(lambda match: match[1] + cost(match[2]) + match[3], text)


def main():
    programs, check, stale = Path(sys.argv[1]).resolve(), "--check" in sys.argv[2:], False
    with tempfile.TemporaryDirectory() as folder:
        three_layers.write(Path(folder) / "three-layers.onnx")
        for name in ("shapes.onnx", "scene_3.png", "labels.txt"):
            shutil.copy(DEMO / name, folder)
        for path in filter(Path.exists, PAGES):
            old, text = path.read_text(), refreshed(path, folder, programs)
            if old == text:
                continue
            stale = True
            if check:
                sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), "printed"))
            else:
                path.write_text(text)
                print(f"{path.relative_to(ROOT)} is new")
    if check and stale:
        print("the pages must quote what the code says; run docs/snippets.py BIN", file=sys.stderr)
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main())
