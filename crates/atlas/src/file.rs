//! A map as bytes, so that it need not be made again after a start. Whatever is wrong with them, it is as if
//! there were none.
//!
//! Numbers are little-endian. `KENATLAS`, the version of the format, the source, the documents, the topics, what
//! stands out, and the blake3 of everything before.

use kenning_domain::ContentId;
use kenning_search::Similar;

use crate::{Atlas, Near, Placed, Source, Topic, Twins};

const MAGIC: &[u8; 8] = b"KENATLAS";
const VERSION: u32 = 1;
const DIGEST: usize = 32;
/// For no topic.
const NONE: u32 = u32::MAX;

impl Atlas {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Vec::with_capacity(64 + self.documents.len() * 220);
        to.extend(MAGIC);
        to.extend(VERSION.to_le_bytes());
        to.extend(self.source.space.to_le_bytes());
        to.extend(self.source.dimensions.to_le_bytes());
        to.extend((self.documents.len() as u32).to_le_bytes());
        for own in &self.documents {
            to.extend(own.content.0.to_le_bytes());
            to.extend(own.mark.to_le_bytes());
            own.at.iter().for_each(|value| to.extend(value.to_le_bytes()));
            to.extend(own.topic.unwrap_or(NONE).to_le_bytes());
            to.extend((own.near.len() as u32).to_le_bytes());
            for near in &own.near {
                to.extend(near.content.0.to_le_bytes());
                to.extend(near.similarity.to_le_bytes());
            }
        }
        to.extend((self.topics.len() as u32).to_le_bytes());
        for topic in &self.topics {
            to.extend(topic.parent.unwrap_or(NONE).to_le_bytes());
            topic.at.iter().for_each(|value| to.extend(value.to_le_bytes()));
            to.extend((topic.name.len() as u32).to_le_bytes());
            for word in &topic.name {
                to.extend((word.len() as u32).to_le_bytes());
                to.extend(word.as_bytes());
            }
            to.extend((topic.members.len() as u32).to_le_bytes());
            topic.members.iter().for_each(|member| to.extend(member.to_le_bytes()));
        }
        to.extend((self.twins.len() as u32).to_le_bytes());
        for twins in &self.twins {
            to.push(match twins.how {
                Similar::Copy => 0,
                Similar::NearCopy => 1,
                Similar::Translation => 2,
            });
            put_contents(&mut to, &twins.documents);
        }
        put_contents(&mut to, &self.odd);
        let digest = blake3::hash(&to);
        to.extend(digest.as_bytes());
        to
    }

    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (told, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
        if blake3::hash(told).as_bytes() != digest {
            return None;
        }
        let mut from = From(told);
        if from.take::<8>()? != *MAGIC || from.number()? != VERSION {
            return None;
        }
        let source = Source { space: i64::from_le_bytes(from.take()?), dimensions: from.number()? };
        let documents = from.list(From::placed)?;
        let topics = from.list(From::topic)?;
        let twins = from.list(From::twins)?;
        let odd = from.list(From::content)?;
        let topic_count = topics.len() as u32;
        let fits = |number: Option<u32>| number.is_none_or(|number| number < topic_count);
        let is_sound = from.0.is_empty()
            && documents.is_sorted_by(|one, other| one.content < other.content)
            && documents.iter().all(|own| fits(own.topic))
            && topics.iter().enumerate().all(|(place, topic): (usize, &Topic)| {
                topic.parent.is_none_or(|parent| (parent as usize) < place)
                    && topic.members.iter().all(|member| (*member as usize) < documents.len())
            });
        is_sound.then_some(Self { source, documents, topics, twins, odd })
    }
}

fn put_contents(to: &mut Vec<u8>, contents: &[ContentId]) {
    to.extend((contents.len() as u32).to_le_bytes());
    contents.iter().for_each(|content| to.extend(content.0.to_le_bytes()));
}

/// What is left to be read.
struct From<'a>(&'a [u8]);

impl<'a> From<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn float(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes)
    }

    fn content(&mut self) -> Option<ContentId> {
        self.take().map(|bytes| ContentId(i64::from_le_bytes(bytes)))
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| item(self)).collect()
    }

    fn placed(&mut self) -> Option<Placed> {
        Some(Placed {
            content: self.content()?,
            mark: u64::from_le_bytes(self.take()?),
            at: [self.float()?, self.float()?],
            topic: Some(self.number()?).filter(|topic| *topic != NONE),
            near: self
                .list(|from| Some(Near { content: from.content()?, similarity: from.float()? }))?,
        })
    }

    fn twins(&mut self) -> Option<Twins> {
        let how = match self.take()? {
            [0] => Similar::Copy,
            [1] => Similar::NearCopy,
            [2] => Similar::Translation,
            _ => return None,
        };
        Some(Twins { how, documents: self.list(Self::content)? })
    }

    fn topic(&mut self) -> Option<Topic> {
        Some(Topic {
            parent: Some(self.number()?).filter(|parent| *parent != NONE),
            at: [self.float()?, self.float()?],
            name: self.list(|from| {
                let length = from.number()? as usize;
                String::from_utf8(from.bytes(length)?.to_vec()).ok()
            })?,
            members: self.list(Self::number)?,
        })
    }
}
