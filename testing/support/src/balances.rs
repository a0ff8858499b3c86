//! The balances of everybody in a market, and how some jobs must have changed them: to the last unit, by the protocol's
//! rules.

use crate::{
	market::{Market, OWNER, REQUESTER},
	parameters::{NO_SHOW_FINE, SLOT_BOND},
	rpc::{Job, JobStatus, Protocol},
	Node,
};
use assay_primitives::{
	api::{ParticipantStatus, RefundReason, Role, Stats, WorkerRecord},
	JobId, OutcomeDigest,
};
use assay_runtime::{protocol::AuditFund, AccountId, Balance, RuntimeEvent, ASY};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use std::collections::BTreeMap;

/// More than the transaction fees of a test. A transaction fee goes from its signer to a validator, which is for the
/// runtime's own tests to check.
const TRANSACTION_FEES: u128 = ASY / 10;

/// All balances at one moment.
#[derive(Clone, Debug)]
pub struct BalanceSnapshot {
	/// What each account has, free and held.
	pub funds: BTreeMap<AccountId, Balance>,
	/// The stake of each worker, which is part of its funds.
	pub stakes: BTreeMap<AccountId, Balance>,
	pub records: BTreeMap<AccountId, WorkerRecord>,
	pub issuance: Balance,
	pub stats: Stats<Balance>,
}

impl BalanceSnapshot {
	/// Reads the balances of all accounts that have to do with this market, in the best block.
	pub async fn take(node: &Node, market: &Market) -> Self {
		let (mut funds, mut stakes, mut records) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
		for known in market.workers.iter().chain(&[Alice, Bob, Charlie, REQUESTER, OWNER]) {
			let account = known.to_account_id();
			funds.insert(account.clone(), node.funds(&account).await.total());
		}
		funds.insert(AuditFund::get(), node.funds(&AuditFund::get()).await.total());
		for worker in &market.workers {
			let account = worker.to_account_id();
			let info = node.worker(&account).await;
			stakes.insert(account.clone(), info.stake);
			records.insert(account, info.record);
		}
		Self {
			funds,
			stakes,
			records,
			issuance: node.issuance().await,
			stats: node.stats().await,
		}
	}

	/// Returns what an account has, free and held.
	pub fn total(&self, account: &AccountId) -> Balance {
		self.funds[account]
	}
}

/// How balances must have changed.
#[derive(Clone, Debug, Default)]
pub struct ExpectedChanges {
	funds: BTreeMap<AccountId, i128>,
	stakes: BTreeMap<AccountId, i128>,
	burned: i128,
}

impl ExpectedChanges {
	/// Computes what these jobs, all of which have ended, must have changed under the protocol's current parameters.
	/// `events` are all events since the jobs were accepted: they name those who did not commit and those who
	/// challenged, whom the jobs' records do not keep.
	pub fn compute(jobs: &[Job], events: &[RuntimeEvent], protocol: &Protocol) -> Self {
		let mut changes = Self::default();
		for event in events {
			match event {
				RuntimeEvent::Jobs(pallet_jobs::Event::NoShow { worker, fine, .. }) => {
					assert_eq!(*fine, NO_SHOW_FINE);
					changes.slash_stake(worker, NO_SHOW_FINE);
					changes.receive(&AuditFund::get(), NO_SHOW_FINE);
				}
				RuntimeEvent::Disputes(pallet_disputes::Event::BondForfeited { job, challenger, .. }) => {
					panic!("{challenger} has challenged the right answer to job {job}, and lost its bond")
				}
				_ => {}
			}
		}
		for job in jobs {
			changes.add_fee(job);
			changes.add_bonds(job, events, protocol);
		}
		changes
	}

	/// Adds what is paid out of a job's fee. What is not paid stays with the requester.
	fn add_fee(&mut self, job: &Job) {
		let fee = job.fee;
		match &job.status {
			JobStatus::Settled { digest, .. } => {
				for participant in &job.participants {
					if participant.status == ParticipantStatus::Revealed(*digest) {
						let payer = match participant.role {
							Role::Auditor => AuditFund::get(),
							_ => job.requester.clone(),
						};
						self.pay(&payer, &participant.worker, fee.pay);
					}
				}
				self.pay(&job.requester, &OWNER.to_account_id(), fee.royalty);
				self.pay(&job.requester, &AuditFund::get(), fee.levy);
				*self.funds.entry(job.requester.clone()).or_default() -= signed(fee.burn);
				self.burned += signed(fee.burn);
			}
			JobStatus::Refunded { reason, .. } => assert_ne!(*reason, RefundReason::Cancelled, "nobody here cancels"),
			status => panic!("job {} has not ended: {status:?}", job.id),
		}
	}

