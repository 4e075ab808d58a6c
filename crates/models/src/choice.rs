//! Which files of a repository a model needs, and under which names it keeps them.

use crate::hub::Listed;

/// A file and the name it has in the model's folder.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub listed: Listed,
    pub name: String,
}

impl Chosen {
    /// Under the name it has in the repository.
    fn of(listed: &Listed) -> Self {
        Self { listed: listed.clone(), name: listed.path.clone() }
    }
}

fn need(files: &[Listed], path: &str) -> Result<Chosen, String> {
    let found = files.iter().find(|file| file.path == path);
    found.map(Chosen::of).ok_or(format!("it holds no {path}"))
}

/// What every model has beside its weights.
pub(crate) fn papers(files: &[Listed]) -> Result<Vec<Chosen>, String> {
    Ok(vec![need(files, "config.json")?, need(files, "tokenizer.json")?])
}

/// The files of a model, or what is missing. `weights` names the one file of weights to take, such as
/// one of several in GGUF.
pub(crate) fn choose(files: &[Listed], weights: Option<&str>) -> Result<Vec<Chosen>, String> {
    let mut chosen = papers(files)?;
    let is_read = |path: &str| path.ends_with(".gguf") || path.ends_with(".safetensors");
    match weights {
        Some(path) if !is_read(path) => {
            return Err(format!(
                "{path} is neither safetensors nor GGUF, which is what Kenning reads"
            ));
        }
        Some(path) => chosen.push(Chosen {
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            ..need(files, path)?
        }),
        None => chosen.extend(safetensors(files)?),
    }
    Ok(chosen)
}

/// The weights in the form that every family has: one file, or its parts with their index.
fn safetensors(files: &[Listed]) -> Result<Vec<Chosen>, String> {
    const ONE: &str = "model.safetensors";
    const INDEX: &str = "model.safetensors.index.json";
    if let Some(one) = files.iter().find(|file| file.path == ONE) {
        return Ok(vec![Chosen::of(one)]);
    }
    let index = files.iter().find(|file| file.path == INDEX);
    let is_shard = |path: &str| {
        let middle = path.strip_prefix("model-").and_then(|rest| rest.strip_suffix(".safetensors"));
        middle.is_some_and(|middle| {
            middle
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-' || byte.is_ascii_lowercase())
        })
    };
    let shards: Vec<Chosen> =
        files.iter().filter(|file| is_shard(&file.path)).map(Chosen::of).collect();
    match index {
        Some(index) if !shards.is_empty() => Ok([Chosen::of(index)].into_iter().chain(shards).collect()),
        _ if files.iter().any(|file| file.path.ends_with(".gguf")) => Err(format!(
            "it holds its weights as GGUF only: name one of them with --file, such as {}",
            files.iter().find(|file| file.path.ends_with(".gguf")).map_or("", |file| &file.path)
        )),
        _ if files.iter().any(|file| file.path.ends_with(".bin")) => Err(
            "its weights are pickled, which could run any program; Kenning reads safetensors and GGUF"
                .to_owned(),
        ),
        _ => Err("it holds no model.safetensors".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(paths: &[&str]) -> Vec<Listed> {
        let file = |path: &&str| Listed { path: (*path).to_owned(), bytes: None, digest: None };
        paths.iter().map(file).collect()
    }

    #[test]
    fn what_is_needed_is_taken_and_nothing_else() {
        let check = |paths: &[&str], weights: Option<&str>, expected: Result<&[&str], &str>| {
            let chosen = choose(&listed(paths), weights);
            let names = chosen
                .map(|chosen| chosen.into_iter().map(|chosen| chosen.name).collect::<Vec<_>>());
            match expected {
                Ok(expected) => assert_eq!(names.unwrap(), expected, "{paths:?}"),
                Err(part) => assert!(names.unwrap_err().contains(part), "{paths:?}"),
            }
        };
        let both = ["config.json", "tokenizer.json"];
        let with = |more: &[&'static str]| [&both[..], more].concat();
        check(
            &with(&["model.safetensors", "pytorch_model.bin", "onnx/model.onnx", "README.md"]),
            None,
            Ok(&["config.json", "tokenizer.json", "model.safetensors"]),
        );
        let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        check(
            &with(&["model.safetensors.index.json", shards[0], shards[1]]),
            None,
            Ok(&with(&["model.safetensors.index.json", shards[0], shards[1]])),
        );
        check(&with(&[shards[0]]), None, Err("no model.safetensors"));
        check(&with(&["q/w.gguf"]), None, Err("--file"));
        check(
            &with(&["q/w.gguf"]),
            Some("q/w.gguf"),
            Ok(&["config.json", "tokenizer.json", "w.gguf"]),
        );
        check(&with(&["pytorch_model.bin"]), None, Err("pickled"));
        check(&with(&["pytorch_model.bin"]), Some("pytorch_model.bin"), Err("neither"));
        check(&["config.json", "model.safetensors"], None, Err("no tokenizer.json"));
    }
}
