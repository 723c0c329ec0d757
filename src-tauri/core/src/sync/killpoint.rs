//! Named places where a test can end the process as a power cut would (`PORTICO_KILL_AT=name:n`).

/// Ends the process at the `n`th passing of the place that the variable names; debug builds only.
#[cfg(debug_assertions)]
pub(super) fn passed(name: &str) {
    use std::sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    };
    static ASKED: LazyLock<Option<(String, u32)>> = LazyLock::new(|| {
        let asked = std::env::var("PORTICO_KILL_AT").ok()?;
        let (name, n) = asked.split_once(':')?;
        Some((name.to_owned(), n.parse().ok()?))
    });
    static PASSED: AtomicU32 = AtomicU32::new(0);
    if let Some((asked, n)) = &*ASKED
        && asked == name
        && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *n
    {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn passed(_name: &str) {}
