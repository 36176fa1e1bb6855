#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs saliency-run on real networks: logits against stored ones; maps of the gradient, RSP and
AttnLRP finite and of the right shape.

    check_models.py SALIENCY_RUN MODELS [--tolerance 1e-4] [--schedule vector]

MODELS holds NAME.onnx and logits/NAME/ with pairs of an input and its logits as .npy. The file
expected.txt beside this program lists the methods that have rules for each network. A method that
is listed and refuses (exit code 2) is a failure, and so is one that is not listed and works: the
list then has to grow. A network that is not listed must have its gradient.
Exit code: 0 all well, 1 a network failed, 77 nothing to check.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def stored_pairs(folder):
    """Pairs (input file, logits file) of one network."""
    files = sorted(folder.glob("*.npy"))
    inputs = [f for f in files if "logits" not in f.stem and "output" not in f.stem]
    for source in inputs:
        number = re.findall(r"\d+", source.stem)
        matching = [f for f in files if f not in inputs and re.findall(r"\d+", f.stem) == number]
        if matching:
            yield source, matching[0]


METHODS = ("gradient", "rsp", "attn-lrp")


def expected_methods():
    """Network (file name without .onnx) -> the methods that explain it."""
    table = {}
    for line in (Path(__file__).parent / "expected.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, methods = line.split(":")
            table[name] = set(methods.split())
    return table


def explain(program, model, method, source, out, flags):
    command = [program, str(model), f"--method={method}", f"--out-dir={out}", "--logits", "--target=top1", *flags, str(source)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


def check(program, model, pairs, tolerance, flags, listed):
    """Returns (status, text) of one network; `listed` are its methods, None where it is not listed."""
    errors, without = [], {}
    for source, reference in pairs:
        for method in METHODS:
            if method in without:
                continue
            with tempfile.TemporaryDirectory() as out:
                result = explain(program, model, method, source, out, flags)
                if result.returncode == 2:
                    without[method] = result.stderr.strip().splitlines()[-1]
                    continue
                if result.returncode:
                    return "failed", f"{method}: exit code {result.returncode}: {result.stderr.strip()}"
                logits = np.load(Path(out) / f"{source.stem}.logits.npy").reshape(-1)
                expected = np.load(reference).reshape(-1)
                error = float(np.abs(logits - expected).max() / np.abs(expected).max())
                if not error <= tolerance:
                    return "failed", f"{source.name}: logits are {error:.1e} of the largest away (limit {tolerance:g})"
                (map_file,) = Path(out).glob(f"{source.stem}_t*.npy")
                relevance, image = np.load(map_file), np.load(source)
                if relevance.shape != image.shape or not np.isfinite(relevance).all() or not relevance.any():
                    return "failed", f"{method} on {source.name}: map of {relevance.shape}, finite {np.isfinite(relevance).all()}"
                errors.append(error)
    if listed is None:
        if "gradient" in without:
            return "failed", f"the gradient explains every network; found: {without['gradient']}"
    else:
        for method in METHODS:
            if method in listed and method in without:
                return "failed", f"expected.txt lists {method}; found: {without[method]}"
            if method not in listed and method not in without:
                return "failed", f"{method} works, and expected.txt does not list it: add it there"
    return "passed", f"logits within {max(errors):.1e}" + "".join(f"; no {method}" for method in without)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("models", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--schedule", default="vector")
    options = parser.parse_args()
    if not (options.models / "logits").is_dir():
        print(f"skipped: no reference networks in {options.models}")
        return 77
    statuses, table = [], expected_methods()
    for model in sorted(options.models.glob("*.onnx")):
        pairs = list(stored_pairs(options.models / "logits" / model.stem))
        if not pairs:
            continue
        status, text = check(options.program, model, pairs, options.tolerance,
                             [f"--schedule={options.schedule}"], table.get(model.stem))
        statuses.append(status)
        print(f"{model.name:36}{status:8} {text}", flush=True)
    print(f"{statuses.count('passed')} passed, {statuses.count('failed')} failed")
    return int("failed" in statuses or not statuses)


if __name__ == "__main__":
    sys.exit(main())
