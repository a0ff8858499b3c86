//! From options to what people should know of a model.

use crate::{args::About, commands::read_file, error::usage};
use assay_primitives::{
	metadata::{Metadata, Text},
	Artifact,
};
use std::path::Path;

/// What was `known` of a model with what is said now in its place, and the bytes of a card that is to be stored.
pub fn metadata(known: Metadata, title: Option<&str>, about: &About) -> anyhow::Result<(Metadata, Option<Vec<u8>>)> {
	let mut told = known;
	set(&mut told.title, "--title", title)?;
	if told.title.is_empty() {
		return Err(usage("a model needs a title for people to know it by: --title"));
	}
	set(&mut told.description, "--description", about.description.as_deref())?;
	set(&mut told.task, "--task", about.task.as_deref())?;
	set(&mut told.licence, "--licence", about.licence.as_deref())?;
	set(
		&mut told.training_data,
		"--training-data",
		about.training_data.as_deref(),
	)?;
	if let Some(tags) = &about.tags {
		let tags = texts("--tag", tags)?;
		told.tags = tags
			.try_into()
			.map_err(|_| usage("--tag may be given 8 times at most"))?;
	}
	if let Some(links) = &about.links {
		let links = texts("--link", links)?;
		told.links = links
			.try_into()
			.map_err(|_| usage("--link may be given 4 times at most"))?;
	}
	let card = match about.card.as_deref() {
		None => return Ok((told, None)),
		Some(path) if path.is_empty() => None,
		Some(path) => Some(read_card(Path::new(path))?),
	};
	told.card = card.as_deref().map(Artifact::of);
	Ok((told, card))
}

fn set<const BYTES: u32>(part: &mut Text<BYTES>, option: &str, given: Option<&str>) -> anyhow::Result<()> {
	if let Some(given) = given {
		*part = text(option, given)?;
	}
	Ok(())
}

fn text<const BYTES: u32>(option: &str, text: &str) -> anyhow::Result<Text<BYTES>> {
	text.as_bytes()
		.to_vec()
		.try_into()
		.map_err(|_| usage(format!("{option} has {} bytes, {BYTES} are the most", text.len())))
}

/// Those that say something.
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
		Ok("") => Err(usage(format!("{} is empty", path.display()))),
		Ok(_) => Ok(bytes),
		Err(_) => Err(usage(format!("{} is no text in UTF-8", path.display()))),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn known() -> Metadata {
		let about = About {
			description: Some("Handwritten digits".into()),
			tags: Some(vec!["images".into(), "mnist".into()]),
			licence: Some("Apache-2.0".into()),
			..About::default()
		};
		metadata(Metadata::default(), Some("Digits"), &about).unwrap().0
	}

	#[test]
	fn what_is_not_given_stays_and_what_is_empty_goes() {
		let about = About {
			description: Some(String::new()),
			tags: Some(vec![String::new()]),
			task: Some("image-classification".into()),
			..About::default()
		};
		let (told, card) = metadata(known(), None, &about).unwrap();
		assert_eq!(told.title.to_vec(), b"Digits");
		assert_eq!(told.licence.to_vec(), b"Apache-2.0");
		assert_eq!(told.task.to_vec(), b"image-classification");
		assert!(told.description.is_empty() && told.tags.is_empty() && card.is_none());
	}

	#[test]
	fn what_is_too_long_is_refused_with_the_option_and_its_bound() {
		let refused = |title: &str, about: About| {
			let error = metadata(Metadata::default(), Some(title), &about).unwrap_err();
			assert!(error.is::<crate::error::Usage>());
			error.to_string()
		};
		assert_eq!(
			refused(&"x".repeat(65), About::default()),
			"--title has 65 bytes, 64 are the most"
		);
		assert!(refused("", About::default()).contains("--title"));
		let tags = |tags: Vec<String>| About {
			tags: Some(tags),
			..About::default()
		};
		assert!(refused("x", tags(vec!["x".into(); 9])).contains("8 times"));
		assert!(refused("x", tags(vec!["ä".repeat(13)])).contains("26 bytes, 24"));
	}

	#[test]
	fn a_card_is_a_text_that_is_named_by_its_bytes() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("README.md");
		let with = |bytes: &[u8]| {
			std::fs::write(&path, bytes).unwrap();
			let about = About {
				card: Some(path.clone().into()),
				..About::default()
			};
			metadata(known(), None, &about)
		};
		let (told, card) = with(b"# Digits").unwrap();
		assert_eq!(
			(told.card, card),
			(Some(Artifact::of(b"# Digits")), Some(b"# Digits".to_vec()))
		);
		let away = About {
			card: Some(Default::default()),
			..About::default()
		};
		assert_eq!(metadata(told, None, &away).unwrap().0.card, None);
		assert!(with(b"").is_err() && with(&[0xff]).is_err());
	}
}
