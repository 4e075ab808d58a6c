"""Compares the text that Kenning reads from PDFs with that of pdftotext (poppler-utils).

    python3 tests/tools/pdf_f1.py [--kenning PROGRAM | --texts FOLDER] FILE-OR-FOLDER...

Prints a Markdown table: for each file the words of both, precision, recall and F1 over words as
bags, F1 over pairs of words that follow each other (which falls where the order of reading differs
or words are cut), and the seconds each took. `--texts` takes texts that lie ready as NAME.txt.
Words are compared without case, in NFKC, with hyphens at ends of lines undone on both sides.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import time
import unicodedata

WIDE = r"[\u2e80-\u30ff\u31c0-\u9fff\uf900-\ufaff]"


def words(text):
    text = unicodedata.normalize("NFKC", text).lower().replace("\u00ad", "")
    text = re.sub(r"(\w)[-\u2010]\s*\n\s*(?=\w)", r"\1", text)
    # Scripts without spaces are compared letter by letter, and marks are not words.
    text = re.sub(f"({WIDE})", r" \1 ", text)
    return re.findall(r"[^\W_]+", "".join(c for c in text if not unicodedata.combining(c)))


def share(ours, theirs):
    ours, theirs = collections.Counter(ours), collections.Counter(theirs)
    both = sum((ours & theirs).values())
    precision = both / max(1, sum(ours.values()))
    recall = both / max(1, sum(theirs.values()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def with_pdftotext(path):
    start = time.perf_counter()
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True)
    seconds = time.perf_counter() - start
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None, seconds


def with_kenning(program, path):
    start = time.perf_counter()
    done = subprocess.run([program, "extract", "--json", path], capture_output=True)
    seconds = time.perf_counter() - start
    line = json.loads(done.stdout.decode().splitlines()[0])
    return line.get("text"), line.get("reason", ""), seconds


def ready(folder, path):
    text = folder / f"{path.name}.txt"
    return (text.read_text(errors="replace") if text.exists() else None), "", 0.0


def files(paths):
    for path in map(pathlib.Path, paths):
        below = (one for one in sorted(path.glob("**/*.pdf")) if not one.is_symlink())
        yield from below if path.is_dir() else [path]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kenning", default="kenning")
    parser.add_argument("--texts", type=pathlib.Path)
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    print("| file | words | pdftotext | precision | recall | F1 | F1 of pairs | s | pdftotext s |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    scores, pair_scores = [], []
    for path in files(arguments.paths):
        theirs, their_seconds = with_pdftotext(path)
        ours, reason, seconds = (
            ready(arguments.texts, path)
            if arguments.texts
            else with_kenning(arguments.kenning, path)
        )
        ours, theirs = words(ours or ""), words(theirs or "")
        if not ours and not theirs:
            print(f"| {path.name} | 0 | 0 | | | | | | |")
            continue
        precision, recall, f1 = share(ours, theirs)
        pairs = share(zip(ours, ours[1:]), zip(theirs, theirs[1:]))[2]
        if len(ours) == len(theirs) == 1:
            pairs = f1
        scores.append(f1)
        pair_scores.append(pairs)
        print(
            f"| {path.name} {reason} | {len(ours)} | {len(theirs)} | {precision:.3f} | {recall:.3f} "
            f"| {f1:.3f} | {pairs:.3f} | {seconds:.2f} | {their_seconds:.2f} |"
        )
    if scores:
        mean, pairs = sum(scores) / len(scores), sum(pair_scores) / len(scores)
        middle = sorted(scores)[len(scores) // 2]
        print(f"\n{len(scores)} files with text: mean F1 {mean:.3f}, median {middle:.3f}, "
              f"mean F1 of pairs {pairs:.3f}")


if __name__ == "__main__":
    main()
