//! What the pages may ask: each command is only handed on.

use kenning_wire::{Problem, ProblemCode, SearchNews, SearchRequest, dispatch};
use serde_json::Value;
use tauri::ipc::{Channel, Invoke};
use tauri::{State, Webview};

use crate::desk::Desk;
use crate::windows;

pub fn handler() -> impl Fn(Invoke) -> bool {
    tauri::generate_handler![call, search, cancel_search]
}

/// The desk does its work on the thread that asks, so it is not this one that waits.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = tauri::async_runtime::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Problem { code: ProblemCode::Internal, message: error.to_string() })
    })
}

#[tauri::command]
async fn call(
    page: Webview,
    desk: State<'_, Desk>,
    name: String,
    takes: Value,
) -> Result<Value, Problem> {
    windows::check(page.label(), &name)?;
    let desk = desk.inner().clone();
    apart(move || dispatch(desk.get()?, &name, takes)).await
}

/// Says the search's number at once; what it finds comes over the channel.
#[tauri::command]
async fn search(
    page: Webview,
    desk: State<'_, Desk>,
    request: SearchRequest,
    channel: Channel<SearchNews>,
) -> Result<u64, Problem> {
    let (desk, asker) = (desk.inner().clone(), page.label().to_owned());
    let opened = desk.clone();
    let number = apart(move || Ok(opened.get()?.begin_search())).await?;
    tauri::async_runtime::spawn_blocking(move || {
        // A page that is gone hears nothing, and asks nothing more.
        let mut tell = |news| drop(channel.send(news));
        if let Ok(desk) = desk.get() {
            desk.search(number, &asker, &request, &mut tell);
        }
    });
    Ok(number)
}

#[tauri::command]
async fn cancel_search(desk: State<'_, Desk>, search: u64) -> Result<(), Problem> {
    desk.get()?.stop_search(search);
    Ok(())
}
