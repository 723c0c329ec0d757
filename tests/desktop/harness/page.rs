//! What a person does on a page, in the window as in a browser: see, click, type, press.

use std::fs;
use std::path::{Path, PathBuf};

use fantoccini::Client;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use serde_json::{Value, json};

use super::desk::test_name;
use super::{NEXT_NEWS, PATIENCE, eventually, within};

/// More than any page has places for the focus; past that it goes in circles.
const MOST_TABS: usize = 200;

pub struct Page {
    client: Client,
}

impl Page {
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The session itself, for what no verb says yet.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// All visible text, white space folded.
    pub async fn text(&self) -> String {
        let text = self
            .client
            .execute(
                "return document.body ? document.body.innerText : ''",
                vec![],
            )
            .await;
        // Between two pages there is no body; that is an empty one to a person.
        text.ok()
            .and_then(|text| text.as_str().map(fold))
            .unwrap_or_default()
    }

    /// Waits until `text` can be read.
    pub async fn see(&self, text: &str) {
        let wanted = fold(text);
        let seen = eventually(async || self.text().await.contains(&wanted).then_some(())).await;
        if seen.is_none() {
            self.fail(&format!("{text:?} did not appear")).await;
        }
    }

    /// Waits until `text` can be read because Stripe's next news brought it.
    pub async fn see_with_the_news(&self, text: &str) {
        let wanted = fold(text);
        let seen = async || self.text().await.contains(&wanted).then_some(());
        if within(NEXT_NEWS, seen).await.is_none() {
            self.fail(&format!("{text:?} did not come by itself")).await;
        }
    }

    /// Waits until `text` can no longer be read.
    pub async fn see_no_more(&self, text: &str) {
        let unwanted = fold(text);
        let gone =
            eventually(async || (!self.text().await.contains(&unwanted)).then_some(())).await;
        if gone.is_none() {
            self.fail(&format!("{text:?} stayed")).await;
        }
    }

