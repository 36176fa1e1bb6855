# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Generates the demonstration scenes, trains the demonstration network, writes both.

    pip install torch numpy pillow onnx
    python train.py [--out DIR] [--steps SMALL FULL] [--seed S]

Writes shapes.onnx, labels.txt, scenes.json and scene_<k>.png to DIR (default: this
folder) and prints the accuracies on held-out scenes; about six minutes on one core.
Training sees which classes are present and never where: boxes are only used to measure.

The network is a plain VGG: 3x3 convolutions with ReLU, max pools, a global average and
one dense layer. Batch normalisation is used in training and folded before the export,
so the file holds Conv, Relu, MaxPool, GlobalAveragePool, Flatten and Gemm only.

The loss is the softmax cross entropy against the uniform distribution over the classes
present. It leaves one vector common to all rows of the dense layer undetermined; a
second term settles it by asking the evidence for the present classes to average zero on
scenes of two objects, so that what speaks for one class speaks against the others.
A third keeps the last feature map sparse, which keeps evidence close to its object.
"""

import argparse
import json
import math
import pathlib
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from torch import nn

SIZE = 96
MEAN, STD = 0.5, 0.25  # of every channel, for pixels in [0, 1]
LABELS = ["disc", "ring", "square", "triangle", "star", "cross", "crescent", "stripes"]
WIDTHS = [[8, 16], [24, 32], [48, 64], [96, 96]]  # a max pool between the blocks
GAIN = 1 / 16  # of the sum over space, so that small scenes train a network for large ones
RADIUS = (12.0, 21.0)
STEPS = (400, 850)
CONTRAST, SPARSITY = 0.02, 0.3  # weights of the two terms beside the cross entropy

# ---------------------------------------------------------------- scenes


def distance(label, u, v):
    """Approximate signed distance, in units of the radius, negative inside; u, v (h, w)."""
    r = np.hypot(u, v)
    if label == "disc":
        return r - 0.9
    if label == "ring":
        return np.abs(r - 0.75) - 0.22
    if label == "square":
        return np.maximum(np.abs(u), np.abs(v)) - 0.78
    if label == "triangle":
        c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
        return np.maximum(np.maximum(-v, c * u + s * v), s * v - c * u) - 0.5
    if label == "star":
        # Folded to one tenth of the plane, the outline is one line from tip to notch.
        a = np.mod(np.arctan2(u, v), 2 * math.pi / 5)
        a = np.minimum(a, 2 * math.pi / 5 - a)
        tip = np.array([0.0, 1.0])
        notch = 0.42 * np.array([math.sin(math.pi / 5), math.cos(math.pi / 5)])
        normal = np.array([tip[1] - notch[1], notch[0] - tip[0]])
        normal /= np.linalg.norm(normal)
        return r * (np.sin(a) * normal[0] + np.cos(a) * normal[1]) - normal @ tip
    if label == "cross":
        long, short = np.maximum(np.abs(u), np.abs(v)), np.minimum(np.abs(u), np.abs(v))
        return np.maximum(long - 0.95, short - 0.27)
    if label == "crescent":
        return np.maximum(r - 0.95, 0.72 - np.hypot(u - 0.5, v))
    if label == "stripes":
        bars = np.abs(np.mod(u / 0.52, 1.0) - 0.5) * 0.52 - 0.13
        return np.maximum(np.maximum(np.abs(u), np.abs(v)) - 0.91, bars)
    raise ValueError(label)


def smooth_noise(rng, size, cells, channels):
    """Bilinear noise in [-1, 1] on a grid of `cells`: (size, size, channels)."""
    grid = rng.uniform(-1, 1, (cells + 1, cells + 1, channels)).astype(np.float32)
    at = np.linspace(0, cells, size, endpoint=False, dtype=np.float32)
    low = at.astype(int)
    part = (at - low)[:, None, None]
    rows = grid[low] * (1 - part) + grid[low + 1] * part
    part = part.reshape(1, size, 1)
    return rows[:, low] * (1 - part) + rows[:, low + 1] * part


def pixels(size):
    """Pixel centres x, y: (size, size) each."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) + 0.5
    return x, y


