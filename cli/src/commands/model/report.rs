//! A model as people and programs read it.

use crate::{
	amount::Amount,
	chain::{FamilyInfo, ModelChange, ModelInfo, Protocol},
	commands::describe,
	findings::{next_step, rejection_name, status_name, status_text},
	output::{printable, table},
	terms::one_answer,
};
use assay_primitives::{
	api::{Authority, ModelStatus},
	metadata::Metadata,
	Manifest, ModelId, ModelSpec,
};
use serde_json::{json, Value};
use std::collections::BTreeMap;

fn bindings(info: &ModelInfo) -> Vec<(String, u32)> {
	ModelSpec::from(&info.spec).bindings
}

/// What one answer costs without checkers.
fn fee(info: &ModelInfo, protocol: &Protocol) -> Amount {
	one_answer(&protocol.pricing, info.macs, info.royalty, 0)
}

/// The versions that a model is, as `family@version`, and whether the family alone means it too.
fn names(families: &[FamilyInfo], model: ModelId) -> impl Iterator<Item = (String, bool)> + '_ {
	families.iter().flat_map(move |family| {
		let versions = family.versions.iter().filter(move |(_, id)| *id == model);
		versions.map(|(version, _)| {
			let name = format!("{}@{}", printable(&family.name), printable(version));
			(name, family.latest.as_ref() == Some(version))
		})
	})
}

fn name_text((name, is_latest): (String, bool)) -> String {
	match is_latest {
		true => format!("{name} (latest)"),
		false => name,
	}
}

/// One line, for a list of many.
pub fn line(info: &ModelInfo, protocol: &Protocol, families: &[FamilyInfo]) -> String {
	let names: Vec<_> = names(families, info.id).map(name_text).collect();
	format!(
		"{}  {:<20} {:>12}  {} ASY an answer  {} slots free  {}",
		info.id,
		printable(&info.metadata.title),
		status_name(info.status),
		fee(info, protocol),
		info.free_slots,
		names.join(", ")
	)
	.trim_end()
	.to_owned()
}

/// What the royalty will be.
pub fn announced_line(info: &ModelInfo) -> Option<(&'static str, String)> {
	let announced = info.announced.as_ref()?;
	let royalty = Amount(announced.royalty);
	Some((
		"announced",
		format!("a royalty of {royalty} ASY from block {} on", announced.from),
	))
}

/// What the royalty will be, for programs.
pub fn announced_json(info: &ModelInfo) -> Value {
	match &info.announced {
		Some(announced) => json!({ "royalty": Amount(announced.royalty).to_string(), "from_block": announced.from }),
		None => Value::Null,
	}
}

fn metadata_lines(metadata: &Metadata) -> Vec<(&'static str, String)> {
	let list = |texts: Vec<String>, between: &str| texts.join(between);
	let mut lines = vec![
		("title", printable(&metadata.title)),
		("description", printable(&metadata.description)),
		("task", printable(&metadata.task)),
		("licence", printable(&metadata.licence)),
		(
			"tags",
			list(metadata.tags.iter().map(|tag| printable(tag)).collect(), ", "),
		),
		(
			"links",
			list(metadata.links.iter().map(|link| printable(link)).collect(), " "),
		),
		("training data", printable(&metadata.training_data)),
	];
	lines.extend(metadata.card.as_ref().map(|card| ("card", card.id.to_string())));
	lines.retain(|(_, text)| !text.is_empty());
	lines
}

/// What its owner says of a model, for programs.
pub fn metadata_json(metadata: &Metadata) -> Value {
	let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
	json!({
		"title": text(&metadata.title),
		"description": text(&metadata.description),
		"task": text(&metadata.task),
		"licence": text(&metadata.licence),
		"tags": metadata.tags.iter().map(|tag| text(tag)).collect::<Vec<_>>(),
		"links": metadata.links.iter().map(|link| text(link)).collect::<Vec<_>>(),
		"training_data": text(&metadata.training_data),
		"card": metadata.card,
	})
}

/// By whose right a status changed.
const fn authority_name(by: Authority) -> &'static str {
	match by {
		Authority::Committee => "committee",
		Authority::Owner => "owner",
		Authority::ModelOrigin => "vote",
		Authority::QuarantineOrigin => "fast vote",
	}
}

