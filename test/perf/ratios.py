#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times explainers beside ONNX Runtime's forward pass, in one run, and prints the ratios as Markdown.

    ratios.py SALIENCY_OPT TIME_EXPLAINER MODEL.onnx... [--methods forward,gradient,rsp] [--threads 1,2] [--rounds 5]

Needs onnxruntime and numpy. Rounds alternate between all contestants, the shortest time of each counts.
"""
import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime


def runtime_forward(model, threads):
    """A function that times one forward pass in ONNX Runtime, in milliseconds."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    (source,) = session.get_inputs()
    image = np.random.default_rng(1).standard_normal([d if isinstance(d, int) else 1 for d in source.shape]).astype(np.float32)

    def run():
        best = np.inf
        for _ in range(6):
            start = time.perf_counter()
            session.run(None, {source.name: image})
            best = min(best, time.perf_counter() - start)
        return best * 1e3

    return run


def explainer(program, library, threads):
    def run():
        result = subprocess.run([program, library, str(threads), "5"], capture_output=True, text=True, check=True)
        return float(result.stdout.split()[0])

    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("saliency_opt")
    parser.add_argument("time_explainer")
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--methods", default="forward,gradient,rsp")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    methods = options.methods.split(",")
    print("| network | threads | ONNX Runtime forward, ms | " + " | ".join(f"{m}, ms (ratio)" for m in methods) + " |")
    print("|---" * (3 + len(methods)) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for model in options.models:
            libraries = {m: f"{folder}/{model.stem}_{m}.so" for m in methods}
            for method, library in libraries.items():
                subprocess.run([options.saliency_opt, str(model), f"--emit={method}", "-o", library], check=True, capture_output=True)
            for threads in map(int, options.threads.split(",")):
                contestants = {"ort": runtime_forward(model, threads)}
                contestants |= {m: explainer(options.time_explainer, path, threads) for m, path in libraries.items()}
                best = dict.fromkeys(contestants, np.inf)
                for _ in range(options.rounds):
                    for name, run in contestants.items():
                        best[name] = min(best[name], run())
                cells = [f"{best[m]:.1f} ({best[m] / best['ort']:.2f})" for m in methods]
                print(f"| {model.stem} | {threads} | {best['ort']:.1f} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
