#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the parts of the documents that follow from the code.

    docs/generate.py SALIENCY_OPT          writes methods.md, operators.md and the marked parts of README.md
    docs/generate.py SALIENCY_OPT --check  exit code 1, and the difference, where they are not up to date
"""
import difflib
import re
import subprocess
import sys
from pathlib import Path

import operators

DOCS = Path(__file__).resolve().parent
README = DOCS.parent / "README.md"
COMMENT = "<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->\n<!-- Written by docs/generate.py. -->\n"

METHODS = """# Methods

{index}
How to read the rules below: `x` is an op's input, `y` its output, `w` and `b` its weights and bias, `R` the relevance of
its output. `[R]+` and the like are the parts by sign. `forward(w, x)` is the op at other weights or another input,
`adjoint(w, R)` its transpose, `correlate(x, R)` the gradient of its weights, one per sample; every sum, mean, maximum and
count is of one sample. `rollout(M)` is the matrix product of M over the attention layers, the last one first, where `y` are a
layer's attention weights and `R` the relevance that arrives at them. "our extension" marks what the source does not define, "unverified" what no published code
confirms. `--param KEY=VALUE` sets a parameter, `--conventions=NAME` all that a library does differently at once.

{methods}"""

OPERATORS = """# Operators

ONNX opsets 7 to 22. Each row was measured: a small network around the operator went through the compiler. "no" is exit code 2
and a message; nothing is skipped silently. "{constants}": evaluated at compile time, where all inputs are constants.

{table}"""


def document(program, what):
    return subprocess.run([program, f"--document={what}"], check=True, capture_output=True, text=True).stdout


def marked(text, name, content):
    """Replaces what stands between <!-- generated: NAME --> and <!-- end -->."""
    pattern = re.compile(f"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    text, count = pattern.subn(lambda match: match[1] + content + match[2], text)
    if count != 1:
        raise RuntimeError(f"README.md must have one part 'generated: {name}', found {count}")
    return text


def generated(program):
    """{path: text}"""
    index, rows = document(program, "method-index"), operators.measure(program)
    methods = METHODS.format(index=index, methods=document(program, "methods").strip() + "\n")
    readme = marked(marked(README.read_text(), "methods", index), "operators", operators.summary(rows))
    return {DOCS / "methods.md": COMMENT + methods, README: readme,
            DOCS / "operators.md": COMMENT + OPERATORS.format(constants=operators.CONSTANTS, table=operators.table(rows))}


def main():
    program, check = sys.argv[1], "--check" in sys.argv[2:]
    stale = False
    for path, text in generated(program).items():
        old = path.read_text() if path.exists() else ""
        if check and old != text:
            stale = True
            sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), "generated"))
        elif not check:
            path.write_text(text)
    if stale:
        print("the documents must follow the code; run docs/generate.py SALIENCY_OPT", file=sys.stderr)
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
