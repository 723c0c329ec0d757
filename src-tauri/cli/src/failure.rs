//! Why a command ended with an exit code other than zero, in a sentence.

use crate::output::Output;

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

    /// Says it on standard error, unless whoever read the output (`| head`) has simply left.
    pub fn tell(&self, output: &Output) {
        match self {
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            failure => {
                let sentence = failure.to_string();
                output.note(&format!("{sentence}{}", instead_of_settings(&sentence)));
            }
        }
    }
}

/// What does here what a sentence says of the window's Settings, also where a reading has kept it.
fn instead_of_settings(sentence: &str) -> &'static str {
    let of_keys = [
        "Add one in Settings",
        "Add the key again in Settings",
        "Replace the key in Settings",
    ];
    if of_keys.iter().any(|words| sentence.contains(words)) {
        " In a terminal: portico-cli workspace replace-key --key-stdin"
    } else {
        ""
    }
}
