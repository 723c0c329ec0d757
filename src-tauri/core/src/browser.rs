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

async fn hand_over(address: String, program: &'static str) -> Result<()> {
    let failed = move |why: String| {
        Error::Conflict(format!(
            "The {program} could not be opened ({why}). Check the system's default applications."
        ))
    };
    tokio::task::spawn_blocking(move || opener::open(address))
        .await
        .map_err(|error| failed(error.to_string()))?
        // The address may carry a session, so opener's own words, which name it, stay out.
        .map_err(|error| match error {
            opener::OpenError::ExitStatus { status, .. } => {
                failed(format!("it ended with {status}"))
            }
            opener::OpenError::Io(error) => failed(error.kind().to_string()),
            _ => failed("no program is set for it".into()),
        })
}

fn refused(why: &str) -> Error {
    Error::LinkNotPossible(format!(
        "Portico did not open the address that Stripe sent: {why}."
    ))
}