def background(rng, size):
    """Gradient, cloud, faint waves: (size, size, 3) around mid tones."""
    x, y = pixels(size)
    angle, wave = rng.uniform(0, 2 * math.pi, 2)
    ramp = (x * math.cos(angle) + y * math.sin(angle))[..., None] / size
    image = rng.uniform(0.2, 0.8, 3) + ramp * rng.uniform(-0.25, 0.25, 3)
    image = image + rng.uniform(0.02, 0.12) * smooth_noise(rng, size, int(rng.integers(3, 14)), 3)
    phase = (x * math.cos(wave) + y * math.sin(wave)) * (2 * math.pi / rng.uniform(5, 24))
    return image + rng.uniform(0, 0.05) * np.sin(phase)[..., None]


def place(rng, size, count):
    """Centres and radii of `count` objects whose boxes lie inside and apart."""
    while True:
        radius = rng.uniform(*RADIUS, count)
        centre = rng.uniform(radius + 1, size - radius - 1, (2, count))
        if count < 2 or np.abs(centre[:, 0] - centre[:, 1]).max() > radius.sum() + 3:
            return centre, radius


def scene(rng, size, count):
    """One scene: uint8 (size, size, 3), and [(class, (x0, y0, x1, y1))], ends excluded."""
    image, objects = background(rng, size), []
    px, py = pixels(size)
    classes = rng.choice(len(LABELS), count, replace=False)
    centres, radii = place(rng, size, count)
    for c, (x, y), radius in zip(classes, centres.T, radii):
        angle = rng.uniform(0, 2 * math.pi)
        dx, dy = (px - x) / radius, (py - y) / radius
        u = dx * math.cos(angle) + dy * math.sin(angle)
        v = dy * math.cos(angle) - dx * math.sin(angle)
        cover = np.clip(0.5 - radius * distance(LABELS[c], u, v), 0, 1) * (np.hypot(u, v) < 1.5)
        ys, xs = np.nonzero(cover > 0.5)
        behind = image[ys, xs].mean(axis=0)
        while True:
            colour = rng.uniform(0, 1, 3)
            if np.abs(colour - behind).max() > 0.35:
                break
        shade = colour + rng.uniform(-0.1, 0.1) * dx[..., None]
        image = image + cover[..., None] * (shade - image)
        box = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
        objects.append((int(c), tuple(int(b) for b in box)))
    image = image + rng.normal(0, rng.uniform(0.005, 0.04), image.shape)
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8), objects


def scenes(rng, number, shares, size=SIZE):
    """`number` scenes with 0, 1 or 2 objects in the given shares."""
    return [scene(rng, size, int(k)) for k in rng.choice(3, number, p=shares)]


def normalise(images):
    """uint8 images (H, W, 3) to the network's input (N, 3, H, W)."""
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()
    return (x / 255 - MEAN) / STD


# ---------------------------------------------------------------- network


class Shapes(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 3
        for block, widths in enumerate(WIDTHS):
            layers += [nn.MaxPool2d(2)] if block else []
            for width in widths:
                layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False)]
                layers += [nn.BatchNorm2d(width), nn.ReLU()]
                channels = width
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(channels, len(LABELS))

    def forward(self, x):
        a = self.features(x)
        return self.head(a.sum(dim=(2, 3)) * GAIN), a


def train(model, rng, phases):
    """phases: [(scene size, steps, batch, shares of scenes with 0, 1 and 2 objects)]."""
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": decay, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups)
    plan = [phase for phase in phases for _ in range(phase[1])]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, len(plan), pct_start=0.1)
    start, shown = time.time(), []
    for step, (size, _, batch, shares) in enumerate(plan, 1):
        items = scenes(rng, batch, shares, size)
        present = torch.zeros(batch, len(LABELS))
        for row, (_, objects) in zip(present, items):
            row[[c for c, _ in objects]] = 1
        count = present.sum(dim=1, keepdim=True)
        wanted = torch.where(count > 0, present / count.clamp(min=1), 1 / len(LABELS))
        x = normalise([i for i, _ in items]).contiguous(memory_format=torch.channels_last)
        logits, a = model(x)
        loss = F.cross_entropy(logits, wanted)
        evidence = ((logits - model.head.bias) * present).sum(dim=1) / 2
        balance = (evidence.square() * (count[:, 0] == 2)).mean()
        optimiser.zero_grad()
        (loss + CONTRAST * balance + SPARSITY * a.mean()).backward()
        optimiser.step()
        schedule.step()
        # The loss of a perfect network is the entropy of what is wanted.
        excess = loss.item() + torch.special.xlogy(wanted, wanted).sum(dim=1).mean().item()
        shown.append((excess, balance.item(), a.mean().item()))
        if step % 50 == 0:
            loss, balance, activity = np.mean(shown[-50:], axis=0)
            print(
                f"step {step:4d}  loss {loss:.3f}  balance {balance:.3f}  "
                f"activity {activity:.3f}  {time.time() - start:.0f} s",
                flush=True,
            )


