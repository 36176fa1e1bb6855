#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws the diagrams of the documents: docs/drawings/NAME.svg.

    docs/drawings.py             writes them
    docs/drawings.py --check     exit code 1 where one is not what this file draws
"""
import base64
import sys
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parent
FOLDER, PICTURES = DOCS / "drawings", DOCS / "pictures"
RED, BLUE, INK, SOFT, PAPER, PALE = "#b2182b", "#2166ac", "#222222", "#666666", "#ffffff", "#f1f3f5"
LINE = 17  # between two lines of text


class Drawing:
    """Boxes, words and arrows on white paper, as wide and high as said."""

    def __init__(self, width, height):
        self.width, self.height, self.parts = width, height, []

    def words(self, x, y, text, size=13, colour=INK, anchor="middle", bold=False, mono=False):
        family = "DejaVu Sans Mono, Menlo, Consolas, monospace" if mono else "DejaVu Sans, Helvetica, Arial, sans-serif"
        weight = ' font-weight="bold"' if bold else ""
        for number, line in enumerate(text.split("\n")):
            self.parts.append(f'<text x="{x}" y="{y + number * LINE}" font-family="{family}" font-size="{size}" fill="{colour}" '
                              f'text-anchor="{anchor}"{weight}>{escape(line)}</text>')

    def box(self, x, y, width, height, title, text="", colour=INK, fill=PALE, mono=False):
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>')
        lines = len(text.split("\n")) if text else 0
        top = y + height / 2 + 5 - lines * LINE / 2
        self.words(x + width / 2, top, title, colour=colour, bold=True, mono=mono)
        if text:
            self.words(x + width / 2, top + LINE, text, size=12, colour=SOFT)

    def arrow(self, *points, colour=INK, dashed=False):
        (x0, y0), (x1, y1) = points[-2:]
        length = ((x1 - x0)**2 + (y1 - y0)**2)**0.5
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        path = " ".join(f"{x},{y}" for x, y in [*points[:-1], (round(x1 - 8 * dx, 1), round(y1 - 8 * dy, 1))])
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>')
        tip = [(x1, y1), (x1 - 10 * dx - 5 * dy, y1 - 10 * dy + 5 * dx), (x1 - 10 * dx + 5 * dy, y1 - 10 * dy - 5 * dx)]
        self.parts.append(f'<polygon points="{" ".join(f"{round(x, 1)},{round(y, 1)}" for x, y in tip)}" fill="{colour}"/>')

    def picture(self, x, y, side, path, left=0, width=144, height=144):
        """Of a PNG of width x height at its left end, or further right, a square."""
        data = base64.b64encode(path.read_bytes()).decode()
        self.parts.append(f'<svg x="{x}" y="{y}" width="{side}" height="{side}" viewBox="{left} 0 {height} {height}">'
                          f'<image width="{width}" height="{height}" xlink:href="data:image/png;base64,{data}"/></svg>')

    def text(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{self.width}" height="{self.height}" '
                f'viewBox="0 0 {self.width} {self.height}">\n<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->\n'
                f'<!-- Written by docs/drawings.py. -->\n<rect width="100%" height="100%" fill="{PAPER}"/>\n' + "\n".join(self.parts) + "\n</svg>\n")


def overview():
    """A photograph and a network go in; code comes out, and a map wherever it runs."""
    d = Drawing(860, 300)
    d.words(82, 22, "photograph", bold=True)
    d.picture(10, 32, 144, PICTURES / "chelsea.png", width=224, height=224)
    d.box(10, 196, 144, 44, "model.onnx", "trained classifier", mono=True)
    d.box(10, 248, 144, 44, "--method=rsp", "attribution method", mono=True)
    d.box(206, 206, 150, 76, "Saliency", "compiles both\ninto one function", colour=RED, fill="#fbeeee")
    d.arrow((154, 218), (206, 232))
    d.arrow((154, 270), (206, 256))
    d.box(408, 206, 168, 76, "rsp.o  rsp.h", "rsp.weights, or rsp.so:\nmachine code, C interface", mono=True)
    d.arrow((356, 244), (408, 244))
    d.box(628, 196, 222, 96, "runs in your program", "C, C++, CMake, pkg-config\nx86-64, aarch64, riscv64 (objects)\nno Python, no framework,\nno allocation in the call")
    d.arrow((576, 244), (628, 244))
    d.box(206, 62, 370, 84, "one call", "the network forward, then backward by the method's rules:\nhow much does every pixel speak for \"Egyptian cat\"?")
    d.arrow((154, 104), (206, 104))
    d.arrow((492, 206), (492, 146), dashed=True)
    d.words(498, 180, "carries it out", size=12, colour=SOFT, anchor="start")
    d.arrow((576, 104), (628, 104))
    d.words(700, 22, "map", bold=True)
    d.picture(628, 32, 144, PICTURES / "rsp.png", left=144, width=288)
    d.words(780, 70, "red:", colour=RED, anchor="start", bold=True)
    d.words(780, 87, "speaks for\nthe class", size=12, anchor="start")
    d.words(780, 130, "blue:", colour=BLUE, anchor="start", bold=True)
    d.words(780, 147, "against it", size=12, anchor="start")
    return d


def pipeline():
    """The eight stages, what language each is in, and the contracts between them."""
    d = Drawing(860, 336)
    stages = [("import", "the ONNX file\nas saliency ops"), ("canonical", "known layers, in\nthe method's form"),
              ("attribution", "network and the\nwalk back"), ("specialised", "what signs and\ntargets leave"),
              ("linalg", "loops over\ntensors"), ("buffers", "loops over\nmemory"), ("scheduled", "tiles, vectors,\none memory plan"),
              ("llvm", "functions for\nLLVM")]
    place = lambda i: (44 + (i % 4) * 212, 44 if i < 4 else 214)
    for i, (name, text) in enumerate(stages):
        x, y = place(i)
        colour = RED if i < 4 else BLUE
        d.box(x, y, 150, 72, name, text, colour=colour, fill="#fbeeee" if i < 4 else "#eef3f9", mono=True)
        if i % 4 != 3:
            d.arrow((x + 150, y + 36), (x + 212, y + 36))
    d.arrow((715, 116), (715, 168), (119, 168), (119, 214))
    d.words(430, 28, "values are tensors of the network: saliency ops, arith, math", size=12, colour=RED)
    d.words(430, 200, "values become loops, then memory, then instructions", size=12, colour=BLUE)
    for i, y, text in ((0, 134, "contract 1\ncheck-network"), (2, 134, "contract 2\ncheck-attribution"), (4, 304, "contract 3\ncheck-linalg")):
        d.arrow((place(i)[0] + 181, y - 14), (place(i)[0] + 181, y - 48), colour=SOFT, dashed=True)
        d.words(place(i)[0] + 181, y, text, size=11, colour=SOFT)
    d.words(773, 138, "contract 4\ncheck-specialised", size=11, colour=SOFT)
    d.words(place(7)[0] + 75, 304, "then: .o + .h + .weights,\n.so, or run at once", size=11, colour=SOFT)
    return d


def reverse_walk():
    """The forward pass to the right, relevance to the left, a row of the method's table at each layer."""
    d = Drawing(860, 340)
    layers = [("Convolution", "x -> y = W x + b"), ("Rectifier", "max(x, 0)"), ("AveragePool", "mean of a map"), ("Dense", "y = W x + b")]
    rows = ["row for\nConvolution", "row for\nActivation,\nserves Rectifier", "row for\nAveragePool", "row for\nDense"]
    d.words(12, 24, "forward: the network as it is, values kept", anchor="start", colour=INK, bold=True)
    d.words(12, 328, "backward: one relevance for every entry of every value", anchor="start", colour=RED, bold=True)
    d.box(12, 44, 70, 60, "image", "x", fill=PAPER)
    left = lambda i: 130 + i * 152
    for i, (name, text) in enumerate(layers):
        d.box(left(i), 44, 116, 60, name, text)
        d.arrow((left(i) - (48 if i == 0 else 36), 74), (left(i), 74))
        d.box(left(i), 222, 116, 60, *rows[i].split("\n", 1), colour=RED, fill="#fbeeee")
        d.arrow((left(i) + 58, 104), (left(i) + 58, 222), colour=SOFT, dashed=True)
        d.words(left(i) + 64, 160, "x, y, w" if name in ("Convolution", "Dense") else "x, y", size=12, colour=SOFT, anchor="start")
        d.arrow((left(i), 252), (left(i) - (48 if i == 0 else 36), 252), colour=RED)
        d.words(left(i) - (24 if i == 0 else 18), 246, "R", colour=RED, bold=True)
    d.box(752, 44, 96, 60, "logits", "one per class", fill=PAPER)
    d.arrow((702, 74), (752, 74))
    d.box(752, 222, 96, 60, "seed", "target x logits", colour=RED, fill="#fbeeee")
    d.arrow((800, 104), (800, 222), colour=RED)
    d.arrow((752, 252), (702, 252), colour=RED)
    d.words(727, 246, "R", colour=RED, bold=True)
    d.box(12, 222, 70, 60, "finish", "the map", colour=RED, fill="#fbeeee")
    return d


