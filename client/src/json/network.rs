//! The network as a whole: totals, parameters, quotes and artifacts.

use super::{
	job::{Backing, FeeParts, JobPeriods},
	model::{Announced, ModelStatus},
};
use crate::{
	chain::{self, ModelInfo},
	terms::{obstacles, Deterrence, Obstacle, Probability},
	Amount,
};
use assay_primitives::{bounds, terms::Terms, Artifact, ArtifactId, ModelId};
use std::{path::PathBuf, time::Duration};

named! {
	/// What limits the value at risk.
	Bound {
		/// The draw can be foreseen: it takes twice as many workers as the job draws.
		Workers = "workers",
		/// What a group with the assumed share of tickets and of block authors gains on average.
		Draw = "draw",
		/// What one party would gain that owns the whole pool.
		Capture = "capture",
		/// The capital that a third of the pool costs.
		Pool = "pool",
	}
}

impl From<bounds::Bound> for Bound {
	fn from(bound: bounds::Bound) -> Self {
		match bound {
			bounds::Bound::Workers => Self::Workers,
			bounds::Bound::Draw => Self::Draw,
			bounds::Bound::Capture => Self::Capture,
			bounds::Bound::Pool => Self::Pool,
		}
	}
}

documents! {
	/// Totals since genesis.
	pub struct Stats {
		/// Jobs that were requested.
		pub requested: u64,
		/// Jobs that settled.
		pub settled: u64,
		/// Jobs that were refunded.
		pub refunded: u64,
		/// Jobs that are in progress.
		pub in_progress: u64,
		/// Inputs that were answered.
		pub answered_items: u64,
		/// Probes that settled: models that were reproduced or found flawed.
		pub probes: u64,
		/// Jobs with an auditor.
		pub audits: u64,
		/// Jobs that were disputed.
		pub disputes: u64,
		/// Provisional answers that a verdict contradicted.
		pub overturned: u64,
		/// Times that a drawn worker did not commit in time.
		pub no_shows: u64,
		/// Answers that were wrong or not revealed.
		pub slashed_answers: u64,
		/// Slashed from workers' stake.
		pub slashed: Amount,
		/// Burned, of fees and slashes.
		pub burned: Amount,
		/// Paid to workers.
		pub paid_to_workers: Amount,
		/// Paid to owners of models.
		pub paid_to_owners: Amount,
	}

	/// The prices of answers.
	pub struct Pricing {
		/// To each worker, for each input.
		pub base: Amount,
		/// To each worker, for 10^9 multiply-accumulates.
		pub per_giga_mac: Amount,
		/// To each worker, for each block by which the challenge window exceeds the short one.
		pub per_block: Amount,
		/// To the audit fund, as a share of the workers' pay.
		pub audit_levy: f64,
		/// Burned, as a share of the workers' pay.
		pub burn: f64,
	}

	/// The challenge windows, in blocks.
	pub struct Windows {
		/// The short window.
		pub short: u32,
		/// The standard window.
		pub standard: u32,
		/// The long window.
		pub long: u32,
	}

	/// The periods for the steps of a job, in blocks. Blocks for the work are added.
	pub struct Periods {
		/// The period to commit.
		pub commit: u32,
		/// The period to reveal.
		pub reveal: u32,
		/// The period to vote in a dispute.
		pub vote: u32,
		/// Multiply-accumulates for which each step gets another block.
		pub macs_per_block: u64,
		/// The periods to challenge.
		pub windows: Windows,
	}

	/// The shares of a slashed bond.
	pub struct SlashSplit {
		/// Burned.
		pub burn: f64,
		/// To the requester.
		pub requester: f64,
		/// To those who reported the wrong answer.
		pub reporters: f64,
		/// To the audit fund: the rest.
		pub audit_fund: f64,
	}

	/// The assumptions about cheats, and the penalties.
	pub struct Security {
		/// The share of tickets that is assumed to cheat together.
		pub malicious_share: f64,
		/// The share of jobs that are audited.
		pub audit_rate: f64,
		/// The share of blocks whose authors are assumed to collude with an executor.
		pub author_share: f64,
		/// The chance that an honest node outside a job is assumed to re-execute its result.
		pub reexecution: f64,
		/// The shares of a slashed bond.
		pub slash: SlashSplit,
		/// The fine of a worker that does not commit in time.
		pub no_show_fine: Amount,
		/// The bond of a challenge.
		pub challenge_bond: Amount,
	}

	/// The parameters of the protocol.
	pub struct Protocol {
		/// The prices of answers.
		pub pricing: Pricing,
		/// The periods for the steps of a job.
		pub periods: Periods,
		/// The assumptions about cheats, and the penalties.
		pub security: Security,
		/// The stake behind each slot.
		pub slot_bond: Amount,
		/// The balance of the audit fund.
		pub audit_fund: Amount,
		/// The time from one block to the next, in seconds.
		pub block_seconds: f64,
	}

	/// The cost of a job, and whether the chain would accept it now.
	pub struct Quote {
		/// The model.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// The model's status.
		pub status: ModelStatus,
		/// The royalty that is announced; null if none is.
		pub announced: Option<Announced>,
		/// The number of inputs of the job.
		pub items: u32,
		/// The number of checkers.
		pub checkers: u8,
		/// The gain beyond the fee that a wrong answer could bring to somebody.
		pub value_at_risk: Amount,
		/// The most that the job costs.
		pub fee: Amount,
		/// The parts of the fee.
		pub fee_parts: FeeParts,
		/// What the answer would rest on.
		pub backing: Backing,
		/// The probability that no honest worker checks a false claim, under these assumptions.
		pub evasion_probability: Probability,
		/// The average loss of cheating divided by its average gain; null where nothing is gained.
		pub deterrence: Deterrence,
		/// Whether bonds carry the fee and the value at risk.
		pub deterred: bool,
		/// The bound that they do not keep; null if they keep all.
		pub exceeded: Option<Bound>,
		/// The most that may be at risk on these terms, beyond the fee.
		pub most_at_risk: Amount,
		/// The bound that limits it.
		pub bound: Bound,
		/// The minimum number of checkers that deters cheating; null if no number does.
		pub min_checkers: Option<u8>,
		/// Workers from which checkers are drawn.
		pub available_workers: u32,
		/// Slots from which an executor can be drawn now.
		pub free_slots: u32,
		/// Checks that can be promised to a request now.
		pub free_checks: u32,
		/// The job's periods.
		pub periods: JobPeriods,
		/// The time from one block to the next, in seconds.
		pub block_seconds: f64,
		/// Whether the chain would accept the job now.
		pub accepted: bool,
		/// The reasons for which the chain would refuse the job now; empty if it is accepted.
		pub refusals: Vec<Obstacle>,
	}

	/// An artifact that was stored.
	pub struct StoredArtifact {
		/// Its id: BLAKE3 of its bytes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub id: ArtifactId,
		/// The number of its bytes.
		pub len: u64,
	}

	/// An artifact that was fetched.
	pub struct FetchedArtifact {
		/// Its id: BLAKE3 of its bytes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub id: ArtifactId,
		/// The number of its bytes.
		pub len: u64,
		/// The file that it was written to.
		pub file: PathBuf,
	}
}

