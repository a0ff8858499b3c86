//! Models, and what probes find about them.

use super::{count, manifest_lines, table};
use crate::output::Text;
use assay_client::{
	json::{Announced, Fault, Finding, Model, ModelStatus, Rejection, StatusChange},
	text::printable,
};
use assay_primitives::JobId;

/// Describes what a probe found.
pub fn finding(finding: &Finding) -> String {
	match finding.flaw {
		None => "reproduced: it is as its owner states".to_owned(),
		Some(flaw) => format!("flawed: {}", rejection(flaw.into(), finding.fault)),
	}
}

/// Says why a model was rejected.
pub fn rejection(rejection: Rejection, fault: Option<Fault>) -> String {
	let what = match rejection {
		Rejection::NotReproduced => "nobody reproduced it",
		Rejection::DoesNotLoad => "the engine refuses the file",
		Rejection::ManifestMismatch => "the engine derives another manifest than its owner states",
		Rejection::GoldenFault => "a golden input results in a fault",
		Rejection::OutcomeMismatch => "the golden inputs have other outcomes than its owner states",
	};
	match fault {
		Some(fault) => format!("{what} ({fault}): {}", fault.explanation().trim_end_matches('.')),
		None => what.to_owned(),
	}
}

/// Says what the owner of a rejected model, whose last probe is job `probe`, can do.
pub fn next_step(rejection: Rejection, probe: JobId) -> String {
	match rejection {
		Rejection::NotReproduced => format!(
			"`assay job show {probe}` shows how far the probe got. Make sure that workers offer slots for probes and \
			 that their nodes can fetch the file (--mirror URL stores it in another node), then submit it again"
		),
		Rejection::GoldenFault => {
			"submit it again with golden inputs that it answers: --input NAME=FILE.npy".to_owned()
		}
		_ => format!(
			"`assay verify {probe}` derives the finding on this machine. Correct the model or the statement, then \
			 submit it again: `assay model submit` states what the engine derives"
		),
	}
}

/// Describes a model's status, and what it means for those who want to use the model.
pub fn status(status: ModelStatus, why: Option<(Rejection, Option<Fault>)>) -> String {
	let meaning = match status {
		ModelStatus::Probation => "it accepts no jobs until others have reproduced it".to_owned(),
		ModelStatus::Open => {
			"others have reproduced it, and token holders have not endorsed it, so requests need --allow-unlisted"
				.to_owned()
		}
		ModelStatus::Listed => "token holders have voted to endorse it".to_owned(),
		ModelStatus::Quarantined => "it accepts no jobs until it is released".to_owned(),
		ModelStatus::Retired => "it accepts no jobs, and anybody may submit it again".to_owned(),
		ModelStatus::Barred => {
			"token holders have stopped it: it accepts no jobs, and nobody may submit it again until it is released"
				.to_owned()
		}
		ModelStatus::Rejected => why.map_or_else(
			|| "it was not reproduced".to_owned(),
			|(reason, fault)| rejection(reason, fault),
		),
	};
	format!("{status}: {meaning}")
}

/// Describes a model in one line, for a list.
pub fn line(model: &Model) -> String {
	format!(
		"{}  {:<20} {:>12}  {} ASY an answer  {} free  {}",
		model.model,
		printable(model.title.as_bytes()),
		model.status.name(),
		model.fee,
		count(model.free_slots, "slot"),
		names(model).join(", ")
	)
	.trim_end()
	.to_owned()
}

/// Returns a model's names; the latest versions are marked.
fn names(model: &Model) -> Vec<String> {
	let mark = |name: &String| match model.latest_names.contains(name) {
		true => format!("{name} (latest)"),
		false => name.clone(),
	};
	model.names.iter().map(mark).collect()
}

/// Returns the announced royalty as a line.
pub fn announced_line(announced: &Announced) -> (&'static str, String) {
	let Announced { royalty, effective_at } = announced;
	(
		"announced",
		format!("a royalty of {royalty} ASY from block {effective_at} on"),
	)
}

fn metadata_lines(model: &Model) -> Vec<(&'static str, String)> {
	let text = |text: &str| printable(text.as_bytes());
	let list = |texts: &[String], separator: &str| texts.iter().map(|it| text(it)).collect::<Vec<_>>().join(separator);
	let mut lines = vec![
		("title", text(&model.title)),
		("description", text(&model.description)),
		("task", text(&model.task)),
		("licence", text(&model.licence)),
		("tags", list(&model.tags, ", ")),
		("links", list(&model.links, " ")),
		("training data", text(&model.training_data)),
	];
	lines.extend(model.card.as_ref().map(|card| ("card", card.id.to_string())));
	lines.retain(|(_, text)| !text.is_empty());
	lines
}

fn change(change: &StatusChange) -> String {
	let reason = change
		.reason
		.map_or_else(String::new, |hash| format!(", for the reason {hash:?}"));
	let status = match change.rejection {
		Some(rejection) => status(change.status, Some((rejection, change.fault))),
		None => change.status.name().to_owned(),
	};
	format!("{status} in block {} by {}{reason}", change.at, change.by)
}

/// Describes how a model's status has changed.
pub fn history(model: &Model, changes: &[StatusChange]) -> String {
	let title = printable(model.title.as_bytes());
	let mut lines = vec![
		("model", format!("{} {title}", model.model)),
		(
			"submitted",
			format!(
				"in block {}, to be reproduced in job {}",
				model.submitted_at, model.probe
			),
		),
	];
	lines.extend(changes.iter().map(|it| ("became", change(it))));
	table(lines)
}

