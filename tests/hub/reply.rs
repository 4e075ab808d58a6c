//! Answers: what is said, which part of what content follows, and how the sending of it goes wrong.

use std::io::{self, Write};
use std::ops::Range;
use std::time::Duration;

use super::content::{BLOCK, Content};
use super::fault::{Fault, Retry, Subject};
use super::log::{Misuse, Socket};
use super::message::{self, Incoming, Wanted};
use super::{Shared, State};

pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    content: Content,
    span: Range<u64>,
    /// What the bytes that are sent are counted for.
    subject: Option<Subject>,
    faults: Vec<Fault>,
}

impl Reply {
    pub fn new(status: u16, text: impl Into<String>) -> Self {
        let content = Content::from(text.into().into_bytes());
        let span = 0..content.length();
        Self { status, headers: Vec::new(), content, span, subject: None, faults: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A refusal in the hub's way.
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self::new(status, format!("{{\"error\":{}}}", message::json_text(message)))
            .with("Content-Type", "application/json; charset=utf-8")
            .with("X-Error-Code", code)
            .with("X-Error-Message", message)
    }

    /// The refusals that any request for a file may meet, before what it asks for is looked at.
    pub fn of_fault(
        state: &mut State,
        socket: Socket,
        incoming: &Incoming,
        subject: &Subject,
    ) -> Option<Self> {
        let refuses = |fault: &Fault| matches!(fault, Fault::Status(at, ..) if *at == socket);
        if let Some(Fault::Status(_, status, retry)) =
            state.misbehaviour.take(subject, refuses).first()
        {
            let reply = Self::new(*status, "this answer was asked for by a test");
            return Some(match retry {
                Retry::Unsaid => reply,
                Retry::Seconds(seconds) => reply.with("Retry-After", seconds.to_string()),
                Retry::Date(seconds) => {
                    let moment = message::seconds_since_1970() + seconds;
                    reply.with("Retry-After", message::http_date(moment))
                }
            });
        }
        let refuses = |fault: &Fault| incoming.is_head() && matches!(fault, Fault::HeadRefused);
        state.misbehaviour.take(subject, refuses).first()?;
        Some(Self::new(405, "HEAD is not answered here").with("Allow", "GET"))
    }

    /// Metadata, whose body may go wrong as a file's does, and which has no ranges.
    pub fn json(state: &mut State, incoming: &Incoming, subject: Subject, text: String) -> Self {
        let head = incoming.is_head();
        let faults =
            state.misbehaviour.take(&subject, |fault| !head && of_body(fault, &(0..u64::MAX)));
        let mut reply = Self::new(200, text).with("Content-Type", "application/json");
        (reply.subject, reply.faults) = (Some(subject), faults);
        reply
    }

    /// The bytes of a file, or the part of them that is asked for.
    pub fn file(
        state: &mut State,
        incoming: &Incoming,
        subject: Subject,
        content: Content,
        etag: &str,
    ) -> Self {
        let total = content.length();
        let etag = format!("\"{etag}\"");
        let manner = state
            .misbehaviour
            .take(&subject, |fault| matches!(fault, Fault::NoRange | Fault::NoEtag));
        let ranges = !manner.iter().any(|fault| matches!(fault, Fault::NoRange));
        let etags = !manner.iter().any(|fault| matches!(fault, Fault::NoEtag));
        let unchanged = incoming.header("if-range").is_none_or(|said| said == etag);
        let range = incoming.header("range").filter(|_| ranges && unchanged);
        let (status, span) = match message::wanted(range, total) {
            Wanted::Everything => (200, 0..total),
            Wanted::Part(span) => (206, span),
            Wanted::Beyond => {
                return Self::new(416, "").with("Content-Range", format!("bytes */{total}"));
            }
            Wanted::Unreadable => {
                let range = range.unwrap_or_default().to_owned();
                state.log.misuse.push(Misuse::Range(range));
                return Self::new(400, "that is no range");
            }
        };
        let faults = state.misbehaviour.take(&subject, |fault| {
            let of_part = status == 206 && matches!(fault, Fault::RangeTotal(_));
            !incoming.is_head() && (of_body(fault, &span) || of_part)
        });
        let headers = Vec::new();
        let reply = Self { status, headers, content, span, subject: Some(subject), faults };
        let reply = reply.with("Content-Type", "application/octet-stream").with_part(total);
        let reply = if ranges { reply.with("Accept-Ranges", "bytes") } else { reply };
        if etags { reply.with("ETag", etag) } else { reply }
    }

    /// Says which part of so many bytes it is, where it is one.
    fn with_part(self, total: u64) -> Self {
        if self.status != 206 {
            return self;
        }
        let stated = self.faults.iter().find_map(|fault| match fault {
            Fault::RangeTotal(stated) => Some(*stated),
            _ => None,
        });
        let (first, last) = (self.span.start, self.span.end - 1);
        self.with("Content-Range", format!("bytes {first}-{last}/{}", stated.unwrap_or(total)))
    }

    /// Whether the connection can be used again.
    pub fn send(self, connection: impl Write, shared: &Shared, incoming: &Incoming) -> bool {
        let mut sending = Sending::new(&self, connection, shared);
        let keeps = incoming.keeps_alive && sending.length_off == 0;
        if sending.write(self.head(sending.length_off, keeps).as_bytes()).is_err() {
            return false;
        }
        if incoming.is_head() {
            return keeps;
        }
        let Some(subject) = &self.subject else {
            return sending.everything(&self).is_ok() && keeps;
        };
        shared.state().log.body_begins(subject);
        let sent = sending.everything(&self);
        shared.state().log.body_ends(subject);
        sent.is_ok() && keeps
    }

    fn head(&self, length_off: i64, keeps: bool) -> String {
        let length = (self.span.end - self.span.start).saturating_add_signed(length_off);
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let connection = if keeps { "keep-alive" } else { "close" };
        let date = message::http_date(message::seconds_since_1970());
        head + &format!(
            "Date: {date}\r\nContent-Length: {length}\r\nConnection: {connection}\r\n\r\n"
        )
    }
}

fn of_body(fault: &Fault, span: &Range<u64>) -> bool {
    match fault {
        Fault::DropAfter(_) | Fault::StallAfter(..) | Fault::Drip(_) | Fault::LengthOff(_) => true,
        Fault::FlipBit(at) => span.contains(at),
        _ => false,
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Unnamed",
    }
}

/// A body on its way, and what is to go wrong with it.
struct Sending<'a, C> {
    connection: C,
    shared: &'a Shared,
    subject: Option<&'a Subject>,
    length_off: i64,
    ends_after: Option<u64>,
    stalls: Option<(u64, Duration)>,
    a_second: Option<u64>,
    flipped: Vec<u64>,
}

