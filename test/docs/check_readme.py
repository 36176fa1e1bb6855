#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What README.md says can be typed in: its examples run, its C program links, its links lead somewhere.

    check_readme.py BIN [CC]      BIN holds the programs

Runs every line of its console blocks that calls a program of ours, `cc` or what cc made, in a scratch folder with the
demonstration's network as model.onnx and detector.onnx, and a scene as photo.png.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = re.compile(r"(saliency-\w+|cc|\./main) ?")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def check_start(text):
    """The section Start has the two commands, nothing else is marked sh."""
    start = re.search(r"^## Start\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)[1]
    commands = blocks(start, "sh")
    if len(commands) != 2 or commands != blocks(text, "sh") or any(len(c.strip().splitlines()) != 1 for c in commands):
        return [f"the section Start must have two sh blocks of one command, and no other section any; found {commands}"]
    return [f"{program} must be a program" for program in re.findall(r"\./test/[\w/]+", "".join(commands))
            if not os.access(ROOT / program, os.X_OK)]


def check_links(text):
    return [f"a link must lead somewhere, found {target}" for target in re.findall(r"\]\(([^)#:]+)\)", text)
            if not (ROOT / target).exists()]


def check_examples(text, programs, compiler):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        bin_folder = Path(folder) / "bin"
        bin_folder.mkdir()
        tools = ("saliency-opt", "saliency-patterns", "saliency-run")
        for name, target in (*((tool, programs / tool) for tool in tools), ("cc", compiler)):
            (bin_folder / name).symlink_to(target)
        for source, name in (("shapes.onnx", "model.onnx"), ("shapes.onnx", "detector.onnx"), ("scene_0.png", "photo.png"), ("labels.txt", "labels.txt")):
            shutil.copy(ROOT / "test/demo" / source, Path(folder) / name)
        (Path(folder) / "photos").mkdir()
        for scene in (ROOT / "test/demo").glob("scene_*.png"):
            shutil.copy(scene, Path(folder) / "photos")
        (program,) = blocks(text, "c")
        (Path(folder) / "main.c").write_text(program)
        environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
        lines = [line[2:] for block in blocks(text, "console") for line in block.splitlines() if line.startswith("$ ")]
        for line in filter(OURS.match, lines):
            done = subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
            print(f"$ {line}\n{done.stdout}", end="")
            if done.returncode or done.stderr:
                problems.append(f"'{line}' must run without complaint, found exit code {done.returncode}: {done.stderr.strip()}")
        if not list(Path(folder).glob("maps/*.overlay.png")):
            problems.append("the first example must leave pictures in maps/")
    return problems


def main():
    programs, compiler = Path(sys.argv[1]).resolve(), shutil.which(sys.argv[2] if len(sys.argv) > 2 else "cc")
    text = (ROOT / "README.md").read_text()
    problems = check_start(text) + check_links(text) + check_examples(text, programs, compiler)
    for problem in problems:
        print(f"README.md: {problem}", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
