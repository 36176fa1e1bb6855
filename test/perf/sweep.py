#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every method on every network: does it compile, is its map finite and not all zero, how long does it take.

    sweep.py BIN NETWORK... [--inputs FOLDER...] [--photos FOLDER] [--results FILE] [--only REGEX] [--limit S] [--again] [--markdown FILE]

BIN is the folder of saliency-opt, saliency-run, saliency-patterns and time-explainer; a NETWORK is an .onnx file or a folder of them. Each pair is
compiled for one thread at the default parameters and explains its highest class: of NAME_i*.npy or NAME/input_*.npy under --inputs
(the first one there), else of seeded noise. Results are kept in --results after every pair; a second call goes on where the first one
ended, and --again repeats the pairs that failed. Exit code: 0 where every pair is ok or refused with a reason (exit code 2).

Times are the processor's, so that other work on the machine changes them little.

status  ok, refused (valid but not supported), zero (every value is 0), not finite, late (over the limit), failed
"""
import argparse
import json
import re
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

GOOD = ("ok", "refused")
SOON = 2.0    # seconds; explanations that take longer are timed once, with what reading the files takes
ROUNDS = 10
TICK = 0.004  # seconds that the processor's clock may be off; what is not much longer is timed by the shortest round


class Stop(Exception):
    """Ends a pair with a status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def call(command, limit, refusal=False):
    """The processor's seconds that a program needs, and what it prints; Stop where it does not end well."""
    start, most = processor_seconds(), max(1, round(limit))
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1)))
    lines = result.stderr.strip().splitlines()
    if result.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Stop("late", f"{Path(command[0]).name}: no end in {limit:.0f} s")
    if result.returncode == 2 and refusal:
        raise Stop("refused", lines[0] if lines else "no message")
    if result.returncode:
        raise Stop("failed", f"{Path(command[0]).name}: exit code {result.returncode}: {lines[-1] if lines else 'no message'}")
    return processor_seconds() - start, result.stdout


def input_of(network, folders, programs, scratch):
    """The path of a network's input; noise of its shape where the folders have none."""
    name = network.stem.removesuffix("_folded")
    for folder in folders:
        if found := sorted([*folder.glob(f"{name}_i*.npy"), *folder.glob(f"{name}/input_*.npy")]):
            return found[0]
    text = call([programs / "saliency-opt", network, "--stage=import"], 60)[1]
    shape = re.search(r"func @forward\(%\w+: tensor<([\dx]+)xf32>", text)[1]
    path = scratch / f"{network.stem}.npy"
    np.save(path, np.random.default_rng(1).standard_normal([int(d) for d in shape.split("x")]).astype(np.float32))
    return path


