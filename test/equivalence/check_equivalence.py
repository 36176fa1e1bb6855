#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two paths, one truth: the same explanations by different ways through the compiler.

    check_equivalence.py SALIENCY_OPT SALIENCY_RUN SALIENCY_PATTERNS NETWORK [--cpu NAME]
                         [--part 1/2] [--seed 7] [METHOD...]

NETWORK is convolutional (residual, concatenating, depthwise, strided, dilated), transformer,
detector, or drawn: random windows and widths, anew for each seed. Without METHODs, all that the
compiler lists and that HOME sends to this network. All methods are compiled in one call:

* tiled code gives the map of plain loops, specialised code that of unspecialised, up to rounding
  (for maps that rounding changes much, up to what a rounding of the input changes);
* two threads give the bits of one;
* images in a loop give the bits of single calls;
* a network compiled for a batch of 3 gives the bits of three runs of one: the order of every sum
  depends on the layer alone;
* some of the methods, compiled alone, give the bits that they give in company;
* a method that is sent elsewhere because it refuses this network does refuse it.

Exit code: 0 all well, 1 something differs, 77 this machine cannot run code for --cpu, or the
compiler has none of the methods.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import networks

TOLERANCE = 2e-5  # of the largest entry
# A map that divides by sums near zero moves more than that when its input is rounded differently;
# then code may differ from other code by this many times what such a rounding of the input does.
TIMES_NOISE, NUDGES = 3, 4
RUNS = 5  # of a method that repeats: what holds for a few holds for many
ALONE = 2  # methods that are also compiled alone

# The network on which a method is tested, and what the others say to it. All others: convolutional.
ATTENTION = ("transformer", "attention")
HOME = {"attn-lrp": ("transformer", None), "cp-lrp": ("transformer", None),
        "transformer-lrp": ("transformer", None), "attention-rollout": ATTENTION,
        "transformer-attribution": ATTENTION, "rfem": ATTENTION, "rfem-class": ATTENTION,
        "vit-recipro-cam": ATTENTION, "class-probability-map": ("detector", "class scores")}
# Methods that are tested on a second network, too.
ALSO = {"transformer": ["gradient"],
        "detector": ["gradient", "lrp-epsilon", "rsp", "agf", "deeplift", "grad-cam"]}

# Flags that a method needs, beside its number of runs. lrp-w-square and lrp-flat share relevance
# without a look at the activations; sums of signed summands, by which the norm rule divides, would
# then decide how far two orders of the same sums differ.
FLAGS = {"crp": ["--condition=v9:0,2"],
         "lrp-w-square": ["--param=lrp-w-square:residual-add=gradient"],
         "lrp-flat": ["--param=lrp-flat:residual-add=gradient"]}
# Compiled apart: its flag is one of the whole call.
APART = {"crp"}
PATTERNS = {"pattern-net", "pattern-attribution"}

BUILDERS = {"convolutional": networks.convolutional, "transformer": networks.transformer,
            "detector": networks.detector}
# Shape of the input, flags of saliency-opt.
SHAPES = {"convolutional": (3, 19, 21), "transformer": (3, 8, 12), "detector": (3, 17, 25)}
NETWORK_FLAGS = {"detector": ["--class-maps=many,few", "--anchors=2,1"]}
# Of the transformer's seeds: in network 10 sums of signed shares, by which transformer-lrp divides,
# stay away from zero.
SEEDS = {"transformer": 10}


