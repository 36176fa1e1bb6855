# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small networks as IR text, with seeded random weights: for tests that compare two ways through
the compiler, or the compiler with formulas in NumPy."""
import numpy as np


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
        self.lines.append(f"  {name} = saliency.{op} {body} {{{', '.join(attributes)}}} : "
                          f"({types}) -> {self.type(shape)}")
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
        self.lines.append(f"  {name} = saliency.constant {{value = dense<{text}> : "
                          f"{self.type(shape)}}} : {self.type(shape)}")
        return name, list(shape)

    @staticmethod
    def window(kernel, stride, low, high=None, dilation=1):
        """Each of them one number for both axes, or one for each axis."""
        parts = {"kernel": kernel, "strides": stride, "low": low,
                 "high": low if high is None else high, "dilations": dilation}
        pairs = {name: [v, v] if isinstance(v, int) else list(v) for name, v in parts.items()}
        return f"window = #saliency.window<{', '.join(f'{k} = {v}' for k, v in pairs.items())}>"

    def conv(self, x, outputs, kernel=3, stride=1, pad=1, groups=1, dilation=1, high=None):
        """A convolution; every number of its window is one for both axes or one for each."""
        pair = lambda v: [v, v] if isinstance(v, int) else list(v)
        n, c, *extents = x[1]
        k, s, p, d = map(pair, (kernel, stride, pad, dilation))
        q = p if high is None else pair(high)
        scale = (2 / (c // groups * k[0] * k[1])) ** 0.5
        weight = self.constant((outputs, c // groups, *k), scale)
        bias = self.constant((outputs,), 0.1)
        shape = [n, outputs, *((extents[i] + p[i] + q[i] - (k[i] - 1) * d[i] - 1) // s[i] + 1
                               for i in range(2))]
        attributes = [f"groups = {groups} : i64", self.window(k, s, p, q, d)]
        return self.emit("conv", [x, weight, bias], attributes, shape)

    def relu(self, x):
        return self.emit("relu", [x], [], x[1])

    def batch_norm(self, x):
        c = x[1][1]
        parameters = [self.constant((c,), 0.2, 1.0), self.constant((c,), 0.2),
                      self.constant((c,), 0.2), self.constant((c,), 0.1, 1.0)]
        return self.emit("batch_norm", [x, *parameters], ["epsilon = 1.0e-5 : f32"], x[1])

    def pool(self, op, x, kernel, stride, pad=0):
        n, c, h, w = x[1]
        shape = [n, c, *((e + 2 * pad - kernel) // stride + 1 for e in (h, w))]
        return self.emit(op, [x], [self.window(kernel, stride, pad)], shape)

    def function(self, x, y):
        """The whole text, from input x to output y."""
        head = (f'func.func @forward(%x: {self.type(x[1])} {{saliency.name = "input"}}) -> '
                f'{self.type(y[1])} {{\n')
        return head + "\n".join(self.lines) + f"\n  return {y[0]} : {self.type(y[1])}\n}}\n"


def convolutional(batch, seed):
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
    y = t.emit("avg_pool", [y], [t.window((h, w), 1, 0)], [n, c, 1, 1])
    y = t.emit("reshape", [y], [f"shape = array<i64: {n}, {c}>"], [n, c])
    y = t.emit("gemm", [y, t.constant((5, c), 0.5), t.constant((5,), 0.1)], [], [n, 5])
    return t.function(x, y)


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
        order = f"permutation = array<i64: {', '.join(map(str, axes))}>"
        return t.emit("transpose", [x], [order], [x[1][axis] for axis in axes])

    def norm(x):
        parameters = [t.constant((width,), 0.2, 1.0), t.constant((width,), 0.2)]
        attributes = ["axis = 2 : i64", "epsilon = 1.0e-5 : f32"]
        return t.emit("layer_norm", [x, *parameters], attributes, x[1])

    def split(x):
        parts = reshape(dense(x, width), [batch, tokens, heads, width // heads])
        return transpose(parts, [0, 2, 1, 3])

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
        turned = transpose(split(z), [0, 1, 3, 2])
        scores = t.emit("matmul", [split(z), turned], [], [batch, heads, tokens, tokens])
        scores = t.emit("mul", [scores, t.constant((), 0.0, 0.5)], [], scores[1])
        weights = t.emit("softmax", [scores], ["axis = 3 : i64"], scores[1])
        z = t.emit("matmul", [weights, split(z)], [], [batch, heads, tokens, width // heads])
        z = reshape(transpose(z, [0, 2, 1, 3]), [batch, tokens, width])
        y = add(y, dense(z, width))
        z = dense(norm(y), 2 * width)
        y = add(y, dense(t.emit("gelu", [z], [], z[1]), width))
    slices = ["starts = array<i64: 0, 0, 0>", f"sizes = array<i64: {batch}, 1, {width}>",
              "strides = array<i64: 1, 1, 1>"]
    y = dense(reshape(t.emit("slice", [norm(y)], slices, [batch, 1, width]), [batch, width]), 5)
    return t.function(x, y)


def detector(batch, seed):
    """Two heads for 5 classes, of 2 anchors and of 1, behind a feature pyramid."""
    t = Text(batch, seed)
    x = ("%x", [batch, 3, 17, 25])
    fine = t.relu(t.batch_norm(t.conv(x, 10, stride=2)))
    slices = ["starts = array<i64: 0, 0, 1, 1>", f"sizes = array<i64: {batch}, 10, 8, 12>",
              "strides = array<i64: 1, 1, 1, 1>"]
    fine = t.emit("slice", [fine], slices, [batch, 10, 8, 12])
    coarse = t.relu(t.conv(fine, 12, stride=2))
    up = t.emit("upsample", [t.conv(coarse, 10, kernel=1, pad=0)], ["factors = array<i64: 2, 2>"],
                [batch, 10, 8, 12])
    joined = t.emit("concat", [up, fine], ["axis = 1 : i64"], [batch, 20, 8, 12])
    heads = t.conv(joined, 10), t.conv(coarse, 5)
    boxes = t.conv(coarse, 4)
    text = t.function(x, boxes)
    for name, (value, _) in zip(("many", "few"), heads):
        text = text.replace(f'onnx.value = "{value[1:]}"', f'onnx.value = "{name}"')
    return text


def drawn(batch, seed):
    """Whatever `seed` draws: four convolutions with odd widths, kernels of 1 to 7, strides of 1 to
    3, dilations, groups and paddings that differ by side, now and then a pool; then a classifier, of
    one class alone for every tenth seed. Returns the text and the shape of the input."""
    t, draw = Text(batch, seed), np.random.default_rng(seed)
    choose = lambda *options: options[draw.integers(len(options))]
    x = ("%x", [batch, choose(1, 3, 5), int(draw.integers(23, 30)), int(draw.integers(21, 28))])
    y = x
    for layer in range(4):
        n, c, *extents = y[1]
        kernel, stride, dilation, low, high = [], [], [], [], []
        for extent in extents:
            k = choose(1, 3, 5, 7) if extent >= 7 else choose(1, 2, 3)
            s = choose(1, 2, 3) if extent >= 6 else choose(1, 2)
            d = choose(1, 1, 2, 3) if (k - 1) * 3 < extent else 1
            p, q = int(draw.integers(0, k)), int(draw.integers(0, k))
            q = max(q, (k - 1) * d + 1 - extent - p)
            for parts, value in zip((kernel, stride, dilation, low, high), (k, s, d, p, q)):
                parts.append(value)
        depthwise = layer > 0 and choose(True, False, False)
        groups = c if depthwise else choose(1, 1, 2) if c % 2 == 0 else 1
        outputs = c if depthwise else groups * choose(3, 5, 9, 17)
        y = t.relu(t.conv(y, outputs, kernel, stride, low, groups, dilation, high))
        if min(y[1][2:]) >= 4 and choose(True, False):
            y = t.pool(choose("max_pool", "avg_pool"), y, 3, 2, 1)
    n, c, h, w = y[1]
    y = t.emit("reshape", [y], [f"shape = array<i64: {n}, {c * h * w}>"], [n, c * h * w])
    classes = 1 if seed % 10 == 0 else 5
    y = t.emit("gemm", [y, t.constant((classes, c * h * w), 0.5), t.constant((classes,), 0.1)], [],
               [n, classes])
    return t.function(x, y), tuple(x[1][1:])