	/// Adds how the bonds of those who were wrong or silent are split.
	fn add_bonds(&mut self, job: &Job, events: &[RuntimeEvent], protocol: &Protocol) {
		let verdict = match &job.status {
			JobStatus::Settled { assurance, .. } => assurance.verdict,
			JobStatus::Refunded { verdict, .. } => *verdict,
			_ => None,
		};
		let confirmed = job
			.participants
			.iter()
			.filter(|p| matches!(p.status, ParticipantStatus::Revealed(digest) if Some(digest) == verdict))
			.map(|p| p.worker.clone());
		let mut reporters = confirmed_challengers(job.id, verdict, events);
		if reporters.is_empty() {
			reporters = confirmed.collect();
		}
		let split = protocol.security.slash;
		for participant in &job.participants {
			let reporters = match participant.status {
				ParticipantStatus::Wrong(_) => &reporters[..],
				ParticipantStatus::Silent => &[],
				_ => continue,
			};
			let burned = split.burn.mul_floor(SLOT_BOND);
			let to_requester = split.requester.mul_floor(SLOT_BOND);
			let each = split
				.reporters
				.mul_floor(SLOT_BOND)
				.checked_div(reporters.len() as u128);
			let to_reporters = each.unwrap_or(0) * reporters.len() as u128;
			self.slash_stake(&participant.worker, SLOT_BOND);
			self.burned += signed(burned);
			self.receive(&job.requester, to_requester);
			for reporter in reporters {
				self.receive(reporter, each.unwrap_or(0));
			}
			self.receive(&AuditFund::get(), SLOT_BOND - burned - to_requester - to_reporters);
		}
	}

	/// Asserts that these are the changes from `before` to `after`. Transaction fees go from accounts to validators. So
	/// the validators' balances are compared in sum, and each of them only up to such fees.
	pub fn assert_match(&self, before: &BalanceSnapshot, after: &BalanceSnapshot) {
		let validators = [Alice, Bob, Charlie].map(|known| known.to_account_id());
		let actual = |account: &AccountId| signed(after.total(account)) - signed(before.total(account));
		let expected = |account: &AccountId| self.funds.get(account).copied().unwrap_or(0);
		for account in before.funds.keys() {
			let (actual, expected) = (actual(account), expected(account));
			match validators.contains(account) {
				true => assert!(
					actual.abs_diff(expected) < TRANSACTION_FEES,
					"{account}'s balance has changed by {actual} instead of {expected}"
				),
				false => assert_eq!(
					actual, expected,
					"{account}'s balance has changed by {actual} instead of {expected}"
				),
			}
		}
		let sum = |of: &dyn Fn(&AccountId) -> i128| validators.iter().map(of).sum::<i128>();
		assert_eq!(sum(&actual), sum(&expected), "the validators' balances, in sum");
		for (worker, stake) in &before.stakes {
			let expected = self.stakes.get(worker).copied().unwrap_or(0);
			assert_eq!(
				signed(after.stakes[worker]) - signed(*stake),
				expected,
				"{worker}'s stake"
			);
		}
		assert_eq!(
			signed(before.issuance) - signed(after.issuance),
			self.burned,
			"the issuance shrinks by what is burned"
		);
	}

	/// Takes `amount` from a worker's stake, and so from its funds.
	fn slash_stake(&mut self, worker: &AccountId, amount: Balance) {
		*self.stakes.entry(worker.clone()).or_default() -= signed(amount);
		*self.funds.entry(worker.clone()).or_default() -= signed(amount);
	}

	fn receive(&mut self, account: &AccountId, amount: Balance) {
		*self.funds.entry(account.clone()).or_default() += signed(amount);
	}

	fn pay(&mut self, from: &AccountId, to: &AccountId, amount: Balance) {
		*self.funds.entry(from.clone()).or_default() -= signed(amount);
		self.receive(to, amount);
	}
}

/// Returns those who challenged the result of a job, and whom the verdict confirmed.
fn confirmed_challengers(id: JobId, verdict: Option<OutcomeDigest>, events: &[RuntimeEvent]) -> Vec<AccountId> {
	let challenger = |event: &RuntimeEvent| match event {
		RuntimeEvent::Disputes(pallet_disputes::Event::Challenged {
			job,
			challenger,
			digest,
			..
		}) if *job == id && Some(*digest) == verdict => Some(challenger.clone()),
		_ => None,
	};
	events.iter().filter_map(challenger).collect()
}

fn signed(amount: Balance) -> i128 {
	i128::try_from(amount).expect("a balance is below 2^127")
}
