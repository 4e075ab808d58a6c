//! Model folders for tests: the committed tiny models, copied and rewritten as a test needs them.

use std::fs;
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::Deserialize;
use tempfile::TempDir;

/// What the reference implementation computed for a model.
#[derive(Deserialize)]
pub struct Golden {
    pub embed: Vec<EmbedCase>,
    #[serde(default)]
    pub rerank: Vec<RerankCase>,
}

#[derive(Deserialize)]
pub struct EmbedCase {
    pub text: String,
    pub role: String,
    pub instruction: Option<String>,
    pub pooling: String,
    pub ids: Vec<u32>,
    pub vector: Vec<f32>,
}

#[derive(Deserialize)]
pub struct RerankCase {
    pub query: String,
    pub document: String,
    pub instruction: Option<String>,
    pub ids: Vec<u32>,
    pub score: f32,
}

pub fn golden_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)
}

/// Where cargo, and `cargo xtask`, put what they make: cargo marks the folder, and built this there.
pub fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).unwrap().into()
}

pub fn golden(name: &str) -> Golden {
    let text = fs::read_to_string(golden_folder(name).join("golden.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A tiny network of random numbers under a name, which computes as a large one does.
pub fn install(folder: &Path, name: &str, golden: &str) {
    fs::create_dir_all(folder).unwrap();
    for entry in fs::read_dir(golden_folder(golden)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    let file = folder.join("kenning.toml");
    let text = fs::read_to_string(&file).unwrap();
    let own = format!("name = \"golden-{golden}\"");
    assert!(text.contains(&own), "{text}");
    fs::write(file, text.replace(&own, &format!("name = \"{name}\""))).unwrap();
}

/// A copy of a golden model that a test may change.
pub fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(golden_folder(name)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// Replaces one piece of a text file of the folder. The piece must be there.
pub fn edit(folder: &TempDir, file: &str, from: &str, to: &str) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} does not contain {from:?}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Makes the folder a reranker.
pub fn make_reranker(folder: &TempDir) {
    fs::rename(folder.path().join("rerank.toml"), folder.path().join("kenning.toml")).unwrap();
}

/// Rewrites the weights in another number format, in `shards` files. The committed values are such
/// that all formats hold them exactly.
pub fn rewrite(folder: &TempDir, dtype: Dtype, shards: usize) {
    let single = folder.path().join("model.safetensors");
    let bytes = fs::read(&single).unwrap();
    let original = SafeTensors::deserialize(&bytes).unwrap();
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = original
        .iter()
        .map(|(name, view)| (name.to_owned(), view.shape().to_vec(), recode(view.data(), dtype)))
        .collect();
    fs::remove_file(&single).unwrap();
    let mut index = serde_json::Map::new();
    for (number, part) in tensors.chunks(tensors.len().div_ceil(shards)).enumerate() {
        let file = match shards {
            1 => "model.safetensors".to_owned(),
            _ => format!("model-{:05}-of-{shards:05}.safetensors", number + 1),
        };
        let views = part.iter().map(|(name, shape, bytes)| {
            (name.clone(), TensorView::new(dtype, shape.clone(), bytes).unwrap())
        });
        safetensors::serialize_to_file(views, None, &folder.path().join(&file)).unwrap();
        index.extend(part.iter().map(|(name, ..)| (name.clone(), file.clone().into())));
    }
    if shards > 1 {
        let index = serde_json::json!({ "metadata": {}, "weight_map": index });
        fs::write(folder.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
    }
}

fn recode(bytes: &[u8], dtype: Dtype) -> Vec<u8> {
    let values = bytes.chunks_exact(2).map(|pair| bf16::from_le_bytes([pair[0], pair[1]]).to_f32());
    match dtype {
        Dtype::F32 => values.flat_map(f32::to_le_bytes).collect(),
        Dtype::F16 => values
            .flat_map(|value| {
                assert_eq!(
                    f16::from_f32(value).to_f32(),
                    value,
                    "a golden weight must fit f16 exactly"
                );
                f16::from_f32(value).to_le_bytes()
            })
            .collect(),
        _ => bytes.to_vec(),
    }
}
