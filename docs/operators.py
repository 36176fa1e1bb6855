# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which ONNX operators go how far: a small network around each one, given to saliency-opt.

    x -> Conv -> Relu -> h -> the operator -> y -> Reshape -> Conv -> Relu -> GlobalAveragePool -> Flatten -> Gemm -> logits

`g` is a second branch like h, `c` a constant per channel. h and g are 1 x 16 x 8 x 8 and not negative.
"""
import json
import re
import subprocess
import tempfile
from pathlib import Path

# Other methods of the two families have rows for the same capabilities.
COLUMNS = {
    "import": [["--stage=import"]],
    "forward": [["--emit=forward", "--stage=linalg"]],
    "gradient family": [[f"--emit-{method}", "--stage=linalg"] for method in ("gradient", "guided-backprop")],
    "RSP": [["--emit-rsp", "--stage=linalg"]],
    "LRP": [[f"--emit-{method}", "--stage=linalg"] for method in ("lrp-epsilon", "lrp-zbox")],
    "transformer LRP": [["--emit-attn-lrp", "--stage=linalg"]],
}
CONSTANTS = "constants only"

# Operators of shapes, truth values and literals: they never meet the network's data.
NEVER_DATA = {"And", "Constant", "ConstantOfShape", "Not", "Or", "Range", "Shape", "Size"}

# Tensors that the examples may use: dimensions, and entries where they are whole numbers.
FLOATS = {"c": [1, 16, 1, 1], "v": [16], "w1": [16, 16, 3], "w2": [16, 16, 3, 3], "w3": [16, 4, 3, 3, 3], "wd": [16, 1, 3, 3],
          "wg": [1024, 16], "wm": [8, 8], "lo": [], "hi": [], "w8": [8], "slope": [16, 1, 1], "none": [0], "wt": [16, 16, 2, 2],
          "patch": [2, 8, 8], "column": [1, 16, 8, 1]}
INTEGERS = {"line": [1, 16, 64], "cube": [1, 4, 16, 4, 4], "flat": [1, 1024], "pads": [0, 0, 1, 1, 0, 0, 1, 1], "ones": [1, 1, 1, 1], "axis": [3], "pair": [5, 2],
            "two": [2], "three": [3], "zero": [0], "index": 1, "row": [1, 16, 1, 64],
            "odd": [1, 16, 13, 5], "spread": [1, 16, 8, 8], "repeats": [1, 1, 2, 1], "none_left": [-9], "back": [-1],
            "last": 3, "places": ([2, 2], [0, 3, 0, 1]), "firsts": ([1, 16, 8, 1], [0] * 128)}
SCALES = {"twice": [1, 1, 2, 2]}
TRUE = "yes"

# Operators younger than opset 13, and one that ended before; elementwise functions know their own (see functions).
OPSETS = {"Gelu": 20, "GroupNormalization": 21, "LayerNormalization": 17, "RMSNormalization": 23, "Swish": 24, "Trilu": 14, "Upsample": 9}

# Operator -> {form: nodes}; a node is (operator, inputs, attributes), reads y of the node before it where it says y.
EXAMPLES = {
    "Add": {"data": [("Add", "h g", {})], "constant": [("Add", "h c", {})]},
    "AveragePool": {"": [("AveragePool", "h", {"kernel_shape": [2, 2], "strides": [2, 2]})]},
    "BatchNormalization": {"": [("BatchNormalization", "h v v v v", {})]},
    "Cast": {"float": [("Cast", "h", {"to": 1})]},
    "Clip": {"": [("Clip", "h lo hi", {})]},
    "Concat": {"channels": [("Concat", "h g", {"axis": 1})]},
    "Conv": {"1-D": [("Reshape", "h line", {}), ("Conv", "y w1", {})], "2-D": [("Conv", "h w2", {"pads": [1, 1, 1, 1]})],
             "3-D": [("Reshape", "h cube", {}), ("Conv", "y w3", {})], "depthwise": [("Conv", "h wd", {"group": 16})]},
    "Div": {"constant": [("Div", "h c", {})], "data": [("Div", "h g", {})]},
    "DepthToSpace": {"": [("DepthToSpace", "h", {"blocksize": 2})]},
    "Dropout": {"": [("Dropout", "h", {})]},
    "Expand": {"": [("GlobalAveragePool", "h", {}), ("Expand", "y spread", {})]},
    "Flatten": {"": [("Flatten", "h", {})]},
    "Gather": {"constant indices": [("Gather", "h pair", {"axis": 2})]},
    "If": {"constant condition": [("If", "yes", {"then_branch": ("Relu", "h"), "else_branch": ("Tanh", "h")})]},
    "Gemm": {"": [("Flatten", "h", {}), ("Gemm", "y wg", {})]},
    "GlobalAveragePool": {"": [("GlobalAveragePool", "h", {})]},
    "GlobalMaxPool": {"": [("GlobalMaxPool", "h", {})]},
    "Identity": {"": [("Identity", "h", {})]},
    "MatMul": {"dense layer": [("Flatten", "h", {}), ("MatMul", "y wg", {})], "batched, constant": [("MatMul", "h wm", {})],
               "batched, data": [("MatMul", "h g", {})]},
    "LayerNormalization": {"": [("LayerNormalization", "h w8 w8", {})]},
    "LRN": {"": [("LRN", "h", {"size": 5})]},
    "MaxPool": {"": [("MaxPool", "h", {"kernel_shape": [2, 2], "strides": [2, 2]})]},
    "Mul": {"constant": [("Mul", "h c", {})], "data": [("Mul", "h g", {})]},
    "Pad": {mode: [("Pad", "h pads", {"mode": mode})] for mode in ("constant", "reflect", "edge", "wrap")},
    "Pow": {"constant exponent": [("Pow", "h lo", {})]},
    "PRelu": {"": [("PRelu", "h slope", {})]},
    "ReduceMax": {"": [("ReduceMax", "h", {"axes": [2, 3]})]},
    "ReduceMean": {"": [("ReduceMean", "h", {"axes": [2, 3]})]},
    "ReduceSum": {"": [("ReduceSum", "h axis", {})]},
    "Reshape": {"": [("Reshape", "h flat", {})]},
    "Resize": {mode: [("Resize", "h none none odd", {"mode": mode})] for mode in ("nearest", "linear", "cubic")},
    "Slice": {"forwards": [("Slice", "h zero two three", {})], "backwards": [("Slice", "h three none_left three back", {})]},
    "SpaceToDepth": {"": [("SpaceToDepth", "h", {"blocksize": 2})]},
    "Softmax": {"": [("Softmax", "h", {"axis": 1})]},
    "Split": {"": [("Split", "h", {"axis": 2})]},
    "Squeeze": {"": [("Reshape", "h row", {}), ("Squeeze", "y two", {})]},
    "Sub": {"constant": [("Sub", "h c", {})], "data": [("Sub", "h g", {})]},
    "Sum": {"": [("Sum", "h g", {})]},
    "Tile": {"": [("Tile", "h repeats", {})]},
    "Transpose": {"": [("Transpose", "h", {"perm": [0, 2, 3, 1]})]},
    "Upsample": {mode: [("Upsample", "h twice", {"mode": mode})] for mode in ("nearest", "linear")},
    "Unsqueeze": {"": [("Unsqueeze", "h two", {})]},
    "Gelu": {"": [("Gelu", "h", {})]},
    **{name: {"data": [(name, "h g", {})], "constant": [(name, "h c", {})]} for name in ("Max", "Min")},
    **{name: {"": [(name, "h", {"axes": [2, 3]})]} for name in ("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMin",
                                                               "ReduceSumSquare")},
    "ReduceProd": {"": [("ReduceProd", "h", {"axes": [3]})]},
    "ConvTranspose": {"": [("ConvTranspose", "h wt", {"strides": [2, 2]})]},
    "CumSum": {"": [("CumSum", "h last", {})]},
    "Einsum": {"data": [("Einsum", "h g", {"equation": "ncik,ncjk->ncij"})], "constant": [("Einsum", "h wm", {"equation": "nchw,wd->nchd"})]},
    "GlobalLpPool": {"": [("GlobalLpPool", "h", {})]},
    "GroupNormalization": {"": [("GroupNormalization", "h v v", {"num_groups": 4})]},
    "InstanceNormalization": {"": [("InstanceNormalization", "h v v", {})]},
    "LpNormalization": {"": [("LpNormalization", "h", {"axis": 1})]},
    "LpPool": {"": [("LpPool", "h", {"kernel_shape": [2, 2], "strides": [2, 2]})]},
    "MeanVarianceNormalization": {"": [("MeanVarianceNormalization", "h", {"axes": [2, 3]})]},
    "RMSNormalization": {"": [("RMSNormalization", "h w8", {})]},
    "ScatterElements": {"constant indices": [("ScatterElements", "h firsts column", {"axis": 3})]},
    "ScatterND": {"constant indices": [("ScatterND", "h places patch", {})]},
    "Swish": {"": [("Swish", "h", {})]},
    "Trilu": {"": [("Trilu", "h", {})]},
    "Where": {"constant condition": [("Where", "yes h g", {})], "data": [("Greater", "h g", {}), ("Where", "y h g", {})]},
    # Expected on constants only; met by data here.
    **{name: {"": [(name, "h g", {})]} for name in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")},
    "Mod": {"": [("Mod", "h g", {"fmod": 1})]},
}


def attribute(name, value):
    if isinstance(value, tuple): # a graph of one node: operator, input
        return (f'attribute {{ name: "{name}" type: GRAPH g {{ name: "{name}" {node(*value, name)} output {{ name: "{name}" }} }} }}')
    if isinstance(value, str):
        return f'attribute {{ name: "{name}" type: STRING s: "{value}" }}'
    if isinstance(value, list):
        return f'attribute {{ name: "{name}" type: INTS {" ".join(f"ints: {v}" for v in value)} }}'
    return f'attribute {{ name: "{name}" type: INT i: {value} }}'


def node(operator, inputs, output, attributes=None):
    text = " ".join([f'op_type: "{operator}" name: "{output}"', *(f'input: "{name}"' for name in inputs.split()),
                     *(f'output: "{name}"' for name in output.split()), *(attribute(*pair) for pair in (attributes or {}).items())])
    return f"node {{ {text} }}\n"


def tensor(name, dims, integers=None):
    count = len(integers) if integers is not None else 1
    for dim in dims if integers is None else []:
        count *= dim
    values = " ".join(f"int64_data: {v}" for v in integers) if integers is not None else \
        " ".join(f"float_data: {v}" for v in SCALES[name]) if name in SCALES else \
        " ".join(f"float_data: {(i * 7 % 13 - 5) / 16 if dims != [16] and dims else 0.5 + i % 3:g}" for i in range(count))
    return f'initializer {{ name: "{name}" data_type: {1 if integers is None else 7} {" ".join(f"dims: {d}" for d in dims)} {values} }}\n'


def model(nodes):
    used = {name for _, inputs, _ in nodes for name in inputs.split()}
    used |= {value[1] for _, _, attributes in nodes for value in attributes.values() if isinstance(value, tuple)}
    text, weights = "", {"w_h": [16, 3, 3, 3], "w_tail": [4, 16, 1, 3], "w_logits": [4, 3]}
    for branch in sorted(used & {"g", "h"}):
        weights[f"w_{branch}"] = [16, 3, 3, 3]
        text += node("Conv", f"x w_{branch}", f"{branch}_conv", {"pads": [1, 1, 1, 1]}) + node("Relu", f"{branch}_conv", branch)
    value = "y"
    for number, (operator, inputs, attributes) in enumerate(nodes):
        result = f"y{number}"
        inputs = " ".join(value if name == "y" else name for name in inputs.split())
        text += node(operator, inputs, result if operator != "Split" else f"{result} {result}_rest", attributes)
        value = result
    text += (node("Reshape", f"{value} tail_shape", "t") + node("Conv", "t w_tail", "t_conv", {"pads": [0, 1, 0, 1]}) +
             node("Relu", "t_conv", "t_relu") + node("GlobalAveragePool", "t_relu", "t_pool") + node("Flatten", "t_pool", "t_flat") +
             node("Gemm", "t_flat w_logits", "logits"))
    weights.update({name: FLOATS[name] for name in used & FLOATS.keys()})
    weights.update({name: [len(SCALES[name])] for name in used & SCALES.keys()})
    text += "".join(tensor(name, dims) for name, dims in sorted(weights.items()))
    integers = {"tail_shape": [1, 16, 1, -1], **{name: INTEGERS[name] for name in used & INTEGERS.keys()}}
    for name, values in sorted(integers.items()):
        dims, values = values if isinstance(values, tuple) else ([len(values)], values) if isinstance(values, list) else ([], [values])
        text += tensor(name, dims, values)
    if TRUE in used:
        text += f'initializer {{ name: "{TRUE}" data_type: 9 int32_data: 1 }}\n'
    shape = "type { tensor_type { elem_type: 1 shape { %s } } }"
    text += 'input { name: "x" %s }\n' % (shape % "dim { dim_value: 1 } dim { dim_value: 3 } dim { dim_value: 8 } dim { dim_value: 8 }")
    text += 'output { name: "logits" %s }\n' % (shape % "dim { dim_value: 1 } dim { dim_value: 3 }")
    opset = max(OPSETS.get(operator, 13) for operator, _, _ in nodes)
    return f'ir_version: 7 opset_import {{ domain: "" version: {opset} }} graph {{ name: "example"\n{text}}}'


def reach(program, nodes, name):
    """{column: "yes", "no" or CONSTANTS}; raises where saliency-opt calls the model bad."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(subprocess.run(["protoc", "--encode=onnx.ModelProto", "-I/usr/include/onnx", "onnx.proto"], check=True,
                                        input=model(nodes).encode(), stdout=subprocess.PIPE).stdout)
        result = {}
        for column, commands in COLUMNS.items():
            for flags in commands:
                done = subprocess.run([program, str(path), *flags], capture_output=True, text=True)
                if done.returncode not in (0, 2):
                    raise RuntimeError(f"{name}: {' '.join(flags)}: exit code {done.returncode}: {done.stderr.strip()}")
                if done.returncode == 2 and re.search("on constants|must be constant", done.stderr):
                    return dict.fromkeys(COLUMNS, CONSTANTS)
                if result.get(column) != "no":
                    result[column] = "no" if done.returncode else "yes"
            if column == "import" and result[column] == "no":
                return dict.fromkeys(COLUMNS, "no")
        return result