# ---------------------------------------------------------------- measurement


def cell_weights(box, shape):
    """Share of every cell of the feature map that the box covers: (h, w)."""
    h, w = shape
    x0, y0, x1, y1 = (b / SIZE for b in box)

    def covered(low, high, cells):
        start = np.arange(cells)
        return np.clip(np.minimum(high * cells, start + 1) - np.maximum(low * cells, start), 0, 1)

    return covered(y0, y1, h)[:, None] * covered(x0, x1, w)


@torch.no_grad()
def evaluate(model, items, batch=64):
    """Logits (N, classes), and channel attributions summed over channels (N, classes, h, w).

    The attribution of class c is A times the spatial mean of dY_c/dA, and under a global
    average that mean is the class's row of the dense layer, up to a factor.
    """
    logits, maps = [], []
    for start in range(0, len(items), batch):
        y, a = model(normalise([i for i, _ in items[start : start + batch]]))
        logits.append(y)
        maps.append(torch.einsum("nkhw,ck->nchw", a, model.head.weight * GAIN))
    return torch.cat(logits).numpy(), torch.cat(maps).numpy()


def inspect(objects, logits, maps):
    """Of a scene of two objects: are they the two highest logits; has the difference of
    their attributions the right sign in both boxes; has each of them alone, positive in
    its own box and negative in the other's; the lowest share, over both, of positive mass
    in its own box and of negative mass in the other's."""
    classes, boxes = zip(*objects)
    top = set(np.argsort(logits)[-2:]) == set(classes)
    cells = [cell_weights(box, maps.shape[1:]) for box in boxes]
    inside = np.array([[(maps[c] * cell).sum() for cell in cells] for c in classes])
    differ = inside[0, 0] > inside[1, 0] and inside[1, 1] > inside[0, 1]
    alone = (np.sign(inside) == [[1, -1], [-1, 1]]).all()
    shares = []
    for target, own, other in ((classes[0], *cells), (classes[1], *cells[::-1])):
        positive, negative = np.maximum(maps[target], 0), np.maximum(-maps[target], 0)
        shares.append((positive * own).sum() / (positive.sum() + 1e-9))
        shares.append((negative * other).sum() / (negative.sum() + 1e-9))
    return top, differ, alone, min(shares)


def report(model, rng, number):
    """Measured on fresh scenes: {what: share}."""
    single, double = scenes(rng, number, (0, 1, 0)), scenes(rng, number, (0, 0, 1))
    logits, _ = evaluate(model, single)
    right = np.mean([np.argmax(y) == o[0][0] for y, (_, o) in zip(logits, single)])
    rows = [inspect(o, y, m) for y, m, (_, o) in zip(*evaluate(model, double), double)]
    top, differ, alone, _ = (np.array(column) for column in zip(*rows))
    return {
        "one object: highest logit": right,
        "two objects: two highest logits": top.mean(),
        "two objects: difference of attributions, right sign in both boxes": differ.mean(),
        "two objects: each attribution alone, right sign in both boxes": alone.mean(),
    }


# ---------------------------------------------------------------- files


def fold(model):
    """The network without batch normalisation: [(weight, bias) or None for a max pool]."""
    layers, folded = list(model.features), []
    for layer, following in zip(layers, layers[1:]):
        if isinstance(layer, nn.MaxPool2d):
            folded.append(None)
        elif isinstance(layer, nn.Conv2d):
            scale = following.weight / torch.sqrt(following.running_var + following.eps)
            bias = following.bias - following.running_mean * scale
            folded.append((layer.weight * scale[:, None, None, None], bias))
    return folded


