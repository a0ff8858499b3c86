//! The memory of this process, read from Linux.

use std::{error::Error, fs};

/// Returns the resident memory in bytes.
pub fn resident() -> Result<u64, Box<dyn Error>> {
	status("VmRSS:")
}

/// Returns the peak of resident memory in bytes.
pub fn peak() -> Result<u64, Box<dyn Error>> {
	status("VmHWM:")
}

/// Returns a field of `/proc/self/status`, in bytes.
fn status(field: &str) -> Result<u64, Box<dyn Error>> {
	let status = fs::read_to_string("/proc/self/status")?;
	let value = status.lines().find_map(|line| line.strip_prefix(field));
	let kibibytes = value.and_then(|value| value.trim().strip_suffix(" kB"));
	Ok(1024
		* kibibytes
			.ok_or(format!("/proc/self/status has no {field}"))?
			.parse::<u64>()?)
}
