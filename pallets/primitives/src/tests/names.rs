//! Names that deceive nobody.

use crate::{names::*, ModelId, ModelRef};
use sp_core::H256;

fn family(name: &str) -> FamilyName {
	name.as_bytes().to_vec().try_into().unwrap()
}

fn look_alike(first: &str, second: &str) -> bool {
	skeleton(&family(first)) == skeleton(&family(second))
}

#[test]
fn a_family_name_has_lower_case_ascii_letters_digits_and_single_hyphens() {
	for name in ["digits", "resnet-50", "a1", "x-y-z", &"m".repeat(48)] {
		assert!(is_family_name(name.as_bytes()), "{name}");
	}
	let refused = [
		"",
		"a",
		"Digits",
		"digits_",
		"-digits",
		"digits-",
		"dig--its",
		"7digits",
		"dig its",
		"dig.its",
		"dig/its",
		"digíts",
		"\u{0434}igits",
		"digits\u{200b}",
		&"m".repeat(49),
	];
	for name in refused {
		assert!(!is_family_name(name.as_bytes()), "{name}");
	}
	assert!(!is_family_name(b"digits\xff"));
}

#[test]
fn names_that_look_alike_have_the_same_skeleton() {
	for (first, second) in [
		("digits", "d1g1ts"),
		("digits", "dlglts"),
		("digits", "dig-its"),
		("model", "m0de1"),
		("modern", "modem"),
		("wave", "vvave"),
		("resnet50", "re5net5o"),
		("clip", "dip"),
		("bert-b", "bert8"),
	] {
		assert!(look_alike(first, second), "{first} and {second}");
	}
}

#[test]
fn names_that_differ_in_a_number_do_not_look_alike() {
	for a in 0..100 {
		for b in 0..a {
			assert!(!look_alike(&format!("net{a}"), &format!("net{b}")), "{a} and {b}");
		}
	}
	assert!(!look_alike("digits", "letters"));
}

#[test]
fn the_longest_names_have_a_skeleton_of_their_own() {
	let (first, second) = ("m".repeat(48), format!("{}n", "m".repeat(47)));
	assert!(!look_alike(&first, &second));
}

#[test]
fn a_version_is_a_short_word_that_is_not_latest() {
	for name in ["1", "1.0", "v2", "2026-11-26", "a"] {
		assert!(is_version_name(name.as_bytes()), "{name}");
	}
	for name in ["", "latest", ".1", "-1", "V2", "1_0", "1@0", "é", &"1".repeat(25)] {
		assert!(!is_version_name(name.as_bytes()), "{name}");
	}
}

#[test]
fn a_model_is_named_by_id_family_or_version() {
	let id = ModelId(H256::repeat_byte(0x1f));
	let text = id.to_string();
	for (written, expected) in [
		(&text[..], ModelRef::Id(id)),
		(&text[2..], ModelRef::Id(id)),
		("digits", ModelRef::Latest(family("digits"))),
		("digits@latest", ModelRef::Latest(family("digits"))),
		(
			"digits@1.0",
			ModelRef::Version(family("digits"), b"1.0".to_vec().try_into().unwrap()),
		),
	] {
		let parsed: ModelRef = written.parse().unwrap();
		assert_eq!(parsed, expected);
		assert_eq!(parsed.to_string().parse(), Ok(expected));
	}
	for wrong in ["", "@1", "digits@", "digits@1@2", "Digits", "digits@LATEST", "0x1f"] {
		assert!(wrong.parse::<ModelRef>().is_err(), "{wrong}");
	}
}
