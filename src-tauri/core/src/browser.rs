//! The only way out to the person's browser and mail program, and what may take it.

use crate::{Error, Result};
use url::{Host, Url};

/// Opens a page in the default browser: https, or plain http on this computer where the
/// workspace's Stripe is there too.
pub async fn open_page(address: &str, loopback: bool) -> Result<()> {
    let url = Url::parse(address).map_err(|_| refused("it is not an address"))?;
    let local = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match (url.scheme(), local) {
        ("https", _) => {}
        ("http", true) if loopback => {}
        _ => return Err(refused("it is not a secure web address")),
    }
    hand_over(url.to_string(), "browser").await
}

/// Opens a prepared message in the mail program.
pub async fn open_mail(to: &str, subject: &str, body: &str) -> Result<()> {
    // RFC 6068 wants %20 and %0D%0A; form encoding's "+" would be shown as such.
    let encode = |text: &str| {
        url::form_urlencoded::byte_serialize(text.replace('\n', "\r\n").as_bytes())
            .collect::<String>()
            .replace('+', "%20")
    };
    let address = format!(
        "mailto:{}?subject={}&body={}",
        encode(to).replace("%40", "@"),
        encode(subject),
        encode(body)
    );
    hand_over(address, "mail program").await
}

/// Shows a folder in the file manager.
pub async fn open_folder(folder: &std::path::Path) -> Result<()> {
    hand_over(folder.display().to_string(), "file manager").await
}

/// `xdg-open` says quickly when there is nothing to open the address with, and otherwise lives as
/// long as what it opened.
#[cfg(target_os = "linux")]
async fn hand_over(address: String, program: &'static str) -> Result<()> {
    use std::process::Stdio;

    const FAILS_WITHIN: std::time::Duration = std::time::Duration::from_millis(700);
    let mut opening = tokio::process::Command::new("xdg-open")
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => "xdg-open is missing: install xdg-utils".to_owned(),
                other => other.to_string(),
            };
            not_opened(program, &why)
        })?;
    match tokio::time::timeout(FAILS_WITHIN, opening.wait()).await {
        Ok(Ok(status)) if !status.success() => Err(not_opened(
            program,
            &format!("xdg-open ended with {status}"),
        )),
        Ok(Err(error)) => Err(not_opened(program, &error.kind().to_string())),
        // Still running after that: it waits for the program that it found.
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
async fn hand_over(address: String, program: &'static str) -> Result<()> {
    let opened = tokio::task::spawn_blocking(move || opener::open(address)).await;
    match opened {
        Ok(Ok(())) => Ok(()),
        // The address may carry a session, so opener's own words, which name it, stay out.
        Ok(Err(opener::OpenError::ExitStatus { status, .. })) => {
            Err(not_opened(program, &format!("it ended with {status}")))
        }
        Ok(Err(_)) => Err(not_opened(program, "no program is set for it")),
        Err(error) => Err(not_opened(program, &error.to_string())),
    }
}

fn not_opened(program: &str, why: &str) -> Error {
    Error::Conflict(format!(
        "The {program} could not be opened ({why}). Check the system's default applications."
    ))
}

fn refused(why: &str) -> Error {
    Error::LinkNotPossible(format!(
        "Portico did not open the address that Stripe sent: {why}."
    ))
}
