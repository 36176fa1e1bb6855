#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ViT-Recipro-CAM of a small vision transformer against its steps, written out in NumPy.

    check_recipro_cam.py SALIENCY_RUN

Byun, Lee 2023 (arXiv 2310.02588) as OpenVINO XAI computes it: the last block runs once for each patch, on the class token and what a
mask leaves of the patches, the block's sum and its first layer norm masked each for itself.
"""
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROWS, COLUMNS, SIDE, FEATURES, HEADS, HIDDEN, CLASSES = 2, 3, 4, 6, 2, 8, 4
PATCHES, SIZE = ROWS * COLUMNS, FEATURES // HEADS
TOLERANCE = 1e-5  # of the largest entry; what is found is around 1e-6


class Transformer:
    """The network in NumPy and as text; `aux` tokens stand before those of the patches."""

    def __init__(self, aux, blocks=2):
        random = np.random.default_rng(7)
        self.aux, self.blocks, self.tokens = aux, blocks, PATCHES + aux
        self.weights = {}

        def weight(name, *shape, offset=0.0):
            self.weights[name] = (random.standard_normal(shape) * (1 / max(shape[-1], 4)) ** 0.5 + offset).astype(np.float32)

        weight("filter", FEATURES, 3, SIDE, SIDE)
        weight("token", 1, max(aux, 1), FEATURES)
        weight("places", 1, self.tokens, FEATURES)
        for block in [*range(blocks), "head"]:
            for norm in "mn" if block != "head" else "m":
                weight(f"{norm}gamma{block}", FEATURES, offset=1.0)
                weight(f"{norm}beta{block}", FEATURES)
        for block in range(blocks):
            for name in "qkvo":
                weight(f"{name}{block}", FEATURES, FEATURES)
            weight(f"up{block}", HIDDEN, FEATURES)
            weight(f"down{block}", FEATURES, HIDDEN)
        weight("classes", CLASSES, FEATURES)
        self.image = random.standard_normal((1, 3, ROWS * SIDE, COLUMNS * SIDE)).astype(np.float32)

    def __getitem__(self, name):
        return self.weights[name].astype(np.float64)

    def norm(self, x, name):
        centred = x - x.mean(-1, keepdims=True)
        gamma, beta = self[name[0] + "gamma" + name[1:]], self[name[0] + "beta" + name[1:]]
        return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5) * gamma + beta

    def block(self, block, x, normed):
        def heads(name):
            return (normed @ self[f"{name}{block}"].T).reshape(self.tokens, HEADS, SIZE).transpose(1, 0, 2)
        scores = heads("q") @ heads("k").transpose(0, 2, 1) * SIZE ** -0.5
        attention = np.exp(scores - scores.max(-1, keepdims=True))
        attention /= attention.sum(-1, keepdims=True)
        mixed = (attention @ heads("v")).transpose(1, 0, 2).reshape(self.tokens, FEATURES)
        x = x + mixed @ self[f"o{block}"].T
        return x + np.maximum(self.norm(x, f"n{block}") @ self[f"up{block}"].T, 0) @ self[f"down{block}"].T

    def before_last_block(self):
        patches = self.image.astype(np.float64).reshape(3, ROWS, SIDE, COLUMNS, SIDE).transpose(1, 3, 0, 2, 4).reshape(PATCHES, -1)
        x = patches @ self["filter"].reshape(FEATURES, -1).T
        x = np.concatenate([self["token"][0, :self.aux], x]) + self["places"][0]
        for block in range(self.blocks - 1):
            x = self.block(block, x, self.norm(x, f"m{block}"))
        return x

    def scores(self, x, normed):
        x = self.norm(self.block(self.blocks - 1, x, normed), "mhead")
        return x[0] @ self["classes"].T

    def recipro_cam(self, target, mask, class_token, norm):
        x = self.before_last_block()
        normed, map = self.norm(x, f"m{self.blocks - 1}"), np.zeros((ROWS, COLUMNS))
        for row, column in itertools.product(range(ROWS), range(COLUMNS)):
            left = np.zeros((ROWS + 2, COLUMNS + 2))
            left[row:row + 3, column:column + 3] = np.outer([1, 2, 1], [1, 2, 1]) / 16 if mask == "gaussian" else np.outer([0, 1, 0], [0, 1, 0])
            tokens = np.full(self.tokens, float(class_token == "kept"))
            tokens[self.aux:] = left[1:-1, 1:-1].ravel()
            masked = x * tokens[:, None]
            map[row, column] = self.scores(masked, normed * tokens[:, None] if norm == "masked" else self.norm(masked, f"m{self.blocks - 1}"))[target]
        return map

    def text(self):
        lines, names, count = [], {"image": ("%image", self.image.shape)}, itertools.count()
        kind = lambda shape: f"tensor<{'x'.join([*map(str, shape), 'f32'])}>"
        array = lambda values: f"array<i64: {', '.join(map(str, values))}>"
        for name, values in self.weights.items():
            values = values[:, :self.aux] if name == "token" else values
            if values.size:
                lines.append(f"%{name} = saliency.constant {{value = dense<{values.tolist()}> : {kind(values.shape)}}} : {kind(values.shape)}")
                names[name] = f"%{name}", values.shape

        def op(kind_of_op, operands, shape, attributes=""):
            result = f"%result{next(count)}"
            values = [names[o] if isinstance(o, str) else o for o in operands]
            lines.append(f"{result} = saliency.{kind_of_op} {', '.join(v for v, _ in values)} {{{attributes}}} : "
                         f"({', '.join(kind(s) for _, s in values)}) -> {kind(shape)}")
            return result, shape

        def norm(x, name):
            return op("layer_norm", [x, name[0] + "gamma" + name[1:], name[0] + "beta" + name[1:]], x[1], "axis = 2 : i64, epsilon = 1.0e-5 : f32")

        def dense(x, weight):
            return op("gemm", [x, weight], [*x[1][:-1], len(self.weights[weight])])

        window = f"kernel = [{SIDE}, {SIDE}], strides = [{SIDE}, {SIDE}], low = [0, 0], high = [0, 0], dilations = [1, 1]"
        x = op("conv", ["image", "filter"], [1, FEATURES, ROWS, COLUMNS], f"window = #saliency.window<{window}>")
        x = op("reshape", [x], [1, FEATURES, PATCHES], f"shape = {array([1, FEATURES, PATCHES])}")
        x = op("transpose", [x], [1, PATCHES, FEATURES], f"permutation = {array([0, 2, 1])}")
        if self.aux:
            x = op("concat", ["token", x], [1, self.tokens, FEATURES], "axis = 1 : i64")
        x = op("add", [x, "places"], x[1])
        split, whole = [1, self.tokens, HEADS, SIZE], [1, self.tokens, FEATURES]
        for block in range(self.blocks):
            normed = norm(x, f"m{block}")

            def heads(name, order):
                rows = op("reshape", [dense(normed, f"{name}{block}")], split, f"shape = {array(split)}")
                return op("transpose", [rows], [split[i] for i in order], f"permutation = {array(order)}")
            scores = op("matmul", [heads("q", [0, 2, 1, 3]), heads("k", [0, 2, 3, 1])], [1, HEADS, self.tokens, self.tokens])
            lines.append(f"%scale{block} = saliency.constant {{value = dense<{SIZE ** -0.5}> : tensor<f32>}} : tensor<f32>")
            scores = op("mul", [scores, (f"%scale{block}", [])], scores[1])
            attention = op("softmax", [scores], scores[1], "axis = 3 : i64")
            mixed = op("matmul", [attention, heads("v", [0, 2, 1, 3])], [1, HEADS, self.tokens, SIZE])
            mixed = op("reshape", [op("transpose", [mixed], split, f"permutation = {array([0, 2, 1, 3])}")], whole, f"shape = {array(whole)}")
            x = op("add", [x, dense(mixed, f"o{block}")], whole)
            x = op("add", [x, dense(op("relu", [dense(norm(x, f"n{block}"), f"up{block}")], [1, self.tokens, HIDDEN]), f"down{block}")], whole)
        first = op("slice", [norm(x, "mhead")], [1, 1, FEATURES],
                   f"starts = {array([0, 0, 0])}, sizes = {array([1, 1, FEATURES])}, strides = {array([1, 1, 1])}")
        logits = dense(op("reshape", [first], [1, FEATURES], f"shape = {array([1, FEATURES])}"), "classes")
        body = "\n  ".join(lines)
        return f"func.func @forward(%image: {kind(self.image.shape)}) -> {kind(logits[1])} {{\n  {body}\n  return {logits[0]} : {kind(logits[1])}\n}}\n"


def main():
    program, worst = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for aux in (1, 0, 2):
            network = Transformer(aux)
            (place / "net.mlir").write_text(network.text())
            np.save(place / "x.npy", network.image)
            for mask, class_token, norm in itertools.product(("gaussian", "point"), ("kept", "dropped"), ("masked", "computed")):
                options = [f"--param={key}={value}" for key, value in (("mask", mask), ("class-token", class_token), ("norm", norm))]
                subprocess.run([program, place / "net.mlir", "--method=vit-recipro-cam", *options, "--target=2", "--quiet", "--threads=1",
                                "--out-dir", place, place / "x.npy"], check=True)
                found, expected = np.load(place / "x_t2.npy").reshape(ROWS, COLUMNS), network.recipro_cam(2, mask, class_token, norm)
                error = np.abs(found - expected).max() / np.abs(expected).max()
                worst = max(worst, error)
                print(f"{aux} tokens before the patches, {' '.join(options)}: {error:.1e}")
                if not error <= TOLERANCE:
                    sys.exit(f"expected at most {TOLERANCE:g} of the largest entry\n{found}\n{expected}")
    print(f"worst: {worst:.1e}")


if __name__ == "__main__":
    main()
