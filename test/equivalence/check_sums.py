#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What must add up, and what the papers' formulas give in NumPy, on seeded random networks.

    check_sums.py SALIENCY_OPT SALIENCY_RUN

DeepLIFT's map adds up to the difference of the logits; on a perceptron RevealCancel is the paper's. The maps of a value's channels
(CRP) add up to the map without conditions. Smooth FullGrad is what the authors' code computes, RFEM the k-sigma rule on attention.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from check_equivalence import Check
from networks import Text, convolutional

TARGET = 2


def finished(t, x, y):
    head = f'func.func @forward(%x: {t.type(x[1])} {{saliency.name = "input"}}) -> {t.type(y[1])} {{\n'
    return head + "\n".join(t.lines) + f"\n  return {y[0]} : {t.type(y[1])}\n}}\n"


def weights_of(t, shapes):
    """Weights and bias of layers of these (outputs, inputs), as constants of the text and as arrays."""
    arrays = [(t.random.standard_normal(s).astype(np.float32), t.random.standard_normal(s[0]).astype(np.float32)) for s in shapes]
    return [(t.constant_of(f"%w{i}", w), t.constant_of(f"%b{i}", b)) for i, (w, b) in enumerate(arrays)], arrays


def perceptron():
    t = Text(1, 11)
    x = ("%x", [1, 7])
    constants, arrays = weights_of(t, [(6, 7), (5, 6), (4, 5)])
    y = x
    for i, (w, b) in enumerate(constants):
        y = t.emit("gemm", [y, w, b], [], [1, arrays[i][0].shape[0]])
        y = t.relu(y) if i < 2 else y
    return finished(t, x, y), arrays


def reveal_cancel(layers, x, x0, seed):
    """Multipliers of the inputs of dense layers with rectifiers between them: Shrikumar et al. 2017, sections 3.4.1 and 3.5.2."""
    (w, b), rest = layers[0], layers[1:]
    dx, z0 = x - x0, w @ x0 + b
    parts = w * dx
    rise, fall = np.maximum(parts, 0).sum(1), np.minimum(parts, 0).sum(1)
    if rest:
        f = lambda v: np.maximum(v, 0)
        m = reveal_cancel(rest, f(w @ x + b), f(z0), seed)
        up = (f(z0 + rise) - f(z0) + f(z0 + fall + rise) - f(z0 + fall)) / 2
        down = (f(z0 + fall) - f(z0) + f(z0 + rise + fall) - f(z0 + rise)) / 2
        of_rise = m * np.divide(up, rise, out=np.zeros_like(up), where=rise != 0)
        of_fall = m * np.divide(down, fall, out=np.zeros_like(down), where=fall != 0)
    else:
        of_rise = of_fall = seed
    chosen = np.where(parts > 0, of_rise[:, None], of_fall[:, None])
    return (w * np.where(dx == 0, ((of_rise + of_fall) / 2)[:, None], chosen)).sum(0)


def pointwise():
    """Two 1x1 convolutions with a rectifier between them, mean, classifier."""
    t = Text(1, 12)
    x = ("%x", [1, 3, 6, 7])
    constants, arrays = weights_of(t, [(5, 3), (4, 5), (5, 4)])
    y = x
    for i, (w, b) in enumerate(constants[:2]):
        shape = [*w[1], 1, 1]
        kernel = t.emit("reshape", [w], [f"shape = array<i64: {', '.join(map(str, shape))}>"], shape)
        y = t.emit("conv", [y, kernel, b], ["groups = 1 : i64", t.window(1, 1, 0)], [1, shape[0], 6, 7])
        y = t.relu(y)
    y = t.emit("avg_pool", [y], ["window = #saliency.window<kernel = [6, 7], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>"], [1, 4, 1, 1])
    y = t.emit("reshape", [y], ["shape = array<i64: 1, 4>"], [1, 4])
    return finished(t, x, t.emit("gemm", [y, *constants[2]], [], [1, 5])), arrays