fn change_text(change: &ModelChange) -> String {
	let reason = change
		.reason
		.map_or_else(String::new, |hash| format!(", for the reason {hash:?}"));
	let status = match change.status {
		ModelStatus::Rejected(_) => status_text(change.status),
		status => status_name(status).to_owned(),
	};
	format!(
		"{status} in block {} by {}{reason}",
		change.at,
		authority_name(change.by)
	)
}

/// One change of a model's status, for programs.
pub fn change_json(change: &ModelChange) -> Value {
	json!({
		"status": status_name(change.status),
		"rejection": rejection(change.status),
		"at": change.at,
		"by": authority_name(change.by),
		"reason": change.reason.map(|hash| format!("{hash:?}")),
	})
}

fn rejection(status: ModelStatus) -> Option<&'static str> {
	match status {
		ModelStatus::Rejected(rejection) => Some(rejection_name(rejection)),
		_ => None,
	}
}

/// How a model came to be what it is.
pub fn history_text(info: &ModelInfo, history: &[ModelChange]) -> String {
	let mut lines = vec![
		("model", format!("{} {}", info.id, printable(&info.metadata.title))),
		(
			"submitted",
			format!("in block {}, to be reproduced in job {}", info.submitted_at, info.probe),
		),
	];
	lines.extend(history.iter().map(|change| ("became", change_text(change))));
	table(lines)
}

/// All that is known of a model, a line for each fact.
pub fn text(info: &ModelInfo, protocol: &Protocol, families: &[FamilyInfo], history: &[ModelChange]) -> String {
	let mut lines = vec![("model", info.id.to_string())];
	lines.extend(names(families, info.id).map(|name| ("name", name_text(name))));
	lines.extend(metadata_lines(&info.metadata));
	lines.push(("status", status_text(info.status)));
	if let ModelStatus::Rejected(rejection) = info.status {
		lines.push(("next", next_step(rejection, info.probe)));
	}
	lines.extend([
		(
			"fee",
			format!("{} ASY for one answer without checkers", fee(info, protocol)),
		),
		("royalty", format!("{} ASY of it to the owner", Amount(info.royalty))),
	]);
	lines.extend(announced_line(info));
	if let Some(manifest) = &info.manifest {
		lines.extend(describe::lines(&Manifest::from(manifest)));
	}
	if let Some(golden) = &info.golden {
		let stated = format!("{} inputs, whose outcomes are {}", golden.items, golden.answer);
		lines.push(("golden", stated));
	}
	lines.extend([
		("probe", format!("job {}", info.probe)),
		("slots free", info.free_slots.to_string()),
		("owner", info.owner.to_string()),
		("submitted", format!("in block {}", info.submitted_at)),
		(
			"artifact",
			format!("{} ({} bytes)", info.artifact.id, info.artifact.len),
		),
		("engine", info.engine.to_string()),
	]);
	lines.extend(history.iter().map(|change| ("became", change_text(change))));
	let bindings: Vec<_> = bindings(info)
		.iter()
		.map(|(symbol, extent)| format!("{}={extent}", printable(symbol.as_bytes())))
		.collect();
	if !bindings.is_empty() {
		lines.push(("bindings", bindings.join(" ")));
	}
	table(lines)
}

