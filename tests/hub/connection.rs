//! Connections: a thread for each, one request after the other, until either side has had enough.

use std::io::BufReader;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::log::{Misuse, Request, Socket};
use super::message::{self, Arrived, Incoming};
use super::reply::Reply;
use super::{Shared, State, cdn, endpoint};

/// How long a client may say nothing, or take nothing.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn accept(listener: &TcpListener, socket: Socket, shared: &Arc<Shared>) {
    loop {
        let accepted = listener.accept();
        let mut state = shared.state();
        if state.stopping {
            return;
        }
        let Ok((connection, _)) = accepted else {
            drop(state);
            // Out of descriptors, as like as not: there may be some again soon.
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        if state.unplugged {
            continue;
        }
        let connection = Arc::new(connection);
        state.log.connections += 1;
        let number = state.log.connections;
        state.open.insert(number, Arc::clone(&connection));
        let shared = Arc::clone(shared);
        state.threads.retain(|thread| !thread.is_finished());
        state.threads.push(thread::spawn(move || {
            converse(&connection, socket, &shared);
            let _ = connection.shutdown(Shutdown::Both);
            shared.state().open.remove(&number);
        }));
    }
}

fn converse(connection: &TcpStream, socket: Socket, shared: &Shared) {
    let _ = connection.set_nodelay(true);
    let _ = connection.set_read_timeout(Some(PATIENCE));
    let _ = connection.set_write_timeout(Some(PATIENCE));
    let mut reader = BufReader::new(connection);
    loop {
        let incoming = match message::read(&mut reader) {
            Arrived::Request(incoming) => incoming,
            Arrived::Nonsense(line) => {
                shared.state().log.misuse.push(Misuse::Malformed(line));
                return;
            }
            Arrived::Nothing => return,
        };
        let reply = answer(&mut shared.state(), socket, &incoming, shared);
        if !reply.send(connection, shared, &incoming) {
            return;
        }
    }
}

fn answer(state: &mut State, socket: Socket, incoming: &Incoming, shared: &Shared) -> Reply {
    let asks = matches!(incoming.method.as_str(), "GET" | "HEAD")
        || incoming.method == "POST" && incoming.target.contains("/paths-info/");
    let reply = if !asks {
        state.log.misuse.push(Misuse::Method(format!("{} {}", incoming.method, incoming.target)));
        Reply::new(405, "only GET and HEAD are answered here").with("Allow", "GET, HEAD")
    } else if socket == Socket::Endpoint {
        endpoint::answer(state, incoming)
    } else {
        cdn::answer(state, incoming)
    };
    let header = |name| incoming.header(name).map(str::to_owned);
    state.log.requests.push(Request {
        at: shared.started.elapsed(),
        socket,
        method: incoming.method.clone(),
        path: incoming.target.clone(),
        range: header("range"),
        if_range: header("if-range"),
        authorized: incoming.header("authorization").is_some(),
        agent: header("user-agent"),
        status: reply.status,
    });
    reply
}
