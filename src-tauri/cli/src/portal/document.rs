//! Portal settings as a document: TOML or JSON by the file's ending, with the fields of the studio.

use crate::failure::Failure;
use portico_core::portal::PortalSettings;
use serde::Deserializer;
use std::path::Path;

/// Reads a document. A field that portal settings do not have is most likely misspelt: it is named
/// rather than left out.
pub fn read(file: &Path) -> Result<PortalSettings, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::said(format!("{shown} could not be read: {error}.")))?;
    let wrong =
        |why: String| Failure::said(format!("{shown} is no document of portal settings: {why}."));
    let ending = file.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_lowercase).as_deref() {
        Some("toml") => {
            let document = toml::Deserializer::parse(&text).map_err(|e| wrong(inline(&e)))?;
            settings(document, wrong)
        }
        Some("json") => settings(&mut serde_json::Deserializer::from_str(&text), wrong),
        _ => Err(Failure::said(format!(
            "{shown} must end in .toml or .json, as its contents are."
        ))),
    }
}

/// The document that [`read`] takes.
pub fn write(settings: &PortalSettings) -> Result<String, Failure> {
    toml::to_string_pretty(settings)
        .map_err(|error| Failure::said(format!("The settings could not be written: {error}.")))
}

fn settings<'de, D>(
    document: D,
    wrong: impl Fn(String) -> Failure,
) -> Result<PortalSettings, Failure>
where
    D: Deserializer<'de, Error: std::fmt::Display>,
{
    let mut unknown = Vec::new();
    let settings = serde_ignored::deserialize(document, |path| unknown.push(path.to_string()))
        .map_err(|error| wrong(inline(&error)))?;
    unknown.sort();
    if unknown.is_empty() {
        Ok(settings)
    } else {
        Err(wrong(format!("there is no {}", unknown.join(", no "))))
    }
}

/// TOML's errors draw the place on several lines.
fn inline(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join(" ").trim_end_matches('.').to_owned()
}