impl Stats {
	/// Converts totals.
	pub fn new(stats: &chain::Stats) -> Self {
		Self {
			requested: stats.requested,
			settled: stats.settled,
			refunded: stats.refunded,
			// Every job ends settled or refunded, so all others are in progress.
			in_progress: stats
				.requested
				.saturating_sub(stats.settled)
				.saturating_sub(stats.refunded),
			answered_items: stats.answered_items,
			probes: stats.probes,
			audits: stats.audits,
			disputes: stats.disputes,
			overturned: stats.overturned,
			no_shows: stats.no_shows,
			slashed_answers: stats.wrong,
			slashed: Amount(stats.slashed),
			burned: Amount(stats.burned),
			paid_to_workers: Amount(stats.paid_to_workers),
			paid_to_owners: Amount(stats.paid_to_owners),
		}
	}
}

/// Converts parts of a million.
fn share(parts: u32) -> f64 {
	f64::from(parts) / 1e6
}

impl Protocol {
	/// Converts parameters.
	pub fn new(protocol: &chain::Protocol, block_time: Duration) -> Self {
		let chain::Protocol {
			pricing,
			periods,
			security,
			slot_bond,
			audit_fund,
			..
		} = protocol;
		let [short, standard, long] = periods.windows;
		let split = &security.slash;
		let audit_share = [split.burn, split.requester, split.reporters]
			.iter()
			.fold(1_000_000u32, |left, share| left.saturating_sub(share.deconstruct()));
		Self {
			pricing: Pricing {
				base: Amount(pricing.base),
				per_giga_mac: Amount(pricing.per_giga_mac),
				per_block: Amount(pricing.per_block),
				audit_levy: share(pricing.audit_levy.deconstruct()),
				burn: share(pricing.burn.deconstruct()),
			},
			periods: Periods {
				commit: periods.commit,
				reveal: periods.reveal,
				vote: periods.vote,
				macs_per_block: periods.macs_per_block,
				windows: Windows { short, standard, long },
			},
			security: Security {
				malicious_share: share(security.malicious_share.deconstruct()),
				audit_rate: share(security.audit_rate.deconstruct()),
				author_share: share(security.author_share.deconstruct()),
				reexecution: share(security.reexecution.deconstruct()),
				slash: SlashSplit {
					burn: share(split.burn.deconstruct()),
					requester: share(split.requester.deconstruct()),
					reporters: share(split.reporters.deconstruct()),
					audit_fund: share(audit_share),
				},
				no_show_fine: Amount(security.no_show_fine),
				challenge_bond: Amount(security.challenge_bond),
			},
			slot_bond: Amount(*slot_bond),
			audit_fund: Amount(*audit_fund),
			block_seconds: block_time.as_secs_f64(),
		}
	}
}

