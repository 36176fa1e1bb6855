#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Patterns and their maps against the formulas, written out in NumPy.

    check_patterns.py SALIENCY_PATTERNS SALIENCY_OPT SALIENCY_RUN

Kindermans et al. 2018 (arXiv 1705.05598), eq. 7 and 12 and section 4, in double precision with every input patch in memory, on a
dense network, a convolutional one with batch norm (folded and not) and a residual one: the file that saliency-patterns writes, the
maps of PatternNet and PatternAttribution, and their rescaling at bottlenecks.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SAMPLES = 60
EPSILON = 1e-5


class Layer:
    """One op: its text, its function, its derivative. Arrays are samples x channels x rows x columns, or samples x features."""

    weighted = False

    def __init__(self, name, source="previous"):
        self.name, self.source = name, source


class Conv(Layer):
    weighted = True

    def __init__(self, name, weight, bias, stride=1, pad=0, groups=1, **rest):
        super().__init__(name, **rest)
        self.w, self.b, self.stride, self.pad, self.groups = weight, bias, stride, pad, groups

    def shape(self, x):
        k = self.w.shape[2]
        return [x[0], self.w.shape[0], *((n + 2 * self.pad - k) // self.stride + 1 for n in x[2:])]

    def patches(self, x):
        """samples x positions x input channels x kernel, of the whole input"""
        k, s = self.w.shape[2], self.stride
        x = np.pad(x, ((0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad)))
        rows, columns = (x.shape[2] - k) // s + 1, (x.shape[3] - k) // s + 1
        return np.stack([x[:, :, r * s:r * s + k, c * s:c * s + k] for r in range(rows) for c in range(columns)], axis=1)

    def seen(self, x, unit):
        """What a unit reads: samples x positions x entries."""
        size = self.w.shape[1]
        start = unit // (self.w.shape[0] // self.groups) * size
        patches = self.patches(x)[:, :, start:start + size]
        return patches.reshape(*patches.shape[:2], -1)

    def forward(self, x):
        outputs = [self.seen(x, u) @ self.w[u].ravel() + self.b[u] for u in range(len(self.w))]
        return np.stack(outputs, axis=1).reshape(self.shape(x.shape))

    def back(self, x, r, v):
        k, s, size = self.w.shape[2], self.stride, self.w.shape[1]
        padded = np.zeros((*x.shape[:2], x.shape[2] + 2 * self.pad, x.shape[3] + 2 * self.pad))
        for unit in range(len(self.w)):
            start = unit // (self.w.shape[0] // self.groups) * size
            for row in range(r.shape[2]):
                for column in range(r.shape[3]):
                    padded[:, start:start + size, row * s:row * s + k, column * s:column * s + k] += r[:, unit, row, column, None, None, None] * v[unit]
        return padded[:, :, self.pad:self.pad + x.shape[2], self.pad:self.pad + x.shape[3]]

    def text(self):
        window = f"kernel = [{self.w.shape[2]}, {self.w.shape[2]}], strides = [{self.stride}, {self.stride}], " \
                 f"low = [{self.pad}, {self.pad}], high = [{self.pad}, {self.pad}], dilations = [1, 1]"
        return "conv", [self.w, self.b], f"groups = {self.groups} : i64, window = #saliency.window<{window}>"


class Dense(Layer):
    weighted = True

    def __init__(self, name, weight, bias, **rest):
        super().__init__(name, **rest)
        self.w, self.b = weight, bias

    def shape(self, x):
        return [x[0], len(self.w)]

    def seen(self, x, unit):
        return x[:, None, :]

    def forward(self, x):
        return x @ self.w.T + self.b

    def back(self, x, r, v):
        return r @ v

    def text(self):
        return "gemm", [self.w, self.b], ""


class BatchNorm(Layer):
    def __init__(self, name, gamma, beta, mean, variance, **rest):
        super().__init__(name, **rest)
        self.parameters = gamma, beta, mean, variance
        self.scale = gamma / np.sqrt(variance.astype(np.float64) + EPSILON)
        self.shift = beta - self.scale * mean

    def shape(self, x):
        return x

    def forward(self, x):
        return x * self.scale[None, :, None, None] + self.shift[None, :, None, None]

    def text(self):
        return "batch_norm", list(self.parameters), "epsilon = 1.0e-5 : f32"


class Relu(Layer):
    def shape(self, x):
        return x

    def forward(self, x):
        return np.maximum(x, 0)

    def back(self, x, r, v):
        return r * (x > 0)

    def text(self):
        return "relu", [], ""


class MaxPool(Layer):
    """2 x 2, stride 2."""

    def shape(self, x):
        return [*x[:2], x[2] // 2, x[3] // 2]

    def windows(self, x):
        n, c, h, w = self.shape(x.shape)
        return x[:, :, :2 * h, :2 * w].reshape(n, c, h, 2, w, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h, w, 4)

    def forward(self, x):
        return self.windows(x).max(axis=-1)

    def back(self, x, r, v):
        n, c, h, w = r.shape
        one = np.eye(4)[self.windows(x).argmax(axis=-1)] * r[..., None]
        result = np.zeros_like(x)
        result[:, :, :2 * h, :2 * w] = one.reshape(n, c, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * h, 2 * w)
        return result

    def text(self):
        return "max_pool", [], "window = #saliency.window<kernel = [2, 2], strides = [2, 2], low = [0, 0], high = [0, 0], dilations = [1, 1]>"


class Flatten(Layer):
    def shape(self, x):
        return [x[0], int(np.prod(x[1:]))]

    def forward(self, x):
        return x.reshape(self.shape(x.shape))

    def back(self, x, r, v):
        return r.reshape(x.shape)

    def text(self):
        return "reshape", [], "shape = array<i64: {shape}>"


class Add(Layer):
    """The previous value and another one."""

    def shape(self, x):
        return x

    def text(self):
        return "add", [], ""


class Network:
    def __init__(self, input_shape, layers):
        self.input_shape, self.layers = input_shape, layers

    def values(self, x):
        values, previous = {"input": x}, x
        for layer in self.layers:
            if isinstance(layer, Add):
                previous = previous + values[layer.source]
            else:
                previous = layer.forward(previous)
            values[layer.name] = previous
        return values

    def folded(self):
        """Batch norm becomes part of the convolution before it, which takes its name."""
        layers = []
        for layer in self.layers:
            if not isinstance(layer, BatchNorm):
                layers.append(layer)
                continue
            conv = layers.pop()
            weight = conv.w * layer.scale[:, None, None, None]
            layers.append(Conv(layer.name, weight, conv.b * layer.scale + layer.shift, conv.stride, conv.pad, conv.groups))
        return Network(self.input_shape, layers)

    def rectified(self, index):
        while True:
            index += 1
            if index == len(self.layers) or not isinstance(self.layers[index], (Relu, MaxPool, Flatten)):
                return False
            if isinstance(self.layers[index], Relu):
                return True

    def patterns(self, x, estimator):
        values, previous, patterns = self.values(x), "input", {}
        for index, layer in enumerate(self.layers):
            if layer.weighted:
                y = values[layer.name].reshape(len(x), len(layer.w), -1)
                masked = estimator == "relu.positive" or (estimator == "two-component" and self.rectified(index))
                patterns[layer.name] = np.zeros(layer.w.shape)
                for unit in range(len(layer.w)):
                    seen, output = layer.seen(values[previous], unit).reshape(-1, layer.w[unit].size), y[:, unit].ravel()
                    active = output > 0 if masked else np.full(output.shape, True)
                    if not active.any():
                        continue
                    c = (seen[active] * output[active, None]).mean(axis=0) - seen[active].mean(axis=0) * output.mean()
                    length = c @ layer.w[unit].ravel()
                    patterns[layer.name][unit] = (c / length).reshape(layer.w[unit].shape)
            previous = layer.name
        return patterns

    def explain(self, x, target, patterns, attribution):
        values = self.values(x)
        names = ["input"] + [layer.name for layer in self.layers]
        score = values[names[-1]]
        r = {names[-1]: np.eye(score.shape[1])[target][None] * score}
        for index in range(len(self.layers) - 1, -1, -1):
            layer, before = self.layers[index], names[index]
            x, own = values[before], r[layer.name]
            if isinstance(layer, Add):
                r[layer.source], share = r.get(layer.source, 0) + own, own
            elif isinstance(layer, BatchNorm):
                share = own if attribution else own / layer.scale[None, :, None, None]
            else:
                v = patterns.get(layer.name)
                share = layer.back(x, own, v * layer.w if attribution and layer.weighted else v)
            r[before] = r.get(before, 0) + share
        return r["input"]

    def text(self, batch):
        kind = lambda shape: f"tensor<{'x'.join([*map(str, shape), 'f32'])}>"
        shape = [batch, *self.input_shape]
        lines, previous, known = [], ("%input", shape), {"input": ("%input", shape)}
        for layer in self.layers:
            op, constants, attributes = layer.text()
            operands = [previous]
            if isinstance(layer, Add):
                operands.append(known[layer.source])
            for i, values in enumerate(constants):
                values = np.asarray(values, np.float32)
                name = f"%{layer.name}_{i}"
                lines.append(f"  {name} = saliency.constant {{value = dense<{values.tolist()}> : {kind(values.shape)}}} : {kind(values.shape)}")
                operands.append((name, values.shape))
            shape = list(layer.shape(previous[1]))
            attributes = attributes.replace("{shape}", ", ".join(map(str, shape)))
            attributes = ", ".join(filter(None, [attributes, f'onnx.value = "{layer.name}"']))
            types = ", ".join(kind(s) for _, s in operands)
            lines.append(f"  %{layer.name} = saliency.{op} {', '.join(n for n, _ in operands)} {{{attributes}}} : ({types}) -> {kind(shape)}")
            previous = known[layer.name] = (f"%{layer.name}", shape)
        head = f'func.func @forward(%input: {kind([batch, *self.input_shape])} {{saliency.name = "input"}}) -> {kind(shape)} {{\n'
        return head + "\n".join(lines) + f"\n  return {previous[0]} : {kind(shape)}\n}}\n"


def networks():
    random = np.random.default_rng(3)

    def values(*shape, scale=None, offset=0.0):
        scale = scale or (2 / np.prod(shape[1:])) ** 0.5
        return (random.standard_normal(shape) * scale + offset).astype(np.float32)

    def conv(name, outputs, inputs, k, **rest):
        return Conv(name, values(outputs, inputs, k, k), values(outputs, scale=0.1), **rest)

    def dense(name, outputs, inputs):
        return Dense(name, values(outputs, inputs), values(outputs, scale=0.1))

    def norm(name, channels):
        gamma, variance = values(channels, scale=0.2, offset=1), np.abs(values(channels, scale=0.2, offset=1))
        return BatchNorm(name, gamma, values(channels, scale=0.2), values(channels, scale=0.2), variance)

    yield "dense", Network([6], [dense("a", 9, 6), Relu("ra"), dense("b", 7, 9), Relu("rb"), dense("c", 3, 7)])
    yield "convolutional", Network([3, 9, 8], [
        conv("a", 8, 3, 3, pad=1), norm("na", 8), Relu("ra"), MaxPool("p"),
        conv("b", 6, 4, 3, stride=2, pad=1, groups=2), MaxPool("q"), Relu("rb"), Flatten("f"), dense("c", 4, 6)])
    yield "residual", Network([2, 6, 6], [
        conv("a", 5, 2, 3, pad=1), Relu("ra"), conv("b", 5, 5, 3, pad=1), Relu("rb"), conv("c", 5, 5, 3, pad=1), Add("s", "ra"), Relu("rs"),
        MaxPool("p"), Flatten("f"), dense("d", 3, 45)])


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def compare(what, found, expected, tolerance):
    largest = np.abs(expected).max()
    error = np.abs(found - expected).max() / largest
    print(f"{what}: {error:.1e}")
    if not found.shape == expected.shape or not error <= tolerance:
        sys.exit(f"{what}: expected at most {tolerance:g} of the largest entry, found {error:g}")


def check(name, network, tools, place):
    patterns, opt, explain = tools
    random = np.random.default_rng(5)
    images = (random.standard_normal((SAMPLES, *network.input_shape)) + 0.3).astype(np.float32)
    np.save(place / "images.npy", images)
    np.save(place / "x.npy", images[:1])
    (place / "net.mlir").write_text(network.text(1))
    (place / "pair.mlir").write_text(network.text(2))
    folded, target = network.folded(), 1
    for estimator in ("two-component", "linear", "relu.positive"):
        run(patterns, place / "net.mlir", place / "images.npy", "-o", place / "p.npz", "--estimator", estimator, "--threads", 1)
        found, expected = dict(np.load(place / "p.npz")), folded.patterns(images.astype(np.float64), estimator)
        assert sorted(found) == sorted(expected), (sorted(found), sorted(expected))
        for layer in expected:
            compare(f"{name}, {estimator}, patterns of {layer}", found[layer], expected[layer], 5e-6)
        if estimator == "linear":
            continue
        np.savez_compressed(place / "p.npz", **found)
        for method in ("pattern-net", "pattern-attribution"):
            run(explain, place / "net.mlir", f"--method={method}", "--param", f"patterns={place / 'p.npz'}", f"--target={target}", "--quiet",
                "--threads", 1, "--out-dir", place, place / "x.npy")
            map = np.load(place / f"x_t{target}.npy")
            expected_map = folded.explain(images[:1].astype(np.float64), target, expected, method == "pattern-attribution")
            compare(f"{name}, {estimator}, {method}", map, expected_map, 5e-6)
            if estimator != "two-component":
                continue
            run(explain, place / "net.mlir", f"--method={method}", "--param", f"patterns={place / 'p.npz'}", "--conventions=innvestigate",
                f"--target={target}", "--quiet", "--threads", 1, "--out-dir", place, place / "x.npy")
            compare(f"{name}, {estimator}, {method} rescaled", np.load(place / f"x_t{target}.npy"), map / np.abs(map).max(), 2e-6)

    two = place / "two.npz"
    run(patterns, place / "pair.mlir", place / "images.npy", "-o", two, "--estimator", "relu.positive", "--threads", 2, "--schedule", "plain")
    for layer in found:
        compare(f"{name}, batch of two, patterns of {layer}", np.load(two)[layer], found[layer], 2e-6)
    if folded.layers == network.layers:
        return
    run(patterns, place / "net.mlir", place / "images.npy", "-o", place / "p.npz", "--fold-batch-norm=off", "--threads", 1)
    found, expected = dict(np.load(place / "p.npz")), network.patterns(images.astype(np.float64), "two-component")
    for layer in expected:
        compare(f"{name}, batch norm kept, patterns of {layer}", found[layer], expected[layer], 5e-6)
    for method in ("pattern-net", "pattern-attribution"):
        run(opt, place / "net.mlir", f"--emit-{method}", "--param", f"patterns={place / 'p.npz'}", "--fold-batch-norm=off", "-o", place / "kept.so")
        run(explain, place / "kept.so", f"--target={target}", "--quiet", "--threads", 1, "--out-dir", place, place / "x.npy")
        compare(f"{name}, batch norm kept, {method}", np.load(place / f"x_t{target}.npy"),
                network.explain(images[:1].astype(np.float64), target, expected, method == "pattern-attribution"), 5e-6)


def main():
    for name, network in networks():
        with tempfile.TemporaryDirectory() as folder:
            check(name, network, sys.argv[1:4], Path(folder))


if __name__ == "__main__":
    main()