/// How often a drip drips.
const DRIP: Duration = Duration::from_millis(10);

impl<'a, C: Write> Sending<'a, C> {
    fn new(reply: &'a Reply, connection: C, shared: &'a Shared) -> Self {
        let mut sending = Self {
            connection,
            shared,
            subject: None,
            length_off: 0,
            ends_after: None,
            stalls: None,
            a_second: None,
            flipped: Vec::new(),
        };
        for fault in &reply.faults {
            match *fault {
                Fault::DropAfter(bytes) => sending.ends_after = Some(bytes),
                Fault::StallAfter(bytes, pause) => sending.stalls = Some((bytes, pause)),
                Fault::Drip(bytes) => sending.a_second = Some(bytes.max(1)),
                Fault::LengthOff(bytes) => sending.length_off = bytes,
                Fault::FlipBit(at) => sending.flipped.push(at),
                _ => {}
            }
        }
        sending
    }

    fn everything(&mut self, reply: &'a Reply) -> io::Result<()> {
        self.subject = reply.subject.as_ref();
        let length = reply.span.end - reply.span.start;
        let mut buffer = Vec::new();
        let mut sent = 0;
        loop {
            if self.ends_after == Some(sent) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            if let Some((_, pause)) = self.stalls.take_if(|(bytes, _)| *bytes == sent) {
                self.shared.pause(pause)?;
            }
            if sent == length {
                return Ok(());
            }
            let step = self.step(sent, length);
            let at = reply.span.start + sent;
            self.block(reply.content.block(at, step as usize, &mut buffer), at)?;
            sent += step;
            if let Some(speed) = self.a_second {
                self.shared.pause(Duration::from_secs_f64(step as f64 / speed as f64))?;
            }
        }
    }

    /// How much can be sent at once: not past where something happens.
    fn step(&self, sent: u64, length: u64) -> u64 {
        let events = [Some(length), self.ends_after, self.stalls.map(|(bytes, _)| bytes)];
        let ahead = events.into_iter().flatten().filter(|&at| at > sent).map(|at| at - sent);
        let dripped = self.a_second.map(|speed| (speed as f64 * DRIP.as_secs_f64()) as u64);
        ahead.chain(dripped.map(|bytes| bytes.max(1))).min().unwrap_or(0).min(BLOCK as u64)
    }

    fn block(&mut self, block: &[u8], at: u64) -> io::Result<()> {
        let span = at..at + block.len() as u64;
        let flipped: Vec<u64> =
            self.flipped.iter().copied().filter(|at| span.contains(at)).collect();
        if flipped.is_empty() {
            return self.write(block);
        }
        let mut wrong = block.to_vec();
        for place in flipped {
            wrong[(place - at) as usize] ^= 1;
        }
        self.write(&wrong)
    }

    /// Writes all of it, counted before and after; what could not be written is taken back.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.shared.count(self.subject, |amount| amount.begun += bytes.len() as u64);
        let mut rest = bytes;
        let mut failed = Ok(());
        while !rest.is_empty() && failed.is_ok() {
            match self.connection.write(rest) {
                Ok(0) => failed = Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => failed = Err(error),
            }
        }
        self.shared.count(self.subject, |amount| {
            amount.begun -= rest.len() as u64;
            amount.written += (bytes.len() - rest.len()) as u64;
        });
        failed
    }
}