def attention():
    """A class token and 2 x 3 patches, one attention layer of two heads, classifier of the token."""
    t = Text(1, 13)
    x = ("%x", [1, 4, 2, 3])
    arrays = [t.random.standard_normal(s).astype(np.float32) for s in ((1, 1, 4), (4, 4), (4, 4), (5, 4))]
    token, query, key, head = [t.constant_of(f"%a{i}", a) for i, a in enumerate(arrays)]

    def shaped(op, x, name, numbers, shape):
        return t.emit(op, [x], [f"{name} = array<i64: {', '.join(map(str, numbers))}>"], shape)

    def heads(x):
        return shaped("transpose", shaped("reshape", x, "shape", [1, 7, 2, 2], [1, 7, 2, 2]), "permutation", [0, 2, 1, 3], [1, 2, 7, 2])

    y = shaped("transpose", shaped("reshape", x, "shape", [1, 4, 6], [1, 4, 6]), "permutation", [0, 2, 1], [1, 6, 4])
    y = t.emit("concat", [token, y], ["axis = 1 : i64"], [1, 7, 4])
    q, k = (heads(t.emit("gemm", [y, w], [], [1, 7, 4])) for w in (query, key))
    scores = t.emit("matmul", [q, shaped("transpose", k, "permutation", [0, 1, 3, 2], [1, 2, 2, 7])], [], [1, 2, 7, 7])
    weights = t.emit("softmax", [scores], ["axis = 3 : i64"], scores[1])
    y = shaped("transpose", t.emit("matmul", [weights, q], [], [1, 2, 7, 2]), "permutation", [0, 2, 1, 3], [1, 7, 2, 2])
    y = shaped("reshape", y, "shape", [1, 7, 4], [1, 7, 4])
    y = t.emit("slice", [y], ["starts = array<i64: 0, 0, 0>", "sizes = array<i64: 1, 1, 4>", "strides = array<i64: 1, 1, 1>"], [1, 1, 4])
    return finished(t, x, t.emit("gemm", [shaped("reshape", y, "shape", [1, 4], [1, 4]), head], [], [1, 5])), arrays


def rfem(arrays, x, of_class):
    """Where the class token's row stands out by one deviation in its head, the row's mean; summed over heads, the largest 1."""
    token, query, key, head = [a.astype(float) for a in arrays]
    y = np.concatenate([token[0], x.reshape(4, 6).T])
    q, k = [(y @ w.T).reshape(7, 2, 2).transpose(1, 0, 2) for w in (query, key)]
    scores = np.exp(q @ k.transpose(0, 2, 1))
    rows = (scores / scores.sum(2, keepdims=True))[:, 0, 1:]
    if of_class:  # of the logit in the weights: head times values, which are the queries
        rows = rows * np.maximum(np.einsum("hd,htd->ht", head[TARGET].reshape(2, 2), q)[:, 1:], 0)
    mean = rows.mean(1, keepdims=True)
    found = (mean * (rows > mean + rows.std(1, keepdims=True))).sum(0)
    return (found / found.max()).reshape(2, 3)


def smooth_fullgrad(arrays, x, noise):
    """Sums over the noisy copies of input times gradient and of bias times gradient, then each to [0, 1], then together."""
    (w1, b1), (w2, b2), (w3, _) = [(w.astype(float), b.astype(float)) for w, b in arrays]
    terms = [0, 0, 0]
    for n in noise:
        at = x + n
        z1 = np.einsum("oi,ihw->ohw", w1, at) + b1[:, None, None]
        z2 = np.einsum("oi,ihw->ohw", w2, np.maximum(z1, 0)) + b2[:, None, None]
        g2 = w3[TARGET][:, None, None] / 42 * (z2 > 0)
        g1 = np.einsum("oi,ohw->ihw", w2, g2) * (z1 > 0)
        terms[0] += (np.einsum("oi,ohw->ihw", w1, g1) * at).sum(0, keepdims=True)
        terms[1] += b1[:, None, None] * g1
        terms[2] += b2[:, None, None] * g2

    def post(u):
        u = abs(u) - abs(u).min()
        return (u / (u.max() + 1e-6)).sum(0)

    return sum(map(post, terms))


