"""Compares the text that Kenning reads from files with texts that somebody expects.

    python3 tests/tools/text_f1.py [--kenning PROGRAM] FILES EXPECTED

For each `EXPECTED/NAME.md` the file called NAME, or ending in `__NAME`, is looked for below FILES.
Words are counted as `pdf_f1.py` does. Tables are read with the name of the column before each cell,
which an expected text has once: the second figure leaves these names out.
"""

import argparse
import json
import pathlib
import re
import subprocess

from pdf_f1 import share, words


def without_columns(text):
    return re.sub(r"(^| \| )([^|\n]{1,60}?): ", r"\1", text, flags=re.M)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kenning", default="kenning")
    parser.add_argument("files", type=pathlib.Path)
    parser.add_argument("expected", type=pathlib.Path)
    arguments = parser.parse_args()
    files = [path for path in arguments.files.glob("**/*") if path.is_file()]
    print("| file | words | expected | F1 | without names of columns |\n|---|--:|--:|--:|--:|")
    scores = []
    for expected in sorted(arguments.expected.glob("*.md")):
        name = expected.name.removesuffix(".md")
        file = next((path for path in files if path.name.split("__", 1)[-1] == name), None)
        if file is None:
            print(f"| {name} is not there | | | | |")
            continue
        done = subprocess.run([arguments.kenning, "extract", "--json", file], capture_output=True)
        line = json.loads(done.stdout.decode().splitlines()[0])
        text, theirs = line.get("text"), words(expected.read_text())
        if text is None:
            print(f"| {name}: {line['reason']} | | {len(theirs)} | | |")
            continue
        ours, bare = words(text), words(without_columns(text))
        scores.append(max(share(ours, theirs)[2], share(bare, theirs)[2]))
        print(f"| {name} | {len(ours)} | {len(theirs)} | {share(ours, theirs)[2]:.3f} "
              f"| {share(bare, theirs)[2]:.3f} |")
    print(f"\n{len(scores)} files: mean F1 {sum(scores) / len(scores):.3f}")


if __name__ == "__main__":
    main()
