# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles files and looks at what the compiler says.

    compile.py --compiler=CXX [--flag=FLAG]... [--prefix=HEADER]... [--jobs=N] FILE...

A file with lines `// expect: WORDS` must not compile. Each of these words must stand in an error, and there may be no more
errors than such lines: one mistake, one error; what follows from it must not be reported again. Any other file must
compile; of a header this says that it includes what it needs. Every file is compiled by itself; headers named by --prefix
are parsed once for all of them, where the compiler (clang) can do that.
"""
import argparse
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

MARK = "// expect: "


def compile_file(command, path):
    """The compiler's status and what it says, for a source or a header."""
    language = ["-x", "c++"] if path.suffix == ".h" else []
    done = subprocess.run([*command, "-fsyntax-only", *language, str(path)], capture_output=True, text=True)
    return done.returncode, done.stderr + done.stdout


def complaint(command, path):
    """What is wrong with one file, or nothing."""
    expected = [line.removeprefix(MARK) for line in path.read_text().splitlines() if line.startswith(MARK)]
    status, output = compile_file(command, path)
    if not expected:
        return f"must compile; found:\n{output}" if status else None
    if not status:
        return "must not compile; found no error"
    for words in expected:
        if words not in output:
            return f"the error must say: {words}\nfound:\n{output}"
    errors = output.count("error: ")
    if errors > len(expected):
        return f"must give {len(expected)} error(s); found {errors}:\n{output}"
    return None


def parse_prefix(command, headers, folder):
    """The command that has parsed the headers, and found them without error."""
    prefix = folder / "prefix.h"
    prefix.write_text("".join(f'#include "{header}"\n' for header in headers))
    version = subprocess.run([command[0], "--version"], capture_output=True, text=True).stdout
    if not headers or "clang" not in version:
        return command
    parsed = folder / "prefix.pch"
    subprocess.run([*command, "-x", "c++-header", str(prefix), "-o", str(parsed)], check=True)
    return [*command, "-include-pch", str(parsed)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--flag", action="append", default=[])
    parser.add_argument("--prefix", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.compiler, "-std=c++20", *arguments.flag]
        command = parse_prefix(command, arguments.prefix, pathlib.Path(folder))
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            complaints = list(pool.map(lambda path: complaint(command, path), arguments.files))
    failed = [(path, text) for path, text in zip(arguments.files, complaints) if text]
    for path, text in failed:
        print(f"{path}: {text}\n")
    print(f"{len(arguments.files)} files, {len(failed)} not as they must be", *(path.name for path, _ in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
