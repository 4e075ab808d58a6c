//! What the golden models are too small or too light to reach: attention in several blocks, and
//! blocked weights multiplied as they are.

use std::path::Path;

use serde::Deserialize;

use super::*;
use crate::batch::{Batch, Urgency};
use crate::definition::{by_definition, numbers};
use crate::family::{self, Head};
use crate::folder::ModelFolder;
use kenning_manifest::Pooling;

fn cpu(blocked: Blocked, scores_at_once: usize) -> CandleOps {
    CandleOps { scores_at_once, ..CandleOps::new(Device::Cpu, "CPU".into(), blocked) }
}

#[test]
fn attention_in_blocks_is_attention() {
    let heads = Heads { queries: 6, keys: 2, width: 4 };
    let lengths = [3, 3, 1, 17, 5];
    let mut batch = Batch::default();
    lengths.iter().for_each(|&length| batch.push(&vec![0; length]));
    let rows: usize = lengths.iter().sum();
    let data = [(heads.queries, 1), (heads.keys, 2), (heads.keys, 3)]
        .map(|(count, seed)| (numbers(rows * count * heads.width, seed), count * heads.width));
    let [query, key, value] = data
        .each_ref()
        .map(|(values, width)| Tensor::from_slice(values, (rows, *width), &Device::Cpu).unwrap());
    let plain = data.each_ref().map(|(values, _)| values.as_slice());
    for sight in [Sight::All, Sight::Past] {
        let expected = by_definition(plain, heads, &batch.spans(), sight);
        for scores_at_once in [1, 100, 250, 1 << 20] {
            let ops = cpu(Blocked::Widen, scores_at_once);
            let found = ops.attention(&query, &key, &value, heads, &batch.spans(), sight).unwrap();
            for (found, expected) in ops.read(&found).unwrap().iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-5, "{sight:?}, {scores_at_once} at once");
            }
        }
    }
    let last = Tensor::cat(
        &batch
            .last_rows()
            .iter()
            .map(|&row| query.narrow(0, row as usize, 1).unwrap())
            .collect::<Vec<_>>(),
        0,
    );
    let ops = cpu(Blocked::Widen, 1 << 20);
    let spans = batch.spans_of_single_rows();
    let found = ops.attention(&last.unwrap(), &key, &value, heads, &spans, Sight::Past).unwrap();
    let all = by_definition(plain, heads, &batch.spans(), Sight::Past);
    let width = heads.queries * heads.width;
    for (found, row) in ops.read(&found).unwrap().chunks(width).zip(batch.last_rows()) {
        let expected = &all[row as usize * width..][..width];
        assert!(
            found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5),
            "the row {row} by itself"
        );
    }
}

#[test]
fn blocked_weights_multiplied_as_they_are_stay_near_the_reference() {
    #[derive(Deserialize)]
    struct Golden {
        embed: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        ids: Vec<u32>,
        vector: Vec<f32>,
    }
    for (model, pooling) in [("qwen3-gguf", Pooling::Last), ("bert-gguf", Pooling::Mean)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(model);
        let folder = ModelFolder::open(&path).unwrap();
        let network =
            family::load(cpu(Blocked::Keep, SCORES_AT_ONCE), &folder, Head::Pool(pooling)).unwrap();
        let golden: Golden =
            serde_json::from_str(&std::fs::read_to_string(path.join("golden.json")).unwrap())
                .unwrap();
        for case in golden.embed {
            let mut batch = Batch::default();
            batch.push(&case.ids);
            let row = network.compute(&batch, Urgency::Query).unwrap().remove(0);
            let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
            let cosine = row.iter().zip(&case.vector).map(|(a, b)| a * b).sum::<f32>() / length;
            assert!(cosine > 0.99, "{model}: {cosine}");
        }
    }
}
