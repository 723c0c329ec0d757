//! The window: the only Rust that knows Tauri; it wires core to one webview.

mod commands;
mod dumps;
mod failure;
mod graphics;
pub mod ipc;
mod mark;
mod window;

use portico_core::{Core, Options};
use std::io::Write;
use std::time::Duration;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};
use tauri_specta::Event;

/// What is not written down by then is not worth keeping a closed window's process for.
const LEAVE_WITHIN: Duration = Duration::from_secs(3);

/// Opens the window and returns when it has been closed.
pub fn run() -> Result<(), Box<dyn std::error::Error>> {
    graphics::suit_the_computer();
    dumps::forbid();
    let core = match core() {
        Ok(core) => core,
        Err(error) => {
            // Nobody is left to tell if standard error is closed, so a failed write is let go.
            let _ = writeln!(std::io::stderr(), "Portico could not start: {error}");
            return Ok(failure::show(&error, context())?);
        }
    };
    let contract = ipc::contract();
    tauri::Builder::default()
        .invoke_handler(contract.invoke_handler())
        .setup(move |app| {
            contract.mount_events(app);
            tauri::async_runtime::spawn(forward(core.clone(), app.handle().clone()));
            if std::env::args().any(|argument| argument == "--demo") {
                // Beside the window: the page asks for the desk later than this is done.
                let opening = core.opening_demo();
                tauri::async_runtime::spawn(async move {
                    if let Err(error) = opening.await {
                        tracing::error!(%error, "the sample agency could not be opened");
                    }
                });
            }
            app.manage(core);
            window::open(app.handle(), None)?;
            Ok(())
        })
        .on_window_event(|window, event| {
            if let (WindowEvent::Focused(focused), Some(core)) = (event, window.try_state::<Core>())
            {
                core.set_in_use(*focused);
                if *focused {
                    let core = core.inner().clone();
                    tauri::async_runtime::spawn(async move { core.came_back().await });
                }
            }
        })
        .build(context())?
        .run(|app, event| {
            if let (RunEvent::Exit, Some(core)) = (event, app.try_state::<Core>()) {
                let left = async { tokio::time::timeout(LEAVE_WITHIN, core.leave()).await };
                if tauri::async_runtime::block_on(left).is_err() {
                    tracing::warn!("Portico ended before everything was written down");
                }
            }
        });
    Ok(())
}

fn core() -> portico_core::Result<Core> {
    let options = Options::from_environment(true)?;
    portico_core::log::start(&options.data_folder, "window")?;
    Core::open(options)
}

/// In one place, because the page is built into it.
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Hands every change of the core to the page as the one event.
async fn forward(core: Core, app: AppHandle) {
    let mut changes = core.subscribe();
    while let Some(changed) = changes.next().await {
        if let Err(error) = ipc::ChangedEvent(changed).emit(&app) {
            tracing::warn!(%error, "the page could not be told of a change");
        }
    }
}
