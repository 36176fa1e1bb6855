#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the pages say can be typed in: their examples run, their programs compile, their links lead somewhere.

    check_pages.py BIN CC CXX      BIN holds the programs; CC and CXX are compilers

Runs every line of the pages' console blocks that calls a program of ours, `cc` or what cc made: each page in a scratch folder of its
own with the demonstration's network as model.onnx and detector.onnx, and a scene as photo.png. Methods that a page writes down, blocks
of C++ that begin with a struct, go through the C++ compiler. README.md is short and has two commands to start with.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "test/demo"
OURS = re.compile(r"(saliency-\w+|time-explainer|cc|\./main) ?")
# Pages whose examples are run, in the order in which a reader meets them.
PAGES = ["README.md", "docs/explain.md", "docs/embed.md", "docs/debugging.md", "docs/profiling.md", "docs/rules.md"]
# Switches that print on standard error what they are asked for.
TALKING = re.compile(r"--(statistics|timing|report-canonizers|mlir-print|mlir-timing|debug-only)")
README_LINES = 130


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def check_start(text):
    """The section Start has the two commands, nothing else is marked sh; the page is short."""
    start = re.search(r"^## Start\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)[1]
    commands, problems = blocks(start, "sh"), []
    if len(commands) != 2 or commands != blocks(text, "sh") or any(len(c.strip().splitlines()) != 1 for c in commands):
        problems.append(f"the section Start must have two sh blocks of one command, and no other section any; found {commands}")
    if (lines := len(text.splitlines())) > README_LINES:
        problems.append(f"it must have at most {README_LINES} lines, found {lines}")
    return problems + [f"{program} must be a program" for program in re.findall(r"\./test/[\w/]+", "".join(commands))
                       if not os.access(ROOT / program, os.X_OK)]


def anchors(path):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^ *```.*?^ *```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower()).replace(" ", "-") for heading in headings}


def check_links(path):
    problems, text = [], re.sub(r"^ *```.*?^ *```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^):]+)\)", text):
        name, _, anchor = target.partition("#")
        found = (path.parent / name) if name else path
        if not found.exists():
            problems.append(f"a link must lead somewhere, found {target}")
        elif anchor and anchor not in anchors(found):
            problems.append(f"a link must lead to a heading, found {target}")
    return problems


def check_examples(text, programs, compiler):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        bin_folder = Path(folder) / "bin"
        bin_folder.mkdir()
        tools = ("saliency-opt", "saliency-patterns", "saliency-run", "time-explainer")
        for name, target in (*((tool, programs / tool) for tool in tools), ("cc", compiler)):
            (bin_folder / name).symlink_to(target)
        for source, name in (("shapes.onnx", "model.onnx"), ("shapes.onnx", "detector.onnx"), ("scene_0.png", "photo.png"), ("labels.txt", "labels.txt")):
            shutil.copy(DEMO / source, Path(folder) / name)
        (Path(folder) / "photos").mkdir()
        for scene in DEMO.glob("scene_*.png"):
            shutil.copy(scene, Path(folder) / "photos")
        for program in blocks(text, "c"):
            (Path(folder) / "main.c").write_text(program)
        environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
        lines = [line[2:] for block in blocks(text, "console") for line in block.splitlines() if line.startswith("$ ")]
        for line in filter(OURS.match, lines):
            done = subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
            print(f"$ {line}\n{done.stdout}", end="")
            if done.returncode or (done.stderr and not TALKING.search(line)):
                problems.append(f"'{line}' must run without complaint, found exit code {done.returncode}: {done.stderr.strip()}")
            if TALKING.search(line) and not done.stderr:
                problems.append(f"'{line}' must print what it is asked for on standard error, found nothing")
        if "--out-dir=maps" in "".join(lines) and not list(Path(folder).glob("maps/*.overlay.png")):
            problems.append("the first example must leave pictures in maps/")
    return problems


def check_methods(text, compiler):
    """Methods written down on the page compile."""
    problems = []
    for method in (block for block in blocks(text, "cpp") if block.startswith("struct ") and "m.elsewhere" in block):
        name = re.match(r"struct (\w+)", method)[1]
        source = f'#include "passes/rules/language/Compile.h"\nusing namespace saliency::rules;\n{method}\n' \
                 f"constexpr const MethodTable &table = tableOf<{name}>();\n"
        done = subprocess.run([compiler, "-std=c++20", f"-I{ROOT}", "-fsyntax-only", "-xc++", "-"], input=source, capture_output=True, text=True)
        print(f"{name}: compiles" if not done.returncode else f"{name}: does not compile")
        if done.returncode:
            problems.append(f"the method {name} must compile, found: {done.stderr.strip()}")
    return problems