def export(model, path):
    """Writes the folded network; node names follow the VGG habit."""
    nodes, weights = [], []

    def node(kind, name, *parameters, **attributes):
        names = []
        for key, tensor in zip(("weight", "bias"), parameters):
            names.append(f"{name}.{key}")
            weights.append(numpy_helper.from_array(tensor.detach().contiguous().numpy(), names[-1]))
        source = nodes[-1].output[0] if nodes else "input"
        nodes.append(helper.make_node(kind, [source, *names], [name], name=name, **attributes))

    block, index = 1, 0
    for parameters in fold(model):
        if parameters is None:
            node("MaxPool", f"pool{block}", kernel_shape=[2, 2], strides=[2, 2])
            block, index = block + 1, 0
            continue
        index += 1
        geometry = {"kernel_shape": [3, 3], "pads": [1] * 4, "strides": [1, 1]}
        node("Conv", f"conv{block}_{index}", *parameters, **geometry)
        node("Relu", f"relu{block}_{index}")
    node("GlobalAveragePool", "average")
    node("Flatten", "flatten", axis=1)
    cells = (SIZE >> (len(WIDTHS) - 1)) ** 2
    node("Gemm", "logits", model.head.weight * (GAIN * cells), model.head.bias, transB=1)
    graph = helper.make_graph(
        nodes,
        "shapes",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, len(LABELS)])],
        weights,
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    proto.producer_name = "train.py"
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, path)


def choose(model, rng, pairs):
    """The clearest of 400 fresh scenes of two objects, each showing a class that those
    before it lack while there is one, then the first of one object that is recognised."""
    drawn = scenes(rng, 400, (0, 0, 1))
    rows = [inspect(o, y, m) for y, m, (_, o) in zip(*evaluate(model, drawn), drawn)]
    order = sorted((i for i in range(400) if all(rows[i][:-1])), key=lambda i: -rows[i][-1])
    if len(order) < pairs:
        raise SystemExit(f"{pairs} clear scenes are needed; found {len(order)}: train longer")
    chosen, used = [], set()
    while len(chosen) < pairs:
        fresh = [{c for c, _ in drawn[i][1]} - used for i in order]
        most = max(map(len, fresh))
        i = order.pop([len(f) for f in fresh].index(most))
        chosen.append(drawn[i])
        used |= {c for c, _ in drawn[i][1]}
    drawn = scenes(rng, 20, (0, 1, 0))
    logits, _ = evaluate(model, drawn)
    return chosen + [next(d for d, y in zip(drawn, logits) if np.argmax(y) == d[1][0][0])]


def write_scenes(chosen, out):
    entries = []
    for k, (image, objects) in enumerate(chosen):
        name = f"scene_{k}.png"
        Image.fromarray(image).save(out / name, optimize=True)
        listed = [{"class": LABELS[c], "index": c, "box": list(box)} for c, box in objects]
        entries.append({"file": name, "objects": listed})
    preprocessing = {"layout": "RGB, NCHW", "scale": 1 / 255, "mean": [MEAN] * 3, "std": [STD] * 3}
    head = {
        "preprocessing": preprocessing,
        "box": "pixels, [x0, y0, x1, y1], ends excluded",
        "scenes": entries,
    }
    (out / "scenes.json").write_text(json.dumps(head, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    parser.add_argument(
        "--steps", type=int, nargs=2, default=STEPS, metavar=("SMALL", "FULL"),
        help="training steps on quarter-size scenes of one object, then on full scenes",
    )
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(arguments.seed)

    streams = [np.random.default_rng([arguments.seed, k]) for k in range(3)]
    model = Shapes().to(memory_format=torch.channels_last)
    small, full = arguments.steps
    phases = [(SIZE // 2, small, 32, (0.05, 0.95, 0)), (SIZE, full, 32, (0.05, 0.25, 0.7))]
    train(model, streams[0], phases)
    model.eval()
    for what, share in report(model, streams[1], 2000).items():
        print(f"{what}: {100 * share:.1f} %")

    export(model, arguments.out / "shapes.onnx")
    (arguments.out / "labels.txt").write_text("\n".join(LABELS) + "\n")
    write_scenes(choose(model, streams[2], 5), arguments.out)


if __name__ == "__main__":
    main()
