//! What is not finished goes away when the command is stopped (Ctrl-C, `kill`).

use discrepancy_sql::files::kept_streams;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once};

/// Files that are not whole yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static WATCH: Once = Once::new();

/// A file that is removed if the command is stopped while this lives.
#[derive(Debug)]
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    pub(crate) fn new(path: &Path) -> Self {
        watch();
        if let Ok(mut all) = UNFINISHED.lock() {
            all.push(path.to_owned());
        }
        Unfinished(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Ok(mut all) = UNFINISHED.lock() {
            all.retain(|path| *path != self.0);
        }
    }
}

/// From here on a signal removes what is not finished. It is waited for on a thread of its own; without one signals do
/// what they always do.
pub(crate) fn watch() {
    WATCH.call_once(start);
}

fn start() {
    let waiting = || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let code = runtime.block_on(stopped());
        if let Ok(all) = UNFINISHED.lock() {
            all.iter().for_each(|path| drop(std::fs::remove_file(path)));
        }
        kept_streams().iter().for_each(|path| drop(std::fs::remove_file(path)));
        std::process::exit(code);
    };
    let _ = std::thread::Builder::new().name("interrupts".to_owned()).spawn(waiting);
}

/// Until a signal comes; the exit code that a shell gives it.
#[cfg(unix)]
async fn stopped() -> i32 {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => 130,
        _ = terminate.recv() => 143,
    }
}
#[cfg(not(unix))]
async fn stopped() -> i32 {
    match tokio::signal::ctrl_c().await {
        Ok(()) => 130,
        Err(_) => std::future::pending().await,
    }
}
