//! What a model's makers say of it in their own files, as a manifest. Whatever they leave open, or say
//! that Kenning does not compute, is refused.

use kenning_manifest::{EmbedManifest, Family, Manifest, Pooling, Task};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The files that say it, as far as a repository has them.
#[derive(Default)]
pub(crate) struct Papers {
    /// `config.json`.
    pub config: String,
    /// `modules.json`: what stands after the network.
    pub modules: Option<String>,
    /// `1_Pooling/config.json`.
    pub pooling: Option<String>,
    /// `config_sentence_transformers.json`.
    pub prompts: Option<String>,
    /// `sentence_bert_config.json`.
    pub lengths: Option<String>,
}

/// The names of all but the first.
pub(crate) const OTHERS: [&str; 4] = [
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
];

#[derive(Deserialize)]
struct Config {
    model_type: Option<String>,
    #[serde(default)]
    architectures: Vec<String>,
    max_position_embeddings: Option<usize>,
    id2label: Option<Map<String, Value>>,
    num_labels: Option<usize>,
}

pub(crate) fn manifest(name: &str, papers: &Papers) -> Result<Manifest, String> {
    let config: Config = read("config.json", &papers.config)?;
    let family = match config.model_type.as_deref() {
        Some("qwen3") => Family::Qwen3,
        Some("bert") => Family::Bert,
        Some("xlm-roberta" | "roberta") => Family::XlmRoberta,
        other => {
            let named = other.unwrap_or("nothing");
            return Err(format!(
                "its config.json names the architecture \"{named}\", and known are qwen3, bert and xlm-roberta"
            ));
        }
    };
    let classifies = |name: &String| name.ends_with("ForSequenceClassification");
    let is_judge = config.architectures.iter().any(classifies);
    let task = if is_judge { Task::Rerank } else { Task::Embed };
    let manifest = Manifest {
        name: name.to_owned(),
        family,
        task,
        max_tokens: max_tokens(&config, family, papers)?,
        licence: String::new(),
        origin: String::new(),
        summary: String::new(),
        languages: None,
        source: None,
        embed: (!is_judge).then(|| embed(papers)).transpose()?,
        rerank: None,
        digests: Default::default(),
    };
    if is_judge {
        judge(&config, family)?;
    }
    manifest.check()?;
    Ok(manifest)
}

fn judge(config: &Config, family: Family) -> Result<(), String> {
    let labels = config.id2label.as_ref().map(Map::len).or(config.num_labels);
    if family == Family::Qwen3 {
        return Err(
            "it is a reranker whose template no file states; those in the catalogue are known"
                .into(),
        );
    }
    match labels {
        Some(1) => Ok(()),
        _ => Err("it sorts texts into classes and gives no score".into()),
    }
}

fn max_tokens(config: &Config, family: Family, papers: &Papers) -> Result<usize, String> {
    #[derive(Deserialize)]
    struct Lengths {
        max_seq_length: Option<usize>,
    }
    let positions = config.max_position_embeddings.ok_or("its config.json states no length")?;
    // The first two positions of RoBERTa's tables are never used.
    let taken = if family == Family::XlmRoberta { 2 } else { 0 };
    let positions = positions.saturating_sub(taken);
    let stated = match &papers.lengths {
        Some(text) => read::<Lengths>("sentence_bert_config.json", text)?.max_seq_length,
        None => None,
    };
    Ok(stated.unwrap_or(positions).min(positions))
}

fn embed(papers: &Papers) -> Result<EmbedManifest, String> {
    check_modules(papers)?;
    let (query, document) = prompts(papers)?;
    Ok(EmbedManifest {
        pooling: pooling(papers)?,
        matryoshka: false,
        query,
        document,
        instruction: None,
        end_token: None,
    })
}

fn check_modules(papers: &Papers) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Module {
        r#type: String,
    }
    let Some(text) = &papers.modules else { return Ok(()) };
    let modules: Vec<Module> = read("modules.json", text)?;
    let known = ["Transformer", "Pooling", "Normalize"];
    let kind = |module: &Module| module.r#type.rsplit('.').next().unwrap_or_default().to_owned();
    match modules.iter().map(kind).find(|kind| !known.contains(&kind.as_str())) {
        Some(other) => {
            Err(format!("its modules.json asks for a layer \"{other}\" after the network"))
        }
        None => Ok(()),
    }
}

fn pooling(papers: &Papers) -> Result<Pooling, String> {
    let Some(text) = &papers.pooling else {
        return Err(
            "no file states how a vector is made of its rows (1_Pooling/config.json)".into()
        );
    };
    let told: Map<String, Value> = read("1_Pooling/config.json", text)?;
    let is_on = |name: &str| told.get(name).and_then(Value::as_bool) == Some(true);
    let known = [
        ("pooling_mode_mean_tokens", Pooling::Mean),
        ("pooling_mode_cls_token", Pooling::Cls),
        ("pooling_mode_lasttoken", Pooling::Last),
    ];
    let on: Vec<&String> =
        told.keys().filter(|name| name.starts_with("pooling_mode") && is_on(name)).collect();
    match on[..] {
        [one] => {
            let found = known.iter().find(|(name, _)| name == one).map(|(_, pooling)| *pooling);
            found.ok_or(format!("it makes a vector of its rows by {one}"))
        }
        _ => Err("its 1_Pooling/config.json states no one way to make a vector".into()),
    }
}

