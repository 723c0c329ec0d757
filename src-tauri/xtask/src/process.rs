//! Child processes: ended when their owner goes away, waited for by what they print, never by time alone.

use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A child process that dies with this value.
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    pub fn start(name: &str, command: &mut Command) -> io::Result<Self> {
        let child = command.spawn().map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("{name} could not be started: {error}"),
            )
        })?;
        Ok(Self {
            name: name.to_owned(),
            child,
        })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Asks the process to end in an orderly way and waits until it has.
    pub fn terminate(mut self) -> io::Result<ExitStatus> {
        Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        self.child.wait()
    }

    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// Lines of the child's standard output, which must be piped.
    pub fn stdout_lines(&mut self) -> io::Result<Lines> {
        let pipe = self.child.stdout.take();
        Lines::of(&self.name, "standard output", pipe)
    }

    /// Lines of the child's standard error, which must be piped.
    pub fn stderr_lines(&mut self) -> io::Result<Lines> {
        let pipe = self.child.stderr.take();
        Lines::of(&self.name, "standard error", pipe)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when the process has already gone, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a child prints, line by line; a thread keeps reading, so the child never blocks on a full pipe.
pub struct Lines {
    name: String,
    lines: Receiver<String>,
}

impl Lines {
    fn of<R: Read + Send + 'static>(name: &str, which: &str, pipe: Option<R>) -> io::Result<Self> {
        let pipe = pipe.ok_or_else(|| {
            io::Error::other(format!(
                "the {which} of {name} is not piped, or already read"
            ))
        })?;
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                // Nobody listens any more; reading goes on for the child's sake.
                let _ = sender.send(line);
            }
        });
        Ok(Self {
            name: name.to_owned(),
            lines,
        })
    }

    /// The first line that `wanted` accepts; the error holds what was printed instead.
    pub fn wait_for(
        &self,
        within: Duration,
        mut wanted: impl FnMut(&str) -> bool,
    ) -> io::Result<String> {
        let end = Instant::now() + within;
        let mut seen = String::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if wanted(&line) => return Ok(line),
                Ok(line) => {
                    seen.push_str("\n  ");
                    seen.push_str(&line);
                }
                Err(reason) => {
                    let what = match reason {
                        RecvTimeoutError::Timeout => {
                            format!("did not say it was ready within {} s", within.as_secs())
                        }
                        RecvTimeoutError::Disconnected => "ended too early".to_owned(),
                    };
                    return Err(io::Error::other(format!(
                        "{} {what}; it printed:{seen}",
                        self.name
                    )));
                }
            }
        }
    }

    /// Everything printed until now.
    pub fn so_far(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }
}

/// A command whose output is kept out of sight and whose success is all that counts.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where the first of `names` that is a program on the search path lies.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}
