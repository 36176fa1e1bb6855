#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws the methods' maps of a photograph: for their pages, or side by side for two classes.

    docs/pictures.py BIN NETWORK... [--only REGEX]                              docs/pictures/NAME.png, README.md
    docs/pictures.py BIN NETWORK... --choosing [--only REGEX]                   docs/pictures/choosing/QUESTION.png; needs Pillow
    docs/pictures.py BIN NETWORK... --sheet OUT.png --photo P --targets 242,282   OUT_1.png and so on; needs Pillow

BIN is the folder of saliency-opt and saliency-run. A NETWORK is an .onnx file of 1000 ImageNet classes, with flags of saliency-run
behind commas (vit.onnx,--preset=tf); a method is drawn on the first one that takes it, one for transformers on the last. Left the 2-D map, red for the class, blue
against it, full colour at the 99.5th percentile; a map that is positive everywhere is drawn from its smallest value. Right the same
over the photograph.
"""
import argparse
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

PICTURES = Path(__file__).resolve().parent / "pictures"
PHOTO, CLASS, CLASS_NAME = PICTURES / "chelsea.png", 285, "Egyptian cat"
SECOND = PICTURES / "coffee.png"
# The photographs of choosing.md with the class explained.
EXPLAINED = [(PHOTO, CLASS), (SECOND, 967)]
SIDE = 144
# Flags that a method needs to be itself. In SqueezeNet's last map, before a 1x1 convolution and a mean, influence is nearly the same
# everywhere and the contrastive walk's two parts are alike. CRP and neurons: the channel with the most relevance there. patterns.npz, in the folder
# where the script runs, comes from saliency-patterns on pictures of the network's classes.
EARLIER = ["--param=layer=/features/features.9/Concat_output_0"]
NEURON = ["--param=layer=/features/features.7/Concat_output_0", "--param=channel=102"]
FLAGS = {"lrp-composite": ["--composite=epsilon-plus-flat"], "contrastive-excitation-backprop": EARLIER, "internal-influence": EARLIER,
         "crp": ["--composite=epsilon-plus-flat", "--condition=/features/features.7/Concat_output_0:102"],
         "neuron-gradient": NEURON, "neuron-conductance": NEURON,
         "pattern-net": ["--param=patterns=patterns.npz"], "pattern-attribution": ["--param=patterns=patterns.npz"]}
STEPPED = "grad-cam"  # the method whose map a step refines
# Methods for transformers that take other networks, too: the last network that takes them shows what they are for.
TRANSFORMER = {"attn-lrp", "cp-lrp", "transformer-lrp"}

# What choosing.md shows side by side: a question, and the methods that answer it.
QUESTIONS = {
    "sensitivity": ["gradient", "smoothgrad", "beta-smooth", "guided-backprop", "deconvnet", "rectgrad", "nobias-rectgrad"],
    "contribution": ["input-x-gradient", "integrated-gradients", "gradient-shap", "deeplift", "deeplift-reveal-cancel", "deeplift-shap",
                     "fullgrad", "smooth-fullgrad", "pattern-net", "pattern-attribution"],
    "decomposition": ["lrp-0", "lrp-epsilon", "lrp-gamma", "lrp-zplus", "lrp-alpha-beta", "lrp-w-square", "lrp-flat", "lrp-zbox",
                      "lrp-composite", "deep-taylor"],
    "contrast": ["rsp", "rap", "attribution-equilibrium", "agf", "clrp", "sglrp", "excitation-backprop",
                 "contrastive-excitation-backprop"],
    "region": ["cam", "grad-cam", "grad-cam++", "xgrad-cam", "hires-cam", "element-wise-grad-cam", "layer-cam", "guided-grad-cam",
               "layer-gradient-x-activation", "class-probability-map", "eigen-cam", "activation-map", "fem", "fem-pg", "mlfem",
               "gradual-extrapolation"],
    "trial": ["occlusion", "rise", "score-cam", "ablation-cam", "recipro-cam", "vit-recipro-cam"],
    "attention": ["attn-lrp", "cp-lrp", "transformer-lrp", "transformer-attribution", "attention-rollout", "rfem", "rfem-class"],
    "unit": ["crp", "neuron-gradient", "neuron-conductance", "conductance", "internal-influence"],
}

# A pixel is one of 21 values over one of 8 shades; shade 7 is white paper.
VALUES, SHADES = 21, 8
RED, BLUE = (178, 24, 43), (33, 102, 172)

README = """<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->
<!-- Written by docs/pictures.py. -->
# Pictures