/// What is put before a query and before a document.
fn prompts(papers: &Papers) -> Result<(String, String), String> {
    #[derive(Deserialize)]
    struct Told {
        #[serde(default)]
        prompts: Map<String, Value>,
    }
    let plain = || "{text}".to_owned();
    let Some(text) = &papers.prompts else { return Ok((plain(), plain())) };
    let told: Told = read("config_sentence_transformers.json", text)?;
    let before = |names: &[&str]| {
        let found = names.iter().find_map(|name| told.prompts.get(*name)?.as_str());
        found.unwrap_or_default().to_owned() + "{text}"
    };
    Ok((before(&["query"]), before(&["document", "passage"])))
}

fn read<T: for<'a> Deserialize<'a>>(file: &str, text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("its {file} cannot be read ({error})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEAN: &str = r#"{"word_embedding_dimension": 8, "pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}"#;

    fn papers(config: &str, pooling: Option<&str>) -> Papers {
        let pooling = pooling.map(str::to_owned);
        Papers { config: config.to_owned(), pooling, ..Papers::default() }
    }

    #[test]
    fn what_the_makers_say_decides() {
        let config = r#"{"model_type": "xlm-roberta", "architectures": ["XLMRobertaModel"], "max_position_embeddings": 514}"#;
        let made = manifest("mine", &papers(config, Some(MEAN))).unwrap();
        let embed = made.embed.as_ref().unwrap();
        assert_eq!((made.family, made.max_tokens), (Family::XlmRoberta, 512));
        assert_eq!((embed.pooling, embed.query.as_str()), (Pooling::Mean, "{text}"));
        let with = Papers {
            prompts: Some(r#"{"prompts": {"query": "frage: ", "passage": "stelle: "}}"#.into()),
            lengths: Some(r#"{"max_seq_length": 128}"#.into()),
            modules: Some(r#"[{"type": "sentence_transformers.models.Transformer"}, {"type": "sentence_transformers.models.Pooling"}]"#.into()),
            ..papers(config, Some(MEAN))
        };
        let made = manifest("mine", &with).unwrap();
        let embed = made.embed.as_ref().unwrap();
        assert_eq!(
            (embed.query.as_str(), embed.document.as_str()),
            ("frage: {text}", "stelle: {text}")
        );
        assert_eq!(made.max_tokens, 128);
        assert_eq!(Manifest::parse(&made.to_text().unwrap()).unwrap(), made);
        let judge = r#"{"model_type": "xlm-roberta", "architectures": ["XLMRobertaForSequenceClassification"], "max_position_embeddings": 514, "id2label": {"0": "LABEL_0"}}"#;
        assert_eq!(manifest("mine", &papers(judge, None)).unwrap().task, Task::Rerank);
    }

    #[test]
    fn what_they_leave_open_or_is_not_computed_is_refused() {
        let check = |config: &str, pooling: Option<&str>, modules: Option<&str>, why: &str| {
            let modules = modules.map(str::to_owned);
            let refused = manifest("mine", &Papers { modules, ..papers(config, pooling) });
            let said = refused.unwrap_err();
            assert!(said.contains(why), "{said}");
        };
        let bert = r#"{"model_type": "bert", "max_position_embeddings": 512}"#;
        check(r#"{"model_type": "gpt2"}"#, Some(MEAN), None, "gpt2");
        check("{}", Some(MEAN), None, "nothing");
        check("<html>", Some(MEAN), None, "cannot be read");
        check(bert, None, None, "1_Pooling");
        check(bert, Some(r#"{"pooling_mode_max_tokens": true}"#), None, "max_tokens");
        check(
            bert,
            Some(r#"{"pooling_mode_max_tokens": true, "pooling_mode_cls_token": true}"#),
            None,
            "no one way",
        );
        check(
            bert,
            Some(MEAN),
            Some(r#"[{"type": "sentence_transformers.models.Dense"}]"#),
            "Dense",
        );
        check(r#"{"model_type": "bert"}"#, Some(MEAN), None, "no length");
        let classes = r#"{"model_type": "xlm-roberta", "architectures": ["XForSequenceClassification"], "max_position_embeddings": 514, "id2label": {"0": "a", "1": "b"}}"#;
        check(classes, None, None, "classes");
        let judge = r#"{"model_type": "qwen3", "architectures": ["Qwen3ForSequenceClassification"], "max_position_embeddings": 514}"#;
        check(judge, None, None, "catalogue");
    }
}
