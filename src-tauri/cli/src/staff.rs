//! `staff`: who sits at this computer, as the journal names them.

use crate::failure::Failure;
use crate::session::Session;

#[derive(clap::Args)]
pub struct Command {
    /// Your name, as colleagues should read it; without it the present one is shown
    name: Option<String>,
    #[arg(long, requires = "name")]
    email: Option<String>,
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    let staff = match command.name {
        Some(name) => {
            session
                .core
                .set_staff(&name, command.email.as_deref())
                .await?
        }
        None => session
            .core
            .desk()
            .await?
            .staff
            .ok_or_else(|| Failure::said("Nobody was chosen yet: portico-cli staff NAME"))?,
    };
    session.output.show(&staff, || match &staff.email {
        Some(email) => format!("{} <{email}>", staff.name),
        None => staff.name.clone(),
    })?;
    Ok(())
}
