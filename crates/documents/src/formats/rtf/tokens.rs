//! The words of RTF: braces, control words with their numbers, symbols and text.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    Open,
    Close,
    /// A control word and its number.
    Word(&'a str, Option<i32>),
    /// A control word of one character that is no letter.
    Symbol(u8),
    /// A byte of text, written as itself or as two digits after `\'`.
    Byte(u8),
}

/// Goes through the bytes of a file.
#[derive(Debug)]
pub struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Steps over bytes that are no text.
    pub fn pass(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Steps over text in which nothing has a meaning, such as a picture's digits.
    pub fn pass_text(&mut self) {
        let end = self.rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b'\\'));
        self.pass(end.unwrap_or(self.rest.len()));
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == 0 {
            let (&symbol, rest) = self.rest.split_first()?;
            self.rest = rest;
            return Some(if symbol == b'\'' { self.hexadecimal() } else { Token::Symbol(symbol) });
        }
        let (name, mut rest) = self.rest.split_at(letters);
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut number = None;
        if digits > 0 {
            let (text, after) = rest.split_at(sign + digits);
            number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
            rest = after;
        }
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        Some(Token::Word(std::str::from_utf8(name).unwrap_or_default(), number))
    }

    fn hexadecimal(&mut self) -> Token<'a> {
        let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
        match (digit(self.rest.first()), digit(self.rest.get(1))) {
            (Some(high), Some(low)) => {
                self.pass(2);
                Token::Byte((high * 16 + low) as u8)
            }
            _ => Token::Byte(b'?'),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (&first, rest) = self.rest.split_first()?;
            self.rest = rest;
            match first {
                b'{' => return Some(Token::Open),
                b'}' => return Some(Token::Close),
                b'\\' => return self.control(),
                b'\r' | b'\n' | 0 => {}
                byte => return Some(Token::Byte(byte)),
            }
        }
    }
}
