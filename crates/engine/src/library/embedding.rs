//! Making vectors of texts, on a thread of its own: a batch at a time, each of about as much as takes
//! a moment, so that stopping never waits for long.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use kenning_domain::{Cancel, Embed, ModelError, Overlong, Role, SpaceId, TextId};
use kenning_store::Unembedded;

use super::model::Model;
use super::orders::Message;

/// Vectors that were made.
pub(super) struct Embedding {
    pub space: SpaceId,
    pub vectors: Vec<(TextId, Vec<f32>)>,
    /// Texts of which no vector can be made.
    pub hopeless: Vec<TextId>,
    /// Why there are not vectors of all, where the model failed.
    pub failure: Option<String>,
    pub asked: Vec<TextId>,
    pub took: Duration,
}

struct Batch {
    space: SpaceId,
    model: Arc<Model>,
    texts: Vec<Unembedded>,
    cancel: Cancel,
}

/// The thread, and what it is busy with. Dropping it ends the thread after the batch at hand.
pub(super) struct Embedder {
    batches: Sender<Batch>,
    at_hand: VecDeque<usize>,
    texts_at_hand: HashSet<TextId>,
    /// Not kept over a restart: with a mended model, or a mended program, a text may have a vector
    /// after all, and to try each of them once more takes a moment.
    hopeless: HashSet<TextId>,
    cancel: Cancel,
    size: usize,
}

/// How long a batch should take.
const BATCH: Duration = Duration::from_millis(400);
const LEAST: usize = 8;
const MOST: usize = 512;
/// While one batch is computed the next one waits, so that the model never does.
const AT_ONCE: usize = 2;

impl Embedder {
    pub(super) fn start(inbox: Sender<Message>) -> std::io::Result<Self> {
        let (batches, to_do) = channel();
        thread::Builder::new().name("embed".to_owned()).spawn(move || run(&to_do, &inbox))?;
        Ok(Self {
            batches,
            at_hand: VecDeque::new(),
            texts_at_hand: HashSet::new(),
            hopeless: HashSet::new(),
            cancel: Cancel::default(),
            size: 32,
        })
    }

    /// How many texts to look for, that some be new among them; nothing where there is enough to do.
    pub(super) fn wanted(&self) -> Option<usize> {
        let is_wanted = self.at_hand.len() < AT_ONCE;
        is_wanted.then(|| self.texts_at_hand.len() + self.hopeless.len() + self.size)
    }

    /// Hands out those that are new; whether there were any.
    pub(super) fn hand_out(
        &mut self,
        space: SpaceId,
        model: &Arc<Model>,
        texts: Vec<Unembedded>,
    ) -> bool {
        let is_new = |text: &Unembedded| {
            !self.texts_at_hand.contains(&text.id) && !self.hopeless.contains(&text.id)
        };
        let texts: Vec<_> = texts.into_iter().filter(is_new).take(self.size).collect();
        if texts.is_empty() {
            return false;
        }
        self.texts_at_hand.extend(texts.iter().map(|text| text.id));
        self.at_hand.push_back(texts.len());
        let (model, cancel) = (Arc::clone(model), self.cancel.clone());
        // It fails only when the thread has ended, which it does after this.
        let _ = self.batches.send(Batch { space, model, texts, cancel });
        true
    }

    /// How many batches are under way.
    pub(super) fn at_hand(&self) -> usize {
        self.at_hand.len()
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.at_hand.is_empty()
    }

    /// How many texts no vector can be made of.
    pub(super) fn hopeless(&self) -> usize {
        self.hopeless.len()
    }

    /// Nothing more is begun; what is being computed still comes.
    pub(super) fn give_up(&mut self) {
        std::mem::take(&mut self.cancel).cancel();
    }

    /// What came back is in the truth.
    pub(super) fn done(&mut self, embedding: &Embedding) {
        self.at_hand.pop_front();
        for text in &embedding.asked {
            self.texts_at_hand.remove(text);
        }
        self.hopeless.extend(&embedding.hopeless);
        let made = embedding.vectors.len();
        if made > 0 && made + embedding.hopeless.len() == embedding.asked.len() {
            let per_text = embedding.took.as_secs_f64() / made as f64;
            let fitting = (BATCH.as_secs_f64() / per_text.max(1e-6)) as usize;
            self.size = fitting.clamp(LEAST, self.size * 2).min(MOST);
        }
    }
}

impl Drop for Embedder {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

fn run(batches: &Receiver<Batch>, inbox: &Sender<Message>) {
    while let Ok(batch) = batches.recv() {
        let began = Instant::now();
        let mut made = Embedding {
            space: batch.space,
            vectors: Vec::new(),
            hopeless: Vec::new(),
            failure: None,
            asked: batch.texts.iter().map(|text| text.id).collect(),
            took: Duration::ZERO,
        };
        if !batch.cancel.is_cancelled() {
            match batch.model.loaded() {
                Ok(loaded) => embed(&*loaded.embed, &batch.texts, &mut made),
                Err(error) => made.failure = Some(error.to_string()),
            }
        }
        made.took = began.elapsed();
        if inbox.send(Message::Embedded(made)).is_err() {
            return;
        }
    }
}

/// Where a text spoils its batch, the texts are tried one by one.
fn embed(embed: &dyn Embed, texts: &[Unembedded], made: &mut Embedding) {
    let words: Vec<&str> = texts.iter().map(|text| text.words.as_str()).collect();
    match embed.embed(&words, Role::Document, None, Overlong::Truncate) {
        Ok(embedded) => {
            made.vectors.extend(texts.iter().map(|text| text.id).zip(embedded.vectors));
        }
        Err(error) if is_of_a_text(&error) => match texts {
            [] => {}
            [one] => made.hopeless.push(one.id),
            _ => texts.iter().for_each(|text| self::embed(embed, std::slice::from_ref(text), made)),
        },
        Err(error) => made.failure = Some(error.to_string()),
    }
}

fn is_of_a_text(error: &ModelError) -> bool {
    matches!(
        error,
        ModelError::EmptyText { .. }
            | ModelError::TooLong { .. }
            | ModelError::Tokenizer { .. }
            | ModelError::NotANumber { .. }
    )
}
