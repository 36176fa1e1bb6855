#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What holds of single neurons, on a small network.

    check_neurons.py SALIENCY_RUN

The gradient of a first convolution's neuron is its kernel where the window lies; a channel's is the sum of its positions'; the
conductances of all channels of a layer that separates input and classes add up to integrated gradients (Dhamdhere, Sundararajan,
Yan 2018, arXiv 1805.12233, section 2.2), with any quadrature; flattening a layer does not change its neurons; the default is the most
active channel.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

TOLERANCE = 1e-5  # of the largest entry

NETWORK = """#window = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
func.func @forward(%x: tensor<1x2x3x4xf32>) -> tensor<1x3xf32> {{
  %w = saliency.constant {{value = dense<{first}> : tensor<4x2x3x3xf32>}} : tensor<4x2x3x3xf32>
  %v = saliency.constant {{value = dense<{second}> : tensor<5x4x3x3xf32>}} : tensor<5x4x3x3xf32>
  %u = saliency.constant {{value = dense<{dense}> : tensor<3x60xf32>}} : tensor<3x60xf32>
  %a = saliency.conv %x, %w {{window = #window, onnx.value = "a"}} : (tensor<1x2x3x4xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x3x4xf32>
  %r = saliency.relu %a {{onnx.value = "r"}} : (tensor<1x4x3x4xf32>) -> tensor<1x4x3x4xf32>
  %b = saliency.conv %r, %v {{window = #window, onnx.value = "b"}} : (tensor<1x4x3x4xf32>, tensor<5x4x3x3xf32>) -> tensor<1x5x3x4xf32>
  %s = saliency.relu %b {{onnx.value = "s"}} : (tensor<1x5x3x4xf32>) -> tensor<1x5x3x4xf32>
  %f = saliency.reshape %s {{shape = array<i64: 1, 60>, onnx.value = "f"}} : (tensor<1x5x3x4xf32>) -> tensor<1x60xf32>
  %y = saliency.gemm %f, %u : (tensor<1x60xf32>, tensor<3x60xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}}
"""


def compare(what, found, expected):
    error = np.abs(found - expected).max() / np.abs(expected).max()
    print(f"{what}: {error:.1e}")
    if not error <= TOLERANCE:
        sys.exit(f"{what}: expected at most {TOLERANCE:g} of the largest entry\n{found}\n{expected}")


def rectified(x, kernel):
    """relu(conv(x, kernel)) with a border of one."""
    padded, (rows, columns) = np.pad(x, ((0, 0), (1, 1), (1, 1))), x.shape[1:]
    return np.maximum(sum(np.einsum("oc,chw->ohw", kernel[:, :, i, j], padded[:, i:i + rows, j:j + columns])
                          for i in range(3) for j in range(3)), 0)


def main():
    random = np.random.default_rng(4)
    first, second, dense = (random.standard_normal(shape).astype(np.float32) for shape in ((4, 2, 3, 3), (5, 4, 3, 3), (3, 60)))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "net.mlir").write_text(NETWORK.format(first=first.tolist(), second=second.tolist(), dense=dense.tolist()))
        x = random.standard_normal((1, 2, 3, 4)).astype(np.float32)
        np.save(place / "x.npy", x)

        def explain(method, **parameters):
            flags = [f"--param={key}={value}" for key, value in parameters.items()]
            subprocess.run([sys.argv[1], place / "net.mlir", f"--method={method}", *flags, "--target=1", "--quiet", "--threads=1",
                            "--out-dir", place, place / "x.npy"], check=True)
            return np.load(place / "x_t1.npy")

        expected = np.zeros((1, 2, 3, 4))
        expected[0, :, 0:3, 1:4] = first[2]  # around row 1, column 2
        compare("gradient of a first neuron", explain("neuron-gradient", layer="a", channel=2, position=1 * 4 + 2), expected)
        whole = explain("neuron-gradient", layer="s", channel=3)
        compare("gradient of a channel", sum(explain("neuron-gradient", layer="s", channel=3, position=p) for p in range(12)), whole)
        # The default is the most active channel of each sample, at the input also in runs.
        activations = rectified(rectified(x[0], first), second).reshape(5, 12)
        for position in (-1, 5, 2):
            activity = activations if position < 0 else activations[:, position:position + 1]
            most = int(activity.sum(axis=1).argmax())
            for method, more in (("neuron-gradient", {}), ("neuron-conductance", {"steps": 7, "baseline": -2.0})):
                compare(f"{method} of the most active channel, {most}", explain(method, layer="s", position=position, **more),
                        explain(method, layer="s", channel=most, position=position, **more))
        compare("gradient of a feature", explain("neuron-gradient", layer="f", channel=3 * 12 + 7), explain("neuron-gradient", layer="s", channel=3, position=7))
        compare("conductance of features", explain("conductance", layer="f", steps=9).reshape(5, 12), explain("conductance", layer="s", steps=9).reshape(5, 12))
        for layer, channels in (("r", 4), ("b", 5)):
            for quadrature in ("gauss-legendre", "right-riemann"):
                parameters = {"steps": 7, "quadrature": quadrature, "baseline": 0.3}
                parts = sum(explain("neuron-conductance", layer=layer, channel=c, **parameters) for c in range(channels))
                compare(f"conductance through {layer}, {quadrature}", parts, explain("integrated-gradients", **parameters))


if __name__ == "__main__":
    main()
