#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""run_layers.py SALIENCY_RUN GOLDENS: compares relevance layer by layer, where a golden case has it (`ref_layers`).

The references are keyed by ONNX value name, as what --dump-relevance writes: RSP's and AGF's is the relevance of each layer's input, zennit's that
of its output, forks added up, so one name means one tensor in all of them. Each layer must agree within the tolerance that check.py has for the
case's map, and every layer of a reference must be there. Layers that only we have are named: the reference recorded no input of theirs (a sum's
operands, the logits). Exit code 77: there is no reference data.
"""
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def dump(program, case, models, arguments, goldens, folder):
    """Runs the program on a case; returns its layers by name."""
    command = [*program, "--threads=1", goldens / models[case["model"]]["onnx"], *arguments, f"--target={case['target']}", "--quiet",
               "--dump-relevance", f"--out-dir={folder}", goldens / case["input"]]
    subprocess.run(command, check=True)
    return np.load(Path(folder) / f"{Path(case['input']).stem}_t{case['target']}.layers.npz")


def compare(check, case, layers, references):
    """Prints what was found; returns the number of mistakes."""
    mistakes, worst = [], ("", 0)
    for name in references:
        if name not in layers:
            mistakes.append(f"{name}: not among the layers written")
            continue
        try:
            result = check.measure(layers[name], references[name], case, {}, False)
        except ValueError as error:
            mistakes.append(f"{name}: {error}")
            continue
        worst = max(worst, (name, result["ratio"]), key=lambda pair: pair[1])
        if not result["passed"]:
            mistakes.append(f"{name}: {result['text']}")
    if not len(references):
        mistakes.append("the reference has no layers")
    print(f"{case['id']}: {len(references) - len(mistakes)} of {len(references)} layers agree; worst error/tolerance {worst[1]:.3g} at {worst[0]}")
    print(*(f"  {mistake}" for mistake in mistakes), sep="\n", end="\n" * bool(mistakes))
    if extra := sorted(set(layers) - set(references)):
        print(f"  without a reference: {', '.join(extra)}")
    return len(mistakes)


def main():
    program, goldens = shlex.split(sys.argv[1]), Path(sys.argv[2]).resolve()
    if not (goldens / "check.py").is_file():
        print(f"skipped: no golden reference data in {goldens}")
        return 77
    sys.path.insert(0, str(goldens))
    import check

    manifest = json.loads((goldens / "manifest.json").read_text())
    entries = check.read_arguments(Path(__file__).parent / "arguments.json")
    cases = [case for case in manifest["cases"] if "ref_layers" in case]
    mistakes = int(not cases)
    for case in cases:
        arguments = [check.expand(argument, case, goldens) for argument in check.find_entry(entries, case["method"])["args"]]
        with tempfile.TemporaryDirectory() as folder:
            layers = dump(program, case, manifest["models"], arguments, goldens, folder)
            mistakes += compare(check, case, layers, np.load(goldens / case["ref_layers"]))
    print(f"{len(cases)} cases, {mistakes} mistakes")
    return int(mistakes > 0)


sys.exit(main())