The 2-D map of each method for the class "{label}", alone and over the photograph: red speaks for the class, blue against it, full
colour at the 99.5th percentile; a map that is positive everywhere is drawn from its smallest value. Made by `docs/pictures.py` with the flags below; the networks are not part of this repository.

Both photographs come from scikit-image's sample data. `chelsea.png`, the one explained here, is a part of "Chelsea" by Stefan van der
Walt, CC0; `coffee.png`, the second one of [choosing.md](../choosing.md), a part of "Coffee cup" by Rachel Michetti, courtesy of Pikolo
Espresso Bar, CC0.

The sheets in `choosing/` show all methods by question, on both photographs, with the same flags (`docs/pictures.py ... --choosing`).

| picture | network | flags |
|---|---|---|
"""


def palette():
    values = np.linspace(-1, 1, VALUES)[None, :, None]
    shades = np.append(np.linspace(30, 235, SHADES - 1), 255)[:, None, None]
    full = np.where(values > 0, RED, BLUE)
    return np.round(shades * (1 - np.abs(values)) + full * np.abs(values)).astype(np.uint8).reshape(-1, 3)


def write_png(path, pixels):
    """An indexed PNG of the palette's colours; pixels is uint8, rows first."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = pixels.shape
    rows = np.pad(pixels, ((0, 0), (1, 0))).tobytes()  # each row starts with its filter, none
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) +
                     chunk(b"PLTE", palette().tobytes()) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def resized(image, side):
    """image, H x W, by area: every pixel of the result is the mean of what it covers."""
    def weights(length):
        edges = np.linspace(0, length, side + 1)
        low, high = edges[:-1, None], edges[1:, None]
        cover = np.minimum(high, np.arange(1, length + 1)) - np.maximum(low, np.arange(length))
        return np.maximum(cover, 0) * side / length

    return weights(image.shape[0]) @ image @ weights(image.shape[1]).T


def drawn(planar, prepared, side=SIDE, darkest=0):
    """The map alone and over the photograph, whose black becomes shade `darkest`, as indices into the palette."""
    planar, grey = resized(planar - max(planar.min(), 0), side), resized(np.tensordot([0.3, 0.6, 0.1], prepared, 1), side)
    scale = np.percentile(np.abs(planar), 99.5) or np.abs(planar).max() or 1
    values = np.round((np.clip(planar / scale, -1, 1) + 1) / 2 * (VALUES - 1)).astype(int)
    shades = darkest + np.round((grey - grey.min()) / (np.ptp(grey) or 1) * (SHADES - 2 - darkest)).astype(int)
    return (values + VALUES * (SHADES - 1)).astype(np.uint8), (values + VALUES * shades).astype(np.uint8)


def explain(options, name, flags, photo, targets):
    """([2-D map of each target], prepared input, network, its flags) by the first network that takes the method; None where none does."""
    for network in reversed(options.networks) if name in TRANSFORMER else options.networks:
        path, *more = network.split(",")
        with tempfile.TemporaryDirectory() as folder:
            command = [options.bin / "saliency-run", path, *more, *flags, f"--target={','.join(map(str, targets))}", "--map2d", "--prepared",
                       "--quiet", f"--out-dir={folder}", photo]
            result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            if result.returncode == 2:
                continue
            if result.returncode:
                raise RuntimeError(f"{' '.join(map(str, command))}: exit code {result.returncode}: {result.stderr.strip()}")
            maps = [np.load(f"{folder}/{photo.stem}_t{target}.map2d.npy")[0, 0] for target in targets]
            return maps, np.load(f"{folder}/{photo.stem}.input.npy")[0], Path(path).stem, more
    return None


def entries(options):
    """[(name, flags of saliency-run)]"""
    def names(what, prefix):
        text = subprocess.run([options.bin / "saliency-opt", f"--document={what}"], check=True, capture_output=True, text=True).stdout
        return re.findall(f"`--{prefix}([^`]+)`", text)

    methods = [(name, [f"--method={name}", *FLAGS.get(name, [])]) for name in names("method-index", "emit-")]
    return methods + [(name, [f"--method={STEPPED}", f"--then={name}"]) for name in names("step-index", "then=")]


def write_readme(rows, order):
    table = "".join(f"| {name}.png | {' | '.join(rows[name])} |\n" for name in order if name in rows)
    (PICTURES / "README.md").write_text(README.format(label=CLASS_NAME) + table)


