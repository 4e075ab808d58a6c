"""Makes the golden fixtures in this folder: tiny random models and what `transformers` says they answer.

The Rust inference crate is measured against these numbers (see `tests/it`). Nothing here is trained and
nothing is downloaded. To make them again, use a throw-away virtual environment with Python 3.11:

    pip install torch==2.15.0 transformers==5.23.0 tokenizers==0.23.3 safetensors==0.8.0 gguf==0.19.0 numpy==2.4.6
    python tests/golden/make.py

Each folder looks just like a Kenning model folder (`config.json`, `tokenizer.json`, weights, `kenning.toml`)
with a `golden.json` beside it: raw inputs, the token ids the model must see, and the expected answer.

What the numbers rest on, and what this script asserts before it writes an answer:
- Every safetensors weight is exact in bf16 and in f16, so a test may rewrite the file as f32, f16 or shards
  and expect the same answer. For GGUF the answer comes from gguf-py's own reading of the very bytes.
- Answers are computed in f32 on the CPU, one text at a time, unpadded; a left-padded and a right-padded batch agree.
- Every tensor matters: an answer changes when any one of them is neutralised (a forgotten bias cannot pass).
- Different texts give different vectors, yet the models are tame enough for bf16 and int8 to stay near.
"""

import copy
import json
import re
import unicodedata
from pathlib import Path

import gguf
import numpy as np
import safetensors.torch
import torch
from gguf import GGMLQuantizationType as Q
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertModel,
    Qwen3Config,
    Qwen3ForCausalLM,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

HERE = Path(__file__).resolve().parent

# ---------------------------------------------------------------------------------------------------------------------
# What is asked. All texts are our own.

TEXTS = [
    "winter rain",
    "How do I back up my photos?",
    "Die Rechnung für März liegt im grünen Ordner.",
    "Счёт за воду пришёл утром",
    "فاتورة الماء وصلت",
    "水費帳單寄到了",
    # U+0958 and U+095B are excluded from composition: their NFC form is the longer one.
    "\u0958िले की च\u093eबी दरा\u095b में है",
    "ใบเสร็จอยู่ในลิ้นชัก",
    # The cat is in no vocabulary of ours: the Unigram models must see <unk>.
    "🎉 tea at eight 🐈",
    # Decomposed on purpose: Kenning composes to NFC before it tokenises.
    "Cafe\u0301 cre\u0300me, \u1112\u1161\u11ab\u1100\u1173\u11af",
    # A text that talks about templates is not a template.
    "What does {text} mean in {instruction}?",
]

PAIRS = [
    ("winter rain", "It rains on the hill."),
    ("winter rain", "Die Rechnung für März"),
    ("How do I back up my photos?", "Copy them to a second drive."),
    ("水費帳單", "Счёт за воду пришёл"),
    ("فاتورة الماء", "水費帳單寄到了"),
    ("Cafe\u0301", "tea at eight 🐈"),
    ("{document}?", "{query}!"),
]

LONG = " ".join(unicodedata.normalize("NFC", text) for text in (TEXTS[1], TEXTS[0], TEXTS[3], TEXTS[2], TEXTS[5]) * 6)

DEFAULT_INSTRUCTION = "Given a web search query, retrieve relevant passages that answer the query"
OTHER_INSTRUCTION = "Finde die Rechnung, die zur Frage gehört"

E5_PROMPTS = {"query": "query: {text}", "document": "passage: {text}"}
NO_PROMPTS = {"query": "{text}", "document": "{text}"}
QWEN3_PROMPTS = {"query": "Instruct: {instruction}\nQuery:{text}", "document": "{text}"}
QWEN3_RERANK = {
    "prefix": "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the "
    'Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n',
    "body": "<Instruct>: {instruction}\n<Query>: {query}\n<Document>: {document}",
    "suffix": "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
    "instruction": DEFAULT_INSTRUCTION,
    "yes": "yes",
    "no": "no",
}
END = "<|endoftext|>"


def fill(template, **values):
    """The template with its places filled in one pass, so that a brace in a value stays a brace."""
    return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], place[0]), template)


def composed(text):
    return unicodedata.normalize("NFC", text)


