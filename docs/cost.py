# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What methods cost: the arithmetic of one call, as the compiler counts it, in units of the network's forward pass."""
import re
import subprocess
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
DEMO = DOCS.parent / "test/demo"
DEMONSTRATION = "the demonstration's network"
NETWORKS = {DEMONSTRATION: DEMO / "shapes.onnx", "a small transformer": DOCS / "transformer.mlir"}

EXPLANATION = """A page gives the arithmetic of one explanation, its forward pass included, as a multiple of that of the network's forward pass alone,
at the default parameters. The compiler counts it (`--statistics`, after `--stage=linalg`), on
[the demonstration's network](../test/demo/shapes.onnx), eight convolutions of 3 x 3, a global average pool and a dense layer, and
on [a small transformer](transformer.mlir), as far as the method takes them. It is no time: what a multiply-add takes differs
([performance.md](performance.md)). Where relevance starts at a layer of another place in the network, the share of what lies behind
it changes; a method that evaluates the network again and again costs in proportion to how often.
"""


def needs(program, folder):
    """What methods cannot do without, {method: flags}, for the demonstration's network: channels, patterns, maps of class scores."""
    patterns = folder / "patterns.npz"
    scenes = sorted(str(path) for path in DEMO.glob("scene_*.png"))
    subprocess.run([Path(program).with_name("saliency-patterns"), str(NETWORKS[DEMONSTRATION]), *scenes, "--mean=.5", "--std=.25", "-o", str(patterns)],
                   check=True, capture_output=True)
    with_patterns = ["--param", f"patterns={patterns}"]
    return {"crp": ["--condition=relu3_2:0"], "class-probability-map": ["--class-maps=conv4_2"], "pattern-net": with_patterns, "pattern-attribution": with_patterns}


def operations(program, network, method, flags=()):
    """The arithmetic operations of one call; None where the method refuses the network."""
    command = [program, str(network), f"--emit={method}", "--stage=linalg", "--statistics", *flags]
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if result.returncode == 2:
        return None
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {result.returncode}: {result.stderr.strip()}")
    return int(re.search(r"^count-arithmetic: operations = (\d+)$", result.stderr, re.MULTILINE)[1])


def measure(program, methods):
    """{method: text}"""
    forward = {name: operations(program, network, "forward") for name, network in NETWORKS.items()}
    with tempfile.TemporaryDirectory() as folder:
        flags = needs(program, Path(folder))
        counts_of = {method: {name: operations(program, network, method, flags.get(method, ())) for name, network in NETWORKS.items()
                              if name == DEMONSTRATION or method not in flags} for method in methods}
    texts = {}
    for method, counts in counts_of.items():
        ratios = [f"{count / forward[name]:.{int(count < 100 * forward[name])}f} on {name}" for name, count in counts.items() if count]
        if not ratios:
            raise RuntimeError(f"docs/cost.py must have a network that {method} takes")
        texts[method] = f"in units of a forward pass, {', '.join(ratios)} ([how this is counted](../methods.md#cost))."
    return texts
