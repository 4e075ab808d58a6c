"""Compares the text that Kenning reads with texts that others have written down as the truth.

    python3 tests/tools/truth_f1.py [--kenning PROGRAM] FILES-FOLDER TRUTH-FOLDER

The truth for `NAME.EXT` is `NAME.EXT.md`, Markdown; what stands before `__` in a file's name says
where the file is from. Prints F1 over words as bags for each file, and the mean by extension. The
marks of Markdown, its comments and the addresses of its links are no words.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess

from pdf_f1 import share, words


def plain(markdown):
    text = re.sub(r"<!--.*?-->", " ", markdown, flags=re.S)
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\]\([^)]*\)", "]", text)


def read(program, paths):
    done = subprocess.run([program, "--json", "extract", *map(str, paths)], capture_output=True)
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return {pathlib.Path(row["path"]): row for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kenning", default="kenning")
    parser.add_argument("files", type=pathlib.Path)
    parser.add_argument("truth", type=pathlib.Path)
    arguments = parser.parse_args()
    by_name = {path.name.split("__", 1)[-1]: path for path in arguments.files.glob("**/*.*")}
    pairs = [(by_name.get(truth.name[:-3]), truth) for truth in sorted(arguments.truth.glob("*.md"))]
    pairs = [(path, truth) for path, truth in pairs if path]
    rows = read(arguments.kenning, [path for path, _ in pairs])
    print("| file | words | truth | precision | recall | F1 |\n|---|--:|--:|--:|--:|--:|")
    scores = collections.defaultdict(list)
    for path, truth in pairs:
        row = rows[path]
        ours, theirs = words(row.get("text") or ""), words(plain(truth.read_text()))
        if row["state"] != "text":
            print(f"| {path.name}: {row['reason']} | | {len(theirs)} | | | |")
            continue
        precision, recall, f1 = share(ours, theirs)
        scores[path.suffix].append(f1)
        print(f"| {path.name} | {len(ours)} | {len(theirs)} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    print("\n| extension | files | mean F1 |\n|---|--:|--:|")
    for suffix, found in sorted(scores.items()):
        print(f"| {suffix} | {len(found)} | {sum(found) / len(found):.3f} |")
    found = [score for scores in scores.values() for score in scores]
    print(f"| all | {len(found)} | {sum(found) / max(1, len(found)):.3f} |")


if __name__ == "__main__":
    main()
