//! Text that others wrote.

/// Returns `text` with control characters replaced by spaces, so that it cannot move a terminal's cursor.
pub fn printable(text: &[u8]) -> String {
	String::from_utf8_lossy(text)
		.chars()
		.map(|c| if c.is_control() { ' ' } else { c })
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn text_of_others_cannot_move_the_cursor() {
		assert_eq!(printable("tidy\u{1b}[2J\n näher".as_bytes()), "tidy [2J  näher");
	}
}