class SumCheck(Check):
    def map(self, model, method, image, flags=(), call=(), kind=""):
        library = self.folder / "explainer.so"
        self.run([self.options.saliency_opt, model, f"--emit={method}", *flags, "-o", library])
        self.run([self.options.saliency_run, library, f"--target={TARGET}", "--map2d", "--logits", f"--out-dir={self.folder}", *call, image])
        return np.load(self.folder / f"{Path(image).stem}{kind or f'_t{TARGET}'}.npy")

    def save(self, name, array):
        path = self.folder / f"{name}.npy"
        np.save(path, array.astype(np.float32))
        return path

    def write(self, text):
        path = self.folder / "network.mlir"
        path.write_text(text)
        return path

    def deeplift(self):
        model = self.write(convolutional(1, 5))
        image = self.save("image", np.random.default_rng(6).standard_normal((1, 3, 19, 21)))
        reference = self.save("reference", np.full((1, 3, 19, 21), 0.25))
        change = [self.map(model, "gradient", at, kind=".logits")[0, TARGET] for at in (image, reference)]
        for flags in (["deeplift"], *(["deeplift-reveal-cancel", f"--param=mode={mode}"] for mode in ("genomics-default", "reveal-cancel", "rescale"))):
            found = self.map(model, flags[0], image, ["--param=baseline=0.25", *flags[1:]]).astype(float)
            error = abs(found.sum() - (change[0] - change[1])) / abs(found).sum()
            self.report(f"{' '.join(flags)}: adds up to the difference of the logits", error < 1e-5, f"{error:.1e} of the sum of magnitudes")

    def deeplift_shap(self):
        model, random = self.write(convolutional(1, 5)), np.random.default_rng(7)
        image = self.save("image", random.standard_normal((1, 3, 19, 21)))
        numbers = (0.25, -0.5, 1.0)
        baselines = self.save("baselines", np.stack([np.full((3, 19, 21), number) for number in numbers]))
        expected = sum(self.map(model, "deeplift", image, [f"--param=baseline={number}"]).astype(float) for number in numbers) / 3
        self.close("DeepLIFT-SHAP: against the mean of DeepLIFT's maps", self.map(model, "deeplift-shap", image, call=[f"--param=baselines={baselines}"]), expected)
        self.close("DeepLIFT-SHAP without baselines: against DeepLIFT", self.map(model, "deeplift-shap", image), self.map(model, "deeplift", image))

    def reveal_cancel(self):
        text, arrays = perceptron()
        model, random = self.write(text), np.random.default_rng(8)
        x, x0 = random.standard_normal(7).astype(np.float32), 0.5
        seed = np.eye(4)[TARGET]
        expected = reveal_cancel([(w.astype(float), b.astype(float)) for w, b in arrays], x.astype(float), np.full(7, x0), seed) * (x - x0)
        for mode in ("genomics-default", "reveal-cancel"): # dense layers alone
            found = self.map(model, "deeplift-reveal-cancel", self.save("image", x[None]), [f"--param=baseline={x0}", f"--param=mode={mode}"])
            self.close(f"RevealCancel, {mode}: against the paper's formulas", found[0], expected)

    def conditions(self):
        model = self.write(convolutional(1, 5))
        image = self.save("image", np.random.default_rng(6).standard_normal((1, 3, 19, 21)))
        value, channels = "v45", 18  # the last convolution's rectifier: nothing goes past it
        for method, flags in (("crp", ["--composite=epsilon-plus"]), ("lrp-zplus", []), ("input-x-gradient", [])):
            whole = self.map(model, "lrp-composite" if method == "crp" else method, image, flags)
            parts = [self.map(model, method, image, [*flags, f"--condition={value}:{','.join(map(str, s))}"])
                     for s in np.array_split(np.arange(channels), 3)]
            self.close(f"{method}: the maps of all channels of {value} add up", sum(p.astype(float) for p in parts), whole)
        first = self.map(model, "crp", image, [f"--condition={value}:0,3", "--condition=v24:1"])
        second = self.map(model, "crp", image, [f"--condition={value}:0,3", "--condition=v24:" + ",".join(str(c) for c in range(10) if c != 1)])
        self.close("crp: conditions on two values", first.astype(float) + second, self.map(model, "crp", image, [f"--condition={value}:0,3"]))

    def attention_heads(self):
        text, arrays = attention()
        model, x = self.write(text), np.random.default_rng(15).standard_normal((1, 4, 2, 3)).astype(np.float32)
        for method in ("rfem", "rfem-class"):
            found = self.map(model, method, self.save("image", x))
            self.close(f"{method}: against the k-sigma rule on each head's row", found.squeeze(), rfem(arrays, x[0].astype(float), method == "rfem-class"))

    def smooth_fullgrad(self):
        text, arrays = pointwise()
        model, random = self.write(text), np.random.default_rng(9)
        x, noise = random.standard_normal((3, 6, 7)), random.standard_normal((4, 3, 6, 7)) * 0.3
        given = self.save("noise", noise)
        found = self.map(model, "smooth-fullgrad", self.save("image", x[None]), call=[f"--param=noise={given}"], kind=f"_t{TARGET}.map2d")
        self.close("Smooth FullGrad: against the authors' formulas", found.squeeze(), smooth_fullgrad(arrays, x, noise))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("saliency_opt")
    parser.add_argument("saliency_run")
    with tempfile.TemporaryDirectory() as folder:
        check = SumCheck(parser.parse_args(), Path(folder))
        for part in (check.deeplift, check.deeplift_shap, check.reveal_cancel, check.conditions, check.attention_heads, check.smooth_fullgrad):
            part()
        return int(check.failures > 0)


if __name__ == "__main__":
    sys.exit(main())
