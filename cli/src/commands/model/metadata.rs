//! From options to the metadata of a model.

use crate::{args::About, error::usage, local::read_file};
use assay_primitives::{
	metadata::{Metadata, Text},
	Artifact,
};
use std::path::Path;

/// Returns the `current` metadata with the options in its place, and the bytes of a card that is to be stored.
pub fn metadata(current: Metadata, title: Option<&str>, about: &About) -> anyhow::Result<(Metadata, Option<Vec<u8>>)> {
	let mut metadata = current;
	set(&mut metadata.title, "--title", title)?;
	if metadata.title.is_empty() {
		return Err(usage("a model needs a title: give it one with --title"));
	}
	set(&mut metadata.description, "--description", about.description.as_deref())?;
	set(&mut metadata.task, "--task", about.task.as_deref())?;
	set(&mut metadata.licence, "--licence", about.licence.as_deref())?;
	set(
		&mut metadata.training_data,
		"--training-data",
		about.training_data.as_deref(),
	)?;
	if let Some(tags) = &about.tags {
		let tags = texts("--tag", tags)?;
		metadata.tags = tags
			.try_into()
			.map_err(|_| usage("--tag may be given at most 8 times"))?;
	}
	if let Some(links) = &about.links {
		let links = texts("--link", links)?;
		metadata.links = links
			.try_into()
			.map_err(|_| usage("--link may be given at most 4 times"))?;
	}
	let card = match about.card.as_deref() {
		None => return Ok((metadata, None)),
		Some(path) if path.is_empty() => None,
		Some(path) => Some(read_card(Path::new(path))?),
	};
	metadata.card = card.as_deref().map(Artifact::of);
	Ok((metadata, card))
}

fn set<const BYTES: u32>(part: &mut Text<BYTES>, option: &str, given: Option<&str>) -> anyhow::Result<()> {
	if let Some(given) = given {
		*part = text(option, given)?;
	}
	Ok(())
}

fn text<const BYTES: u32>(option: &str, text: &str) -> anyhow::Result<Text<BYTES>> {
	text.as_bytes().to_vec().try_into().map_err(|_| {
		usage(format!(
			"{option} has {} bytes, and may have at most {BYTES}",
			text.len()
		))
	})
}

/// Returns the texts that are not empty.
fn texts<const BYTES: u32>(option: &str, given: &[String]) -> anyhow::Result<Vec<Text<BYTES>>> {
	given
		.iter()
		.filter(|given| !given.is_empty())
		.map(|given| text(option, given))
		.collect()
}

fn read_card(path: &Path) -> anyhow::Result<Vec<u8>> {
	let bytes = read_file(path)?;
	match std::str::from_utf8(&bytes) {
		Ok("") => Err(usage(format!(
			"{} is empty: give a file with text, or omit --card",
			path.display()
		))),
		Ok(_) => Ok(bytes),
		Err(_) => Err(usage(format!("{} is not UTF-8 text", path.display()))),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn current() -> Metadata {
		let about = About {
			description: Some("Handwritten digits".into()),
			tags: Some(vec!["images".into(), "mnist".into()]),
			licence: Some("Apache-2.0".into()),
			..About::default()
		};
		metadata(Metadata::default(), Some("Digits"), &about).unwrap().0
	}

	#[test]
	fn what_is_not_given_is_kept_and_what_is_empty_is_removed() {
		let about = About {
			description: Some(String::new()),
			tags: Some(vec![String::new()]),
			task: Some("image-classification".into()),
			..About::default()
		};
		let (changed, card) = metadata(current(), None, &about).unwrap();
		assert_eq!(changed.title.to_vec(), b"Digits");
		assert_eq!(changed.licence.to_vec(), b"Apache-2.0");
		assert_eq!(changed.task.to_vec(), b"image-classification");
		assert!(changed.description.is_empty() && changed.tags.is_empty() && card.is_none());
	}

	#[test]
	fn texts_that_are_too_long_are_refused_with_the_option_and_its_limit() {
		let refused = |title: &str, about: About| {
			let error = metadata(Metadata::default(), Some(title), &about).unwrap_err();
			assert!(error.is::<crate::error::Usage>());
			error.to_string()
		};
		assert_eq!(
			refused(&"x".repeat(65), About::default()),
			"--title has 65 bytes, and may have at most 64"
		);
		assert!(refused("", About::default()).contains("--title"));
		let tags = |tags: Vec<String>| About {
			tags: Some(tags),
			..About::default()
		};
		assert!(refused("x", tags(vec!["x".into(); 9])).contains("at most 8 times"));
		assert!(refused("x", tags(vec!["ä".repeat(13)])).contains("26 bytes, and may have at most 24"));
	}

	#[test]
	fn a_card_is_a_text_with_the_hash_of_its_bytes() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("README.md");
		let with = |bytes: &[u8]| {
			std::fs::write(&path, bytes).unwrap();
			let about = About {
				card: Some(path.clone().into()),
				..About::default()
			};
			metadata(current(), None, &about)
		};
		let (changed, card) = with(b"# Digits").unwrap();
		assert_eq!(
			(changed.card, card),
			(Some(Artifact::of(b"# Digits")), Some(b"# Digits".to_vec()))
		);
		let away = About {
			card: Some(Default::default()),
			..About::default()
		};
		assert_eq!(metadata(changed, None, &away).unwrap().0.card, None);
		assert!(with(b"").is_err() && with(&[0xff]).is_err());
	}
}