def readers():
    """One method file, the tape it is written to, and who reads the tape."""
    d = Drawing(860, 300)
    d.box(12, 112, 190, 76, "LrpEpsilon.h", "parameters, seed, rows:\n20 lines of C++", colour=RED, fill="#fbeeee", mono=True)
    d.box(284, 112, 190, 76, "tape", "a list of nodes, a constant:\nx, w, R, adjoint, divide ...", colour=RED, fill="#fbeeee")
    d.arrow((202, 150), (284, 150))
    d.words(243, 140, "C++ compiler", size=11, colour=SOFT)
    rows = [("checks", "refuse a wrong rule in an English sentence"), ("emitter", "operations of the compiled explainer"),
            ("reference evaluator", "computes rules with plain arrays, in tests"), ("printer", "--explain-method, docs/methods/"),
            ("conservation", "the sum of R at each layer, without an input")]
    for i, (name, text) in enumerate(rows):
        y = 10 + i * 57
        d.box(560, y, 288, 48, name, text)
        d.arrow((474, 150), (520, 150), (520, y + 24), (560, y + 24)) if i != 2 else d.arrow((474, 150), (560, 150))
    return d


def streams():
    """What a second quantity on the way back can have to do with the relevance: four panels, each from right to left through two layers."""
    d = Drawing(860, 250)
    panels = [("stream", "its own rows; the rows\nof R may read it"), ("twin", "the rows of R,\nfrom another seed"),
              ("joint", "each one's rows\nread the other"), ("meeting", "at a named value\nboth become one")]
    for number, (name, text) in enumerate(panels):
        left = 8 + number * 214
        d.words(left + 100, 20, name, bold=True)
        d.words(left + 100, 212, text, size=12, colour=SOFT)
        for lane, colour in enumerate((RED, BLUE)):
            y = 66 + lane * 82
            d.words(left + 196, y + 5, "R" if not lane else "S", colour=colour, bold=True)
            for place in (1, 0):
                x = left + 26 + place * 84
                if name == "meeting" and not place:
                    continue
                d.box(x, y - 16, 52, 32, "row R" if name == "twin" or not lane else "row S", colour=colour, fill="#fbeeee" if not lane else "#eef3f9")
                d.arrow((left + 188 if place else x + 84, y), (x + 52, y), colour=colour)
                if not (name == "meeting" and place):
                    d.arrow((x, y), (x - 24 if not place else x - 32, y), colour=colour)
                if name in ("stream", "joint") and not lane:
                    d.arrow((x + 18, y + 66), (x + 18, y + 16), colour=BLUE, dashed=True)
                    if name == "joint":
                        d.arrow((x + 34, y + 16), (x + 34, y + 66), colour=RED, dashed=True)
            if name == "meeting":
                d.arrow((left + 110, y), (left + 62, 107 + (-9 if not lane else 9)), colour=colour)
        if name == "meeting":
            d.box(left + 18, 91, 44, 32, "R - S", colour=INK)
            d.arrow((left + 18, 107), (left, 107), colour=RED)
    return d


DRAWINGS = {"overview": overview, "pipeline": pipeline, "reverse-walk": reverse_walk, "readers": readers, "streams": streams}


def main():
    stale = []
    for name, draw in DRAWINGS.items():
        path, text = FOLDER / f"{name}.svg", draw().text()
        if "--check" not in sys.argv[1:]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(str(path))
    stale += [str(path) for path in FOLDER.glob("*") if path.stem not in DRAWINGS]
    if stale:
        print(f"the drawings must follow docs/drawings.py; run it for {', '.join(stale)}", file=sys.stderr)
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
