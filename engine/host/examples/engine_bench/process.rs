//! The memory of this process, as Linux tells it.

use std::{error::Error, fs};

/// Bytes that are resident now.
pub fn resident() -> Result<u64, Box<dyn Error>> {
	status("VmRSS:")
}

/// The most bytes that were resident at any time.
pub fn peak() -> Result<u64, Box<dyn Error>> {
	status("VmHWM:")
}

fn status(field: &str) -> Result<u64, Box<dyn Error>> {
	let status = fs::read_to_string("/proc/self/status")?;
	let value = status.lines().find_map(|line| line.strip_prefix(field));
	let kibibytes = value.and_then(|value| value.trim().strip_suffix(" kB"));
	Ok(1024 * kibibytes.ok_or("no memory in /proc/self/status")?.parse::<u64>()?)
}