    /// Waits for the one element with this role and accessible name.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        let query =
            "return lib.queryAllByRole(document.body, arguments[0], { name: arguments[1] })";
        self.find_by(query, &[role, name], &format!("a {role} named {name:?}"))
            .await
    }

    /// Clicks the one element with this role and accessible name, once nothing covers it.
    pub async fn click(&self, role: &str, name: &str) {
        let clicked = eventually(async || {
            let element = self.find(role, name).await;
            element.click().await.ok()
        })
        .await;
        if clicked.is_none() {
            self.fail(&format!("the {role} named {name:?} cannot be clicked"))
                .await;
        }
    }

    /// Clicks what closes its dialog, and once more if it is still there after a while: a dialog that
    /// moves into place on a busy machine loses a click, and a person would click again.
    pub async fn click_away(&self, role: &str, name: &str) {
        let here =
            "return lib.queryAllByRole(document.body, arguments[0], { name: arguments[1] }).length";
        let arguments = [role.into(), name.into()];
        for _ in 0..2 {
            self.click(role, name).await;
            let gone = async || (self.script(here, &arguments).await == 0).then_some(());
            if within(PATIENCE / 3, gone).await.is_some() {
                return;
            }
        }
        self.fail(&format!("the {role} named {name:?} does nothing"))
            .await;
    }

    /// Waits for the form field with this label.
    pub async fn field(&self, label: &str) -> Element {
        let query = "return lib.queryAllByLabelText(document.body, arguments[0], { selector: 'input,textarea,select,[contenteditable]' })";
        self.find_by(query, &[label], &format!("a field labelled {label:?}"))
            .await
    }

    /// Replaces what the field with this label holds.
    pub async fn type_into(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        // A dialog that is still moving in is not yet where a click would go.
        if eventually(async || field.click().await.ok())
            .await
            .is_none()
        {
            self.fail(&format!("the field {label:?} cannot be clicked"))
                .await;
        }
        let typed = async {
            self.chord(&[Key::Control.into(), 'a']).await?;
            self.chord(&[Key::Backspace.into()]).await?;
            match text {
                // WebDriver knows no typing of nothing.
                "" => Ok(()),
                text => field.send_keys(text).await,
            }
        };
        if let Err(error) = typed.await {
            self.fail(&format!(
                "{text:?} could not be typed into {label:?}: {error}"
            ))
            .await;
        }
    }

    /// What the field with this label holds.
    pub async fn value_of(&self, label: &str) -> String {
        let field = self.field(label).await;
        field.prop("value").await.ok().flatten().unwrap_or_default()
    }

    /// Presses keys together: `"Enter"`, `"Control+k"`, `"?"`.
    pub async fn press(&self, keys: &str) {
        // A plus sign itself is pressed as "+".
        let names: Vec<&str> = if keys == "+" {
            vec!["+"]
        } else {
            keys.split('+').collect()
        };
        let pressed: Vec<char> = names.into_iter().map(key).collect();
        if let Err(error) = self.chord(&pressed).await {
            self.fail(&format!("{keys:?} could not be pressed: {error}"))
                .await;
        }
    }

    /// Types where the focus is, as a person without a pointer does.
    pub async fn type_text(&self, text: &str) {
        for letter in text.chars() {
            if let Err(error) = self.chord(&[letter]).await {
                self.fail(&format!("{letter:?} could not be typed: {error}"))
                    .await;
            }
        }
    }

    /// Tabs on until the one element with this role and accessible name has the focus.
    pub async fn tab_to(&self, role: &str, name: &str) {
        let element = self.find(role, name).await;
        self.tab_on(element, &format!("the {role} named {name:?}"))
            .await;
    }

    /// Tabs on until the form field with this label has the focus.
    pub async fn tab_to_field(&self, label: &str) {
        let field = self.field(label).await;
        self.tab_on(field, &format!("the field labelled {label:?}"))
            .await;
    }

    async fn tab_on(&self, element: Element, what: &str) {
        let element = json!(element);
        for _ in 0..MOST_TABS {
            let focused = "return document.activeElement === arguments[0]";
            if self.script(focused, std::slice::from_ref(&element)).await == json!(true) {
                return;
            }
            self.press("Tab").await;
        }
        self.fail(&format!("no Tab leads to {what}")).await
    }

    async fn chord(&self, keys: &[char]) -> Result<(), fantoccini::error::CmdError> {
        let down = keys.iter().map(|&value| KeyAction::Down { value });
        let up = keys.iter().rev().map(|&value| KeyAction::Up { value });
        let mut actions = KeyActions::new("keyboard".to_owned());
        for action in down.chain(up) {
            actions = actions.then(action);
        }
        self.client.perform_actions(actions).await
    }

    /// Saves what the page shows as `target/screenshots/<test>-<name>.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .ancestors()
            .nth(1)
            .expect("the target folder")
            .join("screenshots");
        fs::create_dir_all(&folder).expect("a folder for pictures");
        let file = folder.join(format!("{}-{name}.png", test_name()));
        let picture = self
            .client
            .screenshot()
            .await
            .expect("a picture of the page");
        fs::write(&file, picture).expect("a picture saved");
        file
    }

    /// Runs a script in the page; `lib` in it is Testing Library's DOM queries.
    pub async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        match self.with_library(script, arguments).await {
            Ok(value) => value,
            Err(error) => panic!("the page could not run {script:?}: {error}"),
        }
    }

    async fn with_library(
        &self,
        script: &str,
        arguments: &[Value],
    ) -> Result<Value, fantoccini::error::CmdError> {
        let there = self
            .client
            .execute("return typeof TestingLibraryDom !== 'undefined'", vec![])
            .await?;
        if there != json!(true) {
            self.client.execute(&library(), vec![]).await?;
        }
        let script = format!("const lib = globalThis.TestingLibraryDom; {script}");
        self.client.execute(&script, arguments.to_vec()).await
    }

    async fn find_by(&self, query: &str, arguments: &[&str], what: &str) -> Element {
        let arguments: Vec<Value> = arguments.iter().map(|&word| json!(word)).collect();
        let mut several = 0;
        let found = eventually(async || {
            let found = self.with_library(query, &arguments).await.ok()?;
            let elements = found.as_array()?;
            several = elements.len();
            match elements.as_slice() {
                [element] => reference(element),
                _ => None,
            }
        })
        .await;
        match found {
            Some(element) => Element::from_element_id(self.client.clone(), element),
            None => {
                self.fail(&format!("{what}: {several} found, one wanted"))
                    .await
            }
        }
    }

    /// Ends the test, telling what a person would have seen instead.
    pub async fn fail(&self, what: &str) -> ! {
        let text = self.text().await;
        let picture = match self.client.screenshot().await {
            Ok(_) => self.screenshot("failed").await.display().to_string(),
            Err(error) => format!("none: {error}"),
        };
        panic!("{what}.\nThe page says: {text}\nIts picture: {picture}");
    }
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// WebDriver's name for "this value is an element".
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

fn reference(value: &Value) -> Option<ElementRef> {
    Some(ElementRef::from(value.get(ELEMENT)?.as_str()?.to_owned()))
}

/// Testing Library's DOM queries: the same rules for roles and names as in the page's own tests.
fn library() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("ui/node_modules/@testing-library/dom/dist/@testing-library/dom.umd.min.js");
    let source = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}. {}", file.display(), super::driver::SET_UP));
    // The bundle looks for `this`, which is not the window inside a WebDriver script.
    format!("(function () {{ {source} }}).call(globalThis)")
}

fn key(name: &str) -> char {
    let named = match name {
        "Control" => Key::Control,
        "Shift" => Key::Shift,
        "Alt" => Key::Alt,
        "Meta" => Key::Meta,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Tab" => Key::Tab,
        "Space" => Key::Space,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "ArrowUp" => Key::Up,
        "ArrowDown" => Key::Down,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        letter => {
            let mut letters = letter.chars();
            return match (letters.next(), letters.next()) {
                (Some(letter), None) => letter,
                _ => panic!("{name:?} is not a key that `press` knows"),
            };
        }
    };
    named.into()
}