# ---------------------------------------------------------------------------------------------------------------------
# Tokenisers. None normalises: composing is Kenning's own work, and the ids show whether it was done.


def unigram_tokenizer():
    """Like XLM-RoBERTa's: Metaspace, Unigram, `<s> … </s>`."""
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    words = ["▁query", "▁passage", "▁the", "▁back", "▁up", "▁photo", "▁rain", "▁winter", "▁Rechnung", "▁für", "▁вод"]
    parts = ["ch", "ei", "en", "er", "in", "it", "on", "th", "ün", "ый", "ше", "ال", "帳單", "ลิ้น", "में", "query", "passage"]
    sources = TEXTS + [text for pair in PAIRS for text in pair] + list(E5_PROMPTS.values())
    letters = sorted({letter for text in sources for letter in composed(text)} - {" ", "🐈"})
    pieces = words + parts + ["▁"] + letters
    # Scores fall with the rank and reward length, so the best path is never a tie.
    scored = [(piece, round(-4.0 - 0.013 * rank + 1.9 * (len(piece) - 1), 4)) for rank, piece in enumerate(pieces)]
    tokenizer = Tokenizer(models.Unigram([(special, 0.0) for special in specials] + scored, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(specials)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def byte_level_tokenizer():
    """Like Qwen3's: byte-level BPE, chat markers, no end token of its own accord."""
    merges = "e n,i n,e r,e s,a t,o n,h e,n o,y es,Ġ t,Ġ a,Ġt he,u er,uer y,Q uery,u m,en t,o c,D oc,Doc um,Docum ent,at h"
    merges = [tuple(merge.split(" ")) for merge in merges.split(",")]
    vocabulary = sorted(pre_tokenizers.ByteLevel.alphabet()) + ["".join(merge) for merge in merges]
    ids = {token: rank for rank, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_special_tokens([END, "<|im_start|>", "<|im_end|>"])
    assert all(len(tokenizer.encode(word).ids) == 1 for word in ("yes", "no"))
    return tokenizer


# ---------------------------------------------------------------------------------------------------------------------
# Weights.


def spread(name, shape):
    """(mean, standard deviation) of a random tensor: wide enough that texts differ and every tensor is felt."""
    if name.endswith("bias"):
        return 0.0, 0.1
    if len(shape) == 1:
        return 1.0, 0.25
    if "embed_tokens" in name:
        # Tied to the output: much wider, and every yes/no score would be 0 or 1.
        return 0.0, 2.0 / shape[1] ** 0.5
    if "embeddings" in name:
        return 0.0, 1.0 if "word" in name else 0.3
    return 0.0, 1.5 / shape[1] ** 0.5


def random_tensors(model, rng):
    """Fresh values for every tensor the model saves, by its `transformers` name."""
    tensors = {}
    for name, tensor in sorted(model.state_dict().items()):
        if name != "lm_head.weight":  # tied to the token embedding, hence never saved
            mean, deviation = spread(name, tensor.shape)
            tensors[name] = (mean + deviation * rng.standard_normal(tuple(tensor.shape))).astype(np.float32)
    return tensors


def exact_in_halves(values):
    """The values as bf16, such that f16 holds each of them exactly too."""
    rounded = torch.from_numpy(values).to(torch.bfloat16)
    # Below f16's smallest normal number its mantissa is shorter than bf16's.
    rounded[rounded.abs() < 2.0**-14] = 0
    assert torch.equal(rounded.float(), rounded.half().float())
    return rounded


def random_blocks(kind, shape, deviation, rng):
    """Random bytes of a K-quant tensor whose values have mean 0 and about the given deviation."""
    count = shape[0] * shape[1] // 256
    strength = rng.uniform(0.7, 1.3, (count, 1))
    if kind == Q.Q4_K:
        # value = d·scale·q − dmin·min, with q in 0..15: dmin = 7.5 d and min ≈ scale centre it.
        scale = rng.integers(16, 64, (count, 8), dtype=np.uint8)
        least = np.clip(scale.astype(int) + rng.integers(-3, 4, (count, 8)), 0, 63).astype(np.uint8)
        d = strength * deviation / 194.0
        halves = np.concatenate([d, 7.5 * d], axis=1).astype(np.float16).view(np.uint8)
        low, high = scale[:, :4] | (scale[:, 4:] >> 4 << 6), least[:, :4] | (least[:, 4:] >> 4 << 6)
        mixed = (scale[:, 4:] & 15) | (least[:, 4:] & 15) << 4
        parts = [halves, low, high, mixed, rng.integers(0, 256, (count, 128), dtype=np.uint8)]
    else:
        # value = d·scale·(q − 32), with a signed scale and q in 0..63.
        quants = rng.integers(0, 256, (count, 192 + 16), dtype=np.uint8)
        parts = [quants, (strength * deviation / 1366.0).astype(np.float16).view(np.uint8)]
    return np.concatenate(parts, axis=1).reshape(shape[0], -1)


def gguf_bytes(kind, values, deviation, rng):
    if kind in (Q.Q4_K, Q.Q6_K):  # gguf-py reads these but does not write them
        return random_blocks(kind, values.shape, deviation, rng)
    return gguf.quantize(values, kind)


# `transformers` name → llama.cpp's, as its convert script maps them, and the type each weight is stored in.
BERT_GGUF = {
    "embeddings.word_embeddings": ("token_embd", Q.Q4_K),
    "embeddings.position_embeddings": ("position_embd", Q.Q8_0),
    "embeddings.token_type_embeddings": ("token_types", Q.F16),
    "embeddings.LayerNorm": ("token_embd_norm", Q.F32),
    "encoder.layer.0.attention.self.query": ("blk.0.attn_q", Q.Q4_K),
    "encoder.layer.0.attention.self.key": ("blk.0.attn_k", Q.Q4_0),
    "encoder.layer.0.attention.self.value": ("blk.0.attn_v", Q.Q4_K),
    "encoder.layer.0.attention.output.dense": ("blk.0.attn_output", Q.Q4_0),
    "encoder.layer.0.attention.output.LayerNorm": ("blk.0.attn_output_norm", Q.F32),
    "encoder.layer.0.intermediate.dense": ("blk.0.ffn_up", Q.Q6_K),
    "encoder.layer.0.output.dense": ("blk.0.ffn_down", Q.Q8_0),
    "encoder.layer.0.output.LayerNorm": ("blk.0.layer_output_norm", Q.F32),
}
QWEN3_GGUF = {
    "model.embed_tokens": ("token_embd", Q.Q4_K),
    "model.norm": ("output_norm", Q.F32),
    "model.layers.0.input_layernorm": ("blk.0.attn_norm", Q.F32),
    "model.layers.0.self_attn.q_proj": ("blk.0.attn_q", Q.Q4_K),
    "model.layers.0.self_attn.k_proj": ("blk.0.attn_k", Q.Q8_0),
    "model.layers.0.self_attn.v_proj": ("blk.0.attn_v", Q.F16),
    "model.layers.0.self_attn.o_proj": ("blk.0.attn_output", Q.Q4_0),
    "model.layers.0.self_attn.q_norm": ("blk.0.attn_q_norm", Q.F32),
    "model.layers.0.self_attn.k_norm": ("blk.0.attn_k_norm", Q.F32),
    "model.layers.0.post_attention_layernorm": ("blk.0.ffn_norm", Q.F32),
    "model.layers.0.mlp.gate_proj": ("blk.0.ffn_gate", Q.Q4_K),
    "model.layers.0.mlp.up_proj": ("blk.0.ffn_up", Q.Q6_K),
    "model.layers.0.mlp.down_proj": ("blk.0.ffn_down", Q.Q8_0),
}


# ---------------------------------------------------------------------------------------------------------------------
# Model folders.


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_toml(path, head, table, entries):
    """A `kenning.toml`. A JSON string is a valid TOML string, so `json.dumps` quotes."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    if entries:
        lines += ["", f"[{table}]"] + [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def toml_head(name, family, task, max_tokens, summary):
    return {
        "name": f"golden-{name}",
        "family": family,
        "task": task,
        "max_tokens": max_tokens,
        "licence": "MIT OR Apache-2.0",
        "origin": "made by tests/golden/make.py",
        "summary": summary,
    }


def write_safetensors(folder, model, rng):
    tensors = {name: exact_in_halves(values) for name, values in random_tensors(model, rng).items()}
    safetensors.torch.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def write_gguf(folder, model, tokenizer, rng):
    bert = model.config.model_type == "bert"
    writer = gguf.GGUFWriter(folder / "model.gguf", "bert" if bert else "qwen3")
    gguf_metadata(writer, model.config)
    gguf_vocabulary(writer, tokenizer, bert)
    for name, values in random_tensors(model, rng).items():
        stem, leaf = name.rsplit(".", 1)
        target, kind = (BERT_GGUF if bert else QWEN3_GGUF)[stem]
        kind = kind if leaf == "weight" else Q.F32
        deviation = spread(name, values.shape)[1]
        writer.add_tensor(f"{target}.{leaf}", gguf_bytes(kind, values, deviation, rng), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def gguf_metadata(writer, config):
    """The keys llama.cpp's convert script writes for the architecture."""
    writer.add_type("model")
    writer.add_name(f"golden {config.model_type}")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    if config.model_type == "bert":
        writer.add_layer_norm_eps(config.layer_norm_eps)
        writer.add_causal_attention(False)
        writer.add_pooling_type(gguf.PoolingType.MEAN)
    else:
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
        writer.add_pooling_type(gguf.PoolingType.LAST)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def gguf_vocabulary(writer, tokenizer, bert):
    """Kenning reads `tokenizer.json`; the vocabulary is here because a real file has it and a reader must pass over it."""
    tokens = [tokenizer.id_to_token(rank) for rank in range(tokenizer.get_vocab_size())]
    special = {rank for rank, token in tokenizer.get_added_tokens_decoder().items() if token.special}
    writer.add_tokenizer_model("t5" if bert else "gpt2")
    writer.add_tokenizer_pre("default" if bert else "qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if rank in special else gguf.TokenType.NORMAL for rank in range(len(tokens))])
    if bert:
        writer.add_token_scores([score for _, score in json.loads(tokenizer.to_str())["model"]["vocab"]])
        writer.add_token_type_count(2)
        writer.add_bos_token_id(0)
        writer.add_eos_token_id(2)
    else:
        writer.add_token_merges([" ".join(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]])
        writer.add_eos_token_id(tokenizer.token_to_id(END))
        writer.add_add_bos_token(False)


def config_of_transformers_4(config):
    """The same configuration with the keys that files made before transformers 5 have: most models out there."""
    values = json.loads(config.to_json_string())
    values["rope_theta"] = values.pop("rope_parameters")["rope_theta"]
    values["rope_scaling"] = None
    values["torch_dtype"] = values.pop("dtype")
    values["transformers_version"] = "4.51.3"
    return values


def loaded(folder, fresh):
    """The reference model in f32, from the bytes on disk."""
    if (folder / "model.safetensors").exists():
        state = {name: tensor.float() for name, tensor in safetensors.torch.load_file(folder / "model.safetensors").items()}
    else:
        names = {target: stem for stem, (target, _) in {**BERT_GGUF, **QWEN3_GGUF}.items() if stem_belongs(stem, fresh)}
        state = {}
        for tensor in gguf.GGUFReader(folder / "model.gguf").tensors:
            target, leaf = tensor.name.rsplit(".", 1)
            values = gguf.dequantize(tensor.data, tensor.tensor_type)
            state[f"{names[target]}.{leaf}"] = torch.from_numpy(values.copy())
    missing, unexpected = fresh.load_state_dict(state, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    fresh.tie_weights()
    return fresh.float().eval()


def stem_belongs(stem, model):
    return f"{stem}.weight" in model.state_dict()


# ---------------------------------------------------------------------------------------------------------------------
# The reference answers.


def trunk(model):
    return {"bert": lambda: model, "xlm-roberta": lambda: model.roberta, "qwen3": lambda: model.model}[model.config.model_type]()


def batch(rows, side, model):
    """Token ids, mask and positions of a batch padded on one side. One row alone has no padding at all."""
    width = max(map(len, rows))
    ids, mask = torch.ones(len(rows), width, dtype=torch.long), torch.zeros(len(rows), width, dtype=torch.long)
    for row, tokens in enumerate(rows):
        at = width - len(tokens) if side == "left" else 0
        ids[row, at : at + len(tokens)] = torch.tensor(tokens)
        mask[row, at : at + len(tokens)] = 1
    arguments = {"input_ids": ids, "attention_mask": mask}
    if model.config.model_type != "xlm-roberta":  # which counts positions from the padding id by itself
        arguments["position_ids"] = (mask.cumsum(1) - 1).clamp(min=0)
    return arguments


def last_real(mask):
    return (mask * torch.arange(1, mask.shape[1] + 1)).argmax(1)


@torch.no_grad()
def vectors(model, rows, pooling, side="right"):
    """The pooled, L2-normalised vectors of the rows, computed as one padded batch."""
    arguments = batch(rows, side, model)
    mask = arguments["attention_mask"]
    states = trunk(model)(**arguments).last_hidden_state.float()
    every = torch.arange(len(rows))
    pooled = {
        "mean": lambda: (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True),
        "cls": lambda: states[every, mask.argmax(1)],
        "last": lambda: states[every, last_real(mask)],
    }[pooling]()
    return torch.nn.functional.normalize(pooled, dim=1)


@torch.no_grad()
def scores(model, rows, answers, side="right"):
    """Relevance between 0 and 1; `answers` are the ids of no and yes for a model that speaks them."""
    # The head of a sequence classifier reads the first column, so there padding can only be on the right.
    arguments = batch(rows, "right" if answers is None else side, model)
    logits = model(**arguments).logits.float()
    if answers is None:
        return logits[:, 0].sigmoid()
    spoken = logits[torch.arange(len(rows)), last_real(arguments["attention_mask"])]
    return spoken[:, answers].softmax(1)[:, 1]


def embed_ids(tokenizer, prompts, text, role, instruction):
    qwen3 = tokenizer.token_to_id(END) is not None
    filled = fill(prompts[role], text=composed(text), instruction=instruction or DEFAULT_INSTRUCTION)
    return tokenizer.encode(filled).ids + ([tokenizer.token_to_id(END)] if qwen3 else [])


def rerank_ids(tokenizer, query, document, instruction):
    query, document = composed(query), composed(document)
    if tokenizer.token_to_id(END) is None:
        encoding = tokenizer.encode(query, document)
        assert set(encoding.type_ids) == {0}
        return encoding.ids
    body = fill(QWEN3_RERANK["body"], query=query, document=document, instruction=instruction or DEFAULT_INSTRUCTION)
    return [rank for part in (QWEN3_RERANK["prefix"], body, QWEN3_RERANK["suffix"]) for rank in tokenizer.encode(part).ids]


def longest(limit, ids_of):
    """A beginning of LONG that fills the model to its last token; a question mark or two may round it off."""
    starts = (LONG[:end].rstrip() + ending for end in range(len(LONG), 0, -1) for ending in ("", "?", "??"))
    return next(start for start in starts if len(ids_of(start)) == limit)


def embed_golden(model, tokenizer, prompts, limit, asked):
    entries = []
    for text, role, instruction, pooling in asked:
        if text is LONG:
            text = longest(limit, lambda start: embed_ids(tokenizer, prompts, start, role, instruction))
        ids = embed_ids(tokenizer, prompts, text, role, instruction)
        assert len(ids) <= limit
        vector = vectors(model, [ids], pooling)[0]
        entries.append({"text": text, "role": role, "instruction": instruction, "ids": ids, "pooling": pooling, "vector": vector})
    return entries


def rerank_golden(model, tokenizer, answers, limit, asked):
    entries = []
    for query, document, instruction in asked:
        if document is LONG:
            document = longest(limit, lambda start: rerank_ids(tokenizer, query, start, instruction))
        ids = rerank_ids(tokenizer, query, document, instruction)
        assert len(ids) <= limit
        score = scores(model, [ids], answers)[0]
        entries.append({"query": query, "document": document, "instruction": instruction, "ids": ids, "score": score})
    return entries


# ---------------------------------------------------------------------------------------------------------------------
# What must hold before an answer may be called golden.


def check(model, embed, rerank, answers):
    answer = lambda other, side="right": answer_all(other, embed, rerank, answers, side)
    true_vectors = [torch.stack([entry["vector"] for entry in group]) for group in by_pooling(embed)]
    true_scores = torch.stack([entry["score"] for entry in rerank]) if rerank else torch.zeros(0)

    for side in ("left", "right"):
        padded_vectors, padded_scores = answer(model, side)
        assert all((a - b).abs().max() < 2e-6 for a, b in zip(padded_vectors, true_vectors)), side
        assert torch.allclose(padded_scores, true_scores, atol=2e-6), side

    assert_every_tensor_matters(model, answer, true_vectors, true_scores)

    def nearness(other):
        other_vectors, other_scores = answer(other)
        worst = min((a * b).sum(1).min().item() for a, b in zip(other_vectors, true_vectors))
        return worst, (other_scores - true_scores).abs().max().item() if rerank else 0.0

    bf16, int8 = nearness(copy.deepcopy(model).bfloat16()), nearness(with_int8_products(model))
    assert bf16[0] > 0.9995 and int8[0] > 0.995, (bf16, int8)
    report(embed, true_scores, bf16, int8)


def by_pooling(embed):
    return [[entry for entry in embed if entry["pooling"] == kind] for kind in sorted({entry["pooling"] for entry in embed})]


def answer_all(model, embed, rerank, answers, side):
    embedded = [vectors(model, [entry["ids"] for entry in group], group[0]["pooling"], side) for group in by_pooling(embed)]
    return embedded, scores(model, [entry["ids"] for entry in rerank], answers, side) if rerank else torch.zeros(0)


def assert_every_tensor_matters(model, answer, true_vectors, true_scores):
    """Neutralises one tensor after the other: a norm's gain becomes one, anything else zero."""
    for name, parameter in model.named_parameters():
        # The softmax over keys does not see what is added to all of them alike.
        if name.endswith("attention.self.key.bias"):
            continue
        kept = parameter.data.clone()
        parameter.data.fill_(1.0 if name.endswith("weight") and parameter.dim() == 1 else 0.0)
        changed_vectors, changed_scores = answer(model)
        parameter.data.copy_(kept)
        if name.startswith("classifier"):
            assert (changed_scores - true_scores).abs().max() > 0.005, name
        else:
            # NaN, from a vector of zeros, counts as changed.
            assert all(not (a * b).sum(1).min() > 0.999 for a, b in zip(changed_vectors, true_vectors)), name


def with_int8_products(model):
    """A copy whose linear layers multiply as an int8 backend would: weights per row, activations per token."""

    def rounded(values):
        step = values.abs().amax(-1, keepdim=True).clamp(min=1e-12) / 127
        return (values / step).round() * step

    other = copy.deepcopy(model)
    for module in other.modules():
        if isinstance(module, torch.nn.Linear):
            module.weight = torch.nn.Parameter(rounded(module.weight.data))
            module.register_forward_pre_hook(lambda _, inputs: (rounded(inputs[0]),))
    return other


def report(embed, true_scores, bf16, int8):
    for group in by_pooling(embed):
        for role in sorted({entry["role"] for entry in group}):
            rows = [entry["vector"] for entry in group if entry["role"] == role and entry["instruction"] is None]
            cosines = [(a @ b).item() for at, a in enumerate(rows) for b in rows[:at]]
            print(f"  {group[0]['pooling']:4} {role:8} cosines {min(cosines):+.3f} … {max(cosines):+.3f} ({len(rows)} texts)")
            assert max(cosines) < 0.95, "texts too alike to prove anything"
    if len(true_scores):
        print("  scores   " + " ".join(f"{score:.3f}" for score in true_scores.tolist()))
    print(f"  bf16: cosine ≥ {bf16[0]:.5f}, score ± {bf16[1]:.4f};  int8: cosine ≥ {int8[0]:.5f}, score ± {int8[1]:.4f}")


# ---------------------------------------------------------------------------------------------------------------------
# Writing it down.


def write_golden(path, embed, rerank):
    """One entry a line, so that a change shows where it is."""

    def line(entry):
        entry = dict(entry)
        if "vector" in entry:
            entry["vector"] = [float(f"{value:.7g}") for value in entry["vector"].tolist()]
        if "score" in entry:
            entry["score"] = float(f"{entry['score'].item():.7g}")
        return "  " + json.dumps(entry, ensure_ascii=False, separators=(",", ":"))

    blocks = [f' "{key}": [\n' + ",\n".join(map(line, entries)) + "\n ]" for key, entries in (("embed", embed), ("rerank", rerank)) if entries]
    path.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")


def make(name, build, tokenizer, seed, tomls, embed_asked, rerank_asked, prompts, limit, config=None):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    fresh = build()
    fresh.set_attn_implementation("eager")
    fresh.config.architectures = [type(fresh).__name__]
    is_gguf = name.endswith("-gguf")
    fresh.config.dtype = torch.float32 if is_gguf else torch.bfloat16
    write_json(folder / "config.json", (config or (lambda values: json.loads(values.to_json_string())))(fresh.config))
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    for file, (task, table, summary) in tomls.items():
        family = fresh.config.model_type.replace("-", "_")
        called = name + ("-reranker" if task == "rerank" else "")
        write_toml(folder / file, toml_head(called, family, task, limit, summary), task, table)
    write_gguf(folder, fresh, tokenizer, rng) if is_gguf else write_safetensors(folder, fresh, rng)

    print(name)
    model = loaded(folder, fresh)
    qwen3 = model.config.model_type == "qwen3"
    answers = [tokenizer.token_to_id("no"), tokenizer.token_to_id("yes")] if qwen3 else None
    embed = embed_golden(model, tokenizer, prompts, limit, embed_asked)
    rerank = rerank_golden(model, tokenizer, answers, limit, rerank_asked)
    check(model, embed, rerank, answers)
    write_golden(folder / "golden.json", embed, rerank)


def write_dequantise(path):
    """256 values of every storage type: the bytes, and the f32 values gguf-py reads from them."""
    rng = np.random.default_rng(6)
    halves = lambda count: np.where(rng.random((count, 1)) < 0.5, -1, 1) * rng.uniform(0.001, 0.1, (count, 1))
    small = lambda count, width: np.concatenate(
        [halves(count).astype(np.float16).view(np.uint8), rng.integers(0, 256, (count, width), dtype=np.uint8)], axis=1
    )
    normal = rng.standard_normal(256).astype(np.float32)
    normal[:4] = [0.0, -0.0, 1.0, -1.0]
    f16 = normal.astype(np.float16)
    f16[4:8] = [65504.0, -6.1e-5, 5.96e-8, -3.0e-6]  # the largest, one near the smallest normal, two below it
    bf16 = normal.copy()
    bf16[4:8] = [3.0e38, -1.0e-38, 1.0e-40, -1.0e-5]
    blocks = {
        Q.F16: f16.view(np.uint8),
        Q.BF16: gguf.quantize(bf16, Q.BF16),
        Q.Q8_0: small(8, 32),
        Q.Q4_0: small(8, 16),
        Q.Q4_K: random_blocks(Q.Q4_K, (1, 256), 0.08, rng),
        Q.Q6_K: random_blocks(Q.Q6_K, (1, 256), 0.08, rng),
    }
    lines = []
    for kind, data in blocks.items():
        values = gguf.dequantize(data.reshape(-1), kind).reshape(-1)
        assert len(values) == 256 and np.isfinite(values).all()
        numbers = ",".join(repr(float(str(value))) for value in values)
        lines.append(f' "{kind.name}": {{\n  "bytes": "{data.tobytes().hex()}",\n  "values": [{numbers}]\n }}')
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


# ---------------------------------------------------------------------------------------------------------------------
# The models.


def bert_config(vocabulary, hidden, layers, feed_forward):
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=feed_forward,
        max_position_embeddings=64,
        type_vocab_size=2,
        pad_token_id=1,
    )


def xlm_roberta_config(vocabulary):
    return XLMRobertaConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=96,
        max_position_embeddings=66,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        layer_norm_eps=1e-3,  # nobody's default: an epsilon written into the code shows in the third digit
        num_labels=1,
    )


def qwen3_config(vocabulary, end, hidden, layers, feed_forward):
    return Qwen3Config(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=32,
        intermediate_size=feed_forward,
        max_position_embeddings=512,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0},
        tie_word_embeddings=True,
        rms_norm_eps=1e-6,
        eos_token_id=end,
    )


def embed_table(pooling, prompts, **more):
    return {"pooling": pooling, "matryoshka": bool(more), **prompts, **more}


def asked(texts, role, pooling, instruction=None):
    return [(text, role, instruction, pooling) for text in texts]


def make_encoders():
    tokenizer = unigram_tokenizer()
    size = tokenizer.get_vocab_size()
    e5 = {"kenning.toml": ("embed", embed_table("mean", E5_PROMPTS), "A tiny random BERT with E5's prompts")}
    every = TEXTS + [LONG]
    make(
        "bert",
        lambda: BertModel(bert_config(size, 32, 2, 96), add_pooling_layer=False),
        tokenizer,
        seed=8,
        tomls=e5,
        embed_asked=asked(every, "query", "mean") + asked(every[3:], "document", "mean") + asked(every[5:], "query", "cls"),
        rerank_asked=[],
        prompts=E5_PROMPTS,
        limit=64,
    )
    make(
        "xlm_roberta",
        lambda: XLMRobertaForSequenceClassification(xlm_roberta_config(size)),
        tokenizer,
        seed=2,
        tomls={
            "kenning.toml": ("embed", embed_table("cls", NO_PROMPTS), "A tiny random XLM-RoBERTa without prompts"),
            "rerank.toml": ("rerank", {}, "A tiny random XLM-RoBERTa as a cross-encoder"),
        },
        embed_asked=asked(every, "query", "cls") + asked(every[-3:], "document", "cls"),
        rerank_asked=[(*pair, None) for pair in PAIRS + [(TEXTS[2], LONG)]],
        prompts=NO_PROMPTS,
        limit=64,
    )
    make(
        "bert-gguf",
        lambda: BertModel(bert_config(size, 256, 1, 64), add_pooling_layer=False),
        tokenizer,
        seed=3,
        tomls=e5,
        embed_asked=asked(every[8:], "query", "mean") + asked(every[2:5], "document", "mean"),
        rerank_asked=[],
        prompts=E5_PROMPTS,
        limit=64,
    )


def make_decoders():
    tokenizer = byte_level_tokenizer()
    size, end = tokenizer.get_vocab_size(), tokenizer.token_to_id(END)
    table = embed_table("last", QWEN3_PROMPTS, instruction=DEFAULT_INSTRUCTION, end_token=END)
    tomls = {
        "kenning.toml": ("embed", table, "A tiny random Qwen3 embedding model"),
        "rerank.toml": ("rerank", QWEN3_RERANK, "A tiny random Qwen3 reranker"),
    }
    every = TEXTS + [LONG]
    make(
        "qwen3",
        lambda: Qwen3ForCausalLM(qwen3_config(size, end, 64, 2, 96)),
        tokenizer,
        seed=4,
        tomls=tomls,
        embed_asked=asked(every, "query", "last") + asked(every[1:3], "query", "last", OTHER_INSTRUCTION) + asked(every[4:], "document", "last"),
        rerank_asked=[(*pair, None) for pair in PAIRS] + [(*PAIRS[3], OTHER_INSTRUCTION), (TEXTS[0], LONG, None)],
        prompts=QWEN3_PROMPTS,
        limit=512,
    )
    make(
        "qwen3-gguf",
        lambda: Qwen3ForCausalLM(qwen3_config(size, end, 256, 1, 64)),
        tokenizer,
        seed=5,
        tomls=tomls,
        embed_asked=asked(every[1:4], "query", "last") + asked(every[10:], "document", "last"),
        rerank_asked=[(*pair, None) for pair in PAIRS[:3]],
        prompts=QWEN3_PROMPTS,
        limit=512,
        config=config_of_transformers_4,
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_encoders()
    make_decoders()
    write_dequantise(HERE / "dequantise.json")
