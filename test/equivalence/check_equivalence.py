#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two paths, one truth: the same explanation by different ways through the compiler.

    check_equivalence.py SALIENCY_OPT SALIENCY_RUN [--network transformer|detector] [--seed 7] METHOD...

On seeded random networks (residual, concatenating, depthwise, strided, dilated; a transformer; a detector), for every method:
the vector schedule gives the plain schedule's map up to rounding, and specialised code that of unspecialised; two threads
give the bits of one; a network compiled for a batch of 3 gives the bits of three runs of one, or their values up to rounding where a
larger batch makes another order of sums faster.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

TOLERANCE = 2e-5  # of the largest entry
RUNS = 5  # of a method that repeats: what holds for a few holds for many


class Text:
    """A network as IR text, with random weights."""

    def __init__(self, batch, seed):
        self.lines, self.count, self.batch, self.random = [], 0, batch, np.random.default_rng(seed)

    def emit(self, op, operands, attributes, shape, value=None):
        self.count += 1
        name = f"%v{self.count}"
        types = ", ".join(self.type(s) for _, s in operands)
        attributes = attributes + [f'onnx.value = "v{self.count}"']
        body = ", ".join(n for n, _ in operands)
        self.lines.append(f"  {name} = saliency.{op} {body} {{{', '.join(attributes)}}} : ({types}) -> {self.type(shape)}")
        return name, shape

    @staticmethod
    def type(shape):
        return f"tensor<{'x'.join([*map(str, shape), 'f32'])}>"

    def constant(self, shape, scale=1.0, offset=0.0):
        self.count += 1
        name = f"%c{self.count}"
        values = (self.random.standard_normal(shape) * scale + offset).astype(np.float32)
        return self.constant_of(name, values)

    def constant_of(self, name, values):
        shape, text = values.shape, str(values.tolist())
        self.lines.append(f"  {name} = saliency.constant {{value = dense<{text}> : {self.type(shape)}}} : {self.type(shape)}")
        return name, list(shape)

    @staticmethod
    def window(kernel, stride, pad, dilation=1):
        return (f"window = #saliency.window<kernel = [{kernel}, {kernel}], strides = [{stride}, {stride}], low = [{pad}, {pad}], "
                f"high = [{pad}, {pad}], dilations = [{dilation}, {dilation}]>")

    def conv(self, x, outputs, kernel=3, stride=1, pad=1, groups=1, dilation=1):
        _, (n, c, h, w) = x
        span = (kernel - 1) * dilation + 1
        weight = self.constant((outputs, c // groups, kernel, kernel), (2 / (c // groups * kernel * kernel)) ** 0.5)
        bias = self.constant((outputs,), 0.1)
        shape = [n, outputs, (h + 2 * pad - span) // stride + 1, (w + 2 * pad - span) // stride + 1]
        return self.emit("conv", [x, weight, bias], [f"groups = {groups} : i64", self.window(kernel, stride, pad, dilation)], shape)

    def relu(self, x):
        return self.emit("relu", [x], [], x[1])

    def batch_norm(self, x):
        c = x[1][1]
        parameters = [self.constant((c,), 0.2, 1.0), self.constant((c,), 0.2), self.constant((c,), 0.2), self.constant((c,), 0.1, 1.0)]
        return self.emit("batch_norm", [x, *parameters], ["epsilon = 1.0e-5 : f32"], x[1])

    def pool(self, op, x, kernel, stride, pad=0):
        n, c, h, w = x[1]
        shape = [n, c, (h + 2 * pad - kernel) // stride + 1, (w + 2 * pad - kernel) // stride + 1]
        return self.emit(op, [x], [self.window(kernel, stride, pad)], shape)


def network(batch, seed):
    """Stem, residual block, depthwise pair, two concatenated branches, pools, classifier of 5."""
    t = Text(batch, seed)
    x = ("%x", [batch, 3, 19, 21])
    y = t.relu(t.batch_norm(t.conv(x, 10, stride=2)))
    y = t.pool("max_pool", y, 3, 2, 1)
    z = t.batch_norm(t.conv(t.relu(t.conv(y, 10)), 10))
    y = t.relu(t.emit("add", [z, y], [], y[1]))
    y = t.relu(t.conv(t.relu(t.conv(y, 10, groups=10)), 12, kernel=1, pad=0))
    a, b = t.relu(t.conv(y, 7, kernel=1, pad=0)), t.relu(t.conv(y, 9, pad=2, dilation=2))
    y = t.emit("concat", [a, b], ["axis = 1 : i64"], [batch, 16, *y[1][2:]])
    y = t.relu(t.conv(y, 18, groups=2))
    n, c, h, w = y[1]
    kernel = f"kernel = [{h}, {w}], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]"
    y = t.emit("avg_pool", [y], [f"window = #saliency.window<{kernel}>"], [n, c, 1, 1])
    y = t.emit("reshape", [y], [f"shape = array<i64: {n}, {c}>"], [n, c])
    y = t.emit("gemm", [y, t.constant((5, c), 0.5), t.constant((5,), 0.1)], [], [n, 5])
    head = f'func.func @forward(%x: {t.type(x[1])} {{saliency.name = "input"}}) -> {t.type(y[1])} {{\n'
    return head + "\n".join(t.lines) + f"\n  return {y[0]} : {t.type(y[1])}\n}}\n"


def transformer(batch, seed):
    """Patches of 4 x 4, a class token, two blocks of two heads, classifier of 5."""
    t = Text(batch, seed)
    x = ("%x", [batch, 3, 8, 12])
    width, tokens, heads = 8, 7, 2

    def dense(x, outputs):
        weight = t.constant((outputs, x[1][-1]), x[1][-1] ** -0.5)
        return t.emit("gemm", [x, weight, t.constant((outputs,), 0.1)], [], [*x[1][:-1], outputs])

    def reshape(x, shape):
        return t.emit("reshape", [x], [f"shape = array<i64: {', '.join(map(str, shape))}>"], shape)

    def transpose(x, axes):
        return t.emit("transpose", [x], [f"permutation = array<i64: {', '.join(map(str, axes))}>"], [x[1][axis] for axis in axes])

    def norm(x):
        parameters = [t.constant((width,), 0.2, 1.0), t.constant((width,), 0.2)]
        return t.emit("layer_norm", [x, *parameters], ["axis = 2 : i64", "epsilon = 1.0e-5 : f32"], x[1])

    def split(x):
        return transpose(reshape(dense(x, width), [batch, tokens, heads, width // heads]), [0, 2, 1, 3])

    def add(a, b):
        return t.emit("add", [a, b], [], a[1])

    patches = t.conv(x, width, kernel=4, stride=4, pad=0)
    patches = transpose(reshape(patches, [batch, width, tokens - 1]), [0, 2, 1])
    token = t.random.standard_normal((1, 1, width)).astype(np.float32)
    token = t.constant_of("%token", np.repeat(token, batch, axis=0))
    y = t.emit("concat", [token, patches], ["axis = 1 : i64"], [batch, tokens, width])
    y = add(y, t.constant((1, tokens, width), 0.3))
    for _ in range(2):
        z = norm(y)
        scores = t.emit("matmul", [split(z), transpose(split(z), [0, 1, 3, 2])], [], [batch, heads, tokens, tokens])
        scores = t.emit("mul", [scores, t.constant((), 0.0, 0.5)], [], scores[1])
        weights = t.emit("softmax", [scores], ["axis = 3 : i64"], scores[1])
        z = t.emit("matmul", [weights, split(z)], [], [batch, heads, tokens, width // heads])
        y = add(y, dense(reshape(transpose(z, [0, 2, 1, 3]), [batch, tokens, width]), width))
        z = dense(norm(y), 2 * width)
        y = add(y, dense(t.emit("gelu", [z], [], z[1]), width))
    slices = [f"starts = array<i64: 0, 0, 0>", f"sizes = array<i64: {batch}, 1, {width}>", "strides = array<i64: 1, 1, 1>"]
    y = dense(reshape(t.emit("slice", [norm(y)], slices, [batch, 1, width]), [batch, width]), 5)
    head = f'func.func @forward(%x: {t.type(x[1])} {{saliency.name = "input"}}) -> {t.type(y[1])} {{\n'
    return head + "\n".join(t.lines) + f"\n  return {y[0]} : {t.type(y[1])}\n}}\n"


def detector(batch, seed):
    """Two heads for 5 classes, of 2 anchors and of 1, behind a feature pyramid."""
    t = Text(batch, seed)
    x = ("%x", [batch, 3, 17, 25])
    fine = t.relu(t.batch_norm(t.conv(x, 10, stride=2)))
    fine = t.emit("slice", [fine], ["starts = array<i64: 0, 0, 1, 1>", f"sizes = array<i64: {batch}, 10, 8, 12>",
                                    "strides = array<i64: 1, 1, 1, 1>"], [batch, 10, 8, 12])
    coarse = t.relu(t.conv(fine, 12, stride=2))
    up = t.emit("upsample", [t.conv(coarse, 10, kernel=1, pad=0)], ["factors = array<i64: 2, 2>"], [batch, 10, 8, 12])
    heads = t.conv(t.emit("concat", [up, fine], ["axis = 1 : i64"], [batch, 20, 8, 12]), 10), t.conv(coarse, 5)
    boxes = t.conv(coarse, 4)
    head = f'func.func @forward(%x: {t.type(x[1])} {{saliency.name = "input"}}) -> {t.type(boxes[1])} {{\n'
    text = "\n".join(t.lines)
    for name, (value, _) in zip(("many", "few"), heads):
        text = text.replace(f'onnx.value = "{value[1:]}"', f'onnx.value = "{name}"')
    return head + text + f"\n  return {boxes[0]} : {t.type(boxes[1])}\n}}\n"


# Each with the shape of its input and flags of saliency-opt.
NETWORKS = {"convolutional": (network, (3, 19, 21), []), "transformer": (transformer, (3, 8, 12), []),
            "detector": (detector, (3, 17, 25), ["--class-maps=many,few", "--anchors=2,1"])}
# On the way back through its strided layer several outputs add to one input, batches of 1 and 3 in different orders.
REORDERED = {"detector"}


class Check:
    def __init__(self, options, folder):
        self.options, self.folder, self.failures = options, folder, 0

    def run(self, command):
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit code {result.returncode}: {result.stderr.strip()}")

    def repetitions(self, method):
        """The flags that make a method with a parameter for its number of runs a short one."""
        text = subprocess.run([self.options.saliency_opt, f"--explain-method={method}"], capture_output=True, text=True).stdout
        return [f"--param={given}" for given in self.options.param] + [f"--param={name}={RUNS}" for name in ("samples", "steps", "masks") if f"--param {name}=integer" in text]

    def explain(self, model, method, inputs, flags=(), threads=1):
        """Compiles and runs; returns all maps of the inputs, stacked."""
        library = self.folder / "explainer.so"
        self.run([self.options.saliency_opt, model, f"--emit={method}", *NETWORKS[self.options.network][2], *self.repetitions(method), *flags,
                  "-o", library])
        out = self.folder / "out"
        self.run([self.options.saliency_run, library, f"--threads={threads}", "--target=2", f"--out-dir={out}", *inputs])
        return np.concatenate([np.load(out / f"{Path(i).stem}_t2.npy") for i in inputs])

    def report(self, name, good, text):
        self.failures += not good
        print(f"{'ok    ' if good else 'FAILED'} {name}: {text}", flush=True)

    def close(self, name, found, expected):
        error = float(np.abs(found - expected).max() / np.abs(expected).max())
        self.report(name, error <= TOLERANCE, f"{error:.1e} of the largest entry (limit {TOLERANCE:g})")

    def same(self, name, found, expected):
        self.report(name, found.tobytes() == expected.tobytes(), f"{np.count_nonzero(found != expected)} of {found.size} entries differ")

    def method(self, method, seed):
        one, three = self.folder / "one.mlir", self.folder / "three.mlir"
        build, shape, _ = NETWORKS[self.options.network]
        one.write_text(build(1, seed))
        three.write_text(build(3, seed))
        images = np.random.default_rng(seed + 1).standard_normal((3, *shape)).astype(np.float32)
        singles = []
        for i, image in enumerate(images):
            singles.append(self.folder / f"image{i}.npy")
            np.save(singles[-1], image[None])
        batch = self.folder / "batch.npy"
        np.save(batch, images)
        name = f"{method}, network {seed}"
        plain = self.explain(one, method, singles, ["--schedule=plain"])
        vector = self.explain(one, method, singles)
        self.close(f"{name}: vector against plain", vector, plain)
        self.close(f"{name}: unspecialised against specialised", self.explain(one, method, singles, ["--no-specialise"]), vector)
        self.same(f"{name}: two threads against one", self.explain(one, method, singles, threads=2), vector)
        self.same(f"{name}: three in a loop against three calls", self.explain(one, method, [batch]), vector)
        compare = self.close if self.options.network in REORDERED else self.same
        compare(f"{name}: batch of 3 against three runs", self.explain(three, method, [batch]), vector)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("saliency_opt")
    parser.add_argument("saliency_run")
    parser.add_argument("methods", nargs="+")
    parser.add_argument("--network", choices=NETWORKS, default="convolutional")
    parser.add_argument("--param", action="append", default=[], metavar="KEY=VALUE", help="of the method")
    parser.add_argument("--seed", type=int, default=7, help="of the first method's network")
    options = parser.parse_args()
    failures = 0
    for number, method in enumerate(options.methods):
        with tempfile.TemporaryDirectory() as folder:
            check = Check(options, Path(folder))
            check.method(method, options.seed + number)
            failures += check.failures
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
