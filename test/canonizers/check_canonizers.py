#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Canonizers against the mathematics, in float64 and on dense Jacobians.

    check_canonizers.py SALIENCY_OPT SALIENCY_RUN

Each network is x, batch norm s x + h (scales of both signs and 0), perhaps a rectifier, ops that treat channels alike,
convolutions, ReLU, dense layer. Folded, it computes the same logits; its LRP-epsilon map is that of the network

    u = T(x), T(x) = x where the rectifier lets s x + h through, else the x at which it stops, 0 where s = 0
    convolution with W diag(s), denominators as in the unfolded network

its gradient is the same, and where no layer has a bias or shift, the map's sum is the logit.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

EPSILON = 0.05  # of every division, so that no sum near 0 decides the comparison
CLASSES, TARGET = 4, 2
LOGITS, MAP, SUM, REPORT = 2e-6, 2e-5, 2e-5, 2e-6  # limits, relative to the largest entry, logit or the sum of absolute values


class Window:
    def __init__(self, kernel, strides=(1, 1), low=(0, 0), high=(0, 0), dilations=(1, 1)):
        self.kernel, self.strides, self.low, self.high, self.dilations = kernel, strides, low, high, dilations

    def text(self):
        names = ("kernel", "strides", "low", "high", "dilations")
        return f"window = #saliency.window<{', '.join(f'{name} = {list(getattr(self, name))}' for name in names)}>"

    def cells(self, x):
        """For each kernel cell its index and the entries of x under it, N x C x output."""
        padding = [(0, 0), (0, 0), *zip(self.low, self.high)]
        x = np.pad(x, padding)
        outputs = [(extent - (k - 1) * d - 1) // s + 1
                   for extent, k, d, s in zip(x.shape[2:], self.kernel, self.dilations, self.strides)]
        for cell in np.ndindex(*self.kernel):
            slices = [slice(c * d, c * d + (o - 1) * s + 1, s)
                      for c, d, o, s in zip(cell, self.dilations, outputs, self.strides)]
            yield cell, x[(slice(None), slice(None), *slices)]


class Convolution:
    def __init__(self, outputs, window, groups=1):
        self.outputs, self.window, self.groups = outputs, window, groups

    def make(self, channels, random, bias):
        shape = (self.outputs, channels // self.groups, *self.window.kernel)
        self.weight = random.standard_normal(shape).astype(np.float32)
        self.bias = random.standard_normal(self.outputs).astype(np.float32) if bias else None

    def linear(self, x):
        parts = []
        for part, weight in zip(np.split(x, self.groups, axis=1), np.split(self.weight.astype(float), self.groups)):
            parts.append(sum(np.einsum("nc...,mc->nm...", under, weight[(slice(None), slice(None), *cell)])
                             for cell, under in self.window.cells(part)))
        return np.concatenate(parts, axis=1)

    def __call__(self, x):
        y = self.linear(x)
        return y if self.bias is None else y + self.bias.reshape(1, -1, *[1] * (y.ndim - 2))


class Mean:
    """An average pool without padding, its relevance by contribution."""

    def __init__(self, window):
        self.window = window

    def __call__(self, x):
        return sum(under for _, under in self.window.cells(x)) / np.prod(self.window.kernel)

    def text(self):
        return "avg_pool", self.window.text()


class Pad:
    """Zeros around the map, relevance cut off."""
    arranges = True

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, x):
        return np.pad(x, [(0, 0), (0, 0), *zip(self.low, self.high)])

    def text(self):
        arrays = (("low", [0, 0, *self.low]), ("high", [0, 0, *self.high]), ("interior", [0] * (2 + len(self.low))))
        return "pad", ", ".join(f"{name} = array<i64: {', '.join(map(str, values))}>" for name, values in arrays)


class Dropout:
    arranges = True

    def __call__(self, x):
        return x

    def text(self):
        return "dropout", ""


