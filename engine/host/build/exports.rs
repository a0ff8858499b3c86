//! Removes the exports that no caller needs from a WebAssembly module: those that the linker always adds, and the
//! custom `getrandom`, which is exported because it is linked by name.

/// The id of the export section.
const EXPORT_SECTION: u8 = 7;

/// Returns `module` with no exports other than `names`. Panics if it lacks one of them.
pub fn retain(names: &[&str], module: &[u8]) -> Vec<u8> {
	let (header, mut rest) = module.split_at(8);
	let mut kept = header.to_vec();
	while let Some((section, after)) = rest.split_first() {
		rest = after;
		let len = read_leb128(&mut rest);
		let (body, after) = rest.split_at(len);
		rest = after;
		let body = if *section == EXPORT_SECTION {
			retain_in(names, body)
		} else {
			body.to_vec()
		};
		kept.push(*section);
		push_leb128(&mut kept, body.len());
		kept.extend(body);
	}
	kept
}

/// Returns the export section `body` with no exports other than `names`.
fn retain_in(names: &[&str], mut body: &[u8]) -> Vec<u8> {
	let mut kept: Vec<u8> = Vec::new();
	let mut count = 0;
	for _ in 0..read_leb128(&mut body) {
		let start = body;
		let len = read_leb128(&mut body);
		let (name, after) = body.split_at(len);
		// The kind of the export, then its index.
		body = &after[1..];
		read_leb128(&mut body);
		if names.iter().any(|wanted| wanted.as_bytes() == name) {
			kept.extend(&start[..start.len() - body.len()]);
			count += 1;
		}
	}
	assert_eq!(count, names.len(), "the guest lacks one of the exports {names:?}");
	let mut section = Vec::new();
	push_leb128(&mut section, count);
	section.extend(kept);
	section
}

/// Reads an unsigned integer in LEB128.
fn read_leb128(bytes: &mut &[u8]) -> usize {
	let mut value = 0;
	for shift in (0..).step_by(7) {
		let (byte, rest) = bytes.split_first().expect("the linker writes complete modules");
		*bytes = rest;
		value |= usize::from(byte & 0x7f) << shift;
		if byte & 0x80 == 0 {
			break;
		}
	}
	value
}

/// Appends an unsigned integer in LEB128.
fn push_leb128(bytes: &mut Vec<u8>, mut value: usize) {
	while value > 0x7f {
		bytes.push(value as u8 | 0x80);
		value >>= 7;
	}
	bytes.push(value as u8);
}
