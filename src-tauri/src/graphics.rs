//! How the page is painted where there is no graphics card: a virtual machine, a remote desktop, CI.

/// WebKitGTK's own switch; whoever sets it knows better.
#[cfg(target_os = "linux")]
const PAINT_BY_PROCESSOR: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";

/// Has WebKitGTK paint by the processor at once, not through an OpenGL that is software itself: a page of
/// text is there sooner. To be called before anything else: the web process inherits it.
#[cfg(target_os = "linux")]
pub fn suit_the_computer() {
    let has_card = std::fs::read_dir("/dev/dri").is_ok_and(|mut cards| cards.next().is_some());
    if has_card || std::env::var_os(PAINT_BY_PROCESSOR).is_some() {
        return;
    }
    #[allow(
        unsafe_code,
        reason = "no other thread runs yet that could read the environment meanwhile"
    )]
    // SAFETY: as the reason says.
    unsafe {
        std::env::set_var(PAINT_BY_PROCESSOR, "1");
    }
}

/// The other systems' webviews see to it themselves.
#[cfg(not(target_os = "linux"))]
pub fn suit_the_computer() {}
