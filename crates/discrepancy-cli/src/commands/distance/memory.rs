//! Whether something fits into memory, asked before it is tried.

use crate::failure::{Failure, Outcome};

/// Whether so many bytes can be had.
pub(crate) fn check(what: &str, bytes: u128) -> Outcome {
    match available() {
        Some(free) if bytes > u128::from(free) => {
            Err(Failure::new(format!("{what} need {} of memory; {} are free", shown(bytes), shown(free.into()))))
        }
        None if bytes > u128::from(u64::MAX >> 16) => {
            Err(Failure::new(format!("{what} need {} of memory", shown(bytes))))
        }
        _ => Ok(()),
    }
}

/// Free memory in bytes where the system tells (Linux): of the machine, or of the control group if that is less.
fn available() -> Option<u64> {
    let machine = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = machine.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let machine = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024;
    let number =
        |file: &str| std::fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok()?.trim().parse::<u64>().ok();
    let group = number("memory.max").map(|most| most.saturating_sub(number("memory.current").unwrap_or(0)));
    Some(group.map_or(machine, |group| group.min(machine)))
}

/// In the largest unit that leaves a whole number.
fn shown(bytes: u128) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < units.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{size:.1} {}", units[unit]) }
}
