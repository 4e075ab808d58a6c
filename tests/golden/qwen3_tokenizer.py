"""What the Qwen3 series' own tokenizer makes of texts in its makers' templates.

    qwen3_tokenizer.py TOKENIZER_JSON

Writes qwen3-tokenizer.json beside itself. TOKENIZER_JSON is the one that `cargo xtask test` fetches
into target/fetched/qwen3-tokenizer. In a throw-away virtual environment:
`pip install transformers==5.23.0 tokenizers==0.23.3`. The templates are those that the model cards of
Qwen3-Embedding and Qwen3-Reranker publish; prefix, body and suffix of a pair are tokenised apart.
"""

import json
import pathlib
import sys
import unicodedata

from transformers import PreTrainedTokenizerFast

TASK = "Given a web search query, retrieve relevant passages that answer the query"
PREFIX = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the "
    'Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
)
SUFFIX = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
TEXTS = [
    "Wo liegt die Rechnung vom März?",
    "Чек лежит в ящике стола.",
    "洗衣机的保修卡在哪里",
    "洗濯機の保証書はどこですか",
    "세탁기 보증서는 어디에 있나요",
    "أين ضمان الغسالة؟",
    "वॉशिंग मशीन की गारंटी कहाँ है",
    "ใบรับประกันเครื่องซักผ้าอยู่ที่ไหน",
    unicodedata.normalize("NFD", "Hóa đơn tiền điện tháng ba"),
    "Où est la garantie du lave‑linge ?",
    'if x < 3 {\n\tprintln!("{x}");\n}',
    "👩‍🔬🧪 42 × 1,000 = 42,000",
    "   spaced   out\n\n\nlines  ",
]
PAIRS = [(0, 1), (2, 3), (5, 10)]


def main():
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=sys.argv[1])
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")

    def ids(text):
        return tokenizer.encode(text, add_special_tokens=False)

    embed, rerank = [], []
    for text in TEXTS:
        composed = unicodedata.normalize("NFC", text)
        embed.append({"text": text, "role": "document", "ids": ids(composed) + [end]})
        query = f"Instruct: {TASK}\nQuery:{composed}"
        embed.append({"text": text, "role": "query", "ids": ids(query) + [end]})
    for query, document in ((TEXTS[a], TEXTS[b]) for a, b in PAIRS):
        body = f"<Instruct>: {TASK}\n<Query>: {query}\n<Document>: {document}"
        rerank.append({"query": query, "document": document, "ids": ids(PREFIX) + ids(body) + ids(SUFFIX)})
    rows = lambda cases: ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    text = f'{{\n "embed": [\n{rows(embed)}\n ],\n "rerank": [\n{rows(rerank)}\n ]\n}}\n'
    (pathlib.Path(__file__).parent / "qwen3-tokenizer.json").write_text(text)


if __name__ == "__main__":
    main()
