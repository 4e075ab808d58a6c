//! Following a library at work until it is at rest, or until the user ends it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use kenning_engine::{Event, Library, Progress, Rest};

/// What is heard of.
enum News {
    Progress(Box<Progress>),
    AtRest(Rest),
    /// Ctrl-C, or what stands for it.
    EndNow,
}

/// Why there is nothing more to follow.
pub enum End {
    Rest(Rest),
    ByUser,
}

/// A library's news, and the user's wish to end. To be made once in a program.
pub struct Follow {
    sender: Sender<News>,
    news: Receiver<News>,
}

impl Follow {
    /// From now on Ctrl-C does not end the program by itself.
    pub fn begin() -> Result<Self> {
        let (sender, news) = channel();
        let told = sender.clone();
        // Whoever does not listen any more is about to end.
        ctrlc::set_handler(move || drop(told.send(News::EndNow)))
            .context("Ctrl-C cannot be listened to")?;
        Ok(Self { sender, news })
    }

    /// Until everything is done or cannot be.
    pub fn until_rest(
        &self,
        library: &Library,
        show: impl FnMut(&Progress) -> Result<()>,
    ) -> Result<End> {
        let (sender, rest) = (self.sender.clone(), library.rest());
        // It ends with the library at the latest.
        thread::spawn(move || {
            drop(sender.send(News::AtRest(rest.recv().unwrap_or(Rest::Closed))));
        });
        self.listen(library, show)
    }

    /// Until the user ends it.
    pub fn until_ended(
        &self,
        library: &Library,
        show: impl FnMut(&Progress) -> Result<()>,
    ) -> Result<()> {
        match self.listen(library, show)? {
            End::ByUser => Ok(()),
            End::Rest(_) => bail!("the library ended by itself: start this again"),
        }
    }

    fn listen(
        &self,
        library: &Library,
        mut show: impl FnMut(&Progress) -> Result<()>,
    ) -> Result<End> {
        let sender = self.sender.clone();
        let _subscription = library.subscribe(move |event| {
            if let Event::Progress(progress) = event {
                drop(sender.send(News::Progress(progress.clone())));
            }
        })?;
        loop {
            // Shown anew now and then though nothing is told: one long file says nothing for a while.
            match self.news.recv_timeout(Duration::from_secs(1)) {
                Ok(News::Progress(progress)) => show(&progress)?,
                Ok(News::AtRest(rest)) => return Ok(End::Rest(rest)),
                Ok(News::EndNow) => return Ok(End::ByUser),
                Err(_) if library.has_ended() => return Ok(End::Rest(Rest::Closed)),
                Err(_) => show(&library.progress())?,
            }
        }
    }
}
