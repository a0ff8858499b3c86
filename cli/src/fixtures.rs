//! Documents for tests, in the form in which the command prints them.

use assay_client::json::{Finding, Job, JobStatusName, Model, RefundReason, Statement, SubmittedModel};

const HASH: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/// A model that is open.
pub fn model() -> Model {
	let document = format!(
		r#"{{
			"schema": 1, "model": "{HASH}", "names": [], "latest_names": [], "status": "open", "rejection": null,
			"fault": null,
			"title": "Digits", "description": "", "task": "", "licence": "", "tags": [], "links": [],
			"training_data": "", "card": null,
			"royalty": "0.001", "announced": null, "fee": "0.002", "free_slots": 1, "macs": 1,
			"manifest": null,
			"golden": null, "probe": 7, "owner": "{ALICE}", "submitted_at": 1,
			"artifact": {{ "id": "{HASH}", "len": 4 }}, "engine": "{HASH}", "bindings": {{}}
		}}"#
	);
	serde_json::from_str(&document).expect("a model")
}

/// A model that was submitted.
pub fn submitted() -> SubmittedModel {
	let document = format!(
		r#"{{
			"schema": 1, "model": "{HASH}", "status": "probation", "probe": 7, "name": null,
			"artifact": {{ "id": "{HASH}", "len": 4 }}, "engine": "{HASH}", "macs": 1,
			"manifest": {{
				"inputs": [], "outputs": [], "parameters": 0, "macs": 1, "peak_bytes": 0, "opset": 17, "operators": []
			}},
			"golden": {{ "items": 2, "input": "{HASH}", "outcomes": "{HASH}" }}, "deposit": "1", "probe_fee": "0.01",
			"probe_fee_parts": {{ "pay": "0.002", "rent": "0", "workers": 3, "levy": "0", "burn": "0", "royalty": "0" }}
		}}"#
	);
	serde_json::from_str(&document).expect("a submitted model")
}

/// A job of one input that is being claimed.
pub fn job() -> Job {
	let document = format!(
		r#"{{
			"schema": 1, "job": 7, "status": "claiming", "deadline": 9, "model": "{HASH}", "task": "{HASH}",
			"statement": null,
			"finding": null, "items": 1, "input": {{ "hash": "{HASH}", "len": 1, "inline": true }},
			"requester": "{ALICE}",
			"executor": null, "checkers": 1, "participants": [], "fee": "0.00452",
			"fee_parts": {{
				"pay": "0.002", "rent": "0", "workers": 2, "levy": "0.00048", "burn": "0.00004", "royalty": "0"
			}},
			"value_at_risk": "0", "periods": {{ "commit": 20, "reveal": 100, "window": 10, "vote": 40 }},
			"requested_at": 1,
			"provisional_at": null, "settled_at": null, "latency_blocks": null, "provisional_blocks": null,
			"digest": null,
			"confirmations": null, "audited": false, "disputed": false, "verdict": null, "assurance": null,
			"outputs": null,
			"fault": null
		}}"#
	);
	serde_json::from_str(&document).expect("a job")
}

/// A job that is settled.
pub fn settled() -> Job {
	let assurance = format!(
		r#"{{
			"engine": "{HASH}", "bond_at_risk": "20",
			"backing": {{
				"malicious_share": 0.333333, "audit_rate": 0.1, "author_share": 0.333333, "reexecution": 0.9,
				"pool_bonds": "900", "workers": 30, "largest_share": 0.1, "mean_age": 28800,
				"slots": 1, "checkers": 1, "bonds": 2, "bond": "10"
			}},
			"evasion_probability": 0.5038, "deterrence": 14.7
		}}"#
	);
	Job {
		status: JobStatusName::Settled,
		deadline: None,
		settled_at: Some(9),
		latency_blocks: Some(8),
		digest: Some(Default::default()),
		confirmations: Some(2),
		assurance: Some(serde_json::from_str(&assurance).expect("an assurance")),
		..job()
	}
}

fn statement() -> Option<Statement> {
	Some(Statement {
		manifest: Default::default(),
		outcomes: Default::default(),
	})
}

/// A settled probe with this finding.
pub fn probe(finding: Finding) -> Job {
	Job {
		statement: statement(),
		finding: Some(finding),
		items: 2,
		..settled()
	}
}

/// A probe that nobody claimed.
pub fn refunded_probe() -> Job {
	Job {
		status: JobStatusName::Refunded,
		deadline: None,
		refunded_at: Some(9),
		reason: Some(RefundReason::NoClaim),
		latency_blocks: Some(8),
		statement: statement(),
		items: 2,
		..job()
	}
}