def functions(program):
    """{operator: opset} of the elementwise functions, each a row of dialect/ops/Activation.td."""
    rows = json.loads(subprocess.run([program, "--document=functions"], check=True, capture_output=True, text=True).stdout)
    return {form["operator"]: max(13, form["since"][0]) for row in rows for form in row["onnx"]}


def measure(program):
    """[(operator, form, {column: reach})] for every operator that the importer knows."""
    known = subprocess.run([program, "--document=operators"], check=True, capture_output=True, text=True).stdout.split()
    for name, opset in functions(program).items():
        EXAMPLES[name], OPSETS[name] = {"": [(name, "h", {})]}, opset
    unknown = set(known) ^ (EXAMPLES.keys() | NEVER_DATA)
    if unknown:
        raise RuntimeError(f"docs/operators.py must have an example of each operator; differs in {', '.join(sorted(unknown))}")
    rows = []
    for operator in known:
        if operator in NEVER_DATA:
            rows.append((operator, "", dict.fromkeys(COLUMNS, CONSTANTS)))
        for form, nodes in EXAMPLES.get(operator, {}).items():
            rows.append((operator, form, reach(program, nodes, f"{operator} {form}")))
    return rows


def table(rows):
    """One row per form of an operator."""
    text = "| operator | " + " | ".join(COLUMNS) + " |\n|---|" + "---|" * len(COLUMNS) + "\n"
    for operator, form, reached in rows:
        text += f"| {operator}{f' ({form})' if form else ''} | " + " | ".join(reached.values()) + " |\n"
    return text


def summary(rows):
    """One row per pattern of support."""
    groups = {}
    for operator, form, reached in rows:
        groups.setdefault(tuple(reached.values()), {}).setdefault(operator, []).append(form)
    text = "| operators | " + " | ".join(COLUMNS) + " |\n|---|" + "---|" * len(COLUMNS) + "\n"
    for pattern, found in sorted(groups.items(), key=lambda group: (CONSTANTS in group[0], -group[0].count("yes"))):
        names = [f"{operator} ({'; '.join(forms)})" if any(forms) else operator for operator, forms in found.items()]
        text += f"| {', '.join(names)} | " + " | ".join(pattern) + " |\n"
    return text
