//! Telling mails from other text by the lines they begin with.

/// How much is looked at. Mails that went through many hands begin with long headers.
const BEGINNING: usize = 128 << 10;

/// The headers at the beginning of a text: names in lower case, and what follows each in its line.
#[derive(Debug, Default)]
pub struct Headers<'a>(Vec<(String, &'a [u8])>);

/// The headers with which these bytes begin; `None` where they begin with anything else.
pub fn begins_with_headers(bytes: &[u8]) -> Option<Headers<'_>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let beginning = &bytes[..bytes.len().min(BEGINNING)];
    let is_cut = beginning.len() < bytes.len();
    let mut found = Vec::new();
    let mut lines = beginning.split_inclusive(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let text = line.trim_ascii_end();
        let last_of_cut = is_cut && lines.peek().is_none();
        if text.is_empty() || last_of_cut {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if found.is_empty() {
                return None;
            }
            continue;
        }
        let colon = text.iter().position(|byte| *byte == b':')?;
        let (name, value) = text.split_at(colon);
        let is_name =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let name = name.trim_ascii_end();
        if name.is_empty() || !name.iter().all(is_name) {
            return None;
        }
        found.push((String::from_utf8_lossy(name).to_lowercase(), value[1..].trim_ascii()));
    }
    (!found.is_empty()).then_some(Headers(found))
}

impl Headers<'_> {
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    pub fn value(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(other, _)| other == name)?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// Whether a mail begins like this. People write `From:` and `To:` into notes too: beside them
    /// there must be what only programs write, unless the file is `named` like a mail.
    pub fn are_of_mail(&self, named: bool) -> bool {
        const BY_PROGRAMS: &[&str] = &[
            "received",
            "message-id",
            "mime-version",
            "return-path",
            "delivered-to",
            "dkim-signature",
            "content-transfer-encoding",
            "x-mailer",
            "user-agent",
            "x-originating-ip",
            "in-reply-to",
            "authentication-results",
            "thread-topic",
        ];
        const BY_PEOPLE: &[&str] =
            &["from", "to", "subject", "date", "sender", "cc", "bcc", "reply-to"];
        let count = |names: &[&str]| names.iter().filter(|name| self.has(name)).count();
        let (programs, people) = (count(BY_PROGRAMS), count(BY_PEOPLE));
        match named {
            true => programs + people >= 2,
            false => programs >= 1 && people >= 2 && (self.has("from") || self.has("sender")),
        }
    }
}