def tensor(shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


class Network:
    """The text of a network, and its values and relevance. `limits`: of the rectifier; None: there is none."""

    def __init__(self, shape, limits, between, convolutions, shifts=True, seed=3):
        self.random = np.random.default_rng(seed)
        self.shape, self.limits, self.between, self.convolutions = (1, *shape), limits, between, convolutions
        channels = shape[0]
        self.gamma = self.random.uniform(0.5, 2, channels) * self.random.choice([-1, 1], channels)
        self.gamma[channels // 2] = 0
        self.beta, self.mean = (self.random.standard_normal((2, channels)) if shifts else np.zeros((2, channels)))
        self.variance = self.random.uniform(0.5, 2, channels)
        self.statistics = [v.astype(np.float32) for v in (self.gamma, self.beta, self.mean, self.variance)]
        for convolution in convolutions:
            convolution.make(channels, self.random, shifts)
        self.x = self.random.standard_normal(self.shape).astype(np.float32)
        features = sum(self.flat(c(self.chain(self.x)[-1])).shape[1] for c in convolutions)
        self.dense = self.random.standard_normal((CLASSES, features)).astype(np.float32)

    @staticmethod
    def flat(y):
        return y.reshape(1, -1)

    def chain(self, x):
        values = [x.astype(float)]
        for op in self.between:
            values.append(op(values[-1]))
        return values

    def text(self):
        lines, self.count = [], 0

        def constant(values):
            self.count += 1
            kind = tensor(values.shape)
            lines.append(f"  %c{self.count} = saliency.constant {{value = dense<{values.tolist()}> : {kind}}} : {kind}")
            return f"%c{self.count}", kind

        def emit(op, operands, attributes, shape):
            self.count += 1
            names, kinds = zip(*operands)
            lines.append(f"  %v{self.count} = saliency.{op} {', '.join(names)} {{{attributes}}} : ({', '.join(kinds)}) -> {tensor(shape)}")
            return f"%v{self.count}", tensor(shape)

        y = emit("batch_norm", [("%x", tensor(self.shape)), *map(constant, self.statistics)], "epsilon = 1.0e-3 : f32", self.shape)
        if self.limits:
            low, high = self.limits
            y = emit("relu", [y], "", self.shape) if high == np.inf else emit("clip", [y], f"min = {low:e} : f32, max = {high:e} : f32", self.shape)
        for op, value in zip(self.between, self.chain(self.x)[1:]):
            y = emit(op.text()[0], [y], op.text()[1], value.shape)
        flat = []
        for c in self.convolutions:
            shape = c(self.chain(self.x)[-1]).shape
            operands = [y, constant(c.weight)] + ([constant(c.bias)] if c.bias is not None else [])
            z = emit("conv", operands, f"groups = {c.groups} : i64, {c.window.text()}", shape)
            features = (1, int(np.prod(shape)))
            flat.append(emit("reshape", [emit("relu", [z], "", shape)], f"shape = array<i64: 1, {features[1]}>", features))
        features = self.dense.shape[1]
        y = emit("concat", flat, "axis = 1 : i64", (1, features)) if len(flat) > 1 else flat[0]
        y = emit("gemm", [y, constant(self.dense)], "", (1, CLASSES))
        head = f'func.func @forward(%x: {tensor(self.shape)} {{saliency.name = "input"}}) -> {y[1]} {{\n'
        return head + "\n".join(lines) + f"\n  return {y[0]} : {y[1]}\n}}\n"

    def per_channel(self, values):
        return values.reshape(1, -1, *[1] * (len(self.shape) - 2)).astype(float)

    def affine(self):
        gamma, beta, mean, variance = map(self.per_channel, self.statistics)
        scale = gamma / np.sqrt(variance + np.float64(np.float32(1e-3)))
        return scale, beta - scale * mean

    def outputs(self):
        """Of the convolutions, and the logits."""
        scale, shift = self.affine()
        y = scale * self.x + shift
        y = np.clip(y, *self.limits) if self.limits else y
        maps = [c(self.chain(y)[-1]) for c in self.convolutions]
        features = np.concatenate([self.flat(np.maximum(z, 0)) for z in maps], axis=1)
        return maps, features, features @ self.dense.T.astype(float)

    def threshold(self):
        """T(x)."""
        if not self.limits:
            return self.x.astype(float)
        scale, shift = self.affine()
        with np.errstate(divide="ignore", invalid="ignore"):
            stops = [(limit - shift) / scale for limit in self.limits]
        t = np.where(scale > 0, np.clip(self.x, stops[0], stops[1]), np.clip(self.x, stops[1], stops[0]))
        return np.where(scale == 0, 0, t)

    def relevance(self, epsilon):
        """Of the logit TARGET, at x."""
        def share(value, jacobian, result, r):
            return value * (jacobian.T @ (r / (result + epsilon * np.where(result < 0, -1, 1))).ravel()).reshape(value.shape)

        def jacobian(function, shape):
            basis = np.eye(int(np.prod(shape)))
            return np.stack([function(row.reshape(shape)).ravel() for row in basis], axis=1)

        maps, features, logits = self.outputs()
        r = np.zeros_like(logits)
        r[0, TARGET] = logits[0, TARGET]
        r = share(features, self.dense.astype(float), logits, r)
        scale, values = self.affine()[0], self.chain(self.threshold())
        total, start = 0, 0
        for c, z in zip(self.convolutions, maps):
            part = r[:, start:start + z.size].reshape(z.shape)
            start += z.size
            total = total + share(values[-1], jacobian(lambda u: c.linear(scale * u), values[-1].shape), z, part)
        for op, value, result in reversed(list(zip(self.between, values, values[1:]))):
            j = jacobian(op, value.shape)
            total = (j.T @ total.ravel()).reshape(value.shape) if getattr(op, "arranges", False) else share(value, j, result, total)
        return total


RELU, CLIP = (0.0, np.inf), (-0.5, 0.75)
SQUARE, POINT = Window((3, 3), low=(1, 1), high=(1, 1)), Window((1, 1))
UNEVEN = Window((3, 2), strides=(2, 1), low=(2, 0), high=(1, 1), dilations=(1, 2))
GAUNT = Window((3, 3), strides=(2, 3), low=(1, 2), high=(0, 2))

CASES = {
    "padded": lambda **k: Network((5, 5, 6), None, [], [Convolution(6, SQUARE)], **k),
    "padded unevenly, strided, dilated": lambda **k: Network((4, 7, 6), None, [], [Convolution(3, UNEVEN)], **k),
    "grouped": lambda **k: Network((6, 6, 7), None, [], [Convolution(4, GAUNT, groups=2)], **k),
    "depthwise": lambda **k: Network((5, 4, 5), None, [], [Convolution(10, SQUARE, groups=5)], **k),
    "line": lambda **k: Network((4, 9), None, [], [Convolution(3, Window((3,), (2,), (1,), (1,), (1,)))], **k),
    "volume": lambda **k: Network((3, 3, 4, 3), None, [], [Convolution(3, Window((2, 3, 2), (1, 2, 1), (1, 1, 0), (0, 1, 1), (1, 1, 1)))], **k),
    "padding of its own": lambda **k: Network((4, 5, 5), None, [Dropout(), Pad((1, 0), (2, 1))], [Convolution(4, Window((3, 3)))], **k),
    "padded twice": lambda **k: Network((4, 4, 5), None, [Pad((1, 1), (0, 1))], [Convolution(4, SQUARE)], **k),
    "behind a mean": lambda **k: Network((4, 6, 6), None, [Mean(Window((2, 2), strides=(2, 2)))], [Convolution(4, SQUARE)], **k),
    "two readers": lambda **k: Network((4, 5, 5), None, [], [Convolution(4, SQUARE), Convolution(3, POINT)], **k),
    "ReLU, point": lambda **k: Network((8, 5, 5), RELU, [], [Convolution(6, POINT)], **k),
    "ReLU, padded": lambda **k: Network((6, 5, 6), RELU, [], [Convolution(6, SQUARE)], **k),
    "ReLU, padded unevenly, strided, dilated": lambda **k: Network((4, 7, 6), RELU, [], [Convolution(3, UNEVEN)], **k),
    "ReLU, grouped": lambda **k: Network((6, 6, 7), RELU, [], [Convolution(4, GAUNT, groups=2)], **k),
    "ReLU, padding of its own": lambda **k: Network((4, 5, 5), RELU, [Pad((1, 0), (2, 1))], [Convolution(4, Window((3, 3)))], **k),
    "ReLU, behind a mean": lambda **k: Network((6, 6, 6), RELU, [Mean(Window((6, 6)))], [Convolution(8, POINT)], **k),
    "ReLU, two readers": lambda **k: Network((4, 5, 5), RELU, [Dropout()], [Convolution(4, SQUARE), Convolution(3, POINT)], **k),
    "clip, padded": lambda **k: Network((6, 5, 6), CLIP, [], [Convolution(6, SQUARE)], **k),
}
REPORT_LINE = re.compile(r"(\S+): (\d+) batch norms folded, (\d+) left; on \d+ random inputs the outputs change by at most "
                         r"(\S+), (\S+) of the largest \(\S+\)\n")


class Check:
    def __init__(self, opt, run, folder):
        self.opt, self.run, self.folder, self.failures = opt, run, folder, 0

    def explain(self, network, flags, method="lrp-epsilon"):
        """The map and the logits, and what saliency-run told."""
        model, image, out = self.folder / "network.mlir", self.folder / "x.npy", self.folder / "out"
        model.write_text(network.text())
        np.save(image, network.x)
        command = [self.run, model, f"--method={method}", f"--target={TARGET}", "--logits", "--quiet", f"--out-dir={out}", *flags, image]
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit code {result.returncode}: {result.stderr.strip()}")
        return np.load(out / f"x_t{TARGET}.npy"), np.load(out / "x.logits.npy"), result.stderr

    def report(self, name, good, text):
        self.failures += not good
        print(f"{'ok    ' if good else 'FAILED'} {name}: {text}", flush=True)

    def close(self, name, found, expected, limit, scale=None):
        error = float(np.abs(found - expected).max() / (scale or np.abs(expected).max()))
        self.report(name, error <= limit, f"{error:.1e} (limit {limit:g})")

    def case(self, name, build):
        network = build()
        wanted = "threshold-units" if network.limits else "fold-batch-norm-forward"
        divisions = [f"--param=epsilon={EPSILON}", f"--param=stabiliser={EPSILON}"]
        plain, logits, _ = self.explain(network, [*divisions, "--schedule=plain"])
        self.close(f"{name}, logits before", logits, network.outputs()[2], LOGITS)
        self.report(f"{name}, another map before", np.abs(plain - network.relevance(EPSILON)).max() > 0.01 * np.abs(plain).max(), "differs")
        for schedule in ("plain", "vector"):
            found, logits, told = self.explain(network, [*divisions, f"--{wanted}=on", "--report-canonizers", f"--schedule={schedule}"])
            self.close(f"{name}, {schedule}, logits", logits, network.outputs()[2], LOGITS)
            self.close(f"{name}, {schedule}, map", found, network.relevance(EPSILON), MAP)
            lines = {line[0]: line[1:] for line in REPORT_LINE.findall(told)}
            folded, left, _, relative = lines.get(wanted, ("0", "0", "0", "inf"))
            self.report(f"{name}, {schedule}, report", (folded, left) == ("1", "0") and float(relative) <= REPORT, f"{lines}")
        gradient = self.explain(network, [], "gradient")[0]
        self.close(f"{name}, gradient", self.explain(network, [f"--{wanted}=on"], "gradient")[0], gradient, MAP)
        network = build(shifts=False)
        found, logits, _ = self.explain(network, ["--param=epsilon=1e-9", "--param=stabiliser=1e-9", f"--{wanted}=on"])
        self.close(f"{name}, sum of the map without shifts", found.sum(dtype=float), logits[0, TARGET], SUM, np.abs(found).sum(dtype=float))


def main():
    with tempfile.TemporaryDirectory() as folder:
        check = Check(*sys.argv[1:], Path(folder))
        for name, build in CASES.items():
            check.case(name, build)
    return int(check.failures > 0)


if __name__ == "__main__":
    sys.exit(main())