impl Quote {
	/// Reports a quote for a job of `items` inputs to `model` on these terms.
	pub fn new(model: &ModelInfo, items: u32, terms: &Terms<u128>, quote: &chain::Quote, block_time: Duration) -> Self {
		let refusals = obstacles(quote, terms, model.status);
		let deterrence = quote.deterrence.into_inner();
		Self {
			model: model.id,
			status: model.status.into(),
			announced: model.announced.as_ref().map(Announced::new),
			items,
			checkers: terms.checkers,
			value_at_risk: Amount(terms.value_at_risk),
			fee: Amount(quote.fee.total()),
			fee_parts: FeeParts::new(&quote.fee),
			backing: Backing::new(&quote.backing),
			evasion_probability: Probability::from_parts(quote.evasion_probability.deconstruct()),
			deterrence: Deterrence::from_parts(deterrence),
			deterred: quote.exceeded.is_none(),
			exceeded: quote.exceeded.map(Bound::from),
			most_at_risk: Amount(quote.most_at_risk),
			bound: quote.bound.into(),
			min_checkers: quote.min_checkers,
			available_workers: quote.available_workers,
			free_slots: quote.free_slots,
			free_checks: quote.free_checks,
			periods: JobPeriods::new(&quote.periods),
			block_seconds: block_time.as_secs_f64(),
			accepted: refusals.is_empty(),
			refusals,
		}
	}
}

impl StoredArtifact {
	/// Reports an artifact.
	pub fn new(artifact: Artifact) -> Self {
		Self {
			id: artifact.id,
			len: artifact.len,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::protocol;

	#[test]
	fn the_audit_fund_gets_the_rest_of_a_slashed_bond() {
		let report = Protocol::new(&protocol(), Duration::from_secs(3));
		assert_eq!(report.security.slash.audit_fund, 0.1);
		assert_eq!(report.periods.windows.standard, 100);
		assert_eq!(report.block_seconds, 3.0);
	}
}