def middle_value(network, programs):
    """Name and channels of a value halfway through the network."""
    text = call([programs / "saliency-opt", network, "--emit=lrp-epsilon-plus", "--stage=canonical"], 60)[1]
    values = re.findall(r'onnx\.value = "([^"]+)".*-> tensor<1x(\d+)[\dx]*xf32>', text)
    name, channels = values[len(values) // 2]
    return name, int(channels)


def varied(values, count=40):
    """As many inputs: one, shifted and mirrored, contrast changed, with noise."""
    random = np.random.default_rng(2)
    spatial = tuple(range(2, values.ndim))
    inputs = []
    for _ in range(count):
        one = np.roll(values[:1], random.integers(0, values.shape[-1], len(spatial)), spatial) if spatial else values[:1]
        one = one[..., ::-1] if spatial and random.random() < 0.5 else one
        inputs.append(one * random.uniform(0.6, 1.4) + 0.4 * values.std() * random.standard_normal(one.shape))
    return np.concatenate(inputs).astype(np.float32)


def needs(network, method, image, programs, photos, scratch):
    """Flags without which a method does not explain a network: channels of a value, bounds of the input, patterns of photographs."""
    if method == "crp":
        name, channels = middle_value(network, programs)
        return ["--composite=epsilon-plus", f"--condition={name}:{','.join(map(str, range(0, channels, 2)))}"]
    values = np.load(image)
    if method in ("lrp-zbox", "deep-taylor") and values.shape[1] != 3:
        return [f"--param=low={values.min()}", f"--param=high={values.max()}"]
    if method in ("pattern-net", "pattern-attribution"):
        file = scratch / f"{network.stem}.npz"
        if not file.exists():
            np.save(scratch / "varied.npy", varied(values))
            pictures = photos if photos and values.ndim == 4 and values.shape[1] == 3 else scratch / "varied.npy"
            call([programs / "saliency-patterns", network, pictures, "-o", file, "--estimator=linear", "--threads=1"], 300, refusal=True)
        return [f"--param=patterns={file}"]
    return []


def explain(network, method, image, programs, photos, limit, scratch):
    """One pair: {status, message, compile_s, explain_ms}."""
    entry = {"network": network.stem, "folder": network.parent.name, "method": method, "status": "ok", "message": ""}
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "explainer.so"
        try:
            flags = needs(network, method, image, programs, photos, scratch)
            seconds, _ = call([programs / "saliency-opt", network, f"--emit={method}", *flags, "-o", library], limit, refusal=True)
            entry["compile_s"] = round(seconds, 2)
            seconds, _ = call([programs / "saliency-run", library, image, "--threads=1", "--quiet", "--map2d", f"--out-dir={folder}"], limit - seconds)
            entry["explain_ms"] = round(seconds * 1e3)
            for path in sorted(Path(folder).glob("*_t*.npy")):
                values = np.load(path)
                if not np.isfinite(values).all():
                    raise Stop("not finite", f"{path.name}: {np.count_nonzero(~np.isfinite(values))} of {values.size} values")
                if not values.any():
                    raise Stop("zero", f"every value of {path.name} is 0")
            if seconds < SOON:
                seconds, output = call([programs / "time-explainer", library, "1", str(ROUNDS)], limit)
                shortest, mean = float(output.split()[0]), seconds * 1e3 / (ROUNDS + 1)
                entry["explain_ms"] = round(shortest if shortest < TICK * 1e3 else min(shortest, mean), 3)
        except Stop as stop:
            entry["status"], entry["message"] = stop.status, stop.message
    return entry


def reason(entry):
    """Why a pair is refused, without the names of its file, node and method."""
    text = re.sub(r"method '[^']*'", "the method", entry["message"])
    return re.sub(r"^\S+: error: |\S+\.onnx: |node '[^']*': |, found '[^']*' on the way.*| \('[^']*'\)", "", text)


def milliseconds(value):
    return f"{value:.2g}" if value < 10 else f"{value:.0f}" if value < 10_000 else f"{value / 1e3:.0f} s"


def markdown(entries):
    """A table method x network for each folder of networks, then the reasons of the refusals."""
    reasons, text = {}, ""
    for folder in dict.fromkeys(e["folder"] for e in entries):
        here = [e for e in entries if e["folder"] == folder]
        networks = list(dict.fromkeys(e["network"] for e in here))
        found = {(e["method"], e["network"]): e for e in here}
        text += "| method | " + " | ".join(networks) + " |\n" + "|---" * (1 + len(networks)) + "|\n"
        for method in dict.fromkeys(e["method"] for e in here):
            cells = []
            for network in networks:
                entry = found.get((method, network), {"status": "not run"})
                if entry["status"] == "ok":
                    cells.append(milliseconds(entry["explain_ms"]))
                elif entry["status"] == "refused":
                    cells.append(f"({reasons.setdefault(reason(entry), len(reasons) + 1)})")
                else:
                    cells.append(f"**{entry['status']}**")
            text += f"| {method} | " + " | ".join(cells) + " |\n"
        text += "\n"
    said = lambda e: re.sub(r"exit code \d+: |/\S*/", "", e["message"])
    bad = [f"* {e['method']} on {e['network']}: {e['status']}, {said(e)}\n" for e in entries if e["status"] not in GOOD]
    text += "".join(f"({number}) {words}\\\n" for words, number in reasons.items()).removesuffix("\\\n") + "\n"
    return text + ("\nMaps of zeros and what else is not ok; a map of zeros may be the method's answer: a small layer for FEM\n(its page says when):\n\n" + "".join(bad) if bad else "")


HEADER = """<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->
<!-- Written by test/perf/sweep.py. -->
# Every method on every network

Milliseconds of one processor for one explanation at the default parameters, batch 1, without the compilation. Every map is finite
and has values other than 0, unless its cell says so in bold. A number in brackets is the reason why the method refuses the network,
below. `crp` is asked for half of the channels of a value halfway through, the pattern methods have the patterns of 50 photographs
(of other inputs than pictures: of 40 variations of one), and boxes of an input that is no photograph are its smallest and largest value.

"""


def parse_command_line():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin", type=Path)
    parser.add_argument("networks", nargs="+", type=Path)
    parser.add_argument("--inputs", nargs="*", type=Path, default=[], metavar="FOLDER", help="where .npy inputs of the networks lie")
    parser.add_argument("--photos", type=Path, metavar="FOLDER", help="pictures that patterns are estimated from; default: variations of the input")
    parser.add_argument("--results", type=Path, default=Path("sweep.json"), metavar="FILE", help="default: %(default)s")
    parser.add_argument("--only", default="", metavar="REGEX", help="only pairs METHOD NETWORK that match")
    parser.add_argument("--limit", type=float, default=300, metavar="S", help="seconds per pair (default: %(default)s)")
    parser.add_argument("--again", action="store_true", help="repeat the pairs that are neither ok nor refused")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables")
    return parser.parse_args()


def main():
    options = parse_command_line()
    networks = [n for p in options.networks for n in (sorted(p.glob("*.onnx")) if p.is_dir() else [p])]
    methods = re.findall(r"--emit-([^`]+)`", call([options.bin / "saliency-opt", "--document=method-index"], 60)[1])
    done = json.loads(options.results.read_text()) if options.results.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        for network in networks:
            image = None
            for method in methods:
                key = f"{method} {network.stem}"
                if not re.search(options.only, key) or (key in done and not (options.again and done[key]["status"] not in GOOD)):
                    continue
                image = image or input_of(network, options.inputs, options.bin, Path(scratch))
                done[key] = entry = explain(network, method, image, options.bin, options.photos, options.limit, Path(scratch))
                options.results.write_text(json.dumps(done, indent=1) + "\n")
                print(f"{key}: {entry['status']} {entry['message'] or entry['explain_ms']}", flush=True)
    entries = [done[f"{m} {n.stem}"] for n in networks for m in methods if f"{m} {n.stem}" in done]
    if options.markdown:
        options.markdown.write_text(HEADER + markdown(entries))
    counts = {status: sum(e["status"] == status for e in entries) for status in sorted({e["status"] for e in entries})}
    print(", ".join(f"{count} {status}" for status, count in counts.items()))
    return int(any(e["status"] not in GOOD for e in entries))


if __name__ == "__main__":
    sys.exit(main())
