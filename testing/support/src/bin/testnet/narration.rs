//! A job told as a story.

use assay_client::{
	json::{Job, JobStatusName, Participant, ParticipantStatus},
	AccountId32,
};
use assay_primitives::JobId;
use assay_testing::{assay, Node};
use sp_keyring::Sr25519Keyring;
use std::{collections::BTreeSet, time::Duration};

/// The time between two readings of the job: many of them fit into a block.
const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// Prints what happens to a job, until it has ended or has the status `until`.
pub async fn narrate(node: &Node, id: JobId, until: Option<JobStatusName>) {
	let mut last = String::new();
	loop {
		let job: Job = assay(node, None, &["job", "show", &id.to_string()]).await.parse();
		let line = describe(&job);
		if line != last {
			println!("  job {id}: {line}");
			last = line;
			if matches!(
				job.status,
				JobStatusName::Disputed | JobStatusName::Settled | JobStatusName::Refunded
			) {
				job.participants
					.iter()
					.filter_map(describe_participant)
					.for_each(|line| println!("    {line}"));
			}
		}
		if matches!(job.status, JobStatusName::Settled | JobStatusName::Refunded) || until == Some(job.status) {
			return;
		}
		tokio::time::sleep(POLL_INTERVAL).await;
	}
}

/// Describes how far a job is, in a line.
fn describe(job: &Job) -> String {
	let names: Vec<_> = job
		.participants
		.iter()
		.map(|participant| name(&participant.worker))
		.collect();
	let (executor, checkers) = match names.split_first() {
		Some((executor, checkers)) => (executor.as_str(), checkers),
		None => ("nobody", &[][..]),
	};
	match job.status {
		JobStatusName::Claiming => format!("{executor} was drawn to answer"),
		JobStatusName::Drawing => format!(
			"{executor} has committed to an answer that nobody else can see; only now is it drawn who checks it"
		),
		JobStatusName::Checking => {
			let verbs = match checkers.len() {
				1 => "was drawn, runs the same model on the same input, and has",
				_ => "were drawn, run the same model on the same input, and have",
			};
			format!("{} {verbs} not seen an answer", list(checkers))
		}
		JobStatusName::Revealing => {
			let verbs = if names.len() == 1 { "has" } else { "have" };
			format!(
				"{} {verbs} committed to an answer, and must reveal it now",
				list(&names)
			)
		}
		JobStatusName::Provisional => "all agree; anyone may challenge the answer until its window closes".into(),
		JobStatusName::Disputed => {
			let answers: BTreeSet<_> = job.participants.iter().filter_map(|p| p.digest).collect();
			let reason = match answers.len() {
				1 => "they agree, but fewer checkers could be drawn than are due",
				_ => "they disagree",
			};
			format!("{reason}, so all validators run the model:")
		}
		JobStatusName::Settled => "settled:".into(),
		JobStatusName::Refunded => "refunded:".into(),
	}
}

/// Describes what came of a participant's answer, once that is known.
fn describe_participant(participant: &Participant) -> Option<String> {
	let name = name(&participant.worker);
	let digest = participant.digest.map_or_else(String::new, |digest| digest.to_string());
	let digest: String = digest.chars().take(10).collect();
	match participant.status {
		ParticipantStatus::Wrong => Some(format!(
			"{name} answered {digest}…, which is wrong, and has lost a slot bond"
		)),
		ParticipantStatus::Silent => Some(format!("{name} did not reveal an answer, and has lost a slot bond")),
		ParticipantStatus::Revealed => Some(format!("{name} answered {digest}…")),
		ParticipantStatus::Drawn | ParticipantStatus::Committed => None,
	}
}

/// Returns the name of a development account, or the address of another one.
fn name(account: &AccountId32) -> String {
	Sr25519Keyring::from_raw_public(account.0).map_or_else(|| account.to_string(), |known| known.to_string())
}

/// Lists names as people do: `Alice`, `Alice and Bob`, `Alice, Bob and Charlie`.
fn list(names: &[String]) -> String {
	match names {
		[] => "nobody".into(),
		[one] => one.clone(),
		[first @ .., last] => format!("{} and {last}", first.join(", ")),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_are_listed_as_people_list_them() {
		let names = ["Alice", "Bob", "Charlie"].map(String::from);
		assert_eq!(list(&names[..1]), "Alice");
		assert_eq!(list(&names[..2]), "Alice and Bob");
		assert_eq!(list(&names), "Alice, Bob and Charlie");
	}

	#[test]
	fn accounts_of_development_have_names() {
		assert_eq!(name(&AccountId32(Sr25519Keyring::Dave.to_raw_public())), "Dave");
	}
}