impl Text for Model {
	/// Returns everything that is known, a line for each fact.
	fn text(&self) -> String {
		let mut lines = vec![("model", self.model.to_string())];
		lines.extend(names(self).into_iter().map(|name| ("name", name)));
		lines.extend(metadata_lines(self));
		lines.push((
			"status",
			status(self.status, self.rejection.map(|reason| (reason, self.fault))),
		));
		lines.extend(self.rejection.map(|reason| ("next", next_step(reason, self.probe))));
		lines.extend([
			("fee", format!("{} ASY for one answer without checkers", self.fee)),
			("royalty", format!("{} ASY of it to the owner", self.royalty)),
		]);
		lines.extend(self.announced.as_ref().map(announced_line));
		lines.extend(self.manifest.as_ref().map(manifest_lines).unwrap_or_default());
		lines.extend(self.golden.as_ref().map(|golden| {
			(
				"golden",
				format!(
					"{}, with the outcomes {}",
					count(golden.items, "input"),
					golden.outcomes
				),
			)
		}));
		lines.extend([
			("probe", format!("job {}", self.probe)),
			("free slots", self.free_slots.to_string()),
			("owner", self.owner.to_string()),
			("submitted", format!("in block {}", self.submitted_at)),
			(
				"artifact",
				format!("{} ({} bytes)", self.artifact.id, self.artifact.len),
			),
			("engine", self.engine.to_string()),
		]);
		lines.extend(self.history.iter().flatten().map(|it| ("became", change(it))));
		let bindings: Vec<_> = self
			.bindings
			.iter()
			.map(|(symbol, extent)| format!("{}={extent}", printable(symbol.as_bytes())))
			.collect();
		if !bindings.is_empty() {
			lines.push(("bindings", bindings.join(" ")));
		}
		table(lines)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::model;
	use assay_client::{
		json::{Authority, FlawName},
		Amount,
	};
	use assay_primitives::FaultCode;

	const REJECTIONS: [(Rejection, Option<Fault>); 5] = [
		(Rejection::NotReproduced, None),
		(Rejection::DoesNotLoad, Some(Fault(FaultCode::ControlFlow))),
		(Rejection::ManifestMismatch, None),
		(Rejection::GoldenFault, Some(Fault(FaultCode::RunFailed))),
		(Rejection::OutcomeMismatch, None),
	];

	#[test]
	fn every_finding_is_described() {
		let found = |flaw: Option<FlawName>, fault| {
			finding(&Finding {
				reproduced: flaw.is_none(),
				flaw,
				fault,
			})
		};
		assert!(found(None, None).starts_with("reproduced"));
		for flaw in [
			FlawName::DoesNotLoad,
			FlawName::ManifestMismatch,
			FlawName::GoldenFault,
			FlawName::OutcomeMismatch,
		] {
			let text = found(Some(flaw), None);
			assert!(text.starts_with("flawed") && !text.contains(flaw.name()), "{text}");
		}
		let fault = Fault(FaultCode::ControlFlow);
		let text = found(Some(FlawName::DoesNotLoad), Some(fault));
		assert!(text.contains("(ControlFlow)") && text.contains(fault.explanation().trim_end_matches('.')));
	}

	#[test]
	fn a_rejection_says_why_and_what_to_do_next() {
		for (reason, fault) in REJECTIONS {
			let text = status(ModelStatus::Rejected, Some((reason, fault)));
			assert!(text.starts_with("rejected: ") && text.ends_with(&rejection(reason, fault)));
			assert!(next_step(reason, JobId(7)).contains("submit it again"));
		}
		assert!(next_step(Rejection::NotReproduced, JobId(7)).contains("assay job show 7"));
		assert!(next_step(Rejection::GoldenFault, JobId(7)).contains("--input"));
		assert!(next_step(Rejection::OutcomeMismatch, JobId(7)).contains("assay verify 7"));
	}

	#[test]
	fn an_open_model_says_what_requests_need() {
		assert!(status(ModelStatus::Open, None).contains("--allow-unlisted"));
		assert!(!status(ModelStatus::Listed, None).contains("--allow-unlisted"));
	}

	#[test]
	fn a_model_is_shown_with_all_its_names() {
		let mut model = model();
		model.names = vec!["digits@1".into(), "digits@2".into()];
		model.latest_names = vec!["digits@2".into()];
		assert!(model.text().contains("digits@1\n") && model.text().contains("digits@2 (latest)"));
		assert!(line(&model).ends_with("digits@1, digits@2 (latest)"));
	}

	#[test]
	fn empty_metadata_is_left_out_and_metadata_cannot_move_the_cursor() {
		let mut model = model();
		model.title = "Di\u{1b}gits".into();
		assert!(model.text().contains("Di gits") && !model.text().contains("licence"));
	}

	#[test]
	fn a_rejected_model_shows_why_and_what_next() {
		let mut model = model();
		(model.status, model.rejection) = (ModelStatus::Rejected, Some(Rejection::ManifestMismatch));
		let text = model.text();
		assert!(text.contains("rejected: the engine derives another manifest") && text.contains("submit it again"));
	}

	#[test]
	fn an_announced_royalty_is_shown_with_its_block() {
		let mut model = model();
		model.announced = Some(Announced {
			royalty: Amount(20_000_000_000),
			effective_at: 120,
		});
		assert!(model.text().contains("a royalty of 0.02 ASY from block 120 on"));
	}

	#[test]
	fn a_change_is_shown_with_who_made_it() {
		let opened = StatusChange {
			status: ModelStatus::Open,
			rejection: None,
			fault: None,
			at: 9,
			by: Authority::Probe,
			reason: None,
		};
		assert_eq!(change(&opened), "open in block 9 by probe");
		assert!(history(&model(), &[opened]).contains("in job 7"));
	}
}
