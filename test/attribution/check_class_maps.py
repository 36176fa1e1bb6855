#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A small detector, explained: three heads behind a feature pyramid, with 3, 2 and 1 anchors.

    check_class_maps.py SALIENCY_RUN

Class scores, class-probability maps for all choices (OpenVINO XAI, DetClassProbabilityMap, step by step), and the gradient of a class
score, whose best position, anchor and head decide it, against float64 NumPy; the same network with its maps pooled by an average.
"""
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

CLASSES, ANCHORS = 4, {"coarse": 3, "middle": 2, "fine": 1}
TOLERANCE = 2e-6  # of the largest entry

# x -> a /2 -> b /4 -> c /8; c is enlarged and added to a projection of b.
NETWORK = """#same = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#half = #saliency.window<kernel = [3, 3], strides = [2, 2], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#all = #saliency.window<kernel = [3, 5], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x2x24x40xf32>) -> {result} {{
  %wa = saliency.constant {{value = dense<{a}> : tensor<6x2x3x3xf32>}} : tensor<6x2x3x3xf32>
  %wb = saliency.constant {{value = dense<{b}> : tensor<8x6x3x3xf32>}} : tensor<8x6x3x3xf32>
  %wc = saliency.constant {{value = dense<{c}> : tensor<8x8x3x3xf32>}} : tensor<8x8x3x3xf32>
  %wcoarse = saliency.constant {{value = dense<{coarse}> : tensor<12x8x3x3xf32>}} : tensor<12x8x3x3xf32>
  %wmiddle = saliency.constant {{value = dense<{middle}> : tensor<8x8x3x3xf32>}} : tensor<8x8x3x3xf32>
  %wfine = saliency.constant {{value = dense<{fine}> : tensor<4x6x3x3xf32>}} : tensor<4x6x3x3xf32>
  %a = saliency.conv %x, %wa {{window = #half}} : (tensor<1x2x24x40xf32>, tensor<6x2x3x3xf32>) -> tensor<1x6x12x20xf32>
  %ra = saliency.relu %a {{onnx.value = "ra"}} : (tensor<1x6x12x20xf32>) -> tensor<1x6x12x20xf32>
  %b = saliency.conv %ra, %wb {{window = #half}} : (tensor<1x6x12x20xf32>, tensor<8x6x3x3xf32>) -> tensor<1x8x6x10xf32>
  %rb = saliency.relu %b : (tensor<1x8x6x10xf32>) -> tensor<1x8x6x10xf32>
  %c = saliency.conv %rb, %wc {{window = #half}} : (tensor<1x8x6x10xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x3x5xf32>
  %rc = saliency.relu %c : (tensor<1x8x3x5xf32>) -> tensor<1x8x3x5xf32>
  %up = saliency.upsample %rc {{factors = array<i64: 2, 2>}} : (tensor<1x8x3x5xf32>) -> tensor<1x8x6x10xf32>
  %pyramid = saliency.add %up, %rb : (tensor<1x8x6x10xf32>, tensor<1x8x6x10xf32>) -> tensor<1x8x6x10xf32>
  %coarse = saliency.conv %rc, %wcoarse {{window = #same, onnx.value = "coarse"}} : (tensor<1x8x3x5xf32>, tensor<12x8x3x3xf32>) -> tensor<1x12x3x5xf32>
  %middle = saliency.conv %pyramid, %wmiddle {{window = #same, onnx.value = "middle"}} : (tensor<1x8x6x10xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x6x10xf32>
  %fine = saliency.conv %ra, %wfine {{window = #same, onnx.value = "fine"}} : (tensor<1x6x12x20xf32>, tensor<4x6x3x3xf32>) -> tensor<1x4x12x20xf32>
  %single = saliency.slice %middle {{starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 2, 6, 10>, strides = array<i64: 1, 1, 1, 1>, onnx.value = "single"}} : (tensor<1x8x6x10xf32>) -> tensor<1x2x6x10xf32>
{end}
}}
"""
BOXES = "  return %coarse : tensor<1x12x3x5xf32>"  # not what a classifier returns
POOLED = """  %mean = saliency.avg_pool %coarse {window = #all} : (tensor<1x12x3x5xf32>) -> tensor<1x12x1x1xf32>
  return %mean : tensor<1x12x1x1xf32>"""


def conv(x, w, stride):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    rows, columns = ((extent + 2 - 3) // stride + 1 for extent in x.shape[1:])
    out = np.zeros((w.shape[0], rows, columns))
    for i, j in itertools.product(range(3), range(3)):
        out += np.einsum("oc,chw->ohw", w[:, :, i, j], padded[:, i:i + stride * rows:stride, j:j + stride * columns:stride])
    return out


def heads(x, w):
    """Each head's map, anchors x classes x rows x columns."""
    a = np.maximum(conv(x, w["a"], 2), 0)
    b = np.maximum(conv(a, w["b"], 2), 0)
    c = np.maximum(conv(b, w["c"], 2), 0)
    maps = {"coarse": conv(c, w["coarse"], 1), "middle": conv(c.repeat(2, axis=1).repeat(2, axis=2) + b, w["middle"], 1),
            "fine": conv(a, w["fine"], 1)}
    return {name: m.reshape(ANCHORS[name], CLASSES, *m.shape[1:]) for name, m in maps.items()}


def resized(x, size):
    """Bilinear, half-pixel centres, of classes x rows x columns."""
    for axis, extent in ((1, size[0]), (2, size[1])):
        at = np.clip((np.arange(extent) + 0.5) * x.shape[axis] / extent - 0.5, 0, x.shape[axis] - 1)
        low = np.floor(at).astype(int)
        shape = [1, 1, 1]
        shape[axis] = extent
        far = (at - low).reshape(shape)
        x = x.take(low, axis) * (1 - far) + x.take(np.minimum(low + 1, x.shape[axis] - 1), axis) * far
    return x


def probability_map(maps, size, probability):
    best = [m.max(axis=0) for m in maps]
    extents = (size, size) if size else best[len(best) // 2].shape[1:]
    mean = sum(resized(m, extents) for m in best) / len(best)
    if probability == "softmax":
        return np.exp(mean) / np.exp(mean).sum(axis=0)
    return 1 / (1 + np.exp(-mean)) if probability == "sigmoid" else mean


def compare(what, found, expected):
    error = np.abs(found - expected).max() / np.abs(expected).max()
    print(f"{what}: {error:.1e}")
    if not (found.shape == expected.shape and error <= TOLERANCE):
        sys.exit(f"{what}: expected {expected.shape} and at most {TOLERANCE:g} of the largest entry\n{found.shape}\n{found}\n{expected}")


def main():
    random = np.random.default_rng(11)
    shapes = {"a": (6, 2), "b": (8, 6), "c": (8, 8), "coarse": (12, 8), "middle": (8, 8), "fine": (4, 6)}
    scales = {"coarse": 0.6, "middle": 0.2, "fine": 1}  # so that classes win in different heads
    weights = {name: (random.standard_normal((*shape, 3, 3)) * scales.get(name, 0.3)).astype(np.float32) for name, shape in shapes.items()}
    x = random.standard_normal((1, 2, 24, 40)).astype(np.float32)
    wide = {name: w.astype(np.float64) for name, w in weights.items()}
    expected = heads(x[0].astype(np.float64), wide)
    scores = np.array([max(m[:, k].max() for m in expected.values()) for k in range(CLASSES)])
    winners = {max(expected, key=lambda name: expected[name][:, k].max()) for k in range(CLASSES)}
    assert len(winners) > 1, winners

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        texts = {name: w.tolist() for name, w in weights.items()}
        (place / "net.mlir").write_text(NETWORK.format(**texts, result="tensor<1x12x3x5xf32>", end=BOXES))
        (place / "pooled.mlir").write_text(NETWORK.format(**texts, result="tensor<1x12x1x1xf32>", end=POOLED))
        np.save(place / "x.npy", x)

        def explain(method, *flags, network="net.mlir", targets="0,1,2,3", **parameters):
            settings = [f"--param={key}={value}" for key, value in parameters.items()]
            subprocess.run([sys.argv[1], place / network, f"--method={method}", *flags, *settings, f"--target={targets}", "--logits",
                            "--quiet", "--threads=1", "--out-dir", place, place / "x.npy"], check=True)
            return np.concatenate([np.load(place / f"x_t{k}.npy") for k in map(int, targets.split(","))])

        detector = ["--class-maps=coarse,middle,fine", "--anchors=3,2,1"]
        for size, probability, schedule in itertools.product((23, 0, 7), ("softmax", "sigmoid", "none"), ("plain", "vector")):
            maps = explain("class-probability-map", *detector, f"--schedule={schedule}", size=size, probability=probability)
            compare(f"maps, size {size}, {probability}, {schedule}", maps[:, 0], probability_map(list(expected.values()), size, probability))
        compare("class scores", np.load(place / "x.logits.npy")[0], scores)
        one = explain("class-probability-map", "--class-maps=fine", "--conventions=training-extensions")
        compare("one head", one[:, 0], probability_map([expected["fine"]], 0, "softmax"))

        step = 1e-5
        gradients = explain("gradient", *detector)
        for k, at in itertools.product(range(CLASSES), [(0, 5, 7), (1, 11, 30), (1, 0, 0), (0, 20, 12)]):
            ends = []
            for sign in (1, -1):
                moved = x[0].astype(np.float64)
                moved[at] += sign * step
                ends.append(max(m[:, k].max() for m in heads(moved, wide).values()))
            difference = (ends[0] - ends[1]) / (2 * step)
            if abs(gradients[k][at] - difference) > 1e-4 * np.abs(gradients[k]).max():
                sys.exit(f"gradient of class {k} at {at}: expected {difference}, found {gradients[k][at]}")
        if not np.abs(explain("grad-cam", *detector)).max(axis=(1, 2, 3)).all():
            sys.exit("Grad-CAM's default layer lies before all heads: expected no map of zeros")

        # One class, of two anchors and of one; a channel of the middle map is an anchor.
        single = explain("class-probability-map", "--class-maps=single", "--anchors=2", targets="0", size=0, probability="none")
        compare("one class, two anchors", single[:, 0], expected["middle"].reshape(4, 2, 6, 10)[0].max(axis=0)[None])

        pooled = explain("class-probability-map", network="pooled.mlir", size=9)
        channels = expected["coarse"].reshape(1, 12, 3, 5)  # without anchors each channel is a class
        compare("maps that an average pools", pooled[:, 0], probability_map([channels], 9, "softmax")[:CLASSES])


if __name__ == "__main__":
    main()
