# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The network of the documents' examples, in three layers: a convolution with batch norm and a rectifier, an average pool, a dense layer.

    x (1 x 3 x 8 x 8) -> Conv 3 x 3 -> BatchNormalization -> Relu -> GlobalAveragePool -> Flatten -> Gemm -> logits (1 x 4)
"""
import subprocess

from operators import node

# Dimensions of the weights; their entries follow from their positions.
WEIGHTS = {"conv.weight": [8, 3, 3, 3], "norm.scale": [8], "norm.shift": [8], "norm.mean": [8], "norm.variance": [8],
           "dense.weight": [4, 8], "dense.bias": [4]}


def entries(name, dims):
    count = 1
    for dim in dims:
        count *= dim
    if name in ("norm.scale", "norm.variance"):
        return [0.5 + i % 3 for i in range(count)]
    return [(i * 7 % 13 - 5) / 16 for i in range(count)]


def text():
    """The model as protoc reads it."""
    def value(kind, name, *dims):
        return f'{kind} {{ name: "{name}" type {{ tensor_type {{ elem_type: 1 shape {{ {" ".join(f"dim {{ dim_value: {d} }}" for d in dims)} }} }} }} }}\n'

    graph = (node("Conv", "x conv.weight", "conv", {"pads": [1, 1, 1, 1]}) +
             node("BatchNormalization", "conv norm.scale norm.shift norm.mean norm.variance", "norm") +
             node("Relu", "norm", "relu") + node("GlobalAveragePool", "relu", "pool") + node("Flatten", "pool", "flat") +
             node("Gemm", "flat dense.weight dense.bias", "logits", {"transB": 1}) + value("input", "x", 1, 3, 8, 8) + value("output", "logits", 1, 4))
    for name, dims in WEIGHTS.items():
        graph += f'initializer {{ name: "{name}" data_type: 1 {" ".join(f"dims: {d}" for d in dims)} ' \
                 f'{" ".join(f"float_data: {v:g}" for v in entries(name, dims))} }}\n'
    return f'ir_version: 7 opset_import {{ domain: "" version: 13 }} graph {{ name: "three-layers"\n{graph}}}'


def write(path):
    path.write_bytes(subprocess.run(["protoc", "--encode=onnx.ModelProto", "-I/usr/include/onnx", "onnx.proto"], check=True,
                                    input=text().encode(), stdout=subprocess.PIPE).stdout)
