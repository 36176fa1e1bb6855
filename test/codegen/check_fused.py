#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Contractions use fused multiply-adds where the machine has them, and nothing else does by chance.

    check_fused.py SALIENCY_OPT LLVM_OBJDUMP

Disassembles the object of a network of one convolution, a rectifier and one dense layer, for machines
with and without the instruction. What multiplies in its forward pass are contractions alone: where
the machine fuses, no product stands apart, elsewhere all do.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "equivalence"))
from networks import Text


def network():
    t = Text(1, 5)
    x = ("%x", [1, 4, 12, 12])
    y = t.relu(t.conv(x, 16, stride=2))
    y = t.emit("reshape", [y], ["shape = array<i64: 1, 576>"], [1, 576])
    return t.function(x, t.emit("gemm", [y, t.constant((10, 576))], [], [1, 10]))


# Flags, and whether the machine has fused multiply-adds.
MACHINES = [
    (["--cpu=x86-64-v2"], False), (["--cpu=x86-64-v3"], True), (["--cpu=x86-64-v4"], True),
    (["--triple=aarch64-linux-gnu", "--cpu=neoverse-n1"], True)]
FUSED = re.compile(r"\s(vfn?m(?:add|sub)\w*[ps]s|fn?ml[as]|fn?madd)\s")
APART = re.compile(r"\s(v?mul[ps]s|fmul)\s")


def main():
    saliency_opt, objdump = sys.argv[1:]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        model, output = Path(folder) / "model.mlir", Path(folder) / "model.o"
        model.write_text(network())
        for flags, fuses in MACHINES:
            for method in ("forward", "gradient"):
                subprocess.run([saliency_opt, model, f"--emit-{method}", *flags, "-o", output],
                               check=True, capture_output=True)
                text = subprocess.run([objdump, "-d", "--no-show-raw-insn", output], check=True,
                                      capture_output=True, text=True).stdout
                fused, apart = len(FUSED.findall(text)), len(APART.findall(text))
                alone = apart == 0 or method != "forward"
                good = (fused > 0 and alone) if fuses else (fused == 0 and apart > 0)
                failures += not good
                print(f"{'ok    ' if good else 'FAILED'} {' '.join(flags)}, {method}: {fused} fused "
                      f"multiply-adds, {apart} products apart")
    return int(failures > 0)


sys.exit(main())
