#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the parts of the documents that follow from the code.

    docs/generate.py SALIENCY_OPT          writes methods.md, methods/, operators.md and options.md
    docs/generate.py SALIENCY_OPT --check  exit code 1, and the difference, where they are not up to date

The other programs are those beside SALIENCY_OPT. Pages of methods that are gone are removed. docs/pictures.py makes the pictures; a page shows the one of its name where there is one.
"""
import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

import cost
import operators

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
COMPOSITES = ROOT / "passes/rules/composites"
COMMENT = "<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->\n<!-- Written by docs/generate.py. -->\n"

METHODS = """# Methods

Each has a page, written from its file in [`passes/rules/methods/`](../passes/rules/methods): rule, source, parameters, what becomes
of the sum of relevance, cost. `--param KEY=VALUE` sets a parameter, `--conventions=NAME` all that a library does differently at once.
How closely they match the authors' code or a library's: [parity](parity.md); on which networks they work and in what time:
[coverage](coverage.md).

{index}
## Steps

What refines the 2-D map of any method, `--then=NAME`:

{steps}
## Composites

Which layer takes which rule, `--emit-lrp-composite --composite=NAME` or a file of your own
([how to write one](rules.md#composites)):

{composites}
## How to read a rule

`x` is an op's input, `y` its output, `w` and `b` its weights and bias, `R` the relevance of its output. `[R]+` and the like are the
parts by sign. `t1`, `t2` are parts that a rule uses more than once, written out before it. `forward(w, x)` is the op at other weights or another input, `adjoint(w, R)` its transpose, `correlate(x, R)` the
gradient of its weights, one per sample; every sum, mean, maximum and count is of one sample. `rollout(M)` is the matrix product of M
over the attention layers, the last one first, where `y` are a layer's attention weights and `R` the relevance that arrives at them.
"our extension" marks what the source does not define, "unverified" what no published code confirms.

## Cost

{cost}"""

OPERATORS = """# Operators

ONNX opsets 7 to 28, static shapes. Each row was measured: a small network around the operator went through the compiler. "no" is
exit code 2 and a message; nothing is skipped silently. "{constants}": evaluated at compile time, where all inputs are constants.

What works alike in one row:

{summary}
## Form by form

{table}"""


OPTIONS = """# Options

What the three programs take. The programs read their command lines from the same tables that this page is written from: what is
asked of the compiler is in [`RequestOptions.cpp`](../passes/request/RequestOptions.cpp), the rest beside each program.

The last column says what an option belongs to. *model*: it is compiled into an explainer, so that `saliency-run` refuses it where it is
given one that is compiled already (a `.so` file). *call*: it is for one run. *both*: it is for the run, and needs something that is
compiled in; a `.so` file has it or has it not. An option that may be repeated adds to what was given before; any other is given once.

Every program also has `--help`, `--version` and `--help-markdown`, which printed the tables below. Where `saliency-opt` compiles a model it
takes MLIR's own flags, too (`--mlir-print-ir-after-all`, `--mlir-print-ir-tree-dir=FOLDER`, `--mlir-timing`, ...), and for each method its
flag `--emit-NAME` ([all methods](methods.md)). `--debug-only` takes the `DEBUG_TYPE` of source files; it needs a build with assertions,
which the default is, whatever LLVM was built with.
"""
PROGRAMS = ("saliency-opt", "saliency-run", "saliency-patterns")


def find_programs(program):
    """The paths of all programs, beside `program`; ends with a sentence where one is missing."""
    folder = Path(program).resolve().parent
    paths = {name: folder / name for name in PROGRAMS}
    paths["saliency-opt"] = Path(program).resolve()
    for name, path in paths.items():
        if not os.access(path, os.X_OK) or path.is_dir():
            sys.exit(f"docs/generate.py runs {', '.join(PROGRAMS)} from one folder; found no program {path} "
                     f"(ninja -C build {' '.join(PROGRAMS)} makes them, then: docs/generate.py build/bin/saliency-opt)")
    return paths


def option_page(programs):
    text = OPTIONS
    for name in PROGRAMS:
        tables = subprocess.run([programs[name], "--help-markdown"], check=True, capture_output=True, text=True).stdout
        text += f"\n## {name}\n\n{tables}"
    return text


def document(program, what):
    return subprocess.run([program, f"--document={what}"], check=True, capture_output=True, text=True).stdout


def linked(index, folder):
    """An index with its flags as links to the pages in `folder`."""
    return re.sub(r"^\| (`--(?:emit-|then=)([^`]+)`)", rf"| [\1]({folder}\2.md)", index, flags=re.MULTILINE)


def composite_table():
    text = "| name | | source |\n|---|---|---|\n"
    for path in sorted(COMPOSITES.glob("*.yaml")):
        entries = dict(re.findall(r"^(title|source): (.*)$", path.read_text(), re.MULTILINE))
        text += f"| [`{path.stem}`](../passes/rules/composites/{path.name}) | {entries['title']} | {entries.get('source', '')} |\n"
    return text


def page(program, name, cost_text):
    """A method's page: as the compiler prints it, with the cost and the picture behind the source."""
    head, rest = document(program, name).split("\n## ", 1)
    if cost_text:
        head += f"\nCost: {cost_text}\n"
    if (DOCS / "pictures" / f"{name}.png").exists():
        head += f"\n![the map of a photograph, alone and over it](../pictures/{name}.png)\\\n[How it was made](../pictures/README.md)\n"
    return f"{COMMENT}{head}\n## {rest}\n[All methods](../methods.md), [how to read a rule](../methods.md#how-to-read-a-rule)\n"


def generated(programs):
    """{path: text}"""
    program = str(programs["saliency-opt"])
    index, steps, rows = document(program, "method-index"), document(program, "step-index"), operators.measure(program)
    methods, refinements = re.findall(r"`--emit-([^`]+)`", index), re.findall(r"`--then=([^`]+)`", steps)
    costs = cost.measure(program, methods)
    texts = {DOCS / "methods" / f"{name}.md": page(program, name, costs.get(name)) for name in methods + refinements}
    texts[DOCS / "methods.md"] = COMMENT + METHODS.format(index=linked(index, "methods/"), steps=linked(steps, "methods/"),
                                                          composites=composite_table(), cost=cost.EXPLANATION)
    texts[DOCS / "options.md"] = COMMENT + option_page(programs)
    texts[DOCS / "operators.md"] = COMMENT + OPERATORS.format(constants=operators.CONSTANTS, summary=operators.summary(rows),
                                                               table=operators.table(rows))
    return texts


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    check = "--check" in sys.argv[2:]
    texts = generated(find_programs(sys.argv[1]))
    gone = sorted(set((DOCS / "methods").glob("*.md")) - texts.keys())
    stale = bool(gone)
    for path in gone:
        print(f"{path}: the page of no method")
        if not check:
            path.unlink()
    for path, text in texts.items():
        old = path.read_text() if path.exists() else ""
        if check and old != text:
            stale = True
            sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), "generated"))
        elif not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    if check and stale:
        print("the documents must follow the code; run docs/generate.py SALIENCY_OPT", file=sys.stderr)
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main())
