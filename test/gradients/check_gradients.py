#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives of layers against differences of their values.

    check_gradients.py SALIENCY_OPT SALIENCY_RUN

One network has one class per layer: its score is a random linear function of the layer at the input. The gradient map of
each class is compared with central differences of the class scores.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SHAPE = (1, 2, 3, 4)
STEP, TOLERANCE = 1 / 64, 4e-3  # the tolerance is relative to the largest entry: the differences are of float32 values

DATA = "tensor<1x2x3x4xf32>"
UNARY = f"({DATA}) -> {DATA}"
PARAMETERS = {"slope": (2, 1, 1), "features": (4,), "shift": (4,), "weights": (5, 4), "image": (3, 4)}
# Layers of x, whose entries lie between 0.3 and 1.2, or of z = x - 0.8; %name is a parameter.
LAYERS = {
    "abs": f"saliency.abs %z : {UNARY}",
    "neg": f"saliency.neg %z : {UNARY}",
    "exp": f"saliency.exp %z : {UNARY}",
    "log": f"saliency.log %x : {UNARY}",
    "sqrt": f"saliency.sqrt %x : {UNARY}",
    "reciprocal": f"saliency.reciprocal %x : {UNARY}",
    "erf": f"saliency.erf %z : {UNARY}",
    "softplus": f"saliency.softplus %z : {UNARY}",
    "softsign": f"saliency.softsign %z : {UNARY}",
    "silu": f"saliency.silu %z : {UNARY}",
    "mish": f"saliency.mish %z : {UNARY}",
    "gelu": f"saliency.gelu %z : {UNARY}",
    "gelu, tanh": f"saliency.gelu %z {{tanh}} : {UNARY}",
    "hard_swish": f"saliency.hard_swish %z : {UNARY}",
    "hard_sigmoid": f"saliency.hard_sigmoid %z {{alpha = 1.25 : f32, beta = 0.5 : f32}} : {UNARY}",
    "elu": f"saliency.elu %z {{alpha = 0.7 : f32, scale = 1.5 : f32}} : {UNARY}",
    "pow": f"saliency.pow %x {{exponent = 1.7 : f32}} : {UNARY}",
    "square": f"saliency.pow %z {{exponent = 2.0 : f32}} : {UNARY}",
    "prelu": f"saliency.prelu %z, %slope : ({DATA}, tensor<2x1x1xf32>) -> {DATA}",
    "threshold": f"saliency.threshold %z, %low, %high : ({DATA}, tensor<2xf32>, tensor<2xf32>) -> {DATA}",
    "layer_norm": f"saliency.layer_norm %x, %features, %shift {{axis = 3 : i64, epsilon = 1.0e-2 : f32}} : "
                  f"({DATA}, tensor<4xf32>, tensor<4xf32>) -> {DATA}",
    "layer_norm, two axes": f"saliency.layer_norm %x, %image, %image {{axis = 2 : i64, epsilon = 1.0e-2 : f32}} : "
                            f"({DATA}, tensor<3x4xf32>, tensor<3x4xf32>) -> {DATA}",
    "softmax": f"saliency.softmax %z {{axis = 3 : i64}} : {UNARY}",
    "gemm of tokens": f"saliency.gemm %x, %weights : ({DATA}, tensor<5x4xf32>) -> tensor<1x2x3x5xf32>",
    "matmul": f"saliency.matmul %x, %t : ({DATA}, tensor<1x2x4x3xf32>) -> tensor<1x2x3x3xf32>",
    "upsample": f"saliency.upsample %z {{factors = array<i64: 2, 3>}} : ({DATA}) -> tensor<1x2x6x12xf32>",
    "div": f"saliency.div %z, %x : ({DATA}, {DATA}) -> {DATA}",
}


def tensor(shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


def constant(name, values):
    kind = tensor(values.shape)
    return f"  %{name} = saliency.constant {{value = dense<{values.astype(np.float32).tolist()}> : {kind}}} : {kind}\n"


def network(random):
    text = f'func.func @forward(%x: {DATA} {{saliency.name = "input"}}) -> {tensor((1, len(LAYERS)))} {{\n'
    for name, shape in PARAMETERS.items():
        text += constant(name, random.uniform(0.3, 1.2, shape))
    text += constant("centre", np.array([0.8])) + f"  %z = saliency.sub %x, %centre : ({DATA}, tensor<1xf32>) -> {DATA}\n"
    text += constant("low", np.array([-0.25, -9])) + constant("high", np.array([9, 0.15]))
    text += f"  %t = saliency.transpose %x {{permutation = array<i64: 0, 1, 3, 2>}} : ({DATA}) -> tensor<1x2x4x3xf32>\n"
    for number, line in enumerate(LAYERS.values()):
        result = line.rsplit("-> ", 1)[1]
        entries = int(np.prod([int(n) for n in result[7:-5].split("x")]))
        text += f"  %y{number} = {line}\n"
        text += f"  %f{number} = saliency.reshape %y{number} {{shape = array<i64: 1, {entries}>}} : ({result}) -> {tensor((1, entries))}\n"
        text += constant(f"w{number}", random.standard_normal((1, entries)))
        text += (f"  %s{number} = saliency.gemm %f{number}, %w{number} : ({tensor((1, entries))}, {tensor((1, entries))}) -> "
                 "tensor<1x1xf32>\n")
    scores = range(len(LAYERS))
    text += (f"  %scores = saliency.concat {', '.join(f'%s{n}' for n in scores)} {{axis = 1 : i64}} : "
             f"({', '.join('tensor<1x1xf32>' for _ in scores)}) -> {tensor((1, len(LAYERS)))}\n")
    return text + f"  return %scores : {tensor((1, len(LAYERS)))}\n}}\n"


def main():
    opt, run = sys.argv[1:]
    random = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, library, out = folder / "network.mlir", folder / "gradient.so", folder / "out"
        model.write_text(network(random))
        subprocess.run([opt, model, "--emit=gradient", "-o", library], check=True)
        x = random.uniform(0.3, 1.2, SHAPE).astype(np.float32)
        for kink in (0.4, 0.55, 0.8, 0.95, 1.2):  # where a function of z bends
            x[np.abs(x - kink) < 4 * STEP] += 8 * STEP
        names = ["x"]
        np.save(folder / "x.npy", x)
        for i in range(x.size):
            for sign in (1, -1):
                moved = x.copy()
                moved.flat[i] += sign * STEP
                names.append(f"x{i}{'+' if sign > 0 else '-'}")
                np.save(folder / f"{names[-1]}.npy", moved)
        classes = ",".join(str(n) for n in range(len(LAYERS)))
        inputs = [str(folder / f"{name}.npy") for name in names]
        subprocess.run([run, str(library), f"--target={classes}", "--logits", f"--out-dir={out}", *inputs], check=True,
                       stdout=subprocess.DEVNULL)
        scores = {name: np.load(out / f"{name}.logits.npy").reshape(-1).astype(np.float64) for name in names}
        failures = 0
        for number, layer in enumerate(LAYERS):
            found = np.load(out / f"x_t{number}.npy").reshape(-1)
            expected = np.array([(scores[f"x{i}+"][number] - scores[f"x{i}-"][number]) / (2 * STEP) for i in range(x.size)])
            error = float(np.abs(found - expected).max() / np.abs(expected).max())
            failures += not error <= TOLERANCE
            print(f"{'ok    ' if error <= TOLERANCE else 'FAILED'} {layer}: {error:.1e} of the largest entry (limit {TOLERANCE:g})")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
