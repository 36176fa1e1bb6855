#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the reference of passes and of the dialect from their definitions: docs/passes.md, docs/dialect.md.

    docs/reference.py MLIR_TBLGEN LLVM_INCLUDE             writes them
    docs/reference.py MLIR_TBLGEN LLVM_INCLUDE --check     exit code 1, and the difference, where one is not up to date
"""
import difflib
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
COMMENT = "<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->\n<!-- Written by docs/reference.py. -->\n"

PASSES = """# Passes

Every pass, from the descriptions in the `Passes.td` files. `saliency-opt FILE.mlir --FLAG` runs one alone; the order in which the compiler
runs them is in [passes/README.md](../passes/README.md#stages).
"""

DIALECT = """# The saliency dialect, operation by operation

From the definitions in [`dialect/ops/`](../dialect/ops). What the dialect is for and what it leaves out: [dialect/README.md](../dialect/README.md). The
*capability* is the interface by which rules address a layer ([rules.md](rules.md#the-idea)); operations without one are what attribution code
needs besides layers.

| operation | capability | what it computes |
|---|---|---|
"""


def printed(tablegen, include, what, path):
    return subprocess.run([tablegen, f"-gen-{what}-doc", f"-I{ROOT}", f"-I{include}", path], check=True, capture_output=True, text=True).stdout


def pass_page(*tool):
    text, files = COMMENT + PASSES, [path for path in ROOT.glob("passes/**/*.td") if re.search(r": Pass<", path.read_text())]
    for path in sorted(files, key=lambda path: (len(path.parts), path)):
        entries = printed(*tool, "pass", path).split("-->\n", 1)[1]
        entries = re.sub(r"^### `-", "### `--", entries, flags=re.MULTILINE)
        text += f"\n## {path.relative_to(ROOT)}\n{entries.rstrip()}\n"
    return text


def dialect_page(*tool):
    text = COMMENT + DIALECT
    bodies = {}
    for path in ROOT.glob("dialect/ops/*Ops.td"):
        bodies.update(re.findall(r"^### `saliency\.([\w.]+)` .*?\n(.*?)(?=^### |^## |\Z)", printed(*tool, "dialect", path), re.DOTALL | re.MULTILINE))
    for name, body in sorted(bodies.items()):
        summary = re.search(r"^_(.*)_$", body, re.MULTILINE)
        line = re.search(r"^Interfaces: (.*)$", body, re.MULTILINE)
        found = re.findall(r"`(?:Saliency_)?(\w+)OpInterface`", line[1]) if line else []
        capability = ", ".join(name for name in found if not re.search("Layer$|Infer|Formula", name)) if "Layer" in found else ""
        # mlir-tblgen begins a summary with a capital, also where it is a formula.
        what = re.sub(r"^(?:X\b|A(?= [-+/]| b\b)|Alpha\b|Exp\(|Log\(|Max\()", lambda match: match[0].lower(), summary[1] if summary else "")
        text += f"| `{name}` | {capability} | {what} |\n".replace("|x|", "\\|x\\|").replace("<", "&lt;")
    return text


def main():
    tool, check, stale = sys.argv[1:3], "--check" in sys.argv[3:], False
    for path, text in ((DOCS / "passes.md", pass_page(*tool)), (DOCS / "dialect.md", dialect_page(*tool))):
        old = path.read_text() if path.exists() else ""
        stale |= old != text
        if check:
            sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), "generated"))
        else:
            path.write_text(text)
    if check and stale:
        print("the reference must follow the definitions; run docs/reference.py MLIR_TBLGEN LLVM_INCLUDE", file=sys.stderr)
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main())
