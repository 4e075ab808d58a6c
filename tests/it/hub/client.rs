//! A client of a few lines, which says exactly what it is told to and reads whatever comes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// An empty text where there is no such header.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

pub fn connect(url: &str) -> (TcpStream, String) {
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let connection = TcpStream::connect(authority).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    (connection, format!("/{path}"))
}

pub fn say(connection: &mut TcpStream, method: &str, path: &str, headers: &[(&str, &str)]) {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: hub\r\nUser-Agent: check/1\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    connection.write_all((head + "\r\n").as_bytes()).unwrap();
}

/// The answer, with all that came until the connection ended, whatever length was stated.
pub fn ask(method: &str, url: &str, headers: &[(&str, &str)]) -> Answer {
    let (mut connection, path) = connect(url);
    let headers = [headers, &[("Connection", "close")]].concat();
    say(&mut connection, method, &path, &headers);
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).unwrap();
    parsed(&bytes)
}

/// Asks with a body.
pub fn post(url: &str, body: &str) -> Answer {
    let (mut connection, path) = connect(url);
    let length = body.len().to_string();
    say(&mut connection, "POST", &path, &[("Content-Length", &length), ("Connection", "close")]);
    connection.write_all(body.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).unwrap();
    parsed(&bytes)
}

pub fn get(url: &str) -> Answer {
    ask("GET", url, &[])
}

pub fn get_range(url: &str, range: &str) -> Answer {
    ask("GET", url, &[("Range", range)])
}

/// An answer on a connection that is kept: as much body as was stated.
pub fn next_answer(connection: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    let mut answer = parsed(&bytes);
    answer.body.resize(answer.header("Content-Length").parse().unwrap(), 0);
    connection.read_exact(&mut answer.body).unwrap();
    answer
}

fn parsed(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(0);
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or("0");
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let body = bytes.get(end + 4..).unwrap_or_default().to_vec();
    Answer { status: status.parse().unwrap(), headers, body }
}
