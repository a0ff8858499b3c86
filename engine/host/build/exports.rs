//! Takes the exports that no caller needs out of a WebAssembly module: those that the linker always adds, and the custom
//! `getrandom`, which is exported because it is linked by name.

/// The section that lists the exports.
const EXPORTS: u8 = 7;

/// `module` without exports other than `names`.
pub fn keep(names: &[&str], module: &[u8]) -> Vec<u8> {
	let (header, mut rest) = module.split_at(8);
	let mut kept = header.to_vec();
	while let Some((section, after)) = rest.split_first() {
		rest = after;
		let len = number(&mut rest);
		let (body, after) = rest.split_at(len);
		rest = after;
		let body = if *section == EXPORTS {
			keep_in(names, body)
		} else {
			body.to_vec()
		};
		kept.push(*section);
		push_number(&mut kept, body.len());
		kept.extend(body);
	}
	kept
}

/// The export section `body`, with `names` only.
fn keep_in(names: &[&str], mut body: &[u8]) -> Vec<u8> {
	let mut kept: Vec<u8> = Vec::new();
	let mut count = 0;
	for _ in 0..number(&mut body) {
		let start = body;
		let len = number(&mut body);
		let (name, after) = body.split_at(len);
		// What it is, and which.
		body = &after[1..];
		number(&mut body);
		if names.iter().any(|keep| keep.as_bytes() == name) {
			kept.extend(&start[..start.len() - body.len()]);
			count += 1;
		}
	}
	assert_eq!(count, names.len(), "the engine lacks an export");
	let mut section = Vec::new();
	push_number(&mut section, count);
	section.extend(kept);
	section
}

/// Reads an unsigned LEB128.
fn number(bytes: &mut &[u8]) -> usize {
	let mut value = 0;
	for shift in (0..).step_by(7) {
		let (byte, rest) = bytes.split_first().expect("the linker wrote a whole module");
		*bytes = rest;
		value |= usize::from(byte & 0x7f) << shift;
		if byte & 0x80 == 0 {
			break;
		}
	}
	value
}

/// Writes an unsigned LEB128.
fn push_number(bytes: &mut Vec<u8>, mut value: usize) {
	while value > 0x7f {
		bytes.push(value as u8 | 0x80);
		value >>= 7;
	}
	bytes.push(value as u8);
}