def cpu_runs(cpu):
    """Whether this machine executes code for `cpu`."""
    if cpu in (None, "x86-64", "x86-64-v2"):
        return True
    flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    has = set(flags[1].split()) if flags else set()
    needed = {"x86-64-v3": {"avx2", "fma", "bmi2"},
              "x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}}
    return needed[cpu] <= has


class Check:
    """Compiles and runs explainers in a folder, and counts what is not as it should be."""

    def __init__(self, options, folder):
        self.options, self.folder, self.failures = options, folder, 0

    def run(self, command):
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit code {result.returncode}: "
                               f"{result.stderr.strip()}")
        return result.stdout

    def report(self, name, good, text):
        self.failures += not good
        print(f"{'ok    ' if good else 'FAILED'} {name}: {text}", flush=True)

    def close(self, name, found, expected, nudged=None):
        """`nudged(seed)`: the map of the same code at inputs that are rounded differently."""
        difference = lambda other: float(np.abs(other - expected).max() / np.abs(expected).max())
        error, limit, why = difference(found), TOLERANCE, ""
        if error > limit and nudged is not None:
            noise = max(difference(nudged(seed)) for seed in range(NUDGES))
            limit, why = max(limit, TIMES_NOISE * noise), f", rounding the input: {noise:.1e}"
        self.report(name, error <= limit,
                    f"{error:.1e} of the largest entry (limit {limit:.0e}{why})")

    def same(self, name, found, expected):
        self.report(name, found.tobytes() == expected.tobytes(),
                    f"{np.count_nonzero(found != expected)} of {found.size} entries differ")


