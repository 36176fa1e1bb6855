#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Passes ask ops through interfaces: no class of a saliency op is asked for outside its rooms.

    check_capabilities.py SOURCE_ROOT [--count]

Reads the names of all ops from dialect/ops/*.td and looks in passes/, tools/ and runtime/ for questions about them
(isa, cast, dyn_cast, getDefiningOp, m_Op, getOps, walk, TypeSwitch's Case, rewrite patterns of one op, functions that take one).
Prints file, line and op of each, and exits with 1, unless ALLOWED says that the file may ask and why. An entry of ALLOWED
that nothing needs is an error, too. With --count: the number of lines by file, allowed ones included.
"""
import fnmatch
import re
import sys
from pathlib import Path

# Path, perhaps with a * -> ops it may ask for (all: None), why.
ALLOWED = {
    "passes/to_linalg/*ToLinalg.cpp": (None, "the lowering of each op is written for that op"),
    "passes/to_linalg/LoopsToScf.cpp": (None, "the lowering of runs and loops"),
    "passes/to_linalg/TunedConv.cpp": (None, "the second lowering of convolutions"),
    "passes/to_linalg/PackedWeights.cpp": ({"ConvOp", "ConvAdjointOp"}, "lays weights as the lowering of each of the two reads them"),
    "passes/to_linalg/ConstantEvaluator.cpp": ({"AddOp", "SubOp", "MulOp", "DivOp", "ReluOp"}, "evaluates elementwise ops on "
                                               "constants by what each is in float32"),
    "passes/transforms/SpelledArithmetic.cpp": ({"DivOp", "PowOp"}, "takes products apart as exporters write them: a quotient by "
                                                "a number and a square are factors"),
    "passes/transforms/RecogniseLayerNorm.cpp": ({"DivOp", "SubOp", "SqrtOp"}, "the ops by which exporters spell a layer norm"),
    "passes/transforms/RecogniseActivations.cpp": ({"ErfOp", "TanhOp", "SigmoidOp", "SoftplusOp", "HardSigmoidOp"},
                                                   "the functions by which exporters spell other ones"),
    "passes/transforms/RecogniseLayers.cpp": ({"SubOp"}, "a difference is the one sum that no merge says it is"),
    "passes/transforms/SliceOneHot.cpp": ({"OneHotOp", "DivideOp", "GemmAdjointOp"}, "the seed, the divisions and the matrix "
                                          "product of attribution code are no layers, and a row of the product is another op"),
}
# Of no layer, but of the dialect as such: a constant is one wherever it is met.
ANYWHERE = {"ConstantOp"}

ROOMS = ("passes", "tools", "runtime")


def op_classes(root):
    names = set()
    for path in (root / "dialect/ops").glob("*.td"):
        names |= set(re.findall(r"^\s*def Saliency_(\w+Op)\b", path.read_text(), re.MULTILINE))
    return names


def questions(text, names):
    """(line, op) of each question; upstream ops of the same name are written with their namespace."""
    op = r"(?<![\w:])(?:saliency::)?(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b"
    asks = re.compile(r"\b(?:isa|isa_and_nonnull|isa_and_present|cast|dyn_cast|dyn_cast_or_null|dyn_cast_if_present|cast_or_null|"
                      r"getDefiningOp|getParentOfType|getOps|Case|m_Op|OpRewritePattern|OpConversionPattern)\s*<([^;{}]*?)>")
    takes = re.compile(r"[(,]\s*(?:\[[&=\w]*\]\s*\(\s*)?(" + op + r")\s+[&*]?\w+\s*[,)]")
    for match in asks.finditer(text):
        for found in re.finditer(op, match[1]):
            yield text.count("\n", 0, match.start(1) + found.start()) + 1, found[1]
    for match in takes.finditer(text):
        yield text.count("\n", 0, match.start(1)) + 1, match[2]


# What must be found, so that the search itself cannot fall silent.
SAMPLE = """
  if (auto pool = dyn_cast<AvgPoolOp>(op)) return isa<ReshapeOp, saliency::PadOp>(op) || isa<arith::AddOp>(op);
  module.walk([&](GemmOp gemm) { count(gemm); });
  static LogicalResult fold(ConvOp conv);
  struct Fold final : OpRewritePattern<DivOp> {};
  return matchPattern(value, m_Op<ErfOp>(m_Op<TanhOp>(x)));
"""


def without_comments(text):
    return re.sub(r"//[^\n]*", "", text)


def main():
    root, counts = Path(sys.argv[1]), "--count" in sys.argv[2:]
    names = op_classes(root)
    if len(names) < 40:
        print(f"{root}/dialect/ops: ops are defined in these files, found {len(names)}", file=sys.stderr)
        return 1
    found = [op for _, op in sorted(set(questions(SAMPLE, names)))]
    if sorted(found) != sorted(["AvgPoolOp", "ReshapeOp", "PadOp", "GemmOp", "ConvOp", "DivOp", "ErfOp", "TanhOp"]):
        print(f"the questions of the sample are found, found {found}", file=sys.stderr)
        return 1
    names -= ANYWHERE
    failures, used, lines = 0, set(), {}
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*") if path.suffix in (".h", ".cpp")):
        name = path.relative_to(root).as_posix()
        for line, op in sorted(set(questions(without_comments(path.read_text()), names))):
            lines.setdefault(name, set()).add(line)
            entry = next((entry for entry in ALLOWED if fnmatch.fnmatch(name, entry)), None)
            if entry and (ALLOWED[entry][0] is None or op in ALLOWED[entry][0]):
                used.add(entry)
            elif not counts:
                failures += 1
                print(f"{name}:{line}: a pass asks an op through an interface of dialect/interfaces/Capabilities.td, found a "
                      f"question about {op}")
    if counts:
        for name, found in lines.items():
            print(f"{len(found):4} {name}")
        print(f"{sum(map(len, lines.values())):4} lines, of them outside passes/to_linalg "
              f"{sum(len(found) for name, found in lines.items() if not name.startswith('passes/to_linalg/'))}")
        return 0
    for entry in sorted(ALLOWED.keys() - used):
        failures += 1
        print(f"{entry}: an allowance is used, found none of its ops there")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
