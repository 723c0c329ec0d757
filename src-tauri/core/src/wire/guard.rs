//! A process between Portico and a program it runs: ends the program when Portico is gone, however
//! that came about.

use std::{
    ffi::OsString,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

/// Portico's binaries, started with this as their first argument, are the guard of the rest.
const ARGUMENT: &str = "--guard-a-program";
/// How long the end of the program goes unnoticed at most.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// `program` under the guard of `binary`, which is one of Portico's. The guard's standard input has
/// to stay open for as long as the program is to run: no system tells a process that its parent was
/// killed, but each closes the parent's pipes. (tauri-plugin-shell ends its children when the app
/// ends in order, and not when it is killed.)
pub fn guarded(binary: &Path, program: &Path) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(binary);
    command.arg(ARGUMENT).arg(program).stdin(Stdio::piped());
    // A group of its own: Ctrl-C in a terminal must not end the guard and leave the program.
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// To be called first by every binary of Portico's: does the guard's work, if it was started for
/// that.
pub fn run_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let program = arguments.next()?;
    Some(guard(&program, arguments).unwrap_or(ExitCode::FAILURE))
}

fn guard(
    program: &OsString,
    arguments: impl Iterator<Item = OsString>,
) -> std::io::Result<ExitCode> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .spawn()?;
    let (tell, parent_gone) = channel();
    std::thread::spawn(move || {
        // Nothing is ever written; a read ends when the other end is closed.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = tell.send(());
    });
    watch(&mut child, &parent_gone)
}

fn watch(child: &mut Child, parent_gone: &Receiver<()>) -> std::io::Result<ExitCode> {
    loop {
        if let Some(status) = child.try_wait()? {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Ok(code.map_or(ExitCode::FAILURE, ExitCode::from));
        }
        if parent_gone.recv_timeout(LOOK_EVERY) != Err(RecvTimeoutError::Timeout) {
            return end(child);
        }
    }
}

/// The guard leads its group, so this ends itself too. What npm installs as `stripe` is a script that
/// starts the program, and ending the script alone would leave that.
#[cfg(unix)]
fn end(_child: &mut Child) -> std::io::Result<ExitCode> {
    rustix::process::kill_current_process_group(rustix::process::Signal::KILL)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(unix))]
fn end(child: &mut Child) -> std::io::Result<ExitCode> {
    child.kill()?;
    child.wait()?;
    Ok(ExitCode::SUCCESS)
}
