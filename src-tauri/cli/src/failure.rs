//! Why a command ended with an exit code other than zero, in a sentence.

use crate::output::Output;
use portico_core::Error;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Core(#[from] portico_core::Error),
    /// Something about how the command was called, or what it found.
    #[error("{0}")]
    Said(String),
    #[error("The output could not be written: {0}.")]
    Output(#[from] std::io::Error),
}

impl Failure {
    pub fn said(sentence: impl Into<String>) -> Self {
        Self::Said(sentence.into())
    }

    /// What does here what the sentence says of the window's Settings.
    fn instead_of_settings(&self) -> &'static str {
        match self {
            Self::Core(Error::KeyMissing | Error::KeyRefused(_)) => {
                " In a terminal: portico-cli workspace replace-key --key-stdin"
            }
            _ => "",
        }
    }

    /// Says it on standard error, unless whoever read the output (`| head`) has simply left.
    pub fn tell(&self, output: &Output) {
        match self {
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            failure => output.note(&format!("{failure}{}", failure.instead_of_settings())),
        }
    }
}
