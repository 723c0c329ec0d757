//! What a process and everything it started use of the machine, as Linux tells it.

use std::fs;
use std::io;

/// Linux counts processor time for programs in these, whatever the kernel's own rate is.
const TICKS_PER_SECOND: f64 = 100.0;

/// The proportional set size of a process and everything it started, in kB: shared pages are split
/// among those who share them, so the webview's libraries are not counted several times.
pub fn proportional_memory(root: u32) -> io::Result<u64> {
    let mut sum = pages_of(root)?;
    let mut waiting = children(root);
    while let Some(pid) = waiting.pop() {
        match pages_of(pid) {
            Ok(pages) => sum += pages,
            // It was listed, and ended before it was read.
            Err(_) if has_ended(pid) => continue,
            Err(error) => return Err(error),
        }
        waiting.extend(children(pid));
    }
    Ok(sum)
}

fn pages_of(pid: u32) -> io::Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).map_err(|error| {
        // The app is marked not dumpable, which hides its pages from everyone but root.
        io::Error::new(
            error.kind(),
            format!("the memory of process {pid} cannot be read ({error}); run the bench as root"),
        )
    })?;
    pss(&rollup).ok_or_else(|| io::Error::other(format!("process {pid} states no Pss")))
}

/// Gone, or a zombie that only its parent has still to notice: it has no pages any more.
fn has_ended(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| {
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
    })
}

/// The processes that its threads started; a thread may end while they are listed.
fn children(pid: u32) -> Vec<u32> {
    fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|listed| {
            listed
                .split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

/// The processor time of a process and everything it started that still runs, in seconds.
pub fn processor_seconds_of_all(root: u32) -> f64 {
    let mut sum = 0.0;
    let mut waiting = vec![root];
    while let Some(pid) = waiting.pop() {
        sum += processor_seconds(pid).unwrap_or_default();
        waiting.extend(children(pid));
    }
    sum
}

/// The processor time that all threads of one process took so far; nothing where the system keeps no
/// such account.
pub fn processor_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(processor_time(&stat)? as f64 / TICKS_PER_SECOND)
}

/// `utime` and `stime`, the 14th and 15th field; the second, a name, may contain spaces.
fn processor_time(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_the_14th_and_15th_field() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 42 8 3 1 20 0 9 0";
        assert_eq!(processor_time(stat), Some(50));
        assert_eq!(processor_time(""), None);
    }

    #[test]
    fn proportional_memory_is_read_from_the_kernel_s_words() {
        let rollup =
            "7f00-7fff ---p [rollup]\nRss:  99 kB\nPss:            12345 kB\nPss_Anon: 7 kB\n";
        assert_eq!(pss(rollup), Some(12345));
        assert_eq!(pss("Rss: 1 kB"), None);
        // Other tests of this program start and end processes meanwhile.
        assert!(proportional_memory(std::process::id()).unwrap() > 0);
        assert!(has_ended(u32::MAX - 1));
        assert!(!has_ended(std::process::id()));
    }
}
