#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Values and derivatives of every layer against float64.

    check_gradients.py SALIENCY_OPT SALIENCY_RUN SOURCE_ROOT

Elementwise functions come from the compiler itself (--document=functions): each row of dialect/ops/Activation.td is evaluated
here in float64, its gradient compared with differences of its value, and both with what the compiler makes of it. The other
layers have a forward function in NumPy below, whose differences are taken in float64. A layer that is in dialect/ops/*.td and in
neither list is an error, so that a new one is tested.

One network has one class per layer: its score is a random linear function of the layer's result. The score is compared with
the layer's value, the gradient map of the class with the differences.
"""
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SHAPE = (1, 4, 5, 6)
# Of the largest entry. The formulas agree in float64 as far as differences of second order do; compiled code rounds to
# float32 at every step of a chain of some twenty.
FORMULA_STEP, FORMULA_TOLERANCE = 1e-5, 1e-8
LAYER_STEP, TOLERANCE = 1e-4, 2e-6


# ----- The vocabulary of dialect/ops/Formula.h, in float64.

def limit(x, low, high):
    return np.minimum(np.maximum(x, low), high)


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


VOCABULARY = {
    "sqrt2": math.sqrt(2), "inv_sqrtpi": 1 / math.sqrt(math.pi), "choose": np.where, "limit": limit, "exp": np.exp,
    "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "sqrt": np.sqrt, "abs": np.abs, "tanh": np.tanh, "softplus": softplus,
    "erf": np.vectorize(math.erf, otypes=[float]), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "square": np.square,
    "pow": np.power, "sin": np.sin, "cos": np.cos, "floor": np.floor, "ceil": np.ceil, "round": np.round}


def value(row, x):
    return eval(row["value"], {**VOCABULARY, **row["parameters"], "x": x})


def gradient(row, x):
    names = {**VOCABULARY, **row["parameters"], "x": x, "r": np.ones_like(x), "y": lambda: value(row, x)}
    return eval(row["gradient"], names) * np.ones_like(x)


def away_from_kinks(function, x, step):
    """Where the derivative to the left and to the right agree."""
    left, right = (function(x) - function(x - step)) / step, (function(x + step) - function(x)) / step
    return np.abs(left - right) < 1e-2 * (1 + np.abs(left))


def formula_error(row):
    """The largest difference between a row's gradient and the differences of its value, away from kinks."""
    x = np.linspace(0.3, 4, 400) if row["positive"] else np.linspace(-4.013, 4.007, 801)
    function = lambda at: value(row, at)
    found = (function(x + FORMULA_STEP) - function(x - FORMULA_STEP)) / (2 * FORMULA_STEP)
    difference = np.abs(found - gradient(row, x))[away_from_kinks(function, x, FORMULA_STEP)]
    return float(difference.max() / (np.abs(found).max() or 1))  # steps have no derivative


# ----- Layers in NumPy: functions of x of SHAPE, or of z = x - 0.8.

def windows(x, kernel, strides, dilations, low, high, fill):
    """x's windows: samples x channels x rows x columns x kernel rows x kernel columns."""
    padded = np.pad(x, ((0, 0), (0, 0), (low[0], high[0]), (low[1], high[1])), constant_values=fill)
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    rows, columns = [range(0, extent - span + 1, stride)
                     for extent, span, stride in zip(padded.shape[2:], spans, strides)]
    return np.array([[padded[:, :, i:i + spans[0]:dilations[0], j:j + spans[1]:dilations[1]] for j in columns]
                     for i in rows]).transpose(2, 3, 0, 1, 4, 5)


def conv(x, w, b=None, groups=1, strides=(1, 1), dilations=(1, 1), low=(0, 0), high=(0, 0)):
    seen = windows(x, w.shape[2:], strides, dilations, low, high, 0)
    inputs, outputs = x.shape[1] // groups, w.shape[0] // groups
    parts = [np.einsum("ncijkl,mckl->nmij", seen[:, g * inputs:(g + 1) * inputs], w[g * outputs:(g + 1) * outputs])
             for g in range(groups)]
    result = np.concatenate(parts, axis=1)
    return result if b is None else result + (b[:, None, None] if b.ndim == 1 else b)


def avg_pool(x, counts_zeros, **window):
    seen = windows(x, fill=0, **window)
    ones = windows(np.ones_like(x), fill=1 if counts_zeros else 0, **window)
    return seen.sum((4, 5)) / ones.sum((4, 5))


def layer_norm(x, gamma, beta, axes, epsilon):
    centred = x - x.mean(axes, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(axes, keepdims=True) + epsilon) * gamma + beta


def softmax(x, axis):
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def window(kernel, strides=(1, 1), dilations=(1, 1), low=(0, 0), high=(0, 0)):
    text = ", ".join(f"{name} = {list(entries)}" for name, entries in
                     (("kernel", kernel), ("strides", strides), ("low", low), ("high", high), ("dilations", dilations)))
    return f"window = #saliency.window<{text}>"


def tensor(shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


def attributes_of(parameters):
    text = ", ".join(f"{name} = {number!r} : f32" for name, number in sorted(parameters.items()))
    return f"{{{text}}}" if text else ""


class Network:
    """One class per layer."""

    def __init__(self, random):
        self.random, self.text, self.layers = random, "", []
        self.constants = {}

    def constant(self, shape, low=0.3, high=1.2):
        """A parameter: (SSA name, its float64 values)."""
        values = self.random.uniform(low, high, shape).astype(np.float32)
        return self.given(values)

    def given(self, values):
        values = np.asarray(values, np.float32)
        name, kind = f"%p{len(self.constants)}", tensor(values.shape)
        self.constants[name] = values.shape
        numbers = re.sub(r"\binf\b", "0x7F800000", str(values.tolist())) if np.isinf(values).any() else str(values.tolist())
        self.text += f"  {name} = saliency.constant {{value = dense<{numbers}> : {kind}}} : {kind}\n"
        return name, values.astype(np.float64)

    def add(self, title, op, operands, attributes, function, at="z"):
        """`function` of x (at="x"), x - 0.8 ("z") or 8 (x - 0.8) ("v"); operands are SSA names with their shapes."""
        shapes = {"%x": SHAPE, "%z": SHAPE, "%v": SHAPE, **self.constants}
        result = function(np.full(SHAPE, 0.5) if at == "x" else np.full(SHAPE, 0.1)).shape
        number, entries = len(self.layers), int(np.prod(result))
        types = ", ".join(tensor(shapes[name]) for name in operands)
        self.text += f"  %y{number} = saliency.{op} {', '.join(operands)} {attributes} : ({types}) -> {tensor(result)}\n"
        weights = self.random.standard_normal((1, entries)).astype(np.float32)
        name, values = self.given(weights)
        flat = tensor((1, entries))
        self.text += f"  %f{number} = saliency.reshape %y{number} {{shape = array<i64: 1, {entries}>}} : ({tensor(result)}) -> {flat}\n"
        self.text += f"  %s{number} = saliency.gemm %f{number}, {name} : ({flat}, {flat}) -> tensor<1x1xf32>\n"
        self.layers.append((title, op, at, function, values.reshape(-1)))

    def module(self):
        count = len(self.layers)
        centre = "%centre = saliency.constant {value = dense<0.8> : tensor<1xf32>} : tensor<1xf32>"
        eight = "%eight = saliency.constant {value = dense<8.0> : tensor<1xf32>} : tensor<1xf32>"
        data = tensor(SHAPE)
        scores = ", ".join(f"%s{n}" for n in range(count))
        return (f'func.func @forward(%x: {data} {{saliency.name = "input"}}) -> {tensor((1, count))} {{\n'
                f"  {centre}\n  {eight}\n"
                f"  %z = saliency.sub %x, %centre : ({data}, tensor<1xf32>) -> {data}\n"
                f"  %v = saliency.mul %z, %eight : ({data}, tensor<1xf32>) -> {data}\n{self.text}"
                f"  %scores = saliency.concat {scores} {{axis = 1 : i64}} : ({', '.join(['tensor<1x1xf32>'] * count)}) -> "
                f"{tensor((1, count))}\n  return %scores : {tensor((1, count))}\n}}\n")


def ints(name, *numbers):
    return f"{name} = array<i64: {', '.join(map(str, numbers))}>"


def add_layers(net):
    channels, rows, columns = SHAPE[1:]
    w, w_values = net.constant((6, 4, 3, 3), -1, 1)
    b, b_values = net.constant((6,))
    net.add("conv, padded", "conv", ["%x", w, b], f"{{groups = 1 : i64, {window((3, 3), low=(1, 0), high=(0, 2))}}}",
            lambda x: conv(x, w_values, b_values, low=(1, 0), high=(0, 2)), "x")
    net.add("conv, strided", "conv", ["%x", w], f"{{groups = 1 : i64, {window((3, 3), strides=(2, 3), low=(1, 1), high=(1, 1))}}}",
            lambda x: conv(x, w_values, strides=(2, 3), low=(1, 1), high=(1, 1)), "x")
    net.add("conv, dilated", "conv", ["%x", w], f"{{groups = 1 : i64, {window((3, 3), dilations=(2, 2), low=(2, 1), high=(1, 2))}}}",
            lambda x: conv(x, w_values, dilations=(2, 2), low=(2, 1), high=(1, 2)), "x")
    grouped, grouped_values = net.constant((6, 2, 2, 3), -1, 1)
    net.add("conv, grouped", "conv", ["%x", grouped], f"{{groups = 2 : i64, {window((2, 3), strides=(1, 2), high=(1, 1))}}}",
            lambda x: conv(x, grouped_values, groups=2, strides=(1, 2), high=(1, 1)), "x")
    depth, depth_values = net.constant((4, 1, 3, 3), -1, 1)
    net.add("conv, depthwise", "conv", ["%x", depth], f"{{groups = 4 : i64, {window((3, 3), low=(1, 1), high=(1, 1))}}}",
            lambda x: conv(x, depth_values, groups=4, low=(1, 1), high=(1, 1)), "x")
    by_place, by_place_values = net.constant((1, 6, 3, 4))
    net.add("conv, bias by position", "conv", ["%x", w, by_place], f"{{groups = 1 : i64, {window((3, 3))}}}",
            lambda x: conv(x, w_values, by_place_values), "x")
    dense, dense_values = net.constant((5, columns), -1, 1)
    net.add("gemm of tokens", "gemm", ["%x", dense], "", lambda x: x @ dense_values.T, "x")
    other, other_values = net.constant((1, channels, columns, 3), -1, 1)
    net.add("matmul, left", "matmul", ["%x", other], "", lambda x: x @ other_values, "x")
    left, left_values = net.constant((1, 1, 2, rows), -1, 1)
    net.add("matmul, right, broadcast", "matmul", [left, "%x"], "", lambda x: left_values @ x, "x")
    for name, strides, low, high in (("", (1, 1), (0, 0), (0, 0)), (", strided and padded", (2, 2), (1, 0), (1, 1))):
        options = dict(kernel=(2, 3), strides=strides, dilations=(1, 1), low=low, high=high)
        text = window((2, 3), strides, low=low, high=high)
        net.add("max_pool" + name, "max_pool", ["%x"], f"{{{text}}}",
                lambda x, options=options: windows(x, fill=-np.inf, **options).max((4, 5)), "x")
        net.add("avg_pool" + name, "avg_pool", ["%x"], f"{{{text}}}",
                lambda x, options=options: avg_pool(x, False, **options), "x")
        net.add("avg_pool, zeros counted" + name, "avg_pool", ["%x"], f"{{count_include_pad, {text}}}",
                lambda x, options=options: avg_pool(x, True, **options), "x")
    parameters = [net.constant((channels,)) for _ in range(4)]
    gamma, beta, mean, variance = (values[:, None, None] for _, values in parameters)
    net.add("batch_norm", "batch_norm", ["%x", *(name for name, _ in parameters)], "{epsilon = 1.0e-2 : f32}",
            lambda x: gamma * (x - mean) / np.sqrt(variance + np.float32(1e-2)) + beta, "x")
    for axis, shape in ((3, (columns,)), (2, (rows, columns))):
        (scale, scale_values), (shift, shift_values) = net.constant(shape), net.constant(shape)
        net.add(f"layer_norm, from axis {axis}", "layer_norm", ["%x", scale, shift], f"{{axis = {axis} : i64, epsilon = 1.0e-2 : f32}}",
                lambda x, a=axis, s=scale_values, t=shift_values:
                layer_norm(x, s, t, tuple(range(a, 4)), np.float64(np.float32(1e-2))), "x")
    for axis in (1, 3):
        net.add(f"softmax, axis {axis}", "softmax", ["%z"], f"{{axis = {axis} : i64}}", lambda z, a=axis: softmax(z, a))
    c, c_values = net.constant((channels, 1, 1))
    for op, function in (("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("div", np.divide)):
        net.add(f"{op}, constant", op, ["%x", c], "", lambda x, f=function: f(x, c_values), "x")
        net.add(f"{op}, of a constant", op, [c, "%x"], "", lambda x, f=function: f(c_values, x), "x")
        net.add(f"{op}, data", op, ["%v", "%x"], "", lambda x, f=function: f(INSIDE["v"](x), x), "x")
    more, more_values = net.constant((1, 2, rows, columns))
    net.add("concat", "concat", ["%x", more, "%x"], "{axis = 1 : i64}", lambda x: np.concatenate([x, more_values, x], 1), "x")
    slope, slope_values = net.constant((channels, 1, 1))
    net.add("prelu", "prelu", ["%z", slope], "", lambda z: np.where(z > 0, z, slope_values * z))
    (low, low_values), (high, high_values) = net.given([-0.25, -9, -0.1, -0.3]), net.given([9, 0.15, 0.2, 0.1])
    net.add("threshold", "threshold", ["%z", low, high], "",
            lambda z: limit(z, low_values[:, None, None], high_values[:, None, None]))
    net.add("upsample", "upsample", ["%z"], f"{{{ints('factors', 2, 3)}}}", lambda z: z.repeat(2, 2).repeat(3, 3))
    net.add("reshape", "reshape", ["%x"], f"{{{ints('shape', 1, channels * rows, columns)}}}",
            lambda x: x.reshape(1, channels * rows, columns), "x")
    net.add("transpose", "transpose", ["%x"], f"{{{ints('permutation', 0, 2, 3, 1)}}}", lambda x: x.transpose(0, 2, 3, 1), "x")
    net.add("slice", "slice", ["%x"], f"{{{ints('starts', 0, 1, 0, 1)}, {ints('sizes', 1, 2, 3, 2)}, {ints('strides', 1, 2, 2, 3)}}}",
            lambda x: x[:, 1:4:2, 0:5:2, 1:6:3], "x")

    def padded(x):
        result = np.full((1, channels, 2 * rows + 1, columns + 3), 0.25)
        result[:, :, 1:2 * rows:2, 1:columns + 1] = x
        return result
    net.add("pad", "pad", ["%x"], f"{{{ints('low', 0, 0, 1, 1)}, {ints('high', 0, 0, 1, 2)}, {ints('interior', 0, 0, 1, 0)}, "
            "value = 2.5e-1 : f32}", padded, "x")
    for axis, places in ((1, (2, 0, -1, 2, 2)), (2, (4, 3, 2, 1, 0)), (3, (0, 0, 5))):
        net.add(f"take, axis {axis}", "take", ["%x"], f"{{axis = {axis} : i64, {ints('indices', *places)}}}",
                lambda x, axis=axis, places=places: np.take(x, places, axis) * np.reshape(
                    [float(p >= 0) for p in places], [-1 if a == axis else 1 for a in range(4)]), "x")
    table = np.array([[1, 0, 0, 0, 0], [0.25, 0.5, 0.25, 0, 0], [0, 0, 0, 0, 0], [0, 0.125, 0, 0, 0.75]])
    taps = [[(int(j), float(row[j])) for j in np.flatnonzero(row)] for row in table]
    taps = [row + [(-1, 0.0)] * (3 - len(row)) for row in taps]
    net.add("interpolate", "interpolate", ["%x"], f"{{axis = 2 : i64, extent = 4 : i64, "
            f"{ints('indices', *(row[t][0] for t in range(3) for row in taps))}, "
            f"weights = array<f32: {', '.join(str(row[t][1]) for t in range(3) for row in taps)}>}}",
            lambda x: np.einsum("ij,ncjw->nciw", table, x), "x")
    net.add("identity", "identity", ["%x"], "", lambda x: x, "x")
    net.add("dropout", "dropout", ["%x"], "", lambda x: x, "x")


def add_functions(net, rows):
    for row in rows:
        op, attributes = row["mnemonic"], attributes_of(row["parameters"])
        rounded = {**row, "parameters": {name: float(np.float32(number)) for name, number in row["parameters"].items()}}
        function = lambda x, row=rounded: value(row, x)
        for at in "x" if row["positive"] else "zv":
            net.add(f"{op} of {at}", op, [f"%{at}"], attributes, function, at)


def layers_of(root):
    """The mnemonics of all layers."""
    classes = r"Saliency_(?:LayerOp|ActivationOp|FunctionOp|StructuralOp|ElementwiseMergeOp)"
    text = "".join(path.read_text() for path in sorted((root / "dialect/ops").glob("*.td")))
    return set(re.findall(rf'^def \w+\s*:\s*{classes}<"(\w+)"', text, re.MULTILINE))


INSIDE = {"x": lambda x: x, "z": lambda x: x - np.float64(np.float32(0.8)), "v": lambda x: 8 * (x - np.float64(np.float32(0.8)))}


def score(layer, x):
    _, _, at, function, weights = layer
    return function(INSIDE[at](x)).reshape(-1) @ weights


def differences(layer, x):
    """The gradient of the layer's score at x, and where it exists: where steps of two lengths agree, no kink lies between."""
    def at(i, step):
        moved = x.copy()
        moved[i] += step * LAYER_STEP
        return score(layer, moved)

    result, exists = np.zeros(x.shape), np.ones(x.shape, bool)
    for i in np.ndindex(x.shape):
        half, one, two = (at(i, step) - at(i, -step) for step in (0.5, 1, 2))
        result[i] = (8 * half - one) / (6 * LAYER_STEP)
        exists[i] = abs(result[i] - (8 * one - two) / (12 * LAYER_STEP)) < 1e-8 * (1 + abs(result[i]))
    return result, exists


def main():
    opt, run, root = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    rows = json.loads(subprocess.run([opt, "--document=functions"], check=True, capture_output=True, text=True).stdout)
    failures = 0

    def report(title, error, tolerance):
        nonlocal failures
        failures += not error <= tolerance
        print(f"{'ok    ' if error <= tolerance else 'FAILED'} {title}: {error:.1e} of the largest entry (limit {tolerance:g})")

    for row in rows:
        report(f"{row['mnemonic']}: gradient against differences of the value, float64", formula_error(row), FORMULA_TOLERANCE)
    random = np.random.default_rng(5)
    net = Network(random)
    add_functions(net, rows)
    add_layers(net)
    missing = layers_of(root) - {op for _, op, *_ in net.layers}
    if missing or not rows:
        print(f"every layer is tested, found no test of {', '.join(sorted(missing)) or 'elementwise functions'}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, library, out = folder / "network.mlir", folder / "gradient.so", folder / "out"
        model.write_text(net.module())
        subprocess.run([opt, model, "--emit=gradient", "-o", library], check=True)
        x = random.uniform(0.3, 1.2, SHAPE).astype(np.float32)
        np.save(folder / "x.npy", x)
        classes = ",".join(str(n) for n in range(len(net.layers)))
        subprocess.run([run, str(library), f"--target={classes}", "--logits", f"--out-dir={out}", str(folder / "x.npy")], check=True,
                       stdout=subprocess.DEVNULL)
        logits = np.load(out / "x.logits.npy").reshape(-1).astype(np.float64)
        x = x.astype(np.float64)
        for number, layer in enumerate(net.layers):
            found = np.load(out / f"x_t{number}.npy").reshape(SHAPE).astype(np.float64)
            expected, exists = differences(layer, x)
            if exists.mean() < 0.5:
                print(f"FAILED {layer[0]}: half of the inputs have a derivative, found {exists.mean():.0%}")
                failures += 1
                continue
            largest = np.abs(layer[3](INSIDE[layer[2]](x)).reshape(-1) * layer[4]).sum()
            report(f"{layer[0]}: value", abs(logits[number] - score(layer, x)) / (largest or 1), TOLERANCE)
            report(f"{layer[0]}: gradient", float(np.abs(found - expected)[exists].max() / (np.abs(expected).max() or 1)), TOLERANCE)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
