//! Bugs that a test can plant (`PORTICO_PLANT=name`), to show that the property test would find them.

#[cfg(debug_assertions)]
mod planted {
    use serde_json::Value;
    use std::{
        collections::HashMap,
        sync::{LazyLock, Mutex, PoisonError},
    };

    static PLANTED: LazyLock<Option<String>> =
        LazyLock::new(|| std::env::var("PORTICO_PLANT").ok());

    fn is(name: &str) -> bool {
        PLANTED.as_deref() == Some(name)
    }

    /// Whether a page that was read is to be forgotten: every third.
    pub fn drops_page() -> bool {
        static PAGES: Mutex<u32> = Mutex::new(0);
        if !is("drop_page") {
            return false;
        }
        let mut pages = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
        *pages += 1;
        *pages % 3 == 0
    }

    /// The answer to store: with the bug, the one before it.
    pub fn answer(id: &str, body: Value) -> Value {
        static FORMER: LazyLock<Mutex<HashMap<String, Value>>> = LazyLock::new(Mutex::default);
        if !is("stale_answer") {
            return body;
        }
        let mut former = FORMER.lock().unwrap_or_else(PoisonError::into_inner);
        former.insert(id.to_owned(), body.clone()).unwrap_or(body)
    }

    /// Whether the cursor is committed before what it stands for.
    pub fn hurries_cursor() -> bool {
        is("early_cursor")
    }
}

#[cfg(not(debug_assertions))]
mod planted {
    use serde_json::Value;

    pub fn drops_page() -> bool {
        false
    }

    pub fn answer(_id: &str, body: Value) -> Value {
        body
    }

    pub fn hurries_cursor() -> bool {
        false
    }
}

pub(super) use planted::{answer, drops_page, hurries_cursor};