def draw_pages(options):
    readme, everything = PICTURES / "README.md", entries(options)
    known = re.findall(r"^\| (.*)\.png \| (.*) \| (.*) \|$", readme.read_text(), re.MULTILINE) if readme.exists() else []
    rows, order = {name: (network, flags) for name, network, flags in known}, [name for name, _ in everything]
    for name, flags in everything:
        if not re.search(options.only, name):
            continue
        if not (found := explain(options, name, flags, PHOTO, [CLASS])):
            print(f"{name}: no network takes it", flush=True)
            continue
        (planar,), prepared, network, more = found
        write_png(PICTURES / f"{name}.png", np.hstack(drawn(planar, prepared)))
        rows[name] = (network, " ".join(f"`{flag}`" for flag in [*flags, *more]))
        write_readme(rows, order)
        print(f"{name}: {network}", flush=True)
    for path in PICTURES.glob("*.png"):
        if path not in (PHOTO, SECOND) and path.stem not in order:
            path.unlink()


def draw_sheets(options, columns=4, rows=3, side=140):
    from PIL import Image, ImageDraw
    targets = list(map(int, options.targets.split(",")))
    everything = [entry for entry in entries(options) if re.search(options.only, entry[0])]
    width, height = side * len(targets) + 8, 2 * side + 22
    for number, start in enumerate(range(0, len(everything), columns * rows), 1):
        sheet = Image.new("RGB", (columns * width, rows * height), "white")
        for place, (name, flags) in enumerate(everything[start:start + columns * rows]):
            left, top = place % columns * width, place // columns * height
            found = explain(options, name, flags, options.photo, targets)
            label = f"{name}{f' ({found[2][:3]})' if found else ': refused'}"
            ImageDraw.Draw(sheet).text((left + 2, top + 4), label, fill="black", font_size=13)
            for i, planar in enumerate(found[0] if found else []):
                pixels = palette()[np.vstack(drawn(planar, found[1], side))]
                sheet.paste(Image.fromarray(pixels), (left + i * side, top + 20))
                print(f"{name} {targets[i]}: {planar.min():.3g} to {planar.max():.3g}, sum {planar.sum():.3g}", flush=True)
        sheet.save(options.sheet.with_stem(f"{options.sheet.stem}_{number}"))


def draw_choosing(options, columns=4, side=120, gap=6, label_height=18):
    """One sheet a question: a column for each photograph's map over it, the method's name above."""
    from PIL import Image, ImageDraw
    paper, ink = (VALUES - 1) // 2 + VALUES * (SHADES - 1), (VALUES - 1) // 2
    known, folder = dict(entries(options)), PICTURES / "choosing"
    if missing := known.keys() ^ {name for names in QUESTIONS.values() for name in names}:
        raise RuntimeError(f"QUESTIONS must have every method once; differs in {', '.join(sorted(missing))}")
    folder.mkdir(exist_ok=True)
    width, height = side * len(EXPLAINED) + gap, side + label_height + gap
    for question, names in QUESTIONS.items():
        if not re.search(options.only, question):
            continue
        sheet = np.full((-(-len(names) // columns) * height, min(columns, len(names)) * width), paper, np.uint8)
        for place, name in enumerate(names):
            top, left = place // columns * height, place % columns * width
            label = Image.new("L", (width, label_height), 255)
            ImageDraw.Draw(label).text((1, 2), name, fill=0, font_size=13)
            shades = np.asarray(label).astype(int) * (SHADES - 1) // 255
            sheet[top:top + label_height, left:left + width] = ink + VALUES * shades
            for number, (photo, target) in enumerate(EXPLAINED):
                if not (found := explain(options, name, known[name], photo, [target])):
                    raise RuntimeError(f"{name}: one of the networks must take it")
                corner = left + number * side
                sheet[top + label_height:top + label_height + side, corner:corner + side] = drawn(found[0][0], found[1], side, darkest=3)[1]
                print(f"{question}: {name} by {found[2]}, {photo.stem}: {found[0][0].min():.3g} to {found[0][0].max():.3g}", flush=True)
        write_png(folder / f"{question}.png", sheet)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bin", type=Path)
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--only", default="", metavar="REGEX", help="only methods, or questions, whose name matches")
    parser.add_argument("--choosing", action="store_true", help="the sheets of choosing.md instead")
    parser.add_argument("--sheet", type=Path, metavar="OUT.png", help="contact sheets of several methods instead")
    parser.add_argument("--photo", type=Path, help="of the sheets")
    parser.add_argument("--targets", default="", metavar="CLASS,...", help="of the sheets")
    options = parser.parse_args()
    if bool(options.sheet) != bool(options.photo and options.targets):
        parser.error("--sheet, --photo and --targets go together")
    (draw_choosing if options.choosing else draw_sheets if options.sheet else draw_pages)(options)


if __name__ == "__main__":
    sys.exit(main())
