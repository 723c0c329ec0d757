//! An agency at its desk: a simulated Stripe in this process, and the window that works against it.

use stripe_sim::{Options, Sim};

use crate::harness::app::{App, Setup};
use crate::harness::desk::KeychainState;
use crate::harness::eventually;
use crate::replay::replay;

pub const NAME: &str = "Lumen Studio";
pub const STAFF: &str = "Ada Lovelace";

/// A customer of every simulated account with this seed: an active plan, a card and an email.
pub const CLIENT: &str = "Halcyonhouse S.A.";
pub const CLIENT_EMAIL: &str = "office@halcyonhouse.example";

pub struct Agency {
    pub sim: Sim,
    pub app: App,
}

impl Agency {
    /// The first start on this computer; nothing is connected yet.
    pub async fn first_start() -> Self {
        Self::with(Options::default(), Setup::new()).await
    }

    pub async fn with(options: Options, setup: Setup) -> Self {
        let sim = Sim::start(options).await.expect("a simulated Stripe");
        let app = App::start(setup.env("PORTICO_STRIPE_API_BASE", sim.url())).await;
        Self { sim, app }
    }

    pub async fn with_keychain(keychain: KeychainState) -> Self {
        Self::with(Options::default(), Setup::new().keychain(keychain)).await
    }

    /// Connected, and everything read from Stripe.
    pub async fn filled() -> Self {
        let agency = Self::first_start().await;
        agency.connect().await;
        agency.sees_the_filling_complete().await;
        agency
    }

    /// From the welcome page to a workspace whose first filling has begun.
    pub async fn connect(&self) {
        self.enter_key(self.sim.restricted_key()).await;
        self.save().await;
    }

    pub async fn enter_key(&self, key: &str) {
        self.app.click("button", "Connect Stripe").await;
        self.app.type_into("Stripe key", key).await;
        self.app.click("button", "Check the key").await;
        self.app.see("What it may do").await;
    }

    pub async fn save(&self) {
        self.app.type_into("Name of the workspace", NAME).await;
        self.app.click("button", "Save and read the clients").await;
        self.app.find("heading", "Clients").await;
    }

    pub async fn sees_the_filling_complete(&self) {
        self.app.see("Up to date").await;
    }

    pub async fn opens_client(&self, name: &str) {
        self.app.type_into("Search clients", name).await;
        self.sees_one_client(name).await;
        self.enters_the_one_client(name).await;
    }

    /// The list opens nothing while the answer to the last letter is still under way.
    pub async fn enters_the_one_client(&self, name: &str) {
        let headings = "return lib.queryAllByRole(document.body, 'heading', \
             { name: arguments[0] }).length";
        let opened = eventually(async || {
            if self.app.script(headings, &[name.into()]).await == 1 {
                return Some(());
            }
            self.app.press("Enter").await;
            None
        });
        if opened.await.is_none() {
            self.app.fail(&format!("{name} did not open")).await;
        }
    }

    /// Waits until the list is narrowed to one.
    pub async fn sees_one_client(&self, name: &str) {
        let rows = "return lib.queryAllByRole(document.body, 'row')\
             .slice(1).map((row) => row.getAttribute('aria-label'))";
        let alone = eventually(async || {
            let rows = self.app.script(rows, &[]).await;
            let [row] = rows.as_array()?.as_slice() else {
                return None;
            };
            row.as_str()?.starts_with(name).then_some(())
        });
        if alone.await.is_none() {
            self.app
                .fail(&format!("the list was not narrowed to {name}"))
                .await;
        }
    }

    /// Answers what stands between the first link of a workspace and its address.
    pub async fn sets_up_the_portal(&self) {
        self.says_who_acts().await;
        self.app.click_away("button", "Set up and continue").await;
    }

    /// Answers the question that comes before the first entry of the journal.
    pub async fn says_who_acts(&self) {
        self.app.type_into("Your name", STAFF).await;
        self.app.click_away("button", "Save and continue").await;
    }

    /// The id of the one workspace, as folders and commands name it.
    pub async fn workspace(&self) -> String {
        let desk = self.app.invoke("desk", serde_json::json!({})).await;
        let desk = desk.expect("the desk");
        desk["workspaces"][0]["id"]
            .as_str()
            .expect("a workspace")
            .to_owned()
    }

    /// Ends the story: the page had no errors, and the journal makes the same tables again.
    pub async fn close(self) {
        let data = self.app.desk().data();
        self.app.close().await;
        replay(&data).await;
    }
}