class Equivalence(Check):
    def __init__(self, options, folder):
        super().__init__(options, folder)
        self.network, self.seed = options.network, options.seed or SEEDS.get(options.network, 7)
        self.models, self.images, self.singles = {}, folder / "batch.npy", []
        for batch in (1, 3):
            if self.network == "drawn":
                text, shape = networks.drawn(batch, self.seed)
            else:
                text, shape = BUILDERS[self.network](batch, self.seed), SHAPES[self.network]
            self.models[batch] = folder / f"batch{batch}.mlir"
            self.models[batch].write_text(text)
        one_class = self.network == "drawn" and "x1xf32>" in text.splitlines()[0].split("->")[1]
        self.target = 0 if one_class else 2
        images = np.random.default_rng(self.seed + 1).standard_normal((3, *shape))
        np.save(self.images, images.astype(np.float32))
        for i, image in enumerate(images.astype(np.float32)):
            self.singles.append(folder / f"image{i}.npy")
            np.save(self.singles[-1], image[None])

    def nudged(self, seed):
        """The single images, every entry moved by about one rounding of float32, up or down."""
        signs, files = np.random.default_rng(seed), []
        for single in self.singles:
            image = np.load(single)
            files.append(single.with_name(f"nudged_{single.name}"))
            np.save(files[-1], np.nextafter(image, signs.choice([-np.inf, np.inf], image.shape)
                                            .astype(np.float32)))
        return files

    def listed(self):
        """All methods that the compiler has."""
        text = self.run([self.options.saliency_opt, "--list-methods"])
        return [line.split()[0] for line in text.splitlines() if line.strip()]

    def mine(self):
        """The methods for this network; every one that HOME sends elsewhere must refuse it."""
        listed = self.listed()
        for name in set(HOME) | set(FLAGS) | set(sum(ALSO.values(), [])):
            if name not in listed and not self.options.some_methods:
                self.report(name, False, "this test names it, and the compiler does not list it")
        chosen = [m for m in listed if HOME.get(m, ("convolutional",))[0] == self.network]
        return chosen + [m for m in ALSO.get(self.network, []) if m in listed]

    def refusals(self):
        """What HOME says of methods that need something which the convolutional network lacks."""
        for method in self.listed():
            home, lacks = HOME.get(method, (None, None))
            if lacks is None:
                continue
            command = [self.options.saliency_opt, self.models[1], f"--emit={method}",
                       "--stage=attribution", "-o", self.folder / "refused.mlir"]
            result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            text = result.stderr.strip().splitlines()[-1] if result.stderr.strip() else "nothing"
            self.report(f"{method} refuses this network", result.returncode in (1, 2)
                        and lacks in result.stderr, f"exit code {result.returncode}, {text}")

    def flags(self, methods):
        """What `methods` need in one call: few runs for those that repeat, patterns, conditions."""
        flags = list(NETWORK_FLAGS.get(self.network, []))
        for method in methods:
            text = self.run([self.options.saliency_opt, f"--explain-method={method}"])
            flags += [f"--param={method}:{name}={RUNS}" for name in ("samples", "steps", "masks")
                      if f"--param {name}=integer" in text]
            flags += FLAGS.get(method, [])
            if method in PATTERNS:
                flags.append(f"--param={method}:patterns={self.patterns()}")
        return flags

    def patterns(self):
        file = self.folder / "patterns.npz"
        if not file.is_file():
            self.run([self.options.saliency_patterns, self.models[1], *self.singles, "-o", file])
        return file

    def compile(self, name, batch, methods, flags=()):
        library = self.folder / f"{name}.so"
        cpu = [f"--cpu={self.options.cpu}"] if self.options.cpu else []
        self.run([self.options.saliency_opt, self.models[batch], f"--emit={','.join(methods)}",
                  *self.flags(methods), *cpu, *flags, "-o", library])
        return library

    def explain(self, library, methods, inputs, threads=1):
        """Method -> maps of all inputs, stacked."""
        out = self.folder / "out"
        self.run([self.options.saliency_run, library, f"--threads={threads}",
                  f"--target={self.target}", f"--out-dir={out}", *inputs])
        tail = lambda method: f".{method}.npy" if len(methods) > 1 else ".npy"
        return {method: np.concatenate([np.load(out / f"{i.stem}_t{self.target}{tail(method)}")
                                        for i in inputs]) for method in methods}

    def compare(self, methods):
        vector = self.compile("vector", 1, methods)
        maps = self.explain(vector, methods, self.singles)
        plain = self.compile("plain", 1, methods, ["--schedule=plain"])
        unspecialised = self.compile("unspecialised", 1, methods, ["--no-specialise"])
        others = [(self.close, "plain loops", self.explain(plain, methods, self.singles)),
                  (self.close, "not specialised",
                   self.explain(unspecialised, methods, self.singles)),
                  (self.same, "two threads",
                   self.explain(vector, methods, self.singles, threads=2)),
                  (self.same, "three in a loop", self.explain(vector, methods, [self.images])),
                  (self.same, "a batch of 3", self.explain(self.compile("batch", 3, methods),
                                                           methods, [self.images]))]
        where = f"{self.network} {self.seed}"
        for method in methods:
            for how, name, found in others:
                more = {}
                if how == self.close:
                    more["nudged"] = lambda seed: self.explain(
                        vector, methods, self.nudged(seed))[method]
                how(f"{method}, {where}: {name}", found[method], maps[method], **more)
        if len(methods) > 2:
            for method in methods[:: max(1, len(methods) // ALONE)][:ALONE]:
                alone = self.explain(self.compile("alone", 1, [method]), [method], self.singles)
                self.same(f"{method}, {where}: alone", alone[method], maps[method])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for program in ("saliency_opt", "saliency_run", "saliency_patterns"):
        parser.add_argument(program)
    parser.add_argument("network", choices=[*SHAPES, "drawn"])
    parser.add_argument("methods", nargs="*")
    parser.add_argument("--cpu", help="the machine that code is made for; default: this one")
    parser.add_argument("--part", default="1/1", metavar="I/N",
                        help="every Nth method, from the Ith")
    parser.add_argument("--seed", type=int, action="append",
                        help="of a network's weights; repeatable")
    parser.add_argument("--some-methods", action="store_true",
                        help="the compiler was built with a choice of methods")
    options = parser.parse_args()
    if not cpu_runs(options.cpu):
        print(f"skipped: this machine does not run code for {options.cpu}")
        return 77
    failures, (part, parts) = 0, map(int, options.part.split("/"))
    for seed in options.seed or [None]:
        with tempfile.TemporaryDirectory() as folder:
            options.seed = seed
            check = Equivalence(options, Path(folder))
            listed = check.listed()
            methods = [m for m in options.methods if m in listed]
            if not options.methods:
                methods = check.mine()
            if check.network == "convolutional" and part == 1 and not options.methods:
                check.refusals()
            methods = methods[part - 1 :: parts]
            if not methods:
                print("skipped: the compiler was built without these methods")
                return 77
            together = [m for m in methods if m not in APART]
            for group in [together, *([m] for m in methods if m in APART)]:
                if group:
                    check.compare(group)
            failures += check.failures
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
