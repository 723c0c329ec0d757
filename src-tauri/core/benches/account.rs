//! What the system says that this process holds of its memory.

use std::time::Duration;

/// What this process holds (`VmRSS:`) or has held at most (`VmHWM:`); nothing where the system keeps
/// no such account.
pub fn memory_kb(of: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(of))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// What is held once the allocator has given back the 256 MB that deriving the key of the key file took
/// for a moment: it does so when threads come and go.
pub fn idle_memory_kb() -> Option<u64> {
    let most = memory_kb("VmHWM:")?;
    for _ in 0..100 {
        let held = memory_kb("VmRSS:")?;
        if held < most / 2 {
            return Some(held);
        }
        // It only fails where the thread panicked.
        let _ = std::thread::spawn(|| drop(vec![0_u8; 1 << 20])).join();
        std::thread::sleep(Duration::from_millis(20));
    }
    memory_kb("VmRSS:")
}

/// Neither does that count for the peak.
pub fn forget_peak_memory() {
    // Where it is refused, the peak is only stated too high.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