/// All that is known of a model, for programs.
pub fn to_json(info: &ModelInfo, protocol: &Protocol, families: &[FamilyInfo]) -> Value {
	let golden = info.golden.as_ref();
	let golden =
		golden.map(|golden| json!({ "items": golden.items, "input": golden.input.content(), "answer": golden.answer }));
	let manifest = info.manifest.as_ref();
	let mut value = json!({
		"model": info.id,
		"names": names(families, info.id).map(|(name, _)| name).collect::<Vec<_>>(),
		"status": status_name(info.status),
		"rejection": rejection(info.status),
		"royalty": Amount(info.royalty).to_string(),
		"announced": announced_json(info),
		"macs": info.macs,
		"manifest": manifest.map(|manifest| describe::to_json(&Manifest::from(manifest))),
		"golden": golden,
		"probe": info.probe,
		"fee": fee(info, protocol).to_string(),
		"free_slots": info.free_slots,
		"owner": info.owner.to_string(),
		"submitted_at": info.submitted_at,
		"artifact": info.artifact,
		"engine": info.engine,
		"bindings": bindings(info).into_iter().collect::<BTreeMap<_, _>>(),
	});
	if let (Value::Object(all), Value::Object(told)) = (&mut value, metadata_json(&info.metadata)) {
		all.extend(told);
	}
	value
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		fixtures::{model, BOB},
		values,
	};
	use assay_primitives::{
		api::{Announced, Rejection},
		probe::Flaw,
	};
	use codec::{Decode, Encode};

	/// Shares are made of what they are encoded as.
	fn protocol() -> Protocol {
		let pricing = (1u128, 1u128, 1u128, 0u32, 0u32);
		let periods = (20u32, 100u32, 40u32, 1u64, [10u32, 100, 1200]);
		let security = (0u32, 0u32, (0u32, 0u32, 0u32), 1u128, 2u128);
		Protocol::decode(&mut &(pricing, periods, security, 1u128, 0u128).encode()[..]).unwrap()
	}

	fn families() -> Vec<FamilyInfo> {
		let version = |name: &str, id: [u8; 32]| (values::version(name).unwrap(), ModelId(id.into()));
		vec![FamilyInfo {
			name: values::family("digits").unwrap(),
			owner: Some(BOB),
			latest: Some(values::version("2").unwrap()),
			versions: vec![version("1", [0; 32]), version("2", [0; 32]), version("3", [9; 32])],
		}]
	}

	fn whole(info: &ModelInfo) -> (String, Value) {
		let families = families();
		(
			text(info, &protocol(), &families, &[]),
			to_json(info, &protocol(), &families),
		)
	}

	#[test]
	fn a_model_is_told_by_all_its_names() {
		let (text, json) = whole(&model(ModelStatus::Open));
		assert!(text.contains("digits@1\n") && text.contains("digits@2 (latest)") && !text.contains("digits@3"));
		assert_eq!(json["names"], json!(["digits@1", "digits@2"]));
		assert!(line(&model(ModelStatus::Open), &protocol(), &families()).ends_with("digits@1, digits@2 (latest)"));
	}

	#[test]
	fn what_its_owner_does_not_say_is_left_out_and_what_it_says_cannot_move_the_cursor() {
		let mut info = model(ModelStatus::Listed);
		info.metadata.title = "Di\u{1b}gits".as_bytes().to_vec().try_into().unwrap();
		let (text, json) = whole(&info);
		assert!(text.contains("Di gits") && !text.contains("licence"));
		assert_eq!((&json["title"], &json["licence"]), (&json!("Di\u{1b}gits"), &json!("")));
	}

	#[test]
	fn a_rejected_model_says_why_and_what_next() {
		let (text, json) = whole(&model(ModelStatus::Rejected(Rejection::Flawed(Flaw::OtherManifest))));
		assert!(text.contains("rejected: the engine derives another manifest") && text.contains("submit it again"));
		assert_eq!(
			(&json["status"], &json["rejection"]),
			(&json!("rejected"), &json!("OtherManifest"))
		);
	}

	#[test]
	fn an_announced_royalty_is_told_with_its_block() {
		let mut info = model(ModelStatus::Open);
		assert_eq!(announced_json(&info), Value::Null);
		info.announced = Some(Announced {
			royalty: 20_000_000_000,
			from: 120,
		});
		assert!(whole(&info).0.contains("a royalty of 0.02 ASY from block 120 on"));
		assert_eq!(announced_json(&info), json!({ "royalty": "0.02", "from_block": 120 }));
	}

	#[test]
	fn a_change_is_told_with_who_made_it() {
		let change = ModelChange {
			at: 9,
			by: Authority::Committee,
			status: ModelStatus::Open,
			reason: None,
		};
		assert_eq!(change_text(&change), "open in block 9 by committee");
		assert_eq!(change_json(&change)["by"], "committee");
		assert!(history_text(&model(ModelStatus::Open), &[change]).contains("in job 7"));
	}
}
