//! What comes of reproducing a model, in words.

use assay_primitives::{
	api::{ModelStatus, Rejection},
	probe::Flaw,
	FaultCode, Finding, JobId,
};
use serde_json::{json, Value};

/// What a probe found.
pub fn finding_text(finding: &Finding) -> String {
	match finding {
		Ok(()) => "reproduced: it is what its owner states".to_owned(),
		Err(flaw) => format!("flawed: {}", flaw_text(*flaw)),
	}
}

/// What a probe found, for programs.
pub fn finding_json(finding: &Finding) -> Value {
	let (flaw, fault) = match finding {
		Ok(()) => (None, None),
		Err(flaw) => (Some(flaw_name(*flaw)), fault_of(*flaw)),
	};
	json!({ "reproduced": finding.is_ok(), "flaw": flaw, "fault": fault.map(|code| format!("{code:?}")) })
}

/// Why a model is not what its owner states.
fn flaw_text(flaw: Flaw) -> String {
	let fault =
		|what: &str, code: FaultCode| format!("{what} ({code:?}): {}", code.explanation().trim().trim_end_matches('.'));
	match flaw {
		Flaw::DoesNotLoad(code) => fault("the engine refuses the file", code),
		Flaw::OtherManifest => "the engine derives another manifest than its owner states".to_owned(),
		Flaw::GoldenFault(code) => fault("a golden input has no answer but a fault", code),
		Flaw::OtherOutcomes => "the golden inputs have other outcomes than its owner states".to_owned(),
	}
}

const fn flaw_name(flaw: Flaw) -> &'static str {
	match flaw {
		Flaw::DoesNotLoad(_) => "DoesNotLoad",
		Flaw::OtherManifest => "OtherManifest",
		Flaw::GoldenFault(_) => "GoldenFault",
		Flaw::OtherOutcomes => "OtherOutcomes",
	}
}

const fn fault_of(flaw: Flaw) -> Option<FaultCode> {
	match flaw {
		Flaw::DoesNotLoad(code) | Flaw::GoldenFault(code) => Some(code),
		Flaw::OtherManifest | Flaw::OtherOutcomes => None,
	}
}

/// Why a model was rejected.
pub fn rejection_text(rejection: Rejection) -> String {
	match rejection {
		Rejection::NotReproduced => "nobody reproduced it".to_owned(),
		Rejection::Flawed(flaw) => flaw_text(flaw),
	}
}

/// Why a model was rejected, for programs.
pub const fn rejection_name(rejection: Rejection) -> &'static str {
	match rejection {
		Rejection::NotReproduced => "NotReproduced",
		Rejection::Flawed(flaw) => flaw_name(flaw),
	}
}

/// What the owner of a rejected model, whose last probe is job `probe`, can do about it.
pub fn next_step(rejection: Rejection, probe: JobId) -> String {
	match rejection {
		Rejection::NotReproduced => format!(
			"`assay job show {probe}` tells how far they got. See that workers offer slots for probes and that their nodes can fetch the \
			 file (--mirror URL stores it in one), then submit it again"
		),
		Rejection::Flawed(Flaw::GoldenFault(_)) => {
			"submit it again with golden inputs that it answers: --input NAME=FILE.npy".to_owned()
		}
		Rejection::Flawed(_) => format!(
			"`assay verify {probe}` derives it here again. Mend the model or the statement, and submit it again: `assay model submit` \
			 states what the engine finds"
		),
	}
}

/// The name of a model's status.
pub const fn status_name(status: ModelStatus) -> &'static str {
	match status {
		ModelStatus::Probation => "probation",
		ModelStatus::Open => "open",
		ModelStatus::Listed => "listed",
		ModelStatus::Quarantined { .. } => "quarantined",
		ModelStatus::Retired => "retired",
		ModelStatus::Rejected(_) => "rejected",
	}
}

/// The status, and what it means for those who would ask the model.
pub fn status_text(status: ModelStatus) -> String {
	let meaning = match status {
		ModelStatus::Probation => "nobody may ask it until others have reproduced it".to_owned(),
		ModelStatus::Open => {
			"it is what its owner states and nobody else stands behind it, so requests need --allow-unlisted".to_owned()
		}
		ModelStatus::Listed => "token holders have voted to stand behind it".to_owned(),
		ModelStatus::Quarantined { .. } => "nobody may ask it until it is released".to_owned(),
		ModelStatus::Retired => "nobody may ask it any more".to_owned(),
		ModelStatus::Rejected(rejection) => rejection_text(rejection),
	};
	format!("{}: {meaning}", status_name(status))
}

#[cfg(test)]
mod tests {
	use super::*;

	const FLAWS: [Flaw; 4] = [
		Flaw::DoesNotLoad(FaultCode::ControlFlow),
		Flaw::OtherManifest,
		Flaw::GoldenFault(FaultCode::RunFailed),
		Flaw::OtherOutcomes,
	];

	#[test]
	fn every_finding_is_told_in_words_and_by_name() {
		assert!(finding_text(&Ok(())).starts_with("reproduced"));
		assert_eq!(
			finding_json(&Ok(())),
			json!({ "reproduced": true, "flaw": null, "fault": null })
		);
		for flaw in FLAWS {
			let text = finding_text(&Err(flaw));
			assert!(text.starts_with("flawed") && !text.contains("Flaw"), "{text}");
			assert_eq!(finding_json(&Err(flaw))["reproduced"], false);
		}
		let fault = finding_json(&Err(FLAWS[0]));
		assert_eq!(
			(&fault["flaw"], &fault["fault"]),
			(&json!("DoesNotLoad"), &json!("ControlFlow"))
		);
		assert!(finding_text(&Err(FLAWS[0])).contains("If, Loop"));
	}

	#[test]
	fn a_rejection_says_why_and_what_to_do_next() {
		for rejection in FLAWS
			.map(Rejection::Flawed)
			.into_iter()
			.chain([Rejection::NotReproduced])
		{
			let status = status_text(ModelStatus::Rejected(rejection));
			assert!(status.starts_with("rejected: ") && status.ends_with(&rejection_text(rejection)));
			assert!(next_step(rejection, JobId(7)).contains("submit it again"));
		}
		assert!(next_step(Rejection::NotReproduced, JobId(7)).contains("assay job show 7"));
		assert!(next_step(Rejection::Flawed(FLAWS[2]), JobId(7)).contains("--input"));
	}

	#[test]
	fn an_open_model_says_what_asking_it_takes() {
		assert!(status_text(ModelStatus::Open).contains("--allow-unlisted"));
		assert!(!status_text(ModelStatus::Listed).contains("--allow-unlisted"));
	}
}
