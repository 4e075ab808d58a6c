//! The map of meanings, as it is shown.

use std::collections::HashMap;
use std::sync::PoisonError;

use kenning_domain::{ContentId, Tag};
use kenning_engine::{Atlas, Mapped, Searcher, Snapshot};

use super::searching::likeness;
use super::{Desk, internal, lock};
use crate::error::Problem;
use crate::explore::{MapTopic, MeaningMap, Peculiar, Standing, Twins};
use crate::search::FileRef;

/// More groups of documents that say the same are no overview.
const MOST_TWINS: usize = 500;

impl Desk {
    pub(super) fn meaning_map(&self) -> Result<MeaningMap, Problem> {
        let (mapped, snapshot) = self.mapped()?;
        let shown = mapped.drawn.map(|atlas| shown(&atlas, &snapshot)).unwrap_or_default();
        Ok(MeaningMap { making: mapped.making, is_old: mapped.is_old, ..shown })
    }

    pub(super) fn what_stands_out(&self) -> Result<Peculiar, Problem> {
        let (mapped, snapshot) = self.mapped()?;
        let Some(atlas) = mapped.drawn else {
            let (making, is_old) = (mapped.making, mapped.is_old);
            return Ok(Peculiar { making, is_old, ..Peculiar::default() });
        };
        let standing = |content: &ContentId| standing(*content, &snapshot);
        let twins = atlas.twins.iter().filter_map(|twins| {
            let documents: Vec<Standing> = twins.documents.iter().filter_map(standing).collect();
            // What is there no more is not like anything.
            (documents.len() > 1).then(|| Twins { is: likeness(twins.how), documents })
        });
        let twins = twins.take(MOST_TWINS).collect();
        let odd = atlas.odd.iter().filter_map(standing).collect();
        Ok(Peculiar { making: mapped.making, is_old: mapped.is_old, twins, odd })
    }

    fn mapped(&self) -> Result<(Mapped, Snapshot), Problem> {
        let languages = match lock(&self.settings).language.as_str() {
            "" => self.shell.languages(),
            language => vec![language.to_owned()],
        };
        let languages: Vec<Tag> = languages.iter().filter_map(|tag| Tag::new(tag)).collect();
        self.with_open(|open| {
            let searcher: Searcher = open.library.searcher()?;
            let snapshot = searcher.snapshot();
            let mapped = open.mapper.look(searcher, &languages).map_err(internal)?;
            Ok((mapped, snapshot))
        })
    }
}

fn shown(atlas: &Atlas, snapshot: &Snapshot) -> MeaningMap {
    let catalogue = snapshot.catalogue.read().unwrap_or_else(PoisonError::into_inner);
    let mut map = MeaningMap::default();
    let mut languages: HashMap<Tag, i32> = HashMap::new();
    for placed in &atlas.documents {
        let Some(described) = catalogue.content(placed.content) else { continue };
        let language = described.languages.iter().flatten().next().map(|tag| {
            *languages.entry(*tag).or_insert_with(|| {
                map.languages.push(tag.to_string());
                map.languages.len() as i32 - 1
            })
        });
        let name = || {
            let file = described.files.first()?;
            Some(file.path.file_name()?.to_string_lossy().into_owned())
        };
        let title = described.title.as_deref().map(str::to_owned);
        map.documents.push(placed.content.0);
        map.titles.push(title.or_else(name).unwrap_or_default());
        map.x.push(placed.at[0]);
        map.y.push(placed.at[1]);
        map.language.push(language.unwrap_or(-1));
        map.topic.push(placed.topic.map_or(-1, |topic| topic as i32));
    }
    let topic = |topic: &kenning_engine::Topic| MapTopic {
        name: topic.name.clone(),
        parent: topic.parent,
        documents: topic.members.len() as u32,
        x: topic.at[0],
        y: topic.at[1],
    };
    map.topics = atlas.topics.iter().map(topic).collect();
    map
}

fn standing(content: ContentId, snapshot: &Snapshot) -> Option<Standing> {
    let catalogue = snapshot.catalogue.read().unwrap_or_else(PoisonError::into_inner);
    let described = catalogue.content(content)?;
    let files = described.files.iter().filter_map(|file| {
        Some(FileRef::of(file.id.0, &catalogue.folder(file.folder)?.join(&file.path)))
    });
    Some(Standing {
        document: content.0,
        title: described.title.as_deref().map(str::to_owned),
        format: described.format.to_string(),
        files: files.collect(),
        language: described.languages.iter().flatten().next().map(Tag::to_string),
    })
}
