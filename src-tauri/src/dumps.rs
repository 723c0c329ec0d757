//! Keeps the Stripe key out of core dumps and away from other processes of the same person.

/// Child processes (the webview's among them) inherit the limit, but not the "not dumpable" mark.
#[cfg(target_os = "linux")]
pub fn forbid() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps stay possible: the limit could not be set");
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps stay possible: the process could not be marked");
    }
}

/// macOS and Windows write no dump that holds the process's memory unless an administrator asks for it.
#[cfg(not(target_os = "linux"))]
pub fn forbid() {}
