//! `kenning search` and `kenning similar`: a question to the library, and what it answers.

mod found;
mod json;
mod print;

use std::path::{Path, absolute};

use anyhow::{Result, anyhow, bail};
use kenning_domain::{Cancel, ContentId, Embed};
use kenning_engine::answer::{self, Asked, Models, Pipeline, Question, Told};
use kenning_engine::{DevicePreference, Folder, Place, Reranker, Searcher, State, TruthReader};

use crate::arguments::{Global, How, Search, Similar};
use crate::output::Outcome;
use crate::{here, library, opening, output};
use found::Found;

pub fn run(global: &Global, command: &Search) -> Result<Outcome> {
    let mut searcher = library::to_read()?.searcher()?;
    let question = Question {
        pipeline: command.pipeline.pipeline(),
        topics: command.group.then(Vec::new),
        ..question(Asked::Text(command.typed()), &command.how)
    };
    answered(global, &command.how, &mut searcher, &question)
}

pub fn similar(global: &Global, command: &Similar) -> Result<Outcome> {
    let mut searcher = library::to_read()?.searcher()?;
    let content = content_of(&mut searcher.truth, &command.file)?;
    let question = question(Asked::LikeContent(content), &command.how);
    answered(global, &command.how, &mut searcher, &question)
}

fn question(asked: Asked, how: &How) -> Question {
    Question {
        limit: how.limit,
        user_languages: here::languages(),
        seconds_east: here::seconds_east(),
        is_patient: true,
        ..Question::of(asked)
    }
}

fn answered(
    global: &Global,
    how: &How,
    searcher: &mut Searcher,
    question: &Question,
) -> Result<Outcome> {
    let found = ask(searcher, question)?;
    if global.json {
        output::json(&json::of(&found))?;
    } else {
        print::found(&found, how, question.topics.is_some())?;
    }
    Ok(if found.is_nothing() { Outcome::NothingFound } else { Outcome::Done })
}

/// The last answer there is. What kept a further one away is said.
fn ask(searcher: &mut Searcher, question: &Question) -> Result<Found> {
    let snapshot = searcher.snapshot();
    let space = snapshot.meaning.as_ref().map(|meaning| meaning.space);
    let asks_model =
        question.pipeline != Pipeline::Words && matches!(question.asked, Asked::Text(_));
    let embed = match space.filter(|_| asks_model).map(|space| searcher.embedder(space)) {
        Some(Ok(None)) => {
            output::notice(
                "the model that read this library is not here: it is searched by words only",
            );
            None
        }
        Some(Err(why)) => {
            output::notice(&format!("{why}; the library is searched by words only"));
            None
        }
        Some(Ok(embed)) => embed,
        None => None,
    };
    let reranker = reranker(question.pipeline)?;
    let models = Models {
        embed: embed.as_deref().map(|embed| embed as &dyn Embed),
        rerank: reranker.as_ref().map(|reranker| reranker as _),
    };
    let (mut last, mut topics) = (None, Vec::new());
    let mut tell = |told| match told {
        Told::Answer(answer) => last = Some(answer),
        Told::Topics(found) => topics = found,
    };
    let cancel = Cancel::default();
    let ended =
        answer::answer(question, &snapshot, &mut searcher.truth, models, &cancel, &mut tell);
    match (last, ended) {
        (Some(answer), ended) => {
            if let Err(why) = ended {
                output::notice(&format!("the answer goes no further than this: {why}"));
            }
            Ok(Found { answer, topics, snapshot })
        }
        (None, Err(error)) => Err(error.into()),
        (None, Ok(())) => bail!("the search gave no answer: try again"),
    }
}

fn reranker(pipeline: Pipeline) -> Result<Option<Reranker>> {
    if pipeline != Pipeline::Reranked {
        return Ok(None);
    }
    let opened = opening::models().reranker(None, DevicePreference::default())?;
    output::notice_fallback(&opened.selected);
    Ok(Some(opened.model))
}

/// What a file of the library holds.
fn content_of(truth: &mut TruthReader, file: &Path) -> Result<ContentId> {
    let named = absolute(file)?;
    let folders = truth.read(|view| view.folders())?;
    let place = within(&named, &folders)
        .or_else(|| within(&file.canonicalize().ok()?, &folders))
        .ok_or_else(|| {
        let path = file.display();
        anyhow!("{path} lies in no watched folder: add its folder first, or name a file of one")
    })?;
    let (folder, path) = place;
    let known = truth.read(|view| view.file_at(Place::new(folder, &path)))?;
    let (path, why) = (file.display(), known.as_ref().map(|known| known.reason.text.clone()));
    match known.map(|known| (known.state, known.content)) {
        Some((_, Some(content))) => Ok(content),
        None => bail!("{path} is not known yet: `kenning index` reads it, if it is there"),
        Some((State::Waiting, None)) => {
            bail!("{path} has not been read yet: `kenning index` reads it")
        }
        Some((_, None)) => {
            bail!("nothing is known of what {path} holds: {}", why.unwrap_or_default())
        }
    }
}

/// The innermost folder that a path lies in, and where in it.
fn within(
    path: &Path,
    folders: &[Folder],
) -> Option<(kenning_domain::FolderId, std::path::PathBuf)> {
    let real = |folder: &Folder| folder.path.canonicalize().unwrap_or_else(|_| folder.path.clone());
    let rest = |folder: &Folder| {
        let rest = path.strip_prefix(&folder.path).ok().map(Path::to_owned);
        rest.or_else(|| Some(path.strip_prefix(real(folder)).ok()?.to_owned()))
    };
    let inside = folders.iter().filter_map(|folder| Some((folder.id, rest(folder)?)));
    inside.min_by_key(|(_, rest)| rest.components().count())
}