def check_recipe(compiler):
    """The method of CONTRIBUTING.md, typed in as the page says, compiles."""
    indented = (block for language, block in re.findall(r"^   ```(\w+)\n(.*?)^   ```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL | re.MULTILINE)
                if language == "cpp" and "static consteval void write(Method" in block)
    if not (method := next(indented, None)):
        return ["the recipe of a method must have one, found none"]
    name = re.search(r"^ *struct (\w+)", method, re.MULTILINE)[1]
    source = f'#include "passes/rules/language/Compile.h"\n{method}\nconstexpr auto &table = saliency::rules::tableOf<saliency::rules::methods::{name}>();\n'
    done = subprocess.run([compiler, "-std=c++20", f"-I{ROOT}", "-fsyntax-only", "-xc++", "-"], input=source, capture_output=True, text=True)
    print(f"{name}: {'compiles' if not done.returncode else 'does not compile'}")
    return [f"the method {name} must compile, found: {done.stderr.strip()}"] if done.returncode else []


# What the examples of the vocabulary speak of.
EXAMPLES = """#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"
using namespace saliency::rules;
consteval void examples(Method &m) {
  const auto conv = m.convolution();
  const auto dense = m.dense();
  const auto act = m.activation();
  const auto rectifier = m.rectifier();
  const auto pool = m.selection();
  const auto norm = m.normalisation();
  const auto concat = m.concat();
  const auto bilinear = m.bilinear();
  const auto attention = m.attention();
  const auto mean = meanOverHeads(attention.y);
  const auto a = conv.R, b = conv.z;
  const auto rule = conv.x * adjoint(conv.w, conv.R);
  const auto epsilon = m.number("epsilon", 1e-6, "help"), sigma = m.number("sigma", 1, "help"), alpha = m.number("alpha", 2, "help"),
             beta = m.number("beta", 1, "help"), seed = m.integer("random-seed", 0, "help"), steps = m.integer("steps", 50, "help");
  const auto bias = m.choice("bias", {"kept", "dropped"}, "help"), activation = m.choice("activation", {"pass", "gradient"}, "help"),
             variant = m.choice("variant", {"reference", "paper"}, "help"), purge = m.choice("purge", {"off", "on"}, "help"),
             quadrature = m.choice("quadrature", {"right-riemann", "midpoint"}, "help");
  const auto division = m.division("division", {Division::Stab, Division::Plus}, "help");
  const auto baseline = m.perChannel("baseline", {0}, "help");
  const auto difference = m.input() - baseline;
  const auto baselines = m.images("baselines", "help");
  const auto classes = m.classes("classes", "help");
  const auto patterns = m.layerData("patterns", "help");
  const auto reference = m.reference(baseline);
  const auto opposite = m.twin("opposite", m.target());
  const auto run = m.runs(steps);
"""


def check_vocabulary(text, compiler):
    """The examples in the tables of words compile."""
    tables = re.findall(r"^\| word \|.*?\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    examples = [example for table in tables for row in table.splitlines() for example in re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", row)[-2])]
    if len(examples) < 60:
        return [f"the tables of words must be read, found {len(examples)} examples"]
    statement = lambda example: f"  conv_row{example};\n" if example.startswith(".") else f"  (void)({example});\n"
    source = EXAMPLES + "".join(statement(example) for example in examples).replace("conv_row", "m.on(conv, rule)") + "}\n"
    done = subprocess.run([compiler, "-std=c++20", f"-I{ROOT}", "-fsyntax-only", "-xc++", "-"], input=source, capture_output=True, text=True)
    print(f"{len(examples)} examples of words: {'compile' if not done.returncode else 'do not compile'}")
    return [f"the examples of words must compile, found: {done.stderr.strip()}"] if done.returncode else []


def check_methods_named(programs):
    """Every method has a row in the page that compares them, and pages that count the methods count right."""
    listed = subprocess.run([programs / "saliency-opt", "--document=method-index"], check=True, capture_output=True, text=True).stdout
    names, problems = re.findall(r"`--emit-([^`]+)`", listed), []
    text = (ROOT / "docs/choosing.md").read_text()
    problems += [("docs/choosing.md", f"the method {name} must have a row, found none") for name in names
                 if f"| [{name}](methods/{name}.md) |" not in text]
    for page in [*PAGES, "docs/choosing.md", "docs/architecture.md"]:
        problems += [(page, f"there are {len(names)} methods, found '{count} methods'")
                     for count in re.findall(r"\b(\d+)\s+methods", (ROOT / page).read_text()) if int(count) > 20 and int(count) != len(names)]
    return problems


def check_words():
    """The page of the rule language explains every word: those of the table of words, and the conditions."""
    language = ROOT / "passes/rules/language"
    words = re.findall(r'^\w*WORD\(\w+, "([\w.]+)"', (language / "Words.def").read_text(), re.MULTILINE)
    conditions = re.findall(r"^(?:inline )?constexpr Condition (\w+)[{(]", (language / "Conditions.h").read_text(), re.MULTILINE)
    if len(words) < 50 or len(conditions) < 5:
        return ["the table of words must be read, found no words or no conditions"]
    explained = " ".join(re.findall(r"`([^`]*)`", (ROOT / "docs/rules.md").read_text()))
    return [f"the word {word} must be explained, found it nowhere" for word in dict.fromkeys(words + conditions)
            if not re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", explained)]


def main():
    programs, compiler, cxx = Path(sys.argv[1]).resolve(), shutil.which(sys.argv[2]), shutil.which(sys.argv[3])
    found = []
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("passes/**/README.md"), ROOT / "dialect/README.md",
                 *ROOT.glob("test/**/README.md")]:
        found += [(path.relative_to(ROOT), problem) for problem in check_links(path)]
    found += [("README.md", problem) for problem in check_start((ROOT / "README.md").read_text())]
    for page in PAGES:
        text = (ROOT / page).read_text()
        found += [(page, problem) for problem in check_examples(text, programs, compiler) + check_methods(text, cxx)]
    found += [("CONTRIBUTING.md", problem) for problem in check_recipe(cxx)]
    found += check_methods_named(programs)
    found += [("docs/rules.md", problem) for problem in check_words() + check_vocabulary((ROOT / "docs/rules.md").read_text(), cxx)]
    for page, problem in found:
        print(f"{page}: {problem}", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
